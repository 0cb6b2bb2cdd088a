"""How each field is written, and how it is not: an example of both, with what ``essaim check`` says of the second.

A good example is the field's own, else what a published sheet says, else what its type allows. A bad one is the good
one spoilt as people spoil it: a name misspelt, a date in French, a colon without quotes. Both are sheets that are
validated like any other, so neither can lie: what is shown is the text, what is told is the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from pydantic import ValidationError

from essaim import front
from essaim.library import Library, context_of
from essaim.messages import translated
from essaim.mistakes import spoilt, spot
from essaim.model import SHEETS, Champ, Group, Sheet, champs, order
from essaim.model.types import SAISIES
from essaim.problem import Problem
from essaim.source import parse
from essaim.vocabulary import Context
from essaim.words import NON_COMMUNIQUE

READABLE = 160
"""Characters: a longer value of the library is taken only when no sheet has a shorter one."""
SHEET = "fiche-d-exemple"
"""Id of a sheet where the library has none that a field could name."""


@dataclass(frozen=True, slots=True)
class Example:
    """``text`` is the front matter of one field, as in a sheet. ``origin`` is the id of the sheet that it comes from, or
    empty. ``said`` are the messages, with their codes, that a sheet gets for it: none for a good one."""

    text: str
    origin: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    data: Any
    origin: str = ""


class Examples:
    """The examples of a library's fields. Reads published sheets only."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._bases: dict[type[Sheet], dict[str, Any]] = {}
        self._tops: dict[tuple[type[Sheet], str], _Found] = {}
        self._sheets: dict[type[Sheet], list[tuple[str, Mapping[str, Any]]]] = {}

    @cached_property
    def context(self) -> Context:
        """What sheets are validated against: the library, with a sheet of each kind where it has none."""
        kinds = dict(self.library.kinds)
        for kind in SHEETS:
            if kind.KIND not in kinds.values():
                kinds[f"{SHEET}-{kind.KIND}"] = kind.KIND
        return context_of(self.library.vocabularies, kinds)

    def good(self, kind: type[Sheet], champ: Champ) -> Example | None:
        """A value that the field accepts; None where the library has nothing to make it of (an empty vocabulary)."""
        found = self._top(kind, champ)
        text = _snippet(kind, champ, found.data)
        return None if self.problems(kind, champ, text) else Example(text, found.origin)

    def bad(self, kind: type[Sheet], champ: Champ) -> Example | None:
        """The good value spoilt, and what is said of it; None where the sheet is still accepted."""
        data = self._top(kind, champ).data
        names = champ.path.split(".")[1:]
        data_with, raw = spoilt(champ, _at(data, names), self.context)
        text = _snippet(kind, champ, _with(data, names, data_with)).replace(spot(raw), raw)
        said = tuple(f"{one.sentence} [{one.code}]" for one in self.problems(kind, champ, text))
        return Example(text, "", said) if said else None

    def sheet(self, kind: type[Sheet], champ: Champ, text: str) -> str:
        """A whole sheet around the ``text`` of one field: what it needs besides, and nothing else."""
        return front.write(kind, self._rest(kind, champ)).replace("---\n", f"---\n{text}", 1)

    def problems(self, kind: type[Sheet], champ: Champ, text: str) -> list[Problem]:
        """What is wrong with that sheet. Of its text, only what stands first is read: the rest is known."""
        source, problems = parse(f"---\n{text}---\n", f"content/{kind.FOLDER}/{SHEET}.md")
        if problems:
            return problems
        try:  # not library.validate, which goes on to read what can be read: half of the time
            kind.make(SHEET, source.path, self._rest(kind, champ) | source.data, self.context)
        except ValidationError as error:
            return translated(source, error, kind)
        return []

    def _rest(self, kind: type[Sheet], champ: Champ) -> dict[str, Any]:
        """The fields that a sheet must have beside that in which ``champ`` stands."""
        top = champ.path.partition(".")[0]
        return {name: value for name, value in self._base(kind).items() if name != top}

    def _base(self, kind: type[Sheet]) -> dict[str, Any]:
        """The fields that a sheet must have, each with a good value."""
        if kind not in self._bases:
            self._bases[kind] = {
                champ.path: NON_COMMUNIQUE if champ.unknown_allowed else self._top(kind, champ).data
                for champ in order(kind)
                if champ.required
            }
        return self._bases[kind]

    def _top(self, kind: type[Sheet], champ: Champ) -> _Found:
        """The data of the field of the sheet in which ``champ`` stands: the field itself, or the group around it."""
        key = (kind, champ.path)
        if key not in self._tops:
            self._tops[key] = self._found(kind, champ)
        return self._tops[key]

    def _found(self, kind: type[Sheet], champ: Champ) -> _Found:
        if "." in champ.path and not champ.exemple:
            real = self._real(kind, champ)
            if real:
                return real
        leaf = self._leaf(kind, champ)
        whole = [leaf.data] if champ.many and not isinstance(leaf.data, list) else leaf.data
        return _Found(self._wrap(kind, champ, whole), leaf.origin)

    def _leaf(self, kind: type[Sheet], champ: Champ) -> _Found:
        """One good value of a field, or one item of a group."""
        if champ.exemple:
            return _Found(champ.exemple)
        real = self._real(kind, champ)
        if real:
            data = _at(real.data, champ.path.split(".")[1:])
            return _Found(data[0] if isinstance(data, list) else data, real.origin)
        if champ.group:
            return _Found(self._item(kind, champ, ()))
        return _Found(_made(champ, self.context))

    def _wrap(self, kind: type[Sheet], champ: Champ, value: Any) -> Any:
        """``value`` of ``champ`` in the groups around it, each with the fields that it must have."""
        names = champ.path.split(".")
        for depth in range(len(names) - 1, 0, -1):
            around = _champ(kind, ".".join(names[:depth]))
            item = self._item(kind, around, (names[depth],)) | {names[depth]: value}
            value = [item] if around.many else item
        return value

    def _item(self, kind: type[Sheet], champ: Champ, without: tuple[str, ...]) -> dict[str, Any]:
        """An item of a group with the fields that it must have, or its first one."""
        inner = [one for one in order(_group(champ)) if one.path not in without]
        needed = [one for one in inner if one.required] or ([] if without else inner[:1])
        found = {}
        for one in needed:
            below = _champ(kind, f"{champ.path}.{one.path}")
            data = self._leaf(kind, below).data
            found[one.path] = [data] if below.many else data
        return found

    def _real(self, kind: type[Sheet], champ: Champ) -> _Found | None:
        """What the first published sheet that fills the field says there, of all sheets the first that says it briefly."""
        first = None
        for identifier, data in self._written(kind):
            top, *below = champ.path.split(".")
            found = _restricted(data.get(top), tuple(below), _champ(kind, top), kind)
            if found is None or (isinstance(found, str) and champ.many):
                continue
            if len(str(_at(found, below))) <= READABLE:
                return _Found(found, identifier)
            first = first or _Found(found, identifier)
        return first

    def _written(self, kind: type[Sheet]) -> list[tuple[str, Mapping[str, Any]]]:
        if kind not in self._sheets:
            sources = self.library.sources
            self._sheets[kind] = [
                (identifier, sources[identifier].data)
                for identifier, sheet in self.library.published.items()
                if isinstance(sheet, kind) and identifier in sources
            ]
        return self._sheets[kind]


