"""``essaim check`` says with its cache what it says without, byte for byte, whatever was edited in between."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from essaim import markup
from essaim.cache import Store
from essaim.cli import check as command
from essaim.codes import CODES
from essaim.formats import FORMATS
from essaim.library import load
from essaim.problem import SEVERITIES
from tests import test_warm as edits
from tests.conftest import essaim
from tests.test_warm import EDITS, TOGETHER, Project

KINDS = (*edits.OF_SHEETS, *edits.BROKEN, edits.a_vocabulary, edits.a_publication)
Said = tuple[int, str, str]


class Clock:
    """The day on which a check runs."""

    def __init__(self) -> None:
        self.today = datetime(2026, 11, 26, 12).astimezone()

    def now(self) -> datetime:
        return self.today


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(command, "datetime", found)
    return found


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project's content beside a ``mkdocs.yml``, as in every library."""
    monkeypatch.delenv("ESSAIM_CACHE", raising=False)
    made = Project(tmp_path, preview=True, seed=11)
    (tmp_path / "mkdocs.yml").write_text("site_name: Un essai\n", "utf-8")
    return made


def said(project: Project, *arguments: str) -> Said:
    done = essaim("check", *arguments, cwd=project.folder)
    return done.returncode, done.stdout, done.stderr


def cold(project: Project, *arguments: str) -> Said:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ESSAIM_CACHE", "non")
        return said(project, *arguments)


def reviewed(project: Project) -> str:
    """The day comes on which a sheet is to be looked at again."""
    day = f"2026-12-{project.random.randrange(10, 29)}"
    return project.front(lambda front: front.update(a_revoir_le=day))


def wordy(project: Project) -> str:
    """Much to advise, above what was there."""
    file = project.sheet()
    front, _, body = file.read_text("utf-8").partition("\n---\n")
    long = f"Le ZQXW{'ABC'[project.random.randrange(3)]} {'et puis encore un mot ' * 10}, en tout 3 000 €."
    file.write_text(f"{front}\n---\n\n{long}\n{body}", "utf-8")
    return file.stem


def raised(project: Project) -> str:
    """The team makes errors of some codes, or no longer."""
    some = project.random.sample([code.name for code in CODES], project.random.randrange(4))
    (project.folder / "pyproject.toml").write_text(f"[tool.essaim]\nerreurs = {some}\n", "utf-8")
    return " ".join(some)


def mended(project: Project) -> None:
    for file in project.content.rglob("*.md"):  # the next edit reads what it changes
        if "titre: [" in (text := file.read_text("utf-8")):
            file.write_text(text.replace("titre: [", "titre:", 1), "utf-8")
    project.broken.clear()


def test_after_any_edits_the_check_says_what_one_without_cache_says(project: Project, clock: Clock) -> None:
    forms = [name for name, _ in FORMATS]
    kinds = (*KINDS, reviewed, wordy, raised)
    found = 0
    for place in range(0, EDITS, TOGETHER):
        told = [project.edit(kinds) for _ in range(TOGETHER)]
        clock.today += timedelta(days=project.random.randrange(9))
        if project.random.random() < 0.3:  # a build comes between
            project.library(project.folder / ".cache")
        some = project.sheet().relative_to(project.folder)
        for arguments in (
            ("--format", forms[place // TOGETHER % len(forms)]),
            ("--format", project.random.choice(forms), "--gravite", project.random.choice(SEVERITIES)),
            ("--format", project.random.choice(forms), some.as_posix(), some.parent.as_posix()),
            ("--format", "json", some.as_posix()),
        ):
            warm = said(project, *arguments)
            assert warm == cold(project, *arguments), f"{arguments} after {told}"
            found += len(warm[1])
        mended(project)
    assert found > 10_000, "nothing was told: nothing was tested"


def test_the_day_is_asked_each_time(project: Project, clock: Clock) -> None:
    clock.today = datetime(2026, 12, 10, 12).astimezone()
    file = project.content / "experiences" / "archer.md"
    file.write_text(file.read_text("utf-8").replace("\nstatut:", "\na_revoir_le: 2026-12-11\nstatut:", 1), "utf-8")
    told = []
    for _ in range(3):
        assert said(project) == cold(project)
        told.append("archer.md" in said(project)[1] and "revision-passee" in said(project)[1])
        clock.today += timedelta(days=1)
    assert told == [False, False, True]


def test_what_others_explain_is_asked_each_time(project: Project) -> None:
    file = project.content / "experiences" / "archer.md"
    file.write_text(file.read_text("utf-8") + "\nLe ZQXW est venu.\n", "utf-8")
    term = next((project.content / "glossary").glob("*.md"))
    told = []
    for title in ("ZQXW", "Autre chose", "ZQXW"):
        text = term.read_text("utf-8")
        term.write_text(re.sub(r"(?m)^titre: .*$", f"titre: {title}", text, count=1), "utf-8")
        assert said(project) == cold(project)
        told.append("« ZQXW »" in said(project)[1])
    assert told == [False, True, False]


def test_a_text_alone_is_asked_again(project: Project) -> None:
    """No heading and no link changes: its face stays, and what is advised of it does not."""
    file = project.content / "experiences" / "archer.md"
    for more in ("\nUne phrase.\n", "\nLe ZQXW est venu.\n", "\nLe DVXQ est venu.\n"):
        file.write_text(file.read_text("utf-8") + more, "utf-8")
        assert said(project) == cold(project)
    assert "« DVXQ »" in said(project)[1]


def test_every_format_is_the_same(project: Project, clock: Clock) -> None:  # noqa: ARG001  # a day of its own
    for edit in (wordy, reviewed, edits.broken_yaml, edits.broken_field, edits.a_deletion):
        edit(project)
    said(project)
    for form, _ in FORMATS:
        assert said(project, "--format", form) == cold(project, "--format", form)


def nothing_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr(markup, "parse", refuse)
    monkeypatch.setattr(markup, "_rendered", refuse)


def test_a_check_after_a_check_reads_nothing_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first = said(project)
    nothing_is_parsed(monkeypatch)
    assert said(project) == first
    assert said(project, "--format", "json")[0] == first[0]


def rows(folder: Path) -> dict[str, set[bytes]]:
    """The keys of each table."""
    with closing(sqlite3.connect(folder / "essaim.db")) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {one: {key for (key,) in base.execute(f"SELECT key FROM {one}")} for one in tables}  # noqa: S608  # our own names


def test_what_is_kept_of_other_sheets_stays(project: Project) -> None:
    """Whoever looks at a part forgets nothing of the rest."""
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *arguments], cwd=project.folder, check=True)
    said(project)
    before = rows(project.folder / ".cache")
    file = project.sheet()
    file.write_text(f"{file.read_text('utf-8')}\nUne phrase de plus, du ZQXW.\n", "utf-8")
    assert said(project, "--changed", "HEAD") == cold(project, "--changed", "HEAD")
    assert rows(project.folder / ".cache") == before, "what is no whole is not kept"
    one = project.sheet().relative_to(project.folder).as_posix()
    (project.folder / one).write_text((project.folder / one).read_text("utf-8") + "\nUn DVXQ de plus.\n", "utf-8")
    for arguments in ([one], ["--gravite", "erreur"], [one, "--gravite", "conseil"]):
        said(project, *arguments)
    after = rows(project.folder / ".cache")
    assert before["conseils"] <= after["conseils"]
    assert len(before["lectures"] & after["lectures"]) >= len(before["lectures"]) - 2
    said(project)
    assert len(rows(project.folder / ".cache")["conseils"]) == len(before["conseils"])


