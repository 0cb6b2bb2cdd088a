"""``essaim check`` and ``essaim codes``: what is wrong in the content, and what could be better."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from essaim import codes, settings
from essaim.advice import advise
from essaim.checks import check as run_checks
from essaim.cli.common import CONTENT, covers, folder, inside, keep, wrong_use
from essaim.formats import FORMATS, Report, closing
from essaim.kept import Kept
from essaim.lazy import some_of
from essaim.library import Library, load
from essaim.naming import FOLDERS, printable
from essaim.problem import SEVERITIES, Problem, in_order

if TYPE_CHECKING:
    from essaim.scope import Scope


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[CHEMINS]...")
@CONTENT
@click.option(
    "--format",
    "form",
    type=click.Choice([name for name, _ in FORMATS]),
    default="text",
    show_default=True,
    metavar="FORMAT",
    help="text, json, github (annotations), gitlab (Code Quality) ou sarif.",
)
@click.option(
    "--gravite",
    type=click.Choice(SEVERITIES),
    default=SEVERITIES[-1],
    show_default=True,
    metavar="GRAVITÉ",
    help="La moindre gravité à dire : erreur, avertissement ou conseil.",
)
@click.option(
    "--changed",
    metavar="RÉVISION",
    help="Ne dit que ce que touche le travail depuis cette révision de git, et ce qui en dépend.",
)
def check(paths: tuple[Path, ...], contenu: Path, form: str, gravite: str, changed: str | None) -> None:
    """Contrôle les fiches ou les dossiers CHEMINS, tout le contenu par défaut.

    Chaque problème est dit ainsi : fichier:ligne:colonne: message [code]. Les avertissements et les conseils ne font rien
    échouer, sauf ceux que l’équipe élève en erreurs dans pyproject.toml (docs/codes.md). Code de retour : 0 sans erreur, 1
    s’il y en a, 2 si la commande est mal employée.

    Ce qui n’a pas changé est repris du dossier .cache, à côté de mkdocs.yml : ESSAIM_CACHE=non s’en passe, et dit la même chose.
    """
    if not contenu.is_dir() and len(paths) == 1 and paths[0].is_dir():
        if _of_sheets(paths[0].resolve()):
            contenu = Path(os.path.relpath(paths[0].resolve().parent))
        else:
            contenu, paths = paths[0], ()
    root = folder(contenu)
    wanted = [inside(path, root) for path in paths]
    try:
        raised = settings.read(contenu).erreurs
    except settings.SettingsError as refused:
        wrong_use(str(refused))
    part = _part(root, changed) if changed is not None else None
    # A part is small, and what is kept is of the whole.
    kept = keep(root) if part is None or part.read is None else Kept(None)
    library, problems = load(contenu, only=part.read if part else None, store=kept.lasting("lectures"))
    told, touched = (_paths(library, part.told), _paths(library, part.touched)) if part else (None, None)

    # Without them no sheet is checked whole: they are told with whichever sheet.
    unread = {f"{library.shown}/vocabularies/{name}.yml" for name in library.unread}

    def counts(path: str) -> bool:
        return path in unread or (
            (told is None or path in told) and (not wanted or any(covers(one, Path(path).resolve()) for one in wanted))
        )

    sheets = [one for one in library.known if counts(library.path_of(one))]
    problems = codes.graded([*problems, *run_checks(library, kept.lasting("controles"))], raised)
    if gravite != codes.ERROR or raised:
        advised = {one for one in sheets if touched is None or library.path_of(one) in touched}
        ids = None if touched is None and not wanted else advised
        problems += advise(library, datetime.now().astimezone().date(), raised, ids, kept.lasting("conseils"))
    shown = [problem for problem in in_order(problems) if counts(problem.path) and _grave(problem, gravite)]
    click.echo(dict(FORMATS)[form](Report(shown, some_of(library.known, sheets).values())), nl=False)
    if part and part.reason:
        click.echo(f"essaim : {part.reason}", err=True)
    if trouble := kept.trouble("ce contrôle s’en est passé en partie. Il dit la même chose."):
        click.echo(f"essaim : {trouble}", err=True)
    click.echo(closing(shown), err=True)
    sys.exit(1 if any(problem.severity == codes.ERROR for problem in shown) else 0)


def _part(root: Path, changed: str) -> Scope:
    """What the work since a revision touches."""
    from essaim import changes, scope  # most checks look at everything

    try:
        return scope.scope(changes.since(root, changed))
    except changes.ChangesError as refused:
        wrong_use(str(refused))


def _of_sheets(folder: Path) -> bool:
    """Whether a folder is that of a kind of sheets, not a whole content that happens to have such a name."""
    return folder.name in FOLDERS and not any((folder / name).is_dir() for name in FOLDERS)


def _paths(library: Library, names: Iterable[str]) -> set[str]:
    return {f"{library.shown}/{printable(name)}" for name in names}


def _grave(problem: Problem, least: str) -> bool:
    return SEVERITIES.index(problem.severity) <= SEVERITIES.index(least)


@click.command("codes")
def list_codes() -> None:
    """Écrit la liste des codes que dit check, avec leur gravité (docs/codes.md)."""
    click.echo(codes.reference(), nl=False)
