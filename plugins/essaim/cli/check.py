"""``essaim check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from essaim.checks import check as run_checks
from essaim.cli.common import CONTENT, covers, folder, inside
from essaim.library import load
from essaim.problem import in_order, summary


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[CHEMINS]...")
@CONTENT
def check(paths: tuple[Path, ...], contenu: Path) -> None:
    """Contrôle les fiches ou les dossiers CHEMINS, tout le contenu par défaut.

    Chaque problème est dit ainsi : fichier:ligne:colonne: message [code]. Code de retour : 0 sans problème, 1 s’il y en
    a, 2 si la commande est mal employée.
    """
    if not contenu.is_dir() and paths and len(paths) == 1 and paths[0].is_dir():
        contenu, paths = paths[0], ()
    root = folder(contenu)
    wanted = [inside(path, root) for path in paths]
    library, problems = load(contenu)
    problems = in_order([*problems, *run_checks(library)])
    if wanted:
        problems = [p for p in problems if any(covers(one, Path(p.path).resolve()) for one in wanted)]
    for problem in problems:
        click.echo(str(problem))
    click.echo(summary(problems), err=True)
    sys.exit(1 if problems else 0)
