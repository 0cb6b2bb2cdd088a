"""What was built: files, bytes, and bytes of the page of a sheet."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import brotli

from essaim.model import SHEETS

SAMPLE = 200
"""Pages that are weighed, spread over all."""


@dataclass(frozen=True, slots=True)
class Site:
    """``files`` and ``size`` (bytes) of all; ``page``: bytes of a sheet's page, the mean of some: plain, gzip, brotli."""

    files: int
    size: int
    page: tuple[float, float, float]


def weigh(folder: Path) -> Site:
    """The site in ``folder``; the pages of sheets are where all generators put them: ``URL/id/``."""
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    pages = [
        one for kind in SHEETS if kind.URL for one in sorted((folder / kind.URL).glob(f"{kind.KIND}-*/index.html"))
    ]
    texts = [page.read_bytes() for page in pages[:: max(1, len(pages) // SAMPLE)]]
    each = [(len(text), len(gzip.compress(text)), len(brotli.compress(text))) for text in texts]
    plain, zipped, brotlied = (sum(column) / len(each) for column in zip(*each, strict=True))
    return Site(len(sizes), sum(sizes), (plain, zipped, brotlied))
