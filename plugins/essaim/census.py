"""What the library holds, counted: experiences by theme, territory, kind of actor, over time… and what it lacks.

It counts sheets, never France. Counts are of published experiences; each carries the explorer's query that shows
exactly the sheets that it counts. Linear in the number of sheets: all is read off ``Library.facets``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from essaim import territories
from essaim.library import Library
from essaim.model import Experience, Resource
from essaim.problem import count
from essaim.territories import Departement
from essaim.vocabulary import Value

ENOUGH = 20
"""Sheets from which a per cent says something."""
STUDY = "etude"
"""Type of the resources whose figures are of France."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of experiences. ``query`` is the explorer's, without question mark; empty when there is none to see."""

    count: int
    query: str


@dataclass(frozen=True, slots=True)
class Row(Cell):
    """Experiences of one value of a facet."""

    id: str
    label: str


@dataclass(frozen=True)
class Count:
    """Experiences by the values of one facet, in the order in which they are shown. ``untold`` counts those that have
    none. ``noun`` and ``nouns`` are what a value is called."""

    facet: str
    title: str
    noun: str
    nouns: str
    rows: tuple[Row, ...]
    untold: Row
    total: int
    known: int
    """How many values there are to have: overseas collectivities that are no région count in none."""

    @cached_property
    def held(self) -> tuple[Row, ...]:
        """The values that some experience has."""
        return tuple(row for row in self.rows if row.count)

    @cached_property
    def without(self) -> tuple[Row, ...]:
        """The values that none has."""
        return tuple(row for row in self.rows if not row.count)


@dataclass(frozen=True)
class Crossing:
    """Experiences by the values of two facets, those that some experience has: ``cells[row][column]``."""

    rows: Count
    columns: Count
    cells: tuple[tuple[Cell, ...], ...]

    @property
    def id(self) -> str:
        """Both facets: ``themes-acteurs``."""
        return f"{self.rows.facet}-{self.columns.facet}"

    @property
    def title(self) -> str:
        """``Thèmes × acteurs``."""
        return f"{self.rows.title} × {self.columns.title.lower()}"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Territories without an experience. ``departements`` by région, ``(name of the région, départements)``."""

    departements: tuple[tuple[str, tuple[Departement, ...]], ...]
    missing: int
    known: int


FACETS: dict[str, tuple[str, str, str, bool]] = {
    # facet: (title, what one value is called, several, whether the vocabulary's own order says something)
    "themes": ("Thèmes", "thème", "thèmes", False),
    "regions": ("Régions", "région", "régions", False),
    "strates": ("Population", "strate de population", "strates de population", True),
    "acteurs": ("Acteurs", "sorte d’acteurs", "sortes d’acteurs", False),
    "annees": ("Année de début", "année", "années", True),
    "gouvernance": ("Gouvernance", "forme de gouvernance", "formes de gouvernance", False),
    "phases": ("Phases", "phase", "phases", True),
    "tiers": ("Sources de financement", "source de financement", "sources de financement", False),
    "prerequis": ("Prérequis", "prérequis", "prérequis", False),
    "difficultes": ("Difficultés", "réponse", "réponses", True),
    "manques": ("Faits manquants", "fait", "faits", False),
}
CROSSED = (("themes", "regions"), ("themes", "acteurs"), ("regions", "acteurs"))


class Census:
    """All counts over one library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.experiences = frozenset(s.id for s in library.published.values() if isinstance(s, Experience))
        self.total = len(self.experiences)
        self.counts = {facet: self._count(facet) for facet in FACETS}
        self.crossings = tuple(self._cross(self.counts[one], self.counts[other]) for one, other in CROSSED)

    def _held(self, facet: str, value: str) -> frozenset[str]:
        return self.experiences.intersection(self.library.facets.get(facet, {}).get(value, ()))

    def _count(self, facet: str) -> Count:
        title, noun, nouns, ordered = FACETS[facet]
        rows = []
        for value in self._values(facet):
            held = self._held(facet, value.id)
            rows.append(Row(len(held), query((facet, value.id)) if held else "", value.id, value.libelle))
        if not ordered:
            rows.sort(key=lambda row: -row.count)
        # Whether difficulties are told is what the values of their facet say themselves.
        untold = self._held("manques", facet) if facet != "difficultes" else frozenset[str]()
        none = Row(len(untold), query(("manques", facet)) if untold else "", "", "Non communiqué")
        known = len(whole_regions()) if facet == "regions" else len(rows)
        return Count(facet, title, noun, nouns, tuple(rows), none, self.total, known)

    def _values(self, facet: str) -> Iterable[Value]:
        vocabulary = self.library.nomenclature(facet)
        values = vocabulary.valeurs if vocabulary else ()
        if facet in self.library.vocabularies:
            return values
        whole = whole_regions() if facet == "regions" else frozenset()
        found = [value for value in values if value.id in whole or self._held(facet, value.id)]
        return sorted(found, key=lambda value: value.id) if facet == "annees" else found

    def _cross(self, rows: Count, columns: Count) -> Crossing:
        across = [(column, self._held(columns.facet, column.id)) for column in columns.held]
        cells = []
        for row in rows.held:
            mine = self._held(rows.facet, row.id)
            line = []
            for column, theirs in across:
                number = len(mine & theirs)
                asked = query((rows.facet, row.id), (columns.facet, column.id))
                line.append(Cell(number, asked if number else ""))
            cells.append(tuple(line))
        return Crossing(rows, columns, tuple(cells))

    @cached_property
    def uncovered(self) -> Uncovered:
        """The départements without an experience, and how many there are in all."""
        table = territories.load()
        known = [one for one in table.departements if is_departement(one)]
        missing = [one for one in known if not self._held("departements", one.code.lower())]
        groups: dict[str, list[Departement]] = {}
        for one in missing:
            region = table.region(one.region)
            groups.setdefault(region.nom if region else "", []).append(one)
        listed = tuple((name, tuple(found)) for name, found in sorted(groups.items()))
        return Uncovered(listed, len(missing), len(known))

    @cached_property
    def studies(self) -> tuple[Resource, ...]:
        """The published studies that give figures: those are of France, not of the library."""
        found = self.library.of_kind(Resource.KIND)
        return tuple(one for one in found if isinstance(one, Resource) and one.type == STUDY and one.chiffres)


