"""The template that a collectivité fills in: a workbook made from the model, with pick-lists and help, or a CSV file.

A tab for the sheets, one for each group that repeats. Row 1, hidden, tells the import which field each column is
(``experience.titre``), row 2 names it, row 3 says what to write. The bytes depend on the model, the vocabularies and the
titles given alone: no clock.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from essaim import territories
from essaim.imports.cells import choices
from essaim.imports.columns import BODY, TITLE, TITLE_OF, Column, Table, left_out, tables
from essaim.imports.layout import GUIDE, LISTS
from essaim.imports.plan import DATED
from essaim.library import Library
from essaim.model import Champ, Sheet
from essaim.spreadsheet import letter
from essaim.vocabulary import Vocabulary
from essaim.words import NON_COMMUNIQUE, fold

ROWS = 500
"""Rows that are ready to be filled in: those with pick-lists."""
FIRST = 3
"""Index of the first row of values."""
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  # written into the file as it is: any moment, always the same
_NUMBERS = {"nombre": "#,##0.######", "entier": "0", "annee": "0", "date": "dd/mm/yyyy"}
_WIDTHS = {"texte": 50, "ligne": 32, "adresse": 32, "fiche": 34, "vocabulaire": 30, "territoire": 30}
_LONG = 250  # a message of a validation holds 255 characters
_NAME = 31  # characters that the name of a tab holds


@dataclass(frozen=True, slots=True)
class Picks:
    """What pick-lists are made of: vocabularies, and the title of each sheet by id, with its kind."""

    vocabularies: Mapping[str, Vocabulary]
    sheets: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, library: Library) -> Picks:
        """Those of a library."""
        sheets = {one: (str(sheet.titre), sheet.KIND) for one, sheet in library.known.items() if sheet.titre}
        return cls(library.vocabularies, sheets)


def tab_name(label: str) -> str:
    """A label as the name of a tab, which holds no colon and few characters."""
    return label.replace(" : ", " – ")[:_NAME]


def make(kind: type[Sheet], picks: Picks) -> bytes:
    """The workbook (xlsx) of a kind."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"title": f"Modèle : {kind.LABELS}", "created": _CREATED})
    _Template(book, kind, picks).write()
    book.close()
    return stream.getvalue()


def rows(kind: type[Sheet]) -> list[list[str]]:
    """The three rows that head the table of sheets: paths, labels, help."""
    return _heads(kind, tables(kind)[0])


