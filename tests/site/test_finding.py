"""Finding, in a real Chromium on the built site: the explorer, the search under both engines, the map, one's own commune."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli
import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from essaim import similar, territories
from essaim.library import facet_values
from essaim.outputs import Site
from essaim.words import fold, stems
from tests.conftest import ROOT, Checked
from tests.site.conftest import DESKTOP, NARROW, PHONE, Open, Quiet, build, copy_project, faults
from tests.test_search import QUESTIONS, right

pytestmark = pytest.mark.slow

Serve = Callable[[Path], str]


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """``serve(folder)``: its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def pagefind_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same site, with the other engine."""
    project = copy_project(tmp_path_factory.mktemp("pagefind"))
    settings = project / "mkdocs.yml"
    text = settings.read_text("utf-8")
    assert "recherche: lunr" in text
    settings.write_text(text.replace("recherche: lunr", "recherche: pagefind"), "utf-8")
    done = build(project)
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "site"


@pytest.fixture(scope="module", params=["lunr", "pagefind"])
def engine(request: pytest.FixtureRequest, serve: Serve) -> tuple[str, str]:
    """Name of an engine, and the address of the site that uses it."""
    folder: Path = request.getfixturevalue("site" if request.param == "lunr" else "pagefind_site")
    return str(request.param), serve(folder)


def settled(page: Page) -> Page:
    """Once the explorer shows what its address says."""
    page.wait_for_selector(".explorer.live:not([aria-busy])")
    return page


def total(page: Page) -> int:
    return int(settled(page).locator("[data-total]").inner_text())


def shown(page: Page) -> list[str]:
    """Ids of the results on the page, in order."""
    found: list[str] = settled(page).locator("[data-id]").evaluate_all("nodes => nodes.map(node => node.dataset.id)")
    return found


ASK = """async ([root, questions]) => {
  const { search } = await import(root + "assets/js/search/search.js");
  const { load, cards } = await import(root + "assets/js/catalogue.js");
  const catalogue = await load();
  const answers = [];
  for (const question of questions) {
    const found = await search(question);
    const places = found.hits.map(([place]) => place);
    const ids = (await cards(catalogue, places)).map((card) => card.id);
    answers.push({ ids, proposal: found.proposal, unknown: found.unknown });
  }
  return answers;
}"""


def ask(page: Page, root: str, questions: list[str]) -> list[dict[str, Any]]:
    """What the site's own search function answers."""
    answers: list[dict[str, Any]] = page.evaluate(ASK, [root, questions])
    return answers


def test_words_are_the_same_on_both_sides(go: Open, address: str) -> None:
    text = " ".join(file.read_text("utf-8") for file in sorted((ROOT / "content").rglob("*.md")))
    names = [one.nom for one in territories.load().communes()]
    odd = [
        "L’Œuvre d'Ætius",
        "Straße ẞ ﬁn",
        "İstanbul",
        "ΑΒΓ ы 日本",
        "™ ½ Ⅳ ㎏",
        "e\u0301lu",
        "😀a",
        "emplois élus bus",
        "\u202e",
    ]
    samples = [*sorted(set(text.split())), *names, *odd]
    page = go(address)
    found = page.evaluate(
        """async ([root, samples]) => {
          const { fold, stem } = await import(root + "assets/js/search/words.js");
          return samples.map((one) => [fold(one), fold(one).split(" ").filter(Boolean).map(stem).join(" ")]);
        }""",
        [address, samples],
    )
    expected = [[fold(one), " ".join(stems(one))] for one in samples]
    assert [(a, b) for a, b in zip(found, expected, strict=True) if a != b] == []


def test_the_browser_answers_as_python_does(go: Open, address: str, content: Checked) -> None:
    from essaim import search

    site = Site(content[0])
    index = search.builder(site.records, full=True).build()
    questions = [one["question"] for one in QUESTIONS] + [sheet.titre for sheet in site.catalogue]
    answers = ask(go(address), address, questions)
    for question, answer in zip(questions, answers, strict=True):
        if not answer["unknown"]:
            assert answer["ids"] == [hit.id for hit in search.search(index, site.records, question)], question


