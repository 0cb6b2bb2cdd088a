"""What the commands share: the content folder as an option, and how wrong use is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click

from essaim.kept import Kept, place
from essaim.problem import one_line
from essaim.words import nearest, unbroken

PROJECT = "mkdocs.yml"
CONTENT = click.option(
    "--contenu",
    type=click.Path(path_type=Path),
    default="content",
    show_default=True,
    metavar="DOSSIER",
    help="Dossier du contenu.",
)


class French(click.HelpFormatter):
    """Help as French writes it: a space before a colon, and no line that begins with one."""

    def write_heading(self, heading: str) -> None:
        """``Options :``"""
        self.write(f"{'':>{self.current_indent}}{heading}\u00a0:\n")

    def write_text(self, text: str) -> None:
        """A paragraph."""
        super().write_text(unbroken(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Names and what they are."""
        super().write_dl([(name, unbroken(said)) for name, said in rows], col_max, col_spacing)


click.Context.formatter_class = French


class Suggesting(click.Group):
    """A group that says what a wrong name may have meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; the message of an unknown name ends with the nearest one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as unknown:
            near = nearest(args[0], self.list_commands(ctx))
            if near is None:
                raise
            raise click.UsageError(f"{unknown.message} Vouliez-vous dire « {near} » ?", ctx) from None


def folder(contenu: Path) -> Path:
    """The content folder, resolved. Ends the command (2) when it is not there."""
    if not contenu.is_dir():
        wrong_use(
            f"le dossier de contenu « {contenu} » n’existe pas. Lancez la commande à la racine du projet, ou donnez --contenu DOSSIER."
        )
    return contenu.resolve()


def keep(content: Path) -> Kept:
    """What builds keep beside ``mkdocs.yml``, in the folder above ``content``: without one, no library is built there, and nothing is kept."""
    beside = content.parent
    if not ((beside / PROJECT).is_file() or "ESSAIM_CACHE" in os.environ):
        return Kept(None)
    found, refused = place(beside)
    if refused:
        click.echo(f"essaim : {one_line(refused)}", err=True)
    return Kept(found)


def inside(path: Path, root: Path) -> Path:
    """``path`` resolved, below ``root``. Ends the command (2) when it is not there."""
    if not path.exists():
        wrong_use(f"« {path} » n’existe pas.")
    if not path.resolve().is_relative_to(root):
        wrong_use(f"« {path} » n’est pas dans le dossier de contenu.")
    return path.resolve()


def covers(wanted: Path, file: Path) -> bool:
    """Whether ``file`` is ``wanted`` or stands below it."""
    return file == wanted or wanted in file.parents


def wrong_use(message: str) -> NoReturn:
    """Says what is wrong with the command, and ends it with the code of wrong use."""
    click.echo(f"essaim : {one_line(message)}", err=True)
    sys.exit(2)
