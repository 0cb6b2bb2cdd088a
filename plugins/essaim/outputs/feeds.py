"""Atom feeds (RFC 4287): of all sheets, of each kind, theme, région and département, of what a web conference cites; and ``/flux/``.

A feed needs absolute addresses: without ``site_url`` there is none, and the page says so. Dates are those of sheets, so that
two builds are the same. An entry's id is a tag URI (RFC 4151) made from the first id that its sheet had: renaming it tells
no reader that there is a new one. An archived sheet keeps its entry, which says so (docs/decisions/0032).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from heapq import nsmallest
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from essaim.addresses import FEEDS, FOLLOWED, conference_feed, feed_address
from essaim.cited import cited, instead
from essaim.library import facet_values
from essaim.model import SHEETS, Sheet, Webinar
from essaim.opendata import LICENCE
from essaim.outputs.lists import values_of
from essaim.outputs.render import date_fr, page
from essaim.outputs.shown import label, spaced
from essaim.outputs.site import Content, Site

if TYPE_CHECKING:
    from feedgen.entry import FeedEntry

MOST = 40
"""Entries of a feed, the newest."""

# What XML 1.0 can't hold, even escaped. A text: it takes 5 ms to compile, and many builds make no feed.
_REFUSED = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: where it is and what page it follows, both from the root; the sheets that it tells, newest first; how many
    there are in all, and how many more are archived."""

    address: str
    page: str
    title: str
    sheets: tuple[Sheet, ...]
    total: int
    archived: int = 0


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """``/flux/``, the feeds that it lists, and one for each web conference."""
    groups = list(_groups(site))
    yield page(site, FEEDS, "flux.html", "Suivre la bibliothèque", "Les flux Atom : être prévenu quand une fiche paraît, change ou est archivée, sans donner son adresse.",
               groups=groups, most=MOST)  # fmt: skip
    if not site.url:
        return
    entry, began = _entries(site), _founded(site)
    for _, feeds in groups:
        for feed in feeds:
            yield feed.address, _atom(site, feed, entry, began)
    for webinar in site.library.pages.values():
        if isinstance(webinar, Webinar):
            yield conference_feed(webinar), _atom(site, _conference(site, webinar), entry, began)


def entry_id(site: Site, sheet: Sheet) -> str:
    """The id of a sheet in every feed, for ever: ``tag:exemple.fr,2026:experience/archer``. Raises ValueError without ``site.url``."""
    where = urlsplit(site.url)
    if not where.hostname:
        raise ValueError("an id needs the site's public address")
    return f"tag:{where.hostname},{sheet.publie_le.year}:{where.path.strip('/') + '/' if where.path.strip('/') else ''}{sheet.KIND}/{site.history.first_name(sheet)}"


def _groups(site: Site) -> Iterator[tuple[str, list[Feed]]]:
    """``(heading, feeds)`` of the page. A value that has a page has its feed, even empty: one follows it for what is to come."""
    gone, places = _archived(site)
    followed = sorted((one for one in (*site.catalogue, *gone) if one.URL), key=lambda one: (-site.history.last_change(one).toordinal(), -one.publie_le.toordinal()))  # fmt: skip
    rank = {sheet.id: place for place, sheet in enumerate(followed)}

    def feed(address: str, about: str, title: str, sheets: Iterable[Sheet], withdrawn: Iterable[Sheet]) -> Feed:
        held, more = [one for one in sheets if one.id in rank], [one for one in withdrawn if one.id in rank]
        newest = nsmallest(MOST, (*held, *more), key=lambda one: rank[one.id])
        return Feed(address, about, title, tuple(newest), len(held), len(more))

    yield "Toute la bibliothèque", [feed(feed_address(), "", "Toutes les fiches", site.catalogue, gone)]
    yield (
        "Par sorte de fiche",
        [
            feed(
                feed_address(kind.URL),
                f"{kind.URL}/",
                kind.LABELS,
                site.library.of_kind(kind.KIND),
                places.get(("", kind.KIND), ()),
            )
            for kind in SHEETS
            if kind.URL
        ],
    )
    for facet, vocabulary in site.facet_pages:
        if facet in FOLLOWED:
            held = site.library.facets[facet]
            yield vocabulary.titre, [
                feed(feed_address(vocabulary.url or "", value.id), site.value_address(facet, value.id), value.libelle,
                     (site.library.published[one] for one in held.get(value.id, ())), places.get((facet, value.id), ()))
                for value in values_of(site, facet, vocabulary)
            ]  # fmt: skip


