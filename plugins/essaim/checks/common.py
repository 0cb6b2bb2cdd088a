"""What checks share: how one tells a problem of a sheet, and what it proposes instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from essaim.library import Library
from essaim.markup import Document
from essaim.model import Sheet
from essaim.problem import Problem
from essaim.source import Loc
from essaim.words import nearest


def bodies(library: Library) -> Iterator[tuple[Sheet, Document]]:
    """Each known sheet with its text."""
    for sheet in library.known.values():
        yield sheet, library.documents[sheet.id]


def at(library: Library, sheet: Sheet, loc: Loc, code: str, message: str, hint: str) -> Problem:
    """A problem at a field of a sheet."""
    return library.sources[sheet.id].problem(loc, code, message, hint)


def instead(written: str, known: Iterable[str]) -> str:
    """What to write in the place of ``written``: the nearest of ``known``, or all of them."""
    near = nearest(written, list(known))
    return f"Vouliez-vous dire « {near} » ?" if near else f"Valeurs possibles : {', '.join(known)}."
