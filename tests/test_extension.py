"""Adding a field touches one class; adding a kind is one class, its place in ``SHEETS``, one template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest
from jinja2 import ChoiceLoader, DictLoader

from essaim import library, model, naming, reference
from essaim.library import from_texts
from essaim.model import Experience, Sheet
from essaim.model.base import champ
from essaim.model.types import NombreOuInconnu
from essaim.outputs import Html, Site, lists, render
from essaim.vocabulary import Vocabulary
from tests.conftest import experience, sheet_pages


class Surface(Experience):
    """An experience with one more field."""

    surface: NombreOuInconnu = champ(
        "Surface", "En hectares.", default="non communiqué", exemple="12", facette="annees"
    )


class Funder(Sheet):
    """A new kind."""

    KIND: ClassVar = "funder"
    FOLDER: ClassVar = "funders"
    URL: ClassVar = "financeurs"
    LABEL: ClassVar = "Financeur"
    LABELS: ClassVar = "Financeurs"
    ABOUT: ClassVar = "Qui finance quoi."

    plafond: NombreOuInconnu = champ("Plafond", "En euros.", default="non communiqué")


def registered(monkeypatch: pytest.MonkeyPatch, kinds: tuple[type[Sheet], ...]) -> None:
    """As if ``SHEETS`` in ``model/__init__.py`` said so."""
    for module in (model, library, reference, lists):
        monkeypatch.setattr(module, "SHEETS", kinds)
    monkeypatch.setattr(library, "KINDS", {kind.KIND: kind for kind in kinds})
    monkeypatch.setattr(library, "FOLDERS", {kind.FOLDER: kind for kind in kinds})
    monkeypatch.setattr(naming, "FOLDERS", {kind.FOLDER: kind for kind in kinds})
    library.facet_names.cache_clear()


@pytest.fixture(autouse=True)
def _forget() -> object:
    yield
    library.facet_names.cache_clear()


def test_a_field_appears_by_itself_in_schema_reference_check_and_facets(
    monkeypatch: pytest.MonkeyPatch, vocabularies: Mapping[str, Vocabulary]
) -> None:
    registered(monkeypatch, tuple(Surface if kind is Experience else kind for kind in model.SHEETS))
    assert "surface" in reference.schema(Surface, vocabularies)["properties"]
    assert (
        "| `surface` | Surface |  | En hectares. Un nombre. `non communiqué` permis. Exemple : `12`. | oui |"
        in reference.fields()
    )
    found, problems = from_texts({"experiences/a.md": experience(more="surface: 12,5\n")}, vocabularies)
    assert problems == []
    assert found.facets["annees"] == {"12.5": ("a",)}
    _, problems = from_texts(
        {"experiences/a.md": experience(more="surfase: 12\n"), "experiences/b.md": experience(more="surface: grand\n")},
        vocabularies,
    )
    assert [(p.code, p.hint) for p in problems] == [
        ("champ-inconnu", "Vouliez-vous dire « surface » ?"),
        ("nombre-attendu", problems[1].hint),
    ]


def test_a_kind_is_one_class_one_line_and_one_template(
    monkeypatch: pytest.MonkeyPatch, vocabularies: Mapping[str, Vocabulary]
) -> None:
    registered(monkeypatch, (*model.SHEETS, Funder))
    environment = render.environment()
    loader = environment.loader
    assert loader is not None
    monkeypatch.setattr(
        environment,
        "loader",
        ChoiceLoader([DictLoader({"funder.html": "<h1>{{ sheet.titre }}</h1> {{ sheet.plafond }}"}), loader]),
    )
    text = "---\ntitre: La Région\nresume: Elle finance.\nstatut: publié\npublie_le: 2026-01-01\nverifie_le: 2026-01-01\nplafond: 50 000\n---\n"
    found, problems = from_texts(
        {"funders/region.md": text, "experiences/a.md": experience(body="[[region]]\n")}, vocabularies
    )
    assert problems == []
    pages = sheet_pages(Site(found))
    page = pages["financeurs/region/index.html"]
    assert isinstance(page, Html)
    assert page.body == "<h1>La Région</h1> 50000"
    listed = dict(lists.pages(Site(found)))["financeurs/index.html"]
    assert isinstance(listed, Html)
    assert 'href="../financeurs/region/"' in listed.body
    assert "## Financeur (`funder`)" in reference.fields()
    assert "plafond" in reference.schema(Funder, vocabularies)["properties"]
