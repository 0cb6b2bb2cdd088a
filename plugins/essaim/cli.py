"""The command line: parses, calls, prints. Exit codes: 0 clean, 1 problems in the content, 2 wrong use, 3 our own fault."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from essaim import reference
from essaim.checks import check as run_checks
from essaim.library import load
from essaim.model import KINDS
from essaim.problem import in_order, summary

app = typer.Typer(help="Essaim : le générateur de bibliothèques d’expériences.", no_args_is_help=True, add_completion=False,
                  pretty_exceptions_enable=False, rich_markup_mode=None)  # fmt: skip
ContentOption = Annotated[Path, typer.Option("--contenu", help="Dossier du contenu.", metavar="DOSSIER")]
CONTENT = Path("content")


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Fiches ou dossiers à contrôler ; tout le contenu par défaut.", metavar="[CHEMINS]..."),
    ] = None,
    contenu: ContentOption = CONTENT,
) -> None:
    """Contrôle le contenu et dit chaque problème : fichier:ligne:colonne: message [code]."""
    if not contenu.is_dir() and paths and len(paths) == 1 and paths[0].is_dir():
        contenu, paths = paths[0], None
    root = _folder(contenu)
    wanted = [_inside(path, root) for path in paths or ()]
    library, problems = load(contenu)
    problems = in_order([*problems, *run_checks(library)])
    if wanted:
        problems = [p for p in problems if any(_covers(one, Path(p.path).resolve()) for one in wanted)]
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(summary(problems), err=True)
    raise typer.Exit(1 if problems else 0)


@app.command()
def schema(
    sorte: Annotated[str, typer.Argument(help="Sorte de fiche : " + ", ".join(KINDS) + ".", metavar="SORTE")],
    contenu: ContentOption = CONTENT,
) -> None:
    """Écrit le schéma JSON d’une sorte de fiche."""
    if sorte not in KINDS:
        _wrong_use(f"sorte de fiche inconnue « {sorte} ». Sortes possibles : {', '.join(KINDS)}.")
    vocabularies = load(contenu)[0].vocabularies if contenu.is_dir() else {}
    typer.echo(json.dumps(reference.schema(KINDS[sorte], vocabularies), ensure_ascii=False, indent=2))


@app.command()
def champs() -> None:
    """Écrit la référence des champs (docs/champs.md)."""
    typer.echo(reference.fields(), nl=False)


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


def _wrong_use(message: str) -> None:
    typer.echo(f"essaim : {message}", err=True)
    raise typer.Exit(2)


def main() -> None:
    """Entry point. A fault of ours is told as such, with what to send us, and exits 3."""
    try:
        app()
    except Exception as error:  # the last resort of a command line: no traceback for an editor
        typer.echo(
            f"essaim : erreur interne ({type(error).__name__}: {error}). Ce n’est pas votre faute : signalez-la avec la commande lancée.",
            err=True,
        )
        sys.exit(3)


if __name__ == "__main__":
    main()
