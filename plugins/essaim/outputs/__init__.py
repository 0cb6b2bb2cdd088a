"""Everything that is written from a library. An output is a generator of ``(path, content)``; ``OUTPUTS`` lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from essaim.addresses import FEEDS
from essaim.outputs import (
    calendar,
    catalogue,
    communes,
    conference,
    covers,
    data,
    editorial,
    explorer,
    facts,
    feeds,
    field_pages,
    finding,
    form,
    images,
    lists,
    machine,
    moved,
    observatory,
    offline_page,
    qrcodes,
    schemas,
    scripts,
    selfcheck,
    sheets,
    tools,
    use,
)
from essaim.outputs.site import Content, Form, Html, OutputError, Site
from essaim.permalinks import FILES

Output = Callable[[Site], Iterator[tuple[str, Content]]]

OUTPUTS: tuple[Output, ...] = (
    sheets.pages,
    lists.pages,
    explorer.pages,
    catalogue.pages,
    finding.pages,
    communes.pages,
    facts.pages,
    use.pages,
    feeds.pages,
    calendar.pages,
    tools.pages,
    offline_page.pages,
    scripts.pages,
    observatory.pages,
    selfcheck.pages,
    editorial.pages,
    field_pages.pages,
    schemas.pages,
    form.pages,
    images.pages,
    data.pages,
    qrcodes.pages,
    conference.pages,
    covers.pages,
    machine.pages,
)


def produce(site: Site) -> dict[str, Content]:
    """Path → content of all outputs. Raises ValueError when two claim one path: a fault of ours, as checks refuse it.

    A preview, which shows what the checks refuse, keeps the first.
    """
    found: dict[str, Content] = {}
    for output in OUTPUTS:
        for path, content in output(site):
            if path in found and not site.preview:
                raise ValueError(f"two outputs write {path}")
            found.setdefault(path, content)
    return {**dict(moved.closing(site, found)), **found, **dict(machine.closing(site, found))}


def addresses(site: Site) -> set[str]:
    """Every address that the site has beside those of sheets: its indexed pages, and the files that others fetch by name
    (data, schemas, feeds), from the root. Pictures are not made for that."""
    found: dict[str, Content] = {}
    for output in OUTPUTS:
        if output not in PICTURES:
            found.update(output(site))
    return lasting(site, found)


def lasting(site: Site, found: Mapping[str, Content]) -> set[str]:
    """The addresses of what ``produce`` gave that are promised to last, without those that only lead to another."""
    pages = {path.removesuffix("index.html") for path, one in found.items() if isinstance(one, Html) and one.indexed}
    moves = site.permalinks.redirects
    files = {path for path in found if path.startswith(FILES) and not path.endswith("/index.html")}
    # A file that moved stands at its old address as the very one of the new address.
    files -= {path for path in files & moves.keys() if found[path] is found.get(moves[path])}
    if not site.url:
        # A site without an address has no feeds, and is not the one that is published: what the ledger says of them stands.
        files |= {path for path in site.library.ledger.by_address if path.startswith(FEEDS) and path.endswith(".xml")}
    return pages | files


PICTURES: tuple[Output, ...] = (images.pages, covers.pages, qrcodes.pages)
"""The outputs that make pictures: dear, and nobody's address."""

__all__ = ["OUTPUTS", "Content", "Form", "Html", "Output", "OutputError", "Site", "addresses", "lasting", "produce"]
