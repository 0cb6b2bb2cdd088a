"""Sheets that several processes read: the library, its problems and what is kept of it are those of one that reads them all."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from essaim import library, listing, markup
from essaim.cache import Store
from essaim.library import Library, load
from essaim.problem import Problem
from essaim.readings import Looked, Readings, _digest, looked
from tests.conftest import ROOT, experience

HERE = os.getpid()
EXPERIENCES = 60
WRONG = {
    "inconnue": experience("methodes: [renomme]\n"),  # an old name, told once all are read
    "absente": experience("methodes: [nulle-part, porte-a-porte]\n"),
    "vocabulaire": experience("themes: [aucun-de-ceux-la]\ncouleur: bleu\n"),
    "cassee": "---\ntitre: [\n---\n",
    "sans-entete": "Un texte seul.\n",
    "vide": "",
}


@pytest.fixture
def many(small_folder: Path) -> Path:
    """A library of which most sheets are valid, and some in every way wrong."""
    folder = small_folder / "experiences"
    for number in range(EXPERIENCES):
        (folder / f"experience-{number:03}.md").write_text(
            experience(titre=f"Fiche {number}", body=f"## Titre\n\nVoir [[experience-{number // 2:03}]]."), "utf-8"
        )
    for name, text in WRONG.items():
        (folder / f"m-{name}.md").write_text(text, "utf-8")
    (folder / "m-latin.md").write_bytes("---\ntitre: é\n---\n".encode("latin-1"))
    method = next((small_folder / "methods").glob("*.md"))
    method.write_text(method.read_text("utf-8").replace("\n---\n", "\nanciens_ids: [renomme]\n---\n", 1), "utf-8")
    return small_folder


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the sheets that another process has read, while this one is slow."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(library, "FEW", 10)
    monkeypatch.setattr(library, "LOT", 2)
    found: list[str] = []
    add = Readings.add

    def slow(*given: Any) -> list[Looked]:
        if os.getpid() == HERE:
            time.sleep(0.01)
        return looked(*given)

    def told(self: Readings, one: Looked) -> None:
        if one.packed:
            found.append(one.source.path)
        add(self, one)

    monkeypatch.setattr("essaim.library.looked", slow)
    monkeypatch.setattr(Readings, "add", told)
    return found


def read(folder: Path, cache: Path | None, jobs: int) -> tuple[Library, list[Problem]]:
    return load(folder, "content", store=Store(cache, "lectures"), jobs=jobs)


def test_several_processes_read_the_same(many: Path, tmp_path: Path, sent: list[str]) -> None:
    alone, problems = read(many, tmp_path / "1", 1)
    assert not sent
    assert {"fiche-inconnue", "valeur-inconnue", "champ-inconnu", "yaml", "entete-absent", "encodage"} <= {
        one.code for one in problems
    }
    assert any("s’appelle maintenant" in one.hint for one in problems)
    for jobs in (2, 3):
        sent.clear()
        found, told = read(many, tmp_path / str(jobs), jobs)
        assert len(sent) > 10
        assert (found, told) == (alone, problems)
        assert [*found.sheets] == [*alone.sheets]
        assert [*found.drafts] == [*alone.drafts]
        assert found.common == alone.common
        assert load(many, "content", jobs=jobs)[1] == problems, "without any store too"


def test_what_they_read_is_kept(many: Path, tmp_path: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    alone, problems = read(many, tmp_path / "1", 1)
    read(many, tmp_path / "2", 2)
    assert sent
    once: list[str] = []

    def counted(found: Mapping[str, Any], *rest: Any) -> list[Looked]:
        once.extend(found)
        return looked(found, *rest)

    monkeypatch.setattr("essaim.library.looked", counted)
    again, told = read(many, tmp_path / "2", 1)
    assert (again, told) == (alone, problems)
    assert {*once} == {*alone.kinds} - {*alone.sheets}, "what is wrong is read each time, and nothing else"


def test_a_file_that_changes_while_it_is_read(
    many: Path, tmp_path: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at it and its reading, by whichever process: what is kept is what was read."""
    look_up = Readings.look_up

    def changed(self: Readings, files: Any) -> None:
        look_up(self, files)
        for file in (many / "experiences").glob("experience-*.md"):
            file.write_text(file.read_text("utf-8") + "\nUn mot de plus.\n", "utf-8")

    with monkeypatch.context() as patched:
        patched.setattr(Readings, "look_up", changed)
        first, _ = read(many, tmp_path / "cache", 2)
    assert sent
    assert all("Un mot de plus." in first.sources[f"experience-{number:03}"].body for number in range(EXPERIENCES))
    again, _ = read(many, tmp_path / "cache", 1)
    assert (again.sheets, again.documents, again.marks) == (first.sheets, first.documents, first.marks)


def test_one_that_is_killed_changes_nothing(
    many: Path, tmp_path: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    expected = read(many, tmp_path / "1", 1)
    parse, done = markup.parse, []

    def killed(raw: bytes) -> Any:
        done.append(raw)
        if os.getpid() != HERE and len(done) > 20:
            os.kill(os.getpid(), 9)
        return parse(raw)

    monkeypatch.setattr(markup, "parse", killed)
    assert read(many, tmp_path / "2", 2) == expected
    assert "a été arrêté" in caplog.text
    assert sent, "what it had told is not read again"


def test_few_sheets_are_read_by_one(small_folder: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "FEW", 1000)
    read(small_folder, None, 2)
    assert not sent


@pytest.mark.parametrize("content", [ROOT / "content", ROOT / "tests" / "invalid"])
@pytest.mark.usefixtures("sent")
def test_what_is_right_and_what_is_wrong(content: Path, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(content, folder)
    shutil.copytree(ROOT / "content" / "vocabularies", folder / "vocabularies", dirs_exist_ok=True)
    assert load(folder, "content", jobs=3) == load(folder, "content")


def test_a_sheet_that_nobody_knows_is_opened_once(small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its digest is that of what is read, and how it looked is kept with it."""
    opened: list[str] = []

    def digest_of(file: str) -> bytes:
        opened.append(file)
        return _digest(file)

    monkeypatch.setattr("essaim.readings._digest", digest_of)
    monkeypatch.setattr(listing, "_FRESH", -(10**18))
    store = Store(None, "lectures", at_hand=True)
    first, _ = load(small_folder, "content", store=store)
    assert not [file for file in opened if file.endswith(".md")]
    opened.clear()
    again, _ = load(small_folder, "content", store=store)
    assert again == first
    assert not opened
