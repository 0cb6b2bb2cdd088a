"""Where each output may write: what the live server asks when a page is asked for.

An output that is not named here may write anywhere: it is asked for every page that no other part has, which is slow and right.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from essaim.model import SHEETS
from essaim.outputs.site import Site

_BELOW = r"(?:[^/]+/)*"

PLACES: tuple[tuple[str, Callable[[Site], str]], ...] = (
    ("data", lambda _: r"donnees/.*"),
    ("sheets", lambda _: rf"{_BELOW}index\.html"),  # the page of a file that can't be read
    ("lists", lambda site: rf"(?:{'|'.join(map(re.escape, _listed(site)))})/{_BELOW}index\.html"),
    ("explorer", lambda _: r"(?:explorer|carte)/index\.html|opensearch\.xml"),
    ("communes", lambda _: r"communes/.*"),
    ("use", lambda _: r"(?:selection|comparer|note)/index\.html"),
    ("feeds", lambda _: r"flux/.*|.*/flux\.xml"),
    ("calendar", lambda _: r".*\.ics"),
    ("tools", lambda _: r"outils/(?:page_\d+/)?index\.html|.*/fiche-outil\.json"),
    ("offline_page", lambda _: r"hors-ligne/index\.html"),
    ("scripts", lambda _: r"assets/js/.*"),
    ("observatory", lambda _: r"observatoire/.*"),
    ("selfcheck", lambda _: r"autodiagnostic/index\.html"),
    ("field_pages", lambda _: r"contribuer/champs/.*"),
    ("schemas", lambda _: r"schemas/.*"),
    ("form", lambda _: r"admin/.*"),
    ("images", lambda _: r"images/.*"),
    ("qrcodes", lambda _: r"s/.*\.(?:svg|png)"),
    ("conference", lambda _: r".*/liens/index\.html"),
    ("covers", lambda _: r"partage/.*"),
    ("machine", lambda _: r"robots\.txt"),
    ("llms", lambda _: r"llms\.txt"),
    ("editorial", lambda _: r"redaction/index\.html"),
    ("finding", lambda _: r"catalogue\.json|catalogue/.*|recherche/.*"),
)
"""First word of the name of a part → the paths that it may write, as a regular expression."""


def _listed(site: Site) -> list[str]:
    """First names of the addresses of lists: a kind's, a vocabulary's, that of problems."""
    return [
        *(kind.URL for kind in SHEETS if kind.URL),
        *(one.url for _, one in site.facet_pages if one.url),
        "problemes",
    ]
