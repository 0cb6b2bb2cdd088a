"""Rules about the texts of sheets: links, headings, HTML."""

from __future__ import annotations

from collections.abc import Iterator

from essaim import prepared
from essaim.checks.common import bodies
from essaim.destinations import destination
from essaim.library import Library
from essaim.markup import SCHEMES, Link
from essaim.model import Sheet
from essaim.problem import Problem
from essaim.words import nearest


def body_links(library: Library) -> Iterator[Problem]:
    """Links, anchors and images of a body lead somewhere."""
    for sheet, document in bodies(library):
        for link in document.links:
            found = _link_problem(library, sheet, link)
            if found:
                yield library.sources[sheet.id].body_problem(link.line, link.column, *found)


def prepared_searches(library: Library) -> Iterator[Problem]:
    """A link to the explorer names filters and values that it has."""
    for sheet, document in bodies(library):
        for link in document.links:
            kind, query, _ = destination(sheet, link)
            for message, hint in prepared.faults(library, query) if kind == "explorer" else ():
                yield library.sources[sheet.id].body_problem(
                    link.line, link.column, "recherche-inconnue", message, hint
                )


def _link_problem(library: Library, sheet: Sheet, link: Link) -> tuple[str, str, str] | None:
    kind, target, anchor = destination(sheet, link)
    if kind in ("external", "explorer", "site"):
        return None
    if kind == "unsafe":
        return ("lien-interdit", f"adresse de lien refusée « {link.target[:60]} »" if link.target else "lien sans adresse, ou d’un genre refusé",
                f"Un lien commence par {', '.join(f'{s}:' for s in SCHEMES)} ou mène à une fiche.")  # fmt: skip
    if kind == "image":
        near = nearest(target, library.images) if target not in library.images else None
        hint = (
            f"Vouliez-vous dire « ../images/{near} » ?"
            if near
            else "Déposez-la dans content/images/ et citez-la par ../images/nom.png."
        )
        return None if target in library.images else ("image-absente", f"image introuvable « {target} »", hint)
    if kind == "file":
        return ("lien-casse", f"ce lien ne mène à aucune fiche : « {link.target[:80]} »",
                "Écrivez [[identifiant]] ou [texte](../methods/identifiant.md).")  # fmt: skip
    if target not in library.kinds:
        if target in library.former:
            return (
                "lien-casse",
                f"la fiche « {target[:80]} » s’appelle maintenant « {library.former[target]} »",
                f"Écrivez [[{library.former[target]}]].",
            )
        near = nearest(target, library.kinds)
        hint = f"Vouliez-vous dire « {near} » ?" if near else "Créez cette fiche, ou corrigez l’identifiant."
        return "lien-casse", f"aucune fiche « {target[:80]} »", hint
    there = library.documents.get(target)  # None in a library of which a part was read
    if there and anchor and anchor not in there.anchors:
        near = nearest(anchor, there.anchors)
        known = ", ".join(f"#{heading.id}" for heading in there.headings[:8])
        hint = (
            f"Vouliez-vous dire « #{near} » ?"
            if near
            else f"Titres de cette fiche : {known}."
            if known
            else "Cette fiche n’a pas de titre dans son texte."
        )
        return "ancre-inconnue", f"aucun titre « #{anchor[:80]} » dans la fiche « {target} »", hint
    return None
