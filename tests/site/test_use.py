"""Putting sheets to use, as a mayor would: keep, compare, leave with two pages for the council."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect
from pypdf import PdfReader

from essaim.words import fold
from tests.site.conftest import DESKTOP, NARROW, PHONE, Open

pytestmark = pytest.mark.slow

FOUR = ("ecooparc", "circuits-courts-mulhouse", "labo-des-partenariats-alsace", "pole-numerique-rodez")


def keep(page: Page, address: str, ids: tuple[str, ...]) -> None:
    """Keep sheets as their pages' buttons do, without opening each page."""
    page.goto(address + "a-propos/")
    page.evaluate(
        "async ([root, ids]) => (await import(root + 'assets/js/selected.js')).add(ids.map((id) => ({ id, titre: id })))",
        [address, list(ids)],
    )


def plain(text: str) -> str:
    """Words alone, in any layout: a PDF breaks lines where it likes."""
    return re.sub(r"\W+", " ", fold(text)).strip()


def facts(site: Path, identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site / "faits" / f"{identifier}.json").read_text("utf-8"))
    return found


def printed(page: Page, folder: Path) -> PdfReader:
    file = folder / "note.pdf"
    page.pdf(path=file, prefer_css_page_size=True, tagged=True, outline=True)
    return PdfReader(file)


