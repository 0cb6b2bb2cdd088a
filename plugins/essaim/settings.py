"""What the team decides: ``[tool.essaim]`` of the ``pyproject.toml`` beside the content folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from essaim import disk
from essaim.codes import BY_NAME
from essaim.words import nearest

FILE = "pyproject.toml"
TABLE = "tool.essaim"


@dataclass(frozen=True, slots=True)
class Settings:
    """``erreurs``: codes of warnings and advice that the team wants to stop a build."""

    erreurs: frozenset[str] = frozenset()


class SettingsError(Exception):
    """The settings can't be read. Its text is French and says where: ``pyproject.toml:3:12: …``."""


def read(content: Path) -> Settings:
    """The settings that stand beside the folder ``content``; none is the same as empty ones. Raises ``SettingsError``."""
    file = content.resolve().parent / FILE
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{FILE}:1:1: fichier illisible ({disk.reason(error)})") from None
    try:
        return parse(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{FILE}:{line}:1: ce fichier n’est pas en UTF-8") from None


def parse(text: str) -> Settings:
    """The settings in the text of a ``pyproject.toml``. Raises ``SettingsError``."""
    import tomllib  # few libraries have settings

    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = place.groups() if place else (text.count("\n") + 1, len(text) - text.rfind("\n"))
        raise SettingsError(f"{FILE}:{line}:{column}: ce fichier TOML ne se lit pas à cet endroit") from None
    except RecursionError:
        raise SettingsError(f"{FILE}:1:1: ce fichier TOML imbrique trop de niveaux") from None
    table = _table(whole, text)
    for key in table:
        if key not in Settings.__dataclass_fields__:
            raise _wrong(text, key, f"réglage inconnu « {key[:60]} »", nearest(key, Settings.__dataclass_fields__))
    codes = table.get("erreurs", [])
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise _wrong(text, "erreurs", "« erreurs » attend une liste de codes entre guillemets", None)
    for code in codes:
        if code not in BY_NAME:
            raise _wrong(text, code, f"code inconnu « {code[:60]} »", nearest(code, BY_NAME))
    return Settings(frozenset(codes))


def _table(whole: dict[str, Any], text: str) -> dict[str, Any]:
    tool = whole.get("tool", {})
    table = tool.get("essaim", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise _wrong(text, "essaim", f"« {TABLE} » attend des réglages", None)
    return table


def _wrong(text: str, word: str, message: str, near: str | None) -> SettingsError:
    # tomllib keeps no places: the word is looked for where the table begins.
    start = max(text.find(f"[{TABLE}]"), 0)
    at = text.find(word, start) if word else start
    at = start if at < 0 else at
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    hint = f" Vouliez-vous dire « {near} » ?" if near else " Voyez docs/codes.md."
    return SettingsError(f"{FILE}:{line}:{column}: {message}.{hint}")
