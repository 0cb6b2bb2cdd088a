"""Search: what of a sheet can be found, by which words, and the answer to a question.

The browser searches the same index by the same rules (``overrides/assets/js/search/``): what is here makes the index
at build, and is the reference that tests compare the browser with. A question is words; a sheet answers when it has
them all, or, when none has, as many as any has. Each word counts where it stands: see ``FIELDS``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from itertools import chain, compress, count, pairwise
from typing import TYPE_CHECKING, Any

from essaim.library import ABOUT_SHEETS, Library, facet_values
from essaim.model import Located, Sheet, Term, champs, values
from essaim.words import NON_COMMUNIQUE, fold, folded, stem, stems

if TYPE_CHECKING:  # lunr itself is what tests compare with: no build needs it
    from lunr.builder import Builder
    from lunr.index import Index

FIELDS = {"titre": 12, "sigle": 12, "sorte": 6, "lieu": 6, "mots": 4, "resume": 4, "intertitres": 3, "texte": 1}
"""What a word weighs where it stands. ``mots``: what the sheet is filed under, with synonyms; ``texte``: all the rest."""

FULL_TEXT = 60_000
"""Words (each counted once a sheet) up to which the text itself is indexed: 50 KB compressed or so. Above, a sheet is
found by everything else."""

LONGEST, MOST = 300, 20
"""Characters and words of a question that are looked at."""

STOP = frozenset((resources.files("essaim") / "data" / "mots-vides.txt").read_text("utf-8").split())
"""Words, folded, that say nothing about a sheet. A question made of nothing else keeps them."""
NAMED = 10
"""How many times more a sheet counts whose title is the question: a title finds its own sheet first."""
PREFIX = 0.3
"""What a match by the beginning of a word weighs beside the word itself."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a sheet's text. ``anchor`` is empty at the top of the page; ``heading`` may be the label of a field."""

    anchor: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """A sheet as it can be found: the stems of each of ``FIELDS``, and the sections that make the text. ``words`` is how many
    stems the text has, each counted once; ``written`` is what else it is found by, as it is written."""

    id: str
    kind: str
    fields: Mapping[str, list[str]]
    sections: tuple[Section, ...]
    words: int
    written: str

    @property
    def outline(self) -> Record:
        """The same without its text: all that is looked into where the texts are too many."""
        fields = {name: found for name, found in self.fields.items() if name != "texte"}
        headings = tuple(Section(one.anchor, one.heading, "") for one in self.sections if one.anchor)
        return replace(self, fields=fields, sections=headings, words=0)


@dataclass(frozen=True, slots=True)
class Hit:
    """A sheet that answers a question. Higher scores first; of equal ones, in the order of the records."""

    id: str
    score: float


def records(library: Library, sheets: Iterable[Sheet]) -> list[Record]:
    """What can be found of ``sheets``, in their order."""
    found = concepts(library)
    return [record(library, sheet, found) for sheet in sheets]


def record(library: Library, sheet: Sheet, concepts: Concepts) -> Record:
    """What can be found of a sheet. Of ``library``, it sees the vocabularies, its own text, and the sheets that it names."""
    own = tuple(sections(library, sheet))
    filed = [sheet.LABELS]
    facets = facet_values(sheet)
    for facet, value in facets:
        vocabulary = library.nomenclature(facet)
        one = vocabulary.get(value) if vocabulary and facet not in ABOUT_SHEETS else None
        if one:
            filed += [one.libelle, *one.synonymes]
    filed += [library.known[i].titre for i in _named(sheet) if i in library.known]
    short = ""
    if isinstance(sheet, Term):
        filed += sheet.synonymes
        short = sheet.sigle or ""
    title, lead = telling(sheet.titre), telling(sheet.lead)
    words = [word for label in filed for word in _of_label(label)]
    words += chain.from_iterable(telling(text) for text in (sheet.id, *sheet.anciens_ids))
    text = telling(" ".join([f"{one.heading} {one.text}" for one in own]))
    words += concepts.beside([*title, "", *lead, "", *words, "", *text])
    where = " ".join(places(sheet)) if isinstance(sheet, Located) else ""
    fields = {
        "titre": title,
        "sigle": stems(short),
        "sorte": stems(" ".join([sheet.LABEL, *(value for facet, value in facets if facet == "annees")])),
        "lieu": stems(where),
        "mots": list(dict.fromkeys(words)),
        "resume": lead,
        "intertitres": telling(" ".join(one.heading for one in own if one.anchor)),
        "texte": text,
    }
    written = " ".join([sheet.titre, sheet.lead, *filed, where])
    return Record(sheet.id, sheet.KIND, fields, own, len(set(text)), written)