def roles(reader: PdfReader) -> set[str]:
    """Names of the structure elements: H2, Table, TH…"""
    found: set[str] = set()
    waiting: list[Any] = [reader.root_object["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif hasattr(node, "get"):
            if "/S" in node:
                found.add(str(node["/S"]))
            if "/K" in node:
                waiting.append(node["/K"])
    return found


def test_a_mayor_leaves_with_two_pages(go: Open, address: str, site: Path, tmp_path: Path) -> None:
    """On a phone: her commune, three likely sheets, her selection, the comparison, the note as PDF and as a document."""
    page = go(address, PHONE, accept_downloads=True)
    page.get_by_role("link", name="Partir de ma commune").click()
    page.wait_for_selector(".explorer.live:not([aria-busy])")
    page.get_by_role("button", name="Choisir ma commune").click()
    page.get_by_role("combobox", name="Comme ma commune").fill("Figeac")
    page.get_by_role("option", name=re.compile("Figeac")).first.click()
    page.get_by_role("button", name="Voir les fiches").click()
    page.wait_for_selector("[data-results] .why")
    page.goto(page.url + "&sorte=experiences")
    page.wait_for_selector("[data-results] .why")
    for button in page.locator("[data-results] .keep").all()[:3]:
        button.click()
    expect(page.locator("[data-kept-count]")).to_contain_text("3")
    page.locator("a.kept").click()
    expect(page.locator(".kept-item h2 a")).to_have_count(3)
    ids: list[str] = page.locator(".kept-item").evaluate_all("all => all.map((one) => one.dataset.id)")
    assert ids[0] == "fermes-de-figeac", "her own commune comes first"
    page.get_by_label("Mes notes").first.fill("À appeler en janvier")
    page.get_by_role("link", name="Comparer 3 fiches").click()
    expect(page.locator(".compare thead th")).to_have_count(4)
    page.get_by_role("link", name="Note pour le conseil").click()
    page.get_by_label("Objet de la note").fill("Un circuit court pour la cantine ?")
    page.get_by_label("Introduction").fill("La commission école demande l’avis du conseil.")
    page.get_by_label("Nos questions").fill("Qui porterait le projet ?\nAvec quel budget ?")
    expect(page.locator(".paper h2")).to_have_text("Un circuit court pour la cantine\u202f?")
    expect(page.locator(".frame .paper")).to_contain_text("Avec quel budget")

    reader = printed(page, tmp_path)
    assert len(reader.pages) == 2
    width, height = (float(side) for side in reader.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842), "A4"
    text = plain(" ".join(sheet.extract_text() for sheet in reader.pages))
    wanted = [
        "Un circuit court pour la cantine",
        "La commission école demande",
        "Avec quel budget",
        "À appeler en janvier",
    ]
    for identifier in ids:
        sheet = facts(site, identifier)
        wanted += [sheet["titre"], sheet["resume"], sheet["verifie_le"], *(source for source, _ in sheet["sources"])]
        told = {name: (texts, ask) for name, _, texts, ask in sheet["faits"]}
        for name in (
            "besoin",
            "gouvernance",
            "porteur",
            "cout_total",
            "financements",
            "debut",
            "etapes",
            "conditions",
            "difficultes",
            "contact",
        ):
            texts, ask = told[name]
            wanted += texts if texts is not None else [ask]
    missing = [one for one in wanted if plain(one) not in text]
    assert not missing
    assert text.count("non communique") >= sum(
        texts is None for one in ids for _, _, texts, _ in facts(site, one)["faits"] if _ != "combien d’habitants"
    ) - len(ids)
    assert {"/H2", "/H3", "/Table", "/TR", "/TH", "/TD"} <= roles(reader), "headings and tables are tagged"

    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("Document à modifier")).click()
    document = tmp_path / "note.docx"
    waiting.value.save_as(document)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", tmp_path, document],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    written = plain((tmp_path / "note.txt").read_text("utf-8"))
    missing = [one for one in wanted if plain(one) not in written]
    assert not missing, "the document holds the same facts"


def longer(route: Route) -> None:
    """A sheet whose every fact is as long as the model allows."""
    sheet = json.loads(route.fetch().text())
    sheet["faits"] = [
        [name, titre, [f"{' '.join([text] * 40)[:1400]}." for text in texts] * 6 if texts else texts, ask]
        for name, titre, texts, ask in sheet["faits"]
    ]
    route.fulfill(json=sheet)


def test_four_long_sheets_still_make_two_pages(go: Open, address: str, tmp_path: Path) -> None:
    page = go(address, DESKTOP)
    page.route("**/faits/*.json", longer)
    page.goto(f"{address}note/?f={','.join(FOUR)}")
    expect(page.locator(".fit")).to_contain_text("abrégés et marqués")
    reader = printed(page, tmp_path)
    assert len(reader.pages) == 2
    text = " ".join(sheet.extract_text() for sheet in reader.pages)
    assert "[…]" in text
    assert "de plus sur la fiche" in plain(text), "what is left out is counted"
    assert plain(text).count("non communique") > 10, "never left out"
    # Her own text is never cut: too much of it is said.
    page.get_by_label("Introduction").fill("Une phrase de plus. " * 55)
    page.get_by_label("Nos questions").fill("\n".join(["Une question assez longue pour prendre sa ligne ?"] * 22))
    expect(page.locator(".fit")).to_contain_text("dépasse deux pages")


@pytest.mark.parametrize("identifier", ["alignement-des-interets", "territoires-en-transition-2018", "scic"])
def test_a_note_of_any_kind_of_sheet(go: Open, address: str, site: Path, tmp_path: Path, identifier: str) -> None:
    page = go(f"{address}note/?f={identifier}", DESKTOP)
    expect(page.locator(".paper h3").first).to_have_text(facts(site, identifier)["titre"])
    assert len(printed(page, tmp_path).pages) <= 2


def test_selection_is_ordered_annotated_shared_and_undone(go: Open, address: str) -> None:
    page = go(address + "experiences/", DESKTOP)
    page.locator(f"li[data-fiche={FOUR[0]}] .keep").click()
    expect(page.locator("[data-kept-line]")).to_contain_text("1 fiche gardée")
    for one in FOUR[1:3]:
        page.goto(f"{address}experiences/{one}/")
        button = page.locator(f".acts [data-keep={one}]")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    page.goto(address + "selection/")
    items = page.locator(".kept-item")
    expect(page.locator(".kept-item h2 a")).to_have_count(3)
    order = "all => all.map((one) => one.dataset.id)"
    page.get_by_role("button", name=re.compile("^Monter : ")).nth(2).click()
    assert items.evaluate_all(order) == [FOUR[0], FOUR[2], FOUR[1]]
    assert page.evaluate("document.activeElement.dataset.step") == "-1", "the focus follows"
    page.get_by_label("Mes notes").nth(1).fill("<img src=x onerror=alert(1)>")
    page.reload()
    expect(page.get_by_label("Mes notes").nth(1)).to_have_value("<img src=x onerror=alert(1)>")
    assert items.evaluate_all(order) == [FOUR[0], FOUR[2], FOUR[1]]
    page.get_by_role("button", name=re.compile("^Retirer : ")).nth(1).click()
    expect(items).to_have_count(2)
    page.get_by_role("button", name="Annuler").click()
    expect(items).to_have_count(3)
    expect(page.get_by_label("Mes notes").nth(1)).to_have_value("<img src=x onerror=alert(1)>")
    link = page.get_by_label("Lien à partager").input_value()
    assert urlsplit(link).query == f"f={FOUR[0]},{FOUR[2]},{FOUR[1]}"
    page.get_by_label("Mes notes").nth(0).fill("écrit juste avant")
    page.get_by_role("button", name="Vider la sélection").click()
    expect(page.locator(".empty")).to_be_visible()
    page.get_by_role("button", name="Annuler").click()
    expect(items).to_have_count(3)
    expect(page.get_by_label("Mes notes").nth(0)).to_have_value("écrit juste avant")
    page.get_by_role("button", name=re.compile("^Retirer : ")).nth(1).click()
    expect(items).to_have_count(2)
    page.get_by_label("Mes notes").nth(0).fill("écrit depuis")
    page.get_by_role("button", name="Annuler").click()
    expect(items).to_have_count(3)
    expect(page.get_by_label("Mes notes").nth(0)).to_have_value("écrit depuis")

    # A stranger sees the same sheets, and none of her notes.
    other = go(link, PHONE)
    expect(other.locator("h1")).to_have_text("Une sélection partagée")
    assert other.locator(".kept-item").evaluate_all(order) == [FOUR[0], FOUR[2], FOUR[1]]
    assert "onerror" not in other.locator("body").inner_text()
    assert other.get_by_label("Mes notes").count() == 0
    other.get_by_role("button", name="Garder ces 3 fiches dans ma sélection").click()
    expect(other.locator("[data-kept-count]")).to_contain_text("3")


def test_more_than_four_are_kept_and_four_are_chosen(go: Open, address: str, site: Path) -> None:
    page = go(address, DESKTOP)
    many = tuple(sorted(file.stem for file in (site / "faits").glob("*.json")))[:7]
    keep(page, address, many)
    page.goto(address + "selection/")
    expect(page.locator(".kept-item h2 a")).to_have_count(7)
    boxes = page.locator("input[name=ensemble]")
    assert boxes.evaluate_all("all => all.map((one) => one.checked)") == [True] * 4 + [False] * 3
    expect(boxes.nth(4)).to_be_disabled()
    boxes.nth(0).uncheck()
    expect(page.get_by_role("link", name="Comparer 4 fiches")).to_have_attribute(
        "href", re.compile(f"f={','.join(many[1:5])}$")
    )
    page.goto(address + "explorer/")
    expect(page.locator("[data-kept-line]")).to_contain_text("comparer les 4 premières")


def test_comparison_tells_what_differs_in_words(go: Open, address: str, site: Path) -> None:
    page = go(f"{address}comparer/?f={','.join(FOUR)}", DESKTOP)
    sheets = [facts(site, one) for one in FOUR]
    page.locator(".compare").wait_for()
    titles = page.locator(".compare thead a").all_inner_texts()
    assert titles == [sheet["titre"] for sheet in sheets]
    rows = page.locator(".compare tbody tr")
    for number in range(rows.count()):
        row = rows.nth(number)
        name = row.get_attribute("data-fact")
        told = [next((texts for one, _, texts, _ in sheet["faits"] if one == name), None) for sheet in sheets]
        same = all(one == told[0] for one in told)
        expected = "à demander" if not any(told) else "identique" if same else "diffère"
        assert row.get_attribute("data-verdict") == expected
        assert expected in row.locator("th").inner_text(), "in words, not by colour alone"
    count = page.locator("[data-verdict=identique]").count()
    if count:
        page.get_by_label(re.compile("^Cacher")).check()
        expect(page.locator("[data-verdict=identique]").first).to_be_hidden()
    page.get_by_role("button", name=re.compile(f"Retirer {sheets[0]['titre'][:10]}")).click()
    page.wait_for_url(f"**/comparer/?f={','.join(FOUR[1:])}")
    page.go_back()
    expect(page.locator(".compare thead a")).to_have_count(4)
    page.goto(f"{address}experiences/{FOUR[0]}/")
    page.get_by_role("link", name="Les comparer avec cette fiche").click()
    expect(page.locator(".compare thead a").first).to_have_text(sheets[0]["titre"])


def test_money_is_drawn_on_one_scale(go: Open, address: str) -> None:
    amounts = {FOUR[0]: [60000, None, 20000, None], FOUR[1]: [None, 160000, None, None]}

    def with_money(route: Route) -> None:
        sheet = json.loads(route.fetch().text())
        if sheet["id"] in amounts:
            sheet["argent"]["total"] = 100000 if sheet["id"] == FOUR[0] else None
            for part, amount in zip(sheet["argent"]["parts"], amounts[sheet["id"]], strict=True):
                part[1] = amount
        route.fulfill(json=sheet)

    page = go(address, DESKTOP)
    page.route("**/faits/*.json", with_money)
    page.goto(f"{address}comparer/?f={','.join(FOUR[:3])}")
    bars = page.locator(".money svg")
    expect(bars).to_have_count(2)
    widths = bars.evaluate_all(
        "all => all.map((bar) => [...bar.children].map((one) => Number(one.getAttribute('width'))))"
    )
    assert widths == [[625, 375, 0, 125, 0], [1000, 0, 1000, 0, 0]], "thousandths of the dearest"
    expect(page.locator(".money")).to_contain_text("non communiqué 20\u202f000\u202f€")
    expect(page.locator(".money > p")).to_contain_text("Montants non communiqués")


def test_bad_links_are_told_and_the_rest_is_shown(go: Open, address: str) -> None:
    page = go(address, DESKTOP)
    archived = {"id": "vieille", "sorte": "Expérience", "titre": "Une vieille fiche", "resume": "Elle a vécu.", "adresse": "experiences/vieille/",
                "lieu": "", "statut": "archivé", "verifie_le": "2 mai 2012", "faits": [], "sources": []}  # fmt: skip
    page.route("**/faits/vieille.json", lambda route: route.fulfill(json=archived))
    quiet: list[str] = []
    page.on("console", lambda one: quiet.append(one.text) if "blocked by Playwright" not in one.text else None)
    for path in ("selection", "comparer", "note"):
        page.goto(f"{address}{path}/?f={FOUR[0]},vieille,%3Cscript%3E,../x,{FOUR[1]}")
        expect(page.locator(".banner")).to_have_count(2)
        banners = page.locator(".banner").all_inner_texts()
        assert any("<script>" in one and "../x" in one for one in banners), path
        assert any("Une vieille fiche" in one and "jour" in one for one in banners), path
        expect(
            page.get_by_role("link" if path != "note" else "heading", name=re.compile("Ecooparc")).first
        ).to_be_visible()
    assert quiet == []
    page.goto(f"{address}comparer/?f={','.join(FOUR)},scic,epci")
    expect(page.locator(".banner")).to_contain_text("Trop de fiches")
    page.goto(f"{address}comparer/?f={FOUR[0]}")
    expect(page.locator(".empty")).to_contain_text("Il faut une deuxième fiche")


def test_unknown_ids_are_named(browser: Any, address: str) -> None:
    page = browser.new_page()  # its console says that a file is not there: that is what is tested
    page.goto(f"{address}selection/?f=inconnue,{FOUR[0]}")
    expect(page.locator(".banner")).to_contain_text("inconnue")
    expect(page.locator(".kept-item h2 a")).to_have_count(1)
    page.goto(f"{address}selection/?f={'a,' * 5000}{FOUR[0]}")
    expect(page.locator(".kept-item h2 a")).to_have_count(1)
    page.close()


REFUSED = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') };"


def test_refused_storage_is_said_and_work_goes_on(go: Open, address: str) -> None:
    page = go(address, DESKTOP)
    page.add_init_script(REFUSED)
    page.goto(address + "experiences/")
    page.locator(f"li[data-fiche={FOUR[0]}] .keep").click()
    page.locator(f"li[data-fiche={FOUR[1]}] .keep").click()
    expect(page.get_by_role("alert")).to_contain_text("ne garde pas")
    expect(page.locator("[data-kept-count]")).to_contain_text("2")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{address}note/?f={FOUR[0]}")
    page.get_by_label("Objet de la note").fill("Un essai")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator(".paper h2")).to_have_text("Un essai")


