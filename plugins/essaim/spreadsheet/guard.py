"""Texts in a CSV file that no spreadsheet takes for a formula, and that come back as they were.

A spreadsheet computes a cell that begins with ``=``, ``+``, ``-`` or ``@``, and some look past spaces, quotes, controls and
at full-width forms. Opened with another separator than the file's (French spreadsheets expect ``;``), quotes stop counting
and a cell begins after every ``;``, tab or line break. So an apostrophe stands before all that could begin so; also where
an apostrophe stood already, so that taking one off always gives the text back. Source: OWASP, « CSV Injection ».
Numbers are no texts, and never come here.
"""

from __future__ import annotations

import re

MARK = "'"
_FORMULA = r"(?:['\"\u200b\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]|[^\S\t\r\n])*[=+\-@＝＋－＠]"
_FIRST, _WRITTEN = re.compile(_FORMULA), re.compile(rf"([;\t\r\n])(?={_FORMULA})")
_MARKED = re.compile(rf"(\A|[;\t\r\n]){MARK}(?={_FORMULA})")


def guarded(text: str) -> str:
    """A text as a cell may hold it."""
    # Most texts hold none of these signs, and asking that takes a fraction of the time.
    inside = ";" in text or "\n" in text or "\t" in text or "\r" in text
    written = _WRITTEN.sub(rf"\1{MARK}", text) if inside else text
    return MARK + written if not text[:1].isalnum() and _FIRST.match(text) else written


def bare(text: str) -> str:
    """The text that ``guarded`` wrote: ``bare(guarded(text)) == text`` for every text."""
    return _MARKED.sub(r"\1", text) if MARK in text else text
