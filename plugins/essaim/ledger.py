"""What was published: the tables of ``content/publications/``, read and written as CSV (RFC 4180), one line a fact.

``permaliens.csv`` is the ledger of addresses. ``redirections.csv`` is written by hand. ``etat.csv`` and ``journal.csv``
say what the data held at the last publication, and what changed at each. This module knows lines and columns, not sheets
(docs/decisions/0029).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from essaim.problem import Problem
from essaim.source import decode
from essaim.words import SLUG

FOLDER = "publications"
"""The folder of the tables, below the content."""
CHANGES = ("ajout", "modification", "retrait")
"""What can happen to a sheet, or to one of its fields."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An address that was published: ``adresse`` from the root (``experiences/archer/#la-demarche``), ``fiche`` the id of its
    sheet, or empty; ``depuis`` the publication that brought it; ``jusqu_a`` the last one where it stood by itself, None
    while it does; ``code`` its short link, or empty."""

    adresse: str
    fiche: str
    depuis: date
    jusqu_a: date | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Redirection:
    """An address that leads to another one of the site, both from the root; what no ``anciens_ids`` can say."""

    ancienne: str
    nouvelle: str


@dataclass(frozen=True, slots=True)
class State:
    """What a sheet held at the last publication: ``titre=1a2b3c4d texte=…``, a digest a field, ``texte`` for the body."""

    fiche: str
    sorte: str
    empreintes: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a publication changed: one of ``CHANGES``, of a field, or of the whole sheet when ``champ`` is empty."""

    date: date
    fiche: str
    sorte: str
    champ: str
    changement: str


@dataclass(frozen=True)
class Ledger:
    """The four tables. ``lines`` maps ``(table, number of the entry)`` to its line in the file."""

    entries: tuple[Entry, ...] = ()
    redirections: tuple[Redirection, ...] = ()
    state: tuple[State, ...] = ()
    journal: tuple[Change, ...] = ()
    lines: Mapping[tuple[str, int], int] = field(default_factory=dict)
    shown: str = "content"

    @cached_property
    def by_address(self) -> Mapping[str, Entry]:
        """The entries by their address."""
        return {entry.adresse: entry for entry in self.entries}

    def below(self, folder: str) -> set[str]:
        """The names of pages that were published in a folder: ``occitanie`` of ``regions/occitanie/``."""
        return {
            parts[1]
            for one in self.entries
            if len(parts := one.adresse.split("/")) == 3 and parts[0] == folder and not parts[2]
        }

    @cached_property
    def last(self) -> date | None:
        """The day of the last publication, None before the first."""
        days = [entry.jusqu_a or entry.depuis for entry in self.entries] + [change.date for change in self.journal]
        return max(days, default=None)

    def problem(self, table: str, number: int, code: str, message: str, hint: str) -> Problem:
        """A problem at the entry of that number of ``permaliens`` or ``redirections``."""
        return Problem(path_of(self.shown, table), self.lines.get((table, number), 1), 1, code, message, hint)


def path_of(shown: str, table: str) -> str:
    """The file of a table, as problems name it."""
    return f"{shown}/{FOLDER}/{table}.csv"


def read(folder: Path, shown: str = "content") -> tuple[Ledger, list[Problem]]:
    """The tables of the content folder ``folder``, and what is wrong with them, each at its line. A table that is not there is empty."""
    texts = {name: file.read_bytes() for name in TABLES if (file := folder / FOLDER / f"{name}.csv").is_file()}
    return parse(texts, shown)


def parse(texts: Mapping[str, bytes | str], shown: str = "content") -> tuple[Ledger, list[Problem]]:
    """The ledger of the tables ``texts``, by name. A line that can't be read is told and left out."""
    problems: list[Problem] = []
    lines: dict[tuple[str, int], int] = {}
    found: dict[str, tuple[Any, ...]] = {}
    for name, row in TABLES.items():
        rows: list[Any] = []
        for line, cells in _lines(path_of(shown, name), texts.get(name, ""), row, problems):
            try:
                one = row(**{name: _READ[name](text) for name, text in zip(_columns(row), cells, strict=True)})
            except ValueError as wrong:
                problems.append(_damaged(path_of(shown, name), line, str(wrong)))
                continue
            lines[name, len(rows)] = line
            rows.append(one)
        found[name] = tuple(rows)
    ledger = Ledger(found["permaliens"], found["redirections"], found["etat"], found["journal"], lines, shown)
    return ledger, [*problems, *_repeated(ledger)]


def write(ledger: Ledger, table: str) -> str:
    """The text of a table: sorted, so that two branches that add lines merge, and that nothing changes but what changed."""
    row = TABLES[table]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_columns(row))
    writer.writerows(
        sorted([_cell(name, getattr(one, name)) for name in _columns(row)] for one in set(rows_of(ledger, table)))
    )
    return out.getvalue()


def rows_of(ledger: Ledger, table: str) -> Sequence[Any]:
    """The rows of a table, by its name."""
    held: dict[str, Sequence[Any]] = {
        "permaliens": ledger.entries,
        "redirections": ledger.redirections,
        "etat": ledger.state,
        "journal": ledger.journal,
    }
    return held[table]


