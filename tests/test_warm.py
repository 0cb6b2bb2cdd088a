"""A warm build gives what a cold one gives, byte for byte, whatever was edited in between."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import frontmatter
import pytest

from essaim import search
from essaim.advice import advise
from essaim.cache import Store, contents, digest
from essaim.checks import check
from essaim.library import Library, load, title_key
from essaim.model import SHEETS
from essaim.outputs import Content, Html, Part, Seen, Site, produce, render
from essaim.press import Press
from essaim.problem import in_order
from essaim.shell import Shell
from essaim.tree import Tree
from tests.conftest import ROOT, Checked

EDITS = int(os.environ.get("ESSAIM_EDITS", "48"))
"""Edits of each of the two tests; ``ESSAIM_EDITS=100`` makes 200 in all."""
TOGETHER = 4
"""Edits between two builds."""
WORDS = [
    "énergie",
    "commune",
    "SCIC",
    "coopérative",
    "bois",
    "habitants",
    "circuit",
    "court",
    "partenariat",
    "gouvernance",
    "financement",
]


class Project:
    """The project's content and theme, to change, and the last site that was made of them."""

    def __init__(self, folder: Path, *, preview: bool, seed: int) -> None:
        self.folder, self.preview = folder, preview
        self.content, self.theme = folder / "content", folder / "theme"
        shutil.copytree(ROOT / "content", self.content)
        shutil.copytree(ROOT / "overrides", self.theme, ignore=shutil.ignore_patterns("admin"))
        self.random = random.Random(seed)  # noqa: S311  # not for secrets
        self.made: Any = {}
        self.number = 0
        self.again: list[str] = []
        """Names of the parts that were made again."""
        self.broken: set[Path] = set()

    def library(self, folder: Path | None = None) -> tuple[Library, Site]:
        """What is read, by what ``folder`` keeps."""
        library, problems = load(self.content, "content", store=Store(folder, "lectures") if folder else None)
        found = check(library, Store(folder, "controles") if folder else None)
        told = tuple(in_order([*problems, *found])) if self.preview else ()
        return library, Site(
            library, url="https://essaim.example/", preview=self.preview, problems=told, cache=ROOT / ".cache"
        )

    def warm(self) -> Path:
        """The folder of a site made from the last one."""
        spare, old, new = (self.folder / f"site-{self.number + later}" for later in (-1, 0, 1))
        self.number += 1
        tree = Tree(new)
        tree.begin_with(spare)
        # As if the process had just begun: it knows nothing but what was written.
        library, site = self.library(self.folder / "cache")
        press = Press(tree, Shell(shell), old, self.made)
        press.site(
            Seen(site, digest(library.common, contents(self.theme)), Store(self.folder / "cache", "mots")),
            lambda *_: None,
        )
        self.made, self.again = press.made, press.again
        return new

    def cold(self) -> dict[str, bytes]:
        """The same site, made from nothing."""
        _, site = self.library()
        empty = Shell(shell)
        return {path: written(empty, path, content) for path, content in produce(site).items()}

    def edit(self, kinds: Sequence[Callable[[Project], str]]) -> str:
        """One edit at random of some kinds; says which."""
        chosen = self.random.choice(kinds)
        return f"{chosen.__name__} {chosen(self)}"

    def sheet(self) -> Path:
        """A sheet at random, of those that can be read."""
        files = {one for kind in SHEETS for one in (self.content / kind.FOLDER).glob("*.md")}
        return self.random.choice(sorted(files - self.broken))

    def other(self) -> str:
        """The id of one."""
        return self.sheet().stem

    def front(self, change: Callable[[dict[str, Any]], None]) -> str:
        """Change the front matter of a sheet. Its values stay texts, as they are written."""
        file = self.sheet()
        post = frontmatter.loads(file.read_text("utf-8"))
        change(post.metadata)
        file.write_text(frontmatter.dumps(post, sort_keys=False) + "\n", "utf-8")
        return file.stem


def shell(address: str, html: Html) -> str:
    """The least of shells."""
    return f"<!doctype html><!-- {address} {html.styles} {html.scripts} --><head>{html.head}</head>{html.body}</html>"


def written(empty: Shell, path: str, content: Content) -> bytes:
    if isinstance(content, Html):
        return empty.page(path.removesuffix("index.html"), content).encode()
    if isinstance(content, Path):
        return content.read_bytes()
    return content.encode() if isinstance(content, str) else bytes(content)


