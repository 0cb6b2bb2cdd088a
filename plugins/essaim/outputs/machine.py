"""What programs read first: ``robots.txt``, ``llms.txt``, and the sitemap of the pages that were made.

``llms.txt`` has the form of llmstxt.org: a title, what the library is, then lists of links. Its links lead to the Markdown
of sheets; what it has no room for is in the lists and in the open data, which it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest

from essaim import opendata, sitemap
from essaim.addresses import DATA
from essaim.model import SHEETS, Dossier, Experience, Method, Page, Sheet
from essaim.outputs.site import Content, Html, Site

NAMED = 200
"""Sheets of a section of ``llms.txt``, the newest: a model reads the file whole."""
SECTIONS: tuple[type[Sheet], ...] = (Experience, Method, Dossier)
"""Kinds that have a section of their own; the others are under « Optional », which a reader with little room may skip."""
DATA_PAGE = f"{DATA}index.html"

_SYNTAX = re.compile(r"([\\`*_\[\]<>#|])")


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """``robots.txt``. A preview is for nobody's index."""
    named = f"\nSitemap: {site.url}{sitemap.FILE}\n" if site.url and not site.preview else ""
    yield "robots.txt", f"User-agent: *\n{'Disallow: /' if site.preview else 'Disallow:'}\n{named}"


def closing(site: Site, produced: Mapping[str, Content]) -> Iterator[tuple[str, Content]]:
    """What tells of all the others, once they are made: the sitemap, which needs absolute addresses, and ``llms.txt``."""
    if site.preview:
        return
    if site.url:
        yield from sitemap.files(site.url, rows(produced))
    yield "llms.txt", llms(site, produced)


def rows(produced: Mapping[str, Content]) -> list[sitemap.Row]:
    """The pages that are to be found, in the order of their addresses."""
    return sorted(
        (path.removesuffix("index.html"), one.updated)
        for path, one in produced.items()
        if isinstance(one, Html) and one.indexed
    )


def llms(site: Site, produced: Mapping[str, Content]) -> str:
    """The text of ``llms.txt``. Links are absolute when the site has an address, else from its root."""
    library = site.library
    home = next((one for one in library.published.values() if isinstance(one, Page) and not one.address), None)
    lists = [f"- [{kind.LABELS}]({site.url}{kind.URL}/): {_line(kind.ABOUT)}" for kind in SHEETS
             if kind.URL and f"{kind.URL}/index.html" in produced]  # fmt: skip
    out = [f"# {_line(site.name)}", f"> {_line(home.lead)}" if home else "", _ABOUT, "## Listes", "\n".join(lists)]
    if DATA_PAGE in produced:
        out += ["## Données", f"- [Toutes les données]({site.url}{DATA}): JSON, CSV, GeoJSON, schémas et vocabulaires, sous Licence Ouverte 2.0"]  # fmt: skip
    for kind in SECTIONS:
        out += _section(
            site, produced, kind.LABELS, (one for one in library.published.values() if isinstance(one, kind))
        )
    others = (one for one in library.published.values() if not isinstance(one, SECTIONS))
    out += _section(site, produced, "Optional", others)
    return "\n\n".join(part for part in out if part) + "\n"


_ABOUT = (
    "Chaque fiche dit d’où viennent ses faits et quand ils ont été vérifiés ; « non communiqué » veut dire que personne n’a donné le fait. "
    "Textes sous Licence Ouverte 2.0 (Etalab) : citez l’adresse de la page et la date de vérification."
)


def _section(site: Site, produced: Mapping[str, Content], heading: str, sheets: Iterable[Sheet]) -> list[str]:
    newest = nsmallest(NAMED, sheets, key=lambda one: (-one.publie_le.toordinal(), one.address))
    if not newest:
        return []
    return [f"## {heading}", "\n".join(_link(site, produced, one) for one in newest)]


def _link(site: Site, produced: Mapping[str, Content], sheet: Sheet) -> str:
    text = opendata.file_of(sheet, "md")
    return f"- [{_line(sheet.titre)}]({site.url}{text if text in produced else sheet.address}): {_line(sheet.lead)}"


def _line(text: str) -> str:
    """A contributed text on one line, where no sign of it means anything to Markdown."""
    return _SYNTAX.sub(r"\\\1", " ".join(text.split()))
