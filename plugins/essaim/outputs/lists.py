"""Pages that gather sheets: one for each kind, one for each vocabulary, one for each of their values."""

from __future__ import annotations

from collections.abc import Iterator

from essaim.model import SHEETS
from essaim.outputs.render import page
from essaim.outputs.shown import by_heading, by_kind, grouped_by_region, neighbours
from essaim.outputs.site import Content, Site
from essaim.vocabulary import Value, Vocabulary


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The hub pages. A value without sheets has its page too: its definition, and where to look instead."""
    for kind in SHEETS:
        if kind.URL:
            sheets = site.library.of_kind(kind.KIND)
            yield page(site, f"{kind.URL}/", "liste.html", kind.LABELS, kind.ABOUT, kind=kind, sheets=sheets,
                       groups=by_heading(site, kind, sheets))  # fmt: skip
    for facet, vocabulary in site.facet_pages:
        yield page(site, f"{vocabulary.url}/", "vocabulaire.html", vocabulary.titre, vocabulary.definition,
                   facet=facet, vocabulary=vocabulary, held=site.library.facets[facet], values=_shown(site, facet, vocabulary))  # fmt: skip
        for value in _shown(site, facet, vocabulary):
            ids = site.library.facets[facet].get(value.id, ())
            sheets = [site.library.published[identifier] for identifier in ids]
            yield page(site, f"{vocabulary.url}/{value.id}/", "valeur.html", value.libelle, value.definition,
                       facet=facet, vocabulary=vocabulary, value=value, groups=by_kind(sheets), held=site.library.facets[facet],
                       near=neighbours(value, _shown(site, facet, vocabulary)))  # fmt: skip
    if site.preview:
        yield page(
            site, "problemes/", "problemes.html", "Problèmes", "Tous les problèmes du contenu.", problems=site.problems
        )


def _shown(site: Site, facet: str, vocabulary: Vocabulary) -> list[Value]:
    """The values that have a page: all of a vocabulary that the editors write, the ones in use of one from data."""
    written = facet in site.library.vocabularies
    values = [value for value in vocabulary.valeurs if written or value.id in site.library.facets[facet]]
    return grouped_by_region(values) if facet == "departements" else values
