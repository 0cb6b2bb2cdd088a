"""The picture that a shared link is shown with: 1200 by 630 pixels, title, kind and place, drawn without network.

Drawn in few colours, of which a text needs one ramp from paper to ink: a file is some 10 KB and takes some milliseconds.
The same input, font and Pillow give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL import __version__ as pillow

VERSION = f"{pillow} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}"
"""Changes whenever the same input might give another picture."""
SIZE = (1200, 630)

_PAPER, _INK, _FOREST, _MOSS, _OCHRE, _SOFT = "#fbfaf6", "#1d2420", "#1f5a43", "#d5e3d3", "#b4681a", "#525d57"
_LEFT, _RIGHT = 84, 1116
_TITLE = (78, 68, 60, 52, 46, 40)
"""Sizes of the title in pixels: the largest at which it fits is used."""
_STEPS = 5
"""Shades of each text colour between paper and full: enough for smooth letters."""
_CELLS = ((1, -1), (2, -1), (3, -1), (0.5, 0), (1.5, 0), (2.5, 0), (3.5, 0), (0, 1), (1, 1), (2, 1), (3, 1))
"""The swarm, in columns and rows of cells, from the lower right corner."""
_ELLIPSIS = "…"
_AROUND = 24
"""Pixels around a line of letters."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What a picture shows. ``above`` (kind) and ``below`` (place, or what the site is) may be empty; ``site`` is its name."""

    title: str
    above: str
    below: str
    site: str


