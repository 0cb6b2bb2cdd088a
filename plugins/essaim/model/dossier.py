"""Dossier: a question as an official asks it, and a reading path that answers it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from essaim.model.base import Group, Sheet, champ
from essaim.model.types import Ref, Texte


class Pas(Group):
    """One sheet of the path, and why to read it."""

    fiche: Annotated[str, Ref(inverse="Dossiers qui la recommandent")] = champ("Fiche", "Identifiant de la fiche.")
    pourquoi: Texte = champ("Pourquoi", "Ce que le lecteur y trouvera.")


class Dossier(Sheet):
    """A reading path."""

    KIND: ClassVar = "dossier"
    FOLDER: ClassVar = "dossiers"
    URL: ClassVar = "dossiers"
    LABEL: ClassVar = "Dossier"
    LABELS: ClassVar = "Dossiers"
    ABOUT: ClassVar = "Une question d’élu, et les fiches à lire dans l’ordre pour y répondre."

    question: Texte = champ("Question", "La question, comme un élu la pose.", rubrique="Parcours")
    parcours: Annotated[tuple[Pas, ...], Field(min_length=1)] = champ("Parcours", "Les fiches à lire, dans l’ordre.")
