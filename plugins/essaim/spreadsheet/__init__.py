"""A spreadsheet as tabs of texts: ``.csv``, ``.xlsx`` and ``.ods``, read within bounds.

The file comes from a stranger: ``parts`` looks at a workbook before the library that reads its cells does.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from essaim import disk
from essaim.spreadsheet import parts
from essaim.spreadsheet.guard import bare
from essaim.spreadsheet.parts import MAX_CELL, MAX_COLUMNS, MAX_ROWS, MAX_UNPACKED, NO_VALUE

MAX_FILE = 20_000_000  # bytes of the file
ENDINGS = (".csv", ".xlsx", ".ods")

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


__all__ = [
    "ENDINGS",
    "MAX_COLUMNS",
    "MAX_FILE",
    "MAX_ROWS",
    "NO_VALUE",
    "Book",
    "SpreadsheetError",
    "Tab",
    "letter",
    "read",
    "text_of",
]


class SpreadsheetError(Exception):
    """Why a file can't be read, in French, with what to do."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its rows from the first, each the texts of its cells from column A. Empty cells are ``""``."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """The tabs of a file in its order, and what a reader should know of how it was read."""

    tabs: tuple[Tab, ...]
    notes: tuple[str, ...] = ()


def read(file: Path) -> Book:
    """The tabs of ``file``. Raises ``SpreadsheetError``."""
    ending = file.suffix.lower()
    if ending not in ENDINGS:
        raise SpreadsheetError(
            f"« {file.name} » n’est pas un tableau que nous lisons. Enregistrez-le en .xlsx, .ods ou .csv."
        )
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise SpreadsheetError(f"« {file.name} » ne peut pas être lu ({disk.reason(error)}).") from None
    if len(raw) > MAX_FILE:
        raise SpreadsheetError(f"« {file.name} » dépasse {MAX_FILE // 1_000_000} Mo. Retirez les images et les feuilles inutiles, ou partagez-le en plusieurs fichiers.")  # fmt: skip
    return _csv(raw, file) if ending == ".csv" else _workbook(raw, file, ending)


def letter(column: int) -> str:
    """The name of a column counted from 0: ``A``, ``Z``, ``AA``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def text_of(value: object) -> str:
    """A cell's value as the person who sees it would write it: 2018.0 is ``2018``, a day ``2018-04-05``, true ``VRAI``."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", _BREAKS.sub("\n", bare(value)))
        return text.strip()
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(value)


def _number(value: float) -> str:
    # 15 digits are all that a spreadsheet keeps; six decimals all that a field of the model takes.
    number = Decimal(format(value, ".15g")) if abs(value) < 1e15 else Decimal(value)
    text = format(round(number, 6), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _csv(raw: bytes, file: Path) -> Book:
    text, notes = _decode(raw, file)
    if "\x00" in text:
        raise SpreadsheetError(f"« {file.name} » n’est pas un fichier CSV : il contient des octets nuls. Enregistrez-le en « CSV UTF-8 ».")  # fmt: skip
    csv.field_size_limit(max(csv.field_size_limit(), MAX_FILE))  # our own limit, on each cell, has a message
    found = max(_SEPARATORS, key=lambda mark: _regular(text, mark))
    rows = tuple(tuple(text_of(cell) for cell in row) for row in _records(text, found, file))
    return _within((Tab(file.stem, rows),), file, notes)


_SEPARATORS = (";", ",", "\t")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def _regular(text: str, mark: str) -> int:
    """How much ``mark`` looks like the separator: a text has commas too, but not as many on every line."""
    counts = Counter(line.count(mark) for line in _QUOTED.sub("", text[:50_000]).split("\n")[:50])
    return max((marks * lines for marks, lines in counts.items()), default=0)


def _records(text: str, separator: str, file: Path) -> Iterator[list[str]]:
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator)):
            if number > MAX_ROWS:
                raise _too_large(file)
            yield row
    except csv.Error:
        raise SpreadsheetError(f"« {file.name} » n’est pas un fichier CSV lisible. Ouvrez-le dans un tableur et enregistrez-le en « CSV UTF-8 ».") from None  # fmt: skip


def _decode(raw: bytes, file: Path) -> tuple[str, tuple[str, ...]]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16"), ()
        except UnicodeDecodeError:
            raise _no_text(file) from None
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), (
            f"« {file.name} » n’est pas en UTF-8 : il est lu comme un fichier de Windows (cp1252). Vérifiez les accents ; "
            "au besoin, enregistrez-le à nouveau en « CSV UTF-8 ».",
        )
    except UnicodeDecodeError:
        raise _no_text(file) from None


def _no_text(file: Path) -> SpreadsheetError:
    return SpreadsheetError(
        f"« {file.name} » n’est pas un texte lisible. Dans le tableur, enregistrez-le en « CSV UTF-8 »."
    )


def _workbook(raw: bytes, file: Path, ending: str) -> Book:
    try:
        whole = parts.unpack(raw, ending)
        with CalamineWorkbook.from_filelike(io.BytesIO(whole)) as book:
            tabs = tuple(_tab(book, one.name, one.visible != SheetVisibleEnum.Visible) for one in book.sheets_metadata)
    except parts.Locked:
        raise SpreadsheetError(f"« {file.name} » est protégé par un mot de passe. Enregistrez-le sans.") from None
    except parts.TooLarge:
        raise _too_large(file) from None
    except parts.Heavy:
        raise SpreadsheetError(f"« {file.name} » dépasse {MAX_UNPACKED // 1_000_000} Mo une fois décompressé. Gardez seulement les lignes à importer.") from None  # fmt: skip
    except (parts.Broken, CalamineError, OSError, ValueError):
        raise SpreadsheetError(f"« {file.name} » est abîmé, ou n’est pas un classeur {ending}. Ouvrez-le dans un tableur et enregistrez-le à nouveau en {ending}.") from None  # fmt: skip
    return _within(tabs, file)


def _tab(book: CalamineWorkbook, name: str, hidden: bool) -> Tab:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return Tab(text_of(name), tuple(tuple(map(text_of, row)) for row in rows), hidden)


def _within(tabs: tuple[Tab, ...], file: Path, notes: tuple[str, ...] = ()) -> Book:
    for tab in tabs:
        if len(tab.rows) > MAX_ROWS or max(map(len, tab.rows), default=0) > MAX_COLUMNS:
            raise _too_large(file)
        for number, row in enumerate(tab.rows, 1):
            for column, cell in enumerate(row):
                if len(cell) > MAX_CELL:
                    raise SpreadsheetError(f"« {file.name} », feuille « {tab.name} », cellule {letter(column)}{number} : plus de {MAX_CELL} caractères. Raccourcissez-la.")  # fmt: skip
    return Book(tabs, notes)


def _too_large(file: Path) -> SpreadsheetError:
    return SpreadsheetError(
        f"« {file.name} » dépasse {MAX_ROWS} lignes ou {MAX_COLUMNS} colonnes. Partagez-le en plusieurs fichiers, ou effacez "
        "ce qui traîne loin du tableau (Ctrl+Fin y mène)."
    )
