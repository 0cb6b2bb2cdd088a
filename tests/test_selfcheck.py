"""The self-check, compared with the sheets as PyYAML alone reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml
from lxml import html

from essaim.library import from_texts
from essaim.outputs import Content, Html, Site, produce, selfcheck
from essaim.vocabulary import Value, Vocabulary
from tests.conftest import ROOT, Checked, experience

Front = dict[str, Any]


def fronts(folder: str) -> dict[str, Front]:
    """Id → front matter of the published sheets of ``content/folder``."""
    found = {file.stem: file for file in sorted((ROOT / "content" / folder).glob("*.md"))}
    # A plain « ? » before a comma is no text for PyYAML's own parser.
    read: dict[str, Front] = {
        name: yaml.safe_load(file.read_text("utf-8").split("---\n")[1].replace(" ?,", ","))
        for name, file in found.items()
    }
    return {name: front for name, front in read.items() if front["statut"] == "publié"}


def plain(text: str | None) -> str:
    return " ".join((text or "").replace("\u202f", " ").split())


def opened(content: Content) -> html.HtmlElement:
    """A page without its tooltips, which would stand within sentences."""
    assert isinstance(content, Html)
    page = html.fromstring(f"<div>{content.body}</div>")
    for tip in page.xpath("//*[@role='tooltip']"):
        tip.drop_tree()
    return page


@pytest.fixture(scope="module")
def produced(content: Checked) -> dict[str, Content]:
    """Everything that the project's library gives."""
    return produce(Site(content[0]))


@pytest.fixture(scope="module")
def page(produced: dict[str, Content]) -> html.HtmlElement:
    return opened(produced["autodiagnostic/index.html"])


def ids(part: html.HtmlElement, folder: str) -> list[str]:
    """Ids of the sheets of a folder that links of ``part`` lead to, in order."""
    links = [str(one) for one in part.xpath(".//a/@href")]
    return [link.split("/")[2] for link in links if link.startswith(f"../{folder}/")]


def test_every_prerequisite_is_asked_with_what_helps(page: html.HtmlElement) -> None:
    written = yaml.safe_load((ROOT / "content/vocabularies/prerequis.yml").read_text("utf-8"))["valeurs"]
    boxes = page.xpath("//*[@data-question]")
    assert [str(one.get("data-question")) for one in boxes] == [f"prerequis.{value['id']}" for value in written]
    assert len(boxes) == 7
    methods, cases = fronts("methods"), fronts("experiences")
    for value, box in zip(written, boxes, strict=True):
        text = plain(box.text_content())
        assert value["question"] in text
        assert value["pourquoi"] in text
        assert [str(one) for one in box.xpath(".//input/@value")] == ["oui", "partie", "non"]
        helps = {name for name, front in methods.items() if value["id"] in front.get("prerequis", [])}
        assert helps, f"{value['id']}: no method helps"
        assert sorted(ids(box, "methodes")) == sorted(helps)
        having = {name: front for name, front in cases.items() if value["id"] in front.get("prerequis", [])}
        assert sorted(ids(box, "experiences")) == sorted(having)
        for front in having.values():
            told = [one for one in front.get("prerequis_reunis", []) if one["prerequis"] == value["id"]]
            for said in [*(one["texte"] for one in told), *(one["manque"] for one in told if "manque" in one)] or [
                front["resume"]
            ]:
                assert plain(said) in text
        assert ("pas encore d’expérience" in text) == (not having)
    assert [str(one) for one in page.xpath("//form//h2/text()")] == list(
        dict.fromkeys(one["groupe"] for one in written)
    )


def test_methods_that_are_about_it_come_first_and_so_does_the_same_lack(page: html.HtmlElement) -> None:
    for box in page.xpath("//*[@data-question]"):
        value = str(box.get("data-question")).partition(".")[2]
        methods, cases = fronts("methods"), fronts("experiences")
        ranks = [methods[one]["prerequis"].index(value) for one in ids(box, "methodes")]
        assert ranks == sorted(ranks)
        lacks = [any("manque" in told and told["prerequis"] == value for told in cases[one].get("prerequis_reunis", [])) for one in ids(box, "experiences")]  # fmt: skip
        assert lacks == sorted(lacks, reverse=True)


