"""The dashboard: each number that the page and its CSV files show is counted again here, from the raw front matter."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html

from essaim import territories
from essaim.census import CROSSED, FACETS, Census, reading
from essaim.library import Library, from_texts
from essaim.outputs import Html, Site, observatory
from essaim.vocabulary import Vocabulary
from tests.conftest import ROOT, SMALL, Checked, experience

NC = "non communiqué"
Facts = dict[str, dict[str, set[str]]]
"""Facet → value → ids of experiences."""


def listed(value: Any) -> list[Any]:
    return [] if value in (None, NC) else value if isinstance(value, list) else [value]


def where(front: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Régions and population bands, from the table and plain arithmetic."""
    table = territories.load()
    group = table.epci(str(front["epci"]).split()[0]) if front.get("epci") else None
    codes = [str(one).split()[0] for one in listed(front.get("communes"))]
    inside = codes or (list(group.communes) if group else [])
    communes = [one for code in inside if (one := table.commune(code))]
    departements = {one.departement for one in communes} | {
        str(one).split()[0] for one in listed(front.get("departements"))
    }
    regions = {one.region for one in table.departements if one.code in departements}
    people = sum(one.population or 0 for one in communes)
    band = ("moins-de-500" if people < 500 else "500-a-2000" if people < 2000 else "2000-a-10000" if people < 10000 else "plus-de-10000")  # fmt: skip
    return {one.slug for one in table.regions if one.code in regions}, {band} if communes else set()


def recounted(folder: Path) -> tuple[int, Facts]:
    """The published experiences of ``folder``, read with PyYAML alone."""
    facts: Facts = {facet: {} for facet in FACETS}
    total = 0
    for file in sorted((folder / "experiences").glob("*.md")):
        # A plain « ? » before a comma is no text for PyYAML's own parser.
        front = yaml.safe_load(file.read_text("utf-8").split("---\n")[1].replace(" ?,", ","))
        if front.get("statut") != "publié":
            continue
        total += 1
        regions, bands = where(front)
        funding = listed(front.get("financements"))
        held = {
            "themes": set(listed(front.get("themes"))),
            "regions": regions,
            "strates": bands,
            "acteurs": {one["type"] for one in listed(front.get("parties_prenantes"))},
            "annees": {str(one)[:4] for one in listed(front.get("debut"))},
            "gouvernance": set(listed(front.get("gouvernance"))),
            "phases": set(listed(front.get("phase"))),
            "tiers": {one["tiers"] for one in funding},
            "prerequis": set(listed(front.get("prerequis"))),
        }
        given: dict[str, Any] = {
            **held,
            "besoin": listed(front.get("besoin")),
            "porteur": listed(front.get("porteur")),
            "cout-total": listed(front.get("cout_total")),
            "montants": [one for one in funding if one["montant"] != NC],
            "difficultes": listed(front.get("difficultes")),
            "chiffres": listed(front.get("chiffres")),
            "contact": listed(front.get("contact")),
        }
        held["difficultes"] = {"dites" if given["difficultes"] else "non-communiquees"}
        held["manques"] = {name for name, fact in given.items() if not fact}
        for facet, values in held.items():
            for value in values:
                facts[facet].setdefault(value, set()).add(file.stem)
    return total, facts


@pytest.fixture(params=["content", "small"])
def counted(request: pytest.FixtureRequest, content: Checked, small: Library) -> tuple[Library, int, Facts]:
    """A library, with what it must count."""
    if request.param == "content":
        return content[0], *recounted(ROOT / "content")
    return small, *recounted(SMALL)


def made(library: Library, **settings: str) -> tuple[html.HtmlElement, dict[str, list[list[str]]], str]:
    """The page, its CSV files by name, and its HTML."""
    found = dict(observatory.pages(Site(library, **settings)))  # type: ignore[arg-type]
    shown = found.pop("observatoire/index.html")
    assert isinstance(shown, Html)
    files = {}
    for path, data in found.items():
        assert isinstance(data, bytes)
        files[path.removeprefix("observatoire/").removesuffix(".csv")] = list(
            csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
        )
    return html.fromstring(f"<div>{shown.body}</div>"), files, shown.body


def text(node: html.HtmlElement) -> str:
    return re.sub(r"[\s\u202f\u00a0]+", " ", node.text_content()).strip()


def number(cell: html.HtmlElement) -> int:
    return int((cell.xpath("string(.//a/text()[1])") or cell.text_content()).replace("\u202f", ""))


