"""Where the table is in a spreadsheet: its headings, its first row, what each column is.

Our own template says it in a row of its own (``experience.titre``…, hidden); elsewhere headings are matched with a mapping
file, or with the names of the fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from essaim.imports.cells import line
from essaim.imports.columns import COMPUTED, TITLE, Target, columns, computed, heading, near, tables, target
from essaim.imports.mapping import Mapping
from essaim.model import KINDS, Sheet
from essaim.problem import count
from essaim.spreadsheet import Book, SpreadsheetError, Tab, letter
from essaim.words import fold, nearest

LOOKED = 20
"""Rows among which the headings are looked for: a title or a logo may stand above them."""
GUIDE, LISTS = "Mode d’emploi", "Listes"
"""Tabs of our template that hold no sheets."""
_MARK = re.compile(r"([a-z]+)\.([a-z_.]+)")


@dataclass(frozen=True, slots=True)
class Grid:
    """A tab with its columns placed. ``first`` is the index of the first row of values. ``targets`` are the places of
    columns, ``headings`` what heads them, ``strays`` why a column has no place."""

    tab: Tab
    first: int
    group: str | None
    targets: dict[int, Target] = field(default_factory=dict)
    headings: dict[int, str] = field(default_factory=dict)
    strays: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """The kind of the sheets, their table first, then those of their groups, and what is not read."""

    kind: type[Sheet]
    grids: tuple[Grid, ...]
    notes: tuple[str, ...] = ()


def lay(book: Book, mapping: Mapping | None, asked: type[Sheet] | None) -> Layout:
    """The layout of ``book``. Raises ``SpreadsheetError`` when no table of sheets is found in it."""
    marked = [(tab, row) for tab in book.tabs if (row := _marks(tab)) is not None]
    if mapping is None and marked:
        return _template(book, marked, asked)
    kind = mapping.kind if mapping else asked or KINDS["experience"]
    full = [tab for tab in book.tabs if any(map(any, tab.rows))]
    tabs = [tab for tab in full if not tab.hidden]
    if mapping and mapping.tab:
        tabs = [tab for tab in full if tab.name.strip() == mapping.tab.strip()]
        if not tabs:
            raise _no_tab(book, mapping.tab)
    grids = [_mapped(tab, mapping) if mapping and mapping.columns else _headed(tab, kind) for tab in tabs]
    main = next((grid for grid in grids if _titled(grid)), grids[0] if mapping and grids else None)
    if main is None:
        raise _no_title(kind, grids)
    # Other tabs are read when they bear the name of a group and name the sheets.
    groups = [] if mapping else [one for tab in tabs if main and tab is not main.tab and (one := _grouped(tab, kind))]
    read = {id(grid.tab) for grid in (main, *groups) if grid}
    rest = [tab.name for tab in full if id(tab) not in read]
    return Layout(kind, tuple(grid for grid in (main, *groups) if grid), _not_read(rest))


def checked(layout: Layout) -> Layout:
    """The layout, if one of its columns is the title. Raises ``SpreadsheetError``."""
    if not _titled(layout.grids[0]):
        raise _no_title(layout.kind, list(layout.grids))
    return layout


def _titled(grid: Grid) -> bool:
    return Target(TITLE) in grid.targets.values()


def _marks(tab: Tab) -> int | None:
    """The index of the row of a template that tells the fields, or None."""
    for index, row in enumerate(tab.rows[:LOOKED]):
        cells = [cell for cell in row if cell]
        found = [match for cell in cells if (match := _MARK.fullmatch(cell)) and match[1] in KINDS]
        if cells and len(found) == len(cells):
            return index
    return None


def _template(book: Book, marked: list[tuple[Tab, int]], asked: type[Sheet] | None) -> Layout:
    first = next(cell for cell in marked[0][0].rows[marked[0][1]] if cell)
    kind = KINDS[first.partition(".")[0]]
    if asked and asked is not kind:
        raise SpreadsheetError(f"ce classeur est un modèle de fiches « {kind.KIND} », la commande demande « {asked.KIND} ». Corrigez --sorte.")  # fmt: skip
    grids = [_marked(tab, row, kind) for tab, row in marked]
    main = [grid for grid in grids if grid.group is None]
    if not main:
        raise _no_title(kind, [])
    rest = [tab.name for tab in book.tabs if _marks(tab) is None and any(map(any, tab.rows)) and tab.name not in (GUIDE, LISTS)]  # fmt: skip
    rest += [grid.tab.name for grid in main[1:]]
    return Layout(kind, (main[0], *(grid for grid in grids if grid.group)), _not_read(rest))


def _marked(tab: Tab, row: int, kind: type[Sheet]) -> Grid:
    labels = tab.rows[row + 1] if row + 1 < len(tab.rows) else ()
    groups = {table.group for table in tables(kind) if table.group}
    paths = {index: cell.partition(".")[2] for index, cell in enumerate(tab.rows[row]) if cell}
    inside = {path.rpartition(".")[0] for path in paths.values() if path != TITLE}
    group = next((one for one in groups if inside and all(f"{path}.".startswith(f"{one}.") for path in inside)), None)
    grid = Grid(tab, row + 3, group)
    for index in range(max(len(tab.rows[row]), len(labels), *(len(one) for one in tab.rows))):
        label = _cell(labels, index).removesuffix("*").strip()
        grid.headings[index] = label or paths.get(index, "")
        found = Target(path) if (path := paths.get(index, "")) in columns(kind) else None
        if found:
            grid.targets[index] = found
        else:
            grid.strays[index] = f"le champ « {path} » n’existe plus" if path else "cette colonne n’est pas du modèle"
    return grid


def _mapped(tab: Tab, mapping: Mapping) -> Grid:
    wanted = {fold(heading): (heading, place) for heading, place in mapping.columns.items()}
    row = _heading_row(tab, lambda cell: fold(cell) in wanted)
    grid = Grid(tab, row + 1, None)
    taken: dict[Target, int] = {}
    for index, cell in _cells(tab, row):
        grid.headings[index] = cell
        if fold(cell) not in wanted:
            grid.strays[index] = "la correspondance ne dit rien de cette colonne"
        elif place := wanted[fold(cell)][1]:
            _take(grid, taken, index, place, mapping.kind)
    return grid


def missing(layout: Layout, mapping: Mapping) -> list[tuple[str, str]]:
    """The headings of a mapping that the table does not have, each with what it may have meant."""
    there = {fold(text): line(text) for text in layout.grids[0].headings.values() if text}
    seen = f"En-têtes lus : {', '.join(text[:40] for text in list(there.values())[:10])}."
    return [
        (heading, f"Vouliez-vous dire « {found} » ?" if (found := nearest(heading, there.values())) else seen)
        for heading in mapping.columns
        if fold(heading) not in there
    ]


def _headed(tab: Tab, kind: type[Sheet]) -> Grid:
    row = _heading_row(tab, lambda cell: heading(kind, cell) is not None)
    grid = Grid(tab, row + 1, None)
    taken: dict[Target, int] = {}
    exported = any(cell.startswith(COMPUTED) for _, cell in _cells(tab, row))
    for index, cell in _cells(tab, row):
        if exported and (cell == "id" or cell.startswith(COMPUTED)):
            continue  # our own open data: what follows from the rest says nothing more
        grid.headings[index] = cell
        place = heading(kind, cell)
        if place:
            _take(grid, taken, index, place, kind)
        elif not cell:
            grid.strays[index] = "cette colonne n’a pas d’en-tête"
        elif computed(kind, cell):
            grid.strays[index] = "ce fait se déduit d’autres champs, il ne s’écrit pas"
        else:
            grid.strays[index] = " ".join(["aucun champ n’a ce nom.", near(kind, cell)]).strip().rstrip(".")
    return grid


def _grouped(tab: Tab, kind: type[Sheet]) -> Grid | None:
    table = next((one for one in tables(kind) if one.group and fold(one.label) == fold(tab.name)), None)
    if table is None or table.group is None:
        return None
    row = _heading_row(tab, lambda cell: fold(cell) in {fold(column.label) for column in table.columns})
    names = {fold(column.label): Target(column.path) for column in table.columns}
    titles = {fold("Titre de la fiche"), fold("Fiche")}
    grid = Grid(tab, row + 1, table.group)
    for index, cell in _cells(tab, row):
        grid.headings[index] = cell
        if fold(cell) in titles:
            grid.targets[index] = Target(TITLE)
        elif place := names.get(fold(cell)) or target(kind, cell):
            grid.targets[index] = Target(place.path)
        else:
            grid.strays[index] = "aucun champ de ce groupe n’a ce nom"
    return grid if _titled(grid) else None


def _take(grid: Grid, taken: dict[Target, int], index: int, place: Target, kind: type[Sheet]) -> None:
    if place in taken and not columns(kind)[place.path].champ.many:
        grid.strays[index] = f"la colonne {letter(taken[place])} est déjà « {columns(kind)[place.path].label} »"
    else:
        taken.setdefault(place, index)
        grid.targets[index] = place


def _heading_row(tab: Tab, known: Callable[[str], bool]) -> int:
    """The index of the row with the most headings that are known; the first that is not empty when there are none."""
    scores = [sum(known(cell) for cell in row if cell) for row in tab.rows[:LOOKED]]
    if not any(scores):
        return next((index for index, row in enumerate(tab.rows) if any(row)), 0)
    return scores.index(max(scores))


def _cells(tab: Tab, row: int) -> list[tuple[int, str]]:
    """The headings by column, as far as the table goes: a value may stand under no heading."""
    width = max(len(one) for one in tab.rows[row:])
    return [(index, _cell(tab.rows[row], index)) for index in range(width)]


def _cell(row: tuple[str, ...], index: int) -> str:
    return row[index] if index < len(row) else ""


def _no_tab(book: Book, name: str) -> SpreadsheetError:
    names = [line(tab.name) for tab in book.tabs]
    found = nearest(name, names)
    hint = f"Vouliez-vous dire « {found} » ?" if found else f"Feuilles du fichier : {', '.join(names[:12])}."
    return SpreadsheetError(f"la feuille « {name[:60]} » n’est pas dans le fichier, ou elle est vide. {hint}")


def _no_title(kind: type[Sheet], grids: list[Grid]) -> SpreadsheetError:
    headings = [line(text) for grid in grids for text in grid.headings.values() if text]
    found = nearest(columns(kind)[TITLE].label, headings)
    hint = f"Est-ce « {found} » ? Renommez-la, ou donnez" if found else "Donnez"
    seen = f" En-têtes lus : {', '.join(text[:40] for text in headings[:10])}." if headings else " Le tableau est vide."
    return SpreadsheetError(f"aucune colonne ne donne le titre des fiches.{seen} {hint} une correspondance (--correspondance) qui dit laquelle c’est.")  # fmt: skip


def _not_read(names: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    listed = ", ".join(f"« {line(name)} »" for name in names[:10])
    return (f"{count(len(names), 'feuille')} non {'lues' if len(names) > 1 else 'lue'} : {listed}.",)
