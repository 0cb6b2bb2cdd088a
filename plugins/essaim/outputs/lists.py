"""Pages that gather sheets: one for each kind, one for each vocabulary, one for each of their values."""

from __future__ import annotations

from collections.abc import Iterator

from essaim.addresses import FOLLOWED, feed_address
from essaim.linked import Told, value_node, vocabulary_node
from essaim.model import SHEETS, Webinar
from essaim.outputs.render import page, root_of
from essaim.outputs.shown import beside, by_heading, by_kind, drawing, grouped_by_region, neighbours
from essaim.outputs.site import Content, Site
from essaim.problem import SEVERITIES, Problem
from essaim.vocabulary import Value, Vocabulary


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The hub pages. A value without sheets has its page too: its definition, and where to look instead."""
    for kind in SHEETS:
        if kind.URL:
            sheets = site.library.of_kind(kind.KIND)
            yield page(site, f"{kind.URL}/", "liste.html", kind.LABELS, kind.ABOUT, kind=kind, sheets=sheets,
                       scripts=("coming",) if kind is Webinar else (), groups=by_heading(site, kind, sheets), feed=feed_address(kind.URL),
                       machines=Told(listed=sheets))  # fmt: skip
    for facet, vocabulary in site.facet_pages:
        held = site.library.facets[facet]
        values = values_of(site, facet, vocabulary)
        # A vocabulary that the editors write is shown whole; of one from data, what is in use.
        listed = values if facet in site.library.vocabularies else [value for value in values if value.id in held]
        yield page(site, f"{vocabulary.url}/", "vocabulaire.html", vocabulary.titre, vocabulary.definition,
                   machines=Told(main=vocabulary_node(site, root_of(f"{vocabulary.url}/"), vocabulary, listed)),
                   facet=facet, vocabulary=vocabulary, held=held, values=listed)  # fmt: skip
        for value in values:
            sheets = [site.library.published[identifier] for identifier in held.get(value.id, ())]
            near = beside(value, listed) if facet == "departements" else neighbours(value, listed)
            yield page(site, f"{vocabulary.url}/{value.id}/", "valeur.html", value.libelle, value.definition,
                       facet=facet, vocabulary=vocabulary, value=value, groups=by_kind(sheets), held=held, near=near,
                       machines=Told(listed=sheets, about=value_node(site, root_of(f"{vocabulary.url}/{value.id}/"), vocabulary, value)),
                       feed=feed_address(vocabulary.url or "", value.id) if facet in FOLLOWED else "")  # fmt: skip
    if site.preview:
        yield page(
            site,
            "problemes/",
            "problemes.html",
            "Problèmes",
            "Tous les problèmes du contenu.",
            errors=site.errors,
            groups=_by_severity(site),
        )


def _by_severity(site: Site) -> list[tuple[str, list[Problem]]]:
    """The problems of each severity that has some, the gravest first."""
    found = [(severity, [one for one in site.problems if one.severity == severity]) for severity in SEVERITIES]
    return [(severity, problems) for severity, problems in found if problems]


def values_of(site: Site, facet: str, vocabulary: Vocabulary) -> list[Value]:
    """The values that have a page: all of a vocabulary that the editors write, of one from data those in use.

    Every département that the map draws has one, if only to say where to look instead."""
    if facet == "departements":
        drawn = {one.code.lower() for one in drawing(site)}
        return grouped_by_region(value for value in vocabulary.valeurs if value.id in drawn)
    written = facet in site.library.vocabularies
    # A page that was published stays, even when its last sheet has gone.
    kept = site.library.facets[facet].keys() | (set() if written else site.library.ledger.below(vocabulary.url or ""))
    return [value for value in vocabulary.valeurs if written or value.id in kept]
