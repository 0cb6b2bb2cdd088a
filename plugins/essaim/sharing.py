"""Work shared between a few processes that begin as copies of this one: what each made comes back, in the order that was asked for.

One process gives the same. One that is stopped, or fails, costs time alone: what it did is done again.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import pickle
import re
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, TypeVar

from essaim.disk import reason

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger("mkdocs.plugins.essaim")

CHUNKS = 20
"""Into how many pieces the work is cut at least, so that all processes end at one time."""


class SharingError(Exception):
    """A number of processes that is none. Its message says what to do, in French."""


def processes() -> int:
    """How many processes work: as many as there are processors, four at most; or what ``ESSAIM_PROCESSUS`` says. Raises SharingError."""
    given = os.environ.get("ESSAIM_PROCESSUS", "")
    if not given:
        return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    if not re.fullmatch("[0-9]{1,3}", given) or not int(given):  # « ² » is a digit too
        raise SharingError(
            f"ESSAIM_PROCESSUS : « {given} » n’est pas un nombre de processus. Exemple : ESSAIM_PROCESSUS=1"
        )
    return int(given)


def shared(todo: Sequence[T], make: Callable[[T], R], jobs: int, told: Callable[[T], None] = lambda _: None) -> list[R]:
    """What ``make`` gives for each of ``todo``, in their order, made by at most ``jobs`` processes. ``told`` hears of each, once, that
    this process has made it or another has begun it.

    What another process makes comes back as a pickle, and nothing else that it changes does. The first ones should be those that are
    dear: this process begins with them, the others with the last. Raises what ``make`` raises in this process.
    """
    found: dict[int, R] = {}
    heard: set[int] = set()

    def tell(places: Iterable[int]) -> None:
        for place in places:
            if place not in heard:  # what one that was killed had begun is made again
                heard.add(place)
                told(todo[place])

    def mine(place: int) -> None:
        found[place] = make(todo[place])
        tell([place])

    # A process that has threads (the live server) is not to be copied, nor one of macOS, whose libraries forbid it.
    if jobs > 1 and len(todo) > 1 and sys.platform == "linux" and threading.active_count() == 1:
        found.update(_together(todo, make, jobs, mine, tell))
    for place in range(len(todo)):
        if place not in found:
            mine(place)
    return [found[place] for place in range(len(todo))]


def _together(todo: Sequence[T], make: Callable[[T], R], jobs: int, mine: Callable[[int], None],
              tell: Callable[[Iterable[int]], None]) -> dict[int, R]:  # fmt: skip
    """What the other processes made, by its place in ``todo``, while this one did ``mine``: nothing where none can begin."""
    from multiprocessing import get_context  # who does all alone need not wait for it

    context = get_context("fork")
    with contextlib.ExitStack() as held:
        others: list[tuple[ForkProcess, IO[bytes]]] = []
        gc.freeze()  # what is there is not counted again, and its memory stays shared
        try:
            try:
                # Files that have no name: nothing is left of them when all are killed.
                lock = held.enter_context(tempfile.TemporaryFile())
                ends = _Ends(context.RawArray("i", (0, len(todo))), lock.fileno())
                for _ in range(min(jobs, len(todo)) - 1):
                    report: IO[bytes] = held.enter_context(tempfile.TemporaryFile())
                    other = context.Process(target=_help, args=(todo, make, ends, report, os.getpid()), daemon=True)
                    other.start()
                    others.append((other, report))
            except OSError as failed:  # no folder for such files, a full disk, too many processes
                log.info("Pas d’autre processus (%s) : ceux qui travaillent font tout.", reason(failed))
            while others and (place := ends.first()) is not None:
                mine(place)
                tell(ends.begun())
            for other, _ in others:
                other.join()
            tell(ends.begun() if others else ())
        finally:
            for other, _ in others:
                other.kill()
                other.join()
            gc.unfreeze()
        found: dict[int, R] = {}
        for other, report in others:
            found.update(_reported(report))
            if other.exitcode:
                log.info(
                    "Un processus de la construction a été arrêté (code %s) : ce qu’il faisait est refait.",
                    other.exitcode,
                )
    return found


def _help(todo: Sequence[T], make: Callable[[T], R], ends: _Ends, report: IO[bytes], first: int) -> None:
    """What another process does while the ``first`` one lives: makes from the last on, and reports each chunk.

    What it can't make or report is left to the first one, which tells what is wrong with it as if it had been alone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is told to all, and the first one ends the others
    try:
        while chunk := ends.last(1 + len(todo) // CHUNKS // 4):
            for place in chunk:
                if os.getppid() != first:
                    return  # it was killed: nobody waits for this
                pickle.dump((place, make(todo[place])), report, 5)
            report.flush()
    except Exception:
        log.debug("essaim: un autre processus s’arrête", exc_info=True)
        os._exit(1)


class _Ends:
    """The places of what no process has taken yet. ``lock`` is a file: the system frees it when who holds it is killed, which nobody does
    for the locks of multiprocessing."""

    def __init__(self, ends: Any, lock: int) -> None:
        self._ends, self._lock, self._asked = ends, lock, ends[1]

    def first(self) -> int | None:
        """The next place for the process that began: one at a time, for the first ones are dear."""
        with self._held():
            place: int = self._ends[0]
            if place >= self._ends[1]:
                return None
            self._ends[0] = place + 1
            return place

    def last(self, size: int) -> range:
        """The next places for another process."""
        with self._held():
            start = max(self._ends[0], self._ends[1] - size)
            found = range(start, self._ends[1])
            self._ends[1] = start
            return found

    def begun(self) -> range:
        """Places that other processes took since this was asked last."""
        start, end = self._ends[1], self._asked
        self._asked = start
        return range(start, end)

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        os.lockf(self._lock, os.F_LOCK, 0)
        try:
            yield
        finally:
            os.lockf(self._lock, os.F_ULOCK, 0)


def _reported(report: IO[bytes]) -> Iterator[tuple[int, Any]]:
    """What a process reported, as far as it came."""
    report.seek(0)
    with contextlib.suppress(EOFError, pickle.UnpicklingError):
        while True:
            yield pickle.load(report)  # noqa: S301  # written by our own process, in a file of ours
