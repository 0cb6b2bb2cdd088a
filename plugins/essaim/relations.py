"""Which sheets a sheet names: by its fields, and by the links in its text."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from essaim.destinations import destination
from essaim.markup import Document
from essaim.model import Sheet, champs, values
from essaim.model.types import Ref
from essaim.source import Loc

IN_TEXT = "Cité dans"
"""Heads the list of sheets whose text links to a sheet."""


class Relation(NamedTuple):
    """A link from one sheet to another. ``label`` heads it at the other end; ``loc`` is where it is written."""

    origin: str
    target: str
    label: str
    loc: Loc
    line: int = 0
    column: int = 0


def of_sheet(sheet: Sheet, document: Document | None) -> tuple[tuple[Relation, ...], tuple[Relation, ...]]:
    """What the fields of a sheet name, and to what its text leads: what is no sheet, too."""
    return sheet.once("_relations", lambda: (_written(sheet), _linked(sheet, document)))


def _written(sheet: Sheet) -> tuple[Relation, ...]:
    return tuple(Relation(sheet.id, target, ref.inverse, loc)
                 for path, ref in references(type(sheet)) for loc, target in values(sheet, path))  # fmt: skip


def _linked(sheet: Sheet, document: Document | None) -> tuple[Relation, ...]:
    """The first link to each sheet, or to what should be one."""
    found: dict[str, Relation] = {}
    for link in document.links if document else ():
        kind, target, _ = destination(sheet, link)
        if kind == "sheet" and target not in found:
            found[target] = Relation(sheet.id, target, IN_TEXT, (), link.line, link.column)
    return tuple(found.values())


@cache
def references(model: type[Sheet]) -> tuple[tuple[str, Ref], ...]:
    """The fields of a kind that name other sheets."""
    return tuple((champ.path, champ.ref) for champ in champs(model) if champ.ref)
