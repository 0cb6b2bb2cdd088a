"""The text of a sheet as sentences, each with its place: what editorial advice reads."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from essaim.blocks import Block, blocks
from essaim.library import Library
from essaim.model import Champ, Sheet, champs, values
from essaim.problem import Problem
from essaim.source import Loc, Source

# Starts at the first mark of a run and gives nothing back: linear in whatever is written.
_END = re.compile(r"(?<![.!?…])[.!?…]++[»”\")\]\s]*+(?=[^\W_a-zà-ÿœ]|[«“\"(\[])")
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
WORD = re.compile(r"\w+(?:[’'-]\w+)*")
"""A word as one counts them: ``l’école`` and ``celui-ci`` are one."""


@dataclass(frozen=True)
class Passage:
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


@dataclass(frozen=True)
class Sentence:
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
    def passages(self) -> tuple[Passage, ...]:
        """Its texts: fields in the order of the model, then the body."""
        fields = (
            Passage(value, champ, loc)
            for champ in champs(type(self.sheet))
            if champ.forme.genre in ("ligne", "texte") and not champ.computed
            for loc, value in values(self.sheet, champ.path)
            if isinstance(value, str)
        )
        return (*fields, *(Passage(block.text, block=block) for block in self.blocks))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of all that is made of sentences."""
        return tuple(one for passage in self.passages if passage.running for one in sentences(passage))

    @cached_property
    def _lines(self) -> list[str]:
        return self.source.body.split("\n")

    def problem(self, passage: Passage, offset: int, code: str, message: str, hint: str) -> Problem:
        """A problem about what stands at ``offset`` of a passage."""
        if passage.block is None:
            return self.source.problem(passage.loc, code, message, hint)
        line, column = self._place(passage.block, offset)
        return self.source.body_problem(line, column, code, message, hint)

    def _place(self, block: Block, offset: int) -> tuple[int, int]:
        start, line, column = block.marks[bisect_right(block.marks, offset, key=lambda mark: mark[0]) - 1]
        column += offset - start
        # Markup only makes the source longer than the text: the word is at this column or further on its line.
        word = re.compile(r"\S{0,20}").match(block.text, offset)
        written = self._lines[line - 1] if line <= len(self._lines) else ""
        at = written.find(word[0], column - 1) if word and word[0] else -1
        return line, at + 1 if at >= 0 else min(column, len(written) + 1)


def sentences(passage: Passage) -> Iterator[Sentence]:
    """The sentences of a passage. A point after an abbreviation or an initial does not end one."""
    text, start = passage.text, 0
    for end in _END.finditer(text):
        if not any(c.isspace() for c in end[0]):
            continue
        # 12 characters are enough to know the word before the point, whatever stands before it.
        word = _WORD_BEFORE.search(text, max(start, end.start() - 12), end.start())
        if (
            end[0][0] == "."
            and word
            and (word[0].lower() in _ABBREVIATIONS or (len(word[0]) == 1 and word[0].isupper()))
        ):
            continue
        yield Sentence(text[start : end.end()].rstrip(), start, passage)
        start = end.end()
    if text[start:].strip():
        yield Sentence(text[start:].rstrip(), start, passage)
