"""Makes the site: each part in one of a few processes, or taken from the last build when what it is made from is the same.

What is written is not kept in memory, only what the last outputs ask of it. One process, or no cache, gives the same bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property, partial
from itertools import chain, zip_longest
from pathlib import Path
from zlib import crc32

from essaim.outputs import Content, Html, Part, Seen, Stream, closing, of_library, of_sheets
from essaim.sharing import shared
from essaim.shell import Shell
from essaim.tree import Tree

log = logging.getLogger("mkdocs.plugins.essaim")

FEW = 40
"""Pages of sheets that are made sooner than another process is begun."""
BATCH = 50
"""Pages of sheets that are made together, at most."""


Told = tuple[bool, date | None]
"""What a page tells others: whether it is indexed, the day of its last change."""
Written = tuple[str, bytes, int, int, Told | None]
"""A file of the site: its path, its SHA-256, its size in bytes, when it was written (ns), of a page what it tells. A plain tuple: there
are tens of thousands, kept from build to build."""
Made = Mapping[str, tuple[bytes, tuple[Written, ...]]]
"""Name of a part → digest of what it was made from, and its files."""


LOTS = 64
"""Into how many records what was written is cut: after an edit, those that are the same are not written again."""


def lots(made: Made) -> list[Made]:
    """What was written, cut into ``LOTS`` records by the names of parts."""
    found: list[dict[str, tuple[bytes, tuple[Written, ...]]]] = [{} for _ in range(LOTS)]
    for name, part in made.items():
        found[crc32(name.encode()) % LOTS][name] = part
    return list(found)


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Tells in ``mkdocs build --verbose`` how many CPU seconds a stage took, in all processes that have ended (bench/)."""
    before = os.times()
    yield
    log.debug("essaim: étape %s : %.2f s", name, sum(os.times()[:4]) - sum(before[:4]))


