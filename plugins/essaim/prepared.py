"""Prepared searches: the explorer's address, as an editor writes it in a text (``/explorer/?theme=bois&region=occitanie``).

``overrides/assets/js/state.js`` reads the same addresses; docs/catalogue.md describes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

from essaim import territories
from essaim.library import Library
from essaim.model import SHEETS
from essaim.words import nearest

OWN = {
    "q": (),
    "tri": ("date", "ressemblance"),
    "vue": ("carte", "tableau"),
    "commune": (),
    "structure": (),
    "mes": (),
}
"""What an address can say beside facets, with the values that it can have when they are few."""


def faults(library: Library, query: str) -> Iterator[tuple[str, str]]:
    """``(what is wrong, what to do)`` for each name or value of a query that the explorer does not know.

    While a vocabulary can't be read, sheets with its values are not valid: no filter tells all that it has."""
    kinds = {kind.URL or "pages" for kind in SHEETS}
    facets = [name for name, held in library.facets.items() if held]
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name in OWN:
            choices = OWN[name]
            if choices and text not in choices:
                yield f"« {name} » ne peut pas valoir « {text[:60]} »", f"Écrivez {' ou '.join(choices)}, ou rien."
            if name == "commune" and territories.load().commune(text) is None:
                yield f"aucune commune n’a le code « {text[:60]} »", "Donnez son code INSEE : 46102."
            continue
        if library.unread:
            continue
        facet = "sorte" if name == "sorte" else facet_named(library, name)
        if facet is None:
            near = nearest(name, [*facets, *OWN, "sorte"])
            yield (
                f"l’explorateur n’a pas de filtre « {name[:60]} »",
                (f"Vouliez-vous dire « {near} » ?" if near else f"Filtres : sorte, {', '.join(facets)}."),
            )
            continue
        values = kinds if facet == "sorte" else library.facets[facet]
        for value in filter(None, text.split(",")):
            if value not in values:
                near = nearest(value, values)
                yield (
                    f"« {value[:60]} » n’est la valeur d’aucune fiche pour le filtre « {name} »",
                    (f"Vouliez-vous dire « {near} » ?" if near else f"Valeurs : {', '.join(sorted(values)[:20])}."),
                )


def facet_named(library: Library, name: str) -> str | None:
    """The facet that an address calls ``name``: its id, its folder of pages, or either in the singular."""
    for facet in library.facets:
        vocabulary = library.nomenclature(facet)
        if name == facet or _singular(name) == _singular(facet) or (vocabulary and name == vocabulary.url):
            return facet
    return None


def _singular(name: str) -> str:
    return "-".join(part.removesuffix("s") for part in name.split("-"))