def noise(file: Path) -> None:
    file.write_bytes(os.urandom(9000))


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def lost(file: Path) -> None:
    """All tables but one are empty, and the values of that one are not what was written."""
    with closing(sqlite3.connect(file)) as base:
        for (name,) in list(base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")):
            base.execute(f"UPDATE {name} SET value = substr(value, 2)" if name == "lectures" else f"DELETE FROM {name}")  # noqa: S608
        base.commit()


@pytest.mark.parametrize(("damage", "is_told"), [(noise, True), (cut, True), (lost, False)])
def test_a_damaged_cache_is_told_and_the_check_is_the_same(
    project: Project, damage: Callable[[Path], None], *, is_told: bool
) -> None:
    wordy(project)
    said(project)
    damage(project.folder / ".cache" / "essaim.db")
    code, out, err = said(project)
    assert (code, out) == cold(project)[:2]
    assert ("abîmé" in err) is is_told
    assert said(project) == cold(project), "and it is mended"


def test_a_cache_that_can_not_be_written(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    place = project.folder / "pris"
    place.write_text("a file where the folder should be", "utf-8")
    monkeypatch.setenv("ESSAIM_CACHE", str(place))
    code, out, err = said(project)
    assert (code, out) == cold(project)[:2]
    assert "n’est pas un dossier" in err
    assert place.is_file()


@pytest.mark.parametrize("below", ["", "/plus/bas"])
def test_a_cache_where_one_may_not_look(project: Project, monkeypatch: pytest.MonkeyPatch, below: str) -> None:
    # A name that is too long: like another's folder, it can be asked nothing, but by the administrator either.
    monkeypatch.setenv("ESSAIM_CACHE", f"{project.folder}/{'x' * 300}{below}")
    code, out, err = said(project)
    assert (code, out) == cold(project)[:2]
    assert "s’en est passé" in err


def test_a_cache_that_git_follows_is_left_alone(project: Project) -> None:
    said(project)
    before = (project.folder / ".cache" / "essaim.db").read_bytes()
    for arguments in (["init", "-q"], ["add", "-f", ".cache/essaim.db"]):
        subprocess.run(["git", *arguments], cwd=project.folder, check=True)
    wordy(project)
    code, out, err = said(project)
    assert (code, out) == cold(project)[:2]
    assert "suivi par git" in err
    assert (project.folder / ".cache" / "essaim.db").read_bytes() == before


def test_no_cache_where_no_library_is_built(project: Project) -> None:
    (project.folder / "mkdocs.yml").unlink()
    assert said(project) == cold(project)
    assert not (project.folder / ".cache").exists()


def test_a_build_after_a_check_reads_nothing_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    said(project)
    nothing_is_parsed(monkeypatch)
    library, problems = load(project.content, "content", store=Store(project.folder / ".cache", "lectures"))
    assert problems == []
    assert len(library.sheets.values()) == len(library.kinds)
