"""The newsletter of what changed in the library since a day: as Markdown, as HTML for an e-mail, as plain text.

Pure: ``gather`` reads the library once, the three writers show the same. No clock: what is to come is told from the library's
own date. The HTML holds all its style in its elements, no image and no table, and asks nothing of any host.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from essaim.cited import instead
from essaim.library import title_key
from essaim.model import SHEETS, Sheet, Webinar
from essaim.outputs.render import date_fr, environment, when_fr
from essaim.outputs.shown import NARROW, spaced
from essaim.outputs.site import Site

WIDTH = 76


@dataclass(frozen=True, slots=True)
class Item:
    """A sheet as the newsletter tells it: ``link`` is absolute, short when it has a short link; ``note`` says when and where
    to go on, ``instead`` names what replaces a withdrawn one, with its link."""

    title: str
    link: str
    text: str
    note: str = ""
    instead: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Items of one sort under a heading; ``short`` names them in a sentence."""

    title: str
    items: tuple[Item, ...]
    short: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A newsletter: ``sections`` in the order in which they are read; none when nothing changed."""

    name: str
    url: str
    since: date
    day: date
    sections: tuple[Section, ...]

    @property
    def subject(self) -> str:
        """The subject of the e-mail, and its title."""
        return f"{self.name} : les nouvelles depuis le {date_fr(self.since)}"

    @property
    def intro(self) -> str:
        """What there is, in a sentence; that there is nothing, when so."""
        told = [f"{one.short} ({len(one.items)})" for one in self.sections]
        return f"Dans cette lettre : {', '.join(told)}." if told else f"Rien de nouveau depuis le {date_fr(self.since)} : aucune fiche publiée, revue, modifiée ni archivée."  # fmt: skip


def gather(site: Site, since: date) -> Digest:
    """What changed in ``site.library`` on the day ``since`` and after. Raises ValueError without ``site.url``: links must be absolute."""
    if not site.url:
        raise ValueError("links need the site's public address")
    library = site.library
    followed = sorted((one for one in library.pages.values() if one.URL), key=title_key)
    live = [one for one in followed if one.published]
    to_come = sorted((one for one in live if isinstance(one, Webinar) and one.date >= max(site.day, since)), key=lambda one: (one.date, one.heure or ""))  # fmt: skip
    # A web conference to come stands once, under that heading.
    told, history = {one.id for one in to_come}, site.history
    new = [one for one in live if one.id not in told and history.appeared(one) >= since]
    told |= {one.id for one in new}
    revised = [one for one in live if one.id not in told and history.last_change(one) >= since]
    gone = [one for one in followed if (history.withdrawn(one) or date.min) >= since]
    sections = [
        Section("Webconférences à venir", tuple(_coming(site, one) for one in to_come), "webconférences à venir"),
        *(
            Section(f"Nouvelles fiches : {kind.LABELS.lower()}", tuple(_item(site, one) for one in new if one.KIND == kind.KIND), kind.LABELS.lower())
            for kind in SHEETS
        ),
        Section("Fiches revues ou modifiées", tuple(_item(site, one, _revised(site, one, since)) for one in revised), "fiches revues ou modifiées"),
        Section("Fiches archivées", tuple(_withdrawn(site, one) for one in gone), "fiches archivées"),
    ]  # fmt: skip
    return Digest(site.name, site.url, since, site.day, tuple(one for one in sections if one.items))


def markdown(digest: Digest) -> str:
    """As Markdown (CommonMark): titles and texts say what they say, whatever signs they hold."""
    lines = [f"# {_escaped(digest.subject)}", "", _escaped(digest.intro), ""]
    for section in digest.sections:
        lines += [f"## {_escaped(section.title)}", ""]
        for item in section.items:
            lines.append(
                f"- **[{_escaped(item.title)}](<{item.link}>)**{f' ({_escaped(item.note)})' if item.note else ''}"
            )
            lines += [f"  {_escaped(item.text)}"] if item.text else []
            if item.instead:
                lines.append("  À lire à la place : " + ", ".join(f"[{_escaped(title)}](<{link}>)" for title, link in item.instead) + ".")  # fmt: skip
        lines.append("")
    return "\n".join([*lines, "---", "", f"[{_escaped(digest.name)}](<{digest.url}>) · [Suivre par flux](<{digest.url}flux/>)", ""])  # fmt: skip


def plain(digest: Digest) -> str:
    """As plain text, in lines of 76 characters; addresses are never cut."""
    lines = [*_wrapped(digest.subject.upper()), "", *_wrapped(digest.intro), ""]
    for section in digest.sections:
        lines += [section.title.upper(), "-" * len(section.title), ""]
        for item in section.items:
            lines += [*_wrapped(item.title + (f" ({item.note})" if item.note else ""), "* "), f"  {item.link}"]
            lines += _wrapped(item.text, "  ") if item.text else []
            for title, link in item.instead:
                lines += [*_wrapped(f"À lire à la place : {title}", "  "), f"  {link}"]
            lines.append("")
    lines += ["-- ", digest.name, digest.url, f"Suivre par flux : {digest.url}flux/", ""]
    return "\n".join(lines).replace(NARROW, "\u00a0")


def html(digest: Digest) -> str:
    """As HTML for an e-mail."""
    return environment().get_template("lettre.html").render(digest=digest)


FORMS: Mapping[str, tuple[str, Callable[[Digest], str]]] = {
    "markdown": (".md", markdown),
    "html": (".html", html),
    "texte": (".txt", plain),
}
"""Each form with the ending of its file, and what writes it."""


def _item(site: Site, sheet: Sheet, note: str = "") -> Item:
    return Item(sheet.titre, _link(site, sheet), sheet.lead, note)


def _revised(site: Site, sheet: Sheet, since: date) -> str:
    """When it was checked, or a publication changed it: the later of both."""
    when = site.history.last_change(sheet)
    what = "revue" if when == sheet.verifie_le else "modifiée"
    return f"{sheet.LABEL}, {what} le {date_fr(when)}" + (", renommée" if site.history.renamed(sheet, since) else "")


def _coming(site: Site, webinar: Webinar) -> Item:
    return Item(webinar.titre, _link(site, webinar), webinar.resume, when_fr(webinar) + (", inscription ouverte" if webinar.inscription else ""))  # fmt: skip


def _withdrawn(site: Site, sheet: Sheet) -> Item:
    told = sheet.archivage
    return Item(sheet.titre, _link(site, sheet), told.raison if told else "", f"{sheet.LABEL}, archivée le {date_fr(told.le)}" if told else "",
                tuple((one.titre, _link(site, one)) for one in instead(site.library, sheet)))  # fmt: skip


def _link(site: Site, sheet: Sheet) -> str:
    return site.url + (site.short(sheet.address) or sheet.address)


def _escaped(text: str) -> str:
    """``text`` on one line, with what CommonMark would read as a sign of its own escaped."""
    line = spaced(" ".join(text.split()))
    line = re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", line)
    return re.sub(r"^(\d+)([.)])|^([-+=])", lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", line)  # fmt: skip


def _wrapped(text: str, start: str = "") -> list[str]:
    return textwrap.wrap(spaced(text), WIDTH, initial_indent=start, subsequent_indent=" " * len(start),
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip
