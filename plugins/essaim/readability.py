"""How easy a French text is to read: Kandel and Moles' adaptation of Flesch's formula (decision 25).

L. Kandel and A. Moles, « Application de l’indice de Flesch à la langue française », Cahiers d’études de
radio-télévision, 19, 1958: 207 − 1.015 × words per sentence − 73.6 × syllables per word. 100 is easy, 0 is very hard.
"""

from __future__ import annotations

from functools import cache
from typing import Any

HARD = 50
"""Below, an editor should look again (calibrated: decision 25)."""
ENOUGH = 120
"""Words under which the formula says nothing sure."""
LONGEST = 40  # letters: pyphen's cost grows with the square of a word's length, and no French word is as long


def score(words: int, spoken: int, sentences: int) -> float | None:
    """The score of a text of so many words, syllables and sentences; None when it is too short for one."""
    return 207 - 1.015 * words / sentences - 73.6 * spoken / words if words >= ENOUGH else None


@cache
def spoken(word: str) -> int:
    """The syllables of a word in lower case, of a very long one some."""
    return syllables(word) if len(word) <= LONGEST else LONGEST // 3


def syllables(word: str) -> int:
    """The parts of a word in lower case, cut wherever pyphen cuts it: ``len(Pyphen.positions(word)) + 1``, four times faster.

    F. Liang's algorithm: each pattern that stands in the word gives digits to the places between its letters; the greatest
    digit of a place counts, and an odd one cuts. A piece that begins no pattern ends the search from its first letter.
    """
    patterns = _patterns()
    whole = f".{word}."
    digits = [0] * (len(whole) + 1)
    for start in range(len(whole) - 1):
        found = patterns
        for letter in whole[start:]:
            if letter not in found:
                break
            found = found[letter]
            if _DIGITS in found:
                for offset, digit in found[_DIGITS]:
                    if digit > digits[start + offset]:
                        digits[start + offset] = digit
    return 1 + sum([digit % 2 for digit in digits[2 : len(whole) - 1]])  # between two letters only


_DIGITS = ""
"""Stands for no letter: below it are the digits of the pattern that ends there, each with its place."""


@cache
def _patterns() -> dict[str, Any]:
    """The patterns of French words as a tree: below each letter, those that go on with it."""
    import pyphen  # for who is told how hard a text is

    tree: dict[str, Any] = {}
    for pattern, (offset, digits) in pyphen.Pyphen(lang="fr").hd.patterns.items():
        below = tree
        for letter in pattern:
            below = below.setdefault(letter, {})
        below[_DIGITS] = [(place, digit) for place, digit in enumerate(digits, offset) if digit]
    return tree
