"""What the team has to see to: sheets to review, to finish, that nothing leads to, what the library lacks, links that died.

Pure: all is read off the library and off what links answered (``links.Record``). No clock: dates come from sheets, and who
shows them says which are past. ``SECTIONS`` lists the sections; the page and the terminal show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from essaim import links, territories
from essaim.census import is_departement, whole_regions
from essaim.completeness import Completeness, completeness
from essaim.library import ABOUT_SHEETS, Library, title_key
from essaim.links import Finding, Place, Record
from essaim.model import Sheet, Term, champs, values
from essaim.problem import count
from essaim.terms import TermEntry, TermIndex, cut
from essaim.vocabulary import Value

NEWEST = 20
"""Changes that are recent."""
FIRST = 4
"""Fields named of a sheet to complete: what to fill in first."""
WRITING = ("en relecture", "brouillon")
"""States of a sheet before it is published, the nearest first: values of the vocabulary ``statuts``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A sheet to see to. ``when`` is the date that puts it here, ``verb`` what that date is (« à revoir le »); ``state``
    says how complete it is, where that is the question."""

    sheet: Sheet
    when: date | None = None
    verb: str = ""
    state: Completeness | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one sort under a heading: sheets, values of the vocabulary ``facet``, or links."""

    title: str
    entries: tuple[Entry, ...] = ()
    values: tuple[Value, ...] = ()
    findings: tuple[Finding, ...] = ()
    facet: str = ""

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.entries) + len(self.values) + len(self.findings)


@dataclass(frozen=True, slots=True)
class Section:
    """One question that the team asks. ``empty`` is said when there is nothing; ``note`` what else there is to know, and
    ``day`` when that was. A ``minor`` one asks for no work yet: it comes after the others, and shorter on the page."""

    id: str
    title: str
    about: str
    empty: str
    groups: tuple[Group, ...] = ()
    note: str = ""
    day: date | None = None
    minor: bool = False

    @property
    def total(self) -> int:
        """How many things it holds."""
        return sum(group.total for group in self.groups)


@dataclass(frozen=True)
class Reading:
    """What is read. ``record`` is None when links were never asked; ``trouble`` says why it can't be read. Without
    ``drafts``, only what readers can see is named: drafts are counted. ``linked`` are the terms that ``linked_in_texts`` gives,
    where they are known: the texts are not read then."""

    library: Library
    record: Record | None = None
    trouble: str = ""
    drafts: bool = True
    linked: Collection[str] | None = None

    @cached_property
    def shown(self) -> dict[str, Sheet]:
        """The valid sheets that may be named, by id, but for archived ones."""
        return {
            i: sheet
            for i, sheet in sorted(self.library.sheets.items())
            if sheet.published or (self.drafts and not sheet.has_page)
        }

    @cached_property
    def cited(self) -> dict[str, tuple[Place, ...]]:
        """External addresses, as ``links.cited``, of what may be named."""
        found = {url: self._named(places) for url, places in links.cited(self.library).items()}
        return {url: places for url, places in found.items() if places}

    def _named(self, places: Iterable[Place]) -> tuple[Place, ...]:
        return tuple(one for one in places if self.drafts or one.sheet in self.library.pages)


def sections(reading: Reading, wanted: Iterable[str] = ()) -> list[Section]:
    """The sections whose ids are ``wanted``, all of them by default, in the order of ``SECTIONS``."""
    chosen = set(wanted)
    return [make(reading) for identifier, make in SECTIONS if not chosen or identifier in chosen]


def to_review(reading: Reading) -> Section:
    """Published sheets by review date."""
    dated = [Entry(one, one.a_revoir_le, "à revoir le") for one in reading.library.published.values() if one.a_revoir_le]  # fmt: skip
    return Section(
        "revoir", "À revoir", "Les fiches qui ont une date de revue, la plus proche d’abord.",
        "Aucune fiche publiée n’a de date de revue (champ a_revoir_le).",
        _groups(Group("", _by_date(dated))),
    )  # fmt: skip


