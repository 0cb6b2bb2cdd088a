"""What a page says of itself to machines: schema.org in JSON-LD, in its head.

``graph`` makes the data, ``script`` writes it so that no text can end the element that carries it. Only what the sheet gives
is said: a fact that nobody gave is left out, and nothing is guessed. Addresses are absolute when the site has one, else
relative to the page, as JSON-LD allows. ``https://schema.org`` is a name: nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from essaim.compact import dump
from essaim.linked.kinds import KINDS
from essaim.linked.nodes import LISTED, SUBJECT, Node, clean
from essaim.model import Sheet
from essaim.opendata import LICENCE
from essaim.vocabulary import Value, Vocabulary

if TYPE_CHECKING:  # outputs are made with this: a type is all that is taken back
    from essaim.outputs.site import Site

# Within <script>, HTML reads no entity: JSON's own escapes keep a text from closing it, and from opening a comment.
_SAFE = tuple((sign, f"\\u{ord(sign):04x}") for sign in "<>&\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file of open data: its address from the root, its media type (``text/csv``), its name for readers, its bytes."""

    address: str
    media: str
    name: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What ``graph`` is told of a page beside its sheet. ``listed`` are the sheets that it lists, None when it is no list, after
    the ``before`` that the pages before list, of as many as ``of`` says in all; ``main`` is what it is about when that is neither; ``about`` goes beside a list."""

    crumbs: Sequence[tuple[str, str]] = ()
    listed: Sequence[Sheet] | None = None
    main: Node | None = None
    about: Node | None = None
    before: int = 0
    of: int | None = None


NOTHING = Told()


def script(data: Node) -> Markup:
    """The element for ``<head>``: data, that no browser runs."""
    text = dump(data)
    for sign, escaped in _SAFE:
        text = text.replace(sign, escaped)
    # Safe: < > and & are escaped by JSON's own means.
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704


def graph(
    site: Site, address: str, root: str, title: str, description: str, sheet: Sheet | None, told: Told = NOTHING
) -> Node:
    """The page at ``address``, and what it is about. ``root`` leads to the site's root while it has no public address.

    ``told.crumbs`` are the visible ones: ``(address, name)`` from the root, the page itself last.
    """
    base = site.url or root
    here = base + address or "./"
    page: Node = {
        "@type": "CollectionPage" if told.listed is not None else "WebPage",
        "@id": here,
        "url": here,
        "name": title,
        "description": description,
        "inLanguage": "fr",
        "isPartOf": _website(site, base),
        "about": told.about,
        "mainEntity": told.main,
    }
    if sheet is not None:
        page |= {
            "datePublished": sheet.publie_le.isoformat(),
            "dateModified": site.history.last_change(sheet).isoformat(),
        }
        make = KINDS.get(sheet.KIND)
        if make:
            page["mainEntity"] = {**make(site, base, sheet), "@id": here + SUBJECT}
    found = [clean(page)]
    if told.listed is not None and not told.main:
        found[0]["mainEntity"] = _items(base, told.listed, told)
    if told.crumbs:
        found.append(_breadcrumbs(base, told.crumbs))
    if not address:
        found.append(_home(site, base, description))
    return {"@context": "https://schema.org", "@graph": found}


def dataset(
    site: Site, address: str, root: str, name: str, description: str, files: Iterable[Distribution], **more: Any
) -> Node:
    """The Dataset of a page of open data at ``address``, for ``Told.main``. ``more`` are properties of a Dataset
    (``version``, ``dateModified``…)."""
    base = site.url or root
    return clean(
        {
            "@type": "Dataset",
            "@id": f"{base}{address}{SUBJECT}",
            "name": name,
            "description": description,
            "url": base + address,
            "license": LICENCE["url"],
            "isAccessibleForFree": True,
            "inLanguage": "fr",
            "creator": {"@type": "Organization", "name": site.name},
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": one.name,
                    "contentUrl": base + one.address,
                    "encodingFormat": one.media,
                    "contentSize": f"{one.size} B" if one.size else None,
                }
                for one in files
            ],
            **more,
        }
    )


def vocabulary_node(site: Site, root: str, vocabulary: Vocabulary, values: Sequence[Value]) -> Node:
    """A vocabulary, for ``Told.main``, with the values that its page shows."""
    base = site.url or root
    terms = [
        {"@type": "DefinedTerm", "name": one.libelle, "url": f"{base}{vocabulary.url}/{one.id}/"}
        for one in values[:LISTED]
    ]
    return clean(
        {
            "@type": "DefinedTermSet",
            "@id": f"{base}{vocabulary.url}/{SUBJECT}",
            "name": vocabulary.titre,
            "description": vocabulary.definition,
            "hasDefinedTerm": terms,
        }
    )


def value_node(site: Site, root: str, vocabulary: Vocabulary, value: Value) -> Node:
    """A value of a vocabulary, for ``Told.about``."""
    base = site.url or root
    return clean(
        {
            "@type": "DefinedTerm",
            "@id": f"{base}{vocabulary.url}/{value.id}/{SUBJECT}",
            "name": value.libelle,
            "description": value.definition,
            "alternateName": list(value.synonymes),
            "inDefinedTermSet": {"@type": "DefinedTermSet", "@id": f"{base}{vocabulary.url}/{SUBJECT}", "name": vocabulary.titre},
        }
    )  # fmt: skip


def _website(site: Site, base: str) -> Node:
    return {"@type": "WebSite", "@id": f"{base}#site", "name": site.name}


def _home(site: Site, base: str, description: str) -> Node:
    """The site itself. An address with a gap for words must be whole: without public address, no search is told."""
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{base}explorer/?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    more = {"description": description, "url": base, "inLanguage": "fr", "license": LICENCE["url"]}
    return clean({**_website(site, base), **more, "potentialAction": search if site.url else None})


def _breadcrumbs(base: str, crumbs: Sequence[tuple[str, str]]) -> Node:
    steps = [
        {"@type": "ListItem", "position": place, "name": name, "item": {"@id": base + address or "./"}}
        for place, (address, name) in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": steps}


def _items(base: str, sheets: Sequence[Sheet], told: Told) -> Node:
    # As `clean` would give it: lists are many and long, and nothing is missing in their items.
    items = [
        {"@type": "ListItem", "position": place, "name": one.titre, "url": base + one.address}
        for place, one in enumerate(sheets[:LISTED], told.before + 1)
    ]
    listed: Node = {"itemListElement": items[0] if len(items) == 1 else items} if items else {}
    return {"@type": "ItemList", "numberOfItems": len(sheets) if told.of is None else told.of, **listed}


__all__ = [
    "KINDS",
    "LICENCE",
    "LISTED",
    "SUBJECT",
    "Distribution",
    "Node",
    "Told",
    "dataset",
    "graph",
    "script",
    "value_node",
    "vocabulary_node",
]
