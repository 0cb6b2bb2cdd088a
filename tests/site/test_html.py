"""Every page is valid HTML for the Nu checker (validator.w3.org/nu), and so are our style sheets and drawings."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def errors(*where: str) -> tuple[int, list[str]]:
    """The exit code of the checker, and each of its errors with its place."""
    java = shutil.which("java")
    assert java, "Java 17 is missing: run scripts/ensure-tools"
    assert CHECKER.is_file(), "The checker is missing: run scripts/ensure-tools"
    # The first compiler alone: the second takes longer than what is left to run, and asks for less of the stack.
    done = subprocess.run(
        [
            java,
            "-Xss2m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-jar",
            str(CHECKER),
            "--errors-only",
            "--format",
            "json",
            *where,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    said = json.loads(done.stderr)["messages"]
    return done.returncode, [f"{one['url']}:{one.get('lastLine')}: {one['message']}" for one in said]


def test_every_page_is_valid(site: Path) -> None:
    assert len(list(site.rglob("*.html"))) > 400
    assert errors("--skip-non-html", str(site)) == (0, [])


def test_drawings_are_valid(site: Path) -> None:
    drawings = sorted(str(file) for file in site.rglob("*.svg"))
    assert drawings
    assert errors("--svg", *drawings) == (0, [])


def test_the_checker_sees_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        "<!doctype html><html lang=fr><title>x</title><p><div id=a></div><b id=a>", "utf-8"
    )
    code, said = errors("--skip-non-html", str(tmp_path))
    assert code != 0
    assert any("Duplicate ID" in one for one in said)
