"""What is long to make, kept between builds in ``.cache/``: it changes how long a build takes, never what it gives.

Everything kept has a key that tells all that it depends on, and a seal that tells whether it is whole and stands where it was put.
What is damaged, moved, of another version, or can't be read is made anew; what can't be written costs time only. The folder can be deleted at any time, and shared
between builds, also at the same moment.

A folder that git follows is left alone (``usable``): what is in it may be a contributor's, and nobody reviews it. A seal is no
signature: it tells an accident from what was written, not who wrote it. So nothing that is read runs, whoever wrote it.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import re
import sqlite3
import struct
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path
from types import MappingProxyType
from typing import Any

from essaim import disk
from essaim.listing import walk

_DIGEST = hashlib.sha256().digest_size


def remembered(folder: Path | None, key: Iterable[str | bytes], make: Callable[[], bytes]) -> bytes:
    """What ``make`` gives, from ``folder`` when it was made before for the same ``key``.

    ``key`` is all that the result depends on: every input, the version of what makes it. Without ``folder``, or when it
    can't be read or written, ``make`` is called. Raises what ``make`` raises.
    """
    if folder is None:
        return make()
    file = folder / name_of(key)
    kept = kept_in(file)
    if kept is None:
        kept = make()
        keep_in(file, kept)
    return kept


def kept_in(file: Path) -> bytes | None:
    """What is kept in ``file``, None when it is not whole."""
    try:
        return _opened(file.name.encode(), file.read_bytes())
    except OSError:
        return None


def keep_in(file: Path, data: bytes) -> None:
    """Keep ``data`` in ``file``; what can't be written costs time only."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        disk.replace(file, _sealed(file.name.encode(), data))
    except OSError:
        pass  # a full or read-only disk


def _sealed(place: bytes, data: bytes) -> bytes:
    """What is kept at ``place``: the data behind their seal, which holds for no other place."""
    return _seal(place, data) + data


def _opened(place: bytes, kept: bytes) -> bytes | None:
    """The data, None when they are not whole, or were kept at another place."""
    data = kept[_DIGEST:]
    return data if data and _seal(place, data) == kept[:_DIGEST] else None


def _seal(place: bytes, data: bytes) -> bytes:
    found = hashlib.sha256(digest(place))
    found.update(data)
    return found.digest()


