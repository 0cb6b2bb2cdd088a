"""Controlled vocabularies: one YAML file each under ``content/vocabularies/``, and the type that ties a field to one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from essaim import territories
from essaim.messages import translate
from essaim.problem import Problem
from essaim.source import Source, compose
from essaim.words import SLUG, nearest


def to_make(name: str) -> str:
    """What to do about a vocabulary that is not there."""
    return f"Créez content/vocabularies/{name}.yml."


_TO_MAKE = re.compile(re.escape(to_make("*")).replace(r"\*", "(.+)"))


class Value(BaseModel):
    """One value of a vocabulary, as written in its file."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str = Field(min_length=1, max_length=60)
    libelle: str = Field(min_length=1, max_length=120)
    definition: str = Field(min_length=1, max_length=1000)
    synonymes: tuple[str, ...] = ()
    groupe: str | None = None
    question: str | None = Field(None, min_length=1, max_length=300)
    """The value as an official would be asked about it: it then stands in the self-check."""
    pourquoi: str | None = Field(None, min_length=1, max_length=600)
    """Why it matters, in one or two sentences: said beside the question."""
    source: str = Field(min_length=1, max_length=200)
    """Where the value comes from: the id of a sheet, or ``redaction`` when it is the library's own choice."""


class Vocabulary(BaseModel):
    """A closed list of values. ``url`` is the folder of its pages on the site; without it, it has none."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    titre: str = Field(min_length=1)
    definition: str = Field(min_length=1)
    url: str | None = Field(None, pattern=f"^{SLUG.pattern}$", examples=["themes"])
    valeurs: tuple[Value, ...] = Field(min_length=1)

    @cached_property
    def _by_id(self) -> dict[str, Value]:
        """The values by id, the first of each: a library looks labels up several times for every sheet."""
        return {value.id: value for value in reversed(self.valeurs)}

    def get(self, identifier: str) -> Value | None:
        """The value of that id, or None."""
        return self._by_id.get(identifier)

    def label(self, identifier: str) -> str:
        """What a reader sees; an id that is not there is its own label (its absence is told elsewhere)."""
        value = self.get(identifier)
        return value.libelle if value else identifier


@dataclass(frozen=True, slots=True)
class Context:
    """What the validation of one sheet may look at: everything else there is.

    ``kinds`` maps every sheet's id to its kind, read from file names before anything is validated, so that a
    relation is checked in the same pass as the rest. ``territories`` is a ``territories.Territories``. ``lenient``
    reads what can be read of a sheet whose problems are already told: ids and values are not looked up, and what
    does not fit is left out.
    """

    vocabularies: Mapping[str, Vocabulary]
    territories: Any
    kinds: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    lenient: bool = False
    former: Mapping[str, str] | None = field(default_factory=dict)
    """Ids that sheets had → the ids that they have; None while not all sheets are read (``UnsettledError``)."""


class UnsettledError(Exception):
    """What is wrong with a sheet can't be told before all are read. It never is wrong and right: another text would be told."""


@dataclass(frozen=True, slots=True)
class Vocab:
    """``Annotated[str, Vocab("themes")]``: a value of ``content/vocabularies/themes.yml``."""

    name: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "x-vocabulaire": self.name}

    def _known(self, value: str, info: ValidationInfo) -> str:
        context: Context | None = info.context
        if context is None or context.lenient:
            return value
        vocabulary = context.vocabularies.get(self.name)
        if vocabulary is None:
            raise PydanticCustomError(
                "vocabulaire-absent",
                "le vocabulaire « {nom} » n’existe pas",
                {"nom": self.name, "hint": to_make(self.name)},
            )
        if vocabulary.get(value) is None:
            near = nearest(value, [v.id for v in vocabulary.valeurs], {v.libelle: v.id for v in vocabulary.valeurs})
            hint = f"Vouliez-vous dire « {near} » ?" if near else f"Valeurs possibles : {_enumerate(vocabulary)}."
            raise PydanticCustomError(
                "valeur-inconnue", "valeur inconnue « {valeur} »", {"valeur": value, "hint": hint}
            )
        return value


