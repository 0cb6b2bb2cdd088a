"""``essaim links``: the only command that goes on the network."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from filelock import FileLock, Timeout

from essaim import disk, links, reach
from essaim.cli.common import CONTENT, folder, wrong_use
from essaim.cli.options import RECORD, TODAY, Number
from essaim.library import load
from essaim.links import Answer, Finding, Record
from essaim.problem import count

EVERY = 10.0
"""Seconds between two writings of what is known: a command that is killed loses no more."""
INTERRUPTED = 130
"""What a command that Ctrl+C stopped returns, as shells expect."""
AGENT = "Essaim (controle des liens d'une bibliotheque d'experiences{who})"


@click.command("links")
@CONTENT
@RECORD
@TODAY
@click.option("--age", type=Number(0, 3650), default=14, show_default=True, metavar="JOURS",
              help="Ne pas redemander un lien qui a répondu depuis moins de JOURS ; 0 les redemande tous.")  # fmt: skip
@click.option("--parallele", type=Number(1, 32), default=8, show_default=True, metavar="N",
              help="Sites interrogés en même temps ; jamais deux demandes à la fois à un même site.")  # fmt: skip
@click.option("--pause", type=Number(0, 3600, decimals=True), default=1, show_default=True, metavar="SECONDES",
              help="Attente entre deux demandes à un même site.")  # fmt: skip
@click.option("--delai", type=Number(0.1, 600, decimals=True), default=15, show_default=True, metavar="SECONDES",
              help="Temps laissé à un site pour répondre.")  # fmt: skip
@click.option("--qui", default="", metavar="ADRESSE", help="Qui demande, dit aux sites interrogés : l’adresse de votre site ou de votre équipe.")  # fmt: skip
@click.option("--reseau-local", "local", is_flag=True, help="Permettre les adresses d’un réseau privé.")
@click.option("--strict", is_flag=True, help="Code de retour 1 s’il y a un lien mort ou refusé.")
def check_links(contenu: Path, file: Path, today: date, age: int, parallele: int, pause: float, delai: float, qui: str,
                local: bool, strict: bool) -> None:  # fmt: skip
    """Demande aux sites que citent les fiches s’ils répondent encore.

    À lancer de temps en temps, chaque semaine par exemple ; jamais à la construction du site. Les réponses sont gardées
    dans un fichier que lisent essaim report et la page /redaction/. Un lien est dit mort s’il échoue trois jours
    différents. Interrompre la commande (Ctrl+C) ne perd rien.

    Code de retour : 0, même s’il y a des liens morts ; 1 s’il y en a, avec --strict ; 2 si la commande est mal employée
    ou si le réseau manque.
    """
    folder(contenu)
    manners = reach.Manners(agent=_agent(qui), workers=parallele, pause=pause, timeout=delai, local=local)
    places = links.cited(load(contenu)[0])
    with _alone(file):
        before = _known(file)
        asked = links.due(before, places, today, age)
        _say(f"{count(len(places), 'adresse')} dans les fiches, {len(asked)} à demander.")
        answers: list[Answer] = []
        record = before

        def keep() -> None:
            nonlocal record
            record = links.with_answers(before, answers, places, today)
            links.write(file, record)

        interrupted = _ask(asked, manners, answers, keep)
        keep()
    if links.unplugged(answers) and not interrupted:
        wrong_use("aucun site n’a répondu : le réseau manque sans doute. Rien n’est noté.")
    found = links.findings(places, record)
    for problem in links.problems(found):
        click.echo(str(problem))
    _conclude(found, answers)
    if interrupted:
        _say(
            f"Interrompu : {count(len(answers), 'réponse')} sur {len(asked)}, gardées dans « {file} ». Relancez pour la suite."
        )
        sys.exit(INTERRUPTED)
    sys.exit(1 if strict and any(one.severity == "avertissement" for one in found) else 0)


def _ask(asked: list[str], manners: reach.Manners, answers: list[Answer], keep: Callable[[], None]) -> bool:
    """Fills ``answers``, kept now and then. Says whether it was interrupted."""
    kept = time.monotonic()
    try:
        with click.progressbar(
            length=len(asked), label="Liens", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            for answer in reach.ask_all(asked, manners):
                answers.append(answer)
                bar.update(1)
                if time.monotonic() - kept > EVERY:
                    keep()
                    kept = time.monotonic()
    except KeyboardInterrupt:
        return True
    return False


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One command at a time writes ``file``."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_name(f".{file.name}.lock"), timeout=0):
            yield
    except Timeout:
        wrong_use(f"une autre commande écrit déjà « {file} » : attendez qu’elle finisse.")
    except OSError as failed:
        wrong_use(f"« {file} » ne peut pas être écrit ({disk.reason(failed)}).")


def _known(file: Path) -> Record:
    if file.is_dir():
        wrong_use(f"« {file} » est un dossier : donnez un nom de fichier.")
    try:
        return links.read(file) or Record()
    except links.RecordError as refused:
        kept = links.set_aside(file)
        _say(f"{refused}. Il est gardé sous le nom « {kept.name} » ; tout est redemandé.")
        return Record()


def _agent(who: str) -> str:
    if not who.isascii() or not (who.isprintable() or not who) or len(who) > 200:
        wrong_use("--qui attend une adresse sans accent, d’une ligne : https://exemple.fr/ ou equipe@exemple.fr.")
    return AGENT.format(who=f"; +{who}" if who else "")


def _conclude(found: list[Finding], answers: list[Answer]) -> None:
    states = Counter(one.state for one in answers)
    told = ((states["vivant"], "répond", "répondent"), (states["muet"], "ne répond pas aux programmes", "ne répondent pas aux programmes"),
            (states["echec"], "échoue", "échouent"), (states["interdit"], "refusée", "refusées"), (states["remis"], "remise à plus tard", "remises à plus tard"))  # fmt: skip
    if answers:
        said = ", ".join(f"{number} {plural if number > 1 else one}" for number, one, plural in told if number)
        _say(f"{count(len(answers), 'adresse demandée', 'adresses demandées')} : {said}.")
    codes = Counter(one.code for one in found)
    named = (("lien-mort", "lien mort", "liens morts"), ("lien-refuse", "lien refusé", "liens refusés"),
             ("lien-a-confirmer", "à confirmer", "à confirmer"), ("lien-deplace", "a déménagé", "ont déménagé"))  # fmt: skip
    said = ", ".join(count(codes[code], one, plural) for code, one, plural in named if codes[code])
    _say(f"{said[0].upper()}{said[1:]}." if said else "Aucun lien à revoir.")


def _say(text: str) -> None:
    click.echo(text, err=True)
