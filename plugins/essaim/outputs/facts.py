"""``faits/ID.json``: what a sheet says, fact by fact, in words. Selection, comparison and council note are made of it.

The facts are the model's fields in its order, so a new field is there too. docs/catalogue.md describes the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from essaim.compact import dump
from essaim.model import Champ, Experience, Group, Located, Sheet, champs
from essaim.model.base import Chiffre
from essaim.model.experience import Contact, Etape, Financement, PartiePrenante, QuestionReponse
from essaim.outputs.render import date_fr, number_fr
from essaim.outputs.shown import funding, label, place_short, spaced
from essaim.outputs.site import Content, Site
from essaim.problem import count
from essaim.words import NON_COMMUNIQUE

# What files and dates a sheet, and where it is, is told otherwise.
APART = frozenset(one.path for one in champs(Located)) - {"themes", "chiffres"}

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


class Fact(NamedTuple):
    """One fact. ``texts`` is None when nobody gave it; ``ask`` is then what to ask."""

    name: str
    titre: str
    texts: list[str] | None
    ask: str


def of_sheet(site: Site, sheet: Sheet) -> Iterator[tuple[str, Content]]:
    """The file of a sheet that has a page: an archived one still says what it said, and that it is archived."""
    if sheet.URL and sheet.id in site.library.pages:
        yield f"faits/{sheet.id}.json", dump(told(site, sheet))


def told(site: Site, sheet: Sheet) -> dict[str, Any]:
    """The file of a sheet, before it is text. ``argent`` is for experiences only."""
    found: dict[str, Any] = {
        "id": sheet.id,
        "sorte": sheet.LABEL,
        "titre": spaced(sheet.titre),
        "resume": spaced(sheet.lead),
        "adresse": sheet.address,
        "court": site.short(sheet.address),
        "lieu": place_short(sheet),
        "statut": sheet.statut,
        "verifie_le": date_fr(sheet.verifie_le),
        "faits": [*_where(site, sheet), *facts(site, sheet)],
        "sources": [[spaced(text), one.url or ""] for one in sheet.sources if (text := _source(site, one))],
    }
    if isinstance(sheet, Experience):
        money = funding(site, sheet)
        found["argent"] = {
            "total": sheet.cout_total if isinstance(sheet.cout_total, int | float) else None,
            "parts": [
                [
                    share.value.libelle,
                    share.amount,
                    [line.financeur or "financeur non précisé" for line in share.lines],
                ]
                for share in money.shares
            ],
        }
    return found


def facts(site: Site, sheet: Sheet) -> Iterator[Fact]:
    """The facts of a sheet's own fields: those that it tells, and those that one would have to ask for."""
    for champ in _told(type(sheet)):
        value, question = getattr(sheet, champ.path), champ.demander or ""
        if value == NON_COMMUNIQUE or (question and not value):
            yield Fact(champ.path, champ.titre, None, question)
        elif value or value == 0:
            items = value if isinstance(value, tuple) else (value,)
            yield Fact(champ.path, champ.titre, [spaced(in_words(site, champ, item)) for item in items], "")


@cache
def _told(kind: type[Sheet]) -> tuple[Champ, ...]:
    """The fields whose facts are told, in order; figures come last, since they illustrate the rest."""
    own = [one for one in champs(kind) if not one.computed and "." not in one.path and one.path not in APART]
    return tuple(sorted(own, key=lambda one: one.path == "chiffres"))


def _where(site: Site, sheet: Sheet) -> Iterator[Fact]:
    if not isinstance(sheet, Located):
        return
    where = sheet.place
    communes = [one.nom for one in where.communes]
    parts = [
        sheet.territoire,
        ", ".join(communes) if len(communes) <= 3 else count(len(communes), "commune"),
        where.epci.nom if where.epci else "",
        ", ".join(one.nom for one in where.departements),
        ", ".join(one.nom for one in where.regions),
    ]
    known = [part for part in parts if part]
    yield Fact("territoire", "Territoire", [", ".join(known)] if known else None, "" if known else "où, exactement")
    if where.population is not None:
        band = f" ({label(site, 'strates', where.strate)})" if where.strate else ""
        yield Fact("population", "Population", [spaced(f"{number_fr(where.population)} habitants{band}")], "")
    else:
        yield Fact("population", "Population", None, "combien d’habitants")


def in_words(site: Site, champ: Champ, value: Any) -> str:
    """One value of a field, in words."""
    if isinstance(value, Group):
        written = GROUPS.get(type(value))
        return written(site, value) if written else _group(site, value, champ)
    if champ.vocabulary:
        return label(site, champ.vocabulary, value)
    if champ.ref:
        return _title(site, value)
    if isinstance(value, int | float):
        return f"{number_fr(value)} {champ.unite}" if champ.unite else number_fr(value)
    text = str(value)
    return date_fr(text) if _DATE.fullmatch(text) else text


def _title(site: Site, identifier: str) -> str:
    sheet = site.library.known.get(identifier)
    return (sheet.titre if sheet else "") or identifier  # only a preview meets one without a title


def _group(site: Site, value: Group, champ: Champ) -> str:
    """Any group: its fields one after the other."""
    fields = [(one, getattr(value, one.path)) for one in champs(type(value)) if "." not in one.path]
    found = [
        in_words(site, one, item)
        for one, inner in fields
        for item in (inner if isinstance(inner, tuple) else (inner,))
        if item is not None
    ]
    return " : ".join(part for part in (found[0], ", ".join(found[1:])) if part) if found else champ.titre


def _source(site: Site, one: Any) -> str:
    parts = [one.titre, _title(site, one.editeur) if one.editeur else "", date_fr(one.date) if one.date else ""]
    read = f" (consultée le {date_fr(one.consulte_le)})" if one.consulte_le else ""
    return ", ".join(part for part in parts if part) + read


def _figure(site: Site, one: Chiffre) -> str:  # noqa: ARG001  # the shape of all of these
    amount = " ".join(part for part in (one.prefixe, number_fr(one.valeur), one.unite) if part)
    return f"{amount} {one.libelle} ({one.annee})"


def _party(site: Site, one: PartiePrenante) -> str:
    kind = label(site, "acteurs", one.type)
    name = one.libelle or (_title(site, one.organisation) if one.organisation else "") or kind
    said = [f"{champ} : {text}" for champ, text in (("apport", one.apport), ("attendu", one.attendu)) if text]
    return f"{f'{one.nombre} ' if one.nombre else ''}{name}" + (f" ({' ; '.join(said)})" if said else "")


def _money(site: Site, one: Financement) -> str:
    amount = f"{number_fr(one.montant)} €" if isinstance(one.montant, int | float) else "montant non communiqué"
    who = one.financeur or "financeur non précisé"
    return f"{label(site, 'tiers', one.tiers)} : {who}{f' ({one.annee})' if one.annee else ''}, {amount}"


def _step(site: Site, one: Etape) -> str:  # noqa: ARG001
    return f"{date_fr(one.date)} : {one.titre}" if one.date else one.titre


def _contact(site: Site, one: Contact) -> str:
    return f"{one.fonction}, {_title(site, one.organisation)}"


def _answer(site: Site, one: QuestionReponse) -> str:  # noqa: ARG001
    return f"{one.question} {one.reponse}"


GROUPS: dict[type[Group], Callable[[Site, Any], str]] = {
    Chiffre: _figure,
    PartiePrenante: _party,
    Financement: _money,
    Etape: _step,
    Contact: _contact,
    QuestionReponse: _answer,
}
"""How a group reads in one line; any other is its fields one after the other."""
