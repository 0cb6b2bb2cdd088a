"""The reference of fields in a real browser: reached from « Contribuer », read on a phone, by keyboard, without JavaScript."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from essaim.addresses import FIELDS, field_address
from essaim.model import SHEETS
from tests.site.conftest import DESKTOP, NARROW, PHONE, Open

pytestmark = pytest.mark.slow

PAGES = (FIELDS, *map(field_address, SHEETS))


def unfold(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('.main details')) one.open = true")


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["phone, light", "desktop, dark"]
)
def test_axe_finds_nothing(go: Open, address: str, size: dict[str, int], scheme: str) -> None:
    page = go(f"{address}{PAGES[0]}", size, color_scheme=scheme, reduced_motion="reduce")
    for path in (FIELDS, "contribuer/champs/experiences/", "contribuer/"):
        page.goto(f"{address}{path}")
        unfold(page)
        found = Axe().run(page).response["violations"]
        told = [f"{path}: {one['id']} {node['target']}" for one in found for node in one["nodes"]]
        assert told == []


@pytest.mark.parametrize("size", [NARROW, PHONE], ids=["320 px", "390 px"])
def test_nothing_scrolls_sideways(go: Open, address: str, size: dict[str, int]) -> None:
    page = go(f"{address}{PAGES[0]}", size)
    for path in (*PAGES, "contribuer/"):
        page.goto(f"{address}{path}")
        unfold(page)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over == 0, f"{path} is {over} px too wide"


def test_what_the_guide_links_to_is_there(go: Open, address: str) -> None:
    page = go(f"{address}contribuer/")
    links = page.eval_on_selector_all(
        "main a[href], .wrap a[href]",
        "found => found.map(one => one.href).filter(one => one.startsWith(location.origin))",
    )
    wanted = {
        f"{address}{path}" for path in (FIELDS, "redaction/", "schemas/experience.json", field_address(SHEETS[0]))
    }
    assert wanted <= {link.partition("#")[0] for link in links}
    for link in sorted(set(links)):
        answer = page.request.get(link)
        assert answer.ok, link
        if link.startswith(f"{address}schemas/"):
            assert json.loads(answer.text())["properties"]["titre"]
    page.get_by_role("link", name="Les champs des fiches").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Les champs des fiches")
    page.get_by_role("link", name="Expérience", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Expérience")


def test_it_is_whole_without_javascript_and_by_keyboard(go: Open, address: str) -> None:
    page = go(f"{address}contribuer/champs/experiences/#fiche-champ-chiffres", java_script_enabled=False)
    field = page.locator("#fiche-champ-chiffres")
    expect(field.get_by_role("heading", level=3)).to_contain_text("Chiffres clés")
    year = page.locator("#fiche-champ-chiffres-annee")
    expect(year.get_by_text("annee: vers 2018")).to_be_hidden()
    year.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(year.get_by_text("annee: vers 2018")).to_be_visible()
    expect(year.locator(".said")).to_contain_text("« vers 2018 » n’est pas un nombre entier.")
    expect(year.locator(".said")).to_contain_text("[nombre-attendu]")


def test_code_stays_as_it_is_typed(go: Open, address: str) -> None:
    """French spacing changes no example: a no-break space in a front matter is another text."""
    page = go(f"{address}contribuer/champs/experiences/")
    shown = page.eval_on_selector_all(".example code, .said", "found => found.map(one => one.textContent).join('')")
    assert "\u202f" not in shown
    assert "\u00a0" not in shown
