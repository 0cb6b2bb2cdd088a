"""``essaim report``."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from essaim import editorial, links
from essaim.cli.common import CONTENT, folder
from essaim.cli.options import RECORD, TODAY, Number
from essaim.editorial import Entry, Group, Reading, Section
from essaim.library import load
from essaim.outputs.render import date_fr
from essaim.outputs.shown import NARROW, spaced
from essaim.problem import count

WIDTH = 80
SHORT = 3
"""Names for one line of a list: they stand beside each other."""
NAMES = [name for name, _ in editorial.SECTIONS]


@click.command()
@click.argument("sections", nargs=-1, type=click.Choice(NAMES), metavar="[SECTIONS]...")
@CONTENT
@RECORD
@TODAY
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, metavar="FORMAT", help="text ou json.")  # fmt: skip
@click.option("--nombre", type=Number(1, 1_000_000), default=10, show_default=True, metavar="N",
              help="Lignes par liste, en texte ; le JSON a tout.")  # fmt: skip
@click.option("--tout", "whole", is_flag=True, help="Toutes les lignes de chaque liste.")
def report(sections: tuple[str, ...], contenu: Path, file: Path, today: date, form: str, nombre: int, whole: bool) -> None:  # fmt: skip
    """Dit ce que l’équipe a à faire : le tableau de bord de la rédaction.

    SECTIONS en choisit : revoir, ecriture, completer, liens, isolees, vides, sans-date, recents. Sans elles, toutes
    sont dites. La page /redaction/ du site montre les mêmes. Code de retour : 0 ; 2 si la commande est mal employée.
    """
    folder(contenu)
    record, trouble = None, ""
    try:
        record = links.read(file)
    except links.RecordError as refused:
        trouble = str(refused)
    found = editorial.sections(Reading(load(contenu)[0], record, trouble), sections)
    if form == "json":
        told = {"date": today.isoformat(), "sections": [_data(one, today) for one in found]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(line for one in found for line in _lines(one, today, sys.maxsize if whole else nombre)))


def _lines(section: Section, today: date, most: int) -> Iterator[str]:
    yield f"{section.title} ({section.total})" if section.total else section.title
    yield "─" * WIDTH
    for text in (section.note, f"Dernier contrôle : {date_fr(section.day)}." if section.day else ""):
        yield from _wrapped(text, "")
    if not section.total:
        yield from _wrapped(section.empty, "")
    for group in section.groups:
        if group.title:
            yield from _wrapped(f"{group.title} ({group.total})", "")
        yield from _items(group, today, most)
    yield ""


def _items(group: Group, today: date, most: int) -> Iterator[str]:
    if group.values:
        names = [value.libelle for value in group.values]
        many = SHORT * most
        more = f"… et {len(names) - many} de plus (--tout)" if len(names) > many else ""
        yield from _wrapped(f"{', '.join(names[:many])}{more}.", "  ")
        return
    for entry in group.entries[:most]:
        yield from _wrapped(_said(entry, today), "  - ")
        yield f"    {entry.sheet.path}"
    for finding in group.findings[:most]:
        yield from _wrapped(f"{finding.message}. {finding.hint}", "  - ")
        for place in finding.places[:most]:
            yield f"    {place.path}:{place.line}:{place.column}"
        if len(finding.places) > most:
            yield f"    … et {count(len(finding.places) - most, 'autre endroit', 'autres endroits')}"
    if group.total > most:
        yield f"  … et {count(group.total - most, 'autre')} : --tout pour tout voir."


def _said(entry: Entry, today: date) -> str:
    """``Titre (sorte) : à revoir le 5 avril 2018, date passée``."""
    told = f"{entry.verb} {date_fr(entry.when)}" if entry.when else ""
    if entry.when and _past(entry, today):
        told += ", date passée"
    if entry.state:
        first = ", ".join(champ.titre for champ in entry.state.first[: editorial.FIRST])
        told = f"{entry.state.given} sur {entry.state.expected} ; d’abord : {first}"
    return f"{entry.sheet.titre} ({entry.sheet.LABEL.lower()})" + (f" : {told}" if told else "")


def _past(entry: Entry, today: date) -> bool:
    return entry.when is not None and entry.when == entry.sheet.a_revoir_le and entry.when < today


def _wrapped(text: str, start: str) -> list[str]:
    # No line begins with a sign; addresses are not cut, since they are to be copied.
    lines = textwrap.wrap(spaced(text), WIDTH, initial_indent=start, subsequent_indent=" " * len(start),
                          break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return [line.replace(NARROW, " ") for line in lines]


def _data(section: Section, today: date) -> dict[str, Any]:
    return {
        "id": section.id,
        "titre": section.title,
        "total": section.total,
        "note": section.note if section.total else section.empty,
        "date": section.day.isoformat() if section.day else None,
        "groupes": [_group(group, today) for group in section.groups],
    }


def _group(group: Group, today: date) -> dict[str, Any]:
    sheets = [
        {
            "id": one.sheet.id,
            "titre": one.sheet.titre,
            "sorte": one.sheet.KIND,
            "chemin": one.sheet.path,
            "statut": one.sheet.statut,
            "date": one.when.isoformat() if one.when else None,
            "passee": _past(one, today),
            "donnes": one.state.given if one.state else None,
            "attendus": one.state.expected if one.state else None,
            "a_remplir": [champ.path for champ in one.state.first] if one.state else [],
        }
        for one in group.entries
    ]
    found = [
        {
            "code": one.code,
            "adresse": one.places[0].url,
            "vers": one.known.vers,
            "reponse": one.known.said,
            "depuis": one.known.depuis.isoformat() if one.known.depuis else None,
            "endroits": [{"chemin": at.path, "ligne": at.line, "colonne": at.column} for at in one.places],
        }
        for one in group.findings
    ]
    values = [{"id": one.id, "libelle": one.libelle} for one in group.values]
    return {"titre": group.title, "facette": group.facet, "fiches": sheets, "valeurs": values, "liens": found}
