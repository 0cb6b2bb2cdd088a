"""``/observatoire/``: what the library holds and what it lacks, as charts, tables and CSV files that show the same numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from essaim.census import Census, Count, Crossing, Row, reading, reading_crossing
from essaim.outputs.render import page
from essaim.outputs.shown import NARROW, spaced
from essaim.outputs.site import Content, Site

ADDRESS = "observatoire/"
MOST = 20
"""Bars in one chart: its table has them all."""
PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # anchor, heading, what is counted there; crossings and gaps have their own
    ("domaines", "Par domaines", ("themes",)),
    ("territoires", "Par territoires", ("regions", "strates")),
    ("acteurs", "Par acteurs", ("acteurs",)),
    ("temps", "Dans le temps", ("annees", "phases")),
    ("comment", "Comment c’est fait", ("gouvernance", "tiers", "prerequis")),
    ("difficultes", "Ce qui a coincé", ("difficultes",)),
)


@dataclass(frozen=True, slots=True)
class Panel:
    """A count or a crossing as the page shows it. ``chart`` is empty when there is nothing to draw."""

    name: str
    found: Count | Crossing
    chart: Markup
    reading: str
    cut: bool = False


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The page, and one CSV file beside it for each chart."""
    census = Census(site.library)
    counts = {facet: _panel(found) for facet, found in census.counts.items()}
    crossings = [_crossing(found) for found in census.crossings]
    yield page(site, ADDRESS, "observatoire.html", "Tableau de bord de la bibliothèque",
               "Ce que la bibliothèque contient et ce qui lui manque : domaines, territoires, acteurs, en graphiques, en tableaux et en données.",
               styles=("observatory",), census=census, parts=PARTS, counts=counts, crossings=crossings)  # fmt: skip
    for facet, found in census.counts.items():
        yield f"{ADDRESS}{facet}.csv", table(_rows(site, found))
    for crossed in census.crossings:
        yield f"{ADDRESS}{crossed.id}.csv", table(_cells(site, crossed))


def _panel(found: Count) -> Panel:
    rows = [*found.held, *([found.untold] if found.untold.count and found.held else [])]
    chart = Markup("")
    if rows:
        from essaim import charts  # slow to import: only where something is drawn

        shown = [
            (spaced(row.label), row.count, f"{row.count} sur {found.total}", "told" if row.id else "untold")
            for row in rows[:MOST]
        ]
        chart = charts.bars(f"fiche-graphique-{found.facet}", _said(found.title, rows[:MOST]), shown)
    return Panel(found.facet, found, chart, reading(found), len(rows) > MOST)


def _crossing(found: Crossing) -> Panel:
    rows, columns = found.rows.held, found.columns.held
    if not rows or not columns:
        return Panel(found.id, found, Markup(""), "")
    from essaim import charts

    cells = [[cell.count for cell in line] for line in found.cells]
    title = f"{found.title}. {reading_crossing(found)}"
    chart = charts.dots(f"fiche-graphique-{found.id}", spaced(title), [spaced(row.label) for row in rows],
                        [spaced(column.label) for column in columns], cells) if any(map(any, cells)) else Markup("")  # fmt: skip
    return Panel(found.id, found, chart, reading_crossing(found))


def _said(title: str, rows: Iterable[Row]) -> str:
    return spaced(f"{title}{NARROW}: " + ", ".join(f"{row.label} {row.count}" for row in rows) + ".")


def _rows(site: Site, found: Count) -> Iterator[tuple[object, ...]]:
    yield "identifiant", "libelle", "experiences", "total", "recherche"
    for row in (*found.rows, *([found.untold] if found.untold.count else [])):
        yield row.id, row.label, row.count, found.total, _search(site, row.query)


def _cells(site: Site, found: Crossing) -> Iterator[tuple[object, ...]]:
    one, other = found.rows.facet, found.columns.facet
    yield one, f"{one}_libelle", other, f"{other}_libelle", "experiences", "total", "recherche"
    for row, line in zip(found.rows.held, found.cells, strict=True):
        for column, cell in zip(found.columns.held, line, strict=True):
            yield (row.id, row.label, column.id, column.label, cell.count, found.rows.total, _search(site, cell.query))


def _search(site: Site, query: str) -> str:
    return f"{site.url}explorer/?{query}" if query else ""


def table(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV (RFC 4180, UTF-8). A text that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe(value) if isinstance(value, str) else value for value in row] for row in rows)
    return out.getvalue().encode()


def safe(text: str) -> str:
    """``text`` as a spreadsheet may read it."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
