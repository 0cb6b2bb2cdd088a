"""What a forge runs for the owners of a library: files that it accepts, commands that exist, nothing for a stranger to take."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from essaim.cli import app
from tests.conftest import ROOT, SMALL

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
GITLAB = ROOT / ".gitlab-ci.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def read(file: Path) -> Any:
    # YAML 1.1 reads the key `on` as a boolean.
    return yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  # builds only text, lists and mappings


def steps(file: Path) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """``(job, its definition, step)`` of a GitHub workflow."""
    for name, job in read(file)["jobs"].items():
        for step in job["steps"]:
            yield name, job, step


def commands() -> Iterator[tuple[str, str]]:
    """``(file, line of shell)``: all that the forges and pre-commit run."""
    for file in WORKFLOWS:
        for _, _, step in steps(file):
            yield from ((file.name, line) for line in step.get("run", "").splitlines())
    for key, job in read(GITLAB).items():
        for part in ("before_script", "script", "after_script") if isinstance(job, dict) else ():
            yield from ((f"{GITLAB.name} {key}", line) for line in job.get(part, ()))
    for hook in read(HOOKS):
        yield HOOKS.name, hook["entry"]


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        (("vendor.github-workflows",), WORKFLOWS),
        (("custom.github-workflows-require-timeout",), WORKFLOWS),
        (("vendor.github-issue-forms",), FORMS),
        (("vendor.github-issue-config",), [ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"]),
        (("vendor.dependabot",), [ROOT / ".github" / "dependabot.yml"]),
        (("vendor.gitlab-ci", "--data-transform", "gitlab-ci"), [GITLAB]),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_the_forges_accept_our_files(schema: tuple[str, ...], files: list[Path]) -> None:
    assert files
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *schema, *map(str, files)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_each_command_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)) | {".venv/.ready"}
    ran = set()
    for where, line in commands():
        words = shlex.split(line.split(" | ")[0].split(" > ")[0].split(" || ")[0], comments=True)
        if words[:1] == ["make"]:
            assert set(words[1:]) <= targets, f"{where}: {line}"
        elif words and words[0].endswith("essaim"):
            name, *arguments = words[1:]
            ran.add(name)
            command = app.get_command(click.Context(app), name)
            assert command, f"{where}: {line}"
            command.make_context(name, list(arguments))  # raises on an option that does not exist
    assert ran == {"check", "links", "format", "publish"}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_nothing_of_a_stranger_runs_with_rights(file: Path) -> None:
    workflow, text = read(file), file.read_text("utf-8")
    assert set(workflow["on"]) <= {"pull_request", "push", "schedule", "workflow_dispatch"}
    assert "secrets" not in text
    assert workflow["permissions"] == {"contents": "read"}
    assert "concurrency" in workflow
    for name, job, step in steps(file):
        if "permissions" in job:
            # Who may publish runs no command, and never for a proposal.
            assert (file.stem, name, job["permissions"]) == (
                "publication",
                "publier",
                {"pages": "write", "id-token": "write"},
            )
            assert "pull_request" not in workflow["on"]
            assert "run" not in step
        # What a stranger names (a branch, a title) never becomes a command.
        assert "${{" not in step.get("run", ""), step
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+(/[a-z]+)?@[0-9a-f]{40}", step["uses"]), step["uses"]
            assert re.search(re.escape(step["uses"]) + r" # v\d+\.\d+\.\d+\n", text), f"{step['uses']}: say its version"
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"


def test_one_version_of_each_action() -> None:
    used = {step["uses"] for file in WORKFLOWS for _, _, step in steps(file) if "uses" in step}
    repositories = [re.split("[@/]", one)[1] for one in used]
    pins = {(re.split("[@/]", one)[1], one.rpartition("@")[2]) for one in used}
    assert len(pins) == len(set(repositories))


def test_gitlab_publishes_from_the_main_branch_alone() -> None:
    jobs = read(GITLAB)
    assert "MERGE_REQUEST" not in str(jobs["pages"])
    assert [rule.get("if") for rule in jobs["pages"]["rules"]] == [
        '$CI_PIPELINE_SOURCE == "schedule"',
        "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    ]


def test_both_forges_ask_the_same() -> None:
    github = (ROOT / ".github" / "PULL_REQUEST_TEMPLATE.md").read_text("utf-8")
    assert github == (ROOT / ".gitlab" / "merge_request_templates" / "Default.md").read_text("utf-8")
    for word in ("petite commune", "Sourcé", "seul", "difficultés", "droits"):
        assert word in github, "a criterion of acceptance"
    for file in FORMS:
        name = file.stem.partition("-")[2].capitalize()
        asked = (ROOT / ".gitlab" / "issue_templates" / f"{name}.md").read_text("utf-8")
        for field in read(file)["body"]:
            if field["type"] == "textarea" and field.get("validations", {}).get("required") == "true":
                assert f"## {field['attributes']['label']}\n" in asked, file.name
            for option in field["attributes"].get("options", ()) if field["type"] == "checkboxes" else ():
                assert option["label"] in asked, file.name


def test_a_proposal_is_annotated_where_it_is_wrong(small_folder: Path) -> None:
    """The steps of the workflow, as the forge runs them: on the commit that merges the proposal into its target."""
    repository = small_folder.parent

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=Essai", "-c", "user.email=essai@exemple.fr", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=repository, check=True, capture_output=True)

    other = small_folder / "glossary" / "scic.md"
    git("init", "--initial-branch", "main")
    git("add", "content")
    git("commit", "-m", "Une bibliothèque")
    git("switch", "--create", "proposition")
    sheet = small_folder / "experiences" / "voisine.md"
    sheet.write_text(sheet.read_text("utf-8").replace("titre:", "tittre:", 1), "utf-8")
    git("commit", "-am", "Une faute")
    git("switch", "main")
    other.write_text(other.read_text("utf-8") + "\nUn mot de plus.\n", "utf-8")  # meanwhile, on the target
    git("commit", "-am", "Autre chose")
    git("merge", "--no-ff", "proposition", "-m", "Fusion")
    (repository / ".venv").mkdir()
    (repository / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    runs = [step["run"] for _, _, step in steps(ROOT / ".github" / "workflows" / "proposition.yml") if "run" in step]
    check = next(run for run in runs if "essaim check" in run)
    done = subprocess.run(["bash", "-e", "-c", check], cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    lines = (SMALL / "experiences" / "voisine.md").read_text("utf-8").splitlines()
    place = 1 + next(number for number, line in enumerate(lines) if line.startswith("titre:"))
    errors = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    assert any(
        f"file=content/experiences/voisine.md,line={place}" in error and "« tittre »" in error for error in errors
    ), done.stdout
    assert all("voisine.md" in error for error in errors), "only what the proposal changes"
