"""The rows of a layout → what each sheet will hold, piece by piece, and what could not be placed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from essaim.imports.cells import Lexicon, Refused, items, line, read, short_id, visible
from essaim.imports.columns import BODY, TITLE, Target, columns, group_of, tables
from essaim.imports.layout import Grid, Layout
from essaim.imports.mapping import Mapping
from essaim.model import Sheet
from essaim.source import Loc
from essaim.spreadsheet import NO_VALUE, letter
from essaim.words import NON_COMMUNIQUE, fold

ERRORS = frozenset({"#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#VALEUR!", "#NAME?", "#NOM?", "#NUM!", "#NOMBRE!", "#NULL!",
                    "#NUL!", "#CALC!", "#SPILL!", NO_VALUE})  # fmt: skip
"""What a spreadsheet shows in the place of a value that it can't compute."""
_ERROR = re.compile(r"Err:[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Place:
    """A cell, or a row (``column`` is -1), as the person sees it in the spreadsheet. ``tab`` is empty when there is one."""

    tab: str
    row: int
    column: int = -1
    heading: str = ""

    def __str__(self) -> str:
        parts = [f"feuille « {self.tab} »"] if self.tab else []
        parts.append(f"ligne {self.row}")
        if self.column >= 0:
            parts.append(f"colonne {letter(self.column)}" + (f" « {self.heading} »" if self.heading else ""))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Left:
    """What was not placed, where it stands, why, and what to do."""

    place: Place
    value: str
    reason: str
    hint: str = ""

    @property
    def sentence(self) -> str:
        """The reason, then what to do."""
        return f"{self.reason}. {self.hint}" if self.hint else f"{self.reason}."


@dataclass(frozen=True, slots=True)
class Piece:
    """One value of one field. ``key`` orders the items of a repeated group; ``written`` is the text of the cell."""

    path: str
    value: str
    place: Place
    written: str
    key: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Row:
    """What one row of the spreadsheet says of one sheet. ``told`` is what was changed in a harmless way, and is said."""

    place: Place
    title: str = ""
    pieces: list[Piece] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    told: list[Left] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the grids of a layout with what cells may name."""

    layout: Layout
    lexicon: Lexicon
    mapping: Mapping | None = None

    @property
    def kind(self) -> type[Sheet]:
        """The kind of the sheets."""
        return self.layout.kind

    def titles(self) -> list[tuple[Place, str]]:
        """Each row that is not empty, with its title."""
        grid = self.layout.grids[0]
        column = next((index for index, one in grid.targets.items() if one.path == TITLE), None)
        return [
            (self._place(grid, number), line(cells[column] if column is not None and column < len(cells) else ""))
            for number, cells in _filled(grid)
        ]

    def sheets(self) -> list[Row]:
        """The rows of the table of sheets, each with the constants that it does not give itself."""
        grid = self.layout.grids[0]
        rows = []
        for (number, cells), (place, title) in zip(_filled(grid), self.titles(), strict=True):
            row = Row(place, title)
            for index, text in enumerate(cells):
                self._cell(row, grid, number, index, text, None)
            self._constants(row)
            rows.append(row)
        return rows

    def groups(self) -> Iterator[tuple[str, Row]]:
        """The rows of the tables of groups, each with the title of the sheet that it names."""
        for grid in self.layout.grids[1:]:
            names = [index for index, one in grid.targets.items() if one.path == TITLE]
            for number, cells in _filled(grid):
                row = Row(self._place(grid, number))
                row.title = line(next((cells[index] for index in names if index < len(cells)), ""))
                for index, text in enumerate(cells):
                    if index not in names:
                        self._cell(row, grid, number, index, text, (1, number))
                yield row.title, row

    def _cell(self, row: Row, grid: Grid, number: int, index: int, text: str, key: tuple[int, int] | None) -> None:
        clear, hidden = visible(text)
        if not clear:
            return
        place = self._place(grid, number, index)
        if hidden:
            row.told.append(Left(place, clear, f"caractère invisible retiré ({', '.join(hidden)})"))
        if clear in ERRORS or _ERROR.fullmatch(clear):
            what = (
                "le fichier ne contient pas le résultat de cette formule"
                if clear == NO_VALUE
                else "la cellule montre une erreur du tableur"
            )
            row.left.append(Left(place, clear, what, "Corrigez la formule, ou remplacez-la par sa valeur."))
        elif index in grid.strays:
            row.left.append(Left(place, clear, grid.strays[index], "Placez-la à la main dans la fiche."))
        elif target := grid.targets.get(index):
            self.place(row, target, clear, place, key)

    def place(self, row: Row, target: Target, text: str, place: Place, key: tuple[int, int] | None = None) -> None:
        """Adds to ``row`` the pieces of a text, or what of it could not be read."""
        key = key or (0, target.number)
        champ = BODY if target.path == BODY.path else columns(self.kind)[target.path].champ
        values = self.mapping.values.get(target.path, {}) if self.mapping else {}
        separator = self.mapping.separator if self.mapping else ""
        known = values.get(fold(text))
        parts = items(champ, text, self.lexicon, separator, values) if known is None else [text]
        found: list[Piece] = []
        for part in parts:
            given = values.get(fold(part), part)
            if not given:
                continue  # the mapping leaves this value out on purpose
            try:
                found.append(Piece(target.path, read(champ, given, self.lexicon), place, part, key))
            except Refused as refused:
                row.left.append(Left(place, part, refused.reason, refused.hint))
        if champ.many and len(found) > 1:
            for piece in [one for one in found if one.value == NON_COMMUNIQUE]:
                row.left.append(Left(place, piece.written, f"« {NON_COMMUNIQUE} » ne va pas avec d’autres valeurs", "Gardez l’un ou les autres."))  # fmt: skip
                found.remove(piece)
        row.pieces += found

    def _constants(self, row: Row) -> None:
        given = {piece.path for piece in row.pieces}
        for path, texts in self.mapping.constants.items() if self.mapping else ():
            if path not in given:
                for text in texts:
                    self.place(row, Target(path), text, row.place)

    def _place(self, grid: Grid, number: int, index: int = -1) -> Place:
        tab = grid.tab.name if len(self.layout.grids) > 1 else ""
        return Place(line(tab), number, index, line(grid.headings.get(index, "")))


def _filled(grid: Grid) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of values with something in them, by their number in the spreadsheet."""
    for index, cells in enumerate(grid.tab.rows[grid.first :], grid.first + 1):
        if any(visible(cell)[0] for cell in cells):
            yield index, cells


def named(kind: type[Sheet], pieces: list[Piece]) -> list[Piece]:
    """The pieces with, for each item of a group that has a title and lacks the identifier it needs, one made of its title.

    Such an identifier is no fact: it ties a figure to its source inside one sheet.
    """
    more = []
    for table in tables(kind):
        if not table.group:
            continue
        wanted = [one.path for one in table.columns if one.champ.forme.genre == "identifiant" and one.champ.required]
        inside = [piece for piece in pieces if piece.path.startswith(f"{table.group}.")]
        for piece in inside:
            if piece.path == f"{table.group}.{TITLE}":
                given = {one.path for one in inside if one.key == piece.key}
                more += [
                    Piece(path, short_id(piece.value), piece.place, piece.written, piece.key)
                    for path in wanted
                    if path not in given and short_id(piece.value)
                ]
    return [*pieces, *more]


def build(kind: type[Sheet], pieces: list[Piece]) -> tuple[dict[str, Any], dict[Loc, Piece]]:
    """The data of a sheet as ``Source.data`` holds them, and the piece behind each value by its place in them."""
    data: dict[str, Any] = {}
    origins: dict[Loc, Piece] = {}
    keys: dict[str, list[tuple[int, int]]] = {}
    for piece in pieces:
        if group := group_of(kind, piece.path):
            keys.setdefault(group, []).append(piece.key)
    rank = {group: {key: place for place, key in enumerate(sorted(set(found)))} for group, found in keys.items()}
    for piece in sorted(pieces, key=lambda one: one.key):
        group = group_of(kind, piece.path)
        loc: Loc = tuple(piece.path.split("."))
        if group:
            steps = tuple(group.split("."))
            loc = (*steps, rank[group][piece.key], *loc[len(steps) :])
        if columns(kind)[piece.path].champ.many and piece.value != NON_COMMUNIQUE:
            loc = (*loc, _length(data, loc))
        _put(data, loc, piece.value)
        origins[loc] = piece
    return data, origins


def _length(data: Any, loc: Loc) -> int:
    for step in loc:
        if isinstance(data, dict):
            data = data.get(str(step), [])
        else:
            data = data[step] if isinstance(step, int) and step < len(data) else []
    return len(data) if isinstance(data, list) else 0


def _put(data: Any, loc: Loc, value: str) -> None:
    for step, following in zip(loc, (*loc[1:], None), strict=True):
        inner: Any = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(data, list):
            assert isinstance(step, int)  # noqa: S101  # for the type only
            if step == len(data):
                data.append(inner)
        elif following is None or not isinstance(data.get(step), type(inner)):
            data[step] = inner
        data = data[step]
