"""The examples of fields: a good one is accepted, a bad one gets the message that is printed under it, and both follow the model."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path
from typing import Any, ClassVar

import pytest

from essaim import addresses
from essaim.examples import Examples
from essaim.library import Library
from essaim.model import SHEETS, Champ, Experience, Sheet, champs, order
from essaim.model.base import champ
from essaim.model.types import NombreOuInconnu
from essaim.outputs import Html, Site, field_pages, produce
from essaim.source import parse
from essaim.vocabulary import Vocabulary
from tests.conftest import ROOT, Checked, essaim

KINDS = pytest.mark.parametrize("kind", SHEETS, ids=lambda kind: kind.KIND)


@pytest.fixture(scope="module")
def examples(content: Checked) -> Examples:
    return Examples(content[0])


def written(kind: type[Sheet]) -> list[Champ]:
    return [one for one in champs(kind) if not one.computed]


def at(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = (data[0] if isinstance(data, list) else data)[name]
    return data


@KINDS
def test_a_good_example_is_accepted(examples: Examples, kind: type[Sheet]) -> None:
    for one in written(kind):
        good = examples.good(kind, one)
        assert good, f"{one.path}: give it an example"
        text = examples.sheet(kind, one, good.text)
        assert examples.problems(kind, one, good.text) == []
        assert at(parse(text, "x.md")[0].data, one.path), f"{one.path} is not in its own example"
        assert good.said == ()
        if good.origin:  # a real value, of a sheet that readers can open
            assert good.origin in examples.library.published
            value = at(parse(text, "x.md")[0].data, one.path)
            first = value[0] if isinstance(value, list) else value
            shown = first if isinstance(first, str) else next(iter(first.values()))
            assert re.sub(r"\W+", " ", str(shown)) in re.sub(
                r"\W+", " ", str(examples.library.sources[good.origin].data)
            )


def test_what_is_said_of_a_bad_example_is_what_the_check_prints(examples: Examples, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    wanted: dict[str, tuple[str, ...]] = {}
    for kind in SHEETS:
        for number, one in enumerate(written(kind)):
            bad = examples.bad(kind, one)
            assert bad, f"{one.path}: nothing spoils it"
            assert bad.said
            file = f"content/{kind.FOLDER}/mauvais-exemple-{kind.KIND}-{number}.md"
            (tmp_path / file).write_text(examples.sheet(kind, one, bad.text), "utf-8")
            wanted[file] = bad.said
    done = essaim("check", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    told: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        file, _, _, message = line.split(":", 3)
        told.setdefault(file, []).append(message.strip())
    for file, said in wanted.items():
        # The check also looks at sheets together: a source that a figure cites and that the example leaves out…
        assert set(said) <= set(told.get(file, ())), file


def test_a_bad_example_differs_from_the_good_one_and_says_why_at_its_field(examples: Examples) -> None:
    places = 0
    for one in written(Experience):
        good, bad = examples.good(Experience, one), examples.bad(Experience, one)
        assert good
        assert bad
        assert good.text != bad.text
        name = one.path.partition(".")[0]
        lines = examples.sheet(Experience, one, bad.text).splitlines()
        first = next(number for number, line in enumerate(lines, 1) if line.startswith(f"{name}:"))
        last = first + bad.text.count("\n")
        for problem in examples.problems(Experience, one, bad.text):
            assert first <= problem.line <= last, one.path
            places += 1
    assert places >= len(written(Experience))


class Surface(Experience):
    """An experience with one more field."""

    surface: NombreOuInconnu = champ("Surface", "En hectares.", default="non communiqué", exemple="12", unite="ha")


class Bare(Sheet):
    """A kind that no library has."""

    KIND: ClassVar = "bare"
    FOLDER: ClassVar = "bares"
    URL: ClassVar = "bares"
    LABEL: ClassVar = "Vide"
    LABELS: ClassVar = "Vides"
    ABOUT: ClassVar = "Rien."

    surface: NombreOuInconnu = champ("Surface", "En hectares.", default="non communiqué")


def test_a_new_field_and_a_new_kind_have_theirs(examples: Examples) -> None:
    for kind, number in ((Surface, "12"), (Bare, "45000")):
        new = next(one for one in order(kind) if one.path == "surface")
        good, bad = examples.good(kind, new), examples.bad(kind, new)
        assert good
        assert good.text == f"surface: {number}\n"
        assert bad
        assert bad.text.startswith("surface: environ ")
        assert "n’est pas un nombre" in bad.said[0]


def test_a_library_with_nothing_shows_what_it_can(vocabularies: Mapping[str, Vocabulary]) -> None:
    for library in (Library(), Library(vocabularies=vocabularies)):
        empty = Examples(library)
        shown = [empty.good(kind, one) for kind in SHEETS for one in written(kind)]
        assert any(shown)
        for one in shown:
            assert one is None or not one.origin
        pages = dict(field_pages.pages(Site(library)))
        assert len(pages) == len(SHEETS) + 1


@KINDS
def test_the_page_of_a_kind_has_every_field(content: Checked, examples: Examples, kind: type[Sheet]) -> None:
    page = dict(field_pages.pages(Site(content[0])))[f"{addresses.field_address(kind)}index.html"]
    assert isinstance(page, Html)
    anchors = re.findall(r'id="(fiche-champ-[^"]*)"', page.body)
    assert sorted(anchors) == sorted(field_pages.anchor(one) for one in written(kind))
    assert len(set(anchors)) == len(anchors)
    top = [one for one in anchors if one in {field_pages.anchor(champ) for champ in order(kind)}]
    assert top == [field_pages.anchor(champ) for champ in order(kind)], "the order in which a sheet is written"
    shown = [unescape(one) for one in re.findall(r"<pre><code>(.*?)</code></pre>", page.body, re.DOTALL)]
    said = {unescape(one) for one in re.findall(r'<p class="said">.*?</span>(.*?)</p>', page.body, re.DOTALL)}
    for one in written(kind):
        good, bad = examples.good(kind, one), examples.bad(kind, one)
        assert good
        assert bad
        assert good.text.strip() in shown
        assert bad.text.strip() in shown
        assert set(bad.said) <= said
        if one.vocabulary:
            for value in content[0].vocabularies[one.vocabulary].valeurs:
                assert f"<code>{value.id}</code>" in page.body


def test_pages_that_texts_may_link_to_exist(
    content: Checked, with_files: Callable[[Mapping[str, str | bytes]], Checked]
) -> None:
    produced = produce(Site(content[0]))
    known = [addresses.FIELDS, addresses.EDITORIAL, *map(addresses.field_address, SHEETS)]
    for address in known:
        assert f"{address}index.html" in produced
        assert addresses.generated(f"/{address}") == addresses.generated(f"/{address}".removesuffix("/")) == address
    for kind in SHEETS:
        assert addresses.schema_address(kind) in produced
        assert addresses.generated(f"/{addresses.schema_address(kind)}") == addresses.schema_address(kind)
    head = "---\ntitre: Aide\nresume: Une aide.\nstatut: publié\npublie_le: 2026-11-23\nverifie_le: 2026-11-23\n---\n"
    links = "[a](/contribuer/champs/) [b](/contribuer/champs/methodes#fiche-champ-quand) [c](/schemas/method.json) [d](/redaction/)"
    library, problems = with_files({"pages/aide.md": f"{head}{links}\n"})
    assert problems == []
    found = [
        target.href
        for link in library.documents["aide"].links
        if (target := library.resolve_link(library.known["aide"], link, "../"))
    ]
    assert found == [
        "../contribuer/champs/",
        "../contribuer/champs/methodes/#fiche-champ-quand",
        "../schemas/method.json",
        "../redaction/",
    ]
    wrong = (
        "/contribuer/champs/fiches/",
        "/schemas/rien.json",
        "//redaction/",
        "/redaction/../x",
        "redaction/",
        "/admin",
        "/schemas/",
    )
    _, problems = with_files({"pages/aide.md": head + " ".join(f"[x]({one})" for one in wrong)})
    assert len(problems) == len(wrong)
    assert {one.code for one in problems} <= {"lien-casse", "lien-interdit"}
