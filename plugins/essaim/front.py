"""Canonical front matter: a sheet as everyone writes it, so that a change shows only what changed.

``canonical`` writes an existing text again and loses nothing: comments, unknown keys and the body stay. ``write`` makes
the text of a new sheet. How a value is written follows from the value and the genre of its field alone, never from how
it was written before. The web form writes the same (``overrides/admin/front.js``).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any
from unicodedata import normalize

import yaml

from essaim.model import Group, Sheet, order
from essaim.model.types import TYPED
from essaim.problem import Problem
from essaim.source import Source, parse, plain_value

WIDTH = 120
"""Characters of the longest line that holds a whole list or group."""
ITEM = 40
"""Characters of the longest item of a list on one line: longer ones are sentences, and read better one a line."""

# What every YAML reader may take for a number, a date, a time, a boolean or nothing, by YAML 1.1 or 1.2.
_LOOKS_TYPED = re.compile(
    r"[-+]?\.?[0-9][0-9a-fA-FxXoO_.,:eE+TtZz -]*|[-+]?\.(inf|nan)|~|null|true|false|yes|no|on|off|y|n|=|<<",
    re.IGNORECASE,
)
_NEVER_FIRST = frozenset("-?:,[]{}#&*!|>'\"%@` .")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\u2028": "\\L", "\u2029": "\\P"}
_ESCAPED = re.compile('[\\\\"\n\t\u2028\u2029]')
_BREAKS = re.compile("[\t\u2028\u2029]")


@dataclass(slots=True)
class Entry:
    """A key with its value, or an item of a list (``key`` is None), with the comments around it.

    ``value`` is a text, None (written but empty), or the entries of a list or a group; ``group`` tells which.
    ``before`` are comment lines above it, ``after`` the comment at the end of its line, ``tail`` those below it.
    """

    key: str | None
    value: str | list[Entry] | None
    group: bool = False
    typed: bool = False
    before: list[str] = field(default_factory=list)
    after: str = ""
    tail: list[str] = field(default_factory=list)


Change = Callable[[list[Entry]], None]
"""What alters the entries of a sheet."""


def write(kind: type[Sheet], data: Mapping[str, Any], body: str = "", *, comments: Mapping[str, list[str]] | None = None,
          tail: list[str] | None = None) -> str:  # fmt: skip
    """The canonical text of a sheet. ``data`` holds texts, lists, mappings and None as ``Source.data`` does; ``comments``
    are lines (``# …``) to write above a field, ``tail`` those after the last one."""
    entries = [_entry(key, value) for key, value in data.items()]
    for entry in entries:
        entry.before = list((comments or {}).get(entry.key or "", ()))
    return _text(_ordered(kind, entries), body, tail or [])


def canonical(text: str | bytes, kind: type[Sheet], path: str = "") -> tuple[str, list[Problem]]:
    """The canonical text of a sheet; with problems, those that keep it from being read, and the text is empty."""
    source, problems = parse(text, path)
    if problems:
        return "", problems
    root = source.root
    entries = _children(root) if root else []
    tail = _attach(source.front, root, entries) if root else _comment_lines(source.front)
    found = _text(_raised(_ordered(kind, entries)), source.body, tail)
    again, wrong = parse(found, path)
    # A promise checked each time rather than believed: nothing is lost.
    if wrong or again.data != source.data or _comments(again) != _comments(source):
        return "", [source.problem((), "mise-en-forme", "cette fiche ne peut pas être mise en forme sans risque d’en perdre",
                                   "Elle reste comme elle est. Simplifiez l’écriture de l’en-tête : un champ par ligne.")]  # fmt: skip
    return found, []


def edited(text: str | bytes, kind: type[Sheet], change: Change) -> tuple[str, list[Problem]]:
    """The canonical text of a sheet after ``change(entries)``, which alters its fields. With
    problems, those that keep the sheet from being read or written without loss."""
    source, problems = parse(text, "")
    if problems or source.root is None:
        return "", problems or [source.problem((), "entete-absent", "cette fiche n’a pas de champ")]
    entries = _children(source.root)
    tail = _attach(source.front, source.root, entries)
    change(entries)
    found = _text(_raised(_ordered(kind, entries)), source.body, tail)
    again, wrong = parse(found, "")
    if wrong or _comments(again) != _comments(source):
        return "", wrong or [
            source.problem((), "mise-en-forme", "cette fiche ne peut pas être réécrite sans risque d’en perdre")
        ]
    return found, []


def trimmed(body: str) -> str:
    """A body without blank lines around it, ending with one line break; nothing when it is blank."""
    lines = body.split("\n")
    while lines and not lines[0].strip(" \t"):
        del lines[0]
    while lines and not lines[-1].strip(" \t"):
        del lines[-1]
    return "\n".join(lines) + "\n" if lines else ""


def _text(entries: list[Entry], body: str, tail: list[str]) -> str:
    lines = ["---"]
    for entry in entries:
        _put(lines, entry, 0)
    front, body = "\n".join([*lines, *tail, "---", ""]), trimmed(body)
    return f"{front}\n{body}" if body else front


def _ordered(model: type[Group] | None, entries: list[Entry]) -> list[Entry]:
    """The entries of a sheet or group in the order of the model, told which are typed; unknown keys come last."""
    known = _known(model) if model else {}
    last, in_order = 0.0, True  # as most are
    for entry in entries:
        place, typed, inner = known.get(entry.key or "", _UNKNOWN)
        last, in_order = place, in_order and place >= last
        entry.typed = typed
        if isinstance(entry.value, list):
            for item in [entry] if entry.group else entry.value:
                item.typed = typed
                if isinstance(item.value, list):
                    item.value = _ordered(inner if item.group else None, item.value)
    return entries if in_order else sorted(entries, key=lambda entry: known.get(entry.key or "", _UNKNOWN)[0])


_UNKNOWN: tuple[float, bool, type[Group] | None] = (math.inf, False, None)


@cache
def _known(model: type[Group]) -> dict[str, tuple[float, bool, type[Group] | None]]:
    """Key → its place in the order of the model, whether it is typed, and the group that it holds."""
    return {champ.path: (place, champ.forme.genre in TYPED, champ.group) for place, champ in enumerate(order(model))}


def _raised(entries: list[Entry]) -> list[Entry]:
    """A comment above the first thing in an item of a list goes above the item: it would be read back as such."""
    for entry in entries:
        if isinstance(entry.value, list) and (inside := _raised(entry.value)) and entry.key is None:
            entry.before += inside[0].before
            inside[0].before = []
    return entries


def _put(lines: list[str], entry: Entry, indent: int) -> None:
    """Add the lines of an entry that stands ``indent`` spaces from the border."""
    space, value = " " * indent, entry.value
    name = "-" if entry.key is None else f"{_key(entry.key)}:"
    after = f"  {entry.after}" if entry.after else ""
    if entry.before:
        lines += [space + comment for comment in entry.before]
    if not isinstance(value, list):
        lines += [space + comment for comment in entry.tail]
        lines += _scalar_lines(f"{space}{name}", value, entry.typed, after, indent + 2)
        return
    flow = _flow(entry)
    if flow is not None and (not value or len(f"{space}{name} {flow}") <= WIDTH):
        lines.append(f"{space}{name} {flow}{after}")
        return
    if entry.key is None and after:
        lines.append(f"{space}{entry.after}")  # beside a dash alone, it would be read back as above what follows
        after = ""
    inside: list[str] = []
    for item in value:
        _put(inside, item, indent + 2)
    inside += [" " * (indent + 2) + comment for comment in entry.tail]
    if entry.key is None and entry.group and not after and inside and not value[0].before:
        lines.append(f"{space}- {inside[0][indent + 2 :]}")  # `- id: x`, the first key beside the dash
        lines += inside[1:]
    else:
        lines.append(f"{space}{name}{after}")
        lines += inside


def _scalar_lines(start: str, value: str | None, typed: bool, after: str, indent: int) -> list[str]:
    if value is None:
        return [f"{start}{after}"]
    if _literal(value):
        rest = (" " * indent + line if line else "" for line in value.removesuffix("\n").split("\n"))
        return [f"{start} {'|' if value.endswith(chr(10)) else '|-'}{after}", *rest]
    return [f"{start} {scalar(value, typed=typed)}{after}"]


def _literal(value: str) -> bool:
    return "\n" in value and not value.startswith(("\n", " ")) and not value.endswith("\n\n") and not _BREAKS.search(value) \
        and value.strip(" \n") != ""  # fmt: skip


def _flow(entry: Entry) -> str | None:
    """A list or a group on one line, or None when it needs several."""
    value = entry.value
    if not isinstance(value, list) or entry.tail:
        return None
    if not value:
        return "{}" if entry.group else "[]"
    for one in value:
        if one.before or one.after or one.tail or not isinstance(one.value, str) or "\n" in one.value:
            return None  # a comment can't stand inside one line
        if not entry.group and len(one.value) > ITEM:
            return None
    written = [scalar(str(one.value), typed=one.typed, flow=True) for one in value]
    if entry.group:
        written = [f"{_key(one.key or '')}: {text}" for one, text in zip(value, written, strict=True)]
        return "{ " + ", ".join(written) + " }"
    return "[" + ", ".join(written) + "]"


@lru_cache(maxsize=5_000)
def _key(key: str) -> str:
    """A key as it is written: the same ones stand in every sheet."""
    return scalar(key, flow=True)


def scalar(text: str, *, typed: bool = False, flow: bool = False) -> str:
    """A text as YAML: plain where every reader reads the same text, else between double quotes.

    ``typed``: its field holds a number or a date, so a reader may take it for one. ``flow``: it stands in a list or a
    group on one line."""
    plain = (
        text != ""
        and text[0] not in _NEVER_FIRST
        and text[-1] not in " :"
        and ": " not in text
        and " #" not in text
        and not _ESCAPED_NEEDED.search(text)
        and not (flow and _FLOW_SIGNS.search(text))
        and not _LOOKS_TYPED.fullmatch(text)
    )
    if plain or (typed and _NUMBER_OR_DATE.fullmatch(text)):
        return text
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES[found.group()], text) + '"'


