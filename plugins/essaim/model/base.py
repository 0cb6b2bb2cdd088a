"""What every sheet has, and how a field tells all that the schema, the reference, the forms and the facets need."""

# mypy: disable-error-code="prop-decorator"
# mypy does not know pydantic's computed_field over property.

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    computed_field,
    create_model,
    model_validator,
)

from essaim import territories
from essaim.model.types import (
    Annee,
    CodeCommune,
    CodeDepartement,
    CodeEpci,
    Identifiant,
    Jour,
    Ligne,
    Nombre,
    Ref,
    Texte,
    Url,
)
from essaim.vocabulary import Context, Vocab

T = TypeVar("T", bound="Group")
K = TypeVar("K")

SOURCES, PUBLICATION = "Sources et chiffres", "Publication"
"""Headings that close a sheet: what is particular to its kind comes before."""
PUBLISHED, WITH_PAGE = "publié", ("publié", "archivé")
"""The state of sheets that stand in lists, and those of sheets that have a page."""


def champ(
    titre: str,
    aide: str,
    *,
    facette: str | None = None,
    exemple: str | None = None,
    demander: str | None = None,
    unite: str | None = None,
    rubrique: str | None = None,
    essentiel: bool = False,
    **options: Any,
) -> Any:
    """A pydantic field with its French label and help. ``facette`` names the facet that its values feed, ``demander``
    what a reader should ask when nobody gave the fact, ``unite`` what its number counts. ``rubrique`` opens a heading:
    the fields that follow stand under it too. ``essentiel`` says that a first draft needs it, required or not."""
    more = {"facette": facette, "demander": demander, "unite": unite, "rubrique": rubrique, "essentiel": essentiel}
    return Field(
        title=titre,
        description=aide,
        examples=[exemple] if exemple else None,
        json_schema_extra={name: value for name, value in more.items() if value} or None,
        **options,
    )


_UNASKED: set[str] = set()
"""Stands for the set of the fields that were given, which nobody asks for: one a group is a third of what a sheet weighs."""


class Group(BaseModel):
    """A set of fields: a sheet, or one item of a list in a sheet. Unknown fields are refused, empty ones dropped."""

    # What validates a kind is built when the first of it is: most builds read all sheets from the cache.
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if isinstance(data, dict) and None in data.values():
            # `champ:` with nothing after it says "not given": a default for an optional field, missing for a required one.
            data = {k: v for k, v in data.items() if v is not None or k not in cls.model_fields}
        try:
            read = handler(data)
            object.__setattr__(read, "__pydantic_fields_set__", _UNASKED)
            return read
        except ValidationError as error:
            context: Context | None = info.context
            if context is None or not context.lenient or not isinstance(data, dict):
                raise
            bad = {details["loc"][0] for details in error.errors(include_url=False) if details["loc"]}
            rest = {key: value for key, value in data.items() if key not in bad}
            part: Self = _partial(cls).model_validate(rest, context=context)
            return part

    def __getstate__(self) -> Any:
        """Its fields, and what pydantic calls private: a library holds a dozen groups a sheet, and pickle asks each."""
        held = self.__dict__
        return [held[name] for name in self.__pydantic_fields__], self.__pydantic_private__

    def __setstate__(self, state: Any) -> None:
        """As pydantic's own, of what ``__getstate__`` gives."""
        fields, private = state
        object.__setattr__(self, "__dict__", dict(zip(self.__pydantic_fields__, fields, strict=True)))
        object.__setattr__(self, "__pydantic_fields_set__", _UNASKED)
        object.__setattr__(self, "__pydantic_extra__", None)
        object.__setattr__(self, "__pydantic_private__", private)


@cache
def _partial(group: type[T]) -> type[T]:
    """The same fields, none required: what a sheet with mistakes is read as, see ``Context.lenient``."""
    optional: Any = {name: (info.annotation, None) for name, info in group.model_fields.items() if info.is_required()}
    return create_model(group.__name__, __base__=group, **optional)


class Reference(Group):
    """A source of facts, named once in a sheet and cited by the ``id`` given to it there."""

    id: Identifiant = champ(
        "Identifiant",
        "Nom court, propre à cette fiche, par lequel les chiffres citent la source.",
        exemple="webconference",
    )
    titre: Ligne = champ("Titre", "Titre du document ou de la page.")
    url: Url | None = champ("Adresse", "Adresse web du document, s’il en a une.", default=None)
    editeur: Annotated[str, Ref("organisation", inverse="Fiches qui citent une de ses publications")] | None = champ(
        "Éditeur", "Identifiant de l’organisation qui publie le document.", default=None
    )
    fiche: Annotated[str, Ref(inverse="Fiches qui s’appuient sur cette source")] | None = champ(
        "Fiche", "Identifiant de la fiche de la bibliothèque qui décrit ce document, si elle existe.", default=None
    )
    date: Jour | None = champ("Date", "Date de publication.", default=None, exemple="2018-04-05")
    consulte_le: Jour | None = champ("Consulté le", "Date de la dernière consultation.", default=None)  # fmt: skip


