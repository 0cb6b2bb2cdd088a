"""``s/CODE.svg`` and ``s/CODE.png``: the QR code of each short link.

A code is scanned from a slide or a paper, away from the site, so it holds an absolute address: without ``site.url`` none is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from essaim import qr
from essaim.outputs.site import Content, Site
from essaim.permalinks import SHORT


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """Both files of every code of the ledger, that of an address that moved since included: it is on a paper somewhere."""
    folder = site.cache / "images" if site.cache else None
    for code in sorted(site.permalinks.codes) if site.url else ():
        for kind in qr.FORMATS:
            yield f"{SHORT}{code}.{kind}", qr.code(f"{site.url}{SHORT}{code}/", kind, folder)
