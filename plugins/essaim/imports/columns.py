"""The fields of a kind as the columns of a table: what a template shows and what an import recognises.

A sheet is a row. A field, or a list of simple values, is a column; the fields of a group that stands once are columns of
the same table (« Contact : Fonction »); a group that may repeat is a table of its own, whose first column names the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from essaim.model import Champ, Sheet, champs, order
from essaim.model.champs import ANY
from essaim.model.types import Forme
from essaim.words import fold, nearest

TITLE = "titre"
"""The field that names a sheet in the other tables, and from which its id is made."""
BODY = Champ("corps", "Texte de la fiche", "Le récit, en paragraphes. Il se met en forme plus tard, dans la fiche.",
             False, False, False, None, None, None, None, False, None, None, forme=Forme("texte"))  # fmt: skip
"""What stands under the front matter: a column, though no field."""
TITLE_OF = Champ("titre", "Titre de la fiche", "Le titre, tel qu’il est écrit dans la première feuille à remplir.",
                 True, False, False, None, None, None, None, False, None, None, forme=ANY)  # fmt: skip
"""First column of the table of a repeated group."""
COMPUTED = "calcule."
"""Heads what is computed in the tables of our open data (``opendata.tables``)."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field as a column: ``path`` from the sheet (``contact.fonction``), ``label`` as a person reads it."""

    path: str
    label: str
    champ: Champ


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a kind: its sheets (``group`` is None), or the items of the repeated group at the path ``group``."""

    label: str
    group: str | None
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """Where the values of a column go: a path, and which item of a repeated group, from 1 (0: a table of its own)."""

    path: str
    number: int = 0


@cache
def tables(kind: type[Sheet]) -> tuple[Table, ...]:
    """The tables of a kind: its sheets first, then its repeated groups, in the order in which fields are written."""
    columns: list[Column] = []
    groups: list[Table] = []
    for champ in order(kind):
        for path, label, one in _leaves(champ, "", ""):
            if one.many and one.group:
                inner = (leaf for field in order(one.group) for leaf in _leaves(field, f"{path}.", ""))
                groups.append(Table(label, path, tuple(Column(*leaf) for leaf in inner if leaf[2].group is None)))
            else:
                columns.append(Column(path, label, one))
    return Table(kind.LABELS, None, (*columns, Column(BODY.path, BODY.titre, BODY))), *groups


def left_out(kind: type[Sheet]) -> tuple[str, ...]:
    """Labels of what no table can hold: a group that repeats inside a group that repeats."""
    return tuple(
        f"{table.label} : {leaf.titre}"
        for table in tables(kind)
        if table.group
        for leaf in champs(kind)
        if leaf.group and leaf.many and leaf.path.startswith(f"{table.group}.")
    )


def _leaves(champ: Champ, prefix: str, above: str) -> Iterator[tuple[str, str, Champ]]:
    path, label = prefix + champ.path, above + champ.titre
    if champ.group and not champ.many:
        for field in order(champ.group):
            yield from _leaves(field, f"{path}.", f"{label} : ")
    else:
        yield path, label, champ


@cache
def columns(kind: type[Sheet]) -> dict[str, Column]:
    """Every column of every table by its path; those of repeated groups with the group's label before their own."""
    return {
        column.path: Column(column.path, f"{table.label} : {column.label}", column.champ) if table.group else column
        for table in tables(kind)
        for column in table.columns
    }


@cache
def group_of(kind: type[Sheet], path: str) -> str | None:
    """The repeated group in which the column ``path`` stands, or None."""
    return next((table.group for table in tables(kind) if table.group and path.startswith(f"{table.group}.")), None)


def target(kind: type[Sheet], written: str) -> Target | None:
    """The place that a path names, ``sources.2.titre`` for the second source; None when no column has that path."""
    found = re.fullmatch(r"([a-z_.]+?)\.([1-9][0-9]?)\.([a-z_.]+)", written)
    path, number = (f"{found[1]}.{found[3]}", int(found[2])) if found else (written, 1)
    if path not in columns(kind):
        return None
    group = group_of(kind, path)
    if found and group != found[1]:
        return None
    return Target(path, number if group else 0)


def heading(kind: type[Sheet], text: str) -> Target | None:
    """The place that the heading of a column names: the path or the label of a field, but for case, accents, signs and
    plural. ``Sources 2 : Titre`` is the title of the second source."""
    key = _singular(fold(text))
    if key in _headings(kind):
        return target(kind, _headings(kind)[key])
    found = re.fullmatch(r"(.+?) ([1-9][0-9]?) (.+)", key)
    path = _headings(kind).get(f"{found[1]} {found[3]}") if found else None
    group = group_of(kind, path) if path else None
    return Target(path, int(found[2])) if found and path and group else None


def near(kind: type[Sheet], text: str, *, path: bool = False) -> str:
    """What a heading (or, with ``path``, a path) that names nothing may have meant, as a sentence; empty when nothing is
    near."""
    labels = {column.label: column.path for column in columns(kind).values()}
    paths = {where: label for label, where in labels.items()}
    found = nearest(text, paths, labels) if path else nearest(text, labels, paths)
    return f"Vouliez-vous dire « {found} » ?" if found else ""


def computed(kind: type[Sheet], text: str) -> bool:
    """Whether a heading names what follows from other fields, and is never written."""
    key = fold(text)
    return any(champ.computed and key in (fold(champ.titre), fold(champ.path)) for champ in champs(kind))


@cache
def _headings(kind: type[Sheet]) -> dict[str, str]:
    found: dict[str, str] = {}
    clashing = set()
    for column in columns(kind).values():
        for name in {_singular(fold(column.path)), _singular(fold(column.label))}:
            if found.setdefault(name, column.path) != column.path:
                clashing.add(name)
    # A heading that two columns could claim is nobody's, unless it is the very path of one.
    return {name: path for name, path in found.items() if name not in clashing or name == _singular(fold(path))}


def _singular(words: str) -> str:
    return " ".join(word[:-1] if word.endswith("s") and len(word) > 3 else word for word in words.split())
