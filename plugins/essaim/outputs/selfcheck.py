"""``/autodiagnostic/``: the questions that vocabularies ask, and for each what helps when the answer is not yes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from essaim.library import facet_values, title_key
from essaim.model import Experience, Method, Sheet, Webinar
from essaim.model.experience import PrerequisReuni
from essaim.outputs.render import page
from essaim.outputs.site import Content, Site
from essaim.vocabulary import Value, Vocabulary

ANSWERS = (("oui", "Oui"), ("partie", "En partie"), ("non", "Pas encore"))
"""``(word of the address, what is shown)``. Nothing is added up: there is no score."""

METHODS, CASES = 12, 6
"""How many stand under a question; the page of the value has them all."""


@dataclass(frozen=True, slots=True)
class Question:
    """A value to be asked about. ``methods`` and ``cases`` are the first ones, ``more`` is how many are left out. ``cases`` are experiences with what they tell of it, those that tell
    what they lacked first, then those that tell what they did."""

    facet: str
    value: Value
    heading: str
    methods: tuple[Sheet, ...]
    cases: tuple[tuple[Sheet, tuple[PrerequisReuni, ...]], ...]
    more: int


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The page, when a vocabulary asks something. Without JavaScript it is a form to print, with all that helps."""
    if not site.questioned:
        return
    asked = questions(site)
    groups: dict[str, list[Question]] = {}
    for one in asked:
        groups.setdefault(one.heading, []).append(one)
    origins = dict.fromkeys(one.value.source for one in asked)
    webinars = [sheet for sheet in site.library.of_kind(Webinar.KIND) if isinstance(sheet, Webinar) and sheet.questions]
    yield page(site, "autodiagnostic/", "autodiagnostic.html", "Auto-diagnostic des prérequis",
               "Ce qu’une démarche de co-construction demande de réunir, en quelques questions : ce qui manque, ce qui aide, ce que d’autres ont fait.",
               styles=("use", "selfcheck"), scripts=("selfcheck",), questions=asked, groups=list(groups.items()), answers=ANSWERS, webinars=webinars,
               origins=[origin for origin in origins if origin in site.library.pages], dossiers=site.library.of_kind("dossier")[:3])  # fmt: skip


def questions(site: Site) -> list[Question]:
    """Every question, in the order of the facets and of their vocabularies."""
    return [
        _question(site, facet, vocabulary, value)
        for facet, vocabulary in site.questioned
        for value in vocabulary.valeurs
        if value.question
    ]


def _question(site: Site, facet: str, vocabulary: Vocabulary, value: Value) -> Question:
    held = [site.library.published[one] for one in site.library.facets[facet].get(value.id, ())]

    def rank(sheet: Sheet) -> tuple[int, int, tuple[str, str]]:
        # A method that is first of all about this value comes before one that also touches it.
        own = [one for name, one in facet_values(sheet) if name == facet]
        return own.index(value.id), len(own), title_key(sheet)

    methods = sorted((one for one in held if isinstance(one, Method)), key=rank)
    cases = [(one, _told(one, facet, value)) for one in held if isinstance(one, Experience)]
    cases.sort(key=lambda case: (not any(one.manque for one in case[1]), not case[1], title_key(case[0])))
    more = len(methods[METHODS:]) + len(cases[CASES:])
    return Question(
        facet, value, value.groupe or vocabulary.titre, tuple(methods[:METHODS]), tuple(cases[:CASES]), more
    )


def _told(sheet: Experience, facet: str, value: Value) -> tuple[PrerequisReuni, ...]:
    return tuple(one for one in sheet.prerequis_reunis if facet == "prerequis" and one.prerequis == value.id)
