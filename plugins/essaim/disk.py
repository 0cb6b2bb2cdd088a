"""Writing files without harm: beside, then under their name, so that none is ever half written."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

_REASONS = {
    errno.ENOENT: "introuvable",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "un des dossiers de son chemin n’en est pas un",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le disque est plein",
    errno.EFBIG: "fichier plus gros que ce qui est permis",
    errno.EROFS: "le disque ne s’écrit pas",
    errno.ENAMETOOLONG: "nom trop long",
    errno.ELOOP: "trop de liens",
    errno.EIO: "le disque ne répond pas",
    errno.ESTALE: "a changé pendant la construction : recommencez",
}


def reason(error: OSError) -> str:
    """Why a file could not be read or written, in French."""
    return _REASONS.get(error.errno or 0, f"erreur {error.errno} du système")


def within(path: Path, root: Path) -> bool:
    """Whether ``path`` is below ``root`` once links are followed: writing there touches nothing else."""
    return path.resolve().is_relative_to(root.resolve())


def replace(file: Path, text: str | bytes) -> None:
    """Write ``text`` (in UTF-8) in the place of what ``file`` holds; its permissions stay. Raises OSError."""
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    beside = _beside(file, text, mode)
    try:
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def create(file: Path, text: str | bytes) -> None:
    """Write a new file, ``text`` in UTF-8. Raises FileExistsError when there is one of that name, even one that came meanwhile; OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(file, text, 0o644)
    try:
        os.link(beside, file)  # unlike a renaming, never takes the place of a file
    finally:
        beside.unlink(missing_ok=True)


def _beside(file: Path, text: str | bytes, mode: int) -> Path:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".essaim-")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8") if isinstance(text, str) else text)
        beside.chmod(mode)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside
