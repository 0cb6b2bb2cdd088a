"""What robots read first: ``robots.txt``, and the sitemap of the pages that were made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from essaim import sitemap
from essaim.outputs.site import Content, Html, Site


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """``robots.txt``. A preview is for nobody's index."""
    named = f"\nSitemap: {site.url}{sitemap.FILE}\n" if site.url and not site.preview else ""
    yield "robots.txt", f"User-agent: *\n{'Disallow: /' if site.preview else 'Disallow:'}\n{named}"


def closing(site: Site, produced: Mapping[str, Content]) -> Iterator[tuple[str, Content]]:
    """What tells of all the others, once they are made: the sitemap, which needs absolute addresses."""
    if site.url and not site.preview:
        yield from sitemap.files(site.url, rows(produced))


def rows(produced: Mapping[str, Content]) -> list[sitemap.Row]:
    """The pages that are to be found, in the order of their addresses."""
    return sorted(
        (path.removesuffix("index.html"), one.updated)
        for path, one in produced.items()
        if isinstance(one, Html) and one.indexed
    )
