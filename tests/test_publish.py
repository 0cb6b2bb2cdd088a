"""``essaim publish``: what is about to be published enters the ledger and the journal; with a problem, nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from essaim import ledger, outputs
from essaim.cli import app
from essaim.ledger import Change
from essaim.library import Library
from essaim.outputs import Site, addresses, lasting, produce
from tests.conftest import Checked
from tests.test_permalinks import edit

Run = Callable[..., Result]


@pytest.fixture
def run(small_folder: Path) -> Run:
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--contenu", str(small_folder)])


def tables(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / ledger.FOLDER).glob("*"))}


def journal(folder: Path, day: str) -> set[tuple[str, str, str]]:
    held, problems = ledger.read(folder)
    assert problems == []
    return {(one.fiche, one.champ, one.changement) for one in held.journal if str(one.date) == day}


def test_a_first_publication_enters_everything(small_folder: Path, run: Run) -> None:
    trial = run("publish", "--date", "2026-01-10", "--essai")
    assert trial.exit_code == 1, "what goes online must be in the ledger first: a forge stops here"
    assert trial.output.startswith("À inscrire : ")
    assert not (small_folder / ledger.FOLDER).exists()
    done = run("publish", "--date", "2026-01-10")
    assert done.exit_code == 0, done.output
    assert set(tables(small_folder)) == {"permaliens.csv", "etat.csv", "journal.csv"}
    held = ledger.read(small_folder)[0].by_address
    assert {
        "",
        "experiences/",
        "experiences/exemple/",
        "explorer/",
        "themes/circuits-courts/",
        "donnees/",
    } <= held.keys()
    assert "404.html" not in held
    assert not any(address.startswith(("s/", "partage/", "assets/")) for address in held)
    assert ("exemple", "", "ajout") in journal(small_folder, "2026-01-10")
    assert not any(fiche == "brouillon" for fiche, _, _ in journal(small_folder, "2026-01-10"))


def test_addresses_are_those_of_all_that_is_produced_without_making_it_all(
    content: Checked, small: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in (small, content[0]):
        site = Site(library, url="https://localhost/")
        assert addresses(site) == lasting(site, produce(site))

    def refused(*_: object) -> None:
        pytest.fail("made, and nobody's address")

    monkeypatch.setattr(outputs, "OF_SHEETS", (refused,))
    monkeypatch.setattr(outputs, "_of_words", refused)
    steps: list[tuple[int, int]] = []
    assert "experiences/exemple/" in addresses(Site(small, url="https://localhost/"), lambda *step: steps.append(step))
    assert steps[0][0] == 0
    assert steps[-1][0] == steps[-1][1] == len(steps) - 1


def test_a_second_publication_tells_what_changed_field_by_field(small_folder: Path, run: Run) -> None:
    assert run("publish", "--date", "2026-01-10").exit_code == 0
    before = tables(small_folder)
    again = run("publish", "--date", "2026-01-20")
    assert again.output == "Rien de nouveau depuis la dernière publication.\n"
    assert tables(small_folder) == before
    sheet = small_folder / "experiences" / "voisine.md"
    edit(sheet, "statut: publié", "moyens_humains: Deux personnes.\nstatut: publié")
    edit(small_folder / "methods" / "methode.md", "duree: Une journée.", "duree: Deux journées.")
    edit(small_folder / "methods" / "methode.md", "livrables: [Une carte]\n", "")
    edit(small_folder / "webinars" / "conference.md", "Il a eu lieu.", "Il a bien eu lieu.")
    assert run("rename", "porteuse", "porteur-nouveau").exit_code == 0
    assert run("publish", "--date", "2026-02-01").exit_code == 0
    assert run("publish", "--date", "2026-02-01", "--essai").exit_code == 0
    told = journal(small_folder, "2026-02-01")
    assert {
        ("voisine", "moyens_humains", "ajout"),
        ("methode", "duree", "modification"),
        ("methode", "livrables", "retrait"),
        ("conference", "texte", "modification"),
        ("porteur-nouveau", "anciens_ids", "ajout"),
    } <= told
    # Those that cite the renamed sheet say the same as before.
    assert ("exemple", "porteur", "modification") not in told
    # Renamed is not removed, and a title that nobody touched is not told.
    assert not any(changement == "retrait" and not champ for _, champ, changement in told)
    assert not any(champ == "titre" for _, champ, _ in told)
    assert Change(date(2026, 1, 10), "exemple", "experience", "", "ajout") in ledger.read(small_folder)[0].journal


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("experiences/voisine.md", "titre:", "tittre:", "champ-inconnu"),
        ("publications/permaliens.csv", "2026-01-10", "hier", "registre-abime"),
        (
            "publications/permaliens.csv",
            "/carte/,,2026-01-10,,",
            "/carte/,,2026-01-10,,\n/perdue/,,2026-01-10,,",
            "adresse-perdue",
        ),
        ("publications/permaliens.csv", "/carte/,", "<<<<<<< HEAD\n/carte/,", "registre-abime"),
    ],
)
def test_with_a_problem_nothing_is_written(
    small_folder: Path, run: Run, file: str, old: str, new: str, code: str
) -> None:
    assert run("publish", "--date", "2026-01-10").exit_code == 0
    target = small_folder / file
    target.write_text(target.read_text("utf-8").replace(old, new, 1), "utf-8")
    edit(small_folder / "webinars" / "conference.md", "Il a eu lieu.", "Il a bien eu lieu.")
    before = tables(small_folder)
    done = run("publish", "--date", "2026-02-01")
    assert done.exit_code == 1, done.output
    assert f"[{code}]" in done.output
    assert tables(small_folder) == before


def test_no_publication_comes_before_another(run: Run) -> None:
    assert run("publish", "--date", "2026-01-10").exit_code == 0
    done = run("publish", "--date", "2026-01-09")
    assert done.exit_code == 2
    assert "la dernière publication est du 2026-01-10" in done.output


def test_a_folder_that_can_not_be_written_is_told(small_folder: Path, run: Run) -> None:
    (small_folder / ledger.FOLDER).write_text("un fichier à la place du dossier", "utf-8")
    done = run("publish", "--date", "2026-01-10")
    assert done.exit_code in (1, 2)
    assert "publications" in done.output
