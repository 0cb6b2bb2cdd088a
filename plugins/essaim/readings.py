"""What is read of a file by itself: its source, its document, its sheet; kept between builds.

A sheet is validated against the vocabularies, and against the kinds of the sheets that it names: of these, what was found then is kept
with it, and has to be true still.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from essaim import source
from essaim.cache import Store, digest
from essaim.markup import Document
from essaim.model import Sheet
from essaim.problem import Problem
from essaim.source import Source


class Mark(NamedTuple):
    """Digests of a sheet: of its face (its front matter, and where its text leads and can be led to), and of its text."""

    face: bytes
    text: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """A file in which nothing is wrong by itself. ``named`` are the sheets that it names, each with its kind."""

    source: Source
    document: Document
    sheet: Sheet
    named: tuple[tuple[str, str], ...]
    mark: Mark

    def holds(self, kinds: Mapping[str, str]) -> bool:
        """Whether the sheets that it names are still what they were."""
        return all(kinds.get(identifier) == kind for identifier, kind in self.named)


def mark_of(one: Source, document: Document, state: str) -> Mark:
    """The digests of a sheet; ``state`` tells whether it is valid."""
    links = (part for link in document.links for part in (link.kind, link.target))
    headings = (part for heading in document.headings for part in (str(heading.level), heading.id, heading.text))
    return Mark(digest(state, one.front, str(len(document.links)), *links, *headings), digest(one.body))


class Readings:
    """What was read before, by the bytes of each file. ``version`` tells what reads them, and the vocabularies."""

    def __init__(self, store: Store, version: bytes) -> None:
        self._store, self._version = store, version
        self._keys: dict[str, bytes] = {}
        self._known: dict[str, Reading] = {}

    def look_up(self, files: Iterable[tuple[str, Path]]) -> None:
        """Look for the readings of ``files``: the path by which problems name each, and where it is."""
        for path, file in files:
            found = source.raw(file, path)
            if isinstance(found, bytes):
                self._keys[path] = self._key(path, found)
        kept = self._store.read(self._keys.values())
        self._known = {path: kept[key] for path, key in self._keys.items() if key in kept}

    def of(self, path: str, kinds: Mapping[str, str]) -> Reading | None:
        """The reading of a file, None when it has to be read."""
        found = self._known.get(path)
        return found if found is not None and found.holds(kinds) else None

    def read(self, file: Path, path: str) -> tuple[Source, list[Problem]]:
        """As ``source.read``. The key is that of the very bytes that are read: a file may have changed meanwhile."""
        found = source.raw(file, path)
        if isinstance(found, Problem):
            return Source(path, broken=True), [found]
        self._keys[path] = self._key(path, found)
        self._known.pop(path, None)
        return source.parse(found, path)

    def keep(self, readings: Iterable[Reading]) -> None:
        """Keep what was read, and forget what no file gives any more."""
        new = {
            self._keys[one.source.path]: one
            for one in readings
            if one.source.path in self._keys and one.source.path not in self._known
        }
        if new:
            self._store.write(new, self._keys.values())

    def _key(self, path: str, raw: bytes) -> bytes:
        return digest(self._version, path, raw)
