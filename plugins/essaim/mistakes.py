"""How people get a value wrong: a name misspelt, a date in French, a colon without quotes… by the genre of its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from essaim.model import Champ
from essaim.model.types import SAISIES
from essaim.vocabulary import Context

SHORT = 300
"""Characters of a text that people overrun."""
FEW_WORDS = 4
"""A text of fewer words hardly holds a colon: it is put in a list instead."""
SPOT = "a-remplacer"
"""Stands where the wrong value goes, which is set in once the rest is written: it could not be written right."""


def spoilt(champ: Champ, good: Any, context: Context) -> tuple[Any, str]:
    """``(data with a spot where the wrong text goes, the wrong text as it is typed)``. ``good`` is a value, or a list."""
    one = good[0] if isinstance(good, list) else good
    if isinstance(one, dict):
        raw = "à compléter"
        return ([one | {"remarque": spot(raw)}] if champ.many else one | {"remarque": spot(raw)}), raw
    if champ.many and champ.forme.genre in ("ligne", "texte"):
        return spot(one), one  # a text where a list is due
    raw = _wrong(champ, one, context)
    return ([spot(raw)] if champ.many else spot(raw)), raw


def _wrong(champ: Champ, good: str, context: Context) -> str:
    genre, longest = champ.forme.genre, champ.forme.longueur_max
    if champ.vocabulary or champ.ref:
        known = context.vocabularies.get(champ.vocabulary or "")
        return _misspelt(good, {value.id for value in known.valeurs} if known else set(context.kinds))
    if genre == "texte" and champ.unknown_allowed:
        return "NC"
    if genre == "texte" and longest is not None and longest <= SHORT:
        return " ".join([good] * (longest // len(good) + 1))  # one sentence after the other: too long
    return _WRONG[genre](good) + (f" {champ.unite}" if champ.unite else "")


def spot(raw: str) -> str:
    """What stands for a wrong text while the rest is written: long, so as to have its own line, for one with signs that
    would mean something else between braces."""
    return SPOT * (12 if re.search(r"[:,\[\]{}]", raw) else 1)


def _misspelt(word: str, taken: set[str]) -> str:
    """``word`` with a letter forgotten, one of a pair if it has one, else near its middle; with one too many when short."""
    pairs = [found.start() for found in re.finditer(r"([a-z])\1", word)]
    middle = sorted(range(1, len(word)), key=lambda place: abs(place - len(word) // 2))
    for place in (*pairs, *middle) if len(word) > 3 else ():
        found = word[:place] + word[place + 1 :]
        if word[max(place - 1, 0) : place + 2].isalpha() and found not in taken:
            return found
    return f"{word}x"


def _french(good: str) -> str:
    year, month, day = good.split("-")
    return f"{day}/{month}/{year}"


def _colon(good: str) -> str:
    if len(good.split()) < FEW_WORDS:
        return f"[{good}]"
    return good if ": " in good else good.replace(", ", " : ", 1) if ", " in good else f"{good.rstrip('.')} : le bilan"


def _grouped(good: str) -> str:
    return f"{int(good):,}".replace(",", " ") if good.isdigit() else good


# How each genre is most often got wrong: a good value → what is typed instead.
_WRONG: Mapping[str, Callable[[str], str]] = {
    "ligne": _colon,
    "texte": _colon,
    "nombre": lambda good: f"environ {_grouped(good)}",
    "entier": lambda good: f"environ {good}",
    "annee": lambda good: f"vers {good}",
    "date": _french,
    "date-partielle": lambda good: f"vers {good[:4]}",
    "adresse": lambda good: good.partition("://")[2],
    "identifiant": lambda good: good.replace("-", " ").capitalize(),
    "siren": lambda good: good[:-1] + str((int(good[-1]) + 1) % 10),
    "moment": lambda good: good.replace(":", " h ", 1),
    "saisie": lambda good: _misspelt(good, set(SAISIES)),
    "territoire": lambda good: good.partition(" ")[2],
}
