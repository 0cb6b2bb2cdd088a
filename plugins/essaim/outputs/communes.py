"""``communes/``: small files in which the browser looks a commune up by its first letters or its code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from essaim import territories
from essaim.outputs.catalogue import dump
from essaim.outputs.site import Content, Site
from essaim.similar import NEAR
from essaim.territories import Commune
from essaim.words import fold

# What so many names begin with that it tells nothing. js/communes.js does the same.
_ARTICLE = re.compile(r"^(?:les?|la|l) (?=.)")
_SAINT = re.compile(r"^(?:st|ste|saint|sainte|saints|saintes) (?=.)")


def pages(site: Site) -> Iterator[tuple[str, Content]]:  # noqa: ARG001  # the shape of every output
    """One file for each beginning: two letters of a name, two digits of an INSEE code or postcode."""
    table = territories.load()
    by_prefix: dict[str, list[tuple[object, ...]]] = {}
    for commune in table.communes():
        row = _row(commune)
        codes = {commune.code[:2].lower(), *(code[:2] for code in commune.codes_postaux)}
        for prefix in {letters(commune.nom)[:2], *codes}:
            by_prefix.setdefault(prefix, []).append(row)
    regions = {region.code: region.slug for region in table.regions}
    known = {
        "debuts": " ".join(sorted(by_prefix)),
        "departements": [
            [one.code.lower(), one.nom, regions.get(one.region, ""), [code.lower() for code in one.voisins]]
            for one in table.departements
        ],
        "proche": [[name, weight, reason] for name, (weight, reason) in NEAR.items()],
    }
    yield "communes/index.json", dump(known)
    for prefix, rows in sorted(by_prefix.items()):
        yield f"communes/{prefix}.json", dump(rows)


def letters(name: str) -> str:
    """What a commune is looked up by: its name in ASCII letters, without « Le », « La », « Saint »… in front."""
    return _SAINT.sub("", _ARTICLE.sub("", fold(name))).replace(" ", "")


def _row(commune: Commune) -> tuple[object, ...]:
    """INSEE code, name, département, SIREN of the EPCI, band of population, postcodes."""
    band = territories.strate(commune.population) if commune.population is not None else ""
    postcodes = " ".join(commune.codes_postaux)
    return commune.code, commune.nom, commune.departement.lower(), commune.epci or "", band, postcodes
