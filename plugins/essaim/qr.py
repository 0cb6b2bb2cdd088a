"""QR codes (ISO/IEC 18004) of addresses, as SVG and PNG: dark on light in any colours of the page, with their quiet zone."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from essaim.cache import remembered

if TYPE_CHECKING:
    import segno

Format = Literal["svg", "png"]
FORMATS: tuple[Format, ...] = get_args(Format)

LEVEL = "m"
"""At least 15 % of a code may be lost, dirty or in the light of a lamp. segno takes more where the size stays."""
QUIET = 4
"""Modules of white around a code: what the norm asks."""
PIXELS = 400
"""Side of the PNG, at least: a module is a whole number of pixels. A slide is 1,920 pixels wide."""
SVG_MODULE = 8
"""Pixels of a module in the SVG as it says its own size; it can be drawn at any."""


def code(text: str, kind: Format, folder: Path | None = None) -> bytes:
    """The QR code of ``text`` as a file. ``folder`` keeps what was made before (``cache.remembered``).

    Raises ``segno.DataOverflowError`` beyond 2,331 bytes: no address that we make is near.
    """
    import segno  # dear to import, for builds that have no short links

    key = (f"segno {segno.__version__}", LEVEL, str(QUIET), str(PIXELS if kind == "png" else SVG_MODULE), kind, text)
    return remembered(folder, key, lambda: _drawn(text, kind))


def _drawn(text: str, kind: Format) -> bytes:
    symbol, out = _symbol(text), io.BytesIO()
    if kind == "png":
        side = symbol.symbol_size(border=QUIET)[0]
        symbol.save(out, kind="png", border=QUIET, scale=-(-PIXELS // side))
    else:
        symbol.save(out, kind="svg", border=QUIET, scale=SVG_MODULE, light="#fff", xmldecl=False, svgclass=None, lineclass=None, nl=False)  # fmt: skip
    return out.getvalue()


@lru_cache(maxsize=1)
def _symbol(text: str) -> segno.QRCode:
    """Finding the best mask takes most of the time, and the two files of an address come one after the other."""
    import segno

    return segno.make_qr(text, error=LEVEL)
