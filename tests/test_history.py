"""When readers saw a sheet come, change and go: by its dates and by the publications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from essaim.history import History
from essaim.ledger import Change, Entry, Ledger
from essaim.library import Library
from essaim.model import Experience, Method
from essaim.permalinks import Permalinks
from tests.conftest import Checked, experience

WithFiles = Callable[[Mapping[str, str | bytes]], Checked]
OWN, FIRST, LAST = date(2026, 11, 23), date(2026, 11, 26), date(2026, 12, 6)


def history(library: Library, *journal: Change, entries: tuple[Entry, ...] = ()) -> History:
    known = replace(library, ledger=Ledger(entries=entries, journal=journal))
    return History(known, Permalinks(known))


def change(champ: str, how: str = "modification", day: date = LAST, fiche: str = "exemple") -> Change:
    return Change(day, fiche, "experience", champ, how)


@pytest.mark.parametrize(("journal", "appeared", "changed"), [
    ((), OWN, OWN),
    ((change("", "ajout", FIRST),), FIRST, FIRST),
    ((change("", "ajout", FIRST), change("texte")), FIRST, LAST),
    ((change("cout_total", "retrait"),), OWN, LAST),
    ((change("", "retrait"),), OWN, OWN),
    ((change("texte", day=date(2020, 1, 1)),), OWN, OWN),
    (tuple(change(one) for one in ("anciens_ids", "anciennes_ancres", "verifie_le", "publie_le", "statut")), OWN, OWN),
    ((change("texte", fiche="archer-autre"),), OWN, OWN),
])  # fmt: skip
def test_when_a_sheet_came_and_changed(small: Library, journal: tuple[Change, ...], appeared: date, changed: date) -> None:  # fmt: skip
    found, sheet = history(small, *journal), small.sheets["exemple"]
    assert (found.appeared(sheet), found.last_change(sheet)) == (appeared, changed)


def test_a_line_of_a_former_id_is_the_sheet_s(with_files: WithFiles) -> None:
    library, _ = with_files({"experiences/b.md": experience("anciens_ids: [a]\n")})
    found = history(library, change("texte", fiche="a"), change("anciens_ids", fiche="b", day=FIRST))
    assert found.last_change(library.sheets["b"]) == LAST
    assert found.renamed(library.sheets["b"], FIRST)
    assert not found.renamed(library.sheets["b"], LAST)


def test_when_a_sheet_went(small: Library) -> None:
    gone = small.sheets["ancienne"]
    assert history(small).withdrawn(gone) == history(small).last_change(gone) == date(2026, 11, 24)
    assert history(small, change("archivage", "ajout", fiche="ancienne")).withdrawn(gone) == LAST
    assert history(small, change("archivage", fiche="ancienne")).withdrawn(gone) == date(2026, 11, 24), "said better"
    assert history(small).withdrawn(small.sheets["exemple"]) is None


def test_the_day_of_the_library_is_that_of_its_last_publication(small: Library) -> None:
    assert history(small).day() == date(2026, 11, 24), "an archived sheet's"
    assert history(small, change("anciens_ids")).day() == LAST
    assert history(small, entries=(Entry("explorer/", "", LAST),)).day() == LAST
    found = history(small, change("texte"))
    assert (found.day(Experience), found.day(Method)) == (LAST, OWN)
    assert history(Library({})).day() is None


def test_the_first_name_outlives_a_renaming_away_and_back(with_files: WithFiles) -> None:
    first = Entry("experiences/archer/", "archer", FIRST, None, "bafode")
    part = Entry("experiences/archer/#debut", "archer", OWN)

    def name(identifier: str, former: str, *entries: Entry) -> str:
        library, _ = with_files({f"experiences/{identifier}.md": experience(f"anciens_ids: [{former}]\n" if former else "")})  # fmt: skip
        return history(library, entries=entries).first_name(library.sheets[identifier])

    away = Entry("experiences/nouveau/", "archer", LAST, LAST)
    assert name("archer", "") == name("archer", "", first) == "archer"
    assert name("nouveau", "archer") == name("nouveau", "archer", first, part) == "archer"
    assert name("archer", "nouveau", part, replace(first, fiche="archer"), away) == "archer"
    assert name("archer", "nouveau") == "nouveau", "nothing was published: only the sheet can tell"
