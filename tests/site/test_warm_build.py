"""Real builds, one after the other: what is kept changes how long they take, and nothing else."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.site.conftest import SITE_URL, copy_project

Sums = dict[str, str]


def run(
    project: Path,
    environment: Mapping[str, str] | None = None,
    limits: Callable[[], None] | None = None,
    more: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """A build in ``project``, with a cache of its own."""
    given = {**os.environ, "ESSAIM_URL": SITE_URL, "ESSAIM_CACHE": str(project / ".cache"), **(environment or {})}
    return subprocess.run(  # a process of our own  # one thread
        [sys.executable, "-m", "mkdocs", "build", "-f", "mkdocs.yml", *more], cwd=project, env=given, capture_output=True, text=True, check=False,
        preexec_fn=limits,
    )  # fmt: skip


def sums(project: Path, name: str = "site") -> Sums:
    """Every file of the site, by its path."""
    site = project / name
    return {
        file.relative_to(site).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(site.rglob("*"))
        if file.is_file()
    }


def pictures_alone(cache: Path) -> Path:
    """A new cache that holds nothing but pictures, those of the whole suite: what is drawn depends on no edit of before."""
    (ROOT / ".cache" / "images").mkdir(parents=True, exist_ok=True)
    cache.mkdir()
    (cache / "images").symlink_to(ROOT / ".cache" / "images")
    return cache


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built once."""
    folder = copy_project(tmp_path_factory.mktemp("warm"))
    pictures_alone(folder / ".cache")
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_again_without_cache_and_in_one_process_the_site_is_the_same(project: Path) -> None:
    before = sums(project)
    for environment in ({}, {"ESSAIM_CACHE": "non", "ESSAIM_PROCESSUS": "1"}, {"ESSAIM_PROCESSUS": "3"}):
        done = run(project, environment)
        assert done.returncode == 0, done.stderr
        assert sums(project) == before, environment


@pytest.mark.parametrize(
    "damage",
    [lambda file: file.write_bytes(os.urandom(9000)), lambda file: os.truncate(file, 5000)],
    ids=["noise", "cut"],
)
def test_a_damaged_cache_is_told_and_the_site_is_the_same(project: Path, damage: Callable[[Path], object]) -> None:
    before = sums(project)
    assert run(project).returncode == 0
    damage(project / ".cache" / "essaim.db")
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert "abîmé" in done.stderr
    assert sums(project) == before


def test_a_check_after_a_build_finds_all_that_was_read(project: Path) -> None:
    """And the other way round: both name files alike, and stand on the same place."""
    assert run(project).returncode == 0
    environment = {name: value for name, value in os.environ.items() if name != "ESSAIM_CACHE"}

    def kept(table: str) -> dict[bytes, bytes]:
        with closing(sqlite3.connect(project / ".cache" / "essaim.db")) as base:
            return dict(base.execute(f"SELECT key, value FROM {table}"))  # noqa: S608  # our own names

    before = {table: kept(table) for table in ("lectures", "controles")}
    done = subprocess.run([sys.executable, "-m", "essaim", "check"], cwd=project, env=environment, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert {table: kept(table) for table in before} == before
    assert kept("conseils")


def test_a_page_changed_by_hand_is_made_again(project: Path) -> None:
    assert run(project).returncode == 0
    before = sums(project)
    page = project / "site" / "experiences" / "archer" / "index.html"
    page.write_text(page.read_text("utf-8") + "<p>à la main</p>", "utf-8")
    assert run(project).returncode == 0
    assert sums(project) == before


def touched(spare: Path) -> None:
    """All that may have happened to a tree since it was the site."""
    (spare / "experiences" / "archer" / "index.html").unlink()
    (spare / "experiences" / "index.html").unlink()
    (spare / "experiences" / "index.html").write_text("un autre fichier", "utf-8")
    with (spare / "methodes" / "index.html").open("a", encoding="utf-8") as file:  # the site has the same file
        file.write("à la main")
    (spare / "a" / "b").mkdir(parents=True)
    (spare / "a" / "b" / "c.txt").write_text("rien", "utf-8")
    (spare / "robots.txt").unlink()
    (spare / "robots.txt").mkdir()
    shutil.rmtree(spare / "donnees")
    (spare / "donnees").symlink_to(spare.parent / "content")


def test_the_tree_before_the_last_serves_whatever_became_of_it(project: Path) -> None:
    for _ in range(2):
        assert run(project).returncode == 0
    before, content = sums(project), sums(project, "content")
    spare = project / ".site.spare"
    page = "experiences/archer/index.html"
    assert (spare / page).stat().st_ino == (project / "site" / page).stat().st_ino
    touched(spare)
    assert run(project).returncode == 0
    assert sums(project) == before
    assert sums(project, "content") == content
    assert not (project / "site" / "a").exists()
    # No site that could be the last one: neither the record nor the spare is of use.
    shutil.rmtree(project / "site")
    assert run(project).returncode == 0
    assert sums(project) == before
    assert not spare.exists()


def test_without_cache_there_is_no_spare(project: Path) -> None:
    for _ in range(2):
        assert run(project).returncode == 0
    assert (project / ".site.spare").is_dir()
    assert run(project, {"ESSAIM_CACHE": "non"}).returncode == 0
    assert not (project / ".site.spare").exists()


def test_a_disk_that_is_full_as_an_edit_is_built_leaves_the_site(project: Path) -> None:
    for _ in range(2):
        assert run(project).returncode == 0
    before = sums(project)
    sheet = project / "content" / "experiences" / "archer.md"
    text = sheet.read_text("utf-8")
    sheet.write_text(text.replace("resume: ", "resume: Autrement dit. ", 1), "utf-8")
    done = run(project, limits=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)))
    sheet.write_text(text, "utf-8")
    assert done.returncode != 0
    assert "Le site précédent reste en place" in done.stderr
    assert sums(project) == before
    assert not list(project.glob(".site.new*")), "nothing half made is left"
    assert run(project).returncode == 0
    assert sums(project) == before


