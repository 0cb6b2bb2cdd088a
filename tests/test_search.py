"""Search, on the Python side: what can be found, by which words, in which order."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import lxml.etree
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lunr.index import Index

from essaim import search
from essaim.library import Library
from essaim.model import Located
from essaim.outputs import Html, OutputError, Site, explorer, finding
from essaim.words import fold, stems
from tests.conftest import ROOT, Checked, sheet_pages

QUESTIONS: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests" / "search" / "questions.yml").read_text("utf-8"))

Ask = Any


@pytest.fixture(scope="session")
def site(content: Checked) -> Site:
    """The published library."""
    return Site(content[0])


@pytest.fixture(scope="session")
def index(site: Site) -> Index:
    """lunr's own index of the full text."""
    return search.builder(site.records, full=True).build()


@pytest.fixture(scope="session")
def short(site: Site) -> Index:
    """The index of everything but the text, as a larger library has it."""
    return search.builder(site.records, full=False).build()


def found(index: Index, site: Site, question: str) -> list[str]:
    return [hit.id for hit in search.search(index, site.records, question)]


def right(question: Mapping[str, Any], answer: list[str]) -> bool:
    """Whether the first three hold what the question asks for."""
    first = set(answer[:3])
    return first.issuperset(question["toutes"]) if "toutes" in question else bool(first & set(question["une"]))


def test_questions_of_an_official(index: Index, site: Site, record_property: Callable[[str, object], None]) -> None:
    assert len(QUESTIONS) >= 40
    asked = {identifier for one in QUESTIONS for identifier in one.get("toutes") or one["une"]}
    assert asked <= set(site.library.published), "a question asks for a sheet that is not there"
    missed = {one["question"] for one in QUESTIONS if not right(one, found(index, site, one["question"]))}
    record_property("questions trouvées, lunr en Python", f"{len(QUESTIONS) - len(missed)} sur {len(QUESTIONS)}")
    assert missed == {one["question"] for one in QUESTIONS if one.get("manque")}, "misses are named in the file"


@pytest.mark.parametrize("name", ["index", "short"])
def test_every_title_finds_its_own_sheet_first(name: str, site: Site, request: pytest.FixtureRequest) -> None:
    index = request.getfixturevalue(name)
    assert {sheet.id for sheet in site.catalogue if found(index, site, sheet.titre)[:1] != [sheet.id]} == set()


@pytest.mark.parametrize("name", ["index", "short"])
def test_every_id_place_and_code_finds_its_sheets(name: str, site: Site, request: pytest.FixtureRequest) -> None:
    index = request.getfixturevalue(name)
    lost = set()
    for sheet in site.catalogue:
        words = [sheet.id]
        if isinstance(sheet, Located):
            where = sheet.place
            words += [text for one in where.communes for text in (one.nom, one.code, *one.codes_postaux)]
            words += [text for one in where.departements for text in (one.nom, one.code)]
            words += [one.nom for one in where.regions] + ([where.epci.nom, where.epci.code] if where.epci else [])
        lost |= {(sheet.id, word) for word in words if sheet.id not in found(index, site, word)}
    assert lost == set()


@pytest.mark.parametrize(
    ("first", "others"),
    [
        ("energie", ["énergie", "énergies", "l’énergie", "l'energie", "ÉNERGIE", "  énergie ! "]),
        ("circuit court", ["circuits courts", "Circuit-Court", "courts circuits"]),
        ("élus", ["elus", "élu", "élue", "ÉLUES"]),
        ("œuvre", ["oeuvre", "Œuvres", "oeuvres"]),
        ("coopérative", ["cooperative", "coopératives"]),
    ],
)
def test_spellings_of_one_question_are_one(index: Index, site: Site, first: str, others: list[str]) -> None:
    expected = found(index, site, first)
    assert expected
    for other in others:
        assert sorted(found(index, site, other)) == sorted(expected), other


def test_the_beginning_of_the_last_word(index: Index, site: Site) -> None:
    assert "fermes-de-figeac" in found(index, site, "ferme fig")
    assert set(found(index, site, "figeac")) <= set(found(index, site, "figea"))
    assert found(index, site, "zzz") == []
    assert found(index, site, "") == []


def test_a_question_of_empty_words_alone_is_taken_as_it_is() -> None:
    assert list(search.words_of("comment faire")) == stems("comment faire")
    assert search.words_of("comment financer") == {stems("financer")[0]: "financer"}


def test_words_for_the_same_thing(index: Index, site: Site) -> None:
    assert "restauration" not in fold(" ".join(one.text for r in site.records if r.id == "pat" for one in r.sections))
    assert set(found(index, site, "cantine")) & {"pat", "circuits-courts-mulhouse"}
    # ERE43 says SCIC; its long name finds it, and the other way round.
    assert "ere43" in found(index, site, "société coopérative d’intérêt collectif")
    assert "scic" in found(index, site, "SCIC")[:3]


