"""Sheets ⇄ rows of CSV: the tables of ``imports.columns``, one for the sheets of a kind, one for each group that repeats.

``rows`` writes, ``read`` reads back; one undoes the other. What a cell holds:

- nothing: nothing is written in the sheet, so nobody knows whether the fact exists;
- ``non communiqué``: the fact was looked for, and nobody gave it;
- a list: texts one a line, ids, codes and values with ``;`` between; in an item, ``\\`` stands before a separator or a
  ``\\``, and ``\\n`` is a line break. A list of the only text « non communiqué » ends with a separator;
- a text that a spreadsheet would compute: an apostrophe before it (``spreadsheet.guard``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, get_origin

from essaim.imports.columns import COMPUTED, tables
from essaim.model import Champ, Sheet, champs
from essaim.opendata import EXTRAS, name_of
from essaim.spreadsheet.guard import bare, guarded
from essaim.words import NON_COMMUNIQUE, slug

Record = dict[str, Any]
"""A sheet as ``records.record`` gives it."""
BOM = "\ufeff"
"""Heads every CSV file: without it, the spreadsheets of most people take UTF-8 for something else."""
CALCULATED = COMPUTED.removesuffix(".")
"""What is computed stands under this name."""
_NUMBERS = frozenset({"nombre", "entier", "annee"})
_LINES = frozenset({"ligne", "texte"})


class TableError(ValueError):
    """Why tables can't be read back, in French, with the table and the line."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column: ``name`` heads it, ``path`` leads to its value in a record, or in an item of the group of its table.

    ``champ`` is None for what places a row (``id``, ``fiche_id``, ``fiche_rang``) and for what is computed.
    """

    name: str
    titre: str
    aide: str
    path: tuple[str, ...]
    champ: Champ | None = None
    many: bool = False
    number: bool = False
    vocabulary: str | None = None

    @property
    def separator(self) -> str:
        """What stands between the items of a list."""
        return "\n" if self.champ and self.champ.forme.genre in _LINES else ";"

    @property
    def computed(self) -> bool:
        """Whether it follows from the rest, and is not read back."""
        return self.path[0] == CALCULATED


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of a kind. ``name`` is that of its file (``experiences-chiffres``); ``group`` the path of the group that its
    rows are items of, empty for the table of the sheets."""

    name: str
    titre: str
    aide: str
    kind: type[Sheet]
    group: tuple[str, ...]
    fields: tuple[Field, ...]


IDENTITY = Field("id", "Identifiant", "Nom de la fiche, qui ne change pas.", ("id",))
SHEET = Field("fiche_id", "Fiche", "Identifiant de la fiche, dans la table principale.", ("fiche_id",))
RANK = Field("fiche_rang", "Rang", "Place de la ligne dans la fiche, à partir de 1.", ("fiche_rang",), number=True)


@cache
def layout(kind: type[Sheet]) -> tuple[Layout, ...]:
    """The tables of a kind, that of its sheets first."""
    main, *groups = tables(kind)
    written = [_field(column.path, column.label, column.champ) for column in main.columns]
    computed = [_field(COMPUTED + name, titre, aide, many=many, vocabulary=vocabulary) for name, titre, aide, many, vocabulary in _computed(kind)]  # fmt: skip
    found = [Layout(name_of(kind), kind.LABELS, kind.ABOUT, kind, (), (IDENTITY, *written, *computed))]
    helps = {champ.path: champ.aide for champ in champs(kind)}
    for table in groups:
        group = table.group or ""
        fields = [_field(column.path.removeprefix(f"{group}."), column.label, column.champ) for column in table.columns]
        found.append(Layout(f"{name_of(kind)}-{slug(group.replace('.', '-').replace('_', '-'))}", f"{kind.LABELS} : {table.label}",
                            helps[group], kind, tuple(group.split(".")), (SHEET, RANK, *fields)))  # fmt: skip
    return tuple(found)


def _field(name: str, titre: str, champ: Champ | str, *, many: bool = False, vocabulary: str | None = None) -> Field:
    path = tuple(name.split("."))
    if isinstance(champ, str):
        return Field(name, titre, champ, path, None, many, False, vocabulary)
    return Field(name, titre, champ.aide, path, champ, champ.many, champ.forme.genre in _NUMBERS, champ.vocabulary)


def _computed(kind: type[Sheet]) -> Iterator[tuple[str, str, str, bool, str | None]]:
    for extra in EXTRAS:
        yield extra.name, extra.titre, extra.aide, False, None
    kind.model_rebuild()  # the types of what is computed are known once that is done: a warm build may have validated no sheet of the kind
    for champ in champs(kind):
        if champ.computed and "." not in champ.path:
            many = get_origin(kind.model_computed_fields[champ.path].return_type) is tuple
            yield champ.path, champ.titre, champ.aide, many, champ.facette