_ESCAPED_NEEDED = re.compile("[\n\t\u2028\u2029]")
_FLOW_SIGNS = re.compile(r"[,\[\]{}?]|:$")
# As numbers and dates are written here: never a sign that YAML reads otherwise.
_NUMBER_OR_DATE = re.compile(r"-?[0-9]+([.][0-9]+)?|[0-9]{4}-[0-9]{2}(-[0-9]{2})?")


def _entry(key: str | None, value: Any) -> Entry:
    key = None if key is None else normalize("NFC", key)
    if type(value) is str:  # most are, and asking the others takes longer
        return Entry(key, normalize("NFC", value))
    if isinstance(value, Mapping):
        return Entry(key, [_entry(name, one) for name, one in value.items()], group=True)
    if isinstance(value, list | tuple):
        return Entry(key, [_entry(None, one) for one in value])
    return Entry(key, None if value is None else normalize("NFC", str(value)))


# Reading: entries with their places, and the comments between them.


@dataclass(frozen=True, slots=True)
class _Comment:
    line: int
    column: int
    text: str
    alone: bool  # on its line


_Place = tuple[int, int]


def _children(node: yaml.Node) -> list[Entry]:
    if isinstance(node, yaml.MappingNode):
        return [_read(key.value, value) for key, value in node.value]
    return [_read(None, item) for item in node.value]


