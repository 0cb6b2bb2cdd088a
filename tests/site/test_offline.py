"""Reading without network, in a real Chromium: what was visited, the whole library, and two releases that never mix."""

from __future__ import annotations

import functools
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from essaim import offline
from essaim.outputs.render import theme_folder
from essaim.tree import files
from tests.site.conftest import DESKTOP, PHONE, Quiet

pytestmark = pytest.mark.slow


@dataclass
class Host:
    """A host whose site can be replaced, and whose network can be cut."""

    folder: Path
    address: str = ""
    down: bool = False
    refused: set[str] = field(default_factory=set)


@pytest.fixture
def host(site: Path) -> Iterator[Host]:
    state = Host(site)

    class Handler(Quiet):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(state.folder))

        def do_GET(self) -> None:  # noqa: N802  # http.server's name
            if state.down or self.path in state.refused:
                self.close_connection = True  # as a network that is cut: no answer at all
                return
            super().do_GET()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.address = f"http://127.0.0.1:{server.server_port}/"
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser: Browser, host: Host) -> Iterator[Callable[..., Page]]:
    """``visit(size)``: a page at home, its service worker in charge, what it loaded kept."""
    contexts: list[BrowserContext] = []

    def start(size: dict[str, int] = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(viewport=size, locale="fr-FR", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto(host.address)
        page.wait_for_function("() => navigator.serviceWorker.controller")
        kept(page, "index.html")
        return page

    yield start
    for context in contexts:
        context.close()


def until(page: Page, script: str, arg: str) -> None:
    """Wait until an async function of the page answers true: Playwright's own wait takes its promise for a yes."""
    for _ in range(100):
        if page.evaluate(script, arg):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {script} ({arg})")


def kept(page: Page, file: str) -> None:
    until(
        page,
        "async (url) => { for (const name of await caches.keys()) if (await (await caches.open(name)).match(url)) return true; return false; }",
        page.evaluate("() => new URL(document.querySelector('a.brand').href).href") + file,
    )


def release(site: Path, folder: Path) -> Path:
    """The same site, one version later: every page, style, script and file of data says so."""
    shutil.copytree(site, folder)
    for file in folder.rglob("*"):
        if file.suffix == ".html":
            file.write_text(
                file.read_text("utf-8").replace("<main", "<main data-release=2", 1) + "<!-- deux -->", "utf-8"
            )
        elif file.suffix in (".css", ".js") and "vendor" not in file.parts:
            file.write_text(file.read_text("utf-8") + "\n/* deux */\n", "utf-8")
        elif file.suffix == ".json" and "hors-ligne" not in file.parts:
            file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    offline.write(folder, theme_folder() / "assets" / "js" / "sw.js", files(folder).keys())
    return folder


def test_what_was_visited_is_read_without_network(visit: Callable[..., Page], host: Host) -> None:
    page = visit(PHONE)
    page.goto(host.address + "experiences/ecooparc/")
    kept(page, "experiences/ecooparc/index.html")
    page.goto(host.address + "methodes/hybridation-des-financements/")
    page.get_by_role("button", name="Remplir à l’écran").click()
    page.locator(".worksheet.live textarea").first.wait_for()
    page.goto(host.address + "explorer/?q=circuits")
    page.wait_for_selector(".explorer.live:not([aria-busy])")
    before = page.locator("[data-id]").evaluate_all("all => all.map((one) => one.dataset.id)")
    host.down = True
    page.goto(host.address + "experiences/ecooparc/")
    expect(page.locator("h1")).to_contain_text("Ecooparc")
    expect(page.locator("[data-offline=copie]")).to_contain_text("vous lisez la copie du")
    # Another question of the same page: the search works.
    page.goto(host.address + "explorer/?q=circuits&sorte=experiences")
    page.wait_for_selector(".explorer.live:not([aria-busy])")
    found = page.locator("[data-id]").evaluate_all("all => all.map((one) => one.dataset.id)")
    assert found
    assert set(found) <= set(before)
    page.goto(host.address + "methodes/hybridation-des-financements/")
    page.get_by_role("button", name="Remplir à l’écran").click()
    page.locator(".worksheet textarea").nth(1).fill("sans réseau")
    page.reload()
    expect(page.locator(".worksheet.live textarea").nth(1)).to_have_value("sans réseau")
    page.goto(host.address + "experiences/ecooparc")
    assert page.url == host.address + "experiences/ecooparc/", "an address without its last slash leads there too"
    page.goto(host.address + "explorer?q=circuits")
    assert page.url == host.address + "explorer/?q=circuits"
    page.goto(host.address + "acteurs/%E0%A4%A/")
    expect(page.locator("h1")).to_have_text("Cette page n’est pas sur votre appareil")
    # A page that was not opened: what is there is listed, and works.
    page.goto(host.address + "glossaire/scic/")
    expect(page.locator("h1")).to_have_text("Cette page n’est pas sur votre appareil")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name=re.compile("Ecooparc")).click()
    expect(page.locator("h1")).to_contain_text("Ecooparc")
    host.down = False
    page.goto(host.address + "glossaire/scic/")
    expect(page.locator("h1")).to_contain_text("coopérative")
    expect(page.locator("[data-offline]")).to_have_count(0)


def test_the_whole_library_is_taken_along_and_left(visit: Callable[..., Page], host: Host, site: Path) -> None:
    page = visit()
    page.goto(host.address + "hors-ligne/")
    total = json.loads((site / "hors-ligne" / "index.json").read_text("utf-8"))
    expect(page.locator("[data-offline-library]")).to_contain_text("Mo")
    page.get_by_role("button", name="Emporter toute la bibliothèque").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Arrêter").click()
    expect(page.locator("[data-offline-library] [role=status]")).to_contain_text("Copie arrêtée")
    page.get_by_role("button", name=re.compile("Continuer|Emporter")).click()
    expect(page.locator("[data-offline-library] [role=status]")).to_contain_text(
        "Toute la bibliothèque est sur cet appareil", timeout=120_000
    )
    host.down = True
    rows = [
        row
        for number in range(len(total["morceaux"]))
        for row in json.loads((site / "hors-ligne" / f"{number}.json").read_text("utf-8"))
    ]
    # Each file is given back, byte for byte.
    wrong = page.evaluate(
        """async ([root, rows]) => { const wrong = [];
          for (const [path, hash] of rows) {
            const answer = await fetch(root + path).catch(() => null);
            const digest = answer && [...new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()))].map((b) => b.toString(16).padStart(2, "0")).join("");
            if (!digest?.startsWith(hash)) wrong.push(path);
          } return wrong; }""",
        [host.address, rows],
    )  # fmt: skip
    assert wrong == []
    assert len(rows) == total["fichiers"]
    for path, title in (
        ("observatoire/", "Tableau de bord"),
        ("departements/46/", "Lot"),
        ("glossaire/scic/", "coopérative"),
    ):
        page.goto(host.address + path)
        expect(page.locator("h1")).to_contain_text(title)
    page.goto(host.address + "explorer/?commune=46102&tri=ressemblance")
    page.wait_for_selector("[data-results] .why")
    page.goto(host.address + "note/?f=ecooparc,archer")
    page.locator(".frame .paper").wait_for()
    page.goto(host.address + "hors-ligne/")
    page.get_by_role("button", name="Retirer la copie").click()
    expect(page.locator("[data-offline-library] [role=status]")).to_contain_text("retirée")
    page.goto(host.address + "departements/46/")
    expect(page.locator("h1")).to_have_text("Cette page n’est pas sur votre appareil")


def test_readers_who_use_none_of_it_pay_little(site: Path) -> None:
    """Bytes (brotli) that a first visit brings for keeping, comparing and reading offline, when none of it is used: the modules
    that all pages load, the worker, the lists of hashes that it asks for. Serving all modules without their comments gave back
    2.4 KB of them, so that pages grew by 8 to 9.7 KB."""
    modules = ("keep", "selected", "store", "offline", "offline-said")
    files = [
        site / "sw.js",
        site / "hors-ligne" / "index.json",
        *(site / "assets" / "js" / f"{name}.js" for name in modules),
    ]
    lists = sorted(
        (len(brotli.compress(file.read_bytes())) for file in (site / "hors-ligne").glob("[0-9]*.json")), reverse=True
    )
    total = sum(len(brotli.compress(file.read_bytes())) for file in files) + sum(lists[:3])
    assert 5_000 < total <= 11_500


def test_a_new_release_replaces_the_old_one_without_mixing(
    visit: Callable[..., Page], host: Host, site: Path, tmp_path: Path
) -> None:
    page = visit()
    page.goto(host.address + "explorer/")
    page.wait_for_selector(".explorer.live:not([aria-busy])")
    kept(page, "explorer/index.html")
    host.folder = release(site, tmp_path / "deux")
    # The open page asks for a module that it never loaded: it gets the old one, or none. Never the new one.
    got = page.evaluate(
        "async (root) => fetch(root + 'assets/js/note.js').then((answer) => answer.text(), () => 'refused')",
        host.address,
    )
    assert got == "refused"
    again = page.evaluate(
        "async (root) => (await (await fetch(root + 'assets/js/site.js')).text()).includes('deux')", host.address
    )
    assert again is False, "what is kept still serves"
    expect(page.locator("[data-offline]")).to_contain_text(re.compile("mis à jour|plus récente"))
    # A page opened now is of the new release, whole.
    other = page.context.new_page()
    seen: list[tuple[str, bool]] = []
    other.on(
        "response",
        lambda one: (
            seen.append((one.url, "deux" in one.text()))
            if one.url.endswith((".js", ".css")) and "vendor" not in one.url
            else None
        ),
    )
    other.goto(host.address + "experiences/archer/")
    other.wait_for_load_state("networkidle")
    assert other.locator("main[data-release]").count() == 1
    assert seen
    assert all(new for _, new in seen), [url for url, new in seen if not new]
    other.close()
    # The reader accepts: everything is of the new release, and so is the copy.
    page.locator("[data-offline] button").click()
    page.wait_for_selector("main[data-release]")
    version = json.loads((host.folder / "hors-ligne" / "index.json").read_text("utf-8"))["version"]
    until(
        page,
        "async (name) => (await caches.keys()).filter((one) => one !== 'essaim-etat').join() === name",
        f"essaim-{version}",
    )
    mixed = page.evaluate(
        """async () => { const old = [];
          for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) {
            const text = await (await (await caches.open(name)).match(request)).text();
            if (/\\.(js|css|html)$/.test(request.url) && !request.url.includes("vendor") && !text.includes("deux")) old.push(name + " " + request.url);
          } return old; }"""
    )
    assert mixed == []
    host.down = True
    page.goto(host.address + "explorer/?q=bois")
    page.wait_for_selector(".explorer.live:not([aria-busy])")
    assert page.locator("main[data-release]").count() == 1


def test_a_release_that_does_not_arrive_whole_leaves_the_old_copy(
    visit: Callable[..., Page], host: Host, site: Path, tmp_path: Path
) -> None:
    page = visit()
    page.goto(host.address + "experiences/archer/")
    kept(page, "experiences/archer/index.html")
    before = page.evaluate("async () => (await caches.keys()).sort()")
    host.folder = release(site, tmp_path / "deux")
    host.refused = {"/assets/css/tokens.css"}
    page.evaluate("async () => { await (await navigator.serviceWorker.ready).update().catch(() => {}); }")
    page.wait_for_timeout(1500)
    host.down = True
    assert [name for name in page.evaluate("async () => (await caches.keys()).sort()") if name != "essaim-etat"] == [
        name for name in before if name != "essaim-etat"
    ]
    page.goto(host.address + "experiences/archer/")
    expect(page.locator("h1")).to_contain_text("Archer")
    assert page.locator("main[data-release]").count() == 0


def _note(wrong: list[str], error: object) -> None:
    wrong.append(str(error))


def test_where_it_cannot_work_the_site_does(browser: Browser, host: Host) -> None:
    for script in (
        "Object.defineProperty(navigator, 'serviceWorker', { get: () => undefined });",
        "navigator.serviceWorker.register = () => Promise.reject(new Error('refused'));",
    ):
        context = browser.new_context(viewport=DESKTOP, locale="fr-FR")  # type: ignore[arg-type]
        context.add_init_script(script)
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", functools.partial(_note, wrong))
        page.goto(host.address + "explorer/?q=circuits")
        page.wait_for_selector(".explorer.live:not([aria-busy])")
        page.goto(host.address + "hors-ligne/")
        expect(page.locator("[data-offline-library] .banner")).to_be_visible(timeout=15_000)
        assert wrong == []
        context.close()


# Contrast does not depend on the size, nor the rest on the colours: two of the four say it all.
@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone, dark", "desktop, light"]
)
def test_axe_finds_nothing(visit: Callable[..., Page], host: Host, size: dict[str, int], scheme: str) -> None:
    page = visit(size, color_scheme=scheme, reduced_motion="reduce")
    page.goto(host.address + "hors-ligne/")
    page.get_by_role("button", name="Emporter toute la bibliothèque").wait_for()
    found = [(one["id"], one["nodes"][0]["target"]) for one in Axe().run(page).response["violations"]]
    host.down = True
    page.goto(host.address)
    page.locator("[data-offline=copie]").wait_for()
    found += [(one["id"], one["nodes"][0]["target"]) for one in Axe().run(page).response["violations"]]
    assert found == []