def test_questions_of_an_official(
    go: Open, engine: tuple[str, str], record_property: Callable[[str, object], None]
) -> None:
    name, root = engine
    answers = ask(go(root), root, [one["question"] for one in QUESTIONS])
    missed = {one["question"] for one, answer in zip(QUESTIONS, answers, strict=True) if not right(one, answer["ids"])}
    record_property(
        f"questions trouvées, {name} dans le navigateur", f"{len(QUESTIONS) - len(missed)} sur {len(QUESTIONS)}"
    )
    assert missed == {one["question"] for one in QUESTIONS if one.get("manque")}


def test_every_title_and_every_code(go: Open, engine: tuple[str, str], content: Checked) -> None:
    site = Site(content[0])
    page = go(engine[1])
    answers = ask(page, engine[1], [sheet.titre for sheet in site.catalogue])
    assert [
        sheet.id for sheet, answer in zip(site.catalogue, answers, strict=True) if answer["ids"][:1] != [sheet.id]
    ] == []
    wanted = [(sheet.id, sheet.id) for sheet in site.catalogue]
    for sheet in site.catalogue:
        where = getattr(sheet, "place", None)
        for one in where.communes if where else ():
            wanted += [(sheet.id, one.nom), (sheet.id, one.code)]
    answers = ask(page, engine[1], [question for _, question in wanted])
    lost = [pair for pair, answer in zip(wanted, answers, strict=True) if pair[0] not in answer["ids"]]
    assert lost == []


def test_spellings_of_one_question(go: Open, engine: tuple[str, str]) -> None:
    groups = [["energie", "énergie", "énergies", "l’énergie", "l'énergie"], ["circuit court", "circuits courts"], ["elus", "élus", "élue"], ["oeuvre", "œuvre"]]  # fmt: skip
    page = go(engine[1])
    for group in groups:
        first, *others = ask(page, engine[1], group)
        assert first["ids"], group
        assert all(sorted(one["ids"]) == sorted(first["ids"]) for one in others), group
    misspelt, half, longer = ask(page, engine[1], ["coopératve", "ferme fige", "expérimentatio"])
    assert misspelt["proposal"] == "coopérative"
    assert "fermes-de-figeac" in half["ids"]
    assert longer["ids"]


def test_a_common_word_helps_but_is_not_required(go: Open, address: str) -> None:
    page = go(address)
    (alone, both) = ask(page, address, ["déchets", "déchets voiture"])
    assert both["unknown"] == ["voiture"]

    def with_common(route: Route) -> None:
        rules = route.fetch().json()
        route.fulfill(json={**rules, "courants": "voitur territoir"})

    page.route("**/recherche/index.json", with_common)
    page.goto(address)
    (same, helped) = ask(page, address, ["déchets voiture", "territoire déchets"])
    assert same["ids"] == alone["ids"]
    assert same["unknown"] == []
    assert set(helped["ids"]) >= set(alone["ids"])


def test_a_misspelt_word_is_proposed_and_followed(go: Open, engine: tuple[str, str]) -> None:
    page = go(f"{engine[1]}explorer/?q={quote('coopératve')}")
    assert total(page) == 0
    expect(page.locator(".note")).to_contain_text("coopératve")
    page.locator("[data-proposal]").click()
    page.wait_for_url("**q=coop%C3%A9rative")
    assert total(page) > 0
    page.go_back()
    assert total(page) == 0


def test_facets_results_and_static_pages_agree(go: Open, address: str, content: Checked) -> None:
    site = Site(content[0])
    page = settled(go(address + "explorer/"))
    panel = page.evaluate(
        """[...document.querySelectorAll(".side-panel details[data-facet] label[data-value]")].map((label) =>
          [label.closest("details").dataset.facet, label.dataset.value, parseInt(label.querySelector(".number").textContent)])"""
    )
    counted = {(facet, value): count for facet, value, count in panel if facet != "sorte"}
    expected: dict[tuple[str, str], set[str]] = {}
    for sheet in site.catalogue:
        for facet, value in facet_values(sheet):
            expected.setdefault((facet, value), set()).add(sheet.id)
    with_pages = dict(site.facet_pages)
    expected = {key: ids for key, ids in expected.items() if key[0] in with_pages}
    assert counted == {key: len(ids) for key, ids in expected.items()}
    for number, (facet, value) in enumerate(sorted(expected)):
        static = page.evaluate(
            """async (url) => {
              const text = await (await fetch(url)).text();
              const page = new DOMParser().parseFromString(text, "text/html");
              return [...page.querySelectorAll(".part:not([aria-labelledby=fiche-voisines]) .card h3 a")].length;
            }""",
            f"{address}{site.value_address(facet, value)}",
        )
        assert static == len(expected[facet, value]), (facet, value)
        if number % 4 == 0:  # a full page of the explorer for one value in four, all kinds of facet among them
            page.goto(f"{address}explorer/?{facet}={value}&vue=tableau")
            assert total(page) == len(expected[facet, value]), (facet, value)
            assert len(set(shown(page))) == min(50, total(page))


