"""Experience: what a territory tried, how, with whom, for how much, and what came of it."""

# mypy: disable-error-code="prop-decorator"
# mypy does not know pydantic's computed_field over property.

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import computed_field

from essaim.model.base import Group, Located, champ
from essaim.model.types import (
    Annee,
    DateOuInconnue,
    DatePartielle,
    EurosOuInconnu,
    Identifiant,
    Ligne,
    OrUnknown,
    Ref,
    Texte,
    TexteOuInconnu,
    Textes,
    TextesOuInconnu,
)
from essaim.vocabulary import Vocab
from essaim.words import NON_COMMUNIQUE


class PartiePrenante(Group):
    """Who takes part: what they bring, what they expect."""

    type: Annotated[str, Vocab("acteurs")] = champ("Type", "L’une des six sortes d’acteurs.", facette="acteurs")
    libelle: Ligne | None = champ(
        "Libellé",
        "Comment on les nomme, si le type ne suffit pas.",
        default=None,
        exemple="associations et entrepreneurs sociaux",
    )
    nombre: int | None = champ("Nombre", "Combien ils sont.", default=None, ge=1)
    organisation: Annotated[str, Ref("organisation", inverse="Expériences dont elle est partie prenante")] | None = (
        champ("Organisation", "Identifiant de l’organisation, si elle a sa fiche.", default=None)
    )
    apport: Texte | None = champ("Apport", "Ce qu’ils apportent.", default=None)
    attendu: Texte | None = champ("Attendu", "Ce qu’ils en attendent.", default=None)  # fmt: skip


class Financement(Group):
    """One line of funding, in one of the four sources of the « règle des 4 tiers »."""

    tiers: Annotated[str, Vocab("tiers")] = champ("Source", "L’une des quatre sources de financement.", facette="tiers")
    financeur: Ligne | None = champ("Financeur", "Qui finance.", default=None, exemple="Conseil régional")
    montant: EurosOuInconnu = champ("Montant", "En euros.", exemple="45000", unite="€")
    annee: Annee | None = champ("Année", "Année du financement.", default=None)


class Etape(Group):
    """A moment of the story."""

    date: DatePartielle | None = champ("Date", "Année, mois ou jour.", default=None, exemple="2014-09")
    titre: Ligne = champ("Titre", "Ce qui se passe.")
    texte: Texte | None = champ("Texte", "Le détail.", default=None)


class Contact(Group):
    """Whom to call: a function and an organisation, never a person's name or private number."""

    fonction: Ligne = champ(
        "Fonction", "La fonction ou le service, jamais le nom d’une personne.", exemple="équipe du Labo"
    )
    organisation: Annotated[str, Ref("organisation", inverse="Expériences dont elle est le contact")] = champ(
        "Organisation", "Identifiant de l’organisation.")  # fmt: skip


class PrerequisReuni(Group):
    """What was done about one of the prerequisites that the experience illustrates."""

    prerequis: Annotated[str, Vocab("prerequis")] = champ("Prérequis", "Lequel : l’un de ceux du champ prerequis.")
    manque: Texte | None = champ("Manque", "Ce qui manquait, si une source le dit.", default=None)
    texte: Texte = champ("Texte", "Ce qui a été fait.")


class QuestionReponse(Group):
    """A legal or practical question asked about the experience."""

    question: Texte = champ(
        "Question", "La question, comme un élu la pose.", exemple="La commune peut-elle entrer au capital ?"
    )
    reponse: Texte = champ(
        "Réponse", "La réponse.", exemple="Ce que dit la règle, en une ou deux phrases, et ce qui en a été fait ici."
    )
    source: Identifiant = champ("Source", "Identifiant d’une des sources de la fiche.", exemple="compte-rendu")


