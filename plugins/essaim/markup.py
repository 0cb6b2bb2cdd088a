"""Markdown → safe HTML. The renderer (comrak: GitHub's dialect, in Rust) is known here only.

``parse`` renders once and notes links, headings and raw HTML with their places; ``to_html`` resolves links, links
glossary terms, and passes the result through an allow-list (nh3), so that no mistake here lets a script through.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

import comrak
import nh3

from essaim.terms import Terms
from essaim.words import numbered, slug

SCHEMES = ("http", "https", "mailto")

# Inside a tag; quotes are honoured, so a `>` inside an attribute does not end it.
_REST = r"[^>\"]*(?:\"[^\"]*\"[^>\"]*)*"
_TAG = re.compile(rf"<!--.*?-->|<{_REST}>", re.DOTALL)
_TAGS = re.compile(rf"(<!--.*?-->|<{_REST}>)", re.DOTALL)
_BLOCK = re.compile(rf"<(?:/?p|li|tr|td|th|br|pre|blockquote)(?: {_REST})?>")
_LINK = re.compile(rf"<(a|img) ({_REST})>")
_WIKI = re.compile(rf"<a ({_REST}data-wikilink{_REST})>([^<]+)")
_HEADING = re.compile(rf"<h([1-6])({_REST})>(.*?)</h\1>", re.DOTALL)
_TREATED = re.compile(rf"(<!--.*?-->|</?(?:a|img|input|table|h[1-6]|code|pre|th)(?: {_REST})?>)", re.DOTALL)
"""What ``to_html`` does something with; all other tags pass."""
_ATTRIBUTE = re.compile(r"([a-z-]+)=\"([^\"]*)\"")
_RAW = re.compile(r"<[a-zA-Z/!?]")
_ALERTS = {"Note": "À noter", "Tip": "Conseil", "Important": "Important", "Warning": "Attention", "Caution": "Prudence"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_QUIET = {"code": 1, "pre": 1, "th": 1, "/code": -1, "/pre": -1, "/th": -1}


def _extensions() -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.table = options.footnotes = options.alerts = options.strikethrough = True
    options.autolink = options.tasklist = options.wikilinks_title_after_pipe = True
    return options


def _rendering(*, places: bool) -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.sourcepos = places
    options.unsafe_ = False
    return options


_EXTENSIONS, _PLACED, _UNPLACED = _extensions(), _rendering(places=True), _rendering(places=False)
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


class Link(NamedTuple):
    """A link or an image as written, with its line and column in the body (from 1)."""

    target: str
    kind: str  # "wiki" [[id]], "link" [text](target) or "image" ![alt](target)
    line: int
    column: int


class Heading(NamedTuple):
    """A heading with the anchor made from its text."""

    level: int
    id: str
    text: str
    line: int


@dataclass(frozen=True)
class Document:
    """A body, parsed once: its Markdown ``text`` (``raw`` in UTF-8), its links and headings. ``raw_html`` holds the places of
    HTML tags, which are not rendered. What follows from the text is made when it is asked for: rendering again costs less
    than keeping."""

    raw: bytes
    links: tuple[Link, ...]
    headings: tuple[Heading, ...]
    raw_html: tuple[tuple[int, int], ...] = ()

    @property
    def text(self) -> str:
        """The Markdown."""
        return self.raw.decode()

    @property
    def html(self) -> str:
        """comrak's HTML, in which columns count bytes."""
        return _rendered(self.text)

    @property
    def sections(self) -> list[tuple[str, str, str]]:
        """(anchor, heading, text without markup); the first has neither anchor nor heading. A ``[[id]]`` without text of its
        own stays as written there."""
        rendered = self.html
        found: list[tuple[str, str, str]] = []
        end, section = 0, ("", "")
        for match, heading in zip(_HEADING.finditer(rendered), self.headings, strict=True):
            found.append((*section, _plain(rendered[end : match.start()])))
            end, section = match.end(), (heading.id, heading.text)
        return [*found, (*section, _plain(rendered[end:]))]

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
_ALERT = re.compile(r'(<p class="markdown-alert-title">)([^<]*)')


def parse(written: str | bytes) -> Document:
    """The document of a Markdown text; one in UTF-8 is held as it is given. Linear in its size."""
    raw = written.encode() if isinstance(written, str) else written
    text = raw.decode()
    rendered = _rendered(text)
    used: dict[str, int] = {}
    headings: list[Heading] = []
    for match in _HEADING.finditer(rendered):
        title = html.unescape(_TAG.sub("", match[3])).strip()
        headings.append(Heading(int(match[1]), _anchor(title, used), title, _place(match[2])[0]))
    columns = _Columns(text)
    left_out = tuple(_raw_html(rendered, columns)) if "<!--" in rendered else ()
    return Document(raw, tuple(_links(rendered, columns)), tuple(headings), left_out)


def _rendered(text: str, how: comrak.RenderOptions = _PLACED) -> str:
    return comrak.render_markdown(text, extension_options=_EXTENSIONS, render_options=how)


