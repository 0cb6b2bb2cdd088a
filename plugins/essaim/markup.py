"""Markdown → safe HTML. The renderer (comrak: GitHub's dialect, in Rust) is known here only.

``parse`` renders once and notes links, headings and raw HTML with their places; ``to_html`` resolves links, links
glossary terms, and passes the result through an allow-list (nh3), so that no mistake here lets a script through.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import comrak
import nh3

from essaim.words import numbered, slug

SCHEMES = ("http", "https", "mailto")

# Quotes are honoured, so a `>` inside an attribute does not end the tag.
_TOKEN = re.compile(r"<!--.*?-->|<(?:[^>\"]|\"[^\"]*\")*>|[^<]+", re.DOTALL)
_ATTRIBUTE = re.compile(r"([a-z-]+)=\"([^\"]*)\"")
_RAW = re.compile(r"<[a-zA-Z/!?]")
_ALERTS = {"Note": "À noter", "Tip": "Conseil", "Important": "Important", "Warning": "Attention", "Caution": "Prudence"}
_BLOCKS = {"p", "/p", "li", "tr", "td", "th", "br", "pre", "blockquote", "h2"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def _extensions() -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.table = options.footnotes = options.alerts = options.strikethrough = True
    options.autolink = options.tasklist = options.wikilinks_title_after_pipe = True
    return options


def _rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.sourcepos = True
    options.unsafe_ = False
    return options


_EXTENSIONS, _RENDERING = _extensions(), _rendering()
_CLEANER = nh3.Cleaner(
    tags={"p", "h2", "h3", "h4", "h5", "h6", "a", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "table",
          "thead", "tbody", "tr", "th", "td", "img", "hr", "br", "sup", "section", "div", "span"},
    attributes={
        "*": {"id", "class"},
        "a": {"href", "title", "aria-label", "aria-describedby"},
        "img": {"src", "alt", "title", "loading", "width", "height"},
        "ol": {"start"}, "th": {"align", "scope"}, "td": {"align"}, "span": {"role"},
        "div": {"role", "aria-label", "tabindex"},
    },
    url_schemes=set(SCHEMES),
    link_rel=None,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image as written, with its line and column in the body (from 1)."""

    target: str
    kind: str  # "wiki" [[id]], "link" [text](target) or "image" ![alt](target)
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with the anchor made from its text."""

    level: int
    id: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A body, parsed once. ``raw_html`` holds the places of HTML tags, which are not rendered.

    ``sections`` are (anchor, heading, text without markup); the first has neither anchor nor heading. A ``[[id]]``
    without text of its own stays as written there.
    """

    html: str
    links: tuple[Link, ...]
    headings: tuple[Heading, ...]
    raw_html: tuple[tuple[int, int], ...]
    sections: tuple[tuple[str, str, str], ...] = ()

    @property
    def anchors(self) -> frozenset[str]:
        """What a link can point to in the body."""
        return frozenset(heading.id for heading in self.headings)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads: an address relative to the page, and the text of a ``[[id]]`` without one."""

    href: str
    title: str = ""
    css: str = ""


_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_SOURCEPOS = re.compile(r'data-sourcepos="(\d+):(\d+)-(\d+):(\d+)"')
_WIDE = re.compile(r"[^\x00-\x7f]")


def parse(text: str) -> Document:
    """The document of a Markdown text. Linear in its size."""
    lines = text.split("\n")
    rendered = comrak.render_markdown(text, extension_options=_EXTENSIONS, render_options=_RENDERING)
    if not text.isascii():
        rendered = _in_characters(rendered, lines)
    links: list[Link] = []
    headings: list[Heading] = []
    raw: list[tuple[int, int]] = []
    untold = _RawHtml(lines)
    line = column = 1
    used: dict[str, int] = {}
    level, words, start = 0, [""], 1
    sections: list[tuple[str, str, str]] = []
    said: list[str] = []
    wiki = ""
    for token in _TOKEN.findall(rendered):
        if not token.startswith("<"):
            word = html.unescape(token)
            if level:
                words.append(word)
            else:
                said.append(f"[[{word}]]" if wiki and word == wiki else word)
            continue
        if token.startswith("<!--"):
            raw.append(untold.after(line - 1) or (line, column))
            continue
        name = _name(token)
        wiki = ""
        if name in _BLOCKS:
            said.append(" ")
        attributes = dict(_ATTRIBUTE.findall(token))
        if "data-sourcepos" in attributes:
            line, column = (int(part) for part in attributes["data-sourcepos"].split("-")[0].split(":"))
        if name in _HEADINGS:
            sections.append((*_head(sections, headings), " ".join("".join(said).split())))
            level, words, start, said = int(name[1]), [], line, []
        elif level and name == f"/h{level}":
            title = "".join(words).strip()
            headings.append(Heading(level, _anchor(title, used), title, start))
            level = 0
        elif name == "img" or (
            name == "a" and "data-footnote-ref" not in token and "data-footnote-backref" not in token
        ):
            target = html.unescape(attributes.get("src" if name == "img" else "href", ""))
            kind = "image" if name == "img" else "wiki" if "data-wikilink" in attributes else "link"
            # An address of the web is somebody else's: `?u=a%26b` is another one once it is unquoted.
            links.append(Link(target if _SCHEME.match(target) else unquote(target), kind, line, column))
            wiki = links[-1].target if kind == "wiki" else ""
    sections.append((*_head(sections, headings), " ".join("".join(said).split())))
    return Document(rendered, tuple(links), tuple(headings), tuple(raw), tuple(sections))


def _head(sections: list[Any], headings: list[Heading]) -> tuple[str, str]:
    """Anchor and heading of the section that ends here: the headings so far are its own and those before."""
    return (headings[-1].id, headings[-1].text) if sections else ("", "")


def to_html(document: Document, resolve: Callable[[Link], Target | None], terms: Terms | None = None) -> str:
    """The HTML of a body. A link that ``resolve`` does not know becomes plain text, an image its alternative."""
    links, headings = iter(document.links), iter(document.headings)
    out: list[str] = []
    closing: list[str] = []  # what ends each open <a>
    quiet = 0  # depth of elements in which no glossary term is linked
    tables = 0
    bare: tuple[str, str] | None = None  # a [[id]] without text: what is written, and the title shown in its place
    for token in _TOKEN.findall(document.html):
        if not token.startswith("<"):
            if bare and html.unescape(token) == bare[0]:
                token = html.escape(bare[1], quote=False)
            elif out and out[-1].endswith('class="markdown-alert-title">') and token in _ALERTS:
                token = _ALERTS[token]
            out.append(token if quiet or terms is None else terms.link(token))
            continue
        if token.startswith("<!--"):
            continue
        name = _name(token)
        if name in _HEADINGS:
            quiet += 1
            out.append(f'<{name} id="{next(headings).id}">')
        elif name.removeprefix("/") in (*_HEADINGS, "code", "pre", "th"):
            quiet += -1 if name.startswith("/") else 1
            out.append(token)
        elif name == "a" and "data-footnote" in token:
            quiet += 1
            closing.append("</a>")
            out.append(token.replace("Back to reference", "Retour au renvoi"))
        elif name == "a":
            quiet += 1
            link = next(links)
            target = resolve(link)
            closing.append("</a>" if target else "</span>")
            out.append(_open(target))
            bare = (link.target, target.title) if target and link.kind == "wiki" else None
        elif name == "/a":
            quiet -= 1
            bare = None
            out.append(closing.pop())
        elif name == "img":
            target = resolve(next(links))
            alt = dict(_ATTRIBUTE.findall(token)).get("alt", "")
            out.append(f'<img src="{html.escape(target.href)}" alt="{alt}" loading="lazy">' if target else alt)
        elif name == "input":
            out.append("☑" if "checked" in token else "☐")
        elif name == "table":
            tables += 1
            out.append(f'<div class="scroll" role="region" aria-label="Tableau {tables}" tabindex="0">{token}')
        elif name == "/table":
            out.append("</table></div>")
        else:
            out.append(token)
    return str(_CLEANER.clean("".join(out)))


class Terms:
    """Links the first occurrence in one page of each glossary term. Make one for each page.

    ``entries`` maps a form as written (``SCIC``, ``boucle locale d’innovation``) to the address of the term, its id
    and its definition. A form in capitals matches as it is, another whatever its case, both with a final s.
    """

    def __init__(self, entries: TermIndex, root: str, skip: str = "") -> None:
        self._entries, self._root = entries, root
        self._done = {skip}

    def link(self, escaped: str) -> str:
        """``escaped`` HTML text, with a link and a definition at each first occurrence of a term."""
        text = html.unescape(escaped)
        out: list[str] = []
        last = 0
        for start, end, term in self._entries.find(text):
            if term.id in self._done or start < last:
                continue
            self._done.add(term.id)
            tip = f"def-{term.id}"
            out.append(
                f'{html.escape(text[last:start], quote=False)}<span class="terme"><a href="{self._root}{term.address}" '
                f'aria-describedby="{tip}">{html.escape(text[start:end], quote=False)}</a>'
                f'<span role="tooltip" id="{tip}">{html.escape(term.definition, quote=False)}</span></span>'
            )
            last = end
        return "".join(out) + html.escape(text[last:], quote=False) if out else escaped


@dataclass(frozen=True, slots=True)
class TermEntry:
    """What a link to a glossary term needs."""

    id: str
    address: str
    definition: str


class TermIndex:
    """Forms of glossary terms, by their words without case or final s: a text is read once, whatever their number."""

    _WORD = re.compile(r"\w+")
    _BETWEEN = re.compile(r"[ \u00a0\u202f'’&-]{1,3}")

    def __init__(self, forms: Mapping[str, TermEntry]) -> None:
        self._by_words: dict[tuple[str, ...], tuple[str, TermEntry]] = {}
        lengths: dict[str, set[int]] = {}
        for form, entry in sorted(forms.items()):
            words = tuple(self._fold(word) for word in self._WORD.findall(form))
            if words:
                self._by_words.setdefault(words, (form, entry))
                lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, text: str) -> Iterator[tuple[int, int, TermEntry]]:
        """Start, end and entry of each occurrence, the longest form first at each place."""
        spans = [(match.start(), match.end()) for match in self._WORD.finditer(text)]
        words = [self._fold(text[start:end]) for start, end in spans]
        for place, first in enumerate(words):
            for length in self._lengths.get(first, ()):
                found = self._by_words.get(tuple(words[place : place + length]))
                if (
                    found
                    and place + length <= len(words)
                    and self._written(text, spans[place : place + length], found[0])
                ):
                    yield spans[place][0], spans[place + length - 1][1], found[1]
                    break

    @staticmethod
    def _fold(word: str) -> str:
        return word.casefold().removesuffix("s")

    def _written(self, text: str, spans: list[tuple[int, int]], form: str) -> bool:
        """Whether an abbreviation stands as it is, and no full stop or comma within a name of several words."""
        if form.isupper():
            return text[spans[0][0] : spans[-1][1]] == form
        gaps = ((one[1], other[0]) for one, other in pairwise(spans))
        return all(self._BETWEEN.fullmatch(text, *gap) for gap in gaps)


class _RawHtml:
    """Where the raw HTML stands that comrak left out: it says only that there was some after a line. Linear, whatever
    was asked before: a search goes on where the last one from the same line stopped."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._known: set[tuple[int, int]] = set()
        self._reached: dict[int, tuple[int, int]] = {}
        self._nothing_from = len(lines)

    def after(self, line: int) -> tuple[int, int] | None:
        """Line and column of the first place after ``line`` (from 0) that was not given yet."""
        number, offset = self._reached.get(line, (max(0, line), 0))
        while number < self._nothing_from:
            for match in _RAW.finditer(self._lines[number], offset):
                place = (number + 1, match.start() + 1)
                if place not in self._known:
                    self._known.add(place)
                    self._reached[line] = (number, match.end())
                    return place
            number, offset = number + 1, 0
        self._nothing_from = min(self._nothing_from, max(0, line))
        return None


