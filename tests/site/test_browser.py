"""A real Chromium on the built site: a reader's way, phone and desktop, light and dark, without JavaScript, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.site.conftest import DESKTOP, NARROW, OF_COLOURS, PHONE, Open, faults

pytestmark = pytest.mark.slow

ONE_OF_EACH = ("", "experiences/", "experiences/labo-des-partenariats-alsace/", "methodes/", "methodes/alignement-des-interets/",
               "webinaires/territoires-en-transition-2018/", "organisations/le-rameau/", "dossiers/entrepreneuriat-de-territoire/",
               "ressources/etude-phare/", "glossaire/", "glossaire/scic/", "a-propos/", "accessibilite/", "explorer/", "themes/",
               "themes/circuits-courts/", "departements/46/", "rien-ici/")  # fmt: skip


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    """``open_page(path, width…)``: a page in a fresh context. What it asks of other hosts, or says in the console, fails."""
    contexts = []
    wrong: list[str] = []

    def go(path: str, size: dict[str, int] = DESKTOP, **options: object) -> Page:
        context = browser.new_context(viewport=size, **{"locale": "fr-FR", "service_workers": "block", **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda request: wrong.append(request.url) if not request.url.startswith((address, "data:")) else None,
        )
        page.on("console", lambda message: wrong.append(message.text) if _counts(message) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert wrong == []


def _counts(message: ConsoleMessage) -> bool:
    """Errors and warnings, but the one that says that the page we asked for on purpose is not there."""
    return (
        message.type in ("error", "warning")
        and "rien-ici" not in message.location["url"]
        and "blocked by Playwright" not in message.text
    )


def where(page: Page) -> str:
    return urlsplit(page.url).path


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_home_to_experience_to_method_and_back(open_page: Open, size: dict[str, int], javascript: bool) -> None:
    page = open_page("", size, java_script_enabled=javascript)
    page.locator("main a[href$='experiences/']").first.click()
    assert where(page) == "/experiences/"
    page.locator("main").get_by_role("link", name="Labo des partenariats").first.click()
    assert where(page) == "/experiences/labo-des-partenariats-alsace/"
    expect(page.locator("h1")).to_contain_text("Labo des partenariats")
    page.locator("main a[href*='methodes/alignement-des-interets/']").first.click()
    assert where(page) == "/methodes/alignement-des-interets/"
    page.go_back()
    assert where(page) == "/experiences/labo-des-partenariats-alsace/"
    page.go_back()
    assert where(page) == "/experiences/"


def test_a_scheme_is_colours_and_nothing_else(site: Path, open_page: Open) -> None:
    """So that axe need not look twice at the rest: one style sheet says what is dark, and gives colours only."""
    told = {
        file.name
        for file in site.rglob("*")
        if file.suffix in (".css", ".js") and re.search(r"prefers-color-scheme|\[data-scheme", file.read_text("utf-8"))
    }
    assert told == {"tokens.css", "print.css"}
    styles = (site / "assets" / "css" / "tokens.css").read_text("utf-8")
    blocks = re.findall(r"data-scheme=\"(?:light|dark)\"[^{]*\{([^}]*)\}", styles)
    assert len(blocks) == 2
    for block in blocks:
        for line in filter(None, (one.strip() for one in block.split(";"))):
            assert re.fullmatch(r"color-scheme: dark|--[a-z0-9-]+: #(?:[0-9a-f]{3}){1,2}", line), line
    page = open_page("", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    Axe().run(page)
    rules = page.evaluate("axe.getRules(['cat.color']).map((one) => one.ruleId)")
    # The enhanced one is for level AAA: axe leaves it out unless it is asked for.
    assert set(rules) == {*OF_COLOURS, "color-contrast-enhanced"}


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing(open_page: Open, size: dict[str, int]) -> None:
    page = open_page("", size, reduced_motion="reduce")
    base = page.url
    for path in ONE_OF_EACH:
        page.goto(base + path)
        assert faults(page) == [], path


def test_axe_sees_what_is_wrong_in_either_scheme(open_page: Open) -> None:
    page = open_page("accessibilite/", reduced_motion="reduce")
    assert faults(page) == []
    page.add_style_tag(content=":root { --dim: light-dark(#111, #222) } h1 { color: var(--dim) }")
    assert [one.split()[0] for one in faults(page)] == ["color-contrast"], "dark on dark"
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"../assets/img/favicon.svg\">')"
    )
    assert {one.split()[0] for one in faults(page)} == {"color-contrast", "image-alt"}


@pytest.mark.parametrize(
    "size", [NARROW, PHONE, {"width": 720, "height": 450}], ids=["320 px", "390 px", "1440 px at 200 %"]
)
def test_nothing_is_cut_or_scrolls_sideways(open_page: Open, size: dict[str, int]) -> None:
    page = open_page("", size)
    base = page.url
    for path in ONE_OF_EACH:
        page.goto(base + path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over == 0, f"{path} is {over} px too wide"


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(open_page: Open) -> None:
    page = open_page("experiences/labo-des-partenariats-alsace/")
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.getAttribute('href')")
    assert skip.startswith("#"), "the first stop skips the header"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')"), "the next stop is in the content"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_from_home_to_a_sheet_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("")
    for target in ("/experiences/", "/experiences/labo-des-partenariats-alsace/"):
        for _ in range(120):
            page.keyboard.press("Tab")
            if (
                page.evaluate("new URL(document.activeElement.href || location.href).pathname") == target
                and where(page) != target
            ):
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{target}")
    page.go_back()
    assert where(page) == "/experiences/"


def test_a_glossary_term_shows_its_definition_on_focus_and_hides_it_on_escape(open_page: Open) -> None:
    page = open_page("experiences/ere43/")
    term = page.locator(".terme a").first
    tip = page.locator(f"#{term.get_attribute('aria-describedby')}")
    expect(tip).to_be_hidden()
    term.focus()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.locator("h1").click()
    term.hover()
    expect(tip).to_be_visible()


def test_the_menu_of_a_phone_opens_without_javascript(open_page: Open) -> None:
    page = open_page("", PHONE, java_script_enabled=False)
    header = page.locator("header").first
    assert header.bounding_box()["height"] <= 72, "a compact header"  # type: ignore[index]
    link = header.get_by_role("link", name="Ressources")
    expect(link).to_be_hidden()
    header.locator("summary").first.click()
    link.click()
    assert where(page) == "/ressources/"


def test_the_way_to_a_sequence_of_the_web_conference(open_page: Open) -> None:
    page = open_page("experiences/archer/")
    link = page.locator("main a[href*='#fiche-sequence-']").first
    link.click()
    anchor = urlsplit(page.url).fragment
    assert where(page) == "/webinaires/territoires-en-transition-2018/"
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()


def test_a_lost_reader_is_helped(open_page: Open) -> None:
    page = open_page("experiences/rien-ici/encore/")
    expect(page.locator("h1")).to_be_visible()
    page.locator("main a").first.click()
    assert page.locator("h1").inner_text() != ""
    assert "rien-ici" not in page.url


def test_an_experience_prints_cleanly(open_page: Open) -> None:
    page = open_page("experiences/labo-des-partenariats-alsace/")
    page.emulate_media(media="print")
    expect(page.locator("header").first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_text("5 500").first).to_be_visible()
