from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
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
from tests.conftest import ROOT, essaim, started


def test_the_project_has_no_problem() -> None:
    done = started("check", "--gravite", "erreur")
    assert (done.stdout, done.stderr, done.returncode) == ("", "Aucun problème.\n", 0)


def test_advice_is_told_and_fails_nothing(small_folder: Path) -> None:
    sheet = small_folder / "experiences" / "voisine.md"
    sheet.write_text(sheet.read_text("utf-8") + "\nÉcrivez à jean@example.org ou voyez https://example.org.\n", "utf-8")
    told = {
        level: essaim("check", "--gravite", level, cwd=small_folder.parent)
        for level in ("erreur", "avertissement", "conseil")
    }
    assert {level: done.returncode for level, done in told.items()} == {"erreur": 0, "avertissement": 0, "conseil": 0}
    assert told["erreur"].stdout == ""
    assert "avertissement : adresse électronique" in told["avertissement"].stdout
    assert "[adresse-nue]" not in told["avertissement"].stdout
    assert "conseil : adresse web" in told["conseil"].stdout
    assert essaim("check", cwd=small_folder.parent).stdout == told["conseil"].stdout
    (small_folder.parent / "pyproject.toml").write_text('[tool.essaim]\nerreurs = ["adresse-nue"]\n', "utf-8")
    raised = essaim("check", "--gravite", "erreur", cwd=small_folder.parent)
    assert raised.returncode == 1
    assert re.fullmatch(r"content/experiences/voisine\.md:\d+:\d+: adresse web [^\n]+ \[adresse-nue\]\n", raised.stdout)
    (small_folder.parent / "pyproject.toml").write_text('[tool.essaim]\nerreurs = ["adresse-nu"]\n', "utf-8")
    wrong = essaim("check", cwd=small_folder.parent)
    assert (wrong.stdout, wrong.returncode) == ("", 2)
    assert (
        wrong.stderr
        == "essaim : pyproject.toml:2:13: code inconnu « adresse-nu ». Vouliez-vous dire « adresse-nue » ?\n"
    )


@pytest.mark.parametrize("form", ["json", "github", "gitlab", "sarif"])
def test_machines_read_the_standard_output_alone(form: str, small_folder: Path) -> None:
    (small_folder / "experiences" / "casse.md").write_text("---\ntitre: [\n---\n", "utf-8")
    done = started("check", "--format", form, cwd=small_folder.parent)
    assert done.returncode == 1
    assert done.stderr.startswith("1 erreur")
    if form == "github":
        assert re.search(
            r"^::error file=content/experiences/casse\.md,line=\d+,col=\d+,title=yaml::", done.stdout, re.MULTILINE
        )
    else:
        assert "content/experiences/casse.md" in json.dumps(json.loads(done.stdout))