def test_several_choices_and_their_way_back(go: Open, address: str) -> None:
    page = settled(go(address + "explorer/"))
    everything = total(page)
    page.get_by_label("Expériences", exact=False).first.check()
    expect(page.locator("[data-total]")).to_have_text("12")
    page.locator("[data-facet=themes] label", has_text="Bois").locator("input").check()
    page.wait_for_url("**themes=bois**")
    assert total(page) == 1
    page.locator("[data-facet=themes] label", has_text="Circuits courts").locator("input").check()
    page.wait_for_url("**themes=bois,circuits-courts**")
    both = total(page)
    assert both > 1, "values of one facet add up"
    address_then = page.url
    page.reload()
    assert total(page) == both
    assert page.url == address_then
    page.locator("[data-id] a").first.click()
    page.wait_for_url("**/experiences/**")
    page.go_back()
    assert total(page) == both
    page.locator(".chosen button", has_text="Bois").click()
    page.wait_for_url("**themes=circuits-courts**")
    page.locator(".chosen button", has_text="Tout retirer").click()
    expect(page.locator("[data-total]")).to_have_text(str(everything))
    page.go_back()
    assert total(page) < everything


def test_names_of_the_issue_and_unknown_values(go: Open, address: str) -> None:
    page = go(f"{address}explorer/?theme=circuits-courts&region=occitanie&utm_source=lettre")
    assert shown(page) == ["fermes-de-figeac"]
    page.goto(f"{address}explorer/?theme=circuits-courts&theme=rien-de-tel&couleur=bleu&region=<b>x</b>")
    assert total(page) == 4
    expect(page.locator(".chip.unknown")).to_have_count(2)
    assert page.locator(".chosen b").count() == 0
    page.locator(".chip.unknown").first.click()
    expect(page.locator(".chip.unknown")).to_have_count(1)


def test_nothing_found_says_what_to_drop(go: Open, address: str) -> None:
    page = go(f"{address}explorer/?q=bois&gouvernance=classique&sorte=methodes")
    assert total(page) == 0
    assert shown(page) == []
    links = page.locator(".empty li a")
    assert links.count() >= 1
    expect(page.get_by_role("heading", name="Le plus proche")).to_be_visible()
    links.first.click()
    expect(page.locator("[data-total]")).not_to_have_text("0")
    page.goto(f"{address}explorer/?theme=bois&sorte=methodes&gouvernance=hybride")
    assert total(page) == 0
    expect(page.locator(".empty li").first).to_contain_text("seulement")


def test_excerpts_mark_words_and_lead_to_sections(go: Open, address: str) -> None:
    page = settled(go(f"{address}explorer/?q={quote('licence ouverte insee')}"))
    link = page.locator("[data-id=a-propos] .within a")
    expect(link).to_have_attribute("href", f"{address}a-propos/#licences")
    assert {fold(text) for text in page.locator("[data-id=a-propos] mark").all_inner_texts()} <= {
        "licence",
        "licences",
        "ouverte",
        "insee",
    }
    link.click()
    expect(page.locator("#licences")).to_be_in_viewport()


@pytest.mark.parametrize("hostile", ["<script>window.hit=1</script><img src=x onerror=window.hit=1>", "+bois -bois ~bois^4 titre:bois *", "\u202eciob", "😀", "((([a-z]+$", "__proto__", "constructor", "%", "a" * 200_000])  # fmt: skip
def test_hostile_questions_are_text(go: Open, engine: tuple[str, str], hostile: str) -> None:
    page = go(engine[1] + "explorer/")
    settled(page)
    page.locator("#fiche-question").fill(hostile)
    page.locator("form.question button").click()
    page.wait_for_url("**q=**")
    assert total(page) >= 0
    page.goto(
        f"{engine[1]}explorer/?q={quote(hostile[:5000])}&theme={quote(hostile[:500])}&commune={quote(hostile[:50])}&tri=x&vue=y"
    )
    assert total(page) >= 0
    assert page.evaluate("window.hit") is None
    assert page.locator("main script, main img[onerror]").count() == 0


