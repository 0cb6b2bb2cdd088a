"""What stands in a folder, and whether a file still is what it was when it was read last."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

_FRESH = 2_000_000_000
"""Nanoseconds during which a file may be written twice and look the same: times are kept in ticks."""


class Look(NamedTuple):
    """How a file looks from outside: any writing changes it, but for one within ``_FRESH`` of the last."""

    inode: int
    size: int
    written: int
    changed: int


class File(NamedTuple):
    """A file below a folder, or a link: ``name`` is its path from there, ``path`` where it is."""

    name: str
    path: str
    look: Look | None
    """None for what is no file in the end."""
    link: bool = False
    leaves: bool = False
    """Whether it is a link that leads out of the folder."""


Refused = Callable[[str, OSError], None]
"""Hears of a folder that can't be read: its path from where one began, and why."""


def walk(folder: str | Path, refused: Refused | None = None) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All that stands below ``folder``, each with its path from there; that of a folder ends with a slash, and comes before what is in it.

    A link is told as a link, wherever it leads: nobody is led out of ``folder``, nor in a circle. A folder is read after it was told, so
    that one may open it first; without ``refused``, one that can't be read raises OSError. ``Path.rglob`` takes five times as long.
    """
    waiting = [("", str(folder))]
    while waiting:
        prefix, path = waiting.pop()
        try:
            entries = list(os.scandir(path))
        except OSError as failed:
            if refused is None:
                raise
            refused(prefix, failed)
            continue
        for entry in entries:
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                name += "/"
                waiting.append((name, entry.path))
            yield name, entry


def _pass(_name: str, _failed: OSError) -> None:
    """What is in a folder that can't be read is as if it were not there."""


def below(folder: Path, refused: Refused = _pass) -> Iterator[File]:
    """All files below ``folder``, and the links, as ``walk`` finds them."""
    root = folder.resolve()
    for name, entry in walk(folder, refused):
        if not name.endswith("/"):
            link = entry.is_symlink()
            leaves = link and not Path(os.path.realpath(entry.path)).is_relative_to(root)
            yield File(name, entry.path, _look(entry), link, leaves)


def one(path: Path) -> File:
    """A file by itself."""
    return File(path.name, str(path), _look(path))


def _look(entry: os.DirEntry[str] | Path) -> Look | None:
    try:
        found = entry.stat() if entry.is_file() else None
    except OSError:
        return None
    return Look(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns) if found else None


def settled(look: Look, now: int) -> bool:
    """Whether a file that looks so at ``now`` (in nanoseconds) can't be written again and look the same."""
    return now - max(look.written, look.changed) > _FRESH
