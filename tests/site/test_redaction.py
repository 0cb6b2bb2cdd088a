"""The editors' dashboard in a real build and a real Chromium."""

from __future__ import annotations

import functools
import json
import re
import threading
from collections.abc import Iterator
from datetime import date
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import etree
from playwright.sync_api import expect

from essaim import links
from essaim.library import load
from essaim.links import Known, Record
from essaim.model import SHEETS
from tests.conftest import ROOT
from tests.site.conftest import DESKTOP, NARROW, PHONE, Open, Quiet, build, copy_project
from tests.site.test_browser import open_page

__all__ = ["open_page"]
pytestmark = pytest.mark.slow

PAGE = "redaction/"
FORGE = "https://forge.exemple/equipe/edit/main/content/"
CHECKED = date(2026, 11, 20)
# The browser is given a day of its own: the day itself is not past.
NOW = "2031-05-10T12:00:00"
REVIEWS = {"archer": "2031-05-09", "smicval": "2031-05-10", "ere43": "2031-05-11"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with three review dates and links that answered badly, built; the forge is known."""
    folder = copy_project(tmp_path_factory.mktemp("redaction") / "project")
    for identifier, day in REVIEWS.items():
        sheet = folder / "content" / "experiences" / f"{identifier}.md"
        sheet.write_text(re.sub(r"(?m)^(verifie_le: .*)$", rf"\1\na_revoir_le: {day}", sheet.read_text("utf-8"), count=1), "utf-8")  # fmt: skip
    settings = folder / "mkdocs.yml"
    told = settings.read_text("utf-8").replace('edition: ""', f"edition: {FORGE}")
    settings.write_text(told.replace('site_url: ""', "site_url: https://bibliotheque.exemple/"), "utf-8")
    urls = list(links.cited(load(folder / "content", "content")[0]))
    record = Record(liens={
        urls[0]: Known(etat="echec", code=404, raison="page introuvable", controle_le=CHECKED, depuis=date(2026, 11, 1), jours=4),
        urls[1]: Known(etat="vivant", code=200, vers="https://exemple.fr/une/adresse/tres/longue/" + "a" * 120, controle_le=CHECKED),
        urls[2]: Known(etat="interdit", raison="elle mène à un réseau privé", controle_le=CHECKED),
    })  # fmt: skip
    links.write(folder / ".cache" / "liens.json", record)
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def team(project: Path) -> Iterator[str]:
    """Where that site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(project / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_dates_that_are_past_are_marked_by_the_readers_clock(team: str, go: Open) -> None:
    page = go("about:blank")
    page.clock.set_fixed_time(NOW)
    page.goto(team + PAGE)
    marked = {
        identifier: page.locator("#fiche-revoir ~ ul li", has=page.locator(f"a[href='../experiences/{identifier}/']")).locator(".late").count()
        for identifier in REVIEWS
    }  # fmt: skip
    assert marked == {"archer": 1, "smicval": 0, "ere43": 0}
    expect(page.locator(".late")).to_have_text(", date passée")


def test_without_javascript_everything_is_there_but_the_mark(team: str, go: Open) -> None:
    page = go(team + PAGE, java_script_enabled=False)
    dated = page.locator("[aria-labelledby=fiche-revoir] .todo").first.locator("time")
    assert dated.evaluate_all("all => all.map((one) => one.dateTime)") == sorted(REVIEWS.values())
    assert page.locator(".late").count() == 0
    page.get_by_role("link", name="Archer", exact=False).first.click()
    expect(page.locator("h1")).to_contain_text("Archer")


def test_each_sheet_leads_to_its_page_and_to_its_file(team: str, go: Open, project: Path) -> None:
    page = go(team + PAGE)
    rows = page.locator(".todo > li:has(> p > a.fix)")
    assert rows.count() > 15
    wrong = []
    for at in range(rows.count()):
        sheet, fix = rows.nth(at).locator("> p > a").evaluate_all("all => all.map((one) => one.href)")
        file = project / "content" / fix.removeprefix(FORGE)
        kind = next(one for one in SHEETS if file.parent.name == one.FOLDER)
        if not (file.is_file() and sheet == team + kind.address_of(file.stem) and page.request.get(sheet).ok):
            wrong.append((sheet, fix))
    assert wrong == []


def test_what_links_answered_is_told_with_its_dates(team: str, go: Open) -> None:
    page = go(team + PAGE)
    told = page.locator("[aria-labelledby=fiche-liens]")
    expect(told).to_contain_text("Dernier contrôle : 20 novembre 2026.")
    expect(told).to_contain_text("404, page introuvable, depuis le 1er novembre 2026")
    expect(told.locator("h3")).to_have_text(["Morts 1", "Adresses refusées 1", "Ont déménagé 1"])


def test_it_is_for_editors_only(project: Path) -> None:
    """No index, no sitemap, no search, no offline copy, no menu."""
    built = project / "site"
    assert '<meta name="robots" content="noindex">' in (built / PAGE / "index.html").read_text("utf-8")
    places = etree.parse(str(built / "sitemap.xml")).xpath("//*[local-name()='loc']/text()")
    assert len(places) > 300
    assert not [place for place in places if PAGE in place]
    assert any(place.endswith("experiences/archer/") for place in places)
    listed = [row for file in (built / "hors-ligne").glob("[0-9]*.json") for row in json.loads(file.read_text("utf-8"))]
    assert not [path for path, _ in listed if path.startswith(PAGE)]
    leading = {file.parent.relative_to(built).as_posix() for file in built.rglob("index.html")
               if re.search(r'href="[./]*redaction/"', file.read_text("utf-8"))}  # fmt: skip
    assert leading <= {"contribuer", "redaction"}


def test_a_control_of_links_makes_no_new_release(project: Path, tmp_path: Path) -> None:
    again = copy_project(tmp_path / "again")
    for file in (project / "content" / "experiences").glob("*.md"):
        (again / "content" / "experiences" / file.name).write_bytes(file.read_bytes())
    (again / "mkdocs.yml").write_bytes((project / "mkdocs.yml").read_bytes())
    (again / ".cache").mkdir()
    (again / ".cache" / "liens.json").write_text("ce n’est pas un fichier de liens", "utf-8")
    done = build(again)
    assert done.returncode == 0, "no build fails for that file"
    shown = (again / "site" / PAGE / "index.html").read_text("utf-8")
    assert "n’est pas un fichier de liens qu’Essaim a écrit" in shown
    versions = {(one / "site" / "hors-ligne" / "index.json").read_text("utf-8") for one in (project, again)}
    assert len(versions) == 1


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_in_either_scheme(team: str, go: Open, size: dict[str, int]) -> None:
    page = go(team + PAGE, size, color_scheme="light", reduced_motion="reduce")
    found = Axe().run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    found += Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    assert [(one["id"], node["target"]) for one in found for node in one["nodes"]] == []


def test_it_holds_at_320_pixels_and_its_lists_open_by_keyboard(team: str, go: Open) -> None:
    page = go(team + PAGE, NARROW)
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[open] a").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_a_phone_is_not_scrolled_for_ever(team: str, go: Open) -> None:
    page = go(team + PAGE, PHONE)
    assert page.evaluate("document.documentElement.scrollHeight") < 8_000
    left = page.locator("[aria-labelledby=fiche-sans-date] .left")
    expect(left).to_contain_text("essaim report sans-date --tout")


def test_nothing_of_this_machine_is_published(project: Path) -> None:
    shown = (project / "site" / PAGE / "index.html").read_text("utf-8")
    assert str(project) not in shown
    assert str(ROOT) not in shown
