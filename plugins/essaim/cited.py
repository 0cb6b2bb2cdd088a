"""What a web conference cites, what became of it since, and when the conference is: read off the library, without a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from essaim.destinations import destination
from essaim.history import SILENT, History
from essaim.library import Library
from essaim.model import SHEETS, Sheet, Webinar, champs
from essaim.model.webinar import Question, Sequence

PARIS = ZoneInfo("Europe/Paris")
"""Where the hour of a web conference is said."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A cited sheet that came, was checked again or changed after the conference, last on the day ``when``. It is ``new`` when
    it ``appeared`` after. ``renamed`` and ``fields`` tell what the publications since have changed in it."""

    sheet: Sheet
    when: date
    appeared: date
    new: bool
    renamed: bool = False
    fields: tuple[str, ...] = ()

    @property
    def checked(self) -> bool:
        """Whether what happened that day is that it was checked: else a publication brought a change."""
        return self.when == self.sheet.verifie_le


@dataclass(frozen=True, slots=True)
class Since:
    """What became of the sheets that a conference cites: ``changed``, the newest first, and those that were ``withdrawn``."""

    changed: tuple[Changed, ...] = ()
    withdrawn: tuple[Sheet, ...] = ()

    @property
    def new(self) -> int:
        """How many were written since."""
        return sum(one.new for one in self.changed)


def cited(library: Library, webinar: Webinar) -> list[Sheet]:
    """The sheets that its sequences, its questions and its text name and that have a page, each once, in the order of the conference."""
    parts: tuple[Sequence | Question, ...] = (*webinar.sequences, *webinar.questions)
    named = [one for part in parts for one in part.liens]
    links = [destination(webinar, link) for link in library.documents[webinar.id].links]
    written = [target for kind, target, _ in links if kind == "sheet"]
    ids = dict.fromkeys([*named, *written])
    return [library.pages[one] for one in ids if one in library.pages and one != webinar.id]


def instead(library: Library, sheet: Sheet) -> list[Sheet]:
    """The sheets to read in the place of one that is archived, those that have a page."""
    ids = sheet.archivage.remplacee_par or () if sheet.archivage else ()
    return [library.pages[one] for one in ids if one in library.pages]


def since(history: History, webinar: Webinar) -> Since:
    """What became of what ``webinar`` cites after its day."""
    found = cited(history.library, webinar)
    changed = [_changed(history, one, webinar.date) for one in found if one.published and history.last_change(one) > webinar.date]  # fmt: skip
    # What was there and is different comes before what was written since: that is what a participant does not expect.
    # Then experiences and methods before the organisations that they name.
    changed.sort(key=lambda one: (-one.when.toordinal(), one.new, _ORDER[one.sheet.KIND]))
    return Since(tuple(changed), tuple(one for one in found if not one.published))


def _changed(history: History, sheet: Sheet, day: date) -> Changed:
    appeared = history.appeared(sheet)
    new = appeared > day
    first = max(appeared, day) + timedelta(days=1)
    touched = {one.champ.partition(".")[0] for one in history.changes.get(sheet.id, ()) if one.date >= first} - SILENT
    known = [champ.titre for champ in champs(type(sheet)) if "." not in champ.path and champ.path in touched]
    fields = (*known, *(["Texte"] if "texte" in touched else []))
    return Changed(sheet, history.last_change(sheet), appeared, new, history.renamed(sheet, first), fields)


_ORDER = {kind.KIND: place for place, kind in enumerate(SHEETS)}


def start(webinar: Webinar) -> datetime | None:
    """The instant when it begins, in Paris; None when only the day is known."""
    if not webinar.heure:
        return None
    hour, minute = webinar.heure.split(":")
    return datetime.combine(webinar.date, time(int(hour), int(minute)), PARIS)


def end(webinar: Webinar) -> datetime:
    """The instant from which it is past, in Paris: its end when hour and duration are known, else the end of its day."""
    begun = start(webinar)
    if begun and webinar.duree:
        # Added to the instant, not to what clocks say: a conference may go over the night when they change.
        return (begun.astimezone(UTC) + timedelta(minutes=webinar.duree)).astimezone(PARIS)
    return datetime.combine(webinar.date + timedelta(days=1), time(), PARIS)