def a_sentence(project: Project) -> str:
    """A text changes, and nothing else."""
    file = project.sheet()
    file.write_text(
        f"{file.read_text('utf-8')}\nUne phrase sur {' '.join(project.random.choices(WORDS, k=3))}.\n", "utf-8"
    )
    return file.stem


def an_own_sentence(project: Project) -> str:
    """The text of an experience: its own pages show it, where that of a term stands wherever the term does."""
    files = set((project.content / "experiences").glob("*.md")) - project.broken
    file = project.random.choice(sorted(files))
    file.write_text(f"{file.read_text('utf-8')}\nUne phrase {' '.join(project.random.choices(WORDS, k=3))}.\n", "utf-8")
    return file.stem


def a_line_above(project: Project) -> str:
    """All that stands in a text, problems too, is in another place."""
    file = project.sheet()
    front, _, body = file.read_text("utf-8").partition("\n---\n")
    file.write_text(f"{front}\n---\n\nUne phrase avant toutes les autres.\n{body}", "utf-8")
    return file.stem


def a_heading(project: Project) -> str:
    """A text gets an anchor."""
    file = project.sheet()
    file.write_text(f"{file.read_text('utf-8')}\n## Titre {project.random.randrange(99)}\n\nSuite.\n", "utf-8")
    return file.stem


def a_link(project: Project) -> str:
    """A text leads to another sheet."""
    file, other = project.sheet(), project.other()
    file.write_text(f"{file.read_text('utf-8')}\nVoir [[{other}]].\n", "utf-8")
    return f"{file.stem} → {other}"


def a_title(project: Project) -> str:
    return project.front(lambda front: front.update(titre=f"{front['titre']} bis"))


def a_summary(project: Project) -> str:
    return project.front(lambda front: front.update(resume=f"Résumé {project.random.randrange(999)}, sur la SCIC."))


def a_theme(project: Project) -> str:
    """What lists, counts and likeness are made of."""
    return project.front(
        lambda front: front.update(themes=[project.random.choice(["bois", "circuits-courts", "alimentation"])])
    )


def a_relation(project: Project) -> str:
    """A field names another sheet: its page says so too."""

    def change(front: dict[str, Any]) -> None:
        methods = sorted(one.stem for one in (project.content / "methods").glob("*.md"))
        front["methodes" if "porteur" in front else "sources"] = (
            [project.random.choice(methods)]
            if "porteur" in front
            else [*(front.get("sources") or ()), {"id": f"s{project.random.randrange(999)}", "titre": "Une source"}]
        )

    return project.front(change)


def a_date(project: Project) -> str:
    """The newest date is the library's own day."""
    day = date(2026, 11, 26) + timedelta(days=project.random.randrange(90))
    return project.front(lambda front: front.update(verifie_le=day.isoformat()))


def a_status(project: Project) -> str:
    """A sheet leaves the lists, or the site."""
    return project.front(
        lambda front: front.update(statut=project.random.choice(["publié", "archivé", "brouillon", "publié"]))
    )


def a_renaming(project: Project) -> str:
    """A sheet gets another name, and says what it was called."""
    file = project.sheet()
    post = frontmatter.loads(file.read_text("utf-8"))
    former: Any = post.get("anciens_ids") or ()
    post["anciens_ids"] = [*former, file.stem]
    file.unlink()
    new = file.with_name(f"renommee-{project.random.randrange(10**6)}.md")
    new.write_text(frontmatter.dumps(post, sort_keys=False) + "\n", "utf-8")
    return f"{file.stem} → {new.stem}"


def a_move(project: Project) -> str:
    """A sheet becomes one of another kind, and stays as it is."""
    file, kind = project.sheet(), project.random.choice(SHEETS)
    file.rename(project.content / kind.FOLDER / file.name)
    project.broken.discard(file)
    return f"{file.stem} → {kind.FOLDER}"


def a_deletion(project: Project) -> str:
    file = project.sheet()
    file.unlink()
    return file.stem


def an_addition(project: Project) -> str:
    file = project.sheet()
    shutil.copy(file, file.with_name(f"nouvelle-{project.random.randrange(10**6)}.md"))
    return file.stem


