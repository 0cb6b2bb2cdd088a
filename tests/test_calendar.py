"""The calendar file of a web conference, read back by the library that reads calendars."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar, Event

from essaim import cited
from essaim.model import Webinar
from essaim.outputs import Site, calendar
from tests.conftest import Checked

URL = "https://essaim.example/bibliotheque/"
WithFiles = Callable[[Mapping[str, str | bytes]], Checked]


def conference(more: str, identifier: str = "a-venir") -> dict[str, str | bytes]:
    front = "titre: 'Une ; conférence, à venir'\nresume: On en parlera.\nstatut: publié\npublie_le: 2026-11-20\nverifie_le: 2026-11-23\n"
    return {f"webinars/{identifier}.md": f"---\n{front}{more}---\n"}


def event(with_files: WithFiles, more: str, identifier: str = "a-venir") -> tuple[Event, Calendar]:
    library, problems = with_files(conference(more, identifier))
    assert problems == []
    written = dict(calendar.pages(Site(library, url=URL)))[f"webinaires/{identifier}/agenda.ics"]
    assert isinstance(written, bytes)
    assert all(len(line) <= 75 for line in written.split(b"\r\n")), "RFC 5545, 3.1"
    read = Calendar.from_ical(written)
    assert isinstance(read, Calendar)
    (found,) = read.walk("VEVENT")
    assert isinstance(found, Event)
    return found, read


@pytest.mark.parametrize(
    ("day", "utc"), [("2027-01-14", 13), ("2027-07-08", 12), ("2027-03-28", 12), ("2027-10-31", 13)]
)
def test_the_hour_of_paris_in_winter_and_in_summer(with_files: WithFiles, day: str, utc: int) -> None:
    found, whole = event(with_files, f'date: {day}\nheure: "14:30"\nduree: 90\n')
    begun = found.decoded("dtstart")
    assert begun.astimezone(UTC) == datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(
        hours=utc, minutes=30
    )
    assert found["dtstart"].params["TZID"] == "Europe/Paris"
    assert found.decoded("duration") == timedelta(minutes=90)
    (zone,) = whole.walk("VTIMEZONE")
    # A calendar that knows no time zone by its name reads the same instant from the file alone.
    alone = zone.to_tz(lookup_tzid=False)  # type: ignore[attr-defined]
    assert begun.replace(tzinfo=None).replace(tzinfo=alone).astimezone(UTC) == begun.astimezone(UTC)


def test_without_an_hour_it_takes_the_day(with_files: WithFiles) -> None:
    found, whole = event(with_files, "date: 2027-01-14\n")
    assert found.decoded("dtstart") == date(2027, 1, 14)
    assert "dtend" not in found
    assert "duration" not in found
    assert whole.walk("VTIMEZONE") == []


def test_no_duration_is_made_up(with_files: WithFiles) -> None:
    found, _ = event(with_files, 'date: 2027-01-14\nheure: "9:00"\n')
    assert "dtend" not in found
    assert "duration" not in found
    assert found.decoded("dtstart").hour == 9


def test_what_it_says(with_files: WithFiles) -> None:
    found, _ = event(with_files, 'date: 2027-01-14\nheure: "14:30"\ninscription: https://exemple.fr/s?a=1;b=2\n')
    assert str(found["summary"]) == "Une ; conférence, à venir"
    assert str(found["url"]) == f"{URL}webinaires/a-venir/"
    assert str(found["description"]).split("\n\n") == [
        "On en parlera.", "S’inscrire : https://exemple.fr/s?a=1;b=2", f"La page : {URL}webinaires/a-venir/"]  # fmt: skip
    assert found.decoded("dtstamp") == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert found["sequence"] == 3


def test_a_renamed_conference_stays_the_same_event(with_files: WithFiles) -> None:
    before, _ = event(with_files, "date: 2027-01-14\n", "premier-nom")
    after, _ = event(with_files, "date: 2027-01-14\nanciens_ids: [premier-nom, deuxieme-nom]\n", "troisieme-nom")
    assert before["uid"] == after["uid"] == "webinar-premier-nom@essaim.example"


def test_twice_the_same_bytes(with_files: WithFiles) -> None:
    library, _ = with_files(conference('date: 2027-01-14\nheure: "14:30"\nduree: 60\n'))
    assert dict(calendar.pages(Site(library, url=URL))) == dict(calendar.pages(Site(library, url=URL)))
    assert all(b"UID:" in text for text in dict(calendar.pages(Site(library))).values() if isinstance(text, bytes)), (
        "without an address too"
    )


@pytest.mark.parametrize(("more", "expected"), [
    ("date: 2027-01-14\n", "2027-01-15T00:00:00+01:00"),
    ('date: 2027-01-14\nheure: "14:30"\n', "2027-01-15T00:00:00+01:00"),
    ('date: 2027-07-08\nheure: "14:30"\nduree: 90\n', "2027-07-08T16:00:00+02:00"),
    ('date: 2027-03-27\nheure: "23:30"\nduree: 240\n', "2027-03-28T04:30:00+02:00"),
])  # fmt: skip
def test_when_it_is_past(with_files: WithFiles, more: str, expected: str) -> None:
    sheet = with_files(conference(more))[0].sheets["a-venir"]
    assert isinstance(sheet, Webinar)
    assert cited.end(sheet).isoformat() == expected