def query(*chosen: tuple[str, str]) -> str:
    """The explorer's query for the experiences that have all of these values (docs/catalogue.md)."""
    return "&".join(["sorte=experiences", *(f"{facet}={value}" for facet, value in chosen)])


def is_departement(one: Departement) -> bool:
    """Whether it is one: a collectivity overseas that is none is its own région in the table."""
    return bool(one.contour) or one.region != one.code


def whole_regions() -> frozenset[str]:
    """The régions that hold départements."""
    table = territories.load()
    codes = {one.region for one in table.departements if is_departement(one)}
    return frozenset(region.slug for region in table.regions if region.code in codes)


# What a count says, in a sentence or two: nothing is said that the numbers do not say.


def share(number: int, total: int) -> str:
    """``3 expériences sur 12``; from ``ENOUGH`` sheets on, with a per cent."""
    percent = f" ({round(100 * number / total)} %)" if total >= ENOUGH else ""
    return f"{count(number, 'expérience')} sur {number_of(total)}{percent}"


def number_of(number: int) -> str:
    """``4 000``, with a narrow no-break space."""
    return f"{number:,}".replace(",", "\u202f")


def reading(found: Count) -> str:
    """What stands out of a count."""
    if found.facet == "difficultes":
        return _difficulties(found)
    if found.facet == "manques":
        return _missing(found)
    said = [_first(found.held, found.nouns, found.total)]
    if found.without and found.held:
        none = len(found.without)
        verb = "n’ont" if none > 1 else "n’a"
        said.append(f"{count(none, found.noun, found.nouns)} sur {found.known} {verb} aucune expérience.")
    if found.untold.count and found.held:
        verb = "disent" if found.untold.count > 1 else "dit"
        said.append(f"{share(found.untold.count, found.total)} ne le {verb} pas.")
    if sum(row.count for row in found.rows) > found.total - found.untold.count:
        said.append("Une expérience peut compter dans plusieurs lignes.")
    return " ".join(said)


def reading_crossing(found: Crossing) -> str:
    """What stands out of a crossing."""
    cells = [
        Row(cell.count, cell.query, "", f"{row.label} × {column.label}")
        for row, line in zip(found.rows.held, found.cells, strict=True)
        for column, cell in zip(found.columns.held, line, strict=True)
    ]
    held = [cell for cell in cells if cell.count]
    empty = len(cells) - len(held)
    said = [_first(held, "croisements", found.rows.total)]
    if empty:
        said.append(f"{count(empty, 'case')} sur {len(cells)} {'sont vides' if empty > 1 else 'est vide'}.")
    return " ".join(said)


def _first(rows: Iterable[Row], nouns: str, total: int) -> str:
    held = list(rows)
    if not held:
        return "Aucune expérience ne le dit."
    most = max(row.count for row in held)
    first = [row.label for row in held if row.count == most]
    if len(first) == 1:
        return f"« {first[0]} » vient en tête : {share(most, total)}."
    names = f"« {first[0]} » et « {first[1]} »" if len(first) == 2 else f"{len(first)} {nouns}"
    return f"{names} viennent en tête à égalité : {share(most, total)} à chaque fois."


def _difficulties(found: Count) -> str:
    told = next((row.count for row in found.rows if row.id == "dites"), 0)
    if not told:
        return f"Sur {count(found.total, 'expérience')}, aucune ne raconte ce qui a coincé."
    verb = "racontent" if told > 1 else "raconte"
    return f"{share(told, found.total)} {verb} ce qui a coincé. Se taire n’est pas réussir : demandez-le."


def _missing(found: Count) -> str:
    if not found.held:
        return "Aucun fait ne manque."
    most = found.held[0]
    never = [row for row in found.held if row.count == found.total]
    said = [f"« {most.label} » : {share(most.count, found.total)}, c’est ce qui manque le plus."]
    if len(never) > 1:
        said = [f"{len(never)} faits manquent dans toutes les fiches."]
    if found.without:
        none = len(found.without)
        said.append(
            f"{count(none, 'fait')} sur {len(found.rows)} {'sont donnés' if none > 1 else 'est donné'} partout."
        )
    return " ".join(said)
