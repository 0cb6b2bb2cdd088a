"""``/hors-ligne/``: where a reader takes the library along. ``essaim.offline`` writes what it needs, once all is built."""

from __future__ import annotations

from collections.abc import Iterator

from essaim.outputs.render import page
from essaim.outputs.site import Content, Site


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The page; in a preview, which changes at each save, nothing is kept and it says nothing of sizes."""
    yield page(site, "hors-ligne/", "hors-ligne.html", "Lire hors connexion", "Garder la bibliothèque sur son appareil, pour la lire sans réseau.",
               styles=("use",), scripts=() if site.preview else ("library",))  # fmt: skip
