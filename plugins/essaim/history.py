"""When readers saw a sheet appear, change and go: its own dates, and those of the publications that brought it (decision 30).

A sheet may wait between the day that it gives and the publication that shows it: the ledger's journal knows that one. What the
journal does not know yet counts by its own dates. No clock: the same library gives the same days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from essaim.ledger import CHANGES, Change
from essaim.library import Library
from essaim.model import Sheet
from essaim.permalinks import Permalinks

ADDED = CHANGES[0]
FORMER_IDS = "anciens_ids"
"""The field that a renaming writes: to a reader, a sheet was renamed, and no field changed."""
NAMELESS = frozenset({FORMER_IDS, "anciennes_ancres"})
"""Fields that keep addresses alive: no reader hears of them by their name."""
SILENT = NAMELESS | {"publie_le", "verifie_le", "a_revoir_le", "statut"}
"""Fields whose change is no change of what a sheet tells. Its dates count by what they say."""


@dataclass(frozen=True)
class History:
    """What the publications tell of a library's sheets. ``links`` knows their former names. Made once; the journal is read once."""

    library: Library
    links: Permalinks

    @cached_property
    def changes(self) -> Mapping[str, tuple[Change, ...]]:
        """What the publications changed, by the id that each sheet has today."""
        found: dict[str, list[Change]] = {}
        for one in self.library.ledger.journal:
            found.setdefault(self.today(one.fiche), []).append(one)
        return {identifier: tuple(changes) for identifier, changes in found.items()}

    def today(self, identifier: str) -> str:
        """The id that a sheet has today, itself when no sheet has or had it."""
        return self.links.library.identities.get(identifier, identifier)

    def appeared(self, sheet: Sheet) -> date:
        """The day when it came before readers: the day that it gives, or that of the publication that brought it."""
        return max([sheet.publie_le, *(one.date for one in self._of(sheet) if not one.champ and one.changement == ADDED)])  # fmt: skip

    def withdrawn(self, sheet: Sheet) -> date | None:
        """The day when readers saw it archived; None for a sheet that is not."""
        if sheet.published or not sheet.archivage:
            return None
        told = (one.date for one in self._of(sheet) if one.champ == "archivage" and one.changement == ADDED)
        return max([sheet.archivage.le, *told])

    def last_change(self, sheet: Sheet) -> date:
        """The day when it last changed for its readers: checked, brought, changed by a publication, or withdrawn."""
        if sheet.id not in self._changed:
            told = (one.date for one in self._of(sheet) if one.champ and one.champ not in SILENT)
            self._changed[sheet.id] = max([sheet.verifie_le, self.appeared(sheet), self.withdrawn(sheet) or date.min, *told])  # fmt: skip
        return self._changed[sheet.id]

    @cached_property
    def _changed(self) -> dict[str, date]:
        """Days of last change, as they were asked for: every list asks for those of its sheets."""
        return {}

    def renamed(self, sheet: Sheet, since: date) -> bool:
        """Whether a publication of ``since`` or later gave it another id."""
        return any(one.champ == FORMER_IDS and one.date >= since for one in self._of(sheet))

    def day(self, kind: type[Sheet] | None = None) -> date | None:
        """The day to which the library goes, or its sheets of a kind: the latest of their dates and of the publications that
        touched them. None for none. Two publications that differ never have the same."""
        ledger, own = self.library.ledger, self._days.get(kind.KIND if kind else "", ())
        told: Iterable[date] = (one.date for one in ledger.journal if one.sorte == kind.KIND) if kind else filter(None, [ledger.last])  # fmt: skip
        return max([*own[1:], *told], default=None)

    def issued(self, kind: type[Sheet] | None = None) -> date | None:
        """The day that the oldest of all sheets gives, or of those of a kind. None for none."""
        return next(iter(self._days.get(kind.KIND if kind else "", ())), None)

    @cached_property
    def _days(self) -> dict[str, tuple[date, date]]:
        """When the first sheet of each kind was published, and the last change of one; ``""`` is for all kinds."""
        found: dict[str, list[tuple[date, date]]] = {}
        for sheet in self.library.pages.values():
            found.setdefault(sheet.KIND, []).append((sheet.publie_le, self.last_change(sheet)))
        if found:
            found[""] = [one for held in found.values() for one in held]
        return {kind: (min(one for one, _ in held), max(one for _, one in held)) for kind, held in found.items()}

    def first_name(self, sheet: Sheet) -> str:
        """The id under which readers first knew it, for ever: renaming a sheet away and back changes nothing. It is in the
        oldest address that was published; of a sheet that never was, in the former ids that it gives."""
        known = [*sheet.anciens_ids, sheet.id]
        return min(self._published.get(sheet.id, []), key=lambda one: (one[0], known.index(one[1]) if one[1] in known else -1), default=(date.min, known[0]))[1]  # fmt: skip

    @cached_property
    def _published(self) -> Mapping[str, list[tuple[date, str]]]:
        """``(day, id)`` of each address that a sheet's page had, by its id of today."""
        found: dict[str, list[tuple[date, str]]] = {}
        for entry in self.library.ledger.entries:
            if entry.fiche and entry.adresse.endswith("/"):
                found.setdefault(self.today(entry.fiche), []).append((entry.depuis, entry.adresse.split("/")[-2]))
        return found

    def _of(self, sheet: Sheet) -> tuple[Change, ...]:
        return self.changes.get(sheet.id, ())
