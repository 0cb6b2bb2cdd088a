"""Where builds and commands keep what is long to make: one place and one way, so that a check finds what a build read, and a build
what a check read."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from essaim.cache import Store, usable

NAME = ".cache"
"""The folder beside ``mkdocs.yml``."""


def place(beside: Path) -> tuple[Path | None, str]:
    """The folder of what is kept: ``.cache`` in the folder ``beside``, or what ``ESSAIM_CACHE`` says; None is nowhere, which ``non``
    asks for. Then why it is left alone, in French, if it is."""
    given = os.environ.get("ESSAIM_CACHE", "")
    if given == "non":
        return None, ""
    folder = Path(given or beside / NAME).absolute()
    if usable(folder):
        return folder, ""
    return None, f"« {folder.name} » est suivi par git, ou git ne dit pas s’il le suit : n’importe quelle proposition peut l’avoir écrit. Il n’est ni lu ni écrit. Retirez-le du dépôt (git rm -r --cached), ou choisissez un dossier hors du dépôt (ESSAIM_CACHE)."  # fmt: skip


class Kept:
    """The stores of a process, by name. Nothing is kept without a folder, nor of the names ``passing``; ``at_hand``: see ``Store``."""

    def __init__(self, folder: Path | None, *, at_hand: bool = False, passing: Collection[str] = ()) -> None:
        self.folder, self._at_hand, self._passing = folder, at_hand, passing
        self._stores: dict[str, Store] = {}

    def of(self, name: str) -> Store:
        """The store of that name, the same each time."""
        if name not in self._stores:
            folder = None if name in self._passing else self.folder
            self._stores[name] = Store(folder, name, at_hand=self._at_hand)
        return self._stores[name]

    def lasting(self, name: str) -> Store | None:
        """The same, None when nothing would be kept: who needs no digest then makes none."""
        return self.of(name) if self.folder else None

    def trouble(self, without: str) -> str:
        """What went wrong with the file since this was asked last, in French, or nothing. ``without`` says what was done without it."""
        broken = [store for store in self._stores.values() if store.broken]
        for store in broken:
            store.told()
        return f"Le cache « {self.folder} » était abîmé, occupé, en lecture seule ou n’est pas un dossier : {without} Si cela revient, supprimez essaim.db qui s’y trouve, ou choisissez un autre dossier (ESSAIM_CACHE)." if broken else ""  # fmt: skip