def test_two_tabs_do_not_undo_each_other(go: Open, address: str) -> None:
    page = go(address, DESKTOP)
    keep(page, address, FOUR[:2])
    page.goto(address + "selection/")
    page.locator(".kept-item h2 a").first.wait_for()
    other = page.context.new_page()
    other.goto(address + "selection/")
    other.get_by_label("Mes notes").first.fill("dans l’autre onglet")
    page.get_by_label("Mes notes").nth(1).fill("ici")
    other.goto(f"{address}experiences/{FOUR[2]}/")
    other.locator(f".acts [data-keep={FOUR[2]}]").click()
    expect(page.locator(".kept-item h2 a")).to_have_count(3)
    expect(page.get_by_label("Mes notes").first).to_have_value("dans l’autre onglet")
    expect(page.get_by_label("Mes notes").nth(1)).to_have_value("ici")


def test_damaged_storage_is_as_if_empty(go: Open, address: str) -> None:
    page = go(address, DESKTOP)
    for text in (
        '[{"id": "archer", "titre": "A", "note": {"toString": 1}}]',
        '{"a":',
        '"x"',
        '[1, {"id": "../../x", "titre": 3}, null]',
        '[{"id": "<b>", "titre": "x"}]',
    ):
        page.evaluate("text => localStorage.setItem('essaim-selection', text)", text)
        page.goto(address + "selection/")
        expect(page.locator(".empty")).to_be_visible()
        page.evaluate("localStorage.setItem('essaim-note', '[3]')")
        page.goto(f"{address}note/?f={FOUR[0]}")
        expect(page.locator(".paper h3").first).to_be_visible()