class Experience(Located):
    """What a territory tried."""

    KIND: ClassVar = "experience"
    FOLDER: ClassVar = "experiences"
    URL: ClassVar = "experiences"
    LABEL: ClassVar = "Expérience"
    LABELS: ClassVar = "Expériences"
    ABOUT: ClassVar = "Ce que des territoires ont essayé : comment, avec qui, pour combien, et ce qui a coincé."

    type_structure: Annotated[str, Vocab("types-structure")] | None = champ(
        "Type de structure",
        "Quelle sorte de structure porte l’expérience.",
        rubrique="Sujet",
        default=None,
        facette="types-structure",
    )
    besoin: TexteOuInconnu = champ(
        "Besoin", "À quel besoin local l’expérience répond.", demander="à quel manque local l’expérience répond"
    )
    enjeux: tuple[Annotated[str, Vocab("enjeux")], ...] = champ(
        "Enjeux", "Sur quels enjeux elle agit.", default=(), facette="enjeux"
    )
    ressources: tuple[Annotated[str, Vocab("ressources")], ...] = champ(
        "Ressources locales", "Quelles ressources du territoire elle valorise.", default=(), facette="ressources"
    )
    finalites: tuple[Annotated[str, Vocab("finalites")], ...] = champ(
        "Finalités", "Ce qu’elle vise.", default=(), facette="finalites"
    )
    gouvernance: Annotated[str, OrUnknown(Annotated[str, Vocab("gouvernance")])] = champ(
        "Gouvernance", "Qui décide.", rubrique="Gouvernance", facette="gouvernance", demander="qui siège, et qui décide"
    )
    forme_juridique: Annotated[str, Vocab("formes-juridiques")] | None = champ(
        "Forme juridique", "Statut de la structure.", default=None, facette="formes-juridiques"
    )
    porteur: Annotated[str, OrUnknown(Annotated[str, Ref("organisation", inverse="Expériences portées")])] = champ(
        "Porteur", "Identifiant de l’organisation qui porte l’expérience.", demander="qui la porte, et qui en répond"
    )
    dimensions: tuple[Annotated[str, Vocab("dimensions")], ...] = champ(
        "Dimensions de la co-construction",
        "Lesquelles des quatre l’expérience éclaire.",
        rubrique="Co-construction",
        default=(),
        facette="dimensions",
    )
    ingenierie: tuple[Annotated[str, Vocab("ingenierie")], ...] = champ(
        "Solutions d’ingénierie", "Lesquelles des neuf étapes elle met en œuvre.", default=(), facette="ingenierie"
    )
    dispositif: Annotated[str, Vocab("dispositifs")] | None = champ(
        "Dispositif", "Option d’organisation retenue.", default=None, facette="dispositifs"
    )
    phase: Annotated[str, Vocab("phases")] | None = champ(
        "Phase", "Où en est la démarche.", default=None, facette="phases"
    )
    parties_prenantes: tuple[PartiePrenante, ...] = champ(
        "Parties prenantes", "Qui apporte quoi, et pour quoi.", rubrique="Acteurs", default=()
    )
    role_collectivite: tuple[Annotated[str, Vocab("roles-collectivite")], ...] = champ(
        "Rôle des collectivités",
        "Par quels moyens les collectivités y contribuent.",
        default=(),
        facette="roles-collectivite",
        demander="ce que la commune ou l’intercommunalité y fait",
    )
    cout_total: EurosOuInconnu = champ(
        "Coût total",
        "En euros ; non communiqué si personne ne le donne.",
        rubrique="Argent et moyens",
        default="non communiqué",
        exemple="180000",
        demander="le coût total, et qui le paie",
        unite="€",
    )
    finance_quoi: Annotated[str, Vocab("finance-quoi")] | None = champ(
        "Ce qui est financé", "L’ingénierie ou le projet.", default=None
    )
    financements: tuple[Financement, ...] = champ(
        "Financements",
        "Une ligne par financement.",
        default=(),
        demander="ce que paient le public, le privé, les prestations vendues et le bénévolat",
    )
    moyens_humains: Texte | None = champ(
        "Moyens humains",
        "Qui y travaille, à quel temps.",
        default=None,
        exemple="Un poste d’animation à mi-temps, et trois élus référents.",
        demander="combien de personnes y travaillent, et à quel temps",
    )
    debut: DateOuInconnue = champ(
        "Début",
        "Année, mois ou jour ; non communiqué si personne ne le donne.",
        rubrique="Calendrier",
        exemple="2012",
        demander="quand elle a commencé, et combien de temps il a fallu",
    )
    fin: DatePartielle | None = champ("Fin", "Année, mois ou jour, si l’expérience est finie.", default=None)
    avancement: Annotated[str, Vocab("avancement")] | None = champ(
        "Avancement", "Où en était l’expérience à la date des sources.", default=None, facette="avancement"
    )
    etapes: tuple[Etape, ...] = champ(
        "Étapes", "Les moments de l’histoire.", default=(), demander="dans quel ordre, et en combien de temps"
    )
    niveau_de_preuve: Annotated[str, Vocab("niveaux-de-preuve")] | None = champ(
        "Niveau de preuve",
        "D’où viennent les résultats annoncés.",
        rubrique="Preuve",
        default=None,
        facette="niveaux-de-preuve",
    )
    prerequis: tuple[Annotated[str, Vocab("prerequis")], ...] = champ(
        "Prérequis", "Lesquels des sept elle illustre.", rubrique="Pour refaire", default=(), facette="prerequis"
    )
    prerequis_reunis: tuple[PrerequisReuni, ...] = champ(
        "Prérequis réunis", "Ce qui a été fait pour un prérequis, et ce qui manquait.", default=()
    )
    leviers: Textes = champ("Leviers", "Ce qui a aidé.", default=())
    difficultes: TextesOuInconnu = champ(
        "Difficultés",
        "Ce qui a coincé ; non communiqué si personne ne le dit.",
        demander="ce qui a coincé, et ce qu’ils feraient autrement",
    )
    conditions: Textes = champ(
        "Conditions",
        "Ce qu’il faut réunir pour refaire.",
        default=(),
        exemple="Un local que la collectivité met à disposition.",
        demander="ce qu’il faut réunir avant de commencer",
    )
    cadre_juridique: Texte | None = champ(
        "Cadre juridique",
        "Les règles à connaître.",
        default=None,
        exemple="Une convention dit ce que chacun apporte, et pour combien de temps.",
    )
    questions: tuple[QuestionReponse, ...] = champ(
        "Questions et réponses", "Questions juridiques ou pratiques, chacune avec sa source.", default=()
    )
    methodes: tuple[Annotated[str, Ref("method", inverse="Expériences qui utilisent cette méthode")], ...] = champ(
        "Méthodes", "Identifiants des méthodes mises en œuvre.", rubrique="Liens et contact", default=()
    )
    contact: Contact | None = champ(
        "Contact",
        "À qui parler : une fonction et une organisation.",
        default=None,
        demander="qui suit le dossier, et par où le joindre",
    )  # fmt: skip

    @computed_field(title="Année de début", description="Déduite du début.", json_schema_extra={"facette": "annees"})
    @property
    def annee(self) -> str | None:
        """The year in which it began, as text: a facet's value."""
        return self.debut[:4] if _given(self.debut) else None

    @computed_field(title="Difficultés dites ou non", description="Déduit des difficultés.",
                    json_schema_extra={"facette": "difficultes"})  # fmt: skip
    @property
    def difficultes_dites(self) -> str:
        """Whether the sheet tells what went wrong: a value of the vocabulary ``difficultes``."""
        return "dites" if _given(self.difficultes) else "non-communiquees"

    @computed_field(title="Faits manquants", description="Les faits que personne n’a donnés, déduits des autres champs.",
                    json_schema_extra={"facette": "manques"})  # fmt: skip
    @property
    def manques(self) -> tuple[str, ...]:
        """What nobody gave: values of the vocabulary ``manques``. One that a facet holds has the facet's name."""
        facts = {
            "themes": self.themes,
            "besoin": self.besoin,
            "porteur": self.porteur,
            "regions": self.place.regions,
            "strates": self.strate,
            "acteurs": self.parties_prenantes,
            "gouvernance": self.gouvernance,
            "phases": self.phase,
            "prerequis": self.prerequis,
            "annees": self.debut,
            "cout-total": self.cout_total,
            "tiers": self.financements,
            "montants": tuple(line.montant for line in self.financements if _given(line.montant)),
            "difficultes": self.difficultes,
            "chiffres": self.chiffres,
            "contact": self.contact,
        }
        return tuple(name for name, fact in facts.items() if not _given(fact))


def _given(fact: object) -> bool:
    # A sheet with mistakes may lack a required field; an amount of 0 is a fact.
    return fact not in (None, NON_COMMUNIQUE, ())
