"""Pictures that contributors send: decoded, bounded and written anew, so that what hides in a file stays out."""

from __future__ import annotations

import io
from pathlib import Path

MAX_BYTES = 5_000_000
MAX_PIXELS = 40_000_000  # decoded size: 160 MB, the photo of a good telephone
MAX_WIDTH = 1600  # pixels written: twice the width of the text
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def rewrite(file: Path) -> bytes | str:
    """The bytes to publish, or why the image is refused, in French."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # for those who have pictures

    if file.stat().st_size > MAX_BYTES:
        return f"image de plus de {MAX_BYTES // 1_000_000} Mo"
    try:
        with Image.open(file, formats=(FORMATS[file.suffix.lower()],)) as image:
            if image.width * image.height > MAX_PIXELS:
                return f"image de plus de {MAX_PIXELS // 1_000_000} millions de pixels"
            clean = ImageOps.exif_transpose(image).copy()
            if "transparency" in clean.info:
                clean = clean.convert("RGBA")  # what info says of it is dropped below
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return "image illisible, ou qui n’est pas du format de son nom"
    clean.thumbnail((MAX_WIDTH, MAX_WIDTH * 4))
    kind = FORMATS[file.suffix.lower()]
    if kind == "JPEG" and clean.mode != "RGB":
        clean = clean.convert("RGB")
    clean.info = {}
    out = io.BytesIO()
    clean.save(out, kind, **({"quality": 82, "optimize": True} if kind != "PNG" else {"optimize": True}))
    return out.getvalue()
