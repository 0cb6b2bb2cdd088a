"""``/schemas/KIND.json``: the JSON Schema of each kind of front matter, for editors' tools and for who writes sheets by program."""

from __future__ import annotations

import json
from collections.abc import Iterator

from essaim.addresses import schema_address
from essaim.model import SHEETS
from essaim.outputs.site import Content, Site
from essaim.reference import schema


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """One file a kind, the values of the library's vocabularies written out. It names itself where the site has an address."""
    for kind in SHEETS:
        found = schema(kind, site.library.vocabularies)
        named = {"$id": f"{site.url}{schema_address(kind)}"} if site.url else {}
        yield schema_address(kind), json.dumps({**named, **found}, ensure_ascii=False, indent=2) + "\n"
