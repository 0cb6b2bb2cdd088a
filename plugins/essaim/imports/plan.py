"""What an import would do: the sheets to write, those already there, the rows refused, all that could not be placed.

Nothing is written here. ``make`` plans, ``write`` carries a plan out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from essaim import disk, front, library, territories
from essaim.checks import check
from essaim.contacts import INSTEAD, contacts
from essaim.imports.cells import Lexicon, advised, line
from essaim.imports.columns import BODY, TITLE, Target, columns, group_of
from essaim.imports.layout import Grid, Layout
from essaim.imports.mapping import Mapping
from essaim.imports.rows import Left, Piece, Place, Reader, Row, build, named
from essaim.library import Library
from essaim.messages import translate
from essaim.model import SHEETS, Sheet
from essaim.new import identifier
from essaim.problem import Problem, in_order
from essaim.source import Source, parse
from essaim.spreadsheet import Tab, letter
from essaim.vocabulary import Context
from essaim.words import fold

DATED = ("publie_le", "verifie_le")
"""Dates that a new sheet takes from the day of its making when nothing else is given."""
_ROUNDS = 8
"""How often a sheet is validated again without what was refused: a value refused may hide another."""


@dataclass(frozen=True, slots=True)
class New:
    """A sheet to write: ``name`` is its path below the content folder."""

    id: str
    title: str
    name: str
    text: str
    row: Row


@dataclass(frozen=True, slots=True)
class Plan:
    """``present`` are the rows whose sheet is there, with its path; ``problems`` those that ``essaim check`` will tell of
    the new sheets; ``notes`` what to know of how the file was read."""

    kind: type[Sheet]
    new: tuple[New, ...] = ()
    present: tuple[tuple[Place, str], ...] = ()
    refused: tuple[Left, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def left(self) -> list[tuple[New, Left]]:
        """Every value that was not placed, with the sheet that keeps it."""
        return [(new, left) for new in self.new for left in new.row.left]

    @property
    def clean(self) -> bool:
        """Whether everything found its place and nothing is left to fill in."""
        return not (self.refused or self.problems or self.left)


def make(layout: Layout, found: Library, mapping: Mapping | None, day: date, step: Callable[[], object] = int) -> Plan:
    """The plan of an import of ``layout`` into the library ``found``. ``day`` dates the new sheets; ``step`` is called
    once for each of them, for who waits."""
    return _Planner(layout, found, mapping, day).plan(step)


def write(plan: Plan, folder: Path) -> Iterator[New | Left]:
    """Writes the sheets of a plan, each whole or not at all; gives each one written, or why it was not. Raises OSError."""
    for new in plan.new:
        try:
            disk.create(folder / new.name, new.text)
        except FileExistsError:
            yield Left(
                new.row.place, new.title, f"{new.name} vient d’être créé par quelqu’un d’autre", "Relancez l’import."
            )
        else:
            yield new


def misfits(mapping: Mapping, found: Library) -> list[Problem]:
    """What the model refuses of the constants and values of a mapping: told once, rather than at each row."""
    grid = Grid(Tab("", ()), 0, None)
    reader = Reader(Layout(mapping.kind, (grid,)), Lexicon.of(found, territories.load()), mapping)
    context = library.context_of(found.vocabularies, found.kinds)
    given = [(("constantes", path), path, text) for path, texts in mapping.constants.items() for text in texts]
    given += [(("valeurs", path), path, text) for path, texts in mapping.values.items() for text in texts.values() if text]  # fmt: skip
    problems = []
    for loc, path, text in given:
        row = Row(Place("", 0))
        reader.place(row, Target(path, 1 if group_of(mapping.kind, path) else 0), text, row.place)
        data, origins = build(mapping.kind, [piece for piece in row.pieces if piece.path != BODY.path])
        wrong = [*row.left, *(left for left, _ in _refused(mapping.kind, mapping.source, data, context, origins))]
        problems += [mapping.source.problem(loc, "correspondance", one.reason, one.hint) for one in wrong]
    return in_order(problems)


class _Planner:
    def __init__(self, layout: Layout, found: Library, mapping: Mapping | None, day: date) -> None:
        self.layout, self.library, self.mapping, self.day = layout, found, mapping, day
        self.kind = layout.kind
        self.titles: dict[Place, str] = {}
        self.refused: list[Left] = []
        self.present: list[tuple[Place, str]] = []
        self.ids: dict[str, Place] = {}
        """Id of each sheet that a row makes or has made, and that row."""
        self.there = {fold(str(sheet.titre)): sheet.id for sheet in found.known.values() if sheet.titre and self.kind.KIND == sheet.KIND}  # fmt: skip
        """Sheets of this kind by title: what a sheet is called today need not be what its id was made from."""
        self.former = {old: today for old, today in found.identities.items() if old != today}

    def plan(self, step: Callable[[], object]) -> Plan:
        lexicon = Lexicon.of(self.library, territories.load())
        accepted = self._identities(Reader(self.layout, lexicon, self.mapping).titles())
        # The new sheets too can be named by a cell: read again with all titles known.
        kinds = {**lexicon.kinds, **dict.fromkeys(accepted.values(), self.kind.KIND)}
        titles = {
            **lexicon.titles,
            **{accepted[place]: title for place, title in self.titles.items() if place in accepted},
        }
        reader = Reader(self.layout, replace(lexicon, kinds=kinds, titles=titles), self.mapping)
        read = {row.place: row for row in reader.sheets()}
        # A row that makes no sheet is kept in the report alone: all of it.
        self.refused = [replace(one, value=_said(read[one.place])) for one in self.refused]
        rows = {place: row for place, row in read.items() if place in accepted}
        self._groups(reader, rows)
        context = library.context_of(self.library.vocabularies, kinds)
        new = []
        for place, row in rows.items():
            if one := self._sheet(accepted[place], row, context):
                new.append(one)
            step()
        return Plan(self.kind, tuple(new), tuple(self.present), tuple(sorted(self.refused, key=_order)),
                    tuple(self._problems(new)), self.layout.notes)  # fmt: skip

    def _identities(self, titles: list[tuple[Place, str]]) -> dict[Place, str]:
        self.titles = dict(titles)
        accepted: dict[Place, str] = {}
        for place, title in titles:
            one = self.there.get(fold(title)) or identifier(title)
            reason, hint = self._collision(one, title)
            if reason:
                self.refused.append(Left(place, title, reason, hint))
                continue
            self.ids[one] = place
            if one in self.library.kinds:
                self.present.append((place, self._path_of(one)))
            else:
                accepted[place] = one
        return accepted

    def _collision(self, one: str, title: str) -> tuple[str, str]:
        """Why the row of that title can't make the sheet ``one``, and what to do; empty when it can, or is there."""
        if not title:
            return "cette ligne n’a pas de titre", "Donnez-en un : c’est le nom de la fiche."
        if not one:
            return f"« {title[:60]} » n’a ni lettre ni chiffre dont faire un identifiant", "Donnez un titre en mots."
        if one in self.ids:
            return f"« {title[:60]} » donne le même identifiant ({one}) que la ligne {self.ids[one].row}", "Précisez l’un des deux titres, ou réunissez les lignes."  # fmt: skip
        if one in self.former:
            return (
                f"l’identifiant « {one} » est un ancien nom de {self._path_of(self.former[one])}",
                "Précisez le titre.",
            )
        if one in self.library.kinds:
            there = self.library.known.get(one)
            if there is None or there.KIND != self.kind.KIND or fold(str(there.titre)) != fold(title):
                called = f" (« {there.titre} »)" if there and there.titre else ""
                return f"l’identifiant « {one} » est déjà celui de {self._path_of(one)}{called}", "Précisez le titre, ou complétez cette fiche à la main."  # fmt: skip
        return "", ""

    def _path_of(self, one: str) -> str:
        folder = next(kind.FOLDER for kind in SHEETS if self.library.kinds[one] == kind.KIND)
        return f"{self.library.shown}/{folder}/{one}.md"

    def _groups(self, reader: Reader, rows: dict[Place, Row]) -> None:
        by_title = {fold(row.title): row for row in reversed(rows.values())}
        there = {fold(self.titles[place]) for place, _ in self.present}
        known = {fold(title): place for place, title in self.titles.items() if title}
        for title, found in reader.groups():
            row = by_title.get(fold(title)) if title else None
            if row:
                row.pieces += found.pieces
                row.left += found.left
                row.told += found.told
            elif not title or fold(title) not in there:
                place = known.get(fold(title))
                reason = (
                    "cette ligne ne nomme pas de fiche" if not title
                    else f"la fiche « {title[:60]} » n’est pas créée (ligne {place.row})" if place
                    else f"aucune ligne n’a pour titre « {title[:60]} »"
                )  # fmt: skip
                self.refused.append(Left(found.place, _said(found), reason, "Recopiez le titre tel qu’il est dans la première feuille."))  # fmt: skip

    def _sheet(self, one: str, row: Row, context: Context) -> New | None:
        name = f"{self.kind.FOLDER}/{one}.md"
        source = Source(f"{self.library.shown}/{name}")
        body = "\n\n".join(piece.value for piece in row.pieces if piece.path == BODY.path)
        pieces = named(self.kind, [piece for piece in row.pieces if piece.path != BODY.path])
        data: dict[str, Any] = {}
        for _ in range(_ROUNDS):
            data, origins = build(self.kind, pieces)
            data = {"statut": "brouillon", **dict.fromkeys(DATED, self.day.isoformat()), **data}
            dropped = _refused(self.kind, source, data, context, origins)
            if not dropped:
                break
            row.left += [left for left, _ in dropped]
            gone = [piece for _, found in dropped for piece in found]
            if any(piece.path == TITLE for piece in gone):
                self.refused.append(replace(dropped[0][0], place=row.place, value=_said(row)))
                return None
            pieces = [piece for piece in pieces if not any(piece is one for one in gone)]
        row.left.sort(key=_order)
        row.told += _personal(self.kind, row)
        text = front.write(self.kind, data, body, tail=[line for left in row.left for line in comment(left)])
        # Believed only once read back: what a row says must be what its sheet says.
        again, problems = parse(text, source.path)
        if problems or again.data != data:
            reason = problems[0].message if problems else "cette ligne ne peut pas être écrite sans risque d’en perdre"
            self.refused.append(
                Left(row.place, _said(row), reason, problems[0].hint if problems else "Simplifiez ses textes.")
            )
            return None
        return New(one, row.title, name, text, row)

    def _problems(self, new: list[New]) -> list[Problem]:
        """What ``essaim check`` will say of the new sheets, once they are among the others."""
        texts = {one.name: one.text for one in new}
        names: dict[str, Any] = {f"images/{name}": file for name, file in self.library.images.items()}
        paths = {source.path.removeprefix(f"{self.library.shown}/"): source for source in self.library.sources.values()}
        shown = self.library.shown

        def read(name: str) -> tuple[Source, list[Problem]]:
            return parse(texts[name], f"{shown}/{name}") if name in texts else (paths[name], [])

        whole, problems = library.make({**names, **paths, **texts}, read, shown, self.library.vocabularies, self.library.vocabulary_sources)  # fmt: skip
        ours = {f"{shown}/{name}" for name in texts}
        return in_order(one for one in (*problems, *check(whole)) if one.path in ours and one.severity == "erreur")


