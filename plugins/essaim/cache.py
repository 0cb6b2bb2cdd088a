"""What is long to make and never changes, kept between builds: QR codes, pictures for sharing.

A kept file is checked before it is used, and what can't be read or written is made anew: the cache changes how long a
build takes, never what it gives. Its folder can be deleted at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from essaim import disk

_DIGEST = hashlib.sha256().digest_size


def remembered(folder: Path | None, key: Iterable[str | bytes], make: Callable[[], bytes]) -> bytes:
    """What ``make`` gives, from ``folder`` when it was made before for the same ``key``.

    ``key`` is all that the result depends on: every input, the version of what makes it. Without ``folder``, or when it
    can't be read or written, ``make`` is called. Raises what ``make`` raises.
    """
    if folder is None:
        return make()
    file = folder / _name(key)
    try:
        kept = file.read_bytes()
    except OSError:
        kept = b""
    if len(kept) > _DIGEST and hashlib.sha256(kept[_DIGEST:]).digest() == kept[:_DIGEST]:
        return kept[_DIGEST:]
    made = make()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        disk.replace(file, hashlib.sha256(made).digest() + made)
    except OSError:
        pass  # a full or read-only disk costs time only
    return made


def _name(key: Iterable[str | bytes]) -> str:
    """One name a key: each part is preceded by its length, so that ("ab", "c") is not ("a", "bc")."""
    digest = hashlib.sha256()
    for part in key:
        raw = part.encode("utf-8") if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()
