"""The sitemap, robots.txt and llms.txt, from a library in memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from lxml import etree

from essaim import sitemap
from essaim.library import Library
from essaim.outputs import Html, Site, llms, machine, produce
from tests.conftest import Checked, experience

URL = "https://essaim.example/bibliotheque/"
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def read(text: str) -> list[tuple[str, str | None]]:
    """``(loc, lastmod)`` of each entry."""
    root = etree.fromstring(text.encode())
    return [(one.findtext("s:loc", "", namespaces=SPACE), one.findtext("s:lastmod", namespaces=SPACE)) for one in root]


def test_one_file_while_it_is_short() -> None:
    rows = [("", date(2026, 11, 23)), ("experiences/a&b/", None)]
    ((path, text),) = sitemap.files(URL, rows, most=2)
    assert path == "sitemap.xml"
    assert read(text) == [(URL, "2026-11-23"), (f"{URL}experiences/a%26b/", None)]


def test_more_than_its_limit_gives_pieces_and_their_index() -> None:
    rows = [(f"x/{n}/", date(2026, 1, 1) + timedelta(n)) for n in range(7)]
    found = dict(sitemap.files(URL, rows, most=3))
    index = read(found.pop("sitemap.xml"))
    assert [place.removeprefix(URL) for place, _ in index] == list(found) == [f"sitemap-{n}.xml" for n in (1, 2, 3)]
    assert [day for _, day in index] == ["2026-01-03", "2026-01-06", "2026-01-07"]
    assert [place for text in found.values() for place, _ in read(text)] == [f"{URL}x/{n}/" for n in range(7)]
    assert sitemap.MOST == 50_000


def test_the_pages_and_no_others_with_the_days_of_their_sheets(small: Library) -> None:
    found = produce(Site(small, url=URL))
    listed = {place.removeprefix(URL): day for place, day in read(str(found["sitemap.xml"]))}
    assert set(listed) == {
        path.removesuffix("index.html") for path, one in found.items() if isinstance(one, Html) and one.indexed
    }
    assert "redaction/" not in listed
    sheet = small.published["exemple"]
    assert listed[sheet.address] == max(sheet.verifie_le, sheet.publie_le).isoformat()
    newest = max(max(one.verifie_le, one.publie_le) for one in small.of_kind("experience"))
    assert listed["experiences/"] == newest.isoformat()
    assert listed[""] == Site(small).day.isoformat()
    assert listed["selection/"] is None


def test_without_a_public_address_there_is_none(small: Library) -> None:
    found = produce(Site(small))
    assert not [path for path in found if path.startswith(("sitemap", "partage/"))]
    assert found["robots.txt"] == "User-agent: *\nDisallow:\n"
    page = found["experiences/exemple/index.html"]
    assert isinstance(page, Html)
    assert "og:image" not in page.head
    assert "(experiences/)" in str(found["llms.txt"])


def test_robots_names_the_sitemap_and_a_preview_refuses_all(small: Library) -> None:
    assert dict(machine.pages(Site(small, url=URL))) == {
        "robots.txt": f"User-agent: *\nDisallow:\n\nSitemap: {URL}sitemap.xml\n"
    }
    preview = produce(Site(small, url=URL, preview=True))
    assert preview["robots.txt"] == "User-agent: *\nDisallow: /\n"
    assert not [path for path in preview if path.startswith(("sitemap", "llms", "partage/"))]


def links(text: str) -> list[str]:
    return re.findall(r"^- \[(?:[^\]\\]|\\.)*\]\(([^)]*)\)", text, re.MULTILINE)


def test_llms_has_its_form_and_its_links_lead_to_what_is_there(small: Library) -> None:
    found = produce(Site(small, url=URL))
    text = str(found["llms.txt"])
    heads = re.findall(r"^#+ .*$", text, re.MULTILINE)
    assert heads[:2] == ["# Essaim", "## Listes"]
    assert heads[-1] == "## Optional"
    assert text.split("\n\n")[1].startswith("> ")
    targets = [one.removeprefix(URL) for one in links(text)]
    assert len(targets) == len(re.findall("^- ", text, re.MULTILINE)) > 8
    for one in targets:
        assert (f"{one}index.html" if one.endswith("/") or not one else one) in found, one


def test_llms_is_capped_and_a_title_is_no_markdown(with_files: Callable[..., Checked]) -> None:
    hostile = "'[x](https://mal.example) `<b>` </script> ]]> \\ # *a*'"
    library, _ = with_files(
        {f"experiences/e{n}.md": experience(titre=hostile, resume=hostile) for n in range(llms.NAMED + 5)}
    )
    text = llms.text(Site(library, url=URL))
    section = text.partition("## Expériences\n\n")[2].partition("\n\n")[0]
    assert len(section.splitlines()) == llms.NAMED
    assert links(section) == [one for one in links(section) if one.startswith(f"{URL}experiences/")]
    assert "](https://mal" not in text.replace("\\]", "")
    assert "<b" not in text.replace("\\<", "")
