"""The text of a cell → what is written in a sheet for it. Nothing is guessed: what may mean two things is refused.

What does not look like anything known passes as it is: the model refuses it, with its own message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from essaim.library import Library
from essaim.model import Champ
from essaim.model.types import Ref
from essaim.territories import Territories
from essaim.vocabulary import Vocabulary
from essaim.words import NON_COMMUNIQUE, fold, nearest, slug

LONGEST_ID = 80
"""Characters of the longest identifier that the model takes."""

_UNKNOWN = frozenset({"non communique", "nc", "n c"})
_DAY = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_MONTH = re.compile(r"([0-9]{1,2})[/.]([0-9]{4})")
_SPACES = re.compile("[ \u00a0\u202f]")
_BULLET = re.compile(r"^[-–—•*]\s+")
_WIDTH = {"commune": 5, "departement": 2}
"""Characters of a code that a spreadsheet shortens when it takes it for a number: 01004 becomes 1004."""
_NAMES = ("vocabulaire", "fiche", "territoire")
"""Kinds of values that name something: what a comma may stand between."""
_SHOWN = 12
"""Values told when none is near: a vocabulary may be long."""


class Refused(Exception):  # noqa: N818  # a value is refused: no error of a program
    """Why a text can't be placed, and what to do."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason, self.hint = reason, hint


