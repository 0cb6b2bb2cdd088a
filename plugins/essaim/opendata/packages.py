"""What describes the files: a Frictionless ``datapackage.json``, a DCAT catalogue, ``SHA256SUMS``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from essaim.addresses import DATA
from essaim.model import Sheet
from essaim.opendata import LICENCE, Edition
from essaim.opendata.pieces import Facts, unpacked
from essaim.opendata.tables import Layout

CSV, JSON, GEOJSON, JSONLD = "text/csv", "application/json", "application/geo+json", "application/ld+json"
_FORMATS = {CSV: "CSV", JSON: "JSON", GEOJSON: "GEOJSON", JSONLD: "JSON_LD"}
"""Media types → names in the list of the EU Publications Office, which DCAT-AP asks for."""
_EU = "http://publications.europa.eu/resource/authority/"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file below ``donnees/``: its path, its title, what is written (``opendata.pieces``) and what is known of that. ``kind`` is that of the sheets it holds, ``table`` what its rows are, if it is a table of
    the model; ``columns`` its Table Schema, if it is a table."""

    path: str
    titre: str
    pieces: tuple[bytes, ...]
    facts: Facts
    media: str
    kind: type[Sheet] | None = None
    table: Layout | None = None
    columns: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        """What is written, as text."""
        return b"".join(unpacked(self.pieces)).decode("utf-8")

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal."""
        return self.facts.sum.hex()

    @property
    def size(self) -> int:
        """Bytes."""
        return self.facts.size


def datapackage(edition: Edition, files: Iterable[DataFile]) -> dict[str, Any]:
    """The Frictionless Data Package (v1) of the tables among ``files``."""
    licence = {"name": LICENCE["id"], "title": LICENCE["titre"], "path": LICENCE["url"]}
    day = edition.day()
    return {
        "profile": "tabular-data-package",
        "name": "bibliotheque-d-experiences",
        "title": edition.title,
        "description": f"Toutes les fiches en tables. À citer : {edition.attribution()}.",
        **({"homepage": f"{edition.url}{DATA}"} if edition.url else {}),
        **({"version": day.isoformat()} if day else {}),
        "licenses": [licence],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": file.path.removesuffix(".csv"),
                "title": file.titre,
                "path": file.path,
                "format": "csv",
                "mediatype": CSV,
                # The mark at the head of the file is no part of the first name.
                "encoding": "utf-8-sig",
                "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True, "header": True},
                "bytes": file.size,
                "hash": f"sha256:{file.digest}",
                "licenses": [licence],
                "schema": file.columns,
            }
            for file in files
            if file.columns is not None
        ],
    }


def sums(files: Iterable[DataFile]) -> str:
    """``SHA256SUMS``, for ``sha256sum -c``."""
    return "".join(f"{file.digest}  {file.path}\n" for file in sorted(files, key=lambda file: file.path))


_CONTEXT: dict[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "date": {"@id": "dct:modified", "@type": "xsd:date"},
    "parution": {"@id": "dct:issued", "@type": "xsd:date"},
    "octets": {"@id": "dcat:byteSize", "@type": "xsd:nonNegativeInteger"},
    "empreinte": {"@id": "spdx:checksumValue", "@type": "xsd:hexBinary"},
}


def catalogue(edition: Edition, files: list[DataFile]) -> dict[str, Any]:
    """The DCAT-AP description, as JSON-LD with its context in it: a data set for each kind, one for what goes across.

    Addresses are absolute where the site has one; else they are relative to the file, as JSON-LD allows.
    """
    base = f"{edition.url}{DATA}" if edition.url else "./"
    publisher = {"@id": f"{base}#editeur", "@type": "foaf:Agent", "foaf:name": _fr(edition.name)}
    kinds = list(dict.fromkeys(file.kind for file in files))
    datasets = [_dataset(edition, base, kind, [file for file in files if file.kind is kind]) for kind in kinds]
    day = edition.day()
    return {
        "@context": _CONTEXT,
        "@id": f"{base}#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _fr(edition.title),
        "dct:description": _fr("Les fiches de la bibliothèque, ses vocabulaires et les liens entre les fiches."),
        "dct:publisher": publisher,
        "dct:license": {"@id": LICENCE["url"]},
        "dct:language": {"@id": f"{_EU}language/FRA"},
        "foaf:homepage": {"@id": edition.url or "../"},
        **({"date": day.isoformat()} if day else {}),
        "dcat:dataset": datasets,
    }


def _dataset(edition: Edition, base: str, kind: type[Sheet] | None, files: list[DataFile]) -> dict[str, Any]:
    name = files[0].path.partition(".")[0] if kind else "transversal"
    title = kind.LABELS if kind else "Vocabulaires, liens entre les fiches, journal"
    about = (
        kind.ABOUT
        if kind
        else "Les listes de valeurs, ce qui relie les fiches, et ce qui a changé à chaque publication."
    )
    day = edition.day(kind)
    issued = edition.issued(kind)
    return {
        "@id": f"{base}#{name}",
        "@type": "dcat:Dataset",
        "dct:identifier": name,
        "dct:title": _fr(f"{title} — {edition.title}"),
        "dct:description": _fr(f"{about} À citer : {edition.attribution()}."),
        "dct:publisher": {"@id": f"{base}#editeur"},
        "dct:license": {"@id": LICENCE["url"]},
        "dct:accessRights": {"@id": f"{_EU}access-right/PUBLIC"},
        "dct:language": {"@id": f"{_EU}language/FRA"},
        "dct:spatial": {"@id": f"{_EU}country/FRA"},
        "dct:accrualPeriodicity": {"@id": f"{_EU}frequency/IRREG"},
        "dcat:theme": {"@id": f"{_EU}data-theme/REGI"},
        "dcat:keyword": [_fr(word) for word in ("collectivités", "entrepreneuriat", "coopération", "retours d’expérience")],
        "dcat:landingPage": {"@id": base + (f"{name}/" if kind else "")},
        **({"date": day.isoformat()} if day else {}),
        **({"parution": issued.isoformat()} if issued else {}),
        "dcat:distribution": [_distribution(base, name, file) for file in files],
    }  # fmt: skip


def _distribution(base: str, name: str, file: DataFile) -> dict[str, Any]:
    checksum = {"@type": "spdx:Checksum", "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"}, "empreinte": file.digest}  # fmt: skip
    schema = {"dct:conformsTo": {"@id": f"{base}schemas/{name}.json"}} if file.media == JSON else {}
    return {
        "@id": f"{base}#{file.path}",
        "@type": "dcat:Distribution",
        "dct:title": _fr(file.titre),
        "dcat:accessURL": {"@id": base},
        "dcat:downloadURL": {"@id": f"{base}{file.path}"},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{file.media}"},
        "dct:format": {"@id": f"{_EU}file-type/{_FORMATS[file.media]}"},
        "dct:license": {"@id": LICENCE["url"]},
        "octets": file.size,
        "spdx:checksum": checksum,
        **schema,
    }


def _fr(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "fr"}