def a_vocabulary(project: Project) -> str:
    """A value is called otherwise, wherever it stands."""
    file = project.random.choice(sorted((project.content / "vocabularies").glob("*.yml")))
    lines = file.read_text("utf-8").split("\n")
    places = [place for place, line in enumerate(lines) if "libelle:" in line]
    lines[project.random.choice(places)] += f" {project.random.randrange(9)}"
    file.write_text("\n".join(lines), "utf-8")
    return file.stem


def a_template(project: Project) -> str:
    file = project.random.choice(
        [project.theme / "fiches" / f"{name}.html" for name in ("experience", "liste", "valeur", "tete")]
    )
    file.write_text(f"{file.read_text('utf-8')}<!-- {project.random.randrange(999)} -->\n", "utf-8")
    return file.stem


def a_publication(project: Project) -> str:
    """What was published before is forgotten in part: short links go."""
    file = project.content / "publications" / "permaliens.csv"
    lines = file.read_text("utf-8").split("\n")
    del lines[project.random.randrange(1, len(lines) - 1)]
    file.write_text("\n".join(lines), "utf-8")
    return ""


def broken_yaml(project: Project) -> str:
    """A file that can't be read, in the preview."""
    file = project.sheet()
    file.write_text(file.read_text("utf-8").replace("titre:", "titre: [", 1), "utf-8")
    project.broken.add(file)
    return file.stem


def broken_field(project: Project) -> str:
    """A sheet with a mistake, in the preview."""
    return project.front(lambda front: front.update(couleur="vert"))


OF_SHEETS = (
    a_sentence, a_sentence, a_line_above, a_heading, a_link, a_link, a_title, a_title, a_summary, a_theme, a_relation, a_date, a_status, a_renaming,
    a_deletion, an_addition, a_move,
)  # fmt: skip
OWN = (an_own_sentence,)
QUIET = (a_sentence, a_sentence, a_heading, a_title, a_summary, a_theme, a_date)
"""What breaks nothing: in a preview, whose pages tell how many errors there are, one more error changes them all."""
OF_ALL = (a_vocabulary, a_template, a_publication)
"""What changes every page: seldom, or nothing would ever be taken from the last site."""
BROKEN = (broken_yaml, broken_field)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Project]:
    made = Project(tmp_path, preview=request.param, seed=7)
    monkeypatch.setattr(render, "theme_folder", lambda: made.theme)
    render.environment.cache_clear()
    yield made
    render.environment.cache_clear()


@pytest.mark.parametrize("project", [False, True], ids=["site", "preview"], indirect=True)
def test_after_any_edits_the_warm_site_is_the_cold_one(project: Project) -> None:
    project.warm()
    for place in range(0, EDITS, TOGETHER):
        number, quiet = min(TOGETHER, EDITS - place), place % (2 * TOGETHER)
        kinds = OWN if place % (8 * TOGETHER) == TOGETHER else QUIET if quiet else OF_SHEETS
        told = [project.edit(kinds) for _ in range(number - 1)]
        seldom = OF_ALL if place % (4 * TOGETHER) == 0 else BROKEN if project.preview else OF_SHEETS
        told.append(project.edit(kinds if quiet else seldom))
        found = project.warm()
        made, again = len(project.made), len(project.again)
        # What is quiet leaves something as it was, and texts of experiences leave most: or nothing would be tested.
        assert made > again or not quiet, f"nothing was taken from the last site after {told}"
        assert made > 2 * again or kinds is not OWN, f"{again} of {made} parts made again after {told}"
        expected = project.cold()
        on_disk = {file.relative_to(found).as_posix(): file.read_bytes() for file in found.rglob("*") if file.is_file()}
        wrong = sorted(path for path in expected.keys() | on_disk.keys() if expected.get(path) != on_disk.get(path))
        assert not wrong, f"after {told}: {wrong[:5]} of {len(wrong)}"
        assert all(any(folder.iterdir()) for folder in found.rglob("*") if folder.is_dir()), "an empty folder"


@pytest.mark.parametrize("project", [False], ids=["site"], indirect=True)
def test_one_edited_text_touches_few_parts(project: Project) -> None:
    project.warm()
    project.warm()
    assert not project.again, "nothing changed, and something was made again"
    before = inodes(project)
    file = project.content / "experiences" / "archer.md"
    file.write_text(file.read_text("utf-8") + "\nUne phrase de plus.\n", "utf-8")
    project.warm()
    # The texts of so small a library are searched in: with those of ten thousand sheets, « finding » is not made again.
    assert set(project.again) == {"experience archer", "data", "finding"}
    after = inodes(project)
    again = {path for path in before if path.startswith("donnees/") and before[path] != after[path]}
    assert "donnees/experiences.json" in again
    assert not {"donnees/methodes.json", "donnees/experiences.geojson", "donnees/relations.csv"} & again, (
        "made again, and linked"
    )


