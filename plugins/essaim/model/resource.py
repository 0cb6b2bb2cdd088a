"""Resource: a site, a course, a guide, a study, a service to go further."""

from __future__ import annotations

from typing import Annotated, ClassVar

from essaim.model.base import Sheet, champ
from essaim.model.types import Annee, Ref, Texte, Textes, UrlOuInconnue
from essaim.vocabulary import Vocab


class Resource(Sheet):
    """Something to go further."""

    KIND: ClassVar = "resource"
    FOLDER: ClassVar = "resources"
    URL: ClassVar = "ressources"
    LABEL: ClassVar = "Ressource"
    LABELS: ClassVar = "Ressources"
    ABOUT: ClassVar = "Sites, formations, études et services pour aller plus loin."

    type: Annotated[str, Vocab("types-ressource")] = champ(
        "Type", "Quelle sorte de ressource.", rubrique="La ressource", facette="types-ressource"
    )
    url: UrlOuInconnue = champ("Adresse", "Adresse web ; non communiqué si personne ne la donne.")
    editeur: Annotated[str, Ref("organisation", inverse="Ressources publiées")] | None = champ(
        "Éditeur", "Identifiant de l’organisation qui la publie.", default=None
    )
    annee: Annee | None = champ("Année", "Année de parution.", default=None, facette="annees")
    acces: Texte | None = champ("Accès", "Gratuit, sur inscription, réservé à qui…", default=None)
    methode: Texte | None = champ(
        "Méthode de l’étude", "Pour une étude : comment elle a été faite, et par qui.", default=None
    )
    points_cles: Textes = champ("Points clés", "Ce qu’il faut en retenir.", default=())  # fmt: skip
