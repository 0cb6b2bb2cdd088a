"""The command line: parses, calls, prints. Exit codes: 0 clean, 1 problems in the content, 2 wrong use, 3 our own fault."""

from __future__ import annotations

import gettext
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from essaim import archive, reference
from essaim.checks import check as run_checks
from essaim.library import load
from essaim.model import KINDS
from essaim.problem import in_order, summary

# Click asks gettext for its own words; an editor reads French whatever the machine speaks (decision 11).
os.environ["LANGUAGE"] = "fr"
gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))

CONTENT = click.option(
    "--contenu",
    type=click.Path(path_type=Path),
    default="content",
    show_default=True,
    metavar="DOSSIER",
    help="Dossier du contenu.",
)


@click.group(no_args_is_help=True, subcommand_metavar="COMMANDE [ARGUMENTS]...")
def app() -> None:
    """Essaim : le générateur de bibliothèques d’expériences."""


@app.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[CHEMINS]...")
@CONTENT
def check(paths: tuple[Path, ...], contenu: Path) -> None:
    """Contrôle les fiches ou les dossiers CHEMINS, tout le contenu par défaut.

    Chaque problème est dit ainsi : fichier:ligne:colonne: message [code]. Code de retour : 0 sans problème, 1 s’il y en
    a, 2 si la commande est mal employée.
    """
    if not contenu.is_dir() and paths and len(paths) == 1 and paths[0].is_dir():
        contenu, paths = paths[0], ()
    root = _folder(contenu)
    wanted = [_inside(path, root) for path in paths]
    library, problems = load(contenu)
    problems = in_order([*problems, *run_checks(library)])
    if wanted:
        problems = [p for p in problems if any(_covers(one, Path(p.path).resolve()) for one in wanted)]
    for problem in problems:
        click.echo(str(problem))
    click.echo(summary(problems), err=True)
    sys.exit(1 if problems else 0)


@app.command()
@click.argument("sorte", type=click.Choice(list(KINDS)), metavar="SORTE")
@CONTENT
def schema(sorte: str, contenu: Path) -> None:
    """Écrit le schéma JSON d’une SORTE de fiche : experience, method…"""
    vocabularies = load(contenu)[0].vocabularies if contenu.is_dir() else {}
    click.echo(json.dumps(reference.schema(KINDS[sorte], vocabularies), ensure_ascii=False, indent=2))


@app.command()
def champs() -> None:
    """Écrit la référence des champs (docs/champs.md)."""
    click.echo(reference.fields(), nl=False)


@app.command("archive")
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
        _wrong_use(f"« {sortie} » ne peut pas être écrit : donnez un nom de fichier dans un dossier qui existe.")
    try:
        with click.progressbar(list(archive.members(site)), label="Archive", file=sys.stderr) as files:
            archive.write(sortie, iter(files))
    except archive.ArchiveError as refused:
        _wrong_use(str(refused))
    except OSError as failed:
        _wrong_use(f"« {sortie} » ne peut pas être écrit ({failed.strerror}).")
    size = f"{sortie.stat().st_size / 1e6:.1f}".replace(".", ",")
    click.echo(f"{sortie} ({size} Mo). Décompressez-la, puis ouvrez {archive.TOP}/index.html.")


def _folder(contenu: Path) -> Path:
    if not contenu.is_dir():
        _wrong_use(
            f"le dossier de contenu « {contenu} » n’existe pas. Lancez la commande à la racine du projet, ou donnez --contenu DOSSIER."
        )
    return contenu.resolve()


def _inside(path: Path, root: Path) -> Path:
    if not path.exists():
        _wrong_use(f"« {path} » n’existe pas.")
    if not path.resolve().is_relative_to(root):
        _wrong_use(f"« {path} » n’est pas dans le dossier de contenu.")
    return path.resolve()


def _covers(wanted: Path, file: Path) -> bool:
    return file == wanted or wanted in file.parents


def _wrong_use(message: str) -> NoReturn:
    click.echo(f"essaim : {message}", err=True)
    sys.exit(2)


def main() -> None:
    """Entry point. A fault of ours is told as such, with what to send us, and exits 3."""
    try:
        app()
    except Exception as error:  # the last resort of a command line: no traceback for an editor
        click.echo(
            f"essaim : erreur interne ({type(error).__name__}: {error}). Ce n’est pas votre faute : signalez-la avec la commande lancée.",
            err=True,
        )
        sys.exit(3)


if __name__ == "__main__":
    main()
