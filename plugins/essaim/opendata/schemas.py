"""What the files hold, for machines: a JSON Schema of each kind's JSON, a Table Schema of each table. Made from the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from essaim.library import Library
from essaim.model import Champ, Sheet
from essaim.model.types import SAISIES
from essaim.opendata import EXTRAS, LICENCE
from essaim.opendata.tables import CALCULATED, IDENTITY, RANK, SHEET, Field, Layout, layout
from essaim.reference import schema
from essaim.vocabulary import Vocabulary
from essaim.words import NON_COMMUNIQUE, SLUG

_EXTRA = {"type": ["string", "null"]}


def json_schema(kind: type[Sheet], vocabularies: Mapping[str, Vocabulary], address: str = "") -> dict[str, Any]:
    """The JSON Schema (2020-12) of a kind's files: all its sheets, or one of them. ``address`` is its own, if known."""
    found = schema(kind, vocabularies, "serialization")
    groups = found.pop("$defs", {})
    fields = found["properties"]
    computed = {name: fields.pop(name) for name in kind.model_computed_fields}
    extras = {extra.name: {"title": extra.titre, "description": extra.aide, **_EXTRA} for extra in EXTRAS}
    sheet = _whole({
        "id": {"title": IDENTITY.titre, "description": IDENTITY.aide, "type": "string", "pattern": f"^{SLUG.pattern}$"},
        "sorte": {"const": kind.KIND},
        **fields,
        "corps": {"title": "Texte", "description": "Le texte de la fiche, en Markdown.", "type": "string"},
        CALCULATED: {**_whole({**extras, **computed}), "title": "Ce qui se déduit du reste"},
    })  # fmt: skip
    licence = _whole({name: {"type": "string"} for name in LICENCE})
    listed = _whole({
        "titre": {"type": "string"}, "licence": licence, "attribution": {"type": "string"}, "schema": {"type": "string"},
        "mise_a_jour": {"type": ["string", "null"]}, "fiches": {"type": "array", "items": {"$ref": "#/$defs/fiche"}},
    })  # fmt: skip
    for group in groups.values():
        group["required"] = list(group["properties"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **({"$id": address} if address else {}),
        "title": f"{kind.LABELS} : toutes les fiches, ou l’une d’elles",
        "description": found["description"],
        "anyOf": [{"$ref": "#/$defs/fiches"}, {"$ref": "#/$defs/fiche"}],
        "$defs": {"fiches": listed, "fiche": sheet, **_bare(groups)},
    }


def _whole(properties: dict[str, Any]) -> dict[str, Any]:
    """An object that has all these members and no other."""
    return {"type": "object", "properties": _bare(properties), "required": list(properties), "additionalProperties": False}  # fmt: skip


def _bare(properties: dict[str, Any]) -> dict[str, Any]:
    """Without defaults: what is exported is always written."""
    return {name: {key: value for key, value in one.items() if key != "default"} for name, one in properties.items()}


def table_schema(library: Library, table: Layout) -> dict[str, Any]:
    """The Table Schema (Frictionless, v1) of a table."""
    main = layout(table.kind)[0]
    keys: dict[str, Any] = {"primaryKey": [IDENTITY.name]}
    if table.group:
        link = {"fields": [SHEET.name], "reference": {"resource": main.name, "fields": [IDENTITY.name]}}
        keys = {"primaryKey": [SHEET.name, RANK.name], "foreignKeys": [link]}
    return {"fields": [column(library, field) for field in table.fields], "missingValues": [""], **keys}


def column(library: Library, field: Field) -> dict[str, Any]:
    """One column. A number that nobody gave is missing for who reads numbers: the text of the cell tells it apart."""
    champ = field.champ
    unknown = champ is not None and champ.unknown_allowed
    vocabulary = library.vocabularies.get(field.vocabulary or "")
    kind = "date" if champ and champ.forme.genre == "date" and not field.many else _type(field)
    found: dict[str, Any] = {"name": field.name, "title": field.titre, "description": said(field), "type": kind}
    if unknown and kind != "string":
        found["missingValues"] = ["", NON_COMMUNIQUE]
    constraints = _constraints(field, champ, [one.id for one in vocabulary.valeurs] if vocabulary else [], unknown)
    return {**found, "constraints": constraints} if constraints else found


def _type(field: Field) -> str:
    if not field.number:
        return "string"
    return "number" if field.champ and field.champ.forme.genre == "nombre" else "integer"


def _constraints(field: Field, champ: Champ | None, values: list[str], unknown: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    given = champ is not None and champ.required and "." not in field.name
    if field in (IDENTITY, SHEET, RANK) or (given and not (unknown and field.number)):
        found["required"] = True
    if field is IDENTITY:
        found["unique"] = True
    if champ and champ.forme.genre == "saisie":
        values = list(SAISIES)
    if values and not field.many:
        found["enum"] = [*values, NON_COMMUNIQUE] if unknown else values
    elif values:
        one = "|".join(map(re.escape, values))
        found["pattern"] = f"({one})(;({one}))*" + (f"|{NON_COMMUNIQUE}" if unknown else "")
    if champ and field.number:
        limits = {"minimum": champ.forme.min, "maximum": champ.forme.max}
        found |= {name: limit for name, limit in limits.items() if limit is not None}
    if champ and champ.forme.genre == "date-partielle":
        found["pattern"] = r"\d{4}(-\d{2}){0,2}" + (f"|{NON_COMMUNIQUE}" if unknown else "")
    return found


def said(field: Field) -> str:
    """What a column holds, in one or a few sentences."""
    found = [field.aide.rstrip(".")]
    if field.computed:
        found.append("Déduit")
    if field.many:
        found.append("Une liste : un élément par ligne" if field.separator == "\n" else "Une liste : « ; » entre les éléments")  # fmt: skip
    if field.champ and field.champ.unite:
        found.append(f"En {field.champ.unite}")
    if field.vocabulary:
        found.append(f"Valeurs : vocabulaire « {field.vocabulary} »")
    if field.champ and field.champ.unknown_allowed:
        found.append(f"« {NON_COMMUNIQUE} » : personne ne l’a donné")
    return ". ".join(found) + "."