class Chiffre(Group):
    """A figure, with the year it is true for and where it comes from."""

    prefixe: Ligne | None = champ(
        "Préfixe", "Ce qui précède le nombre quand il n’est pas exact.", default=None, exemple="plus de"
    )
    valeur: Nombre = champ("Valeur", "Le nombre seul, sans unité.", exemple="26000000")
    unite: Ligne | None = champ("Unité", "Unité, si le libellé ne la dit pas.", default=None, exemple="€")
    libelle: Ligne = champ("Libellé", "Ce que le nombre compte.", exemple="participants aux événements")
    annee: Annee = champ(
        "Année", "Année pour laquelle le chiffre est vrai ; à défaut, celle de la source.", exemple="2018"
    )
    source: Identifiant = champ("Source", "Identifiant d’une des sources de la fiche.", exemple="webconference")


class Archivage(Group):
    """Why a sheet was withdrawn: its page stays, and says this."""

    le: Jour = champ("Depuis le", "Date du retrait.", exemple="2026-11-23")
    raison: Texte = champ(
        "Raison",
        "Pourquoi la fiche n’est plus tenue à jour.",
        exemple="L’expérience a pris fin, et ses suites ont leur fiche.",
    )
    remplacee_par: tuple[Annotated[str, Ref(inverse="Fiches archivées qu’elle remplace")], ...] = champ(
        "Remplacée par", "Identifiants des fiches à lire à la place, s’il y en a.", default=()
    )


class AncienneAncre(Group):
    """The anchor of a heading that was renamed or taken out: links to it still lead to a place in the page."""

    ancre: Identifiant = champ(
        "Ancre", "L’ancre publiée, sans le dièse, telle que le contrôle la nomme.", exemple="comment-ils-ont-fait"
    )
    vers: Identifiant | None = champ(
        "Vers",
        "L’ancre du titre qui la remplace dans cette fiche ; sans elle, le lien mène en haut du texte.",
        default=None,
    )


class Sheet(Group):
    """Common to every kind of sheet. A sheet's identity is its file name: it is no field, and never changes."""

    KIND: ClassVar[str]
    """Name of the kind on the command line and in relations."""
    FOLDER: ClassVar[str]
    """Folder of ``content/``."""
    URL: ClassVar[str]
    """First part of the address of its pages; empty for pages at the root of the site."""
    LABEL: ClassVar[str]
    LABELS: ClassVar[str]
    """What a reader calls one, and several."""
    ABOUT: ClassVar[str]
    """One sentence for the top of the list of that kind."""

    titre: Ligne = champ(
        "Titre",
        "Le nom sous lequel on cherche la fiche.",
        exemple="Le Labo des partenariats d’Alsace",
        rubrique="Présentation",
    )
    resume: Annotated[str, StringConstraints(min_length=1, max_length=300)] = champ(
        "Résumé", "Une ou deux phrases qui se comprennent seules, 300 caractères au plus."
    )
    themes: tuple[Annotated[str, Vocab("themes")], ...] = champ(
        "Thèmes", "De quoi parle la fiche.", default=(), facette="themes", essentiel=True
    )
    statut: Annotated[str, Vocab("statuts")] = champ(
        "Statut",
        "Seule une fiche publiée paraît sur le site.",
        default="brouillon",
        rubrique=PUBLICATION,
        essentiel=True,
    )
    publie_le: Jour = champ("Publiée le", "Date de première publication.", exemple="2026-11-23")
    verifie_le: Jour = champ("Vérifiée le", "Date du dernier contrôle des faits.", exemple="2026-11-23")
    a_revoir_le: Jour | None = champ("À revoir le", "Date du prochain contrôle.", default=None)
    auteurs: tuple[Ligne, ...] = champ(
        "Auteurs", "Qui a rédigé la fiche : une équipe ou une fonction.", default=(), exemple="secrétariat de mairie"
    )
    sources: tuple[Reference, ...] = champ(
        "Sources", "Les documents d’où viennent les faits.", default=(), rubrique=SOURCES, essentiel=True
    )
    chiffres: tuple[Chiffre, ...] = champ("Chiffres clés", "Chaque chiffre avec son année et sa source.", default=())
    anciens_ids: tuple[Identifiant, ...] = champ(
        "Anciens identifiants",
        "Noms de fichier que la fiche a portés.",
        default=(),
        rubrique=PUBLICATION,
        exemple="labo-des-partenariats",
    )
    anciennes_ancres: tuple[AncienneAncre, ...] = champ(
        "Anciennes ancres",
        "Titres publiés qui ont changé de nom ou disparu : les liens vers eux restent bons.",
        default=(),
    )
    archivage: Archivage | None = champ(
        "Archivage", "Pour une fiche au statut archivé : depuis quand, pourquoi, et que lire à la place.", default=None
    )

    # Not `self._id`: pydantic looks a private attribute up in Python, ten times slower, and these are read everywhere.
    _id: str = PrivateAttr("")
    _path: str = PrivateAttr("")

    def once(self, what: str, make: Callable[[], K]) -> K:
        """What ``make`` gives, made once: a sheet never changes, nor the text that it was read with. ``what`` tells it from others:
        with an underscore, or pydantic takes it for a field."""
        held = self.__dict__
        if what not in held:
            held[what] = make()
        found: K = held[what]
        return found

    @property
    def id(self) -> str:
        """The file name without its ending."""
        return self.__pydantic_private__["_id"]  # type: ignore[index, no-any-return]

    @property
    def path(self) -> str:
        """The path of the file, as problems name it."""
        return self.__pydantic_private__["_path"]  # type: ignore[index, no-any-return]

    @property
    def kind(self) -> str:
        """The kind's name, for templates."""
        return self.KIND

    @property
    def address(self) -> str:
        """Address of its page from the root of the site, without leading slash: ``experiences/archer/``."""
        return self.address_of(self.id)

    @classmethod
    def address_of(cls, identifier: str) -> str:
        """The address that a sheet of this kind and id has."""
        return f"{cls.URL}/{identifier}/" if cls.URL else f"{identifier}/"

    @property
    def published(self) -> bool:
        """Whether readers see it in lists. An archived sheet keeps its page, but stands in no list."""
        return self.statut == PUBLISHED

    @property
    def has_page(self) -> bool:
        """Whether it has a page on the site."""
        return self.statut in WITH_PAGE

    @property
    def own_anchors(self) -> tuple[str, ...]:
        """Anchors of its page that come from its fields, beside those of its text, and that people link to."""
        return ()

    @property
    def lead(self) -> str:
        """The sentence that presents the sheet in a list."""
        return self.resume

    @classmethod
    def make(cls, identifier: str, path: str, data: dict[str, Any], context: Any = None) -> Self:
        """A validated sheet. Raises ``pydantic.ValidationError``."""
        sheet = cls.model_validate(data, context=context)
        sheet.__pydantic_private__ = {"_id": identifier, "_path": path}
        return sheet