def _refused(kind: type[Sheet], source: Source, data: dict[str, Any], context: Context, origins: dict[Any, Piece]) -> list[tuple[Left, list[Piece]]]:  # fmt: skip
    """The values that the model refuses, each with its reason and the pieces to take out."""
    try:
        kind.make("", source.path, data, context)
    except ValidationError as error:
        details = error.errors(include_url=False)
    else:
        return []
    found = []
    for detail in details:
        loc = tuple(detail["loc"])
        pieces = [piece for place, piece in origins.items() if place == loc or place[: len(loc)] == loc or loc[: len(place)] == place]  # fmt: skip
        if detail["type"] in ("missing", "too_short") or not pieces:
            continue  # something is lacking: nothing to take out
        said = translate(source, detail, kind)
        first = pieces[0]
        champ = columns(kind)[first.path].champ
        vocabulary = context.vocabularies.get(champ.vocabulary or "") if said.code == "valeur-inconnue" else None
        hint = advised(champ, first.written, said.hint, vocabulary)
        found.append((Left(first.place, first.written, said.message, hint), pieces))
    return found


def _personal(kind: type[Sheet], row: Row) -> list[Left]:
    """Where a row writes somebody's own address or number into its sheet, be it in a comment: seen as ``advice`` sees it.

    The place is told and not the text: a report may be handed round.
    """
    texts = [(one.place, one.written) for one in row.pieces if _free(kind, one)]
    texts += [(left.place, left.value) for left in row.left]
    found = {(place, message): None for place, text in texts for message in contacts(text).values()}
    return [Left(place, "", f"{message} : la fiche sera lue de tous", f"À retirer de la fiche. {INSTEAD}") for place, message in found]  # fmt: skip


def _free(kind: type[Sheet], piece: Piece) -> bool:
    champ = BODY if piece.path == BODY.path else columns(kind)[piece.path].champ
    return champ.forme.genre in ("ligne", "texte", "adresse")


def _said(row: Row) -> str:
    """All that a row says, cell by cell."""
    cells: dict[int, list[str]] = {}
    said = [(one.place.column, one.written) for one in row.pieces] + [(one.place.column, one.value) for one in row.left]
    for column, text in said:
        if column >= 0:
            cells.setdefault(column, []).append(text)
    return " | ".join(" ; ".join(texts) for _, texts in sorted(cells.items()))


def comment(left: Left) -> list[str]:
    """The lines of the comment that keeps in a sheet what could not be placed there."""
    place = left.place
    where = f"feuille {place.tab}, " if place.tab else ""
    where += f"colonne {letter(place.column)}, " if place.column >= 0 else ""
    first, *rest = left.value.splitlines() or [""]
    head = f"# À placer — {place.heading or 'sans en-tête'} ({where}ligne {place.row}) : {first.strip()}".rstrip()
    return [head, *(f"#   {line(text)}" for text in rest if line(text))]


def _order(left: Left) -> tuple[str, int, int]:
    return left.place.tab, left.place.row, left.place.column