def _plain(fragment: str) -> str:
    """The text of HTML, on one line."""
    if "data-wikilink" in fragment:
        fragment = _WIKI.sub(_as_written, fragment)
    return " ".join(html.unescape(_TAG.sub("", _BLOCK.sub(" ", fragment))).split())


def _as_written(match: re.Match[str]) -> str:
    """A ``[[id]]`` without a text of its own: its brackets stay."""
    bare = html.unescape(match[2]) == _target(dict(_ATTRIBUTE.findall(match[1])), "href")
    return f"[[{match[2]}]]" if bare else match[0]


def _target(attributes: Mapping[str, str], name: str) -> str:
    target = html.unescape(attributes.get(name, ""))
    # An address of the web is somebody else's: `?u=a%26b` is another one once it is unquoted.
    return target if _SCHEME.match(target) else unquote(target)


def _links(rendered: str, columns: _Columns) -> Iterator[Link]:
    for match in _LINK.finditer(rendered):
        name, rest = match.groups()
        if "data-footnote-" in rest:
            continue
        kind = "image" if name == "img" else "wiki" if "data-wikilink" in rest else "link"
        target = _target(dict(_ATTRIBUTE.findall(rest)), "src" if name == "img" else "href")
        # What has no place of its own is where the last one that has it is.
        place = (
            rest if "data-sourcepos" in rest else rendered[rendered.rfind("data-sourcepos", 0, match.start()) :][:80]
        )
        line, byte = _place(place)
        yield Link(target, kind, line, columns.character(line, byte))


def _place(attributes: str) -> tuple[int, int]:
    """Line and column (in bytes) where an element begins."""
    found = _SOURCEPOS.search(attributes)
    return (int(found[1]), int(found[2])) if found else (1, 1)


def _raw_html(rendered: str, columns: _Columns) -> Iterator[tuple[int, int]]:
    """Places of the HTML that comrak left out."""
    untold = _RawHtml(columns.lines)
    line = byte = 1
    for token in _TAG.findall(rendered):
        if token.startswith("<!--"):
            yield untold.after(line - 1) or (line, columns.character(line, byte))
        elif "data-sourcepos" in token:
            line, byte = _place(token)


def to_html(document: Document, resolve: Callable[[Link], Target | None], terms: Terms | None = None) -> str:
    """The HTML of a body. A link that ``resolve`` does not know becomes plain text, an image its alternative. Glossary terms
    are marked: ``terms.fill`` sets them in."""
    links, headings = iter(document.links), iter(document.headings)
    out: list[str] = []
    loud: list[int] = []  # where in it the texts stand whose glossary terms are linked
    closing: list[str] = []  # what ends each open <a>
    quiet = 0  # depth of elements in which no glossary term is linked
    tables = 0
    bare: tuple[str, str] | None = None  # a [[id]] without text: what is written, and the title shown in its place
    rendered = _rendered(document.text, _UNPLACED)
    if "markdown-alert-title" in rendered:
        rendered = _ALERT.sub(lambda match: match[1] + _ALERTS.get(match[2], match[2]), rendered)
    for number, token in enumerate(_TREATED.split(rendered)):
        if number % 2 == 0:  # what stands between the tags that are treated
            if bare and html.unescape(token) == bare[0]:
                token = html.escape(bare[1], quote=False)
            if not quiet:
                loud.append(len(out))
            out.append(token)
            continue
        if token.startswith("<!--"):
            continue
        name = _name(token)
        if name in _HEADINGS:
            quiet += 1
            out.append(f'<{name} id="{next(headings).id}">')
        elif name[1:] in _HEADINGS:
            quiet -= 1
            out.append(token)
        elif name in _QUIET:
            quiet += _QUIET[name]
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
        else:
            out.append("</table></div>")
    if terms and loud:
        _link_terms(out, loud, terms)
    return clean("".join(out))


def clean(written: str) -> str:
    """HTML that has been through the allow-list."""
    return str(_CLEANER.clean(written))


def _link_terms(out: list[str], loud: list[int], terms: Terms) -> None:
    """Links the terms of the texts at the places ``loud``, all at once: what separates them stands in no text of comrak's."""
    parts = _TAGS.split("<>".join(out[place] for place in loud))
    parts[::2] = terms.mark("\0".join(parts[::2])).split("\0")
    for place, linked in zip(loud, "".join(parts).split("<>"), strict=True):
        out[place] = linked


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


class _Columns:
    """Columns of a text in characters. Linear as long as one asks in the order of the text: each line is read once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ascii = text.isascii()
        self._line, self._raw = 0, b""
        self._byte = self._characters = 0  # how far the line was read

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self._text.split("\n")

    def character(self, line: int, byte: int) -> int:
        """The column in characters (from 1) of a column in bytes of UTF-8 (from 1)."""
        if self._ascii:
            return byte
        if line != self._line or byte - 1 < self._byte:
            self._line, self._byte, self._characters = line, 0, 0
            self._raw = self.lines[line - 1].encode("utf-8") if line <= len(self.lines) else b""
        self._characters += len(self._raw[self._byte : byte - 1].decode("utf-8", "ignore"))
        self._byte = byte - 1
        return self._characters + 1 + max(0, self._byte - len(self._raw))  # comrak may count beyond a line


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