class Located(Sheet):
    """A sheet that has a place. Département, région and population band follow from what is given."""

    territoire: Ligne | None = champ(
        "Territoire",
        "Nom du territoire quand ce n’est ni une commune ni une intercommunalité : parc, pays, syndicat, région historique.",
        default=None,
        exemple="Parc naturel régional des Ballons des Vosges",
        rubrique="Territoire",
        essentiel=True,
    )
    communes: tuple[CodeCommune, ...] = champ(
        "Communes", "Codes INSEE, suivis si l’on veut du nom.", default=(), exemple="46102 Figeac", essentiel=True
    )
    epci: CodeEpci | None = champ(
        "Intercommunalité",
        "Numéro SIREN, suivi si l’on veut du nom.",
        default=None,
        exemple="200067361 CC Grand-Figeac",
        essentiel=True,
    )
    departements: tuple[CodeDepartement, ...] = champ(
        "Départements",
        "À donner quand ni commune ni intercommunalité ne les disent.",
        default=(),
        exemple="46 Lot",
        essentiel=True,
    )

    @property
    def place(self) -> territories.Place:
        """The communes, EPCI, départements, régions and population that follow from the fields."""
        return _place(self.communes, self.epci, self.departements)

    @computed_field(
        title="Département", description="Déduit du territoire.", json_schema_extra={"facette": "departements"}
    )
    @property
    def departement(self) -> tuple[str, ...]:
        """Codes of the départements, in lower case as in addresses (``2a``)."""
        return tuple(one.code.lower() for one in self.place.departements)

    @computed_field(title="Région", description="Déduite du territoire.", json_schema_extra={"facette": "regions"})
    @property
    def region(self) -> tuple[str, ...]:
        """Addresses (``occitanie``) of the régions."""
        return tuple(one.slug for one in self.place.regions)

    @computed_field(title="Population", description="Strate de population, déduite des communes ou de l’intercommunalité.",
                    json_schema_extra={"facette": "strates"})  # fmt: skip
    @property
    def strate(self) -> str | None:
        """Population band, a value of the vocabulary ``strates``."""
        return self.place.strate


@cache
def _place(communes: tuple[str, ...], epci: str | None, departements: tuple[str, ...]) -> territories.Place:
    return territories.load().place(communes, epci, departements)


__all__ = [
    "PUBLICATION",
    "PUBLISHED",
    "SOURCES",
    "WITH_PAGE",
    "AncienneAncre",
    "Archivage",
    "Chiffre",
    "Group",
    "Located",
    "Reference",
    "Sheet",
    "champ",
]
