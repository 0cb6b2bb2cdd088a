from __future__ import annotations

from collections.abc import Mapping

import pytest

from essaim import territories
from essaim.library import Library, facet_names, from_texts
from essaim.similar import NEAR, SHOWN, WEIGHTS, features, near, profile, similar
from essaim.vocabulary import Vocabulary
from tests.conftest import Checked, experience


def test_the_closest_sheet_comes_first_with_its_reasons_in_words(small: Library) -> None:
    closest = similar(small)["voisine"]
    assert [likeness.id for likeness in closest] == ["exemple"]
    assert closest[0].reasons == (
        "même méthode : Une méthode",
        "même strate : 2 000 à 10 000 habitants",
        "même département : Lot",
    )
    shared = set(features(small.sheets["voisine"])) & set(features(small.sheets["exemple"]))
    assert closest[0].score == sum(WEIGHTS[facet][0] for facet, _ in shared)


def test_likeness_is_mutual_and_never_with_oneself(content: Checked) -> None:
    library, _ = content
    found = similar(library)
    experiences = {sheet.id for sheet in library.of_kind("experience")}
    for identifier, closest in found.items():
        assert identifier not in {likeness.id for likeness in closest}
        assert len(closest) <= SHOWN
        assert list(closest) == sorted(closest, key=lambda likeness: (-likeness.score, likeness.id))
        assert all(likeness.reasons for likeness in closest)
        if identifier in experiences:
            assert {likeness.id for likeness in closest} <= experiences


def test_several_processes_find_the_same(content: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = similar(content[0])
    monkeypatch.setattr("essaim.similar.LOT", 3)
    found = similar(content[0], 2)
    assert list(found.items()) == list(alone.items())


def test_every_weight_is_that_of_a_facet() -> None:
    assert set(WEIGHTS) <= {*facet_names(), "methodes"}
    assert all("{}" in words for _, words in WEIGHTS.values())


def test_a_value_that_everyone_shares_stays_affordable(
    vocabularies: Mapping[str, Vocabulary], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst case for an inverted index: everything is like everything. What is read for a sheet is bounded."""
    files = {f"experiences/f{n:04}.md": experience(more="themes: [energie]\nenjeux: [social]\n") for n in range(50)}
    library, problems = from_texts(files, vocabularies)
    assert problems == []
    monkeypatch.setattr("essaim.similar.VISITS", 10)
    found = similar(library)
    assert all(len(near) == SHOWN for near in found.values())
    # Of fifty equals, the ten around a sheet are looked at: its neighbours in the order of ids.
    assert {abs(int(i[1:]) - int(likeness.id[1:])) for i, near in found.items() for likeness in near} <= set(
        range(1, 11)
    )


def test_likeness_to_a_commune_says_why_and_counts_a_border_once(small: Library) -> None:
    sheets = [small.sheets["exemple"]]
    (own,) = near(small, sheets, profile("46102"))
    assert own.reasons[0] == "dans cette commune : Figeac"
    assert "même département : Lot" in own.reasons
    assert not [reason for reason in own.reasons if "voisin" in reason]
    assert own.score == sum(NEAR[name][0] for name in ("communes", "epci", "departements", "regions", "strates"))
    # Maurs, in the Cantal, shares a border with the Lot.
    (beside,) = near(small, sheets, profile("15122"))
    assert "département voisin : Lot" in beside.reasons
    assert "même département : Lot" not in beside.reasons
    assert near(small, sheets, profile("97411")) == []
    with pytest.raises(KeyError):
        profile("99999")


def test_borders_go_both_ways() -> None:
    beside = {one.code: set(one.voisins) for one in territories.load().departements}
    assert all(code in beside[other] for code, others in beside.items() for other in others)
    assert beside["46"] == {"12", "15", "19", "24", "47", "82"}
    assert beside["974"] == set()
    assert sum(map(len, beside.values())) == 2 * 239
