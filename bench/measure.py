"""What a command costs: CPU seconds, seconds by the clock, memory, and what it left on disk.

As a script, ``python -S measure.py COMMAND…`` runs the command and prints its cost: a small process stands between,
since the kernel counts the memory of who starts a process in that of the process started.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


class CommandError(Exception):
    """A command that was measured ended badly; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Cost:
    """``cpu``: user and system seconds, children included. ``wall``: seconds. ``memory``: MB at the peak of the largest
    process, since the sum over processes at one moment is not known afterwards. ``output``: what the command said."""

    cpu: float
    wall: float
    memory: float
    output: str = ""


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    """The cost of ``command`` in ``folder``. Raises CommandError with the end of what it said when it fails."""
    done = subprocess.run(
        [sys.executable, "-S", __file__, *command],
        cwd=folder,
        env=surroundings(environment),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    if told.pop("code"):
        raise CommandError(f"{' '.join(command)}\n{told['output'][-4000:]}")
    return Cost(**told)


def surroundings(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment and ``more``; Python keeps its compiled modules, as for anybody who runs it twice."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | dict(more)


def typical(times: int, prepare: Callable[[], object], measured: Callable[[], Cost]) -> Cost:
    """The median of each figure over that many runs; ``prepare`` comes before each and is not counted."""
    found = []
    for _ in range(times):
        prepare()
        found.append(measured())
    return Cost(
        median(one.cpu for one in found), median(one.wall for one in found), median(one.memory for one in found)
    )


def _main(command: list[str]) -> None:
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        told = {
            "code": process.returncode,
            "cpu": usage.ru_utime + usage.ru_stime,
            "wall": wall,
            "memory": usage.ru_maxrss / 1024,  # Linux counts KB
            "output": said.read().decode("utf-8", "replace"),
        }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    _main(sys.argv[1:])
