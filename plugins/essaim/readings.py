"""What is read of a file by itself: its source, its document, its sheet; kept between builds.

A sheet is validated against the vocabularies, and against the kinds of the sheets that it names: of these, what was found then is kept
with it, and has to be true still.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from essaim import source
from essaim.cache import Store, digest
from essaim.listing import File, settled
from essaim.markup import Document
from essaim.model import Sheet
from essaim.problem import Problem
from essaim.source import Source


class Mark(NamedTuple):
    """Digests of a sheet: of its face (its place, its front matter, and where its text leads and can be led to), and of its text."""

    face: bytes
    text: bytes


class Reading(NamedTuple):
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
    links = [(link.kind, link.target) for link in document.links]
    headings = [(heading.level, heading.id, heading.text) for heading in document.headings]
    return Mark(digest(state, one.path, one.raw_front, repr((links, headings))), digest(one.raw_body))


class Readings:
    """What was read before, by the bytes of each file. ``version`` tells what reads them, and the vocabularies."""

    def __init__(self, store: Store, version: bytes) -> None:
        self._store, self._version = store, version
        self._digests: dict[str, bytes] = {}
        self._keys: dict[str, bytes] = {}
        self._known: dict[str, Any] = {}
        self._new: dict[bytes, Any] = {}

    def look_up(self, files: Mapping[str, File]) -> None:
        """Look for what is known of ``files``, by the path by which problems name each."""
        now, looks = time.time_ns(), self._store.looks
        for path, file in files.items():
            held = looks.get(path)
            if held and held[0] == file.look:
                found = held[1]
            else:
                found = _digest(file.path)
                if file.look and settled(file.look, now):
                    looks[path] = (file.look, found)
            self._digests[path] = found
            self._keys[path] = digest(self._version, path, found)
        kept = self._store.read(self._keys.values())
        self._known = {path: kept[key] for path, key in self._keys.items() if key in kept}

    def of(self, path: str, kinds: Mapping[str, str]) -> Reading | None:
        """The reading of a sheet, None when it has to be read."""
        found = self._known.get(path)
        return found if isinstance(found, Reading) and found.holds(kinds) else None

    def weight(self, path: str) -> int | str | None:
        """Bytes of an image as it is published, or why it is refused; None when nobody knows."""
        found = self._known.get(path)
        return found if isinstance(found, int | str) else None

    def read(self, file: str, path: str) -> tuple[Source, list[Problem]]:
        """As ``source.read``. The key is that of the very bytes that are read: a file may have changed meanwhile."""
        found = source.raw(file, path)
        if isinstance(found, Problem):
            return Source(path, broken=True), [found]
        self._keys[path] = digest(self._version, path, digest(found))
        return source.parse(found, path)

    def add(self, path: str, value: Reading | int | str) -> None:
        """What is known now of the file at ``path``."""
        self._new[self._keys[path]] = value

    def keep(self) -> None:
        """Keep what was added, and forget what no file gives any more."""
        if self._new:
            self._store.write(self._new, self._keys.values())

    def others(self) -> bytes:
        """The digest of all files that are no sheets."""
        return digest(
            *(part for path, found in self._digests.items() if not path.endswith(".md") for part in (path, found))
        )


def _digest(file: str) -> bytes:
    """The digest of what a file holds; what can't be read is told by who reads it for what it holds."""
    try:
        with Path(file).open("rb", buffering=0) as stream:
            return digest(stream.read())
    except OSError:
        return b""