class Press:
    """Writes a site in ``tree``, in at most ``jobs`` processes. ``old`` is the folder of the last build, ``known`` what it wrote there."""

    def __init__(
        self, tree: Tree, shell: Shell, old: Path | None = None, known: Made | None = None, jobs: int = 1
    ) -> None:
        self._tree, self._shell = tree, shell
        self._old, self._known = str(old), (known or {}) if old else {}
        self._jobs = jobs
        self._owners: dict[str, Part] = {}
        self.made: dict[str, tuple[bytes, tuple[Written, ...]]] = {}
        self.again: list[str] = []
        """Names of the parts that were made again."""

    def site(self, seen: Seen, told: Callable[[int, int], None]) -> dict[str, Content]:
        """Make all of a site. Path → of a page what tells about it, without its HTML; of a file, what reads it.

        ``told`` hears how many parts are done, and of how many. Raises what a part raises, ValueError when two parts claim one path,
        and OSError.
        """
        found: dict[str, Content] = {}
        first, then = of_sheets(seen), of_library(seen)
        everything = [*first, *then]
        done = 0

        def more(number: int) -> None:
            nonlocal done
            done += number
            told(done, len(everything))

        for name, parts in (("pages des fiches", first), ("ensemble", then)):
            with stage(name):
                self._run(parts, more, *((FEW, BATCH) if parts is first else (1, 1)))
            self._find(parts, found, seen.site.preview)
        for path, content in closing(seen.site, found):
            self.write(path, content)
            # A file that moved stays known as the very one of its new address (outputs.lasting).
            found[path] = content if isinstance(content, Html | Stream) else path
        self._tree.clean(found.keys())
        return found

    @property
    def sums(self) -> dict[str, tuple[bytes, int]]:
        """Path → SHA-256 and size in bytes of each file that a part wrote."""
        return {path: (found, size) for _, files in self.made.values() for path, found, size, _, _ in files}

    @property
    def mostly_taken(self) -> bool:
        """Whether most parts were taken from the last site: both have most of their files in common, which weigh once."""
        return 2 * len(self.again) < len(self.made)

    def _find(self, parts: Sequence[Part], found: dict[str, Content], preview: bool) -> None:
        """Add what was written to ``found``. A preview, which shows what the checks refuse, keeps the first of two that claim one path."""
        for part in parts:
            for one in self.made[part.name][1]:
                path = one[0]
                owner = self._owners.setdefault(path, part)
                if path not in found:
                    found[path] = self._told(one)
                elif not preview:
                    raise ValueError(f"two outputs write {path}")
                elif owner is not part:
                    self._tree.place(path)  # another process may have written it, of which the tree here knows nothing
                    (self.made[owner.name],) = self._make([owner])

    def _told(self, one: Written) -> Content:
        """What tells of a file that stands in the new site."""
        path, found, size, _, told = one
        return _page(*told) if told else Stream(found, size, partial(_held, self._tree.folder, path))

    def _run(self, parts: Sequence[Part], told: Callable[[int], None], alone: int, most: int = 1) -> None:
        """Make ``parts``, the dearest first: up to ``alone`` in this process, ``most`` together. ``told`` hears how many more are done.
        Raises what a part raises, and OSError."""
        todo: list[Part] = []
        for part in parts:
            files = self._taken(part)
            if files is None:
                todo.append(part)
            else:
                self.made[part.name] = part.digest(), files
        told(len(parts) - len(todo))
        self.again += [part.name for part in todo]
        size = min(most, 1 + len(todo) // FEW)  # enough batches for all processes to end together
        batches = [todo[start : start + size] for start in range(0, len(todo), size)]
        made = shared(batches, self._make, self._jobs if len(todo) > alone else 1, lambda batch: told(len(batch)))
        self.made.update((part.name, one) for part, one in zip(todo, chain.from_iterable(made), strict=True))

    def _taken(self, part: Part) -> tuple[Written, ...] | None:
        """The files of a part as they were, linked into the new folder; None when it has to be made again."""
        if part.name not in self._known:
            return None  # its digest is asked of the process that makes it
        before, files = self._known[part.name]
        if before != part.digest():
            return None
        for one in files:
            try:
                if not (inode := self._stands(one)):
                    return None
                self._link(one[0], inode)
            except OSError:
                return None
        return files

    def _link(self, path: str, inode: int) -> None:
        self._tree.link(f"{self._old}/{path}", path, inode)

    def _make(self, batch: Sequence[Part]) -> list[tuple[bytes, tuple[Written, ...]]]:
        """Write what some parts give: of each, its digest, which is asked once it is made, and its files.

        The first file of each, then the second: the processor has at hand the code of one sort, and takes a tenth less time for sheets.
        """
        files: list[list[Written]] = [[] for _ in batch]
        for step in zip_longest(*(part.make() for part in batch)):
            for written, one in zip(files, step, strict=True):
                if one:
                    written.append(self.write(*one))
        return [(part.digest(), tuple(written)) for part, written in zip(batch, files, strict=True)]

    def write(self, path: str, content: Content) -> Written:
        """Write one file, or take it from the last site. Raises OSError."""
        if isinstance(content, Stream) and (same := self._same(path, content.sum)):
            return same
        told: Told | None = None
        if isinstance(content, Html):
            told = content.indexed, content.updated
            content = self._shell.page(path.removesuffix("index.html"), content)
        whole = content.encode("utf-8") if isinstance(content, str) else content.read_bytes() if isinstance(content, Path) else content  # fmt: skip
        pieces = whole.pieces() if isinstance(whole, Stream) else (whole,)
        handle = os.open(self._tree.place(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            for piece in pieces:
                rest = memoryview(piece)
                while rest:
                    rest = rest[os.write(handle, rest) :]
            held = os.fstat(handle)
        finally:
            os.close(handle)
        found = whole.sum if isinstance(whole, Stream) else hashlib.sha256(whole).digest()
        return path, found, held.st_size, held.st_mtime_ns, told

    def _same(self, path: str, expected: bytes) -> Written | None:
        """A file of the last site that holds the same, linked into the new folder."""
        one = self._before.get(path)
        if one is None or one[1] != expected or not (inode := self._stands(one)):
            return None
        with contextlib.suppress(OSError):
            self._link(path, inode)
            return one
        return None

    @cached_property
    def _before(self) -> dict[str, Written]:
        """The files of the last site, by path."""
        return {one[0]: one for _, files in self._known.values() for one in files}

    def _stands(self, one: Written) -> int:
        """The number on the disk of a file of the last site, 0 when it is not as it was written, or closed to some who may read a new
        one. A path that leaves it is none of ours."""
        path, _, size, time, _ = one
        if "/../" in f"/{path}/":
            return 0
        try:
            held = os.lstat(f"{self._old}/{path}")
        except OSError:
            return 0
        closed = self._readers & ~held.st_mode
        return held.st_ino if (held.st_size, held.st_mtime_ns) == (size, time) and not closed else 0

    @cached_property
    def _readers(self) -> int:
        """Who may read what is new, as bits of a mode."""
        return self._tree.folder.stat().st_mode & 0o444


@cache
def _page(indexed: bool, updated: date | None) -> Html:
    """What is told of a page: the same of many."""
    return Html("", "", "", indexed=indexed, updated=updated)


def _held(folder: Path, path: str) -> tuple[bytes]:
    return (Path(folder, path).read_bytes(),)
