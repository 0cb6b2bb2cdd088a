"""What helps in VS Code: it is what the model says, and it is written in VS Code's own grammar."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
import yaml

from essaim import vscode
from essaim.model import KINDS, SHEETS, Experience, Sheet, order
from essaim.model.base import champ
from essaim.source import parse
from essaim.vocabulary import Vocabulary
from tests.conftest import ROOT, essaim, started

VARIABLES = {"CURRENT_YEAR": "2026", "CURRENT_MONTH": "11", "CURRENT_DATE": "26"}
# One thing of a snippet, as microsoft/vscode's snippetParser reads it: an escaped sign, a choice, a place with or without
# a text, a variable, any other sign. A lone $ or ${ would be read as text there: here it is a fault.
TOKEN = re.compile(
    r"""\\(?P<escaped>[\\$}])
      | \$\{(?P<choice>\d+)\|(?P<values>(?:\\[\\,|]|[^\\|])*)\|\}
      | \$\{(?P<place>\d+):(?P<text>(?:\\[\\$}]|[^\\$}])*)\}
      | \$(?P<stop>\d+)
      | \$(?P<variable>[A-Z_]+)
      | (?P<plain>[^\\$])""",
    re.VERBOSE | re.DOTALL,
)


def expanded(body: list[str]) -> tuple[str, list[int], list[list[str]]]:
    """``(what stands in the editor once a snippet is taken, numbers of its stops, values of its choices)``."""
    text, out, stops, choices, at = "\n".join(body), "", [], [], 0
    while at < len(text):
        found = TOKEN.match(text, at)
        assert found, f"not a snippet from here on: {text[at : at + 60]!r}"
        at = found.end()
        part = found.groupdict()
        if part["choice"]:
            values = [re.sub(r"\\(.)", r"\1", one) for one in re.findall(r"(?:\\.|[^\\,])+", part["values"])]
            stops.append(int(part["choice"]))
            choices.append(values)
            out += values[0]
        elif part["place"]:
            stops.append(int(part["place"]))
            out += re.sub(r"\\(.)", r"\1", part["text"])
        elif part["stop"]:
            stops.append(int(part["stop"]))
        elif part["variable"]:
            out += VARIABLES[part["variable"]]
        else:
            out += part["escaped"] or part["plain"]
    return out, stops, choices


@pytest.fixture(scope="module")
def snippets(vocabularies: Mapping[str, Vocabulary]) -> dict[str, dict[str, Any]]:
    return vscode.snippets(vocabularies)


def test_the_files_are_up_to_date(vocabularies: Mapping[str, Vocabulary]) -> None:
    files = dict(vscode.files(vocabularies))
    for name, text in files.items():
        assert (ROOT / ".vscode" / name).read_text("utf-8") == text, "run make champs"
    assert {file.name for file in (ROOT / ".vscode").iterdir()} == set(files)


def test_every_snippet_is_one(snippets: dict[str, dict[str, Any]], vocabularies: Mapping[str, Vocabulary]) -> None:
    allowed = [{value.id for value in one.valeurs} for one in vocabularies.values()]
    for name, snippet in snippets.items():
        assert snippet["scope"] == "markdown"
        assert re.fullmatch(r"[a-z_-]+", snippet["prefix"]), name
        _, stops, choices = expanded(snippet["body"])
        assert [stop for stop in stops if stop] == list(range(1, 1 + sum(map(bool, stops)))), name
        for values in choices:
            assert set(values) in allowed, name


@pytest.mark.parametrize("kind", SHEETS, ids=lambda kind: kind.KIND)
def test_a_new_sheet_is_a_front_matter_with_what_a_draft_needs(
    kind: type[Sheet], snippets: dict[str, dict[str, Any]]
) -> None:
    text, stops, _ = expanded(snippets[f"Fiche : {kind.LABEL}"]["body"])
    assert stops[-1] == 0, "the cursor ends in the text"
    source, problems = parse(text, "x.md")
    assert problems == []
    assert list(source.data) == [one.path for one in order(kind) if one.essentiel]
    for field in order(kind):
        if field.required:
            assert source.data[field.path], field.path


def test_every_field_has_its_snippet(snippets: dict[str, dict[str, Any]]) -> None:
    by_prefix: dict[str, list[str]] = {}
    for snippet in snippets.values():
        by_prefix.setdefault(snippet["prefix"], []).append(expanded(snippet["body"])[0])
    for kind in SHEETS:
        for field in order(kind):
            for text in by_prefix[field.path]:
                source, problems = parse(f"---\n{text}\n---\n", "x.md")
                assert problems == [], field.path
                assert list(source.data) == [field.path]
    assert set(by_prefix) == {one.path for kind in SHEETS for one in order(kind)} | {f"fiche-{kind}" for kind in KINDS}


class Odd(Experience):
    """An experience with a field whose example holds signs that mean something to VS Code."""

    KIND: ClassVar = "odd"
    prix: str = champ("Prix", "Rien.", exemple=r"10 $ {la pièce} \ 3")


def test_signs_are_read_as_text(vocabularies: Mapping[str, Vocabulary], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vscode, "SHEETS", (Odd,))
    body = vscode.snippets(vocabularies)["prix"]["body"]
    assert expanded(body)[0] == 'prix: "Prix"'
    stops = vscode._Stops()
    assert expanded([stops.text(r"10 $ {la pièce} \ 3")])[0] == r"10 $ {la pièce} \ 3"
    assert expanded([stops.choice(["a,b", "c|d", "e\\"])])[2] == [["a,b", "c|d", "e\\"]]


def test_the_schema_of_vocabularies_accepts_them() -> None:
    schema = json.loads((ROOT / ".vscode" / "vocabulaire.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    files = sorted((ROOT / "content" / "vocabularies").glob("*.yml"))
    assert files
    for file in files:
        jsonschema.validate(yaml.safe_load(file.read_text("utf-8")), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"titre": "Sans valeurs", "definition": "Rien."}, schema)


def test_the_command_writes_them_and_says_when_it_cannot(tmp_path: Path) -> None:
    assert started("vscode", "--dossier", tmp_path / "code").returncode == 0
    for file in (ROOT / ".vscode").iterdir():
        assert (tmp_path / "code" / file.name).read_bytes() == file.read_bytes()
    (tmp_path / "plein").write_text("")
    done = essaim("vscode", "--dossier", tmp_path / "plein")
    assert done.returncode == 2
    assert "ne peut pas être écrit" in done.stderr
    assert essaim("vscode", "--contenu", tmp_path / "rien").returncode == 2
