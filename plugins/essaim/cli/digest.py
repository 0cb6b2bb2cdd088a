"""``essaim digest``."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import click

from essaim import codes, disk, settings
from essaim.checks import check
from essaim.cli.common import CONTENT, folder, wrong_use
from essaim.cli.options import URL, Day
from essaim.digest import FORMS, gather
from essaim.library import load
from essaim.outputs.site import Site
from essaim.problem import count, in_order, summary


@click.command("digest")
@click.option("--since", "since", type=Day(), required=True, metavar="AAAA-MM-JJ", help="Premier jour des nouvelles.")
@click.option("--format", "form", type=click.Choice(list(FORMS)), metavar="FORMAT",
              help="markdown, html ou texte ; celui de la sortie, sinon markdown.")  # fmt: skip
@click.option("--sortie", metavar="FICHIER",
              help="Fichier à écrire (.md, .html ou .txt), ou dossier où écrire les trois formats, créé s’il manque ; à l’écran, sinon. Un fichier qui existe n’est jamais remplacé.")  # fmt: skip
@URL
@click.option("--nom", default="Essaim", show_default=True, metavar="NOM", help="Nom de la bibliothèque.")
@CONTENT
def digest(since: date, form: str | None, sortie: str | None, url: str, nom: str, contenu: Path) -> None:
    """Écrit la lettre d’information : ce qui a paru et changé depuis un jour.

    Les fiches parues, revues ou archivées, les webconférences à venir, chacune avec son lien, court si elle en a un. En
    Markdown, en HTML pour un courriel, ou en texte. Code de retour : 0 si la lettre est écrite, 1 si le contenu a des
    erreurs, 2 si la commande est mal employée.
    """
    root = folder(contenu)
    wanted = _wanted(since, form, sortie)
    try:
        raised = settings.read(contenu).erreurs
    except settings.SettingsError as refused:
        wrong_use(str(refused))
    library, problems = load(root, contenu.as_posix())
    errors = [one for one in in_order(codes.graded([*problems, *check(library)], raised)) if one.severity == codes.ERROR]  # fmt: skip
    if errors:
        for problem in errors:
            click.echo(str(problem))
        click.echo(f"essaim : aucune lettre n’est écrite. {summary(errors)}", err=True)
        sys.exit(1)
    letter = gather(Site(library, nom, url), since)
    if sortie is None:
        click.echo(FORMS[wanted[0][0]][1](letter), nl=False)
    else:
        _write([(file, FORMS[name][1](letter)) for name, file in wanted if file])
    told = count(sum(len(one.items) for one in letter.sections), "nouvelle") if letter.sections else "Rien de nouveau"
    click.echo(f"{told} depuis le {since.isoformat()}.", err=True)


def _wanted(since: date, form: str | None, given: str | None) -> list[tuple[str, Path | None]]:
    """``(format, file)`` of each letter to write. A name with a slash at its end, or without an ending, is a folder's. Ends the
    command (2) when that can't be told, or when a file is there."""
    if given is None:
        return [(form or "markdown", None)]
    sortie = Path(given)
    if sortie.is_dir() or given.endswith(("/", os.sep)) or not (sortie.suffix or sortie.exists()):
        if sortie.exists() and not sortie.is_dir():
            wrong_use(f"« {sortie} » est un fichier, pas un dossier. Donnez un autre nom.")
        found = [(name, sortie / f"lettre-{since.isoformat()}{FORMS[name][0]}") for name in FORMS if form in (None, name)]  # fmt: skip
    else:
        ending = sortie.suffix.lower()
        said = next((name for name, (own, _) in FORMS.items() if own == ending), None)
        if said is None or form not in (None, said):
            wrong_use(f"« {sortie} » doit finir par {FORMS[form][0] if form else '.md, .html ou .txt'}, ou être un dossier : « {given}/ ».")  # fmt: skip
        if not sortie.parent.is_dir():
            wrong_use(f"« {sortie} » ne peut pas être écrit : donnez un nom de fichier dans un dossier qui existe.")
        found = [(said, sortie)]
    for _, file in found:
        if file.exists():
            wrong_use(f"« {file} » existe déjà. Donnez un autre nom, ou retirez-le d’abord.")
    return [(name, file) for name, file in found]


def _write(files: list[tuple[Path, str]]) -> None:
    for file, text in files:
        new = not file.parent.exists()
        try:
            disk.create(file, text)
        except FileExistsError:
            wrong_use(f"« {file} » existe déjà. Donnez un autre nom, ou retirez-le d’abord.")
        except OSError as failed:
            wrong_use(f"« {file} » ne peut pas être écrit ({disk.reason(failed)}).")
        if new:
            click.echo(f"Dossier créé : {file.parent}", err=True)
        click.echo(f"{file}")