def undated(reading: Reading) -> Section:
    """Published sheets without a review date, the longest unchecked first."""
    found = [Entry(one, one.verifie_le, "vérifiée le") for one in reading.library.published.values() if not one.a_revoir_le]  # fmt: skip
    return Section(
        "sans-date", "Sans date de revue", "Celles vérifiées il y a le plus longtemps d’abord. Une date de revue les ferait revenir à temps.",
        "Toutes les fiches publiées ont une date de revue." if reading.library.published else "Aucune fiche n’est publiée.",
        _groups(Group("", _by_date(found))), minor=True,
    )  # fmt: skip


def being_written(reading: Reading) -> Section:
    """Sheets that are not published yet, the oldest first."""
    found = [one for one in reading.library.sheets.values() if one.statut in WRITING]
    vocabulary = reading.library.nomenclature("statuts")
    note = ""
    groups: tuple[Group, ...] = ()
    if reading.drafts:
        groups = _groups(
            *(
                Group(
                    vocabulary.label(state) if vocabulary else state,
                    _by_date(Entry(one, one.verifie_le, "vérifiée le") for one in found if one.statut == state),
                )
                for state in WRITING
            )
        )
    elif found:
        note = f"{count(len(found), 'fiche')} en cours d’écriture. Le site publié ne les nomme pas : voyez l’aperçu (make serve) ou essaim report."
    wrong = len(reading.library.kinds) - len(reading.library.sheets)
    if reading.drafts and wrong:
        note = f"{count(wrong, 'fiche')} de plus à corriger d’abord : essaim check dit quoi."
    return Section("ecriture", "En cours d’écriture", "Ce qui attend une relecture ou une fin.", "Aucun brouillon, rien en relecture.", groups, note)  # fmt: skip


def to_complete(reading: Reading) -> Section:
    """Sheets that lack expected facts, the emptiest first."""
    states = {one.id: completeness(one) for one in reading.shown.values() if one.URL}
    found = [one for one in reading.shown.values() if one.id in states and states[one.id].first]
    found.sort(key=lambda one: (states[one.id].share, title_key(one)))
    return Section(
        "completer", "À compléter", "Les moins complètes d’abord, avec ce qu’il faut y remplir en premier.",
        "Toutes les fiches donnent tout ce qui est attendu.",
        _groups(Group("", tuple(Entry(one, state=states[one.id]) for one in found))),
    )  # fmt: skip


def orphans(reading: Reading) -> Section:
    """Published sheets that nothing leads to: no relation, no link in a text, no vocabulary, no term in a text."""
    library = reading.library
    linked = linked_in_texts(library) if reading.linked is None else reading.linked
    found = sorted((one for one in _alone(library) if one.id not in linked), key=title_key)
    return Section(
        "isolees", "Fiches isolées", "Aucune autre fiche n’y mène : on ne les trouve que par les listes et la recherche.",
        "Aucune fiche isolée : une autre mène à chacune.",
        _groups(Group("", tuple(map(Entry, found)))),
    )  # fmt: skip


def _alone(library: Library) -> list[Sheet]:
    """The published sheets that no relation, no link and no vocabulary leads to."""
    led = set(library.incoming) | {value.source for one in library.vocabularies.values() for value in one.valeurs}
    return [one for one in library.published.values() if one.URL and one.id not in led]


def linked_in_texts(library: Library) -> set[str]:
    """Ids of the terms that nothing leads to but the texts in which they stand."""
    return set(standing(library, unled_terms(library), library.published))


def unled_terms(library: Library) -> set[str]:
    """Ids of the terms that nothing leads to, unless they stand in texts. Follows from faces alone."""
    return {one.id for one in _alone(library) if isinstance(one, Term)}


def standing(library: Library, terms: Collection[str], ids: Iterable[str]) -> dict[str, str]:
    """The first of the published sheets ``ids`` in whose text each of ``terms`` stands, but for itself: there, the site links it by
    itself. Of one that stands in none, nothing."""
    found: dict[str, str] = {}
    left = set(terms)
    index = _index(library) if left else TermIndex({})
    for one in ids:
        if not left:
            break
        text = cut(_text(library, library.published[one]))
        here = {entry.id for _, _, entry in index.find(text)} & left - {one}
        found.update(dict.fromkeys(here, one))
        left -= here
    return found


