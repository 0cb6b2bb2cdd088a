"""The tables of ``make bench``, and their place in docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from measure import Cost
from own import COLD, Own
from weigh import Site

ESSAIM = "Essaim"
DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
START, END = "<!-- make bench : début -->", "<!-- make bench : fin -->"
STAGES = 10
FIGURES: dict[str, Callable[[Cost], float]] = {
    "CPU": lambda cost: cost.cpu,
    "durée": lambda cost: cost.wall,
    "mémoire": lambda cost: cost.memory,
}


@dataclass(frozen=True, slots=True)
class Built:
    """A generator's cold build: what it cost, what it gave."""

    cost: Cost
    site: Site


@dataclass(frozen=True, slots=True)
class Size:
    """All that was measured at one size: ``built`` by the name of the generator, None when it would take too long."""

    sheets: int
    own: Own
    built: Mapping[str, Built | None]


def tables(sizes: Sequence[Size], versions: str) -> str:
    """All tables, as Markdown."""
    return "\n".join(
        (
            _machine(versions),
            "",
            "### Essaim rapporté à chacun",
            "",
            "Construction à froid ; moins de 1 : Essaim coûte moins.",
            "",
            *_ratios(sizes),
            "",
            "### Constructions à froid",
            "",
            *_sites(sizes),
            "",
            "### Essaim, ligne à ligne",
            "",
            *_lines(sizes),
            "",
            "### Les étapes les plus longues d’une construction à froid",
            "",
            *_stages(sizes),
        )
    )


def write(text: str, document: Path = DOCUMENT) -> None:
    """Put the tables in their place in the document. Raises ValueError when it has none."""
    before, start, rest = document.read_text("utf-8").partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"{document.name} has no place for the tables")
    document.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", "utf-8")


def _machine(versions: str) -> str:
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Mesuré le {date.today()} : {model[1].strip() if model else platform.machine()}, {os.cpu_count()} cœurs, {memory:.0f} Go de mémoire, "  # noqa: DTZ011
        f"Python {platform.python_version()}, {versions}. "
        "CPU : secondes de processeur, enfants compris. Mo : la plus grande mémoire d’un processus."
    )


def _ratios(sizes: Sequence[Size]) -> Iterator[str]:
    names = [name for name in sizes[0].built if name != ESSAIM]
    yield from _table(["fiches", "", *names], (row for size in sizes for row in _against(size, names)))


def _against(size: Size, names: Sequence[str]) -> Iterator[list[str]]:
    for label, figure in FIGURES.items():
        mine = figure(size.own.costs[COLD])
        others = (size.built[name] for name in names)
        yield [_whole(size.sheets), label, *(_ratio(mine, figure(one.cost) if one else None) for one in others)]


def _sites(sizes: Sequence[Size]) -> Iterator[str]:
    yield from _table(
        ["fiches", "", "CPU s", "durée s", "Mo", "fichiers", "Mo écrits", "page d’une fiche, ko", "gzip", "brotli"],
        (
            [_whole(size.sheets), name, *(_site(one.cost, one.site) if one else ["non mesuré", *[""] * 7])]
            for size in sizes
            for name, one in size.built.items()
        ),
    )


def _site(cost: Cost, site: Site) -> list[str]:
    return [_number(cost.cpu), _number(cost.wall), _whole(cost.memory), _whole(site.files), _number(site.size / 1e6, 1), *(_number(one / 1000, 1) for one in site.page)]  # fmt: skip


def _lines(sizes: Sequence[Size]) -> Iterator[str]:
    rows = []
    for name in sizes[0].own.costs:
        before: float | None = None
        for size in sizes:
            cost = size.own.costs[name]
            each = cost.cpu / size.sheets * 1000
            rows.append(
                [
                    name,
                    _whole(size.sheets),
                    _number(cost.cpu),
                    _number(cost.wall),
                    _whole(cost.memory),
                    _number(each),
                    _ratio(each, before),
                ]
            )
            before = each
    yield from _table(["", "fiches", "CPU s", "durée s", "Mo", "CPU ms/fiche", "× taille précédente"], rows)  # fmt: skip


def _stages(sizes: Sequence[Size]) -> Iterator[str]:
    longest = sorted(sizes[-1].own.stages, key=lambda name: -sizes[-1].own.stages[name])[:STAGES]
    if not longest:
        yield "Cette version ne les dit pas."
        return
    yield from _table(
        ["CPU s", *(f"{_whole(size.sheets)} fiches" for size in sizes)],
        ([name, *(_number(size.own.stages.get(name, 0.0)) for size in sizes)] for name in longest),
    )


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _ratio(one: float, other: float | None) -> str:
    return _number(one / other) if other else "–"


def _number(number: float, digits: int = 2) -> str:
    return f"{number:,.{digits}f}".replace(",", "\u202f").replace(".", ",")


def _whole(number: float) -> str:
    return _number(number, 0)
