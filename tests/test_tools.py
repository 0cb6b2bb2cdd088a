"""Worksheets: their examples, compared with the sheets that they come from, and what is wrong with their fields."""

from __future__ import annotations

import json
from typing import Any

import frontmatter

from essaim.model import Experience, Method
from essaim.outputs import Site, produce
from essaim.outputs.tools import worksheet
from tests.conftest import ROOT, Checked


def test_examples_are_what_the_sheets_say(content: Checked) -> None:
    library = content[0]
    shown = 0
    for file in sorted((ROOT / "content" / "methods").glob("*.md")):
        written: Any = frontmatter.load(str(file)).metadata.get("fiche_outil")
        if not written:
            continue
        method = library.pages[file.stem]
        assert isinstance(method, Method)
        told = worksheet(Site(library), method)
        assert [titre for titre, _, _ in told["colonnes"]] == [one["titre"] for one in written["colonnes"]]
        if "depuis" not in written:
            assert told["exemples"] == []
            continue
        able = {
            sheet.stem: frontmatter.load(str(sheet)).metadata
            for sheet in (ROOT / "content" / "experiences").glob("*.md")
        }
        able = {name: data for name, data in able.items() if data.get(written["depuis"])}
        assert {one["adresse"] for one in told["exemples"]} == {f"experiences/{name}/" for name in able}
        used = [library.pages[one["adresse"].split("/")[1]] for one in told["exemples"]]
        uses = [isinstance(one, Experience) and file.stem in one.methodes for one in used]
        assert uses == sorted(uses, reverse=True), "those that use the method come first"
        for example, sheet in zip(told["exemples"], used, strict=True):
            given: Any = able[sheet.id][written["depuis"]]
            assert len(example["lignes"]) == len(given)
            for place, column in enumerate(written["colonnes"]):
                cells = [line[place] for line in example["lignes"]]
                if "depuis" not in column:
                    assert set(cells) <= {""}
                elif column["depuis"] in ("apport", "attendu", "titre", "texte"):
                    shown += 1
                    assert {(cell or "").replace("\u202f", " ") for cell in cells} == {
                        str(one.get(column["depuis"], "")) for one in given
                    }
    assert shown > 10


def test_each_worksheet_has_its_file(content: Checked) -> None:
    produced = produce(Site(content[0]))
    for method in content[0].of_kind("method"):
        path = f"methodes/{method.id}/fiche-outil.json"
        assert (path in produced) == bool(isinstance(method, Method) and method.fiche_outil)
        if path in produced:
            assert json.loads(str(produced[path]))["id"] == method.id
