"""``essaim archive``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from essaim import archive, disk
from essaim.cli.common import wrong_use


@click.command("archive")
@click.option(
    "--site",
    type=click.Path(path_type=Path),
    default="site",
    show_default=True,
    metavar="DOSSIER",
    help="Site construit par make build.",
)
@click.option(
    "--sortie",
    type=click.Path(path_type=Path),
    default="essaim.zip",
    show_default=True,
    metavar="FICHIER",
    help="Fichier ZIP à écrire.",
)
def make_archive(site: Path, sortie: Path) -> None:
    """Met un site construit dans un ZIP qui s’ouvre d’un dossier, sans serveur ni réseau.

    Recherche, filtres, sélection et fiches-outils y marchent. Code de retour : 0 si l’archive est écrite, 2 si la commande est
    mal employée.
    """
    if sortie.is_dir() or not sortie.parent.is_dir():
        wrong_use(f"« {sortie} » ne peut pas être écrit : donnez un nom de fichier dans un dossier qui existe.")
    try:
        with click.progressbar(list(archive.members(site)), label="Archive", file=sys.stderr) as files:
            archive.write(sortie, iter(files))
    except archive.ArchiveError as refused:
        wrong_use(str(refused))
    except OSError as failed:
        wrong_use(f"« {sortie} » ne peut pas être écrit ({disk.reason(failed)}).")
    size = f"{sortie.stat().st_size / 1e6:.1f}".replace(".", ",")
    click.echo(f"{sortie} ({size} Mo). Décompressez-la, puis ouvrez {archive.TOP}/index.html.")
