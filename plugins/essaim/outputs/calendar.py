"""The calendar file (iCalendar, RFC 5545) of each web conference: ``webinaires/ID/agenda.ics``.

Written for past ones too, so that an address given once stays; the page offers it while the conference is to come. No clock:
the stamps are the sheet's dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from essaim.cited import PARIS, start
from essaim.model import Webinar
from essaim.outputs.site import Content, Site
from essaim.words import slug

if TYPE_CHECKING:
    from icalendar import Event, Timezone


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """One file for each web conference that has a page."""
    for sheet in site.library.pages.values():
        if isinstance(sheet, Webinar):
            yield calendar_file(sheet), calendar(site, sheet)


def calendar_file(webinar: Webinar) -> str:
    """Address from the root of its calendar file."""
    return f"{webinar.address}agenda.ics"


def calendar(site: Site, webinar: Webinar) -> bytes:
    """The calendar of one event. Without an hour, it takes the day; without a duration, it has a beginning only."""
    from icalendar import Calendar  # dear to import, for builds that make none

    made = Calendar()
    made.add("prodid", "-//Essaim//FR")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    begun = start(webinar)
    if begun:
        made.add_component(_paris(webinar.date.year))
    made.add_component(_event(site, webinar, begun))
    written: bytes = made.to_ical()
    return written


def _event(site: Site, webinar: Webinar, begun: datetime | None) -> Event:
    from icalendar import Event, vDuration

    event = Event()
    last = site.history.last_change(webinar)
    stamp = datetime.combine(last, time(12), UTC)
    # The same for ever, so that a calendar puts a change in the place of what it has.
    event.add("uid", f"{webinar.KIND}-{site.history.first_name(webinar)}@{urlsplit(site.url).hostname or slug(site.name) + '.invalid'}")  # fmt: skip
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", (last - webinar.publie_le).days)
    event.add("summary", webinar.titre)
    told = [webinar.resume, f"S’inscrire : {webinar.inscription}" if webinar.inscription else ""]
    if site.url:
        event.add("url", site.url + webinar.address)
        told.append(f"La page : {site.url}{webinar.address}")
    event.add("description", "\n\n".join(line for line in told if line))
    event.add("dtstart", begun or webinar.date)
    if begun and webinar.duree:
        event.add("duration", vDuration(timedelta(minutes=webinar.duree)))
    if not begun:
        event.add("transp", "TRANSPARENT")
    return event


def _paris(year: int) -> Timezone:
    """The hours of Paris in that year: what a calendar that knows no time zone needs."""
    from icalendar import Timezone

    zone = Timezone.from_tzid(PARIS.key, first_date=date(year, 1, 1), last_date=date(year + 1, 1, 2))
    zone.pop("comment", None)  # says in English what its dates do
    return zone
