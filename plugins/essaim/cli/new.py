"""``essaim new``: a command for each kind of sheet, its options read off the model."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from essaim import disk, territories
from essaim.checks.addresses import reserved
from essaim.cli.common import CONTENT, Suggesting, folder, wrong_use
from essaim.cli.options import Day
from essaim.library import Library, load
from essaim.model import KINDS, SHEETS, Champ, Sheet, order
from essaim.new import draft, explained, identifier, refusals
from essaim.words import NON_COMMUNIQUE, SLUG, slug

# Elsewhere this option is called --date: here that is a field of web conferences.
_TODAY = click.option("--jour", "today", type=Day(), default=date.today, show_default="aujourd’hui", metavar="AAAA-MM-JJ",
                      help="Jour à prendre pour aujourd’hui.")  # fmt: skip
_SET_ASIDE = frozenset({"titre", "publie_le", "verifie_le", "anciens_ids"})
"""Fields that are no options: the title is an argument, the dates follow from --jour, and a new sheet has no past."""


class Kinds(Suggesting):
    """One command for each kind, made when it is called: by its name, or by its French label."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The kinds, in the order of ``SHEETS``."""
        return list(KINDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """The command that makes a sheet of that kind, or None."""
        kind = next((one for one in SHEETS if slug(name) in (one.KIND, slug(one.LABEL))), None)
        return _command(kind) if kind else None


@click.group(cls=Kinds, subcommand_metavar="SORTE [TITRE]")
def new() -> None:
    """Prépare une fiche neuve, à remplir.

    Sur un terminal, la commande demande le territoire et ce qui est obligatoire ; on peut laisser vide et remplir le
    fichier ensuite. Dans un script, tout se donne par les options : essaim new SORTE --help. Une valeur que la fiche
    refuserait est refusée.
    """


def _command(kind: type[Sheet]) -> click.Command:
    parameters: list[click.Parameter] = [
        click.Argument(["titre"], required=False, metavar="[TITRE]"),
        click.Option(["--id", "wanted"], metavar="IDENTIFIANT", help="Nom du fichier, si celui que donne le titre ne convient pas."),
        *(_option(champ) for champ in order(kind) if champ.path not in _SET_ASIDE and not champ.group),
    ]  # fmt: skip
    command = click.Command(kind.KIND, params=parameters, callback=lambda **options: _make(kind, **options), short_help=f"{kind.LABEL}. {kind.ABOUT}",
                            help=f"Prépare une fiche de sorte {kind.LABEL.lower()}, dans le dossier {kind.FOLDER}. {kind.ABOUT}")  # fmt: skip
    return CONTENT(_TODAY(command))


def _option(champ: Champ) -> click.Option:
    names = [f"--{champ.path.replace('_', '-')}", champ.path]
    if champ.territory and champ.many:
        names.insert(0, f"--{champ.path.removesuffix('s')}")  # one at a time is what one types
    said = [champ.aide.rstrip(".") + "."]
    if champ.territory:
        said.insert(0, "Nom ou code.")
    if champ.vocabulary:
        said.append(f"Valeurs : content/vocabularies/{champ.vocabulary}.yml.")
    if champ.many:
        said.append("À répéter pour plusieurs.")
    return click.Option(names, multiple=champ.many, metavar="TEXTE", help=" ".join(said))


def _make(kind: type[Sheet], titre: str | None, wanted: str | None, contenu: Path, today: date, **given: Any) -> None:
    root = folder(contenu)
    asking = sys.stdin.isatty() and sys.stdout.isatty()
    library, _ = load(contenu)
    titre = " ".join((titre or (_ask("Titre") if asking else "")).split())
    if not titre:
        wrong_use(f'donnez un titre : essaim new {kind.KIND} "Le titre".')
    try:
        "".join([titre, wanted or "", *(text for one in given.values() for text in (one or ()))]).encode()
    except UnicodeEncodeError:
        wrong_use("un des textes donnés n’est pas en UTF-8 : vérifiez les réglages du terminal.")
    if not disk.within(root / kind.FOLDER, root):
        wrong_use(f"« {contenu.as_posix()}/{kind.FOLDER} » mène hors du dossier de contenu.")
    form = _Form(kind, library, asking)
    name = _name(library, wanted or identifier(titre), asking, reserved(library) if not kind.URL else frozenset())
    data: dict[str, Any] = {"titre": titre}
    placed = any(given.get(champ.path) for champ in order(kind) if champ.territory)
    for champ in order(kind):
        value = given.get(champ.path)
        if not value and asking and _worth_asking(champ, placed):
            value = form.answer(champ)
        elif value:
            value = form.value(champ, value)
        if value:
            data[champ.path] = value
    if refused := refusals(kind, order(kind)[0], titre, library):
        wrong_use(refused[0])
    file = root / kind.FOLDER / f"{name}.md"
    shown = f"{contenu.as_posix()}/{kind.FOLDER}/{name}.md"
    try:
        disk.create(file, draft(kind, data, today, library.vocabularies))
    except FileExistsError:
        wrong_use(f"« {shown} » existe déjà : choisissez un autre titre, ou --id IDENTIFIANT.")
    except OSError as failed:
        wrong_use(f"« {shown} » ne peut pas être écrit ({disk.reason(failed)}).")
    click.echo(shown)
    click.echo(f"La fiche est prête à remplir. Puis contrôlez-la : essaim check {shown}", err=True)


def _worth_asking(champ: Champ, placed: bool) -> bool:
    if champ.group or champ.path in _SET_ASIDE:
        return False
    return champ.required or (champ.territory == "commune" and not placed)


@dataclass(frozen=True, slots=True)
class _Form:
    """The fields of a sheet as a person or a script gives them: each value is what its field accepts."""

    kind: type[Sheet]
    library: Library
    asking: bool

    def answer(self, champ: Champ) -> Any:
        """What a person answers on a terminal, asked again while the field refuses it. Nothing is an answer too."""
        click.echo(explained(champ, self.library.vocabularies))
        while text := _ask(champ.titre):
            try:
                return self._accepted(champ, (text,) if champ.many else text)
            except _RefusedError as refused:
                click.echo(str(refused), err=True)
        return None

    def value(self, champ: Champ, given: Any) -> Any:
        """What an option gives. Ends the command when the field refuses it."""
        try:
            return self._accepted(champ, given)
        except _RefusedError as refused:
            wrong_use(f"--{champ.path.replace('_', '-')} : {refused}")

    def _accepted(self, champ: Champ, given: Any) -> Any:
        if champ.territory:
            found = [_place(champ.territory, one, self.asking) for one in (given if champ.many else (given,))]
            return found if champ.many else found[0]
        value = list(given) if champ.many else given
        if champ.many and champ.unknown_allowed and value == [NON_COMMUNIQUE]:
            value = NON_COMMUNIQUE
        if found := refusals(self.kind, champ, value, self.library):
            raise _RefusedError(found[0])
        return value


class _RefusedError(Exception):
    """Why a value is refused, in French."""


def _name(library: Library, name: str, asking: bool, barred: frozenset[str]) -> str:
    """An id that no sheet has or had, and that is not ``barred``. On a terminal, asks for another; in a script, ends the command."""
    taken = library.identities
    while True:
        if not SLUG.fullmatch(name):
            refusal = f"« {name} » ne peut pas être un identifiant : minuscules sans accent, chiffres et traits d’union seulement." if name else "ce titre ne donne pas d’identifiant."  # fmt: skip
        elif name in barred:
            refusal = f"l’adresse /{name}/ sert déjà au site."
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


def _place(level: str, text: str, asking: bool) -> str:
    """``46102 Figeac`` for a name or a code. Raises ``_RefusedError``. Homonyms are asked about, and refused in a script."""
    table = territories.load()
    found = table.named(level, text)
    if len(found) == 1:
        return f"{found[0].code} {found[0].nom}"
    if not found:
        near = [f"« {one.code} {one.nom} »" for one in table.find(level, text)]
        raise _RefusedError(
            f"« {text} » n’est pas un territoire connu." + (f" Vouliez-vous dire {' ou '.join(near)} ?" if near else "")
        )
    lines = [table.told(one) for one in found]
    if not asking:
        raise _RefusedError(
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


def _ask(label: str) -> str:
    answer: str = click.prompt(label, default="", show_default=False, prompt_suffix=" : ")
    return answer.strip()
