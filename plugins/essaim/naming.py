"""Where files of the content stand, and what they may be called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from essaim import ledger
from essaim.listing import below
from essaim.model import SHEETS, Sheet
from essaim.problem import Problem
from essaim.words import SLUG

IMAGES = (".png", ".jpg", ".jpeg", ".webp")
FOLDERS = {kind.FOLDER: kind for kind in SHEETS}
"""Folder of ``content/`` → the kind of the sheets in it."""

_PLACES = {*FOLDERS, "vocabularies", "images"}
_FILE_NAME = re.compile(rf"{SLUG.pattern}\.[a-z]+")


def printable(name: str) -> str:
    """A file's name as problems tell it: one may hold what a terminal would obey, or hide."""
    return "".join(c if c.isprintable() and c != "\ufffd" else f"\\u{ord(c):04x}" for c in name)


def kind_of(name: str) -> type[Sheet] | None:
    """The kind of the sheet at a path below the content folder (``experiences/x.md``); None where no sheet stands."""
    path = PurePosixPath(name)
    return FOLDERS.get(path.parts[0]) if len(path.parts) == 2 and path.suffix == ".md" else None


def own_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Sheets, vocabularies and images below ``folder``, by name: what commands read and write by themselves. A link is somebody else's
    file (the check tells of one that leads out), and what is hidden is nobody's."""
    for file in sorted(below(folder)):
        place, _, name = file.name.partition("/")
        if file.look and not file.link and place in _PLACES and "/" not in name and not name.startswith("."):
            yield file.name, Path(file.path)


def refusal(name: str, shown: str, paths: Mapping[str, str]) -> Problem | None:
    """What is wrong with where a file is or what it is called; None when it is a sheet, a vocabulary or an image."""
    place, _, file = name.partition("/")
    identifier, _, ending = file.rpartition(".")
    if place in FOLDERS and ending == "md" and _FILE_NAME.fullmatch(file) and identifier not in paths:
        return None  # nearly always
    path = PurePosixPath(name)
    safe = printable(name)
    where = f"{shown}/{safe}"
    folder = path.parts[0]
    if folder == "vocabularies" and len(path.parts) == 2 and path.suffix == ".yml":
        return None
    if folder == ledger.FOLDER and len(path.parts) == 2 and path.suffix == ".csv" and path.stem in ledger.TABLES:
        return None
    endings = IMAGES if folder == "images" else (".md",) if folder in FOLDERS else ()
    if len(path.parts) != 2 or path.suffix.lower() not in endings:
        return Problem(where, 1, 1, "fichier-inattendu", "ce fichier n’a pas sa place ici",
                       "Le contenu se compose de fiches (.md) dans leur dossier, de vocabulaires (.yml), de tables de publication (.csv) et d’images (png, jpg, webp) dans images/.")  # fmt: skip
    if not _FILE_NAME.fullmatch(path.name):
        return Problem(where, 1, 1, "nom-de-fichier", f"« {PurePosixPath(safe).name} » ne peut pas être le nom d’une fiche ou d’une image",
                       "Minuscules sans accent, chiffres et traits d’union seulement : circuits-courts-mulhouse.md.")  # fmt: skip
    if folder != "images" and path.stem in paths:
        return Problem(where, 1, 1, "identifiant-pris", f"l’identifiant « {path.stem} » est déjà celui de {paths[path.stem]}",
                       "Renommez l’un des deux fichiers : un identifiant ne sert qu’une fois dans toute la bibliothèque.")  # fmt: skip
    return None
