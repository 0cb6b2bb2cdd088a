"""The text of a body, block by block, with the place of each: read off the HTML that ``markup`` had rendered."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from essaim.markup import Document

_REST = r"[^>\"]*(?:\"[^\"]*\"[^>\"]*)*"  # of a tag; quotes are honoured
# Most blocks hold text, links and emphasis alone. Possessive: what is no such block is left at once.
_SIMPLE = re.compile(
    rf"<(p|li|t[dh]|h[1-6]) data-sourcepos=\"[^\"]*\">((?:[^<]++|</?(?:a|strong|em|del)(?: {_REST})?>)*+)</\1>"
)
_INLINE = re.compile(rf"</?[a-z]+(?: {_REST})?>")
# A match is a tag or a text. The last group tells which.
_TOKEN = re.compile(
    r"</(p|li|t[dh]|h[1-6])>\n?|(?:<(?:/(?:ul|ol|table)|/?(?:thead|tbody|tr)(?: [^>]*)?)>\n?)+"  # no block is open there
    rf"|<(/?[a-z][a-z0-9]*)({_REST})>|<!--.*?-->|([^<]+)",
    re.DOTALL,
)
_CLOSED, _TAG, _TEXT = 1, 3, 4
_PLACE = re.compile(r"data-sourcepos=\"(\d+):(\d+)-(\d+):(\d+)\"")
_ATTRIBUTE = re.compile(r"(src|alt|href)=\"([^\"]*)\"")
_BACK = re.compile(r"<a [^<>]*data-footnote-backref[^<>]*>.*?</a>", re.DOTALL)
_BLOCKS = frozenset({"p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_EDGES = _BLOCKS | {"ul", "ol", "pre", "table", "blockquote"}
_SILENT = {"pre": 1, "code": 1, "sup": 1, "/pre": -1, "/code": -1, "/sup": -1}
"""Elements whose text is not the author's prose: code, and numbers of notes."""


class Block(NamedTuple):
    """A run of text in a body: a paragraph, an item of a list, a cell, a heading. ``kind`` is its tag: ``p``, ``li``…

    ``text`` is without markup, code or numbers of notes, ``written`` the HTML that it comes of, and ``images`` are the (line,
    column, target, alternative text) of its images. Where a text stands is found when it is asked for: of most, nothing is told.
    Columns count bytes of UTF-8, as in ``Document.html``: ``prose.Reading`` counts characters, where something is told.
    """

    kind: str
    text: str
    written: str
    images: tuple[tuple[int, int, str, str], ...] = ()

    @property
    def marks(self) -> tuple[tuple[int, int, int], ...]:
        """(offset in ``text``, line, column) in the order of the text: what stands at an offset is on the line of the last mark
        before it, at its column or after."""
        return _inside(self.written)[0]

    @property
    def bare(self) -> tuple[int, ...]:
        """The offsets of addresses written as they are."""
        return _inside(self.written)[1] if "http" in self.text or "www." in self.text else ()


@dataclass(slots=True)
class _Open:
    """The block that is being read."""

    kind: str
    start: int  # in the HTML
    marks: list[tuple[int, int, int]]
    parts: list[str] = field(default_factory=list)
    length: int = 0
    bare: list[int] = field(default_factory=list)
    images: list[tuple[int, int, str, str]] = field(default_factory=list)

    def mark(self, line: int, column: int) -> None:
        self.marks.append((self.length, line, column))

    def say(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def lines(self, text: str) -> None:
        """Adds text; each line break goes on in the next line of the source, at a column that is not known."""
        if "\n" not in text:
            self.say(text)
            return
        first, *others = text.split("\n")
        self.say(first)
        for line in others:
            self.say(" ")
            self.mark(self.marks[-1][1] + 1, 1)
            self.say(line)

    @property
    def says(self) -> bool:
        """Whether there is a text or an image in it."""
        return bool(self.images) or any(not part.isspace() for part in self.parts if part)

    def closed(self, written: str) -> Block:
        return Block(self.kind, "".join(self.parts), written, tuple(self.images))


def blocks(document: Document) -> Iterator[Block]:
    """The blocks of a body in its order; one without text or image is left out. Linear in its size."""
    rendered = document.html
    if "data-footnote-backref" in rendered:
        rendered = _BACK.sub("", rendered)
    end = 0
    for match in _SIMPLE.finditer(rendered):
        written, kind, text = match.group(0, 1, 2)
        if match.start() - end > 1:  # a line break holds nothing
            yield from _others(rendered[end : match.start()])
        end = match.end()
        if "<" in text:
            text = _INLINE.sub("", text)
        if text and not text.isspace():
            yield Block(kind, html.unescape(text).replace("\n", " "), written)
    yield from _others(rendered[end:])


def _others(rendered: str) -> Iterator[Block]:
    """The blocks of HTML in which there are also pictures, code, lists in lists…"""
    if "data-sourcepos" in rendered:
        for block, end in _walk(rendered):
            if block.says:
                yield block.closed(rendered[block.start : end])


@lru_cache(maxsize=16)
def _inside(written: str) -> tuple[tuple[tuple[int, int, int], ...], tuple[int, ...]]:
    """The marks and the bare addresses of the HTML of one block."""
    block, _ = next(_walk(written))
    return tuple(block.marks), tuple(block.bare)


def _walk(rendered: str) -> Iterator[tuple[_Open, int]]:
    """Each block, and where it ends."""
    block: _Open | None = None
    silent = 0
    address: tuple[int, int] = (0, 0)  # where the text of the open link begins: in the parts, and in the text
    ends: list[tuple[int, int]] = []  # line and column after each open inline element
    for match in _TOKEN.finditer(rendered):
        which = match.lastindex
        if which == _CLOSED:
            if block:
                yield block, match.end()
                block = None
                ends.clear()
        elif which == _TEXT:
            if block and not silent:
                block.lines(html.unescape(match[_TEXT]))
        elif which == _TAG:
            name, rest = match.group(2, 3)
            if name in _SILENT:
                silent += _SILENT[name]
            if not block and name not in _EDGES:
                continue
            place = None if name[0] == "/" else _PLACE.search(rest)
            if name in _EDGES:
                if block:
                    yield block, match.start()
                here = [(0, int(place[1]), int(place[2]))] if place else []
                block = _Open(name, match.start(), here) if place and name in _BLOCKS else None
                ends.clear()
            elif not block:
                continue
            elif name == "img" and place:
                found = dict(_ATTRIBUTE.findall(rest))
                block.images.append(
                    (int(place[1]), int(place[2]), html.unescape(found.get("src", "")), found.get("alt", ""))
                )
                block.mark(int(place[3]), int(place[4]) + 1)
            elif name[0] == "/":
                if name == "/a" and "".join(block.parts[address[0] :]).startswith(("http://", "https://", "www.")):
                    block.bare.append(address[1])
                if ends and not silent:
                    block.mark(*ends.pop())
            elif place:
                block.mark(int(place[1]), int(place[2]))
                ends.append((int(place[3]), int(place[4]) + 1))
                address = (len(block.parts), block.length)
    if block:
        yield block, len(rendered)
