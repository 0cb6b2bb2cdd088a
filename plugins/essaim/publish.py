"""Publishing without harm: the site is built beside the old one and renamed, so a failed build leaves it as it was."""

from __future__ import annotations

import contextlib
import glob
import secrets
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

    @property
    def spare(self) -> Path:
        """The site before the last, which the next build may begin with: its files are those of the last one, but for what changed since
        (docs/decisions/0041). Nothing needs it."""
        return _spare(self.site)


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
    old, lock = _beside(site)
    site.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise PublishError(f"une autre construction écrit déjà « {site} » : attendez qu’elle finisse.") from None
    if old.is_dir() and not site.exists():
        old.rename(site)  # killed between the two renames of publish()
    for left in (old, *_begun(site)):
        _remove(left)
    # Its name is new each time: a process of a build that was killed may still write in the old one.
    folder = site.with_name(f".{site.name}.new.{secrets.token_hex(4)}")
    folder.mkdir()
    return Staging(folder, site, lock)


def publish(staging: Staging, *, spare: bool = False) -> None:
    """Put the finished build in the place of the site. The site that was there is kept as a ``spare``, or removed."""
    folder, (old, _) = staging.folder, _beside(staging.site)
    (folder / MARK).write_text("Ce dossier est produit par Essaim : il est remplacé à chaque publication.\n", "utf-8")
    if staging.site.is_dir():
        staging.site.rename(old)
    try:
        folder.rename(staging.site)
    except OSError:
        if old.is_dir():
            old.rename(staging.site)
        raise
    _remove(staging.spare)
    if spare and old.is_dir():
        with contextlib.suppress(OSError):
            old.rename(staging.spare)
    _remove(old)
    staging.lock.release()


def forget(site: Path) -> None:
    """Remove what stands beside a site that is given up."""
    for beside in (_beside(site)[0], _spare(site), *_begun(site)):
        _remove(beside)
    site.with_name(f".{site.name}.lock").unlink(missing_ok=True)


def discard(staging: Staging) -> None:
    """Remove what a failed build leaves."""
    for left in _begun(staging.site):
        _remove(left)
    staging.lock.release()


def _beside(site: Path) -> tuple[Path, FileLock]:
    """The old site for the instant of the exchange, and the lock: hidden, on the same disk."""
    return site.with_name(f".{site.name}.old"), FileLock(site.with_name(f".{site.name}.lock"))


def _spare(site: Path) -> Path:
    return site.with_name(f".{site.name}.spare")


def _begun(site: Path) -> list[Path]:
    """What builds that were killed left beside the site."""
    return list(site.parent.glob(f".{glob.escape(site.name)}.new*"))


def _remove(left: Path) -> None:
    if left.is_symlink() or left.is_file():
        left.unlink()
    shutil.rmtree(left, ignore_errors=True)
