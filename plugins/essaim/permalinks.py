"""Addresses that last: which live, where those that moved lead now, which were lost, and their short links.

An address is written from the root, as in the ledger: ``experiences/archer/``, ``experiences/archer/#la-demarche``,
``explorer/?theme=bois`` (decision 29).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from essaim.addresses import search_address
from essaim.destinations import destination
from essaim.lazy import renamed
from essaim.ledger import Entry, path_of
from essaim.library import Library
from essaim.model import SHEETS, Sheet, Webinar
from essaim.problem import Problem

FOLDERS = frozenset(kind.URL for kind in SHEETS) - {""}
"""First names of the addresses of sheets, but for pages, which stand at the root."""
SHORT = "s/"
"""The folder of short links."""
CONSONANTS, VOWELS = "bdfgkmnprstvz", "aeou"
"""What codes are made of: syllables that can be said, no digit, no letter that looks like another (``l``, ``i``)."""
SYLLABLES = 3
FILES = ("donnees/", "schemas/", "flux/")
"""Folders of files that programs fetch by name: their addresses last too."""
CRUDE = ("pute", "puta", "pede", "peda", "kaka", "sado", "nega", "zob", "tare", "baze", "nude", "merd", "duce", "fura")
"""No code holds one of these: they are said aloud before a council."""


@dataclass(frozen=True)
class Permalinks:
    """What a library's addresses are and were. Made once for each library."""

    library: Library

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """The sheets that have a page, by its address."""
        return renamed(self.library.pages, {address: one for one, address in self._addresses.items()})

    @cached_property
    def _addresses(self) -> dict[str, str]:
        """The addresses of the sheets that have a page, by id."""
        return {one: self.library.kind_of(one).address_of(one) for one in self.library.pages}

    @cached_property
    def moves(self) -> dict[str, str]:
        """Addresses of pages that sheets had → those that they have, by ``anciens_ids`` and by the ledger."""
        found: dict[str, str] = {}
        for entry in self.library.ledger.entries:
            address = self._addresses.get(self.library.identities.get(entry.fiche, ""))
            if address is not None and address != entry.adresse and of_a_sheet(entry.adresse):
                found[entry.adresse] = address
        for one, address in self._addresses.items():
            for old in self.library.told[one].former:
                found[self.library.kind_of(one).address_of(old)] = address
        return {old: new for old, new in found.items() if old not in self.sheets}

    @cached_property
    def claims(self) -> dict[str, str]:
        """Addresses that moved → where they lead, one step: those of sheets, then those of ``redirections.csv``."""
        written = {
            one.ancienne: one.nouvelle for one in self.library.ledger.redirections if one.ancienne not in self.sheets
        }
        return {**written, **self.moves}

    def resolve(self, address: str, pages: Container[str] | None = ()) -> str | None:
        """Where an address leads today: itself while it lives, else what it moved to; None when it leads nowhere.

        ``pages`` are the addresses of the site beside those of sheets; None takes for granted what is no sheet's.
        """
        page, asked = _parted(address)
        followed = self._followed(page)
        if followed is None:
            return None
        page, given = _parted(followed)
        sheet, rest = self.sheets.get(page), given or asked
        if sheet is None:
            return page + rest if pages is None or page in pages else None
        if not rest.startswith("#"):
            return page + rest
        held, former = self._anchors(sheet)
        if rest[1:] not in held and rest[1:] not in former:
            return None
        return f"{page}#{former.get(rest[1:]) or rest[1:]}"

    def _anchors(self, sheet: Sheet) -> tuple[frozenset[str], dict[str, str | None]]:
        """The anchors that a sheet has, and those that it had, each with the one that it leads to when that is there."""
        if sheet.id not in self._held:
            held = anchors(self.library, sheet)
            former = {
                one.ancre: one.vers if one.vers in held else None
                for one in sheet.anciennes_ancres or ()
                if one.ancre not in held
            }
            self._held[sheet.id] = held, former
        return self._held[sheet.id]

    @cached_property
    def _held(self) -> dict[str, tuple[frozenset[str], dict[str, str | None]]]:
        return {}

    @cached_property
    def _ends(self) -> dict[str, str | None]:
        return {}

    def _followed(self, page: str) -> str | None:
        """The address that a page moved to in the end, itself while it did not; None for a loop. Each step is taken once."""
        way: list[str] = []
        seen: set[str] = set()
        here, rest = page, ""
        while here not in self._ends and (step := self._step(here)) is not None:
            if here in seen:
                break
            way.append(here)
            seen.add(here)
            here, rest = _parted(step)
        end = None if here in seen else self._ends.get(here, here + rest)
        self._ends.update(dict.fromkeys(way, end))
        return end

    def _step(self, page: str) -> str | None:
        if page in self.sheets:
            return None
        if page in self.claims:
            return self.claims[page]
        # A page below that of a sheet moves with it: webinaires/x/liens/.
        above = "/".join(page.split("/")[:2]) + "/"
        return self.moves[above] + page.removeprefix(above) if above != page and above in self.moves else None

    @cached_property
    def codes(self) -> dict[str, str]:
        """Code → address as it was when the code was given."""
        return {entry.code: entry.adresse for entry in self.library.ledger.entries if entry.code}

    @cached_property
    def targets(self) -> dict[str, str]:
        """Code → address to which it leads today. A code whose address is lost (the checks tell it) leads to the root."""
        return {code: self.resolve(address, None) or "" for code, address in sorted(self.codes.items())}

    @cached_property
    def short(self) -> dict[str, str]:
        """Address of today → its code: the first that was given to it."""
        found: dict[str, str] = {}
        for entry in sorted(self.library.ledger.entries, key=lambda one: (one.depuis, one.adresse)):
            target = self.resolve(entry.adresse, None) if entry.code else None
            if target is not None:
                found.setdefault(target, entry.code)
        return found

    @cached_property
    def new_parts(self) -> int:
        """How many addresses within pages (anchors, prepared searches) the ledger does not know yet."""
        return len(lasting(self.library).keys() - self.sheets.keys() - self.library.ledger.by_address.keys())

    @cached_property
    def redirects(self) -> dict[str, str]:
        """Addresses of pages and files that moved → where they lead today, in the end."""
        ends = {old: self.resolve(old, None) for old in self.claims}
        return {old: new for old, new in sorted(ends.items()) if new is not None}


