"""``essaim format``: sheets in canonical form."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from essaim import disk
from essaim.cli.common import CONTENT, covers, folder, inside
from essaim.front import canonical
from essaim.model import Sheet
from essaim.naming import kind_of, own_files, printable
from essaim.problem import Problem, count


@click.command("format")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[CHEMINS]...")
@click.option("--check", "only_check", is_flag=True, help="N’écrit rien : dit ce qui n’est pas en forme.")
@CONTENT
def format_sheets(paths: tuple[Path, ...], only_check: bool, contenu: Path) -> None:
    """Met en forme l’en-tête des fiches CHEMINS, de toutes par défaut.

    L’ordre des champs, les guillemets et les retraits deviennent les mêmes partout. Rien ne se perd : ni un
    commentaire, ni un champ inconnu, ni un mot du texte. Une fiche qui ne se lit pas reste comme elle est, et l’on dit
    pourquoi. Code de retour : 0 si tout est en forme, 1 s’il reste quelque chose à faire, 2 si la commande est mal
    employée.
    """
    root = folder(contenu)
    wanted = [inside(path, root) for path in paths]
    done, left = 0, 0
    for kind, file in _sheets(root, wanted):
        shown = printable(f"{contenu.as_posix()}/{file.relative_to(root).as_posix()}")
        try:
            raw = file.read_bytes()
            text, problems = canonical(raw, kind, shown)
            if problems:
                raise _LeftError(problems)
            if text.encode("utf-8") == raw:
                continue
            if only_check:
                raise _LeftError([Problem(shown, 1, 1, "mise-en-forme", "cette fiche n’est pas en forme", "Lancez essaim format.")])  # fmt: skip
            disk.replace(file, text)
        except _LeftError as told:
            left += 1
            for problem in told.problems:
                click.echo(str(problem))
        except OSError as failed:
            left += 1
            click.echo(str(Problem(shown, 1, 1, "fichier-illisible", f"ce fichier ne peut pas être lu ou écrit ({disk.reason(failed)})")))  # fmt: skip
        else:
            done += 1
            click.echo(f"{shown} : mise en forme.")
    click.echo(_said(done, left, only_check), err=True)
    sys.exit(1 if left else 0)


class _LeftError(Exception):
    """Why a file stays as it is."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


def _sheets(root: Path, wanted: list[Path]) -> Iterator[tuple[type[Sheet], Path]]:
    for name, file in own_files(root):
        kind = kind_of(name)
        if kind and (not wanted or any(covers(one, file) for one in wanted)):
            yield kind, file


def _said(done: int, left: int, only_check: bool) -> str:
    if not done and not left:
        return "Tout est en forme."
    parts = [f"{count(done, 'fiche')} mise{'s' if done > 1 else ''} en forme"] if done else []
    if left:
        parts.append(
            f"{count(left, 'fiche')} {'à mettre en forme ou à corriger' if only_check else 'à corriger d’abord'}"
        )
    return ", ".join(parts) + "."
