"""Files in pieces, each compressed by itself: a piece that did not change is neither made nor compressed again, and no file
need be held whole.

A piece is raw deflate (RFC 1951) that ends on a byte and refers to nothing before it. Pieces one after the other, then ``END``,
are one stream: a member of a ZIP as it stands (docs/decisions/0039).
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from essaim.cache import Store, digest

LEVEL = 4
"""Of compression: 5 % more bytes than 6, for half its time."""
END = b"\x03\x00"
"""An empty block, the last of a stream."""

T = TypeVar("T")


class Facts(NamedTuple):
    """What is known of a file without making it: its bytes, its SHA-256, its CRC-32."""

    size: int
    sum: bytes
    crc: int


UNKNOWN = Facts(0, b"", 0)


def packed(data: bytes) -> bytes:
    """A piece."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What pieces hold, one after the other."""
    return (zlib.decompressobj(-zlib.MAX_WBITS).decompress(piece) for piece in pieces)


def facts(pieces: Iterable[bytes]) -> Facts:
    """Those of the file that pieces make."""
    size, crc, found = 0, 0, hashlib.sha256()
    for data in unpacked(pieces):
        size, crc = size + len(data), zlib.crc32(data, crc)
        found.update(data)
    return Facts(size, found.digest(), crc)


def sum_of(data: Iterable[bytes]) -> bytes:
    """The SHA-256 of bytes that come one after the other."""
    found = hashlib.sha256()
    for one in data:
        found.update(one)
    return found.digest()


def zipped(members: Iterable[tuple[str, Facts, Sequence[bytes]]]) -> list[bytes]:
    """A ZIP, in pieces too: path (ASCII), facts and pieces of each member. The same members give the same bytes, whenever and
    wherever it is made. Raises struct.error for one of 4 GB, which another form would hold.
    """
    out: list[bytes] = []
    listed: list[bytes] = []
    place = 0
    for path, told, pieces in sorted(members, key=lambda one: one[0]):
        name = path.encode("ascii")
        held = [*pieces, END]
        about = struct.pack("<5H3L2H", 20, 0, 8, 0, _DAY, told.crc, sum(map(len, held)), told.size, len(name), 0)
        listed += struct.pack("<4sH", b"PK\x01\x02", _UNIX), about, struct.pack("<3H2L", 0, 0, 0, _MODE, place), name
        whole = [b"PK\x03\x04", about, name, *held]
        out += whole
        place += sum(map(len, whole))
    count, size = len(listed) // 4, sum(map(len, listed))
    return [*out, *listed, struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, place, 0)]


_DAY = 1 << 5 | 1  # 1 January 1980, where the calendar of ZIP begins
_UNIX, _MODE = 3 << 8 | 20, 0o644 << 16  # whatever makes it


class Memo:
    """Values by the digest of all that they are made from. ``store`` keeps them from one build to the next; ``common`` is the
    digest of what they all depend on."""

    def __init__(self, store: Store | None = None, common: bytes = b"") -> None:
        self._store, self._common = store or Store(None, "donnees"), common
        self._used: list[bytes] = []
        self._new: dict[bytes, object] = {}

    def all(self, kind: type, asked: Sequence[tuple[Sequence[bytes | str], Callable[[], T]]]) -> list[T]:
        """The value of each, which is a ``kind``: what it is made from, and what makes it."""
        keys = [digest(self._common, *seen) for seen, _ in asked]
        kept = self._store.read(keys, kind)
        for key, (_, make) in zip(keys, asked, strict=True):
            if key not in kept:
                kept[key] = self._new[key] = make()
        self._used += keys
        return [kept[key] for key in keys]

    def keep(self) -> None:
        """Keep what was made, and forget what nobody asked for."""
        if self._new:
            self._store.write(self._new, self._used)
