"""What changed since a revision, asked of git. Nothing a contributor wrote reaches git as an option."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from essaim.settings import FILE as SETTINGS


class ChangesError(Exception):
    """git can't say. Its text is French, and says what to do."""


@dataclass(frozen=True, slots=True)
class Changes:
    """``names`` below ``folder`` that differ from ``revision`` (a commit's hash): changed, new, deleted, committed or not.

    A renamed file is one deleted and one new. ``settings`` tells that the team's settings, beside ``folder``, changed too.
    """

    folder: Path
    revision: str
    names: frozenset[str]
    settings: bool = False

    def before(self, name: str) -> bytes | None:
        """The file as it was at the revision; None when it was not there."""
        done = _run(self.folder, "show", f"{self.revision}:./{name}")
        return done.stdout if done.returncode == 0 else None


def since(folder: Path, revision: str) -> Changes:
    """The files of ``folder`` that the work since ``revision`` touches. Raises ``ChangesError``.

    The work begins where the current branch left that of the revision: what others did there meanwhile is not told.
    """
    if not revision or revision.startswith("-") or "\0" in revision:
        raise ChangesError(
            f"« {revision[:60]} » n’est pas une révision : donnez une branche, une étiquette ou un commit, comme main ou HEAD~1."
        )
    if _run(folder, "rev-parse", "--is-inside-work-tree").stdout.strip() != b"true":
        raise ChangesError(
            f"« {folder} » n’est pas dans un dépôt git, ou git refuse de le lire : --changed compare à une révision."
        )
    found = _run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode:
        raise ChangesError(
            f"révision inconnue « {revision[:60]} ». Vérifiez son nom ; si le dépôt est partiel, récupérez-la par git fetch."
        )
    commit = found.stdout.decode("ascii").strip()
    base = _run(folder, "merge-base", commit, "HEAD").stdout.decode("ascii").strip() or commit
    changed = _names(
        folder, "diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", base, "--", "."
    )
    new = _names(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return Changes(folder, base, frozenset(changed) | frozenset(new), _settings_changed(folder, base))


def _settings_changed(folder: Path, base: str) -> bool:
    beside = folder.resolve().parent
    before = _run(beside, "show", f"{base}:./{SETTINGS}").stdout
    file = beside / SETTINGS
    return before != (file.read_bytes() if file.is_file() else b"")


def _names(folder: Path, *arguments: str) -> list[str]:
    done = _run(folder, *arguments)
    if done.returncode:
        raise ChangesError(f"git ne répond pas : {os.fsdecode(done.stderr).strip()[:200]}")
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    git = shutil.which("git")
    if git is None:
        raise ChangesError("git n’est pas installé : --changed en a besoin.")
    # A check only looks: it must not wait for the lock of an editor's own git.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = [git, "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603  # no shell, and no option but ours