def _archived(site: Site) -> tuple[list[Sheet], dict[tuple[str, str], list[Sheet]]]:
    """The archived sheets; and by where they stood, ``("", kind)`` or ``(facet, value)``: no list has them any more."""
    found = [one for one in site.library.pages.values() if site.history.withdrawn(one)]
    places: dict[tuple[str, str], list[Sheet]] = {}
    for sheet in found:
        for place in (("", sheet.KIND), *facet_values(sheet)):
            places.setdefault(place, []).append(sheet)
    return found, places


def _conference(site: Site, webinar: Webinar) -> Feed:
    """The web conference itself and what it cites, withdrawn sheets included: who follows it wants to know."""
    found = [webinar, *cited(site.library, webinar)]
    newest = sorted(found, key=lambda one: -site.history.last_change(one).toordinal())
    return Feed(conference_feed(webinar), webinar.address, webinar.titre, tuple(newest[:MOST]), len(found))


def _atom(site: Site, feed: Feed, entry: Callable[[Sheet], FeedEntry], began: date) -> bytes:
    """The document; ``began`` is the date of a feed that is still empty."""
    from feedgen.feed import FeedGenerator  # dear to import, for builds that make none

    made = FeedGenerator()
    made.id(site.url + feed.address)
    made.title(_text(f"{site.name} : {feed.title}"))
    made.subtitle(_text(f"Flux Atom : donnez cette adresse à un lecteur de flux. Comment s’en servir : {site.url}{FEEDS}"))  # fmt: skip
    made.link([{"rel": "self", "href": site.url + feed.address, "type": "application/atom+xml"}, {"rel": "alternate", "href": site.url + feed.page, "type": "text/html"}])  # fmt: skip
    made.author({"name": _text(site.name)})
    made.rights(LICENCE["titre"])
    made.language("fr")
    made.generator("Essaim")
    made.updated(_instant(max((site.history.last_change(one) for one in feed.sheets), default=began)))
    for sheet in feed.sheets:
        made.add_entry(entry(sheet), order="append")
    written: bytes = made.atom_str(pretty=True)
    return written


def _entries(site: Site) -> Callable[[Sheet], FeedEntry]:
    """What makes the entry of a sheet, once for all the feeds that it stands in."""
    vocabulary = site.library.nomenclature("themes")

    @cache
    def of(identifier: str) -> FeedEntry:
        sheet = site.library.pages[identifier]
        from feedgen.entry import FeedEntry

        made = FeedEntry()
        made.id(entry_id(site, sheet))
        made.title(_text(sheet.titre if sheet.published else f"Archivée : {sheet.titre}"))
        made.summary(_text(_withdrawal(site, sheet) or sheet.lead))
        made.link({"href": site.url + sheet.address, "rel": "alternate", "type": "text/html"})
        made.published(_instant(sheet.publie_le))
        made.updated(_instant(site.history.last_change(sheet)))
        for name in sheet.auteurs:
            made.author({"name": _text(name)})
        made.category({"term": sheet.KIND, "label": sheet.LABEL})
        for theme in sheet.themes:
            scheme = {"scheme": f"{site.url}{vocabulary.url}/"} if vocabulary and vocabulary.url else {}
            made.category({"term": theme, "label": _text(label(site, "themes", theme)), **scheme})
        return made

    return lambda sheet: of(sheet.id)


def _withdrawal(site: Site, sheet: Sheet) -> str:
    """Since when a sheet is archived, why, and what replaces it; nothing for one that is not."""
    if sheet.published or not sheet.archivage:
        return ""
    # Addresses in the text: readers of feeds take a link « related » for that of the entry.
    others = instead(site.library, sheet)
    named = " ; ".join(f"« {one.titre} », {site.url}{one.address}" for one in others)
    told = f"Archivée le {date_fr(sheet.archivage.le)} : {sheet.archivage.raison}"
    return f"{told} À lire à la place : {named}" if named else told


def _founded(site: Site) -> date:
    """The day of the first sheet: when a feed that is still empty began."""
    return min((one.publie_le for one in site.catalogue), default=date(2000, 1, 1))


def _instant(day: date) -> datetime:
    # Sheets know days. Noon, so that no time zone of France makes another day of it.
    return datetime.combine(day, time(12), UTC)


def _text(text: str) -> str:
    """What XML can hold, with the spaces of French; feedgen escapes it."""
    return re.sub(_REFUSED, "", spaced(text))
