"""What makes VS Code help an editor: snippets that complete a front matter, and settings that write files as the check wants them.

Everything is read off the model and the vocabularies. ``essaim vscode`` writes it to ``.vscode/``; a test compares.
Snippets follow VS Code's grammar: ``$1``, ``${1:text}``, ``${1|a,b|}`` and ``$VARIABLE`` mean something, the rest is text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from essaim.model import SHEETS, Champ, Sheet, champs, order
from essaim.reference import written
from essaim.vocabulary import Vocabulary

TODAY = "$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE"

SETTINGS: Mapping[str, Any] = {
    "files.encoding": "utf8",
    "files.eol": "\n",
    "files.insertFinalNewline": True,
    "files.trimFinalNewlines": True,
    "[markdown]": {
        "editor.insertSpaces": True,
        "editor.tabSize": 2,
        "editor.wordWrap": "on",
        # Completion is off in Markdown unless asked for.
        "editor.quickSuggestions": {"comments": "on", "other": "on", "strings": "on"},
        "editor.snippetSuggestions": "top",
        "editor.wordBasedSuggestions": "off",
        # Two spaces at the end of a line are a line break in Markdown.
        "files.trimTrailingWhitespace": False,
    },
    "[yaml]": {"editor.insertSpaces": True, "editor.tabSize": 2, "files.trimTrailingWhitespace": True},
    "yaml.schemas": {"./.vscode/vocabulaire.schema.json": "content/vocabularies/*.yml"},
}
EXTENSIONS: Mapping[str, Any] = {"recommendations": ["redhat.vscode-yaml"]}
"""For the vocabularies, which are YAML files: it completes and checks them by the schema beside."""


def files(vocabularies: Mapping[str, Vocabulary]) -> Iterator[tuple[str, str]]:
    """``(name below .vscode/, text)`` of each file."""
    yield "essaim.code-snippets", _json(snippets(vocabularies))
    yield "settings.json", _json(SETTINGS)
    yield "extensions.json", _json(EXTENSIONS)
    yield "vocabulaire.schema.json", _json(_vocabulary_schema())


def snippets(vocabularies: Mapping[str, Vocabulary]) -> dict[str, dict[str, Any]]:
    """By name: a whole new sheet of each kind (``fiche-experience``), and each field by its own name (``themes``)."""
    found = {f"Fiche : {kind.LABEL}": _sheet(kind, vocabularies) for kind in SHEETS}
    seen: dict[tuple[str, tuple[str, ...]], list[type[Sheet]]] = {}
    about: dict[tuple[str, tuple[str, ...]], Champ] = {}
    for kind in SHEETS:
        for champ in order(kind):
            key = (champ.path, tuple(_lines(kind, champ, vocabularies, _Stops())))
            seen.setdefault(key, []).append(kind)
            about.setdefault(key, champ)
    for (path, lines), kinds in seen.items():
        champ = about[path, lines]
        where = "" if len(kinds) == len(SHEETS) else f" ({', '.join(kind.LABEL.lower() for kind in kinds)})"
        found[f"{path}{where}"] = {
            "scope": "markdown",
            "prefix": path,
            "body": list(lines),
            "description": f"{champ.titre}{where} : {champ.aide} {written(champ)}.",
        }
    return found


class _Stops:
    """Numbers the places where the cursor stops."""

    def __init__(self) -> None:
        self.last = 0

    def text(self, shown: str) -> str:
        self.last += 1
        return f"${{{self.last}:{escape(shown)}}}"

    def choice(self, values: list[str]) -> str:
        self.last += 1
        # Between bars, only these three mean something.
        return f"${{{self.last}|" + ",".join(re.sub(r"([\\,|])", r"\\\1", value) for value in values) + "|}"


def escape(text: str) -> str:
    """``text`` so that VS Code reads nothing in it."""
    return re.sub(r"([\\$}])", r"\\\1", text)


def _sheet(kind: type[Sheet], vocabularies: Mapping[str, Vocabulary]) -> dict[str, Any]:
    stops = _Stops()
    lines = [
        line for champ in order(kind) if champ.essentiel for line in _lines(kind, champ, vocabularies, stops)
    ]  # fmt: skip
    return {
        "scope": "markdown",
        "prefix": f"fiche-{kind.KIND}",
        "body": ["---", *lines, "---", "", "$0"],
        "description": f"{kind.ABOUT} L’en-tête d’une nouvelle fiche, avec ce qu’un premier jet demande.",
    }


def _lines(
    kind: type[Sheet], champ: Champ, vocabularies: Mapping[str, Vocabulary], stops: _Stops, indent: str = ""
) -> Iterator[str]:
    """The lines of a field, each value a place to fill in."""
    name = f"{indent}{champ.path.rpartition('.')[2]}:"
    if champ.group is None:
        value = _value(champ, vocabularies, stops)
        yield f"{name} [{value}]" if champ.many else f"{name} {value}"
        return
    yield name
    depth = champ.path.count(".") + 1
    inside = [one for one in champs(kind) if one.path.startswith(f"{champ.path}.") and one.path.count(".") == depth]
    shown = [one for one in inside if one.required] or inside[:1]
    start = f"{indent}  - " if champ.many else f"{indent}  "
    for number, one in enumerate(shown):
        lines = list(_lines(kind, one, vocabularies, stops, " " * len(start)))
        yield (start if number == 0 else " " * len(start)) + lines[0][len(start) :]
        yield from lines[1:]


def _value(champ: Champ, vocabularies: Mapping[str, Vocabulary], stops: _Stops) -> str:
    genre = champ.forme.genre
    if champ.vocabulary and champ.vocabulary in vocabularies:
        return stops.choice([value.id for value in vocabularies[champ.vocabulary].valeurs])
    if genre == "date" and champ.required:
        return TODAY
    shown = champ.exemple or ("identifiant" if champ.ref else "")
    if genre in ("ligne", "texte") or not shown:
        # Between quotes: whatever is typed there stays a text.
        return f'"{stops.text(champ.titre)}"' if genre in ("ligne", "texte") else stops.text(champ.titre.lower())
    return stops.text(shown)


def _vocabulary_schema() -> dict[str, Any]:
    found = Vocabulary.model_json_schema()
    for one in (found, *found.get("$defs", {}).values()):
        one.pop("description", None)  # the classes' docstrings: for developers, in English
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": "Vocabulaire"}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
