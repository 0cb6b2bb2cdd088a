"""Every address of three successive versions of a library, asked of a real nginx with the configuration that is shipped."""

from __future__ import annotations

import functools
import http.client
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from essaim.library import load
from tests.conftest import ROOT
from tests.site.conftest import Quiet, build

BASE = "/bibliotheque/"


def essaim(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "essaim", *arguments], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose library was published three times: sheets and a heading renamed, one archived, a vocabulary's value gone."""
    project = tmp_path_factory.mktemp("versions")
    content = project / "content"
    shutil.copytree(ROOT / "tests" / "library", content)
    shutil.copytree(ROOT / "content" / "vocabularies", content / "vocabularies")
    for file in (content / "vocabularies").glob("*.yml"):
        file.write_text(
            file.read_text("utf-8").replace("source: territoires-en-transition-2018", "source: redaction"), "utf-8"
        )
    shutil.copy(ROOT / "mkdocs.yml", project / "mkdocs.yml")
    essaim(project, "publish", "--date", "2026-01-10")
    # Second version.
    essaim(project, "rename", "methode", "methode-du-debut")
    essaim(project, "rename", "conference", "rencontre")
    themes = content / "vocabularies" / "themes.yml"
    last = load(content)[0].vocabularies["themes"].valeurs[-1].id
    text = themes.read_text("utf-8")
    themes.write_text(text[: text.index(f"  - id: {last}\n")], "utf-8")
    (content / "publications" / "redirections.csv").write_text(
        f"ancienne,nouvelle\n/themes/{last}/,/themes/\n/flux/themes/{last}.xml,/flux/tout.xml\n", "utf-8"
    )
    dossier = content / "dossiers" / "dossier.md"
    dossier.write_text(
        f"{dossier.read_text('utf-8').rstrip()}\n\nVoir [ceci](</explorer/?q=tiers lieux é 100%>).\n", "utf-8"
    )
    essaim(project, "publish", "--date", "2026-02-10")
    # Third: the same sheet again, a heading, an archive.
    essaim(project, "rename", "methode-du-debut", "commencer")
    heading = load(content)[0].documents["rencontre"].headings[0]
    sheet = content / "webinars" / "rencontre.md"
    sheet.write_text(sheet.read_text("utf-8").replace(f"## {heading.text}", "## La suite du débat"), "utf-8")
    essaim(project, "rename", f"rencontre#{heading.id}", "#la-suite-du-debat")
    near = content / "experiences" / "voisine.md"
    near.write_text(
        near.read_text("utf-8").replace(
            "statut: publié", "statut: archivé\narchivage: { le: 2026-03-01, raison: Finie., remplacee_par: [exemple] }"
        ),
        "utf-8",
    )
    essaim(project, "publish", "--date", "2026-03-10")
    done = build(project, url=f"https://essaim.example{BASE}")
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture(scope="module")
def nginx(versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an nginx that serves the last version below ``BASE``, with the shipped files and nothing else of ours."""
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "www").mkdir()
    (folder / "www" / "bibliotheque").symlink_to(versions / "site")
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is missing: run scripts/ensure-tools"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\ninclude /etc/nginx/mime.types;\naccess_log off;\n{temporary}"
        f"include {versions}/site/serveur/nginx-http.conf;\n"
        f"server {{\nlisten 127.0.0.1:{port};\nroot {folder}/www;\ninclude {versions}/site/serveur/nginx-serveur.conf;\n}}\n}}\n",
        "utf-8",
    )
    server = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert server.poll() is None, (folder / "error.log").read_text("utf-8")
        time.sleep(0.05)
    yield port
    server.terminate()
    server.wait(10)


def ask(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def follow(port: int, path: str) -> tuple[str, bytes]:
    """The page at the end of the redirections from ``path``, with its anchor. Fails when it is not 200, or after five steps."""
    for _ in range(5):
        asked, _, anchor = path.partition("#")
        status, headers, body = ask(port, asked)
        if status == 200:
            return path, body
        assert status in (301, 302), f"{path}: {status}"
        target = headers["location"]
        assert target.startswith("/"), f"{path} leaves the site: {target}"
        path = target if "#" in target or not anchor else f"{target}#{anchor}"
    raise AssertionError(f"{path}: too many redirections")


def test_every_address_ever_published_answers(versions: Path, nginx: int) -> None:
    library = load(versions / "content")[0]
    asked = 0
    for entry in library.ledger.entries:
        end, body = follow(nginx, f"{BASE}{entry.adresse}")
        page, _, anchor = end.partition("#")
        if page.endswith("/"):
            assert b'http-equiv="refresh"' not in body, f"{entry.adresse}: the server should have answered by itself"
        if anchor:
            assert f'id="{anchor}"'.encode() in body, f"{entry.adresse} → {end}: no such anchor"
        if entry.code:
            for short in (f"s/{entry.code}/", f"s/{entry.code}"):
                status, headers, _ = ask(nginx, f"{BASE}{short}")
                assert status == 302
                follow(nginx, headers["location"])
        asked += 1
    assert asked > 200
    moved = [entry.adresse for entry in library.ledger.entries if entry.jusqu_a]
    assert {"methodes/methode/", "methodes/methode-du-debut/", "webinaires/conference/"} <= set(moved)


def test_the_same_addresses_answer_from_pages_alone(versions: Path) -> None:
    """On a host that knows no redirection, a page stands at each old address: refresh, canonical address, real link."""
    site = versions / "site"
    for entry in load(versions / "content")[0].ledger.entries:
        page = entry.adresse.partition("#")[0].partition("?")[0]
        path = site / page / "index.html" if page.endswith("/") or not page else site / page
        assert path.is_file(), entry.adresse
        for code in filter(None, [entry.code]):
            assert (site / "s" / code / "index.html").is_file()
    old = (site / "methodes" / "methode" / "index.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../../methodes/commencer/">' in old
    assert '<link rel="canonical" href="https://essaim.example/bibliotheque/methodes/commencer/">' in old
    assert 'href="../../methodes/commencer/">Une méthode</a>' in old


def test_files_of_a_renamed_sheet_are_at_its_old_address_too(versions: Path) -> None:
    site = versions / "site"
    new = (site / "methodes" / "commencer" / "fiche-outil.json").read_bytes()
    assert (site / "methodes" / "methode" / "fiche-outil.json").read_bytes() == new


def test_servers_are_told_once_and_safely(versions: Path, nginx: int) -> None:
    site = versions / "site"
    rules = (site / "_redirects").read_text("utf-8").splitlines()
    assert f"{BASE}methodes/methode/ {BASE}methodes/commencer/ 301" in rules
    assert f'RewriteRule "^methodes/methode/?$" "{BASE}methodes/commencer/" [R=301,L,NE]' in (
        site / ".htaccess"
    ).read_text("utf-8")
    assert ask(nginx, f"{BASE}.htaccess")[0] == 404
    assert ask(nginx, f"{BASE}.essaim")[0] == 404
    status, headers, body = ask(nginx, f"{BASE}nulle-part/")
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert b"Cette page est introuvable" in body
    assert ask(nginx, f"{BASE}methodes")[1]["location"] == f"{BASE}methodes/"


def test_a_search_with_accents_and_spaces_comes_through(versions: Path, nginx: int) -> None:
    entry = next(one for one in load(versions / "content")[0].ledger.entries if "?q=" in one.adresse)
    assert ask(nginx, f"{BASE}s/{entry.code}/")[1]["location"] == f"{BASE}explorer/?q=tiers%20lieux%20%C3%A9%20100%25"
    # Apache takes %2 for what a condition caught, unless it is told otherwise.
    rule = next(
        line
        for line in (versions / "site" / ".htaccess").read_text("utf-8").splitlines()
        if f"^s/{entry.code}/" in line
    )
    assert f'"{BASE}explorer/?q=tiers\\%20lieux\\%20\\%C3\\%A9\\%20100\\%25"' in rule


def test_what_is_below_a_page_that_moved_moves_with_it(versions: Path, nginx: int) -> None:
    """The links of a conference stand on slides: they are no page for search engines, but they last."""
    assert ask(nginx, f"{BASE}webinaires/conference/liens/")[1]["location"] == f"{BASE}webinaires/rencontre/liens/"
    assert (versions / "site" / "webinaires" / "conference" / "liens" / "index.html").is_file()


def test_hidden_and_empty_folders(versions: Path, nginx: int) -> None:
    for path in ("s/", "partage/", "donnees/schemas/"):
        status, _, body = ask(nginx, f"{BASE}{path}")
        assert status == 404, path
        assert b"Cette page est introuvable" in body
    # What proves to a certificate authority who one is.
    known = versions / "site" / ".well-known" / "acme-challenge"
    known.mkdir(parents=True)
    (known / "preuve").write_text("oui", "utf-8")
    assert ask(nginx, f"{BASE}.well-known/acme-challenge/preuve")[2] == b"oui"


def test_an_archived_page_says_since_when_why_and_what_to_read(versions: Path) -> None:
    page = (versions / "site" / "experiences" / "voisine" / "index.html").read_text("utf-8")
    assert "Cette fiche est archivée depuis le 1er mars 2026." in page
    assert "Finie." in page
    assert 'href="../../experiences/exemple/"' in page.partition("À lire à la place")[2][:120]


def test_a_lost_page_stops_the_build_and_the_site_stays(versions: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(versions, project)
    before = {file.relative_to(project): file.read_bytes() for file in (project / "site").rglob("*") if file.is_file()}
    (project / "content" / "publications" / "redirections.csv").unlink()
    done = build(project)
    assert done.returncode != 0
    assert "[adresse-perdue]" in done.stdout + done.stderr
    assert "redirections.csv" in done.stdout + done.stderr
    assert {
        file.relative_to(project): file.read_bytes() for file in (project / "site").rglob("*") if file.is_file()
    } == before


def test_an_anchor_survives_a_page_that_moved(versions: Path, browser: Browser) -> None:
    """Where pages alone redirect, the anchor that was asked for is kept."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(versions / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/methodes/methode/#fiche-etapes", wait_until="commit")
    page.wait_for_url("**/methodes/commencer/#fiche-etapes")
    page.close()
    server.shutdown()
    server.server_close()
