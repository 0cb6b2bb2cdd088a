"""Where a link in the text of a sheet points, as it is written: a sheet, an image, a page of the site, the web."""

from __future__ import annotations

import re

from essaim import markup
from essaim.addresses import generated
from essaim.markup import Link
from essaim.model import Sheet
from essaim.naming import FOLDERS

_EXPLORER = re.compile(r"/explorer/?(\?|$)")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")


def destination(sheet: Sheet, link: Link) -> tuple[str, str, str]:
    """What a link points at: ``(external | explorer | site | image | sheet | file | unsafe, id, name, query or address, anchor)``.

    Looks at no library."""
    path, _, anchor = link.target.partition("#")
    if link.kind == "wiki":
        return "sheet", path.strip(), anchor
    scheme = _SCHEME.match(link.target)
    if scheme:
        return (
            ("external" if scheme[1].lower() in markup.SCHEMES and link.kind == "link" else "unsafe"),
            link.target,
            "",
        )
    if link.target.startswith("//") or not link.target:
        return "unsafe", link.target, ""
    if link.kind == "link" and _EXPLORER.match(path):
        return "explorer", path.partition("?")[2], anchor
    if link.kind == "link" and (page := generated(path)):
        return "site", page, anchor
    if not path:
        return "sheet", sheet.id, anchor
    where = _normal(type(sheet).FOLDER, path)
    if link.kind == "image":
        return "image", where[1] if len(where) == 2 and where[0] == "images" else "/".join(where), ""
    name, dot, ending = where[-1].rpartition(".") if len(where) == 2 and where[0] in FOLDERS else ("", "", "")
    if name and dot and ending == "md":
        return "sheet", name, anchor
    return "file", "/".join(where), anchor


def _normal(folder: str, path: str) -> list[str]:
    """The parts of a path written in a folder of the content, from the content folder."""
    parts = ["/" if path.startswith("/") else folder, *(part for part in path.split("/") if part not in ("", "."))]
    out: list[str] = []
    for part in parts:
        if part == "..":
            if not out:
                return parts if parts[0] == "/" else ["..", *parts]  # out of content/: leads nowhere
            out.pop()
        else:
            out.append(part)
    return out
