"""Term: a word of the glossary."""

from __future__ import annotations

from typing import Annotated, ClassVar

from essaim.model.base import Sheet, champ
from essaim.model.types import Ligne, Ref, Texte


class Term(Sheet):
    """A word of the glossary."""

    KIND: ClassVar = "term"
    FOLDER: ClassVar = "glossary"
    URL: ClassVar = "glossaire"
    LABEL: ClassVar = "Terme"
    LABELS: ClassVar = "Glossaire"
    ABOUT: ClassVar = "Les mots et les sigles du métier, en clair."

    resume: Ligne | None = champ(  # type: ignore[assignment]
        "Résumé",
        "Inutile pour un terme : sa définition en tient lieu.",
        default=None,
        exemple="Le mot en une phrase.",
    )
    definition: Texte = champ(
        "Définition", "Ce que le mot veut dire ; sa source est dans les sources de la fiche.", rubrique="Définition"
    )
    sigle: Ligne | None = champ("Sigle", "La forme abrégée.", default=None, exemple="SCIC")
    synonymes: tuple[Ligne, ...] = champ(
        "Synonymes", "Autres mots pour la même chose ; ils servent à la recherche.", default=()
    )
    voir_aussi: tuple[Annotated[str, Ref("term", inverse="")], ...] = champ(
        "Voir aussi", "Identifiants de termes proches.", default=()
    )
    a_ne_pas_confondre: tuple[Annotated[str, Ref("term", inverse="")], ...] = champ(
        "À ne pas confondre", "Identifiants de termes que l’on prend l’un pour l’autre.", default=())  # fmt: skip

    @property
    def lead(self) -> str:
        """The definition presents a term."""
        return self.definition