@pytest.mark.parametrize("path", ["selection/", "comparer/", "note/"])
def test_something_useful_remains_without_javascript(go: Open, address: str, path: str) -> None:
    page = go(address + path, PHONE, java_script_enabled=False)
    expect(page.locator(".banner").first).to_contain_text("JavaScript")
    if path == "note/":
        assert page.locator(".paper th").count() == 9
    if path == "comparer/":
        assert page.locator("tbody tr").count() == 12
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over == 0


# Contrast does not depend on the size, nor the rest on the colours: two of the four say it all.
@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone, dark", "desktop, light"]
)
def test_axe_finds_nothing(go: Open, address: str, size: dict[str, int], scheme: str) -> None:
    page = go(address + "a-propos/", size, color_scheme=scheme, reduced_motion="reduce")
    told: list[str] = []
    for kept in ((), FOUR):
        keep(page, address, kept)
        for path, ready in (("selection/", ".kept-item h2 a" if kept else ".empty"), ("comparer/", "[data-compare]"), ("note/", ".paper"),
                            (f"selection/?f={','.join(FOUR)}", ".kept-item h2 a"), (f"comparer/?f={','.join(FOUR)}", ".compare"),
                            (f"note/?f={','.join(FOUR)}", ".frame .paper"), ("experiences/", ".keep")):  # fmt: skip
            if not kept and "?" in path:
                continue
            page.goto(address + path)
            page.locator(ready).first.wait_for()
            for one in Axe().run(page).response["violations"]:
                told.extend(f"{path}: {one['id']} {node['target']} {node['failureSummary']}" for node in one["nodes"])
    assert told == []