def telling(text: str) -> list[str]:
    """The stems of the words of ``text`` that say something; of a text made of others alone, all of them."""
    words = folded(text)
    return list(filter(None, map(_SAYS.__getitem__, words))) or [stem(word) for word in words]


class _Telling(dict[str, str]):
    """Folded word → its stem, empty for one that says nothing: a text is long, and says the same words as the others."""

    def __missing__(self, word: str) -> str:
        return self.setdefault(word, "" if word in STOP else stem(word))


_SAYS = _Telling()


@lru_cache(maxsize=20_000)
def _of_label(text: str) -> tuple[str, ...]:
    """The same, of what many sheets are filed under."""
    return tuple(telling(text))


def places(sheet: Located) -> Iterator[str]:
    """Names and codes of the territories of a sheet: communes with their postcodes, EPCI, départements, régions."""
    where = sheet.place
    if sheet.territoire:
        yield sheet.territoire
    for commune in where.communes:
        yield " ".join((commune.nom, commune.code, *commune.codes_postaux))
    if where.epci:
        yield f"{where.epci.nom} {where.epci.code}"
    for one in where.departements:
        yield f"{one.nom} {one.code}"
    for region in where.regions:
        yield f"{region.nom} {region.code}"


def sections(library: Library, sheet: Sheet) -> Iterator[Section]:
    """The text of a sheet: its fields, each under its label, then its body by headings."""
    for champ in _texts(type(sheet)):
        found = [value for _, value in values(sheet, champ.path) if isinstance(value, str) and _WORDED.match(value)]
        found = [value for value in found if value != NON_COMMUNIQUE]
        if found:
            yield Section("", champ.titre, _plain(library, " · ".join(found)))
    document = library.documents.get(sheet.id)
    for anchor, heading, text in document.sections if document else ():
        if heading or text:
            yield Section(anchor, heading, _plain(library, text) if "[[" in text else text)


# No address, date, number or code.
_WORDED = re.compile(r"(?!https?://)(?=.*[^\W\d_]{2})", re.DOTALL)
_WIKI = re.compile(r"\[\[([a-z0-9-]+)[^\]]*\]\]")


def _plain(library: Library, text: str) -> str:
    def title(found: re.Match[str]) -> str:
        target = library.known.get(found[1])
        return target.titre if target else found[1]

    return " ".join(_WIKI.sub(title, text).split())


@cache
def _texts(model: type[Sheet]) -> tuple[Any, ...]:
    """The fields that hold words of the editor: no identifier or code, nothing that stands elsewhere."""
    elsewhere = {"titre", "resume", "statut", "auteurs", "anciens_ids", "sigle", "synonymes", "territoire"}
    found = []
    for champ in champs(model):
        name = champ.path.rsplit(".", 1)[-1]
        if champ.path in elsewhere or champ.group or champ.computed or champ.vocabulary or champ.ref or champ.territory:
            continue
        if champ.path.startswith("sources.") or name in ("id", "source"):
            continue
        found.append(champ)
    return tuple(found)


