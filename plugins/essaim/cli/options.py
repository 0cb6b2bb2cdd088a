"""Options that several commands share, and types whose refusals are French."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from essaim.links import FILE
from essaim.words import PUBLIC


class Day(click.ParamType[date]):
    """A whole date: ``2026-11-23``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a refusal."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"« {value} » n’est pas une date. Écrivez année-mois-jour : 2026-11-23.", param, ctx)


class Number(click.ParamType[float]):
    """A number from ``low`` to ``high``; without ``decimals``, a whole one."""

    name = "nombre"

    def __init__(self, low: float, high: float, *, decimals: bool = False) -> None:
        self.low, self.high, self.decimals = low, high, decimals

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number, or a refusal."""
        try:
            number = float(str(value).replace(",", ".")) if self.decimals else int(value)
        except ValueError:
            number = self.low - 1
        if not self.low <= number <= self.high:
            kind = "nombre" if self.decimals else "nombre entier"
            self.fail(f"« {value} » n’est pas un {kind} de {self.low:g} à {self.high:g}.", param, ctx)
        return number


class PublicUrl(click.ParamType[str]):
    """The public address of the site, told with a slash at its end."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The address, or a refusal."""
        if not PUBLIC.fullmatch(str(value)):
            self.fail(f"« {value} » n’est pas l’adresse d’un site. Exemple : https://exemple.fr/", param, ctx)
        return f"{str(value).rstrip('/')}/"


URL = click.option("--url", type=PublicUrl(), envvar="ESSAIM_URL", required=True, metavar="URL",
                   help="Adresse publique du site ; ESSAIM_URL, sinon.")  # fmt: skip
RECORD = click.option("--liens", "file", type=click.Path(path_type=Path), default=FILE, show_default=True, metavar="FICHIER",
                      help="Fichier où essaim links garde ce que les liens ont répondu.")  # fmt: skip
TODAY = click.option("--date", "today", type=Day(), default=date.today, show_default="aujourd’hui", metavar="AAAA-MM-JJ",
                     help="Jour à prendre pour aujourd’hui.")  # fmt: skip