def _index(library: Library) -> TermIndex:
    """All published terms, whichever are looked for: what stands in a text does not depend on what stands in others."""
    terms = (one for one in library.of_kind(Term.KIND) if isinstance(one, Term))
    forms = ((one, form) for one in terms for form in (one.titre, one.sigle) if form)
    return TermIndex({form: TermEntry(one.id, "", "") for one, form in forms})


def _text(library: Library, sheet: Sheet) -> str:
    told = [text for _, _, text in library.documents[sheet.id].sections]
    found = [str(value) for path in _texts(type(sheet)) for _, value in values(sheet, path)]
    return "\n".join([*told, *found]).replace("'", "’")


@cache
def _texts(kind: type[Sheet]) -> tuple[str, ...]:
    """The fields of a kind that hold texts."""
    return tuple(one.path for one in champs(kind) if one.forme.genre == "texte" and not one.computed)


def empty_values(reading: Reading) -> Section:
    """Values of vocabularies that no published sheet has: what the library lacks."""
    groups = []
    for facet, held in reading.library.facets.items():
        vocabulary = reading.library.nomenclature(facet)
        if vocabulary and facet not in ABOUT_SHEETS:
            missing = tuple(value for value in vocabulary.valeurs if value.id not in held and _wanted(facet, value.id))
            groups.append(Group(vocabulary.titre, values=missing, facet=facet))
    return Section(
        "vides", "Ce qui manque à la bibliothèque", "Les thèmes, les territoires et les autres entrées qu’aucune fiche publiée n’a.",
        "Chaque entrée a au moins une fiche.", _groups(*groups),
    )  # fmt: skip


def _wanted(facet: str, value: str) -> bool:
    """Whether a value is one to have: the table also holds collectivities overseas that are no département nor région."""
    if facet == "regions":
        return value in whole_regions()
    return facet != "departements" or value in _departements()


@cache
def _departements() -> frozenset[str]:
    return frozenset(one.code.lower() for one in territories.load().departements if is_departement(one))


def dead_links(reading: Reading) -> Section:
    """What the links of the sheets answered, the last time that they were asked."""
    about = "Ce que les sites cités par les fiches ont répondu la dernière fois qu’on les a interrogés."
    title, record = "Liens vers d’autres sites", reading.record
    if record is None or not record.liens:
        why = f"{reading.trouble}. " if reading.trouble else ""
        return Section("liens", title, about, f"{why}Les liens n’ont pas encore été contrôlés : lancez essaim links.")
    found = links.findings(reading.cited, record)
    asked = sum(url in record.liens for url in reading.cited)
    note = f"{count(asked, 'adresse contrôlée', 'adresses contrôlées')} sur {len(reading.cited)}."
    named = (("lien-mort", "Morts"), ("lien-refuse", "Adresses refusées"), ("lien-a-confirmer", "À confirmer"), ("lien-deplace", "Ont déménagé"))  # fmt: skip
    groups = (Group(name, findings=tuple(one for one in found if one.code == code)) for code, name in named)
    return Section("liens", title, about, "Aucun lien à revoir.", _groups(*groups), note, record.day)


def recent_changes(reading: Reading) -> Section:
    """The published sheets that changed last: published, or checked."""
    found = [
        Entry(one, one.verifie_le, "vérifiée le")
        if one.verifie_le > one.publie_le
        else Entry(one, one.publie_le, "publiée le")
        for one in reading.library.published.values()
    ]
    newest = sorted(found, key=lambda one: (-_day(one).toordinal(), title_key(one.sheet)))[:NEWEST]
    return Section("recents", "Changements récents", f"Les {NEWEST} dernières fiches publiées ou vérifiées.",
                   "Aucune fiche n’est publiée.", _groups(Group("", tuple(newest))))  # fmt: skip


def _day(entry: Entry) -> date:
    return entry.when or date.min


def _by_date(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda one: (_day(one), title_key(one.sheet))))


def _groups(*groups: Group) -> tuple[Group, ...]:
    return tuple(group for group in groups if group.total)


SECTIONS: tuple[tuple[str, Callable[[Reading], Section]], ...] = (
    ("revoir", to_review),
    ("ecriture", being_written),
    ("completer", to_complete),
    ("liens", dead_links),
    ("isolees", orphans),
    ("vides", empty_values),
    ("sans-date", undated),
    ("recents", recent_changes),
)
"""Every section by its id, in the order in which the team reads them."""