def _named(sheet: Sheet) -> Iterator[str]:
    """Ids of the organisations that a sheet names: who carries it, takes part or can be called."""
    for champ in champs(type(sheet)):
        if champ.ref and champ.ref.kinds == ("organisation",) and not champ.path.startswith("sources."):
            for _, value in values(sheet, champ.path):
                yield value


class Concepts:
    """Words for the same thing, from the vocabularies and the glossary. A text with one of them is found by the others.

    Only what cannot mean anything else counts in a text: several words, or a form of the glossary. A vocabulary's own
    one-word label (« Eau ») says that a sheet is filed there, not that each text with the word is.
    """

    def __init__(self, groups: Iterable[tuple[tuple[str, ...], frozenset[str]]]) -> None:
        self._words: dict[str, dict[str, None]] = {}
        self._phrases: dict[tuple[str, str], list[tuple[list[str], dict[str, None]]]] = {}
        """Forms of several words, by their first two."""
        for forms, sure in groups:
            every = [telling(form) for form in forms]
            for form, own in zip(forms, every, strict=True):
                others = dict.fromkeys(word for other in every if other != own for word in other)
                if others and len(own) > 1:
                    self._phrases.setdefault((own[0], own[1]), []).append((own, others))
                elif others and own and form in sure:
                    self._words.setdefault(own[0], {}).update(others)

    def beside(self, words: list[str]) -> list[str]:
        """The words that mean the same as what stands in ``words``."""
        found: dict[str, None] = {}
        for word in dict.fromkeys(filter(self._words.__contains__, words)):
            found.update(self._words[word])
        starts = self._phrases
        for place in compress(count(), map(starts.__contains__, pairwise(words))):
            for own, others in starts[words[place], words[place + 1]]:
                if words[place : place + len(own)] == own:
                    found.update(others)
        return list(found)


def concepts(library: Library) -> Concepts:
    """The words for the same thing of a library."""
    groups: list[tuple[tuple[str, ...], frozenset[str]]] = []
    for vocabulary in library.vocabularies.values():
        groups += [((value.libelle, *value.synonymes), frozenset()) for value in vocabulary.valeurs if value.synonymes]
    for term in library.of_kind(Term.KIND):
        if isinstance(term, Term):
            forms = tuple(dict.fromkeys(form for form in (term.titre, term.sigle, *term.synonymes) if form))
            groups.append((forms, frozenset(forms)))
    return Concepts(groups)


def in_full(words: Iterable[int]) -> bool:
    """Whether the text itself is indexed, by how many words each record has: see ``FULL_TEXT``."""
    return sum(words) <= FULL_TEXT


def title_mark(stems: Iterable[str]) -> str:
    """Four hexadecimal digits made from the stems of a title, in any order: FNV-1a, folded to 16 bits.

    Two titles may have the same: it only counts for a sheet that has all the words. ``js/search/pagefind-engine.js`` does
    the same.
    """
    value = 0x811C9DC5
    for byte in " ".join(sorted(set(stems))).encode("ascii"):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{(value >> 16) ^ (value & 0xFFFF):04x}"


def pack(found: list[Record], full: bool) -> dict[str, Any]:
    """lunr's tables of these records, each known by its place, without what follows from the rest: a tenth of the bytes of
    its own format. ``full`` when the texts are in it.

    ``termes`` is sorted. ``listes`` has one text a field: for each term, between ``;``, the places of its records, each
    as the difference from the one before, and ``*n`` when the word stands there n times. ``js/search/lunr-engine.js``
    reads it.
    """
    names = [name for name in FIELDS if full or name != "texte"]
    terms = sorted({term for record in found for name in names for term in record.fields[name]})
    return {
        "champs": [[name, FIELDS[name]] for name in names],
        "termes": " ".join(terms),
        "listes": {name: _places(found, name, terms) for name in names},
    }


