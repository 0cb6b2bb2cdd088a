"""Links that leave the library, asked of a real server on loopback that behaves as badly as servers do."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from filelock import FileLock

from essaim import links, reach
from essaim.library import Library, from_texts, load
from essaim.links import Answer, Known, Record
from essaim.reach import Asker, Manners
from essaim.vocabulary import Vocabulary
from tests.conftest import ROOT, SMALL, essaim, experience, started

DAY = date(2026, 11, 26)
QUICK = Manners(pause=0.01, timeout=0.4, backoff=0.01, wait=2, patience=20, local=True)
ENORMOUS = 2_000_000_000
"""Bytes of a body that nobody should read. Of four answers, the system may hold 36 MB each (tcp_rmem, tcp_wmem)."""


@dataclass
class Seen:
    """One request: ``came`` and ``left`` are when it was read and answered."""

    path: str
    method: str
    headers: Mapping[str, str]
    came: float
    left: float = 0.0


class Host:
    """A server on loopback that does what the first part of a path says."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.sent: dict[str, int] = defaultdict(int)
        host = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

            def do_HEAD(self) -> None:
                host.answer(self)

            def do_GET(self) -> None:
                host.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def methods(self, path: str) -> list[str]:
        return [one.method for one in self.seen if one.path == path]

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        told = {name.lower(): value for name, value in request.headers.items()}
        one = Seen(request.path, request.command, told, time.monotonic())
        self.seen.append(one)
        with contextlib.suppress(OSError):  # it went away, as it may
            self._answer(request, unquote(request.path).partition("?")[0])
        one.left = time.monotonic()

    def _answer(self, request: BaseHTTPRequestHandler, path: str) -> None:
        earlier = len(self.methods(request.path)) - 1
        name, _, rest = path.strip("/").partition("/")
        headers: dict[str, str] = {}
        status = 200
        if name.isdigit():
            status = int(name)
            headers = {"Location": rest} if 300 <= status < 400 and rest else {}
        elif name == "chaine":
            status, headers = (301, {"Location": f"/chaine/{int(rest) - 1}"}) if int(rest) else (200, {})
        elif name == "boucle":
            status, headers = 302, {"Location": "/boucle/b" if rest == "a" else "/boucle/a"}
        elif name == "sans-head" and request.command == "HEAD":
            status = int(rest)
        elif name == "raccroche" and request.command == "HEAD":
            request.connection.close()
            return
        elif name == "panne":
            status = 500 if self.methods(request.path).count("GET") < 2 else 200
        elif name == "attendez":
            status, headers = (429, {"Retry-After": rest}) if earlier < 1 else (200, {})
        elif name == "lent":
            time.sleep(float(rest))
        elif name == "enorme":
            request.send_response(int(rest))
            request.send_header("Location", "/200")
            request.end_headers()
            while request.command == "GET" and self.sent[path] < ENORMOUS:
                self.sent[path] += request.wfile.write(b"x" * 100_000)
            return
        elif name == "goutte":
            request.wfile.write(b"HTTP/1.0 200 OK\r\n")
            while True:
                request.wfile.write(b"X-Goutte: 1\r\n")
                time.sleep(0.1)
        elif name == "biscuit":
            headers = {"Set-Cookie": "suivi=1", "Location": "/200"}
            status = 302
        request.send_response(status)
        for key, value in headers.items():
            request.send_header(key, value)
        request.send_header("Content-Length", "0")
        request.end_headers()


@pytest.fixture
def host() -> Iterator[Host]:
    started = Host()
    yield started
    started.server.shutdown()
    started.server.server_close()


def asked(host: Host, path: str, manners: Manners = QUICK) -> Answer:
    return Asker(manners).ask(host.address + path)


