from __future__ import annotations

import errno
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from essaim.checks import check
from essaim.library import Library, facet_names, facet_values, from_texts, load
from essaim.model import KINDS, SHEETS, Experience, champs, values
from essaim.naming import own_files
from essaim.outputs import Site
from tests.conftest import ROOT, Checked, experience


def test_the_small_library_is_whole(small_folder: Path) -> None:
    library, problems = load(small_folder, "content")
    assert [str(problem) for problem in [*problems, *check(library)]] == []
    assert {sheet.KIND for sheet in library.sheets.values()} == set(KINDS)


def test_an_experience_fills_every_field_of_the_model(small: Library) -> None:
    """So that every template and output meets each field at least once."""
    sheet = small.sheets["exemple"]
    empty = [champ.path for champ in champs(Experience) if not list(values(sheet, champ.path))]
    # A published sheet is not an archived one: experiences/ancienne.md says why it is.
    empty = [path for path in empty if not path.startswith("archivage")]
    assert set(empty) <= {"territoire", "epci", "departements", "auteurs", "anciens_ids", "manques"}
    assert small.sheets["ancienne"].archivage


def test_only_published_sheets_stand_in_lists_and_archived_ones_keep_their_page(small: Library) -> None:
    assert "ancienne" in small.pages
    assert "ancienne" not in small.published
    assert "brouillon" not in small.pages
    assert all("ancienne" not in ids for values_ in small.facets.values() for ids in values_.values())


def test_territory_follows_from_communes(small: Library) -> None:
    sheet = small.sheets["exemple"]
    assert isinstance(sheet, Experience)
    assert sheet.communes == ("46102",)
    assert sheet.departement == ("46",)
    assert sheet.region == ("occitanie",)
    assert sheet.strate == "2000-a-10000"
    assert small.sheets["porteuse"].region == ("occitanie",)  # type: ignore[attr-defined]


def test_every_relation_is_known_at_the_other_end(small: Library) -> None:
    site = Site(small)
    back = {label: [origin.id for origin, _ in found] for label, found in site.referring(small.sheets["methode"])}
    assert back == {
        "Expériences qui utilisent cette méthode": ["exemple", "voisine"],
        "Cité dans": ["exemple"],
        "Cité en webconférence": ["conference"],
        "Questions de webconférence": ["conference"],
    }
    sequences = dict(site.referring(small.sheets["exemple"]))["Cité en webconférence"]
    assert [relation.loc[:2] for _, relation in sequences] == [("sequences", 0), ("sequences", 1)]


def test_facets_hold_each_value_of_each_published_sheet(small: Library) -> None:
    for sheet in small.published.values():
        for facet, value in facet_values(sheet):
            assert sheet.id in small.facets[facet][value]
    held = {(facet, value, i) for facet, by in small.facets.items() for value, ids in by.items() for i in ids}
    assert held == {(f, v, s.id) for s in small.published.values() for f, v in facet_values(s)}
    assert small.facets["annees"] == {"2018": ("conference",), "2014": ("ressource",), "2012": ("exemple",)}


def test_every_facet_has_a_vocabulary(content: Checked) -> None:
    library, _ = content
    for facet in facet_names():
        assert library.nomenclature(facet) is not None, facet


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("experiences/Majuscule.md", "nom-de-fichier"),
        ("experiences/été.md", "nom-de-fichier"),
        ("experiences/deux mots.md", "nom-de-fichier"),
        ("experiences/page.html", "fichier-inattendu"),
        ("experiences/profond/fiche.md", "fichier-inattendu"),
        ("images/dessin.svg", "fichier-inattendu"),
        ("CNAME", "fichier-inattendu"),
        ("_redirects", "fichier-inattendu"),
        ("vocabularies/x.json", "fichier-inattendu"),
    ],
)
def test_nothing_else_than_content_is_let_in(name: str, code: str, with_files: Callable[..., Checked]) -> None:
    _, problems = with_files({name: experience()})
    assert [(problem.path, problem.code) for problem in problems] == [(f"content/{name}", code)]


def test_one_identity_is_one_sheet(with_files: Callable[..., Checked]) -> None:
    _, problems = with_files({"organisations/methode.md": experience()})
    assert [(p.path, p.code) for p in problems] == [("content/organisations/methode.md", "identifiant-pris")]


