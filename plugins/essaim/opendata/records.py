"""A sheet as a record: what its JSON holds, and what its rows in the tables are made of."""

from __future__ import annotations

from typing import Any

from essaim import front
from essaim.imports.columns import BODY
from essaim.model import Sheet
from essaim.opendata import EXTRAS, LICENCE, Edition, name_of
from essaim.opendata.tables import Record, layout, value_at
from essaim.words import NON_COMMUNIQUE


def record(edition: Edition, sheet: Sheet) -> Record:
    """Every field of a sheet, ``None`` or ``[]`` where nothing is written; what is computed stands under ``calcule``.

    Numbers are numbers, dates ISO texts; ``non communiqué`` stays as it is written.
    """
    # warnings: a field that may be « non communiqué » holds a text where its type says number.
    found = sheet.model_dump(mode="json", warnings=False)
    computed = {name: found.pop(name) for name in type(sheet).model_computed_fields}
    extras = {extra.name: extra.of(edition, sheet) for extra in EXTRAS}
    return {"id": sheet.id, "sorte": sheet.KIND, **found, "corps": edition.library.documents[sheet.id].text.strip("\n"), "calcule": {**extras, **computed}}  # fmt: skip


def collection(edition: Edition, kind: type[Sheet]) -> dict[str, Any]:
    """What the JSON of a kind says of itself, before its sheets."""
    day = edition.day(kind)
    return {
        "titre": f"{kind.LABELS} — {edition.title}",
        "licence": LICENCE,
        "attribution": edition.attribution(),
        "schema": f"schemas/{name_of(kind)}.json",
        "mise_a_jour": day.isoformat() if day else None,
    }


def features(edition: Edition, kind: type[Sheet]) -> dict[str, Any]:
    """What the GeoJSON of a kind (RFC 7946) says of itself, before its features."""
    return {"type": "FeatureCollection", "titre": kind.LABELS, "licence": LICENCE, "attribution": edition.attribution()}  # fmt: skip


def feature(kind: type[Sheet], one: Record) -> dict[str, Any]:
    """A sheet as a feature of GeoJSON: the columns of its table, without the text.

    No outline of départements is at hand under an open licence: ``geometry`` is null, as for an unlocated Feature. A number
    that is « non communiqué » is null here, since readers of GeoJSON give one type to a column.
    """
    properties = {}
    for field in layout(kind)[0].fields:
        if field.name != BODY.path:
            value = value_at(one, field.path)
            properties[field.name] = None if value == NON_COMMUNIQUE and field.number else value
    return {"type": "Feature", "id": one["id"], "geometry": None, "properties": properties}


def text(edition: Edition, sheet: Sheet) -> str:
    """A sheet as the Markdown that this library is made of, without its authors' comments, its licence as one."""
    source = edition.library.sources[sheet.id]
    said = " ".join(f"# {LICENCE['titre']}. À citer : {edition.attribution(sheet)}".split())
    return front.write(type(sheet), source.data, source.body, tail=[said])
