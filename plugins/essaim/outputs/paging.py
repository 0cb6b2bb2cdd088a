"""Long lists in pages: which sheets stand on which page, under which heading, and where each page is (docs/decisions/0040)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from essaim.model import Sheet

MOST = 50
"""Sheets on one page: on a phone, no more bytes than the page of a sheet (8 KB compressed), and fifteen screens to go through."""


class Run(NamedTuple):
    """Sheets of one page below one heading. ``total`` counts those of the heading on all pages; ``goes_on`` says that it began on
    a page before."""

    heading: str
    sheets: Sequence[Sheet]
    total: int
    goes_on: bool


class Start(NamedTuple):
    """Where a heading begins: its number of sheets, and the address from the root of the page."""

    heading: str
    total: int
    address: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a list: ``number`` of ``of``, from 1; ``base`` is the address of the first. ``before`` counts the sheets of the
    pages before, ``total`` those of the list; ``starts`` are those of all its headings."""

    base: str
    number: int
    of: int
    runs: Sequence[Run]
    before: int
    total: int
    starts: Sequence[Start]

    @property
    def sheets(self) -> list[Sheet]:
        """The sheets of the page, in its order."""
        return [sheet for run in self.runs for sheet in run.sheets]

    @property
    def address(self) -> str:
        """The address of the page, from the root."""
        return self.at(self.number)

    def at(self, number: int) -> str:
        """The address of a page of the list, from the root."""
        return address(self.base, number)

    @property
    def numbers(self) -> list[int]:
        """The pages that one can go to from here, in order: the first, those beside, the last. 0 stands for those left out."""
        near = range(max(1, self.number - 1), min(self.of, self.number + 1) + 1)
        shown = sorted({1, *near, self.of})
        found: list[int] = []
        for number in shown:
            gap = number - (found[-1] if found else 0)
            # What would stand for one page takes the place of that page.
            found += [] if gap == 1 else [number - 1] if gap == 2 else [0]
            found.append(number)
        return found


def address(base: str, number: int) -> str:
    """Where a page of the list at ``base`` is, from the root: ``experiences/``, then ``experiences/page_2/``. No id of a sheet or of
    a value has an underscore (``words.SLUG``): no page of a list is ever in the place of one."""
    return base if number == 1 else f"{base}page_{number}/"


def leaves(base: str, groups: Sequence[tuple[str, Sequence[Sheet]]], most: int | None = None) -> Iterator[Leaf]:
    """The pages of the list at ``base``, ``most`` sheets on each (``MOST``): one at least, even for an empty list."""
    most = most or MOST
    total = sum(len(sheets) for _, sheets in groups)
    of = max(1, -(-total // most))
    starts: list[Start] = []
    pages: list[list[Run]] = [[] for _ in range(of)]
    place = 0
    for heading, sheets in groups:
        starts.append(Start(heading, len(sheets), address(base, place // most + 1)))
        done = 0
        while done < len(sheets):
            room = most - place % most
            some = sheets[done : done + room]
            pages[place // most].append(Run(heading, some, len(sheets), done > 0))
            done += len(some)
            place += len(some)
    for number, runs in enumerate(pages, 1):
        yield Leaf(base, number, of, runs, (number - 1) * most, total, starts)
