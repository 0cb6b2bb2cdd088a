"""What leads from old addresses and short links to pages: a page each, that works anywhere, and the same for web servers.

A page holds a refresh, a canonical address and a real link; nginx, Apache and hosts that read ``_redirects`` answer 301 by
themselves. docs/publier.md says how each is set up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from essaim.outputs.render import environment
from essaim.outputs.site import Content, Html, Site
from essaim.permalinks import SHORT
from essaim.words import slug

SERVER = "serveur/"
"""The folder of what administrators include in their server's settings."""
OF_ALL = (f"{SERVER}nginx-http.conf", f"{SERVER}nginx-serveur.conf", ".htaccess", "_redirects")
"""What tells servers of all addresses that moved."""


def closing(site: Site, found: Mapping[str, Content]) -> Iterator[tuple[str, Content]]:
    """The pages of old addresses and short links, the files that go with a page that moved, and the servers' files. ``found`` is
    all that the site has: nothing of it is ever replaced."""
    moved = dict(rules(site, found))
    for old, new in moved.items():
        path = f"{old}index.html" if old.endswith("/") else old
        if path in found:
            continue  # told by permalinks.missing
        if old.endswith("/"):
            yield path, _page(site, old, new)
        elif (content := found.get(new)) is not None and not isinstance(content, Html):
            yield path, content
    yield from _files(site, found)
    base = urlsplit(site.url).path or "/"
    # Variables of nginx are known to all its sites: those of a library below a folder have its name.
    suffix = "".join(f"_{part}" for part in slug(base).split("-") if part)
    steps = [(f"{base}{old}", f"{base}{new}", old.startswith(SHORT)) for old, new in moved.items()]
    for path in OF_ALL:
        # Plain text: what addresses are made of (ledger._ADDRESS) means nothing to a server, but for what the template escapes.
        text = environment().get_template(f"serveur/{path.rpartition('/')[2].removeprefix('.')}")
        yield path, text.render(base=base, steps=steps, size=_hash(len(steps)), suffix=suffix)


def at(site: Site, path: str, found: Mapping[str, Content]) -> Content | None:
    """What ``closing`` writes at one path that no other output has, but for ``OF_ALL``; None when it is nothing. Nothing else is made
    for it, and of ``found`` only what it leads to."""
    address, links = path.removesuffix("index.html"), site.permalinks
    code = address.removeprefix(SHORT).removesuffix("/") if address.startswith(SHORT) else ""
    new = links.redirects.get(address, links.targets.get(code))
    if new is not None and address.endswith("/"):
        return _page(site, address, new)
    if new is not None:
        return None if isinstance(content := found.get(new), Html) else content
    for old, new in links.moves.items():
        name = old.rstrip("/")
        rest = path.removeprefix(name)
        if name and rest[:1] in ("/", ".") and path.startswith(name):
            content = found.get(new.rstrip("/") + rest)
            below = address.removeprefix(old)
            return _page(site, address, f"{new}{below}") if isinstance(content, Html) and below else content
    return None


def rules(site: Site, found: Mapping[str, Content]) -> Iterator[tuple[str, str]]:
    """``(old address, where it leads)``, from the root: pages that moved, those below them, then short links."""
    below: dict[str, list[str]] = {}
    for path, content in found.items() if site.permalinks.moves else ():
        parts = path.removesuffix("index.html").split("/")
        if isinstance(content, Html) and len(parts) > 3:
            below.setdefault("/".join(parts[:2]) + "/", []).append("/".join(parts[2:]))
    for old, new in site.permalinks.redirects.items():
        if f"{old}index.html" not in found and old not in found:
            yield old, new
            for rest in below.get(new, ()) if old in site.permalinks.moves else ():
                yield old + rest, new + rest
    for code, target in site.permalinks.targets.items():
        yield f"{SHORT}{code}/", target


def _files(site: Site, found: Mapping[str, Content]) -> Iterator[tuple[str, Content]]:
    """The files that go with a sheet's page (``x.json``, ``x/flux.xml``), once more at each address that the page had: a
    program that asks for one follows no page."""
    by_page: dict[str, list[str]] = {}
    for path, content in found.items() if site.permalinks.moves else ():
        if not isinstance(content, Html):
            parts = path.split("/")
            page = "/".join(parts[:2]) if len(parts) > 2 else path.rpartition(".")[0]
            by_page.setdefault(f"{page}/", []).append(path)
    for old, new in site.permalinks.moves.items():
        for path in by_page.get(new, ()):
            copy = old.rstrip("/") + path.removeprefix(new.rstrip("/"))
            if copy not in found:
                yield copy, found[path]


def _page(site: Site, old: str, new: str) -> str:
    root = "../" * old.count("/")
    sheet = site.permalinks.sheets.get(new.partition("#")[0])
    return environment().get_template("redirection.html").render(
        site=site, root=root, target=f"{root}{new}", canonical=f"{site.url}{new}" if site.url else f"{root}{new}",
        title=sheet.titre if sheet else site.name, short=old.startswith(SHORT),
    )  # fmt: skip


def _hash(rules: int) -> int:
    """nginx wants to know how large its table is: a power of two with room for each rule, with and without final slash."""
    return max(2048, 1 << (4 * rules).bit_length())