def _restricted(value: Any, below: tuple[str, ...], champ: Champ, kind: type[Sheet]) -> Any:
    """``value`` cut down to one item of each list and, in groups, to what leads to ``below`` and what must be there."""
    if value in (None, "", NON_COMMUNIQUE, [], {}):
        return None
    if isinstance(value, list):
        items = [found for one in value if (found := _restricted(one, below, champ, kind)) is not None]
        return items[:1] or None
    if not isinstance(value, dict) or not below:
        return value
    inner = _restricted(value.get(below[0]), below[1:], _champ(kind, f"{champ.path}.{below[0]}"), kind)
    if inner is None:
        return None
    needed = {one.path for one in order(_group(champ)) if one.required}
    return {
        name: inner if name == below[0] else one for name, one in value.items() if name == below[0] or name in needed
    }


def _at(value: Any, path: list[str]) -> Any:
    """The value at ``path``, in the first item of each list on the way."""
    for name in path:
        value = (value[0] if isinstance(value, list) else value)[name]
    return value


def _with(value: Any, path: list[str], new: Any) -> Any:
    """The same with ``new`` at ``path``."""
    if not path:
        return new
    item = value[0] if isinstance(value, list) else value
    changed = item | {path[0]: _with(item[path[0]], path[1:], new)}
    return [changed, *value[1:]] if isinstance(value, list) else changed


def _champ(kind: type[Sheet], path: str) -> Champ:
    return _by_path(kind)[path]


@cache
def _by_path(kind: type[Sheet]) -> dict[str, Champ]:
    return {champ.path: champ for champ in champs(kind)}


def _group(champ: Champ) -> type[Group]:
    if champ.group is None:
        raise ValueError(f"{champ.path} is no group")
    return champ.group


def _snippet(kind: type[Sheet], champ: Champ, data: Any) -> str:
    """The lines of one field of a sheet."""
    return front.write(kind, {champ.path.partition(".")[0]: data}).removeprefix("---\n").removesuffix("---\n")


# A value of each genre, where neither the field nor any sheet gives one.
_MADE: Mapping[str, str] = {
    "ligne": "Une ligne de texte",
    "texte": "Une ou deux phrases.",
    "nombre": "45000",
    "entier": "3",
    "annee": "2019",
    "date": "2026-11-23",
    "date-partielle": "2019-03",
    "adresse": "https://example.org/rapport",
    "identifiant": "compte-rendu",
    "siren": "123456782",
    "moment": "1:02:30",
    "saisie": SAISIES[0],
}


def _made(champ: Champ, context: Context) -> str:
    if champ.vocabulary:
        vocabulary = context.vocabularies.get(champ.vocabulary)
        return vocabulary.valeurs[0].id if vocabulary else "valeur"
    if champ.ref:
        allowed = sorted(i for i, kind in context.kinds.items() if not champ.ref.kinds or kind in champ.ref.kinds)
        return allowed[0] if allowed else SHEET
    return _MADE[champ.forme.genre]
