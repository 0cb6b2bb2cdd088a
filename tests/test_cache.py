"""What is kept between builds: whole, or made anew. What a stranger may have put there: ``test_cache_trust``."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from essaim import listing, readings, vocabulary
from essaim.cache import Store, digest
from essaim.checks import check
from essaim.compiled import Compiled
from essaim.disk import reason
from essaim.lazy import Lazy
from essaim.library import load
from essaim.outputs import Content, Html, Part
from essaim.permalinks import Permalinks
from essaim.press import Press, lots
from essaim.readings import Mark
from essaim.shell import BODY, HEAD, Shell
from essaim.tree import Tree

KEY, OTHER = digest("a"), digest("b")
VALUE = {"x": (1, "é", Mark(b"f", b"t"))}


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other thread: the browser of another test leaves one, and a process that has threads is not forked."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def test_what_was_written_is_read_by_another_process(tmp_path: Path) -> None:
    Store(tmp_path, "lectures").write({KEY: VALUE, OTHER: "autre"})
    assert Store(tmp_path, "lectures").read([KEY, digest("c")]) == {KEY: VALUE}
    assert Store(tmp_path, "sites").read([KEY]) == {}
    assert Store(None, "lectures").read([KEY]) == {}


def test_only_what_is_used_stays(tmp_path: Path) -> None:
    store = Store(tmp_path, "lectures")
    store.write({KEY: 1, OTHER: 2})
    store.write({digest("c"): 3}, [OTHER])
    assert set(Store(tmp_path, "lectures").read([KEY, OTHER, digest("c")]).values()) == {2, 3}


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def noise(file: Path) -> None:
    file.write_bytes(os.urandom(5000))


def nothing(file: Path) -> None:
    file.write_bytes(b"")


def flipped(file: Path) -> None:
    """One value is not what was written."""
    with sqlite3.connect(file) as base:
        ((raw,),) = base.execute("SELECT value FROM lectures WHERE key = ?", (KEY,))
        base.execute("UPDATE lectures SET value = ? WHERE key = ?", (raw[:-1] + bytes([raw[-1] ^ 1]), KEY))


def another_version(file: Path) -> None:
    """A table that some other version made."""
    with sqlite3.connect(file) as base:
        base.execute("DROP TABLE lectures")
        base.execute("CREATE TABLE lectures (name TEXT)")


@pytest.mark.parametrize("damage", [cut, noise, nothing, flipped, another_version])
def test_a_damaged_file_costs_time_only(tmp_path: Path, small_folder: Path, damage: Callable[[Path], None]) -> None:
    Store(tmp_path, "lectures").write({KEY: VALUE})
    damage(tmp_path / "essaim.db")
    assert Store(tmp_path, "lectures").read([KEY]) == {}
    library, problems = load(small_folder, "content", store=Store(tmp_path, "lectures"))
    assert problems == []
    assert library.sheets


@pytest.mark.parametrize("damage", [cut, noise])
def test_what_is_no_base_is_told_and_replaced(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    Store(tmp_path, "lectures").write({KEY: VALUE})
    damage(tmp_path / "essaim.db")
    store = Store(tmp_path, "lectures")
    store.read([KEY])
    assert store.broken
    store.write({KEY: VALUE})
    assert Store(tmp_path, "lectures").read([KEY]) == {KEY: VALUE}


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("a file where the folder should be")
    store = Store(place, "lectures")
    store.write({KEY: VALUE})
    assert store.broken
    assert Store(place, "lectures").read([KEY]) == {}


def test_two_processes_at_once_wait_for_each_other(tmp_path: Path) -> None:
    writers = [
        threading.Thread(target=lambda n=n: Store(tmp_path, "lectures").write({digest(str(n)): n})) for n in range(8)
    ]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert sorted(Store(tmp_path, "lectures").read(digest(str(n)) for n in range(8)).values()) == list(range(8))


def test_the_same_file_is_read_once(tmp_path: Path, small_folder: Path) -> None:
    first, _ = load(small_folder, "content", store=Store(tmp_path, "lectures"))
    again, _ = load(small_folder, "content", store=Store(tmp_path, "lectures"))
    assert again == first
    assert list(again.sheets) == list(first.sheets)


@pytest.fixture(params=["one process", "another process"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """What gives the store of readings: of the live server, or of a build that has just begun."""
    same = Store(None, "lectures", at_hand=True)
    return lambda: same if request.param == "one process" else Store(tmp_path / "cache", "lectures")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all files had been written long ago."""
    monkeypatch.setattr(listing, "_FRESH", -(10**18))


