"""Addresses of pages that the site makes by itself and that a text may link to (``[les champs](/contribuer/champs/)``)."""

from __future__ import annotations

import re

from essaim.model import SHEETS, Sheet

FIELDS = "contribuer/champs/"
"""The reference of fields, below the page « contribuer »."""
EDITORIAL = "redaction/"
"""The editors' dashboard."""


def field_address(kind: type[Sheet]) -> str:
    """Address from the root of the page of a kind's fields: ``contribuer/champs/methodes/``."""
    return f"{FIELDS}{kind.URL or kind.FOLDER}/"


def schema_address(kind: type[Sheet]) -> str:
    """Address from the root of a kind's JSON Schema: ``schemas/method.json``."""
    return f"schemas/{kind.KIND}.json"


def generated(path: str) -> str | None:
    """The address from the root that ``path`` (``/redaction/``) names, when it is one of these; else None."""
    known = {FIELDS, EDITORIAL, *map(field_address, SHEETS), *map(schema_address, SHEETS)}
    found = re.sub(r"(?<=[a-z])/?$", "/", path.removeprefix("/")) if not path.endswith(".json") else path[1:]
    return found if path.startswith("/") and found in known else None
