"""What every output reads: the library, the site's settings, and what is computed once for all pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from essaim import search
from essaim.codes import ERROR
from essaim.history import History
from essaim.library import Library, title_key
from essaim.links import Record
from essaim.model import SHEETS, Sheet, Term
from essaim.permalinks import SHORT, Permalinks
from essaim.problem import Problem
from essaim.relations import Relation
from essaim.similar import Likeness, similar
from essaim.terms import TermEntry, TermIndex
from essaim.vocabulary import Value, Vocabulary


class OutputError(Exception):
    """An output that can't be made on this machine. Its message says what to do, in French."""


@dataclass(frozen=True, slots=True)
class Html:
    """A page, to be set into the shell. ``head`` and ``body`` are escaped HTML; ``title`` is text.

    ``head`` goes in ``<head>`` (title, description, canonical address); ``body`` in ``<main>``. ``styles`` and
    ``scripts`` name what this page loads beside what all pages do (``assets/css/finding.css``: ``finding``). One that is not
    ``indexed`` stands in no sitemap; ``updated`` is the day of its last change, None when no date tells it.
    """

    title: str
    head: str
    body: str
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    indexed: bool = True
    updated: date | None = None

    @property
    def told(self) -> Html:
        """What others are told of the page, without what it holds."""
        return Html("", "", "", indexed=self.indexed, updated=self.updated)


@dataclass(frozen=True, slots=True)
class Stream:
    """A file that is never held whole: ``pieces`` gives it from its beginning. Its SHA-256 and its bytes tell whether the last
    site has it already."""

    sum: bytes
    size: int
    pieces: Callable[[], Iterable[bytes]]

    def __bytes__(self) -> bytes:
        return b"".join(self.pieces())


Content = str | bytes | Path | Html | Stream
"""What an output yields beside a path: a text, bytes, a file to copy, a page, or a large file. A page's path ends in ``/index.html``."""


