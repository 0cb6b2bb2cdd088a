"""What all faces together tell (outputs/seen.py), kept as long as they are the same: an edited text changes nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from essaim.cache import Store, digest

T = TypeVar("T")

NAMES = ("around", "near", "used", "catalogue", "sampled", "linked", "links", "days")
"""All that is kept."""


class Kept(NamedTuple):
    """One of ``NAMES``, as it is kept."""

    value: Any


class Standing(NamedTuple):
    """Where ``terms`` stand: in the text of which sheet each does, and what all texts were then (digests)."""

    terms: set[str]
    where: dict[str, str]
    texts: dict[str, bytes]


class Told:
    """Values by name. ``faces`` is the digest of all faces, and of all that is no sheet; ``store`` keeps what was made of them."""

    def __init__(self, faces: bytes, store: Store | None = None) -> None:
        self._store = store or Store(None, "visages")
        self._keys = {name: digest(name, faces) for name in NAMES}
        self._known: dict[str, Any] = {}

    def of(self, name: str, kind: type[T], make: Callable[[], T]) -> T:
        """One of ``NAMES``, which is a ``kind``: as it is kept, or made."""
        if name not in self._known:
            key = self._keys[name]
            kept = self._store.read([key], Kept).get(key)
            if kept is not None and isinstance(kept.value, kind):
                self._known[name] = kept.value
            else:
                self.keep(name, make())
        known: T = self._known[name]
        return known

    def keep(self, name: str, value: object) -> None:
        """Keep a value, and forget what was kept of other faces."""
        self._known[name] = value
        self._store.write({self._keys[name]: Kept(value)}, self._keys.values())
