"""What is read of a file by itself: its source, its document, its sheet; kept between builds.

A sheet is validated against the vocabularies, and against the kinds of the sheets that it names: of these, what was found then is kept
with it, and has to be true still. What nobody looks at is neither opened nor read: an index tells how each file looked, and what
every build asks of all sheets (decision 42).
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from essaim import markup, pictures, source
from essaim.cache import Store, digest, pack
from essaim.lazy import Lazy
from essaim.listing import File, Look, settled
from essaim.markup import Document
from essaim.model import Sheet, values
from essaim.problem import Problem
from essaim.relations import references
from essaim.source import Source
from essaim.vocabulary import Context, UnsettledError


class Mark(NamedTuple):
    """Digests of a sheet: of its face (its place, its front matter, and where its text leads and can be led to), and of its text."""

    face: bytes
    text: bytes


class Reading(NamedTuple):
    """A file in which nothing is wrong by itself."""

    source: Source
    document: Document
    sheet: Sheet


class Told(NamedTuple):
    """What every build asks of each valid sheet."""

    state: str
    former: tuple[str, ...]


class Brief(NamedTuple):
    """What is known of a file without reading it. ``look`` is how it looked when it was read, None when that tells nothing.

    Of a sheet in which nothing is wrong by itself: its marks, its state, its former ids, and those that it names, each with its kind.
    """

    look: Look | None
    digest: bytes
    mark: Mark | None = None
    state: str = ""
    former: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()

    @property
    def told(self) -> Told:
        """Of a sheet: what every build asks."""
        return Told(self.state, self.former)

    def holds(self, kinds: Mapping[str, str]) -> bool:
        """Whether the sheets that it names are still what they were."""
        return all(kinds.get(identifier) == kind for identifier, kind in self.named)


class Looked(NamedTuple):
    """What a sheet's file gives by itself: ``sheet`` is None when something is wrong with it, which others may help to tell.

    Another process sends what is valid as it will be kept (``packed``), so that who waits has only to open it."""

    source: Source
    document: Document
    sheet: Sheet | None
    brief: Brief
    wrong: list[Problem]
    packed: bytes = b""

    def __reduce__(self) -> tuple[Callable[..., Looked], tuple[Any, ...]]:
        if self.sheet is None:
            return Looked, tuple(self)
        return _sent, (pack(Reading(self.source, self.document, self.sheet)), self.brief)


def _sent(packed: bytes, brief: Brief) -> Looked:
    one: Reading = pickle.loads(packed)  # noqa: S301  # by our own process, a moment ago
    return Looked(one.source, one.document, one.sheet, brief, [], packed)


class Index(NamedTuple):
    """What is known of all files, by the path by which problems name each. ``version`` tells what read them, ``faces`` is the
    digest of all faces of the library that they made."""

    version: bytes = b""
    faces: bytes = b""
    files: dict[str, Brief] = {}  # noqa: RUF012  # never changed


def looked(
    read: Mapping[str, tuple[type[Sheet], Source, list[Problem]]],
    known: Callable[[str], Brief] | None,
    context: Context,
) -> list[Looked]:
    """What some sources give by themselves: ``read`` has each by its id, with its kind and what is wrong with its form, ``known``
    what is known of its file, by its path; None where nothing is to be known of it next time."""
    # One step for all after the other: the processor has the code of one at hand, and takes a quarter less time.
    documents = {one: markup.parse(held.raw_body) for one, (_, held, _) in read.items()}
    sheets = {one: _valid(model, one, held, context) for one, (model, held, _) in read.items()}
    found = []
    for identifier, (_, one, wrong) in read.items():
        document, sheet = documents[identifier], sheets[identifier]
        brief = _brief(known(one.path), one, document, sheet, context) if known else _UNKNOWN
        found.append(Looked(one, document, sheet, brief, wrong))
    return found


_UNKNOWN = Brief(None, b"")


def _valid(model: type[Sheet], identifier: str, one: Source, context: Context) -> Sheet | None:
    if not one.broken:
        with suppress(ValidationError, UnsettledError):
            return model.make(identifier, one.path, one.data, context)
    return None


def _brief(known: Brief, one: Source, document: Document, sheet: Sheet | None, context: Context) -> Brief:
    if sheet is None:
        return known
    names = (name for path, _ in references(type(sheet)) for _, name in values(sheet, path))
    named = tuple((name, context.kinds[name]) for name in dict.fromkeys(names))
    return Brief(known.look, known.digest, mark_of(one, document, ""), sheet.statut, sheet.anciens_ids, named)


def mark_of(one: Source, document: Document, state: str) -> Mark:
    """The digests of a sheet; ``state`` tells whether it is valid."""
    links = [(link.kind, link.target) for link in document.links]
    headings = [(heading.level, heading.id, heading.text) for heading in document.headings]
    return Mark(digest(state, one.path, one.raw_front, repr((links, headings))), digest(one.raw_body))


def faces_of(marks: Mapping[str, Mark]) -> bytes:
    """The digest of all that sheets show, and of where they stand: of everything but their texts."""
    return digest(*(part for one, mark in sorted(marks.items()) for part in (one, mark.face)))


class Readings:
    """What was read before, by the bytes of each file. ``version`` tells what reads them, and the vocabularies."""

    def __init__(self, store: Store, version: bytes) -> None:
        self._store, self._version = store, version
        found = store.read([_INDEX], Index).get(_INDEX, Index())
        self._last = found if found.version == version else Index(version)
        self._briefs: dict[str, Brief] = {}
        self._weights: dict[bytes, int | str] = {}
        self._new: dict[bytes, Any] = {}
        self._packed: dict[bytes, bytes] = {}

    def look_up(self, files: Mapping[str, File]) -> None:
        """Look for what is known of ``files``, by the path by which problems name each. One that looks as it did when it was read is
        not opened."""
        now = time.time_ns()
        for path, file in files.items():
            brief = self._last.files.get(path)
            if brief is None or brief.look is None or brief.look != file.look:
                # Who reads a sheet of which nothing is known finds its digest too.
                found = b"" if brief is None and path.endswith(".md") else _digest(file.path)
                look = file.look if file.look and settled(file.look, now) else None
                brief = brief._replace(look=look) if brief and brief.digest == found else Brief(look, found)
            self._briefs[path] = brief
        images = [self._key(path) for path in files if not path.endswith(".md")]
        self._weights = {key: one for key, one in self._store.read(images).items() if isinstance(one, int | str)}

    def _key(self, path: str) -> bytes:
        return digest(self._version, path, self._briefs[path].digest)

    def of(self, path: str, kinds: Mapping[str, str]) -> Brief | None:
        """What is known of a sheet, None when it has to be read."""
        found = self._briefs[path]
        return found if found.mark and found.holds(kinds) else None

    def kept(self, shown: str, names: Mapping[str, str], again: Callable[[str], Reading]) -> Lazy[Reading]:
        """The readings of sheets of which something is known, by id, opened when they are asked for. ``names`` gives their files below
        ``shown``, ``again`` reads one of which what was kept is damaged."""

        def open_some(ids: Collection[str]) -> dict[str, Reading]:
            keys = {one: self._key(f"{shown}/{names[one]}") for one in ids}
            held = self._store.read(keys.values(), Reading)
            if mended := {keys[one]: again(one) for one in ids if keys[one] not in held}:
                self._store.write(mended)
            return {one: held.get(key) or mended[key] for one, key in keys.items()}

        return Lazy(names, open_some)

    def weight(self, path: str) -> int | str | None:
        """Bytes of an image as it is published, or why it is refused; None when nobody knows."""
        return self._weights.get(self._key(path))

    def read(self, file: str, path: str) -> tuple[Source, list[Problem]]:
        """As ``source.read``. The key is that of the very bytes that are read: a file may have changed meanwhile."""
        found = source.raw(file, path)
        if isinstance(found, Problem):
            return Source(path, broken=True), [found]
        told, known = digest(found), self._briefs[path]
        if told != known.digest:
            self._briefs[path] = Brief(None if known.digest else known.look, told)
        return source.parse(found, path)

    def brief(self, path: str) -> Brief:
        """What is known of a file that was read."""
        return self._briefs[path]

    def add(self, found: Looked) -> None:
        """What is known now of a sheet, read by this process or another."""
        path = found.source.path
        self._briefs[path] = found.brief
        if found.sheet:
            key = self._key(path)
            self._new[key] = Reading(found.source, found.document, found.sheet)
            if found.packed:
                self._packed[key] = found.packed

    def weigh(self, path: str, weight: int | str) -> None:
        """What is known now of an image."""
        self._new[self._key(path)] = weight

    def same(self, faces: bytes) -> bool:
        """Whether all faces are those of the last time."""
        return faces == self._last.faces

    def keep(self, faces: bytes) -> None:
        """Keep what was added, and forget what no file gives any more."""
        index = Index(self._version, faces, self._briefs)
        if self._new or index != self._last:
            self._store.write({**self._new, _INDEX: index}, map(self._key, self._briefs), self._packed)

    def others(self) -> bytes:
        """The digest of all files that are no sheets. Vocabularies were read sooner than files were looked at, and may have changed
        between: the version tells what was read."""
        return digest(
            self._version,
            *(part for path, one in self._briefs.items() if not path.endswith(".md") for part in (path, one.digest)),
        )


def weight_of(image: Path, path: str, readings: Readings | None) -> int | str:
    """Bytes of an image as it is published, or why it is refused."""
    known = readings.weight(path) if readings else None
    if known is not None:
        return known
    written = pictures.rewrite(image)
    weight = written if isinstance(written, str) else len(written)
    if readings:
        readings.weigh(path, weight)
    return weight


_INDEX = digest("index")


def _digest(file: str) -> bytes:
    """The digest of what a file holds; what can't be read is told by who reads it for what it holds."""
    try:
        with Path(file).open("rb", buffering=0) as stream:
            return digest(stream.read())
    except OSError:
        return b""
