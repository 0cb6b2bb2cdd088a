"""The list of pages for search engines (sitemaps.org 0.9), in pieces when it is long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import quote
from xml.etree import ElementTree

MOST = 50_000
"""Addresses in one file: the protocol's own limit."""
FILE = "sitemap.xml"

_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

Row = tuple[str, date | None]
"""The address of a page from the root, and the day of its last change when a date tells it."""


def files(url: str, rows: Sequence[Row], most: int = MOST) -> Iterator[tuple[str, str]]:
    """``(path, text)`` of ``sitemap.xml``; with more than ``most`` pages, an index, and ``sitemap-1.xml`` and so on.

    ``url`` is the public root. The same pages in the same order give the same bytes.
    """
    if len(rows) <= most:
        yield FILE, _written("urlset", "url", [(url + quote(address), day) for address, day in rows])
        return
    parts: list[Row] = []
    for number, start in enumerate(range(0, len(rows), most), 1):
        some = rows[start : start + most]
        name = f"sitemap-{number}.xml"
        yield name, _written("urlset", "url", [(url + quote(address), day) for address, day in some])
        parts.append((url + name, max((day for _, day in some if day), default=None)))
    yield FILE, _written("sitemapindex", "sitemap", parts)


def _written(top: str, item: str, rows: Sequence[Row]) -> str:
    root = ElementTree.Element(top, xmlns=_SPACE)
    for address, day in rows:
        one = ElementTree.SubElement(root, item)
        ElementTree.SubElement(one, "loc").text = address
        if day:
            ElementTree.SubElement(one, "lastmod").text = day.isoformat()
    ElementTree.indent(root, "")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
