"""How long an editor waits: ``mkdocs serve`` runs, a sheet is edited, its page is asked for until it shows the change."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from measure import CommandError, Cost, surroundings

PATIENCE = 1800
"""Seconds that anything may take."""
PAUSE = 0.02
"""Seconds between two questions."""


def edited(folder: Path, environment: Mapping[str, str], address: str, edit: Callable[[], str], times: int) -> Cost:
    """The cost of seeing what ``edit`` wrote in the page at ``address``, the median of that many edits.

    ``edit`` gives the words that the page will then show. Raises CommandError when the server ends, or shows nothing in time.
    """
    with serving(folder, environment) as (process, root):
        _wait(process, f"{root}{address}", "")
        walls, cpus = [], []
        for _ in range(times):
            start, before = time.perf_counter(), _cpu(process.pid)
            _wait(process, f"{root}{address}", edit())
            walls.append(time.perf_counter() - start)
            cpus.append(_cpu(process.pid) - before)
        return Cost(median(cpus), median(walls), _memory(process.pid))


@contextmanager
def serving(folder: Path, environment: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server on loopback, and its root; it is ended at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
        process = subprocess.Popen(command, cwd=folder, env=surroundings(environment), stdout=said, stderr=said)
        try:
            yield process, f"http://127.0.0.1:{port}/"
        except TimeoutError as failed:
            said.seek(0)
            raise CommandError(
                f"{' '.join(command)}\n{failed}\n{said.read()[-4000:].decode('utf-8', 'replace')}"
            ) from None
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, words: str) -> None:
    """Until the page at ``url`` shows ``words``."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as page:  # noqa: S310  # loopback
                if words in page.read().decode("utf-8"):
                    return
        except (urllib.error.URLError, ConnectionError):
            pass  # not there yet
        time.sleep(PAUSE)
    raise TimeoutError(f"{url} : « {words} » ne s’y montre pas")


def _cpu(pid: int) -> float:
    """CPU seconds of a running process and of its children that ended."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(int(one) for one in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """MB at its peak."""
    found = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{pid}/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else 0.0
