"""Whether data say what schema.org has words for: types, properties of these types, kinds of values; and what JSON-LD keeps."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pyld import jsonld

from tests.conftest import ROOT

Node = dict[str, Any]

TYPES: dict[str, Any] = json.loads((ROOT / "tests" / "schema-org" / "terms.json").read_text("utf-8"))
ROOT_NAME = "https://schema.org/"
DATA = {str: {"Text", "URL", "Date", "DateTime", "Time", "Duration"}, bool: {"Boolean"}, int: {"Integer", "Number"},
        float: {"Number"}}  # fmt: skip


def lineage(kind: str) -> set[str]:
    """A type and all those that it comes from."""
    return {kind}.union(*(lineage(one) for one in TYPES[kind]["of"])) if kind in TYPES else {kind}


def ranges(kind: str, name: str) -> set[str] | None:
    """What a property of a type may hold; None when the type has no such property."""
    # https://schema.org/docs/actions.html: what an action asks for is told by -input and -output.
    if name.endswith(("-input", "-output")) and ranges(kind, name.rpartition("-")[0]) is not None:
        return {"Text", "PropertyValueSpecification"}
    found = [TYPES[one]["props"][name] for one in lineage(kind) if name in TYPES.get(one, {"props": {}})["props"]]
    return set().union(*found) if found else None


def enumerated(kinds: set[str]) -> list[str]:
    """The values of those that are enumerations."""
    return [value for kind in kinds for value in TYPES.get(kind, {}).get("values", ())]


def mistakes(node: Node, where: str = "") -> Iterator[str]:
    """What schema.org has no word for, or no place."""
    kind = node.get("@type", "")
    if kind not in TYPES:
        yield f"{where}: unknown type {kind!r}"
        return
    for name, value in node.items():
        place = f"{where}/{kind}.{name}"
        if name.startswith("@"):
            continue
        held = ranges(kind, name)
        if held is None:
            yield f"{place}: no such property"
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and set(one) == {"@id"}:
                if "IdReference" not in held:
                    yield f"{place}: a name alone is none of {sorted(held)}"
            elif isinstance(one, dict):
                if one.get("@type") in TYPES and not lineage(one["@type"]) & held:
                    yield f"{place}: {one['@type']} is none of {sorted(held)}"
                yield from mistakes(one, place)
            elif not DATA.get(type(one), set()) & held and str(one).removeprefix(ROOT_NAME) not in enumerated(held):
                yield f"{place}: {one!r} is none of {sorted(held)}"


def context() -> Node:
    """Every term that we know, none by default: expansion drops any other."""
    names = {*TYPES, *(name for one in TYPES.values() for name in one["props"]), "query-input"}
    return {"@context": {"@version": 1.1, **{name: ROOT_NAME + name for name in sorted(names)}}}


def expanded(graph: list[Node], base: str = "https://essaim.example/") -> list[Node]:
    """The graph as JSON-LD means it. Nothing is fetched: https://schema.org is the context above."""

    def loader(url: str, options: object) -> Node:  # noqa: ARG001
        assert url == "https://schema.org", url
        return {"contextUrl": None, "documentUrl": url, "document": context()}

    found: list[Node] = jsonld.expand(
        {"@context": "https://schema.org", "@graph": graph}, {"documentLoader": loader, "base": base}
    )
    return found


def terms(value: Any) -> Counter[str]:
    """Every property and type in a tree, counted, by its name in schema.org."""
    found: Counter[str] = Counter()
    if isinstance(value, list):
        for one in value:
            found += terms(one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name == "@type":
                found.update(one.removeprefix(ROOT_NAME) for one in (inner if isinstance(inner, list) else [inner]))
            elif name != "@id" and name != "@value":
                found[name.removeprefix(ROOT_NAME)] += 1
            found += terms(inner)
    return found
