"""Rules that look at more than one field or more than one sheet. Each is a generator of problems; ``CHECKS`` is the list
of those that look at the whole library, ``ALONE`` of those that look at one sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from essaim.cache import Store, digest, package
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


class Across(NamedTuple):
    """What ``CHECKS`` found, and the digest of the texts in which that stands."""

    problems: list[Problem]
    texts: bytes


def check(library: Library, store: Store | None = None) -> list[Problem]:
    """Every problem that ``ALONE`` and ``CHECKS`` find, in order. ``store`` keeps what was found: without one, no digest is made."""
    if store is None:
        return in_order([*_found(library), *_each(library)])
    return in_order([*_across(library, store), *_alone(library, store)])


def _found(library: Library) -> list[Problem]:
    return [problem for rule in CHECKS for problem in rule(library)]


def _across(library: Library, store: Store) -> list[Problem]:
    """What ``CHECKS`` find. They look at faces alone, and at texts for where in them a problem stands: what was found holds as long
    as all faces are the same, and the texts in which there are problems."""
    key = digest("ensemble", package(), library.common, library.faces)
    kept: Across | None = store.read([key], Across).get(key)
    if kept is None or kept.texts != _texts(library, kept.problems):
        found = _found(library)
        kept = Across(found, _texts(library, found))
        store.write({key: kept}, [_sheets(library)])
    return kept.problems


def _texts(library: Library, problems: list[Problem]) -> bytes:
    """The digest of the texts in which there are problems."""
    ids = sorted({PurePosixPath(one.path).stem for one in problems} & library.marks.keys())
    return digest(*(library.marks[one].text for one in ids))


def _alone(library: Library, store: Store) -> Iterator[Problem]:
    """What ``ALONE`` find in each sheet: of one that is valid, once."""
    key = _sheets(library)
    known: dict[bytes, list[Problem]] = store.read([key], dict).get(key, {})
    found: dict[bytes, list[Problem]] = {}
    for one in library.sheets:
        mark = b"".join(library.marks[one])
        found[mark] = known[mark] if mark in known else _of(library, library.sheets[one])
        yield from found[mark]
    if found.keys() != known.keys():
        store.write({key: found})
    for sheet in library.drafts.values():  # they hold what others and the vocabularies allow
        yield from _of(library, sheet)


def _sheets(library: Library) -> bytes:
    return digest("fiches", package(), library.common)


def _each(library: Library) -> Iterator[Problem]:
    """What ``ALONE`` find in all sheets."""
    for rule in ALONE:
        for sheet in library.known.values():
            yield from rule(sheet, library.sources[sheet.id], library.documents[sheet.id])


def _of(library: Library, sheet: Sheet) -> list[Problem]:
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