@pytest.mark.parametrize(
    ("path", "state", "code", "reason"),
    [
        ("/200", "vivant", 200, ""),
        ("/204", "vivant", 204, ""),
        ("/404", "echec", 404, "page introuvable"),
        ("/410", "echec", 410, "page retirée"),
        ("/400", "echec", 400, "page refusée"),
        ("/500", "echec", 500, "panne du serveur"),
        ("/503", "echec", 503, "panne du serveur"),
        ("/401", "muet", 401, "le serveur ne répond pas aux programmes"),
        ("/403", "muet", 403, "le serveur ne répond pas aux programmes"),
        ("/999", "muet", 999, "le serveur ne répond pas aux programmes"),
        ("/301", "echec", 301, "redirection sans adresse"),
        ("/boucle/a", "echec", 302, "les redirections tournent en rond"),
        ("/chaine/30", "echec", 301, "plus de 8 redirections"),
        ("/302/404", "echec", 404, "page introuvable"),
        ("/lent/3", "echec", 0, "délai dépassé"),
        ("/302/ftp://exemple.fr/", "interdit", 0, "ce n’est pas une adresse web"),
        ("/302/http://moi:secret@exemple.fr/", "interdit", 0, "elle contient un nom d’utilisateur ou un mot de passe"),
        ("/302/http://[/", "echec", 302, "redirection mal écrite"),
    ],
)
def test_what_a_server_answers(host: Host, path: str, state: str, code: int, reason: str) -> None:
    target = path.replace("/302/404", "/302//404")
    answer = asked(host, target)
    assert (answer.state, answer.code, answer.reason) == (state, code, reason)
    assert answer.url == host.address + target
    assert not answer.moved or state == "vivant"


def test_head_is_enough_and_get_comes_when_it_is_refused(host: Host) -> None:
    assert asked(host, "/200").state == "vivant"
    assert host.methods("/200") == ["HEAD"]
    for path in ("/sans-head/405", "/sans-head/404", "/sans-head/501", "/raccroche"):
        assert asked(host, path).state == "vivant", path
        assert host.methods(path) == ["HEAD", "GET"], path


def test_permanent_moves_are_told_temporary_ones_are_not(host: Host) -> None:
    assert asked(host, "/chaine/3").moved == f"{host.address}/chaine/0"
    assert asked(host, "/308//200").moved == f"{host.address}/200"
    assert asked(host, "/302//200").moved == ""
    assert asked(host, "/301//302//200").moved == f"{host.address}/302//200", "as far as it is for good"
    assert asked(host, "/302//301//200").moved == ""


def test_a_server_that_wants_us_to_wait_is_obeyed(host: Host) -> None:
    start = time.monotonic()
    assert asked(host, "/attendez/1").state == "vivant"
    assert time.monotonic() - start >= 1
    first, second = host.seen
    assert second.came - first.left >= 0.99


def test_a_wait_too_long_leaves_the_host_alone(host: Host) -> None:
    found = {one.url: one for one in reach.ask_all([f"{host.address}/attendez/3600", f"{host.address}/200"], QUICK)}
    assert found[f"{host.address}/attendez/3600"].code == 429
    assert found[f"{host.address}/200"].state == "remis"
    assert len(host.seen) == 1, "nothing more is asked of it"


def test_a_server_in_trouble_is_asked_again_and_no_more_than_said(host: Host) -> None:
    assert asked(host, "/panne").state == "vivant"
    assert host.methods("/panne") == ["HEAD", "GET", "GET"]
    assert asked(host, "/500").state == "echec"
    assert host.methods("/500") == ["HEAD", *["GET"] * (1 + QUICK.retries)]


@pytest.mark.parametrize("path", ["/enorme/200", "/enorme/302", "/enorme/503"])
def test_no_body_is_read(host: Host, path: str) -> None:
    asked(host, path)
    Asker(QUICK)._request("GET", host.address + path, reach._Turn())
    time.sleep(0.2)
    assert host.sent[path] < ENORMOUS / 10, "what the system's buffers hold, no more"


def test_a_server_that_never_ends_is_given_up(host: Host) -> None:
    manners = replace(QUICK, patience=1.0)
    found = {one.url: one for one in reach.ask_all([f"{host.address}/goutte", f"{host.address}/200"], manners)}
    assert found[f"{host.address}/goutte"].reason == "le serveur ne finit pas de répondre"
    assert found[f"{host.address}/200"].state == "remis"


