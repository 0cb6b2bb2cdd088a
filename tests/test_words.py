from __future__ import annotations

import pytest

from essaim.outputs.render import date_fr, number_fr, url_text
from essaim.problem import Problem, count, in_order, summary
from essaim.words import fold, folded, nearest, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’énergie à cœur", "l-energie-a-coeur"),
        ("L'énergie", "l-energie"),
        ("  A--B  ", "a-b"),
        ("Œuvre & Cie", "oeuvre-cie"),
        ("", ""),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’Énergie, à cœur\n « 12 000 m² »", "l energie a coeur\n12 000 m2"),
        (
            "e\u0301te\u0301 e\u0331\u0360te ﬁn",
            "ete ete fin",
        ),  # accents that are signs of their own, and one of the last
        ("a\u0370b a\u03bbb 日本 \ud800x", "a b a b x"),
        ("", ""),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected
    assert folded(text) == expected.split()


def test_nearest_proposes_only_what_is_near() -> None:
    names = ["gouvernance", "circuits-courts", "cout_total"]
    assert nearest("gouvernace", names) == "gouvernance"
    assert nearest("Circuit court", names) == "circuits-courts"
    assert nearest("xyz", names) is None
    assert nearest("Multi parties", ["a"], {"Multi-parties": "a"}) == "a"
    assert nearest("", names) is None


def test_problems_sort_by_place_and_print_one_a_line() -> None:
    late, early = Problem("b.md", 1, 1, "x", "m"), Problem("a.md", 10, 2, "y", "m", "Faites ceci.")
    before = Problem("a.md", 9, 40, "y", "m")
    assert in_order([late, early, before, late]) == [before, early, late]
    assert str(early) == "a.md:10:2: m. Faites ceci. [y]"
    assert summary([late, early, before]) == "3 problèmes dans 2 fichiers."
    assert summary([late]) == "1 problème dans 1 fichier."
    assert summary([]) == "Aucun problème."


def test_french_numbers_and_dates() -> None:
    assert number_fr(26_000_000) == "26\u202f000\u202f000"
    assert number_fr(12.5) == "12,5"
    assert number_fr(1_000_000.25) == "1\u202f000\u202f000,25"
    assert (date_fr("2012"), date_fr("2012-08"), date_fr("2012-08-01")) == ("2012", "août 2012", "1er août 2012")
    assert url_text("https://example.org/a/") == "example.org/a"
    assert count(0, "fiche") == "0 fiche"
    assert count(1200, "fiche") == "1\u202f200 fiches"
