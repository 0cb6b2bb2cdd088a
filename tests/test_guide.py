"""What editors are told to do works: examples of the guides are valid sheets, commands exist, messages are those of the check."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import textwrap
import tomllib
from pathlib import Path

import click
import pytest

from essaim import front
from essaim.cli import app
from essaim.examples import Examples
from essaim.model import KINDS, Method, Sheet, order
from tests.conftest import ROOT, Checked, essaim

GUIDES = {
    # file, kind and name of the sheet that its example makes
    "CONTRIBUTING.md": ("experience", "chaufferie-bois-assier"),
    "content/pages/contribuer.md": ("organisation", "groupe-d-exemple"),
}
EACH = pytest.mark.parametrize("guide", GUIDES)


def fenced(guide: str, language: str) -> list[str]:
    """The blocks of code of a guide in ``language``, those inside a list too."""
    text = (ROOT / guide).read_text("utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in found]


def whole(guide: str) -> tuple[type[Sheet], str, str]:
    """``(kind, file, text)`` of the sheet that a guide shows."""
    kind, name = GUIDES[guide]
    (text,) = [block for block in fenced(guide, "yaml") if block.startswith("---\n")]
    return KINDS[kind], f"content/{KINDS[kind].FOLDER}/{name}.md", text


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return essaim("check", *arguments, cwd=folder)


@EACH
def test_the_example_is_a_sheet_without_error_and_in_form(guide: str, tmp_path: Path) -> None:
    kind, file, text = whole(guide)
    shutil.copytree(ROOT / "content", tmp_path / "content")
    (tmp_path / file).write_text(text, "utf-8")
    done = check(tmp_path, "--gravite", "erreur")
    assert (done.stdout, done.returncode) == ("", 0)
    assert front.canonical(text, kind)[0].splitlines() == text.splitlines()


@EACH
def test_the_message_that_is_shown_is_the_one_that_comes(guide: str, tmp_path: Path) -> None:
    _, file, text = whole(guide)
    (shown,) = re.findall(rf"^ *({re.escape(file)}:.*)$", (ROOT / guide).read_text("utf-8"), re.MULTILINE)
    (wrong,) = re.findall("valeur inconnue « ([^ ]+) »", shown)
    (right,) = re.findall("Vouliez-vous dire « ([^ ]+) »", shown)
    assert text.count(right) == 1
    shutil.copytree(ROOT / "content", tmp_path / "content")
    (tmp_path / file).write_text(text.replace(right, wrong), "utf-8")
    assert check(tmp_path, "--gravite", "erreur").stdout == f"{shown}\n"


@EACH
def test_commands_are_commands(guide: str) -> None:
    text = (ROOT / guide).read_text("utf-8")
    lines = [line for block in fenced(guide, "sh") for line in block.splitlines()]
    told = [*lines, *re.findall(r"`((?:essaim|make) [^`]+)`", text)]
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    ran = set()
    for line in told:
        words = shlex.split(re.sub(r"\s#.*", "", line))  # as a shell does: `archer#titre` is one word
        if words[0] == "make":
            assert set(words[1:]) <= targets, line
        elif words[0] == "essaim":
            ran.add(words[1])
            command = app.get_command(click.Context(app), words[1])
            assert command, line
            arguments = [one for one in words[2:] if one != "--help"]
            if isinstance(command, click.Group) and arguments:
                command = command.get_command(click.Context(command), arguments.pop(0))
                assert command, line
            # A name alone says what a command does; with arguments, they must be its own.
            if arguments:
                command.make_context(words[1], arguments)
    assert {"new", "format", "check", "template", "import"} <= ran


def test_parts_of_sheets_are_accepted_too(content: Checked) -> None:
    parts = [block for block in fenced("CONTRIBUTING.md", "yaml") if not block.startswith("---")]
    assert parts
    for part in parts:
        champ = next(one for one in order(Method) if part.startswith(f"{one.path}:"))
        assert Examples(content[0]).problems(Method, champ, part) == []


def test_settings_that_are_shown_are_read(tmp_path: Path) -> None:
    for block in fenced("CONTRIBUTING.md", "toml"):
        assert tomllib.loads(block)["tool"]["essaim"]["erreurs"]
        (tmp_path / "pyproject.toml").write_text(block, "utf-8")
        shutil.copytree(ROOT / "tests" / "library", tmp_path / "content")
        shutil.copytree(ROOT / "content" / "vocabularies", tmp_path / "content" / "vocabularies")
        assert check(tmp_path).returncode != 2, "the codes that it names exist"


def test_files_that_the_guide_names_are_there() -> None:
    for guide in GUIDES:
        for target in re.findall(r"\]\((docs/[^)#]+|[A-Z]+\.md)\)", (ROOT / guide).read_text("utf-8")):
            assert (ROOT / target).is_file(), target
