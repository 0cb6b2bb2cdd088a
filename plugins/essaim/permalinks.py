"""Addresses that last: which live, where those that moved lead now, which were lost, and their short links.

An address is written from the root, as in the ledger: ``experiences/archer/``, ``experiences/archer/#la-demarche``,
``explorer/?theme=bois`` (decision 29).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from urllib.parse import quote

from essaim.ledger import Entry, path_of
from essaim.library import Library, destination
from essaim.model import Sheet, Webinar
from essaim.problem import Problem

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
    def identities(self) -> dict[str, str]:
        """Every id that a sheet has or had → the id that it has today."""
        found = {old: sheet.id for sheet in self.library.known.values() for old in sheet.anciens_ids or ()}
        return {**found, **{one: one for one in self.library.kinds}}

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """The sheets that have a page, by its address."""
        return {sheet.address: sheet for sheet in self.library.pages.values()}

    @cached_property
    def claims(self) -> dict[str, str]:
        """Addresses that moved → where they lead, one step: by ``anciens_ids``, by the ledger, by ``redirections.csv``."""
        found = {one.ancienne: one.nouvelle for one in self.library.ledger.redirections}
        for entry in self.library.ledger.entries:
            sheet = self.library.pages.get(self.identities.get(entry.fiche, ""))
            if sheet and "#" not in entry.adresse and sheet.address != entry.adresse:
                found.setdefault(entry.adresse, sheet.address)
        for sheet in self.library.pages.values():
            for old in sheet.anciens_ids:
                found[type(sheet).address_of(old)] = sheet.address
        return {old: new for old, new in found.items() if old not in self.sheets}

    def resolve(self, address: str, pages: Container[str] | None = ()) -> str | None:
        """Where an address leads today: itself while it lives, else what it moved to; None when it leads nowhere.

        ``pages`` are the addresses of the site beside those of sheets; None takes for granted what is no sheet's.
        """
        page, mark, rest = address.partition("#")
        bare, question, query = page.partition("?")
        followed = self._followed(bare)
        if followed is None:
            return None
        bare, sheet = followed, self.sheets.get(followed)
        if sheet is None and pages is not None and bare not in pages:
            return None
        if sheet is None or not rest:
            return f"{bare}{question}{query}{mark}{rest}"
        held = anchors(self.library, sheet)
        former = {one.ancre: one.vers for one in sheet.anciennes_ancres or ()}
        if rest not in held and rest not in former:
            return None
        return f"{bare}#{former[rest] if rest not in held and former[rest] in held else rest}"

    def _followed(self, page: str) -> str | None:
        """The page that a page moved to, itself while it did not; None for a loop."""
        seen = {page}
        while (step := self._step(page)) is not None:
            if step in seen:
                return None
            seen.add(step)
            page = step
        return page

    def _step(self, page: str) -> str | None:
        if page in self.sheets:
            return None
        if page in self.claims:
            return self.claims[page]
        # A page below that of a sheet moves with it: webinaires/x/liens/.
        above = "/".join(page.split("/")[:2]) + "/"
        return self.claims[above] + page.removeprefix(above) if above != page and above in self.claims else None

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
    def redirects(self) -> dict[str, str]:
        """Addresses of pages that moved → where they lead today, in the end."""
        known = [
            *self.claims,
            *(one.adresse for one in self.library.ledger.entries if not one.fiche and "?" not in one.adresse),
        ]
        ends = {old: self.resolve(old, None) for old in known if self._step(old) is not None}
        return {old: new for old, new in sorted(ends.items()) if new is not None}


def anchors(library: Library, sheet: Sheet) -> frozenset[str]:
    """What a link can point to in the page of a sheet, and that is kept for ever: the headings of its text, the sequences
    and questions of a web conference. The headings that the templates write are the theme's own."""
    return library.documents[sheet.id].anchors | set(sheet.own_anchors)


def lasting(library: Library) -> dict[str, str]:
    """Every address of a sheet's page, of an anchor in it, and of a prepared search that it links to → the sheet's id,
    empty for a search. Those of sheets that have a page, in order."""
    found: dict[str, str] = {}
    for sheet in library.pages.values():
        found[sheet.address] = sheet.id
        for anchor in sorted(anchors(library, sheet)):
            found[f"{sheet.address}#{anchor}"] = sheet.id
        for search in searches(library, sheet):
            found.setdefault(search, "")
    return found


def searches(library: Library, sheet: Sheet) -> Iterator[str]:
    """The prepared searches that the text of a sheet links to, as addresses from the root."""
    for link in library.documents[sheet.id].links:
        kind, query, _ = destination(sheet, link)
        if kind == "explorer" and query:
            yield f"explorer/?{quote(query, safe='=&,+')}"


def missing(library: Library, pages: Collection[str]) -> Iterator[Problem]:
    """What the checks can't see: published pages that are no sheet's and that the site no longer has, and redirections
    that lead to none. ``pages`` are the addresses that it has beside those of sheets."""
    links, table = Permalinks(library), library.ledger
    for number, entry in enumerate(table.entries):
        if not entry.fiche and links.resolve(entry.adresse, pages) is None:
            yield table.problem("permaliens", number, "adresse-perdue", f"/{entry.adresse} est publiée depuis le {entry.depuis}, et le site ne l’a plus",
                                f"Remettez ce qui la donnait (une valeur de vocabulaire, une page), ou dites ce qui la remplace dans {path_of(table.shown, 'redirections')} : /{entry.adresse},/autre/page/")  # fmt: skip
    for number, one in enumerate(table.redirections):
        if one.ancienne in pages:
            yield table.problem("redirections", number, "redirection-refusee", f"/{one.ancienne} est l’adresse d’une page du site", "Retirez cette ligne.")  # fmt: skip
        elif links.resolve(one.ancienne, pages) is None:
            yield table.problem("redirections", number, "redirection-perdue", f"/{one.nouvelle} n’est l’adresse d’aucune page du site", "Donnez celle d’une page qui existe.")  # fmt: skip


def unpublished(library: Library, pages: Iterable[str]) -> set[str]:
    """The addresses that the ledger does not know yet."""
    return {*pages, *lasting(library)} - library.ledger.by_address.keys()


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
            fiche=now.get(one.adresse, links.identities.get(one.fiche, one.fiche)),
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
