"""Asks addresses of the web whether they still answer: politely, and trusting none. Nothing else here goes on the network.

Politely: one request at a time on a host, with a pause between two; HEAD first; ``Retry-After`` honoured; no body is read.
Trusting none, since contributors write these addresses: http and https only, no password, never a private address, which is
looked at for each redirection and again once connected (a name may change between the two).
"""

from __future__ import annotations

import contextlib
import ipaddress
import queue
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import requote_uri
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import MaxRetryError, NameResolutionError, ReadTimeoutError, ResponseError
from urllib3.util import Retry

from essaim.links import Answer

PERMANENT, TEMPORARY = (301, 308), (302, 303, 307)
MUTE = frozenset({401, 402, 403, 405, 406, 407, 429, 451, 999})
"""A server that answers so is there: it wants no program, or a login. 999 is LinkedIn's own."""
AGAIN = (429, 500, 502, 503, 504)
"""What may pass: asked again."""
ENDLESS = "le serveur ne finit pas de répondre"
LAST = 1023
"""Ports up to this one belong to other services than the web, but for 80 and 443."""
SAID = {404: "page introuvable", 410: "page retirée"}


@dataclass(frozen=True, slots=True)
class Manners:
    """How to ask. Times in seconds. ``agent`` says who asks; ``local`` allows private addresses."""

    agent: str = "Essaim (controle des liens d'une bibliotheque d'experiences)"
    workers: int = 8
    pause: float = 1.0
    timeout: float = 15.0
    retries: int = 2
    backoff: float = 1.0
    wait: float = 60.0
    """The longest ``Retry-After`` that is waited for: beyond it, the host is left alone until another run."""
    redirects: int = 8
    patience: float = 300.0
    """Without any answer for so long, what is still being asked is given up."""
    local: bool = False


class AddressError(Exception):
    """Why an address is not asked, in French."""


def ask_all(urls: Iterable[str], manners: Manners) -> Iterator[Answer]:
    """The answers as they come, in no order. Hosts are asked at the same time, the addresses of one after each other."""
    hosts: dict[str, deque[str]] = {}
    for url in urls:
        hosts.setdefault(_host(url), deque()).append(url)
    waiting: queue.SimpleQueue[deque[str]] = queue.SimpleQueue()
    for group in hosts.values():
        waiting.put(group)
    left = {url for group in hosts.values() for url in group}
    answers: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()
    asker = Asker(manners)
    for _ in range(min(manners.workers, len(hosts))):
        # Not a pool: it would wait, at the end, for a server that sends one byte now and then.
        threading.Thread(target=_work, args=(asker, waiting, answers), daemon=True).start()
    try:
        while left:
            answer = answers.get(timeout=manners.patience)
            if isinstance(answer, Exception):
                raise answer
            left.discard(answer.url)
            yield answer
    except queue.Empty:
        for url in sorted(left):
            yield Answer(url, "echec", reason=ENDLESS) if url in asker.busy else Answer(url, "remis")
    finally:
        asker.stopped.set()


def _work(asker: Asker, waiting: queue.SimpleQueue[deque[str]], answers: queue.SimpleQueue[Answer | Exception]) -> None:
    try:
        while not asker.stopped.is_set():
            later = False
            for url in waiting.get_nowait():
                answer = Answer(url, "remis") if later or asker.stopped.is_set() else asker.ask(url)
                later = later or answer.later
                answers.put(answer)
    except queue.Empty:
        return
    except Exception as fault:
        answers.put(fault)  # ours: told by the thread that was called


@dataclass(slots=True)
class _Turn:
    """Whose turn it is on a host: a redirection may lead to one that is being asked."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    last: float = 0.0


class Asker:
    """Asks addresses from several threads, each host in turn. ``stopped`` ends its pauses."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.stopped = threading.Event()
        self.busy: set[str] = set()
        """What is being asked."""
        self._turns: dict[str, _Turn] = {}
        self._lock = threading.Lock()

    def ask(self, url: str) -> Answer:
        """The answer of one address, redirections followed. Raises nothing for what a server or an address does."""
        self.busy.add(url)
        try:
            return self._follow(url)
        except AddressError as refused:
            return Answer(url, "interdit", reason=str(refused))
        except (UnicodeError, requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError):
            return Answer(url, "interdit", reason="adresse mal écrite")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as failed:
            return Answer(url, "echec", reason=_why(failed))
        finally:
            self.busy.discard(url)

    def _follow(self, url: str) -> Answer:
        here, moved, permanent, seen = url, "", True, {url}
        for _ in range(self.manners.redirects + 1):
            status, target, later = self._polite(here)
            if status not in (*PERMANENT, *TEMPORARY):
                return _answer(url, status, moved, later)
            if not target:
                return Answer(url, "echec", status, "redirection sans adresse")
            try:
                here = urljoin(here, requote_uri(target))
            except ValueError:
                return Answer(url, "echec", status, "redirection mal écrite")
            permanent = permanent and status in PERMANENT
            moved = here if permanent else moved
            if here in seen:
                return Answer(url, "echec", status, "les redirections tournent en rond")
            seen.add(here)
        return Answer(url, "echec", status, f"plus de {self.manners.redirects} redirections")

    def _polite(self, url: str) -> tuple[int, str, bool]:
        """Status, where it redirects to, and whether the host is to be left alone. One request at a time on a host."""
        admit(url, self.manners.local)
        with self._lock:
            turn = self._turns.setdefault(_host(url), _Turn())
        with turn.lock:
            # Many servers answer HEAD wrongly, or not at all: only GET tells that something is wrong.
            with contextlib.suppress(requests.ConnectionError, requests.Timeout):
                status, target, later = self._request("HEAD", url, turn)
                if status < 400 or status == 429 or later:
                    return status, target, later
            return self._request("GET", url, turn)

    def _request(self, method: str, url: str, turn: _Turn) -> tuple[int, str, bool]:
        self.stopped.wait(max(0.0, turn.last + self.manners.pause - time.monotonic()) if turn.last else 0.0)
        session = self._session(method)
        try:
            # Past the session's own sending, which reads the body of a redirection even when it does not follow it.
            prepared = session.prepare_request(requests.Request(method, url))
            with session.get_adapter(url).send(prepared, stream=True, timeout=self.manners.timeout) as got:
                later = got.status_code in (429, 503) and "Retry-After" in got.headers
                return got.status_code, session.get_redirect_target(got) or "", later
        finally:
            session.close()
            turn.last = time.monotonic()

    def _session(self, method: str) -> requests.Session:
        manners = self.manners
        session = requests.Session()
        session.trust_env = False  # no password from ~/.netrc, no proxy that would hide where we connect
        session.headers.update({"User-Agent": manners.agent, "Accept": "*/*", "Connection": "close"})
        again = _Patience(total=manners.retries, redirect=False, backoff_factor=manners.backoff, raise_on_status=False,
                          status_forcelist=AGAIN, longest=manners.wait)  # fmt: skip
        if method == "HEAD":
            # What it says ill, GET asks again: only a wait that the server wants is obeyed here.
            again = again.new(connect=0, read=0, other=0, status_forcelist=())
        adapter = _Adapter(manners.local, again)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session


