"""Pages that gather sheets: one for each kind, one for each vocabulary, one for each of their values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from essaim.addresses import FOLLOWED, feed_address
from essaim.linked import Node, Told, value_node, vocabulary_node
from essaim.model import KINDS, SHEETS, Sheet, Webinar
from essaim.outputs.paging import leaves
from essaim.outputs.render import page, root_of
from essaim.outputs.shown import Groups, beside, by_heading, drawing, grouped_by_region, in_order, neighbours
from essaim.outputs.site import Content, Site
from essaim.problem import SEVERITIES, Problem
from essaim.vocabulary import Value, Vocabulary

TOLD = 500
"""Problems of one severity that the preview's page tells: ``essaim check`` tells all."""


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The hub pages. A value without sheets has its page too: its definition, and where to look instead."""
    if site.preview:  # the first: it is what an editor asks for
        yield page(site, "problemes/", "problemes.html", "Problèmes", "Tous les problèmes du contenu.", errors=site.errors,
                   groups=_by_severity(site), most=TOLD, places=_places(site))  # fmt: skip
    for kind in SHEETS:
        if kind.URL:
            yield from _of_kind(site, kind)
    rank = {sheet.id: place for place, sheet in enumerate(in_order(site))}
    for facet, vocabulary in site.facet_pages:
        held = site.library.facets[facet]
        values = values_of(site, facet, vocabulary)
        # A vocabulary that the editors write is shown whole; of one from data, what is in use.
        listed = values if facet in site.library.vocabularies else [value for value in values if value.id in held]
        yield page(site, f"{vocabulary.url}/", "vocabulaire.html", vocabulary.titre, vocabulary.definition,
                   machines=Told(main=vocabulary_node(site, root_of(f"{vocabulary.url}/"), vocabulary, listed)),
                   facet=facet, vocabulary=vocabulary, held=held, values=listed)  # fmt: skip
        for value in values:
            found = [site.library.published[one] for one in sorted(held.get(value.id, ()), key=rank.__getitem__)]
            near = beside(value, listed) if facet == "departements" else neighbours(value, listed)
            about = value_node(site, root_of(f"{vocabulary.url}/{value.id}/"), vocabulary, value)
            groups = [(KINDS[kind].LABELS, list(some)) for kind, some in groupby(found, attrgetter("KIND"))]
            yield from _paged(site, f"{vocabulary.url}/{value.id}/", groups, "valeur.html", value.libelle, value.definition, about,
                              feed_address(vocabulary.url or "", value.id) if facet in FOLLOWED else "",
                              facet=facet, vocabulary=vocabulary, value=value, held=held, near=near)  # fmt: skip


def _of_kind(site: Site, kind: type[Sheet]) -> Iterator[tuple[str, Content]]:
    """The list of a kind."""
    groups = by_heading(site, kind, site.library.of_kind(kind.KIND))
    yield from _paged(site, f"{kind.URL}/", groups, "liste.html", kind.LABELS, kind.ABOUT, None, feed_address(kind.URL), kind=kind,
                      scripts=("coming",) if kind is Webinar else ())  # fmt: skip


def _paged(site: Site, base: str, groups: Groups, template: str, title: str, about: str, node: Node | None, feed: str,
           scripts: tuple[str, ...] = (), **names: Any) -> Iterator[tuple[str, Content]]:  # fmt: skip
    """The pages of the list at ``base``. What is on the second page moves with each new sheet: only the first is promised to last
    and to be found, and has a feed."""
    for leaf in leaves(base, groups):
        first = leaf.number == 1
        yield page(site, leaf.address, template, title if first else f"{title}, page {leaf.number} sur {leaf.of}", about,
                   scripts=scripts, indexed=first, feed=feed if first else "", leaf=leaf,
                   machines=Told(listed=leaf.sheets, before=leaf.before, of=leaf.total, about=node), **names)  # fmt: skip


def _by_severity(site: Site) -> list[tuple[str, list[Problem]]]:
    """The problems of each severity that has some, the gravest first."""
    found = [(severity, [one for one in site.problems if one.severity == severity]) for severity in SEVERITIES]
    return [(severity, problems) for severity, problems in found if problems]


def _places(site: Site) -> dict[str, str]:
    """The address of the page of each file that has one: in the preview, of every sheet."""
    library = site.library
    return {source.path: KINDS[library.kinds[one]].address_of(one) for one, source in library.sources.items()}


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
