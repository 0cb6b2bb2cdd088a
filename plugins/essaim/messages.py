"""Pydantic's messages in French: one table, by the lasting type of the error. None reaches an editor raw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from essaim.problem import Problem
from essaim.source import Loc, Source
from essaim.words import NON_COMMUNIQUE, nearest

# pydantic error type → (our code, message, what to do). {…} are pydantic's context and `valeur`, what was written.
_TABLE: Mapping[str, tuple[str, str, str]] = {
    "missing": ("champ-manquant", "champ obligatoire manquant « {champ} »",
                "Ajoutez-le{inconnu}."),
    "extra_forbidden": ("champ-inconnu", "champ inconnu « {champ} »", "Retirez-le, ou voyez la liste des champs dans docs/champs.md."),
    "string_type": ("texte-attendu", "« {champ} » attend un texte", "Écrivez un texte sur une ligne, sans liste ni sous-champs."),
    "string_too_short": ("texte-vide", "« {champ} » est vide", "Donnez un texte, ou retirez le champ."),
    "string_too_long": ("texte-trop-long", "« {champ} » dépasse {max_length} caractères ({longueur})", "Raccourcissez-le."),
    "string_pattern_mismatch": ("forme", "« {valeur} » n’a pas la forme attendue pour « {champ} »", "{exemple}"),
    "list_type": ("liste-attendue", "« {champ} » attend une liste", "Écrivez chaque élément sur sa ligne, après un tiret : - texte."),
    "tuple_type": ("liste-attendue", "« {champ} » attend une liste", "Écrivez chaque élément sur sa ligne, après un tiret : - texte."),
    "too_short": ("liste-vide", "« {champ} » demande au moins {min_length} élément", "Ajoutez-en un."),
    "model_type": ("groupe-attendu", "« {champ} » attend des sous-champs", "Écrivez-les entre accolades : {{ champ: valeur }}."),
    "model_attributes_type": ("groupe-attendu", "« {champ} » attend des sous-champs", "Écrivez-les entre accolades : {{ champ: valeur }}."),
    "int_parsing": ("nombre-attendu", "« {valeur} » n’est pas un nombre entier", "Écrivez des chiffres seulement, sans unité."),
    "int_type": ("nombre-attendu", "« {champ} » attend un nombre entier", "Écrivez des chiffres seulement, sans unité."),
    "greater_than_equal": ("hors-limites", "« {valeur} » est trop petit pour « {champ} »", "Au moins {ge}."),
    "less_than_equal": ("hors-limites", "« {valeur} » est trop grand pour « {champ} »", "Au plus {le}."),
    "date_from_datetime_parsing": ("date", "« {valeur} » n’est pas une date", "Écrivez année-mois-jour : 2026-11-23."),
    "date_parsing": ("date", "« {valeur} » n’est pas une date", "Écrivez année-mois-jour : 2026-11-23."),
    "date_from_datetime_inexact": ("date", "« {valeur} » n’est pas une date", "Écrivez année-mois-jour : 2026-11-23."),
    "date_type": ("date", "« {champ} » attend une date", "Écrivez année-mois-jour : 2026-11-23."),
}  # fmt: skip


def translated(source: Source, error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """All that pydantic says of a source, as problems."""
    details = error.errors(include_url=False)
    # It counts only the items of a list that are right: one wrong item is not also a list that is too short.
    told = [d for d in details if d["type"] != "too_short" or not any(_below(o["loc"], d["loc"]) for o in details)]
    return [translate(source, detail, model) for detail in told]


def _below(loc: Loc, other: Loc) -> bool:
    return len(loc) > len(other) and loc[: len(other)] == other


def translate(source: Source, details: Mapping[str, Any], model: type[BaseModel]) -> Problem:
    """One of ``ValidationError.errors()`` as a problem at its place in ``source``.

    A type of error of our own (``PydanticCustomError``) carries its French message and, in its context, ``hint``;
    its type is the code; ``hint`` may be empty, but is there. A type that the table lacks is told as an unreadable value: a test asserts that no field of
    the model gives one.
    """
    loc: Loc = tuple(step for step in details["loc"])
    kind, context = details["type"], dict(details.get("ctx") or {})
    written = details.get("input")
    if kind not in ("missing", "extra_forbidden") and written is None:
        # `champ:` with nothing after it. A required one is missing; an optional one never comes here.
        kind = "missing"
    name = str(next((step for step in reversed(loc) if isinstance(step, str)), ""))
    if "hint" in context:
        said = str(details["msg"])
        return source.problem(loc, kind, said, str(context["hint"]))
    code, message, hint = _TABLE.get(kind, ("valeur", "« {valeur} » ne convient pas à « {champ} »", "{exemple}"))
    if kind == "extra_forbidden":
        near = nearest(name, fields_at(model, loc[:-1]))
        hint = f"Vouliez-vous dire « {near} » ?" if near else hint
    context |= {
        "champ": name,
        "valeur": written if isinstance(written, str) and len(written) <= 80 else "cette valeur",
        "longueur": len(written) if isinstance(written, str) else 0,
        "exemple": example_at(model, loc),
        "inconnu": f" ; si personne ne donne ce fait, écrivez {NON_COMMUNIQUE}" if _unknown_allowed(model, loc) else "",
    }
    return source.problem(loc, code, message.format_map(context), hint.format_map(context))


def fields_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The names of fields allowed at ``loc`` of a model."""
    inner = _model_at(model, loc)
    return list(inner.model_fields) if inner else []


def _unknown_allowed(model: type[BaseModel], loc: Loc) -> bool:
    names = [step for step in loc if isinstance(step, str)]
    inner = _model_at(model, tuple(names[:-1])) if names else None
    field = inner.model_fields.get(names[-1]) if inner else None
    # Asked of the annotation rather than of its class: the types of the model are above this module.
    return any(getattr(one, "accepts_unknown", False) for one in (field.metadata if field else ()))


def example_at(model: type[BaseModel], loc: Loc) -> str:
    """``Exemple : …``, from the field at ``loc``, or nothing when it gives none."""
    names = [step for step in loc if isinstance(step, str)]
    inner = _model_at(model, tuple(names[:-1])) if names else None
    field = inner.model_fields.get(names[-1]) if inner else None
    return f"Exemple : {field.examples[0]}." if field and field.examples else ""


def _model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    for step in loc:
        if isinstance(step, int):
            continue
        field = model.model_fields.get(step)
        inner = next(_models(field.annotation), None) if field else None
        if inner is None:
            return None
        model = inner
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
