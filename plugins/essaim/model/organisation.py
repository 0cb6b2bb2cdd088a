"""Organisation: who carries, funds, publishes or takes part."""

from __future__ import annotations

from typing import Annotated, ClassVar

from essaim.model.base import Located, champ
from essaim.model.types import Siren, Textes, UrlOuInconnue
from essaim.vocabulary import Vocab


class Organisation(Located):
    """Who carries, funds, publishes or takes part."""

    KIND: ClassVar = "organisation"
    FOLDER: ClassVar = "organisations"
    URL: ClassVar = "organisations"
    LABEL: ClassVar = "Organisation"
    LABELS: ClassVar = "Organisations"
    ABOUT: ClassVar = "Qui porte, finance, publie ou prend part."

    type: Annotated[str, Vocab("acteurs")] = champ(
        "Type", "L’une des six sortes d’acteurs.", rubrique="L’organisation", facette="acteurs"
    )
    siren: Siren | None = champ("SIREN", "Numéro SIREN, neuf chiffres.", default=None)
    roles: Textes = champ("Rôles", "Ce que fait l’organisation.", default=())
    site: UrlOuInconnue = champ("Site", "Adresse de son site.", default="non communiqué")
