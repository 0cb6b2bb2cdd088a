"""Images of ``content/images``, as they are published."""

from __future__ import annotations

from collections.abc import Iterator

from essaim import pictures
from essaim.outputs.site import Content, Site


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """Each image, without metadata. One that is refused is a problem of ``check``; only a preview gets here with one."""
    for name, file in sorted(site.library.images.items()):
        data = pictures.rewrite(file)
        if isinstance(data, bytes):
            yield f"images/{name}", data
