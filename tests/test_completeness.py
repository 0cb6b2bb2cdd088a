from __future__ import annotations

from collections.abc import Callable

from essaim.completeness import completeness, expected
from essaim.library import Library
from essaim.model import SHEETS, Experience, champs
from tests.conftest import Checked, experience


def test_what_is_expected_is_read_off_the_model() -> None:
    for kind in SHEETS:
        fields = expected(kind)
        paths = [champ.path for champ in fields]
        assert len(paths) == len(set(paths))
        assert not any("." in path for path in paths)
        assert {champ.path for champ in champs(kind) if champ.required and "." not in champ.path} <= set(paths)
        # What a draft needs, then what a reader is told to ask for, then what only feeds a filter.
        ranks = [0 if champ.essentiel else 1 if champ.demander else 2 for champ in fields]
        assert ranks == sorted(ranks)
    paths = [champ.path for champ in expected(Experience)]
    assert {"besoin", "contact", "phase", "parties_prenantes", "financements"} <= set(paths)
    assert not {"fin", "cadre_juridique", "anciens_ids", "annee", "departement"} & set(paths)


def test_a_place_is_one_fact_however_it_is_told(with_files: Callable[..., Checked]) -> None:
    told = [champ.path for champ in expected(Experience) if champ.territory or champ.path == "territoire"]
    assert told == ["communes"]
    for line in ('communes: ["46102"]\n', "epci: 200067361\n", 'departements: ["46"]\n'):
        library, _ = with_files({"experiences/x.md": experience(more=line)})
        assert "communes" not in [champ.path for champ in completeness(library.known["x"]).first]
    library, _ = with_files({"experiences/x.md": experience()})
    assert "communes" in [champ.path for champ in completeness(library.known["x"]).missing]


def test_a_fact_that_nobody_gave_comes_after_those_that_nobody_looked_for(with_files: Callable[..., Checked]) -> None:
    library, _ = with_files({"experiences/x.md": experience(besoin="Chauffer l’école.")})
    found = completeness(library.known["x"])
    assert [champ.path for champ in found.unknown] == ["gouvernance", "porteur", "debut", "difficultes", "cout_total"]
    assert [champ.path for champ in found.first][: len(found.missing)] == [champ.path for champ in found.missing]
    assert [champ.path for champ in found.missing][:2] == ["themes", "communes"]
    assert found.given + len(found.first) == found.expected
    assert found.share == found.given / found.expected


def test_every_fact_given_makes_the_share_grow(small: Library) -> None:
    whole = next(sheet for sheet in small.known.values() if isinstance(sheet, Experience) and sheet.contact)
    share = completeness(whole).share
    assert share > 0.8
    less = completeness(whole.model_copy(update={"contact": None}))
    assert less.share < share
    assert "contact" in [champ.path for champ in less.missing]