def load(folder: Path, prefix: str) -> tuple[dict[str, Vocabulary], dict[str, Source], list[Problem]]:
    """The vocabularies of ``folder`` by file name, their sources, and what is wrong. Problems name ``prefix``/file."""
    vocabularies: dict[str, Vocabulary] = {}
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for file in sorted(folder.glob("*.yml")):
        path = f"{prefix}/{file.name}"
        source, wrong = compose(file.read_bytes(), path)
        problems += wrong
        if source.broken:
            continue
        sources[file.stem] = source
        try:
            vocabularies[file.stem] = Vocabulary.model_validate(source.data)
        except ValidationError as error:
            problems += [translate(source, details, Vocabulary) for details in error.errors()]
            continue
        problems += _repeated(source, vocabularies[file.stem])
    return vocabularies, sources, problems


def told_once(problems: list[Problem], unread: frozenset[str], prefix: str) -> tuple[list[Problem], frozenset[str]]:
    """The problems of sheets without those that come of a vocabulary that can't be used, and the names of all such vocabularies.

    One that is there and can't be read (``unread``) is told where it is written. One that is not there is told once, at its file below ``prefix``:
    hundreds of values would be told for one file that was renamed.
    """
    absent = {one: found[1] for one in problems if (found := _TO_MAKE.fullmatch(one.hint))}
    gone = [
        Problem(f"{prefix}/{name}.yml", 1, 1, "vocabulaire-absent", "ce vocabulaire n’existe pas, et des fiches en citent des valeurs",
                "Remettez ce fichier ; s’il a changé de nom, rendez-lui le sien.")
        for name in sorted({*absent.values()} - unread)
    ]  # fmt: skip
    return [*(one for one in problems if one not in absent), *gone], unread | {*absent.values()}


def _repeated(source: Source, vocabulary: Vocabulary) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, value in enumerate(vocabulary.valeurs):
        if value.id in seen:
            yield source.problem(("valeurs", number, "id"), "valeur-repetee", f"la valeur « {value.id} » est déjà donnée",
                                 "Gardez-en une seule.")  # fmt: skip
        if vocabulary.url and not SLUG.fullmatch(value.id):
            yield source.problem(("valeurs", number, "id"), "identifiant", f"« {value.id} » ne peut pas servir d’adresse",
                                 "Minuscules sans accent, chiffres et traits d’union seulement.")  # fmt: skip
        seen.add(value.id)


def _enumerate(vocabulary: Vocabulary, limit: int = 12) -> str:
    ids = [value.id for value in vocabulary.valeurs]
    return ", ".join(ids[:limit]) + (f"… ({len(ids)} en tout)" if len(ids) > limit else "")


@cache
def territorial() -> dict[str, Vocabulary]:
    """Régions and départements as vocabularies, from the table of territories."""
    table = territories.load()
    regions = [
        Value(id=one.slug, libelle=one.nom, definition=f"Région {one.nom}.", synonymes=(one.code,), source="decoupage")
        for one in sorted(table.regions, key=lambda one: one.slug)
    ]
    departements = []
    for one in table.departements:
        region = table.region(one.region)
        where = f", région {region.nom}" if region else ""
        departements.append(Value(id=one.code.lower(), libelle=one.nom, definition=f"Département {one.nom} ({one.code}){where}.",
                                  synonymes=(one.code,), source="decoupage"))  # fmt: skip
    return {
        "regions": Vocabulary(titre="Régions", definition="Les régions où se passent les expériences.", url="regions", valeurs=tuple(regions)),
        "departements": Vocabulary(titre="Départements", definition="Les départements où se passent les expériences.",
                                   url="departements", valeurs=tuple(departements)),
    }  # fmt: skip


def years(ids: Iterable[str]) -> Vocabulary | None:
    """The vocabulary of some years, the last first; None of none."""
    found = tuple(
        Value(
            id=year, libelle=year, definition=f"Ce qui a paru, s’est tenu ou a commencé en {year}.", source="redaction"
        )
        for year in sorted(ids, reverse=True)
    )
    about = "Année de parution d’une ressource, de tenue d’une webconférence ou de début d’une expérience."
    return Vocabulary(titre="Années", definition=about, url="annees", valeurs=found) if found else None
