"""``catalogue.json``: what the explorer filters, counts and sorts by; ``catalogue/N.json``: what it shows of a sheet.

Sheets are known by their place in ``Site.catalogue``. A list of places is a text: the first, then the difference from
each to the next (``3,1,4`` is 3, 4, 8). docs/catalogue.md describes both files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import Any

from essaim import search
from essaim.compact import dump
from essaim.model import SHEETS, Located
from essaim.outputs.shown import place_short
from essaim.outputs.site import Content, Site

LOT = 8
"""Sheets in one file of cards: a page of results needs few files, and few bytes that it does not show."""


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The columns of all published sheets, and their cards by lots."""
    yield "catalogue.json", dump(columns(site))
    headings = site.engine == "lunr" and not site.in_full
    for start in range(0, len(site.catalogue), LOT):
        cards = [card(site, place, headings) for place in range(start, min(start + LOT, len(site.catalogue)))]
        yield f"catalogue/{start // LOT}.json", dump(cards)


def columns(site: Site) -> dict[str, Any]:
    """``catalogue.json``, before it is text."""
    places = {sheet.id: place for place, sheet in enumerate(site.catalogue)}
    communes: dict[str, list[int]] = {}
    groups: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    for place, sheet in enumerate(site.catalogue):
        if isinstance(sheet, Located):
            where = sheet.place
            for commune in where.communes:
                communes.setdefault(commune.code, []).append(place)
                names[commune.code] = commune.nom
            if where.epci:
                groups.setdefault(where.epci.code, []).append(place)
                names[where.epci.code] = where.epci.nom
    facets = [
        {
            "id": name,
            "titre": vocabulary.titre,
            "url": vocabulary.url,
            "valeurs": [
                [value, vocabulary.label(value), deltas(sorted(places[one] for one in ids))]
                for value, ids in site.library.facets[name].items()
            ],
        }
        for name, vocabulary in site.facet_pages
    ]
    return {
        **outline(sheet.KIND for sheet in site.catalogue),
        "facettes": facets,
        "lieux": {
            "communes": [[code, names[code], deltas(found)] for code, found in sorted(communes.items())],
            "epci": [[code, names[code], deltas(found)] for code, found in sorted(groups.items())],
        },
        "publie": [
            [day, len(list(found))] for day, found in groupby(sheet.publie_le.isoformat() for sheet in site.catalogue)
        ],
    }


def outline(kinds: Iterable[str]) -> dict[str, Any]:
    """How many sheets there are, of each kind, in the order of their places: all that showing results takes. ``kinds`` has that
    of each sheet."""
    held = Counter(kinds)
    rows = [(kind.URL or "pages", kind.LABEL, kind.LABELS, held[kind.KIND]) for kind in SHEETS]
    return {"fiches": held.total(), "lot": LOT, "sortes": rows}


def card(site: Site, place: int, headings: bool) -> dict[str, Any]:
    """A sheet as a result shows it. ``intertitres`` (anchor, heading) stand there when the texts are not at hand."""
    sheet = site.catalogue[place]
    return {
        "id": sheet.id,
        "titre": sheet.titre,
        "resume": sheet.lead,
        "lieu": place_short(sheet),
        "adresse": sheet.address,
        **({"intertitres": _headings(site.records[place])} if headings else {}),
    }


def _headings(record: search.Record) -> list[tuple[str, str]]:
    return [(one.anchor, one.heading) for one in record.sections if one.anchor]


def deltas(places: Iterable[int]) -> str:
    """A list of places, in order, as a text."""
    found = list(places)
    return ",".join(str(number) for number in (*found[:1], *(b - a for a, b in pairwise(found))))
