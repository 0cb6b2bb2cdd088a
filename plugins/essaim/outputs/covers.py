"""``partage/ID.png``: the picture that a link to a sheet is shown with, and the one for all other pages.

Only for a site that has a public address: the pages that name a picture must name it whole. A preview is shared by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from essaim import cover
from essaim.cache import remembered
from essaim.cover import Cover
from essaim.model import Page, Sheet, Webinar
from essaim.outputs.render import date_fr, picture, theme_folder
from essaim.outputs.shown import place_short, spaced
from essaim.outputs.site import Content, Site

FONT = theme_folder() / "assets" / "fonts" / "newsreader-600.woff2"


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The pictures, from the cache when they were drawn before."""
    if not site.url or site.preview:
        return
    folder = site.cache / "partage" if site.cache else None
    font = FONT.read_bytes()
    for path, one in _covers(site):
        key = (cover.VERSION, font, one.title, one.above, one.below, one.site)
        yield path, remembered(folder, key, lambda one=one: cover.draw(one, FONT))  # type: ignore[misc]


def _covers(site: Site) -> Iterator[tuple[str, Cover]]:
    home = next((one for one in site.library.pages.values() if not one.address), None)
    yield picture(None), Cover(spaced(home.titre) if home else site.name, "", "", site.name)
    for sheet in site.library.pages.values():
        if not isinstance(sheet, Page):
            yield picture(sheet), of(site, sheet)


def of(site: Site, sheet: Sheet) -> Cover:
    """What the picture of a sheet shows: its kind, its title, and where or when it is."""
    where = date_fr(sheet.date) if isinstance(sheet, Webinar) else place_short(sheet)
    return Cover(spaced(sheet.titre), sheet.LABEL, where, site.name)
