"""``/outils/``, what one works with rather than reads; and beside each worksheet, the examples that can fill it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from essaim.compact import dump
from essaim.model import Experience, Group, Method, champs
from essaim.outputs.facts import in_words
from essaim.outputs.paging import leaves
from essaim.outputs.render import page
from essaim.outputs.shown import by_heading, label
from essaim.outputs.site import Content, Site

TOOLS = (
    ("selection/", "Ma sélection", "Les fiches que vous gardez, dans votre ordre, avec vos notes."),
    ("comparer/", "Comparer", "Deux à quatre fiches côte à côte, et ce qui diffère."),
    ("note/", "Note pour le conseil", "Deux pages A4 à partir de vos fiches, à imprimer ou à modifier."),
    (
        "autodiagnostic/",
        "Auto-diagnostic des prérequis",
        "Ce qui est réuni, ce qui manque encore, et par quoi commencer.",
    ),
    ("observatoire/", "Tableau de bord", "Ce que la bibliothèque couvre, et ce qu’elle ne couvre pas."),
    ("hors-ligne/", "Lire hors connexion", "La bibliothèque entière sur votre appareil, pour une réunion sans réseau."),
)
"""What puts sheets to use: ``(address, name, what it is for)``."""
EXAMPLES = 30
"""Examples of a worksheet: one chooses among them, and each fetches all."""


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The toolbox, in pages when it is long, and ``methodes/ID/fiche-outil.json`` for each method that has a worksheet."""
    methods = [one for one in site.library.of_kind(Method.KIND) if isinstance(one, Method) and one.fiche_outil]
    tools = [one for one in TOOLS if site.questioned or one[0] != "autodiagnostic/"]
    for leaf in leaves("outils/", by_heading(site, Method, list(methods))):
        title = "Boîte à outils" if leaf.number == 1 else f"Boîte à outils, page {leaf.number} sur {leaf.of}"
        yield page(site, leaf.address, "outils.html", title, "Des fiches-outils à remplir, un auto-diagnostic, une note pour le conseil : de quoi travailler, et pas seulement lire.",
                   styles=("use", "worksheet-live"), scripts=("tools",), indexed=leaf.number == 1, leaf=leaf, tools=tools)  # fmt: skip
    for method in methods:
        yield f"{method.address}fiche-outil.json", dump(worksheet(site, method))


def worksheet(site: Site, method: Method) -> dict[str, Any]:
    """A worksheet and its examples. A row of an example has one text for each column; empty where the column is the
    reader's own, None where the sheet does not tell."""
    tool = method.fiche_outil
    if tool is None:
        raise ValueError(f"{method.id} has no worksheet")
    found = []
    for sheet in examples(site, method):
        rows = [
            [_cell(site, item, one.depuis) if one.depuis else "" for one in tool.colonnes]
            for item in getattr(sheet, tool.depuis or "")
        ]
        found.append({"titre": sheet.titre, "adresse": sheet.address, "lignes": _in_order(site, method, rows)})
    return {
        "id": method.id,
        "titre": tool.titre,
        "colonnes": [[one.titre, one.aide or "", one.saisie] for one in tool.colonnes],
        "lignes": tool.lignes,
        "vides": tool.lignes_vides,
        "exemples": found,
    }


def examples(site: Site, method: Method) -> list[Experience]:
    """The published experiences that can fill a worksheet, the first ``EXAMPLES``: those that use the method come first."""
    tool = method.fiche_outil
    if not (tool and tool.depuis):
        return []
    able = [one for one in site.library.of_kind(Experience.KIND) if isinstance(one, Experience)]
    found = sorted((one for one in able if getattr(one, tool.depuis)), key=lambda one: method.id not in one.methodes)
    return found[:EXAMPLES]


def _cell(site: Site, item: Group, name: str) -> str | None:
    value = getattr(item, name)
    if value is None and name == "libelle":
        value = getattr(item, "organisation", None)
        name = "organisation" if value else "type"
        value = value or getattr(item, "type", None)
    if value is None:
        return None
    return in_words(site, next(one for one in champs(type(item)) if one.path == name), value)


def _in_order(site: Site, method: Method, rows: list[list[str | None]]) -> list[list[str | None]]:
    """Rows whose first column is of a vocabulary come in its order: the six kinds of actors, the four sources."""
    tool = method.fiche_outil
    group = next((one.group for one in champs(Experience) if tool and one.path == tool.depuis), None)
    first = tool.colonnes[0].depuis if tool else None
    vocabulary = next((one.vocabulary for one in champs(group) if one.path == first), None) if group else None
    if not vocabulary:
        return rows
    known = site.library.nomenclature(vocabulary)
    order = {label(site, vocabulary, value.id): place for place, value in enumerate(known.valeurs if known else ())}
    return sorted(rows, key=lambda row: order.get(row[0] or "", len(order)))
