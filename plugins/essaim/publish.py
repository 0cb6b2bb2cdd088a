"""Publishing without harm: the site is built beside the old one and renamed, so a failed build leaves it as it was."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

MARK = ".essaim"
"""A file at the root of every site that we made: a folder without it is somebody's, and is never replaced."""


class PublishError(Exception):
    """Why nothing was published, in French."""


@dataclass(frozen=True, slots=True)
class Staging:
    """Where a build writes before it is published, and the lock that keeps other builds out meanwhile."""

    folder: Path
    site: Path
    lock: FileLock


def stage(site: Path) -> Staging:
    """An empty folder to build in, beside ``site``; what a killed build left there is put right first.

    Raises ``PublishError`` when ``site`` is not ours to replace, or when another build is at work on it.
    """
    if site.is_symlink() or (site.exists() and not site.is_dir()):
        raise PublishError(f"« {site} » n’est pas un dossier.")
    if site.is_dir() and any(site.iterdir()) and not (site / MARK).is_file():
        raise PublishError(
            f"« {site} » existe et n’a pas été produit par Essaim : videz-le, ou choisissez un autre dossier (site_dir)."
        )
    folder, old, lock = _beside(site)
    site.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise PublishError(f"une autre construction écrit déjà « {site} » : attendez qu’elle finisse.") from None
    if old.is_dir() and not site.exists():
        old.rename(site)  # killed between the two renames of publish()
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return Staging(folder, site, lock)


def publish(staging: Staging) -> None:
    """Put the finished build in the place of the site."""
    folder, old, _ = _beside(staging.site)
    (folder / MARK).write_text("Ce dossier est produit par Essaim : il est remplacé à chaque publication.\n", "utf-8")
    if staging.site.is_dir():
        staging.site.rename(old)
    try:
        folder.rename(staging.site)
    except OSError:
        if old.is_dir():
            old.rename(staging.site)
        raise
    shutil.rmtree(old, ignore_errors=True)
    staging.lock.release()


def forget(site: Path) -> None:
    """Remove what stands beside a site that is given up."""
    for beside in _beside(site)[:2]:
        shutil.rmtree(beside, ignore_errors=True)
    site.with_name(f".{site.name}.lock").unlink(missing_ok=True)


def discard(staging: Staging) -> None:
    """Remove what a failed build leaves."""
    shutil.rmtree(staging.folder, ignore_errors=True)
    staging.lock.release()


def _beside(site: Path) -> tuple[Path, Path, FileLock]:
    """The new site, the old one for the instant of the exchange, and the lock: hidden, on the same disk."""
    new, old, lock = (site.with_name(f".{site.name}.{part}") for part in ("new", "old", "lock"))
    return new, old, FileLock(lock)
