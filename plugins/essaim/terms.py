"""Glossary terms in texts: where they stand, and the first of each with a link and its definition."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise


class Terms:
    """Links the first occurrence in one page of each glossary term. Make one for each page.

    ``entries`` maps a form as written (``SCIC``, ``boucle locale d’innovation``) to the address of the term, its id
    and its definition. A form in capitals matches as it is, another whatever its case, both with a final s.
    """

    def __init__(self, entries: TermIndex, root: str, skip: str = "") -> None:
        self._entries, self._root = entries, root
        self._done = {skip}

    def may_hold(self, text: str) -> bool:
        """Whether ``text`` may have a term: quick, and true too often."""
        return self._entries.may_hold(text)

    def link(self, escaped: str) -> str:
        """``escaped`` HTML text, with a link and a definition at each first occurrence of a term."""
        if not self._entries.may_hold(escaped):
            return escaped
        text = html.unescape(escaped)
        out: list[str] = []
        last = 0
        for start, end, term in self._entries.find(text):
            if term.id in self._done or start < last:
                continue
            self._done.add(term.id)
            tip = f"def-{term.id}"
            out.append(
                f'{html.escape(text[last:start], quote=False)}<span class="terme"><a href="{self._root}{term.address}" '
                f'aria-describedby="{tip}">{html.escape(text[start:end], quote=False)}</a>'
                f'<span role="tooltip" id="{tip}">{html.escape(term.definition, quote=False)}</span></span>'
            )
            last = end
        return "".join(out) + html.escape(text[last:], quote=False) if out else escaped


@dataclass(frozen=True, slots=True)
class TermEntry:
    """What a link to a glossary term needs."""

    id: str
    address: str
    definition: str


class TermIndex:
    """Forms of glossary terms, by their words without case or final s: a text is read once, whatever their number."""

    _WORD = re.compile(r"\w+")
    _BETWEEN = re.compile(r"[ \u00a0\u202f'’&-]{1,3}")

    def __init__(self, forms: Mapping[str, TermEntry]) -> None:
        self._by_words: dict[tuple[str, ...], tuple[str, TermEntry]] = {}
        lengths: dict[str, set[int]] = {}
        for form, entry in sorted(forms.items()):
            words = tuple(_Folded()[word] for word in self._WORD.findall(form))
            if words:
                self._by_words.setdefault(words, (form, entry))
                lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        self._folded = _Folded()

    def may_hold(self, text: str) -> bool:
        """Whether a word of ``text`` begins a form: most texts have none, and asking this is all that they cost."""
        return not self._lengths.keys().isdisjoint(map(self._folded.__getitem__, self._WORD.findall(text)))

    def find(self, text: str) -> Iterator[tuple[int, int, TermEntry]]:
        """Start, end and entry of each occurrence, the longest form first at each place."""
        words = [self._folded[word] for word in self._WORD.findall(text)]
        spans: list[tuple[int, int]] = []
        for place in [place for place, word in enumerate(words) if word in self._lengths]:
            for length in self._lengths[words[place]]:
                found = self._by_words.get(tuple(words[place : place + length]))
                if not found or place + length > len(words):
                    continue
                spans = spans or [match.span() for match in self._WORD.finditer(text)]
                if self._written(text, spans[place : place + length], found[0]):
                    yield spans[place][0], spans[place + length - 1][1], found[1]
                    break

    def _written(self, text: str, spans: list[tuple[int, int]], form: str) -> bool:
        """Whether an abbreviation stands as it is, and no full stop or comma within a name of several words."""
        if form.isupper():
            return text[spans[0][0] : spans[-1][1]] == form
        gaps = ((one[1], other[0]) for one, other in pairwise(spans))
        return all(self._BETWEEN.fullmatch(text, *gap) for gap in gaps)


class _Folded(dict[str, str]):
    """Word as written → the word without case or final s. Each word of the library is folded once."""

    def __missing__(self, word: str) -> str:
        found = self[word] = word.casefold().removesuffix("s")
        return found