def test_a_full_disk_leaves_the_site_and_says_so(project: Path) -> None:
    assert run(project).returncode == 0
    before = sums(project)
    # The smallest thing like a full disk that needs no rights: no file may be longer than that.
    done = run(project, {"ESSAIM_CACHE": "non"}, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "Le site précédent reste en place" in done.stderr
    assert sums(project) == before
    assert not list(project.glob(".site.new*")), "nothing half made is left"


def test_a_cache_in_the_repository_is_not_read(project: Path) -> None:
    before = sums(project)
    for command in (["init", "-q"], ["add", "-f", ".cache/essaim.db"]):
        subprocess.run(["git", *command], cwd=project, check=True)
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert "suivi par git" in done.stderr
    assert sums(project) == before


def test_a_wrong_number_of_processes_is_told(project: Path) -> None:
    done = run(project, {"ESSAIM_PROCESSUS": "deux"})
    assert done.returncode != 0
    assert "ESSAIM_PROCESSUS : « deux » n’est pas un nombre de processus" in done.stderr


YEAR = "titre: {}\nresume: Un livre.\nstatut: {}\npublie_le: 2026-11-23\nverifie_le: 2026-11-23\ntype: guide\nurl: https://example.org/{}\nediteur: amrf\nannee: 1987\nacces: Libre.\n"


def a_sentence(project: Path) -> None:
    with (project / "content" / "experiences" / "archer.md").open("a", encoding="utf-8") as file:
        file.write("\nUne phrase de plus, tout à la fin.\n")


def terms_change_names(project: Path) -> None:
    one, other = (project / "content" / "glossary" / f"{name}.md" for name in ("scic", "rse"))
    held = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(held)


def a_setting(project: Path) -> None:
    file = project / "mkdocs.yml"
    text = file.read_text("utf-8")
    assert "  language: fr\n" in text
    file.write_text(text.replace("  language: fr\n", "  language: en\n"), "utf-8")


def two_of_a_year(project: Path) -> None:
    archive = "archivage:\n  le: 2026-11-24\n  raison: Il n’est plus édité.\n"
    for name, state, more in (("ancien-livre", "archivé", archive), ("livre", "publié", "")):
        file = project / "content" / "resources" / f"{name}.md"
        file.write_text(f"---\n{YEAR.format(name, state, name)}{more}---\n", "utf-8")


def the_last_of_a_year(project: Path) -> None:
    (project / "content" / "resources" / "livre.md").unlink()


def test_after_an_edit_a_new_process_gives_what_one_that_never_read_gives(tmp_path: Path) -> None:
    """A process that read nothing may know less of the model than one that validated all sheets."""
    own = copy_project(tmp_path / "edits")
    pictures_alone(own / ".cache")
    assert run(own).returncode == 0
    for edit in (a_sentence, terms_change_names, a_setting, two_of_a_year, the_last_of_a_year):
        edit(own)
        done = run(own)
        assert done.returncode == 0, done.stderr
        new = pictures_alone(tmp_path / edit.__name__)
        done = run(own, {"ESSAIM_CACHE": str(new)}, more=("-d", "cold"))
        assert done.returncode == 0, done.stderr
        warm, cold = sums(own), sums(own, "cold")
        assert {path for path in warm.keys() | cold.keys() if warm.get(path) != cold.get(path)} == set(), edit.__name__
