"""`essaim new` and `essaim format` on the command line: what they write, what they refuse, what they ask."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import pty
import re
import select
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from essaim import cli, disk
from essaim.front import canonical
from essaim.library import load
from essaim.model import KINDS, Experience, order
from essaim.new import LONGEST, draft, identifier
from essaim.vocabulary import Vocabulary
from tests.conftest import ROOT, essaim, experience, started

DAY = ("--jour", "2026-11-26")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_new_sheet_lacks_only_what_is_to_fill_in(kind: str, small_folder: Path) -> None:
    before = {str(problem) for problem in load(small_folder)[1]}
    done = essaim("new", kind, "L’énergie : « à cœur » #1", *DAY, "--contenu", small_folder)
    assert done.returncode == 0, done.stderr
    file = small_folder / KINDS[kind].FOLDER / "l-energie-a-coeur-1.md"
    assert done.stdout.strip() == file.as_posix()
    assert canonical(file.read_bytes(), KINDS[kind], file.name) == (file.read_text("utf-8"), [])
    told = [problem for problem in load(small_folder)[1] if str(problem) not in before]
    assert {problem.code for problem in told} <= {"champ-manquant"}
    filled = ("titre", "publie_le", "verifie_le")
    assert [problem.message for problem in told] == [f"champ obligatoire manquant « {champ.path} »" for champ in order(KINDS[kind]) if champ.required and champ.path not in filled]  # fmt: skip
    lines = file.read_text("utf-8").split("\n")
    for problem in told:
        assert lines[problem.line - 1].endswith(":"), "the place is the empty field"
    assert 'titre: "L’énergie : « à cœur » #1"' in lines
    assert "statut: brouillon" in lines


def test_every_field_is_in_the_draft_once_with_its_help(vocabularies: dict[str, Vocabulary]) -> None:
    text = draft(Experience, {"titre": "Une fiche"}, date(2026, 11, 26), vocabularies)
    for champ in order(Experience):
        assert len(re.findall(rf"^(# )?{champ.path}:", text, re.MULTILINE)) == 1, champ.path
        assert f"# {champ.titre}" in text
    needed = [champ.path for champ in order(Experience) if champ.required]
    assert re.findall(r"^(\w+):", text, re.MULTILINE) == [
        one for one in [champ.path for champ in order(Experience)] if one in (*needed, "statut")
    ]
    assert "classique, hybride, multi-parties-prenantes" in text


def test_an_uncommented_field_keeps_its_place(vocabularies: dict[str, Vocabulary]) -> None:
    text = draft(Experience, {"titre": "Une fiche"}, date(2026, 11, 26), vocabularies)
    filled = text.replace("# cout_total:", "cout_total: 1000").replace("# themes:", "themes: [bois]")
    assert canonical(filled, Experience) == (filled, [])


def test_everything_can_be_given_in_a_script(small_folder: Path) -> None:
    done = started("new", "experience", "Une forge", "--commune", "Figeac", "--commune", "Assier (Lot)", "--themes", "bois", "--themes", "energie", "--resume", "Un résumé.",
                  "--besoin", "non communiqué", "--gouvernance", "hybride", "--porteur", "non communiqué", "--debut", "2012", "--difficultes", "non communiqué",
                  *DAY, "--contenu", small_folder)  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = (small_folder / "experiences" / "une-forge.md").read_text("utf-8")
    for line in (
        "communes: [46102 Figeac, 46009 Assier]",
        "themes: [bois, energie]",
        "debut: 2012",
        "difficultes: non communiqué",
        "publie_le: 2026-11-26",
    ):
        assert f"\n{line}\n" in text
    assert not [problem for problem in load(small_folder)[1] if "une-forge" in problem.path]


def test_a_name_that_several_places_bear_is_never_guessed(small_folder: Path) -> None:
    done = essaim("new", "experience", "Une forge", "--commune", "Sainte-Colombe", "--contenu", small_folder)
    assert done.returncode == 2
    assert "46260 Sainte-Colombe (Lot)" in done.stderr
    assert done.stderr.count("Sainte-Colombe (") == 12
    near = essaim("new", "experience", "Une forge", "--commune", "Figac", "--contenu", small_folder)
    assert near.returncode == 2
    assert "Vouliez-vous dire « 46102 Figeac »" in near.stderr
    assert not (small_folder / "experiences" / "une-forge.md").exists()


def test_an_id_serves_once_for_ever(small_folder: Path) -> None:
    file = small_folder / "experiences" / "voisine.md"
    file.write_text(experience("anciens_ids: [ancien-nom]\n", titre="Voisine"), "utf-8")
    kept = {path: path.read_bytes() for path in small_folder.rglob("*.md")}
    for titre, more, said in (
        ("Voisine", (), "« voisine » est déjà l’identifiant d’une fiche"),
        ("Ancien nom", (), "aujourd’hui « voisine »"),
        ("!!!", (), "ce titre ne donne pas d’identifiant"),
        ("Bon titre", ("--id", "../dehors"), "ne peut pas être un identifiant"),
        ("Bon titre", ("--id", "scic"), "est déjà l’identifiant d’une fiche"),
        ("", (), "donnez un titre"),
    ):
        done = essaim("new", "experience", titre, *more, "--contenu", small_folder)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
        assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in small_folder.rglob("*.md")} == kept
    library, _ = load(small_folder)
    assert library.identities["ancien-nom"] == "voisine"


@pytest.mark.parametrize(
    ("titre", "wanted"),
    [("L’énergie à cœur", "l-energie-a-coeur"), ("  A  b ", "a-b"), ("日本", "ri-ben"), ("…", ""), ("Index", "index"), ("mot " * 40, "mot-" * 14 + "mot"), ("x" * 99, "x" * LONGEST)],
)  # fmt: skip
def test_the_id_of_a_title(titre: str, wanted: str) -> None:
    assert identifier(titre) == wanted


def on_a_terminal(*arguments: str | Path, answers: list[str]) -> tuple[str, int]:
    """What a person sees of a command, each answer typed when a question waits for it."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "essaim", *map(str, arguments)]
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, close_fds=True, env={**os.environ, "TERM": "dumb"}
    )
    os.close(slave)
    seen, answered, end = "", 0, time.monotonic() + 60
    waiting = list(answers)
    while time.monotonic() < end:
        if select.select([master], [], [], 0.2)[0]:
            try:
                seen += os.read(master, 65536).decode("utf-8", "replace")
            except OSError:  # the other end is closed: Linux says so
                break
        elif waiting and seen.endswith(" : ") and len(seen) > answered:
            answered = len(seen)
            os.write(master, f"{waiting.pop(0)}\n".encode())
    if process.poll() is None and time.monotonic() >= end:
        process.kill()
    process.wait(timeout=10)
    os.close(master)
    return seen, process.returncode