def test_tables_charts_and_files_show_what_the_sheets_say(counted: tuple[Library, int, Facts]) -> None:
    library, total, facts = counted
    page, files, _ = made(library)
    for facet in FACETS:
        expected = {value: len(ids) for value, ids in facts[facet].items()}
        untold = len(facts["manques"].get(facet, ())) if facet != "difficultes" else 0
        header, *rows = files[facet]
        assert header == ["identifiant", "libelle", "experiences", "total", "recherche"]
        assert {row[3] for row in rows} <= {str(total)}
        assert {row[0]: int(row[2]) for row in rows if int(row[2]) and row[0]} == expected, facet
        assert sum(int(row[2]) for row in rows if not row[0]) == untold
        (panel,) = page.xpath(f"//section[@aria-labelledby='fiche-{facet}']")
        lines = [(text(tr.find("th")), number(tr.find("td"))) for tr in panel.iterfind(".//tbody/tr")]
        if not expected:
            assert not panel.xpath(".//svg[@role='img']")
            continue
        assert lines == [(text(html.fromstring(f"<i>{row[1]}</i>")), int(row[2])) for row in rows]
        drawn = [int(text(one).split()[0]) for one in panel.xpath(".//svg//*[@class='value']")]
        assert drawn == [count for _, count in lines if count][: observatory.MOST]


def test_crossings_show_what_the_sheets_say(counted: tuple[Library, int, Facts]) -> None:
    library, total, facts = counted
    page, files, _ = made(library)
    for one, other in CROSSED:
        expected = {(a, b): len(facts[one][a] & facts[other][b]) for a, b in product(facts[one], facts[other])}
        header, *rows = files[f"{one}-{other}"]
        assert header[0] == one
        assert {(row[0], row[2]): int(row[4]) for row in rows} == expected
        assert {row[5] for row in rows} <= {str(total)}
        (panel,) = page.xpath(f"//section[@aria-labelledby='fiche-{one}-{other}']")
        cells = [number(td) for td in panel.iterfind(".//tbody/tr/td")]
        assert cells == [int(row[4]) for row in rows]
        assert [int(text(dot)) for dot in panel.xpath(".//svg//*[@class='label']")] == [cell for cell in cells if cell]


def test_gaps_are_said_first(counted: tuple[Library, int, Facts]) -> None:
    library, _, facts = counted
    page, files, _ = made(library)
    assert page.xpath("string(//h2[1])") == "Ce que la bibliothèque ne couvre pas"
    (gaps,) = page.xpath("//section[@aria-labelledby='fiche-manque']")
    told = text(gaps)
    zero = [row[1] for row in files["regions"][1:] if row[2] == "0"]
    assert len(zero) + len(facts["regions"]) == 18
    assert f"{len(zero)} régions sans expérience, sur 18" in told
    assert all(name in told for name in zero)
    listed_departements = gaps.xpath(".//details//a")
    assert f"{len(listed_departements)} départements sans expérience, sur 101" in told
    for facet in ("themes", "strates", "acteurs", "phases", "gouvernance", "tiers", "prerequis"):
        whole = {value.id: value.libelle for value in library.vocabularies[facet].valeurs}
        missing = set(whole) - set(facts[facet])
        shown = {row[0] for row in files[facet][1:] if row[2] == "0"}
        assert shown == missing
        assert all(text(html.fromstring(f"<i>{whole[value]}</i>")) in told for value in missing)


def test_a_number_leads_to_its_sheets_and_zero_leads_nowhere(content: Checked) -> None:
    page, files, _ = made(content[0], url="https://exemple.fr/")
    for facet in FACETS:
        for identifier, _, count, _, address in files[facet][1:]:
            asked = f"{facet}={identifier}" if identifier else f"manques={facet}"
            wanted = f"https://exemple.fr/explorer/?sorte=experiences&{asked}" if count != "0" else ""
            assert address == wanted
    links = page.xpath("//table//td/a/@href")
    assert len(links) == len(page.xpath("//table//td")) - len(page.xpath("//table//*[contains(@class, 'zero')]"))
    assert all(link.startswith("../explorer/?sorte=experiences&") for link in links)


def test_figures_of_france_stand_apart_with_year_and_source(content: Checked) -> None:
    page, _, _ = made(content[0])
    (aside,) = page.xpath("//section[@aria-labelledby='fiche-france']")
    front = yaml.safe_load((ROOT / "content/resources/etude-phare.md").read_text("utf-8").split("---\n")[1])
    items = aside.findall(".//li")
    assert len(items) == len(front["chiffres"])
    for item, figure in zip(items, front["chiffres"], strict=True):
        shown = text(item).replace(" ", "")
        assert str(figure["valeur"]) in shown
        assert figure["libelle"] in text(item)
        assert str(figure["annee"]) in shown
        assert item.find(".//a").get("href") == f"../ressources/etude-phare/#fiche-source-{figure['source']}"
    assert not aside.xpath(".//svg[@role='img']")


def test_an_empty_library_has_a_helpful_page(vocabularies: Mapping[str, Vocabulary]) -> None:
    for library in (Library(), Library(vocabularies=vocabularies)):
        page, files, _ = made(library)
        assert "il n’y a encore rien à compter" in text(page)
        assert not page.xpath(".//svg[@role='img']")
        assert all(row[2] == "0" for facet in FACETS for row in files[facet][1:])


