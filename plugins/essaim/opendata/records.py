"""A sheet as a record: what its JSON holds, and what its rows in the tables are made of."""

from __future__ import annotations

from typing import Any

from essaim import front
from essaim.compact import dump
from essaim.imports.columns import BODY
from essaim.model import Sheet
from essaim.opendata import EXTRAS, LICENCE, Edition
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


def collection(edition: Edition, kind: type[Sheet], name: str, lines: list[bytes]) -> bytes:
    """All sheets of a kind, one a line, under their licence. ``lines`` are their records as JSON."""
    day = edition.day(kind)
    head = {
        "titre": f"{kind.LABELS} — {edition.title}",
        "licence": LICENCE,
        "attribution": edition.attribution(),
        "schema": f"schemas/{name}.json",
        "mise_a_jour": day.isoformat() if day else None,
    }
    return _listed(head, "fiches", lines)


def features(edition: Edition, kind: type[Sheet], lines: list[bytes]) -> bytes:
    """The sheets of a kind as GeoJSON (RFC 7946). ``lines`` are those of ``feature_lines``."""
    head = {"type": "FeatureCollection", "titre": kind.LABELS, "licence": LICENCE, "attribution": edition.attribution()}
    return _listed(head, "features", lines)


def feature_lines(kind: type[Sheet], records: list[Record]) -> list[bytes]:
    """Sheets as features of GeoJSON: the columns of their table, without the text.

    No outline of départements is at hand under an open licence: ``geometry`` is null, as for an unlocated Feature. A number
    that is « non communiqué » is null here, since readers of GeoJSON give one type to a column.
    """
    fields = [field for field in layout(kind)[0].fields if field.name != BODY.path]
    lines = []
    for one in records:
        properties = {}
        for field in fields:
            value = value_at(one, field.path)
            properties[field.name] = None if value == NON_COMMUNIQUE and field.number else value
        lines.append(
            dump({"type": "Feature", "id": one["id"], "geometry": None, "properties": properties}).encode("utf-8")
        )
    return lines


def _listed(head: dict[str, Any], name: str, lines: list[bytes]) -> bytes:
    """An object with a last member ``name``, an array of one line each: written as it comes, never held as a whole tree."""
    return b"".join((f'{dump(head)[:-1]},"{name}":[\n'.encode(), b",\n".join(lines), b"\n]}\n"))


def text(edition: Edition, sheet: Sheet) -> str:
    """A sheet as the Markdown that this library is made of, without its authors' comments, its licence as one."""
    source = edition.library.sources[sheet.id]
    said = " ".join(f"# {LICENCE['titre']}. À citer : {edition.attribution(sheet)}".split())
    return front.write(type(sheet), source.data, source.body, tail=[said])
