"""Method: how to do it again."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from essaim.model.base import Group, Sheet, champ
from essaim.model.types import Ligne, Ref, Saisie, Texte, TexteOuInconnu, Textes, TextesOuInconnu
from essaim.vocabulary import Vocab


class EtapeMethode(Group):
    """One step to follow."""

    titre: Ligne = champ("Titre", "Ce que l’on fait.")
    texte: Texte | None = champ("Texte", "Comment on le fait.", default=None)


class Colonne(Group):
    """One column of a worksheet."""

    titre: Ligne = champ("Titre", "Titre de la colonne.")
    aide: Ligne | None = champ("Aide", "Ce que l’on y écrit.", default=None)
    saisie: Saisie = champ(
        "Saisie",
        "texte ; euros (les parts se dessinent) ; echelle, de 0 à 4 (deux colonnes d’échelle font un graphique).",
        default="texte",
        exemple="euros",
    )
    depuis: Ligne | None = champ(
        "Depuis", "Sous-champ d’une expérience dont un exemple tire cette colonne.", default=None, exemple="apport"
    )


class FicheOutil(Group):
    """A worksheet to fill in: a table with a row for each line, and room for more."""

    titre: Ligne = champ("Titre", "Nom de la fiche-outil.")
    consigne: Texte = champ("Consigne", "Comment la remplir.")
    questions: Textes = champ("Questions", "Questions à se poser en la remplissant.", default=())
    colonnes: tuple[Colonne, ...] = champ("Colonnes", "Les colonnes du tableau.", min_length=1)
    lignes: tuple[Ligne, ...] = champ("Lignes", "Débuts de ligne déjà écrits (première colonne).", default=())
    lignes_vides: int = champ("Lignes vides", "Nombre de lignes laissées à remplir.", default=3, ge=0, le=20)
    depuis: Ligne | None = champ(
        "Depuis",
        "Champ d’une expérience dont un exemple remplit la fiche-outil : une liste, comme parties_prenantes.",
        default=None,
        exemple="parties_prenantes",
    )


class Method(Sheet):
    """How to do it again."""

    KIND: ClassVar = "method"
    FOLDER: ClassVar = "methods"
    URL: ClassVar = "methodes"
    LABEL: ClassVar = "Méthode"
    LABELS: ClassVar = "Méthodes"
    ABOUT: ClassVar = "Comment s’y prendre, pas à pas, avec une fiche-outil à remplir quand il y en a une."

    quand: Annotated[Textes, Field(min_length=1)] = champ(
        "Quand l’utiliser", "Dans quelles situations.", rubrique="Usage"
    )
    quand_ne_pas: TextesOuInconnu = champ(
        "Quand ne pas l’utiliser", "Dans quelles situations elle ne convient pas.", default="non communiqué"
    )
    dimensions: tuple[Annotated[str, Vocab("dimensions")], ...] = champ(
        "Dimensions de la co-construction",
        "Lesquelles des quatre elle travaille.",
        rubrique="Cadre",
        default=(),
        facette="dimensions",
    )
    ingenierie: tuple[Annotated[str, Vocab("ingenierie")], ...] = champ(
        "Solutions d’ingénierie", "Lesquelles des neuf étapes elle outille.", default=(), facette="ingenierie"
    )
    phase: tuple[Annotated[str, Vocab("phases")], ...] = champ(
        "Phase", "À quels moments elle sert.", default=(), facette="phases"
    )
    duree: TexteOuInconnu = champ("Durée", "Combien de temps prévoir.", rubrique="Déroulé", default="non communiqué")
    participants: TexteOuInconnu = champ("Participants", "Qui réunir.", default="non communiqué")
    etapes: Annotated[tuple[EtapeMethode, ...], Field(min_length=1)] = champ(
        "Étapes", "Ce que l’on fait, dans l’ordre."
    )
    prerequis: tuple[Annotated[str, Vocab("prerequis")], ...] = champ(
        "Prérequis", "Lesquels des sept elle aide à réunir.", default=(), facette="prerequis"
    )
    livrables: Textes = champ("Livrables", "Ce que l’on obtient.", default=())
    fiche_outil: FicheOutil | None = champ("Fiche-outil", "Un tableau à remplir.", rubrique="Fiche-outil", default=None)
    avant: tuple[Annotated[str, Ref("method", inverse="")], ...] = champ(
        "Avant", "Méthodes à mener avant celle-ci.", rubrique="Enchaînement", default=()
    )
    apres: tuple[Annotated[str, Ref("method", inverse="")], ...] = champ(
        "Après", "Méthodes à mener ensuite.", default=())  # fmt: skip
