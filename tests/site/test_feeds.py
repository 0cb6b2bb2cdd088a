"""Feeds, calendar and the web-conference page in a real build and a real Chromium; the newsletter as a mail shows it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import etree, html
from playwright.sync_api import expect

from tests.site.conftest import DESKTOP, NARROW, PHONE, SITE_URL, Open, build, copy_project, faults, serve

pytestmark = pytest.mark.slow

COMING = """---
titre: "Une conférence à venir"
resume: Pour l’essai.
statut: publié
publie_le: 2026-11-23
verifie_le: 2026-11-23
date: 2031-01-14
heure: "14:30"
duree: 90
inscription: https://example.org/inscription
replay: https://youtu.be/abc
sequences:
  - { debut: "1:02:30", titre: Suite, liens: [archer] }
---
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with a web conference to come, built."""
    folder = copy_project(tmp_path_factory.mktemp("flux") / "project")
    (folder / "content" / "webinars" / "a-venir.md").write_text(COMING, "utf-8")
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def served(project: Path) -> Iterator[str]:
    """Where that site is served."""
    with serve(project / "site") as where:
        yield where


def test_every_feed_that_a_page_announces_is_there_and_leads_to_pages(project: Path) -> None:
    site = project / "site"
    announced: set[str] = set()
    for file in site.rglob("index.html"):
        here = file.relative_to(site).as_posix().removesuffix("index.html")
        if here.startswith(("admin/", "s/")):
            continue
        tree = html.fromstring(file.read_text("utf-8"))
        announced |= {
            urljoin(SITE_URL + here, href) for href in tree.xpath("//link[@type='application/atom+xml']/@href")
        }
        # What is seen is announced or listed on the page of feeds.
        seen = {urljoin(SITE_URL + here, href) for href in tree.xpath("//a[@type='application/atom+xml']/@href")}
        assert here == "flux/" or seen <= announced, here
    written = {
        SITE_URL + file.relative_to(site).as_posix()
        for file in site.rglob("*.xml")
        if b"2005/Atom" in file.read_bytes()[:200]
    }
    assert announced == written
    pages = {
        SITE_URL + file.relative_to(site).as_posix().removesuffix("index.html") for file in site.rglob("index.html")
    }
    for feed in written:
        read = feedparser.parse((site / feed.removeprefix(SITE_URL)).read_bytes())
        assert not read.bozo
        assert {read.feed.links[1].href, *(one.link for one in read.entries)} <= pages
        assert {tag.scheme for one in read.entries for tag in one.tags if tag.scheme} <= pages
    assert len(written) > 100


def test_a_conference_to_come_is_offered_until_it_is_past(served: str, go: Open) -> None:
    address = f"{served}webinaires/a-venir/"
    page = go("about:blank", PHONE)
    page.clock.set_fixed_time("2031-01-14T15:59:00+01:00")
    page.goto(address)
    expect(page.get_by_role("link", name="Ajouter à mon agenda")).to_be_visible()
    expect(page.get_by_role("link", name="S’inscrire")).to_have_attribute("href", "https://example.org/inscription")
    with page.expect_download() as download:
        page.get_by_role("link", name="Ajouter à mon agenda").click()
    assert download.value.suggested_filename == "a-venir.ics"
    assert Path(download.value.path()).read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    # Nobody asks for the documents of what has not taken place.
    documents = page.locator("section[aria-labelledby='fiche-documents']")
    expect(documents).to_contain_text("Les documents viendront après la conférence.")
    expect(documents.locator("dt:visible")).to_have_text(["Rediffusion"])
    expect(documents.get_by_role("heading", name="Documents et intervenants", exact=True)).to_be_visible()
    page.goto(f"{served}webinaires/")
    expect(page.get_by_role("heading", name="À venir", exact=True)).to_be_visible()
    expect(page.get_by_text("passée")).to_be_hidden()
    page.clock.set_fixed_time("2031-01-14T16:00:00+01:00")
    page.goto(address)
    expect(page.get_by_role("heading", name="Une conférence à venir")).to_be_visible()
    expect(page.get_by_text("Y assister")).to_be_hidden()
    expect(documents.get_by_role("heading", name="Revoir et relire", exact=True)).to_be_visible()
    expect(documents.get_by_text("viendront")).to_be_hidden()
    expect(documents.get_by_text("Non communiqué")).to_have_count(3)
    expect(documents.locator("dt:visible")).to_have_count(4)
    expect(page.get_by_role("link", name="Revoir à partir de 1:02:30")).to_have_attribute(
        "href", "https://youtu.be/abc?t=3750s"
    )
    page.goto(f"{served}webinaires/")
    expect(page.get_by_text("14 janvier 2031 à 14 h 30 · passée")).to_be_visible()


def test_it_is_right_without_javascript(served: str, go: Open) -> None:
    page = go(f"{served}webinaires/a-venir/", java_script_enabled=False)
    expect(page.get_by_role("link", name="Ajouter à mon agenda")).to_be_visible()
    assert page.get_by_text("14 janvier 2031 à 14").count() == 2
    expect(page.get_by_text("Les documents viendront après la conférence.")).to_be_visible()
    expect(page.get_by_text("Non communiqué").locator("visible=true")).to_have_count(0)


@pytest.mark.parametrize(
    "path",
    ["flux/", "webinaires/", "webinaires/a-venir/", "webinaires/territoires-en-transition-2018/", "themes/bois/"],
)
def test_pages_hold_and_axe_finds_nothing(served: str, go: Open, path: str) -> None:
    page = go(served + path, NARROW, reduced_motion="reduce")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    for details in page.locator("main details, article details").all():
        details.evaluate("one => one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert faults(page) == []


def test_the_newsletter_as_a_mail(project: Path, go: Open) -> None:
    letter = project / "site" / "lettre.html"
    done = subprocess.run([sys.executable, "-m", "essaim", "digest", "--since", "2026-11-01", "--url", SITE_URL, "--sortie", str(letter)],
                          cwd=project, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    tree = etree.HTML(letter.read_text("utf-8"))
    site = project / "site"
    for href in tree.xpath("//a/@href"):
        assert (site / href.removeprefix(SITE_URL) / "index.html").is_file(), href
    text = letter.read_text("utf-8")
    letter.unlink()
    for size in (NARROW, DESKTOP):
        for scheme in ("light", "dark"):
            page = go("about:blank", size, color_scheme=scheme)
            page.set_content(text)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            found = Axe().run(page).response["violations"]
            assert found == [], [node["failureSummary"] for one in found for node in one["nodes"]][:3]
