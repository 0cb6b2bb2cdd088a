"""Pages where a reader puts sheets to use: ``/selection/``, ``/comparer/`` and ``/note/``, for one to four of them."""

from __future__ import annotations

from collections.abc import Iterator

from essaim.compact import dump
from essaim.model import Experience, champs
from essaim.outputs.facts import facts
from essaim.outputs.render import page
from essaim.outputs.site import Content, Site

SHOWN = 12
"""Experiences in the table that stands in /comparer/ before a reader chooses, and without JavaScript."""
COLUMNS = ("type_structure", "gouvernance", "cout_total", "debut", "phase")

NOTE = (
    ("Le besoin", ("besoin",)),
    ("Ce qui a été décidé, et par qui", ("gouvernance", "forme_juridique", "porteur", "role_collectivite", "dispositif")),
    ("Coût et moyens", ("cout_total", "finance_quoi", "moyens_humains")),
    ("Financement", ("financements",)),
    ("Calendrier", ("debut", "fin", "avancement", "etapes")),
    ("Conditions", ("conditions", "leviers", "cadre_juridique")),
    ("Difficultés", ("difficultes",)),
    ("À qui parler", ("contact", "porteur")),
)  # fmt: skip
"""What a council wants to know of an experience, in its order: ``(heading, names of facts)``. Any other kind of sheet tells
its facts in the order of the model."""


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """Without JavaScript: what each page does, a table of the newest experiences, a note to fill in by hand."""
    newest = sorted(site.library.of_kind(Experience.KIND), key=lambda sheet: sheet.publie_le, reverse=True)[:SHOWN]
    told = {sheet.id: {fact.name: fact for fact in facts(site, sheet)} for sheet in newest}
    yield page(site, "selection/", "selection.html", "Ma sélection", "Les fiches que vous gardez, à comparer ou à mettre dans une note pour le conseil.",
               styles=("use",), scripts=("selection",))  # fmt: skip
    yield page(site, "comparer/", "comparer.html", "Comparer", "Deux à quatre fiches côte à côte : ce qu’elles ont de commun, ce qui diffère.",
               styles=("use", "compare"), scripts=("compare",), newest=newest, told=told, columns=COLUMNS, experience=Experience)  # fmt: skip
    yield page(site, "note/", "note.html", "Note de synthèse", "Une note de deux pages pour le conseil, à partir d’une à quatre fiches.",
               styles=("use", "note"), scripts=("note",), arrangement=NOTE, parts=dump(NOTE), asks={one.path: one.demander for one in champs(Experience)})  # fmt: skip
