"""Figures in a text, and whether a reader knows for which year they are true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from essaim.model import Group, champs, values
from essaim.prose import Reading, Sentence

_UNITS = (
    r"€|euros?\b|millions?\b|milliards?\b|%|tonnes?\b|hectares?\b|ha\b|km\b|kilomètres?\b|m²|m³|[kMGT]Wh?\b|ETP\b|emplois?\b|salarié(?:e|·e)?s?\b"
    r"|habitants?\b|adhérents?\b|bénévoles?\b|foyers?\b|logements?\b|litres?\b|repas\b"
)
_FIGURE = re.compile(
    rf"(\d(?<![\w.,/’'-].)\d{{0,11}}(?:[ \u00a0\u202f.]\d{{3}}){{0,4}}(?:,\d{{1,4}})?)[ \u00a0\u202f]?(?:(?:k|M)(?=€)|(?:{_UNITS}))"
)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_GENERAL = re.compile(
    r"(?:par exemple|au moins|au plus|jusqu[’']à|moins de|maximum|minimum|seuil|plafond|prévoir|comptez)\b",
    re.IGNORECASE,
)


def undated(reading: Reading) -> Iterator[tuple[Sentence, str, int]]:
    """``(sentence, figure, offset in the sentence)`` of figures with a unit that no year goes with, each once.

    A year goes with a figure when it is in its sentence, in the group of fields that it is told in, or when the figure is
    among the numbers that the sheet gives in its fields. Rules (« au moins 20 % ») and whole shares (100 %) have no year.
    """
    if reading.sheet.KIND == "page":
        return  # what the site says of itself is no fact of a territory
    given: set[Decimal] | None = None
    seen = set()
    last: Sentence | None = None
    dated = False
    for sentence, start, found in reading.sentences.find(_FIGURE):
        given = set(_numbers(reading)) if given is None else given
        number = Decimal(re.sub(r"[ \u00a0\u202f.]", "", found[1]).replace(",", "."))
        if number in given or found[0] in seen or number in (0, 1, 100):
            continue
        if sentence is not last:  # one may hold thousands
            last, dated = sentence, bool(_YEAR.search(sentence.text)) or _dated_group(reading, sentence)
        if dated or _GENERAL.search(sentence.text, max(0, start - 30), start):
            continue
        seen.add(found[0])
        yield sentence, " ".join(found[0].split()), start


def _numbers(reading: Reading) -> Iterator[Decimal]:
    for champ in champs(type(reading.sheet)):
        if champ.forme.genre in ("nombre", "entier") and not champ.computed:
            for _, value in values(reading.sheet, champ.path):
                number = Decimal(str(value))
                yield number
                # « 26 millions » in the text is 26 000 000 among the figures.
                yield from (number / 10**6, number / 10**9, number / 1000)


def _dated_group(reading: Reading, sentence: Sentence) -> bool:
    """Whether the field of the sentence stands in a group that says a date or a year."""
    group: object = reading.sheet
    for step in sentence.passage.loc[:-1]:
        group = group[step] if isinstance(group, tuple) and isinstance(step, int) else getattr(group, str(step), None)
    if group is reading.sheet or not isinstance(group, Group):
        return False
    dated = [champ for champ in champs(type(group)) if champ.forme.genre in ("annee", "date", "date-partielle")]
    return any(True for champ in dated for _ in values(group, champ.path))
