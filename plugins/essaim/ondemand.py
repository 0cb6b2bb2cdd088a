"""The site of the live server: a file is made when it is asked for, and when what it is made from has changed.

As in a build, a part is made again when its digest changes (outputs/seen.py); here it is also made no further than to the file that is asked for,
and goes on from there when another one is.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import monotonic

from essaim.model import KINDS
from essaim.outputs import Content, Html, Part, Seen, closing, moved, of_library, of_sheets
from essaim.outputs.places import PLACES
from essaim.press import Press
from essaim.shell import Shell
from essaim.tree import Tree

_FILE = Html("", "", "", indexed=False)
"""Stands for what is told of a file that is no page."""

SOON = 1.0
"""Seconds for which nobody wonders what is done."""


class Overtaken(Exception):  # noqa: N818  # no error
    """The library changed while something was made of it: what is asked for is to be asked for again."""


@dataclass(slots=True)
class _Made:
    """What is made of a part so far: its files, of a page what it tells. ``rest`` makes the others, None when there are none; ``before``
    are the files that it had, until it is known whether it still has them."""

    digest: bytes
    rest: Iterator[tuple[str, Content]] | None
    before: frozenset[str]
    files: dict[str, Html] = field(default_factory=dict)


class OnDemand:
    """Writes the files of a preview below ``folder`` when they are asked for. ``told`` hears how many parts of how many were made for one
    file that takes its time. Threads may ask at one time; one is served after the other."""

    def __init__(self, folder: Path, shell: Shell, seen: Seen, told: Callable[[int, int], None]) -> None:
        self._folder, self._told = folder, told
        self._press = Press(Tree(folder), shell)
        self._lock = threading.RLock()
        self._made: dict[str, _Made] = {}
        self._owners: dict[str, str] = {}
        self._closing: set[str] = set()
        self._interrupted = False
        self._begun, self._count = 0.0, 0
        self._parts = Parts(seen)

    def interrupt(self) -> None:
        """Give up what is being made: what it is made of has changed. Nothing is made until ``renew``."""
        self._interrupted = True

    def close(self) -> None:
        """Make nothing any more: the folder is another's from now on."""
        self.interrupt()
        with self._lock:
            pass  # what was being made is given up

    def renew(self, shell: Shell, seen: Seen) -> None:
        """From now on, what is asked for is made of ``seen``."""
        with self._lock:
            self._press = Press(Tree(self._folder), shell)
            self._parts = Parts(seen)
            for gone in self._made.keys() - self._parts.all.keys():
                for path in self._made[gone].files.keys() | self._made[gone].before:
                    self._remove(path, gone)
                del self._made[gone]
            for path in self._closing:  # they tell of the whole: what is asked for is made anew
                self._remove(path, _CLOSING)
            self._closing = set()
            self._interrupted = False

    def make(self, path: str) -> Html | None:
        """Have the file at ``path`` (from the root of the site) as a build would write it, or not at all if a build would not. Gives
        what is told of it, None when no part makes it. Raises Overtaken, what a part raises, and OSError."""
        with self._lock:
            self._begun, self._count = monotonic(), 0
            found = self.of_parts(path)
            return self._closed(path) if found is None else found

    def of_parts(self, path: str) -> Html | None:
        """As ``make``, but for what tells of all the rest."""
        for part in self._parts.of(path):
            found = self._reach(part, path).files.get(path)
            if found is not None:  # of two parts that claim one path, the first keeps it, as in every preview
                if self._owners.get(path) != part.name:  # another had it when this one was made
                    self._made[part.name].digest = b""
                    self._reach(part, path)
                return found
        owner = self._parts.all.get(self._owners.get(path, ""))
        if owner is not None:
            # Written before the addresses of a vocabulary moved: its part is made to its end, and takes away what is left.
            self._reach(owner, None)
        return None

    def all(self, parts: Mapping[str, Part]) -> Iterator[tuple[str, Content]]:
        """Every file of ``parts``, made: its path, and what ``outputs.closing`` asks of it."""
        for part in parts.values():
            for path, one in self._reach(part, None).files.items():
                if self._owners.get(path) == part.name:
                    yield path, self.content(path, one)

    def content(self, path: str, one: Html) -> Content:
        """What other parts are told of a file."""
        return one if one is not _FILE else self._folder / path

    def of_sheets(self) -> Iterator[tuple[str, Content]]:
        """What sheets have of their own, made."""
        return self.all(self._parts.first)

    def _reach(self, part: Part, path: str | None) -> _Made:
        """Make of a part what is needed to have ``path``; without one, all of it."""
        if self._interrupted:
            raise Overtaken
        self._parts.seen.find_alike()
        digest = part.digest()
        made = self._made.get(part.name)
        if made is None or made.digest != digest:
            before = frozenset(made.files.keys() | made.before) if made else frozenset()
            made = self._made[part.name] = _Made(digest, part.make(), before)
            self._count += 1
            if monotonic() - self._begun > SOON:
                self._told(self._count, len(self._parts.all))
        while made.rest is not None and (path is None or path not in made.files):
            try:
                self._step(part, made, made.rest)
            except BaseException:
                # What was written is known, that it be taken away one day; the part begins again when it is asked for.
                made.digest, made.rest = b"", None
                raise
        return made

    def _step(self, part: Part, made: _Made, rest: Iterator[tuple[str, Content]]) -> None:
        """Write the next file of a part, or end it."""
        if self._interrupted:
            raise Overtaken
        following = next(rest, None)
        if following is None:
            made.rest = None
            for gone in made.before - made.files.keys():
                self._remove(gone, part.name)
            made.before = frozenset()
            return
        path, content = following
        made.files[path] = content.told if isinstance(content, Html) else _FILE
        if self._parts.place(self._owners.get(path, part.name)) >= self._parts.place(part.name):
            self._press.write(path, content)
            self._owners[path] = part.name

    def _remove(self, path: str, owner: str) -> None:
        if self._owners.get(path) == owner:
            del self._owners[path]
            with suppress(OSError):
                (self._folder / path).unlink()

    def _closed(self, path: str) -> Html | None:
        """What no part makes: what leads from an address that moved, or tells servers of all that did."""
        if path in self._closing:
            return _FILE
        site = self._parts.seen.site
        content = moved.at(site, path, _Found(self))
        if content is None and path in moved.OF_ALL:
            content = dict(closing(site, dict(self.all(self._parts.all)))).get(path)
        if content is None:
            return None
        self._press.write(path, content)
        self._owners[path] = _CLOSING
        self._closing.add(path)
        return _FILE


