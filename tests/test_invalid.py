"""A bad sheet beside its complete expected messages: ``tests/invalid/<kind folder>/<name>.md`` and ``.txt``.

A new case needs no Python. ``ESSAIM_ACCEPT=1 pytest tests/test_invalid.py`` writes the messages found: read them
before you commit them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Checked, experience

CASES = sorted((ROOT / "tests" / "invalid").rglob("*.md"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_bad_sheet_gives_exactly_the_expected_messages(case: Path, with_files: Callable[..., Checked]) -> None:
    name = f"{case.parent.name}/{case.name}"
    _, problems = with_files({name: case.read_bytes()})
    found = "".join(f"{problem}\n" for problem in problems)
    expected = case.with_suffix(".txt")
    if os.environ.get("ESSAIM_ACCEPT"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")
    assert problems, "an invalid sheet without a problem shows nothing"
    assert all(problem.path == f"content/{name}" for problem in problems)


def test_every_code_of_the_source_is_shown_by_a_test() -> None:
    code = re.compile(r"\"([a-z]+(?:-[a-z]+)*)\"")
    told = set()
    for file in (ROOT / "plugins" / "essaim").rglob("*.py"):
        text = file.read_text("utf-8")
        told |= set(
            re.findall(
                r"(?:Problem\([^()]*?|problem\([^()]*?(?:\([^()]*\)[^()]*?)?|\bat\([^()]*?\([^()]*\), |PydanticCustomError\(\s*)\"([a-z]+(?:-[a-z]+)*)\"",
                text,
            )
        )
        if file.name == "messages.py":
            told |= {match for line in text.splitlines() for match in code.findall(line.partition(": (")[2])[:1]}
    shown = set()
    for expected in [*(ROOT / "tests" / "invalid").rglob("*.txt"), *(ROOT / "tests" / "advice").rglob("*.txt")]:
        shown |= set(re.findall(r"\[([a-z-]+)\]$", expected.read_text("utf-8"), re.MULTILINE))
    for test in (ROOT / "tests").glob("test_*.py"):
        shown |= set(re.findall(r"\[([a-z]+(?:-[a-z]+)*)\]", test.read_text("utf-8")))
        shown |= set(code.findall(test.read_text("utf-8")))
    assert len(told) > 40, "the patterns above no longer find the codes"
    assert told - shown == set()


def test_a_sheet_that_fails_does_not_make_links_to_it_fail(with_files: Callable[..., Checked]) -> None:
    broken = experience(more="couleur: rouge\n")
    linking = experience(body="[[casse]]\n")
    _, problems = with_files({"experiences/casse.md": broken, "experiences/lie.md": linking})
    assert [(p.path, p.line, p.code) for p in problems] == [("content/experiences/casse.md", 12, "champ-inconnu")]
