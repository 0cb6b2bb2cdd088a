"""The types that fields are made of: text from YAML in, checked values out.

Front matter arrives as text (see ``source``); each type here says what it accepts and raises French messages. A type
whose check needs the rest of the library reads it from the validation context (``vocabulary.Context``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from essaim.territories import same_name
from essaim.vocabulary import Context, UnsettledError
from essaim.words import NON_COMMUNIQUE, SLUG, nearest, slug

LINE = 200
"""Characters of the longest line."""
Ligne = Annotated[str, StringConstraints(min_length=1, max_length=LINE)]
"""A name, a title, a label: one short line."""
Texte = Annotated[str, StringConstraints(min_length=1, max_length=1500)]
"""A paragraph of plain text; glossary terms in it are linked, nothing else is interpreted."""
Textes = tuple[Texte, ...]

YEARS = (1800, 2100)


@dataclass(frozen=True, slots=True)
class Forme:
    """What is written for one value, for those who show a field without knowing it: forms, workbooks, the formatter.

    ``genre`` is one of ``GENRES``; ``min``, ``max`` bound a number, ``longueur_max`` counts characters, ``motif`` is a
    regular expression. In a type's ``Annotated``, it names the genre of what pydantic alone does not tell.
    """

    genre: str
    min: float | None = None
    max: float | None = None
    longueur_max: int | None = None
    motif: str | None = None


GENRES = ("ligne", "texte", "nombre", "entier", "annee", "date", "date-partielle", "adresse", "identifiant", "siren",
          "moment", "saisie", "vocabulaire", "fiche", "territoire", "groupe")  # fmt: skip
"""Genres of values. A YAML reader that types scalars reads ``TYPED`` as numbers or dates, and the others as text."""
TYPED = frozenset({"nombre", "entier", "annee", "date", "date-partielle"})


def _number(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.isascii() and value.isdigit() and len(value) < 16:  # nearly always
        return int(value)
    text = re.sub(r"[ \u00a0\u202f]", "", value)
    if not re.fullmatch(r"-?[0-9]{1,15}([.,][0-9]{1,6})?", text):
        raise PydanticCustomError(
            "nombre-attendu", "« {valeur} » n’est pas un nombre",
            {"valeur": value[:40], "hint": "Écrivez des chiffres seulement (26000000 ou 12,5), l’unité à part."})  # fmt: skip
    number = Decimal(text.replace(",", "."))
    return int(number) if number == number.to_integral_value() else float(number)


_NUMBER_OR_TEXT = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[\d\s]+([.,]\d+)?$"}]}
Nombre = Annotated[
    int | float, BeforeValidator(_number), WithJsonSchema(_NUMBER_OR_TEXT, mode="validation"), Forme("nombre")
]
"""A number as people write it: ``26 000 000`` or ``12,5``."""
Annee = Annotated[int, Field(ge=YEARS[0], le=YEARS[1]), Forme("annee")]


Euros = Annotated[Nombre, Field(ge=0)]


def _full_date(value: object) -> object:
    # pydantic would also take a number of seconds since 1970 for a date.
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError(
            "date", "« {valeur} » n’est pas une date",
            {"valeur": value[:40], "hint": "Écrivez année-mois-jour : 2026-11-23."})  # fmt: skip
    if isinstance(value, str) and not YEARS[0] <= int(value[:4]) <= YEARS[1]:
        raise PydanticCustomError(
            "date", "« {valeur} » n’est pas une date",
            {"valeur": value, "hint": f"L’année va de {YEARS[0]} à {YEARS[1]}."})  # fmt: skip
    return value


Jour = Annotated[date, BeforeValidator(_full_date), Forme("date")]
"""A whole date: ``2026-11-23``."""


def _partial_date(value: str) -> str:
    parts = value.split("-")
    try:
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", value):
            raise ValueError
        date(int(parts[0]), *(int(part) for part in parts[1:]), *(1,) * (3 - len(parts)))
        if not YEARS[0] <= int(parts[0]) <= YEARS[1]:
            raise ValueError
    except ValueError:
        raise PydanticCustomError(
            "date", "« {valeur} » n’est pas une date",
            {"valeur": value[:40], "hint": "Écrivez l’année, le mois ou le jour : 2012, 2012-03 ou 2012-03-15."}) from None  # fmt: skip
    return value


# A tool that reads YAML by its own rules sees a year as a number: the schema accepts both.
_YEAR_OR_DATE = {"anyOf": [{"type": "string", "pattern": r"^\d{4}(-\d{2}){0,2}$"}, {"type": "integer"}]}
DatePartielle = Annotated[
    str, AfterValidator(_partial_date), WithJsonSchema(_YEAR_OR_DATE, mode="validation"), Forme("date-partielle")
]
"""A year, a month or a day, as precise as the fact is: ``2012``, ``2012-03``, ``2012-03-15``."""


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        valid = (
            parts.scheme in ("http", "https")
            and "." in (parts.hostname or "")
            and "@" not in parts.netloc  # https://youtube.com@ailleurs.example leads elsewhere than it reads
            and (parts.port is None or parts.port > 0)
            and not re.search(r"[\s<>\"'\\]", value)
        )
    except ValueError:
        valid = False
    if not valid:
        raise PydanticCustomError(
            "adresse-web", "« {valeur} » n’est pas une adresse web",
            {"valeur": value[:80], "hint": "Une adresse commence par https:// ou http://, sans espace."})  # fmt: skip
    return value


Url = Annotated[
    str,
    StringConstraints(max_length=500),
    AfterValidator(_url),
    WithJsonSchema({"type": "string", "format": "uri"}),
    Forme("adresse"),
]


def _siren(value: str) -> str:
    digits = re.sub(r"[ \u00a0\u202f]", "", value)
    # Luhn's key, as INSEE defines it for SIREN numbers; La Poste's exception concerns SIRET only.
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits) if digit.isdigit()]
    if not re.fullmatch(r"[0-9]{9}", digits) or sum(number - 9 if number > 9 else number for number in doubled) % 10:
        raise PydanticCustomError("siren", "« {valeur} » n’est pas un numéro SIREN",
                                  {"valeur": value[:40], "hint": "Neuf chiffres, à recopier d’un document officiel."})  # fmt: skip
    return digits


SAISIES = ("texte", "euros", "echelle")


def _saisie(value: str) -> str:
    if value not in SAISIES:
        near = nearest(value, list(SAISIES))
        hint = f"Vouliez-vous dire « {near} » ?" if near else f"Valeurs possibles : {', '.join(SAISIES)}."
        raise PydanticCustomError("saisie", "saisie inconnue « {valeur} »", {"valeur": value[:40], "hint": hint})
    return value


Saisie = Annotated[
    str, AfterValidator(_saisie), WithJsonSchema({"type": "string", "enum": list(SAISIES)}), Forme("saisie")
]
"""What is written in a column of a worksheet: text, an amount in euros, or a step from 0 to 4."""


Siren = Annotated[str, AfterValidator(_siren), Forme("siren")]
Timecode = Annotated[
    str,
    StringConstraints(pattern=r"^([0-9]{1,2}:)?[0-5]?[0-9]:[0-5][0-9]$"),
    Field(examples=["1:02:30"]),
    Forme("moment"),
]
Heure = Annotated[
    str,
    StringConstraints(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$"),
    Field(examples=["14:30"]),
    Forme("moment"),
]
"""An hour of the day, in Paris."""
Identifiant = Annotated[str, StringConstraints(pattern=f"^{SLUG.pattern}$", max_length=80), Forme("identifiant")]


_LONGEST_UNKNOWN = 60
"""Characters of a text that may be « non communiqué » written in another way."""


@dataclass(frozen=True, slots=True)
class OrUnknown:
    """``Annotated[T | str, OrUnknown(T)]``: a ``T``, or the words ``non communiqué``.

    A plain union would report the errors of both branches; this one reports those of ``T`` alone.
    """

    inner: Any
    accepts_unknown: ClassVar[bool] = True

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def validate(value: Any, known: Any) -> Any:
            if value == NON_COMMUNIQUE:
                return NON_COMMUNIQUE
            if isinstance(value, str) and len(value) < _LONGEST_UNKNOWN and slug(value) in ("non-communique", "nc"):
                raise PydanticCustomError("non-communique", "« {valeur} » n’est pas reconnu",
                                          {"valeur": value, "hint": f"Écrivez {NON_COMMUNIQUE}, en minuscules."})  # fmt: skip
            return known(value)

        return core_schema.no_info_wrap_validator_function(validate, handler.generate_schema(self.inner))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"const": NON_COMMUNIQUE}]}


NombreOuInconnu = Annotated[int | float | str, OrUnknown(Nombre)]
EurosOuInconnu = Annotated[int | float | str, OrUnknown(Euros)]
DateOuInconnue = Annotated[str, OrUnknown(DatePartielle)]
TexteOuInconnu = Annotated[str, OrUnknown(Texte)]
TextesOuInconnu = Annotated[tuple[str, ...] | str, OrUnknown(Textes)]
UrlOuInconnue = Annotated[str, OrUnknown(Url)]


@dataclass(frozen=True, slots=True)
class Ref:
    """``Annotated[str, Ref("organisation", inverse="Expériences portées")]``: the id of another sheet.

    ``kinds`` are the kinds allowed, all of them when empty. ``inverse`` heads the list of referring sheets on the
    page at the other end. An empty one says that the relation reads the same from both ends, or mirrors another
    field: it is then shown among the target's own (``Site.both_ways``), not in that list.
    """

    kinds: tuple[str, ...]
    inverse: str

    def __init__(self, *kinds: str, inverse: str) -> None:
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "inverse", inverse)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._known, handler(source))

    def _known(self, value: str, info: ValidationInfo) -> str:
        context: Context | None = info.context
        if context is None or context.lenient:
            return value
        kind = context.kinds.get(value)
        wanted = " ou ".join(context.labels.get(k, k) for k in self.kinds)
        if kind is None and context.former is None:
            raise UnsettledError
        if kind is None:
            allowed = [i for i, k in context.kinds.items() if not self.kinds or k in self.kinds]
            near = nearest(value, allowed)
            hint = f"Vouliez-vous dire « {near} » ?" if near else "Créez cette fiche, ou corrigez l’identifiant."
            if context.former and value in context.former:
                hint = f"Cette fiche s’appelle maintenant « {context.former[value]} » : écrivez ce nom."
            raise PydanticCustomError("fiche-inconnue", "aucune fiche « {valeur} »{sorte}",
                                      {"valeur": value[:80], "sorte": wanted and f" ({wanted})", "hint": hint})  # fmt: skip
        if self.kinds and kind not in self.kinds:
            raise PydanticCustomError(
                "sorte-de-fiche", "« {valeur} » est une fiche {trouvee}, ce champ attend : {sorte}",
                {"valeur": value, "trouvee": context.labels.get(kind, kind), "sorte": wanted,
                 "hint": "Donnez l’identifiant d’une fiche de cette sorte."})  # fmt: skip
        return value


@dataclass(frozen=True, slots=True)
class TerritoryCode:
    """The code of a commune, an EPCI or a département; its name may follow it (``46102 Figeac``) and must agree.

    The value is the code alone. ``level`` is ``commune`` (INSEE), ``epci`` (SIREN) or ``departement`` (INSEE).
    Source of the rule: the table shipped with the package, see ``territories``.
    """

    level: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._known, handler(source))

    def _known(self, value: str, info: ValidationInfo) -> str:
        context: Context | None = info.context
        code, _, name = value.partition(" ")
        if context is None or context.lenient:
            return code
        table = context.territories
        found = getattr(table, self.level)(code.upper())
        if found is None:
            raise self._unknown(table, value, code)
        if name.strip() and not same_name(name, found.nom):
            raise PydanticCustomError(
                "territoire-contradictoire", "le code {code} est celui de « {nom} », et non de « {ecrit} »",
                {"code": found.code, "nom": found.nom, "ecrit": name.strip()[:60],
                 "hint": self._propose(self._search(table, name, 3)) or f"Écrivez « {found.code} {found.nom} »."})  # fmt: skip
        return str(found.code)

    def _unknown(self, table: Any, value: str, code: str) -> PydanticCustomError:
        former = table.former(code.upper()) if self.level == "commune" else None
        if former and former[1] is not None:
            return PydanticCustomError(
                "commune-ancienne", "{code} est le code d’une ancienne commune{nom}, aujourd’hui {nouvelle}",
                {"code": code, "nom": f" ({former[0]})" if former[0] else "", "nouvelle": former[1].nom,
                 "hint": f"Écrivez « {former[1].code} {former[1].nom} »."})  # fmt: skip
        words = value if not code[:1].isdigit() else value.partition(" ")[2]
        near = self._search(table, words, 3) if words.strip() else ()
        labels = {
            "commune": "code INSEE de commune",
            "epci": "numéro SIREN d’EPCI",
            "departement": "code de département",
        }
        return PydanticCustomError(
            "territoire-inconnu", "« {valeur} » n’est pas un {sorte}",
            {"valeur": value[:60], "sorte": labels[self.level],
             "hint": self._propose(near) or "Cherchez le code sur le site de l’INSEE, ou écrivez le nom pour qu’on vous le propose."})  # fmt: skip

    def _search(self, table: Any, name: str, limit: int) -> Any:
        near = table.find(self.level, name, limit)
        # The very name, when there is one, is better than what resembles it.
        return [one for one in near if same_name(name, one.nom)] or near

    def _propose(self, near: Any) -> str:
        return "Vouliez-vous dire " + " ou ".join(f"« {one.code} {one.nom} »" for one in near) + " ?" if near else ""


CodeCommune = Annotated[
    str, StringConstraints(max_length=80), TerritoryCode("commune"), Field(examples=["46102 Figeac"])
]
CodeEpci = Annotated[
    str, StringConstraints(max_length=120), TerritoryCode("epci"), Field(examples=["200067361 CC Grand-Figeac"])
]
CodeDepartement = Annotated[
    str, StringConstraints(max_length=60), TerritoryCode("departement"), Field(examples=["46 Lot"])
]
