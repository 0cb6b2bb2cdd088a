"""The text of a sheet as sentences, each with its place: what editorial advice reads."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import accumulate, groupby, pairwise
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


class Measure(NamedTuple):
    """How long a text is: its words, their syllables, and how many words more there are than pieces between spaces that hold one
    (``30/60`` is one piece, and two words)."""

    words: int
    syllables: int
    more: int


def measure(text: str) -> Measure:
    """The measure of a text."""
    total = sum(map(_MEASURES.__getitem__, text.split(" ")))
    return Measure(total >> _BITS & _ALL, total & _ALL, total >> 2 * _BITS)


_BITS = 24
_ALL = (1 << _BITS) - 1
"""A measure is held as one number of three parts, so that those of all pieces are summed in one go: no file has millions of words."""


class _Measures(dict[str, int]):
    """What stands between two spaces → its measure. A library says the same again and again."""

    def __missing__(self, piece: str) -> int:
        words = (piece,) if piece.isalpha() else WORD.findall(piece)
        more = max(0, len(words) - 1)
        found = self[piece] = (more << 2 * _BITS) + (len(words) << _BITS) + sum(spoken(word.lower()) for word in words)
        return found


_MEASURES = _Measures()


class Passage(NamedTuple):
    """A text of a sheet: the value of ``champ`` at ``loc``, or a ``block`` of the body. ``running`` tells whether it is made of
    sentences: neither a name, nor a heading, nor a cell."""

    text: str
    champ: Champ | None = None
    loc: Loc = ()
    block: Block | None = None
    running: bool = False


class Sentence(NamedTuple):
    """A sentence, and where it begins in its passage."""

    text: str
    offset: int
    passage: Passage


_BETWEEN = "\0"
"""Stands in no text, and is neither a letter nor a space: what is found in several texts at once is found in one of them."""


class Texts:
    """Several passages, in which a pattern is looked for at once: calling it for each would take as long as looking."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self.text = _BETWEEN.join([passage.text for passage in passages])

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate([len(passage.text) + 1 for passage in self.passages[:-1]], initial=0))

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[Passage, int, re.Match[str]]]:
        """Each match, with its passage and where it begins in it."""
        for found in pattern.finditer(self.text):
            number = bisect_right(self._starts, found.start()) - 1
            yield self.passages[number], found.start() - self._starts[number], found


class Prose:
    """The sentences of passages, in their order. A point after an abbreviation or an initial does not end one."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._texts = Texts([passage for passage in passages if passage.text.strip()])
        text, ends = self._texts.text, []
        for found in _END.finditer(text):
            point = found.start()
            if text[point] != "." or not _abbreviated(text[max(0, point - _LONGEST - 1) : point]):
                ends.append(found.end())
        self._starts = sorted([*self._texts._starts, *ends]) if text else []

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Sentence]:
        return map(self._sentence, range(len(self)))

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[Sentence, int, re.Match[str]]]:
        """Each match, with its sentence and where it begins in it. What ends a sentence stands in none: « . » and a space."""
        last, sentence = -1, Sentence("", 0, Passage(""))
        for found in pattern.finditer(self._texts.text):
            number = bisect_right(self._starts, found.start()) - 1
            if number != last:  # one may hold thousands
                last, sentence = number, self._sentence(number)
            yield sentence, found.start() - self._starts[number], found

    def holding(self, pattern: re.Pattern[str]) -> Iterator[Sentence]:
        """The sentences in which there is a match, each once."""
        found = (bisect_right(self._starts, one.start()) - 1 for one in pattern.finditer(self._texts.text))
        return map(self._sentence, dict.fromkeys(found))

    def longer(self, most: int) -> Iterator[tuple[Sentence, int]]:
        """The sentences of more than ``most`` words, each with how many."""
        text = self._spaced
        spaces = most - self.measure.more  # with fewer, a sentence can't have so many words
        for number, (start, end) in enumerate(pairwise([*self._starts, len(text)])):
            if end - start <= 2 * most or text.count(" ", start, end) < spaces:
                continue
            if (words := measure(text[start:end]).words) > most:
                yield self._sentence(number), words

    @cached_property
    def measure(self) -> Measure:
        """The measure of all sentences: what ends one stands between two words."""
        return measure(self._spaced)

    @cached_property
    def _spaced(self) -> str:
        return self._texts.text.replace(_BETWEEN, " ")

    def _sentence(self, number: int) -> Sentence:
        start = self._starts[number]
        end = self._starts[number + 1] if number + 1 < len(self) else None
        place = bisect_right(self._texts._starts, start) - 1
        text = self._texts.text[start:end].rstrip(_BETWEEN).rstrip()
        return Sentence(text, start - self._texts._starts[place], self._texts.passages[place])


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
        fields = [
            Passage(value, champ, loc, running=champ.forme.genre == "texte")
            for champ, loc, value in self.written
            if champ.forme.genre in ("ligne", "texte") and isinstance(value, str)
        ]
        return (*fields, *[Passage(one.text, None, (), one, one.kind in _RUNNING) for one in self.blocks])

    @cached_property
    def texts(self) -> Texts:
        """Its passages, for who looks for something in all of them."""
        return Texts(self.passages)

    @cached_property
    def sentences(self) -> Prose:
        """The sentences of all that is made of sentences."""
        return Prose([passage for passage in self.passages if passage.running])

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
        marks = block.marks
        start, line, byte = marks[bisect_right(marks, offset, key=lambda mark: mark[0]) - 1]
        column = self.column(line, byte) + offset - start
        # Markup only makes the source longer than the text: the word is at this column or further on its line.
        word = re.compile(r"\S{0,20}").match(block.text, offset)
        written = self._lines[line - 1] if line <= len(self._lines) else ""
        at = written.find(word[0], column - 1) if word and word[0] else -1
        return line, at + 1 if at >= 0 else min(column, len(written) + 1)


_RUNNING = frozenset({"p", "li"})
"""Kinds of blocks that are made of sentences."""


@cache
def _written(model: type[Sheet]) -> list[tuple[str, list[Champ]]]:
    """The fields of a kind in which one writes freely, with those inside groups, by the name of the outermost."""
    free = [one for one in champs(model) if one.forme.genre in ("ligne", "texte", "adresse") and not one.computed]
    return [(name, list(fields)) for name, fields in groupby(free, key=lambda one: one.path.partition(".")[0])]


@lru_cache(maxsize=100_000)
def _abbreviated(before: str) -> bool:
    """Whether what stands before a point ends with an abbreviation or an initial: its last ``_LONGEST`` characters and one more tell."""
    word = _WORD_BEFORE.search(before)
    return word is not None and (word[0].lower() in _ABBREVIATIONS or (len(word[0]) == 1 and word[0].isupper()))
