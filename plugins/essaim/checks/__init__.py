"""Rules that look at more than one field or more than one sheet. Each is a generator of problems; ``CHECKS`` is the list
of those that look at the whole library, ``ALONE`` of those that look at one sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from essaim.checks.addresses import RESERVED, home_page, identities
from essaim.checks.alone import body_form, cited_sources, dates, funding, repeated_items, territories_agree
from essaim.checks.facts import (
    prerequisites_agree,
    self_relations,
    unpublished_targets,
    vocabulary_sources,
    worksheet_examples,
)
from essaim.checks.published import archiving, old_anchors, published_addresses, redirections
from essaim.checks.texts import body_links, prepared_searches
from essaim.library import Library
from essaim.markup import Document
from essaim.model import Sheet
from essaim.problem import Problem, in_order
from essaim.source import Source

Check = Callable[[Library], Iterator[Problem]]
Alone = Callable[[Sheet, Source, Document], Iterator[Problem]]


def check(library: Library) -> list[Problem]:
    """Every problem that ``ALONE`` and ``CHECKS`` find, in order. What is wrong in a sheet alone is looked for once."""
    found = [problem for rule in CHECKS for problem in rule(library)]
    for sheet in library.known.values():
        found += sheet.once("_problems", lambda sheet=sheet: _alone(library, sheet))  # type: ignore[misc]  # mypy reads no default of a lambda
    return in_order(found)


def _alone(library: Library, sheet: Sheet) -> list[Problem]:
    source, document = library.sources[sheet.id], library.documents[sheet.id]
    return [problem for rule in ALONE for problem in rule(sheet, source, document)]


ALONE: tuple[Alone, ...] = (body_form, cited_sources, funding, dates, territories_agree, repeated_items)


CHECKS: tuple[Check, ...] = (
    body_links,
    prepared_searches,
    unpublished_targets,
    self_relations,
    worksheet_examples,
    prerequisites_agree,
    identities,
    published_addresses,
    old_anchors,
    redirections,
    archiving,
    home_page,
    vocabulary_sources,
)

__all__ = ["ALONE", "CHECKS", "RESERVED", "Check", "check"]
