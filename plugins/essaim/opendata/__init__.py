"""The library as data for who takes it away: tables, records, schemas, catalogue. Nothing here writes a file.

    library ─ records.record ─▶ JSON, GeoJSON ; tables.rows ─▶ CSV ; schemas, packages, skos describe them

Its fields are the model's (``model.champs``), its tables those of ``imports.columns`` (decision 30).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from essaim.addresses import DATA as FOLDER
from essaim.history import History
from essaim.library import Library
from essaim.model import Located, Sheet
from essaim.permalinks import Permalinks

LICENCE = {
    "id": "etalab-2.0",
    "titre": "Licence Ouverte 2.0 (Etalab)",
    "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
}
"""The licence of the content (LICENSE-content.md). ``id`` is SPDX's."""


@dataclass(frozen=True)
class Edition:
    """A library as it is published: ``url`` is its root or empty, ``short`` gives the short link of an address, from the
    root, or nothing; ``known`` is the library's history, where it was made already. Holds no draft: only sheets that have a page."""

    library: Library
    name: str
    url: str = ""
    short: Callable[[str], str] = lambda _: ""
    known: History | None = None

    def sheets(self, kind: type[Sheet]) -> list[Sheet]:
        """The published and the archived sheets of a kind, by id."""
        return [self.library.pages[one] for one in self.ids(kind)]

    def ids(self, kind: type[Sheet]) -> list[str]:
        """Their ids."""
        return self._by_kind.get(kind.KIND, [])

    @cached_property
    def _by_kind(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in self.library.pages:
            found.setdefault(self.library.kind_of(one).KIND, []).append(one)
        return found

    def issued(self, kind: type[Sheet] | None = None) -> date | None:
        """The day that the oldest sheet gives (``History.issued``)."""
        return self._history.issued(kind)

    def day(self, kind: type[Sheet] | None = None) -> date | None:
        """The day to which the data go, or those of a kind: the same as the site tells (``History.day``)."""
        if kind not in self._days:
            self._days[kind] = self._history.day(kind)
        return self._days[kind]

    @cached_property
    def _history(self) -> History:
        return self.known or History(self.library, Permalinks(self.library))

    @cached_property
    def _days(self) -> dict[type[Sheet] | None, date | None]:
        return {}

    @property
    def title(self) -> str:
        """What the whole is called, in attributions too."""
        return f"{self.name}, bibliothèque d’expériences"

    def attribution(self, sheet: Sheet | None = None) -> str:
        """The words that the licence asks for: the library, the address of the page, the date of its last check."""
        address = f"{self.url}{sheet.address if sheet else FOLDER}" if self.url else ""
        day = sheet.verifie_le if sheet else self.day()
        said = ("vérifiée" if sheet else "données") + (f" le {day.isoformat()}" if sheet else f" au {day.isoformat()}") if day else ""  # fmt: skip
        return ", ".join(part for part in (f"« {self.title} »", address, said) if part)


@dataclass(frozen=True, slots=True)
class Extra:
    """What every record tells beside the fields of the model, and follows from where the sheet is published."""

    name: str
    titre: str
    aide: str
    of: Callable[[Edition, Sheet], str | None]


EXTRAS = (
    Extra("adresse", "Adresse", "Adresse de la page, depuis la racine du site.", lambda _, sheet: sheet.address),
    Extra("url", "Adresse web", "Adresse complète de la page, si le site connaît la sienne.",
          lambda edition, sheet: edition.url + sheet.address if edition.url else None),
    Extra("lien_court", "Lien court", "Lien court vers la page, depuis la racine du site ; vide avant la première publication.",
          lambda edition, sheet: edition.short(sheet.address) or None),
    Extra("licence", "Licence", "Identifiant SPDX de la licence.", lambda *_: LICENCE["id"]),
    Extra("attribution", "Attribution", "Ce qu’il faut citer en réutilisant la fiche.",
          lambda edition, sheet: edition.attribution(sheet)),
)  # fmt: skip


def name_of(kind: type[Sheet]) -> str:
    """The name of a kind's files: ``experiences``, ``pages``."""
    return kind.URL or kind.FOLDER


def located(kind: type[Sheet]) -> bool:
    """Whether its sheets have a territory."""
    return issubclass(kind, Located)


def file_of(sheet: Sheet, ending: str) -> str:
    """The address from the root of a sheet's own file: ``experiences/archer.json``, ``accueil.md``."""
    return f"{sheet.URL}/{sheet.id}.{ending}" if sheet.URL else f"{sheet.id}.{ending}"


__all__ = ["EXTRAS", "FOLDER", "LICENCE", "Edition", "Extra", "file_of", "located", "name_of"]
