"""Explained likeness between sheets, and between a sheet and a commune: which are close, and why, in words.

The weights stand here and nowhere else. Two sheets of a kind are alike by the values that they share; what few
sheets have in common says more, and is looked at first. The cost is linear in the number of sheets: for each, at
most ``VISITS`` entries of the index are read, from its rarest value up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from heapq import nlargest

from essaim import territories
from essaim.library import Library, facet_values
from essaim.model import Experience, Located, Method, Sheet
from essaim.sharing import shared

WEIGHTS: dict[str, tuple[int, str]] = {
    # facet: (weight, what is shown; {} is the value's label)
    "methodes": (5, "même méthode : {}"),
    "strates": (4, "même strate : {}"),
    "types-structure": (4, "même type de structure : {}"),
    "departements": (4, "même département : {}"),
    "ressources": (4, "même ressource : {}"),
    "themes": (3, "même thème : {}"),
    "gouvernance": (3, "même forme de gouvernance : {}"),
    "formes-juridiques": (3, "même forme juridique : {}"),
    "finalites": (3, "même finalité : {}"),
    "ingenierie": (2, "même solution : {}"),
    "dispositifs": (2, "même dispositif : {}"),
    "prerequis": (2, "même prérequis : {}"),
    "regions": (2, "même région : {}"),
    "phases": (1, "même phase : {}"),
    "dimensions": (1, "même dimension : {}"),
    "enjeux": (1, "même enjeu : {}"),
    "roles-collectivite": (1, "même rôle des collectivités : {}"),
}
NEAR: dict[str, tuple[int, str]] = {
    # What a sheet can share with the reader's own commune; the browser reads this table from communes/index.json.
    "communes": (8, "dans cette commune : {}"),
    "epci": (6, "même intercommunalité : {}"),
    "departements": WEIGHTS["departements"],
    "voisins": (3, "département voisin : {}"),
    "regions": WEIGHTS["regions"],
    "strates": WEIGHTS["strates"],
    "types-structure": WEIGHTS["types-structure"],
    "ressources": WEIGHTS["ressources"],
}
VISITS = 400
"""Index entries read for one sheet, at most: what keeps 10,000 sheets linear."""
LOT = 200
"""Sheets that one process looks at together."""
SHOWN = 3
REASONS = 3

Feature = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """A sheet close to another. ``reasons`` are the strongest first."""

    id: str
    score: int
    reasons: tuple[str, ...]


def features(sheet: Sheet) -> list[Feature]:
    """What a sheet can share with another: the values of the facets that have a weight, and its methods."""
    found = [feature for feature in facet_values(sheet) if feature[0] in WEIGHTS]
    if isinstance(sheet, Experience):
        found += [("methodes", method) for method in sheet.methodes]
    return found


def basis(library: Library) -> Iterator[str]:
    """All that likeness is made from, beside the vocabularies: what sheets can share, and the titles of methods."""
    for sheet in library.published.values():
        if isinstance(sheet, Experience | Method):
            yield f"{sheet.KIND} {sheet.id}"
            yield from (f"{facet}={value}" for facet, value in features(sheet))
    yield from (f"{one.id} {one.titre}" for one in library.known.values() if isinstance(one, Method))


def similar(library: Library, jobs: int = 1) -> dict[str, tuple[Likeness, ...]]:
    """For each published experience and method, the ``SHOWN`` closest ones of its kind, the closest first. Of many, ``jobs`` processes look."""
    closest: dict[str, tuple[Likeness, ...]] = {}
    for kind in (Experience, Method):
        held = {sheet.id: features(sheet) for sheet in library.published.values() if isinstance(sheet, kind)}
        look = partial(_closest, library, _Index(held))
        ids = list(held)
        lots = [ids[start : start + LOT] for start in range(0, len(ids), LOT)]
        for lot, found in zip(lots, shared(lots, look, jobs if len(lots) > 2 else 1), strict=True):
            closest |= zip(lot, found, strict=True)
    return closest


class _Index:
    """What each sheet of a kind can share, and who has each of these, with its place among them."""

    def __init__(self, held: Mapping[str, list[Feature]]) -> None:
        self.held = held
        self.ids: dict[Feature, list[str]] = {}
        for identifier, own in held.items():
            for feature in own:
                self.ids.setdefault(feature, []).append(identifier)
        self.place = {feature: {identifier: n for n, identifier in enumerate(ids)} for feature, ids in self.ids.items()}

    def scores(self, own: str) -> dict[str, int]:
        """How much each of those that were looked at has in common with one."""
        scores: defaultdict[str, int] = defaultdict(int)
        left = VISITS
        for feature in sorted(self.held[own], key=lambda f: (len(self.ids[f]), f)):
            ids = self.ids[feature]
            # A long list is read around the sheet's own place: the same entries in every build.
            start = max(0, min(self.place[feature][own] - left // 2, len(ids) - left))
            weight = WEIGHTS[feature[0]][0]
            for other in ids[start : start + left]:
                scores[other] += weight
            left -= min(left, len(ids))
            if not left:
                break
        scores.pop(own, None)
        return scores


def _closest(library: Library, index: _Index, lot: Iterable[str]) -> list[tuple[Likeness, ...]]:
    found = []
    for own in lot:
        scores = index.scores(own)
        # Most others are far: only those that may be among the closest are put in order.
        least = min(nlargest(SHOWN, scores.values()), default=0)
        near = sorted(((-score, other) for other, score in scores.items() if score >= least))[:SHOWN]
        found.append(tuple(_explain(library, other, index.held[own], index.held[other]) for _, other in near))
    return found


Profile = dict[str, tuple[str, ...]]
"""What a reader says of herself: keys of ``NEAR`` → values (INSEE codes, SIREN, ids of vocabularies)."""


def profile(commune: str, structure: str = "", resources: tuple[str, ...] = ()) -> Profile:
    """The profile of a commune of today by its INSEE code. Raises KeyError for another code."""
    table = territories.load()
    place = table.place([commune])
    if not place.communes:
        raise KeyError(commune)
    return {
        "communes": (commune,),
        "epci": (place.epci.code,) if place.epci else (),
        "departements": tuple(one.code.lower() for one in place.departements),
        "voisins": tuple(code.lower() for one in place.departements for code in one.voisins),
        "regions": tuple(one.slug for one in place.regions),
        "strates": (place.strate,) if place.strate else (),
        "types-structure": (structure,) if structure else (),
        "ressources": resources,
    }


def near(library: Library, sheets: Iterable[Sheet], own: Profile) -> list[Likeness]:
    """The sheets that have something in common with ``own``, the closest first; equals stay in their order.

    A neighbouring département counts only for a sheet that is not in one's own. ``js/near.js`` does the same.
    """
    found = []
    for sheet in sheets:
        held = _held(sheet)
        shared = [(name, value) for name in NEAR for value in own[name] if value in held.get(name, ())]
        if any(name == "departements" for name, _ in shared):
            shared = [(name, value) for name, value in shared if name != "voisins"]
        if shared:
            order = sorted(shared, key=lambda one: -NEAR[one[0]][0])
            reasons = tuple(NEAR[name][1].format(_called(library, name, value)) for name, value in order)
            found.append(Likeness(sheet.id, sum(NEAR[name][0] for name, _ in shared), reasons))
    return sorted(found, key=lambda one: -one.score)


def _held(sheet: Sheet) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for facet, value in facet_values(sheet):
        held.setdefault(facet, []).append(value)
    held["voisins"] = held.get("departements", [])
    if isinstance(sheet, Located):
        held["communes"] = [one.code for one in sheet.place.communes]
        held["epci"] = [sheet.place.epci.code] if sheet.place.epci else []
    return held


def _called(library: Library, name: str, value: str) -> str:
    table = territories.load()
    if name == "communes":
        commune = table.commune(value)
        return commune.nom if commune else value
    if name == "epci":
        epci = table.epci(value)
        return epci.nom if epci else value
    vocabulary = library.nomenclature("departements" if name == "voisins" else name)
    return vocabulary.label(value) if vocabulary else value


def _explain(library: Library, other: str, mine: list[Feature], theirs: list[Feature]) -> Likeness:
    shared = [feature for feature in mine if feature in theirs]
    order = {facet: place for place, facet in enumerate(WEIGHTS)}
    strongest = sorted(shared, key=lambda feature: (-WEIGHTS[feature[0]][0], order[feature[0]], feature[1]))
    score = sum(WEIGHTS[facet][0] for facet, _ in shared)
    return Likeness(other, score, tuple(_reason(library, *feature) for feature in strongest[:REASONS]))


def _reason(library: Library, facet: str, value: str) -> str:
    if facet == "methodes":
        method = library.known.get(value)  # None in a preview, when its file cannot be read
        return WEIGHTS[facet][1].format(method.titre if method else value)
    vocabulary = library.nomenclature(facet)
    return WEIGHTS[facet][1].format(vocabulary.label(value) if vocabulary else value)
