"""A folder that becomes a site: new files, hard links to those of the last site, and what a tree from before left there that still serves.

A file is never written through a name that it has elsewhere: what stands in its place goes first.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path

from essaim.listing import walk


def files(folder: str | Path) -> dict[str, int]:
    """Path from ``folder`` → number on the disk (inode) of every file below it: what its folder tells, without asking the file.
    Raises OSError."""
    return {name: entry.inode() for name, entry in walk(folder) if not name.endswith("/")}


def _opened(folder: str | Path, mode: int) -> dict[str, int]:
    """The same. Every folder is given ``mode``, and those that hold no file go. Raises OSError."""
    found: dict[str, int] = {}
    folders: list[tuple[str, str]] = []
    _open(folder, mode)
    for name, entry in walk(folder):
        if name.endswith("/"):
            folders.append((name, entry.path))
            _open(entry.path, mode)
        else:
            found[name] = entry.inode()
    full = {name.rpartition("/")[0] for name in found}
    for name, path in reversed(folders):  # what is in a folder comes after it
        place = name[:-1]
        if place in full:
            full.add(place.rpartition("/")[0])
        else:
            os.rmdir(path)  # noqa: PTH106  # no object for each of thousands of folders
    return found


def _open(folder: str | Path, mode: int) -> None:
    if _mode(folder) != mode:
        os.chmod(folder, mode)  # noqa: PTH101  # as above


def _mode(folder: str | Path) -> int:
    """Who may read and write a folder."""
    return stat.S_IMODE(os.lstat(folder).st_mode)


class Tree:
    """What is built in ``folder``, which is made. Several processes may write in it, each with a copy of this."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._folders = {""}
        self._left: dict[str, int] = {}

    def begin_with(self, other: Path) -> None:
        """Move what stands in ``other`` below what was written so far: ``link`` takes what is the very file that it is asked for, ``clean``
        removes the rest. Its folders are opened to whom new ones are. Nothing is done when ``other`` is no folder, or none of ours. Raises OSError."""
        with suppress(OSError):
            self._left = {} if other.is_symlink() or not other.is_dir() else _opened(other, _mode(self.folder))
        if not self._left:
            return
        written = self.folder.with_name(f"{self.folder.name}.written")
        self.folder.rename(written)
        other.rename(self.folder)
        for path in files(written):
            (written / path).replace(self.place(path))
        shutil.rmtree(written)

    def place(self, path: str) -> str:
        """Where to write a file: its folder is there, and nothing of its name. Raises OSError."""
        target = f"{self.folder}/{path}"
        self._left.pop(path, None)
        self._enter(path.rpartition("/")[0])
        try:
            os.unlink(target)  # noqa: PTH108  # no object for each of thousands of files
        except FileNotFoundError:
            pass  # nearly always
        except OSError:
            if not os.path.isdir(target):  # noqa: PTH112
                raise
            shutil.rmtree(target)
        return target

    def link(self, source: str, path: str, inode: int) -> None:
        """Have at ``path`` the file ``source``, whose number on the disk is ``inode``. Raises OSError."""
        if self._left.get(path) == inode:
            return
        self._enter(path.rpartition("/")[0])  # what is there may be a link that leads elsewhere
        try:
            os.link(source, f"{self.folder}/{path}")
        except OSError:  # the engine’s copy of a file of the theme, or what is left from before
            os.link(source, self.place(path))

    def clean(self, kept: AbstractSet[str]) -> None:
        """Remove what is left from before, but for the paths ``kept``, and the folders that are empty then. Raises OSError."""
        for path in self._left.keys() - kept:
            gone = self.folder / path
            try:
                gone.unlink()
            except OSError:
                if gone.is_symlink() or gone.is_file():  # else something took its place, or that of its folder
                    raise
            with suppress(OSError):  # as far up as nothing else is there
                while (gone := gone.parent) != self.folder:
                    gone.rmdir()

    def _enter(self, below: str) -> None:
        """Have a folder, where a file or a link may stand."""
        if below in self._folders:
            return
        self._enter(below.rpartition("/")[0])
        folder = Path(f"{self.folder}/{below}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if folder.is_symlink() or not folder.is_dir():
                with suppress(FileNotFoundError, IsADirectoryError):  # another process was sooner
                    folder.unlink()
                folder.mkdir(exist_ok=True)
        self._folders.add(below)
