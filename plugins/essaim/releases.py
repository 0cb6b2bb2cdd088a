"""What a publication changes in the data: the state of each sheet, by digests, and the journal of what was added, changed, removed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date

from essaim.ledger import CHANGES, Change, State
from essaim.library import Library
from essaim.model import Sheet

DIGITS = 8
"""Hexadecimal digits of SHA-256 that are kept: one change in four thousand million would go unseen."""
TEXT = "texte"
ADDED, CHANGED, REMOVED = CHANGES


def state(library: Library) -> tuple[State, ...]:
    """What each sheet with a page holds today, field by field, in the order of sheets and fields."""
    names = _Names(library)
    return tuple(
        State(
            sheet.id,
            sheet.KIND,
            " ".join(f"{name}={digest}" for name, digest in _digests(sheet, _text(library, sheet), names).items()),
        )
        for sheet in library.pages.values()
    )


def _text(library: Library, sheet: Sheet) -> str:
    return library.documents[sheet.id].text


def changes(library: Library, today: date) -> Iterator[Change]:
    """What changed in each sheet since the state of the last publication. A sheet that was renamed is still itself."""
    names, first = library.identities, _Names(library)
    before = {names.get(one.fiche, one.fiche): one for one in library.ledger.state}
    for sheet in library.pages.values():
        known = before.pop(sheet.id, None)
        if known is None:
            yield Change(today, sheet.id, sheet.KIND, "", ADDED)
            continue
        old = dict(part.split("=", 1) for part in known.empreintes.split() if "=" in part)
        new = _digests(sheet, _text(library, sheet), first)
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                yield Change(
                    today,
                    sheet.id,
                    sheet.KIND,
                    name,
                    ADDED if name not in old else REMOVED if name not in new else CHANGED,
                )
    for gone in before.values():
        yield Change(today, gone.fiche, gone.sorte, "", REMOVED)


class _Names:
    """A text in which renamed sheets have their first name: one that cites them says the same as before."""

    def __init__(self, library: Library) -> None:
        self._first = {sheet.id: sheet.anciens_ids[0] for sheet in library.pages.values() if sheet.anciens_ids}
        words = "|".join(map(re.escape, sorted(self._first, key=len, reverse=True)))
        self._renamed = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if words else None

    def of(self, text: str) -> str:
        """``text`` with first names."""
        return self._renamed.sub(lambda found: self._first[found[0]], text) if self._renamed else text


def _digests(sheet: Sheet, body: str, names: _Names) -> dict[str, str]:
    """A digest of each field that is written in a sheet (one left at its default is not), and of its text."""
    held = sheet.model_dump(
        mode="json", exclude_defaults=True, exclude=set(type(sheet).model_computed_fields), warnings=False
    )
    if body.strip():
        held[TEXT] = body.strip()
    texts = {name: json.dumps(value, ensure_ascii=False, sort_keys=True) for name, value in held.items()}
    return {name: _digest(text if name == "anciens_ids" else names.of(text)) for name, text in texts.items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
