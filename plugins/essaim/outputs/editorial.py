"""``/redaction/``: what the team has to see to. For editors: in no menu, no search, no sitemap, no offline copy."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from essaim.addresses import EDITORIAL
from essaim.editorial import FIRST, Reading, sections
from essaim.outputs.render import page
from essaim.outputs.site import Content, Site

MOST = 6
"""Sheets or links in one list, places of one link: a library may hold many thousands, and a phone is narrow."""
FEW = 4
"""Sheets of a list that asks for no work yet."""
OPEN = 12
"""Values beyond which a list is folded."""


def pages(site: Site, linked: Collection[str] | None = None) -> Iterator[tuple[str, Content]]:
    """The page. Only the preview names drafts, as everywhere. ``linked`` are the terms that texts lead to; without them, the texts
    are read."""
    found = sections(Reading(site.library, site.links, site.links_trouble, drafts=site.preview, linked=linked))
    yield page(site, EDITORIAL, "redaction.html", "Tableau de bord de la rédaction",
               "Ce que l’équipe a à faire : fiches à revoir, à compléter, isolées, liens morts, manques de la bibliothèque.",
               styles=("editorial",), scripts=("due",), indexed=False, sections=found, most=MOST, few=FEW, open=OPEN, first=FIRST)  # fmt: skip