def _answer(url: str, status: int, moved: str, later: bool) -> Answer:
    if status < 400:
        return Answer(url, "vivant", status, moved=moved)
    if status in MUTE:
        return Answer(url, "muet", status, "le serveur ne répond pas aux programmes", later=later)
    return Answer(
        url, "echec", status, SAID.get(status) or ("panne du serveur" if status >= 500 else "page refusée"), later=later
    )


def _why(failed: Exception) -> str:
    reason: Any = failed.args[0] if failed.args else None
    cause = getattr(reason, "reason", reason)  # what urllib3 says it tried again for
    if isinstance(failed, socket.gaierror) or isinstance(cause, NameResolutionError):
        return "nom de site introuvable"
    if isinstance(failed, requests.exceptions.SSLError):
        return "certificat de sécurité refusé"
    slow = isinstance(failed, requests.Timeout) or isinstance(cause, ReadTimeoutError)
    return "délai dépassé" if slow else "connexion impossible"


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def admit(url: str, local: bool = False) -> None:
    """Raises ``AddressError`` for an address that must not be asked, OSError when its name leads nowhere."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressError("adresse mal écrite") from None
    if parts.scheme not in ("http", "https") or not host:
        raise AddressError("ce n’est pas une adresse web")
    if "@" in parts.netloc:
        raise AddressError("elle contient un nom d’utilisateur ou un mot de passe")
    if local:
        return
    if port is not None and port <= LAST and port not in (80, 443):
        raise AddressError(f"le port {port} n’est pas celui d’un site")
    for found in socket.getaddrinfo(host, port or parts.scheme, type=socket.SOCK_STREAM):
        _public(str(found[4][0]))


def _public(address: str) -> None:
    ip = ipaddress.ip_address(address)
    inside = [ip]
    if isinstance(ip, ipaddress.IPv6Address):
        # An IPv4 address may hide in an IPv6 one: mapped, 6to4, Teredo, NAT64.
        inside += [one for one in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())) if one]
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            inside.append(ipaddress.IPv4Address(ip.packed[12:]))
        inside = inside[1:] if ip.ipv4_mapped else inside
    if any(not one.is_global or one.is_multicast for one in inside):
        raise AddressError("elle mène à un réseau privé")


class _Guard:
    """A connection that looks whom it reached before it says anything."""

    def _new_conn(self) -> socket.socket:
        reached: socket.socket = super()._new_conn()  # type: ignore[misc]  # mixed into urllib3's connections
        try:
            _public(str(reached.getpeername()[0]))
        except AddressError:
            reached.close()
            raise
        return reached


class _Connection(_Guard, HTTPConnection):
    pass


class _SecureConnection(_Guard, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def __init__(self, local: bool, retries: Retry) -> None:
        self._guarded = not local
        super().__init__(max_retries=retries)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        if self._guarded:
            self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class _Patience(Retry):
    """urllib3's retries, for servers that may be hostile: no body is read to its end, no wait is without end."""

    def __init__(self, *args: Any, longest: float = 60.0, **options: Any) -> None:
        super().__init__(*args, **options)
        self.longest = longest

    def new(self, **options: Any) -> _Patience:
        return super().new(longest=self.longest, **options)

    def increment(self, method: str | None = None, url: str | None = None, response: Any = None, error: Exception | None = None,
                  _pool: Any = None, _stacktrace: Any = None) -> _Patience:  # fmt: skip
        if response is not None:
            response.close()  # urllib3 would read what is left of it
            if (self.get_retry_after(response) or 0) > self.longest:
                raise MaxRetryError(_pool, url or "", ResponseError("later"))
        return super().increment(method, url, response, error, _pool, _stacktrace)
