"""``/webinaires/ID/liens/``: QR codes and short links of a web conference and of all that it cites, for slides and papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from essaim import territories
from essaim.cited import instead
from essaim.library import Library
from essaim.model import KINDS, Sheet, Webinar
from essaim.outputs.render import page
from essaim.outputs.site import Content, Site
from essaim.permalinks import searches
from essaim.prepared import facet_named
from essaim.relations import Relation

FOLDER = "liens/"
"""The page, below that of its web conference."""


@dataclass(frozen=True, slots=True)
class Way:
    """An address to show: ``label`` says what it is of, ``address`` and ``short`` are from the root; ``short`` is empty
    before a publication gave it. One that is ``archived`` is of a sheet that is no longer kept up; ``instead`` is what to
    read in its place."""

    label: str
    title: str
    address: str
    short: str
    archived: bool = False
    instead: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the conference with what it cites. ``anchor`` is its own on this page."""

    anchor: str
    title: str
    ways: tuple[Way, ...]


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """One page for each web conference that has a page. It is for who speaks, not for search engines."""
    conferences = {sheet.id: sheet for sheet in site.library.pages.values() if isinstance(sheet, Webinar)}
    said: dict[str, list[Relation]] = {identifier: [] for identifier in conferences}
    for relation in site.library.relations:
        if relation.origin in said:
            said[relation.origin].append(relation)
    for identifier, sheet in conferences.items():
        found = blocks(site, sheet, said[identifier])
        yield page(site, f"{sheet.address}{FOLDER}", "liens.html", f"Liens et codes QR : {sheet.titre}",
                   f"Les liens courts et les codes QR de « {sheet.titre} », à mettre dans un diaporama.",
                   styles=("share", "codes"), scripts=("share",), indexed=False, conference=sheet, blocks=found,
                   missing=any(not way.short for block in found for way in block.ways))  # fmt: skip


def blocks(site: Site, sheet: Webinar, relations: Iterable[Relation]) -> tuple[Block, ...]:
    """The conference, its sequences, its questions, then what its other fields and its text cite: each sheet once in each."""
    by_part: dict[tuple[str, int], list[str]] = {}
    for relation in relations:
        field, number = (relation.loc[0], relation.loc[1]) if len(relation.loc) > 1 else ("", 0)
        if field == "sequences" and isinstance(number, int):
            part = ("sequences", number)
        else:
            part = ("questions" if field == "questions" else "", 0)
        by_part.setdefault(part, []).append(relation.target)
    found = [Block("fiche-conference", "La conférence", (_of(site, sheet),))]
    for number, (anchor, sequence) in enumerate(zip(sheet.sequence_anchors, sheet.sequences, strict=True)):
        here = _way(site, "Séquence", sequence.titre, f"{sheet.address}#{anchor}")
        found.append(
            Block(f"{anchor}-liens", sequence.titre, (here, *_sheets(site, by_part.get(("sequences", number), ()))))
        )
    found.append(
        Block(
            "fiche-liens-questions", "Les questions posées au public", _sheets(site, by_part.get(("questions", 0), ()))
        )
    )
    rest = (*_sheets(site, by_part.get(("", 0), ())), *_prepared(site, sheet))
    found.append(Block("fiche-liens-autres", "Qui l’organise, et le reste de ses liens", rest))
    return tuple(block for block in found if block.ways)


def _sheets(site: Site, ids: Iterable[str]) -> tuple[Way, ...]:
    cited = [site.library.pages[one] for one in dict.fromkeys(ids) if one in site.library.pages]
    return tuple(_of(site, one) for one in cited)


def _of(site: Site, sheet: Sheet) -> Way:
    found = [] if sheet.published else instead(site.library, sheet)
    named = tuple(_way(site, one.LABEL, one.titre, one.address) for one in found)
    return replace(_way(site, sheet.LABEL, sheet.titre, sheet.address), archived=not sheet.published, instead=named)


def _prepared(site: Site, sheet: Sheet) -> tuple[Way, ...]:
    found = dict.fromkeys(searches(site.library, sheet))
    return tuple(_way(site, "Recherche", described(site.library, one.partition("?")[2]), one) for one in found)


def _way(site: Site, label: str, title: str, address: str) -> Way:
    return Way(label, title, address, site.short(address))


def described(library: Library, query: str) -> str:
    """A prepared search in words: the values that it chooses, by their labels. « Toutes les fiches » when it chooses none."""
    words: list[str] = []
    for name, text in parse_qsl(query):
        facet = facet_named(library, name)
        vocabulary = library.nomenclature(facet) if facet else None
        if name == "q":
            words.append(f"« {text} »")
        elif name == "commune":
            commune = territories.load().commune(text)
            words.append(f"comme {commune.nom if commune else text}")
        elif name == "sorte":
            labels = {kind.URL: kind.LABELS for kind in KINDS.values()}
            words += [labels.get(one, one) for one in text.split(",")]
        elif vocabulary:
            words += [vocabulary.label(one) for one in text.split(",")]
    return ", ".join(words) or "Toutes les fiches"
