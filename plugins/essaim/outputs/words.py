"""What the search knows of each sheet, kept from one build to the next: only what an edit changed is read again.

The texts themselves are kept where the search looks into them. Where they are too many (``search.FULL_TEXT``), a record is its
*outline*, and an edited text that leaves its outline as it was changes nothing of the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from sys import intern
from typing import NamedTuple

from essaim import search
from essaim.cache import Store, digest
from essaim.library import Library
from essaim.model import Sheet
from essaim.outputs.site import Site
from essaim.search import Record

AT_ONCE = 500
"""Records that are read together."""


class Note(NamedTuple):
    """What is known of a record without reading it: the digest of its outline, and how many words its text has."""

    outline: bytes
    words: int


class Words:
    """The records of ``site.catalogue``. ``keys`` has the digest of what each is made from, by id, in that order; ``sees`` gives a
    library cut down to that; ``store`` keeps what was made."""

    def __init__(
        self, site: Site, keys: Mapping[str, bytes], sees: Callable[[Sheet], Library], store: Store | None
    ) -> None:
        self._site, self._sees = site, sees
        self._keys = {one: digest("record", key) for one, key in keys.items()}
        self._store = store or Store(None, "mots")
        self._new: dict[str, Record] = {}
        """What was made in this build."""
        self._unwritten: list[str] = []

    @cached_property
    def full(self) -> bool:
        """Whether the search looks into the texts."""
        return self._site.engine == "pagefind" or search.in_full(one.words for one in self._notes)

    @cached_property
    def digest(self) -> bytes:
        """The digest of all that the search is made from."""
        found = digest(*(self._keys.values() if self.full else (one.outline for one in self._notes)))
        self._keep()
        return found

    @cached_property
    def records(self) -> list[Record]:
        """What can be found of each sheet, in their order: their outlines, where the texts are not looked into."""
        new = {one: self._shape(record) for one, record in self._new.items()} if self._notes else {}
        kept = {record.id: record for record in self._kept([one for one in self._keys if one not in new])}
        found = {one: new.get(one) or kept.get(one) for one in self._keys}
        for record in self._made(one for one, held in list(found.items()) if held is None):
            found[record.id] = self._new[record.id] = self._shape(record)
            self._unwritten.append(record.id)
        self._keep()
        return [record for record in found.values() if record]

    @cached_property
    def _notes(self) -> list[Note]:
        """Of each sheet, in their order."""
        kept: dict[bytes, Note] = self._store.read([_NOTES], dict).get(_NOTES, {})
        known = {key: kept[key] for key in self._keys.values() if isinstance(kept.get(key), Note)}
        words, few = 0, True
        for record in self._made(one for one, key in self._keys.items() if key not in known):
            known[self._keys[record.id]] = Note(digest(repr(record.outline)), record.words)
            self._new[record.id] = record if few else record.outline
            words += record.words
            if few and words > search.FULL_TEXT and self._site.engine != "pagefind":
                few, self._new = False, {one: held.outline for one, held in self._new.items()}
        self._unwritten = list(self._new)
        return [known[key] for key in self._keys.values()]

    def _kept(self, ids: list[str]) -> Iterator[Record]:
        """The records that are kept of these, some at a time: a word that many sheets say is held once."""
        for start in range(0, len(ids), AT_ONCE):
            for record in self._store.read(map(self._name, ids[start : start + AT_ONCE]), Record).values():
                for stems in record.fields.values():
                    stems[:] = map(intern, stems)
                yield record

    def _keep(self) -> None:
        """Keep what was made, and forget what is no sheet's any more."""
        if self._unwritten:
            new = {self._name(one): self._shape(self._new[one]) for one in self._unwritten}
            notes = dict(zip(self._keys.values(), self._notes, strict=True))
            self._store.write({**new, _NOTES: notes}, (self._name(one) for one in self._keys))
            self._unwritten = []

    def _name(self, identifier: str) -> bytes:
        key = self._keys[identifier]
        return digest("texte", key) if self.full else key

    def _shape(self, record: Record) -> Record:
        return record if self.full else record.outline

    def _made(self, ids: Iterable[str]) -> Iterator[Record]:
        for one in ids:
            sheet = self._site.library.published[one]
            yield search.record(self._sees(sheet), sheet, self._concepts)

    @cached_property
    def _concepts(self) -> search.Concepts:
        return search.concepts(self._site.library)


_NOTES = digest("notes")
