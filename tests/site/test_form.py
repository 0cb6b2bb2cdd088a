"""The web form as an editor meets it: a real Chromium, decap-server on a scratch repository, the sheets on disk."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, expect

from essaim.front import canonical
from essaim.library import load
from essaim.model import KINDS, order
from essaim.outputs import communes, form
from essaim.outputs.site import Form, Site
from tests.conftest import ROOT
from tests.site.conftest import DESKTOP, NARROW, build, copy_project, serve

pytestmark = pytest.mark.slow
PATIENCE = 90  # seconds: when to give up on a busy machine

ONE_OF_EACH = (
    ("experience", "labo-des-partenariats-alsace"),
    ("method", "alignement-des-interets"),
    ("webinar", "territoires-en-transition-2018"),
    ("dossier", "relocaliser-les-filieres"),
    ("organisation", "le-rameau"),
    ("resource", "etude-phare"),
    ("term", "scic"),
    ("page", "a-propos"),
)

Open = Callable[..., Page]

EXPECTED = (
    # mkdocs serve adds a script to each page, to load it again at each change: the policy keeps it from a page with a draft.
    "Executing inline script violates",
    # Decap tells the console what it shows to the editor.
    "cette fiche n’a pas pu être lue",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answering(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server that was started answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address).close()  # noqa: S310  # our own address
        except urllib.error.HTTPError:
            return
        except (OSError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{address} never answered: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's content in a repository of its own."""
    folder = copy_project(tmp_path_factory.mktemp("form") / "project")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def server(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a decap-server that writes the files of ``project``."""
    with decap_server(project, "fs", tmp_path_factory.mktemp("log") / "decap-server") as port:
        yield port


@contextlib.contextmanager
def decap_server(project: Path, mode: str, path: Path) -> Iterator[int]:
    """``fs`` writes files, ``git`` commits proposals on branches of their own, as a forge would hold them."""
    program = ROOT / "node_modules" / "decap-server" / "dist" / "index.js"
    assert program.is_file(), "decap-server is missing: run scripts/ensure-tools"
    port = free_port()
    environment = {
        **os.environ,
        "MODE": mode,
        "BIND_HOST": "127.0.0.1",
        "PORT": str(port),
        "GIT_REPO_DIRECTORY": str(project),
    }
    with path.open("wb") as log:
        process = subprocess.Popen(["node", str(program)], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            answering(f"http://127.0.0.1:{port}/", process, path)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def lay_out(folder: Path, content: Path, settings: Form) -> None:
    """What the form needs of a site: its files, the theme's, the table of communes. The whole site would be the same, slower."""
    library, _ = load(content, "content")
    site = Site(library, preview=True, form=settings)
    shutil.copytree(ROOT / "overrides" / "admin", folder / "admin")
    (folder / "assets").symlink_to(ROOT / "overrides" / "assets")
    for path, text in (*form.pages(site), *communes.pages(site)):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(str(text), "utf-8")


@pytest.fixture(scope="module")
def address(project: Path, server: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the form is, for the sheets of ``project``."""
    settings = form.settings({"port": server}, "content", True)
    assert settings
    folder = tmp_path_factory.mktemp("served")
    lay_out(folder, project / "content", settings)
    with serve(folder) as served:
        yield served


@pytest.fixture
def open_form(browser: Browser, address: str) -> Iterator[Open]:
    """``open_form(place, …)``: the form at a place of its own (``collections/term/new``). A request that leaves for another
    host, a dialog, an error of the page or something that its policy had to stop fails the test."""
    contexts = []
    wrong: list[str] = []

    def said(one: ConsoleMessage) -> None:
        # Decap asks the server for a proposal that may not be there.
        asked = "status of 404" in one.text and one.location["url"].endswith("/api/v1")
        if one.type in ("error", "warning") and not asked and not any(part in one.text for part in EXPECTED):
            wrong.append(one.text)

    def asked_for(one: Dialog) -> None:
        wrong.append(one.message)
        one.dismiss()

    def start(place: str = "", size: dict[str, int] = DESKTOP, base: str = address, **options: object) -> Page:
        context = browser.new_context(viewport=size, locale="fr-FR", service_workers="block", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on(
            "request",
            lambda one: None if one.url.startswith(("http://127.0.0.1", "data:", "blob:")) else wrong.append(one.url),
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", said)
        page.on("dialog", asked_for)
        page.goto(f"{base}admin/")
        page.get_by_role("button", name="Se connecter").click()
        expect(page.get_by_role("link", name="Contenus")).to_be_visible()
        if place:
            page.goto(f"{base}admin/#/{place}")
            expect(box(page, "Titre")).to_be_visible()
        return page

    yield start
    for context in contexts:
        context.close()
    assert wrong == []


def box(page: Page, label: str) -> Locator:
    """The text box of a field at the top of the form."""
    return page.get_by_role("textbox", name=label).first


def type_in(field: Locator, text: str) -> None:
    """As a person does: what was there goes, the text comes, then on to the next field."""
    field.click()
    field.press("Control+a")
    field.page.keyboard.insert_text(text)
    field.press("Tab")


def pick(page: Page, label: str, typed: str) -> None:
    """A value of a list, by the keyboard."""
    field = page.get_by_role("combobox", name=label).first
    field.click()
    field.press_sequentially(typed)
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("Enter")


def take_first(field: Locator) -> None:
    """The first proposal of a territory, by the keyboard. Until the list is that of the last letter, no key chooses in it."""
    until = time.monotonic() + PATIENCE
    while not field.get_attribute("aria-activedescendant"):
        assert time.monotonic() < until, "nothing is proposed"
        field.press("ArrowDown")
    field.press("Enter")


def part(page: Page, label: str) -> Locator:
    """The box of a field: its label and all that is in it."""
    return (
        page.locator("[class*='ControlContainer']")
        .filter(has=page.locator("label", has_text=re.compile(f"^{label}", re.IGNORECASE)))
        .first
    )


def add(page: Page, label: str) -> Locator:
    """A new line of a list."""
    field = part(page, label)
    field.get_by_role("button", name="Ajouter").first.click()
    return field


def save(page: Page) -> None:
    """The file is written."""
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    with page.expect_response(lambda one: "persistEntry" in (one.request.post_data or "")):
        page.get_by_role("menuitem", name="Enregistrer le fichier").click()
    expect(page.get_by_text("Modifications enregistrées")).to_be_visible()


def changed(before: str, after: str) -> list[str]:
    """Lines that went and came."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[0] in "+-" and not line.startswith(("+++", "---"))]


def sheet(project: Path, kind: str, identifier: str) -> Path:
    return project / "content" / KINDS[kind].FOLDER / f"{identifier}.md"


def configure(project: Path, settings: str) -> None:
    """Write the form's settings in mkdocs.yml."""
    file = project / "mkdocs.yml"
    text, found = re.subn(r"formulaire:(?: .*\n|\n(?: {8}.*\n)+)", f"formulaire: {settings}\n", file.read_text("utf-8"))
    assert found == 1
    file.write_text(text, "utf-8")


# From nothing to a sheet.


def fill_in(page: Page) -> None:
    """The fields that a draft of an experience needs, as a new editor would fill them in."""
    type_in(box(page, "Titre"), "L’énergie à cœur")
    type_in(box(page, "Résumé"), "Une commune chauffe son école au bois de ses haies.")
    pick(page, "Thèmes", "énerg")
    town = add(page, "Communes").get_by_role("combobox")
    town.press_sequentially("figeac")
    expect(page.get_by_role("option").first).to_contain_text("Figeac")
    take_first(town)
    expect(town).to_have_value("46102 Figeac")
    type_in(box(page, "Besoin"), "Chauffer l’école : moins cher, sans fioul.")
    pick(page, "Gouvernance", "non comm")
    pick(page, "Porteur", "rameau")
    type_in(box(page, "Début"), "2019-04")
    part(page, "Difficultés").get_by_role("button", name="Personne ne le dit : non communiqué").press("Enter")
    expect(part(page, "Difficultés").get_by_role("textbox")).to_have_value("non communiqué")
    source = add(page, "Sources")
    type_in(source.get_by_role("textbox", name="Identifiant"), "compte-rendu")
    type_in(source.get_by_role("textbox", name="Titre"), "Compte rendu n° 3")
    type_in(box(page, "Texte"), "## La démarche\n\nLa commune suit [[ingenierie-de-projet]].")


WRITTEN = """---
titre: L’énergie à cœur
resume: Une commune chauffe son école au bois de ses haies.
themes: [energie]
communes: [46102 Figeac]
besoin: "Chauffer l’école : moins cher, sans fioul."
gouvernance: non communiqué
porteur: le-rameau
debut: 2019-04
difficultes: non communiqué
sources:
  - { id: compte-rendu, titre: Compte rendu n° 3 }
statut: brouillon
publie_le: 2026-11-23
verifie_le: 2026-11-23
---

## La démarche

La commune suit [[ingenierie-de-projet]].
"""


def test_from_nothing_to_a_checked_and_previewed_sheet(
    open_form: Open, project: Path, server: int, tmp_path: Path
) -> None:
    """With the preview of « make formulaire » itself."""
    configure(project, f"{{ port: {server} }}")
    port, path = free_port(), tmp_path / "log"
    with path.open("wb") as log:
        command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
        process = subprocess.Popen(command, cwd=project, stdout=log, stderr=log)
        base = f"http://127.0.0.1:{port}/"
        try:
            answering(base, process, path)
            page = open_form("collections/experience/new", base=base)
            fill_in(page)
            frame = page.frame_locator("iframe")
            expect(frame.locator("h1")).to_have_text("L’énergie à cœur")
            expect(frame.locator("h2").first).to_have_text("La démarche")
            expect(frame.get_by_text("Énergie", exact=True)).to_be_visible()
            expect(frame.get_by_role("link", name="L’ingénierie de projet")).to_be_visible()
            save(page)
            page.wait_for_url("**/collections/experience/entries/l-energie-a-coeur")
            file = sheet(project, "experience", "l-energie-a-coeur")
            text = file.read_text("utf-8")
            assert re.sub(r"_le: 20\d\d-\d\d-\d\d", "_le: 2026-11-23", text) == WRITTEN
            assert canonical(text, KINDS["experience"]) == (text, [])
            checked = subprocess.run([sys.executable, "-m", "essaim", "check", str(file.relative_to(project))], cwd=project,
                                     capture_output=True, text=True, check=False)  # fmt: skip
            assert checked.returncode == 0, checked.stdout + checked.stderr
            page.close()

            shown = open_page_when(base + "experiences/l-energie-a-coeur/", "L’énergie à cœur")
            assert "brouillon" in shown
            # The same sheet again: it is changed in its place, by a second editor.
            page = open_form("collections/experience/entries/l-energie-a-coeur", base=base)
            type_in(box(page, "Résumé"), "Une école se chauffe au bois.")
            save(page)
            assert changed(text, file.read_text("utf-8")) == [
                "-resume: Une commune chauffe son école au bois de ses haies.", "+resume: Une école se chauffe au bois."
            ]  # fmt: skip
            assert [one.name for one in file.parent.glob("l-energie*")] == [file.name]
        finally:
            process.terminate()
            process.wait(10)
            sheet(project, "experience", "l-energie-a-coeur").unlink(missing_ok=True)


def open_page_when(url: str, text: str) -> str:
    """The HTML of a page as soon as the preview has made it."""
    until = time.monotonic() + PATIENCE
    html = ""
    while time.monotonic() < until and text not in html:
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310  # our own address
                html = answer.read().decode()
        except (OSError, ConnectionError):
            time.sleep(0.2)
    assert text in html
    return html


def test_what_is_missing_or_wrong_is_told_and_nothing_is_written(open_form: Open, project: Path) -> None:
    page = open_form("collections/term/new")
    type_in(box(page, "Titre"), "Archer")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("menuitem", name="Enregistrer le fichier").click()
    expect(page.get_by_text("Le champ Définition est requis.")).to_be_visible()
    assert not sheet(project, "term", "archer").exists()
    type_in(box(page, "Définition"), "Un mot.")
    save(page)
    # An experience of that name exists: an id is unique in the whole library.
    page.wait_for_url("**/collections/term/entries/archer-2")
    made = sheet(project, "term", "archer-2")
    assert made.read_text("utf-8").startswith("---\ntitre: Archer\ndefinition: Un mot.\n")
    assert not sheet(project, "term", "archer").exists()
    # Another sheet can name it at once, although the site was not made again.
    page.goto(page.url.split("#")[0] + "#/collections/term")
    page.goto(page.url.split("#")[0] + "#/collections/term/new")
    type_in(box(page, "Titre"), "Un second")
    type_in(box(page, "Définition"), "Un mot.")
    page.get_by_role("button", name=re.compile("voir aussi")).press("Enter")
    pick(page, "Voir aussi", "archer")
    save(page)
    page.wait_for_url("**/collections/term/entries/un-second")
    second = sheet(project, "term", "un-second")
    assert "voir_aussi: [archer-2]\n" in second.read_text("utf-8")
    made.unlink()
    second.unlink()


def test_another_sheet_begins_empty_and_leaves_the_first_alone(open_form: Open, project: Path) -> None:
    page = open_form("collections/experience/entries/archer")
    here = page.url.split("#")[0]
    # Another kind, by its address: all that it requires is asked for.
    page.goto(f"{here}#/collections/term/new")
    expect(box(page, "Définition")).to_be_visible()
    type_in(box(page, "Titre"), "Un premier")
    refuse(page, ["Définition"])
    type_in(box(page, "Définition"), "Un mot.")
    first, second = sheet(project, "term", "un-premier"), sheet(project, "term", "un-second")
    try:
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        page.get_by_role("menuitem", name="puis en écrire une autre").click()
        page.wait_for_url("**/collections/term/new")
        expect(box(page, "Titre")).to_have_value("")
        written = first.read_bytes()
        type_in(box(page, "Titre"), "Un second")
        refuse(page, ["Définition"])
        type_in(box(page, "Définition"), "Un autre mot.")
        save(page)
        page.wait_for_url("**/collections/term/entries/un-second")
        assert "definition: Un autre mot.\n" in second.read_text("utf-8")
        assert first.read_bytes() == written
    finally:
        first.unlink(missing_ok=True)
        second.unlink(missing_ok=True)


# What can't be saved.


def refuse(page: Page, faulty: list[str]) -> None:
    """Saving is refused, and says why: the fields that are wrong, the first of them in sight and under the cursor."""
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("menuitem", name="Enregistrer le fichier").click()
    said = page.get_by_role("region", name="Champs à corriger")
    expect(said.get_by_role("alert")).to_contain_text("Rien n’est enregistré")
    expect(said.get_by_role("listitem")).to_have_text(faulty)
    expect(page.locator(".Toastify__toast:visible")).to_have_count(0)
    focused = page.locator("*:focus")
    expect(focused).to_be_in_viewport()
    label = focused.locator("xpath=ancestor::*[contains(@class, 'ControlContainer')][1]//label").first
    expect(label).to_contain_text(re.compile(faulty[0].split(" › ")[-1]))
    # Not below what says so.
    above, below = focused.bounding_box(), said.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"] or above["x"] >= below["x"] + below["width"]


def test_what_is_wrong_is_named_and_found_wherever_it_is(open_form: Open, project: Path) -> None:
    file = sheet(project, "experience", "archer")
    before = file.read_bytes()
    page = open_form("collections/experience/entries/archer")
    page.get_by_role("button", name=re.compile("coût total")).press("Enter")
    cost = box(page, "Coût total")
    type_in(cost, "12 k€")
    page.get_by_role("textbox", name="Titre").first.scroll_into_view_if_needed()
    refuse(page, ["Coût total"])
    expect(cost).to_be_focused()
    # One that is missing and two that are wrong: all of them.
    type_in(box(page, "Titre"), "")
    type_in(box(page, "Début"), "hier")
    refuse(page, ["Titre", "Début", "Coût total"])
    expect(box(page, "Titre")).to_be_focused()
    said = page.get_by_role("region", name="Champs à corriger")
    said.get_by_role("button", name="Coût total").press("Enter")
    expect(cost).to_be_focused()
    assert file.read_bytes() == before
    # What is mended is no longer told.
    type_in(cost, "12000")
    expect(said.get_by_role("listitem")).to_have_text(["Titre", "Début"])
    type_in(box(page, "Titre"), "Archer")
    type_in(box(page, "Début"), "2007")
    expect(said).to_be_hidden()
    # In a line that is shut.
    sources = part(page, "Sources")
    sources.get_by_role("button", name="Ouvrir ou fermer cette ligne").first.press("Enter")
    address = sources.get_by_role("textbox", name="Adresse").first
    type_in(address, "exemple point fr")
    sources.get_by_role("button", name="Ouvrir ou fermer cette ligne").first.press("Enter")
    expect(address).to_be_hidden()
    refuse(page, ["Sources › Adresse"])
    expect(address).to_be_focused()
    assert file.read_bytes() == before


def test_a_refusal_is_seen_whole_on_a_phone(open_form: Open) -> None:
    page = open_form("collections/term/new", NARROW)
    type_in(box(page, "Titre"), "Un mot")
    refuse(page, ["Définition"])
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    expect(page.get_by_role("button", name="Enregistrer", exact=True)).to_be_in_viewport()


def test_a_required_list_is_asked_for(open_form: Open, project: Path) -> None:
    asked = {"experience": ["Difficultés"], "method": ["Quand l’utiliser", "Étapes"], "dossier": ["Parcours"]}
    page = open_form()
    here = page.url.split("#")[0]
    for kind, lists in asked.items():
        wanted = [one.titre for one in order(KINDS[kind]) if one.required and one.many]
        assert wanted == lists
        page.goto(f"{here}#/collections/{kind}/new")
        expect(box(page, "Titre")).to_be_visible()
        type_in(box(page, "Titre"), "Une fiche")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        page.get_by_role("menuitem", name="Enregistrer le fichier").click()
        said = page.get_by_role("region", name="Champs à corriger").get_by_role("listitem")
        for name in lists:
            expect(said.get_by_text(name, exact=True)).to_be_visible()
            expect(page.get_by_text(f"Le champ {name} est requis.")).to_be_visible()
        page.close()
        page = open_form()
    # An empty line is none, and no mistake of an optional list either.
    page.goto(f"{here}#/collections/method/new")
    type_in(box(page, "Titre"), "Une méthode")
    type_in(box(page, "Résumé"), "Elle aide.")
    when = add(page, "Quand l’utiliser")
    expect(when.get_by_role("textbox")).to_be_focused()
    step = add(page, "Étapes").get_by_role("textbox", name="Titre")
    expect(step).to_be_focused()
    type_in(step, "La première")
    refuse(page, ["Quand l’utiliser"])
    type_in(when.get_by_role("textbox"), "Au début.")
    expect(when.get_by_text("1 ligne", exact=True)).to_be_visible()
    made = sheet(project, "method", "une-methode")
    try:
        save(page)
        assert "quand: [Au début.]\n" in made.read_text("utf-8")
    finally:
        made.unlink(missing_ok=True)


def test_without_what_writes_the_files_the_page_says_what_to_run(
    browser: Browser, project: Path, tmp_path: Path
) -> None:
    settings = form.settings({"port": free_port()}, "content", True)
    assert settings
    lay_out(tmp_path / "site", project / "content", settings)
    with serve(tmp_path / "site") as base:
        page = browser.new_page(locale="fr-FR", service_workers="block")
        page.goto(f"{base}admin/")
        expect(page.get_by_role("status")).to_contain_text("Le formulaire a besoin de make formulaire")
        expect(page.get_by_role("button", name="Se connecter")).to_have_count(0)
        page.close()


def test_a_port_that_is_taken_is_told_in_french() -> None:
    with socket.socket() as taken:
        # If another one listens there, it is taken all the same.
        with contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        done = subprocess.run(
            [ROOT / "scripts" / "formulaire"], capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    assert done.returncode == 1
    assert re.fullmatch(r"Le port 80\d\d est pris : .*relancez make formulaire.*\n", done.stderr)
    assert done.stdout == "", "no address is announced"


def test_nothing_is_said_in_english_or_by_a_key(open_form: Open) -> None:
    page = open_form("collections/experience/entries/archer")
    expect(page.get_by_role("button", name="Retirer Insertion", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Aujourd’hui : Publi"))).to_be_visible()
    add(page, "Communes")
    expect(part(page, "Communes").get_by_role("combobox", name="Commune", exact=True).last).to_be_focused()
    named = page.evaluate("[...document.querySelectorAll('[aria-label]')].map((one) => one.getAttribute('aria-label'))")
    assert len(named) > 30
    english = re.compile(r"\b(?:field|Collapse|Expand|dropdown|Remove|Close|Select)\b|_")
    assert [one for one in named if english.search(one)] == []


# A sheet that exists.


def test_a_change_touches_its_lines_only_and_undoing_it_gives_the_same_bytes(open_form: Open, project: Path) -> None:
    assert {kind for kind, _ in ONE_OF_EACH} == set(KINDS)
    page = open_form()
    here = page.url.split("#")[0]
    for kind, identifier in ONE_OF_EACH:
        file = sheet(project, kind, identifier)
        before = file.read_bytes()
        titles = [yaml.safe_load(before.split(b"---")[1])["titre"], "Un autre : titre"]
        for old, new in (titles, reversed(titles)):
            page.goto(f"{here}#/collections/{kind}/entries/{identifier}")
            expect(box(page, "Titre")).to_have_value(old)
            type_in(box(page, "Titre"), new)
            save(page)
            lines = changed(before.decode(), file.read_text("utf-8"))
            assert [line for line in lines if not line.startswith("-titre: ")] == ['+titre: "Un autre : titre"'][
                : len(lines)
            ], identifier
            # Decap reads a sheet again when one comes back to it.
            page.goto(f"{here}#/collections/{kind}")
            expect(box(page, "Titre")).to_be_hidden()
        assert file.read_bytes() == before, identifier


def test_a_change_deep_in_a_list_and_a_heading_that_opens(open_form: Open, project: Path) -> None:
    file = sheet(project, "experience", "archer")
    before = file.read_text("utf-8")
    marked = before.replace("sources:", "# Vu avec le service.\ncouleur: bleu\nsources:", 1)
    # A theme that waits to be merged, say: Decap's own list would drop it with the next choice.
    marked = marked.replace("themes: [insertion,", "themes: [a-venir, insertion,", 1)
    file.write_text(marked, "utf-8")
    page = open_form("collections/experience/entries/archer")
    # Headings are shut over fields that nobody filled in, and never over a value.
    expect(box(page, "Moyens humains")).to_be_hidden()
    expect(page.get_by_role("combobox", name="Forme juridique")).to_be_visible()
    page.get_by_role("button", name=re.compile("moyens humains")).press("Enter")
    type_in(box(page, "Moyens humains"), "Deux personnes")
    pick(page, "Thèmes", "alimentation")
    lever = part(page, "Leviers").get_by_role("textbox").first
    type_in(lever, "Les savoir-faire du bassin.")
    save(page)
    after = file.read_text("utf-8")
    assert sorted(changed(marked, after)) == [
        "+  - Les savoir-faire du bassin.",
        "+moyens_humains: Deux personnes",
        "+themes: [a-venir, insertion, emergence-d-activites, partenariats, alimentation]",
        "-  - Les savoir-faire présents dans le bassin d’emploi.",
        "-themes: [a-venir, insertion, emergence-d-activites, partenariats]",
    ]
    assert "# Vu avec le service.\ncouleur: bleu\nsources:" in after
    file.write_text(before, "utf-8")


def test_territories_are_found_by_name_with_the_keyboard(open_form: Open, project: Path) -> None:
    file = sheet(project, "organisation", "le-rameau")
    before = file.read_text("utf-8")
    page = open_form("collections/organisation/entries/le-rameau")
    group = page.get_by_role("combobox", name="Intercommunalité")
    group.press_sequentially("grand figeac")
    expect(page.get_by_role("option").first).to_contain_text("200067361")
    take_first(group)
    county = add(page, "Départements").get_by_role("combobox")
    county.press_sequentially("haute garonne")
    expect(page.get_by_role("option")).to_have_count(1)
    take_first(county)
    save(page)
    assert changed(before, file.read_text("utf-8")) == [
        "+epci: 200067361 CC Grand-Figeac",
        "+departements: [31 Haute-Garonne]",
    ]
    # What is typed and not chosen is told before it is written.
    type_in(county, "Nulle part")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("menuitem", name="Enregistrer le fichier").click()
    expect(page.get_by_text("choisissez un territoire dans la liste")).to_be_visible()
    file.write_text(before, "utf-8")


def test_a_sheet_that_can_not_be_read_is_shown_as_such_and_never_written(open_form: Open, project: Path) -> None:
    file = sheet(project, "term", "scic")
    before = file.read_bytes()
    file.write_bytes(b"---\ntitre: [jamais ferm\xc3\xa9\n---\nTexte.\n")
    try:
        page = open_form("collections/term/entries/scic")
        expect(box(page, "Titre")).to_have_value("Fiche illisible : ouvrez-la dans un éditeur de texte")
        type_in(box(page, "Titre"), "SCIC")
        type_in(box(page, "Définition"), "Un mot.")
        page.locator("input[type=date]").first.fill("2026-01-01")
        page.locator("input[type=date]").nth(1).fill("2026-01-01")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        page.get_by_role("menuitem", name="Enregistrer le fichier").click()
        expect(page.get_by_text("Rien n’est enregistré : cette fiche n’a pas pu être lue")).to_be_visible()
        assert file.read_bytes() == b"---\ntitre: [jamais ferm\xc3\xa9\n---\nTexte.\n"
    finally:
        file.write_bytes(before)


# What it must never do.


HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def test_nothing_hostile_runs_in_the_preview(open_form: Open, project: Path) -> None:
    file = sheet(project, "term", "scic")
    before = file.read_text("utf-8")
    text = (
        before.replace("titre: ", f'titre: "{HOSTILE}"\nancien: ', 1)
        + f"\n{HOSTILE}\n\n[lien](javascript:alert(3)) [[{HOSTILE}]]\n"
    )
    file.write_text(text, "utf-8")
    try:
        page = open_form("collections/term/entries/scic")
        frame = page.frame_locator("iframe")
        expect(frame.locator("h1")).to_have_text(HOSTILE)
        expect(frame.locator(".texte")).to_contain_text(HOSTILE)
        assert frame.locator("img[src=x], script, [onerror], [href^=javascript]").count() == 0
        page.goto(page.url.split("#")[0] + "#/collections/term")
        expect(page.get_by_text(HOSTILE).first).to_be_visible()
    finally:
        file.write_text(before, "utf-8")


def test_a_forge_s_page_asks_nobody_before_one_signs_in(browser: Browser, tmp_path: Path) -> None:
    settings = form.settings(
        {"forge": "github", "depot": "a/b", "connexion": "https://session.exemple.fr"}, "content", False
    )
    assert settings
    lay_out(tmp_path / "site", ROOT / "content", settings)
    asked: list[str] = []
    with serve(tmp_path / "site") as base:
        page = browser.new_page(locale="fr-FR", service_workers="block")
        page.on("request", lambda one: asked.append(one.url))
        page.goto(f"{base}admin/")
        expect(page.get_by_role("button", name="Se connecter avec GitHub")).to_be_visible()
        assert [url for url in asked if not url.startswith(base)] == []
        # The policy holds, whatever Decap or a mistake of ours would ask.
        assert page.evaluate("fetch('https://exemple.fr/').then(() => 'allé', () => 'arrêté')") == "arrêté"
        page.close()


def test_a_proposal_goes_to_a_branch_of_its_own_and_comes_back(open_form: Open, tmp_path: Path) -> None:
    """The editorial workflow, on git: what a forge does with it can only be seen on a forge."""
    project = copy_project(tmp_path / "project")
    git = ["git", "-c", "user.name=Essaim", "-c", "user.email=essaim@exemple.fr"]
    for command in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["add", "."],
        ["commit", "--quiet", "--message", "x"],
    ):
        subprocess.run([*git, *command], cwd=project, check=True)
    with decap_server(project, "git", tmp_path / "log") as port:
        settings = form.settings({"port": port}, "content", True)
        assert settings
        lay_out(tmp_path / "site", project / "content", settings)
        config = tmp_path / "site" / "admin" / "config.json"
        told = json.loads(config.read_text("utf-8"))
        told["cms"]["publish_mode"], told["cms"]["backend"]["branch"] = "editorial_workflow", "main"
        config.write_text(json.dumps(told), "utf-8")
        with serve(tmp_path / "site") as base:
            page = open_form("collections/term/entries/scic", base=base)
            for title in ("Un premier", "Un second"):
                type_in(box(page, "Titre"), title)
                page.get_by_role("button", name="Enregistrer").click()
                expect(page.get_by_text("Modifications enregistrées")).to_be_visible()
            shown = subprocess.run(
                ["git", "diff", "--unified=0", "main", "cms/term/scic"],
                cwd=project,
                capture_output=True,
                text=True,
                check=True,
            )
            lines = [line for line in shown.stdout.splitlines() if re.match(r"[+-](?![+-])", line)]
            assert lines == ["-titre: Société coopérative d’intérêt collectif", "+titre: Un second"]
            page.close()
            # Another editor opens the proposal.
            page = open_form("collections/term/entries/scic", base=base)
            expect(box(page, "Titre")).to_have_value("Un second")
            page.close()


def test_readers_load_nothing_of_the_form(site: Path, browser: Browser, tmp_path: Path) -> None:
    assert not (site / "admin").exists()
    led = re.compile(r'(?:src|href|action)="[^"]*admin/')
    assert [file.parent.name for file in site.rglob("*.html") if led.search(file.read_text("utf-8"))] == []
    assert "decap" not in "".join(file.read_text("utf-8") for file in (site / "hors-ligne").glob("*.json"))

    project = copy_project(tmp_path / "project")
    configure(project, "{ forge: gitlab, depot: a/b, application: c }")
    done = build(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"index.html", "config.json", "decap-cms.js"} <= {
        file.name for file in (project / "site" / "admin").iterdir()
    }
    listed = "".join(file.read_text("utf-8") for file in (project / "site" / "hors-ligne").glob("*.json"))
    assert "admin/" not in listed
    loaded = re.compile(r'(?:src|href)="[^"]*admin/[^"]*\.(?:js|css|json)"')
    pages = [
        file for file in (project / "site").rglob("*.html") if "admin" not in file.relative_to(project / "site").parts
    ]
    assert [file.parent.name for file in pages if loaded.search(file.read_text("utf-8"))] == []

    # A reader who keeps the site and becomes an editor: the worker neither serves nor keeps the form.
    with serve(project / "site") as base:
        context = browser.new_context(locale="fr-FR")
        page = context.new_page()
        page.goto(base)
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        page.goto(f"{base}admin/")
        expect(page.get_by_role("button", name="Se connecter avec GitLab")).to_be_visible()
        kept = page.evaluate("""async () => {
            const names = await caches.keys();
            const found = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((one) => one.url)));
            return found.flat();
        }""")
        assert kept
        assert [url for url in kept if "/admin/" in url] == []
        context.close()

    configure(project, "{ forge: gitea, depot: a/b }")
    refused = build(project)
    assert refused.returncode == 1
    assert "mkdocs.yml, formulaire : forge « gitea » inconnue" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stdout + refused.stderr
    assert (project / "site" / "admin").is_dir(), "the former site stays"


# For everyone.


def test_axe_finds_nothing(browser: Browser, open_form: Open, address: str) -> None:
    """Neither in what is ours nor in what Decap makes, with the names and colours that we give it."""

    def told(page: Page) -> list[tuple[str, object]]:
        found = Axe().run(page).response
        assert found["passes"]
        return [(one["id"], node["failureSummary"]) for one in found["violations"] for node in one["nodes"]]

    still = {"reduced_motion": "reduce"}
    page = browser.new_page(locale="fr-FR")
    page.goto(f"{address}admin/")
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    assert told(page) == []
    page.close()
    page = open_form(**still)
    expect(page.get_by_role("link", name="Archer")).to_be_visible()
    assert told(page) == []
    here = page.url.split("#")[0]
    page.goto(f"{here}#/collections/experience/entries/archer")
    expect(box(page, "Titre")).to_be_visible()
    add(page, "Communes")
    expect(page.frame_locator("iframe").locator("h1")).to_be_visible()
    expect(page.get_by_text("Modifications non enregistrées")).to_be_visible()
    assert told(page) == []
    page.close()
    page = open_form("collections/term/new", **still)
    type_in(box(page, "Titre"), "Un mot")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("menuitem").first).to_be_visible()
    assert told(page) == []
    page.get_by_role("menuitem", name="Enregistrer le fichier").click()
    expect(page.get_by_text("Le champ Définition est requis.")).to_be_visible()
    assert told(page) == []


def test_a_phone_sees_the_form_whole(open_form: Open) -> None:
    page = open_form("collections/term/entries/scic", NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    type_in(box(page, "Titre"), "Un autre titre")
    expect(page.get_by_role("button", name="Enregistrer", exact=True)).to_be_in_viewport()


def test_without_javascript_the_page_says_where_to_go(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False, locale="fr-FR")
    page.goto(f"{address}admin/")
    expect(page.get_by_role("link", name="contribuer")).to_be_visible()
    page.close()
