"""Contributed images: what is refused, and what is left of those that are published."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from essaim import pictures


def published(file: Path) -> Image.Image:
    data = pictures.rewrite(file)
    assert isinstance(data, bytes), data
    return Image.open(io.BytesIO(data))


def test_transparency_stays_and_metadata_goes(tmp_path: Path) -> None:
    file = tmp_path / "palette.png"
    Image.new("P", (8, 8), 0).save(file, transparency=0, icc_profile=b"secret" * 40)
    image = published(file)
    assert image.convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]
    # Asked of the picture: PNG compresses a profile, so its bytes would never show the word.
    with Image.open(file) as original:
        assert "icc_profile" in original.info
    assert "icc_profile" not in image.info


def test_a_photo_is_turned_upright_and_loses_where_it_was_taken(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "chez Camille"
    file = tmp_path / "photo.jpg"
    Image.new("CMYK", (30, 20)).save(file, exif=exif)
    image = published(file)
    assert (image.size, image.mode) == ((20, 30), "RGB")
    assert b"Camille" not in pictures.rewrite(file)


def test_a_large_picture_is_brought_to_the_width_of_the_site(tmp_path: Path) -> None:
    file = tmp_path / "large.webp"
    Image.new("RGB", (4000, 1000)).save(file)
    assert published(file).size == (1600, 400)


def _bomb() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "illisible"),
        (b"<svg onload=alert(1)>", "illisible"),
        (b"GIF89a" + bytes(40), "illisible"),
        (_bomb(), "illisible"),
        (bytes(pictures.MAX_BYTES + 1), "plus de 5 Mo"),
    ],
    ids=["empty", "svg", "gif", "bomb", "heavy"],
)
def test_what_is_no_picture_of_its_name_is_refused(data: bytes, why: str, tmp_path: Path) -> None:
    file = tmp_path / "x.png"
    file.write_bytes(data)
    refusal = pictures.rewrite(file)
    assert isinstance(refusal, str)
    assert why in refusal


def test_too_many_pixels_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.png"
    Image.new("1", (8000, 6000)).save(file)
    assert pictures.rewrite(file) == "image de plus de 40 millions de pixels"