@dataclass(frozen=True, slots=True)
class Form:
    """Where the web form finds the sheets. ``content`` is their folder in the repository, ``backend`` what Decap CMS is
    told of the forge, ``connect`` the origins that its page may talk to."""

    content: str
    backend: Mapping[str, str]
    connect: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    """A library with the settings of its site. ``url`` ends with a slash or is empty; ``edit`` is the address in the
    forge that a path of ``content/`` is appended to, or empty. ``engine`` of the search is ``lunr`` or ``pagefind``. ``problems`` are shown in the preview only.
    ``form`` is the web form's, None where none is written. ``links`` is what external links answered, None when they were
    never asked; ``links_trouble`` says why that can't be read. ``cache`` is a folder for what is long to make
    (``essaim.cache``), None for none."""

    library: Library
    name: str = "Essaim"
    url: str = ""
    edit: str = ""
    engine: str = "lunr"
    preview: bool = False
    problems: tuple[Problem, ...] = ()
    form: Form | None = None
    links: Record | None = None
    links_trouble: str = ""
    cache: Path | None = None

    @cached_property
    def made(self) -> dict[str, Any]:
        """Links that pages share (``shown.Links``)."""
        return {}

    @cached_property
    def similar(self) -> Mapping[str, tuple[Likeness, ...]]:
        """Close sheets, by id."""
        return similar(self.library)

    @cached_property
    def permalinks(self) -> Permalinks:
        """Which addresses moved, and their short links."""
        return Permalinks(self.library)

    def short(self, address: str) -> str:
        """The short link of an address, both from the root (``s/bafode/``), or nothing while it has none."""
        code = self.permalinks.short.get(address, "")
        return f"{SHORT}{code}/" if code else ""

    @cached_property
    def day(self) -> date:
        """The library's own date, that of its newest sheet or of its last publication: no build reads a clock."""
        return self.history.day() or date.min

    @cached_property
    def history(self) -> History:
        """When sheets came, changed and went."""
        return History(self.library, self.permalinks)

    @cached_property
    def catalogue(self) -> tuple[Sheet, ...]:
        """The published sheets in the one order that search, explorer and catalogue know them by: kinds as readers meet
        them, the newest first."""
        order = {kind.KIND: place for place, kind in enumerate(SHEETS)}
        return tuple(
            sorted(
                self.library.published.values(),
                key=lambda sheet: (order[sheet.KIND], -sheet.publie_le.toordinal(), title_key(sheet)),
            )
        )

    @cached_property
    def records(self) -> list[search.Record]:
        """What can be found of each sheet of ``catalogue``."""
        return search.records(self.library, self.catalogue)

    @cached_property
    def in_full(self) -> bool:
        """Whether the search looks into the texts: always in pieces, and in one file while it stays small."""
        return self.engine == "pagefind" or search.in_full(one.words for one in self.records)

    @cached_property
    def terms(self) -> TermIndex:
        """The forms of glossary terms that are linked in texts: their titles and abbreviations."""
        forms: dict[str, TermEntry] = {}
        for sheet in self.library.of_kind(Term.KIND):
            if not isinstance(sheet, Term):
                continue
            entry = TermEntry(sheet.id, sheet.address, sheet.definition)
            for form in (sheet.titre, sheet.sigle):
                if form:
                    forms.setdefault(form.replace("'", "’"), entry)
        return TermIndex(forms)

    @cached_property
    def facet_pages(self) -> tuple[tuple[str, Vocabulary], ...]:
        """Facets that have pages, with their vocabulary, in the order of the model."""
        found = ((name, self.library.nomenclature(name)) for name in self.library.facets)
        return tuple((name, vocabulary) for name, vocabulary in found if vocabulary and vocabulary.url)

    @cached_property
    def questioned(self) -> tuple[tuple[str, Vocabulary], ...]:
        """Facets whose vocabulary asks questions, in the order of the model: what the self-check is made of."""
        found = ((name, self.library.nomenclature(name)) for name in self.library.facets)
        return tuple((name, one) for name, one in found if one and any(value.question for value in one.valeurs))

    @cached_property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a build."""
        return tuple(problem for problem in self.problems if problem.severity == ERROR)

    @cached_property
    def advice(self) -> tuple[Problem, ...]:
        """The problems that stop nothing."""
        return tuple(problem for problem in self.problems if problem.severity != ERROR)

    @cached_property
    def problems_by_path(self) -> dict[str, list[Problem]]:
        """Problems of each file, for the preview."""
        found: dict[str, list[Problem]] = {}
        for problem in self.problems:
            found.setdefault(problem.path, []).append(problem)
        return found

    def value_address(self, facet: str, value: str) -> str:
        """Address from the root of the page of a facet's value, or nothing when it has none."""
        vocabulary = self.library.nomenclature(facet)
        used = value in self.library.facets.get(facet, {}) or (
            vocabulary is not None and vocabulary.get(value) is not None
        )
        return f"{vocabulary.url}/{value}/" if vocabulary and vocabulary.url and used else ""

    def question_address(self, facet: str, value: str) -> str:
        """Address from the root of the question that the self-check asks about a facet's value, or nothing."""
        found = next((one.get(value) for name, one in self.questioned if name == facet), None)
        return f"autodiagnostic/#fiche-{facet}-{value}" if found and found.question else ""

    def value(self, facet: str, value: str) -> Value:
        """The value of a facet or vocabulary. Raises KeyError for one that is not there."""
        vocabulary = self.library.nomenclature(facet)
        found = vocabulary.get(value) if vocabulary else None
        if found is None:
            raise KeyError(f"{facet}: {value}")
        return found

    def both_ways(self, sheet: Sheet, own: str, mirror: str) -> list[str]:
        """Ids in the field ``own`` of ``sheet``, and of the published sheets that name it in their field ``mirror``.

        ``avant`` of one method is ``apres`` of another; « voir aussi » reads the same from both ends.
        """
        back = (r.origin for r in self.library.incoming.get(sheet.id, ()) if r.loc and r.loc[0] == mirror)
        return list(dict.fromkeys([*getattr(sheet, own), *back]))

    def referring(self, sheet: Sheet) -> list[tuple[str, list[tuple[Sheet, Relation]]]]:
        """What leads to a sheet, grouped by kind of relation: ``(heading, [(sheet, relation)])``.

        Groups come in the order of the kinds and of their fields; a sheet that refers twice in one way stands once,
        but for a web conference, whose sequences are told apart.
        """
        groups: dict[str, list[tuple[Sheet, Relation]]] = {}
        seen: set[tuple[str, str, object]] = set()
        order = {kind.KIND: place for place, kind in enumerate(SHEETS)}
        found = [(self.library.published[r.origin], r) for r in self.library.incoming.get(sheet.id, ())]
        for origin, relation in sorted(found, key=lambda pair: order[pair[0].KIND]):
            part = relation.loc[:2] if origin.KIND == "webinar" else ()
            if relation.label and (origin.id, relation.label, part) not in seen:
                seen.add((origin.id, relation.label, part))
                groups.setdefault(relation.label, []).append((origin, relation))
        return list(groups.items())
