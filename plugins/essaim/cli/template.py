"""``essaim template``."""

from __future__ import annotations

from pathlib import Path

import click

from essaim import disk, workbook
from essaim.cli.common import CONTENT, folder, wrong_use
from essaim.imports.columns import tables
from essaim.library import load
from essaim.model import KINDS


@click.command("template")
@click.argument("sorte", type=click.Choice(list(KINDS)), metavar="SORTE")
@click.option(
    "--xlsx", "book", type=click.Path(path_type=Path), metavar="FICHIER", help="Classeur à écrire, avec listes et aide."
)
@click.option(
    "--csv",
    "plain",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Fichier CSV à écrire : la première table seule.",
)
@CONTENT
def template(sorte: str, book: Path | None, plain: Path | None, contenu: Path) -> None:
    """Écrit le tableau à remplir d’une SORTE de fiche : experience, method…

    Une ligne par fiche, une colonne par champ. essaim import lit ce tableau une fois rempli. Un fichier qui existe n’est
    jamais remplacé. Code de retour : 0 si le fichier est écrit, 2 si la commande est mal employée.
    """
    if not (book or plain):
        wrong_use("dites quoi écrire : --xlsx FICHIER, ou --csv FICHIER.")
    kind = KINDS[sorte]
    if book:
        folder(contenu)
        _write(book, ".xlsx", workbook.make(kind, workbook.Picks.of(load(contenu)[0])))
    if plain:
        _write(plain, ".csv", workbook.comma_separated(kind).encode("utf-8"))
        if more := [table.label for table in tables(kind)[1:]]:
            click.echo(f"Le CSV n’a qu’une table : {', '.join(more)} demandent le classeur (--xlsx).", err=True)


def _write(file: Path, ending: str, content: bytes) -> None:
    if file.suffix.lower() != ending:
        wrong_use(f"« {file} » doit finir par {ending}.")
    try:
        with file.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        wrong_use(f"« {file} » existe déjà. Donnez un autre nom, ou retirez-le d’abord : il est peut-être déjà rempli.")
    except OSError as failed:
        wrong_use(f"« {file} » ne peut pas être écrit ({disk.reason(failed)}).")
    click.echo(f"{file}")