def _answer(body: str, route: Route) -> None:
    route.fulfill(status=200 if body else 404, body=body, content_type="application/json")


def test_a_missing_or_broken_index_says_so(browser: Browser, address: str) -> None:
    for pattern, body in (("**/recherche/index.json", "{"), ("**/catalogue.json", "")):
        context = browser.new_context(locale="fr-FR", service_workers="block")
        page = context.new_page()
        page.route(pattern, functools.partial(_answer, body))
        page.goto(f"{address}explorer/?q=bois")
        expect(page.locator(".banner:visible").first).to_contain_text("ne répond")
        expect(page.locator("main a[href*='themes/bois/'], main label[data-value='bois']").first).to_be_attached()
        context.close()


def test_all_sheets_within_three_links_without_javascript(site: Path) -> None:
    from lxml import html

    def links(path: str) -> set[str]:
        page = html.fromstring((site / path / "index.html").read_bytes(), base_url=f"http://x/{path}")
        page.make_links_absolute()
        return {
            url.split("#")[0].removeprefix("http://x/")
            for _, _, url, _ in page.iterlinks()
            if url.startswith("http://x/") and url.split("#")[0].endswith("/")
        }

    reached = {""}
    seen = {""}
    for _ in range(3):
        reached = set().union(*(links(path) for path in reached)) - seen
        seen |= reached
    every = {
        card["adresse"] for file in (site / "catalogue").glob("*.json") for card in json.loads(file.read_text("utf-8"))
    }
    assert len(every) > 100
    assert every <= seen


