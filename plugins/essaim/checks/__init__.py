"""Rules that look at more than one field or more than one sheet. Each is a generator of problems; ``CHECKS`` is the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from essaim.checks.addresses import RESERVED, home_page, identities
from essaim.checks.facts import (
    cited_sources,
    dates,
    funding,
    prerequisites_agree,
    repeated_items,
    self_relations,
    territories_agree,
    unpublished_targets,
    vocabulary_sources,
    worksheet_examples,
)
from essaim.checks.published import archiving, old_anchors, published_addresses, redirections
from essaim.checks.texts import body_form, body_links, prepared_searches
from essaim.library import Library
from essaim.problem import Problem, in_order

Check = Callable[[Library], Iterator[Problem]]


def check(library: Library) -> list[Problem]:
    """Every problem that ``CHECKS`` find, in order."""
    return in_order(problem for rule in CHECKS for problem in rule(library))


CHECKS: tuple[Check, ...] = (
    body_links,
    prepared_searches,
    body_form,
    unpublished_targets,
    self_relations,
    cited_sources,
    funding,
    dates,
    territories_agree,
    repeated_items,
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

__all__ = ["CHECKS", "RESERVED", "Check", "check"]
