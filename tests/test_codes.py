"""The table of codes holds those of the whole package, and no others; docs/codes.md is made from it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from essaim.codes import ADVICE, BY_NAME, CODES, ERROR, WARNING, graded, reference
from essaim.messages import _TABLE
from essaim.problem import SEVERITIES, Problem
from tests.conftest import ROOT

PACKAGE = ROOT / "plugins" / "essaim"
# Where the code stands among the arguments of what makes a problem.
MAKERS = {"Problem": 3, "problem": 1, "body_problem": 2, "at": 3, "PydanticCustomError": 0, "Finding": 0}
NAME = re.compile(r"[a-z]+(-[a-z]+)*")


def used(file: Path) -> Iterator[str]:
    """The codes that a file writes as constants."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            # `Reading.problem` begins with a passage and an offset.
            for place in (MAKERS[name], MAKERS[name] + 1) if name == "problem" else (MAKERS.get(name),):
                argument = node.args[place] if place is not None and len(node.args) > place else None
                if (
                    isinstance(argument, ast.Constant)
                    and isinstance(argument.value, str)
                    and NAME.fullmatch(argument.value)
                ):
                    yield argument.value
        elif isinstance(node, ast.FunctionDef) and node.name == "_link_problem":
            # It returns (code, message, hint).
            for inner in ast.walk(node):
                first = inner.elts[0] if isinstance(inner, ast.Tuple) and len(inner.elts) == 3 else None
                if isinstance(first, ast.Constant) and not isinstance(first.value, tuple) and first.value in BY_NAME:
                    yield first.value


def test_the_table_holds_the_codes_of_the_package_and_no_others() -> None:
    found = {code for file in sorted(PACKAGE.rglob("*.py")) if file.name != "codes.py" for code in used(file)}
    found |= {code for code, _, _ in _TABLE.values()} | {"valeur"}  # what messages.translate says of an unknown type
    assert len(found) > 60, "the walk above no longer finds the codes"
    assert found == set(BY_NAME)


def test_each_code_is_told_once_in_french_with_its_severity() -> None:
    assert len(BY_NAME) == len(CODES)
    for code in CODES:
        assert NAME.fullmatch(code.name)
        assert code.severity in SEVERITIES
        assert re.fullmatch(r"[A-ZÀÉÊ«].{15,110}\.", code.about), code.name


def test_grading_sets_severities_and_the_team_raises_them() -> None:
    problems = [
        Problem("x.md", 1, 1, name, "m") for name in ("lien-casse", "contact-personnel", "adresse-nue", "inconnu")
    ]
    assert [one.severity for one in graded(problems)] == [ERROR, WARNING, ADVICE, ERROR]
    assert [one.severity for one in graded(problems, {"adresse-nue"})] == [ERROR, WARNING, ERROR, ERROR]


def test_the_page_of_codes_is_up_to_date() -> None:
    assert reference() == (ROOT / "docs" / "codes.md").read_text("utf-8"), "run make codes"
