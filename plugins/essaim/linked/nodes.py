"""What the things that pages tell of have in common: their addresses, places, and nothing where nobody gave a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from essaim.model import Dossier, Experience, Located, Method, Organisation, Resource, Sheet, Term, Webinar
from essaim.words import NON_COMMUNIQUE

if TYPE_CHECKING:  # outputs are made with this: a type is all that is taken back
    from essaim.outputs.site import Site

Node = dict[str, Any]
"""A thing: ``@type``, and the properties that schema.org gives this type."""

LISTED = 50
"""Sheets that a list names, and values that a vocabulary does: the page has them all."""
PARTS = 40
"""Places, sources and parts that a sheet names."""
SUBJECT = "#sujet"
"""What a sheet is about (a term, an organisation, an experience) has the address of its page and this fragment."""

_TYPES = {Organisation.KIND: "Organization", Method.KIND: "HowTo", Term.KIND: "DefinedTerm", Webinar.KIND: "Event",
          Experience.KIND: "Article", Dossier.KIND: "Article"}  # fmt: skip
RESOURCES = {
    "site": "WebSite",
    "mooc": "Course",
    "tableau-de-bord": "WebApplication",
    "guide": "DigitalDocument",
    "etude": "Report",
    "video": "VideoObject",
    "fiche-juridique": "DigitalDocument",
    "service": "Service",
    "lettre": "Periodical",
    "outil": "WebApplication",
}
"""What a type of resource is called in schema.org; any other is a CreativeWork."""


def reference(site: Site, base: str, identifier: str) -> Node | None:
    """A sheet that another names. None for one without page, or that nobody gave."""
    sheet = site.library.pages.get(identifier)
    if sheet is None:
        return None
    kind = (
        RESOURCES.get(sheet.type, "CreativeWork") if isinstance(sheet, Resource) else _TYPES.get(sheet.KIND, "WebPage")
    )
    return {"@type": kind, "@id": base + sheet.address + SUBJECT, "name": sheet.titre}


def keywords(site: Site, sheet: Sheet) -> list[str]:
    known = site.library.nomenclature("themes")
    return [known.label(one) for one in sheet.themes] if known else []


def places(sheet: Located) -> list[Node]:
    """The most precise places that the sheet gives, each in its département."""
    where = sheet.place
    names = {one.code: one.nom for one in where.departements}
    if where.communes:
        found = [(one.nom, names.get(one.departement, "")) for one in where.communes[:PARTS]]
    elif where.epci:
        found = [(where.epci.nom, "")]
    else:
        found = [(name, "") for name in ([sheet.territoire] if sheet.territoire else names.values())]
    area = "AdministrativeArea"
    return [
        clean({"@type": area, "name": name, "containedInPlace": {"@type": area, "name": within} if within else None})
        for name, within in found
    ]


def clean(node: Node) -> Node:
    """Without what nobody gave, at any depth; a list of one is written as that one."""
    found: Node = {}
    for name, value in node.items():
        kept: Any = value
        if isinstance(value, dict):
            kept = clean(value)
        elif isinstance(value, list):
            kept = [clean(one) if isinstance(one, dict) else one for one in value if one not in _NOTHING]
            kept = kept[0] if len(kept) == 1 else kept
        if kept not in _NOTHING and kept != []:
            found[name] = kept
    return found


_NOTHING = (None, "", NON_COMMUNIQUE)
"""What says that nobody gave it."""
