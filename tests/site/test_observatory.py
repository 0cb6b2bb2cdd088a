"""The dashboard in a real Chromium: each number is the one that the explorer gives, for every link of every table."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.site.conftest import DESKTOP, NARROW, PHONE, Open
from tests.site.test_browser import open_page

__all__ = ["open_page"]
pytestmark = pytest.mark.slow

ADDRESS = "observatoire/"

EXPLORED = """async (root) => {
  const { load, filtered, listed } = await import(root + "assets/js/catalogue.js");
  const { read, write } = await import(root + "assets/js/state.js");
  const catalogue = await load();
  return [...document.querySelectorAll("main table td a")].map((link) => {
    const { search } = new URL(link.href);
    const state = read(search, catalogue);
    const unknown = [...state.choices].flatMap(([id, values]) => [...values].filter((value) =>
      !catalogue.facets.find((facet) => facet.id === id).values.has(value)));
    return { search, shown: Number(link.firstChild.data), found: listed(filtered(catalogue, state.choices, null)).length,
             same: write(state, catalogue), unknown, named: link.textContent };
  });
}"""


def test_every_number_is_what_the_explorer_finds(open_page: Open, address: str) -> None:
    page = open_page(ADDRESS)
    links = page.evaluate(EXPLORED, address)
    assert len(links) > 100
    for link in links:
        assert link["shown"] == link["found"] > 0, link
        assert link["unknown"] == [], link
        # The explorer keeps the address, in the order of its own filters.
        assert sorted(link["same"][1:].split("&")) == sorted(link["search"][1:].split("&"))
        assert " expérience" in link["named"]
    names = [link["named"] for link in links]
    assert len(names) == len(set(names)), "each link says where it leads"


@pytest.mark.parametrize(
    ("panel", "row"), [("annees", "2012"), ("manques", "Coût total"), ("difficultes", "racontées"), ("strates", "Non communiqué")]
)  # fmt: skip
def test_a_number_opens_the_explorer_on_its_sheets(open_page: Open, panel: str, row: str) -> None:
    page = open_page(ADDRESS)
    line = page.locator(f"[aria-labelledby=fiche-{panel}] tbody tr", has_text=row)
    link = line.get_by_role("link")
    shown = link.evaluate("link => link.firstChild.data")
    link.click()
    page.wait_for_selector(".explorer.live:not([aria-busy])")
    assert page.locator("[data-total]").inner_text() == shown
    expect(page.locator("main [data-results] .card")).to_have_count(int(shown))


def test_the_data_of_a_chart_are_a_file(open_page: Open) -> None:
    page = open_page(ADDRESS)
    links = page.locator(".data a")
    assert links.count() == page.locator("section.panel").count()
    for at in range(links.count()):
        got = page.request.get(links.nth(at).evaluate("link => link.href"))
        assert got.ok
        assert got.body().startswith((b"identifiant,", b"themes,", b"regions,"))


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_in_either_scheme(open_page: Open, size: dict[str, int]) -> None:
    page = open_page(ADDRESS, size, color_scheme="light", reduced_motion="reduce")
    found = Axe().run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    # Nothing else changes with the scheme.
    found += Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    assert [(one["id"], node["target"]) for one in found for node in one["nodes"]] == []


@pytest.mark.parametrize(
    ("size", "javascript", "least"),
    [(NARROW, False, 9.5), (PHONE, True, 12)],
    ids=["320 px, without JavaScript", "390 px"],
)
def test_nothing_scrolls_sideways_and_labels_can_be_read(
    open_page: Open, size: dict[str, int], javascript: bool, least: float
) -> None:
    page = open_page(ADDRESS, size, java_script_enabled=javascript)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    # Units of the drawing times their scale on the screen.
    smallest = page.evaluate("""Math.min(...[...document.querySelectorAll(".chart text")].filter((text) => text.checkVisibility())
        .map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))""")
    assert smallest >= least
    out = page.evaluate("""[...document.querySelectorAll(".bars text")].filter((text) =>
        text.getBoundingClientRect().right > text.ownerSVGElement.getBoundingClientRect().right + 1).map((text) => text.textContent)""")
    assert out == [], "no label is cut"


def test_it_prints_whole(open_page: Open) -> None:
    page = open_page(ADDRESS)
    page.emulate_media(media="print")
    expect(page.locator(".data").first).to_be_hidden()
    expect(page.locator(".chart").first).to_be_visible()
    expect(page.get_by_text("Ces nombres comptent des fiches, pas la France.")).to_be_visible()


def test_home_and_map_lead_there(open_page: Open) -> None:
    for start in ("", "carte/"):
        page = open_page(start)
        page.get_by_role("link", name="Tableau de bord de la bibliothèque").click()
        expect(page.locator("h1")).to_have_text("Tableau de bord de la bibliothèque")