@dataclass(frozen=True)
class Lexicon:
    """What a cell may name: values of vocabularies by id or label, sheets by id or title, territories by code or name.

    ``titles`` are those of all sheets, the new ones too, by id; ``kinds`` their kinds.
    """

    vocabularies: Mapping[str, Vocabulary]
    territories: Territories
    kinds: Mapping[str, str]
    titles: Mapping[str, str]

    @classmethod
    def of(cls, library: Library, territories: Territories) -> Lexicon:
        """What a library and the territories hold."""
        titles = {identifier: str(sheet.titre) for identifier, sheet in library.known.items() if sheet.titre}
        return cls(library.vocabularies, territories, dict(library.kinds), titles)

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        return {
            name: {fold(word): value.id for value in vocabulary.valeurs for word in (value.libelle, value.id)}
            for name, vocabulary in self.vocabularies.items()
        }

    @cached_property
    def _by_title(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for identifier, title in self.titles.items():
            found.setdefault(fold(title), []).append(identifier)
        return found

    @cached_property
    def _places(self) -> dict[tuple[str, str], str]:
        return {}

    def value(self, name: str, text: str) -> str | None:
        """The id of the value of a vocabulary that ``text`` names."""
        vocabulary = self.vocabularies.get(name)
        if vocabulary and vocabulary.get(text):
            return text
        return self._labels.get(name, {}).get(fold(text))

    def plain(self, name: str | None) -> bool:
        """Whether a vocabulary is known and no label of it holds a comma."""
        vocabulary = self.vocabularies.get(name or "")
        return vocabulary is not None and not any("," in value.libelle for value in vocabulary.valeurs)

    def sheet(self, ref: Ref, text: str) -> str | None:
        """The id of the sheet that ``text`` names. Raises ``Refused`` when it may be two."""
        if text in self.kinds:
            return text
        found = [one for one in self._by_title.get(fold(text), ()) if not ref.kinds or self.kinds.get(one) in ref.kinds]
        if len(found) > 1:
            raise Refused(f"{len(found)} fiches s’appellent « {text[:60]} »", f"Écrivez l’identifiant : {' ou '.join(sorted(found))}.")  # fmt: skip
        if not found and (self.kinds.get(slug(text)) in ref.kinds or (not ref.kinds and slug(text) in self.kinds)):
            return slug(text)
        return found[0] if found else None

    def territory(self, level: str, text: str) -> str | None:
        """The code and the name of the territory that ``text`` names. Raises ``Refused`` when it may be two."""
        key = (level, text)
        if key not in self._places and (found := self._territory(level, text)):
            self._places[key] = found
        return self._places.get(key)

    def _territory(self, level: str, text: str) -> str | None:
        find: Any = getattr(self.territories, level)
        digits = _SPACES.sub("", text)
        if level == "epci" and re.fullmatch(r"[0-9]{9}", digits):
            text = digits
        code = text.partition(" ")[0].upper()
        for one in (code, code.zfill(_WIDTH.get(level, 0)) if code.isdecimal() else code):
            if found := find(one):
                # A name beside the code stays: the model compares the two.
                return text if one == code and " " in text else f"{found.code} {text.partition(' ')[2] or found.nom}"
        return self._named(level, text)

    def _named(self, level: str, text: str) -> str | None:
        same = self.territories.named(level, text)
        if len(same) > 1:
            known = " ou ".join(f"« {self.territories.told(one)} »" for one in same[:5])
            more = f" (et {len(same) - 5} autres)" if len(same) > 5 else ""
            raise Refused(f"« {text[:60]} » est le nom de {len(same)} territoires", f"Écrivez le code : {known}{more}.")
        return f"{same[0].code} {same[0].nom}" if same else None


def visible(text: str) -> tuple[str, list[str]]:
    """A text without the characters that nobody sees (controls, zero width, changes of direction), and their names."""
    if text.isascii() and text.isprintable():
        return text, []
    kept, hidden = [], []
    for one in text:
        if one == "\n" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Cn"):
            kept.append(one)
        elif one == "\t":
            kept.append(" ")
        else:
            hidden.append(f"U+{ord(one):04X}")
    return "".join(kept).strip(), list(dict.fromkeys(hidden))


def line(text: str) -> str:
    """A text on one line."""
    return " ".join(visible(text)[0].split())


def choices(vocabulary: Vocabulary) -> list[str]:
    """The values of a vocabulary as people read them: their labels; the id of one whose label is another's too."""
    folded = [fold(one.libelle) for one in vocabulary.valeurs]
    return [one.libelle if folded.count(fold(one.libelle)) == 1 else one.id for one in vocabulary.valeurs]


def advised(champ: Champ, text: str, hint: str, vocabulary: Vocabulary | None) -> str:
    """What to do about a text that the model refused: its ``hint``, in the words of a spreadsheet.

    A ``vocabulary`` is given when the text is none of its values: they are told as its pick-list shows them.
    """
    if vocabulary:
        known = choices(vocabulary)
        by_id = dict(zip((one.id for one in vocabulary.valeurs), known, strict=True))
        near = nearest(text, by_id, {label: one for one, label in by_id.items()})
        more = f" ; … ({len(known)} en tout)" if len(known) > _SHOWN else ""
        hint = f"Vouliez-vous dire « {by_id[near]} » ?" if near else f"Valeurs possibles : {' ; '.join(known[:_SHOWN])}{more}."  # fmt: skip
    if champ.many and "," in text and champ.forme.genre in _NAMES:
        return f"S’il y en a plusieurs, séparez-les par des points-virgules. {hint}"
    return hint


def items(champ: Champ, text: str, lexicon: Lexicon, separator: str = "", mapped: Container[str] = ()) -> list[str]:
    """The items that the cell of a list holds: one a line, or with semicolons between; commas where all parts are known.

    Sentences hold semicolons: a list of texts is cut at line breaks only, unless ``separator`` says otherwise. ``mapped``
    are the texts, folded, that a mapping gives a value.
    """
    if not champ.many:
        return [text]
    signs = re.escape(separator) + "|\n" if separator else "\n" if champ.forme.genre == "texte" else "[;\n]"
    parts = [_BULLET.sub("", part.strip()).strip() for part in re.split(signs, text)]
    return [one for part in parts if part for one in _by_commas(champ, part, lexicon, separator, mapped)]


def _by_commas(champ: Champ, part: str, lexicon: Lexicon, separator: str, mapped: Container[str]) -> list[str]:
    def known(text: str) -> bool:
        return fold(text) in mapped or _known(champ, text, lexicon)

    if "," not in part or champ.forme.genre not in _NAMES or known(part):
        return [part]
    pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
    found = [known(piece) for piece in pieces]
    # Names of sheets and of places hold commas, and half of one may name another: only values are kept by halves.
    partly = any(found) and not separator and lexicon.plain(champ.vocabulary)
    return pieces if all(found) or partly else [part]


def _known(champ: Champ, text: str, lexicon: Lexicon) -> bool:
    try:
        return _named(champ, text, lexicon) is not None
    except Refused:
        return True


def read(champ: Champ, text: str, lexicon: Lexicon) -> str:
    """One value as a sheet writes it. Raises ``Refused`` when ``text`` may mean two things."""
    if champ.unknown_allowed and fold(text) in _UNKNOWN:
        return NON_COMMUNIQUE
    named = _named(champ, text, lexicon)
    if named is not None:
        return named
    genre = champ.forme.genre
    if genre in ("nombre", "entier", "annee"):
        return _number(text, champ.unite or "")
    if genre in ("date", "date-partielle"):
        return _date(text)
    if genre == "identifiant":
        return short_id(text)
    if genre == "texte":
        return "\n".join(line.strip() for line in text.split("\n")).strip()
    if genre == "saisie":
        return slug(text)
    line = " ".join(text.split())
    return _SPACES.sub("", line) if genre == "siren" else line


def short_id(text: str) -> str:
    """A text as an identifier: the same from a source's title as from what cites it."""
    return slug(text)[:LONGEST_ID].rstrip("-")


def _named(champ: Champ, text: str, lexicon: Lexicon) -> str | None:
    if champ.vocabulary:
        return lexicon.value(champ.vocabulary, text)
    if champ.ref:
        return lexicon.sheet(champ.ref, text)
    return lexicon.territory(champ.territory, text) if champ.territory else None


def _number(text: str, unit: str) -> str:
    # A unit that the field has anyway adds nothing; any other is left for the model to refuse.
    bare = re.sub(r"(€|euros?)$", "", text, flags=re.IGNORECASE) if unit == "€" else text
    bare = _SPACES.sub("", bare)
    if not re.fullmatch(r"-?[0-9]+([.,][0-9]+)?", bare):
        return text
    whole, _, decimals = bare.replace(",", ".").partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def _date(text: str) -> str:
    """As the French write dates, the day first. What is no date stays, for the model to refuse."""
    if found := _DAY.fullmatch(text):
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    if found := _MONTH.fullmatch(text):
        return f"{found[2]}-{int(found[1]):02}"
    return text