def test_images_are_decoded_and_links_stay_inside(small_folder: Path) -> None:
    images = small_folder / "images"
    (images / "fausse.png").write_bytes(b"<svg onload=alert(1)>")
    Image.new("RGB", (4, 4)).save(images / "photo.jpg.png", "JPEG")
    (images / "dehors.png").symlink_to(ROOT / "pyproject.toml")
    (small_folder / "experiences" / "dedans.md").symlink_to(small_folder / "experiences" / "voisine.md")
    library, problems = load(small_folder, "content")
    assert [(problem.path, problem.code) for problem in problems] == [
        ("content/images/dehors.png", "lien-hors-contenu"),
        ("content/images/fausse.png", "image-refusee"),
        ("content/images/photo.jpg.png", "nom-de-fichier"),
    ]
    assert "dedans" in library.sheets


def test_a_bad_vocabulary_is_told_at_its_place(small_folder: Path) -> None:
    file = small_folder / "vocabularies" / "themes.yml"
    file.write_text(
        "titre: Thèmes\ndefinition: D\nurl: themes\ncouleur: x\nvaleurs:\n"
        "  - { id: a, libelle: A, definition: D, source: redaction }\n  - { id: a, libelle: B, source: redaction }\n"
    )
    (small_folder / "vocabularies" / "vide.yml").write_text("")
    (small_folder / "vocabularies" / "tab.yml").write_text("titre:\n\t- x\n")
    _, problems = load(small_folder, "content")
    found = [(p.path.rsplit("/", 1)[1], p.line, p.column, p.code) for p in problems if "vocabularies" in p.path]
    assert found == [
        ("tab.yml", 2, 1, "tabulation"),
        ("themes.yml", 4, 1, "champ-inconnu"),
        ("themes.yml", 7, 5, "champ-manquant"),
        ("vide.yml", 1, 1, "yaml"),
    ]
    file.write_text(
        "titre: Thèmes\ndefinition: D\nurl: themes\nvaleurs:\n"
        "  - { id: a, libelle: A, definition: D, source: redaction }\n  - { id: a, libelle: B, definition: D, source: reda }\n"
        "  - { id: É b, libelle: B, definition: D, source: redaction }\n"
    )
    library, problems = load(small_folder, "content")
    places = [(p.line, p.column, p.code) for p in [*problems, *check(library)] if p.path.endswith("themes.yml")]
    assert places == [(6, 7, "valeur-repetee"), (7, 7, "identifiant"), (6, 41, "source-inconnue")]


def test_two_lists_never_claim_one_address(small_folder: Path) -> None:
    for name, url in (("a", "themes"), ("b", "methodes"), ("c", "assets")):
        (small_folder / "vocabularies" / f"zz-{name}.yml").write_text(
            f"titre: T\ndefinition: D\nurl: {url}\nvaleurs: [{{ id: a, libelle: A, definition: D, source: redaction }}]\n"
        )
    library, problems = load(small_folder, "content")
    assert problems == []
    told = [(p.path.rsplit("/", 1)[1], p.line, p.code) for p in check(library)]
    assert told == [(f"zz-{name}.yml", 3, "adresse-reservee") for name in "abc"]


def test_a_file_name_is_told_without_what_a_terminal_would_obey(with_files: Callable[..., Checked]) -> None:
    _, problems = with_files({"experiences/a\u202eb\x1b[31m.md": experience()})
    assert [problem.path for problem in problems] == ["content/experiences/a\\u202eb\\u001b[31m.md"]


def test_a_library_without_home_page_is_told(small_texts: dict[str, bytes], with_files: Callable[..., Checked]) -> None:
    home = bytes(small_texts["pages/accueil.md"])
    _, problems = with_files({"pages/accueil.md": home.replace("publié".encode(), b"brouillon")})
    assert [(p.path, p.line, p.code) for p in problems] == [("content/pages/accueil.md", 4, "accueil-absent")]
    library, _ = from_texts({}, {})
    assert [(p.path, p.code) for p in check(library)] == [("content/pages/accueil.md", "accueil-absent")]


def test_a_missing_vocabulary_is_told() -> None:
    _, problems = from_texts({"experiences/a.md": experience(more="themes: [bois]\n")}, {})
    assert {problem.code for problem in problems} == {"vocabulaire-absent"}


