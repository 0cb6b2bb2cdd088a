"""The page of open data in a real browser: reached from where people look, read on a phone, its files downloaded."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

import frictionless
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from essaim import archive
from essaim.addresses import DATA, data_address
from essaim.model import SHEETS
from essaim.opendata.examples import EXAMPLES
from tests.site.conftest import DESKTOP, NARROW, PHONE, SITE_URL, Open

pytestmark = pytest.mark.slow

PAGES = (DATA, *map(data_address, SHEETS))


def unfold(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('.main details')) one.open = true")


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["phone, light", "desktop, dark"]
)
def test_axe_finds_nothing(go: Open, address: str, size: dict[str, int], scheme: str) -> None:
    page = go(f"{address}{DATA}", size, color_scheme=scheme, reduced_motion="reduce")
    for path in (DATA, "donnees/experiences/", "donnees/pages/"):
        page.goto(f"{address}{path}")
        unfold(page)
        found = Axe().run(page).response["violations"]
        assert [f"{path}: {one['id']} {node['target']}" for one in found for node in one["nodes"]] == []


@pytest.mark.parametrize("size", [NARROW, PHONE], ids=["320 px", "390 px"])
def test_nothing_scrolls_sideways(go: Open, address: str, size: dict[str, int]) -> None:
    page = go(f"{address}{DATA}", size)
    for path in PAGES:
        page.goto(f"{address}{path}")
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_it_is_linked_from_where_people_look(go: Open, address: str) -> None:
    page = go(address)
    page.locator("footer").get_by_role("link", name="Données ouvertes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Données ouvertes")
    page.goto(f"{address}experiences/")
    page.get_by_role("link", name="Données de cette liste").click()
    expect(page).to_have_url(f"{address}donnees/experiences/")
    page.goto(f"{address}a-propos/")
    page.locator("main").get_by_role("link", name="données ouvertes").click()
    expect(page).to_have_url(f"{address}{DATA}")


def test_every_link_to_a_file_leads_to_it(go: Open, address: str, site: Path) -> None:
    """Without JavaScript: nothing of the page needs it."""
    page = go(f"{address}{DATA}", PHONE, java_script_enabled=False)
    seen = set()
    for path in PAGES:
        page.goto(f"{address}{path}")
        for link in page.locator(".main a, .tete a").evaluate_all("all => all.map((a) => a.href)"):
            if link.startswith(address):
                target = link.removeprefix(address).partition("#")[0]
                seen.add(target)
                assert (site / target).is_file() or (site / target / "index.html").is_file(), f"{path}: {link}"
    files = {f"{DATA}{file.name}" for file in (site / DATA).iterdir() if file.is_file()} - {f"{DATA}index.html"}
    assert files <= seen, "a file that no page tells of"


def test_the_tables_are_checked_without_downloading_them(address: str) -> None:
    """As the page tells, with where this site is served in the place of its address."""
    example = next(one for one in EXAMPLES if one.online)
    *command, where = example.code.replace("{base}", f"{address}{DATA}").split()
    assert command == ["frictionless", "validate"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own
        report = frictionless.validate(where)
    assert report.valid, report.flatten(["name", "type", "note"])
    assert len(report.tasks) > 30


def test_a_file_is_downloaded_and_the_mention_copied(go: Open, address: str) -> None:
    page = go(f"{address}{DATA}", permissions=["clipboard-read", "clipboard-write"])
    with page.expect_download() as waited:
        page.get_by_role("link", name=re.compile("^CSV : Expériences$")).click()
    assert Path(waited.value.path()).read_bytes().startswith(b"\xef\xbb\xbfid,titre,")
    with page.expect_download() as waited:
        page.get_by_role("link", name="Tout, en un fichier").click()
    assert waited.value.suggested_filename == "donnees.zip"
    page.get_by_role("button", name="Copier la mention").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"« Essaim, bibliothèque d’expériences », {SITE_URL}donnees/")


def test_the_preview_of_a_table_scrolls_by_keyboard(go: Open, address: str) -> None:
    page = go(f"{address}donnees/experiences/", PHONE, reduced_motion="reduce")
    region = page.get_by_role("region", name="Premières lignes de experiences.csv")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.get_by_text("57 colonnes").or_(page.get_by_text(re.compile(r"^\d+ colonnes$")).first).first.click()
    expect(page.locator(".columns code", has_text=re.compile("^cout_total$")).first).to_be_visible()


def test_a_sheet_leads_to_its_own_data(go: Open, address: str) -> None:
    page = go(f"{address}experiences/archer/")
    found = page.request.get(f"{address}experiences/archer.json").json()
    assert found["calcule"]["url"] == f"{SITE_URL}experiences/archer/"
    assert page.request.get(f"{address}experiences/archer.md").text().startswith("---\ntitre: ")
    assert page.request.get(f"{address}accueil.json").json()["calcule"]["adresse"] == ""


def test_the_archive_keeps_the_files_and_the_offline_copy_leaves_them(site: Path) -> None:
    held = dict(archive.members(site))
    for path in ("donnees/experiences.json", "donnees/catalogue.jsonld", "experiences/archer.json", "experiences/archer.md", "a-propos.json"):  # fmt: skip
        assert held[path] == (site / path).read_bytes()
    assert "catalogue.json.js" in held, "what modules fetch is still carried"
    kept = {row[0] for piece in (site / "hors-ligne").glob("[0-9]*.json") for row in json.loads(piece.read_text("utf-8"))}  # fmt: skip
    assert "experiences/archer/index.html" in kept
    assert not {path for path in kept if path.startswith(DATA) or path.endswith(".md")}
    assert "experiences/archer.json" not in kept
    assert "catalogue.json" in kept
