"""What stands in a folder, and whether a file still is what it was when it was read last."""

from __future__ import annotations

import os
from collections.abc import Iterator
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
    leaves: bool
    """Whether it is a link that leads out of the folder."""


def below(folder: Path) -> Iterator[File]:
    """All files below ``folder``, and the links that lead elsewhere; links to folders are not followed. ``Path.rglob`` and the
    objects that it gives take ten times as long."""
    return _below(str(folder), "", folder.resolve())


def _below(folder: str, prefix: str, root: Path) -> Iterator[File]:
    try:
        entries = list(os.scandir(folder))
    except PermissionError:
        return
    for entry in entries:
        name = f"{prefix}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, f"{name}/", root)
            continue
        leaves = entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(root)
        yield File(name, entry.path, _look(entry), leaves)


def one(path: Path) -> File:
    """A file by itself."""
    return File(path.name, str(path), _look(path), leaves=False)


def _look(entry: os.DirEntry[str] | Path) -> Look | None:
    try:
        found = entry.stat() if entry.is_file() else None
    except OSError:
        return None
    return Look(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns) if found else None


def settled(look: Look, now: int) -> bool:
    """Whether a file that looks so at ``now`` (in nanoseconds) can't be written again and look the same."""
    return now - max(look.written, look.changed) > _FRESH
