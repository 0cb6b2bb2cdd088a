"""Words: the address made from a text, and the nearest name to a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import fuzz, process, utils
from slugify import slugify

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NON_COMMUNIQUE = "non communiqué"
"""What an editor writes for a fact that nobody gave: shown as such, and never guessed."""


@lru_cache(maxsize=50_000)
def slug(text: str) -> str:
    """The address of a text: ``L’énergie à cœur`` → ``l-energie-a-coeur``. Stable: anchors are made with it."""
    return slugify(text.replace("’", "'"), replacements=[("'", "-")])


def nearest(wrong: str, candidates: Iterable[str], also: Mapping[str, str] | None = None) -> str | None:
    """The candidate most like ``wrong``, or None when nothing is near. ``also`` maps other names to candidates."""
    names = {**{candidate: candidate for candidate in candidates}, **(also or {})}
    # 72: far enough to find "gouvernace" and "Circuit court", near enough to propose nothing for "xyz".
    found = process.extractOne(wrong, list(names), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=72)
    return names[found[0]] if found else None