def test_a_file_that_only_seems_the_same_is_read(small_folder: Path, store: Callable[[], Store]) -> None:
    """Its size and its date are what they were."""
    file = next((small_folder / "experiences").glob("*.md"))
    os.utime(file, (1_700_000_000, 1_700_000_000))
    text = file.read_text("utf-8")
    for word in ("avant", "hiers", "enfin"):
        file.write_text(f"{text}\nUn mot : {word}.\n", "utf-8")
        os.utime(file, (1_700_000_000, 1_700_000_000))
        library, _ = load(small_folder, "content", store=store())
        assert f"Un mot : {word}." in library.sources[file.stem].body


@pytest.mark.usefixtures("settled")
def test_a_file_that_looks_the_same_is_not_read_again(
    small_folder: Path, store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = load(small_folder, "content", store=store())
    monkeypatch.setattr(readings, "_digest", None)  # whoever calls it fails
    again, _ = load(small_folder, "content", store=store())
    assert again == first


@pytest.mark.usefixtures("settled")
def test_a_file_that_was_put_in_the_place_of_another_is_read(small_folder: Path, store: Callable[[], Store]) -> None:
    """By git, by a copy that keeps dates: it has another number on the disk, and another date of its entry."""
    file = next((small_folder / "experiences").glob("*.md"))
    load(small_folder, "content", store=store())
    other = small_folder.parent / "other.md"
    other.write_text(file.read_text("utf-8").replace("e", "a", 1), "utf-8")
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    assert other.stat().st_size == file.stat().st_size
    other.replace(file)
    found, problems = load(small_folder, "content", store=store())
    assert (found.sources[file.stem], problems) == (
        (expected := load(small_folder, "content"))[0].sources[file.stem],
        expected[1],
    )


def test_a_vocabulary_that_changes_while_it_is_read_is_told_by_the_next_build(
    tmp_path: Path, small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    themes, read = small_folder / "vocabularies" / "themes.yml", vocabulary.load

    def changed(*given: Any) -> Any:
        found = read(*given)
        themes.write_text(themes.read_text("utf-8") + "\n# autre\n", "utf-8")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(vocabulary, "load", changed)
        first, _ = load(small_folder, store=Store(tmp_path / "cache", "lectures"))
    then, _ = load(small_folder, store=Store(tmp_path / "cache", "lectures"))
    assert first.common != then.common


def test_what_nobody_asks_for_is_not_opened(tmp_path: Path, small_folder: Path) -> None:
    first, _ = load(small_folder, "content", store=Store(tmp_path, "lectures"))
    problems = check(first, Store(tmp_path, "controles"))
    again, _ = load(small_folder, "content", store=Store(tmp_path, "lectures"))
    assert isinstance(again.sheets, Lazy)
    assert isinstance(again.documents, Lazy)
    for name in ("published", "pages", "known"):
        assert list(getattr(again, name)) == list(getattr(first, name)), name
    for name in ("identities", "former", "faces", "kinds", "marks", "told"):
        assert getattr(again, name) == getattr(first, name), name
    assert list(Permalinks(again).sheets) == list(Permalinks(first).sheets)
    assert check(again, Store(tmp_path, "controles")) == problems
    assert not again.sheets.opened
    assert not again.documents.opened
    one = next(iter(first.pages))
    assert again.pages[one] == first.pages[one]
    assert again.sheets.opened == {one}
    assert list(again.known.values()) == list(first.known.values())


def test_a_damaged_reading_is_read_from_its_file(tmp_path: Path, small_folder: Path) -> None:
    first, _ = load(small_folder, "content", store=Store(tmp_path, "lectures"))
    again, _ = load(small_folder, "content", store=Store(tmp_path, "lectures"))
    with closing(sqlite3.connect(tmp_path / "essaim.db")) as base:
        assert base.execute("DELETE FROM lectures WHERE key != ?", (readings._INDEX,)).rowcount > len(first.sheets)
        base.commit()
    one, other = list(first.sheets)[:2]
    assert (again.sheets[one], again.sources[one], again.documents[one]) == (
        first.sheets[one],
        first.sources[one],
        first.documents[one],
    )
    file = small_folder.parent / first.sheets[other].path
    text = file.read_text("utf-8")
    file.write_text(f"{text}\nUne phrase de plus.\n", "utf-8")
    with pytest.raises(OSError, match=file.name) as failed:
        again.sheets[other]
    assert reason(failed.value) == "a changé pendant la construction : recommencez"
    file.write_text(text, "utf-8")
    found, _ = load(small_folder, "content", store=Store(tmp_path, "lectures"))
    assert found == first


def test_damaged_bytecode_is_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jinja2 import DictLoader, Environment

    monkeypatch.setattr(Compiled, "folder", tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", False)

    def rendered() -> str:
        env = Environment(loader=DictLoader({"a": "{{ 1 + 1 }}"}), autoescape=True, bytecode_cache=Compiled())
        return env.get_template("a").render()

    assert rendered() == "2"
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-3] + b"abc")
    assert rendered() == "2"
    assert kept.read_bytes()[-3:] != b"abc", "written anew"


def test_what_another_compiler_made_is_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jinja2 import DictLoader, Environment
    from jinja2.compiler import CodeGenerator

    class Loud(CodeGenerator):
        def visit_Const(self, *_: object) -> None:  # noqa: N802  # Jinja's name
            self.write("'loud'")

    monkeypatch.setattr(Compiled, "folder", tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", False)

    def rendered(generator: type[CodeGenerator], code: bytes) -> str:
        env = Environment(
            loader=DictLoader({"a": "{{ x + 'e' }}"}), autoescape=True, bytecode_cache=Compiled("written", code)
        )
        env.code_generator_class = generator
        return env.get_template("a").render(x="th")

    assert rendered(CodeGenerator, b"1") == "the"
    assert rendered(Loud, b"2") == "thloud"
    assert rendered(CodeGenerator, b"2") == "thloud", "and taken from there"


def shell() -> Shell:
    return Shell(lambda address, html: f"{address}{html.head}{html.body}")


def part(name: str, content: Content) -> Part:
    return Part(name, lambda: b"1", lambda: iter([(f"{name}/index.html", content)]))


def run(press: Press, parts: list[Part]) -> None:
    press._run(parts, lambda _: None, alone=1)


def test_a_shell_shows_head_and_body_once() -> None:
    page = Html("t", "<title>", "<p>")
    assert Shell(lambda address, _: f"{address}|{HEAD}|{BODY}|").page("a/b/c/", page) == "_/_/_/|<title>|<p>|"
    for wrong in ("", HEAD, f"{BODY}{HEAD}", f"{HEAD}{BODY}{BODY}"):
        with pytest.raises(ValueError, match="once each"):
            Shell(lambda *_, wrong=wrong: wrong).page("a/", page)


def test_files_of_the_old_site_serve_while_they_are_whole(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    first = Press(Tree(old), shell())
    run(first, [part("a", "un"), part("b", "deux"), part("c", "trois"), part("e", "cinq")])
    (old / "b" / "index.html").write_text("changé à la main")
    (old / "c" / "index.html").unlink()
    (old / "e" / "index.html").chmod(0)
    second = Press(Tree(new), shell(), old, first.made)
    run(second, [part("a", "un"), part("b", "deux"), part("c", "trois"), part("d", "quatre"), part("e", "cinq")])
    assert second.again == ["b", "c", "d", "e"]
    assert [(new / name / "index.html").read_text() for name in "abcde"] == ["un", "deux", "trois", "quatre", "cinq"]
    assert (new / "e" / "index.html").stat().st_mode == (new / "d" / "index.html").stat().st_mode
    assert (new / "a" / "index.html").stat()[stat.ST_INO] == (old / "a" / "index.html").stat()[stat.ST_INO]
    assert (old / "b" / "index.html").read_text() == "changé à la main", "the old site is never written through a link"


def test_after_an_edit_only_its_record_is_another(tmp_path: Path) -> None:
    parts = [part(f"p{n}", "x") for n in range(200)]
    press = Press(Tree(tmp_path), shell())
    run(press, parts)
    before = lots(press.made)
    assert {name: one for lot in before for name, one in lot.items()} == press.made
    run(press, [part("p7", "autre")])
    assert sum(one != other for one, other in zip(before, lots(press.made), strict=True)) == 1


@pytest.mark.usefixtures("alone")
def test_several_processes_write_the_same(tmp_path: Path) -> None:
    parts = [part(f"p{n}", "x" * n) for n in range(200)]
    for jobs in (1, 3):
        press = Press(Tree(tmp_path / str(jobs)), shell(), jobs=jobs)
        run(press, parts)
        assert {one.name for one in parts} == press.made.keys()
    one, three = (
        {file.relative_to(tmp_path / jobs): file.read_bytes() for file in (tmp_path / jobs).rglob("*.html")}
        for jobs in "13"
    )
    assert one == three
    assert len(one) == 200


@pytest.mark.usefixtures("alone")
def test_a_process_that_is_killed_leaves_its_work_to_the_first(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    here = os.getpid()

    def killed() -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), 9)
        return "fait"

    parts = [Part(f"p{n}", lambda: b"1", lambda n=n: iter([(f"{n}/index.html", killed())])) for n in range(100)]  # type: ignore[misc]
    press = Press(Tree(tmp_path), shell(), jobs=2)
    run(press, parts)
    assert len(list(tmp_path.rglob("*.html"))) == 100
    assert "a été arrêté" in caplog.text


def test_what_goes_wrong_in_a_store_beside_is_told_too(tmp_path: Path) -> None:
    store = Store(tmp_path, "un")
    (tmp_path / "essaim.db").write_bytes(b"noise" * 1000)
    assert store.beside("deux").read([b"key"]) == {}
    assert store.broken
    store.told()
    assert not store.broken