def test_one_request_at_a_time_on_a_host_with_a_pause_even_through_redirections(host: Host) -> None:
    other = Host()
    manners = replace(QUICK, pause=0.1)
    urls = [f"{host.address}/lent/0.05?{n}" for n in range(4)]
    urls += [f"{other.address}/302/{host.address}/200?{n}" for n in range(4)]
    assert {one.state for one in reach.ask_all(urls, manners)} == {"vivant"}
    seen = sorted(host.seen, key=lambda one: one.came)
    assert len(seen) == 8
    for before, after in pairwise(seen):
        assert after.came - before.left >= 0.09, "they overlap, or follow too closely"
    (start, end), (other_start, other_end) = (
        (min(one.came for one in each.seen), max(one.left for one in each.seen)) for each in (host, other)
    )
    assert start < other_end, "two hosts are asked at the same time"
    assert other_start < end
    other.server.shutdown()
    other.server.server_close()


def test_requests_say_who_asks_and_carry_nothing_else(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login moi password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    assert asked(host, "/biscuit").state == "vivant"
    assert len(host.seen) == 2
    for one in host.seen:
        assert one.headers["user-agent"].startswith("Essaim (")
        assert not {"authorization", "cookie", "referer"} & set(one.headers)


PRIVATE = ("http://127.0.0.1/", "http://localhost:8000/", "http://[::1]/", "http://10.1.2.3/", "http://192.168.1.1/", "http://172.16.0.1/",
           "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://0.0.0.0/", "http://2130706433/", "http://0x7f.1/",
           "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
           "http://224.0.0.1/", "http://255.255.255.255/", "http://192.0.2.1/")  # fmt: skip


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_not_asked(url: str) -> None:
    answer = Asker(Manners(timeout=0.2, retries=0)).ask(url)
    assert (answer.state, answer.reason) == ("interdit", "elle mène à un réseau privé")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://exemple.fr/", "ce n’est pas une adresse web"),
        ("file:///etc/passwd", "ce n’est pas une adresse web"),
        ("http:///x", "ce n’est pas une adresse web"),
        ("https://moi:secret@exemple.fr/", "elle contient un nom d’utilisateur ou un mot de passe"),
        ("https://moi@exemple.fr/", "elle contient un nom d’utilisateur ou un mot de passe"),
        ("http://exemple.fr:22/", "le port 22 n’est pas celui d’un site"),
        ("http://exemple.fr:99999/", "adresse mal écrite"),
        ("http://[/", "adresse mal écrite"),
        (f"http://{'a' * 70}.fr/", "adresse mal écrite"),
    ],
)
def test_odd_addresses_are_not_asked(url: str, reason: str) -> None:
    answer = Asker(Manners(timeout=0.2, retries=0)).ask(url)
    assert (answer.state, answer.reason) == ("interdit", reason)


def public_at_first(monkeypatch: pytest.MonkeyPatch, host: Host) -> None:
    """``public.exemple`` is a public address for who looks it up, and the test's server for who connects."""
    real = socket.getaddrinfo

    def resolve(name: str, *args: Any, **options: Any) -> Any:
        if name == "public.exemple":
            looking = "essaim" in sys._getframe(1).f_code.co_filename
            at = ("93.184.216.34", 80) if looking else ("127.0.0.1", host.server.server_port)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", at)]
        return real(name, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_name_that_changes_between_look_and_connection_is_caught(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    public_at_first(monkeypatch, host)
    answer = Asker(Manners(timeout=1, retries=0)).ask("http://public.exemple/")
    assert (answer.state, answer.reason) == ("interdit", "elle mène à un réseau privé")
    assert host.seen == [], "nothing was said to it"


def test_a_redirection_to_a_private_address_is_refused(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    real = reach._public
    # The test's own server passes for a public one, and nothing else does.
    monkeypatch.setattr(reach, "_public", lambda address: None if address == "127.0.0.1" else real(address))
    manners = Manners(pause=0, timeout=0.4, retries=0)
    assert Asker(manners).ask(f"{host.address}/302//200").state == "vivant"
    for target in ("http://127.0.0.2:8080/", "http://10.0.0.1/", "//[::1]/"):
        answer = Asker(manners).ask(f"{host.address}/302/{target}")
        assert (answer.state, answer.reason) == ("interdit", "elle mène à un réseau privé"), target


def test_a_name_that_leads_nowhere_and_a_server_that_is_not_there() -> None:
    assert Asker(QUICK).ask("http://nexistepas.invalid/").reason == "nom de site introuvable"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert Asker(QUICK).ask(f"http://127.0.0.1:{port}/").reason == "connexion impossible"


def test_our_own_fault_is_not_a_dead_link(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Asker, "_follow", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        list(reach.ask_all([f"{host.address}/200"], QUICK))


def test_only_one_command_goes_on_the_network() -> None:
    package = ROOT / "plugins" / "essaim"
    users = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {"requests", "urllib3", "reach", "essaim.reach"}
        & {getattr(node, "module", None) or "", (getattr(node, "module", None) or "").split(".")[0], *(n.name.split(".")[0] for n in node.names)}
    }  # fmt: skip
    assert users == {"reach.py", "cli/links.py"}


# What the library cites


def raw_addresses(folder: Path) -> dict[str, set[str]]:
    """Address → files, read with PyYAML and plain text alone."""
    found: dict[str, set[str]] = {}

    def walk(value: object, file: str) -> None:
        if isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                walk(one, file)
        elif isinstance(value, str) and value.startswith(("http://", "https://")) and " " not in value:
            found.setdefault(value.partition("#")[0], set()).add(file)

    for file in sorted(folder.rglob("*.md")):
        front, _, body = file.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
        walk(yaml.safe_load(front.replace(" ?,", ",").replace(" ?]", "]")), file.name)
        for word in body.replace("(", " ").replace(")", " ").replace("<", " ").replace(">", " ").split():
            if word.startswith(("http://", "https://")):
                found.setdefault(word.rstrip(".,;").partition("#")[0], set()).add(file.name)
    return found


@pytest.mark.parametrize("folder", [ROOT / "content", SMALL], ids=["content", "small"])
def test_every_address_of_the_sheets_is_found_with_its_place(folder: Path) -> None:
    library, _ = load(folder, "content")
    cited = links.cited(library)
    assert {url: {Path(one.path).name for one in places} for url, places in cited.items()} == raw_addresses(folder)
    for url, places in cited.items():
        for place in places:
            line = (folder / Path(place.path).relative_to("content")).read_text("utf-8").splitlines()[place.line - 1]
            assert url.rstrip("/") in line, place


def made(vocabularies: Mapping[str, Vocabulary], *, body: str = "", more: str = "") -> Library:
    return from_texts({"experiences/a.md": experience(more=more, body=body)}, vocabularies)[0]


def test_places_in_front_matter_and_text(vocabularies: Mapping[str, Vocabulary]) -> None:
    more = "sources:\n  - id: a\n    titre: A\n    url: https://exemple.fr/a#x\n"
    body = "\nVoir [là](https://exemple.fr/a), <https://exemple.fr/b>, [courriel](mailto:a@exemple.fr) et [[b]].\n"
    cited = links.cited(made(vocabularies, more=more, body=body))
    assert {url: [(one.line, one.column, one.url) for one in places] for url, places in cited.items()} == {
        "https://exemple.fr/a": [(15, 5, "https://exemple.fr/a#x"), (18, 6, "https://exemple.fr/a")],
        "https://exemple.fr/b": [(18, 34, "https://exemple.fr/b")],
    }


# What is remembered


def test_a_link_is_dead_after_three_different_days() -> None:
    failed = Answer("u", "echec", 404, "page introuvable")
    known: Known | None = None
    told = []
    for days in (0, 0, 1, 1, 9):
        known = links.noted(known, failed, DAY + timedelta(days))
        assert known
        told.append((known.jours, known.depuis, known.dead))
    assert told == [(1, DAY, False), (1, DAY, False), (2, DAY, False), (2, DAY, False), (3, DAY, True)]
    alive = links.noted(known, Answer("u", "vivant", 200), DAY)
    assert alive
    assert (alive.jours, alive.depuis, alive.dead) == (0, None, False)
    gone = links.noted(None, Answer("u", "echec", 410, "page retirée"), DAY)
    assert gone
    assert gone.dead, "its server says so"


def test_what_is_asked_again() -> None:
    def known(days: int, etat: links.State = "vivant") -> Known:
        return Known(etat=etat, controle_le=DAY - timedelta(days))

    record = Record(liens={"jeune": known(13), "vieux": known(14), "hier": known(1, "echec"), "tantot": known(0, "echec"), "demain": known(-1)})  # fmt: skip
    urls = ["jeune", "vieux", "hier", "tantot", "demain", "neuf"]
    assert links.due(record, urls, DAY, 14) == ["vieux", "hier", "demain", "neuf"]
    assert links.due(record, urls, DAY, 0) == urls


def test_without_network_nothing_is_noted() -> None:
    failed = [Answer(url, "echec", reason="nom de site introuvable") for url in "abc"]
    record = Record(liens={"a": Known(etat="vivant", controle_le=DAY)})
    assert links.with_answers(record, failed, "abc", DAY) == record
    one = [*failed[:2], Answer("c", "echec", 404, "page introuvable")]
    assert set(links.with_answers(record, one, "abc", DAY).liens) == {"a", "b", "c"}
    assert links.with_answers(record, [Answer("b", "remis")], "abc", DAY) == record


def test_what_is_no_longer_cited_is_forgotten_after_a_year() -> None:
    record = Record(liens={"ici": Known(etat="vivant", controle_le=DAY - timedelta(500)), "parti": Known(etat="vivant", controle_le=DAY - timedelta(364)),
                           "oublie": Known(etat="vivant", controle_le=DAY - timedelta(365))})  # fmt: skip
    assert set(links.with_answers(record, [], ["ici"], DAY).liens) == {"ici", "parti"}


def test_what_is_said(vocabularies: Mapping[str, Vocabulary]) -> None:
    urls = ["https://exemple.fr/mort", "https://exemple.fr/prive", "https://exemple.fr/doute", "https://exemple.fr/page", "https://exemple.fr/page2", "https://exemple.fr/bien"]  # fmt: skip
    library = made(vocabularies, body="\n" + "\n".join(f"- <{url}>" for url in urls) + "\n")
    known = (
        Known(etat="echec", code=404, raison="page introuvable", controle_le=DAY, depuis=DAY, jours=3),
        Known(etat="interdit", raison="elle mène à un réseau privé", controle_le=DAY),
        Known(etat="echec", raison="délai dépassé", controle_le=DAY, depuis=DAY, jours=1),
        Known(etat="vivant", code=200, vers="https://exemple.fr/", controle_le=DAY),
        Known(etat="vivant", code=200, vers="https://exemple.fr/nouvelle", controle_le=DAY),
        Known(etat="vivant", code=200, controle_le=DAY),
    )
    places = links.cited(library)
    found = links.problems(links.findings(places, Record(liens=dict(zip(urls, known, strict=True)))))
    assert [str(one) for one in found] == [
        "content/experiences/a.md:14:3: avertissement : ce lien est mort : https://exemple.fr/mort (404, page introuvable, depuis le 2026-11-26). Cherchez où la page a déménagé, ou citez-en une copie d’archive ; sinon, retirez le lien. [lien-mort]",
        "content/experiences/a.md:15:3: avertissement : cette adresse n’est pas contrôlée : https://exemple.fr/prive (elle mène à un réseau privé). Donnez une adresse que tout lecteur peut ouvrir. [lien-refuse]",
        "content/experiences/a.md:16:3: conseil : ce lien n’a pas répondu le 2026-11-26 : https://exemple.fr/doute (délai dépassé). Ouvrez-le. Il sera dit mort s’il échoue 3 jours différents (1 pour l’instant). [lien-a-confirmer]",
        "content/experiences/a.md:17:3: conseil : ce lien a déménagé : https://exemple.fr/page mène à https://exemple.fr/. Vérifiez, puis écrivez la nouvelle adresse. C’est un accueil : la page n’existe peut-être plus. [lien-deplace]",
        "content/experiences/a.md:18:3: conseil : ce lien a déménagé : https://exemple.fr/page2 mène à https://exemple.fr/nouvelle. Vérifiez, puis écrivez la nouvelle adresse. [lien-deplace]",
    ]


def test_a_server_moves_us_to_good_addresses_only() -> None:
    for url in ("javascript:alert(1)", "http://x", 'https://exemple.fr/"onclick=', "https://exemple.fr/" + "a" * 600):
        known = links.noted(None, Answer("u", "vivant", 200, moved=url), DAY)
        assert known
        assert known.vers is None, url


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2}', '{"version": 1, "liens": {"a": {"etat": "mort", "controle_le": "2026-01-01"}}}',
                                  '{"version": 1, "liens": {"a": {"etat": "vivant", "controle_le": "hier"}}}',
                                  '{"version": 1, "liens": {"a": {"etat": "vivant", "controle_le": "2026-01-01", "vers": "javascript:1"}}}', "\x00\xff"])  # fmt: skip
def test_a_broken_file_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "liens.json"
    file.write_text(text, "utf-8")
    with pytest.raises(links.RecordError, match="n’est pas un fichier de liens"):
        links.read(file)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    record = Record(liens={"https://exemple.fr/é": Known(etat="echec", code=404, raison="page introuvable", controle_le=DAY, depuis=DAY, jours=1)})  # fmt: skip
    file = tmp_path / "nouveau" / "liens.json"
    links.write(file, record)
    assert links.read(file) == record
    assert links.read(tmp_path / "absent.json") is None
    assert [one.name for one in file.parent.iterdir()] == ["liens.json"]


# The command


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "content" / "experiences").mkdir(parents=True)
    (tmp_path / "content" / "vocabularies").symlink_to(ROOT / "content" / "vocabularies")
    return tmp_path


def cite(project: Path, *urls: str) -> None:
    text = experience(body="\n" + "\n".join(f"- <{url}>" for url in urls) + "\n")
    (project / "content" / "experiences" / "a.md").write_text(text, "utf-8")


def local(*more: str | Path) -> tuple[str | Path, ...]:
    return ("links", "--reseau-local", "--pause", "0", "--delai", "2", *more)


def kept(project: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((project / ".cache" / "liens.json").read_text("utf-8"))["liens"]
    return found


def test_the_command_keeps_what_it_learns(host: Host, project: Path) -> None:
    cite(project, *(f"{host.address}/{path}" for path in ("200", "404", "301//200")))
    done = started(*local("--date", "2026-11-26"), cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ("3 adresses dans les fiches, 3 à demander.\n3 adresses demandées : 2 répondent, 1 échoue.\n"
                           "1 à confirmer, 1 a déménagé.\n")  # fmt: skip
    assert [line.rsplit("[", 1)[1] for line in done.stdout.splitlines()] == ["lien-a-confirmer]", "lien-deplace]"]
    seen = len(host.seen)
    again = essaim(*local("--date", "2026-11-26"), cwd=project)
    assert len(host.seen) == seen, "on one day, nothing is asked twice"
    assert again.stdout == done.stdout
    for day in ("2026-11-27", "2026-11-29"):
        later = essaim(*local("--date", day), cwd=project)
    assert "lien-mort]" in later.stdout
    assert host.methods("/200") == ["HEAD", "HEAD"], "once by itself, once at the end of the redirection"
    assert later.returncode == 0
    assert essaim(*local("--date", "2026-11-29", "--strict"), cwd=project).returncode == 1
    assert kept(project)[f"{host.address}/404"] == {"etat": "echec", "code": 404, "raison": "page introuvable", "controle_le": "2026-11-29",
                                                  "depuis": "2026-11-26", "jours": 3}  # fmt: skip


def test_private_addresses_need_to_be_allowed(host: Host, project: Path) -> None:
    cite(project, f"{host.address}/200")
    done = essaim("links", cwd=project)
    assert "elle mène à un réseau privé" in done.stdout
    assert host.seen == []
    assert essaim("links", "--strict", cwd=project).returncode == 1


def test_a_broken_file_is_kept_and_begun_anew(host: Host, project: Path) -> None:
    cite(project, f"{host.address}/200")
    cache = project / ".cache"
    cache.mkdir()
    for number, text in enumerate(("du travail", "et encore"), 1):
        (cache / "liens.json").write_text(text, "utf-8")
        done = essaim(*local(), cwd=project)
        assert done.returncode == 0
        assert f"Il est gardé sous le nom « liens-illisible-{number}.json » ; tout est redemandé." in done.stderr
        assert (cache / f"liens-illisible-{number}.json").read_text("utf-8") == text
        assert set(kept(project)) == {f"{host.address}/200"}


def test_wrong_use_changes_nothing(project: Path) -> None:
    cite(project, "https://exemple.fr/")
    for arguments in (("--age", "-1"), ("--age", "un"), ("--pause", "x"), ("--parallele", "0"), ("--date", "hier"), ("--qui", "é"), ("--qui", "a\nb"),
                      ("--contenu", "rien"), ("--liens", "content"), ("--encore",)):  # fmt: skip
        done = essaim("links", *arguments, cwd=project)
        assert done.returncode == 2, (arguments, done.stderr)
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
    assert not (project / ".cache" / "liens.json").exists()


def test_one_command_at_a_time_writes_the_file(host: Host, project: Path) -> None:
    cite(project, f"{host.address}/200")
    (project / ".cache").mkdir()
    with FileLock(project / ".cache" / ".liens.json.lock"):
        done = started(*local(), cwd=project)
    assert done.returncode == 2
    assert "une autre commande écrit déjà" in done.stderr
    assert host.seen == []


def test_without_network_it_says_so(project: Path) -> None:
    cite(project, *(f"http://site{n}.invalid/" for n in range(3)))
    done = essaim(*local(), cwd=project)
    assert done.returncode == 2
    assert "le réseau manque sans doute. Rien n’est noté." in done.stderr
    assert "Aucun lien à revoir" not in done.stderr
    assert kept_or_nothing(project) == {}


def kept_or_nothing(project: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((project / ".cache" / "liens.json").read_text("utf-8")).get("liens", {})  # fmt: skip
    return found


def test_interrupting_it_loses_nothing(host: Host, project: Path) -> None:
    cite(project, f"{host.address}/200", f"{host.address}/lent/30")
    command = [sys.executable, "-m", "essaim", *local("--delai", "60", "--parallele", "1")]
    # A shell that runs the tests in the background has them ignore this signal, and so would what they start.
    listens = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=listens
    )
    limit = time.monotonic() + 30
    while not host.methods("/200") and time.monotonic() < limit:
        time.sleep(0.05)
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGINT)
    try:
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()  # one that hangs fails this test, and none after it
    assert process.returncode == 130, said
    assert "Interrompu : 1 réponse sur 2" in said
    assert "Traceback" not in said
    assert set(kept(project)) == {f"{host.address}/200"}
    assert sorted(file.name for file in (project / ".cache").iterdir()) == [".liens.json.lock", "liens.json"]


def test_an_unsound_library_is_checked_as_far_as_it_can_be_read(host: Host, project: Path) -> None:
    cite(project, f"{host.address}/200")
    file = project / "content" / "experiences" / "a.md"
    file.write_text(file.read_text("utf-8").replace("titre:", "tittre:"), "utf-8")
    (project / "content" / "experiences" / "b.md").write_text("---\n[\n", "utf-8")
    done = essaim(*local(), cwd=project)
    assert done.returncode == 0
    assert set(kept(project)) == {f"{host.address}/200"}
