"""``essaim rename``: a sheet or a heading changes its name, and no link breaks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from essaim import disk, renaming
from essaim.checks import check
from essaim.cli.common import CONTENT, folder, wrong_use
from essaim.library import load
from essaim.naming import kind_of, own_files
from essaim.problem import count
from essaim.renaming import Renaming


@click.command("rename")
@click.argument("old", metavar="ANCIEN")
@click.argument("new", metavar="NOUVEAU")
@CONTENT
@click.option("--essai", is_flag=True, help="N’écrit rien : dit ce qui serait changé.")
def rename(old: str, new: str, contenu: Path, essai: bool) -> None:
    """Renomme la fiche ANCIEN en NOUVEAU, ou le titre FICHE#ANCIEN en FICHE#NOUVEAU.

    Le fichier change de nom, l’ancien identifiant est noté dans anciens_ids, tout ce qui cite la fiche suit, et l’ancienne
    adresse mène à la nouvelle. Pour un titre, changez-le d’abord dans le texte : la commande note l’ancienne ancre dans
    anciennes_ancres et corrige les liens. Un fichier déjà renommé à la main convient aussi.
    """
    root = folder(contenu)
    library, problems = load(root, contenu.as_posix())
    files = {
        name: file.read_bytes()
        for name, file in own_files(root)
        if kind_of(name) or (name.startswith("vocabularies/") and name.endswith(".yml"))
    }
    known = [*problems, *check(library)]
    if damaged := [one for one in known if one.code.startswith("registre-")]:
        click.echo(str(damaged[0]))
        wrong_use("le registre des adresses est abîmé : réparez-le d’abord, rien n’est changé.")
    page, mark, anchor = old.partition("#")
    target, other, held = new.partition("#")
    try:
        if mark or other:
            if not (anchor and held) or target not in ("", page):
                wrong_use(
                    "pour un titre, donnez la même fiche deux fois : essaim rename archer#ancien-titre archer#nouveau-titre."
                )
            done = renaming.anchor(library, known, files, page, anchor, held)
        else:
            done = renaming.sheet(library, known, files, old, new)
    except renaming.RenameError as refused:
        wrong_use(str(refused))
    for name in sorted({*done.texts, *done.removed}):
        click.echo(f"{contenu.as_posix()}/{name} : {_what(name, done, files)}")
    if essai:
        click.echo("Rien n’est écrit : c’était un essai.")
        return
    try:
        _write(root, done, files)
    except OSError as failed:
        click.echo(f"essaim : rien n’est changé, un fichier ne peut pas être écrit ({disk.reason(failed)}).", err=True)
        sys.exit(2)
    click.echo(
        f"{count(len(done.texts), 'fichier écrit', 'fichiers écrits')}. Relisez avec git status et git diff ; un fichier renommé s’ajoute par git add."
    )


def _what(name: str, done: Renaming, files: dict[str, bytes]) -> str:
    return "retiré" if name in done.removed else "écrit" if name not in files else "corrigé"


def _write(root: Path, done: Renaming, files: dict[str, bytes]) -> None:
    """Write everything, or nothing: what was written is put back when something fails. Raises OSError."""
    written: list[str] = []
    try:
        for name, text in sorted(done.texts.items()):
            (disk.replace if name in files else disk.create)(root / name, text)
            written.append(name)
        for name in done.removed:
            (root / name).unlink()
    except OSError:
        for name in written:
            if name in files:
                disk.replace(root / name, files[name].decode("utf-8"))
            else:
                (root / name).unlink(missing_ok=True)
        raise
