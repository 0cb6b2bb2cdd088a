"""What the live server makes when it is asked: what a build gives, byte for byte, and no more than is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from essaim.cache import Store, contents, digest
from essaim.live import Live, asked
from essaim.ondemand import OnDemand, Overtaken, Parts
from essaim.outputs import Seen, of_library, of_sheets, render
from essaim.outputs.form import settings
from essaim.outputs.places import PLACES
from essaim.shell import Shell
from tests.test_warm import BROKEN, OF_ALL, OF_SHEETS, Project, shell

ROUNDS, EDITS, ASKED = 6, 4, 60
"""How often files are asked for, the edits before each time, and how many files; the last time, all are."""


def seen_of(project: Project) -> Seen:
    library, site = project.library(project.folder / "cache")
    return Seen(site, digest(library.common, contents(project.theme)), Store(None, "mots", at_hand=True))


def on_disk(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    made = Project(tmp_path, preview=True, seed=11)
    monkeypatch.setattr(render, "theme_folder", lambda: made.theme)
    render.environment.cache_clear()
    yield made
    render.environment.cache_clear()


@pytest.fixture
def live(project: Project) -> OnDemand:
    folder = project.folder / "live"
    folder.mkdir()
    return OnDemand(folder, Shell(shell), seen_of(project), lambda *_: None)


def test_after_any_edits_what_is_asked_for_is_what_a_build_gives(project: Project, live: OnDemand) -> None:
    folder = project.folder / "live"
    before: set[str] = set()
    for number in range(1, ROUNDS + 1):
        told = [project.edit(OF_SHEETS) for _ in range(EDITS - 1)]
        told.append(project.edit(OF_ALL if number % 3 == 0 else BROKEN))
        live.interrupt()
        live.renew(Shell(shell), seen_of(project))
        expected = project.cold()
        paths = sorted(expected.keys() | before | on_disk(folder))
        project.random.shuffle(paths)
        for path in paths if number == ROUNDS else paths[:ASKED]:
            live.make(path)
            file = folder / path
            found = file.read_bytes() if file.is_file() else None
            assert found == expected.get(path), f"{path}, after {told}"
        before = set(expected)
    assert on_disk(folder) == set(expected)


def test_a_page_is_made_and_nothing_else(project: Project, live: OnDemand) -> None:
    assert live.make("experiences/archer/index.html") is not None
    assert on_disk(project.folder / "live") == {"experiences/archer/index.html"}
    for path in ("favicon.ico", "assets/css/tokens.css", "rien/du/tout.txt"):
        assert live.make(path) is None
    assert on_disk(project.folder / "live") == {"experiences/archer/index.html"}


def test_a_page_is_made_again_when_another_sheet_that_it_shows_has_changed(project: Project, live: OnDemand) -> None:
    page = project.folder / "live" / "experiences" / "archer" / "index.html"

    def made() -> tuple[int, str]:
        live.renew(Shell(shell), seen_of(project))
        live.make("experiences/archer/index.html")
        return page.stat().st_mtime_ns, page.read_text("utf-8")

    first = made()
    method = re.search(r"methodes/([a-z0-9-]+)/", first[1])
    assert method
    other = project.content / "methods" / f"{method[1]}.md"
    other.write_text(other.read_text("utf-8") + "\nUne phrase de plus.\n", "utf-8")
    assert made() == first, "its text is not shown there"
    other.write_text(
        re.sub(r"(?m)^titre: .*$", "titre: Un titre tout autre", other.read_text("utf-8"), count=1), "utf-8"
    )
    assert "Un titre tout autre" in made()[1]


def test_pages_of_a_vocabulary_whose_address_changed_go(project: Project, live: OnDemand) -> None:
    vocabulary, folder = project.content / "vocabularies" / "themes.yml", project.folder / "live"
    text = vocabulary.read_text("utf-8")
    assert "url: themes\n" in text
    assert live.make("themes/bois/index.html")
    vocabulary.write_text(text.replace("url: themes\n", "url: sujets\n"), "utf-8")
    live.renew(Shell(shell), seen_of(project))
    assert live.make("themes/bois/index.html") is None
    assert live.make("sujets/bois/index.html")
    assert not (folder / "themes").exists() or not any(one.is_file() for one in (folder / "themes").rglob("*"))
    vocabulary.write_text(text.replace("valeurs:", "valeur:"), "utf-8")
    live.renew(Shell(shell), seen_of(project))
    for path in ("themes/bois/index.html", "sujets/bois/index.html"):
        assert live.make(path) is None
        assert not (folder / path).exists()


def test_every_output_writes_where_it_says(project: Project) -> None:
    _, site = project.library()
    object.__setattr__(site, "form", settings({}, "content", preview=True))
    seen = Seen(site, b"")
    parts = Parts(seen)
    known = {name for name, _ in PLACES}
    for part in (*of_sheets(seen), *of_library(seen)):
        assert part.name in parts.first or part.name.partition(" ")[0] in known
        for path, _ in part.make():
            assert part.name in {one.name for one in parts.of(path)}, f"{part.name} writes {path}"


def test_what_is_overtaken_is_given_up_and_comes_after(project: Project, live: OnDemand) -> None:
    live.interrupt()
    with pytest.raises(Overtaken):
        live.make("experiences/index.html")
    live.renew(Shell(shell), seen_of(project))
    live.make("experiences/index.html")
    assert (project.folder / "live" / "experiences" / "index.html").is_file()


def answer(application: Callable[..., Iterable[bytes]], path: str) -> tuple[str, bytes]:
    told: list[str] = []
    body = b"".join(application({"PATH_INFO": path}, lambda status, _headers: told.append(status)))
    return told[-1], body


def test_a_page_that_is_not_there_is_asked_for_again(live: OnDemand) -> None:
    state = Live()
    state.site = live
    told: list[tuple[str, list[tuple[str, str]]]] = []

    def server(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("404 Not Found", [("Content-Type", "text/html")])
        return [b""]

    application = state.before(server, "/")
    for path in ("/experiences/partie/", "/experiences/partie.json"):
        list(application({"PATH_INFO": path}, lambda status, headers: told.append((status, headers))))
    assert [("Refresh" in dict(headers), status[:3]) for status, headers in told] == [(True, "404"), (False, "404")]


def test_a_page_that_can_not_be_made_says_why_and_the_others_stand(project: Project, live: OnDemand) -> None:
    state = Live()
    state.site = live
    folder = project.folder / "live"

    def server(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        file = folder / (asked(environ, "/") or "")
        start("200 OK" if file.is_file() else "404 Not Found", [])
        return [file.read_bytes() if file.is_file() else b""]

    application = state.before(server, "/")
    template = project.theme / "fiches" / "experience.html"
    good = template.read_text("utf-8")
    template.write_text("{{ 1 // 0 }} <b>", "utf-8")
    live.renew(Shell(shell), seen_of(project))
    status, body = answer(application, "/experiences/archer/")
    assert status.startswith("500")
    assert "experiences/archer/index.html" in body.decode()
    assert answer(application, "/glossaire/scic/")[0] == "200 OK"
    template.write_text(good, "utf-8")
    live.renew(Shell(shell), seen_of(project))
    status, body = answer(application, "/experiences/archer/")
    assert status == "200 OK"
    assert body == project.cold()["experiences/archer/index.html"]
    assert answer(application, "/experiences/rien/")[0] == "404 Not Found"


def test_while_the_site_can_not_be_renewed_each_page_says_why(live: OnDemand) -> None:
    state = Live()
    state.site = live
    application = state.before(lambda _environ, start: start("200 OK", []) or [b"page"], "/")
    with state.renewing():
        raise ValueError("mkdocs.yml : <rien> de bon")
    status, body = answer(application, "/experiences/archer/")
    assert status.startswith("500")
    assert "mkdocs.yml : &lt;rien&gt; de bon" in body.decode()


def test_a_page_that_was_made_of_what_is_past_is_made_again(project: Project, live: OnDemand) -> None:
    state = Live()
    state.site = live
    sheet = project.content / "experiences" / "archer.md"
    answers: list[bytes] = []

    def server(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not answers:  # the server waits here while the site is renewed
            sheet.write_text(sheet.read_text("utf-8") + "\nUne phrase de plus.\n", "utf-8")
            with state.renewing():
                live.renew(Shell(shell), seen_of(project))
        answers.append((project.folder / "live" / "experiences" / "archer" / "index.html").read_bytes())
        start("200 OK", [])
        return [answers[-1]]

    _, body = answer(state.before(server, "/"), "/experiences/archer/")
    assert "Une phrase de plus." in body.decode()
    assert len(answers) == 2


@pytest.mark.parametrize(
    ("path", "mount", "expected"),
    [
        ("/", "/", "index.html"),
        ("/experiences/archer/", "/", "experiences/archer/index.html"),
        ("/bibliotheque/experiences/archer/", "/bibliotheque/", "experiences/archer/index.html"),
        ("/bibliotheque", "/bibliotheque/", "index.html"),
        ("/experiences/", "/bibliotheque/", None),
        ("/livereload/12/34", "/", None),
        ("/../../etc/passwd", "/", "etc/passwd"),
        ("/experiences/../../secret/", "/", "secret/index.html"),
        ("/caf\xc3\xa9/", "/", "café/index.html"),
    ],
)
def test_what_a_request_asks_for(path: str, mount: str, expected: str | None) -> None:
    assert asked({"PATH_INFO": path}, mount) == expected