def test_wrong_use_is_not_a_content_error(tmp_path: Path) -> None:
    for arguments in (("check", "--contenu", tmp_path / "rien"), ("check", ROOT / "README.md"), ("check", "content/absent.md"),
                      ("schema", "fiche"), ("inconnu",), ("check", "--couleur")):  # fmt: skip
        done = essaim(*arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
        assert done.stderr


def test_our_own_fault_is_told_apart(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object, **__: object) -> None:
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
    whole = essaim("check", "--gravite", "erreur", "--contenu", small_folder)
    assert [line.rsplit("[", 1)[1] for line in whole.stdout.splitlines()] == [
        "champ-manquant]",
        "champ-inconnu]",
        "lien-casse]",
    ]
    one = essaim("check", file, "--gravite", "erreur", "--contenu", small_folder)
    assert len(one.stdout.splitlines()) == 2
    assert (
        essaim("check", small_folder / "glossary", "--gravite", "erreur", "--contenu", small_folder).stdout.count("\n")
        == 1
    )
    assert essaim("check", small_folder / "methods", "--contenu", small_folder).returncode == 0
    assert file.read_text("utf-8").startswith("---\ntittre:"), "the sheet's file is never changed"


@pytest.mark.parametrize(("written", "instead"), [(b"valeurs:", b"valeur:"), (b"", None)])
def test_a_vocabulary_that_can_not_be_used_is_told_with_whichever_sheet(
    written: bytes, instead: bytes | None, small_folder: Path
) -> None:
    """No sheet is checked whole without it: « Aucun problème » would be wrong."""
    file = small_folder / "vocabularies" / "themes.yml"
    whole = file.read_bytes()
    file.unlink()
    if instead:
        file.write_bytes(whole.replace(written, instead, 1))
    done = essaim("check", "--gravite", "erreur", "content/experiences/voisine.md", cwd=small_folder.parent)
    assert done.returncode == 1
    assert done.stdout.startswith("content/vocabularies/themes.yml:1:1: ")


def test_a_folder_of_sheets_is_part_of_the_content_around_it(small_folder: Path) -> None:
    (small_folder / "glossary" / "scic.md").write_text("---\ntitre: [\n---\n", "utf-8")
    file = small_folder / "experiences" / "voisine.md"
    file.write_text(file.read_text("utf-8").replace("titre:", "tittre:"), "utf-8")
    inside = essaim("check", ".", "--gravite", "erreur", cwd=file.parent)
    assert [line.split(":")[0] for line in inside.stdout.splitlines()] == ["../experiences/voisine.md"] * 2
    beside = essaim("check", "experiences", "--gravite", "erreur", cwd=small_folder)
    assert beside.stdout == inside.stdout.replace("../", "./")
    whole = small_folder.rename(small_folder.with_name("experiences"))  # a content that is called so
    assert essaim("check", "experiences", "--gravite", "erreur", cwd=whole.parent).stdout.count("\n") == 3


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_schema_of_each_kind_accepts_every_sheet_of_that_kind(kind: str) -> None:
    done = (started if kind == "experience" else essaim)("schema", kind)
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
    assert started("champs").stdout == (ROOT / "docs" / "champs.md").read_text("utf-8"), "run make champs"


SPOKEN = (
    [("--help",), ("check", "--help"), ("schema", "--help"), ("chek",), ("check", "--contenus"), ("check", "--contenu"), ("schema",),
     ("schema", "fiche"), ("schema", "term", "encore"), ("champs", "--contenu=x"), ("report", "--help"), ("report", "tout"), ("links", "--help"), ("links", "--age", "x"), ()]
)  # fmt: skip
ASK = """import json, sys
from click.testing import CliRunner
from essaim.cli import app
print(json.dumps([CliRunner().invoke(app, arguments).output for arguments in json.loads(sys.argv[1])]))"""


@pytest.fixture(scope="module")
def spoken() -> Mapping[tuple[str, ...], str]:
    """What the command line says, in one process of a machine that speaks English."""
    environment = {**os.environ, "LANG": "C", "LANGUAGE": "en"}
    command = [sys.executable, "-c", ASK, json.dumps(SPOKEN)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return dict(zip(SPOKEN, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("arguments", SPOKEN, ids=" ".join)
def test_the_command_line_speaks_french_whatever_the_machine(
    arguments: tuple[str, ...], spoken: Mapping[tuple[str, ...], str]
) -> None:
    said = spoken[arguments]
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


@pytest.mark.parametrize("front", ['"a\\n::warning file=README.md::pirate": 1\n', 'themes: ["b\\n::error::deux"]\n'])
def test_a_problem_is_one_line_whatever_is_in_a_sheet(front: str, small_folder: Path) -> None:
    """A forge's log obeys lines that begin with two colons."""
    (small_folder / "pages" / "inj.md").write_text(f"---\n{front}titre: x\n---\n", "utf-8")
    done = essaim("check", "--contenu", small_folder)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert all(line.startswith(f"{small_folder}/") for line in lines)
    assert any("\\u000a::" in line for line in lines)


def test_check_starts_without_what_only_a_build_needs() -> None:
    heavy = ("jinja2", "mkdocs", "PIL", "requests", "rapidfuzz", "pyphen", "lxml", "icalendar")
    code = f"import sys, essaim.cli.check; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
