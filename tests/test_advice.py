"""A sheet beside all the advice that it gets: ``tests/advice/<kind folder>/<name>.md`` and ``.txt``.

Each holds what a rule must see and, beside it, what it must not. ``ESSAIM_ACCEPT=1 pytest tests/test_advice.py`` writes
what is found: read it before you commit it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from essaim.advice import MOST, PICTURE_BYTES, advise
from essaim.codes import ADVICE as LEAST
from essaim.codes import CODES, ERROR
from essaim.library import from_texts, load
from essaim.source import MAX_FILE
from essaim.vocabulary import Vocabulary
from tests.conftest import ROOT, Checked, experience

CASES = sorted((ROOT / "tests" / "advice").rglob("*.md"))
TODAY = date(2026, 11, 26)
FOUND_ELSEWHERE = {"image-lourde", "lien-mort", "lien-refuse", "lien-a-confirmer", "lien-deplace"}
"""Codes that a text alone can't show: a picture's is tested below, those of links are another command's (test_links.py)."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_sheet_gets_exactly_the_expected_advice(case: Path, small_folder: Path) -> None:
    name = f"{case.parent.name}/{case.name}"
    shutil.copy(case, small_folder / name)
    library, problems = load(small_folder, "content")
    assert problems == []
    found = "".join(f"{one}\n" for one in advise(library, TODAY) if one.path == f"content/{name}")
    expected = case.with_suffix(".txt")
    if os.environ.get("ESSAIM_ACCEPT"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")


def test_every_advice_is_shown_by_a_case() -> None:
    said = "".join(file.read_text("utf-8") for file in (ROOT / "tests" / "advice").rglob("*.txt"))
    wanted = {code.name for code in CODES if code.severity != ERROR} - FOUND_ELSEWHERE
    assert {name for name in wanted if f"[{name}]" not in said} == set()


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        ("Il rénove l’école.", True),
        ("Cette commune rénove l’école.", True),
        ("C’est une école rénovée.", True),
        ("Ce projet rénove l’école.", True),
        ("Mais la commune rénove.", True),
        ("la commune rénove l’école.", True),
        ("Ce que des communes ont essayé.", False),
        ("Ce qui aide une commune à rénover.", False),
        ("Îles et presqu’îles se chauffent au bois.", False),
        ("Illkirch rénove l’école.", False),
        ("Sans argent, la commune rénove l’école.", False),
        ("Leurre ou appât, la commune hésite.", False),
        ("On rénove l’école d’Assier.", False),
        ("Car scolaire partagé entre deux communes.", False),
        ("23 acteurs écrivent une charte.", False),
        ("« Ici, on rénove » : la commune tient parole.", False),
    ],
)
def test_a_summary_stands_alone(summary: str, told: bool, with_files: Callable[..., Checked]) -> None:
    library, _ = with_files({"experiences/x.md": experience(resume=summary, difficultes="[Rien.]")})
    assert ("resume-dependant" in {one.code for one in advise(library, TODAY, ids={"x"})}) is told


def test_a_picture_is_weighed_as_published(small_folder: Path) -> None:
    noise = Image.effect_noise((1600, 1200), 90)
    noise.save(small_folder / "images" / "bruit.png")
    noise.convert("RGB").save(small_folder / "images" / "photo.jpg", quality=5)
    (small_folder / "experiences" / "x.md").write_text(
        experience(body="![Du bruit](../images/bruit.png)\n\n![Photo](../images/photo.jpg)\n", difficultes="[Rien.]"),
        "utf-8",
    )
    library, problems = load(small_folder, "content")
    assert problems == []
    assert library.weights["bruit.png"] > PICTURE_BYTES
    told = [(one.code, one.line) for one in advise(library, TODAY, ids={"x"})]
    # A heavy drawing in PNG is told at its place; what the site makes light is not.
    assert told.count(("image-lourde", 13)) == 1
    assert (library.weights["photo.jpg"] > PICTURE_BYTES) == (("image-lourde", 15) in told)


def test_an_archived_sheet_is_left_alone(with_files: Callable[..., Checked]) -> None:
    for status, told in (("publié", True), ("archivé", False)):
        why = "" if told else "archivage: { le: 2026-11-26, raison: Finie. }\n"
        library, problems = with_files({"experiences/x.md": experience(why, statut=status)})
        assert problems == []
        assert bool(advise(library, TODAY, ids={"x"})) is told


def test_a_sheet_with_mistakes_still_gets_advice(with_files: Callable[..., Checked]) -> None:
    library, problems = with_files(
        {"experiences/x.md": experience(resume="", besoin="", more="couleur: rouge\n", body="![](../images/x.png)\n")}
    )
    assert {one.code for one in problems} >= {"champ-inconnu", "champ-manquant"}
    assert "image-sans-alternative" in {one.code for one in advise(library, TODAY, ids={"x"})}


def test_the_team_makes_an_error_of_a_code(with_files: Callable[..., Checked]) -> None:
    library, _ = with_files({"experiences/x.md": experience()})
    codes = {one.code: one.severity for one in advise(library, TODAY, {"difficultes-absentes"}, {"x"})}
    assert codes["difficultes-absentes"] == ERROR
    assert all(severity != ERROR for code, severity in codes.items() if code != "difficultes-absentes")


def test_the_content_of_the_project_is_worth_reading(content: Checked) -> None:
    """Advice on what this project publishes: nothing about people, pictures or dates, and few things to weigh."""
    library, _ = content
    found = advise(library, TODAY)
    assert {one.code for one in found if one.severity != LEAST} <= {"difficultes-absentes"}
    assert len([one for one in found if one.severity == LEAST]) < len(library.sheets) / 4


# comrak counts columns from the start of the line for each inline element: those are on lines of some hundred characters.
_HOSTILE = {
    "un mot": "a" * 180_000,
    "des points": "." * 180_000,
    "des points espacés": ". " * 90_000,
    "des capitales": "ABC " * 45_000,
    "des sigles": "".join(
        f"{chr(65 + a)}{chr(65 + b)}{chr(65 + c)} ; " for a in range(26) for b in range(26) for c in range(26)
    ),
    "des arobases": "@" * 180_000,
    "des adresses": ("a.b@c.d " * 100 + "\n") * 220,
    "des boîtes": ("service.a.b.c.d.e.f.g_" * 3 + "h@x.fr ") * 2_400,
    "des chiffres": "1 234 € " * 18_000,
    "des chiffres datés": " ".join(f"{number} €" for number in range(20_000)) + " en 2012.",
    "un nombre": "1" * 180_000,
    "des nombres": "123 " * 45_000,
    "des passifs": "est " * 45_000,
    "des apostrophes": "l’" * 45_000,
    "des étoiles": ("*a* " * 100 + "\n") * 450,
    "des lignes": "a\n" * 90_000,
    "des liens": ("https://a.b " * 100 + "\n") * 150,
    "des images": ("![](a.png)" * 100 + "\n") * 180,
    "des crochets": "[" * 180_000,
    "des parenthèses": "(ABC " * 36_000,
}


@pytest.mark.parametrize("body", _HOSTILE.values(), ids=_HOSTILE)
def test_hostile_text_is_read_to_its_end(body: str, vocabularies: Mapping[str, Vocabulary]) -> None:
    """At a cost that grows with its size (``bench/linear.py``), and without a flood of advice."""
    text = experience(body=body)
    assert len(text.encode()) < MAX_FILE
    library, _ = from_texts({"experiences/x.md": text}, vocabularies)
    found = advise(library, TODAY)
    assert all(sum(one.code == code for one in found) <= MOST for code in {one.code for one in found})