TABLES: Mapping[str, type[Any]] = {"permaliens": Entry, "redirections": Redirection, "etat": State, "journal": Change}
"""Each table with what a line of it is; its columns are the fields."""

_ADDRESS = re.compile(
    r"/(?:[a-z0-9-]+/)*(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)?(?:\?[A-Za-z0-9%=&,+_.~-]*)?(?:#[a-z0-9-]+)?"
)
"""Small letters in the names of folders, as everywhere in the site (nginx tells no capital from a small letter); in a query, what
``urllib.parse.quote`` writes. No character to which a server's settings give a meaning but ``%`` and ``.``."""


def _columns(row: type[Any]) -> list[str]:
    return [one.name for one in fields(row)]


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(
            f"« {text[:80]} » n’est pas une adresse du site : elle commence par une barre, comme /experiences/archer/"
        )
    return text[1:]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"« {text[:40]} » n’est pas une date comme 2026-11-26") from None


def _matching(pattern: str) -> Callable[[str], str]:
    """A reader of what ``pattern`` allows: codes and ids become parts of paths, so nothing else may enter."""
    known = re.compile(pattern)

    def read_word(text: str) -> str:
        if not known.fullmatch(text):
            raise ValueError(f"« {text[:40]} » n’est pas attendu ici")
        return text

    return read_word


_READ: Mapping[str, Callable[[str], Any]] = {
    "adresse": _address,
    "ancienne": _address,
    "nouvelle": _address,
    "depuis": _day,
    "jusqu_a": lambda text: _day(text) if text else None,
    "date": _day,
    "fiche": _matching(rf"(?:{SLUG.pattern})?"),
    "code": _matching("[a-z]{0,32}"),
    "sorte": _matching("[a-z]{1,40}"),
    "champ": _matching("[a-z_]{0,60}"),
    "changement": _matching("|".join(CHANGES)),
    "empreintes": _matching("(?:[a-z_]+=[0-9a-f]+ ?)*"),
}
"""How a cell is read, by its column."""


def _cell(name: str, value: Any) -> str:
    return f"/{value}" if _READ[name] is _address else "" if value is None else str(value)


def _lines(path: str, raw: bytes | str, row: type[Any], problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """``(line, cells)`` of each row of a table; what is no row is told. What hits the whole table is told once."""
    if not raw:
        return
    text, wrong = decode(path, raw)
    problems += wrong
    lines = text.split("\n") if not wrong else []
    merging = next((number for number, content in enumerate(lines, 1) if _MERGE.match(content)), 0)
    if merging:
        advice = _MERGED.get(Path(path).stem, _KEEP_BOTH)
        problems.append(
            Problem(path, merging, 1, "registre-abime", "une fusion est restée en plan dans cette table", advice)
        )
        return
    header = _columns(row)
    if lines and next(csv.reader(lines), []) != header:
        problems.append(Problem(path, 1, 1, "registre-abime", f"la première ligne doit être « {','.join(header)} »",
                                f"Un tableur a peut-être récrit ce fichier. Reprenez-le comme il était : git checkout -- {path}"))  # fmt: skip
        return
    for line, content in enumerate(lines[1:], 2):
        if not content.strip():
            continue
        cells = next(csv.reader([content]), [])
        if len(cells) != len(header):
            problems.append(_damaged(path, line, f"cette ligne a {len(cells)} colonne(s) au lieu de {len(header)}"))
        else:
            yield line, cells


_MERGE = re.compile(r"<{7}|={7}|>{7}|\|{7}")
_KEEP_BOTH = (
    "Gardez les lignes des deux branches, retirez les marques <<<<<<<, ======= et >>>>>>>, puis relancez essaim check."
)
_MERGED: Mapping[str, str] = {
    "etat": "Gardez celle des deux versions que vous voulez (git checkout --theirs, puis git add) : la prochaine publication la refait.",
}


def _damaged(path: str, line: int, message: str) -> Problem:
    table = Path(path).stem
    hint = (
        "Corrigez cette ligne : une ancienne adresse, une virgule, la nouvelle."
        if table == "redirections"
        else f"Reprenez cette ligne dans la version précédente du fichier (git log -p -- {path}) : essaim publish seul l’écrit."
    )
    return Problem(path, line, 1, "registre-abime", message, hint)


_ONCE = (
    ("permaliens", "adresse", "Gardez la ligne dont la date est la plus ancienne."),
    ("permaliens", "code", "Videz la dernière colonne de l’une des deux : essaim publish lui donnera un autre code."),
    ("redirections", "ancienne", "Gardez-en une."),
)
"""What a table holds once, and what to do about a second one."""


def _repeated(ledger: Ledger) -> Iterator[Problem]:
    for table, column, hint in _ONCE:
        seen: dict[str, int] = {}
        for number, one in enumerate(rows_of(ledger, table)):
            value = getattr(one, column)
            if column == "code" and not value:
                continue
            if value in seen:
                first = ledger.lines[table, seen[value]]
                yield ledger.problem(
                    table, number, "registre-doublon", f"« {_cell(column, value)} » est déjà à la ligne {first}", hint
                )
            seen.setdefault(value, number)
