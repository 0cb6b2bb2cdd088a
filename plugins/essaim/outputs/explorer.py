"""``/explorer/``, where everything can be searched and filtered; ``/carte/``; and the search that a browser can install."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from essaim.outputs import shown
from essaim.outputs.render import page
from essaim.outputs.site import Content, Site


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """Both pages work without JavaScript, as lists of links to the page of each value."""
    yield page(site, "explorer/", "explorer.html", "Explorer", "Chercher et filtrer toutes les fiches : par mots, par thème, par territoire, par ressemblance avec votre commune.",
               styles=("finding",), scripts=("explorer",), facets=site.facet_pages, facets_held=site.library.facets)  # fmt: skip
    yield page(site, "carte/", "carte.html", "Carte", "Les fiches par département, sur une carte et en liste.",
               styles=("finding",), drawing=shown.drawing(site), width=shown.WIDTH, height=shown.HEIGHT)  # fmt: skip
    if site.url:
        yield "opensearch.xml", opensearch(site)


def opensearch(site: Site) -> str:
    """The OpenSearch 1.1 description of the site's search. Its addresses are absolute, so it needs ``site_url``."""
    name, url = escape(site.name[:16], quote=False), escape(site.url, quote=False)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{name}</ShortName>\n"
        f"<Description>Chercher dans {escape(site.name, quote=False)}</Description>\n"
        "<InputEncoding>UTF-8</InputEncoding>\n"
        "<Language>fr</Language>\n"
        f'<Url type="text/html" template="{url}explorer/?q={{searchTerms}}"/>\n'
        f'<Image height="16" width="16" type="image/svg+xml">{url}assets/img/favicon.svg</Image>\n'
        "</OpenSearchDescription>\n"
    )
