"""Before the live server: a page that is asked for is made first, of the library as it is then.

The server is the engine's, a WSGI application that serves the files of a folder, waits while the site is renewed, and tells browsers to
ask again. Here is what stands before it.
"""

from __future__ import annotations

import logging
import posixpath
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from typing import Any

from essaim.listing import Look, below, one
from essaim.ondemand import OnDemand, Overtaken

log = logging.getLogger("mkdocs.plugins.essaim")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A WSGI application (PEP 3333)."""

AGAIN = 2
"""Seconds after which a browser asks again for a page that could not be made, or is not there."""

LOOKED, SELDOM, OFTEN = 20_000, 0.5, 0.1
"""Files looked at in a second, at most (a thousand take 6 ms), and the longest and shortest time between two looks, in seconds."""


class Live:
    """What is served, from one state of the library to the next. ``site`` is None until there is one."""

    def __init__(self) -> None:
        self.site: OnDemand | None = None
        self._ready = threading.Event()
        self._ready.set()
        self._version = 0
        self._refused = ""

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """While the site is renewed, whoever asks for a page waits. What goes wrong is told in the place of each page, until the next time."""
        self._ready.clear()
        if self.site:
            self.site.interrupt()
        try:
            yield
            self._refused = ""
        except Exception as failed:
            self._refused = str(failed) or type(failed).__name__
            log.error("%s", self._refused)
        finally:
            self._version += 1
            self._ready.set()

    def before(self, server: Application, mount: str) -> Application:
        """The server's application, with this before it. ``mount`` is the path of the site's root, between slashes."""

        def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            if "\0" in environ["PATH_INFO"]:
                start("404 Not Found", [("Content-Length", "0")])
                return []
            path = asked(environ, mount)
            return server(environ, start) if path is None else self._answer(path, server, environ, start)

        return application

    def _answer(
        self, path: str, server: Application, environ: dict[str, Any], start: Callable[..., Any]
    ) -> Iterable[bytes]:
        while True:
            self._ready.wait()
            version = self._version
            try:
                refused = self._refused or self._made(path)
            except Overtaken:
                continue
            if refused:
                return _told(refused, start)
            begun: list[tuple[Any, ...]] = []
            body = server(environ, lambda *told, begun=begun: begun.append(told))
            if version == self._version:  # else the server waited, and serves what was made of the last state
                status, headers, *rest = begun[-1]
                if status.startswith("404") and path.endswith(".html"):
                    # The sheet may be back: nothing else would tell the browser.
                    headers = [*headers, ("Refresh", str(AGAIN))]
                start(status, headers, *rest)
                return body
            if close := getattr(body, "close", None):
                close()

    def _made(self, path: str) -> str:
        """Have the file at ``path``, as the server will look for it. Says why it can't be made, in French."""
        site = self.site
        if site is None:
            return ""
        try:
            if site.make(path) is None and not path.endswith("index.html"):
                site.make(f"{path}/index.html")  # the server leads from x to x/
        except Overtaken:
            raise
        except Exception as failed:
            log.exception("%s n’a pas pu être fait", path)
            return f"{path} : {failed or type(failed).__name__}"
        return ""


def asked(environ: dict[str, Any], mount: str) -> str | None:
    """The file that a request asks for, from the root of the site; None for what is none of it. As the engine's server reads it."""
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "ignore")
    if path.startswith("/livereload/") or not f"{path}/".startswith(mount):
        return None
    below = path[len(mount) :] + ("index.html" if path.endswith("/") else "")
    return posixpath.normpath(f"/{below}").lstrip("/") or "index.html"


def _told(why: str, start: Callable[..., Any]) -> list[bytes]:
    """A page that says what is wrong, and is asked for again."""
    page = (
        f'<!doctype html><html lang="fr"><meta charset="utf-8"><meta http-equiv="refresh" content="{AGAIN}">'
        f"<title>Page impossible à faire</title><h1>Cette page n’a pas pu être faite</h1><pre>{escape(why)}</pre>"
        "<p>Le détail est dans le terminal. La page revient d’elle-même quand c’est corrigé.</p></html>"
    ).encode()
    start("500 Internal Server Error", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))])  # fmt: skip
    return [page]


def signature(paths: Iterable[Path]) -> frozenset[tuple[str, Look]]:
    """How files look, those of folders included: what tells that one of them changed."""
    files = (file for path in paths for file in (below(path) if path.is_dir() else [one(path)]))
    return frozenset((file.path, file.look) for file in files if file.look and "__pycache__" not in file.path)


def look_often(server: Any, files: int, places: Iterable[str]) -> None:
    """Have the engine's server notice a change of ``files`` sooner: its own pace is one for sites of any size. ``places`` are those that
    it may be watching."""
    watched = []
    for place in places:
        with suppress(KeyError):  # not watched
            server.unwatch(place)
            watched.append(place)
    server.observer = type(server.observer)(timeout=min(SELDOM, max(OFTEN, files / LOOKED)))
    for place in watched:
        server.watch(place)
    server.build_delay = OFTEN / 2
