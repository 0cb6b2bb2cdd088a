"""How easy a French text is to read: Kandel and Moles' adaptation of Flesch's formula (decision 25).

L. Kandel and A. Moles, « Application de l’indice de Flesch à la langue française », Cahiers d’études de
radio-télévision, 19, 1958: 207 − 1.015 × words per sentence − 73.6 × syllables per word. 100 is easy, 0 is very hard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache

import pyphen

from essaim.prose import WORD

HARD = 50
"""Below, an editor should look again (calibrated: decision 25)."""
ENOUGH = 120
"""Words under which the formula says nothing sure."""
LONGEST = 40  # letters: pyphen's cost grows with the square of a word's length, and no French word is as long


def score(sentences: Sequence[str]) -> float | None:
    """The score of a text, or None when it is too short for one."""
    words = Counter(word for sentence in sentences for word in WORD.findall(sentence.lower()))
    number = words.total()
    if number < ENOUGH:
        return None
    syllables = sum(times * _syllables(word) for word, times in words.items())
    return 207 - 1.015 * number / len(sentences) - 73.6 * syllables / number


@lru_cache(maxsize=20_000)
def _syllables(word: str) -> int:
    return 1 + len(_hyphens().positions(word)) if len(word) <= LONGEST else LONGEST // 3


@cache
def _hyphens() -> pyphen.Pyphen:
    # From one letter on: the dictionary's own margins are those of typesetters, not of syllables.
    return pyphen.Pyphen(lang="fr", left=1, right=1)
