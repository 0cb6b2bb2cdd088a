"""What a stranger may have put into the cache: nothing of it runs, hangs, or is taken for something else."""

from __future__ import annotations

import hashlib
import os
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from essaim import cache
from essaim.advice import advise
from essaim.cache import KEPT, Store, digest, remembered, usable
from essaim.checks import check
from essaim.library import load
from essaim.markup import Target
from essaim.model import SHEETS
from essaim.model.base import Group
from essaim.model.champs import Champ
from essaim.opendata.pieces import Facts, Memo
from essaim.outputs import Part, Seen, Site, data
from essaim.outputs.words import Words
from essaim.press import Press
from essaim.readings import Mark
from essaim.shell import Shell
from essaim.tree import Tree
from tests.conftest import ROOT

KEY, OTHER = digest("a"), digest("b")
VALUE = {"x": (1, "é", Mark(b"f", b"t"))}
DAY = date(2026, 1, 1)


def change(folder: Path, *commands: str, values: tuple[bytes, ...] = ()) -> None:
    """What anybody can do to the file."""
    with closing(sqlite3.connect(folder / "essaim.db")) as base:
        for command in commands:
            base.execute(command, values)
        base.commit()


def plant(folder: Path, data: bytes) -> None:
    """A pickle for ``KEY``, under a seal that holds."""
    sealed = hashlib.sha256(digest(digest("lectures", KEY)) + data).digest() + data
    Store(folder, "lectures").write({OTHER: 1})
    change(folder, "INSERT INTO lectures VALUES (?, ?)", values=(KEY, sealed))


def planted(folder: Path) -> object:
    """What is read of it; the rest of the file is read as ever."""
    found = Store(folder, "lectures").read([KEY, OTHER])
    assert found.pop(OTHER) == 1
    return found.get(KEY)


def test_what_is_planted_with_its_seal_is_read(tmp_path: Path) -> None:
    """Or the tests below would prove nothing."""
    plant(tmp_path, pickle.dumps(VALUE))
    assert planted(tmp_path) == VALUE


class Harmful:
    """What a pickle of a stranger would run."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("touch ran",)


@pytest.mark.parametrize("value", [Harmful(), [Harmful()], {"x": Path("/")}, remembered, Path, frozenset])
def test_nothing_in_the_file_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    monkeypatch.chdir(tmp_path)
    plant(tmp_path, pickle.dumps(value))
    assert planted(tmp_path) is None
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("value", [Press, Store, Words, Champ, Part, Target, Target("/")])
def test_no_other_class_of_this_package_is_read(tmp_path: Path, value: object) -> None:
    plant(tmp_path, pickle.dumps(value))
    assert planted(tmp_path) is None


def named(module: str, name: str) -> bytes:
    """A pickle that names something, whether it exists or not."""
    texts = (b"\x8c" + bytes([len(one)]) + one.encode() for one in (module, name))
    return b"\x80\x04" + b"".join(texts) + b"\x93."


@pytest.mark.parametrize("module", ["essaim.__main__", "essaim.vscode", "essaim.cli.new", "antigravity"])
def test_no_other_module_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.delitem(sys.modules, module, raising=False)
    plant(tmp_path, named(module, "main"))
    assert planted(tmp_path) is None
    assert module not in sys.modules


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("essaim.model.base", "Group.model_validate"),
        ("essaim.model.base", "BaseModel"),
        ("essaim.model.base", "champ"),
        ("essaim.model.nothing", "Group"),
        ("essaim.modelled", "Group"),
        ("essaim.readings", "Reading._make"),
        ("essaim.readings", "Path"),
        ("builtins", "exec"),
        ("sys", "exit"),
    ],
)
def test_nothing_but_classes_under_their_own_names(tmp_path: Path, module: str, name: str) -> None:
    plant(tmp_path, named(module, name))
    assert planted(tmp_path) is None


def test_the_module_of_the_command_line_may_be_imported() -> None:
    done = subprocess.run([sys.executable, "-c", "import essaim.__main__"], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def groups(kind: type[Group] = Group) -> Iterator[type[Group]]:
    """Those of the model, as their modules name them."""
    for one in kind.__subclasses__():
        if one.__module__.startswith("essaim.model.") and vars(sys.modules[one.__module__]).get(one.__name__) is one:
            yield one
        yield from groups(one)


def test_each_class_of_the_model_is_read(tmp_path: Path) -> None:
    found = sorted(set(groups()), key=repr)
    assert set(SHEETS) < set(found)
    Store(tmp_path, "lectures").write({KEY: found})
    assert Store(tmp_path, "lectures").read([KEY]) == {KEY: found}


def test_what_is_listed_is_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is kept of this project's content is read again, and needs each class of the list."""
    library, problems = load(ROOT / "content", "content", store=Store(tmp_path, "lectures"))
    assert not problems
    seen = Seen(Site(library, url="https://essaim.example/"), b"", Store(tmp_path, "mots"))
    seen.find_alike()
    assert seen.words.records
    assert seen.editorial
    assert dict(data.pages(seen.site, seen.memo, seen.faces))
    assert not check(library, Store(tmp_path, "controles"))
    assert advise(library, DAY, store=Store(tmp_path, "conseils"))
    press = Press(Tree(tmp_path / "site"), Shell(lambda _, html: html.head + html.body))
    press._run([Part("a", lambda: b"1", lambda: iter([("a.txt", "un")]))], lambda _: None, alone=1)
    Store(tmp_path, "sites").write({KEY: press.made})

    named: set[tuple[str, str]] = set()

    class Watched(cache._Reader):
        def find_class(self, module: str, name: str) -> Any:
            named.add((module, name))
            return super().find_class(module, name)

    monkeypatch.setattr(cache, "_Reader", Watched)
    with closing(sqlite3.connect(tmp_path / "essaim.db")) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = {name: {key for (key,) in base.execute(f"SELECT key FROM {name}")} for name in tables}  # noqa: S608
    assert {name: Store(tmp_path, name).read(keys).keys() for name, keys in kept.items()} == kept
    assert {one for one in named if not one[0].startswith("essaim.model.")} == set(KEPT)