def of_a_sheet(address: str) -> bool:
    """Whether an address has the form of that of a sheet's page."""
    parts = address.split("/")
    return (len(parts) == 3 and parts[0] in FOLDERS and not parts[2]) or (len(parts) == 2 and not parts[1])


def _parted(address: str) -> tuple[str, str]:
    """A page, and what follows it: an anchor, a query."""
    found = re.search(r"[?#]", address)
    return (address[: found.start()], address[found.start() :]) if found else (address, "")


def anchors(library: Library, sheet: Sheet) -> frozenset[str]:
    """What a link can point to in the page of a sheet, and that is kept for ever: the headings of its text, the sequences
    and questions of a web conference. The headings that the templates write are the theme's own."""
    return library.documents[sheet.id].anchors | set(sheet.own_anchors)


def lasting(library: Library) -> dict[str, str]:
    """Every address of a sheet's page, of an anchor in it, and of a prepared search that it links to → the sheet's id,
    empty for a search. Those of sheets that have a page, in order."""
    found: dict[str, str] = {}
    for sheet in library.pages.values():
        address, identifier = sheet.address, sheet.id
        found[address] = identifier
        for anchor in sorted(anchors(library, sheet)):
            found[f"{address}#{anchor}"] = identifier
        for search in searches(library, sheet):
            found.setdefault(search, "")
    return found


def searches(library: Library, sheet: Sheet) -> Iterator[str]:
    """The prepared searches that the text of a sheet links to, as addresses from the root."""
    for link in library.documents[sheet.id].links:
        kind, query, _ = destination(sheet, link)
        if kind == "explorer" and query:
            yield search_address(query)