def _places(found: list[Record], name: str, terms: list[str]) -> str:
    """A field of ``listes``."""
    held: dict[str, list[str]] = {}
    last: dict[str, int] = {}
    steps = [str(step) for step in range(len(found))]  # each written once: there are millions
    for place, record in enumerate(found):
        for term, times in Counter(record.fields[name]).items():
            step = steps[place - last.get(term, 0)]
            held.setdefault(term, []).append(f"{step}*{times}" if times > 1 else step)
            last[term] = place
    return ";".join([",".join(held.get(term, ())) for term in terms])


def builder(found: list[Record], full: bool) -> Builder:
    """lunr's own tables of these records: what ``pack`` is compared with. Words are stems already: its pipeline is empty."""
    from lunr.builder import Builder

    tables = Builder()
    tables.ref("n")
    for name, weight in FIELDS.items():
        if full or name != "texte":
            tables.field(name, boost=weight)
    for place, record in enumerate(found):
        tables.add({"n": str(place), **record.fields})
    return tables


def words_of(question: str) -> dict[str, str]:
    """What a question is about: stem → the word as typed, folded, in its order, without words like « de »."""
    words = fold(question[:LONGEST]).split()[:MOST]
    found: dict[str, str] = {}
    for word in [word for word in words if word not in STOP] or words:
        found.setdefault(stems(word)[0], word)
    return found


def search(index: Index, found: list[Record], question: str) -> list[Hit]:
    """The sheets that answer ``question``, the best first. ``index`` is what lunr made of ``found``."""
    asked = words_of(question)
    wanted = list(asked)
    matches = [_matches(index, word, asked[word] if word == wanted[-1] else "") for word in wanted]
    scores: Counter[int] = Counter()
    held: Counter[int] = Counter()
    for match in matches:
        for place, score in match.items():
            scores[place] += score  # type: ignore[assignment]
            held[place] += 1
    most = max(held.values(), default=0)
    best = {place: scores[place] * _named_by(found[place], wanted) for place in held if held[place] == most}
    return [Hit(found[place].id, best[place]) for place in sorted(best, key=lambda place: (-best[place], place))]


def _named_by(record: Record, wanted: list[str]) -> float:
    """What a question that says nothing but words of the title adds: up to ten times, when it says them all."""
    title = set(record.fields["titre"])
    if not title.issuperset(wanted):
        return 1
    return NAMED if len(title) == len(wanted) else 1 + len(wanted) / len(title)


def _matches(index: Index, word: str, beginning: str) -> dict[int, float]:
    """Place → score of the records with ``word``, or with words that begin so when no record has it."""
    from lunr.query import QueryPresence

    known = word in index.inverted_index
    if not known and not beginning:
        return {}
    query = index.create_query()
    wildcard = query.WILDCARD_NONE if known else query.WILDCARD_TRAILING
    query.term(word if known else beginning, use_pipeline=False, presence=QueryPresence.OPTIONAL, wildcard=wildcard)
    return {int(hit["ref"]): hit["score"] * (1 if known else PREFIX) for hit in index.query(query)}


def spellings(found: list[Record], full: bool) -> list[str]:
    """The words that can be found as they are written, in lower case, sorted: what a misspelt one may have meant.

    ``full`` when the texts can be searched."""
    written: Counter[str] = Counter()
    for record in found:
        own = record.sections if full else [one for one in record.sections if one.anchor]
        said = (f"{one.heading} {one.text}" if full else one.heading for one in own)
        text = " ".join([record.written, *said])
        written.update(_WORD.findall(text.lower()))
    kept: dict[str, str] = {}
    # The commonest spelling of a word stands for the others.
    for word in sorted(written, key=lambda word: (-written[word], word)):
        folded = fold(word)
        if len(folded) > 3 and " " not in folded and folded not in STOP:
            kept.setdefault(folded, word)
    return [word for _, word in sorted(kept.items())]


_WORD = re.compile(r"[^\W\d_]{4,}")
