"""Page: what the site says of itself (about, legal notice, accessibility…)."""

from __future__ import annotations

from typing import ClassVar

from essaim.model.base import Sheet


class Page(Sheet):
    """What the site says of itself. Its file name is its address; ``accueil`` is the home page."""

    KIND: ClassVar = "page"
    FOLDER: ClassVar = "pages"
    URL: ClassVar = ""
    LABEL: ClassVar = "Page"
    LABELS: ClassVar = "Pages"
    ABOUT: ClassVar = "Ce que le site dit de lui-même."

    @classmethod
    def address_of(cls, identifier: str) -> str:
        """The home page stands at the root of the site."""
        return "" if identifier == "accueil" else f"{identifier}/"
