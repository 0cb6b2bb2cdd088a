"""Text of a file → ``Source``: front matter as text with the place of every key, and the body.

Contributed text is hostile until shown harmless. The YAML events are scanned before anything is composed, so that
aliases, tags, depth and size stop here; every scalar stays text, because YAML 1.1 typing ruins French data
(``01004`` → 516, ``12:30`` → 750, ``no`` → false).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from essaim import disk
from essaim.problem import Problem

MAX_FILE = 200_000  # bytes: a sheet of 30,000 words; the Markdown renderer stays well under a second
MAX_FRONT_MATTER = 60_000  # characters
MAX_DEPTH = 8  # nested collections; the deepest field of the model needs 4

Loc = tuple[str | int, ...]

# Control characters, zero-width characters, direction overrides: invisible in a review, so refused; and the line breaks
# that YAML knows but editors do not show.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_HANDLER = YAMLHandler()


class _Loader(yaml.CBaseLoader):
    """Nodes without types: scalars stay text, and tags were refused before."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:  # noqa: ARG002  # PyYAML's signature
        """Asked for each node; what it answers is not read."""
        return ""


_YAML_MESSAGES = (
    # (part of PyYAML's message, what it means to an editor, what to do), first match wins.
    ("mapping values are not allowed", "un deux-points de trop sur cette ligne",
     "Mettez la valeur entre guillemets : titre: \"Le bois : une ressource\"."),
    ("found character that cannot start any token", "caractère qui ne peut pas commencer une valeur",
     "Mettez la valeur entre guillemets."),
    ("could not find expected ':'", "il manque un deux-points après le nom du champ",
     "Écrivez champ: valeur. La ligne en cause peut être la précédente."),
    ("found unexpected end of stream", "des guillemets ouverts ne sont pas refermés", "Refermez-les."),
    ("while scanning a quoted scalar", "des guillemets ouverts ne sont pas refermés", "Refermez-les."),
    ("did not find expected ',' or", "une liste ou un groupe entre crochets ou accolades n’est pas refermé",
     "Ajoutez la virgule, le ] ou la } qui manque."),
    ("did not find expected '-' indicator", "cette liste est mal alignée", "Alignez les tirets les uns sous les autres."),
    ("did not find expected key", "cette ligne est mal alignée ou une valeur précédente est mal fermée",
     "Alignez les champs au bord, et leurs sous-champs avec deux espaces."),
    ("found unknown escape", "barre oblique inversée dans un texte entre guillemets doubles",
     "Doublez-la (\\\\) ou prenez des guillemets simples."),
    ("block sequence entries are not allowed", "un tiret de liste n’est pas permis ici",
     "Placez la liste à la ligne, sous le nom du champ."),
    ("undefined alias", "les alias YAML (*nom) ne sont pas acceptés", "Mettez le texte entre guillemets."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read.

    ``data`` maps each front-matter key to text, ``None`` (written but empty), a list or a mapping of these.
    ``body`` is Markdown; its first line is line ``body_line`` of the file. ``broken`` tells that the front matter
    could not be read: its problems are already told, and ``data`` holds nothing to validate. ``front`` is the text of
    the front matter and ``root`` its YAML nodes: for who writes it again.
    """

    path: str
    data: dict[str, Any] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    broken: bool = False
    front: str = field(default="", repr=False)
    root: yaml.MappingNode | None = field(default=None, repr=False)
    _first_line: int = 2  # line of the file where the YAML begins: the opening --- is line 1

    def place(self, loc: Loc) -> tuple[int, int]:
        """Line and column (from 1) of the value at ``loc``, or of the nearest thing above it that exists.

        A mapping's key is pointed at, rather than its value: that is where an editor's eye looks for a field.
        """
        node: yaml.Node | None = self.root
        mark = None
        for step in loc:
            if isinstance(node, yaml.MappingNode):
                found = [(key, value) for key, value in node.value if key.value == step]
                if not found:
                    break
                mark, node = found[0][0].start_mark, found[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                mark = node.start_mark
            else:
                break
        return (mark.line + self._first_line, mark.column + 1) if mark else (1, 1)

    def problem(self, loc: Loc, code: str, message: str, hint: str = "") -> Problem:
        """A problem at the front-matter field ``loc``."""
        return Problem(self.path, *self.place(loc), code, message, hint)

    def body_problem(self, line: int, column: int, code: str, message: str, hint: str = "") -> Problem:
        """A problem at ``line`` and ``column`` of the body (both from 1)."""
        return Problem(self.path, self.body_line + line - 1, column, code, message, hint)


def read(file: Path, path: str) -> tuple[Source, list[Problem]]:
    """Read ``file``; problems name it ``path``. Nothing is raised for what a contributor wrote."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_FILE + 1)
    except OSError as error:
        message = f"fichier illisible : {disk.reason(error)}"
        return Source(path, broken=True), [Problem(path, 1, 1, "fichier-illisible", message)]
    if len(raw) > MAX_FILE:
        return Source(path, broken=True), [
            Problem(path, 1, 1, "fichier-trop-gros", f"fichier de plus de {MAX_FILE // 1000} ko",
                    "Répartissez le contenu sur plusieurs fiches.")]  # fmt: skip
    return parse(raw, path)


def parse(raw: bytes | str, path: str) -> tuple[Source, list[Problem]]:
    """The ``Source`` of a text, with every problem of its form (encoding, front matter, YAML)."""
    broken = Source(path, broken=True)
    text, problems = decode(path, raw)
    if problems:
        return broken, problems
    if not _HANDLER.detect(text):
        return broken, [
            Problem(path, 1, 1, "entete-absent", "cette fiche ne commence pas par son en-tête",
                    "La première ligne doit être --- (trois tirets), suivie des champs, puis d’une ligne ---.")]  # fmt: skip
    try:
        front, _ = _HANDLER.split(text)
    except ValueError:
        return broken, [
            Problem(path, 1, 1, "entete-non-ferme", "l’en-tête ouvert ligne 1 n’est pas refermé",
                    "Ajoutez une ligne --- (trois tirets) après le dernier champ.")]  # fmt: skip
    front = front.removeprefix("\n")
    lines = text.split("\n")
    body_start = front.count("\n") + 2  # the opening line, those of the front matter, the closing line
    body = "\n".join(lines[body_start:])
    if len(front) > MAX_FRONT_MATTER:
        return broken, [Problem(path, 1, 1, "entete-trop-long",
                                f"en-tête de plus de {MAX_FRONT_MATTER // 1000} 000 caractères",
                                "Déplacez le texte long sous l’en-tête.")]  # fmt: skip
    node, problems = _compose(path, front)
    problems = problems or list(_escaped(path, node, 2))
    if problems:
        return Source(path, body=body, body_line=body_start + 1, broken=True), problems
    data = _plain(node) if node is not None else {}
    return Source(path, data, body, body_start + 1, front=front, root=node), []


def compose(raw: bytes | str, path: str) -> tuple[Source, list[Problem]]:
    """A whole YAML file (a vocabulary) as a ``Source`` without body: the same refusals as for front matter."""
    text, problems = decode(path, raw)
    if problems:
        return Source(path, broken=True), problems
    node, problems = _compose(path, text, offset=1)
    problems = problems or list(_escaped(path, node, 1))
    if problems or node is None:
        return Source(path, broken=True), problems or [
            Problem(path, 1, 1, "yaml", "fichier vide", "Donnez au moins le titre et les valeurs.")]  # fmt: skip
    return Source(path, _plain(node), root=node, _first_line=1), []


def decode(path: str, raw: bytes | str) -> tuple[str, list[Problem]]:
    """Text with ``\n`` line ends, in NFC, without invisible characters; or why it is refused."""
    if isinstance(raw, bytes):
        try:
            raw = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
            return "", [
                Problem(path, before.count(b"\n") + 1, column, "encodage", "ce fichier n’est pas en UTF-8",
                        "Enregistrez-le en UTF-8 dans votre éditeur.")]  # fmt: skip
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    return text, [_forbidden(path, text, match) for match in _FORBIDDEN.finditer(text)]


def _forbidden(path: str, text: str, match: re.Match[str]) -> Problem:
    start = text.rfind("\n", 0, match.start()) + 1
    return _invisible(path, text.count("\n", 0, match.start()) + 1, match.start() - start + 1, match.group())


def _escaped(path: str, node: yaml.Node | None, offset: int) -> Iterator[Problem]:
    """The forbidden characters that are written as escapes, "\\u202E": as invisible once they are read."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _escaped(path, key, offset)
            yield from _escaped(path, value, offset)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _escaped(path, item, offset)
    elif node is not None and (match := _FORBIDDEN.search(node.value)):
        yield _invisible(path, node.start_mark.line + offset, node.start_mark.column + 1, match.group())


def _invisible(path: str, line: int, column: int, character: str) -> Problem:
    name = unicodedata.name(character, "caractère de contrôle")
    return Problem(path, line, column, "caractere-interdit", f"caractère invisible interdit (U+{ord(character):04X}, {name})",
                   "Effacez-le et retapez le mot.")  # fmt: skip


def _compose(path: str, text: str, offset: int = 2) -> tuple[yaml.MappingNode | None, list[Problem]]:
    """The YAML nodes of ``text``; ``offset`` is the file's line of its first line. Never builds a Python object."""
    for number, line in enumerate(text.split("\n")):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            return None, [Problem(path, number + offset, indent.index("\t") + 1, "tabulation",
                                  "tabulation au début de la ligne",
                                  "Remplacez-la par deux espaces.")]  # fmt: skip
    try:
        problems = _scan(path, text, offset)
        if problems:
            return None, problems
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        return None, [_yaml_problem(path, error, offset)]
    if node is None:
        return None, []
    if not isinstance(node, yaml.MappingNode):
        return None, [Problem(path, offset, 1, "yaml", "l’en-tête n’est pas une suite de champs",
                              "Écrivez un champ par ligne : champ: valeur.")]  # fmt: skip
    return node, list(_duplicates(path, node, offset))


def _scan(path: str, text: str, offset: int) -> list[Problem]:
    depth = 0
    documents = 0
    problems = []
    for event in yaml.parse(text, Loader=_Loader):
        mark = event.start_mark
        line, column = (mark.line + offset, mark.column + 1) if mark else (offset, 1)
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problems.append(Problem(path, line, column, "yaml-alias", "les ancres et alias YAML (&nom, *nom) ne sont pas acceptés",
                                    "Répétez la valeur, ou mettez le texte entre guillemets."))  # fmt: skip
        elif tag and tag != "!":
            problems.append(Problem(path, line, column, "yaml-etiquette", f"les étiquettes YAML ({tag[:40]}) ne sont pas acceptées",
                                    "Mettez le texte entre guillemets."))  # fmt: skip
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:  # at once: PyYAML's composer is recursive
                return [*problems, Problem(path, line, column, "yaml-profondeur", f"plus de {MAX_DEPTH} niveaux imbriqués",
                                           "Aucun champ n’en demande autant : vérifiez les retraits.")]  # fmt: skip
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                return [
                    *problems,
                    Problem(path, line, column, "yaml", "ligne --- de trop dans l’en-tête", "Retirez-la."),
                ]
    return problems


def _yaml_problem(path: str, error: yaml.YAMLError, offset: int) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = f"{getattr(error, 'context', '') or ''} {getattr(error, 'problem', '') or error}"
    unknown = ("cette ligne n’est pas un en-tête lisible", "Comparez-la avec une fiche qui marche.")
    message, hint = next(((message, hint) for part, message, hint in _YAML_MESSAGES if part in said), unknown)
    line, column = (mark.line + offset, mark.column + 1) if mark else (offset, 1)
    return Problem(path, line, column, "yaml", message, hint)


def _duplicates(path: str, node: yaml.Node, offset: int) -> list[Problem]:
    problems: list[Problem] = []
    if isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            line, column = key.start_mark.line + offset, key.start_mark.column + 1
            if not isinstance(key, yaml.ScalarNode):
                problems.append(Problem(path, line, column, "yaml", "un nom de champ doit être un mot",
                                        "Mettez la valeur entre guillemets."))  # fmt: skip
                continue
            if key.value in first:
                problems.append(Problem(path, line, column, "champ-repete",
                                        f"le champ « {key.value[:60]} » est déjà donné ligne {first[key.value]}",
                                        "Gardez-en un seul."))  # fmt: skip
            first.setdefault(key.value, line)
            problems += _duplicates(path, value, offset)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            problems += _duplicates(path, item, offset)
    return problems


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return plain_value(node)


def plain_value(node: yaml.Node) -> str | None:
    """The text of a scalar. An empty plain one (``champ:``) is "not given"; a quoted empty text is text."""
    style = getattr(node, "style", None)
    return None if not style and node.value in {"", "~"} else str(node.value)
