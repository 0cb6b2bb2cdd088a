"""``communes/``: small files in which the browser looks a commune up by its first letters or its code."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from operator import itemgetter

from essaim import territories
from essaim.compact import dump, text
from essaim.outputs.site import Content, Site
from essaim.similar import NEAR
from essaim.territories import Commune
from essaim.words import fold

# What so many names begin with that it tells nothing. js/communes.js does the same.
_ARTICLE = re.compile(r"^(?:les?|la|l) (?=.)", re.MULTILINE)
_SAINT = re.compile(r"^(?:st|ste|saint|sainte|saints|saintes) (?=.)", re.MULTILINE)

_TWO = itemgetter(slice(2))


def pages(site: Site) -> Iterator[tuple[str, Content]]:  # noqa: ARG001  # the shape of every output
    """One file for each beginning: two letters of a name, two digits of an INSEE code or postcode."""
    return iter(_files())


@cache
def _files() -> tuple[tuple[str, str], ...]:
    """They are of the package's own table alone: a process that makes several sites, as tests do, makes them once."""
    table = territories.load()
    communes = list(table.communes())
    # All names are reduced in one go, and each row is written once: a third of the time of 35,000 calls.
    names = letters("\n".join(commune.nom for commune in communes)).split("\n")
    by_prefix: defaultdict[str, list[str]] = defaultdict(list)
    for commune, name in zip(communes, names, strict=True):
        row = _row(commune)
        for prefix in {name[:2], commune.code[:2].lower(), *map(_TWO, commune.codes_postaux)}:
            by_prefix[prefix].append(row)
    regions = {region.code: region.slug for region in table.regions}
    known = {
        "debuts": " ".join(sorted(by_prefix)),
        "departements": [
            [one.code.lower(), one.nom, regions.get(one.region, ""), [code.lower() for code in one.voisins]]
            for one in table.departements
        ],
        "proche": [[name, weight, reason] for name, (weight, reason) in NEAR.items()],
    }
    rows = ((f"communes/{prefix}.json", f"[{','.join(rows)}]") for prefix, rows in sorted(by_prefix.items()))
    return ("communes/index.json", dump(known)), *rows


def letters(names: str) -> str:
    """What communes are looked up by: their names, one a line, in ASCII letters, without « Le », « La », « Saint »… in front."""
    return _SAINT.sub("", _ARTICLE.sub("", fold(names))).replace(" ", "")


def _row(commune: Commune) -> str:
    """INSEE code, name, département, SIREN of the EPCI, band of population, postcodes, as JSON. Codes need no escape."""
    code, nom, departement, epci, population, postcodes = commune
    band = territories.strate(population) if population is not None else ""
    return f'["{code}",{text(nom)},"{departement.lower()}","{epci or ""}","{band}","{" ".join(postcodes)}"]'