def test_one_bare_sheet_is_counted_without_empty_charts(vocabularies: Mapping[str, Vocabulary]) -> None:
    library, problems = from_texts({"experiences/a.md": experience()}, vocabularies)
    assert not problems
    page, files, _ = made(library)
    assert [row[2] for row in files["difficultes"][1:]] == ["0", "1"]
    for panel in page.xpath("//section[@class='panel']"):
        assert bool(panel.xpath(".//svg[@role='img']")) == bool(panel.xpath(".//td/a")), "a chart has something to show"
    assert "Aucune expérience ne le dit." in text(page)
    assert "Sur 1 expérience, aucune ne raconte ce qui a coincé." in text(page)


SENTENCES = (
    # themes of each sheet, what is said
    (["bois"], "« Bois » vient en tête : 1 expérience sur 1."),
    (["bois", "energie"], "« Énergie » et « Bois » viennent en tête à égalité : 1 expérience sur 2 à chaque fois."),
    (["bois", "bois", ""], "« Bois » vient en tête : 2 expériences sur 3."),
    (["bois"] * 19, "« Bois » vient en tête : 19 expériences sur 19."),
    (["bois"] * 5 + [""] * 15, "« Bois » vient en tête : 5 expériences sur 20 (25 %)."),
)


@pytest.mark.parametrize(("themes", "said"), SENTENCES)
def test_readings_are_right_french_and_honest(
    vocabularies: Mapping[str, Vocabulary], themes: list[str], said: str
) -> None:
    files = {f"experiences/e{place}.md": experience(more=f"themes: [{theme}]\n") for place, theme in enumerate(themes)}
    library, problems = from_texts(files, vocabularies)
    assert not problems
    whole = reading(Census(library).counts["themes"]).replace("\u202f", " ")
    assert whole.startswith(said)
    without = len(vocabularies["themes"].valeurs) - len(set(themes) - {""})
    assert f"{without} thèmes sur {len(vocabularies['themes'].valeurs)} n’ont aucune expérience." in whole
    silent = themes.count("")
    assert (f"{silent} expérience{'s' if silent > 1 else ''} sur" in whole) == bool(silent)
    assert ("disent pas" in whole) == (silent > 1)
    assert ("%" in whole) == (len(themes) >= 20)


HOSTILE = """=HYPERLINK("https://mal.example","<script>alert(1)</script>")"""


def test_a_hostile_label_is_text_everywhere(vocabularies: Mapping[str, Vocabulary]) -> None:
    themes = vocabularies["themes"]
    first = themes.valeurs[0].model_copy(update={"libelle": HOSTILE})
    changed = Vocabulary(**{**themes.model_dump(), "valeurs": (first, *themes.valeurs[1:])})
    more = f"themes: [{first.id}]\nparties_prenantes: [{{type: entreprises}}]\n"
    library, _ = from_texts({"experiences/a.md": experience(more=more)}, {**vocabularies, "themes": changed})
    page, files, _ = made(library)
    assert not page.xpath("//script | //style | //*[@style]")
    assert [text(one)[:40] for one in page.xpath("//svg//*[@class='name']")].count(HOSTILE[:40]) == 1
    assert page.xpath("//tbody/tr/th[contains(., '<script>')]"), "whole in its table"
    shown = [cell for rows in files.values() for row in rows for cell in row if "HYPERLINK" in cell]
    assert shown
    assert set(shown) == {f"'{HOSTILE}"}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_a_spreadsheet_meets_no_formula(text: str) -> None:
    (row,) = csv.reader(io.StringIO(observatory.table([(text, "bois", 3)]).decode(), newline=""))
    assert row == [f"'{text}", "bois", "3"]


def test_charts_obey_the_content_policy_and_never_vary(content: Checked) -> None:
    page, _, body = made(content[0])
    assert body == made(content[0])[2]
    assert not page.xpath("//style | //script | //*[@style] | //svg//*[@id and name() != 'title'] | //svg//image")
    assert "pygal" not in body.lower()
    names = [str(name) for name in page.xpath("//@id")]
    assert len(names) == len(set(names))
    for svg in page.xpath("//svg[starts-with(@class, 'chart')]"):
        assert svg.get("role") == "img"
        assert page.xpath(f"string(//*[@id='{svg.get('aria-labelledby')}'])")


def test_the_address_is_the_sites_own(with_files: Callable[[Mapping[str, str | bytes]], Checked]) -> None:
    text = "---\ntitre: A\nresume: B.\nstatut: publié\npublie_le: 2026-01-01\nverifie_le: 2026-01-01\n---\n"
    _, problems = with_files({"pages/observatoire.md": text})
    assert [problem.code for problem in problems] == ["adresse-reservee"]


def test_what_a_sheet_leaves_out_filters_but_is_no_word_of_the_search(
    vocabularies: Mapping[str, Vocabulary],
) -> None:
    library, _ = from_texts({"experiences/a.md": experience(debut="2012-03")}, vocabularies)
    assert library.facets["annees"] == {"2012": ("a",)}
    assert library.facets["difficultes"] == {"non-communiquees": ("a",)}
    assert "cout-total" in library.facets["manques"]
    assert "annees" not in library.facets["manques"]
    (record,) = Site(library).records
    assert not {"difficult", "contact", "cout"} & set(record.fields["mots"])
