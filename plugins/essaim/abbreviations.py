"""Abbreviations in a sheet, and whether anything explains them: the glossary, an organisation, the sheet itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import resources

from essaim.library import Library
from essaim.model import champs, values
from essaim.prose import Passage, Reading
from essaim.words import fold

EXPLAINING = ("term", "organisation")
"""Kinds of sheets that explain abbreviations: whoever loads a part of the library needs them too."""

_SHORT = re.compile(r"[A-ZÀ-Ý](?<![\w&.-].)[A-ZÀ-Ý]{1,5}s?(?![\w&-])")
_AFTER = re.compile(r"[\s\u00a0]*[(:,][\s\u00a0]*[^()]")
_BEFORE = re.compile(r"(?:\(|\bou\s|,\s|[«“]\s?)\Z")
_ROMAN = re.compile(r"[IVX]+")
EVERYDAY = frozenset((resources.files("essaim") / "data" / "sigles-courants.txt").read_text("utf-8").split())
"""Those that people know by no other name, or that stand for nothing."""


def short_forms(text: str) -> set[str]:
    """The abbreviations in a text, without the s of a plural."""
    return {found.rstrip("s") for found in _SHORT.findall(text)}


def explained(library: Library) -> frozenset[str]:
    """What the glossary and the names of organisations hold in capitals, and the parts of every sheet's identity."""
    said = (
        value
        for sheet in library.known.values()
        if sheet.KIND in EXPLAINING
        for champ in champs(type(sheet))
        # Names: not what a sheet says of other things.
        if champ.forme.genre == "ligne" and "." not in champ.path
        for _, value in values(sheet, champ.path)
    )
    known = {short for text in said for short in short_forms(text)}
    # A part of the library may be loaded: its identities are all known, its titles are not.
    return frozenset(known | {part.upper() for identifier in library.kinds for part in identifier.split("-")})


def unexplained(reading: Reading) -> Iterator[tuple[Passage, int, str]]:
    """``(passage, offset, abbreviation)``: the first occurrence in the sheet of each that nothing explains."""
    found = [(passage, start, match[0]) for passage, start, match in reading.texts.find(_SHORT)]
    spelled: set[str] | None = None
    seen = set()
    for passage, start, written in found:
        short = written.rstrip("s")
        if (
            short in seen
            or short in reading.abbreviations
            or _plain(short)
            or (passage.champ and passage.champ.path.startswith(("sources.", "chiffres.")))
        ):
            continue
        spelled = _spelled(found) if spelled is None else spelled
        if short not in spelled and not _shouted(passage.text, start, len(written)):
            seen.add(short)
            yield passage, start, short


def _plain(short: str) -> bool:
    return short in EVERYDAY or _ROMAN.fullmatch(short) is not None


def _shouted(text: str, start: int, length: int) -> bool:
    """Whether what is written there is a word of a text in capitals."""
    around = text[max(0, start - 30) : start + length + 30]
    letters = [c for c in around if c.isalpha()]
    return sum(c.isupper() for c in letters) > 0.7 * len(letters) and len(letters) > length + 4


def _spelled(occurrences: Iterable[tuple[Passage, int, str]]) -> set[str]:
    """The abbreviations that the sheet spells out: ``société d’intérêt collectif (SIC)`` or ``SIC (société…)``."""
    spelled = set()
    for passage, start, written in occurrences:
        text, end, short = passage.text, start + len(written), written.rstrip("s")
        before, after = text[max(0, start - 120) : start], text[end : end + 120]
        told = (_AFTER.match(after) and _initials(short, after)) or (
            _BEFORE.search(before) and _initials(short, before)
        )
        spelled |= {short} if told else set()
    return spelled


def _initials(short: str, text: str) -> bool:
    """Whether words of ``text`` begin, in order, with most letters of ``short``: one word may give several."""
    left = fold(short)
    for word in fold(text).split():
        left = left[1:] if left and word[0] == left[0] else left
    return 3 * len(left) <= len(short)
