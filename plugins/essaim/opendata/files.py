"""Every file of open data, in the order in which the page tells of them, and what describes them all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, fields, replace
from functools import partial
from typing import Any
from zlib import crc32

from essaim.addresses import DATA
from essaim.compact import dump
from essaim.ledger import Change
from essaim.model import SHEETS, Sheet
from essaim.opendata import Edition, located, name_of, packages, skos
from essaim.opendata.packages import CSV, GEOJSON, JSON, JSONLD, DataFile
from essaim.opendata.pieces import UNKNOWN, Facts, Memo, facts, packed
from essaim.opendata.records import collection, feature, features, record
from essaim.opendata.schemas import json_schema, table_schema
from essaim.opendata.tables import comma_separated, layout, lines_of, rows, table_text
from essaim.spreadsheet.guard import guarded
from essaim.vocabulary import Value

BY_TEXT = "texte"
"""What ``relation`` says of a link that stands in the text of a sheet."""


LOT = 32
"""Sheets that are made and compressed together, on the mean: few enough to be made again for one that changed."""

Pieces = Mapping[str, tuple[bytes, ...]]
"""Path of a file below ``donnees/`` → the pieces that something adds to it."""


def lots(ids: Iterable[str]) -> Iterator[list[str]]:
    """Ids of sheets that are made together, in their order. A lot ends with an id that says so by itself: one that comes or goes
    changes its own lot, and no other."""
    found: list[str] = []
    for one in ids:
        found.append(one)
        if crc32(one.encode()) % LOT == 0:
            yield found
            found = []
    if found:
        yield found


def lot(edition: Edition, kind: type[Sheet], sheets: Iterable[Sheet]) -> Pieces:
    """What some sheets add to the files of their kind."""
    records = [record(edition, sheet) for sheet in sheets]
    name = name_of(kind)
    found = {f"{name}.json": _BETWEEN.join(map(dump, records))}
    found |= {f"{table.name}.csv": lines_of(rows(table, records)) for table in layout(kind)}
    if located(kind):
        found[f"{name}.geojson"] = _BETWEEN.join(dump(feature(kind, one)) for one in records)
    return {path: (packed(text.encode("utf-8")),) for path, text in found.items() if text}


_BETWEEN = ",\n"


def of_kind(edition: Edition, kind: type[Sheet], found: Sequence[Pieces], memo: Memo) -> list[DataFile]:
    """The files of a kind, of what each lot of its sheets adds to them."""
    files = list(_of_kind(edition, kind, found))
    told = memo.all(Facts, [(("faits", *file.pieces), partial(facts, file.pieces)) for file in files])
    return [replace(file, facts=known) for file, known in zip(files, told, strict=True)]


def _of_kind(edition: Edition, kind: type[Sheet], found: Sequence[Pieces]) -> Iterator[DataFile]:
    """The same, of which nothing is known yet."""

    def listed(path: str, titre: str, head: Mapping[str, Any], member: str, media: str) -> DataFile:
        # An object with a last member, an array of one line each.
        between, lines = packed(_BETWEEN.encode()), [piece for one in found for piece in one[path]]
        inside = [part for line in lines for part in (between, line)][1:]
        pieces = (packed(f'{dump(head)[:-1]},"{member}":[\n'.encode()), *inside, packed(b"\n]}\n"))
        return DataFile(path, titre, pieces, UNKNOWN, media, kind)

    name = name_of(kind)
    yield listed(f"{name}.json", f"{kind.LABELS}, en JSON", collection(edition, kind), "fiches", JSON)
    for table in layout(kind):
        path, head = f"{table.name}.csv", packed(table_text(table, ()).encode("utf-8"))
        pieces = (head, *(piece for one in found for piece in one.get(path, ())))
        yield DataFile(path, table.titre, pieces, UNKNOWN, CSV, kind, table, table_schema(edition.library, table))
    if located(kind):
        yield listed(f"{name}.geojson", f"{kind.LABELS}, en GeoJSON", features(edition, kind), "features", GEOJSON)


def _file(path: str, titre: str, text: str, media: str, columns: dict[str, Any] | None = None) -> DataFile:
    pieces = (packed(text.encode("utf-8")),)
    return DataFile(path, titre, pieces, facts(pieces), media, columns=columns)


def across(edition: Edition) -> Iterator[DataFile]:
    """The files that go across kinds."""
    yield _table("relations", "Liens entre les fiches", _RELATIONS, _relations(edition))
    yield _table("vocabulaires", "Vocabulaires", _VOCABULARIES, _values(edition))
    yield _file(skos.FILE, "Vocabulaires, en SKOS", dump(skos.schemes(edition)) + "\n", JSONLD)
    changes = [[*map(str, astuple(one)), _title(edition, one.fiche)] for one in _journal(edition)]
    yield _table("journal", "Journal des publications", {**_JOURNAL, "titre": "Titre de la fiche aujourd’hui."}, changes)  # fmt: skip


def schemas(edition: Edition) -> Iterator[DataFile]:
    """The JSON Schema of each kind, in ``schemas/``."""
    for kind in SHEETS:
        path = f"schemas/{name_of(kind)}.json"
        address = f"{edition.url}{DATA}{path}" if edition.url else ""
        found = json_schema(kind, edition.library.vocabularies, address)
        yield _file(path, "Schéma JSON", _pretty(found), JSON)


def described(edition: Edition, files: list[DataFile]) -> Iterator[DataFile]:
    """What describes ``files``: package, catalogue. Their sums, and those of these, are ``packages.sums``."""
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
    return _file(f"{name}.csv", titre, text, CSV, {"fields": described, "missingValues": [""]})


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
