"""``essaim qr``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import quote

import click

from essaim import disk, qr
from essaim.cli.common import CONTENT, folder, wrong_use
from essaim.library import Library, load
from essaim.model import Webinar
from essaim.permalinks import SHORT, Permalinks
from essaim.problem import Problem
from essaim.words import PUBLIC, nearest


@click.command("qr")
@click.argument("quoi", metavar="ID")
@click.option("--url", envvar="ESSAIM_URL", metavar="URL", help="Adresse publique du site ; ESSAIM_URL, sinon.")
@click.option("--format", "kind", type=click.Choice(qr.FORMATS), help="svg, sauf si la sortie finit par .png.")
@click.option(
    "--sortie",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Fichier à écrire : qr-ID.svg, sinon. Un fichier qui existe n’est jamais remplacé.",
)
@CONTENT
def make_qr(quoi: str, url: str | None, kind: qr.Format | None, sortie: Path | None, contenu: Path) -> None:
    """Écrit le code QR du lien court d’une fiche, d’une séquence ou d’une recherche.

    ID est l’identifiant d’une fiche (archer), même ancien ; celui d’une webconférence et l’ancre d’une séquence
    (ma-conference#fiche-sequence-introduction) ; ou une recherche qu’une fiche cite ("/explorer/?theme=bois"). Code de
    retour : 0 si le fichier est écrit, 1 si le registre des adresses est abîmé, 2 si la commande est mal employée.
    """
    root = folder(contenu)
    if not url or not PUBLIC.fullmatch(url):
        wrong_use(
            "donnez l’adresse publique du site, que le code portera : --url https://exemple.fr/"
            + (f" ; « {url} » n’en est pas une." if url else ", ou la variable ESSAIM_URL.")
        )
    if sortie and sortie.suffix.lower() not in {f".{one}" for one in qr.FORMATS}:
        wrong_use(f"« {sortie} » doit finir par .svg ou .png.")
    given = sortie.suffix.lower()[1:] if sortie else ""
    if kind and given and kind != given:
        wrong_use(f"« {sortie} » finit par .{given}, mais --format dit {kind} : gardez l’un des deux.")
    wanted: qr.Format = kind or ("png" if given == "png" else "svg")
    if sortie and not sortie.parent.is_dir():
        wrong_use(f"« {sortie} » ne peut pas être écrit : donnez un nom de fichier dans un dossier qui existe.")
    links = Permalinks(_whole(*load(root)))
    code = _code(links, quoi)
    target = sortie or Path(f"qr-{_name(quoi) or code}.{wanted}")
    address = f"{url.rstrip('/')}/{SHORT}{code}/"
    try:
        disk.create(target, qr.code(address, wanted))
    except FileExistsError:
        wrong_use(f"« {target} » existe déjà. Donnez un autre nom avec --sortie, ou retirez-le d’abord.")
    except OSError as failed:
        wrong_use(f"« {target} » ne peut pas être écrit ({disk.reason(failed)}).")
    click.echo(f"{target} : {address}")


def _whole(library: Library, problems: list[Problem]) -> Library:
    """The library. Ends the command (1) when its ledger is damaged: a code may be on a line that can't be read."""
    damaged = [one for one in problems if one.code.startswith("registre-")]
    for problem in damaged:
        click.echo(str(problem), err=True)
    if damaged:
        sys.exit(1)
    return library


def _name(quoi: str) -> str:
    """What a file can be named after; empty for a search, whose code names it."""
    return "" if "/" in quoi else re.sub(r"[^a-z0-9-]+", "-", quoi)


def _code(links: Permalinks, quoi: str) -> str:
    """The code of the short link of what is asked for. Ends the command (2) when there is none."""
    address = _search(quoi) if quoi.startswith(("/", "explorer/")) else _address(links, quoi)
    code = links.short.get(address)
    if code is None and "?" in address:
        known = [one for one in links.short if "?" in one]
        near = nearest(address, known)
        wrong_use(
            f"la recherche « /{address} » n’a pas de lien court : il en faut une qu’une fiche publiée cite, telle qu’elle est écrite."
            + (f" Vouliez-vous dire « /{near} » ?" if near else "")
        )
    if code is None:
        wrong_use(f"« {quoi} » n’a pas encore de lien court : il vient à la prochaine publication (essaim publish).")
    return code


def _search(quoi: str) -> str:
    """The address of a search, as ``permalinks.searches`` writes it."""
    path, _, query = quoi.removeprefix("/").partition("?")
    if path.rstrip("/") != "explorer" or not query:
        wrong_use(
            f'« {quoi} » n’est ni un identifiant de fiche ni une recherche : écrivez archer, ou "/explorer/?theme=bois".'
        )
    return f"explorer/?{quote(query, safe='=&,+%')}"


def _address(links: Permalinks, quoi: str) -> str:
    """The address of a sheet by its id, old or new, with the anchor of a sequence."""
    identifier, _, anchor = quoi.partition("#")
    sheet = links.library.pages.get(links.library.identities.get(identifier, ""))
    if sheet is None:
        known = [one for one, today in links.library.identities.items() if today in links.library.pages]
        near = nearest(identifier, known)
        wrong_use(
            f"aucune fiche publiée ne s’appelle « {identifier} »."
            + (f" Vouliez-vous dire « {near} » ?" if near else "")
        )
    if not anchor:
        return sheet.address
    anchors = sheet.sequence_anchors if isinstance(sheet, Webinar) else ()
    address = links.resolve(f"{sheet.address}#{anchor}")
    if address is None or address.partition("#")[2] not in anchors:
        near = nearest(anchor, anchors)
        every = (
            f" Ses ancres : {', '.join(anchors)}."
            if anchors
            else " Seules celles d’une webconférence ont un lien court."
        )
        hint = f" Vouliez-vous dire « {near} » ?" if near else every
        wrong_use(f"« {anchor} » n’est l’ancre d’aucune séquence de « {sheet.id} ».{hint}")
    return address
