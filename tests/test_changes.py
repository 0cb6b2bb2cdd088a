"""``essaim check --changed``: what a change touches and what depends on it, as the whole check would tell it."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from essaim.advice import advise
from essaim.changes import ChangesError, since
from essaim.checks import check
from essaim.ledger import Ledger, write
from essaim.library import load
from essaim.permalinks import published
from essaim.problem import Problem
from essaim.scope import scope
from tests.conftest import ROOT, essaim, started

Repository = Callable[..., str]


@pytest.fixture
def folder(small_folder: Path) -> Path:
    """``tests/library`` in a repository, committed, with a prepared search and a former identity to depend on."""
    (small_folder / "experiences" / "cherche.md").write_text(
        "---\ntitre: Une recherche\nresume: Un résumé.\nbesoin: non communiqué\ngouvernance: non communiqué\nporteur: non communiqué\n"
        "debut: non communiqué\ndifficultes: non communiqué\nanciens_ids: [chercheuse]\nstatut: publié\npublie_le: 2026-01-05\n"
        "verifie_le: 2026-01-05\n---\n\nVoyez [les termes](/explorer/?sorte=glossaire).\n",
        "utf-8",
    )
    git(small_folder.parent, "init", "-q")
    commit(small_folder)
    return small_folder


def git(where: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=where, check=True, capture_output=True, text=True, env=environment
    )
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder.parent, "add", "-A")
    git(folder.parent, "commit", "-q", "-m", "x")
    return git(folder.parent, "rev-parse", "HEAD")


def errors(folder: Path) -> set[Problem]:
    library, problems = load(folder, "content")
    return {*problems, *check(library)}


def told(folder: Path, revision: str = "HEAD") -> set[Problem]:
    """What ``--changed`` tells: as the command does it."""
    part = scope(since(folder, revision))
    library, problems = load(folder, "content", part.read)
    return {one for one in (*problems, *check(library)) if one.path.removeprefix("content/") in part.told}


def place(problem: Problem) -> tuple[str, str, str]:
    # A hint may list what is near in the whole library; a line may move.
    return problem.path, problem.code, problem.message


def edit(folder: Path, name: str, pattern: str, new: str) -> None:
    file = folder / name
    text = re.sub(pattern, new, file.read_text("utf-8"), count=1, flags=re.MULTILINE)
    assert text != file.read_text("utf-8"), "the edit must change something"
    file.write_text(text, "utf-8")


def _sheets(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.md"))


def _text(folder: Path, chance: random.Random) -> None:
    file = chance.choice(_sheets(folder))
    broken = chance.choice(
        (
            "[[fiche-qui-manque]]",
            "<b>gras</b>",
            "# Un titre",
            "Rien de grave.",
            "![x](../images/absente.png)",
            "[x](#nulle-part)",
        )
    )
    file.write_text(file.read_text("utf-8") + f"\n{broken}\n", "utf-8")


def _rename(folder: Path, chance: random.Random) -> None:
    file = chance.choice(_sheets(folder))
    file.rename(file.with_name(chance.choice((f"{file.stem}-bis.md", "scic.md", "Majuscule.md"))))


def _move(folder: Path, chance: random.Random) -> None:
    file = chance.choice(_sheets(folder))
    file.rename(folder / chance.choice(("experiences", "glossary", "organisations")) / file.name)


def _delete(folder: Path, chance: random.Random) -> None:
    chance.choice(_sheets(folder)).unlink()


def _status(folder: Path, chance: random.Random) -> None:
    file = chance.choice(_sheets(folder))
    file.write_text(
        file.read_text("utf-8").replace(
            "statut: publié", f"statut: {chance.choice(('brouillon', 'archivé', 'publie'))}"
        ),
        "utf-8",
    )


def _heading(folder: Path, chance: random.Random) -> None:
    file = chance.choice([one for one in _sheets(folder) if "\n## " in one.read_text("utf-8")])
    file.write_text(re.sub(r"^## .*$", "## Tout autre chose", file.read_text("utf-8"), flags=re.MULTILINE), "utf-8")


def _vocabulary(folder: Path, chance: random.Random) -> None:
    file = chance.choice(sorted((folder / "vocabularies").glob("*.yml")))
    if chance.random() < 0.3:
        file.unlink()
    else:
        ids = re.findall(r"id: ([a-zé2-9-]+)", file.read_text("utf-8"))
        file.write_text(file.read_text("utf-8").replace(f"id: {chance.choice(ids)}", "id: tout-autre", 1), "utf-8")


def _former(folder: Path, chance: random.Random) -> None:
    file = chance.choice(_sheets(folder))
    taken = chance.choice(("chercheuse", "scic", "jamais-vu"))
    file.write_text(file.read_text("utf-8").replace("statut:", f"anciens_ids: [{taken}]\nstatut:", 1), "utf-8")


def _picture(folder: Path, chance: random.Random) -> None:
    file = folder / "images" / "carre.png"
    if file.exists():
        file.rename(file.with_name("autre.png")) if chance.random() < 0.5 else file.write_bytes(b"rien")


def _stray(folder: Path, chance: random.Random) -> None:
    (folder / chance.choice(("note.txt", "experiences/image.svg", "profond/x/y.md"))).parent.mkdir(
        parents=True, exist_ok=True
    )
    (folder / "note.txt").write_text("rien", "utf-8")


EDITS = (_text, _rename, _move, _delete, _status, _heading, _vocabulary, _former, _picture, _stray)


@pytest.mark.parametrize("seed", range(60))
def test_changed_tells_all_the_errors_that_an_edit_makes(seed: int, folder: Path) -> None:
    before = {place(one) for one in errors(folder)}
    chance = random.Random(seed)  # noqa: S311  # not for secrets
    for make in (EDITS[seed % len(EDITS)], *chance.sample(EDITS, seed // 30)):
        make(folder, chance)
    if chance.random() < 0.3:
        git(folder.parent, "add", "-A")
    whole = errors(folder)
    part = told(folder)
    assert {place(one) for one in whole} - before == {place(one) for one in part} - before
    assert {place(one) for one in part} <= {place(one) for one in whole}, "what is told is true of the whole"
    assert {(one.path, one.line, one.column) for one in part} <= {(one.path, one.line, one.column) for one in whole}


def test_the_edits_above_do_make_errors(folder: Path) -> None:
    """So that the comparison is not one of nothing with nothing."""
    clean = errors(folder)
    assert clean == set()
    made = set()
    for make in EDITS:
        for seed in range(4):
            make(folder, random.Random(seed))  # noqa: S311
            made |= {one.code for one in errors(folder)}
            git(folder.parent, "reset", "-q", "--hard")
            git(folder.parent, "clean", "-fdq")
    assert len(made) >= 10, made


def test_errors_that_stood_before_are_not_told(folder: Path) -> None:
    edit(folder, "glossary/scic.md", r"^titre:", "tittre:")
    commit(folder)
    edit(folder, "experiences/cherche.md", "Un résumé", "Un autre résumé")
    assert errors(folder)
    assert told(folder) == set()


def test_a_sheet_that_depends_on_the_change_is_told(folder: Path) -> None:
    (folder / "experiences" / "lie.md").write_text(
        (folder / "experiences" / "cherche.md").read_text("utf-8").replace("anciens_ids: [chercheuse]\n", "")
        + "\n[[cherche#debut]]\n",
        "utf-8",
    )
    (folder / "experiences" / "cherche.md").write_text(
        (folder / "experiences" / "cherche.md").read_text("utf-8") + "\n## Début\n", "utf-8"
    )
    start = commit(folder)
    assert errors(folder) == set()
    edit(folder, "experiences/cherche.md", "## Début", "## Commencement")
    assert [(one.path, one.code) for one in told(folder)] == [("content/experiences/lie.md", "ancre-inconnue")]
    commit(folder)
    assert told(folder) == set(), "since the last commit, nothing"
    assert len(told(folder, start)) == 1, "since the one before, the same"


def test_the_last_sheet_of_a_value_takes_prepared_searches_with_it(folder: Path) -> None:
    library, _ = load(folder, "content")
    theme = next(one.id for one in library.vocabularies["themes"].valeurs if one.id not in library.facets["themes"])
    edit(folder, "experiences/cherche.md", r"sorte=glossaire", f"themes={theme}")
    text = (folder / "experiences" / "cherche.md").read_text("utf-8").partition("Voyez")[0]
    (folder / "experiences" / "seule.md").write_text(
        text.replace("anciens_ids: [chercheuse]", f"themes: [{theme}]"), "utf-8"
    )
    commit(folder)
    assert errors(folder) == set()
    edit(folder, "experiences/seule.md", r"^themes: .*\n", "")
    new = errors(folder)
    assert [(one.path, one.code) for one in new] == [("content/experiences/cherche.md", "recherche-inconnue")]
    assert told(folder) == new
    assert scope(since(folder, "HEAD")).reason.startswith("une recherche toute prête dépend de toutes")
    # A sheet that is no longer valid counts for no value either.
    git(folder.parent, "checkout", "-q", "--", ".")
    edit(folder, "experiences/seule.md", r"^debut: .*", "debut: hier")
    assert {one.code for one in told(folder)} == {"date", "recherche-inconnue"}


def test_only_what_is_needed_is_read(folder: Path) -> None:
    edit(folder, "glossary/scic.md", r"^titre: .*", "titre: Société")
    part = scope(since(folder, "HEAD"))
    assert part.reason == ""
    assert part.read is not None
    assert "glossary/scic.md" in part.told <= part.read
    assert "experiences/cherche.md" not in part.read
    assert part.touched == {"glossary/scic.md"}
    library, _ = load(folder, "content", part.read)
    assert set(library.known) < set(library.kinds)


def test_what_explains_an_abbreviation_is_read_too(folder: Path) -> None:
    edit(folder, "experiences/cherche.md", "Voyez", "La SCIC et le SIVOM. Voyez")
    edit(folder, "experiences/cherche.md", r"\[les termes\]\(.*\)", "la suite")
    part = scope(since(folder, "HEAD"))
    assert part.reason == ""
    found = [advise(load(folder, "content", read)[0], date(2026, 1, 5), ids={"cherche"}) for read in (None, part.read)]
    assert found[0] == found[1]
    assert [one.message for one in found[1] if one.code == "sigle-non-explique"] == [
        "le sigle « SIVOM » n’est pas expliqué"
    ]


def test_a_changed_picture_touches_those_who_show_it(folder: Path) -> None:
    Image.new("RGB", (8, 8)).save(folder / "images" / "carre.png")
    part = scope(since(folder, "HEAD"))
    shows = {f"{file.parent.name}/{file.name}" for file in _sheets(folder) if "carre.png" in file.read_text("utf-8")}
    assert shows
    assert part.touched == shows | {"images/carre.png"}


def test_other_files_are_told_to_need_the_whole(folder: Path) -> None:
    edit(folder, "vocabularies/themes.yml", r"^titre: .*", "titre: Sujets")
    part = scope(since(folder, "HEAD"))
    assert (part.read, part.reason) == (
        None,
        "« vocabularies/themes.yml » n’est ni une fiche ni une image : tout le contenu est contrôlé.",
    )


def test_work_of_others_since_the_branch_left_is_not_told(folder: Path) -> None:
    git(folder.parent, "branch", "-M", "main")
    git(folder.parent, "checkout", "-q", "-b", "travail")
    edit(folder, "experiences/cherche.md", "Un résumé", "Un autre résumé")
    commit(folder)
    git(folder.parent, "checkout", "-q", "main")
    edit(folder, "glossary/scic.md", r"^titre: .*", "titre: Société")
    commit(folder)
    git(folder.parent, "checkout", "-q", "travail")
    assert since(folder, "main").names == {"experiences/cherche.md"}


def test_names_come_from_git_as_they_are(folder: Path) -> None:
    (folder / "experiences" / "été à la ferme\n.md").write_text("x", "utf-8")
    (folder / "experiences" / "--output=x.md").write_text("x", "utf-8")
    (folder.parent / "ailleurs.md").write_text("x", "utf-8")
    assert since(folder, "HEAD").names == {"experiences/été à la ferme\n.md", "experiences/--output=x.md"}
    assert {one.code for one in errors(folder)} == {"nom-de-fichier"}


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("", "n’est pas une révision"),
        ("--output=fichier", "n’est pas une révision"),
        ("-h", "n’est pas une révision"),
        ("a\0b", "n’est pas une révision"),
        ("nulle-part", "révision inconnue « nulle-part »"),
        ("HEAD:content", "révision inconnue"),
        ("HEAD~99", "révision inconnue"),
        ("é; rm -rf /", "révision inconnue"),
    ],
)
def test_what_is_no_revision_is_refused(revision: str, said: str, folder: Path) -> None:
    with pytest.raises(ChangesError, match=re.escape(said)):
        since(folder, revision)
    assert not (folder / "fichier").exists()
    assert not (folder.parent / "fichier").exists()


def test_no_repository_and_no_git_are_told(small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(small_folder.parent.parent))
    with pytest.raises(ChangesError, match="n’est pas dans un dépôt git"):
        since(small_folder, "HEAD")
    monkeypatch.setattr("essaim.changes.shutil.which", lambda _: None)
    with pytest.raises(ChangesError, match="git n’est pas installé"):
        since(small_folder, "HEAD")


@pytest.mark.slow
def test_one_sheet_of_a_thousand_reads_little(tmp_path: Path) -> None:
    """What it costs is measured by ``bench/changed.py``; here, what is read for it."""
    command = [sys.executable, str(ROOT / "bench" / "generate.py"), "1000", str(tmp_path / "library")]
    subprocess.run(command, check=True)
    folder = tmp_path / "library" / "content"
    git(folder.parent, "init", "-q")
    commit(folder)
    edit(folder, "experiences/experience-500.md", r"^titre: .*", "titre: Un autre titre")
    found = scope(since(folder, "HEAD"))
    assert found.touched == {"experiences/experience-500.md"}
    assert found.read is not None
    assert len(found.read) < 100
    library, _ = load(folder, only=found.read)
    assert "experience-500" in library.sheets
    assert len(library.known) <= len(found.read)


def test_settings_that_changed_concern_every_sheet(folder: Path) -> None:
    settings = folder.parent / "pyproject.toml"
    settings.write_text("[tool.essaim]\n", "utf-8")
    found = scope(since(folder, "HEAD"))
    assert found.read is None
    assert "experiences/cherche.md" in found.touched
    assert "pyproject.toml" in found.reason
    commit(folder)
    assert scope(since(folder, "HEAD")).reason == ""
    settings.unlink()
    assert "pyproject.toml" in scope(since(folder, "HEAD")).reason


def test_the_command_says_it_all(folder: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return essaim("check", *arguments, cwd=folder.parent)

    clean = started("check", "--changed", "HEAD", cwd=folder.parent)
    assert (clean.stdout, clean.stderr, clean.returncode) == ("", "Aucun problème.\n", 0)
    edit(folder, "experiences/cherche.md", "Voyez", "Voyez [[rien]] et")
    bad = run("--changed", "HEAD", "--gravite", "erreur")
    assert bad.stdout.startswith("content/experiences/cherche.md:15:7: aucune fiche « rien »")
    assert bad.stderr == (
        "essaim : une recherche toute prête dépend de toutes les fiches : tout le contenu est contrôlé.\n1 erreur dans 1 fichier.\n"
    )
    assert bad.returncode == 1
    assert run("content/glossary", "--changed", "HEAD").returncode == 0, "paths narrow what is told"
    for wrong in ("-x", "nulle-part"):
        done = run("--changed", wrong)
        assert (done.stdout, done.returncode) == ("", 2), wrong
        assert done.stderr.startswith("essaim : ")
        assert done.stderr.count("\n") == 1


def test_a_published_sheet_that_goes_is_told_from_the_ledger(folder: Path) -> None:
    """The problem stands in no file that changed: the whole content is read for it."""
    library = load(folder, "content")[0]
    (folder / "publications").mkdir()
    entries = published(library, set(), date(2026, 11, 26))
    (folder / "publications" / "permaliens.csv").write_text(write(Ledger(entries), "permaliens"), "utf-8")
    commit(folder)
    assert scope(since(folder, "HEAD")).reason == ""
    sheet = folder / "experiences" / "voisine.md"
    sheet.rename(sheet.with_name("voisin.md"))
    found = scope(since(folder, "HEAD"))
    assert found.reason
    assert found.read is None
    assert "publications/permaliens.csv" in found.told
    text = sheet.with_name("voisin.md").read_text("utf-8")
    sheet.with_name("voisin.md").write_text(text.replace("statut:", "anciens_ids: [voisine]\nstatut:", 1), "utf-8")
    commit(folder)
    sheet.with_name("voisin.md").write_text(text, "utf-8")
    found = scope(since(folder, "HEAD"))
    assert found.reason == "une fiche a disparu ou ne dit plus comment elle s’appelait : tout le contenu est contrôlé."
    assert "publications/permaliens.csv" in found.told
