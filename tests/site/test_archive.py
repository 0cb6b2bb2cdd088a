"""The archive, opened from a folder in a real Chromium: the same path as online, and not one request off the folder."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from essaim import archive
from tests.site.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the built site, made by the command and unpacked."""
    place = tmp_path_factory.mktemp("archive dé «")
    file = place / "essaim.zip"
    done = subprocess.run(
        [sys.executable, "-m", "essaim", "archive", "--site", str(site), "--sortie", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(file) as packed:
        packed.extractall(place)
    return place / archive.TOP


def ended(request: Request) -> bool:
    """Whether a page's own module or download was cut short because the page was left or the file was taken: no file lacks."""
    return request.url.startswith("blob:") and request.failure == "net::ERR_ABORTED"


def opened(browser: Browser, folder: Path, size: dict[str, int], wrong: list[str]) -> Page:
    page = browser.new_context(viewport=size, locale="fr-FR").new_page()  # type: ignore[arg-type]
    page.on(
        "request", lambda one: wrong.append(one.url) if not one.url.startswith(("file:", "blob:", "data:")) else None
    )
    page.on("requestfailed", lambda one: wrong.append(one.url) if not ended(one) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda one: wrong.append(one.text) if one.type in ("error", "warning") else None)
    page.goto((folder / "index.html").as_uri())
    return page


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_same_path_as_online(browser: Browser, folder: Path, size: dict[str, int]) -> None:
    wrong: list[str] = []
    page = opened(browser, folder, size, wrong)
    page.get_by_label("Que cherchez-vous").fill("circuits courts")
    page.get_by_label("Que cherchez-vous").press("Enter")
    page.wait_for_selector(".explorer.live:not([aria-busy])")
    every = int(page.locator("[data-total]").inner_text())
    if size == PHONE:
        page.get_by_role("button", name="Filtrer").click()
    page.locator("label[data-value=experiences]").click()
    if size == PHONE:
        page.get_by_role("button", name="Voir les fiches").click()
    page.wait_for_url("**sorte=experiences**")
    page.wait_for_selector(".explorer:not([aria-busy])")
    few = int(page.locator("[data-total]").inner_text())
    assert 0 < few < every
    page.locator("[data-results] .keep").first.click()
    page.locator("[data-results] h3 a").first.click()
    page.wait_for_url("**/experiences/*/index.html")
    page.get_by_role("link", name="Les comparer avec cette fiche").click()
    page.locator(".compare").wait_for()
    page.get_by_role("button", name="Garder ces fiches").click()
    page.get_by_role("link", name="Voir ma sélection").click()
    expect(page.locator(".kept-item h2 a")).to_have_count(4)
    page.get_by_label("Mes notes").first.fill("hors ligne")
    page.get_by_role("link", name="Note pour le conseil").click()
    expect(page.locator(".frame .paper")).to_contain_text("hors ligne")
    page.goto((folder / "explorer" / "index.html").as_uri() + "?commune=46102&tri=ressemblance")
    page.wait_for_selector("[data-results] .why")
    page.goto((folder / "explorer" / "index.html").as_uri() + "?vue=carte")
    page.wait_for_selector("svg.map")
    page.goto((folder / "methodes" / "hybridation-des-financements" / "index.html").as_uri())
    page.get_by_role("button", name="Remplir à l’écran").click()
    page.locator(".worksheet.live textarea").nth(1).fill("sans serveur")
    page.reload()
    expect(page.locator(".worksheet.live textarea").nth(1)).to_have_value("sans serveur")
    with page.expect_download():
        page.get_by_role("button", name="Exporter en CSV").click()
    page.goto((folder / "hors-ligne" / "index.html").as_uri())
    expect(page.locator("[data-offline-library]")).to_contain_text("déjà une copie")
    page.go_back()
    assert wrong == []


def test_every_link_of_the_archive_leads_to_a_file(folder: Path) -> None:
    missing = [
        f"{file.relative_to(folder)}: {address}"
        for file in folder.rglob("*.html")
        if file.name != "404.html"  # its addresses are absolute: hosts serve it anywhere
        for address in re.findall(r'\s(?:href|src|action)="([^"#?]*)', file.read_text("utf-8"))
        if address and ":" not in address and not (file.parent / address).is_file()
    ]
    assert missing == []