def test_an_experience_and_a_method_lead_to_the_question(content: Checked, produced: dict[str, Content]) -> None:
    for name, front in fronts("experiences").items():
        links = [str(one) for one in opened(produced[f"experiences/{name}/index.html"]).xpath("//a/@href")]
        wanted = [
            f"../../autodiagnostic/#fiche-prerequis-{one['prerequis']}" for one in front.get("prerequis_reunis", [])
        ]
        assert [link for link in links if "autodiagnostic" in link] == wanted
    for name, front in fronts("methods").items():
        links = [str(one) for one in opened(produced[f"methodes/{name}/index.html"]).xpath("//a/@href")]
        assert any("autodiagnostic/#fiche-prerequis-" in link for link in links) == bool(front.get("prerequis"))
    targets = {str(one) for one in opened(produced["autodiagnostic/index.html"]).xpath("//*[@data-question]/@id")}
    assert {f"fiche-prerequis-{one}" for one in content[0].facets["prerequis"]} <= targets
    for path in ("", "prerequis/", "outils/"):
        assert opened(produced[f"{path}index.html"]).xpath("//a[contains(@href, 'autodiagnostic/')]"), path


def test_it_asks_whatever_vocabulary_asks_and_is_not_there_without(
    vocabularies: Mapping[str, Vocabulary], small_texts: dict[str, bytes]
) -> None:
    mute = [one.model_copy(update={"question": None}) for one in vocabularies["prerequis"].valeurs]
    none = {**vocabularies, "prerequis": Vocabulary(titre="P", definition="P.", url="prerequis", valeurs=tuple(mute))}
    asked = Value(id="bois", libelle="Bois", definition="Du bois.", question="Du <b>bois</b> ?", source="redaction")
    other = {**none, "ressources": Vocabulary(titre="Ressources", definition="R.", valeurs=(asked,))}
    site = Site(from_texts(small_texts, none)[0])
    produced = produce(site)
    assert "autodiagnostic/index.html" not in produced
    assert not any("autodiagnostic" in one.body for path, one in produced.items() if isinstance(one, Html))
    files = {**small_texts, "experiences/x.md": experience(more="ressources: [bois]\n").encode()}
    page = opened(dict(selfcheck.pages(Site(from_texts(files, other)[0])))["autodiagnostic/index.html"])
    assert [str(one) for one in page.xpath("//*[@data-question]/@data-question")] == ["ressources.bois"]
    assert plain(page.xpath("//h3")[0].text_content()) == "Du <b>bois</b> ?", "as text, not as HTML"
    assert ids(page.xpath("//*[@data-question]")[0], "experiences") == ["x"]
    assert "pas encore de méthode" in page.text_content()


def test_a_large_library_does_not_make_it_endless(
    vocabularies: Mapping[str, Vocabulary], small_texts: dict[str, bytes]
) -> None:
    many = {f"experiences/x{n}.md": experience(more="prerequis: [facteur-temps]\n").encode() for n in range(20)}
    page = opened(
        dict(selfcheck.pages(Site(from_texts({**small_texts, **many}, vocabularies)[0])))["autodiagnostic/index.html"]
    )
    box = page.xpath("//*[@data-question='prerequis.facteur-temps']")[0]
    assert len(ids(box, "experiences")) == 6
    left = box.xpath(".//a[@href='../prerequis/facteur-temps/']")
    assert [plain(one.text_content()) for one in left] == ["14 autres fiches : Facteur temps"]


def test_no_sheet_takes_its_address(
    with_files: Callable[[Mapping[str, str | bytes]], Checked], small_texts: dict[str, bytes]
) -> None:
    taken = small_texts["pages/accueil.md"]
    found = {problem.code for problem in with_files({"pages/autodiagnostic.md": taken})[1]}
    assert "adresse-reservee" in found


def test_only_its_pages_load_it(produced: dict[str, Content]) -> None:
    loads = {path: one for path, one in produced.items() if isinstance(one, Html)}
    assert {path for path, one in loads.items() if "selfcheck" in one.scripts} == {"autodiagnostic/index.html"}
    asked = {f"webinaires/{name}/index.html" for name, front in fronts("webinars").items() if front.get("questions")}
    assert {path for path, one in loads.items() if "quiz" in one.scripts} == asked
    assert {path for path, one in loads.items() if "selfcheck" in one.styles} == asked | {"autodiagnostic/index.html"}


def test_facts_tell_it_too(produced: dict[str, Content]) -> None:
    told = str(produced["faits/circuits-courts-mulhouse.json"])
    assert "prerequis_reunis" in told
    assert "Vingt-trois acteurs" in told
