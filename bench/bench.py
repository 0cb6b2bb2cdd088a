"""``make bench``: check and build generated libraries of several sizes, in one run; figures a sheet, and their ratios.

CPU seconds count user and system time of the whole command with its children; memory is the peak of the largest
process. A ratio near 1.0 from one size to the next says that the cost is linear in the number of sheets.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from generate import write

SIZES = tuple(int(size) for size in sys.argv[1:]) or (250, 1000, 4000)
COMMANDS = {
    "contrôle": (sys.executable, "-m", "essaim", "check"),
    "construction": (sys.executable, "-m", "mkdocs", "build", "--quiet"),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command took: seconds, seconds, megabytes."""

    cpu: float
    wall: float
    memory: float


def measure(command: tuple[str, ...], folder: Path) -> Cost:
    """Run ``command`` in ``folder``. Raises CalledProcessError with its output when it fails."""
    # A child of its own for each, since the kernel gives the peak memory of the largest child ever waited for.
    code = (
        "import resource,subprocess,sys,time;t=time.perf_counter();"
        "d=subprocess.run(sys.argv[1:],capture_output=True,text=True);w=time.perf_counter()-t;"
        "r=resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(r.ru_utime+r.ru_stime,w,r.ru_maxrss/1024);sys.stderr.write(d.stdout[-3000:]+d.stderr[-3000:]);sys.exit(d.returncode)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stderr}")
    return Cost(*(float(part) for part in done.stdout.split()))


def main() -> None:
    """Print one table."""
    print(f"{'':14}{'fiches':>8}{'CPU s':>9}{'ms/fiche':>10}{'× taille précédente':>21}{'durée s':>9}{'Mo':>7}")
    with tempfile.TemporaryDirectory() as scratch:
        for size in SIZES:
            print(f"… écriture de {size} fiches", file=sys.stderr)
            write(size, Path(scratch) / str(size))
        for name, command in COMMANDS.items():
            before: float | None = None
            start = measure(command, Path(_empty(Path(scratch))))
            for size in SIZES:
                print(f"… {name} de {size} fiches", file=sys.stderr)
                cost = measure(command, Path(scratch) / str(size))
                each = (cost.cpu - start.cpu) / size * 1000
                ratio = f"{each / before:.2f}" if before else "–"
                print(f"{name:14}{size:>8}{cost.cpu:>9.2f}{each:>10.2f}{ratio:>21}{cost.wall:>9.2f}{cost.memory:>7.0f}")
                before = each
            print(f"{name:14}{'à vide':>8}{start.cpu:>9.2f}{'':>10}{'':>21}{start.wall:>9.2f}{start.memory:>7.0f}")


def _empty(scratch: Path) -> Path:
    """A library without generated sheets: what starting costs, taken off the figures a sheet."""
    folder = scratch / "empty"
    if not folder.exists():
        write(16, folder)
    return folder


if __name__ == "__main__":
    main()
