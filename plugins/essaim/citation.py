"""How to cite a sheet, in the four forms that people paste: a sentence, BibTeX, RIS, CSL-JSON.

Each form is made from one ``Cited``, and none lets a title end its field: braces, line breaks and control characters of a
text become what the form can hold. BibTeX: braces count even behind a backslash, so they are written by name. RIS
(Clarivate): one line a field, CRLF. CSL-JSON: the schema of Citation Style Language 1.0.2.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

from essaim.model import Sheet

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "#$%&_"},
}
_TEX_SIGNS = re.compile(f"[{re.escape(''.join(_TEX))}]")
_JSON = json.JSONEncoder(ensure_ascii=False)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The names that BibTeX styles know."""
# What is no letter, mark, sign or space: controls, line separators, what turns the direction of a line.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited. ``url`` is empty while the site has no public address; ``site`` is its name."""

    id: str
    title: str
    authors: tuple[str, ...]
    site: str
    published: date
    checked: date
    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class Form:
    """One way to cite: ``name`` for readers and who reads it, ``short`` for buttons, ``key`` for anchors, ``text`` to copy."""

    key: str
    short: str
    name: str
    text: str


def cited(sheet: Sheet, site: str, url: str) -> Cited:
    """A sheet as something to cite; ``url`` is the site's root or empty."""
    return Cited(
        sheet.id,
        _line(sheet.titre),
        tuple(_line(one) for one in sheet.auteurs),
        _line(site),
        sheet.publie_le,
        sheet.verifie_le,
        _line(sheet.lead),
        f"{url}{sheet.address}" if url else "",
    )


def forms(one: Cited) -> tuple[Form, ...]:
    """BibTeX, RIS and CSL-JSON. The sentence is the page's own (``macros.colophon``)."""
    return (
        Form("bibtex", "BibTeX", "BibTeX (LaTeX)", bibtex(one)),
        Form("ris", "RIS", "RIS (Zotero, EndNote, Mendeley)", ris(one)),
        Form("csl", "CSL-JSON", "CSL-JSON (Zotero, Pandoc)", csl_json(one)),
    )


def bibtex(one: Cited) -> str:
    """``@misc{id, …}`` in UTF-8. Titles and teams stand in double braces: no style changes their case, none is cut in two."""
    fields = {
        "title": f"{{{{{tex(one.title)}}}}}",
        "author": f"{{{' and '.join(f'{{{tex(name)}}}' for name in one.authors)}}}" if one.authors else "",
        "howpublished": f"{{{tex(one.site)}}}",
        "year": f"{{{one.published.year}}}",
        "month": _MONTHS[one.published.month - 1],
        "url": f"{{{_tex_url(one.url)}}}" if one.url else "",
        "note": f"{{Vérifié le {one.checked.isoformat()}}}",
        "langid": "{french}",
    }
    lines = [f"  {name} = {value}" for name, value in fields.items() if value]
    return "@misc{" + one.id + ",\n" + ",\n".join(lines) + "\n}\n"


def ris(one: Cited) -> str:
    """A record of type ELEC. Lines end by CRLF."""
    rows = [
        ("TY", "ELEC"),
        ("TI", one.title),
        *(("AU", name) for name in one.authors),
        ("PB", one.site),
        ("PY", f"{one.published.year}"),
        ("DA", f"{one.published:%Y/%m/%d}"),
        ("UR", one.url),
        ("AB", one.summary),
        ("N1", f"Vérifié le {one.checked.isoformat()}"),
        ("LA", "fr"),
        ("ID", one.id),
    ]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in rows if text) + "ER  - \r\n"


def csl_json(one: Cited) -> str:
    """A list of one item, as CSL processors and Zotero read it."""
    item: dict[str, object] = {
        "id": one.id,
        "type": "webpage",
        "title": one.title,
        "author": [{"literal": name} for name in one.authors],
        "container-title": one.site,
        "issued": {"date-parts": [[one.published.year, one.published.month, one.published.day]]},
        "abstract": one.summary,
        "URL": one.url,
        "language": "fr-FR",
        "note": f"Vérifié le {one.checked.isoformat()}",
    }
    rows = [f'  "{name}": {_JSON.encode(value)}' for name, value in item.items() if value]
    return "[{\n" + ",\n".join(rows) + "\n}]\n"


def tex(text: str) -> str:
    """A text as TeX prints it: what means something to TeX is written by name, and braces balance."""
    return _TEX_SIGNS.sub(lambda found: _TEX[found[0]], text)


def _tex_url(url: str) -> str:
    # Styles set it with \url: only what would end the field or the line is changed, as addresses allow.
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _line(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())
