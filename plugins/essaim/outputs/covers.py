"""``partage/ID.png``: the picture that a link to a sheet is shown with, and the one for all other pages.

Only for a site that has a public address: the pages that name a picture must name it whole. A preview is shared by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from essaim.cache import remembered
from essaim.model import Page, Sheet, Webinar
from essaim.outputs.render import date_fr, picture, theme_folder
from essaim.outputs.shown import place_short, spaced
from essaim.outputs.site import Content, Site

if TYPE_CHECKING:
    from essaim.cover import Cover

FONT = theme_folder() / "assets" / "fonts" / "newsreader-600.woff2"


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The picture for all pages that are no sheet's."""
    if site.url and not site.preview:
        home = next((one for one in site.library.pages.values() if not one.address), None)
        yield picture(None), _drawn(site, _cover(site, spaced(home.titre) if home else site.name))


def of_sheet(site: Site, sheet: Sheet) -> Iterator[tuple[str, Content]]:
    """The picture of a sheet."""
    if site.url and not site.preview and sheet.id in site.library.pages and not isinstance(sheet, Page):
        yield picture(sheet), _drawn(site, of(site, sheet))


def _drawn(site: Site, one: Cover) -> bytes:
    """The picture, from the cache when it was drawn before."""
    from essaim import cover

    key = (cover.VERSION, _font(), one.title, one.above, one.below, one.site)
    return remembered(site.cache / "images" if site.cache else None, key, lambda: cover.draw(one, FONT))


@cache
def _font() -> bytes:
    return FONT.read_bytes()


def of(site: Site, sheet: Sheet) -> Cover:
    """What the picture of a sheet shows: its kind, its title, and where or when it is."""
    where = date_fr(sheet.date) if isinstance(sheet, Webinar) else place_short(sheet)
    return _cover(site, spaced(sheet.titre), sheet.LABEL, where)


def _cover(site: Site, title: str, above: str = "", below: str = "") -> Cover:
    from essaim.cover import Cover  # Pillow is dear to import, for builds that draw nothing

    return Cover(title, above, below, site.name)