def test_a_value_holds_for_its_key_and_its_table_only(tmp_path: Path) -> None:
    Store(tmp_path, "lectures").write({KEY: 1, OTHER: 2})
    Store(tmp_path, "mots").write({KEY: 3})
    change(
        tmp_path,
        "UPDATE lectures SET value = (SELECT value FROM lectures WHERE key = ?2) WHERE key = ?1",
        "UPDATE mots SET value = (SELECT value FROM lectures WHERE key = ?2) WHERE key = ?1",
        values=(KEY, OTHER),
    )
    assert Store(tmp_path, "lectures").read([KEY, OTHER]) == {OTHER: 2}
    change(tmp_path, "DELETE FROM mots", "INSERT INTO mots SELECT * FROM lectures")
    assert Store(tmp_path, "mots").read([KEY, OTHER]) == {}


def test_a_file_holds_for_its_name_only(tmp_path: Path) -> None:
    assert remembered(tmp_path, ["a"], lambda: b"a") == b"a"
    (one,) = tmp_path.iterdir()
    assert remembered(tmp_path, ["b"], lambda: b"b") == b"b"
    assert remembered(tmp_path, ["b"], lambda: b"again") == b"b"
    (other,) = set(tmp_path.iterdir()) - {one}
    other.write_bytes(one.read_bytes())
    assert remembered(tmp_path, ["b"], lambda: b"again") == b"again"


class Noting(Store):
    """A store of ``folder`` that tells under which keys of which table it is asked."""

    def __init__(self, folder: Path, table: str, asked: dict[str, set[bytes]]) -> None:
        super().__init__(folder, table)
        self.where, self.name, self.asked = folder, table, asked

    def beside(self, table: str) -> Store:
        return Noting(self.where, table, self.asked)

    def read(self, keys: Iterable[bytes], kind: type = object) -> dict[bytes, Any]:
        keys = list(keys)
        self.asked.setdefault(self.name, set()).update(keys)
        return super().read(keys, kind)