def test_the_header_s_box(go: Open, address: str) -> None:
    asked: list[str] = []
    page = go(address + "methodes/")
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("/")
    expect(page.get_by_label("Chercher dans les fiches")).to_be_focused()
    assert not [url for url in asked if "recherche/" in url], "nothing of the search before a reader types"
    page.keyboard.type("circuits c", delay=20)
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("ircuits")
    expect(page.locator(".proposals mark").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/explorer/?q=circuits**")
    assert total(page) > 0
    page.goto(address + "glossaire/")
    page.keyboard.press("/")
    page.keyboard.type("figeac", delay=20)
    page.get_by_role("option", name="Comme Figeac").click()
    page.wait_for_url("**/explorer/?commune=46102&tri=ressemblance")
    assert shown(page)[0] == "fermes-de-figeac"


def test_the_box_works_without_javascript(go: Open, address: str) -> None:
    page = go(address + "methodes/", java_script_enabled=False)
    page.get_by_label("Chercher dans les fiches").fill("bois")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explorer/?q=bois")
    expect(page.locator("noscript .banner, .banner")).to_be_visible()
    page.locator("main a[href*='themes/bois/']").click()
    expect(page.locator("h1")).to_have_text("Bois")


PROFILES = [("46102", "", ()), ("46009", "commune", ("bois",)), ("68224", "intercommunalite", ()), ("2A004", "", ("agriculture", "bois")), ("97411", "", ()), ("75056", "", ()), ("43157", "cooperative", ("bois",))]  # fmt: skip


def test_likeness_to_a_commune_is_the_same_in_python(go: Open, address: str, content: Checked) -> None:
    site = Site(content[0])
    page = go(address)
    for code, structure, resources in PROFILES:
        expected = similar.near(site.library, site.catalogue, similar.profile(code, structure, resources))
        found = page.evaluate(
            """async ([root, code, structure, resources]) => {
              const { byCode } = await import(root + "assets/js/communes.js");
              const { near, profile } = await import(root + "assets/js/near.js");
              const { load, cards } = await import(root + "assets/js/catalogue.js");
              const catalogue = await load();
              const found = await near(catalogue, await profile(await byCode(code), structure, resources));
              const order = [...found].sort((a, b) => b[1].score - a[1].score || a[0] - b[0]);
              const shown = await cards(catalogue, order.map(([place]) => place));
              return order.map(([, { score, reasons }], at) => [shown[at].id, score, reasons]);
            }""",
            [address, code, structure, list(resources)],
        )
        assert found == [[one.id, one.score, list(one.reasons)] for one in expected], code
        if structure or resources or code == "46102":
            assert expected, code


def test_like_my_commune_is_chosen_kept_and_forgotten(go: Open, address: str) -> None:
    page = settled(go(address + "explorer/", PHONE))
    page.get_by_role("button", name="Ma commune").click()
    expect(page.get_by_role("combobox", name="Comme ma commune")).to_be_focused()
    for typed in ("46100", "46102", "figeac"):
        page.get_by_role("combobox", name="Comme ma commune").fill("")
        page.keyboard.type(typed, delay=40)
        expect(page.get_by_role("option", name="Figeac")).to_be_visible()
    page.wait_for_timeout(400)  # the proposals of the last letter
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**commune=46102**")
    page.get_by_role("button", name="Voir les fiches").click()
    first = settled(page).locator("[data-id]").first
    expect(first).to_have_attribute("data-id", "fermes-de-figeac")
    for reason in ("même département : Lot", "même intercommunalité : CC Grand-Figeac", "même strate : "):
        expect(first).to_contain_text(reason)
    page.goto(address + "explorer/")
    assert shown(page)[0] != "fermes-de-figeac", "the address is the state"
    page.get_by_role("button", name="Classer comme Figeac").click()
    page.wait_for_url("**commune=46102**")
    assert shown(page)[0] == "fermes-de-figeac"
    page.get_by_role("button", name="Ma commune").click()
    page.get_by_role("button", name="Oublier ma commune").click()
    page.keyboard.press("Escape")
    page.goto(address + "explorer/")
    settled(page)
    assert "commune" not in page.url
    assert page.evaluate("localStorage.length") == 0


def test_communes_are_found_as_people_write_them(go: Open, address: str) -> None:
    page = go(address)
    written = {"figeac": "46102", "Figeac (Lot)": "46102", "46100 Figeac": "46102", "Figeac 46": "46102", "46102": "46102", "2a004": "2A004",
               "St-Denis 974": "97411", "sainte colombe gironde": "33390", "Le Pin (Gard)": "30196", "L’Haÿ-les-Roses": "94038", "Y": "80829", "paris 11": "75056"}  # fmt: skip
    found = page.evaluate(
        """async ([root, texts]) => {
          const { find } = await import(root + "assets/js/communes.js");
          return Promise.all(texts.map(async (text) => (await find(text)).map((one) => one.code)));
        }""",
        [address, list(written)],
    )
    assert [text for (text, code), codes in zip(written.items(), found, strict=True) if code not in codes] == []
    homonyms: dict[str, set[str]] = {}
    for one in territories.load().communes():
        homonyms.setdefault(one.nom, set()).add(one.code)
    many = sorted(homonyms, key=lambda name: -len(homonyms[name]))[:40]
    found = page.evaluate(
        """async ([root, texts]) => {
          const { find } = await import(root + "assets/js/communes.js");
          return Promise.all(texts.map(async (text) => (await find(text)).map((one) => one.code)));
        }""",
        [address, many],
    )
    assert [name for name, codes in zip(many, found, strict=True) if not homonyms[name] <= set(codes)] == []


def test_a_kept_commune_that_is_none_any_more_is_dropped(go: Open, address: str) -> None:
    page = go(address + "explorer/")
    page.evaluate("localStorage.setItem('essaim-commune', '99999')")
    page.goto(address + "explorer/?commune=99999")
    settled(page)
    expect(page.locator(".note")).to_contain_text("Aucune commune n’a le code")
    assert page.evaluate("localStorage.length") == 0


def test_back_undoes_questions_one_by_one(go: Open, address: str) -> None:
    page = settled(go(address + "explorer/"))
    for question in ("bois", "cantine", "déchets"):
        page.locator("#fiche-question").fill(question)
        page.keyboard.press("Enter")
        page.wait_for_function("q => new URLSearchParams(location.search).get('q') === q", arg=question)
        settled(page)
    for question in ("cantine", "bois", ""):
        page.go_back()
        settled(page)
        expect(page.locator("#fiche-question")).to_have_value(question)


def test_a_neighbouring_departement_is_said(go: Open, address: str) -> None:
    # Maurs, in the Cantal, touches the Lot.
    page = go(f"{address}explorer/?commune=15122&tri=ressemblance&sorte=experiences")
    card = settled(page).locator("[data-id=fermes-de-figeac]")
    expect(card).to_contain_text("département voisin : Lot")


def test_the_map_counts_cases_and_leads_on(go: Open, address: str, content: Checked) -> None:
    held = Site(content[0]).library.facets["departements"]
    page = go(address + "carte/")
    for code, ids in held.items():
        shape = page.locator(f"svg.map a[data-departement='{code}']").first
        label = " ".join((shape.get_attribute("aria-label") or "").split())
        assert label.endswith(f"({code.upper()}) : {len(ids)} fiche{'s' if len(ids) > 1 else ''}")
    listed = page.locator(".atlas li a[href*='departements/']").count()
    assert listed == len(held)
    codes = {one.code.lower() for one in territories.load().departements if one.region != one.code or one.contour}
    links = page.locator("svg.map a").evaluate_all(
        "all => all.map(one => [one.dataset.departement, one.getAttribute('href')])"
    )
    assert codes <= {code for code, _ in links}, "each département is a link"
    for code in ("15", "2b", "972"):
        page.goto(f"{address}departements/{code}/")
        expect(page.locator(".empty")).to_be_visible()
    page.goto(address + "departements/15/")
    assert page.locator("[aria-labelledby=fiche-voisines] a").all_inner_texts()[0].startswith("Aveyron")
    page.goto(address + "carte/")
    page.locator("svg.map a[data-departement='46']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/departements/46/")
    page.goto(address + "explorer/?vue=carte&sorte=experiences&q=circuits")
    settled(page)
    expect(page.locator("svg.map")).to_be_visible()
    page.locator(".atlas li a").first.click()
    page.wait_for_url("**departements=**")
    settled(page)
    page.go_back()
    settled(page)
    expect(page.locator("svg.map")).to_be_visible()


STATES = ("explorer/?q=circuits", "explorer/?q=zzzz&theme=bois", "explorer/?vue=carte", "explorer/?vue=tableau&sorte=experiences", "explorer/?commune=46102&tri=ressemblance", "explorer/?theme=inconnu", "carte/")  # fmt: skip


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing(go: Open, address: str, size: dict[str, int]) -> None:
    page = go(address + "explorer/", size, reduced_motion="reduce")
    told: list[str] = []

    def check(name: str) -> None:
        told.extend(f"{name}: {one}" for one in faults(page))

    for path in STATES:
        page.goto(address + path)
        if path.startswith("explorer"):
            settled(page)
        check(path)
    page.goto(address + "explorer/")
    settled(page)
    if size == PHONE:
        page.get_by_role("button", name="Filtrer").click()
        check("panel open")
        page.keyboard.press("Escape")
        expect(page.locator("dialog.sheet")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("bois", delay=20)
    page.get_by_role("listbox", name="Propositions").get_by_role("option").first.wait_for()
    check("proposals open")
    assert told == []


@pytest.mark.parametrize(
    "size", [NARROW, PHONE, {"width": 720, "height": 450}], ids=["320 px", "390 px", "1440 px at 200 %"]
)
def test_nothing_scrolls_sideways(go: Open, address: str, size: dict[str, int]) -> None:
    page = go(address + "explorer/", size)
    for path in STATES:
        page.goto(address + path)
        if path.startswith("explorer"):
            settled(page)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over == 0, f"{path} is {over} px too wide"


LINES = """() => [...document.querySelectorAll('.facet summary')].flatMap(one => {
  const [box, name] = [one.getBoundingClientRect(), one.querySelector('h3').getBoundingClientRect()];
  return name.left - box.left > 8 ? [] : [one.textContent];
})"""
CUT = """() => [...document.querySelectorAll('.tools option, .mine input, .question input')].flatMap(one => {
  const held = one.closest('select') ?? one, style = getComputedStyle(held), pen = document.createElement('canvas').getContext('2d');
  pen.font = style.font;
  const arrow = held === one ? 0 : 20;
  const text = one.textContent || one.placeholder;
  return pen.measureText(text).width <= held.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow ? [] : [text];
})"""


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_what_one_filters_and_sorts_by_is_read_whole(go: Open, address: str, size: dict[str, int]) -> None:
    page = settled(go(address + "explorer/", size))
    if size == PHONE:
        page.get_by_role("button", name="Filtrer").click()
    assert page.locator(".facet summary").count() > 10
    assert page.evaluate(LINES) == [], "a name goes on beside its arrow, not below it"
    assert page.evaluate(CUT) == []


def tab_to(page: Page, test: str) -> None:
    """Press Tab until the focused element passes ``test``, a JavaScript expression of ``it``."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate(f"(it => !!({test}))(document.activeElement)"):
            return
    raise AssertionError(f"no stop where {test}")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_whole_way_by_keyboard(go: Open, address: str, size: dict[str, int]) -> None:
    page = settled(go(address + "explorer/", size))
    if size == PHONE:
        tab_to(page, "it.textContent === 'Filtrer'")
        page.keyboard.press("Enter")
    tab_to(page, "it.name === 'sorte' && it.value === 'experiences'")
    page.keyboard.press("Space")
    page.wait_for_url("**sorte=experiences**")
    if size == PHONE:
        page.keyboard.press("Escape")
        focused = page.evaluate("document.activeElement.textContent")
        assert focused.startswith("Filtrer"), "the focus comes back to where it was"
    page.locator("#fiche-question").focus()
    page.keyboard.type("circuits courts")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=circuits**")
    assert total(page) == 2
    tab_to(page, "it.closest('[data-id]')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/experiences/circuits-courts-mulhouse/")
    page.go_back()
    settled(page)
    tab_to(page, "it.classList.contains('chip')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explorer/?sorte=experiences")
    settled(page)
    page.wait_for_function("document.activeElement.classList.contains('chip')")  # the focus stays among the choices


FIRST = """new MutationObserver((_, observer) => {
  if (!document.querySelector("[data-id]")) return;
  window.first = Date.now();
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });"""

OF_EVERY_PAGE = ("menu.js", "terms.js", "contents.js", "print.js", "scheme.js")
PACKED = (".pf_meta", ".pf_index", ".pagefind")


def weigh(page: Page, folder: Path, url: str) -> int:
    """Bytes (brotli) asked for until the first result stands: engine, index and data; not the shell that every page has."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.add_init_script(FIRST)
    page.goto(url)
    page.wait_for_selector("[data-id]")
    settled(page)
    first = page.evaluate("window.first")
    root = url.split("explorer/")[0]
    files = {one.url.removeprefix(root).split("?")[0] for one in asked if one.timing["startTime"] <= first}
    kept = [name for name in files if name and not name.endswith(("/", ".css", ".woff2", ".svg", *OF_EVERY_PAGE))]
    assert {"recherche/index.json", "assets/js/explorer.js"} <= set(kept)
    contents = {name: (folder / name).read_bytes() for name in kept}
    return sum(len(data if name.endswith(PACKED) else brotli.compress(data)) for name, data in contents.items())


def test_bytes_until_the_first_result(go: Open, address: str, site: Path) -> None:
    page = go(address + "accessibilite/", PHONE)
    for question in ("circuits courts", "bois", "élus"):
        size = weigh(page, site, f"{address}explorer/?q={quote(question)}")
        assert 20_000 < size <= 60_000, question


def test_bytes_with_a_thousand_sheets(go: Open, serve: Serve, tmp_path: Path) -> None:
    made = subprocess.run([sys.executable, ROOT / "bench" / "generate.py", "1000", tmp_path / "library"], check=False)
    assert made.returncode == 0
    # Without an address nothing is drawn to be shared: a thousand pictures that no reader of the explorer asks for.
    done = build(tmp_path / "library", url="")
    assert done.returncode == 0, done.stdout + done.stderr
    root = serve(tmp_path / "library" / "site")
    page = go(root + "accessibilite/", PHONE)
    for question in ("énergie", "partenariat association"):
        size = weigh(page, tmp_path / "library" / "site", f"{root}explorer/?q={quote(question)}")
        assert 40_000 < size <= 150_000, question
    page = settled(go(root + "explorer/"))
    assert re.fullmatch("1\u202f[0-9]{3}", page.locator("[data-total]").inner_text()), "thousands apart, as in lists"
