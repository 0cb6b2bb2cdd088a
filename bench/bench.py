"""``make bench``: what Essaim costs, and what others cost on the same library in the same run.

``python bench/bench.py 100 1000`` measures these sizes and prints the tables; without sizes, 100, 1,000 and 10,000, and
docs/performance.md is written again. Progress goes to standard error. A command that fails stops all, with what it said.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import own
import report
from generate import write
from measure import CommandError, run, typical
from report import ESSAIM, Built, Size
from sites import PEERS
from weigh import weigh

SIZES = (100, 1000, 10_000)
REPEATED = 1000
"""Sheets up to which a figure is the median of three runs: beyond, one run is long enough."""
LONGEST = 300
"""Seconds that a generator may take; one that would take longer, by its time at the size before, is left out."""


def main() -> None:
    """Measure, print, write."""
    if wrong := [size for size in sys.argv[1:] if not size.isdigit() or not int(size)]:
        sys.exit(f"« {wrong[0]} » n’est pas un nombre de fiches. Exemple : python bench/bench.py 100 1000")
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    others = ", ".join(
        f"{kind.name} {kind.version()}" for kind in PEERS
    )  # one that is not there stops it before anything is measured
    found: list[Size] = []
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes:
            try:
                found.append(measured(size, Path(scratch) / str(size), found))
            except CommandError as failed:
                sys.exit(str(failed))
    text = report.tables(found, others)
    print(text)
    if not sys.argv[1:]:
        report.write(text)


def measured(size: int, folder: Path, before: list[Size]) -> Size:
    """Everything at one size, in ``folder``."""
    times = 3 if size <= REPEATED else 1
    tell(size, "écriture des fiches")
    library = folder / "essaim"
    write(size, library)
    mine = own.measure(library, times, lambda line: tell(size, f"{ESSAIM}, {line}"))
    built: dict[str, Built | None] = {ESSAIM: Built(mine.costs[own.COLD], mine.site)}
    for kind in PEERS:
        if too_long(kind.name, size, before):
            tell(size, f"{kind.name} : non mesuré, il lui faudrait plus de {LONGEST} s")
            built[kind.name] = None
            continue
        tell(size, kind.name)
        peer = kind(folder / kind.source)
        peer.prepare(library)
        cost = typical(times, peer.clean, lambda: run(peer.command, peer.folder, peer.environment))  # noqa: B023  # called at once
        built[kind.name] = Built(cost, weigh(peer.site))
    return Size(size, mine, built)


def too_long(name: str, size: int, before: list[Size]) -> bool:
    """Whether a generator would take too long, by its time at the size before."""
    if not before:
        return False
    built = before[-1].built[name]
    return built is None or built.cost.wall * size / before[-1].sheets > LONGEST


def tell(size: int, what: str) -> None:
    """One line of progress."""
    print(f"{time.strftime('%H:%M:%S')}  {size} fiches : {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
