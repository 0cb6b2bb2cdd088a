"""The preview never dies on a bad sheet: it shows the problems, and the page comes back when the sheet is mended."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from tests.site.conftest import DESKTOP, PHONE, Open, copy_project

pytestmark = pytest.mark.slow
PATIENCE = 90  # seconds: not what a rebuild takes, but when to give up on a busy machine


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, Callable[[str, str], str]]]:
    """``(project, wait)``: ``wait(path, text)`` is the page's HTML as soon as it holds ``text``."""
    project = copy_project(tmp_path / "project")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path / "log").open("w+")
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, cwd=project, stdout=log, stderr=subprocess.STDOUT)

    def wait(path: str, text: str) -> str:
        until = time.monotonic() + PATIENCE
        html = ""
        while time.monotonic() < until:
            assert process.poll() is None, "the preview died: " + (tmp_path / "log").read_text()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:  # our own address
                    html = answer.read().decode()
            except (URLError, ConnectionError, TimeoutError):
                html = ""
            if text in html:
                return html
            time.sleep(0.2)
        raise AssertionError(f"{path} never showed {text!r}: {html[:2000]} {(tmp_path / 'log').read_text()[-2000:]}")

    wait.address = f"http://127.0.0.1:{port}/"  # type: ignore[attr-defined]
    yield project, wait
    process.terminate()
    process.wait(10)
    log.close()


def test_an_address_that_is_taken_is_told_in_french_and_nothing_is_left(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", address]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 1
    assert f"L’adresse http://{address}/ ne peut pas être servie : elle est déjà prise" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert not list(project.glob(".site*"))


def test_a_bad_sheet_shows_its_problems_and_comes_back(served: tuple[Path, Callable[[str, str], str]]) -> None:
    project, wait = served
    sheet = project / "content" / "experiences" / "archer.md"
    good = sheet.read_text("utf-8")
    first = wait("experiences/archer/", "<h1")
    assert "champ-inconnu" not in first
    # What an editor may weigh stands apart from what must be mended, and is no problem of the content.
    assert "[difficultes-absentes]" in first
    assert "dans cette fiche" not in first
    assert "1 avertissement pour cette fiche" in first, "each by its name: this one is no advice"
    assert "conseil pour cette fiche" not in first
    assert "dans le contenu</a>" not in first
    assert "<h1>Aucune erreur</h1>" in wait("problemes/", "[difficultes-absentes]")

    sheet.write_text(good.replace("titre:", "tittre:", 1), "utf-8")
    page = wait("experiences/archer/", "champ-inconnu")
    assert "Vouliez-vous dire « titre »" in page
    assert "2 erreurs dans le contenu</a>" in page, "advice does not count"
    assert "problemes/" in page, "the list of all problems is one click away"
    listed = wait("problemes/", "champ-inconnu")
    assert "content/experiences/archer.md" in listed

    sheet.write_text("---\ntitre: [jamais fermé\n---\n", "utf-8")
    assert "content/experiences/archer.md" in wait("experiences/archer/", "[yaml]")
    assert "<h1" in wait("experiences/", "<h1"), "the rest of the site still stands"

    sheet.write_text(good, "utf-8")
    wait("experiences/archer/", "fiche-essentiel")
    assert "champ-inconnu" not in wait("experiences/archer/", "<h1")


def test_drafts_are_seen_in_the_preview_only(served: tuple[Path, Callable[[str, str], str]]) -> None:
    project, wait = served
    sheet = project / "content" / "glossary" / "scic.md"
    sheet.write_text(sheet.read_text("utf-8").replace("statut: publié", "statut: brouillon"), "utf-8")
    page = wait("glossaire/scic/", "brouillon")
    assert "<h1" in page


def test_what_another_page_shows_of_a_sheet_follows_it(served: tuple[Path, Callable[[str, str], str]]) -> None:
    project, wait = served
    page = wait("experiences/archer/", "<h1")
    method = re.search(r"methodes/([a-z0-9-]+)/", page)
    assert method
    sheet = project / "content" / "methods" / f"{method[1]}.md"
    sheet.write_text(
        re.sub(r"(?m)^titre: .*$", "titre: Un titre tout autre", sheet.read_text("utf-8"), count=1), "utf-8"
    )
    for path in ("experiences/archer/", "methodes/", f"methodes/{method[1]}/", f"methodes/{method[1]}.json"):
        wait(path, "Un titre tout autre")


def test_a_sheet_that_goes_has_no_page_and_one_that_is_renamed_leads_on(
    served: tuple[Path, Callable[[str, str], str]],
) -> None:
    project, wait = served
    sheet = project / "content" / "glossary" / "scic.md"
    assert "<h1" in wait("glossaire/scic/", "<h1")
    text = sheet.read_text("utf-8")
    sheet.unlink()
    new = sheet.with_name("societe-cooperative.md")
    new.write_text(text.replace("---\n", "---\nanciens_ids: [scic]\n", 1), "utf-8")
    wait("glossaire/societe-cooperative/", "<h1")
    assert "societe-cooperative/" in wait("glossaire/scic/", 'http-equiv="refresh"')
    new.unlink()
    wait("problemes/", "[adresse-perdue]")
    with pytest.raises(HTTPError, match="404"):
        urllib.request.urlopen(f"{wait.address}glossaire/scic/")  # type: ignore[attr-defined]  # noqa: S310  # loopback


def test_settings_that_are_wrong_are_told_in_each_page_until_they_are_mended(
    served: tuple[Path, Callable[[str, str], str]],
) -> None:
    project, wait = served
    settings = project / "mkdocs.yml"
    good = settings.read_text("utf-8")
    wait("experiences/archer/", "<h1")
    settings.write_text(good.replace("recherche: lunr", "recherche: grep"), "utf-8")

    def told() -> str:
        try:
            with urllib.request.urlopen(f"{wait.address}experiences/archer/"):  # type: ignore[attr-defined]  # noqa: S310  # loopback
                return ""
        except HTTPError as answer:
            return answer.read().decode() if answer.code == 500 else ""

    until = time.monotonic() + PATIENCE
    while "n’a pas pu être faite" not in (found := told()):
        assert time.monotonic() < until, found
        time.sleep(0.2)
    settings.write_text(good.replace("site_name: Essaim", "site_name: Essaimage"), "utf-8")
    wait("experiences/archer/", "Essaimage")


def test_the_line_that_tells_of_errors_begins_where_the_page_does(
    served: tuple[Path, Callable[[str, str], str]], go: Open
) -> None:
    project, wait = served
    sheet = project / "content" / "experiences" / "archer.md"
    sheet.write_text(sheet.read_text("utf-8").replace("titre:", "tittre:", 1), "utf-8")
    wait("problemes/", "2 erreurs dans le contenu</a>")
    for size in (PHONE, DESKTOP):
        page = go(wait.address + "problemes/", size)  # type: ignore[attr-defined]
        starts = page.locator(".preview a, h1").evaluate_all(
            "all => all.map((one) => { const range = document.createRange(); range.selectNodeContents(one); return range.getBoundingClientRect().x; })"
        )
        assert len(starts) == 2
        assert starts[0] == starts[1]
