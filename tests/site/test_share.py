"""Sharing in a real browser: every code of the built site is scanned as a phone would, and leads where it says."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream
from pyzbar.pyzbar import ZBarSymbol, decode

from essaim.library import load
from tests.site.conftest import DESKTOP, NARROW, PHONE, SITE_URL, Open

pytestmark = pytest.mark.slow

CONFERENCE = "webinaires/territoires-en-transition-2018/"
LINKS = f"{CONFERENCE}liens/"
SHEET = "experiences/labo-des-partenariats-alsace/"
PAGES = (SHEET, CONFERENCE, LINKS, "glossaire/scic/", "a-propos/")


def scanned(image: bytes) -> list[str]:
    found = decode(Image.open(io.BytesIO(image)).convert("L"), symbols=[ZBarSymbol.QRCODE])
    return sorted(one.data.decode() for one in found)


def led(site: Path, url: str) -> tuple[str, str]:
    """The page and anchor in the end of a link on this site, as a browser without script or server rules follows it."""
    for _ in range(4):
        assert url.startswith(SITE_URL), url
        address, anchor = urldefrag(url)
        page = html.fromstring((site / urlsplit(address).path.lstrip("/") / "index.html").read_bytes())
        refresh = page.xpath("//meta[translate(@http-equiv, 'REFSH', 'refsh')='refresh']/@content")
        if not refresh:
            return urlsplit(address).path.lstrip("/"), anchor
        url = urljoin(address, re.split(r"url=", refresh[0], flags=re.IGNORECASE)[1].strip("'\" "))
    raise AssertionError(f"{url}: too many steps")


def test_every_code_leads_to_a_page_and_an_anchor_that_exist(site: Path) -> None:
    codes = sorted(site.glob("s/*.png"))
    library = load(site.parent / "content")[0]
    assert len(codes) >= len(library.pages)
    assert {file.stem for file in codes} == {file.stem for file in site.glob("s/*.svg")}
    seen = set()
    for file in codes:
        (url,) = scanned(file.read_bytes())
        assert url == f"{SITE_URL}s/{file.stem}/"
        page, anchor = led(site, url)
        found = html.fromstring((site / page / "index.html").read_bytes())
        assert not anchor or found.xpath("//*[@id=$id]", id=anchor), f"{url}: {page} has no #{anchor}"
        seen.add(f"{page}#{anchor}" if anchor else page)
    assert {sheet.address for sheet in library.pages.values()} <= seen
    conference = library.pages["territoires-en-transition-2018"]
    assert {f"{CONFERENCE}#{one}" for one in conference.own_anchors if one.startswith("fiche-sequence-")} <= seen


def test_a_phone_reads_the_codes_from_the_screen(address: str, go: Open) -> None:
    """The drawn SVG, in dark colours, as it stands in the page: all the codes of the links page, by screenfuls."""
    page = go(address + LINKS, DESKTOP, color_scheme="dark")
    codes = page.locator("img.qr")
    wanted = {
        f"{SITE_URL}{src[len('../../../') : -4]}/"
        for src in codes.evaluate_all("all => all.map((one) => one.getAttribute('src'))")
    }
    assert len(wanted) > 60
    found: set[str] = set()
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 500):
        page.evaluate(f"scrollTo({{top: {top}, behavior: 'instant'}})")
        page.wait_for_function(
            "[...document.images].every((one) => one.getBoundingClientRect().top > innerHeight || one.complete)"
        )
        found |= set(scanned(page.screenshot()))
    assert found == wanted


def test_the_block_of_a_sheet(site: Path, address: str, go: Open) -> None:
    page = go(address + SHEET, PHONE)
    page.get_by_role("link", name="Partager").click()
    block = page.locator("section[aria-labelledby='fiche-partager']")
    expect(block).to_be_in_viewport()
    (url,) = scanned(block.locator("img.qr").screenshot())
    assert led(site, url) == (SHEET, "")
    expect(block.locator("#fiche-lien-court")).to_have_text(url.removeprefix("https://").rstrip("/"))
    expect(block.locator("#fiche-lien")).to_have_text(SITE_URL + SHEET)
    for kind in ("svg", "png"):
        href = block.locator(f".files a[href$='.{kind}']").get_attribute("href") or ""
        assert page.request.get(urljoin(page.url, href)).ok


def test_copying_and_the_system_sheet(address: str, go: Open) -> None:
    page = go(address + SHEET, DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    short = f"https://{page.locator('#fiche-lien-court').inner_text()}/"
    button = page.get_by_role("button", name=re.compile("lien court"))
    button.press("Enter")
    expect(button).to_contain_text("Copié")
    assert page.evaluate("navigator.clipboard.readText()") == short
    expect(button).to_contain_text("Copier", timeout=6000)
    # Chromium on a desk has no sheet: then there is no button.
    system = page.locator("button[data-share]")
    assert page.evaluate("!navigator.share") == system.is_hidden()
    page.add_init_script("navigator.share = async (given) => { window.given = given }")
    page.reload()
    page.locator("button[data-share]").click()
    assert page.evaluate("window.given") == {"title": system.get_attribute("data-titre"), "url": short}


def test_a_refused_clipboard_leaves_the_text_selected(address: str, go: Open) -> None:
    page = go(address + SHEET)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refusé')) }")
    page.get_by_role("button", name=re.compile("lien complet")).click()
    assert page.evaluate("getSelection().toString()") == SITE_URL + SHEET
    page.get_by_role("button", name=re.compile("lien court")).click()
    expect(page.get_by_role("textbox", name="Texte à copier")).to_be_focused()
    assert page.evaluate("getSelection().toString()").startswith(f"{SITE_URL}s/")


def test_without_javascript_the_links_and_codes_stand(address: str, go: Open) -> None:
    page = go(address + SHEET, java_script_enabled=False)
    expect(page.locator("#fiche-lien-court")).to_be_visible()
    expect(page.locator("img.qr")).to_be_visible()
    expect(page.get_by_role("link", name="Envoyer par courriel")).to_be_visible()
    expect(page.locator("[data-copy]:visible, [data-share]:visible")).to_have_count(0)


def test_partager_at_the_head_jumps_at_once_or_opens_the_sheet_of_a_phone(address: str, go: Open) -> None:
    page = go(address + SHEET, PHONE, reduced_motion="no-preference")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "smooth"
    page.get_by_role("link", name="Partager", exact=True).click()
    # A smooth ride through the whole sheet takes tens of frames.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("document.getElementById('fiche-partager').getBoundingClientRect().top < innerHeight")
    page.wait_for_function("getComputedStyle(document.documentElement).scrollBehavior === 'smooth'")

    page = go("about:blank", PHONE, has_touch=True, is_mobile=True)
    page.add_init_script(
        "navigator.share = async (given) => { window.given = given; if (window.wrong) throw window.wrong }"
    )
    page.goto(address + SHEET)
    url = page.locator("section.sharing button[data-share]").get_attribute("data-share")
    button = page.locator(".tete").get_by_role("button", name="Partager", exact=True)
    expect(page.locator(".tete").get_by_role("link", name="Partager")).to_have_count(0)
    # Closed without a choice, the page stays where it is.
    page.evaluate("window.wrong = new DOMException('fermé', 'AbortError')")
    button.tap()
    assert page.evaluate("window.given.url") == url
    assert page.evaluate("[scrollY, location.hash]") == [0, ""]
    # Refused by the system, the links are shown.
    page.evaluate("window.wrong = new DOMException('refusé', 'NotAllowedError')")
    button.press("Enter")
    expect(page.locator("#fiche-partager")).to_be_in_viewport()


def test_the_links_page_on_a_phone(address: str, go: Open) -> None:
    """Two codes side by side, wide enough for another phone, and a way to each sequence; without JavaScript."""
    for size in (NARROW, PHONE):
        page = go(address + LINKS, size, java_script_enabled=False)
        boxes = [one.bounding_box() for one in page.locator("img.qr").all()]
        assert all(box and min(box["width"], box["height"]) >= 120 for box in boxes)
        assert len({round(box["x"]) for box in boxes if box}) == 2
    page = go(address + LINKS, PHONE, reduced_motion="reduce")
    title = page.locator(".crumbs li:nth-last-child(2)").inner_text()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page.locator(".tete")).to_contain_text("5 avril 2018")
    contents = page.get_by_role("navigation", name="Dans cette page").get_by_role("link")
    assert contents.all_inner_texts() == page.locator("h2[id]").all_inner_texts()
    contents.nth(3).click()
    expect(page.locator("h2[id]").nth(3)).to_be_in_viewport()
    codes = page.locator("img.qr")
    for place in (1, codes.count() // 2, codes.count() - 1):
        codes.nth(place).scroll_into_view_if_needed()
        short = re.search(r"s/[a-z]+", codes.nth(place).get_attribute("src") or "")
        assert short
        assert f"{SITE_URL}{short[0]}/" in scanned(page.screenshot())


def test_paper_has_nothing_that_only_a_screen_needs(address: str, go: Open, tmp_path: Path) -> None:
    seen = ("Les comparer avec cette fiche", "Et chez vous ?", "dans un logiciel", "en données")
    page = go(f"{address}experiences/smicval/")
    shown = page.locator("main").inner_text().replace("\u202f", " ").replace("\xa0", " ")
    assert [words for words in seen if words not in shown] == []
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    text = " ".join(one.extract_text() for one in PdfReader(tmp_path / "page.pdf").pages)
    text = re.sub(r"\s+", " ", text)
    assert "Citer ou corriger cette fiche" in text
    assert [words for words in seen if words in text] == []


def test_each_sequence_has_its_link(site: Path, address: str, go: Open) -> None:
    page = go(address + CONFERENCE)
    links = page.get_by_role("link", name=re.compile("Lien vers cette séquence"))
    anchors = page.locator(".parts > li").evaluate_all("all => all.map((one) => one.id)")
    assert links.count() == len(anchors) > 3
    for anchor, link in zip(anchors, links.all(), strict=True):
        address = SITE_URL + (link.get_attribute("href") or "").removeprefix("../../")
        assert "/s/" in address
        assert led(site, address) == (CONFERENCE, anchor)
    page.get_by_role("link", name=re.compile("liens et codes QR de la conférence")).click()
    assert urlsplit(page.url).path == f"/{LINKS}"


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone, dark", "desktop, light"]
)
def test_axe_finds_nothing(address: str, go: Open, size: dict[str, int], scheme: str) -> None:
    page = go(address + PAGES[0], size, color_scheme=scheme, reduced_motion="reduce")
    for path in (SHEET, LINKS):
        page.goto(address + path)
        found = Axe().run(page).response["violations"]
        assert [f"{path}: {one['id']} {node['target']}" for one in found for node in one["nodes"]] == []


@pytest.mark.parametrize("size", [NARROW, {"width": 720, "height": 450}], ids=["320 px", "1440 px at 200 %"])
def test_nothing_is_cut_or_scrolls_sideways(address: str, go: Open, size: dict[str, int]) -> None:
    page = go(address + PAGES[0], size)
    for path in PAGES:
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, path


def on_paper(page: Page, folder: Path) -> list[list[str]]:
    """What the codes of each printed page say. A code is one stroked path in the PDF, a module wide, in units of modules: it is
    drawn again from there. One that a page break cuts would be drawn on both pages, and stick out of them."""
    file = folder / "page.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    return [[said for code in _strokes(sheet) for said in scanned(code)] for sheet in PdfReader(file).pages]


def _strokes(sheet: PageObject) -> Iterator[bytes]:
    unit = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    matrix, stack, path = unit, [unit], []
    for operands, operator in ContentStream(sheet.get_contents(), sheet.pdf).operations:
        numbers = [float(one) for one in operands] if operator in (b"cm", b"m", b"l") else []
        if operator == b"q":
            stack.append(matrix)
        elif operator == b"Q":
            matrix = stack.pop()
        elif operator == b"cm":
            matrix = _times(tuple(numbers), matrix)
        elif operator in (b"m", b"l"):
            path.append((numbers[0], numbers[1]))
        elif operator in (b"S", b"f", b"n"):
            if operator == b"S" and len(path) > 100:
                yield _picture(path)
                for x, y in path:
                    across, up = x * matrix[0] + y * matrix[2] + matrix[4], x * matrix[1] + y * matrix[3] + matrix[5]
                    assert 0 < across < sheet.mediabox.width, "a code sticks out of its page"
                    assert 0 < up < sheet.mediabox.height, "a page break cuts a code"
            path = []


def _times(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, float, float, float, float, float]:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _picture(path: list[tuple[float, float]]) -> bytes:
    side = int(max(max(point) for point in path)) + 5
    image = Image.new("L", (side, side), 255)
    for (left, y), (right, _) in zip(path[::2], path[1::2], strict=True):
        image.paste(0, (int(left), int(y), int(right), int(y) + 1))
    out = io.BytesIO()
    image.resize((side * 8, side * 8), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def test_codes_on_paper(site: Path, address: str, go: Open, tmp_path: Path) -> None:
    page = go(address + SHEET)
    found = [said for sheet in on_paper(page, tmp_path) for said in sheet]
    assert len(found) == 1
    assert led(site, found[0]) == (SHEET, "")
    text = PdfReader(tmp_path / "page.pdf").pages[-1].extract_text()
    assert found[0].removeprefix("https://").rstrip("/") in text.replace("\n", "")

    page.goto(address + LINKS)
    wanted = page.locator("img.qr").evaluate_all(
        "all => all.map((one) => one.getAttribute('src').match(/s[/][a-z]+/)[0])"
    )
    sheets = on_paper(page, tmp_path)
    assert sorted(said for sheet in sheets for said in sheet) == sorted(f"{SITE_URL}{one}/" for one in wanted)
    assert max(len(sheet) for sheet in sheets) >= 8, "several codes a page"


def test_the_note_names_the_short_link_of_each_sheet_and_stays_on_two_pages(
    site: Path, address: str, go: Open, tmp_path: Path
) -> None:
    ids = ("labo-des-partenariats-alsace", "ecooparc", "archer", "smicval")
    page = go(f"{address}note/?f={','.join(ids)}")
    expect(page.locator(".frame .paper section h3")).to_have_count(4)
    page.pdf(path=tmp_path / "note.pdf", prefer_css_page_size=True)
    reader = PdfReader(tmp_path / "note.pdf")
    assert len(reader.pages) == 2
    text = re.sub(r"\s", "", "".join(one.extract_text() for one in reader.pages))
    for identifier in ids:
        short = page.evaluate(
            "async (path) => (await (await fetch(path)).json()).court", f"{address}faits/{identifier}.json"
        )
        assert SITE_URL + short in text
        assert led(site, SITE_URL + short) == (f"experiences/{identifier}/", "")


def test_the_address_of_a_search_is_copied(address: str, go: Open) -> None:
    page = go(f"{address}explorer/", DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    page.wait_for_selector(".explorer.live:not([aria-busy])")
    button = page.get_by_role("button", name="Copier l’adresse de cette recherche")
    expect(button).to_be_hidden()
    page.get_by_role("checkbox", name=re.compile("^Circuits courts")).check()
    button.click()
    expect(page.get_by_text("Copié").first).to_be_attached()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url
    assert urlsplit(copied).query


def test_keyboard_alone_reaches_and_copies(address: str, go: Open) -> None:
    page = go(address + LINKS, PHONE, permissions=["clipboard-read", "clipboard-write"])
    first = page.locator(".codes-list li").first
    first.locator("h3 a").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('[data-copy]')")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Space")
    expect(page.get_by_role("status").filter(has_text="Copié")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()").startswith(f"{SITE_URL}s/")


@pytest.mark.parametrize("typed", ["s/{}", "s/{}/", "S/{}", "s/{}.", "s/{}%20"])
def test_a_short_link_typed_by_hand_arrives(site: Path, address: str, browser: Browser, typed: str) -> None:
    """Capitals of a phone, a full stop, a space in the middle: the page of errors puts them right."""
    code = load(site.parent / "content")[0].ledger.by_address[SHEET].code
    hand = code if "." not in typed and "%" not in typed and "S" not in typed else f"{code[:2].upper()}%20{code[2:]}"
    page = browser.new_page()
    page.goto(address + typed.format(hand), wait_until="commit")
    page.wait_for_url(address + SHEET)
    page.goto(f"{address}s/zzz%E0%A4%A/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page est introuvable")
    page.close()
