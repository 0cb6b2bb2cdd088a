"""What programs read of the built site: data in pages, pictures, citations, the sitemap, llms.txt."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import lxml.html
import pytest
from lxml import etree
from PIL import Image
from playwright.sync_api import expect

from tests.conftest import Checked
from tests.schema_org import expanded, mistakes, terms
from tests.site.conftest import DESKTOP, NARROW, SITE_URL, Open, faults

pytestmark = pytest.mark.slow

ARCHER = "experiences/archer/"
Pages = Mapping[str, lxml.html.HtmlElement]


@pytest.fixture(scope="module")
def pages(site: Path) -> Pages:
    """Address → page, of those that are pages of the site: what leads elsewhere, and the form, are none."""
    found = {}
    for file in sorted(site.rglob("index.html")):
        page = lxml.html.document_fromstring(file.read_text("utf-8"))
        if page.xpath("//main") and not page.xpath("//meta[@http-equiv='refresh']"):
            found[file.relative_to(site).as_posix().removesuffix("index.html")] = page
    return found


def data(page: lxml.html.HtmlElement) -> list[dict[str, Any]]:
    (script,) = page.xpath("//head/script[@type='application/ld+json']")
    read = json.loads(script.text)
    assert read["@context"] == "https://schema.org"
    graph: list[dict[str, Any]] = read["@graph"]
    return graph


def test_every_page_tells_what_it_is_in_words_of_schema_org(pages: Pages) -> None:
    every = [node for page in pages.values() for node in data(page)]
    assert len(every) > 800
    assert [wrong for node in every for wrong in mistakes(node)] == []
    assert terms(expanded(every, SITE_URL)) == terms(every)
    for address, page in pages.items():
        about = data(page)[0]
        assert about["url"] == SITE_URL + address
        assert about["@type"] in ("WebPage", "CollectionPage")


def test_open_data_are_told_as_a_dataset_whose_files_are_there(site: Path, pages: Pages) -> None:
    told = data(pages["donnees/"])[0]["mainEntity"]
    assert (told["@type"], told["isAccessibleForFree"]) == ("Dataset", True)
    assert len(told["distribution"]) > 10
    for one in told["distribution"]:
        file = site / one["contentUrl"].removeprefix(SITE_URL)
        assert one["contentSize"] == f"{file.stat().st_size} B", file


def test_breadcrumbs_are_those_that_people_see(pages: Pages) -> None:
    seen = 0
    for address, page in pages.items():
        steps = [" ".join(one.text_content().split()) for one in page.xpath("//nav[@class='crumbs']//li")]
        links = [urljoin(SITE_URL + address, one) for one in page.xpath("//nav[@class='crumbs']//a/@href")]
        told = [node for node in data(page) if node["@type"] == "BreadcrumbList"]
        if not steps:
            assert told == [], address
            continue
        seen += 1
        items = told[0]["itemListElement"]
        assert [" ".join(one["name"].split()) for one in items] == steps, address
        assert [one["item"]["@id"] for one in items] == [*links, SITE_URL + address], address
    assert seen > 300


def test_things_that_are_named_are_told_of_on_their_page(pages: Pages) -> None:
    """A name that leads to a page of the site leads to one that is there."""

    def names(value: Any) -> list[str]:
        if isinstance(value, list):
            return [name for one in value for name in names(one)]
        if isinstance(value, dict):
            return [
                *([value["@id"]] if "@id" in value else []),
                *(name for one in value.values() for name in names(one)),
            ]
        return []

    for address, page in pages.items():
        for name in names(data(page)):
            where = name.removeprefix(SITE_URL).partition("#")[0]
            assert where in pages, (address, name)


def test_the_sitemap_lists_exactly_the_pages(site: Path, pages: Pages, content: Checked) -> None:
    root = etree.parse(str(site / "sitemap.xml"))
    places = root.xpath("//*[local-name()='loc']/text()")
    wanted = {
        SITE_URL + address
        for address, page in pages.items()
        if not page.xpath("//meta[@name='robots'][contains(@content, 'noindex')]")
    }
    assert len(places) == len(set(places))
    assert set(places) == wanted
    for address, page in pages.items():
        assert page.xpath("//link[@rel='canonical']/@href") == [SITE_URL + address]
    days = dict(zip(places, (one.findtext("{*}lastmod") for one in root.getroot()), strict=True))
    sheet = content[0].published["archer"]
    published = [one.date for one in content[0].ledger.journal if one.fiche == "archer"]
    assert days[SITE_URL + ARCHER] == max(sheet.verifie_le, sheet.publie_le, *published).isoformat()
    assert not (site / "sitemap.xml.gz").exists(), "it would hold the time of the build"
    assert f"Sitemap: {SITE_URL}sitemap.xml" in (site / "robots.txt").read_text("utf-8")


def test_each_page_names_its_picture_and_its_files(site: Path, pages: Pages) -> None:
    sizes = []
    for address, page in pages.items():
        (picture,) = page.xpath("//meta[@property='og:image']/@content")
        file = site / picture.removeprefix(SITE_URL)
        with Image.open(io.BytesIO(file.read_bytes())) as opened:
            assert opened.size == (1200, 630)
        sizes.append(file.stat().st_size)
        assert page.xpath("//meta[@property='og:image:alt']/@content")[0]
        for link in page.xpath("//link[@rel='alternate']/@href"):
            assert (site / urljoin(f"/{address}", link).lstrip("/")).is_file(), (address, link)
    assert max(sizes) < 40_000
    assert pages[ARCHER].xpath("//meta[@property='og:image']/@content") == [f"{SITE_URL}partage/archer.png"]
    assert pages["explorer/"].xpath("//meta[@property='og:image']/@content") == [f"{SITE_URL}partage/par_defaut.png"]
    assert pages[ARCHER].xpath("//link[@rel='alternate'][@type='application/json']/@href") == [
        "../../experiences/archer.json"
    ]


def test_links_of_llms_lead_to_files_of_the_site(site: Path) -> None:
    text = (site / "llms.txt").read_text("utf-8")
    links = re.findall(r"\]\((https://[^)]+)\)", text)
    assert len(links) > 100
    for link in links:
        path = link.removeprefix(SITE_URL)
        assert (site / (f"{path}index.html" if path.endswith("/") else path)).is_file(), link
    assert f"{SITE_URL}experiences/archer.md" in links


def test_a_citation_is_copied(address: str, go: Open) -> None:
    page = go(address + ARCHER, DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    page.locator(".citations summary").focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Copier la référence BibTeX")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]", has_text="Copié")).to_have_count(1)
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("@misc{archer,\n  title = {{Archer")
    assert f"url = {{{SITE_URL}{ARCHER}}}" in text
    page.get_by_role("button", name="Copier la référence", exact=True).click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("«\u202fArcher")


def test_where_the_clipboard_is_refused_the_text_is_selected(address: str, go: Open) -> None:
    page = go(address + ARCHER)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    page.locator(".citations summary").click()
    page.get_by_role("button", name="Copier la référence RIS").click()
    expect(page.locator("[role=status]", has_text="copiez le texte sélectionné")).to_have_count(1)
    assert page.evaluate("getSelection().toString()").startswith("TY  - ELEC")


def test_without_scripts_citations_are_there_and_no_button_is(address: str, go: Open) -> None:
    page = go(address + ARCHER, DESKTOP, java_script_enabled=False)
    page.locator(".citations summary").click()
    expect(page.locator("#fiche-citation-csl")).to_contain_text('"type": "webpage"')
    expect(page.get_by_role("button", name=re.compile("^Copier"))).to_have_count(0)


def test_open_citations_hold_on_a_narrow_screen_and_axe_finds_nothing(address: str, go: Open) -> None:
    page = go(address + ARCHER, NARROW, reduced_motion="reduce")
    page.locator(".citations summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert faults(page, ".colophon") == []
