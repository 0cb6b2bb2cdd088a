"""``essaim import``."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click

from essaim import disk
from essaim.cli.common import CONTENT, folder, wrong_use
from essaim.cli.options import TODAY
from essaim.imports import layout, mapping, plan, report
from essaim.imports.rows import Left
from essaim.library import load
from essaim.model import KINDS
from essaim.problem import count, in_order
from essaim.spreadsheet import SpreadsheetError, read

WAITS = 500
"""Rows that take about a second."""
INTERRUPTED = 130
"""What a command that Ctrl+C stopped returns, as shells expect."""


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER")
@click.option("--correspondance", "columns", type=click.Path(path_type=Path), metavar="FICHIER",
              help="Fichier YAML qui dit quelle colonne est quel champ.")  # fmt: skip
@click.option("--sorte", type=click.Choice(list(KINDS)), metavar="SORTE", help="Sorte de fiche ; celle du modèle ou de la correspondance, sinon experience.")  # fmt: skip
@click.option("--dry-run", "dry", is_flag=True, help="Dire tout ce qui serait fait, sans rien écrire.")
@click.option("--rapport", "report_file", type=click.Path(path_type=Path), metavar="FICHIER", help="Écrire aussi le rapport : .md ou .csv.")  # fmt: skip
@TODAY
@CONTENT
def import_sheets(file: Path, columns: Path | None, sorte: str | None, dry: bool, report_file: Path | None, today: date,
                  contenu: Path) -> None:  # fmt: skip
    """Fait une fiche de chaque ligne d’un tableau .xlsx, .ods ou .csv.

    Le tableau est un modèle rempli (essaim template), ou tout autre : ses colonnes portent alors le nom des champs, ou
    --correspondance dit lesquelles c’est. Ce qui ne trouve pas sa place est gardé en commentaire dans la fiche et dit,
    avec la ligne et la colonne. Aucune fiche qui existe n’est changée : relancer l’import ne fait rien de plus.

    \b
    La correspondance :
      sorte: experience
      feuille: Recensement 2025
      colonnes:
        Nom du projet: titre
        Financeur: financements.1.financeur
        Notes internes:              (vide : colonne laissée de côté)
      valeurs:
        gouvernance: { Association loi 1901: classique }
      constantes:
        auteurs: [Service économie]
      separateur: ","

    Code de retour : 0 si tout a trouvé sa place, 1 s’il reste à placer ou à compléter, 2 si la commande est mal employée.
    """
    folder(contenu)
    _reportable(report_file, file, contenu)
    if not file.is_file():
        wrong_use(f"« {file} » n’existe pas, ou n’est pas un fichier.")
    if columns and not columns.is_file():
        wrong_use(f"« {columns} » n’existe pas, ou n’est pas un fichier.")
    made = _plan(file, columns, sorte, today, contenu)
    for note in made.notes:
        click.echo(note, err=True)
    if not dry:
        made = _write(made, contenu)
    for line in report.lines(made, contenu.as_posix()):
        click.echo(str(line))
    click.echo(report.summary(made, dry), err=True)
    if report_file:
        _report(made, report_file, file, contenu, dry)
    sys.exit(0 if made.clean else 1)


def _plan(file: Path, columns: Path | None, sorte: str | None, today: date, contenu: Path) -> plan.Plan:
    """The plan; ends the command (1) with what is wrong when there can be none."""
    kind = KINDS[sorte] if sorte else None
    found, problems = mapping.read(columns, kind) if columns else (None, [])
    if problems:
        _stop(*(str(one) for one in in_order(problems)))
    try:
        book = read(file)
        laid = layout.lay(book, found, kind)
        if found and (absent := layout.missing(laid, found)):
            told = (
                (heading, f"la colonne « {heading[:60]} » n’est pas dans le tableau", hint) for heading, hint in absent
            )
            _stop(
                *(
                    str(found.source.problem(("colonnes", heading), "colonne-absente", said, hint))
                    for heading, said, hint in told
                )
            )
        layout.checked(laid)
    except SpreadsheetError as refused:
        _stop(str(refused))
    library, _ = load(contenu)
    if found and (wrong := plan.misfits(found, library)):
        _stop(*(str(one) for one in wrong))
    grid = laid.grids[0]
    with _bar(max(len(grid.tab.rows) - grid.first, 0), "Lignes lues") as bar:
        made = plan.make(laid, library, found, today, lambda: bar.update(1))
    return replace(made, notes=(*book.notes, *made.notes))


def _write(made: plan.Plan, contenu: Path) -> plan.Plan:
    """Writes the sheets; the plan as it was carried out."""
    written: list[plan.New] = []
    late: list[Left] = []
    try:
        with _bar(len(made.new), "Fiches écrites") as bar:
            for one in plan.write(made, contenu):
                bar.update(1)
                if isinstance(one, Left):
                    late.append(one)
                else:
                    written.append(one)
    except KeyboardInterrupt:
        click.echo(f"Interrompu : {count(len(written), 'fiche')} sur {len(made.new)}, chacune entière. Relancez la commande pour faire le reste.", err=True)  # fmt: skip
        sys.exit(INTERRUPTED)
    except OSError as failed:
        wrong_use(f"« {contenu} » ne peut pas être écrit ({disk.reason(failed)}). {count(len(written), 'fiche')} sur {len(made.new)}, chacune entière.")  # fmt: skip
    ours = {f"{contenu.as_posix()}/{one.name}" for one in written}
    problems = tuple(problem for problem in made.problems if problem.path in ours)
    return replace(made, new=tuple(written), refused=(*made.refused, *late), problems=problems)


def _bar(length: int, label: str) -> Any:
    """A progress bar for a person who waits: on a terminal, when it takes more than a second."""
    return click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=length < WAITS or not sys.stderr.isatty()
    )


def _reportable(report_file: Path | None, file: Path, contenu: Path) -> None:
    if report_file is None:
        return
    if report_file.suffix.lower() not in (".md", ".csv"):
        wrong_use(f"« {report_file} » doit finir par .md ou .csv.")
    if report_file.resolve() == file.resolve() or report_file.resolve().is_relative_to(contenu.resolve()):
        wrong_use(f"« {report_file} » ne peut pas recevoir le rapport : il remplacerait le tableau, ou une fiche.")
    if report_file.is_file() and not report.ours(report_file.read_bytes()[:200].decode("utf-8", "replace")):
        wrong_use(f"« {report_file} » existe et n’est pas le rapport d’un import : donnez un autre nom.")
    if report_file.is_dir() or not report_file.parent.is_dir():
        wrong_use(f"« {report_file} » ne peut pas être écrit : donnez un nom de fichier dans un dossier qui existe.")


def _report(made: plan.Plan, report_file: Path, file: Path, contenu: Path, dry: bool) -> None:
    shown = contenu.as_posix()
    text = (
        report.table(made, shown)
        if report_file.suffix.lower() == ".csv"
        else report.markdown(made, shown, file.name, dry)
    )
    try:
        disk.replace(report_file, text)
    except OSError as failed:
        wrong_use(f"« {report_file} » ne peut pas être écrit ({disk.reason(failed)}).")
    click.echo(f"Rapport : {report_file}", err=True)


def _stop(*messages: str) -> NoReturn:
    for message in messages:
        click.echo(message)
    click.echo("Rien n’a été écrit.", err=True)
    sys.exit(1)
