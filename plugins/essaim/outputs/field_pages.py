"""``/contribuer/champs/``: every field of every kind of sheet, with how to write it and how not to.

The fields are the model's, in the order in which a sheet is written; ``essaim.examples`` makes and validates what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from essaim.addresses import FIELDS, field_address
from essaim.examples import Example, Examples
from essaim.model import SHEETS, Champ, Sheet, champs, order
from essaim.outputs.render import page
from essaim.outputs.shown import spaced
from essaim.outputs.site import Content, Site
from essaim.reference import written
from essaim.vocabulary import Vocabulary
from essaim.words import slug

FIRST = "Pour un premier jet"
"""Heads the fields that a first draft needs; the others stand under their own headings."""
MANY = 8
"""Values of a vocabulary that are shown at once: more are folded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A field as the page shows it. ``parts`` are the fields of a group."""

    champ: Champ
    anchor: str
    written: str
    good: Example | None
    bad: Example | None
    vocabulary: Vocabulary | None
    refs: tuple[type[Sheet], ...]
    parts: tuple[Entry, ...]


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The list of kinds, and a page for each."""
    examples = Examples(site.library)
    yield page(site, FIELDS, "champs.html", "Les champs des fiches",
               "Ce qui s’écrit dans l’en-tête d’une fiche, champ par champ, avec un bon et un mauvais exemple.",
               styles=("fields",), counts={kind.KIND: len(order(kind)) for kind in SHEETS}, where=field_address)  # fmt: skip
    for kind in SHEETS:
        groups = [
            (heading, f"fiche-rubrique-{slug(heading)}", [_entry(site, examples, kind, champ) for champ in found])
            for heading, found in groupby(order(kind), key=lambda champ: FIRST if champ.essentiel else champ.rubrique)
        ]
        yield page(site, field_address(kind), "champs-sorte.html", f"Les champs : {kind.LABEL.lower()}",
                   f"Ce qui s’écrit dans l’en-tête d’une fiche « {kind.LABEL.lower()} », champ par champ.",
                   styles=("fields",), kind=kind, groups=[(heading, anchor, tuple(entries)) for heading, anchor, entries in groups],
                   essential=[champ.titre for champ in order(kind) if champ.required], many=MANY)  # fmt: skip


def _entry(site: Site, examples: Examples, kind: type[Sheet], champ: Champ) -> Entry:
    depth = champ.path.count(".") + 1
    inside = [
        one for one in champs(kind) if one.path.startswith(f"{champ.path}.") and one.path.count(".") == depth
    ] if champ.group else []  # fmt: skip
    return Entry(
        champ,
        anchor(champ),
        spaced(written(champ)),
        examples.good(kind, champ),
        examples.bad(kind, champ),
        site.library.nomenclature(champ.vocabulary) if champ.vocabulary else None,
        tuple(one for one in SHEETS if champ.ref and one.KIND in champ.ref.kinds),
        tuple(_entry(site, examples, kind, one) for one in inside),
    )


def anchor(champ: Champ) -> str:
    """Where a field stands in the page of its kind: ``fiche-champ-chiffres-annee``."""
    return f"fiche-champ-{champ.path.replace('.', '-').replace('_', '-')}"
