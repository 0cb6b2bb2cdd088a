"""What is wrong in a file, told to the person who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

SEVERITIES = ("erreur", "avertissement", "conseil")
"""What a problem asks for, the gravest first: an error stops a build, a warning should be seen to, advice may be left."""


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake, at one place.

    ``path`` is as the person typed or would type it (``content/experiences/x.md``), ``line`` and ``column`` count
    from 1, ``code`` is lasting and in French (``champ-inconnu``), ``message`` says what is wrong in the editor's
    words, ``hint`` what to do, ``severity`` is one of ``SEVERITIES``. Problems sort by place, then by code.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: str = "erreur"

    def __str__(self) -> str:
        grade = "" if self.severity == "erreur" else f"{self.severity} : "
        return one_line(f"{self.path}:{self.line}:{self.column}: {grade}{self.sentence} [{self.code}]")

    @property
    def sentence(self) -> str:
        """The message, then the hint."""
        return f"{self.message}. {self.hint}" if self.hint else self.message


_FIELDS = attrgetter("path", "line", "column", "code", "message", "hint", "severity")


def one_line(text: str) -> str:
    """``text`` on one line: what a contributor wrote may hold line breaks, and a forge's log obeys some lines."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, sorted by path, line, column and code."""
    return sorted(set(problems), key=_FIELDS)


def summary(problems: list[Problem]) -> str:
    """The closing line of a list of problems: ``3 problèmes dans 2 fichiers.``"""
    if not problems:
        return "Aucun problème."
    files = len({problem.path for problem in problems})
    return f"{count(len(problems), 'problème')} dans {count(files, 'fichier')}."


def euros(amount: float) -> str:
    """``180 000,5 €``, with no-break spaces."""
    whole = f"{amount:,.2f}".rstrip("0").rstrip(".")
    return whole.replace(",", "\u202f").replace(".", ",") + "\u00a0€"


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 fiche``, ``2 fiches``: French takes the plural from two up."""
    return f"{number:,} {(plural or noun + 's') if number >= 2 else noun}".replace(",", "\u202f")
