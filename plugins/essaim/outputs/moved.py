"""What leads from old addresses and short links to pages: a page each, that works anywhere, and the same for web servers.

A page holds a refresh, a canonical address and a real link; nginx, Apache and hosts that read ``_redirects`` answer 301 by
themselves. docs/heberger.md says how each is set up.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from essaim.ledger import FOLDER
from essaim.outputs.render import environment
from essaim.outputs.site import Content, Site
from essaim.permalinks import SHORT

SERVER = "serveur/"
"""The folder of what administrators include in their server's settings."""


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The pages of old addresses and short links, and the servers' files."""
    moved = dict(rules(site))
    for old, new in moved.items():
        if old.endswith("/"):
            yield f"{old}index.html", _page(site, old, new)
    base = urlsplit(site.url).path or "/"
    steps = [(f"{base}{old}", f"{base}{new}", old.startswith(SHORT)) for old, new in moved.items()]
    for path, template in (
        (f"{SERVER}nginx-http.conf", "nginx-http.conf"),
        (f"{SERVER}nginx-serveur.conf", "nginx-serveur.conf"),
        (".htaccess", "htaccess"),
        ("_redirects", "_redirects"),
    ):
        # Plain text: addresses are made of characters that no server gives a meaning to (ledger._ADDRESS).
        yield (
            path,
            environment().get_template(f"serveur/{template}").render(base=base, steps=steps, size=_hash(len(steps))),
        )


def rules(site: Site) -> Iterator[tuple[str, str]]:
    """``(old address, where it leads)``, from the root: pages that moved, then short links. Both in order."""
    yield from site.permalinks.redirects.items()
    for code, target in site.permalinks.targets.items():
        yield f"{SHORT}{code}/", target


def follow(site: Site, found: dict[str, Content]) -> dict[str, Content]:
    """The files that go with a sheet's page (``x.json``, ``x/flux.xml``), once more at each address that the page had: a
    program that asks for one follows no page."""
    by_page: dict[str, list[str]] = {}
    for path, content in found.items():
        if isinstance(content, str | bytes) and not path.startswith((FOLDER, SHORT)):
            parts = path.split("/")
            page = "/".join(parts[:2]) if len(parts) > 2 else path.rpartition(".")[0]
            by_page.setdefault(f"{page}/", []).append(path)
    more: dict[str, Content] = {}
    for old, new in site.permalinks.redirects.items():
        if new in found and isinstance(found[new], str | bytes):
            more[old] = found[new]
        for path in by_page.get(new, ()):
            copy = old.rstrip("/") + path.removeprefix(new.rstrip("/"))
            if copy not in found:
                more[copy] = found[path]
    return more


def _page(site: Site, old: str, new: str) -> str:
    root = "../" * old.count("/")
    page, _, anchor = new.partition("#")
    sheet = site.permalinks.sheets.get(page)
    return environment().get_template("redirection.html").render(
        site=site, root=root, target=f"{root}{new}", canonical=f"{site.url}{new}" if site.url else f"{root}{new}",
        title=sheet.titre if sheet else site.name, short=old.startswith(SHORT), anchor=anchor,
    )  # fmt: skip


def _hash(rules: int) -> int:
    """nginx wants to know how large its table is: a power of two with room for each rule, with and without final slash."""
    return max(2048, 1 << (4 * rules).bit_length())
