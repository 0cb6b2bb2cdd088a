"""Everything that is written from a library. An output is a generator of ``(path, content)``; ``OUTPUTS`` lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any

from essaim.addresses import FEEDS
from essaim.model import Page, Sheet
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
    llms,
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
from essaim.outputs.parts import Part
from essaim.outputs.render import refresh
from essaim.outputs.seen import Seen
from essaim.outputs.site import Content, Form, Html, OutputError, Site, Stream
from essaim.permalinks import FILES

Output = Callable[[Site], Iterator[tuple[str, Content]]]

OUTPUTS: tuple[Output, ...] = (
    sheets.pages,
    lists.pages,
    explorer.pages,
    catalogue.pages,
    finding.pages,
    communes.pages,
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
    qrcodes.pages,
    conference.pages,
    covers.pages,
    machine.pages,
    llms.pages,
)


SheetOutput = Callable[[Site, Sheet], Iterator[tuple[str, Content]]]

OF_SHEETS: tuple[SheetOutput, ...] = (sheets.of_sheet, facts.of_sheet, data.of_sheet, covers.of_sheet)
"""What each sheet that has a page has of its own, what is asked for first (decision 37). They see the faces of the sheets that it is tied to (``Seen.near``)."""

SEARCHED: tuple[Output, ...] = (catalogue.pages, finding.pages)
"""The outputs that see faces, and what the search knows of texts. One part, in one process: they share it."""

SHEETLESS: tuple[Output, ...] = (
    communes.pages,
    offline_page.pages,
    scripts.pages,
    schemas.pages,
    images.pages,
    machine.pages,
)
"""The outputs that see no sheet: settings, vocabularies, images, what was published."""

SAMPLED: tuple[Output, ...] = (field_pages.pages,)
"""The outputs that take examples from the first sheets of each kind."""

PASSING: tuple[Output, ...] = (images.pages, covers.pages, qrcodes.pages, editorial.pages, *SEARCHED)
"""The outputs that are dear, and none of whose addresses is promised to last: pictures, what the search reads, what editors do."""


def of_sheets(seen: Seen) -> list[Part]:
    """What sheets have of their own: what is made first."""
    refresh()
    library = seen.site.library
    shown = library.known if seen.site.preview else library.pages
    return [_part_of(seen, one, library.kinds[one]) for one in shown]


def of_library(seen: Seen) -> list[Part]:
    """What is made of all sheets: the dearest first and last, for two processes that begin at both ends. One makes the data and the
    page of editors, while the other makes the search and the lists."""
    own = (lists.pages, editorial.pages, *SEARCHED)
    return [
        Part("data", lambda: seen.whole, partial(_data, seen)),
        Part("editorial", lambda: seen.editorial, lambda: editorial.pages(*seen.for_editors)),
        *(_part(seen, output) for output in OUTPUTS if output not in own),
        _part(seen, lists.pages),
        Part("finding", lambda: seen.found, partial(_of_words, seen)),
    ]


def _part(seen: Seen, output: Output) -> Part:
    """An output with the least site that it needs."""
    if output in SHEETLESS:
        return Part(_name(output), lambda: seen.common, lambda: output(seen.without_sheets))
    if output in SAMPLED:
        return Part(_name(output), lambda: seen.sample, lambda: output(seen.with_sample))
    return Part(_name(output), lambda: seen.faces, lambda: output(seen.without_texts))


def _data(seen: Seen) -> Iterator[tuple[str, Content]]:
    return data.pages(seen.site, seen.memo, seen.faces)


def _of_words(seen: Seen) -> Iterator[tuple[str, Content]]:
    site = seen.with_words
    for output in SEARCHED:
        yield from output(site)


def _name(output: Callable[..., Any]) -> str:
    return output.__module__.rpartition(".")[2]


def _part_of(seen: Seen, identifier: str, kind: str) -> Part:
    whole = kind == Page.KIND  # few, and some tell of all sheets

    def make() -> Iterator[tuple[str, Content]]:
        sheet = seen.site.library.known[identifier]
        site = seen.with_text_of(sheet) if whole else seen.near(sheet)
        for output in OF_SHEETS:
            yield from output(site, sheet)

    return Part(f"{kind} {identifier}", partial(seen.page if whole else seen.around, identifier), make)


def produce(site: Site) -> dict[str, Content]:
    """Path → content of everything. Raises ValueError when two parts claim one path: a fault of ours, as checks refuse it.

    A preview, which shows what the checks refuse, keeps the first.
    """
    found: dict[str, Content] = {}
    seen = Seen(site, b"")
    for parts in (of_sheets(seen), of_library(seen)):
        for path, content in chain.from_iterable(part.make() for part in parts):
            if path in found and not site.preview:
                raise ValueError(f"two outputs write {path}")
            found.setdefault(path, content)
    return {**found, **dict(closing(site, found))}


def closing(site: Site, found: Mapping[str, Content]) -> Iterator[tuple[str, Content]]:
    """What tells of all the rest, once it is made. Of pages, ``found`` needs not hold the HTML; a file may be a ``Stream`` of what was written."""
    for path, content in moved.closing(site, found):
        if path not in found:
            yield path, content
    yield from machine.closing(site, found)


def addresses(site: Site, told: Callable[[int, int], None] = lambda *_: None) -> set[str]:
    """Every address that the site has beside those of parts of pages: its indexed pages, and the files that others fetch by name
    (data, schemas, feeds), from the root: as ``lasting`` of all that is produced. Nothing is kept of what is made, and what has no
    such address is not made. ``told`` hears how many outputs are done, and of how many.
    """
    seen, passing = Seen(site, b""), {_name(output) for output in PASSING}
    parts = [part for part in of_library(seen) if part.name not in passing]
    found: dict[str, Content] = {}
    for done, part in enumerate(parts):
        told(done, len(parts))
        for path, content in part.make():
            found[path] = content.told if isinstance(content, Html) else path
    told(len(parts), len(parts))
    return lasting(site, found) | {sheet.address for sheet in site.library.pages.values()}


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


__all__ = [
    "OF_SHEETS", "OUTPUTS", "PASSING", "SAMPLED", "SEARCHED", "SHEETLESS", "Content", "Form", "Html", "Output", "OutputError", "Part", "Seen", "Site", "Stream",
    "addresses", "closing", "lasting", "of_library", "of_sheets", "produce",
]  # fmt: skip
