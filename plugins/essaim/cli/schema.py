"""``essaim schema`` and ``essaim champs``: the fields, for tools and for people."""

from __future__ import annotations

import json
from pathlib import Path

import click

from essaim import reference
from essaim.cli.common import CONTENT
from essaim.library import load
from essaim.model import KINDS


@click.command()
@click.argument("sorte", type=click.Choice(list(KINDS)), metavar="SORTE")
@CONTENT
def schema(sorte: str, contenu: Path) -> None:
    """Écrit le schéma JSON d’une SORTE de fiche : experience, method…"""
    vocabularies = load(contenu)[0].vocabularies if contenu.is_dir() else {}
    click.echo(json.dumps(reference.schema(KINDS[sorte], vocabularies), ensure_ascii=False, indent=2))


@click.command()
def champs() -> None:
    """Écrit la référence des champs (docs/champs.md)."""
    click.echo(reference.fields(), nl=False)