def value_at(record: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """The value at a path of a record; None below a group that is not given."""
    value: Any = record
    for step in path:
        value = value[step] if value is not None else None
    return value


def rows(table: Layout, records: Iterable[Record]) -> Iterator[list[str]]:
    """The rows of a table, without its header."""
    if not table.group:
        for record in records:
            yield [cell(field, value_at(record, field.path)) for field in table.fields]
        return
    fields = table.fields[2:]
    for record in records:
        for rank, item in enumerate(value_at(record, table.group) or (), 1):
            yield [record["id"], str(rank), *(cell(field, value_at(item, field.path)) for field in fields)]


def comma_separated(header: Iterable[str], lines: Iterable[list[str]]) -> str:
    """A table as CSV: RFC 4180, in UTF-8 with a mark."""
    return f"{BOM}{lines_of([list(header)])}{lines_of(lines)}"


def lines_of(lines: Iterable[list[str]]) -> str:
    """Rows as CSV."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(lines)
    return stream.getvalue()


def table_text(table: Layout, records: Iterable[Record]) -> str:
    """A table with its header, as CSV."""
    return comma_separated([field.name for field in table.fields], rows(table, records))


def cell(field: Field, value: Any) -> str:
    """One value as a cell."""
    if value is None:
        return ""
    if type(value) is str:
        return guarded(value)
    if type(value) is int:
        return str(value)
    if isinstance(value, list):
        items = [_escaped(str(one), field.separator) for one in value]
        return guarded(field.separator.join([*items, ""] if items == [NON_COMMUNIQUE] else items))
    return format(Decimal(repr(value)), "f")


def _escaped(item: str, separator: str) -> str:
    item = item.replace("\\", "\\\\").replace("\n", "\\n")
    return item.replace(separator, f"\\{separator}") if separator != "\n" else item


def value_of(field: Field, text: str) -> Any:
    """What a sheet holds for a cell: a text, a list of texts, or None; as ``Source.data`` holds it."""
    text = bare(text)
    if not text:
        return None
    if not field.many or (text == NON_COMMUNIQUE and field.champ and field.champ.unknown_allowed):
        return text
    items = [""]
    for part in re.findall(r"(?s)\\.|.", text):
        if part == field.separator:
            items.append("")
        else:
            items[-1] += {"\\n": "\n"}.get(part, part[-1])
    return [item for item in items if item]


def read(kind: type[Sheet], texts: Mapping[str, str]) -> dict[str, Record]:
    """The front matter of each sheet by its id, and its text under ``corps``: ready for ``kind.make``.

    ``texts`` are the CSV files of a kind by name (``experiences``, ``experiences-chiffres``…). What is computed is left
    out. Raises ``TableError``.
    """
    found: dict[str, Record] = {}
    for table in layout(kind):
        if table.name not in texts:
            raise TableError(f"la table {table.name}.csv manque")
        for number, line in enumerate(_lines(table, texts[table.name]), 2):
            data: Record = {}
            for field, text in zip(table.fields, line, strict=True):
                if not field.computed and (value := value_of(field, text)) is not None:
                    _put(data, field.path, value)
            _place(table, number, data, found)
    return found


def _lines(table: Layout, text: str) -> Iterator[list[str]]:
    lines = csv.reader(io.StringIO(text.removeprefix(BOM), newline=""))
    names = [field.name for field in table.fields]
    header = next(lines, [])
    if header != names:
        wrong = next((name for name in (*names, *header) if name not in header or name not in names), "")
        raise TableError(f"{table.name}.csv, ligne 1 : la colonne « {wrong} » manque, ou est de trop")
    for number, line in enumerate(lines, 2):
        if len(line) != len(names):
            raise TableError(f"{table.name}.csv, ligne {number} : {len(line)} cases au lieu de {len(names)}")
        yield line


def _place(table: Layout, number: int, data: Record, found: dict[str, Record]) -> None:
    if not table.group:
        identifier = str(data.pop("id", ""))
        if not identifier or identifier in found:
            raise TableError(f"{table.name}.csv, ligne {number} : identifiant absent ou répété")
        found[identifier] = data
        return
    owner = found.get(str(data.pop(SHEET.name, "")))
    if owner is None:
        raise TableError(f"{table.name}.csv, ligne {number} : aucune fiche de ce nom dans {layout(table.kind)[0].name}.csv")  # fmt: skip
    data.pop(RANK.name, None)
    for step in table.group[:-1]:
        owner = owner.setdefault(step, {})
    owner.setdefault(table.group[-1], []).append(data)


def _put(data: Record, path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {})
    data[path[-1]] = value