@pytest.mark.parametrize("size", [NARROW, {"width": 720, "height": 450}], ids=["320 px", "1440 px at 200 %"])
def test_nothing_scrolls_sideways(go: Open, address: str, size: dict[str, int]) -> None:
    page = go(address, size)
    keep(page, address, FOUR)
    for path, ready in (
        ("selection/", ".kept-item h2 a"),
        (f"comparer/?f={','.join(FOUR)}", ".compare"),
        (f"note/?f={','.join(FOUR)}", ".frame .paper"),
        ("note/", ".paper"),
    ):
        page.goto(address + path)
        page.locator(ready).first.wait_for()
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over == 0, f"{path} is {over} px too wide"


def test_the_whole_way_by_keyboard(go: Open, address: str) -> None:
    page = go(f"{address}experiences/{FOUR[0]}/", DESKTOP)

    def press(role: Any, name: str, key: str = "Enter") -> None:
        target = page.get_by_role(role, name=re.compile(name)).first
        for _ in range(120):
            page.keyboard.press("Tab")
            if target.evaluate("it => it === document.activeElement"):
                page.keyboard.press(key)
                return
        raise AssertionError(f"{name} is not reached")

    press("button", "^Garder")
    press("link", "Les comparer avec cette fiche")
    page.locator(".compare").wait_for()
    press("button", "^Garder ces")
    press("link", "Voir ma sélection")
    page.locator(".kept-item h2 a").first.wait_for()
    press("button", "^Descendre")
    assert page.locator(".kept-item").nth(1).get_attribute("data-id") == FOUR[0]
    page.goto(address + "selection/")
    page.locator(".kept-item h2 a").first.wait_for()
    press("link", "Note pour le conseil")
    page.locator(".frame .paper").wait_for()
    press("textbox", "Introduction", "a")
    expect(page.get_by_label("Introduction")).to_have_value("a")


def test_a_comparison_is_printed_lying_down(go: Open, address: str, tmp_path: Path) -> None:
    page = go(f"{address}comparer/?f={','.join(FOUR[:3])}", DESKTOP)
    page.locator(".compare").wait_for()
    sheet = printed(page, tmp_path).pages[0]
    width, height = (float(side) for side in sheet.mediabox[2:])
    assert (round(width), round(height)) == (842, 595)
    assert "Coût total" in " ".join(one.extract_text() for one in printed(page, tmp_path).pages)
