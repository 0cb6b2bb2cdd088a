"""What an import did, or would do, in French: for the terminal, as Markdown, and as CSV. The three say the same."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from essaim.imports.plan import Plan
from essaim.imports.rows import Left, Place
from essaim.problem import count
from essaim.spreadsheet import letter
from essaim.spreadsheet.guard import guarded

PLACED_NOT, REFUSED, TOLD, INCOMPLETE, MADE, PRESENT = (
    "à placer", "ligne refusée", "à vérifier", "à compléter", "fiche créée", "déjà là",
)  # fmt: skip
HEADINGS = {
    REFUSED: "Lignes refusées",
    PLACED_NOT: "Ce qui reste à placer",
    TOLD: "Ce qui est à vérifier",
    INCOMPLETE: "Ce qui reste à compléter",
    PRESENT: "Fiches déjà là, laissées telles quelles",
    MADE: "Fiches créées",
}
"""The parts of a report, what asks for work first."""
THERE = (
    "Une fiche déjà là n’est jamais changée : corrigez la fiche elle-même. Si c’est un brouillon que personne n’a repris, "
    "vous pouvez aussi le supprimer et relancer l’import."
)
"""What to do when a spreadsheet was corrected after an import."""
_HEADER = ("quoi", "feuille", "ligne", "colonne", "en-tête", "valeur", "pourquoi, et que faire", "fiche")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|&#])")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report. ``file`` is the sheet that it is about, when there is one."""

    part: str
    place: Place | None
    value: str
    sentence: str
    file: str = ""

    def __str__(self) -> str:
        where = f"{self.place} : " if self.place else ""
        if self.part in (MADE, PRESENT):
            return f"{where}{self.part} — {self.file}"
        if self.part == INCOMPLETE:
            return self.sentence
        kept = {PLACED_NOT: f" Gardé en commentaire dans {self.file}.", TOLD: f" Fiche : {self.file}."}.get(self.part, "") if self.file else ""  # fmt: skip
        said = f" (« {short(self.value)} »)" if self.value and self.value[:40] not in self.sentence else ""
        return f"{where}{self.part}{said} — {self.sentence}{kept}"


def lines(plan: Plan, shown: str) -> list[Line]:
    """The lines of a report, by part. ``shown`` is the content folder as the person names it."""
    return [line for part in HEADINGS for line in _parts(plan, shown) if line.part == part]


def _parts(plan: Plan, shown: str) -> Iterator[Line]:
    for refused in plan.refused:
        yield _line(REFUSED, refused)
    for new in plan.new:
        path = f"{shown}/{new.name}"
        yield Line(MADE, new.row.place, new.title, "", path)
        for left in new.row.left:
            yield _line(PLACED_NOT, left, path)
        for left in new.row.told:
            yield _line(TOLD, left, path)
    for place, path in plan.present:
        yield Line(PRESENT, place, "", THERE, path)
    for problem in plan.problems:
        yield Line(INCOMPLETE, None, "", str(problem), problem.path)


def _line(part: str, left: Left, file: str = "") -> Line:
    return Line(part, left.place, left.value, left.sentence, file)


def summary(plan: Plan, dry: bool = False) -> str:
    """The closing line: ``198 fiches créées, 2 lignes refusées ; 14 valeurs à placer.``, and what to do of sheets already there."""
    verb = "à créer" if dry else "créées" if len(plan.new) > 1 else "créée"
    parts = [f"{count(len(plan.new), 'fiche')} {verb}"]
    if plan.present:
        parts.append(f"{len(plan.present)} déjà là")
    if plan.refused:
        parts.append(f"{count(len(plan.refused), 'ligne')} {'refusées' if len(plan.refused) > 1 else 'refusée'}")
    more = []
    if plan.left:
        more.append(f"{count(len(plan.left), 'valeur')} à placer")
    if told := sum(len(new.row.told) for new in plan.new):
        more.append(f"{count(told, 'point')} à vérifier")
    if plan.problems:
        more.append(f"{count(len(plan.problems), 'point')} à compléter")
    tail = f" ; {', '.join(more)}" if more else ""
    done = " Rien n’a été écrit (--dry-run)." if dry else ""
    return f"{', '.join(parts)}{tail}.{done}" + (f"\n{THERE}" if plan.present else "")


def short(text: str, limit: int = 80) -> str:
    """A text on one line, cut."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def ours(text: str) -> bool:
    """Whether a text is a report of an import: one that may be replaced by the next."""
    return text.startswith(("# Import de ", "\ufeff" + ";".join(_HEADER)))


def markdown(plan: Plan, shown: str, name: str, dry: bool = False) -> str:
    """The report as Markdown. ``name`` is the file imported."""
    found = lines(plan, shown)
    text = [f"# Import de {_plain(name)}", "", *(line for part in summary(plan, dry).split("\n") for line in (_plain(part), ""))]  # fmt: skip
    text += [line for note in plan.notes for line in (f"> {_plain(note)}", "")]
    for part, heading in HEADINGS.items():
        rows = [line for line in found if line.part == part]
        if not rows:
            continue
        text += [f"## {heading}", "", "| où | valeur | pourquoi, et que faire | fiche |", "| --- | --- | --- | --- |"]
        # What to do of sheets already there stands above, once.
        cells = ((str(line.place or ""), line.value, "" if part == PRESENT else line.sentence, line.file) for line in rows)  # fmt: skip
        text += [f"| {' | '.join(map(_plain, row))} |" for row in cells]
        text.append("")
    return "\n".join(text)


def table(plan: Plan, shown: str) -> str:
    """The report as CSV, for a spreadsheet: semicolons, and an apostrophe before what it would compute."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADER)
    for line in lines(plan, shown):
        place = line.place
        cells = (
            line.part,
            place.tab if place else "",
            str(place.row) if place else "",
            letter(place.column) if place and place.column >= 0 else "",
            place.heading if place else "",
            line.value,
            line.sentence,
            line.file,
        )
        writer.writerow([guarded(cell) for cell in cells])
    return "\ufeff" + stream.getvalue()


def _plain(text: str) -> str:
    """A text in a cell of a Markdown table: what it holds means nothing there."""
    return _MARKDOWN.sub(r"\\\1", " ⏎ ".join(part.strip() for part in text.splitlines()))