def inodes(project: Project) -> dict[str, int]:
    """The files of the last site, each with its number on the disk."""
    site = project.folder / f"site-{project.number}"
    return {file.relative_to(site).as_posix(): file.stat().st_ino for file in site.rglob("*") if file.is_file()}


@pytest.mark.parametrize("project", [False], ids=["site"], indirect=True)
def test_a_text_that_is_not_searched_in_leaves_the_search_as_it_is(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FULL_TEXT", 1000)
    project.warm()
    file = project.content / "experiences" / "archer.md"
    file.write_text(file.read_text("utf-8") + "\nUne phrase de plus.\n", "utf-8")
    project.warm()
    assert set(project.again) == {"experience archer", "data"}
    file.write_text(file.read_text("utf-8") + "\n## Zygomatique\n\nUn mot qui n’est nulle part.\n", "utf-8")
    found = project.warm()
    assert "finding" in project.again
    assert "zygomatique" in (found / "recherche" / "mots.json").read_text("utf-8")
    assert (found / "recherche" / "mots.json").read_bytes() == project.cold()["recherche/mots.json"]


def test_a_page_is_made_again_when_others_are_alike_for_another_reason(content: Checked) -> None:
    library, _ = content
    one, likeness = next((one, found) for one, found in Site(library).similar.items() if len(found) > 1)
    digests = set()
    for changed in (likeness, (replace(likeness[0], reasons=("autre",)), *likeness[1:]), likeness[::-1], likeness[1:]):
        site = Site(library)
        site.__dict__["similar"] = {one: changed}
        digests.add(Seen(site, b"").around(one))
    assert len(digests) == 4


def test_what_is_taken_from_the_last_site_stands_before_what_the_engine_copied(tmp_path: Path) -> None:
    part = Part("scripts", lambda: b"1", lambda: iter([("assets/js/x.js", "court")]))
    old, new = tmp_path / "old", tmp_path / "new"
    first = Press(Tree(old), Shell(shell))
    first._run([part], lambda _: None, 1)
    copied = new / "assets" / "js" / "x.js"
    copied.parent.mkdir(parents=True)
    copied.write_text("la source, longue", "utf-8")
    second = Press(Tree(new), Shell(shell), old, first.made)
    second._run([part], lambda _: None, 1)
    assert not second.again
    assert copied.read_text("utf-8") == "court"
    assert copied.stat().st_ino == (old / "assets" / "js" / "x.js").stat().st_ino


READ = (
    "sheets",
    "drafts",
    "sources",
    "documents",
    "kinds",
    "former",
    "relations",
    "incoming",
    "facets",
    "marks",
    "weights",
)


@pytest.mark.parametrize("project", [True], ids=["preview"], indirect=True)
def test_what_is_at_hand_is_what_is_read(project: Project) -> None:
    """The live server reads, checks and advises again, in one process: as if it had never read before."""
    read, found, said = (Store(None, name, at_hand=True) for name in ("lectures", "controles", "conseils"))
    day = date(2026, 11, 26)
    for place in range(0, EDITS, TOGETHER):
        told = [project.edit(OF_SHEETS) for _ in range(TOGETHER - 1)] + [project.edit(BROKEN)]
        if place % (4 * TOGETHER) == 0:
            told.append(project.edit((a_vocabulary, a_publication)))
        day += timedelta(days=place)
        held, problems = load(project.content, "content", store=read)
        fresh, expected = load(project.content, "content")
        assert problems == expected, told
        for name in READ:
            assert getattr(held, name) == getattr(fresh, name), f"{name} after {told}"
        assert sorted(held.known, key=lambda one: title_key(held.known[one])) == sorted(
            fresh.known, key=lambda one: title_key(fresh.known[one])
        )
        assert check(held, found) == check(fresh), told
        assert advise(held, day, store=said) == advise(fresh, day), told
        for file in project.content.rglob("*.md"):  # the next edit reads what it changes
            if "titre: [" in (text := file.read_text("utf-8")):
                file.write_text(text.replace("titre: [", "titre:", 1), "utf-8")
