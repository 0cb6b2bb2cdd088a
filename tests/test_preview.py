"""The preview names each severity by its name, and counts it apart: in the box of a sheet and on the page of problems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import html

from essaim.library import Library, load
from essaim.outputs import Html, Site, lists
from essaim.problem import SEVERITIES, Problem
from tests.conftest import sheet_pages
from tests.test_observatory import text


def problem(path: str, line: int, severity: str) -> Problem:
    return Problem(path, line, 1, "un-code", f"{severity} à la ligne {line} <b>", severity=severity)


def shown(library: Library, problems: list[Problem], *, pages: Callable[[Site], Any], name: str) -> html.HtmlElement:
    site = Site(library, preview=True, problems=tuple(problems))
    page = dict(pages(site))[name]
    assert isinstance(page, Html)
    return html.fromstring(f"<div>{page.body}</div>")


def some(path: str) -> list[Problem]:
    """An error, two warnings and three pieces of advice of one sheet, the gravest last."""
    return [problem(path, 10 * (3 - rank) + at, severity) for rank, severity in enumerate(SEVERITIES) for at in range(rank + 1)]  # fmt: skip


def test_the_box_of_a_sheet_counts_each_severity_apart(small: Library) -> None:
    found = some(small.sheets["exemple"].path)
    page = shown(small, found, pages=sheet_pages, name="experiences/exemple/index.html")
    boxes = page.xpath("//*[contains(concat(' ', @class, ' '), ' problems ')]")
    assert [text(box.xpath("*[1]")[0]) for box in boxes] == [
        "1 erreur dans cette fiche", "2 avertissements pour cette fiche", "3 conseils pour cette fiche",
    ]  # fmt: skip
    for severity, box in zip(SEVERITIES, boxes, strict=True):
        assert [text(row).split(" ")[1] for row in box.xpath("ul/li")] == [severity] * sum(one.severity == severity for one in found)  # fmt: skip
    assert [box.tag for box in boxes] == ["section", "details", "details"], "only errors stand open"
    warnings = shown(small, found[1:3], pages=sheet_pages, name="experiences/exemple/index.html")
    assert "conseil pour" not in text(warnings)
    assert "erreur" not in text(warnings.xpath("//details")[0])


def test_a_sheet_that_waits_for_a_vocabulary_says_so(small_folder: Path) -> None:
    (small_folder / "vocabularies" / "themes.yml").write_text("titre: [\n", "utf-8")
    file = small_folder / "experiences" / "voisine.md"
    for written, leads in (("titre: ", ["../../problemes/"]), ("tittre: ", [])):
        file.write_text(file.read_text("utf-8").replace("titre: ", written, 1), "utf-8")
        library, problems = load(small_folder, "content")
        assert "voisine" in library.drafts, "it has a theme"
        page = shown(library, problems, pages=sheet_pages, name="experiences/voisine/index.html")
        (told,) = page.xpath("//*[@class='banner']")
        assert text(told).startswith("Le reste de la fiche"), "it is not published"
        assert told.xpath("a/@href") == leads, "with a mistake of its own, that is what is told"


def test_the_page_of_problems_lists_each_severity_by_file(small: Library) -> None:
    path, other = (small.sheets[name].path for name in ("exemple", "voisine"))
    page = shown(small, [*some(path), problem(other, 1, "conseil")], pages=lists.pages, name="problemes/index.html")
    assert text(page.xpath("//h1")[0]) == "1 erreur"
    assert [text(one) for one in page.xpath("//h2")] == ["1 erreur", "2 avertissements", "4 conseils"]
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
    assert {one.removeprefix("#") for one in page.xpath("//header//a/@href")} <= set(names)
    files = [text(one) for one in page.xpath("//h2[@id='fiche-conseils']/following-sibling::section/h3")]
    assert files == sorted([path, other])
    leads = [str(one) for one in page.xpath("//h2[@id='fiche-conseils']/following-sibling::section/h3/a/@href")]
    assert leads == [f"../{small.sheets[name].address}" for name in ("exemple", "voisine")], (
        "each file leads to its page"
    )
    home = next(one for one in small.sheets.values() if not one.address)
    settings = problem("content/vocabularies/themes.yml", 1, "erreur")
    page = shown(small, [problem(home.path, 1, "erreur"), settings], pages=lists.pages, name="problemes/index.html")
    assert [str(one) for one in page.xpath("//section/h3/a/@href")] == ["../"], "what has no page leads nowhere"
    clean = shown(small, [problem(other, 1, "conseil")], pages=lists.pages, name="problemes/index.html")
    assert text(clean.xpath("//h1")[0]) == "Aucune erreur"
    assert [text(one) for one in clean.xpath("//h2")] == ["1 conseil"]