def _in_characters(rendered: str, lines: list[str]) -> str:
    """comrak's columns count bytes; ours, characters. (Its own option for that takes a time that grows with the square
    of a line.)"""
    tables: dict[int, tuple[list[int], list[int]]] = {}

    def column(line: int, byte: int) -> int:
        if line not in tables:
            places, more, extra = [], [], 0
            for match in _WIDE.finditer(lines[line - 1] if line <= len(lines) else ""):
                places.append(match.start() + extra)
                extra += len(match.group().encode("utf-8")) - 1
                more.append(extra)
            tables[line] = places, more
        places, more = tables[line]
        before = bisect_left(places, byte - 1)
        return byte - (more[before - 1] if before else 0)

    def place(match: re.Match[str]) -> str:
        first, start, last, end = (int(part) for part in match.groups())
        return f'data-sourcepos="{first}:{column(first, start)}-{last}:{column(last, end)}"'

    return _SOURCEPOS.sub(place, rendered)


def _anchor(title: str, used: dict[str, int]) -> str:
    """The anchor of a heading: its slug; a second one of the same text gets -2. ``fiche-`` is the templates' own.
    ``used`` is that of ``words.numbered``."""
    base = slug(title) or "section"
    base = f"section-{base}" if base.startswith(("fiche-", "def-", "fn-")) else base
    return numbered(base, used)


def _name(token: str) -> str:
    """Name of a tag that comrak wrote, with its slash when it closes: ``h2``, ``/h2``."""
    return token[1:-1].partition(" ")[0]


def _open(target: Target | None) -> str:
    if target is None:
        return '<span class="lien-casse">'
    css = f' class="{target.css}"' if target.css else ""
    return f'<a href="{html.escape(target.href)}"{css}>'
