"""What a sheet says, fact by fact, compared with its front matter read another way."""

from __future__ import annotations

import json

import frontmatter
import pytest

from essaim.library import Library
from essaim.outputs import Site, produce
from essaim.outputs.facts import APART, told
from essaim.words import NON_COMMUNIQUE
from tests.conftest import ROOT, SMALL, Checked


def facts_of(library: Library, identifier: str) -> dict[str, tuple[list[str] | None, str]]:
    found = told(Site(library), library.pages[identifier])
    return {fact.name: (fact.texts, fact.ask) for fact in found["faits"]}


def test_every_field_of_an_experience_is_told(small: Library) -> None:
    facts = facts_of(small, "exemple")
    written = frontmatter.load(str(SMALL / "experiences" / "exemple.md")).metadata
    own = {name for name in written if name not in APART}
    assert own <= facts.keys(), "a field that the sheet gives is not told"
    assert all(facts[name][0] for name in own)
    assert facts["territoire"][0] == ["Figeac, CC Grand-Figeac, Lot, Occitanie"]
    assert facts["cout_total"][0] == ["100\u202f000\u202f€"]
    assert facts["gouvernance"][0] == ["Multi-parties prenantes"]
    assert facts["porteur"][0] == [small.pages["porteuse"].titre]
    assert facts["debut"][0] == ["mars 2012"]
    assert facts["financements"][0] == ["Public\u202f: Région (2018), 60\u202f000\u202f€", "Privé\u202f: financeur non précisé, montant non communiqué"]  # fmt: skip
    assert facts["parties_prenantes"][0] == ["12 Entreprises (apport\u202f: Des produits\u202f; attendu\u202f: Des débouchés)", "associations du canton"]  # fmt: skip
    assert facts["chiffres"][0] == ["plus de 26\u202f000\u202f000\u202f€ de chiffre d’affaires (2018)", "12,5 emplois (2018)"]  # fmt: skip
    assert facts["contact"][0] == [f"accueil, {small.pages['porteuse'].titre}"]


def test_what_nobody_gave_is_told_with_what_to_ask(content: Checked) -> None:
    library = content[0]
    seen = 0
    for file in sorted((ROOT / "content" / "experiences").glob("*.md")):
        if file.stem not in library.pages:
            continue  # a draft
        facts = facts_of(library, file.stem)
        for name, value in frontmatter.load(str(file)).metadata.items():
            if value == NON_COMMUNIQUE:
                seen += 1
                texts, ask = facts[name]
                assert texts is None
                assert ask, f"{file.stem}: nothing to ask about {name}"
    assert seen > 20


def test_one_file_for_each_sheet_that_has_a_page(small: Library) -> None:
    produced = produce(Site(small))
    files = {path for path in produced if path.startswith("faits/")}
    assert files == {f"faits/{sheet.id}.json" for sheet in small.pages.values() if sheet.URL}
    assert json.loads(str(produced["faits/ancienne.json"]))["statut"] == "archivé"
    assert "faits/brouillon.json" not in files


@pytest.mark.parametrize("kind", ["method", "webinar", "organisation", "dossier", "resource", "term"])
def test_any_kind_tells_its_facts(content: Checked, kind: str) -> None:
    library = content[0]
    for sheet in library.of_kind(kind):
        found = told(Site(library), sheet)
        assert found["titre"]
        for fact in found["faits"]:
            assert fact.titre
            assert fact.texts is None or all(isinstance(text, str) and text for text in fact.texts), fact


def test_money_is_by_source(small: Library) -> None:
    money = told(Site(small), small.pages["exemple"])["argent"]
    assert money["total"] == 100000
    assert dict((label, amount) for label, amount, _ in money["parts"])["Public"] == 60000  # noqa: C402
    assert [amount for label, amount, who in money["parts"] if who] == [60000, None]
