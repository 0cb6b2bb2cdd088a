"""The text of a sheet as sentences, each with its place: what editorial advice reads."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import groupby
from typing import Any, NamedTuple

from essaim.blocks import Block, blocks
from essaim.library import Library
from essaim.model import Champ, Sheet, champs, values
from essaim.problem import Problem
from essaim.readability import spoken
from essaim.source import Loc, Source

# Starts at the first mark of a run and gives nothing back: linear in whatever is written.
_END = re.compile(r"[.!?…](?<![.!?…].)[.!?…]*+[»”\")\]]*+\s[»”\")\]\s]*+(?=[^\W_a-zà-ÿœ]|[«“\"(\[])")
_WORD_BEFORE = re.compile(r"[^\W\d_]+\Z")
_ABBREVIATIONS = frozenset(
    (
        "m",
        "mm",
        "mme",
        "mmes",
        "dr",
        "pr",
        "st",
        "ste",
        "art",
        "al",
        "p",
        "pp",
        "ex",
        "cf",
        "n",
        "no",
        "av",
        "bd",
        "chap",
        "env",
        "hab",
    )
)
_LONGEST = max(map(len, _ABBREVIATIONS))
WORD = re.compile(r"\w+(?:[’'-]\w+)*")
"""A word as one counts them: ``l’école`` and ``celui-ci`` are one."""


def measure(text: str) -> tuple[int, int]:
    """The words of a text, and their syllables."""
    return divmod(sum(map(_MEASURES.__getitem__, text.split())), _COUNTED)


_COUNTED = 1 << 32
"""Words are counted in these, syllables in ones: both are summed in one go."""


class _Measures(dict[str, int]):
    """What stands between two spaces → its words and their syllables. A library says the same again and again."""

    def __missing__(self, token: str) -> int:
        found = self[token] = sum(_COUNTED + spoken(word.lower()) for word in WORD.findall(token))
        return found


_MEASURES = _Measures()


class Passage(NamedTuple):
    """A text of a sheet: the value of ``champ`` at ``loc``, or a ``block`` of the body."""

    text: str
    champ: Champ | None = None
    loc: Loc = ()
    block: Block | None = None

    @property
    def running(self) -> bool:
        """Whether it is made of sentences: neither a name, nor a heading, nor a cell."""
        return (
            self.champ.forme.genre == "texte"
            if self.champ
            else self.block is not None and self.block.kind in ("p", "li")
        )


class Sentence(NamedTuple):
    """A sentence, and where it begins in its passage."""

    text: str
    offset: int
    passage: Passage


@dataclass(frozen=True)
class Reading:
    """One sheet, read: its passages and sentences. ``abbreviations`` are those that the library explains elsewhere."""

    library: Library
    sheet: Sheet
    abbreviations: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def source(self) -> Source:
        """The file of the sheet."""
        return self.library.sources[self.sheet.id]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of its body."""
        return tuple(blocks(self.library.documents[self.sheet.id]))

    @cached_property
    def written(self) -> list[tuple[Champ, Loc, Any]]:
        """Values of fields in which one writes freely, addresses too, in the order of the model, with their places."""
        sheet = self.sheet
        return [
            (champ, loc, value)
            for name, fields in _written(type(sheet))
            if getattr(sheet, name)
            for champ in fields
            for loc, value in values(sheet, champ.path)
        ]

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Its texts: fields in the order of the model, then the body."""
        fields = (
            Passage(value, champ, loc)
            for champ, loc, value in self.written
            if champ.forme.genre in ("ligne", "texte") and isinstance(value, str)
        )
        return (*fields, *(Passage(block.text, block=block) for block in self.blocks))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of all that is made of sentences."""
        return tuple([one for passage in self.passages if passage.running for one in sentences(passage)])

    @cached_property
    def measures(self) -> list[tuple[int, int]]:
        """The words and the syllables of each sentence."""
        return [measure(one.text) for one in self.sentences]

    @cached_property
    def _lines(self) -> list[str]:
        return self.source.body.split("\n")

    def problem(self, passage: Passage, offset: int, code: str, message: str, hint: str) -> Problem:
        """A problem about what stands at ``offset`` of a passage."""
        if passage.block is None:
            return self.source.problem(passage.loc, code, message, hint)
        line, column = self._place(passage.block, offset)
        return self.source.body_problem(line, column, code, message, hint)

    def column(self, line: int, byte: int) -> int:
        """The column in characters (from 1) of one in bytes of UTF-8, on a line of the body."""
        written = self._lines[line - 1] if line <= len(self._lines) else ""
        return byte if written.isascii() else len(written.encode()[: byte - 1].decode("utf-8", "ignore")) + 1

    def _place(self, block: Block, offset: int) -> tuple[int, int]:
        start, line, byte = block.marks[bisect_right(block.marks, offset, key=lambda mark: mark[0]) - 1]
        column = self.column(line, byte) + offset - start
        # Markup only makes the source longer than the text: the word is at this column or further on its line.
        word = re.compile(r"\S{0,20}").match(block.text, offset)
        written = self._lines[line - 1] if line <= len(self._lines) else ""
        at = written.find(word[0], column - 1) if word and word[0] else -1
        return line, at + 1 if at >= 0 else min(column, len(written) + 1)


@cache
def _written(model: type[Sheet]) -> list[tuple[str, list[Champ]]]:
    """The fields of a kind in which one writes freely, with those inside groups, by the name of the outermost."""
    free = [one for one in champs(model) if one.forme.genre in ("ligne", "texte", "adresse") and not one.computed]
    return [(name, list(fields)) for name, fields in groupby(free, key=lambda one: one.path.partition(".")[0])]


def sentences(passage: Passage) -> Iterator[Sentence]:
    """The sentences of a passage. A point after an abbreviation or an initial does not end one."""
    text, start = passage.text, 0
    for end in _END.finditer(text):
        if text[end.start()] == "." and _abbreviated(text, start, end.start()):
            continue
        yield Sentence(text[start : end.end()].rstrip(), start, passage)
        start = end.end()
    if text[start:].strip():
        yield Sentence(text[start:].rstrip(), start, passage)


def _abbreviated(text: str, start: int, point: int) -> bool:
    """Whether the word before a point, from ``start`` on, is an abbreviation or an initial."""
    near = point - _LONGEST - 1
    if near >= start and text[near:point].isalpha():
        return False  # a longer word: nearly always
    # 12 characters are enough to know it, whatever stands before.
    word = _WORD_BEFORE.search(text, max(start, point - 12), point)
    return word is not None and (word[0].lower() in _ABBREVIATIONS or (len(word[0]) == 1 and word[0].isupper()))
