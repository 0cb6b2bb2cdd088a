"""Addresses of pages that the site makes by itself and that a text may link to (``[les champs](/contribuer/champs/)``)."""

from __future__ import annotations

import re
from urllib.parse import quote

from essaim.model import SHEETS, Sheet

FIELDS = "contribuer/champs/"
"""The reference of fields, below the page « contribuer »."""
EDITORIAL = "redaction/"
"""The editors' dashboard."""

DATA = "donnees/"
"""The open data: a page, one below it for each kind, and the files."""
FEEDS = "flux/"
"""The page that lists the feeds; they are below it."""
FOLLOWED = ("themes", "regions", "departements")
"""Facets whose values have a feed each."""


def feed_address(*place: str) -> str:
    """Address from the root of a feed: of all (``flux/tout.xml``), of a kind (``flux/experiences.xml``), of a facet's value (``flux/themes/bois.xml``)."""
    return f"{FEEDS}{'/'.join(place) or 'tout'}.xml"


def conference_feed(webinar: Sheet) -> str:
    """Address from the root of the feed of a web conference: what changes in what it cites."""
    return f"{webinar.address}flux.xml"


def field_address(kind: type[Sheet]) -> str:
    """Address from the root of the page of a kind's fields: ``contribuer/champs/methodes/``."""
    return f"{FIELDS}{kind.URL or kind.FOLDER}/"


def data_address(kind: type[Sheet]) -> str:
    """Address from the root of the page of a kind's data: ``donnees/experiences/``."""
    return f"{DATA}{kind.URL or kind.FOLDER}/"


def schema_address(kind: type[Sheet]) -> str:
    """Address from the root of a kind's JSON Schema: ``schemas/method.json``."""
    return f"schemas/{kind.KIND}.json"


def search_address(query: str) -> str:
    """Address from the root of the explorer for a query as an editor writes it. Characters of its own stay; the rest is
    written as addresses want it."""
    return "explorer/" + (f"?{quote(query, safe='=&,+')}" if query else "")


def generated(path: str) -> str | None:
    """The address from the root that ``path`` (``/redaction/``) names, when it is one of these; else None."""
    if not path.startswith("/"):
        return None
    known = {
        FIELDS,
        EDITORIAL,
        DATA,
        FEEDS,
        *map(field_address, SHEETS),
        *map(data_address, SHEETS),
        *map(schema_address, SHEETS),
    }
    found = re.sub(r"(?<=[a-z])/?$", "/", path.removeprefix("/")) if not path.endswith(".json") else path[1:]
    return found if found in known else None
