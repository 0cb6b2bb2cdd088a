"""``essaim publish``: what is about to be published enters the ledger, for ever."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from essaim import disk, ledger, permalinks, releases
from essaim.checks import check
from essaim.cli.common import CONTENT, folder, wrong_use
from essaim.cli.options import TODAY
from essaim.codes import ERROR, graded
from essaim.ledger import Ledger
from essaim.library import Library, load
from essaim.outputs import Site, addresses
from essaim.problem import Problem, count, in_order, summary


@click.command("publish")
@CONTENT
@TODAY
@click.option(
    "--essai",
    is_flag=True,
    help="N’écrit rien : dit ce qui serait écrit. Code de retour 1 si une adresse n’est pas inscrite.",
)
def publish(contenu: Path, today: date, essai: bool) -> None:
    """Inscrit au registre tout ce qui va être publié : adresses, titres, liens courts, et ce qui change dans les données.

    À lancer à chaque publication, avant make build ; les tables de content/publications/ se gardent avec le contenu. Une
    adresse inscrite ne peut plus disparaître : le contrôle et la construction la réclament. Rien n’est écrit s’il reste
    une erreur. Code de retour : 0 si tout est inscrit, 1 s’il reste un problème dans le contenu.
    """
    root = folder(contenu)
    library, problems = load(root, contenu.as_posix())
    _stop_at([*problems, *check(library)])
    if library.ledger.last and today < library.ledger.last:
        wrong_use(
            f"la dernière publication est du {library.ledger.last}, et --date dit {today} : une publication ne vient pas avant une autre."
        )
    pages = _addresses(library)
    _stop_at(list(permalinks.missing(library, pages)))
    after = published(library, pages, today)
    # The ledger last: killed before, the same command finds the same things to do.
    texts = {table: ledger.write(after, table) for table in ("journal", "etat", "permaliens")}
    if ledger.parse(texts)[1]:
        raise ValueError("the ledger that would be written can't be read again")
    for table, text in texts.items() if not essai else ():
        file = root / ledger.FOLDER / f"{table}.csv"
        try:
            file.parent.mkdir(exist_ok=True)
            disk.replace(file, text)
        except OSError as failed:
            wrong_use(
                f"« {ledger.path_of(contenu.as_posix(), table)} » ne peut pas être écrit ({disk.reason(failed)}). Faites de la place ou ouvrez l’accès, puis relancez la commande."
            )
    click.echo(_told(library.ledger, after, essai))
    if essai and after.by_address.keys() - library.ledger.by_address.keys():
        sys.exit(1)


def _addresses(library: Library) -> set[str]:
    """Those of the site, with progress where someone waits: the outputs of a large library take seconds each."""
    with click.progressbar(label="Adresses", file=sys.stderr, hidden=not sys.stderr.isatty(), length=1) as shown:

        def told(done: int, of: int) -> None:
            shown.length = of
            shown.update(done - shown.pos)

        return addresses(Site(library, url="https://localhost/"), told)


def published(library: Library, pages: set[str], today: date) -> Ledger:
    """The tables after a publication."""
    journal = {*library.ledger.journal, *releases.changes(library, today)}
    return replace(
        library.ledger,
        entries=permalinks.published(library, pages, today),
        state=releases.state(library),
        journal=tuple(journal),
    )


def _stop_at(problems: list[Problem]) -> None:
    errors = [one for one in in_order(graded(problems)) if one.severity == ERROR]
    for problem in errors:
        click.echo(str(problem))
    if errors:
        click.echo(f"Rien n’est inscrit : {summary(errors)}", err=True)
        sys.exit(1)


def _told(before: Ledger, after: Ledger, trial: bool) -> str:
    known = before.by_address
    new = [one for one in after.entries if one.adresse not in known]
    codes = sum(bool(one.code) for one in after.entries) - sum(bool(one.code) for one in before.entries)
    moved = sum(
        one.jusqu_a is not None and known[one.adresse].jusqu_a is None for one in after.entries if one.adresse in known
    )
    changed = len(after.journal) - len(before.journal)
    if not (new or codes or moved or changed):
        return "Rien de nouveau depuis la dernière publication."
    verb = "À inscrire" if trial else "Inscrits"
    parts = [
        count(len(new), "adresse"),
        count(codes, "lien court", "liens courts"),
        count(changed, "changement") + " au journal",
    ]
    parts += [count(moved, "adresse") + " désormais redirigée" + ("s" if moved > 1 else "")] if moved else []
    return f"{verb} : {', '.join(parts)}." + (
        "" if trial else " Gardez content/publications/ avec le contenu (git add), puis construisez le site."
    )