def lost_page(library: Library, entry: Entry) -> tuple[str, str]:
    """What is wrong with an address that is no sheet's and that the site no longer has, and what to do."""
    shown, end = path_of(library.ledger.shown, "redirections"), "autre/page/"
    if entry.adresse.startswith(FILES):
        end = (
            "flux/tout.xml"
            if entry.adresse.startswith("flux/")
            else f"{entry.adresse.rpartition('/')[0]}/autre.{entry.adresse.rpartition('.')[2]}"
        )
    return (
        f"/{entry.adresse} est publiée depuis le {entry.depuis}, et le site ne l’a plus",
        f"Remettez ce qui la donnait (une valeur de vocabulaire, une page), ou dites ce qui la remplace dans {shown} : /{entry.adresse},/{end}",
    )


def missing(library: Library, pages: Collection[str]) -> Iterator[Problem]:
    """What the checks can't see: published pages that are no sheet's and that the site no longer has, and redirections
    that lead to none. ``pages`` are the addresses that it has beside those of sheets. A vocabulary that can't be read has no page:
    nothing is told then."""
    if library.unread:
        return
    links, table = Permalinks(library), library.ledger
    for number, entry in enumerate(table.entries):
        if not entry.fiche and links.resolve(entry.adresse, pages) is None:
            yield table.problem("permaliens", number, "adresse-perdue", *lost_page(library, entry))
    for number, one in enumerate(table.redirections):
        if one.ancienne in pages:
            yield table.problem("redirections", number, "redirection-refusee", f"/{one.ancienne} est l’adresse d’une page du site", "Retirez cette ligne.")  # fmt: skip
        elif links.resolve(one.ancienne, pages) is None:
            yield table.problem("redirections", number, "redirection-perdue", f"/{one.nouvelle} n’est l’adresse d’aucune page du site", "Donnez celle d’une page qui existe.")  # fmt: skip


def unpublished(links: Permalinks, pages: Iterable[str]) -> int:
    """How many addresses the ledger does not know yet."""
    return len({*pages, *links.sheets} - links.library.ledger.by_address.keys()) + links.new_parts


def code_for(address: str, taken: Container[str]) -> str:
    """A code for an address: made from it, so that two branches give it the same; another one where it is taken."""
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{attempt}:{address}".encode()).digest()
        # From the third attempt on the code is longer: a large library has used up many of the short ones.
        syllables = SYLLABLES + max(0, attempt - 2)
        code = "".join(
            CONSONANTS[digest[2 * place] % len(CONSONANTS)] + VOWELS[digest[2 * place + 1] % len(VOWELS)]
            for place in range(min(syllables, len(digest) // 2))
        )
        if code not in taken and not any(word in code for word in CRUDE):
            return code
        attempt += 1


def published(library: Library, pages: Iterable[str], today: date) -> tuple[Entry, ...]:
    """The ledger's entries after a publication: those before, and what is new. ``pages`` are the addresses that the site
    has beside those of sheets. An entry is never taken out; its code never changes."""
    links = Permalinks(library)
    last = library.ledger.last or today
    now = {**dict.fromkeys(pages, ""), **lasting(library)}
    entries = {
        one.adresse: replace(
            one,
            jusqu_a=None if one.adresse in now else one.jusqu_a or last,
            fiche=now.get(one.adresse, library.identities.get(one.fiche, one.fiche)),
        )
        for one in library.ledger.entries
    }
    taken = {one.code for one in entries.values()}
    parts = {f"{one.address}#{anchor}" for one in library.pages.values() for anchor in _said(one)}
    for address in sorted(now):
        entry = entries.get(address) or Entry(address, now[address], today)
        if (
            address not in links.short
            and not entry.code
            and (address in links.sheets or address in parts or "?" in address)
        ):
            entry = replace(entry, code=code_for(address, taken))
            taken.add(entry.code)
        entries[address] = entry
    return tuple(entries.values())


def _said(sheet: Sheet) -> tuple[str, ...]:
    """The anchors of a sheet that get a short link of their own."""
    return sheet.sequence_anchors if isinstance(sheet, Webinar) else ()