def test_a_vocabulary_s_single_word_does_not_stretch_every_text() -> None:
    concepts = search.Concepts(
        [(("Eau", "assainissement"), frozenset()), (("SCIC", "société coopérative"), frozenset({"SCIC"}))]
    )
    assert concepts.beside(stems("de l’eau")) == []
    assert concepts.beside(search.telling("une société coopérative ici")) == stems("scic")
    assert concepts.beside(stems("scic")) == stems("société coopérative")


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "+bois -bois ~bois^ bois: *bois*", "\u202e\u200f bois", "😀🎉", "(((", "a" * 200_000, "bois " * 50_000, "\x00\x1b[31m", "__proto__ constructor", "constructor", "toString valueOf", "[a-z]+$"])  # fmt: skip
def test_any_text_is_only_words(index: Index, site: Site, hostile: str) -> None:
    assert len(found(index, site, hostile)) <= len(site.catalogue)
    if "bois" in hostile:
        assert "ere43" in found(index, site, hostile)


@given(st.text())
def test_no_text_breaks_a_question(text: str) -> None:
    words = search.words_of(text)
    assert len(words) <= search.MOST
    assert all(re.fullmatch("[a-z0-9]+", word) for word in words)


def test_packing_keeps_everything_that_lunr_s_index_says(site: Site) -> None:
    tables = search.builder(site.records, full=True)
    packed = search.pack(site.records, full=True)
    terms = packed["termes"].split()
    assert terms == sorted(tables.inverted_index)
    read: dict[str, dict[str, int]] = {}
    for name, _ in packed["champs"]:
        for term, row in zip(terms, packed["listes"][name].split(";"), strict=True):
            place = 0
            for posting in filter(None, row.split(",")):
                step, _, times = posting.partition("*")
                place += int(step)
                read.setdefault(f"{name}/{place}", {})[term] = int(times or 1)
    assert read == {ref: dict(counts) for ref, counts in tables.field_term_frequencies.items() if counts}


def test_the_text_is_left_out_of_a_large_index(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert search.in_full(one.words for one in site.records)
    monkeypatch.setattr(search, "FULL_TEXT", 100)
    assert not search.in_full(one.words for one in site.records)
    assert [name for name, _ in search.pack(site.records, full=False)["champs"]] == list(search.FIELDS)[:-1]


def test_words_of_the_library_as_they_are_written(site: Site) -> None:
    words = search.spellings(site.records, full=True)
    assert {"coopérative", "énergie", "méthode"} <= set(words)
    assert [fold(word) for word in words] == sorted({fold(word) for word in words})
    found = search.spellings(site.records, full=False)
    assert {fold(word) for word in found} < {fold(word) for word in words}, (
        "a word that cannot be found is not proposed"
    )


def test_sections_lead_to_their_headings(small: Library) -> None:
    example = small.sheets["exemple"]
    own = list(search.sections(small, example))
    anchors = {heading.id for heading in small.documents["exemple"].headings}
    assert anchors
    assert anchors <= {one.anchor for one in own}
    assert not [one for one in own if "[[" in one.text or "](" in one.text or "http" in one.text]
    said = " ".join(f"{one.heading} {one.text}" for one in own)
    assert str(example.besoin)[:30] in said  # type: ignore[attr-defined]
    assert "non communiqué" not in said


def test_the_stop_words_are_folded() -> None:
    lines = (Path(search.__file__).parent / "data" / "mots-vides.txt").read_text("utf-8").split()
    assert [fold(word) for word in lines] == lines == sorted(set(lines))


def test_opensearch_needs_an_address(small: Library) -> None:
    assert "opensearch.xml" not in dict(explorer.pages(Site(small)))
    written = dict(explorer.pages(Site(small, name="Fermes & Cie", url="https://example.org/")))["opensearch.xml"]
    assert isinstance(written, str)
    root = lxml.etree.fromstring(written.encode())
    name = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    assert root.findtext("o:ShortName", namespaces=name) == "Fermes & Cie"
    url = root.find("o:Url", namespaces=name)
    assert url is not None
    assert url.get("template") == "https://example.org/explorer/?q={searchTerms}"
    home = sheet_pages(Site(small, url="https://example.org/"))["index.html"]
    assert isinstance(home, Html)
    assert 'rel="search" type="application/opensearchdescription+xml"' in home.head


def test_a_word_of_too_many_sheets_is_kept_where_it_names_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding.weighed(site.records)[1] == frozenset(), "none is common in a small library"
    monkeypatch.setattr(finding, "COMMON", 20)
    found, common = finding.weighed(site.records)
    held: dict[str, list[str]] = {}
    for places in found:
        assert len(list(chain(*places.values()))) == len(set(chain(*places.values()))), "each stem once"
        for name, words in places.items():
            for word in words:
                held.setdefault(word, []).append(name)
    long = {word: set(names) for word, names in held.items() if len(names) > 20}
    assert all(names <= set(finding.NAMES) for names in long.values())
    assert {"territoir", "projet"} <= common
    assert "boi" not in common


def test_pagefind_that_is_not_installed_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pagefind_bin", None)
    with pytest.raises(OutputError, match="pip install"):
        finding.pagefind([])
