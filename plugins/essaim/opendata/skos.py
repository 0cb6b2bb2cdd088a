"""The vocabularies as SKOS in JSON-LD: a ConceptScheme each, a Concept for each value and for each group of values."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from essaim.addresses import DATA
from essaim.opendata import LICENCE, Edition
from essaim.vocabulary import Value, Vocabulary
from essaim.words import slug

FILE = "vocabulaires.jsonld"
_CONTEXT: dict[str, Any] = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "prefLabel": {"@id": "skos:prefLabel", "@language": "fr"},
    "altLabel": {"@id": "skos:altLabel", "@language": "fr"},
    "definition": {"@id": "skos:definition", "@language": "fr"},
    "editorialNote": {"@id": "skos:editorialNote", "@language": "fr"},
    "scopeNote": {"@id": "skos:scopeNote", "@language": "fr"},
    "notation": "skos:notation",
    "title": {"@id": "dct:title", "@language": "fr"},
    "citation": {"@id": "dct:bibliographicCitation", "@language": "fr"},
    "source": {"@id": "dct:source", "@type": "@id"},
    "licence": {"@id": "dct:license", "@type": "@id"},
    "seeAlso": {"@id": "rdfs:seeAlso", "@type": "@id"},
    "inScheme": {"@id": "skos:inScheme", "@type": "@id"},
    "topConceptOf": {"@id": "skos:topConceptOf", "@type": "@id"},
    "hasTopConcept": {"@id": "skos:hasTopConcept", "@type": "@id"},
    "broader": {"@id": "skos:broader", "@type": "@id"},
    "narrower": {"@id": "skos:narrower", "@type": "@id"},
}


def schemes(edition: Edition) -> dict[str, Any]:
    """The file. A concept is ``#vocabulaire.valeur``; ids are quoted, since those without pages may hold anything."""
    graph: list[dict[str, Any]] = []
    for name, vocabulary in sorted(edition.library.vocabularies.items()):
        graph += _scheme(edition, name, vocabulary)
    return {"@context": _CONTEXT, "@graph": graph}


def _scheme(edition: Edition, name: str, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    own = _iri(edition, name)
    groups = {
        value.groupe: _iri(edition, name, f"groupe.{slug(value.groupe)}")
        for value in vocabulary.valeurs
        if value.groupe
    }
    concepts = [_concept(edition, name, vocabulary, value, groups) for value in vocabulary.valeurs]
    tops = [
        {
            "@id": iri, "@type": "skos:Concept", "prefLabel": label, "inScheme": own, "topConceptOf": own,
            "narrower": [_iri(edition, name, value.id) for value in vocabulary.valeurs if value.groupe == label],
        }
        for label, iri in groups.items()
    ]  # fmt: skip
    first = [*groups.values(), *(one["@id"] for one in concepts if "topConceptOf" in one)]
    scheme = {
        "@id": own,
        "@type": "skos:ConceptScheme",
        "title": vocabulary.titre,
        "prefLabel": vocabulary.titre,
        "definition": vocabulary.definition,
        "licence": LICENCE["url"],
        "citation": edition.attribution(),
        "hasTopConcept": first,
        **({"seeAlso": _page(edition, f"{vocabulary.url}/")} if vocabulary.url else {}),
    }
    return [scheme, *tops, *concepts]


def _concept(edition: Edition, name: str, vocabulary: Vocabulary, value: Value, groups: dict[str, str]) -> dict[str, Any]:  # fmt: skip
    own = _iri(edition, name)
    source = edition.library.pages.get(value.source)
    place = {"broader": groups[value.groupe]} if value.groupe else {"topConceptOf": own}
    return {
        "@id": _iri(edition, name, value.id),
        "@type": "skos:Concept",
        "notation": value.id,
        "prefLabel": value.libelle,
        "definition": value.definition,
        **({"altLabel": list(value.synonymes)} if value.synonymes else {}),
        **({"scopeNote": value.pourquoi} if value.pourquoi else {}),
        "inScheme": own,
        **place,
        # A source is a sheet, or the library's own choice, or the official list of territories.
        **({"source": _page(edition, source.address)} if source else {"editorialNote": f"Source : {value.source}."}),
        **({"seeAlso": _page(edition, f"{vocabulary.url}/{quote(value.id)}/")} if vocabulary.url else {}),
    }


def _iri(edition: Edition, name: str, value: str = "") -> str:
    anchor = f"{name}.{quote(value, safe='')}" if value else name
    return f"{edition.url}{DATA}{FILE}#{anchor}" if edition.url else f"{FILE}#{anchor}"


def _page(edition: Edition, address: str) -> str:
    return f"{edition.url}{address}" if edition.url else f"../{address}"
