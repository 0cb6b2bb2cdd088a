"""Work shared between processes: the same as that of one, whatever becomes of the others."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
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


def test_what_was_asked_for_comes_back_in_order() -> None:
    def who(number: int) -> tuple[int, bool]:
        time.sleep(0.0005)  # the other is there before all is done
        return number * number, elsewhere()

    for jobs in (1, 2, 3):
        told: list[tuple[int, bool]] = []
        made = shared(range(300), who, jobs, told.append)
        assert [square for square, _ in made] == [number * number for number in range(300)]
        assert {other for _, other in made} == {False, jobs > 1}
        assert sorted(told) == sorted(made), "each once"
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


def test_what_another_process_raises_is_raised() -> None:
    def failing(number: int) -> int:
        if elsewhere():
            raise OSError(28, "full", "file")
        time.sleep(0.0005)
        return number

    with pytest.raises(OSError, match="full"):
        shared(range(300), failing, 2)


def test_one_that_is_interrupted_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C reaches all processes: one message is enough."""

    def interrupted(number: int) -> int:
        if elsewhere():
            raise KeyboardInterrupt
        time.sleep(0.0005)
        return number

    assert shared(range(300), interrupted, 2) == [*range(300)]
    assert capfd.readouterr() == ("", "")


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
    for wrong in ("0", "-1", "deux", "1,5"):
        monkeypatch.setenv("ESSAIM_PROCESSUS", wrong)
        with pytest.raises(SharingError, match="n’est pas un nombre de processus"):
            processes()
    monkeypatch.delenv("ESSAIM_PROCESSUS")
    assert 1 <= processes() <= 4
