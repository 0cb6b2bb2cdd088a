"""Problems as people and forges read them: text, JSON, GitHub's annotations, GitLab's code quality, SARIF."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from essaim.codes import ADVICE, CODES, ERROR, WARNING
from essaim.completeness import completeness
from essaim.model import Champ, Sheet
from essaim.problem import SEVERITIES, Problem, count

SCHEMA = Path(__file__).parent / "data" / "check.schema.json"
"""JSON Schema of what ``as_json`` writes; the package carries it."""


@dataclass(frozen=True)
class Report:
    """What a run of ``essaim check`` found: problems in order, and the sheets that they are about."""

    problems: Sequence[Problem]
    sheets: Iterable[Sheet] = ()


def as_text(report: Report) -> str:
    """One line for each problem: ``path:line:column: message [code]``; nothing when there is none."""
    return "".join(f"{problem}\n" for problem in report.problems)


def as_json(report: Report) -> str:
    """All that is known, by the names of ``data/check.schema.json``."""
    return _json(
        {
            "version": 1,
            "bilan": _totals(report.problems),
            "problemes": [
                {
                    "fichier": problem.path,
                    "ligne": problem.line,
                    "colonne": problem.column,
                    "code": problem.code,
                    "gravite": problem.severity,
                    "message": problem.message,
                    "que_faire": problem.hint,
                }
                for problem in report.problems
            ],
            "fiches": [_completeness(sheet) for sheet in report.sheets],
        }
    )


def _completeness(sheet: Sheet) -> dict[str, Any]:
    found = completeness(sheet)
    return {
        "id": sheet.id,
        "sorte": sheet.KIND,
        "fichier": sheet.path,
        "completude": round(found.share, 3),
        "donnes": found.given,
        "attendus": found.expected,
        "a_remplir": _paths(found.missing),
        "non_communiques": _paths(found.unknown),
    }


def _paths(fields: Iterable[Champ]) -> list[str]:
    return [champ.path for champ in fields]


def as_github(report: Report) -> str:
    """Workflow commands, which GitHub shows as annotations on the lines of a pull request.

    Source of the form and of the escapes: GitHub's « Workflow commands for GitHub Actions », and ``toCommandValue`` of
    its toolkit."""
    kinds = {ERROR: "error", WARNING: "warning", ADVICE: "notice"}
    return "".join(
        f"::{kinds[problem.severity]} file={_property(problem.path)},line={problem.line},col={problem.column},"
        f"title={_property(problem.code)}::{_data(problem.sentence)}\n"
        for problem in report.problems
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_gitlab(report: Report) -> str:
    """A « Code Quality » report, which GitLab shows beside the lines of a merge request."""
    kinds = {ERROR: "major", WARNING: "minor", ADVICE: "info"}
    return _json(
        [
            {
                "description": problem.sentence,
                "check_name": problem.code,
                "fingerprint": fingerprint,
                "severity": kinds[problem.severity],
                "location": {"path": problem.path, "lines": {"begin": problem.line}},
            }
            for problem, fingerprint in fingerprints(report.problems)
        ]
    )


def as_sarif(report: Report) -> str:
    """SARIF 2.1.0 (OASIS), which code-scanning tools read."""
    kinds = {ERROR: "error", WARNING: "warning", ADVICE: "note"}
    places = {code.name: place for place, code in enumerate(CODES)}
    rules = [
        {
            "id": code.name,
            "shortDescription": {"text": code.about},
            "defaultConfiguration": {"level": kinds[code.severity]},
        }
        for code in CODES
    ]
    results = [
        {
            "ruleId": problem.code,
            "ruleIndex": places.get(problem.code, -1),
            "level": kinds[problem.severity],
            "message": {"text": problem.sentence},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(problem.path, errors="surrogateescape")},
                        "region": {"startLine": problem.line, "startColumn": problem.column},
                    }
                }
            ],
            "partialFingerprints": {"essaim/v1": fingerprint},
        }
        for problem, fingerprint in fingerprints(report.problems)
    ]
    driver = {"name": "Essaim", "version": version("essaim"), "language": "fr", "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return _json({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def fingerprints(problems: Iterable[Problem]) -> list[tuple[Problem, str]]:
    """Each problem with a name that stays when its line moves: path, code and message, and a number when they repeat."""
    seen: Counter[tuple[str, str, str]] = Counter()
    named = []
    for problem in problems:
        key = (problem.path, problem.code, problem.message)
        named.append(
            (
                problem,
                hashlib.sha256("\0".join((*key, str(seen[key]))).encode(errors="surrogateescape")).hexdigest()[:40],
            )
        )
        seen[key] += 1
    return named


FORMATS: tuple[tuple[str, Callable[[Report], str]], ...] = (
    ("text", as_text),
    ("json", as_json),
    ("github", as_github),
    ("gitlab", as_gitlab),
    ("sarif", as_sarif),
)
"""Name of each format, and what writes it."""


def closing(problems: Sequence[Problem]) -> str:
    """The last line: ``2 erreurs et 1 conseil dans 2 fichiers.``, ``Aucun problème.``, ``Aucun problème, 3 conseils dans 1 fichier.``"""
    totals = _totals(problems)
    said = [count(number, severity) for severity, number in totals.items() if number]
    where = f" dans {count(len({problem.path for problem in problems}), 'fichier')}"
    if not totals[ERROR]:
        said.insert(0, "Aucun problème")
    listed = " et ".join(filter(None, (", ".join(said[:-1]), said[-1]))) if totals[ERROR] else ", ".join(said)
    return f"{listed}{where if problems else ''}."


def _totals(problems: Iterable[Problem]) -> dict[str, int]:
    found = Counter(problem.severity for problem in problems)
    return {severity: found[severity] for severity in SEVERITIES}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of ``as_json``."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return found