def comma_separated(kind: type[Sheet]) -> str:
    """The table of sheets alone as CSV, as a French spreadsheet opens it."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=";", lineterminator="\r\n").writerows(rows(kind))
    return "\ufeff" + stream.getvalue()


def help_of(champ: Champ, required: bool = False) -> str:
    """What to write in a column, in one or a few sentences."""
    said = [champ.aide.rstrip(".")]
    if champ.path in DATED:
        said.append("Vide : le jour de l’import")
    if champ.many:
        said.append("Un élément par ligne (Alt+Entrée)" if champ.forme.genre == "texte" else "Plusieurs : séparez-les par « ; »")  # fmt: skip
    if champ.ref:
        said.append("Le titre d’une fiche qui existe suffit")
    if champ.territory == "commune":
        said.append("Le nom suffit s’il n’y en a qu’une : « Figeac » ou « Figeac (Lot) »")
    elif champ.territory:
        said.append("Le nom suffit")
    if champ.unknown_allowed and "non communiqué" not in champ.aide:
        said.append(f"« {NON_COMMUNIQUE} » si personne ne le donne" if required else f"« {NON_COMMUNIQUE} » permis")
    if champ.forme.genre == "texte" and champ.forme.longueur_max and "caractères" not in champ.aide:
        said.append(f"{champ.forme.longueur_max} caractères au plus" + (" pour chacun" if champ.many else ""))
    if champ.exemple:
        said.append(f"Exemple : {_french(champ.exemple) if champ.forme.genre == 'date' else champ.exemple.rstrip('.')}")
    return _tied(". ".join(said) + ".")


def _tied(text: str) -> str:
    """A text whose signs stay with their words at the end of a line."""
    return re.sub(r"(?<=«) | (?=[»;:?!])", "\u00a0", text)


def _french(day: str) -> str:
    return date.fromisoformat(day).strftime("%d/%m/%Y")


def _columns(table: Table) -> tuple[Column, ...]:
    return (Column(TITLE, TITLE_OF.titre, TITLE_OF), *table.columns) if table.group else table.columns


def _must(column: Column) -> bool:
    # A field inside a group that stands once is asked for only when the group is given; the dates are filled in.
    return column.champ.required and column.path not in DATED and (column.champ.path == column.path or column.label == column.champ.titre)  # fmt: skip


def _heads(kind: type[Sheet], table: Table) -> list[list[str]]:
    columns = _columns(table)
    return [
        [f"{kind.KIND}.{column.path}" for column in columns],
        [f"{column.label} *" if _must(column) else column.label for column in columns],
        [help_of(column.champ, _must(column)) for column in columns],
    ]


class _Template:
    def __init__(self, book: xlsxwriter.Workbook, kind: type[Sheet], picks: Picks) -> None:
        self.book, self.kind, self.picks = book, kind, picks
        head: dict[str, Any] = {"bold": True, "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#FFFFFF"}  # fmt: skip
        self.optional = book.add_format({**head, "bg_color": "#4A5560"})
        self.required = book.add_format({**head, "bg_color": "#1D4F73"})
        self.help = book.add_format({"italic": True, "font_size": 9, "text_wrap": True, "valign": "top", "bg_color": "#EEF1F3", "font_color": "#3A444D"})  # fmt: skip
        self.formats: dict[str, Format] = {}
        self.lists: dict[str, str] = {}
        self.values: list[tuple[str, list[str]]] = []

    def write(self) -> None:
        guide = self.book.add_worksheet(GUIDE)
        found = [(table, self.book.add_worksheet(tab_name(table.label))) for table in tables(self.kind)]
        for table, sheet in found:
            self._table(table, sheet)
        self._guide(guide)
        hidden = self.book.add_worksheet(LISTS)
        for column, (name, values) in enumerate(self.values):
            hidden.write_string(0, column, name)
            for number, value in enumerate(values, 1):
                hidden.write_string(number, column, value)
        hidden.hide()
        found[0][1].activate()
        guide.set_first_sheet()

    def _table(self, table: Table, sheet: Worksheet) -> None:
        columns = _columns(table)
        paths, labels, helps = _heads(self.kind, table)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, _WIDTHS.get(column.champ.forme.genre, 18), self._format(column.champ))
            sheet.write_string(0, index, paths[index])
            sheet.write_string(1, index, labels[index], self.required if _must(column) else self.optional)
            sheet.write_string(2, index, helps[index], self.help)
            if rule := self._rule(column, letter(index), table):
                sheet.data_validation(FIRST, index, FIRST + ROWS - 1, index, rule)
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.set_row(1, 34)
        sheet.set_row(2, 92)
        sheet.freeze_panes(FIRST, 1)
        sheet.set_landscape()
        sheet.repeat_rows(1, 1)

    def _format(self, champ: Champ) -> Format:
        # Text stays text, whatever the spreadsheet would make of it: 2014-09 is no day, 01004 no number.
        shape = _NUMBERS.get(champ.forme.genre, "@") if not champ.many else "@"
        if shape not in self.formats:
            self.formats[shape] = self.book.add_format({"num_format": shape, "text_wrap": True, "valign": "top"})
        return self.formats[shape]

    def _rule(self, column: Column, name: str, table: Table) -> dict[str, Any] | None:
        champ = column.champ
        if table.group and column.path == TITLE:
            return self._pick(f"='{tab_name(self.kind.LABELS)}'!{self._titles()}", "Choisissez le titre d’une fiche de la première feuille à remplir.", strict=False)  # fmt: skip
        values = list(_picks(champ, self.picks))
        if values:
            # The cell of a list takes several values, and a sheet may not exist yet: the list helps, it does not bind.
            strict = not champ.many and not champ.ref
            return self._pick(self._list(champ, values), "Choisissez une valeur de la liste.", strict=strict)
        return None if champ.many else _limits(champ, f"{name}{FIRST + 1}")

    def _titles(self) -> str:
        index = next(index for index, column in enumerate(tables(self.kind)[0].columns) if column.path == TITLE)
        return f"${letter(index)}${FIRST + 1}:${letter(index)}${FIRST + ROWS}"

    def _pick(self, source: str, message: str, *, strict: bool) -> dict[str, Any]:
        return {"validate": "list", "source": source, "error_title": "Valeur inconnue", "error_message": message,
                "show_error": strict}  # fmt: skip

    def _list(self, champ: Champ, values: list[str]) -> str:
        name = champ.vocabulary or champ.territory or "fiches " + " ".join(champ.ref.kinds if champ.ref else ())
        name = f"{name.strip()} ou {NON_COMMUNIQUE}" if champ.unknown_allowed else name.strip()
        if name not in self.lists:
            column = letter(len(self.values))
            self.values.append((name, values))
            self.lists[name] = f"={LISTS}!${column}$2:${column}${len(values) + 1}"
        return self.lists[name]

    def _guide(self, sheet: Worksheet) -> None:
        title = self.book.add_format({"bold": True, "font_size": 16, "text_wrap": True, "valign": "top"})
        heading = self.book.add_format({"bold": True, "font_size": 12, "valign": "top", "text_wrap": True})
        text = self.book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, 0, 100)
        sheet.hide_gridlines(2)
        styles = {"titre": title, "partie": heading, "texte": text}
        for number, (style, said) in enumerate(guide(self.kind)):
            sheet.write_string(number, 0, _tied(said), styles[style])


def guide(kind: type[Sheet]) -> Iterator[tuple[str, str]]:
    """The lines of the guide, each with its style: ``titre``, ``partie``, ``texte``."""
    main, *groups = tables(kind)
    yield "titre", f"{kind.LABELS} : un classeur à remplir"
    yield "texte", kind.ABOUT
    yield "partie", "Comment faire"
    yield (
        "texte",
        f"1. Ouvrez la feuille « {tab_name(main.label)} ». Une ligne par fiche, à partir de la ligne {FIRST + 1}.",
    )
    yield "texte", "2. Remplissez d’abord les colonnes marquées d’une étoile (*). Le reste peut attendre : une case vide n’est pas une erreur."  # fmt: skip
    if groups:
        names = ", ".join(f"« {tab_name(table.label)} »" for table in groups)
        yield "texte", f"3. Ce qui se répète va dans les autres feuilles ({names}), une ligne par élément. La première colonne dit de quelle fiche il s’agit : recopiez son titre, ou choisissez-le dans la liste."  # fmt: skip
    yield (
        "texte",
        f"{4 if groups else 3}. Enregistrez le classeur (.xlsx ou .ods) et remettez-le à l’équipe de la bibliothèque, qui l’importe.",
    )
    yield "partie", "Ce qu’il faut savoir"
    yield "texte", "La troisième ligne de chaque feuille dit ce qu’on attend dans la colonne. Ne changez pas les trois premières lignes (la première est masquée : elle sert à l’import)."  # fmt: skip
    yield (
        "texte",
        f"Un fait que personne ne donne s’écrit « {NON_COMMUNIQUE} » là où c’est permis. On ne devine jamais.",
    )
    yield "texte", "Là où une liste s’ouvre, choisissez dans la liste. Si plusieurs valeurs sont permises, séparez-les par un point-virgule. Dans une liste de phrases, passez à la ligne (Alt+Entrée) entre deux."  # fmt: skip
    yield (
        "texte",
        "Une date s’écrit jour/mois/année. Là où l’année ou le mois suffit, écrivez 2014 ou 2014-09. Un nombre s’écrit sans unité.",
    )
    yield (
        "texte",
        "Un chiffre a son année et sa source : donnez un identifiant court à chaque source, et reprenez-le dans la colonne « Source ».",
    )
    yield (
        "texte",
        "Ne donnez ni le nom, ni le numéro, ni l’adresse d’une personne : une fonction et une organisation suffisent.",
    )
    yield (
        "texte",
        "Ce que l’import ne sait pas placer n’est pas perdu : il le garde dans la fiche, en commentaire, et le dit.",
    )
    if missing := left_out(kind):
        yield "partie", "Ce qui ne tient pas dans un tableau"
        yield "texte", f"{', '.join(missing)} : à compléter dans la fiche, après l’import."


def _picks(champ: Champ, picks: Picks) -> Iterator[str]:
    """The values of the pick-list of a field, as people read them; none when it has no list."""
    found: list[str] = []
    if champ.vocabulary and champ.vocabulary in picks.vocabularies:
        found = choices(picks.vocabularies[champ.vocabulary])
    elif champ.ref:
        held = {one: title for one, (title, kind) in picks.sheets.items() if not champ.ref.kinds or kind in champ.ref.kinds}  # fmt: skip
        folded = [fold(title) for title in held.values()]
        found = sorted((title if folded.count(fold(title)) == 1 else one for one, title in held.items()), key=fold)
    elif champ.territory == "departement":
        found = [f"{one.code} {one.nom}" for one in territories.load().departements]
    yield from [*found, NON_COMMUNIQUE] if found and champ.unknown_allowed else found


def _limits(champ: Champ, cell: str) -> dict[str, Any] | None:
    """The validation of a number, a date or a length. ``cell`` is the first cell that it stands on."""
    forme, said = champ.forme, {"error_title": "Valeur refusée"}
    if forme.genre in ("nombre", "entier", "annee"):
        low, high = forme.min, forme.max
        tests = [f"ISNUMBER({cell})"]
        tests += [f"{cell}>={low}"] if low is not None else []
        tests += [f"{cell}<={high}"] if high is not None else []
        tests += [f"{cell}=INT({cell})"] if forme.genre != "nombre" else []
        formula = f"AND({','.join(tests)})"
        unknown = f" ou « {NON_COMMUNIQUE} »" if champ.unknown_allowed else ""
        if champ.unknown_allowed:
            formula = f'OR({formula},{cell}="{NON_COMMUNIQUE}")'
        return {**said, "validate": "custom", "value": f"={formula}", "error_message": f"Un nombre{unknown}, sans unité. {champ.aide}"[:_LONG]}  # fmt: skip
    if forme.genre == "date" and not champ.unknown_allowed:
        return {**said, "validate": "date", "criteria": "between", "minimum": date(1900, 1, 1), "maximum": date(2100, 12, 31),
                "error_message": "Une date : jour/mois/année."}  # fmt: skip
    if forme.longueur_max and forme.genre in ("ligne", "texte", "adresse") and champ is not BODY:
        return {**said, "validate": "length", "criteria": "<=", "value": forme.longueur_max,
                "error_message": f"{forme.longueur_max} caractères au plus."}  # fmt: skip
    return None
