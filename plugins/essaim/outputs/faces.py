"""What stands for texts where only faces are seen (outputs/seen.py): front matter for sources, outlines for documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from essaim.markup import Document, Heading, Link
from essaim.source import Source


class Fronts(Mapping[str, Any]):
    """Front matter in the place of sources: as with ``Outlines``, a text that is asked for is a fault of ours."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def __getitem__(self, identifier: str) -> Front:
        return Front(self._sources[identifier])

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


@dataclass(frozen=True, slots=True)
class Front:
    """What the face of a sheet tells of its file: all but its text (``source.Source``)."""

    _source: Source

    @property
    def path(self) -> str:
        """As ``Source.path``."""
        return self._source.path

    @property
    def data(self) -> Mapping[str, Any]:
        """As ``Source.data``."""
        return self._source.data

    @property
    def front(self) -> str:
        """As ``Source.front``."""
        return self._source.front

    @property
    def broken(self) -> bool:
        """As ``Source.broken``."""
        return self._source.broken


@dataclass(frozen=True, slots=True)
class Outline:
    """What the face of a sheet tells of its text: the links and headings, and not where they stand."""

    links: tuple[Link, ...]
    headings: tuple[Heading, ...]

    @property
    def anchors(self) -> frozenset[str]:
        """As ``Document.anchors``."""
        return frozenset(heading.id for heading in self.headings)


class Outlines(Mapping[str, Any]):
    """Outlines in the place of documents: a text that is asked for is a fault of ours, and raises AttributeError."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents

    def __getitem__(self, identifier: str) -> Outline:
        found = self._documents[identifier]
        links = tuple(link._replace(line=0, column=0) for link in found.links)
        return Outline(links, tuple(heading._replace(line=0) for heading in found.headings))

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)
