"""Words: a text without accents, its stems, the address made from it, and the nearest name to a wrong one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

import Stemmer
from slugify import slugify

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PUBLIC = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*/?")
"""The public address of a site: nothing in it means anything to a server, a page or a shell."""
NON_COMMUNIQUE = "non communiqué"
"""What an editor writes for a fact that nobody gave: shown as such, and never guessed."""

_WORDS = bytes(byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789\n" else 32 for byte in range(256))
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_WITHIN = bytes((*range(0x80, 0xC0), 0xCC))
"""Of UTF-8: what goes on with a sign that its first byte tells of; and what begins the accents up to U+033F, which no other sign does."""
_PLURAL = re.compile(r"(?<=[a-z][aeiou])s$")
_TIED = re.compile(r" (?=[:;?!»])|(?<=«) ")
_STEMMER = Stemmer.Stemmer("french")


def fold(text: str) -> str:
    """Words of ASCII letters and digits, one space between; line breaks stay. ``js/search/words.js`` does the same."""
    return "\n".join([" ".join(line.split()) for line in _bare(text).split("\n")])


def folded(text: str) -> list[str]:
    """The words of ``fold``."""
    return _bare(text).split()


def _bare(text: str) -> str:
    """Without accents, a space in the place of each sign that is no letter, digit or line break."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("œ", "oe").replace("æ", "ae")
    raw = plain.encode("utf-8", "replace")
    if b"\xcd" in raw:  # an accent that nobody types, or a letter beside them
        raw = _ACCENTS.sub("", plain).encode("utf-8", "replace")
    return raw.translate(_WORDS, _WITHIN).decode("ascii")


def stems(text: str) -> list[str]:
    """The French stem of each word of ``text``, in order. Folded first, so that ``energie`` and ``énergies`` meet.

    Snowball leaves some plurals in -us and -is alone (``élus``, ``emplois``): their s goes too.
    ``js/search/words.js`` does the same.
    """
    return [stem(word) for word in folded(text)]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one word, which is folded. A library says the same words again and again."""
    return _PLURAL.sub("", _STEMMER.stemWord(word))


def unbroken(text: str) -> str:
    """``text`` with no-break spaces where French typography wants no line to begin or end."""
    return _TIED.sub(lambda found: found.group().replace(" ", "\u00a0"), text)


@lru_cache(maxsize=50_000)
def slug(text: str) -> str:
    """The address of a text: ``L’énergie à cœur`` → ``l-energie-a-coeur``. Stable: anchors are made with it."""
    # Named, because by itself it looks for another table of letters first, in vain, each time: anchors hang on this one.
    return slugify(text.replace("’", "'"), replacements=[("'", "-")], backend="text-unidecode")


def numbered(base: str, used: dict[str, int]) -> str:
    """``base``, or with ``-2``, ``-3``… when it is taken. ``used`` maps each name that is taken to the number from which to
    look for the next of its name: linear, however many there are of one name."""
    name, number = base, used.get(base, 2)
    while name in used:
        name = f"{base}-{number}"
        number += 1
    used[base] = number
    used.setdefault(name, 2)
    return name


def nearest(wrong: str, candidates: Iterable[str], also: Mapping[str, str] | None = None) -> str | None:
    """The candidate most like ``wrong``, or None when nothing is near. ``also`` maps other names to candidates."""
    from rapidfuzz import fuzz, process, utils  # where something is wrong only: most runs need none of it

    names = {**{candidate: candidate for candidate in candidates}, **(also or {})}
    # 72: far enough to find "gouvernace" and "Circuit court", near enough to propose nothing for "xyz".
    found = process.extractOne(wrong, list(names), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=72)
    return names[found[0]] if found else None
