"""Communes, EPCI, départements, régions of France: by code, by name, and the place that a sheet tells of.

The tables are those of ``data/territoires/`` (their vintage, sources and licence are in its ``LICENCE.md``), made by
``scripts/make_territories.py``; outlines and borders of départements are those of ``data/carte/``. A collectivité d'outre-mer (Saint-Pierre-et-Miquelon, Polynésie…) is there both as a
département and as a région, of the same code. Nothing here raises for an unknown code or name: the caller reports it.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import NamedTuple

from essaim.words import fold

STRATES = (("moins-de-500", 500), ("500-a-2000", 2000), ("2000-a-10000", 10_000))
"""The population bands and the first population, in inhabitants, that is above each; then ``plus-de-10000``."""

DRAWING = (1226, 1170)
"""Width and height of the drawing that the outlines of départements are in."""

# 75: far enough to find "Figac" and "Mulouse", near enough to find nothing for "xyzzy".
NEAR = 75
# Given to a name that begins with the whole text: "Charenton" is nearer to "Charenton-le-Pont" than to "Tarenton".
BEGINS = 95
# More than any name is borne by: Saint-Sauveur, Sainte-Colombe… a dozen each.
HOMONYMS = 60
# Characters of a text that are looked at: three times the longest name. Contributed text may be a book.
LONGEST = 300


class Commune(NamedTuple):
    """A commune of today. ``code`` is INSEE's (not a postal code), ``departement`` a code, ``epci`` a SIREN or None
    (a few islands, and the collectivités d'outre-mer), ``population`` municipal, None where nobody counts. There are 35,000: a
    tuple is made in a quarter of the time of a dataclass."""

    code: str
    nom: str
    departement: str
    epci: str | None
    population: int | None
    codes_postaux: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Epci:
    """An EPCI à fiscalité propre. ``code`` is its SIREN, ``type`` one of CC, CA, CU, METRO, MET69, ``communes`` the
    codes of its members in order, ``population`` the sum of theirs."""

    code: str
    nom: str
    type: str
    population: int
    communes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departement:
    """A département or a collectivité d'outre-mer; ``region`` is a code.

    ``voisins`` are the codes of those that share a border, ``contour`` an SVG path in a drawing of ``DRAWING`` units:
    both empty overseas.
    """

    code: str
    nom: str
    region: str
    voisins: tuple[str, ...] = ()
    contour: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A région or a collectivité d'outre-mer; ``slug`` serves as an address: ``provence-alpes-cote-d-azur``."""

    code: str
    nom: str
    slug: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something takes place, derived from the codes that a sheet gives: see ``Territories.place``."""

    communes: tuple[Commune, ...]
    epci: Epci | None
    departements: tuple[Departement, ...]
    regions: tuple[Region, ...]
    population: int | None
    strate: str | None


def strate(population: int) -> str:
    """The band of a population: a lower bound belongs to its band, an upper one to the next (500 → ``500-a-2000``)."""
    for name, above in STRATES:
        if population < above:
            return name
    return "plus-de-10000"


def same_name(written: str, official: str) -> bool:
    """Whether a written name is the official one, but for case, accents, hyphens, brackets and an EPCI's type."""
    return _epci_key(written[:LONGEST]) == _epci_key(official)


@dataclass(frozen=True, eq=False, repr=False)
class Territories:
    """The tables, each the text of one TSV file with its header. ``load`` gives the real ones.

    A line is split when it is asked for, and an index by name is made by the first search.
    """

    _communes: str
    _anciennes: str
    _epci: str
    _departements: str
    _regions: str
    _carte: str
    departements: tuple[Departement, ...] = field(init=False)
    """In the order of their codes, as ``regions``."""
    regions: tuple[Region, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Sets the two public tuples, in the way that a frozen dataclass leaves."""
        object.__setattr__(self, "departements", tuple(self._drawn()))
        object.__setattr__(self, "regions", tuple(Region(c, nom, _slug(nom)) for c, nom in _rows(self._regions)))

    def _drawn(self) -> Iterator[Departement]:
        drawn = {code: (tuple(voisins.split()), contour) for code, voisins, contour in _rows(self._carte)}
        for code, nom, region in _rows(self._departements):
            yield Departement(code, nom, region, *drawn.get(code, ((), "")))

    def commune(self, code: str) -> Commune | None:
        """The commune that bears this INSEE code today."""
        line = self._commune_lines.get(code)
        if line is None:
            return None
        _, nom, departement, epci, population, postaux = line.split("\t")
        inhabitants = int(population) if population else None
        return Commune(code, nom, departement, epci or None, inhabitants, tuple(postaux.split()))

    def communes(self) -> Iterator[Commune]:
        """All communes of today, by code."""
        for code in self._commune_lines:
            if commune := self.commune(code):
                yield commune

    def epci(self, siren: str) -> Epci | None:
        """The EPCI of this SIREN."""
        row = self._epci_rows.get(siren)
        return Epci(siren, row[1], row[2], int(row[3]), self._members.get(siren, ())) if row else None

    def epcis(self) -> Iterator[Epci]:
        """All EPCI, by SIREN."""
        for siren in self._epci_rows:
            if epci := self.epci(siren):
                yield epci

    def departement(self, code: str) -> Departement | None:
        """The département of this code: ``01``, ``2A``, ``974``."""
        return self._departement_of.get(code)

    def region(self, code: str) -> Region | None:
        """The région of this INSEE code: ``84``."""
        return self._region_of.get(code)

    def former(self, code: str) -> tuple[str, Commune] | None:
        """What a code that is no commune's any more was: its name ('' when unknown), and the commune of today.

        Also for a commune déléguée or associée, and for an arrondissement of Paris, Lyon or Marseille. None for a
        code of today, and for one that never was.
        """
        row = self._former_rows.get(code)
        commune = self.commune(row[2]) if row else None
        return (row[1], commune) if row and commune else None

    def find_communes(self, text: str, limit: int = 3) -> tuple[Commune, ...]:
        """The communes whose name is nearest to ``text``, at most ``limit``; none when nothing is near.

        Case, accents, apostrophes, hyphens and what stands in brackets do not count; ``St`` is ``Saint``. The same
        name comes first, then those that begin with it or only add an article, then the likest; homonyms by
        population, the largest first. Of a text over 300 characters the rest is not looked at.
        """
        found = self._commune_names.nearest(text, limit)
        return tuple(commune for code in found if (commune := self.commune(code)))

    def find_epci(self, text: str, limit: int = 3) -> tuple[Epci, ...]:
        """As ``find_communes``; ``Communauté de communes du``, ``CC``… in front of a name do not count either."""
        return tuple(epci for code in self._epci_names.nearest(text, limit) if (epci := self.epci(code)))

    def find_departements(self, text: str, limit: int = 3) -> tuple[Departement, ...]:
        """As ``find_communes``; equals are in the order of their codes."""
        return tuple(self._departement_of[code] for code in self._departement_names.nearest(text, limit))

    def find(self, level: str, text: str, limit: int = 3) -> tuple[Commune | Epci | Departement, ...]:
        """``find_communes``, ``find_epci`` or ``find_departements``, by the name of the level."""
        if level == "commune":
            return self.find_communes(text, limit)
        return self.find_epci(text, limit) if level == "epci" else self.find_departements(text, limit)

    def named(self, level: str, text: str) -> tuple[Commune | Epci | Departement, ...]:
        """All that a person may mean by ``text`` at a level (``commune``, ``epci``, ``departement``): the one of that
        code, a name after it or not, else those of that very name. ``Castillon (Pyrénées-Atlantiques)`` keeps those of a
        département. Empty when nothing has the name."""
        code, _, rest = text.strip().partition(" ")
        by_code: Commune | Epci | Departement | None = getattr(self, level)(code.upper())
        if by_code is not None and (not rest.strip() or same_name(rest, by_code.nom)):
            return (by_code,)
        found = tuple(one for one in self.find(level, text, HOMONYMS) if same_name(text, one.nom))
        inside = _BRACKETS.search(text[:LONGEST])
        if not inside:
            return found
        # « Castillon (Canton de Lembeye) » is a name; « Figeac (Lot) » says which.
        whole = tuple(one for one in found if fold(one.nom) == fold(text))
        return whole or tuple(one for one in found if fold(inside[0]) in self._departement_words(one))

    def told(self, one: Commune | Epci | Departement) -> str:
        """``46260 Sainte-Colombe (Lot)``: what tells it from those of its name."""
        departement = self.departement(one.departement) if isinstance(one, Commune) else None
        return f"{one.code} {one.nom}" + (f" ({departement.nom})" if departement else "")

    def _departement_words(self, one: Commune | Epci | Departement) -> set[str]:
        found = self.departement(one.departement) if isinstance(one, Commune) else None
        number = str(int(found.code)) if found and found.code.isdecimal() else ""
        return {fold(found.nom), found.code.lower(), number} if found else set()

    def place(self, communes: Iterable[str] = (), epci: str | None = None, departements: Iterable[str] = ()) -> Place:
        """Where these codes are. A code that is unknown, or of former times, is skipped; one given twice counts once.

        ``communes`` stay in the order given. ``epci`` is the one given, else the one that all the communes share.
        ``departements``, by code, are those of the communes, else all those of the EPCI's communes (the tables do not
        tell its seat), else those given; ``regions`` are theirs. ``population`` is the communes' sum, else the
        EPCI's, else None; ``strate`` is its band (see ``strate``).
        """
        members = tuple(commune for code in dict.fromkeys(communes) if (commune := self.commune(code)))
        common = {commune.epci for commune in members}
        group = self.epci(epci) if epci else None
        if group is None and len(common) == 1:
            group = self.epci(common.pop() or "")
        codes = {commune.departement for commune in members}
        if not codes and group:
            codes = {commune.departement for code in group.communes if (commune := self.commune(code))}
        if not codes:
            codes = set(departements)
        where = tuple(departement for departement in self.departements if departement.code in codes)
        regions = {departement.region for departement in where}
        counted = [commune.population for commune in members if commune.population is not None]
        population = sum(counted) if counted else None
        if not members and group:
            population = group.population
        return Place(
            communes=members,
            epci=group,
            departements=where,
            regions=tuple(region for region in self.regions if region.code in regions),
            population=population,
            strate=None if population is None else strate(population),
        )

    @functools.cached_property
    def _commune_lines(self) -> Mapping[str, str]:
        # INSEE codes have 5 characters, which makes this four times faster than splitting each line.
        return {line[:5]: line for line in self._communes.splitlines()[1:]}

    @functools.cached_property
    def _former_rows(self) -> Mapping[str, tuple[str, ...]]:
        return {row[0]: row for row in _rows(self._anciennes)}

    @functools.cached_property
    def _epci_rows(self) -> Mapping[str, tuple[str, ...]]:
        return {row[0]: row for row in _rows(self._epci)}

    @functools.cached_property
    def _members(self) -> Mapping[str, tuple[str, ...]]:
        members: dict[str, list[str]] = {}
        for code, line in self._commune_lines.items():
            members.setdefault(line.rsplit("\t", 3)[1], []).append(code)
        return {epci: tuple(codes) for epci, codes in members.items() if epci}

    @functools.cached_property
    def _departement_of(self) -> Mapping[str, Departement]:
        return {departement.code: departement for departement in self.departements}

    @functools.cached_property
    def _region_of(self) -> Mapping[str, Region]:
        return {region.code: region for region in self.regions}

    @functools.cached_property
    def _commune_names(self) -> _Names:
        codes = list(self._commune_lines)

        def entry(place: int) -> _Entry:
            _, nom, _, _, population, _ = self._commune_lines[codes[place]].split("\t")
            return codes[place], nom, int(population or 0)

        return _Names([line.split("\t", 2)[1] for line in self._commune_lines.values()], entry, _key)

    @functools.cached_property
    def _epci_names(self) -> _Names:
        entries = [(row[0], row[1], int(row[3])) for row in _rows(self._epci)]
        return _Names([nom for _, nom, _ in entries], entries.__getitem__, _epci_key)

    @functools.cached_property
    def _departement_names(self) -> _Names:
        entries = [(departement.code, departement.nom, 0) for departement in self.departements]
        return _Names([nom for _, nom, _ in entries], entries.__getitem__, _key)


@functools.cache
def load() -> Territories:
    """The tables that the package ships, read once."""
    folder = resources.files("essaim") / "data" / "territoires"
    names = ("communes", "anciennes", "epci", "departements", "regions", "../carte/departements")
    return Territories(*(folder.joinpath(f"{name}.tsv").read_text("utf-8") for name in names))


def _rows(table: str) -> Iterator[tuple[str, ...]]:
    # Split at once and regrouped: three times faster than line by line, as there is no list a line to make.
    width = table.partition("\n")[0].count("\t") + 1
    cells = iter(table.rstrip("\n").replace("\n", "\t").split("\t"))
    return itertools.islice(zip(*[cells] * width, strict=True), 1, None)


_Entry = tuple[str, str, int]
"""Code, name, population."""


class _Names:
    """Codes by name. ``entry`` gives what is known of the one at a place among ``names``; ``key`` reduces a name to what counts in it."""

    def __init__(self, names: list[str], entry: Callable[[int], _Entry], key: Callable[[str], str]) -> None:
        self._entry, self._key = entry, key
        # All names are reduced in one go: 35,000 calls would take ten times longer.
        self._keys = key("\n".join(names)).split("\n")

    def nearest(self, text: str, limit: int) -> list[str]:
        """At most ``limit`` codes, the nearest first."""
        from rapidfuzz import fuzz, process  # where a code is wrong only: most runs need none of it

        text = " ".join(text[:LONGEST].split())
        wanted = self._key(text)
        if not wanted:
            return []
        scores = {place: score for _, score, place in process.extract(
            wanted, self._keys, scorer=fuzz.ratio, score_cutoff=NEAR, limit=None)}  # fmt: skip
        beginning, articles = wanted + " ", {f"{article} {wanted}" for article in ("le", "la", "les", "l")}
        for place, key in enumerate(self._keys):
            if key in articles:
                scores[place] = BEGINS
            elif key.startswith(beginning):
                scores[place] = max(BEGINS, scores.get(place, 0))
        full = fold(text)
        ranked = sorted(
            # The name with its brackets first: "Château-Chinon (Campagne)" is not the larger "Château-Chinon (Ville)".
            (-score, fold(nom) != full, -population, code)
            for place, score in scores.items()
            for code, nom, population in [self._entry(place)]
        )
        return [code for *_, code in ranked[:limit]]


_SAINT = re.compile(r"\bst(e?s?)\b")
_BRACKETS = re.compile(r"\([^()\n]*\)")
_EPCI_KIND = re.compile(
    r"^(?:(?:cc|ca|cu|(?:communaute|com) (?:de communes?|d agglomerations?|d agglo|urbaine)|(?:euro)?metropole|epci) )"
    r"(?:(?:de la|de l|des|de|du|d|le|la|les|l) )?",
    re.MULTILINE,
)


def _key(text: str) -> str:
    # Brackets tell homonyms apart, "Castillon (Canton de Lembeye)", or hold what a person adds, "Figeac (Lot)".
    return _SAINT.sub(r"saint\1", fold(_BRACKETS.sub(" ", text)))


def _epci_key(text: str) -> str:
    return _EPCI_KIND.sub("", _key(text))


def _slug(nom: str) -> str:
    return fold(nom).replace(" ", "-")
