"""The command line: parses, calls, prints. Exit codes: 0 clean, 1 problems in the content, 2 wrong use, 3 our own fault."""

from __future__ import annotations

import gc
import gettext
import os
import sys
from pathlib import Path

import click

from essaim.cli.common import Suggesting

# Click asks gettext for its own words; an editor reads French whatever the machine speaks (decision 11).
os.environ["LANGUAGE"] = "fr"
gettext.bindtextdomain("messages", str(Path(__file__).parents[1] / "locale"))


class Commands(Suggesting):
    """The commands, each imported when it is called: none waits for what only another one needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Their names, in the order of ``COMMANDS``."""
        return [name for name, _ in COMMANDS]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """The command of that name, or None."""
        from importlib import import_module

        place = dict(COMMANDS).get(name)
        if place is None:
            return None
        module, _, function = place.partition(":")
        command: click.Command = getattr(import_module(f"essaim.cli.{module}"), function)
        return command


COMMANDS: tuple[tuple[str, str], ...] = (
    ("new", "new:new"),
    ("rename", "rename:rename"),
    ("format", "format:format_sheets"),
    ("check", "check:check"),
    ("codes", "check:list_codes"),
    ("schema", "schema:schema"),
    ("champs", "schema:champs"),
    ("report", "report:report"),
    ("links", "links:check_links"),
    ("publish", "publish:publish"),
    ("digest", "digest:digest"),
    ("vscode", "vscode:write"),
    ("template", "template:template"),
    ("import", "imports:import_sheets"),
    ("archive", "archive:make_archive"),
    ("qr", "qr:make_qr"),
)
"""Name of each command, and where it is: ``module:function`` below this package."""


@click.group(cls=Commands, no_args_is_help=True, subcommand_metavar="COMMANDE [ARGUMENTS]...")
def app() -> None:
    """Essaim : le générateur de bibliothèques d’expériences."""


def main() -> None:
    """Entry point. A fault of ours is told as such, with what to send us, and exits 3."""
    gc.disable()  # a command ends before its garbage matters; looking for it took a fifth of `check` on 1,000 sheets
    try:
        app()
    except Exception as error:  # the last resort of a command line: no traceback for an editor
        click.echo(
            f"essaim : erreur interne ({type(error).__name__}: {error}). Ce n’est pas votre faute : signalez-la avec la commande lancée.",
            err=True,
        )
        sys.exit(3)
    finally:
        gc.freeze()  # Python, as it ends, would look through all that was read for what is not used any more
