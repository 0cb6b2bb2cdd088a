"""What ``essaim check`` prints for machines is what they accept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

import jsonschema
import pytest

from essaim.codes import CODES
from essaim.formats import FORMATS, Report, as_github, as_gitlab, as_json, as_sarif, as_text, closing, schema
from essaim.library import Library
from essaim.problem import Problem
from tests.conftest import ROOT, Checked, experience

ODD = Problem("content/a, b:c%d é.md", 3, 7, "lien-casse", "ligne 1\nligne 2\r, 100 % : « é »", "Écrivez :: ceci.")
PROBLEMS = (
    ODD,
    Problem("content/x.md", 2, 1, "contact-personnel", "numéro", severity="avertissement"),
    Problem("content/x.md", 4, 2, "adresse-nue", "adresse", severity="conseil"),
    Problem("content/x.md", 9, 2, "adresse-nue", "adresse", severity="conseil"),
)


def test_json_is_what_its_schema_says(small: Library) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    for report in (Report(()), Report(PROBLEMS, list(small.known.values()))):
        jsonschema.validate(json.loads(as_json(report)), schema(), jsonschema.Draft202012Validator)
    wrong = json.loads(as_json(Report(PROBLEMS)))
    wrong["problemes"][0]["gravite"] = "grave"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema())


def test_json_tells_all_of_a_problem_and_how_complete_sheets_are(with_files: Callable[..., Checked]) -> None:
    library, _ = with_files({"experiences/x.md": experience()})
    told = json.loads(as_json(Report(PROBLEMS, [library.known["x"]])))
    assert told["bilan"] == {"erreur": 1, "avertissement": 1, "conseil": 2}
    assert told["problemes"][0] == {"fichier": ODD.path, "ligne": 3, "colonne": 7, "code": "lien-casse", "gravite": "erreur",
                                    "message": ODD.message, "que_faire": ODD.hint}  # fmt: skip
    (sheet,) = told["fiches"]
    assert (sheet["id"], sheet["sorte"], sheet["fichier"]) == ("x", "experience", "content/experiences/x.md")
    assert sheet["donnes"] + len(sheet["a_remplir"]) + len(sheet["non_communiques"]) == sheet["attendus"]
    assert sheet["completude"] == round(sheet["donnes"] / sheet["attendus"], 3)


def test_a_sheet_that_fails_is_counted_too(with_files: Callable[..., Checked]) -> None:
    library, problems = with_files({"experiences/x.md": experience(titre="", debut="hier")})
    assert problems
    told = json.loads(as_json(Report(problems, list(library.known.values()))))
    jsonschema.validate(told, schema())
    assert "titre" in next(sheet for sheet in told["fiches"] if sheet["id"] == "x")["a_remplir"]


def test_github_annotations_come_back_whole() -> None:
    lines = as_github(Report(PROBLEMS)).split("\n")
    assert lines.pop() == ""
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning", "::notice", "::notice"]
    # As the runner reads a command: properties between the first space and the next ::, each escaped.
    for problem, line in zip(PROBLEMS, lines, strict=True):
        match = re.fullmatch(r"::(error|warning|notice) ([^\r\n]*?)::([^\r\n]*)", line)
        assert match
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        assert {name: unquote(value) for name, value in properties.items()} == {
            "file": problem.path, "line": str(problem.line), "col": str(problem.column), "title": problem.code}  # fmt: skip
        assert unquote(match[3]) == problem.sentence
    # The very escapes that GitHub documents, and no others.
    assert lines[0] == (
        "::error file=content/a%2C b%3Ac%25d é.md,line=3,col=7,title=lien-casse::"
        "ligne 1%0Aligne 2%0D, 100 %25 : « é ». Écrivez :: ceci."
    )


def test_gitlab_fingerprints_stay_when_lines_move_and_differ_otherwise() -> None:
    told = json.loads(as_gitlab(Report(PROBLEMS)))
    moved = json.loads(as_gitlab(Report([replace(one, line=one.line + 5) for one in PROBLEMS])))
    names = [one["fingerprint"] for one in told]
    assert len(set(names)) == len(PROBLEMS), "two problems of the same words are two"
    assert [one["fingerprint"] for one in moved] == names
    assert [one["severity"] for one in told] == ["major", "minor", "info", "info"]
    assert told[0] == {"description": ODD.sentence, "check_name": "lien-casse", "fingerprint": names[0], "severity": "major",
                       "location": {"path": ODD.path, "lines": {"begin": 3}}}  # fmt: skip


def test_sarif_is_valid_and_describes_its_rules() -> None:
    official = json.loads((ROOT / "tests" / "sarif" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    validator = jsonschema.Draft4Validator(official, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    for report in (Report(()), Report(PROBLEMS)):
        assert [error.message for error in validator.iter_errors(json.loads(as_sarif(report)))] == []
    (run,) = json.loads(as_sarif(Report(PROBLEMS)))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [code.name for code in CODES]
    for problem, result in zip(PROBLEMS, run["results"], strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == problem.code
        place = result["locations"][0]["physicalLocation"]
        assert unquote(place["artifactLocation"]["uri"]) == problem.path
        assert place["region"] == {"startLine": problem.line, "startColumn": problem.column}
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "note"]
    wrong = json.loads(as_sarif(Report(PROBLEMS)))
    wrong["runs"][0]["results"][0]["level"] = "grave"
    assert list(validator.iter_errors(wrong)), "the schema must be able to say no"


@pytest.mark.parametrize("form", [name for name, _ in FORMATS])
def test_a_folder_whose_name_is_no_text(form: str) -> None:
    told = dict(FORMATS)[form](Report([Problem("d\udcff/content/x.md", 1, 1, "yaml", "illisible")], []))
    assert "d%FF/content" in told if form == "sarif" else "d\udcff/content" in told


def test_no_problem_is_valid_output_too() -> None:
    said = {name: form(Report(())) for name, form in FORMATS}
    assert (said["text"], said["github"], json.loads(said["gitlab"])) == ("", "", [])
    assert json.loads(said["json"])["problemes"] == []


def test_text_says_the_severity_of_what_is_no_error() -> None:
    assert as_text(Report(PROBLEMS[1:3])) == (
        "content/x.md:2:1: avertissement : numéro [contact-personnel]\ncontent/x.md:4:2: conseil : adresse [adresse-nue]\n"
    )


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        ((), "Aucun problème."),
        (PROBLEMS[:1], "1 erreur dans 1 fichier."),
        ((ODD, ODD), "2 erreurs dans 1 fichier."),
        (PROBLEMS[1:2], "Aucun problème, 1 avertissement dans 1 fichier."),
        (PROBLEMS[1:], "Aucun problème, 1 avertissement, 2 conseils dans 1 fichier."),
        (PROBLEMS, "1 erreur, 1 avertissement et 2 conseils dans 2 fichiers."),
    ],
)
def test_the_last_line_counts(problems: tuple[Problem, ...], said: str) -> None:
    assert closing(problems) == said
