"""Templates of sheets: the core's own Jinja environment, autoescaped. Contributed text is data here, never a template.

Every template receives ``site``, ``root`` (what leads from the page to the root of the site: ``../../``), ``page``
(address of the page from the root) and the names below. The templates are in ``overrides/fiches/``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from essaim import markup
from essaim.model import KINDS, SHEETS, Sheet
from essaim.outputs import shown
from essaim.outputs.shown import NARROW, spaced, spaced_html
from essaim.outputs.site import Html, Site
from essaim.problem import count
from essaim.words import NON_COMMUNIQUE

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def theme_folder() -> Path:
    """The theme's folder: beside this package in the wheel, at the root of the project in a checkout."""
    package = Path(__file__).resolve().parents[1]
    return next(folder for folder in (package / "overrides", package.parents[1] / "overrides") if folder.is_dir())


@cache
def environment() -> Environment:
    """The one environment: autoescape always on, an unknown name is an error."""
    env = Environment(loader=FileSystemLoader(theme_folder() / "fiches"), autoescape=True, undefined=StrictUndefined,
                      trim_blocks=True, lstrip_blocks=True, finalize=_finalize)  # fmt: skip
    env.filters.update(date_fr=date_fr, number_fr=number_fr, url_text=url_text)
    env.globals.update(ask=shown.ask, NC=NON_COMMUNIQUE, KINDS=KINDS, SHEETS=SHEETS, count=count, by_group=shown.by_group,
                       group_anchor=shown.group_anchor, h2=shown.h2, place_short=shown.place_short, sequence_entries=shown.sequence_entries)  # fmt: skip
    return env


def page(
    site: Site,
    address: str,
    template: str,
    title: str,
    description: str,
    *,
    styles: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
    indexed: bool = True,
    **names: Any,
) -> tuple[str, Html]:
    """``(path, Html)`` of the page at ``address`` (from the root; empty for the home page)."""
    root = "../" * address.count("/") or "./"
    terms = markup.Terms(site.terms, root, skip=names["sheet"].id if "sheet" in names else "")
    shared: dict[str, Any] = {
        "site": site,
        "root": root,
        "page": address,
        "title": title,
        "description": description,
        "indexed": indexed,
        "prose": _prose(terms),
        "href": lambda sheet: f"{root}{sheet.address}",
        # None for a file that could not be read: only a preview gets here with one.
        "sheet_of": site.library.known.get,
        "value_href": lambda facet, value: (
            root + site.value_address(facet, value) if site.value_address(facet, value) else ""
        ),
        "question_href": lambda facet, value: (
            root + site.question_address(facet, value) if site.question_address(facet, value) else ""
        ),
        "label": lambda facet, value: shown.label(site, facet, value),
        "kinds_of": lambda ids: shown.by_kind(site.library.known[i] for i in ids if i in site.library.known),
        "tags": lambda sheet: shown.tags(site, sheet),
        "funding": lambda sheet: shown.funding(site, sheet),
        "terms": terms,
    }
    env = environment()
    body = env.get_template(template).render(**shared, **names)
    head = env.get_template("tete.html").render(**shared, **names)
    return f"{address}index.html", Html(title, head, body, styles, scripts, indexed)


def body_of(site: Site, sheet: Sheet, root: str, terms: markup.Terms) -> Markup:
    """The HTML of a sheet's text."""
    document = site.library.documents[sheet.id]
    # Safe: markup's result has been through its allow-list.
    html = markup.to_html(document, lambda link: site.library.resolve_link(sheet, link, root), terms)
    return Markup(spaced_html(html))  # noqa: S704


def date_fr(value: date | str) -> str:
    """``5 avril 2018``, ``avril 2018`` or ``2018``: as precise as what is given."""
    parts = str(value).split("-")
    if len(parts) == 1:
        return parts[0]
    month = MONTHS[int(parts[1]) - 1]
    if len(parts) == 2:
        return f"{month} {parts[0]}"
    day = int(parts[2])
    return f"{'1er' if day == 1 else day} {month} {parts[0]}"


def number_fr(value: int | float) -> str:
    """``26 000 000`` and ``12,5``, with narrow no-break spaces."""
    whole = f"{value:,}" if isinstance(value, int) else f"{value:,.6f}".rstrip("0").rstrip(".")
    return whole.replace(",", NARROW).replace(".", ",")


def url_text(value: str) -> str:
    """An address as people say it: without scheme nor closing slash."""
    return value.removeprefix("https://").removeprefix("http://").removesuffix("/")


def _prose(terms: markup.Terms) -> Callable[[str], Markup]:
    # Safe: the text is escaped first, and the links that are added hold escaped text only.
    return lambda text: Markup(spaced_html(terms.link(str(escape(text)))))  # noqa: S704


def _finalize(value: Any) -> Any:
    # Every text that a template shows. Markup is HTML already, and what passes through |e is left as it was typed.
    return spaced(value) if type(value) is str else value
