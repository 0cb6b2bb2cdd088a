"""``essaim vscode``: what makes VS Code complete a front matter."""

from __future__ import annotations

from pathlib import Path

import click

from essaim import disk, vscode
from essaim.cli.common import CONTENT, folder, wrong_use
from essaim.library import load


@click.command("vscode")
@CONTENT
@click.option(
    "--dossier",
    type=click.Path(path_type=Path),
    default=".vscode",
    show_default=True,
    metavar="DOSSIER",
    help="Dossier à écrire.",
)
def write(contenu: Path, dossier: Path) -> None:
    """Écrit les réglages et les extraits qui aident à écrire une fiche dans VS Code.

    Dans un fichier Markdown, tapez le nom d’un champ, ou fiche-experience pour une fiche entière. À relancer quand un vocabulaire
    change. Code de retour : 0 si tout est écrit, 2 si la commande est mal employée.
    """
    root = folder(contenu)
    try:
        dossier.mkdir(parents=True, exist_ok=True)
        for name, text in vscode.files(load(root, contenu.as_posix())[0].vocabularies):
            disk.replace(dossier / name, text)
    except OSError as failed:
        wrong_use(f"« {dossier} » ne peut pas être écrit ({disk.reason(failed)}).")
    click.echo(f"{dossier.as_posix()}/ est à jour.")