def _read(key: str | None, node: yaml.Node) -> Entry:
    if isinstance(node, yaml.CollectionNode):
        return Entry(key, _children(node), group=isinstance(node, yaml.MappingNode))
    return Entry(key, plain_value(node))


def _attach(front: str, root: yaml.MappingNode, entries: list[Entry]) -> list[str]:
    """Gives each comment to the entry that it is about, and gives back those after the last one."""
    spots = list(_spots(root, entries, 0))
    starts = [spot.start for spot in spots]
    ending: dict[int, list[_Spot]] = {}
    for one in spots:
        ending.setdefault(one.end[0], []).append(one)
    tail: list[str] = []
    for comment in _find(front, root):
        here = (comment.line, comment.column)
        at = bisect_right(starts, here)
        before = spots[at - 1] if at else None
        following = spots[at] if at < len(spots) else None
        owner = before.top if before else None
        ended = [spot for spot in ending.get(comment.line, ()) if spot.end <= here]
        begun = before if before and before.start[0] == comment.line else None
        spot = min(ended, key=lambda found: found.depth) if ended else begun
        if spot and not comment.alone:
            if spot.entry.after:
                spot.entry.before.append(comment.text)
            else:
                spot.entry.after = comment.text
        elif owner is not None and comment.column > 0 and (following is None or following.top is not owner):
            owner.tail.append(comment.text)
        elif following is not None:
            following.entry.before.append(comment.text)
        else:
            tail.append(comment.text)
    _settle(entries)
    return tail


