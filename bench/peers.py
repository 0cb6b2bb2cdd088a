"""The same library written for other generators: plain Markdown, front matter in words, links that any of them follows.

One writer for all of them. What Essaim finds in its model (labels of vocabularies, titles behind identifiers, which
page is the other end of a relation) is found here once and written down, so a peer is spared that work. Which fields
there are, what they are called and which of them sort sheets comes from the model: there is no second list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from essaim import vocabulary
from essaim.model import SHEETS, Champ, Sheet, champs

Address = Callable[[type[Sheet], str], str]
"""From the kind of a sheet and its id, the target of a link to it."""

WIKI = re.compile(r"\[\[([a-z0-9-]+)(?:\|([^\]]*))?\]\]")
MARKDOWN = re.compile(r"\]\(\.\./([a-z]+)/([a-z0-9-]+)\.md\)")
OWN = frozenset({"titre", "resume", "statut", "publie_le", "verifie_le"})
"""Fields that every generator has a key of its own for, or no use."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A sheet as it was written: its kind, its id, its front matter as text, its body."""

    kind: type[Sheet]
    id: str
    front: dict[str, Any]
    body: str

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.front["titre"])

    @property
    def lead(self) -> str:
        """What it is about; a term may be its own summary."""
        return str(self.front.get("resume") or self.front["definition"])


@cache
def facets(kind: type[Sheet]) -> tuple[Champ, ...]:
    """The fields of a kind that sort sheets by a vocabulary."""
    return tuple(champ for champ in champs(kind) if champ.facette and champ.vocabulary and not champ.computed)


def address(kind: type[Sheet], identifier: str) -> str:
    """Where the page of a sheet is, the same for all."""
    return f"/{kind.URL}/{identifier}/" if kind.URL else f"/{identifier}/"


def read(library: Path) -> list[Entry]:
    """The sheets of a generated library."""
    found = []
    for kind in SHEETS:
        for file in sorted((library / "content" / kind.FOLDER).glob("*.md")):
            _, front, body = file.read_text("utf-8").split("---\n", 2)
            found.append(Entry(kind, file.stem, yaml.load(front, yaml.CBaseLoader), body))  # noqa: S506  # builds text only
    return found


class Writer:
    """Writes the sheets of ``library`` for one peer. ``link`` makes the links in its Markdown."""

    def __init__(self, library: Path, link: Address) -> None:
        self.entries = read(library)
        self.link = link
        self.by_id = {entry.id: entry for entry in self.entries}
        self.by_folder = {kind.FOLDER: kind for kind in SHEETS}
        self.vocabularies = vocabulary.load(library / "content" / "vocabularies", "")[0]

    def taxonomies(self) -> dict[str, str]:
        """Address and title of each facet, in the model's order."""
        found = (self.vocabularies[str(champ.vocabulary)] for kind in SHEETS for champ in facets(kind))
        return {str(one.url): one.titre for one in found}

    def write(self, folder: Path, more: Callable[[Entry], dict[str, Any]]) -> None:
        """One file for each sheet: ``folder/URL/id.md``, pages at the root of ``folder``. ``more`` is front matter of the peer's own."""
        for entry in self.entries:
            file = folder / entry.kind.URL / f"{entry.id}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            front = yaml.dump(
                self.front(entry) | more(entry), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False
            )
            file.write_text(f"---\n{front}---\n{self.body(entry)}", "utf-8")

    def front(self, entry: Entry) -> dict[str, Any]:
        """The front matter of a peer: its own keys, one list for each facet, and ``fiche``, the rest to be shown."""
        found: dict[str, Any] = {
            "title": entry.title,
            "description": entry.lead,
            "date": date.fromisoformat(entry.front["publie_le"]),
            "lastmod": date.fromisoformat(entry.front["verifie_le"]),
            "sorte": entry.kind.LABEL,
        }
        return found | self.named(entry) | {"fiche": list(self._rows(entry))}

    def named(self, entry: Entry) -> dict[str, list[str]]:
        """The facets in which a sheet stands, with the labels of its values."""
        found: dict[str, list[str]] = {}
        for champ in facets(entry.kind):
            if labels := [self._label(champ, one) for one in _at(entry.front, champ.path)]:
                found[str(self.vocabularies[str(champ.vocabulary)].url)] = list(dict.fromkeys(labels))
        return found

    def body(self, entry: Entry) -> str:
        """The text with plain Markdown links."""
        text = WIKI.sub(
            lambda match: f"[{match[2] or self.by_id[match[1]].title}]({self._to(match[1], self.link)})", entry.body
        )
        return MARKDOWN.sub(lambda match: f"]({self.link(self.by_folder[match[1]], match[2])})", text)

    def _rows(self, entry: Entry) -> Iterator[dict[str, Any]]:
        for champ in champs(entry.kind):
            if "." in champ.path or champ.computed or champ.path in OWN or champ.path not in entry.front:
                continue
            values = [self._value(champ, entry.kind, one) for one in _at(entry.front, champ.path)]
            yield {"nom": champ.titre, "valeurs": values}

    def _value(self, champ: Champ, kind: type[Sheet], value: Any) -> dict[str, str]:
        """What is shown of one value, and where it leads, if anywhere."""
        if isinstance(value, dict):
            inside = {one.path: one for one in champs(kind) if one.path.startswith(f"{champ.path}.")}
            parts = [
                (inside[f"{champ.path}.{name}"], self._value(inside[f"{champ.path}.{name}"], kind, one))
                for name, held in value.items()
                for one in (held if isinstance(held, list) else [held])
            ]
            lead = [shown["lien"] for _, shown in parts if "lien" in shown][:1]
            text = " ; ".join(f"{one.titre} : {shown['texte']}" for one, shown in parts)
            return {"texte": text, **({"lien": lead[0]} if lead else {})}
        if champ.ref:
            return {"texte": self.by_id[value].title, "lien": self._to(value, address)}
        if value.startswith("https://"):
            return {"texte": value, "lien": value}
        return {"texte": self._label(champ, value)}

    def _label(self, champ: Champ, value: str) -> str:
        held = self.vocabularies.get(champ.vocabulary or "")
        return held.label(value) if held else value

    def _to(self, identifier: str, link: Address) -> str:
        return link(self.by_id[identifier].kind, identifier)


def _at(front: Any, path: str) -> Iterator[Any]:
    """Each value at a path of a front matter; a list gives its items."""
    name, _, rest = path.partition(".")
    held = front.get(name)
    for one in held if isinstance(held, list) else [] if held is None else [held]:
        if rest:
            yield from _at(one, rest)
        else:
            yield one