def test_on_a_terminal_it_asks(small_folder: Path) -> None:
    answers = ["Une forge", "Un résumé qui se tient.", "Forger.", "asso", "hybride", "", "2012", "non communiqué"]
    seen, code = on_a_terminal(
        "new",
        "experience",
        "--commune",
        "Sainte-Colombe",
        *DAY,
        "--contenu",
        small_folder,
        answers=[*answers[:2], "7", *answers[2:]],
    )
    assert code == 0, seen
    assert "est le nom de plusieurs territoires" in seen
    assert "Lequel (numéro)" in seen
    text = (small_folder / "experiences" / "une-forge.md").read_text("utf-8")
    assert "\nresume: Un résumé qui se tient.\n" in text
    assert re.search(r"^communes: \[\d{5} Sainte-Colombe\]$", text, re.MULTILINE)
    assert "\ngouvernance: hybride\n" in text
    assert "\nporteur:\n" in text
    assert "\ndifficultes: non communiqué\n" in text
    assert "valeur inconnue « asso »" in seen
    assert "classique, hybride, multi-parties-prenantes" in seen, "the choices are told"


def test_on_a_terminal_it_asks_where(small_folder: Path) -> None:
    seen, code = on_a_terminal(
        "new", "méthode", "Une manière", "--contenu", small_folder, answers=["Un résumé.", "Quand il pleut."]
    )
    assert code == 0, seen
    assert "Communes" not in seen, "a method has no place"
    seen, code = on_a_terminal(
        "new",
        "organisation",
        "Une forge",
        "--contenu",
        small_folder,
        answers=["Un résumé.", "Figac", "Figeac", "associations"],
    )
    assert code == 0, seen
    assert "Vouliez-vous dire « 46102 Figeac »" in seen
    assert "\ncommunes: [46102 Figeac]\n" in (small_folder / "organisations" / "une-forge.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--gouvernance", "clasique"),
            "--gouvernance : valeur inconnue « clasique ». Vouliez-vous dire « classique » ?",
        ),
        (("--debut", "12/06/2019"), "--debut : « 12/06/2019 » n’est pas une date"),
        (("--cout-total", "180 000 €"), "--cout-total : « 180 000 € » n’est pas un nombre"),
        (("--porteur", "hybride"), "--porteur : aucune fiche « hybride » (organisation)"),
        (("--themes", "bois", "--themes", "boiss"), "--themes : valeur inconnue « boiss »"),
        (("--resume", "x" * 301), "--resume : « resume » dépasse 300 caractères"),
    ],
)
def test_what_a_sheet_would_refuse_is_refused(arguments: tuple[str, ...], said: str, small_folder: Path) -> None:
    done = essaim("new", "experience", "Une forge", *arguments, "--contenu", small_folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (small_folder / "experiences" / "une-forge.md").exists()


def test_a_kind_has_its_french_name(small_folder: Path) -> None:
    assert essaim("new", "Méthode", "Une manière", *DAY, "--contenu", small_folder).returncode == 0
    assert "Vouliez-vous dire « method » ?" in essaim("new", "methot", "X").stderr
    assert "Vouliez-vous dire « check » ?" in essaim("chek").stderr


def test_format_on_disk(small_folder: Path) -> None:
    essaim("format", "--contenu", small_folder)
    assert started("format", "--check", "--contenu", small_folder).returncode == 0
    file, broken = small_folder / "glossary" / "scic.md", small_folder / "experiences" / "casse.md"
    canon = file.read_bytes()
    file.write_bytes(canon.replace(b"\n", b"\r\n"))
    broken.write_bytes(b"---\ntitre: a: b\n---\n")
    file.chmod(0o640)
    told = essaim("format", "--check", "--contenu", small_folder)
    assert told.returncode == 1
    assert f"{file}:1:1: cette fiche n’est pas en forme. Lancez essaim format. [mise-en-forme]" in told.stdout
    assert "un deux-points de trop" in told.stdout
    assert file.read_bytes() != canon, "--check writes nothing"
    done = essaim("format", file, "--contenu", small_folder)
    assert (done.returncode, done.stdout) == (0, f"{file} : mise en forme.\n")
    assert file.read_bytes() == canon
    assert file.stat().st_mode & 0o777 == 0o640
    assert essaim("format", "--contenu", small_folder).returncode == 1, "what can't be read is said"
    assert broken.read_bytes() == b"---\ntitre: a: b\n---\n"
    assert not [one for one in small_folder.rglob(".*") if one.is_file()], "nothing is left beside"
    assert essaim("format", "rien.md", "--contenu", small_folder).returncode == 2


def test_nothing_is_written_outside_the_content(small_folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "dehors"
    (small_folder / "resources").rename(outside)
    (small_folder / "resources").symlink_to(outside)
    for file in outside.glob("*.md"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    before = {file: file.read_bytes() for file in outside.iterdir()}
    essaim("format", "--contenu", small_folder)
    done = essaim("new", "resource", "Dehors", "--contenu", small_folder)
    assert done.returncode == 2
    assert "mène hors du dossier de contenu" in done.stderr
    assert {file: file.read_bytes() for file in outside.iterdir()} == before


def test_an_argument_that_is_no_text_is_refused(small_folder: Path) -> None:
    odd = os.fsdecode(b"bad\xff")
    command = [sys.executable, "-m", "essaim", "new", "page", odd, "--contenu", str(small_folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
    assert "UTF-8" in done.stderr.decode()


def test_a_full_disk_is_told_in_french(small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk, "create", full)
    monkeypatch.setattr(sys, "argv", ["essaim", "new", "page", "Une page", "--contenu", str(small_folder)])
    with pytest.raises(SystemExit) as stopped, contextlib.redirect_stderr(io.StringIO()) as said:
        cli.main()
    assert stopped.value.code == 2
    assert "ne peut pas être écrit (le disque est plein)" in said.getvalue()


def test_a_page_can_not_have_an_address_of_the_site(small_folder: Path) -> None:
    for titre in ("Recherche", "Index", "Expériences"):
        done = essaim("new", "page", titre, "--contenu", small_folder)
        assert (done.returncode, "sert déjà au site" in done.stderr) == (2, True), titre
    assert essaim("new", "experience", "Recherche", *DAY, "--contenu", small_folder).returncode == 0
