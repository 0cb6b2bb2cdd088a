"""YAML whose scalars stay text: read in one pass, refused with all that is wrong in it, and the place of each thing.

YAML 1.1 typing ruins French data (``01004`` → 516, ``12:30`` → 750, ``no`` → false). Contributed text is hostile until
shown harmless: it is read event by event, so that aliases, tags, depth and repeated keys stop here. A text in which nothing
is wrong is read once; one that is refused is looked at again, to tell all that is wrong. Places are looked for when a
problem asks for one: YAML's nodes weigh forty times their text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from sys import intern
from typing import Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # what PyYAML's loaders in C read events with

from essaim.problem import Problem

MAX_DEPTH = 8  # nested collections; the deepest field of the model needs 4

# Control characters, zero-width characters, direction overrides: invisible in a review, so refused; and the line breaks
# that YAML knows but editors do not show.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_TAB = re.compile(r"^[^\S\n]*\t", re.MULTILINE)


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


class _RefusedError(Exception):
    """Something in a YAML text is not accepted: what, ``_refusals`` tells."""


def read(path: str, text: str, offset: int) -> tuple[dict[str, Any] | None, list[Problem]]:
    """What a YAML text holds, None when it is empty; or all that is wrong in it. Its first line is line ``offset``."""
    try:
        return _Reader(text).whole(), []
    except (_RefusedError, yaml.YAMLError) as refused:
        # Never let through what one of the two readings refuses.
        return None, _refusals(path, text, offset) or [_yaml_problem(path, refused, offset)]


class _Reader:
    """Reads a YAML text in one pass, and stops at the first thing that is not accepted."""

    def __init__(self, text: str) -> None:
        if "\t" in text and _TAB.search(text):
            raise _RefusedError
        self._event = CParser(text).get_event  # a loader would also make what builds nodes
        self._escapes = "\\" in text  # the text itself holds no forbidden character

    def whole(self) -> dict[str, Any] | None:
        """The mapping that the text is, None when it holds nothing. Raises ``yaml.YAMLError``, ``_RefusedError``."""
        self._event()  # the stream starts
        if type(self._event()) is yaml.StreamEndEvent:
            return None
        first = self._event()
        if type(first) is not yaml.MappingStartEvent:
            raise _RefusedError
        data: dict[str, Any] = self._value(first, 1)
        self._event()  # the document ends
        if type(self._event()) is not yaml.StreamEndEvent:
            raise _RefusedError
        return data

    def _value(self, event: Any, depth: int) -> Any:
        """A list or a mapping; scalars, which most things are, are read where they stand."""
        kind, next_event, scalar = type(event), self._event, yaml.ScalarEvent
        if depth > MAX_DEPTH or kind is yaml.AliasEvent or event.anchor or event.tag not in _NO_TAG:
            raise _RefusedError
        if kind is yaml.SequenceStartEvent:
            items: list[Any] = []
            while type(event := next_event()) is not yaml.SequenceEndEvent:
                items.append(self._scalar(event) if type(event) is scalar else self._value(event, depth + 1))
            return items
        data: dict[str, Any] = {}
        while type(key := next_event()) is not yaml.MappingEndEvent:
            if type(key) is not scalar or (name := intern(self._text(key))) in data:
                raise _RefusedError
            event = next_event()
            data[name] = self._scalar(event) if type(event) is scalar else self._value(event, depth + 1)
        return data

    def _scalar(self, event: yaml.ScalarEvent) -> str | None:
        text = self._text(event)
        return text if event.style or text not in NOTHING else None

    def _text(self, event: yaml.ScalarEvent) -> str:
        text: str = event.value
        if event.anchor or event.tag not in _NO_TAG or (self._escapes and FORBIDDEN.search(text)):
            raise _RefusedError
        return text


NOTHING = frozenset({"", "~"})
"""Plain scalars that say « not given »."""
_NO_TAG = frozenset({None, "!"})


def _refusals(path: str, text: str, offset: int) -> list[Problem]:
    """All that is wrong in a YAML text that was refused."""
    node, problems = _compose(path, text, offset)
    return problems or list(_escaped(path, node, offset))


def nodes(text: str) -> yaml.MappingNode | None:
    """The YAML nodes of a text that was read, None when it holds nothing: for who writes it again."""
    node = yaml.compose(text, Loader=_Loader)
    return node if isinstance(node, yaml.MappingNode) else None


def mark(text: str, loc: tuple[str | int, ...]) -> Any:
    """YAML's mark of where the thing at ``loc`` of a text begins, or the nearest above it; None: nothing is."""
    marks = _marks(text)
    above = (loc[:size] for size in range(len(loc), 0, -1))
    return next((marks[one] for one in above if one in marks), None)


@lru_cache(maxsize=1)
def _marks(text: str) -> dict[tuple[str | int, ...], Any]:
    """Place of each thing in a text → its mark: made once for all problems of a file, which may have thousands."""
    event: Callable[[], Any] = _Loader(text).get_event
    found: dict[tuple[str | int, ...], Any] = {}

    def walk(here: Any, place: tuple[str | int, ...]) -> None:
        pairs, number = type(here) is yaml.MappingStartEvent, 0
        while type(here) in _STARTS and type(first := event()) not in _ENDS:
            own = (*place, first.value if pairs else number)
            found[own] = first.start_mark
            walk(event() if pairs else first, own)
            number += 1

    here = event()
    while here is not None and type(here) is not yaml.MappingStartEvent:
        here = event()
    walk(here, ())
    return found


_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def _escaped(path: str, node: yaml.Node | None, offset: int) -> Iterator[Problem]:
    """The forbidden characters that are written as escapes, "\\u202E": as invisible once they are read."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _escaped(path, key, offset)
            yield from _escaped(path, value, offset)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _escaped(path, item, offset)
    elif node is not None and (match := FORBIDDEN.search(node.value)):
        yield invisible(path, node.start_mark.line + offset, node.start_mark.column + 1, match.group())


def invisible(path: str, line: int, column: int, character: str) -> Problem:
    name = unicodedata.name(character, "caractère de contrôle")
    return Problem(path, line, column, "caractere-interdit", f"caractère invisible interdit (U+{ord(character):04X}, {name})",
                   "Effacez-le et retapez le mot.")  # fmt: skip


def _compose(path: str, text: str, offset: int) -> tuple[yaml.MappingNode | None, list[Problem]]:
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


def _yaml_problem(path: str, error: Exception, offset: int) -> Problem:
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
