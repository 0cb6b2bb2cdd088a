"""Worksheets in a real Chromium: each one filled in, kept, taken out, erased, read back, printed, by keyboard too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.conftest import ROOT
from tests.site.conftest import DESKTOP, NARROW, PHONE, Open

pytestmark = pytest.mark.slow

WORKSHEETS = sorted(
    file.stem for file in (ROOT / "content" / "methods").glob("*.md") if "\nfiche_outil:" in file.read_text("utf-8")
)
HOSTILE = "=cmd|' /C calc'!A0"
READ = """() => [...document.querySelectorAll('.worksheet > .scroll > table > tbody > tr')].map((row) =>
  [...row.querySelectorAll('textarea, select')].map((field) => field.value))"""


def begin(page: Page, address: str, identifier: str) -> Page:
    page.goto(f"{address}methodes/{identifier}/")
    button = page.get_by_role("button", name="Remplir à l’écran")
    if button.is_visible():
        button.click()
    page.locator(".worksheet.live textarea").first.wait_for()
    return page


def rows(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.evaluate(READ)
    return found


def fill(page: Page) -> None:
    """Every cell of two lines."""
    for number in (0, 1):
        line = page.locator(".worksheet > .scroll > table > tbody > tr").nth(number)
        for place, field in enumerate(line.locator("textarea, select").all()):
            if field.evaluate("it => it.tagName") == "SELECT":
                field.select_option(str(place % 5))
            elif "Montant" in (field.get_attribute("aria-label") or ""):
                field.fill(f"{(number + 1) * 1000},5")
            else:
                field.fill(
                    f"Case {number} {place}\n« à la ligne » ; <b>{HOSTILE}</b>" if place else f"=Acteur {number}"
                )


def taken_out(page: Page, kind: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Exporter en {kind}").click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def test_every_worksheet_is_filled_kept_taken_out_erased_and_read_back(go: Open, address: str, tmp_path: Path) -> None:
    page = go(address + "a-propos/", DESKTOP)
    assert len(WORKSHEETS) == 14
    for identifier in WORKSHEETS:
        begin(page, address, identifier)
        untouched = rows(page)
        fill(page)
        expect(page.locator(".worksheet .state")).to_contain_text("Gardé dans ce navigateur")
        written = rows(page)
        assert written != untouched
        page.reload()
        page.locator(".worksheet.live textarea").first.wait_for()
        assert rows(page) == written, f"{identifier}: still there"
        for kind in ("CSV", "JSON"):
            file = taken_out(page, kind, tmp_path)
            if kind == "CSV":
                text = file.read_bytes().decode("utf-8")
                assert text.startswith("\ufeff")
                assert ";=" not in text
                assert "\n=" not in text, "a spreadsheet would run it"
            page.get_by_role("button", name="Tout effacer").click()
            assert rows(page) == untouched
            page.get_by_label("Reprendre un fichier").set_input_files(file)
            expect(page.locator(".undo")).to_contain_text("est lu")
            assert rows(page) == written, f"{identifier}: the same content comes back from {kind}"
        page.emulate_media(media="print")
        expect(page.locator(".worksheet .does").first).to_be_hidden()
        expect(page.locator(".worksheet > .scroll textarea").nth(1)).to_be_visible()
        page.emulate_media(media="screen")
        page.get_by_role("button", name="Tout effacer").click()


def test_by_keyboard_alone(go: Open, address: str) -> None:
    page = go(f"{address}methodes/alignement-des-interets/#fiche-outil", DESKTOP)
    page.get_by_role("button", name="Remplir à l’écran").focus()
    page.keyboard.press("Enter")
    page.locator(".worksheet.live textarea").first.wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type("La commune")
    for text in ("Un local", "Des habitants"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    # Down, by its button; the focus stays with the line.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert rows(page)[1] == ["La commune", "Un local", "Des habitants"]
    assert page.evaluate("document.activeElement.closest('tr').sectionRowIndex") == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert ["La commune", "Un local", "Des habitants"] not in rows(page), "removed"
    page.locator(".worksheet textarea").nth(2).fill("écrit depuis")
    page.get_by_role("button", name="Annuler").press("Enter")
    assert rows(page)[1] == ["La commune", "Un local", "Des habitants"]
    assert rows(page)[0][2] == "écrit depuis", "undoing puts the line back, and leaves the rest"
    count = len(rows(page))
    page.get_by_role("button", name="Ajouter une ligne").press("Enter")
    assert len(rows(page)) == count + 1
    page.keyboard.type("Une autre")
    assert rows(page)[-1][0] == "Une autre"


def test_two_hundred_rows(go: Open, address: str) -> None:
    page = begin(go(address, DESKTOP), address, "alignement-des-interets")
    table = "Partie prenante;Apports potentiels;Intérêts et attendus\r\n" + "".join(
        f"Acteur {n};a;b\r\n" for n in range(200)
    )
    page.get_by_label("Reprendre un fichier").set_input_files(
        {"name": "t.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    expect(page.locator(".worksheet > .scroll > table > tbody > tr")).to_have_count(200)
    page.evaluate("""() => { window.made = 0;
      new MutationObserver((list) => { for (const one of list) window.made += one.addedNodes.length; })
        .observe(document.querySelector(".worksheet"), { childList: true, subtree: true }); }""")
    last = page.locator(".worksheet > .scroll > table > tbody > tr").nth(199).locator("textarea").nth(1)
    last.press_sequentially("une phrase assez longue", delay=15)
    page.get_by_role("button", name="Monter : Acteur 150", exact=True).click()
    assert rows(page)[149][0] == "Acteur 150"
    assert 0 < page.evaluate("window.made") < 200, "neither a letter nor a move makes the table again"
    page.reload()
    expect(page.locator(".worksheet > .scroll > table > tbody > tr")).to_have_count(200)
    assert rows(page)[199][1] == "aune phrase assez longue"


BAD = {
    "vide.csv": (b"", "vide"),
    "binaire.csv": (b"\xff\xfe\x00\x01", "ni du CSV"),
    "nul.csv": (b"a;b\x00", "ni du CSV"),
    "autre.csv": ("Nom;Prénom\r\nA;B\r\n".encode(), "lui manque les colonnes"),
    "guillemet.csv": ('Partie prenante;Apports potentiels;Intérêts et attendus\r\n"jamais fermé;a;b\r\n'.encode(), "guillemet"),
    "large.csv": ("Partie prenante;Apports potentiels;Intérêts et attendus\r\na;b;c;d\r\n".encode(), "plus de cases"),
    "longue.csv": (("Partie prenante;Apports potentiels;Intérêts et attendus\r\n" + "a;b;c\r\n" * 2001).encode(), "2000 au plus"),
    "abime.json": (b'{"format": "essaim-fiche-outil", ', "abîmé"),
    "etranger.json": (b'{"a": 1}', "pas une fiche-outil"),
    "voisine.json": (json.dumps({"format": "essaim-fiche-outil", "version": 1, "outil": "sociodynamique-des-acteurs", "titre": "<b>Une autre</b>", "colonnes": [], "lignes": []}).encode(), "une autre fiche-outil"),
    "futur.json": (json.dumps({"format": "essaim-fiche-outil", "version": 2, "outil": "alignement-des-interets", "colonnes": [], "lignes": []}).encode(), "plus récente"),
    "lignes.json": (json.dumps({"format": "essaim-fiche-outil", "version": 1, "outil": "alignement-des-interets", "colonnes": ["Partie prenante", "Apports potentiels", "Intérêts et attendus"], "lignes": [{"c": [1, {}]}]}).encode(), "abîmée"),
}  # fmt: skip


def test_bad_files_are_refused_with_the_reason(go: Open, address: str) -> None:
    page = begin(go(address, DESKTOP), address, "alignement-des-interets")
    fill(page)
    written = rows(page)
    for name, (content, reason) in BAD.items():
        page.get_by_label("Reprendre un fichier").set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": content}
        )
        expect(page.get_by_role("alert")).to_contain_text(name)
        expect(page.get_by_role("alert")).to_contain_text(reason)
        assert rows(page) == written, f"{name}: nothing of hers is lost"
    # What old spreadsheets write is read too.
    accents = "Partie prenante;Apports potentiels;Intérêts et attendus\r\nNotre école;été;œuvre\r\n".encode(
        "windows-1252"
    )
    page.get_by_label("Reprendre un fichier").set_input_files(
        {"name": "ansi.csv", "mimeType": "text/csv", "buffer": accents}
    )
    page.get_by_role("button", name="Remplacer").click()
    assert rows(page) == [["Notre école", "été", "œuvre"]]
    page.get_by_role("button", name="Annuler").click()
    assert rows(page) == written
    # A good one asks first.
    good = "Intérêts et attendus,Partie prenante,Apports potentiels,En plus\nb,Nous,a,x\n".encode()
    page.get_by_label("Reprendre un fichier").set_input_files(
        {"name": "bon.csv", "mimeType": "text/csv", "buffer": good}
    )
    page.get_by_role("button", name="Ajouter à la suite").click()
    assert rows(page) == [*[row for row in written if any(row)], ["Nous", "a", "b"]]
    expect(page.locator(".example")).to_contain_text("En plus")
    page.get_by_role("button", name="Annuler").click()
    assert rows(page) == written


def test_two_tabs_merge(go: Open, address: str) -> None:
    page = begin(go(address, DESKTOP), address, "alignement-des-interets")
    page.locator(".worksheet textarea").nth(1).fill("d’ici")
    other = page.context.new_page()
    other.goto(f"{address}methodes/alignement-des-interets/")
    other.locator(".worksheet.live textarea").first.wait_for()
    other.locator(".worksheet textarea").nth(2).fill("de là")
    expect(page.locator(".worksheet textarea").nth(2)).to_have_value("de là")
    page.locator(".worksheet textarea").nth(4).fill("encore d’ici")
    expect(other.locator(".worksheet textarea").nth(4)).to_have_value("encore d’ici")
    assert rows(other)[0][1:] == ["d’ici", "de là"]
    # Both in one cell: the last one stands, and she is told what the other held.
    field = page.locator(".worksheet textarea").nth(5)
    field.focus()
    other.locator(".worksheet textarea").nth(5).fill("écrit là-bas")
    page.evaluate("() => document.activeElement.blur()")
    expect(field).to_have_value("écrit là-bas")
    field.focus()
    other.locator(".worksheet textarea").nth(5).fill("puis ceci")
    field.press_sequentially("!")
    expect(page.locator(".undo")).to_contain_text("puis ceci")
    page.get_by_role("button", name="Reprendre ce texte").click()
    expect(other.locator(".worksheet textarea").nth(5)).to_have_value("puis ceci")
    other.get_by_role("button", name="Ajouter une ligne").click()
    expect(page.locator(".worksheet > .scroll > table > tbody > tr")).to_have_count(len(rows(other)))


def test_refused_storage_is_said_and_work_goes_on(go: Open, address: str, tmp_path: Path) -> None:
    page = go(address, DESKTOP)
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') };")
    page.on("dialog", lambda dialog: dialog.accept())
    begin(page, address, "alignement-des-interets")
    fill(page)
    expect(page.locator("[data-unkept]")).to_contain_text("ne garde pas ce que vous écrivez")
    file = taken_out(page, "JSON", tmp_path)
    assert json.loads(file.read_text("utf-8"))["lignes"][0]["c"] == rows(page)[0]


def test_what_is_kept_may_be_odd(go: Open, address: str) -> None:
    page = go(address + "a-propos/", DESKTOP)
    rows_kept = [
        {"id": "a", "c": ["Mairie", "9", "2"]},
        {"id": "a", "c": ["Double"]},
        {"id": "b", "c": [{"toString": 1}, "1", "1"]},
    ]
    value = {"v": 1, "colonnes": ["Acteur", "Synergie", "Antagonisme"], "lignes": rows_kept}
    page.evaluate(
        "value => localStorage.setItem('essaim-outil-sociodynamique-des-acteurs', JSON.stringify(value))", value
    )
    page.goto(f"{address}methodes/sociodynamique-des-acteurs/")
    page.locator(".worksheet.live textarea").first.wait_for()
    assert [row[0] for row in rows(page)] == ["Mairie", ""]
    expect(page.locator(".odd:visible")).to_contain_text("« 9 » n’est pas une note")


def test_columns_that_changed_lose_nothing(go: Open, address: str) -> None:
    page = go(address + "a-propos/", DESKTOP)
    old = {
        "v": 1,
        "colonnes": ["Apports potentiels", "Une colonne d’avant", "Partie prenante"],
        "lignes": [{"id": "x1", "c": ["un local", "gardé", "Nous"]}],
    }
    page.evaluate("value => localStorage.setItem('essaim-outil-alignement-des-interets', JSON.stringify(value))", old)
    page.goto(f"{address}methodes/alignement-des-interets/")
    page.locator(".worksheet.live textarea").first.wait_for()
    assert rows(page) == [["Nous", "un local", ""]]
    expect(page.locator(".example")).to_contain_text("gardé")
    page.locator(".worksheet textarea").nth(2).fill("voir")
    page.reload()
    expect(page.locator(".example")).to_contain_text("gardé")


def test_an_example_is_shown_and_taken(go: Open, address: str, site: Path) -> None:
    page = begin(go(address, DESKTOP), address, "alignement-des-interets")
    told: dict[str, Any] = json.loads((site / "methodes/alignement-des-interets/fiche-outil.json").read_text("utf-8"))
    choice = page.get_by_label("Voir un exemple")
    assert choice.locator("option").all_inner_texts() == [
        one["titre"].replace("\u202f", " ") for one in told["exemples"]
    ] or choice.locator("option").count() == len(told["exemples"])
    page.get_by_role("button", name="Montrer").click()
    example = page.locator(".example table")
    assert example.locator("tbody tr").count() == len(told["exemples"][0]["lignes"])
    page.get_by_role("button", name="Partir de cet exemple").click()
    expected = [
        [cell if cell is not None else "non communiqué" for cell in line] for line in told["exemples"][0]["lignes"]
    ]
    assert rows(page) == expected
    page.get_by_role("button", name="Annuler").click()
    assert rows(page) != expected


def test_amounts_are_drawn_with_what_is_missing(go: Open, address: str) -> None:
    page = begin(go(address, DESKTOP), address, "hybridation-des-financements")
    for number, text in enumerate(("60 000", "20000,50 €", "-3", "abc")):
        page.locator(f"tbody tr:nth-child({number + 1}) td[data-label^=Montant] textarea").fill(text)
    page.get_by_label("Coût total à couvrir").fill("120000")
    bar = page.locator("svg.bar")
    widths = bar.locator("rect:not(.open)").evaluate_all(
        "all => all.map((one) => Math.round(Number(one.getAttribute('width'))))"
    )
    assert widths == [500, 167]
    expect(page.locator(".parts-list .left")).to_contain_text("39\u202f999,5\u202f€")
    expect(page.locator("#fiche-cout-dit")).to_contain_text("2 montants ne se comptent pas")
    assert page.locator(".odd:visible").count() == 2
    page.locator("tbody tr:nth-child(3) td[data-label^=Montant] textarea").fill("1.500")
    page.locator("tbody tr:nth-child(4) td[data-label^=Montant] textarea").fill("non communiqué")
    expect(page.locator(".parts-list")).to_contain_text("1\u202f500\u202f€")
    expect(page.locator("#fiche-cout-dit")).not_to_contain_text("ne se compte")
    page.get_by_label("Coût total à couvrir").fill("1000")
    expect(page.locator("#fiche-cout-dit")).to_contain_text("de plus que le coût")
    page.reload()
    expect(page.get_by_label("Coût total à couvrir")).to_have_value("1000")


def test_actors_are_placed_by_pointer_and_by_keyboard(go: Open, address: str) -> None:
    page = begin(go(address, DESKTOP), address, "sociodynamique-des-acteurs")
    line = page.locator(".worksheet > .scroll > table > tbody > tr").first
    line.locator("textarea").first.fill("<img src=x onerror=alert(1)>")
    line.get_by_label("Synergie").select_option("4")
    line.get_by_label("Antagonisme").select_option("0")
    dot = page.locator(".actors [data-row]")
    expect(dot).to_have_count(1)
    assert "synergie 4, antagonisme 0" in (page.locator(".actors").get_attribute("aria-label") or "")
    dot.hover()
    box = page.locator(".actors").bounding_box()
    assert box
    page.mouse.down()
    scale = box["width"] / 580
    page.mouse.move(box["x"] + (60 + 50 + 100) * scale, box["y"] + (20 + 500 - 50 - 300) * scale, steps=4)
    page.mouse.up()
    assert rows(page)[0][1:3] == ["1", "3"]
    page.reload()
    page.locator(".actors [data-row]").wait_for()
    assert rows(page)[0][1:3] == ["1", "3"]


def test_the_toolbox_takes_everything_out_and_reads_it_back(go: Open, address: str, tmp_path: Path) -> None:
    page = begin(go(address, DESKTOP), address, "alignement-des-interets")
    fill(page)
    page.goto(f"{address}experiences/")
    page.locator(".keep").first.click()
    page.goto(address + "outils/")
    expect(page.locator("[data-outil=alignement-des-interets] .begun")).to_contain_text("reprendre")
    expect(page.locator("[data-device] li")).to_have_count(2)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Tout exporter").click()
    file = tmp_path / "travail.json"
    waiting.value.save_as(file)
    kept = "() => JSON.stringify(Object.fromEntries(Object.entries(localStorage).sort()))"
    before = page.evaluate(kept)
    page.get_by_role("button", name="Tout effacer").click()
    expect(page.locator("[data-device] li")).to_have_count(0)
    page.get_by_label("Reprendre un export").set_input_files(file)
    expect(page.locator("[data-device] li")).to_have_count(2)
    assert page.evaluate(kept) == before
    # Something else is there: it is asked, and what is here stays.
    page.evaluate("localStorage.setItem('essaim-selection', '[]')")
    page.reload()
    page.get_by_label("Reprendre un export").set_input_files(file)
    page.get_by_role("button", name="Garder ce qui est ici").click()
    assert page.evaluate("localStorage.getItem('essaim-selection')") == "[]"
    for name, content in {"a.json": b"{", "b.json": b"[]", "c.json": b'{"format":"essaim-appareil","version":1,"contenu":{"../x":{}}}',
                          "d.json": b'{"format":"essaim-appareil","version":9,"contenu":{"a":{}}}'}.items():  # fmt: skip
        page.get_by_label("Reprendre un export").set_input_files(
            {"name": name, "mimeType": "application/json", "buffer": content}
        )
        expect(page.get_by_role("alert")).to_contain_text(name)


def test_without_javascript_it_is_a_blank_form(go: Open, address: str) -> None:
    page = go(f"{address}methodes/hybridation-des-financements/", PHONE, java_script_enabled=False)
    assert page.locator(".worksheet tbody tr").count() == 4
    expect(page.get_by_role("button", name="Remplir à l’écran")).to_be_hidden()


# Contrast does not depend on the size, nor the rest on the colours: two of the four say it all.
@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone, dark", "desktop, light"]
)
def test_axe_finds_nothing(go: Open, address: str, size: dict[str, int], scheme: str) -> None:
    page = go(address + "outils/", size, color_scheme=scheme, reduced_motion="reduce")
    told: list[str] = []

    def check(name: str) -> None:
        for one in Axe().run(page).response["violations"]:
            told.extend(f"{name}: {one['id']} {node['target']} {node['failureSummary']}" for node in one["nodes"])

    check("outils/")
    for identifier in ("hybridation-des-financements", "sociodynamique-des-acteurs"):
        begin(page, address, identifier)
        fill(page)
        page.get_by_role("button", name="Montrer").click()
        page.get_by_role("button", name="Partir de cet exemple").click()
        check(identifier)
    page.goto(address + "outils/")
    check("outils/, begun")
    assert told == []


@pytest.mark.parametrize("size", [NARROW, {"width": 720, "height": 450}], ids=["320 px", "1440 px at 200 %"])
def test_nothing_scrolls_sideways(go: Open, address: str, size: dict[str, int]) -> None:
    page = go(address + "outils/", size)
    for identifier in ("", "hybridation-des-financements", "sociodynamique-des-acteurs"):
        if identifier:
            begin(page, address, identifier)
            page.get_by_role("button", name="Montrer").click()
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over == 0, f"{identifier} is {over} px too wide"