def draw(cover: Cover, font: Path) -> bytes:
    """A PNG of 16 colours. What ``font`` has no letter for is left out. Raises OSError when it can't be read."""
    picture = _ground(font).copy()
    top = 92
    if cover.above:
        _write(picture, (_LEFT, top), _known(cover.above, font, 34), _face(font, 34), _OCHRE)
    size, lines = _fitted(_known(cover.title, font, _TITLE[0]), font)
    step = round(size * 1.14)
    y = 162 + max(0, (4 - len(lines)) * step // 8)
    for line in lines:
        _write(picture, (_LEFT, y), line, _face(font, size), _INK)
        y += step
    if cover.below:
        below = _cut(_known(cover.below, font, 32), _face(font, 32), 800)
        _write(picture, (_LEFT, min(y + 22, 486)), below, _face(font, 32), _SOFT)
    name = _cut(_known(cover.site, font, 36), _face(font, 36), 700)
    _write(picture, (_LEFT + 62, 551), name, _face(font, 36), _FOREST)
    out = io.BytesIO()
    picture.save(out, "PNG", bits=4, compress_level=7)
    return out.getvalue()


# -- colours ---------------------------------------------------------------------------------------------------------


@cache
def _palette() -> tuple[tuple[int, int, int], ...]:
    """Paper, then for each text colour its shades up to full, then moss: 16 places at most would hold three ramps of five."""
    paper = _rgb(_PAPER)
    ramps = [[_between(paper, _rgb(one), step / _STEPS) for step in range(1, _STEPS + 1)] for one in (_INK, _SOFT)]
    few = [[_between(paper, _rgb(one), step / 2) for step in (1, 2)] for one in (_OCHRE, _FOREST)]
    return (paper, *ramps[0], *ramps[1], *few[0], *few[1], _rgb(_MOSS))


def _ramp(colour: str) -> tuple[int, ...]:
    """Places in the palette of a text colour's shades, the faintest first."""
    starts = {_INK: (1, _STEPS), _SOFT: (1 + _STEPS, _STEPS), _OCHRE: (1 + 2 * _STEPS, 2), _FOREST: (3 + 2 * _STEPS, 2)}
    start, length = starts[colour]
    return tuple(range(start, start + length))


@cache
def _table(colour: str) -> list[int]:
    """Coverage of a pixel by a letter (0 to 255) → place in the palette."""
    ramp = (0, *_ramp(colour))
    return [ramp[round(cover / 255 * (len(ramp) - 1))] for cover in range(256)]


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _between(one: tuple[int, int, int], other: tuple[int, int, int], part: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


# -- drawing ---------------------------------------------------------------------------------------------------------


@cache
def _ground(font: Path) -> Image.Image:  # noqa: ARG001  # one ground a font: a test may use another
    """What all pictures have: paper, a band, a swarm, the mark."""
    picture = Image.new("P", SIZE, 0)
    picture.putpalette([part for colour in _palette() for part in colour])
    pen = ImageDraw.Draw(picture)
    forest, moss = _ramp(_FOREST)[-1], len(_palette()) - 1
    pen.rectangle((0, 0, 18, SIZE[1]), fill=forest)
    pen.line((_LEFT, 524, 880, 524), fill=moss, width=3)
    for column, row in _CELLS:
        pen.regular_polygon((936 + column * 80, 568 + row * 69, 42), 6, rotation=30, fill=moss)
    for column, row in ((1, 0), (0.5, 1), (1.5, 1)):
        pen.regular_polygon((_LEFT + 2 + column * 20, 561 + row * 18, 10), 6, rotation=30, fill=forest)
    return picture


def _write(picture: Image.Image, place: tuple[int, int], text: str, face: ImageFont.FreeTypeFont, colour: str) -> None:
    """Letters in a mask of their own size, whose coverage becomes shades of the palette."""
    if not text:
        return
    _, _, right, bottom = (round(one) for one in face.getbbox(text))
    # An accent on a capital stands above the line that Pillow counts from.
    mask = Image.new("L", (right + 2 * _AROUND, bottom + 2 * _AROUND), 0)
    ImageDraw.Draw(mask).text((_AROUND, _AROUND), text, font=face, fill=255)
    corner = (place[0] - _AROUND, place[1] - _AROUND)
    picture.paste(mask.point(_table(colour)), corner, mask.point(lambda one: 255 if one > 24 else 0))


@cache
def _face(font: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font), size, layout_engine=ImageFont.Layout.BASIC)


def _fitted(title: str, font: Path) -> tuple[int, list[str]]:
    """The largest size at which the title fits, and its lines; at the smallest, what is too long ends by an ellipsis."""
    for size in _TITLE:
        face = _face(font, size)
        lines = _lines(title, lambda text, face=face: face.getlength(text) <= _RIGHT - _LEFT)  # type: ignore[misc]
        if len(lines) * round(size * 1.14) <= 310 and all(face.getlength(one) <= _RIGHT - _LEFT for one in lines):
            return size, lines
    most = 310 // round(_TITLE[-1] * 1.14)
    kept = [_cut(line, face, _RIGHT - _LEFT) for line in lines[:most]]
    if len(lines) > most:
        kept[-1] = _cut(kept[-1] + _ELLIPSIS * (not kept[-1].endswith(_ELLIPSIS)), face, _RIGHT - _LEFT)
    return _TITLE[-1], kept


def _lines(text: str, fits: Callable[[str], bool]) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        if lines and fits(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _cut(text: str, face: ImageFont.FreeTypeFont, width: int) -> str:
    """``text`` within ``width`` pixels, with an ellipsis where it was cut."""
    if face.getlength(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if face.getlength(text[:middle].rstrip() + _ELLIPSIS) <= width else (low, middle - 1)
    return text[:low].rstrip() + _ELLIPSIS


def _known(text: str, font: Path, size: int) -> str:
    """``text`` on one line, of letters that the font has. Spaces that don't break stay unbroken where they stood."""
    text = text.replace("\u202f", "\u00a0")
    kept = "".join(one for one in text if one in " \u00a0" or (one.isprintable() and _has(font, size, one)))
    return " ".join(word for word in kept.split(" ") if word.strip())


@cache
def _has(font: Path, size: int, sign: str) -> bool:
    if sign.isascii() and sign.isprintable():
        return True
    face = _face(font, size)
    return bytes(face.getmask(sign)) != bytes(face.getmask("\uffff")) or face.getbbox(sign) != face.getbbox("\uffff")
