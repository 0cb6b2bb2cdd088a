"""What ``make bench`` measures is worth measuring: valid sheets, the same each time, and the same for all. No time is measured here."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from essaim.advice import advise
from essaim.checks import check
from essaim.library import Library, load
from essaim.model import KINDS, SHEETS, champs, values
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "bench"))

import own
import report
from generate import APART, SHARES, Generator, write
from measure import CommandError, Cost, run
from peers import facets
from sites import PEERS, Peer
from weigh import weigh

NUMBER = 100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated library on disk."""
    found = tmp_path_factory.mktemp("bench") / "library"
    write(NUMBER, found)
    return found


@pytest.fixture(scope="module")
def library(folder: Path) -> Library:
    """The same, read and checked."""
    found, problems = load(folder / "content", "content")
    assert [*problems, *check(found)] == []
    return found


@pytest.fixture(scope="module", params=PEERS, ids=lambda kind: str(kind.source))
def peer(request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Peer:
    """Each of the others, with the library written for it."""
    kind: type[Peer] = request.param
    found = kind(tmp_path_factory.mktemp(kind.source) / "site")
    found.prepare(folder)
    return found


def test_all_kinds_are_drawn(library: Library) -> None:
    assert {kind for kind in KINDS if kind not in SHARES} == {"page"}
    assert sum(len(library.of_kind(kind)) for kind in SHARES) == NUMBER


def test_fields_of_the_model_are_filled_in(library: Library) -> None:
    """A field that the model gains is measured the same day."""
    for kind in SHARES:
        empty = {
            champ.path
            for champ in champs(KINDS[kind])
            if not champ.computed
            and not any(True for sheet in library.of_kind(kind) for _ in values(sheet, champ.path))
        }
        left = {path for path in empty if not any(path == one or path.startswith(f"{one}.") for one in APART)}
        # Kinds of which there are two or three sheets have not drawn everything.
        assert kind != "experience" or left <= {
            "chiffres.prefixe",
            "chiffres.unite",
            "financements.financeur",
            "financements.annee",
        }, left
        assert len(left) < len(champs(KINDS[kind])) / 2


def test_texts_are_made_of_sentences(library: Library) -> None:
    """Advice that drowns everything else would be measured, and no library is like that."""
    from datetime import date

    assert len(advise(library, date(2026, 1, 1))) < NUMBER / 10


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert dict(Generator(40).files()) == dict(Generator(40).files())
    assert dict(Generator(40, seed=2).files()) != dict(Generator(40).files())


def test_peers_are_given_plain_markdown(peer: Peer, library: Library) -> None:
    files = sorted((peer.folder / peer.content).rglob("*.md"))
    assert len(files) >= len(library.pages)
    for file in files:
        text = file.read_text("utf-8")
        assert "[[" not in text, file
        assert ".md)" not in text or peer.source == "material", file


def test_peers_are_given_every_fact(peer: Peer, library: Library) -> None:
    for sheet in library.pages.values():
        file = peer.folder / peer.content / sheet.URL / f"{sheet.id}.md"
        front = yaml.safe_load(file.read_text("utf-8").split("---\n", 2)[1])
        assert front["title"] == sheet.titre
        told = {one["nom"] for one in front["fiche"]}
        given = {
            champ.titre
            for champ in champs(type(sheet))
            if "." not in champ.path and not champ.computed and any(True for _ in values(sheet, champ.path))
        }
        assert given - told <= {"Titre", "Résumé", "Statut", "Publiée le", "Vérifiée le"}
        for champ in facets(type(sheet)):
            vocabulary = library.vocabularies[str(champ.vocabulary)]
            assert {vocabulary.label(value) for _, value in values(sheet, champ.path)} <= set(
                front.get(str(vocabulary.url), ())
            ), champ.path


def test_links_of_peers_lead_to_their_sheets(peer: Peer) -> None:
    content = peer.folder / peer.content
    found = 0
    for file in content.rglob("*.md"):
        for target in re.findall(r"\]\((/[^)#]*)\)", file.read_text("utf-8")):
            path = target if target.endswith(".md") else f"{target.rstrip('/')}.md"
            assert (content / path.lstrip("/")).is_file(), (file, target)
            found += 1
    assert found > NUMBER / 2


def test_edits_change_one_sheet_each_time(folder: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    library = own.Library(copy)
    before = {file: file.read_bytes() for file in copy.rglob("*.md")}
    seen = set()
    for edit in (library.edit_text, library.edit_text, library.edit_front):
        words = edit()
        changed = [file for file, text in before.items() if file.read_bytes() != text]
        assert [file.stem for file in changed] == [library.sheet]
        assert words in changed[0].read_text("utf-8")
        seen.add(words)
    assert len(seen) == 3
    found, problems = load(copy / "content", "content")
    assert [*problems, *check(found)] == []
    assert all(
        words in found.documents[library.sheet].text or words in (found.sheets[library.sheet].resume or "")
        for words in seen
    )


def test_a_cold_build_keeps_pictures_only(tmp_path: Path) -> None:
    library = own.Library(tmp_path / "library")
    for name in ("images/a", "pages/b", "liens.json"):
        file = library.cache / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", "utf-8")
    library.clean()
    assert [file.relative_to(library.cache).as_posix() for file in library.cache.rglob("*") if file.is_file()] == [
        "images/a"
    ]


def test_stages_are_read_from_the_log() -> None:
    log = "INFO    -  essaim: étape lecture : 0,25 s\nDEBUG   -  essaim: étape fiches: 1.5 s\nINFO    -  autre\n"
    assert [(found["name"], found["cpu"]) for found in own.STAGE.finditer(log)] == [
        ("lecture", "0,25"),
        ("fiches", "1.5"),
    ]


def test_a_command_that_fails_tells_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="au revoir"):
        run([sys.executable, "-c", "import sys; sys.exit('au revoir')"], tmp_path, {})


def test_the_cost_of_children_is_counted(tmp_path: Path) -> None:
    """CPU of a process that the command starts, and memory of the largest, not of who measures."""
    code = "import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', 'b = bytes(range(256)) * 400_000; sum(b[:20_000_000])'], check=True)"
    cost = run([sys.executable, "-S", "-c", code], tmp_path, {})
    assert cost.memory > 95
    assert cost.cpu > 0.05
    small = run([sys.executable, "-S", "-c", "pass"], tmp_path, {})
    assert small.memory < 40


def sizes(folder: Path) -> list[report.Size]:
    """Two sizes, and a generator that would have taken too long at the second."""
    for name in ("a", "b"):
        page = folder / "experiences" / f"experience-{name}" / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text("<p>Une page</p>" * 100, "utf-8")
    site = weigh(folder)
    assert (site.files, site.size) == (2, 3000)
    assert site.page[0] == 1500 > site.page[1] > site.page[2]
    found = []
    for number, other in ((100, Cost(2.0, 1.0, 10.0)), (1000, None)):
        costs = dict.fromkeys((own.COLD, own.CHECKED), Cost(number / 100, 1.5, 20.0))
        built: Mapping[str, report.Built | None] = {
            report.ESSAIM: report.Built(costs[own.COLD], site),
            "Autre": report.Built(other, site) if other else None,
        }
        found.append(report.Size(number, own.Own(costs, site, {f"étape {n}": float(n) for n in range(20)}), built))
    return found


def test_tables_say_what_was_measured(tmp_path: Path) -> None:
    text = report.tables(sizes(tmp_path / "site"), "Autre 1.0")
    assert "| 100 | CPU | 0,50 |" in text
    assert "| 100 | mémoire | 2,00 |" in text
    assert "| 1\u202f000 | CPU | – |" in text
    assert "| 1\u202f000 | Autre | non mesuré |" in text
    assert f"| {own.COLD} | 1\u202f000 | 10,00 | 1,50 | 20 | 10,00 | 1,00 |" in text
    assert text.count("| étape ") == report.STAGES
    for table in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1, "every row has as many cells"


def test_tables_take_their_place_in_the_document(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(report.DOCUMENT.read_text("utf-8"), "utf-8")
    for text in ("une table", "une autre"):
        report.write(text, document)
    before, _, after = report.DOCUMENT.read_text("utf-8").partition(report.START)
    found = document.read_text("utf-8")
    assert found.startswith(before)
    assert found.endswith(after.partition(report.END)[2])
    assert "une autre" in found
    assert "une table" not in found
    with pytest.raises(ValueError, match="no place"):
        report.write("x", ROOT / "LICENSE")


def test_every_line_is_explained() -> None:
    told = report.DOCUMENT.read_text("utf-8")
    for line in (
        own.FIRST,
        own.COLD,
        own.AGAIN,
        own.TEXT,
        own.FRONT,
        own.SERVED,
        own.REGISTERED,
        own.CHECKED,
        own.RECHECKED,
    ):
        assert f"| {line} |" in told, line


def test_what_is_installed_is_locked() -> None:
    """By hash, and from wherever whoever runs it takes its packages."""
    requirements = (ROOT / "bench" / "requirements.txt").read_text("utf-8")
    assert "--hash=sha256:" in requirements
    assert "://" not in requirements
    lock = json.loads((ROOT / "bench" / "peers" / "eleventy" / "package-lock.json").read_text("utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert all("integrity" in one and "resolved" not in one for one in packages.values())
    assert "node_modules/@11ty/eleventy" in packages


def test_kinds_have_their_pages_where_all_put_them() -> None:
    """``weigh`` looks for ``URL/KIND-n/``: the ids that the generator gives."""
    assert {f"{kind.KIND}-0" for kind in SHEETS if kind.URL} == {ids[0] for ids in Generator(40).ids.values()}
