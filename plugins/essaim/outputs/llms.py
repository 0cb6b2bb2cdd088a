"""``llms.txt``: what a program reads first of the library, in the form of llmstxt.org: a title, what the library is, then lists of links.

Its links lead to the Markdown of sheets; what it has no room for is in the lists and in the open data, which it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from heapq import nsmallest

from essaim import opendata
from essaim.addresses import DATA
from essaim.model import SHEETS, Dossier, Experience, Method, Page, Sheet
from essaim.outputs.site import Content, Site

NAMED = 200
"""Sheets of a section, the newest: a model reads the file whole."""
SECTIONS: tuple[type[Sheet], ...] = (Experience, Method, Dossier)
"""Kinds that have a section of their own; the others are under « Optional », which a reader with little room may skip."""

_SYNTAX = re.compile(r"([\\`*_\[\]<>#|])")


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The file. A preview is for nobody."""
    if not site.preview:
        yield "llms.txt", text(site)


def text(site: Site) -> str:
    """Its text. Links are absolute when the site has an address, else from its root."""
    library = site.library
    home = next((one for one in library.published.values() if isinstance(one, Page) and not one.address), None)
    lists = [f"- [{kind.LABELS}]({site.url}{kind.URL}/): {_line(kind.ABOUT)}" for kind in SHEETS if kind.URL]
    out = [f"# {_line(site.name)}", f"> {_line(home.lead)}" if home else "", _ABOUT, "## Listes", "\n".join(lists)]
    out += ["## Données", f"- [Toutes les données]({site.url}{DATA}): JSON, CSV, GeoJSON, schémas et vocabulaires, sous Licence Ouverte 2.0"]  # fmt: skip
    for kind in SECTIONS:
        out += _section(site, kind.LABELS, library.of_kind(kind.KIND))
    others = [one for kind in SHEETS if kind not in SECTIONS for one in library.of_kind(kind.KIND)]
    out += _section(site, "Optional", others)
    return "\n\n".join(part for part in out if part) + "\n"


_ABOUT = (
    "Chaque fiche dit d’où viennent ses faits et quand ils ont été vérifiés ; « non communiqué » veut dire que personne n’a donné le fait. "
    "Textes sous Licence Ouverte 2.0 (Etalab) : citez l’adresse de la page et la date de vérification."
)


def _section(site: Site, heading: str, sheets: Sequence[Sheet]) -> list[str]:
    newest = nsmallest(NAMED, sheets, key=lambda one: (-one.publie_le.toordinal(), one.address))
    if not newest:
        return []
    return [f"## {heading}", "\n".join(_link(site, one) for one in newest)]


def _link(site: Site, sheet: Sheet) -> str:
    return f"- [{_line(sheet.titre)}]({site.url}{opendata.file_of(sheet, 'md')}): {_line(sheet.lead)}"


def _line(text: str) -> str:
    """A contributed text on one line, where no sign of it means anything to Markdown."""
    return _SYNTAX.sub(r"\\\1", " ".join(text.split()))