@pytest.mark.parametrize(
    ("written", "instead"),
    [(b"    libelle:", b"   libelle:"), (b"    libelle:", b"    libele:"), (b"valeurs:", b"valeur:")],
)
def test_a_vocabulary_that_can_not_be_read_is_told_where_it_is_written_only(
    small_folder: Path, written: bytes, instead: bytes
) -> None:
    file = small_folder / "vocabularies" / "themes.yml"
    before = check(load(small_folder, "content")[0])
    assert written in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(written, instead, 1))
    library, problems = load(small_folder, "content")
    problems += check(library)
    assert problems, "it is told"
    assert {one.path for one in problems if one not in before} == {"content/vocabularies/themes.yml"}


def test_a_vocabulary_that_is_not_there_is_told_once_at_its_file(small_folder: Path) -> None:
    before = check(load(small_folder, "content")[0])
    (small_folder / "vocabularies" / "themes.yml").rename(small_folder / "vocabularies" / "theme.yml")
    library, problems = load(small_folder, "content")
    problems += check(library)
    told = [(one.path, one.line, one.code) for one in problems if one not in before]
    assert told == [("content/vocabularies/themes.yml", 1, "vocabulaire-absent")]


@pytest.mark.parametrize("url", ["Thèmes !", "a/b"])
def test_the_folder_of_a_vocabulary_that_does_not_suit_is_told_with_one_that_would(
    small_folder: Path, url: str
) -> None:
    file = small_folder / "vocabularies" / "themes.yml"
    file.write_bytes(file.read_bytes().replace(b"url: themes", f"url: {url}".encode(), 1))
    told = [one for one in load(small_folder, "content")[1] if one.path == "content/vocabularies/themes.yml"]
    assert [(one.line, one.code, one.hint) for one in told] == [(3, "forme", "Exemple : themes.")]


def test_every_kind_has_a_sheet_that_the_model_accepts_from_its_own_fields() -> None:
    """No required field is out of an editor's reach: each has a label, and what may be unknown says so."""
    for kind in SHEETS:
        required = {champ.path for champ in champs(kind) if champ.required and "." not in champ.path}
        assert {"titre", "publie_le", "verifie_le"} <= required
    assert all(
        champ.unknown_allowed
        for champ in champs(Experience)
        if champ.path in ("besoin", "porteur", "debut", "difficultes")
    )


def test_a_prepared_search_leads_to_the_explorer(with_files: Callable[..., Checked]) -> None:
    text = experience(body="[Ici](/explorer/?theme=circuits-courts&q=caf%C3%A9%20%22x%22)\n")
    library, problems = with_files({"experiences/a.md": text})
    assert problems == []
    (link,) = library.documents["a"].links
    target = library.resolve_link(library.sheets["a"], link, "../../")
    assert target is not None
    assert target.href == "../../explorer/?theme=circuits-courts&q=caf%C3%A9%20%22x%22"


def test_what_follows_from_a_sheet_stays_with_it_and_is_not_kept(content: Checked) -> None:
    library, _ = content
    for sheet in library.known.values():
        assert facet_values(sheet) is facet_values(sheet)
        again = pickle.loads(pickle.dumps(sheet))  # noqa: S301  # our own
        assert (again, again.id, again.path) == (sheet, sheet.id, sheet.path)
        assert again.__dict__.keys() == type(sheet).model_fields.keys() < sheet.__dict__.keys()
        assert facet_values(again) == facet_values(sheet)
        assert dict(sheet) == dict(again), "what was made of it is no field"


def test_a_folder_that_can_not_be_read_is_told(small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sheets would be gone without a word; commands that write by themselves pass over it."""
    scandir = os.scandir

    def refused(path: str | Path) -> Any:
        if str(path).endswith("/experiences"):
            raise PermissionError(errno.EACCES, "", path)
        return scandir(path)

    monkeypatch.setattr("essaim.listing.os.scandir", refused)
    _, problems = load(small_folder, "content")
    assert [str(one) for one in problems if one.code == "fichier-illisible"] == [
        "content/experiences:1:1: dossier illisible : accès refusé [fichier-illisible]"
    ]
    assert {name.partition("/")[0] for name, _ in own_files(small_folder)} >= {"pages", "vocabularies"}
