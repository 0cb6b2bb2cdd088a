"""``essaim new``: a command for each kind of sheet, its options read off the model."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from essaim import disk, territories
from essaim.cli.common import CONTENT, folder, wrong_use
from essaim.cli.options import TODAY
from essaim.library import Library, load
from essaim.model import KINDS, Champ, Sheet, order
from essaim.new import draft, identifier, identities
from essaim.words import NON_COMMUNIQUE, SLUG

_SET_ASIDE = frozenset({"titre", "publie_le", "verifie_le", "anciens_ids"})
"""Fields that are no options: the title is an argument, the dates follow from --date, and a new sheet has no past."""


class Kinds(click.Group):
    """One command for each kind, made when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The kinds, in the order of ``SHEETS``."""
        return list(KINDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """The command that makes a sheet of that kind, or None."""
        return _command(KINDS[name]) if name in KINDS else None


@click.group(cls=Kinds, subcommand_metavar="SORTE [TITRE]")
def new() -> None:
    """Prépare une fiche neuve, à remplir.

    Sur un terminal, la commande demande ce qui est obligatoire ; on peut laisser vide et remplir le fichier ensuite.
    Dans un script, tout se donne par les options : essaim new SORTE --help.
    """


def _command(kind: type[Sheet]) -> click.Command:
    parameters: list[click.Parameter] = [
        click.Argument(["titre"], required=False, metavar="[TITRE]"),
        click.Option(["--id", "wanted"], metavar="IDENTIFIANT", help="Nom du fichier, si celui que donne le titre ne convient pas."),
        *(_option(champ) for champ in order(kind) if champ.path not in _SET_ASIDE and not champ.group),
    ]  # fmt: skip
    command = click.Command(kind.KIND, params=parameters, callback=lambda **options: _make(kind, **options), short_help=f"{kind.LABEL}. {kind.ABOUT}",
                            help=f"Prépare une fiche de sorte {kind.LABEL.lower()}, dans le dossier {kind.FOLDER}. {kind.ABOUT}")  # fmt: skip
    return CONTENT(TODAY(command))


def _option(champ: Champ) -> click.Option:
    names = [f"--{champ.path.replace('_', '-')}", champ.path]
    if champ.territory and champ.many:
        names.insert(0, f"--{champ.path.removesuffix('s')}")  # one at a time is what one types
    aide = f"{champ.aide}{' À répéter pour plusieurs.' if champ.many else ''}"
    return click.Option(names, multiple=champ.many, metavar="TEXTE", help=aide)


def _make(kind: type[Sheet], titre: str | None, wanted: str | None, contenu: Path, today: date, **given: Any) -> None:
    root = folder(contenu)
    asking = sys.stdin.isatty() and sys.stdout.isatty()
    library, _ = load(contenu)
    titre = " ".join((titre or (_ask("Titre") if asking else "")).split())
    if not titre:
        wrong_use(f'donnez un titre : essaim new {kind.KIND} "Le titre".')
    name = _name(library, wanted or identifier(titre), asking)
    data: dict[str, Any] = {"titre": titre}
    for champ in order(kind):
        value = given.get(champ.path)
        if (
            not value
            and asking
            and champ.required
            and champ.path not in (*_SET_ASIDE, "statut")
            and not champ.group
            and not champ.many
        ):
            value = _ask(f"{champ.titre}{f' ({NON_COMMUNIQUE} si personne ne le dit)' if champ.unknown_allowed else ''}", champ.aide)  # fmt: skip
        if value:
            data[champ.path] = _value(champ, value, asking)
    file = root / kind.FOLDER / f"{name}.md"
    shown = f"{contenu.as_posix()}/{kind.FOLDER}/{name}.md"
    try:
        disk.create(file, draft(kind, data, today, library.vocabularies))
    except FileExistsError:
        wrong_use(f"« {shown} » existe déjà : choisissez un autre titre, ou --id IDENTIFIANT.")
    except OSError as failed:
        wrong_use(f"« {shown} » ne peut pas être écrit ({failed.strerror}).")
    click.echo(shown)
    click.echo(f"La fiche est prête à remplir. Puis contrôlez-la : essaim check {shown}", err=True)


def _name(library: Library, name: str, asking: bool) -> str:
    """An id that no sheet has or had. On a terminal, asks for another; in a script, ends the command."""
    taken = identities(library)
    while True:
        if not SLUG.fullmatch(name):
            refusal = f"« {name} » ne peut pas être un identifiant : minuscules sans accent, chiffres et traits d’union seulement." if name else "ce titre ne donne pas d’identifiant."  # fmt: skip
        elif name in taken:
            now = f", aujourd’hui « {taken[name]} »" if taken[name] != name else ""
            refusal = f"« {name} » est déjà l’identifiant d’une fiche ({library.shown}/{_file(library, taken[name])}){now} : un identifiant ne sert qu’une fois."  # fmt: skip
        else:
            return name
        if not asking:
            wrong_use(f"{refusal} Donnez-en un avec --id IDENTIFIANT.")
        click.echo(refusal[0].upper() + refusal[1:], err=True)
        name = _ask("Identifiant")


def _file(library: Library, identity: str) -> str:
    return f"{KINDS[library.kinds[identity]].FOLDER}/{identity}.md"


def _value(champ: Champ, value: Any, asking: bool) -> Any:
    if champ.territory:
        level = champ.territory
        found = [_place(level, one, asking) for one in (value if champ.many else (value,))]
        return found if champ.many else found[0]
    if champ.many and champ.unknown_allowed and tuple(value) == (NON_COMMUNIQUE,):
        return NON_COMMUNIQUE
    return list(value) if champ.many else value


def _place(level: str, text: str, asking: bool) -> str:
    """``46102 Figeac`` for a name or a code. Homonyms are asked about; in a script, they end the command."""
    table = territories.load()
    found = table.named(level, text)
    if len(found) == 1:
        return f"{found[0].code} {found[0].nom}"
    if not found:
        near = [f"« {one.code} {one.nom} »" for one in table.find(level, text)]
        wrong_use(
            f"« {text} » n’est pas un territoire connu." + (f" Vouliez-vous dire {' ou '.join(near)} ?" if near else "")
        )
    lines = [table.told(one) for one in found]
    if not asking:
        wrong_use(
            f"« {text} » est le nom de plusieurs territoires. Donnez le code de l’un d’eux :\n  " + "\n  ".join(lines)
        )
    click.echo(f"« {text} » est le nom de plusieurs territoires :")
    for number, line in enumerate(lines, 1):
        click.echo(f"  {number}. {line}")
    while True:
        answer = _ask("Lequel (numéro)")
        if answer.isdecimal() and 1 <= int(answer) <= len(found):
            one = found[int(answer) - 1]
            return f"{one.code} {one.nom}"


def _ask(label: str, aide: str = "") -> str:
    if aide:
        click.echo(f"{aide}")
    answer: str = click.prompt(label, default="", show_default=False, prompt_suffix=" : ")
    return answer.strip()
