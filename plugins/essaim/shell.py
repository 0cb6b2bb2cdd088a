"""The shell of pages (head, header, navigation, footer): rendered once for each place and kind of page, then filled in.

The engine's templates take milliseconds, and what they give depends on little: how deep a page lies, which section it is
in, which styles and scripts it loads. They are given a page that says only that, so they can't show anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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

    def page(self, address: str, html: Html) -> str:
        """The whole page at ``address``. Raises ValueError when the shell does not show a head and a body once each."""
        place = _place(address)
        key = (place, html.styles, html.scripts)
        if key not in self._known:
            self._known[key] = self._shell(place, html)
        start, between, end = self._known[key]
        return "".join((start, html.head, between, html.body, end))

    def _shell(self, place: str, html: Html) -> tuple[str, str, str]:
        whole = self._render(place, replace(html, title="", head=HEAD, body=BODY, updated=None))
        start, *rest = whole.split(HEAD)
        parts = [part for one in rest for part in one.split(BODY)]
        if len(rest) != 1 or len(parts) != 2:
            raise ValueError(f"the shell of {place} must show page.html.head, then page.content, once each")
        return start, *parts  # type: ignore[return-value]  # two, as was just asked


def _place(address: str) -> str:
    """An address that stands for all those of the same section and depth: ``experiences/_/`` for ``experiences/archer/``."""
    first, _, rest = address.partition("/")
    return f"{first}/{'_/' * rest.count('/')}" if first else ""