def _settle(entries: list[Entry]) -> None:
    """A comment below a value of one line, or below a list without items, goes above it: below, a text could swallow it."""
    for entry in entries:
        if entry.tail and not (isinstance(entry.value, list) and entry.value):
            entry.before += entry.tail
            entry.tail = []


@dataclass(frozen=True, slots=True)
class _Spot:
    entry: Entry
    top: Entry
    start: _Place
    end: _Place
    depth: int


def _spots(node: yaml.Node, entries: list[Entry], depth: int, top: Entry | None = None) -> Iterator[_Spot]:
    """Each entry with where it starts and ends, in the order of the text, outer ones before inner ones."""
    nodes = node.value if isinstance(node, yaml.MappingNode) else [(item, item) for item in node.value]
    for (first, last), entry in zip(nodes, entries, strict=True):
        block = isinstance(last, yaml.CollectionNode) and not last.flow_style
        # A block ends where the next thing starts, a literal with its last line: no comment follows them on their line.
        whole = block or _is_literal(last)
        end = (-1, 0) if whole else (last.end_mark.line, last.end_mark.column)
        yield _Spot(entry, top or entry, (first.start_mark.line, first.start_mark.column), end, depth)
        if isinstance(entry.value, list):
            yield from _spots(last, entry.value, depth + 1, top or entry)


def _find(front: str, root: yaml.Node) -> Iterator[_Comment]:
    """The comments of a front matter: whatever follows a # that stands outside of all texts."""
    spans = sorted(_spans(root))
    number = 0
    for line, content in enumerate(front.split("\n")):
        at = content.find("#")
        while at != -1:
            while number < len(spans) and spans[number][1] <= (line, at):
                number += 1
            inside = number < len(spans) and spans[number][0] <= (line, at)
            if not inside:
                yield _Comment(line, at, content[at:].rstrip(), not content[:at].strip())
                break
            at = content.find("#", at + 1)


def _spans(node: yaml.Node) -> Iterator[tuple[_Place, _Place]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _spans(key)
            yield from _spans(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _spans(item)
    else:
        start = (node.start_mark.line, node.start_mark.column)
        if _is_literal(node):
            start = (start[0] + 1, 0)  # a comment may follow the sign itself
        yield start, (node.end_mark.line, node.end_mark.column)


def _is_literal(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")


def _comments(source: Source) -> list[str]:
    found = (
        (_comment.text for _comment in _find(source.front, source.root))
        if source.root
        else _comment_lines(source.front)
    )
    return sorted(found)


def _comment_lines(front: str) -> list[str]:
    return [line.strip() for line in front.split("\n") if line.strip().startswith("#")]
