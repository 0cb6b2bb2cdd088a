"""Work shared between processes: the same as that of one, whatever becomes of the others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from essaim.sharing import SharingError, _Ends, processes, shared

HERE = os.getpid()


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other thread: the browser of another test leaves one, and a process that has threads is not copied."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def elsewhere() -> bool:
    return os.getpid() != HERE


def slow(number: int) -> int:
    time.sleep(0.0005)
    return number


def test_what_was_asked_for_comes_back_in_order() -> None:
    def who(number: int) -> tuple[int, bool]:
        time.sleep(0.0005)  # the other is there before all is done
        return number * number, elsewhere()

    for jobs in (1, 2, 3):
        told: list[int] = []
        made = shared(range(300), who, jobs, told.append)
        assert [square for square, _ in made] == [number * number for number in range(300)]
        assert {other for _, other in made} == {False, jobs > 1}
        assert sorted(told) == [*range(300)], "each once"
        assert jobs == 1 or told.index(299) < 299, "what another has begun is told meanwhile"
    assert shared([], who, 3) == []


def test_one_who_has_threads_works_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert shared(range(300), lambda _: elsewhere(), 3) == [False] * 300


def test_what_one_that_is_killed_had_to_do_is_done_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    def killed(number: int) -> int:
        if elsewhere() and number < 250:  # after some chunks were reported
            os.kill(os.getpid(), 9)
        time.sleep(0.0005)
        return number

    told: list[int] = []
    assert shared(range(300), killed, 2, told.append) == [*range(300)]
    assert sorted(told) == [*range(300)], "each once"
    assert "a été arrêté" in caplog.text


def test_one_that_is_killed_while_it_takes_its_work_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    def killed(ends: _Ends, _size: int) -> range:
        with ends._held():
            os.kill(os.getpid(), 9)
        raise AssertionError

    monkeypatch.setattr(_Ends, "last", killed)
    assert shared(range(100), lambda _: time.sleep(0.01), 2) == [None] * 100
    assert "a été arrêté" in caplog.text


class ToldError(Exception):
    """One that a pickle can't bring back."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def test_what_another_process_can_not_do_is_done_here(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO")
    for wrong in (OSError(28, "full", "file"), ToldError(3, "x"), SystemExit(3), threading.Lock()):

        def failing(number: int, wrong: object = wrong) -> object:
            time.sleep(0.0005)
            if not elsewhere():
                return number
            if isinstance(wrong, BaseException):
                raise wrong
            return wrong  # which can't be sent

        caplog.clear()
        assert shared(range(300), failing, 2) == [*range(300)]
        assert "est refait" in caplog.text
    assert capfd.readouterr() == ("", ""), "no traceback"


def test_what_can_not_be_done_is_told_as_by_one_process() -> None:
    def failing(number: int) -> int:
        time.sleep(0.0005)
        if number > 200:
            raise ToldError(number, "x")
        return number

    for jobs in (1, 2):
        with pytest.raises(ToldError) as told:
            shared(range(300), failing, jobs)
        assert told.value.code == 201, "the first"


def test_no_other_process_can_begin(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    assert shared(range(300), lambda _: elsewhere(), 3) == [False] * 300
    assert "introuvable" in caplog.text
    monkeypatch.setattr(tempfile, "tempdir", None)
    forks: list[int] = []
    fork = os.fork

    def refused() -> int:
        forks.append(1)
        if len(forks) > 1:
            raise BlockingIOError(11, "no more processes")
        return fork()

    monkeypatch.setattr(os, "fork", refused)
    assert shared(range(300), slow, 3) == [*range(300)]
    assert len(forks) == 2
    assert "erreur 11" in caplog.text
    assert not multiprocessing.active_children()


def test_no_more_begin_than_there_is_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    forks: list[int] = []
    fork = os.fork

    def counted() -> int:
        forks.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", counted)
    assert shared([1, 2, 3], lambda number: number, 99) == [1, 2, 3]
    assert len(forks) == 2


def test_ctrl_c_is_told_once(capfd: pytest.CaptureFixture[str]) -> None:
    def interrupted(number: int) -> int:
        time.sleep(0.001)
        if elsewhere():
            os.kill(os.getpid(), signal.SIGINT)
        elif number == 40:
            raise KeyboardInterrupt
        return number

    with pytest.raises(KeyboardInterrupt):
        shared(range(300), interrupted, 2)
    assert capfd.readouterr() == ("", "")
    assert not multiprocessing.active_children()


def test_an_interrupt_ends_them_all() -> None:
    others: list[Any] = []

    def interrupted(_: int) -> None:
        if elsewhere():
            time.sleep(60)
        others.extend(multiprocessing.active_children())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shared(range(300), interrupted, 3)
    assert len(others) == 2
    assert not any(one.is_alive() for one in others)


def test_nothing_is_left_when_all_are_killed(tmp_path: Path) -> None:
    code = (
        "import os\nfrom essaim.sharing import shared\nme = os.getpid()\n"
        "shared(range(300), lambda number: os.kill(me, 9) if number == 280 else number, 2)"
    )
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)}, check=False)
    assert done.returncode == -9
    assert not list(tmp_path.iterdir())


def test_a_report_that_was_cut_is_read_as_far_as_it_is_whole() -> None:
    def half(number: int) -> object:
        return Cut() if elsewhere() and number == 280 else "x" * 100_000

    assert shared(range(300), half, 2) == ["x" * 100_000] * 300


class Cut:
    """A value during the pickling of which its process is killed."""

    def __reduce__(self) -> str:
        os.kill(os.getpid(), 9)
        return ""


def test_how_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESSAIM_PROCESSUS", "3")
    assert processes() == 3
    for wrong in ("0", "-1", "deux", "1,5", "²", "1" * 5000):
        monkeypatch.setenv("ESSAIM_PROCESSUS", wrong)
        with pytest.raises(SharingError, match="n’est pas un nombre de processus"):
            processes()
    monkeypatch.delenv("ESSAIM_PROCESSUS")
    assert 1 <= processes() <= 4
