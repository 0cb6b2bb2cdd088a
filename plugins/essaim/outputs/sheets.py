"""One page for each sheet."""

from __future__ import annotations

from collections.abc import Iterator

from essaim import citation
from essaim.addresses import conference_feed
from essaim.cited import since
from essaim.model import KINDS, Method, Sheet, Webinar
from essaim.outputs.render import body_of, page
from essaim.outputs.site import Content, Site


def of_sheet(site: Site, sheet: Sheet) -> Iterator[tuple[str, Content]]:
    """The page of a sheet."""
    yield _page(site, sheet)


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """Preview only: pages in the place of those of sheets that could not be read."""
    for identifier, source in site.library.sources.items() if site.preview else ():
        if source.broken:
            yield _unreadable(site, identifier)


def _page(site: Site, sheet: Sheet) -> tuple[str, Content]:
    valid = sheet.id in site.library.sheets
    title = sheet.titre or sheet.id
    template = ("accueil.html" if sheet.address == "" else f"{sheet.KIND}.html") if valid else "apercu.html"
    styles, scripts = _more(sheet) if valid else ((), ())
    if valid and sheet.address:
        styles, scripts = ("share", *styles), ("share", *scripts)
    return page(
        site, sheet.address, template, title, (sheet.lead if valid else "") or title,
        styles=styles, scripts=scripts,
        sheet=sheet, similar=site.similar.get(sheet.id, ()), referring=site.referring(sheet), body_of=body_of,
        feed=conference_feed(sheet) if isinstance(sheet, Webinar) and sheet.id in site.library.pages else "",
        since=since(site.history, sheet) if isinstance(sheet, Webinar) and valid else None,
        problems=site.problems_by_path.get(sheet.path, []), headings=site.library.documents[sheet.id].headings,
        citations=citation.forms(citation.cited(sheet, site.name, site.url)) if valid else (),
    )  # fmt: skip


def _more(sheet: Sheet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Styles and scripts that only some sheets need."""
    if isinstance(sheet, Method) and sheet.fiche_outil:
        return ("worksheet",), ("worksheet",)
    if isinstance(sheet, Webinar):
        return (("selfcheck",), ("quiz", "coming")) if sheet.questions else ((), ("coming",))
    return (), ()


def _unreadable(site: Site, identifier: str) -> tuple[str, Content]:
    kind = KINDS[site.library.kinds[identifier]]
    source = site.library.sources[identifier]
    return page(site, kind.address_of(identifier), "illisible.html", identifier, identifier,
                problems=site.problems_by_path.get(source.path, []), path=source.path)  # fmt: skip
