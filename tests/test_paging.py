"""Long lists in pages: how they are cut, what each page says of itself, and that no address of theirs is ever a sheet's."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import lxml.html
import pytest

from essaim.model import SHEETS, Method
from essaim.naming import refusal
from essaim.outputs import Html, Site, lasting, lists, machine, paging, sheets, tools
from essaim.outputs.places import PLACES
from essaim.problem import Problem
from essaim.words import SLUG
from tests.conftest import Checked, experience

URL = "https://essaim.example/"
WithFiles = Callable[[Mapping[str, str | bytes]], Checked]


def groups(*counts: int) -> list[tuple[str, list[Any]]]:
    """Groups « a », « b »… of that many things. Sheets are only counted and carried: numbers do in their place."""
    numbers = iter(range(sum(counts)))
    return [(chr(97 + place), [next(numbers) for _ in range(count)]) for place, count in enumerate(counts)]


def cut(*counts: int, most: int) -> list[paging.Leaf]:
    return list(paging.leaves("experiences/", groups(*counts), most))


def test_nothing_is_lost_doubled_or_out_of_order_and_headings_go_on() -> None:
    dice = random.Random(40)  # noqa: S311  # no secret
    for _ in range(300):
        counts = [dice.randint(1, 30) for _ in range(dice.randint(0, 6))]
        most = dice.randint(1, 20)
        found = cut(*counts, most=most)
        held: list[Any] = [one for leaf in found for one in leaf.sheets]
        assert held == list(range(sum(counts)))
        assert [leaf.number for leaf in found] == list(range(1, len(found) + 1))
        assert all(len(leaf.sheets) == most for leaf in found[:-1]), "only the last may be short"
        begun: set[str] = set()
        for leaf in found:
            assert (leaf.of, leaf.total, leaf.before) == (len(found), sum(counts), (leaf.number - 1) * most)
            for run in leaf.runs:
                assert run.sheets, "no heading without a sheet"
                assert run.goes_on == (run.heading in begun)
                assert run.total == counts[ord(run.heading) - 97]
                begun.add(run.heading)
        begins = {run.heading: leaf.address for leaf in found for run in leaf.runs if not run.goes_on}
        assert {one.heading: one.address for one in found[0].starts} == begins


def test_a_list_that_fits_is_one_page_at_its_own_address() -> None:
    for counts in ((), (100,), (40, 60)):
        (only,) = cut(*counts, most=100)
        assert (only.address, only.number, only.of) == ("experiences/", 1, 1)
    assert [leaf.address for leaf in cut(201, most=100)] == [
        "experiences/",
        "experiences/page_2/",
        "experiences/page_3/",
    ]


def test_numbers_lead_to_both_ends_and_beside_and_tell_what_they_leave_out() -> None:
    assert [cut(70, most=1)[place].numbers for place in (0, 2, 3, 34, 69)] == [
        [1, 2, 0, 70],
        [1, 2, 3, 4, 0, 70],
        [1, 2, 3, 4, 5, 0, 70],
        [1, 0, 34, 35, 36, 0, 70],
        [1, 0, 69, 70],
    ]
    assert cut(3, most=1)[0].numbers == [1, 2, 3], "what would stand for one page is that page"


def test_no_sheet_and_no_value_can_have_the_address_of_a_page(with_files: WithFiles) -> None:
    name = paging.address("", 2).rstrip("/")
    assert name == "page_2"
    assert not SLUG.fullmatch(name)
    assert all(refusal(f"{kind.FOLDER}/{name}.md", "content", {}) for kind in SHEETS)
    # The nearest that one could write stands beside, not in its place; an old id is an id.
    text = experience(more=f"anciens_ids: [{name}]\n")
    _, problems = with_files({"experiences/page-2.md": text})
    assert [(one.path, one.code) for one in problems if "page-2" in one.path] == [
        ("content/experiences/page-2.md", "forme")
    ]


@pytest.fixture
def paged(content: Checked, monkeypatch: pytest.MonkeyPatch) -> dict[str, Html]:
    """The project's lists, five sheets a page."""
    monkeypatch.setattr(paging, "MOST", 5)
    return {
        path.removesuffix("index.html"): one
        for path, one in lists.pages(Site(content[0], url=URL))
        if isinstance(one, Html)
    }


