"""Values that are made when they are asked for: most builds look at few of the sheets that they have."""

from __future__ import annotations

from collections.abc import Callable, Collection, ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import Any, TypeVar

V = TypeVar("V")


class Lazy(Mapping[str, V]):
    """A mapping of ``keys``, in their order. ``make`` gives the values of some of them, each asked once; who asks for all has them made together.
    ``told`` is what is known of each without making it."""

    def __init__(
        self,
        keys: Iterable[str],
        make: Callable[[Collection[str]], Mapping[str, V]],
        told: Mapping[str, Any] | None = None,
    ) -> None:
        self._keys, self._make = dict.fromkeys(keys), make
        self._held: dict[str, V] = {}
        self.told = told or {}

    def some(self, keys: Iterable[str]) -> dict[str, V]:
        """The values of some, in that order. Raises KeyError."""
        asked = list(keys)
        if missing := [self._known(one) for one in asked if one not in self._held]:
            self._held.update(self._make(missing))
        return {one: self._held[one] for one in asked}

    def whole(self) -> dict[str, V]:
        """All of them."""
        return self.some(self._keys)

    def only(self, keys: Iterable[str]) -> Lazy[V]:
        """Some of them, not made yet either."""
        return Lazy(keys, self.some, self.told)

    @property
    def opened(self) -> set[str]:
        """The keys whose values were made."""
        return {*self._held}

    def _known(self, key: str) -> str:
        if key not in self._keys:
            raise KeyError(key)
        return key

    def __getitem__(self, key: str) -> V:
        return self._held[key] if key in self._held else self.some((key,))[key]

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def values(self) -> ValuesView[V]:
        return _Values(self)

    def items(self) -> ItemsView[str, V]:
        return self.whole().items()


class _Values(ValuesView[V]):
    """The values, made together by who looks at the first."""

    _mapping: Lazy[V]

    def __iter__(self) -> Iterator[V]:
        return iter(self._mapping.whole().values())


def some_of(held: Mapping[str, V], keys: Iterable[str]) -> Mapping[str, V]:
    """Some of a mapping, in the order of ``keys``."""
    return held.only(keys) if isinstance(held, Lazy) else {one: held[one] for one in keys}


def each(held: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An attribute of each value."""
    if isinstance(held, Lazy):
        return Lazy(held, lambda keys: {key: getattr(one, name) for key, one in held.some(keys).items()})
    return {key: getattr(one, name) for key, one in held.items()}


def renamed(held: Mapping[str, V], names: Mapping[str, str]) -> Mapping[str, V]:
    """The values under other names: ``names`` gives the old of each new one."""
    if not isinstance(held, Lazy):
        return {new: held[old] for new, old in names.items()}

    def make(keys: Collection[str]) -> dict[str, V]:
        found = held.some(names[key] for key in keys)
        return {key: found[names[key]] for key in keys}

    return Lazy(names, make)


def merged(first: Mapping[str, V], second: Mapping[str, V], told: Mapping[str, Any] | None = None) -> Mapping[str, V]:
    """Two mappings that share no key, as one whose keys are in order."""
    if not isinstance(first, Lazy):
        return dict(sorted({**first, **second}.items()))
    return Lazy(
        sorted([*first, *second]),
        lambda keys: {
            **first.some(key for key in keys if key in first),
            **{key: second[key] for key in keys if key in second},
        },
        told,
    )
