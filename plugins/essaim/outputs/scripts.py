"""The theme's JavaScript without what only developers read: its types and comments are a third of what readers would fetch."""

from __future__ import annotations

from collections.abc import Iterator

from essaim.offline import bare
from essaim.outputs.render import theme_folder
from essaim.outputs.site import Content, Site

FOLDER = "assets/js"


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """Each module in the place of its source. A preview serves the sources: what a developer changes is what she sees."""
    if site.preview:
        return
    folder = theme_folder() / FOLDER
    for file in sorted(folder.rglob("*.js")):
        if file.name == "sw.js":
            continue  # written last, at the root (essaim.offline)
        yield f"{FOLDER}/{file.relative_to(folder).as_posix()}", bare(file.read_text("utf-8"))
