"""Lists in pages, on a built site with a real browser: one goes through them by keyboard, without JavaScript, on a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from essaim.archive import members
from tests.conftest import ROOT, SMALL, experience
from tests.site.conftest import DESKTOP, NARROW, PHONE, Open, build, serve
from tests.site.test_html import errors

pytestmark = pytest.mark.slow

MORE = 120
"""Experiences beside those of the small library: three pages of the list, and of a theme."""
PAGES = ("experiences/", "experiences/page_2/", "experiences/page_3/", "themes/bois/page_2/")


@pytest.fixture(scope="module")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small library with many experiences more, all of one theme, built."""
    folder = tmp_path_factory.mktemp("paging")
    shutil.copytree(SMALL, folder / "content")
    shutil.copytree(ROOT / "content" / "vocabularies", folder / "content" / "vocabularies")
    for file in (folder / "content" / "vocabularies").glob("*.yml"):
        file.write_text(
            file.read_text("utf-8").replace("source: territoires-en-transition-2018", "source: redaction"), "utf-8"
        )
    for number in range(MORE):
        text = experience(more="themes: [bois]\n", titre=f"Chaufferie {number:03}")
        (folder / "content" / "experiences" / f"chaufferie-{number}.md").write_text(text, "utf-8")
    shutil.copy(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def at(long_site: Path) -> Iterator[str]:
    """Where it is served."""
    with serve(long_site) as where:
        yield where


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_one_goes_through_a_list_by_keyboard(at: str, go: Open, javascript: bool) -> None:
    page = go(f"{at}experiences/", PHONE, java_script_enabled=javascript)
    here = page.get_by_role("navigation", name="Pages de la liste")
    page.get_by_role("link", name="Page 1 sur 3").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{at}experiences/#fiche-pages")
    expect(here.get_by_role("link", name="Précédente")).to_have_count(0)
    for number in (2, 3):
        here.get_by_role("link", name="Suivante").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{at}experiences/page_{number}/")
        expect(here.locator("[aria-current=page]")).to_have_text(f"Page {number}")
    expect(here.get_by_role("link", name="Suivante")).to_have_count(0)
    here.get_by_role("link", name="Précédente").click()
    here.get_by_role("link", name="Page 1", exact=True).click()
    expect(page).to_have_url(f"{at}experiences/")


@pytest.mark.parametrize("path", ["experiences/page_2/", "themes/bois/"])
def test_the_explorer_has_as_many_sheets_as_the_list_says(at: str, go: Open, path: str) -> None:
    page = go(at + path)
    faster = page.get_by_role("link", name="Chercher et filtrer ces")
    said = re.findall(r"\d+", faster.inner_text())[0]
    faster.click()
    expect(page.locator("[data-explorer].live")).to_be_visible()
    expect(page.locator("[data-total]")).to_have_text(said)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_in_either_scheme(at: str, go: Open, size: dict[str, int]) -> None:
    page = go(at, size, color_scheme="light", reduced_motion="reduce")
    for path in PAGES:
        page.goto(at + path)
        page.emulate_media(color_scheme="light")
        found = Axe().run(page).response["violations"]
        page.emulate_media(color_scheme="dark")
        found += Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
        assert [(path, one["id"], node["target"]) for one in found for node in one["nodes"]] == []


def test_it_holds_at_320_pixels_and_a_finger_hits_a_number(at: str, go: Open) -> None:
    page = go(at, NARROW)
    for path in (*PAGES, "difficultes/non-communiquees/page_2/"):  # a long way to it, and a long name
        page.goto(at + path)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        for link in page.locator(".pages a").all():
            box = link.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44


def test_pages_are_valid_and_their_links_lead_somewhere(long_site: Path) -> None:
    files = [long_site / path / "index.html" for path in PAGES]
    assert errors(*map(str, files)) == (0, [])
    for file in files:
        for href in lxml.html.parse(file).xpath("//main//a/@href | //div[@id='fiche-contenu']//a/@href"):
            if not href.startswith(("http", "#", "mailto:")):
                target = (file.parent / re.split("[?#]", href)[0]).resolve()
                assert (target / "index.html").is_file() or target.is_file(), f"{file}: {href}"


def test_what_moves_is_in_no_sitemap_and_read_without_network_all_the_same(long_site: Path) -> None:
    assert "page_" not in (long_site / "sitemap.xml").read_text("utf-8")
    listed = "".join(file.read_text("utf-8") for file in (long_site / "hors-ligne").glob("[0-9]*.json"))
    assert '"experiences/page_3/index.html"' in listed
    archived = dict(members(long_site))["experiences/page_2/index.html"].decode()
    assert 'href="../../experiences/page_3/index.html"' in archived
