"""What tests share: the vocabularies of the project, a small whole library, and a way to change one thing in it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from essaim import vocabulary
from essaim.checks import check
from essaim.cli import app
from essaim.library import Library, from_texts, load
from essaim.outputs import OF_SHEETS, Content, Site, Stream, data, sheets
from essaim.problem import Problem, in_order
from essaim.vocabulary import Vocabulary

ROOT = Path(__file__).parents[1]
SMALL = ROOT / "tests" / "library"

Checked = tuple[Library, list[Problem]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that build the site first, the longest files before the others: processes that share the files end together.

    How long a file is tells well enough how long it takes; the many quick ones fill what is left.
    """
    size = {path: path.stat().st_size for path in {item.path for item in items}}
    build = {item.path for item in items if item.path.parent.name == "site" or item.path.stem == "test_warm"}
    items.sort(key=lambda item: (item.path not in build, -size[item.path], item.path))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what tests measured: the share of an official's questions that each engine answers."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties if report.when == "call" else ():
            terminalreporter.write_line(f"{name} : {value}")


def sheet_pages(site: Site) -> dict[str, Content]:
    """What every sheet has of its own, and in the preview, what stands for those that could not be read."""
    shown = site.library.known if site.preview else site.library.pages
    own = (made for sheet in shown.values() for output in OF_SHEETS for made in output(site, sheet))
    return {**dict(own), **dict(sheets.pages(site))}


def data_files(site: Site) -> dict[str, Content]:
    """The open data: the files of each sheet, those of the library, and their pages."""
    own = dict(made for sheet in site.library.pages.values() for made in data.of_sheet(site, sheet))
    files = {path: bytes(one) if isinstance(one, Stream) else one for path, one in data.pages(site)}
    return {**own, **files}


def essaim(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """What a command answers, asked in this process: to start one takes longer than what most commands do.

    Any exception that the command lets out fails: ``cli.main`` would call it our own fault.
    """
    with contextlib.chdir(cwd):
        done = CliRunner().invoke(app, list(map(str, arguments)))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def started(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The same, in a process of its own, as an editor starts it: each command is tested so at least once."""
    command = [sys.executable, "-m", "essaim", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def vocabularies() -> Mapping[str, Vocabulary]:
    """The project's own."""
    found, _, problems = vocabulary.load(ROOT / "content" / "vocabularies", "content/vocabularies")
    assert not problems
    return found


@pytest.fixture(scope="session")
def content() -> Checked:
    """The library that this project publishes, with its problems."""
    library, problems = load(ROOT / "content", "content")
    return library, in_order([*problems, *check(library)])


@pytest.fixture(scope="session")
def small_texts() -> dict[str, bytes]:
    """``tests/library`` in memory: at least one sheet of each kind, every field of an experience filled in."""
    return {file.relative_to(SMALL).as_posix(): file.read_bytes() for file in sorted(SMALL.rglob("*.md"))}


@pytest.fixture(scope="session")
def small(vocabularies: Mapping[str, Vocabulary], small_texts: dict[str, bytes]) -> Library:
    """``tests/library``, whole and without problems but for its image, which is no text."""
    return from_texts(small_texts, vocabularies)[0]


@pytest.fixture
def with_files(
    vocabularies: Mapping[str, Vocabulary], small_texts: dict[str, bytes]
) -> Callable[[Mapping[str, str | bytes]], Checked]:
    """The small library with these files added or replaced, and every problem of the whole."""

    def make(files: Mapping[str, str | bytes]) -> Checked:
        # Without its image, which is a file and no text.
        kept = {
            name: text.replace("![Un carré vert](../images/carre.png)".encode(), b"")
            for name, text in small_texts.items()
        }
        library, problems = from_texts({**kept, **files}, vocabularies)
        return library, in_order([*problems, *check(library)])

    return make


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    """``tests/library`` on disk with the project's vocabularies: a content folder to change and build."""
    folder = tmp_path / "content"
    shutil.copytree(SMALL, folder)
    shutil.copytree(ROOT / "content" / "vocabularies", folder / "vocabularies")
    for file in (folder / "vocabularies").glob("*.yml"):
        # Their sources are sheets of the real library.
        file.write_text(
            file.read_text("utf-8").replace("source: territoires-en-transition-2018", "source: redaction"), "utf-8"
        )
    return folder


def experience(more: str = "", body: str = "", **changed: str) -> str:
    """The text of a valid experience; ``changed`` replaces a field's line, an empty value removes it."""
    fields = {
        "titre": "Une fiche",
        "resume": "Un résumé.",
        "statut": "publié",
        "publie_le": "2026-11-23",
        "verifie_le": "2026-11-23",
        "besoin": "non communiqué",
        "gouvernance": "non communiqué",
        "porteur": "non communiqué",
        "debut": "non communiqué",
        "difficultes": "non communiqué",
        **changed,
    }
    front = "".join(f"{key}: {value}\n" for key, value in fields.items() if value)
    return f"---\n{front}{more}---\n{body}"
