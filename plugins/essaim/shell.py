"""The shell of pages (head, header, navigation, footer): rendered once for each place and kind of page, then filled in.

The engine's templates take milliseconds, and what they give depends on little: how deep a page lies, which section it is
in, which styles and scripts it loads. They are given a page that says only that, so they can't show anything else.
"""

from __future__ import annotations

from collections.abc import Callable

from essaim.outputs import Html

HEAD, BODY = "<!--essaim:head-->", "<!--essaim:body-->"
"""What stands in the shell for what is a page's own."""

Render = Callable[[str, Html], str]
"""The engine's rendering of a page at an address from the root."""


class Shell:
    """The shells of a site. ``render`` is called once for each."""

    def __init__(self, render: Render) -> None:
        self._render = render
        self._known: dict[tuple[str, tuple[str, ...], tuple[str, ...]], tuple[str, str, str]] = {}
        self._places: dict[tuple[str, int], str] = {}

    def page(self, address: str, html: Html) -> str:
        """The whole page at ``address``. Raises ValueError when the shell does not show a head and a body once each."""
        start, between, end = self._shell(self._place(address), html.styles, html.scripts)
        return "".join((start, html.head, between, html.body, end))

    def _place(self, address: str) -> str:
        """An address that stands for all those of the same section and depth: ``experiences/_/`` for ``experiences/archer/``. A section
        to which the shell does not lead is as any other: ``_/_/``."""
        first, _, rest = address.partition("/")
        key = (first, rest.count("/"))
        if key not in self._places:
            below = "_/" * key[1]
            led = first and any(f"../{first}/" in part for part in self._shell(f"_/{below}"))
            self._places[key] = f"{first if led else '_'}/{below}" if first else ""
        return self._places[key]

    def _shell(self, place: str, styles: tuple[str, ...] = (), scripts: tuple[str, ...] = ()) -> tuple[str, str, str]:
        key = (place, styles, scripts)
        if key not in self._known:
            self._known[key] = self._made(place, Html("", HEAD, BODY, styles, scripts))
        return self._known[key]

    def _made(self, place: str, html: Html) -> tuple[str, str, str]:
        whole = self._render(place, html)
        start, *rest = whole.split(HEAD)
        parts = [part for one in rest for part in one.split(BODY)]
        if len(rest) != 1 or len(parts) != 2:
            raise ValueError(f"the shell of {place} must show page.html.head, then page.content, once each")
        return start, *parts  # type: ignore[return-value]  # two, as was just asked
