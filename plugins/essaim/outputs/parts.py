"""The parts that the site is made of, each made by itself: what sheets have of their own, sheet by sheet, then every other output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from essaim.outputs.site import Content


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the site. ``make`` gives its files, and depends on nothing that ``digest`` does not tell."""

    name: str
    digest: Callable[[], bytes]
    make: Callable[[], Iterator[tuple[str, Content]]] = field(repr=False)
