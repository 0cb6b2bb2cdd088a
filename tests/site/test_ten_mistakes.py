"""Ten mistakes in ten sheets of the real library: told at exactly ten places, and nothing is published."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.site.conftest import build, copy_project

pytestmark = pytest.mark.slow

# sheet, a line to find, what to put in its place, code; the problem is on that line, but for the year (the item's).
MISTAKES = (
    ("experiences/archer.md", r"^titre: .*$", "couleur: rouge\n\\g<0>", "champ-inconnu"),
    ("experiences/smicval.md", r"^publie_le: .*$", "publie_le: 23/11/2026", "date"),
    ("experiences/vitamine-t.md", r"^gouvernance: .*$", "gouvernance: hybrid", "valeur-inconnue"),
    ("experiences/circuits-courts-mulhouse.md", r"^titre: .*$", 'epci: "200066009 Colmar Agglomération"\n\\g<0>', "territoire-contradictoire"),
    ("methods/alignement-des-interets.md", r"\Z", "\n[[alignement-des-interet]]\n", "lien-casse"),
    ("organisations/le-rameau.md", r"^titre: .*$", "\\g<0>\ntitre: Encore", "champ-repete"),
    ("glossary/scic.md", r"^titre: .*$", "\\g<0>\nsynonymes:\n\t- coopérative", "tabulation"),
    ("webinars/territoires-en-transition-2018.md", r"^date: .*$", "date: 2018-04-31", "date"),
    ("resources/etude-phare.md", r"^(  - \{.*), annee: \d+", "\\g<1>", "champ-manquant"),
    ("dossiers/chaleur-au-bois-local.md", r"\Z", "\n![La chaufferie](../images/chaufferie.png)\n", "image-absente"),
)  # fmt: skip


def test_ten_mistakes_are_ten_problems_and_nothing_is_published(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    assert build(project).returncode == 0
    before = {file: file.read_bytes() for file in (project / "site").rglob("*") if file.is_file()}
    expected = set()
    for name, found, put, code in MISTAKES:
        file = project / "content" / name
        text = file.read_text("utf-8")
        changed, count = re.subn(found, put, text, count=1, flags=re.MULTILINE)
        assert count == 1, name
        file.write_text(changed, "utf-8")
        lines = zip_longest(text.split("\n"), changed.split("\n"))
        line = next(number for number, (old, new) in enumerate(lines, 1) if old != new)
        # The first line that differs is the mistake's; the tabulation is on the line after « synonymes: ».
        expected.add((f"content/{name}", line + (code == "tabulation"), code))
    changed_files = {file: file.read_bytes() for file in (project / "content").rglob("*.md")}
    done = subprocess.run(
        [sys.executable, "-m", "essaim", "check", "--gravite", "erreur"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    told = set()
    for problem in done.stdout.splitlines():
        match = re.fullmatch(r"([^:]+):(\d+):(\d+): (.+) \[([a-z-]+)\]", problem)
        assert match, problem
        told.add((match[1], int(match[2]), match[5]))
    assert told == expected
    assert len(done.stdout.splitlines()) == 10
    assert done.returncode == 1
    assert done.stderr == "10 erreurs dans 10 fichiers.\n"
    refused = build(project)
    assert refused.returncode == 1
    assert "Rien n’est publié : 10 problèmes dans 10 fichiers." in refused.stdout + refused.stderr
    assert {file: file.read_bytes() for file in (project / "site").rglob("*") if file.is_file()} == before
    assert {file: file.read_bytes() for file in (project / "content").rglob("*.md")} == changed_files
