"""``python bench/changed.py [number]``: how long ``essaim check --changed HEAD`` takes with one sheet touched, start included.

Each line: how the sheet was chosen, how many sheets are told, CPU seconds (user and system, git included) and seconds by
the clock, each the median of five runs.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generate import write

SHEETS = {
    "une expérience parmi d’autres": "experiences/experience-500.md",
    "une méthode": "methods/method-5.md",
    "la fiche la plus citée": "experiences/experience-0.md",
    "un terme": "glossary/term-3.md",
}


def main() -> None:
    """Print one table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write(number, folder)
        for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "x")):
            _git(folder, *arguments)
        print(f"{number} fiches{'':22}{'dites':>8}{'CPU s':>9}{'durée s':>9}")
        for name, path in SHEETS.items():
            file = folder / "content" / path
            text = file.read_text("utf-8")
            file.write_text(text.replace("\n---\n", "\n---\n\nUne phrase de plus.\n", 1), "utf-8")
            runs = [_run(folder) for _ in range(5)]
            cpu, wall = (statistics.median(run[place] for run in runs) for place in (0, 1))
            print(f"{name:34}{runs[0][2]:>8}{cpu:>9.2f}{wall:>9.2f}")
            file.write_text(text, "utf-8")


def _git(folder: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    subprocess.run(command, cwd=folder, check=True)


def _run(folder: Path) -> tuple[float, float, int]:
    """CPU seconds, seconds, and how many sheets are told."""
    command = [sys.executable, "-m", "essaim", "check", "--changed", "HEAD", "--format", "json"]
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr)
    wall, after = time.perf_counter() - start, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, wall, len(json.loads(done.stdout)["fiches"])


if __name__ == "__main__":
    main()
