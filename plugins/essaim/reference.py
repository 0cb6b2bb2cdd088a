"""The list of fields as others read it: JSON Schema for editors' tools, Markdown for people. Both iterate over the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import to_jsonable_python

from essaim.model import KINDS, SHEETS, Champ, Sheet, champs
from essaim.model.types import SAISIES
from essaim.vocabulary import Vocabulary
from essaim.words import NON_COMMUNIQUE


def schema(
    kind: type[Sheet],
    vocabularies: Mapping[str, Vocabulary],
    mode: Literal["validation", "serialization"] = "validation",
) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a kind's front matter, the values of vocabularies written out; or, in the other
    ``mode``, of what the model makes of it, computed fields included."""
    found = kind.model_json_schema(mode=mode, schema_generator=_Plain)
    for group in found.get("$defs", {}).values():
        group.pop("description", None)  # the class's docstring: for developers, in English
    _write_out(found, vocabularies)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "title": kind.LABEL,
        "description": kind.ABOUT,
    }


class _Plain(GenerateJsonSchema):
    """pydantic's own, to which a default is what it is: texts, numbers, nothing. It makes an adapter for each, a quarter of its time."""

    def encode_default(self, dft: Any) -> Any:
        """``dft`` as JSON holds it."""
        return to_jsonable_python(dft)


def _write_out(node: Any, vocabularies: Mapping[str, Vocabulary]) -> None:
    if isinstance(node, dict):
        name = node.pop("x-vocabulaire", None)
        if name in vocabularies:
            node["enum"] = [value.id for value in vocabularies[name].valeurs]
            node["description"] = node.get("description", "") or vocabularies[name].definition
        for ours in ("facette", "demander", "unite", "rubrique", "essentiel"):
            if isinstance(node.get(ours), str | bool):  # and not a field of that name
                del node[ours]
        for value in node.values():
            _write_out(value, vocabularies)
    elif isinstance(node, list):
        for value in node:
            _write_out(value, vocabularies)


def fields() -> str:
    """``docs/champs.md``: every field of every kind. Those common to all sheets stand once, first."""
    common = [champ.path for champ in champs(Sheet)]
    lines = [
        "# Les champs des fiches",
        "",
        "Page produite par `make champs` à partir du modèle (`plugins/essaim/model/`) : ne pas la modifier à la main, un test les compare.",
        "",
        "Un champ marqué **oui** est obligatoire ; si personne ne donne ce fait, écrivez `non communiqué` là où c’est permis.",
        "",
        "## Champs communs à toutes les fiches",
        "",
        *_table(champs(Sheet)),
    ]
    for kind in SHEETS:
        own = [champ for champ in champs(kind) if champ.path not in common or champ in _changed(kind)]
        lines += ["", f"## {kind.LABEL} (`{kind.KIND}`)", "", f"{kind.ABOUT} Dossier : `content/{kind.FOLDER}/`.", ""]
        lines += _table(own) if own else ["Aucun champ de plus."]
    return "\n".join(lines) + "\n"


def _changed(kind: type[Sheet]) -> list[Champ]:
    common = {champ.path: champ for champ in champs(Sheet)}
    return [champ for champ in champs(kind) if common.get(champ.path, champ) != champ]


def _table(found: list[Champ] | tuple[Champ, ...]) -> Iterator[str]:
    yield "| champ | nom | obligatoire | ce qu’on y écrit | facette |"
    yield "| --- | --- | --- | --- | --- |"
    for champ in found:
        required = "déduit" if champ.computed else "oui" if champ.required else ""
        yield f"| `{champ.path}` | {champ.titre} | {required} | {'. '.join(_what(champ))}. | {'oui' if champ.facette else ''} |"


def _what(champ: Champ) -> Iterator[str]:
    yield champ.aide.rstrip(".")
    if not champ.computed:
        yield written(champ)
    if champ.unknown_allowed:
        yield f"`{NON_COMMUNIQUE}` permis"
    if champ.exemple:
        yield f"Exemple : `{champ.exemple}`"


# What is written for one value of each genre. {…} are the limits of its ``Forme``, the vocabulary and the kinds of sheets.
_WRITTEN: Mapping[str, str] = {
    "ligne": "une ligne de texte{longueur}",
    "texte": "un texte{longueur}",
    "nombre": "un nombre{limites}",
    "entier": "un nombre entier{limites}",
    "annee": "une année{limites}",
    "date": "une date : année-mois-jour",
    "date-partielle": "une année, un mois ou un jour",
    "adresse": "une adresse web, en https:// ou http://{longueur}",
    "identifiant": "un identifiant : minuscules sans accent, chiffres et traits d’union",
    "siren": "un numéro SIREN : neuf chiffres",
    "moment": "un moment : heures, minutes et secondes",
    "saisie": f"un mot parmi : {', '.join(SAISIES)}",
    "vocabulaire": "une valeur du vocabulaire « {vocabulaire} »",
    "fiche": "l’identifiant d’une fiche{sortes}",
    "territoire": "un code, suivi si l’on veut du nom",
    "groupe": "des sous-champs",
}


def written(champ: Champ) -> str:
    """What is written in a field, in French: ``Une liste ; chaque élément : une ligne de texte, 200 caractères au plus``."""
    forme = champ.forme
    kinds = " ou ".join(KINDS[kind].LABEL.lower() for kind in (champ.ref.kinds if champ.ref else ()))
    limits = (("au moins", forme.min), ("au plus", forme.max))
    one = _WRITTEN[forme.genre].format(
        longueur=f", {forme.longueur_max} caractères au plus" if forme.longueur_max else "",
        limites="".join(f", {word} {limit:g}" for word, limit in limits if limit is not None),
        vocabulaire=champ.vocabulary,
        sortes=f" ({kinds})" if kinds else "",
    )
    said = f"une liste ; chaque élément : {one}" if champ.many else one
    return said[0].upper() + said[1:]