class Store:
    """Python values by key, in one file of ``folder``; nothing is kept without a folder.

    Values hold nothing but texts, numbers, and what ``KEPT`` names: one that names anything else is made anew.
    With ``at_hand``, what was read or written is held too, for who asks again in the same process.
    """

    def __init__(self, folder: Path | None, table: str, *, at_hand: bool = False) -> None:
        self._file = folder / "essaim.db" if folder else None
        self._table = table
        self._memory: dict[bytes, Any] | None = {} if at_hand else None
        self._others: dict[str, Store] = {}
        self._broken = False

    @property
    def broken(self) -> bool:
        """Whether something went wrong with the file, here or beside."""
        return self._broken or any(one.broken for one in self._others.values())

    def told(self) -> None:
        """What went wrong was told: it is not told again."""
        self._broken = False
        for one in self._others.values():
            one.told()

    def beside(self, table: str) -> Store:
        """A store of other values in the same file, which forgets none of these."""
        if table not in self._others:
            self._others[table] = Store(
                self._file.parent if self._file else None, table, at_hand=self._memory is not None
            )
        return self._others[table]

    def read(self, keys: Iterable[bytes], kind: type = object) -> dict[bytes, Any]:
        """What is kept of ``keys``; a value that is no ``kind`` is not."""
        asked = list(keys)
        found = {key: self._memory[key] for key in asked if key in self._memory} if self._memory else {}
        missing = [key for key in asked if key not in found]

        def look(base: sqlite3.Connection) -> None:
            for start in range(0, len(missing), _ASKED):
                some = missing[start : start + _ASKED]
                marks = ",".join("?" * len(some))
                rows = base.execute(f"SELECT key, value FROM {self._table} WHERE key IN ({marks})", some)  # noqa: S608  # our own names
                found.update((key, value) for key, raw in rows if (value := self._value(key, raw)) is not None)

        if missing and self._file and os.path.isfile(self._file):  # noqa: PTH113  # a Path raises where it may not look
            self._with(self._file, look)
        if self._memory is not None:
            self._memory.update(found)
        return {key: value for key, value in found.items() if isinstance(value, kind)}

    def _place(self, key: bytes) -> bytes:
        return digest(self._table, key)

    def _value(self, key: Any, raw: Any) -> Any:
        """The value, None when it is not whole."""
        whole = isinstance(key, bytes) and isinstance(raw, bytes)
        data = _opened(self._place(key), raw) if whole else None
        if data is None:
            return None
        try:
            return _Reader(io.BytesIO(data)).load()
        except Exception:  # whatever a file of another version raises
            return None

    def write(
        self,
        values: Mapping[bytes, Any],
        used: Iterable[bytes] | None = None,
        packed: Mapping[bytes, bytes] = MappingProxyType({}),
    ) -> None:
        """Keep ``values``; when ``used`` is given, of others than these only those. ``packed`` has some of them as ``pack`` gives them."""
        used = None if used is None else list(used)
        if self._memory is not None:
            stays = self._memory if used is None else {key: self._memory[key] for key in used if key in self._memory}
            self._memory = {**stays, **values}
        kept = None if used is None else [(key,) for key in (*used, *values)]

        def put(base: sqlite3.Connection) -> None:
            base.execute("PRAGMA synchronous = OFF")  # what a power cut damages has no whole seal
            base.execute(_MADE.format(f"IF NOT EXISTS {self._table}"))
            rows = (
                (key, _sealed(self._place(key), packed.get(key) or pack(value))) for key, value in values.items()
            )  # one at a time: they are large
            base.executemany(f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)", rows)  # noqa: S608  # our own names
            if kept is not None:
                base.execute("CREATE TEMP TABLE used (key BLOB PRIMARY KEY) WITHOUT ROWID")
                base.executemany("INSERT OR IGNORE INTO used VALUES (?)", kept)
                base.execute(f"DELETE FROM {self._table} WHERE key NOT IN (SELECT key FROM used)")  # noqa: S608  # our own names
            base.commit()

        if self._file and values:
            self._with(self._file, put)

    def _with(self, file: Path, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do ``work``; what goes wrong with the file is told by ``broken``, and costs time only."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(file, timeout=5)) as base:
                _only_ours(base)
                work(base)
        except (sqlite3.Error, OSError) as failed:
            if "no such table" in str(failed):
                return  # a file that holds something else so far
            self._broken = True
            if isinstance(failed, sqlite3.DatabaseError) and not isinstance(failed, sqlite3.OperationalError):
                with suppress(OSError):
                    file.unlink(missing_ok=True)  # no base at all: the next build writes a new one


def pack(value: Any) -> bytes:
    """A value as it is kept, without its seal."""
    return pickle.dumps(value, 5)


_ASKED = 500
"""Keys of one question: SQLite takes a thousand."""
_MADE = "CREATE TABLE {} (key BLOB PRIMARY KEY, value BLOB)"


def _only_ours(base: sqlite3.Connection) -> None:
    """Raises DatabaseError when the file holds more than tables as we make them: a view or a trigger could run without end."""
    for name, made in base.execute("SELECT name, sql FROM sqlite_master"):
        ours = made == _MADE.format(name) if re.fullmatch("[a-z]+", str(name)) else made is None  # None: finds keys
        if not ours:
            raise sqlite3.DatabaseError(f"{name} is no table of ours")


class _Reader(pickle.Unpickler):
    """Reads what ``KEPT`` names and nothing else: reading a file that was tampered with imports no other module and runs nothing."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _CLASSES:  # asked a dozen times for each sheet
            from pydantic import BaseModel  # who keeps nothing but files need not wait for it

            listed = (module, name) in KEPT
            # Nobody has to list what the model adds. A name with dots leads from a class to what it has.
            known = listed or (module.startswith(_MODEL) and name.isidentifier())
            found = super().find_class(module, name) if known else None
            if (
                not isinstance(found, type)
                or found.__module__ != module
                or not (listed or issubclass(found, BaseModel))
            ):
                raise pickle.UnpicklingError(f"{module}.{name} is nothing that is kept")
            _CLASSES[module, name] = found
        return _CLASSES[module, name]


KEPT: tuple[tuple[str, str], ...] = (
    ("datetime", "date"),
    ("essaim.checks", "Across"),
    ("essaim.listing", "Look"),
    ("essaim.markup", "Document"),
    ("essaim.markup", "Heading"),
    ("essaim.markup", "Link"),
    ("essaim.opendata.packages", "DataFile"),
    ("essaim.opendata.pieces", "Facts"),
    ("essaim.outputs.told", "Kept"),
    ("essaim.outputs.told", "Standing"),
    ("essaim.outputs.words", "Note"),
    ("essaim.problem", "Problem"),
    ("essaim.readings", "Brief"),
    ("essaim.readings", "Index"),
    ("essaim.readings", "Mark"),
    ("essaim.readings", "Reading"),
    ("essaim.search", "Record"),
    ("essaim.search", "Section"),
    ("essaim.similar", "Likeness"),
    ("essaim.source", "Source"),
)
"""Module and name of each class of the values that are kept, beside the kinds and groups of the model. None does anything when it
is made."""
_MODEL = "essaim.model."
_CLASSES: dict[tuple[str, str], type] = {}
"""Those that were found."""


def usable(folder: Path) -> bool:
    """Whether a cache may be read: not when git follows it, for then a contributor may have written it.

    Where git does not answer (it is not installed, or the folder is someone else's), a folder in a repository may be followed.
    """
    import subprocess  # where something is kept

    above = next(place for place in folder.absolute().parents if os.path.isdir(place)).resolve()  # noqa: PTH112  # as in ``read``
    # Whatever the case, as some disks read names; and nothing runs that the repository's own settings name.
    asked = ["git", "--icase-pathspecs", "-c", "core.fsmonitor=false", "ls-files", "--", str(folder.absolute())]
    try:
        done = subprocess.run(asked, cwd=above, capture_output=True, check=False)  # noqa: S603  # nothing contributed
        if done.returncode == 0:
            return not done.stdout
    except OSError:
        pass
    return not any(os.path.lexists(place / ".git") for place in (above, *above.parents))


def digest(*parts: bytes | str) -> bytes:
    """A digest of a sequence of parts. Their lengths stand first, so that ("ab", "c") is not ("a", "bc")."""
    raws = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts]
    lengths = struct.pack(f">{len(raws) + 1}Q", len(raws), *map(len, raws))
    return hashlib.sha256(b"".join((lengths, *raws))).digest()


def contents(folder: Path) -> bytes:
    """The digest of all files below ``folder``, by name, but for what Python keeps there. Raises OSError."""
    found = (name for name, entry in walk(folder) if "__pycache__/" not in name and entry.is_file())
    return digest(*(part for name in sorted(found) for part in (name, (folder / name).read_bytes())))


@cache
def package() -> bytes:
    """The digest of what makes a site beside its theme: this package, Python, and the libraries that the package asks for."""
    names = sorted({found[0] for one in requires("essaim") or () if (found := re.match(r"[\w.-]+", one))})
    told: list[str] = []  # all that a library tells of itself: taking its version out takes longer than reading it
    for name in names:
        with suppress(PackageNotFoundError):  # an extra that is not installed
            told += name, distribution(name).read_text("METADATA") or ""
    return digest(sys.version, contents(Path(__file__).parent), *told)


def name_of(key: Iterable[str | bytes]) -> str:
    """The name of the file that keeps what ``key`` gives."""
    return digest(*key).hex()
