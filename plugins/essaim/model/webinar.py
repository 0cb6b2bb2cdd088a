"""Webinar: a web conference, its sequences, its questions, and all that it cites."""

# mypy: disable-error-code="prop-decorator"
# mypy does not know pydantic's computed_field over property.

from __future__ import annotations

from functools import cache
from typing import Annotated, ClassVar

from pydantic import computed_field

from essaim.model.base import Group, Sheet, champ
from essaim.model.types import Heure, Jour, Ligne, Ref, Texte, Textes, Timecode, Url, UrlOuInconnue
from essaim.words import numbered, slug

_LONGEST = 60


class Intervenant(Group):
    """A speaker, as the programme names them."""

    nom: Ligne = champ("Nom", "Nom publié au programme.")
    fonction: Ligne | None = champ("Fonction", "Fonction annoncée.", default=None)
    organisation: Annotated[str, Ref("organisation", inverse="Webconférences où elle intervient")] | None = champ(
        "Organisation", "Identifiant de son organisation.", default=None)  # fmt: skip


class Sequence(Group):
    """A part of the web conference."""

    debut: Timecode | None = champ(
        "Début", "Moment où elle commence dans la rediffusion.", default=None, exemple="0:12:30"
    )
    titre: Ligne = champ("Titre", "Titre de la séquence.")
    resume: Texte | None = champ("Résumé", "Ce qui s’y dit.", default=None)
    liens: tuple[Annotated[str, Ref(inverse="Cité en webconférence")], ...] = champ(
        "Liens", "Identifiants des fiches citées.", default=())  # fmt: skip


class Question(Group):
    """A question put to the audience: the answers offered, and what the speakers say in reply."""

    question: Texte = champ("Question", "La question posée.")
    reponses: Textes = champ("Réponses", "Les réponses proposées.", default=())
    eclairage: Texte | None = champ("Éclairage", "Ce que les intervenants en disent.", default=None)
    liens: tuple[Annotated[str, Ref(inverse="Questions de webconférence")], ...] = champ(
        "Liens", "Identifiants des fiches qui aident à répondre.", default=())  # fmt: skip


class Webinar(Sheet):
    """A web conference."""

    KIND: ClassVar = "webinar"
    FOLDER: ClassVar = "webinars"
    URL: ClassVar = "webinaires"
    LABEL: ClassVar = "Webconférence"
    LABELS: ClassVar = "Webconférences"
    ABOUT: ClassVar = "Séquence par séquence, ce qui a été dit et les fiches qui s’y rattachent."

    date: Jour = champ("Date", "Jour de la webconférence.", rubrique="La webconférence", exemple="2018-04-05")
    heure: Heure | None = champ("Heure", "Heure de début, à Paris.", default=None, exemple="14:30")
    duree: int | None = champ("Durée", "En minutes.", default=None, ge=1, le=1440, exemple="90", unite="min")
    inscription: Url | None = champ("Inscription", "Adresse où s’inscrire, tant qu’elle est à venir.", default=None)
    organisateurs: tuple[Annotated[str, Ref("organisation", inverse="Webconférences organisées")], ...] = champ(
        "Organisateurs", "Identifiants des organisations.", default=()
    )
    intervenants: tuple[Intervenant, ...] = champ("Intervenants", "Les personnes annoncées au programme.", default=())
    replay: UrlOuInconnue = champ(
        "Rediffusion", "Adresse de la rediffusion.", rubrique="Documents", default="non communiqué"
    )
    diaporama: UrlOuInconnue = champ("Diaporama", "Adresse du diaporama.", default="non communiqué")
    synthese: UrlOuInconnue = champ("Synthèse", "Adresse de la synthèse.", default="non communiqué")
    evaluation: UrlOuInconnue = champ(
        "Fiche d’évaluation", "Adresse de la fiche d’évaluation.", default="non communiqué"
    )
    cycle: Ligne | None = champ("Cycle", "Nom du cycle dont elle fait partie.", rubrique="Cycle", default=None)
    questions_ouvertes: Textes = champ("Questions du cycle", "Les questions que le cycle laisse ouvertes.", default=())
    sequences: tuple[Sequence, ...] = champ("Séquences", "Les parties, dans l’ordre.", rubrique="Déroulé", default=())
    questions: tuple[Question, ...] = champ("Questions au public", "Les questions posées pendant la conférence.", default=())  # fmt: skip

    @property
    def sequence_anchors(self) -> tuple[str, ...]:
        """The anchor of each sequence, in order: made from its title, so that one more before it changes nothing."""
        return _anchors("fiche-sequence-", tuple(one.titre for one in self.sequences or ()))

    @property
    def question_anchors(self) -> tuple[str, ...]:
        """The anchor of each question, in order."""
        return _anchors("fiche-question-", tuple(one.question for one in self.questions or ()))

    @property
    def own_anchors(self) -> tuple[str, ...]:
        """Those of its sequences and of its questions."""
        return (*self.sequence_anchors, *self.question_anchors)

    @computed_field(title="Année", description="Année de la date.", json_schema_extra={"facette": "annees"})
    @property
    def annee(self) -> str:
        """The year, as text: a facet's value."""
        return str(self.date.year)


@cache
def _anchors(prefix: str, titles: tuple[str | None, ...]) -> tuple[str, ...]:
    """One anchor a title, of ``_LONGEST`` characters after the prefix at most; a second one of the same gets -2. Linear."""
    found: list[str] = []
    used: dict[str, int] = {}
    for titre in titles:
        words = slug(titre or "").removeprefix(prefix.split("-")[1] + "-")
        base = prefix + (
            (words if len(words) <= _LONGEST else words[:_LONGEST].rpartition("-")[0])
            or words[:_LONGEST]
            or "sans-titre"
        )
        found.append(numbered(base, used))
    return tuple(found)