def tree(page: Html) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(f"<html><head>{page.head}</head><body>{page.body}</body></html>")


def list_pages(paged: Mapping[str, Html], base: str) -> list[tuple[str, Html]]:
    """The pages of a list in their order, as one goes from each to the next."""
    found = [base]
    while following := tree(paged[found[-1]]).xpath('//a[@rel="next"]/@href'):
        found.append(following[0].replace("../", ""))
    return [(address, paged[address]) for address in found]


def test_one_goes_through_a_whole_list_and_back(paged: Mapping[str, Html], content: Checked) -> None:
    for kind in SHEETS:
        if not kind.URL:
            continue
        pages = list_pages(paged, f"{kind.URL}/")
        sheets = [one.address for one in content[0].of_kind(kind.KIND)]
        named = [
            href.replace("../", "") for _, page in pages for href in tree(page).xpath("//h3/a/@href | //dt/a/@href")
        ]
        assert sorted(named) == sorted(sheets)
        assert len(pages) == max(1, -(-len(sheets) // 5))
        for (before, _), (_, page) in pairwise(pages):
            (back,) = tree(page).xpath('//a[@rel="prev"]/@href')
            assert back.replace("../", "") == before
    assert len(list_pages(paged, "experiences/")) > 1, "or nothing is tested"


def test_each_page_tells_where_it_is_and_only_the_first_is_promised(
    paged: Mapping[str, Html], content: Checked
) -> None:
    pages = list_pages(paged, "glossaire/")
    total = len(content[0].of_kind("term"))
    place = 0
    for number, (address, page) in enumerate(pages, 1):
        found = tree(page)
        text = " ".join(found.text_content().split())
        assert f"Page {number} sur {len(pages)}" in text
        assert [one.text_content() for one in found.xpath('//nav//a[@aria-current="page"]')] == [f"Page {number}"]
        assert (
            found.xpath('//a[contains(@href, "explorer/?sorte=glossaire")]')[0]
            .text_content()
            .startswith("Chercher et filtrer ces ")
        )
        assert found.xpath("//link[@rel='canonical']/@href") == [URL + address]
        assert bool(found.xpath("//meta[@name='robots']")) == (number > 1) == (not page.indexed)
        assert ("flux/glossaire.xml" in page.head) == (number == 1)
        (data,) = found.xpath("//script[@type='application/ld+json']/text()")
        whole = json.loads(data)["@graph"][0]["mainEntity"]
        items = whole["itemListElement"]
        items = items if isinstance(items, list) else [items]
        assert whole["numberOfItems"] == total
        assert [one["position"] for one in items] == list(range(place + 1, place + len(items) + 1))
        assert [one["url"].removeprefix(URL) for one in items] == [
            href.replace("../", "") for href in found.xpath("//dt/a/@href")
        ]
        place += len(items)
    assert len({page.title for _, page in pages}) == len(pages)
    assert lasting(Site(content[0]), paged_files(paged)) >= {"glossaire/"}
    assert not [one for one in lasting(Site(content[0]), paged_files(paged)) if "page_" in one]
    assert not [address for address, _ in machine.rows(paged_files(paged)) if "page_" in address]


def paged_files(paged: Mapping[str, Html]) -> dict[str, Html]:
    return {f"{address}index.html": page for address, page in paged.items()}


def test_the_first_page_of_experiences_leads_to_those_like_mine(paged: Mapping[str, Html]) -> None:
    asked = {base for base, page in paged.items() if tree(page).xpath("//a[contains(@href, 'tri=ressemblance')]")}
    assert "experiences/" in asked
    assert "methodes/" in paged.keys() - asked


def test_a_letter_leads_to_the_page_where_it_begins(paged: Mapping[str, Html]) -> None:
    pages = dict(list_pages(paged, "glossaire/"))
    for address, page in pages.items():
        for href in tree(page).xpath('//nav[@class="letters"]//a/@href'):
            where, _, anchor = href.replace("../", "").partition("#")
            target = tree(pages[where or address])
            assert target.get_element_by_id(anchor).text_content().strip() == target.get_element_by_id(anchor).text


def test_a_value_with_many_sheets_is_cut_and_its_neighbours_stand_once(
    paged: Mapping[str, Html], content: Checked
) -> None:
    held = content[0].facets["themes"]
    value = max(held, key=lambda one: len(held[one]))
    assert len(held[value]) > 5, "or nothing is tested"
    pages = list_pages(paged, f"themes/{value}/")
    named = [
        href.replace("../", "") for _, page in pages for href in tree(page).xpath('//li[@class="card"]//h3/a/@href')
    ]
    assert sorted(named) == sorted(content[0].published[one].address for one in held[value])
    assert ["fiche-voisines" in page.body for _, page in pages] == [True, *(False for _ in pages[1:])]
    for _, page in pages:
        assert tree(page).xpath(f'//a[contains(@href, "explorer/?themes={value}")]')


def test_the_toolbox_is_cut_too(content: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST", 5)
    made = {
        path.removesuffix("index.html"): one for path, one in tools.pages(Site(content[0])) if isinstance(one, Html)
    }
    pages = list_pages(made, "outils/")
    assert len(pages) == len(made) > 1
    shown = [one for _, page in pages for one in tree(page).xpath("//@data-outil")]
    assert sorted(shown) == [
        one.id for one in content[0].of_kind("method") if isinstance(one, Method) and one.fiche_outil
    ]
    assert ["fiche-decider" in page.body for _, page in pages] == [True, *(False for _ in pages[1:])]


def test_the_live_server_knows_who_makes_each_page(content: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST", 5)
    site, places = Site(content[0]), dict(PLACES)
    for output in (lists, tools):
        may = re.compile(places[output.__name__.rpartition(".")[2]](site))
        made = [path for path, one in output.pages(site) if isinstance(one, Html)]
        assert any("page_2" in path for path in made)
        assert all(may.fullmatch(path) for path in made)


def test_a_worksheet_fetches_some_examples_and_first_those_that_use_it(
    content: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "EXAMPLES", 3)
    methods = [one for one in content[0].of_kind("method") if isinstance(one, Method)]
    cut = [(one, tools.examples(Site(content[0]), one)) for one in methods]
    monkeypatch.setattr(tools, "EXAMPLES", 1000)
    for method, some in cut:
        whole = tools.examples(Site(content[0]), method)
        assert some == whole[:3]
        assert [method.id in one.methodes for one in whole] == sorted(
            [method.id in one.methodes for one in whole], reverse=True
        )
    assert any(len(some) == 3 for _, some in cut)


def test_what_thousands_lead_to_names_some_and_says_where_the_others_are(with_files: WithFiles) -> None:
    number = 203
    files = {
        f"experiences/essai-{n}.md": experience(body="[Voir](exemple.md)\n", titre=f"Essai {n}") for n in range(number)
    }
    library, problems = with_files(files)
    assert not [one for one in problems if "essai-" in one.path and one.severity == "erreur"]
    ((_, page),) = sheets.of_sheet(Site(library), library.published["exemple"])
    assert isinstance(page, Html)
    found = tree(page).xpath('//a[contains(@href, "experiences/essai-")]')
    total = sum(
        len(group) for heading, group in Site(library).referring(library.published["exemple"]) if heading == "Cité dans"
    )
    assert total >= number
    (rest,) = tree(page).xpath('//p[@class="rest"]')
    assert rest.text_content().startswith(f"Et {total - 200} autres")
    assert rest.xpath("a/@href") == ["../../donnees/relations.csv"]
    assert 150 < len(found) <= 200


def test_a_preview_tells_the_first_problems_and_how_many_more(
    content: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "TOLD", 2)
    told = tuple(Problem(f"content/x{n}.md", 1, 1, "forme", f"message {n}", "Corrigez.") for n in range(5))
    page = dict(lists.pages(Site(content[0], preview=True, problems=told)))["problemes/index.html"]
    assert isinstance(page, Html)
    assert "message 1" in page.body
    assert "message 2" not in page.body
    assert "Et 3 autres" in page.body
