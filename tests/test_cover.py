"""The pictures of shared links: readable files of the right size, the same each time, whatever the title."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from PIL import Image, ImageFont

from essaim import cover
from essaim.cover import Cover, draw
from essaim.library import Library
from essaim.outputs import Content, Site, covers

URL = "https://essaim.example/"
PLAIN = Cover("Le Labo des partenariats d’Alsace", "Expérience", "Bas-Rhin et Haut-Rhin", "Essaim")


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def drawn(site: Site) -> dict[str, Content]:
    """All pictures of a site."""
    own = dict(made for sheet in site.library.pages.values() for made in covers.of_sheet(site, sheet))
    return {**own, **dict(covers.pages(site))}


@pytest.mark.parametrize("title", ["Un mot", "Écrire " * 80, "x" * 3000, "日本 😀 \u202e", "", "</script> ]]>\n\x00"])
def test_any_title_gives_a_light_picture_of_the_right_size(title: str) -> None:
    data = draw(Cover(title, "Expérience", "Un lieu " * 40, "Essaim " * 30), covers.FONT)
    picture = opened(data)
    assert (picture.size, picture.mode, picture.format) == ((1200, 630), "P", "PNG")
    assert len(data) < 40_000


def test_the_same_input_gives_the_same_bytes_and_each_part_is_drawn() -> None:
    assert draw(PLAIN, covers.FONT) == draw(PLAIN, covers.FONT)
    for name in ("title", "above", "below", "site"):
        assert draw(dataclasses.replace(PLAIN, **{name: "Autre"}), covers.FONT) != draw(PLAIN, covers.FONT), name


def test_an_accent_on_a_capital_is_whole() -> None:
    """It stands above the line that letters are drawn from."""
    plain, accented = (opened(draw(Cover(one, "", "", ""), covers.FONT)).convert("L") for one in ("E", "É"))
    # The first dark pixel right of the band, in lines of 1200.
    rows = [
        next(place for place, shade in enumerate(picture.tobytes()) if shade < 128 and place % 1200 > 60) // 1200
        for picture in (plain, accented)
    ]
    assert rows[1] < rows[0] - 8


def test_a_long_title_is_cut_inside_the_picture() -> None:
    size, lines = cover._fitted("Une très longue histoire " * 30, covers.FONT)
    face = ImageFont.truetype(str(covers.FONT), size, layout_engine=ImageFont.Layout.BASIC)
    assert lines[-1].endswith("…")
    assert max(face.getlength(line) for line in lines) <= 1116 - 84
    assert len(lines) * size * 1.14 <= 310


def test_what_the_font_has_no_letter_for_is_left_out() -> None:
    assert cover._known("Cœur 日本 d’été\u202f:", covers.FONT, 40) == "Cœur d’été\u00a0:"


def test_each_sheet_has_its_picture_and_other_pages_share_one(small: Library, tmp_path: Path) -> None:
    site = Site(small, url=URL, cache=tmp_path)
    found = drawn(site)
    assert set(found) == {
        "partage/par_defaut.png",
        *(f"partage/{one.id}.png" for one in small.pages.values() if one.URL),
    }
    assert drawn(Site(small)) == drawn(Site(small, url=URL, preview=True)) == {}
    assert covers.of(site, small.published["conference"]) == Cover(
        "Une conférence\u202f: ses séquences", "Webconférence", "5 avril 2018", "Essaim"
    )


def test_a_picture_is_drawn_once_and_a_damaged_one_again(
    small: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(small, url=URL, cache=tmp_path)
    first = drawn(site)
    again: list[Cover] = []

    def watched(one: Cover, font: Path) -> bytes:
        again.append(one)
        return draw(one, font)

    monkeypatch.setattr(cover, "draw", watched)
    assert drawn(site) == first
    assert again == []
    damaged = sorted((tmp_path / "images").iterdir())[0]
    damaged.write_bytes(damaged.read_bytes()[:-9] + b"\0" * 9)
    assert drawn(site) == first
    assert len(again) == 1
