"""Every file of open data, in the order in which the page tells of them, and what describes them all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, fields
from typing import Any

from essaim.addresses import DATA
from essaim.compact import dump
from essaim.ledger import Change
from essaim.model import SHEETS, Sheet
from essaim.opendata import Edition, located, name_of, packages, skos
from essaim.opendata.packages import CSV, GEOJSON, JSON, JSONLD, DataFile
from essaim.opendata.records import collection, feature_lines, features
from essaim.opendata.schemas import json_schema, table_schema
from essaim.opendata.tables import Growing, Layout, comma_separated, layout
from essaim.spreadsheet.guard import guarded
from essaim.vocabulary import Value

BY_TEXT = "texte"
"""What ``relation`` says of a link that stands in the text of a sheet."""


BLOCK = 500
"""Sheets that are held as records at once."""


def of_kind(edition: Edition, kind: type[Sheet], lines: list[bytes]) -> Iterator[DataFile]:
    """The files of a kind. ``lines`` are its sheets as JSON."""
    name = name_of(kind)
    yield DataFile(f"{name}.json", f"{kind.LABELS}, en JSON", collection(edition, kind, name, lines), JSON, kind)
    growing = [Growing(table) for table in layout(kind)]
    places: list[bytes] = []
    for start in range(0, len(lines), BLOCK):
        records = [json.loads(line) for line in lines[start : start + BLOCK]]
        for one in growing:
            one.add(records)
        places += feature_lines(kind, records) if located(kind) else ()
    for one in growing:
        columns = table_schema(edition.library, one.table)
        yield _file(f"{one.table.name}.csv", one.table.titre, one.text(), CSV, kind, one.table, columns)
    if located(kind):
        yield DataFile(f"{name}.geojson", f"{kind.LABELS}, en GeoJSON", features(edition, kind, places), GEOJSON, kind)


def _file(path: str, titre: str, text: str, media: str, kind: type[Sheet] | None = None, table: Layout | None = None,
          columns: dict[str, Any] | None = None) -> DataFile:  # fmt: skip
    return DataFile(path, titre, text.encode("utf-8"), media, kind, table, columns)


def across(edition: Edition) -> Iterator[DataFile]:
    """The files that go across kinds."""
    yield _table("relations", "Liens entre les fiches", _RELATIONS, _relations(edition))
    yield _table("vocabulaires", "Vocabulaires", _VOCABULARIES, _values(edition))
    yield _file(skos.FILE, "Vocabulaires, en SKOS", dump(skos.schemes(edition)) + "\n", JSONLD)
    changes = [[*map(str, astuple(one)), _title(edition, one.fiche)] for one in _journal(edition)]
    yield _table("journal", "Journal des publications", {**_JOURNAL, "titre": "Titre de la fiche aujourd’hui."}, changes)  # fmt: skip


def schemas(edition: Edition) -> Iterator[tuple[str, str]]:
    """``(path below donnees/, text)`` of the JSON Schema of each kind."""
    for kind in SHEETS:
        path = f"schemas/{name_of(kind)}.json"
        address = f"{edition.url}{DATA}{path}" if edition.url else ""
        found = json_schema(kind, edition.library.vocabularies, address)
        yield path, json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def described(edition: Edition, files: list[DataFile]) -> Iterator[DataFile]:
    """What describes ``files``: schemas, package, catalogue. Their sums, and those of these, are ``packages.sums``."""
    for path, text in schemas(edition):
        yield _file(path, "Schéma JSON", text, JSON)
    yield _file("datapackage.json", "Description des tables (Frictionless)", _pretty(packages.datapackage(edition, files)), JSON)  # fmt: skip
    yield _file("catalogue.jsonld", "Description du catalogue (DCAT)", _pretty(packages.catalogue(edition, files)), JSONLD)  # fmt: skip


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


_RELATIONS = {
    "origine": "Identifiant de la fiche qui fait le lien.",
    "cible": "Identifiant de la fiche à laquelle il mène.",
    "relation": f"Le champ qui le porte ({BY_TEXT} : un lien dans le texte).",
    "intitule": "Ce que la page de la cible en dit ; vide quand le lien se lit pareil des deux côtés.",
}
_VOCABULARIES = {
    "vocabulaire": "Nom du vocabulaire.",
    "id": "Ce que les fiches écrivent.",
    "libelle": "Ce que le lecteur voit.",
    "definition": "Ce que la valeur veut dire.",
    "synonymes": "Autres mots qui la trouvent ; « ; » entre deux.",
    "groupe": "Le groupe de valeurs où elle se range.",
    "question": "La question de l’auto-diagnostic.",
    "pourquoi": "Pourquoi cela compte.",
    "source": "La fiche d’où elle vient, ou « redaction ».",
}
_JOURNAL = {
    "date": "Jour de la publication.",
    "fiche": "Identifiant de la fiche.",
    "sorte": "Sorte de fiche.",
    "champ": "Le champ changé ; vide pour la fiche entière.",
    "changement": "ajout, modification ou retrait.",
}
# Not the model's fields: a test holds these to the classes that they describe.
DESCRIBED: tuple[tuple[Mapping[str, str], list[str]], ...] = (
    (_VOCABULARIES, ["vocabulaire", *Value.model_fields]),
    (_JOURNAL, [one.name for one in fields(Change)]),
)


def _table(name: str, titre: str, columns: Mapping[str, str], lines: Iterator[list[str]] | list[list[str]]) -> DataFile:
    described = [
        {"name": one, "title": one.capitalize(), "description": said, "type": "date" if one == "date" else "string"}
        for one, said in columns.items()
    ]
    text = comma_separated(columns, ([guarded(cell) for cell in line] for line in lines))
    return _file(f"{name}.csv", titre, text, CSV, columns={"fields": described, "missingValues": [""]})


def _relations(edition: Edition) -> Iterator[list[str]]:
    pages = edition.library.pages
    for one in edition.library.relations:
        if one.origin in pages and one.target in pages:
            field = ".".join(str(step) for step in one.loc if isinstance(step, str)) or BY_TEXT
            yield [one.origin, one.target, field, one.label]


def _values(edition: Edition) -> Iterator[list[str]]:
    for name, vocabulary in sorted(edition.library.vocabularies.items()):
        for value in vocabulary.valeurs:
            held = value.model_dump(mode="json")
            yield [name, *(";".join(one) if isinstance(one, list) else one or "" for one in held.values())]


def _journal(edition: Edition) -> list[Change]:
    """The newest first."""
    return sorted(edition.library.ledger.journal, key=lambda one: (-one.date.toordinal(), one.fiche, one.champ))


def _title(edition: Edition, identifier: str) -> str:
    sheet = edition.library.pages.get(identifier)
    return sheet.titre if sheet else ""
