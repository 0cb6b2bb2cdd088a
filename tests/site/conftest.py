"""A real build of the project's site, served on loopback, and a real browser."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from filelock import FileLock
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import ROOT

PHONE, DESKTOP, NARROW = {"width": 390, "height": 844}, {"width": 1440, "height": 900}, {"width": 320, "height": 640}

SITE_URL = "https://essaim.example/"
"""Where the built site says that it is published: nothing is asked of it."""

# Patience, not a limit that is tested: on a machine that does other things, a browser may wait for its turn.
expect.set_options(timeout=20_000)

Open = Callable[..., Page]

OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours."""


def faults(page: Page, context: str | None = None) -> list[str]:
    """What axe finds in a page shown in light colours, then by its rules of colours in dark ones.

    Nothing else changes with the scheme: ``test_a_scheme_is_colours_and_nothing_else``. The page is left as it came.
    """
    found = Axe().run(page, context).response["violations"]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    # The script is there already.
    options = {"runOnly": OF_COLOURS, "resultTypes": ["violations"]}
    dark = page.evaluate("([context, options]) => axe.run(context ?? document, options)", [context, options])
    page.emulate_media(color_scheme="light")
    assert not {one["id"] for one in dark["violations"]} - set(OF_COLOURS)
    return [
        f"{one['id']} {node['target']} {node['failureSummary']}"
        for one in (*found, *dark["violations"])
        for node in one["nodes"]
    ]


def build(
    project: Path, command: tuple[str, ...] = (sys.executable, "-m", "mkdocs"), url: str = SITE_URL
) -> subprocess.CompletedProcess[str]:
    """Run a build in ``project``, a folder with mkdocs.yml and content/."""
    environment = {"ESSAIM_CACHE": str(ROOT / ".cache"), **os.environ, "ESSAIM_URL": url}
    return subprocess.run(
        [*command, "build", "--strict", "-f", "mkdocs.yml"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def copy_project(folder: Path) -> Path:
    """The project's content and settings, to change and build without touching it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "content", folder / "content")
    shutil.copy(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the built site: read only, for whoever asks first builds it for all processes that test."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    project = shared / "project"
    with FileLock(shared / "project.lock"):
        if not (project / "site").is_dir():  # a build publishes it whole, or not at all
            shutil.rmtree(project, ignore_errors=True)
            done = build(copy_project(project))
            assert done.returncode == 0, done.stdout + done.stderr
    return project / "site"


class Quiet(SimpleHTTPRequestHandler):
    def handle(self) -> None:
        """A browser that leaves while a file is on its way is no fault."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """As hosts do: the site's own page for what is not there."""
        page = Path(self.directory) / "404.html"
        if code == 404 and page.is_file():
            body = page.read_bytes()
            self.send_response(404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            super().send_error(code, message, explain)


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address at which a folder is served."""
    one = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=one.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{one.server_port}/"
    finally:
        one.shutdown()
        one.server_close()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the built site is served: ``http://127.0.0.1:port/``."""
    with serve(site) as where:
        yield where


FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Chromium, from the system. Its absence fails the tests: nothing is skipped.

    The shell first: the same engine without the windows, in less than half the time.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, "Chromium is missing: run scripts/ensure-tools"
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def go(browser: Browser) -> Iterator[Open]:
    """``go(address, size…)``: a page in a fresh context, without service worker: test_offline.py is about that. An error in the page, or a request to another host, fails."""
    contexts = []
    wrong: list[str] = []

    def start(url: str, size: dict[str, int] = DESKTOP, **options: object) -> Page:
        context = browser.new_context(viewport=size, **{"locale": "fr-FR", "service_workers": "block", **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda one: (
                wrong.append(one.url) if not one.url.startswith(("http://127.0.0.1", "data:", "blob:")) else None
            ),
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda one: (
                wrong.append(one.text)
                if one.type in ("error", "warning") and "blocked by Playwright" not in one.text
                else None
            ),
        )
        page.goto(url)
        return page

    yield start
    for context in contexts:
        context.close()
    assert wrong == []
