from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from essaim import cli
from essaim.cli import check as check_command
from essaim.model import KINDS
from essaim.source import parse
from tests.conftest import ROOT


def essaim(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "essaim", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_the_project_has_no_problem() -> None:
    done = essaim("check")
    assert (done.stdout, done.stderr, done.returncode) == ("", "Aucun problème.\n", 0)


def test_wrong_use_is_not_a_content_error(tmp_path: Path) -> None:
    for arguments in (("check", "--contenu", tmp_path / "rien"), ("check", ROOT / "README.md"), ("check", "content/absent.md"),
                      ("schema", "fiche"), ("inconnu",), ("check", "--couleur")):  # fmt: skip
        done = essaim(*arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
        assert done.stderr


def test_our_own_fault_is_told_apart(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("boum")

    monkeypatch.setattr(check_command, "load", fail)
    monkeypatch.setattr(sys, "argv", ["essaim", "check", "--contenu", str(ROOT / "content")])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 3
    assert "erreur interne (RuntimeError: boum)" in capsys.readouterr().err


def test_paths_narrow_what_is_told_not_what_is_read(small_folder: Path) -> None:
    file = small_folder / "experiences" / "voisine.md"
    file.write_text(file.read_text("utf-8").replace("titre:", "tittre:"), "utf-8")
    other = small_folder / "glossary" / "scic.md"
    other.write_text(other.read_text("utf-8") + "\n[[rien]]\n", "utf-8")
    whole = essaim("check", "--contenu", small_folder)
    assert [line.rsplit("[", 1)[1] for line in whole.stdout.splitlines()] == [
        "champ-manquant]",
        "champ-inconnu]",
        "lien-casse]",
    ]
    one = essaim("check", file, "--contenu", small_folder)
    assert len(one.stdout.splitlines()) == 2
    assert essaim("check", small_folder / "glossary", "--contenu", small_folder).stdout.count("\n") == 1
    assert essaim("check", small_folder / "methods", "--contenu", small_folder).returncode == 0
    assert file.read_text("utf-8").startswith("---\ntittre:"), "the sheet's file is never changed"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_schema_of_each_kind_accepts_every_sheet_of_that_kind(kind: str) -> None:
    done = essaim("schema", kind)
    assert done.returncode == 0, done.stderr
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = sorted((ROOT / "content" / KINDS[kind].FOLDER).glob("*.md"))
    assert files
    for file in files:
        # As an editor's tool reads YAML: typed scalars. Dates become text again, as JSON has none.
        front = file.read_text("utf-8").split("\n---\n")[0].removeprefix("---\n")
        data = json.loads(json.dumps(yaml.safe_load(front), default=str))
        told = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(data)]
        assert told == [], file.name
        assert not parse(file.read_bytes(), file.name)[0].broken


def test_the_field_reference_is_up_to_date() -> None:
    assert essaim("champs").stdout == (ROOT / "docs" / "champs.md").read_text("utf-8"), "run make champs"


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("check", "--help"), ("schema", "--help"), ("chek",), ("check", "--contenus"), ("check", "--contenu"), ("schema",),
     ("schema", "fiche"), ("schema", "term", "encore"), ("champs", "--contenu=x"), ()],
    ids=" ".join,
)  # fmt: skip
def test_the_command_line_speaks_french_whatever_the_machine(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LANGUAGE", "en")
    done = essaim(*arguments)
    said = done.stdout + done.stderr
    assert said.startswith(("Emploi :", "Erreur :"))
    english = r"\b(Usage|Show|Try|Error|Missing|Invalid|No such|Did you|Commands|default:|not one of|Got|requires|required|unexpected|Choose)\b"
    assert re.findall(english, said) == [], said


def test_the_compiled_words_are_those_of_the_source() -> None:
    folder = ROOT / "plugins" / "essaim" / "locale" / "fr" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as source, (folder / "messages.mo").open("rb") as compiled:
        wanted, found = (_words(catalog) for catalog in (read_po(source), read_mo(compiled)))
    assert wanted == found, "run make locale"
    assert len(wanted) > 20


def _words(catalog: Catalog) -> dict[str, str | tuple[str, ...]]:
    """Message → translation; of a plural, the singular → both."""
    words = {}
    for message in catalog:
        name = message.id if isinstance(message.id, str) else message.id[0]
        said = message.string
        words[name] = said if isinstance(said, str) else tuple(said or ())
    return {name: said for name, said in words.items() if name}
