"""The YAML that most front matter is made of, read line by line: YAML's own reader makes an object with two places for each name and value.

What is known here is a part of YAML in which nothing can be read in two ways: ``name: value``, ``- value`` and ``- name: value``, one a line,
quotes without escapes, lists and groups within brackets on one line. Of anything else nothing is said, and YAML's reader is asked: it alone
refuses. A test compares both on texts of every sort.
"""

from __future__ import annotations

import re
from sys import intern
from typing import Any

_MAX_DEPTH = 6
"""Below that of ``yamltext``, which counts what stands within brackets too."""
_NAME = r"[a-z_]{1,60}"
# A value begins with what means nothing to YAML, and ends before a space; « : » and « # » would end it.
_VALUE = r"(?:[^\W_]|[«(])[^\n\t:#]*(?:(?::(?=\S)|(?<=\S)#)[^\n\t:#]*)*(?<!\s)"
_ITEM = r"[^\W_][^\n\t:#?,\[\]{}]*(?<!\s)"
_PAIR = rf"{_NAME}: {_ITEM}"
_LINE = re.compile(
    rf"^( *)(- )?(?:({_NAME}):(?: |$))?"
    rf"(?:({_VALUE})|'([^'\n\t]+)'|\"([^\"\\\n\t]+)\"|\[({_ITEM}(?:, {_ITEM})*)\]|\{{ ?({_PAIR}(?:, {_PAIR})*) ?\}})?$",
    re.MULTILINE,
)

_Line = tuple[str, str, str, str, str, str, str, str]
"""Indent, dash, name; then the value: plain, between quotes of either sort, a list, a group."""


class _OtherError(Exception):
    """Something in a text is not known here."""


def read(text: str) -> dict[str, Any] | None:
    """The mapping that a text holds, without a character that ``yamltext`` forbids; None when YAML's reader has to be asked."""
    if not text.endswith("\n"):
        return None
    lines: list[_Line] = _LINE.findall(text, 0, len(text) - 1)
    if len(lines) != text.count("\n"):
        return None
    try:
        data, after = _mapping(lines, 0, 0, 1)
    except _OtherError:
        return None
    return data if after == len(lines) else None


def _mapping(lines: list[_Line], at: int, indent: int, depth: int) -> tuple[dict[str, Any], int]:
    """The mapping whose names stand at ``indent``, from the line ``at`` on, and the line after it."""
    if depth > _MAX_DEPTH:
        raise _OtherError
    data: dict[str, Any] = {}
    while at < len(lines):
        before, dash, name, plain, single, double, items, pairs = lines[at]
        if dash or not name or len(before) != indent:
            break
        at += 1
        if name in data:
            raise _OtherError
        value: Any = plain or single or double
        if not value and items:
            value = items.split(", ")
        elif not value and pairs:
            value = _group(pairs)
        elif not value:
            value, at = _below(lines, at, indent, depth + 1)
        data[intern(name)] = value
    return data, at


def _below(lines: list[_Line], at: int, indent: int, depth: int) -> tuple[Any, int]:
    """What stands below a name without a value of its own: a list, at its indent too, a mapping, or nothing."""
    if at == len(lines):
        return None, at
    before, dash, name = lines[at][:3]
    if dash and len(before) >= indent:
        return _sequence(lines, at, len(before), depth)
    if name and len(before) > indent:
        return _mapping(lines, at, len(before), depth)
    return None, at


def _sequence(lines: list[_Line], at: int, indent: int, depth: int) -> tuple[list[Any], int]:
    """The list whose dashes stand at ``indent``, from the line ``at`` on, and the line after it."""
    if depth > _MAX_DEPTH:
        raise _OtherError
    found: list[Any] = []
    value: Any
    while at < len(lines):
        before, dash, name, plain, single, double, items, pairs = lines[at]
        if not dash or len(before) != indent:
            break
        if name:
            lines[at] = (f"{before}  ", "", *lines[at][2:])  # its first line stands beside the dash
            value, at = _mapping(lines, at, indent + 2, depth + 1)
        else:
            value = plain or single or double or (items.split(", ") if items else _group(pairs))
            at += 1
        found.append(value)
    return found, at


def _group(pairs: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs.split(", "):
        name, _, value = pair.partition(": ")
        if not name or name in found:
            raise _OtherError
        found[intern(name)] = value
    return found
