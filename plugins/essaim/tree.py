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


def files(folder: str | Path, mode: int | None = None) -> dict[str, int]:
    """Path from ``folder`` → number on the disk (inode) of every file below it. With ``mode``, every folder is given it, and
    those that hold no file go. Raises OSError.

    Nothing is asked of a file but what its folder tells: a fifth of the time of ``Path.rglob``.
    """
    found: dict[str, int] = {}
    _look(str(folder), "", found, mode)
    return found


def _look(folder: str, below: str, found: dict[str, int], mode: int | None) -> None:
    if mode is not None and _mode(folder) != mode:
        os.chmod(folder, mode)  # noqa: PTH101  # no object for each of thousands of folders
    before = len(found)
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _look(entry.path, f"{below}{entry.name}/", found, mode)
            else:
                found[below + entry.name] = entry.inode()
    if mode is not None and below and len(found) == before:
        os.rmdir(folder)  # noqa: PTH106  # as above


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
            self._left = {} if other.is_symlink() or not other.is_dir() else files(other, _mode(self.folder))
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
        target = Path(f"{self.folder}/{path}")
        self._left.pop(path, None)
        self._enter(path.rpartition("/")[0])
        try:
            target.unlink(missing_ok=True)
        except OSError:
            if not target.is_dir():
                raise
            shutil.rmtree(target)
        return str(target)

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
