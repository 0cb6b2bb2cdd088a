"""A folder that becomes a site begins with the tree before the last: what serves stays, what does not goes, nothing else is touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from essaim import publish
from essaim.tree import Tree, files

Held = dict[str, str]


def write(folder: Path, held: Held) -> Path:
    for path, text in held.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def read(folder: Path) -> Held:
    """All files; an empty folder has a name that ends with a slash."""
    found = {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}
    empty = (one for one in folder.rglob("*") if one.is_dir() and not any(one.iterdir()))
    return {**found, **{f"{one.relative_to(folder).as_posix()}/": "" for one in empty}}


def link(tree: Tree, old: Path) -> None:
    """Have in ``tree`` all that ``old`` holds."""
    for path, inode in files(old).items():
        tree.link(str(old / path), path, inode)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old", {"a.txt": "un", "b/c.txt": "deux", "b/d/e.txt": "trois"})


@pytest.fixture
def spare(tmp_path: Path, old: Path) -> Path:
    """What another build has linked."""
    link(Tree(tmp_path / "spare"), old)
    return tmp_path / "spare"


def test_what_is_the_very_file_stays_and_the_rest_goes(tmp_path: Path, old: Path, spare: Path) -> None:
    before = files(old)
    (spare / "b" / "c.txt").unlink()
    (spare / "b" / "empty" / "below").mkdir(parents=True)
    write(spare, {"b/c.txt": "autre", "gone/for/ever.txt": "", "b/gone.txt": "", "theme.css": "of then"})
    tree = Tree(write(tmp_path / "new", {"theme.css": "of now"}))
    tree.begin_with(spare)
    link(tree, old)
    Path(tree.place("new/page.html")).write_text("neuf")
    tree.clean(before.keys() | {"new/page.html"})
    assert read(tree.folder) == {**read(old), "theme.css": "of now", "new/page.html": "neuf"}
    assert {path: inode for path, inode in files(tree.folder).items() if path in before} == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["new", "old"]


def test_nothing_is_written_through_another_name_of_a_file(tmp_path: Path, old: Path, spare: Path) -> None:
    tree = Tree(tmp_path / "new")
    tree.begin_with(spare)
    Path(tree.place("b/c.txt")).write_text("neuf")
    assert read(old)["b/c.txt"] == "deux"
    assert read(tree.folder)["b/c.txt"] == "neuf"


def test_what_stands_in_the_way_goes(tmp_path: Path, old: Path, spare: Path) -> None:
    """A file where a folder is to be, a folder where a file is to be, a link that leads out of the site."""
    elsewhere = write(tmp_path / "elsewhere", {"mine.txt": "à moi"})
    (spare / "out").symlink_to(elsewhere)
    write(spare, {"file/of/then.txt": ""})
    (spare / "lost").symlink_to(tmp_path / "nowhere")
    shutil.rmtree(spare / "b" / "d")
    (spare / "b" / "d").symlink_to(elsewhere)
    tree = Tree(tmp_path / "new")
    tree.begin_with(spare)
    tree.link(str(old / "b" / "d" / "e.txt"), "b/d/e.txt", files(old)["b/d/e.txt"])
    written = ("a.txt/index.html", "b/c.txt/index.html", "out/page.html", "file")
    for path in written:
        Path(tree.place(path)).write_text(path)
    tree.clean({*written, "b/d/e.txt"})
    assert read(tree.folder) == {**{path: path for path in written}, "b/d/e.txt": "trois"}
    assert read(elsewhere) == {"mine.txt": "à moi"}
    assert not (tree.folder / "lost").is_symlink()


def test_folders_are_opened_to_whom_new_ones_are(tmp_path: Path, old: Path, spare: Path) -> None:
    modes = {path: path.stat().st_mode for path in (old, old / "b", old / "b" / "d")}
    (spare / "b" / "d").chmod(0o500)
    (spare / "b").chmod(0o700)
    tree = Tree(tmp_path / "new")
    tree.begin_with(spare)
    link(tree, old)
    Path(tree.place("b/d/e.txt")).write_text("neuf")
    assert {path: (tree.folder / path.relative_to(old)).stat().st_mode for path in modes} == modes


def test_a_pipe_stands_in_no_way(tmp_path: Path, old: Path, spare: Path) -> None:
    shutil.rmtree(spare / "b")
    os.mkfifo(spare / "b")
    tree = Tree(tmp_path / "new")
    tree.begin_with(spare)
    link(tree, old)
    assert read(tree.folder) == read(old)


def test_what_is_no_folder_is_left_alone(tmp_path: Path, old: Path) -> None:
    (tmp_path / "link").symlink_to(old)
    (tmp_path / "file").write_text("")
    for name in ("link", "file", "nothing"):
        tree = Tree(write(tmp_path / f"new-{name}", {"x": "x"}))
        tree.begin_with(tmp_path / name)
        assert read(tree.folder) == {"x": "x"}
    assert len(read(old)) == 3


def published(site: Path, text: str, *, spare: bool = True) -> None:
    staging = publish.stage(site)
    write(staging.folder, {"index.html": text})
    publish.publish(staging, spare=spare)


def test_the_site_before_the_last_is_spared_when_it_serves(tmp_path: Path) -> None:
    site, spare = tmp_path / "site", tmp_path / ".site.spare"
    published(site, "un")
    assert not spare.exists()
    published(site, "deux")
    assert read(spare)["index.html"] == "un"
    published(site, "trois")
    assert read(spare)["index.html"] == "deux"
    published(site, "quatre", spare=False)
    assert not spare.exists()
    assert sorted(one.name for one in tmp_path.iterdir()) in ([".site.lock", "site"], ["site"])


def test_a_build_killed_while_it_exchanges_leaves_the_site_and_no_older_one(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for text in ("un", "deux"):
        published(site, text)
    site.rename(tmp_path / ".site.old")  # between the two renames: the new one was not there yet
    staging = publish.stage(site)
    assert read(site)["index.html"] == "deux"
    write(staging.folder, {"index.html": "trois"})
    tree = Tree(staging.folder)
    tree.begin_with(staging.spare)  # killed while it builds in the spare
    staging.lock.release()
    again = publish.stage(site)
    assert read(site)["index.html"] == "deux"
    assert list(again.folder.iterdir()) == []
    assert not again.spare.exists()
    publish.discard(again)
    published(site, "quatre")
    (tmp_path / ".site.old").mkdir()  # killed before what was the site became the spare
    published(site, "cinq")
    assert read(tmp_path / ".site.spare")["index.html"] == "quatre"
    publish.forget(site)
    assert [one.name for one in tmp_path.iterdir()] == ["site"]


def test_a_site_that_was_removed_does_not_come_back(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for text in ("un", "deux"):
        published(site, text)
    site.rename(tmp_path / "away")
    publish.discard(publish.stage(site))
    assert not site.exists()
