"""Glossary terms in texts: where they stand, and the first of each with a link and its definition."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import compress, count, pairwise
from typing import NamedTuple


class Terms:
    """Links the first occurrence in one page of each glossary term. Make one for each page.

    ``entries`` maps a form as written (``SCIC``, ``boucle locale d’innovation``) to the address of the term, its id
    and its definition. A form in capitals matches as it is, another whatever its case, both with a final s.

    ``mark`` says where links go, ``fill`` sets them in, once all else is done with the text: a definition is longer than what
    it explains, and is made ready once for all pages.
    """

    def __init__(self, entries: TermIndex, root: str, skip: str = "") -> None:
        self._entries, self._root = entries, root
        self._done = {skip}
        self._marked: list[tuple[TermEntry, str]] = []

    def mark(self, escaped: str) -> str:
        """``escaped`` HTML text, with an empty element in the place of each first occurrence of a term."""
        if not escaped.strip():
            return escaped
        parts = cut(html.unescape(escaped))
        again = partial(html.escape, quote=False) if "&" in escaped else str
        out: list[str] = []
        last = 0
        for start, end, term in self._entries.find(parts):
            if term.id in self._done or start < last:
                continue
            self._done.add(term.id)
            out.append(f'{again("".join(parts[last:start]))}<span id="def-{len(self._marked)}"></span>')
            self._marked.append((term, "".join(parts[start:end])))
            last = end
        return "".join(out) + again("".join(parts[last:])) if out else escaped

    def fill(self, marked: str, finish: Callable[[str], str]) -> str:
        """The HTML that came of ``mark``, with a link and a definition at each mark, in HTML that went through ``finish``."""
        if not self._marked:
            return marked

        def link(found: re.Match[str]) -> str:
            return self._entries.link(*self._marked[int(found[1])], self._root, finish)

        return _MARK.sub(link, marked)


_MARK = re.compile(r'<span id="def-(\d+)"></span>')


def cut(text: str) -> list[str]:
    """The words of a text, at the odd places, and what stands around them, at the even ones."""
    return _WORD.split(text)


_WORD = re.compile(r"(\w+)")


@dataclass(frozen=True, slots=True)
class TermEntry:
    """What a link to a glossary term needs."""

    id: str
    address: str
    definition: str


_Sign = str | tuple[str, str]


def _signs(words: list[str], *, alone: bool) -> Iterator[tuple[int, _Sign]]:
    """Each word, or each two neighbours, with the place where it begins."""
    return enumerate(words) if alone else enumerate(pairwise(words))


class TermIndex:
    """Forms of glossary terms, by their words without case or final s: a text is read once, whatever their number. A form is
    looked for by its only word, or of several by the two neighbours that are longest: a text has them less often than one."""

    _BETWEEN = re.compile(r"[ \u00a0\u202f'’&-]{1,3}")

    def __init__(self, forms: Mapping[str, TermEntry]) -> None:
        self._folded = _Folded()
        self._links: dict[tuple[object, ...], str] = {}
        by_words: dict[tuple[str, ...], _Form] = {}
        for form, entry in sorted(forms.items()):
            if words := self._words(cut(form)):
                by_words.setdefault(tuple(words), _Form(words, form, entry))
        self._forms = list(by_words.values())
        self._by_sign: dict[_Sign, list[tuple[int, int]]] = {}
        for number, one in enumerate(self._forms):
            place, sign = max(_signs(one.words, alone=len(one.words) == 1), key=lambda found: len("".join(found[1])))
            self._by_sign.setdefault(sign, []).append((place, number))

    def link(self, term: TermEntry, written: str, root: str, finish: Callable[[str], str]) -> str:
        """A term as it is written, with its link and its definition. Each is made once, and pages share it."""
        key = (term.id, written, root, finish)
        if key not in self._links:
            self._links[key] = finish(
                f'<span class="terme"><a href="{root}{term.address}" aria-describedby="def-{term.id}">{html.escape(written, quote=False)}</a>'
                f'<span role="tooltip" id="def-{term.id}">{html.escape(term.definition, quote=False)}</span></span>'
            )
        return self._links[key]

    def find(self, parts: list[str]) -> Iterator[tuple[int, int, TermEntry]]:
        """Start, end (in the parts of ``cut``) and entry of each occurrence, the longest form first at each place."""
        reached = -1
        for start, shorter, number in sorted(self._written(self._words(parts))):
            form, end = self._forms[number], start - shorter
            if start != reached and self._stands(parts[2 * start + 1 : 2 * end], form.text):
                reached = start
                yield 2 * start + 1, 2 * end, form.entry

    def _words(self, parts: list[str]) -> list[str]:
        return list(map(self._folded.__getitem__, parts[1::2]))

    def _written(self, words: list[str]) -> Iterator[tuple[int, int, int]]:
        """Where the words of a form stand: number of the first word, minus how many, number of the form."""
        held = self._by_sign
        at: list[tuple[int, _Sign]] = [
            (place, words[place]) for place in compress(count(), map(held.__contains__, words))
        ]
        pairs = compress(count(), map(held.__contains__, pairwise(words)))
        at += [(place, (words[place], words[place + 1])) for place in pairs]
        for place, sign in at:
            for before, number in held[sign]:
                start, wanted = place - before, self._forms[number].words
                if start >= 0 and words[start : start + len(wanted)] == wanted:
                    yield start, -len(wanted), number

    def _stands(self, parts: list[str], form: str) -> bool:
        """Whether an abbreviation stands as it is, and no full stop or comma within a name of several words."""
        return "".join(parts) == form if form.isupper() else all(map(self._BETWEEN.fullmatch, parts[1::2]))


class _Form(NamedTuple):
    """A form: its words, folded, and as it is written."""

    words: list[str]
    text: str
    entry: TermEntry


class _Folded(dict[str, str]):
    """Word as written → the word without case or final s. Each word of the library is folded once."""

    def __missing__(self, word: str) -> str:
        found = self[word] = word.casefold().removesuffix("s")
        return found
