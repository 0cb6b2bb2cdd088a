"""Text of a file → ``Source``: front matter as text with the place of every key, and the body.

Contributed text is hostile until shown harmless: size, encoding and invisible characters stop here, the rest in ``yamltext``.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic_core import from_json, to_json

from essaim import disk, yamltext
from essaim.problem import Problem
from essaim.yamltext import FORBIDDEN, NOTHING, invisible

MAX_FILE = 200_000  # bytes: a sheet of 30,000 words; the Markdown renderer stays well under a second
MAX_FRONT_MATTER = 60_000  # characters

Loc = tuple[str | int, ...]

_FENCE = re.compile(r"-{3,}[^\S\n]*$", re.MULTILINE)
_CLOSING = re.compile(rf"\n{_FENCE.pattern}", re.MULTILINE)


@dataclass(frozen=True, init=False)
class Source:
    """A file as it was read.

    ``data`` maps each front-matter key to text, ``None`` (written but empty), a list or a mapping of these.
    ``body`` is Markdown; its first line is line ``body_line`` of the file. ``broken`` tells that the front matter
    could not be read: its problems are already told, and ``data`` holds nothing to validate. ``front`` is the YAML text.
    All three are held in UTF-8, ``data`` as JSON, and made when they are asked for: a third of what they weigh otherwise.
    The JSON is pydantic's, in half the time of Python's.
    """

    path: str
    body_line: int
    broken: bool
    raw_body: bytes = field(repr=False)
    _data: bytes = field(repr=False)
    raw_front: bytes = field(repr=False)
    _first_line: int  # line of the file where the YAML begins

    def __init__(self, path: str, data: Mapping[str, Any] | None = None, body: str = "", body_line: int = 1, *,
                 broken: bool = False, front: str = "", first_line: int = 2) -> None:  # fmt: skip
        """The opening ``---`` is line 1, but for a file that is YAML from its ``first_line``."""
        self.__dict__.update(path=path, body_line=body_line, broken=broken, raw_body=body.encode(),
                             _data=to_json(data or {}), raw_front=front.encode(), _first_line=first_line, _read=data)  # fmt: skip

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_read"}

    @property
    def data(self) -> dict[str, Any]:
        """The front matter. Who asks first, which is who validates it, is given what was read."""
        found: dict[str, Any] = self.__dict__.pop("_read", None) or from_json(self._data, cache_strings="keys")
        return found

    @property
    def body(self) -> str:
        """The text."""
        return self.raw_body.decode()

    @property
    def front(self) -> str:
        """The front matter as it is written."""
        return self.raw_front.decode()

    def may_have(self, name: str) -> bool:
        """Whether the front matter has a field of that name, or a text like it: quicker than reading it."""
        return name.encode() in self._data

    @property
    def root(self) -> yaml.MappingNode | None:
        """The YAML nodes of ``front``, made when asked for: for who writes it again."""
        return yamltext.nodes(self.front)

    def place(self, loc: Loc) -> tuple[int, int]:
        """Line and column (from 1) of the value at ``loc``, or of the nearest thing above it that exists.

        A mapping's key is pointed at, rather than its value: that is where an editor's eye looks for a field.
        """
        mark = yamltext.mark(self.front, loc)
        return (mark.line + self._first_line, mark.column + 1) if mark else (1, 1)

    def problem(self, loc: Loc, code: str, message: str, hint: str = "") -> Problem:
        """A problem at the front-matter field ``loc``."""
        return Problem(self.path, *self.place(loc), code, message, hint)

    def body_problem(self, line: int, column: int, code: str, message: str, hint: str = "") -> Problem:
        """A problem at ``line`` and ``column`` of the body (both from 1)."""
        return Problem(self.path, self.body_line + line - 1, column, code, message, hint)


def read(file: Path | str, path: str) -> tuple[Source, list[Problem]]:
    """Read ``file``; problems name it ``path``. Nothing is raised for what a contributor wrote."""
    found = raw(file, path)
    return (Source(path, broken=True), [found]) if isinstance(found, Problem) else parse(found, path)


def raw(file: Path | str, path: str) -> bytes | Problem:
    """The bytes of ``file``, or why it is not read."""
    try:
        with open(file, "rb", buffering=0) as stream:  # noqa: PTH123  # a path of text is opened without making a Path of it
            found = stream.read(MAX_FILE + 1) or b""
    except OSError as error:
        return Problem(path, 1, 1, "fichier-illisible", f"fichier illisible : {disk.reason(error)}")
    if len(found) > MAX_FILE:
        return Problem(path, 1, 1, "fichier-trop-gros", f"fichier de plus de {MAX_FILE // 1000} ko",
                       "Répartissez le contenu sur plusieurs fiches.")  # fmt: skip
    return found


def parse(raw: bytes | str, path: str) -> tuple[Source, list[Problem]]:
    """The ``Source`` of a text, with every problem of its form (encoding, front matter, YAML)."""
    broken = Source(path, broken=True)
    text, problems = decode(path, raw)
    if problems:
        return broken, problems
    opening = _FENCE.match(text)
    if not opening:
        return broken, [
            Problem(path, 1, 1, "entete-absent", "cette fiche ne commence pas par son en-tête",
                    "La première ligne doit être --- (trois tirets), suivie des champs, puis d’une ligne ---.")]  # fmt: skip
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        return broken, [
            Problem(path, 1, 1, "entete-non-ferme", "l’en-tête ouvert ligne 1 n’est pas refermé",
                    "Ajoutez une ligne --- (trois tirets) après le dernier champ.")]  # fmt: skip
    front, body = text[opening.end() + 1 : closing.start() + 1], text[closing.end() + 1 :]
    if len(front) > MAX_FRONT_MATTER:
        return broken, [Problem(path, 1, 1, "entete-trop-long",
                                f"en-tête de plus de {MAX_FRONT_MATTER // 1000} 000 caractères",
                                "Déplacez le texte long sous l’en-tête.")]  # fmt: skip
    body_line = front.count("\n") + 3  # after the opening line, those of the front matter and the closing line
    data, problems = yamltext.read(path, front, 2)
    if problems:
        return Source(path, body=body, body_line=body_line, broken=True), problems
    return Source(path, data or {}, body, body_line, front=front), []


def compose(raw: bytes | str, path: str) -> tuple[Source, list[Problem]]:
    """A whole YAML file (a vocabulary) as a ``Source`` without body: the same refusals as for front matter."""
    text, problems = decode(path, raw)
    if problems:
        return Source(path, broken=True), problems
    data, problems = yamltext.read(path, text, 1)
    if problems or data is None:
        return Source(path, broken=True), problems or [
            Problem(path, 1, 1, "yaml", "fichier vide", "Donnez au moins le titre et les valeurs.")]  # fmt: skip
    return Source(path, data, front=text, first_line=1), []


def decode(path: str, raw: bytes | str) -> tuple[str, list[Problem]]:
    """Text with ``\n`` line ends, in NFC, without invisible characters; or why it is refused."""
    if isinstance(raw, bytes):
        try:
            raw = raw.removeprefix(BOM_UTF8).decode()
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
            return "", [
                Problem(path, before.count(b"\n") + 1, column, "encodage", "ce fichier n’est pas en UTF-8",
                        "Enregistrez-le en UTF-8 dans votre éditeur.")]  # fmt: skip
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", raw)
    return text, [_forbidden(path, text, match) for match in FORBIDDEN.finditer(text)]


def _forbidden(path: str, text: str, match: re.Match[str]) -> Problem:
    start = text.rfind("\n", 0, match.start()) + 1
    return invisible(path, text.count("\n", 0, match.start()) + 1, match.start() - start + 1, match.group())


def plain_value(node: yaml.Node) -> str | None:
    """The text of a scalar. An empty plain one (``champ:``) is "not given"; a quoted empty text is text."""
    style = getattr(node, "style", None)
    return None if not style and node.value in NOTHING else str(node.value)
