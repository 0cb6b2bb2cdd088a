"""Publishing without harm: the site is built beside the old one and renamed, so a failed build leaves it as it was."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MARK = ".essaim"
"""A file at the root of every site that we made: a folder without it is somebody's, and is never replaced."""


class PublishError(Exception):
    """Why nothing was published, in French."""


def stage(site: Path) -> Path:
    """The folder to build in, empty, beside ``site``. Raises ``PublishError`` when ``site`` is not ours to replace."""
    if site.is_symlink() or (site.exists() and not site.is_dir()):
        raise PublishError(f"« {site} » n’est pas un dossier.")
    if site.is_dir() and any(site.iterdir()) and not (site / MARK).is_file():
        raise PublishError(
            f"« {site} » existe et n’a pas été produit par Essaim : videz-le, ou choisissez un autre dossier (site_dir)."
        )
    staging = site.with_name(f".{site.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    return staging


def publish(staging: Path, site: Path) -> None:
    """Put the finished ``staging`` in the place of ``site``."""
    (staging / MARK).write_text("Ce dossier est produit par Essaim : il est remplacé à chaque publication.\n", "utf-8")
    old = site.with_name(f".{site.name}.old.{os.getpid()}")
    shutil.rmtree(old, ignore_errors=True)
    if site.is_dir():
        site.rename(old)
    try:
        staging.rename(site)
    except OSError:
        if old.is_dir():
            old.rename(site)
        raise
    shutil.rmtree(old, ignore_errors=True)


def discard(staging: Path) -> None:
    """Remove what a failed build leaves."""
    shutil.rmtree(staging, ignore_errors=True)
