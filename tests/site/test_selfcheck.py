"""The self-check and the playable questions in a real Chromium, by keyboard, on a phone, on paper."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.site.conftest import DESKTOP, NARROW, PHONE, Open
from tests.site.test_browser import open_page

__all__ = ["open_page"]
pytestmark = pytest.mark.slow

ADDRESS = "autodiagnostic/"
QUIZ = "webinaires/territoires-en-transition-2018/"
IDS = ("ingenierie-de-projet", "experimentation", "co-construction-et-interet-general", "cooperation",
       "gouvernance-democratique", "financement-de-l-ingenierie", "facteur-temps")  # fmt: skip


def asked(page: Page, identifier: str) -> Locator:
    return page.locator(f"[data-question='prerequis.{identifier}']")


def answer(page: Page, identifier: str, text: str) -> None:
    asked(page, identifier).get_by_label(text, exact=True).check()


def answers(page: Page) -> dict[str, str]:
    """Question → answer, as the radios show them, once the page has come alive."""
    page.wait_for_selector("[data-roadmap]:not([hidden])")
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('form [type=radio]:checked')].map((one) => [one.name.split('.')[1], one.value]))"
    )
    return found


def roadmap(page: Page) -> list[str]:
    return page.locator("[data-missing] h3 a").all_inner_texts()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))


def tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}: {focused(page)}")


def test_by_keyboard_alone(open_page: Open, address: str) -> None:
    page = open_page(ADDRESS)
    for place, identifier in enumerate(IDS):
        tab_to(page, f"[name='prerequis.{identifier}']")
        page.keyboard.press("Space")
        for _ in range(place % 3):
            page.keyboard.press("ArrowDown")
    assert answers(page) == {identifier: ("oui", "partie", "non")[place % 3] for place, identifier in enumerate(IDS)}
    missing = ["Expérimentation", "Co-construction et intérêt général", "Gouvernance démocratique", "Financement de l’ingénierie"]  # fmt: skip
    assert roadmap(page) == missing, "in the order of the page"
    expect(page.locator("body > [role=status]")).to_have_text(
        "Facteur temps\u202f: Oui. La feuille de route est complète."
    )
    expect(asked(page, "experimentation").locator("details")).to_have_attribute("open", "")
    expect(asked(page, "ingenierie-de-projet").locator("details")).not_to_have_attribute("open", "")
    for name in missing:
        step = page.locator("[data-missing] li", has=page.get_by_role("link", name=name, exact=True).first)
        assert step.locator("a[href*='methodes/']").count() > 0, name
    assert page.url == address + ADDRESS, "what she answers is not in the address, which a server sees"


def test_answers_are_kept_and_erased_and_put_back(open_page: Open) -> None:
    page = open_page(ADDRESS)
    answer(page, "cooperation", "En partie")
    answer(page, "facteur-temps", "Oui")
    page.reload()
    assert answers(page) == {"cooperation": "partie", "facteur-temps": "oui"}
    page.locator("[data-missing] a[href*='methodes/']").first.click()
    page.wait_for_url("**/methodes/**")
    page.go_back()
    assert answers(page) == {"cooperation": "partie", "facteur-temps": "oui"}
    expect(asked(page, "cooperation").locator(".matter")).to_be_visible()
    page.get_by_role("button", name="Effacer mes réponses").click()
    assert answers(page) == {}
    assert "Annuler" in focused(page)
    page.keyboard.press("Enter")
    assert answers(page) == {"cooperation": "partie", "facteur-temps": "oui"}
    page.get_by_role("button", name="Effacer mes réponses").click()
    page.reload()
    assert answers(page) == {}
    assert page.evaluate("localStorage.getItem('essaim-autodiagnostic')") is None


def test_two_tabs_do_not_undo_each_other(open_page: Open, address: str) -> None:
    page = open_page(ADDRESS)
    other = page.context.new_page()
    other.goto(address + ADDRESS)
    answer(page, "cooperation", "Pas encore")
    expect(asked(other, "cooperation").get_by_label("Pas encore")).to_be_checked()
    answer(other, "experimentation", "Oui")
    expect(asked(page, "experimentation").get_by_label("Oui")).to_be_checked()
    assert answers(page) == answers(other) == {"cooperation": "non", "experimentation": "oui"}


def test_a_shared_link_leaves_hers_alone_until_she_takes_it(open_page: Open, address: str) -> None:
    page = open_page(ADDRESS)
    answer(page, "cooperation", "En partie")
    answer(page, "facteur-temps", "Oui")
    link = page.get_by_label("Lien à partager").input_value()
    assert link == f"{address}{ADDRESS}?prerequis=cooperation.partie,facteur-temps.oui"

    page = open_page(ADDRESS)
    answer(page, "cooperation", "Pas encore")
    hers = {"cooperation": "non"}
    page.goto(link + ",disparu.non&autre=x")
    sent = {"cooperation": "partie", "facteur-temps": "oui"}
    assert answers(page) == sent
    expect(page.locator(".shared")).to_contain_text("Ces réponses viennent d’un lien. Les vôtres sont gardées à part")
    expect(page.locator(".shared")).to_contain_text("1 réponse de ce lien")
    expect(page.get_by_role("radio").first).to_be_disabled()
    page.get_by_role("link", name="Voir les miennes").click()
    page.wait_for_url(address + ADDRESS)
    assert answers(page) == hers
    page.go_back()
    page.get_by_role("button", name="Remplacer les miennes").click()
    assert page.url == address + ADDRESS
    assert answers(page) == sent
    expect(page.get_by_role("radio").first).to_be_enabled()
    page.get_by_role("button", name="Annuler").click()
    assert answers(page) == hers
    page.go_back()
    expect(page.locator(".shared")).to_be_visible()
    assert answers(page) == sent
    page.goto(address + ADDRESS)
    assert answers(page) == hers


@pytest.mark.parametrize(
    "query", ["?prerequis=cooperation.peut-etre", "?prerequis=..,.,%00,<b>.oui", "?prerequis=__proto__.oui,constructor.non", "?r=1"]
)  # fmt: skip
def test_an_odd_link_changes_nothing(open_page: Open, query: str) -> None:
    page = open_page(ADDRESS + query)
    assert answers(page) == {}
    expect(page.get_by_role("radio").first).to_be_enabled()
    expect(page.locator("[data-shared] .banner")).to_have_count(0 if query == "?r=1" else 1)


def test_kept_rubbish_is_as_if_nothing_was_kept(open_page: Open) -> None:
    page = open_page(ADDRESS)
    for text in ("[1, 2]", '"oui"', "{", '{"prerequis.cooperation": {"a": 1}, "prerequis.facteur-temps": "zut"}'):
        page.evaluate("(text) => localStorage.setItem('essaim-autodiagnostic', text)", text)
        page.reload()
        assert answers(page) == {}
    answer(page, "cooperation", "Oui")
    page.reload()
    assert answers(page) == {"cooperation": "oui"}


def test_when_nothing_is_missing_it_says_what_to_read(open_page: Open) -> None:
    page = open_page(ADDRESS)
    expect(page.locator("[data-complete]")).to_be_hidden()
    for identifier in IDS:
        answer(page, identifier, "Oui")
    assert roadmap(page) == []
    expect(page.locator("[data-complete]")).to_contain_text("aucun prérequis ne manque")
    assert page.locator("[data-complete] a").count() > 1


def test_a_link_from_an_experience_opens_its_question(open_page: Open) -> None:
    page = open_page("experiences/circuits-courts-mulhouse/")
    page.get_by_role("link", name="Et chez vous").last.click()
    expect(asked(page, "cooperation").locator("h3")).to_be_in_viewport()
    expect(asked(page, "cooperation").get_by_text("voyait ses soutiens se disperser")).to_be_visible()
    expect(asked(page, "experimentation").locator(".matter")).to_be_hidden()


def test_without_javascript_everything_is_there(open_page: Open) -> None:
    page = open_page(ADDRESS, NARROW, java_script_enabled=False)
    expect(page.locator(".matter:visible")).to_have_count(7)
    expect(page.get_by_role("radio")).to_have_count(21)
    expect(page.locator("[data-roadmap]")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("fieldset:visible")).to_have_count(7)
    expect(page.locator(".matter:visible")).to_have_count(7)
    page = open_page(QUIZ, java_script_enabled=False)
    expect(page.locator(".light:visible")).to_have_count(4)
    expect(page.get_by_role("radio")).to_have_count(0)


def test_paper_shows_her_answers_or_the_blank_form(open_page: Open) -> None:
    page = open_page(ADDRESS)
    page.emulate_media(media="print")
    expect(page.locator("fieldset:visible")).to_have_count(7)
    expect(page.locator(".matter:visible")).to_have_count(0)
    expect(page.locator("[data-roadmap]")).to_be_hidden()
    page.emulate_media(media="screen")
    answer(page, "cooperation", "En partie")
    answer(page, "experimentation", "Oui")
    asked(page, "experimentation").locator("summary").click()
    page.emulate_media(media="print")
    assert page.locator(".answers label:visible").all_inner_texts() == ["Oui", "En partie"]
    expect(page.locator(".matter:visible")).to_have_count(1)
    expect(page.locator("[data-roadmap]")).to_be_visible()
    expect(page.get_by_role("heading", name="Moyens")).to_be_hidden()


STATES = ("?prerequis=cooperation.oui,facteur-temps.non", "answered", "complete")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_in_any_state(open_page: Open, size: dict[str, int]) -> None:
    page = open_page(ADDRESS, size, color_scheme="light", reduced_motion="reduce")
    base = page.url

    def check(state: str) -> None:
        # The rest of the page is that of every page.
        found = Axe().run(page, context="#fiche-contenu").response["violations"]
        page.emulate_media(color_scheme="dark")
        # Nothing else changes with the scheme.
        found += (
            Axe().run(page, context="#fiche-contenu", options={"runOnly": ["color-contrast"]}).response["violations"]
        )
        page.emulate_media(color_scheme="light")
        assert [(state, one["id"], node["target"]) for one in found for node in one["nodes"]] == []

    for state in STATES:
        page.goto(base + (state if state.startswith("?") else ""))
        if state == "answered":
            for identifier, text in zip(IDS[:4], ("Oui", "En partie", "Pas encore", "Pas encore"), strict=True):
                answer(page, identifier, text)
        if state == "complete":
            for identifier in IDS:
                answer(page, identifier, "Oui")
        check(state)
    page.goto(base.replace(ADDRESS, QUIZ))
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Voir ce qu’en disent").first.click()
    check("quiz")


def test_nothing_scrolls_sideways_and_targets_are_large(open_page: Open) -> None:
    page = open_page(ADDRESS, NARROW)
    for identifier in IDS:
        answer(page, identifier, "Pas encore")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    heights = page.evaluate(
        "[...document.querySelectorAll('.answers label')].map((one) => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    assert page.evaluate(
        "[...document.querySelectorAll('.answers span')].every((one) => one.scrollWidth <= one.clientWidth)"
    )
    page = open_page(QUIZ, NARROW)
    page.get_by_role("button", name="Tout afficher").click()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_the_questions_of_a_web_conference_are_played_by_keyboard(open_page: Open) -> None:
    page = open_page(QUIZ + "#fiche-questions")
    expect(page.locator(".light:visible")).to_have_count(0)
    tab_to(page, "[name='question-0']")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    first = f"#{page.locator('.question').first.get_attribute('id')}"
    tab_to(page, f"{first} button")
    page.keyboard.press("Enter")
    light = page.locator(f"{first} .light")
    expect(light).to_be_visible()
    expect(light).to_contain_text("Votre choix\u202f: À une suite d’essais")
    expect(light).to_contain_text("Les diapositives ne désignent pas de bonne réponse.")
    expect(page.locator(".light:visible")).to_have_count(1)
    page.reload()
    expect(page.get_by_label("À une suite d’essais")).to_be_checked()
    expect(page.locator(".light:visible")).to_have_count(0)
    page.get_by_role("button", name="Tout afficher").click()
    expect(page.locator(".light:visible")).to_have_count(4)
    page.get_by_role("button", name="Tout masquer").click()
    expect(page.locator(".light:visible")).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.locator(".light:visible")).to_have_count(4)
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Effacer mes réponses").click()
    expect(page.locator("[data-quiz] :checked")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-quiz] :checked")).to_have_count(0)


def test_a_deep_link_to_a_question_still_works(open_page: Open) -> None:
    second = f"#{open_page(QUIZ).locator('.question').nth(1).get_attribute('id')}"
    assert second.startswith("#fiche-question-")
    page = open_page(QUIZ + second)
    expect(page.locator(f"{second} h3")).to_be_in_viewport()
    expect(page.locator(".light:visible")).to_have_count(1)
    expect(page.locator(f"{second} .light")).to_be_visible()
    page = open_page(ADDRESS)
    page.get_by_role("link", name="Les questions posées au public de la webconférence").click()
    expect(page.locator("#fiche-questions")).to_be_in_viewport()