@pytest.mark.parametrize("value", [1.5, (1, 2), {"x": 1}, [b"x"], Mark(b"f", b"t")])
def test_a_value_of_another_type_is_made_anew(tmp_path: Path, small_folder: Path, value: object) -> None:
    asked: dict[str, set[bytes]] = {}

    def made() -> tuple[object, ...]:
        library, problems = load(small_folder, "content", store=Noting(tmp_path, "lectures", asked))
        found = check(library, Noting(tmp_path, "controles", asked))
        seen = Seen(Site(library), b"", Noting(tmp_path, "mots", asked))
        words, around = (
            seen.words,
            {one: (seen.around(one), seen.near(seen.site.library.known[one])) for one in library.known},
        )
        memo = Memo(Noting(tmp_path, "donnees", asked))
        told = memo.all(Facts, [((b"some facts",), lambda: Facts(1, b"sum", 2))])
        memo.keep()
        return library, problems, found, words.digest, words.records, around, seen.sample, seen.editorial, told

    first = made()
    assert asked.keys() == {"lectures", "controles", "visages", "mots", "donnees"}
    for table, keys in asked.items():
        Store(tmp_path, table).write(dict.fromkeys(keys, value))
    assert made() == first


ENDLESS = "AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS key, x AS value FROM n"
PLANTED = {
    "a view in the place of a table": ("DROP TABLE lectures", f"CREATE VIEW lectures {ENDLESS}"),
    "a view beside": (f"CREATE VIEW others {ENDLESS}",),
    "a trigger": ("CREATE TRIGGER t BEFORE INSERT ON lectures BEGIN DELETE FROM lectures; END",),
    "a generated column": (
        "DROP TABLE lectures",
        "CREATE TABLE lectures (key BLOB PRIMARY KEY, value BLOB AS (zeroblob(9)))",
    ),
    "an index of an expression": ("CREATE INDEX i ON lectures (hex(value))",),
}


@pytest.mark.parametrize("commands", PLANTED.values(), ids=PLANTED)
@pytest.mark.parametrize("work", [lambda store: store.read([KEY]), lambda store: store.write({KEY: 1})])
def test_a_file_that_holds_more_than_our_tables_is_replaced(
    tmp_path: Path, commands: tuple[str, ...], work: Callable[[Store], object]
) -> None:
    Store(tmp_path, "lectures").write({KEY: VALUE})
    change(tmp_path, *commands)
    store = Store(tmp_path, "lectures")
    assert not work(store)
    assert store.broken
    assert not (tmp_path / "essaim.db").exists()
    store.write({KEY: VALUE})
    assert Store(tmp_path, "lectures").read([KEY]) == {KEY: VALUE}


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def test_a_cache_that_git_follows_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / ".cache"
    folder.mkdir()
    (folder / "essaim.db").write_bytes(b"x")
    assert usable(folder)
    git(tmp_path, "init", "-q")
    assert usable(folder)
    git(tmp_path, "add", "-f", ".cache/essaim.db")
    assert not usable(folder)
    assert not usable(tmp_path / ".CACHE"), "some disks take one for the other"


def test_a_cache_that_is_yet_to_be_made(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert usable(tmp_path / "new" / "too" / ".cache")


def test_a_cache_that_git_does_not_tell_of_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It refuses, or is not there."""
    folder, tool = tmp_path / "inside" / ".cache", tmp_path / "bin" / "git"
    tool.parent.mkdir()
    monkeypatch.setenv("PATH", str(tool.parent))
    assert usable(folder)
    (tmp_path / ".git").write_text("gitdir: elsewhere")
    assert not usable(folder)
    tool.write_text("#!/bin/sh\necho 'fatal: detected dubious ownership' >&2\nexit 128\n")
    tool.chmod(0o755)
    assert not usable(folder)
    (tmp_path / ".git").unlink()
    assert usable(folder)
    (tmp_path / ".git").mkdir()
    assert not usable(folder)


def test_asking_git_runs_nothing_that_the_repository_names(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "hook").write_text("#!/bin/sh\ntouch ran\n")
    (tmp_path / "hook").chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(tmp_path / "hook"))
    git(tmp_path, "status")
    (tmp_path / "ran").unlink()  # such a hook runs
    assert usable(tmp_path / ".cache")
    assert not (tmp_path / "ran").exists()