_CLOSING = "closing"


class Parts:
    """The parts of one state of the library, in the order in which they may keep a path."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen

    @cached_property
    def first(self) -> dict[str, Part]:
        """What sheets have of their own."""
        return {part.name: part for part in of_sheets(self.seen)}

    @cached_property
    def all(self) -> dict[str, Part]:
        """All parts by name."""
        return {**self.first, **{part.name: part for part in of_library(self.seen)}}

    @cached_property
    def _order(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.all)}

    def place(self, name: str) -> int:
        """A part's place; that of one that is no more, after all others."""
        return self._order.get(name, len(self._order))

    def of(self, path: str) -> Iterator[Part]:
        """The parts that may write ``path``: those of sheets that have its address or its name, then outputs by their places."""
        address, stem = path.removesuffix("index.html"), re.split(r"[/.]", f"/{path}")[-2]
        names = {*self._by_address.get(address, ()), *filter(None, [self._by_id.get(stem)])}
        yield from (self.first[name] for name in sorted(names, key=self.place))
        for part, may in self._outputs:
            if may is None or may.fullmatch(path):
                yield part

    @cached_property
    def _by_id(self) -> dict[str, str]:
        return {name.partition(" ")[2]: name for name in self.first}

    @cached_property
    def _by_address(self) -> dict[str, list[str]]:
        kinds = self.seen.site.library.kinds
        found: dict[str, list[str]] = {}
        for identifier, name in self._by_id.items():
            found.setdefault(KINDS[kinds[identifier]].address_of(identifier), []).append(name)
        return found

    @cached_property
    def _outputs(self) -> list[tuple[Part, re.Pattern[str] | None]]:
        """The outputs of the whole, each with the paths that it may write; None: any."""
        places = {name: re.compile(where(self.seen.site)) for name, where in PLACES}
        return [(part, places.get(name.partition(" ")[0])) for name, part in self.all.items() if name not in self.first]


class _Found(Mapping[str, Content]):
    """What the other parts write, for those that are made of it: a file is made when it is looked up."""

    def __init__(self, site: OnDemand) -> None:
        self._site = site

    def __getitem__(self, path: str) -> Content:
        one = self._site.of_parts(path)
        if one is None:
            raise KeyError(path)
        return self._site.content(path, one)

    def __iter__(self) -> Iterator[str]:
        return (path for path, _ in self._site.of_sheets())

    def __len__(self) -> int:
        return sum(1 for _ in self)
