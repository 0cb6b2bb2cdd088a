"""The archive: what is in it, what is refused, the same bytes twice."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from essaim import archive
from tests.conftest import essaim


@pytest.fixture
def built(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    (site / "assets" / "js").mkdir(parents=True)
    (site / "recherche").mkdir()
    (site / ".essaim").write_text("", "utf-8")
    (site / "recherche" / "index.json").write_text(json.dumps({"moteur": "lunr"}), "utf-8")
    (site / "index.html").write_text(
        '<head><link rel="preload" href="x.woff2" as="font"><script type="module" src="assets/js/a.js"></script></head>'
        '<a href="x/">x</a><a href=".">.</a><a href="x/?q=1#y">q</a><a href="#z">z</a><a href="https://a.fr/">a</a><form action="x/"></form>',
        "utf-8",
    )
    (site / "assets" / "js" / "a.js").write_text(
        'import { b } from "./b.js";\nconst c = () => import("./b.js");\nimport.meta.url;\n', "utf-8"
    )
    (site / "assets" / "js" / "b.js").write_text("export const b = 1;\n", "utf-8")
    return site


def test_links_name_files_and_modules_come_from_the_loader(built: Path) -> None:
    found = dict(archive.members(built))
    html = found["index.html"].decode()
    assert 'href="x/index.html"' in html
    assert 'href="./index.html"' in html
    assert 'href="x/index.html?q=1#y"' in html
    assert 'href="#z"' in html
    assert 'href="https://a.fr/"' in html
    assert 'action="x/index.html"' in html
    assert "preload" not in html
    assert 'data-modules="a"' in html
    loader = found[archive.LOADER].decode()
    assert r"from \"essaim/js/b.js\"" in loader
    assert r"import(\"essaim/js/b.js\")" in loader
    assert "import.meta" not in loader
    assert (
        found["recherche/index.json.js"].decode()
        == 'essaimArchive.put("recherche/index.json", "{\\"moteur\\": \\"lunr\\"}");\n'
    )
    assert "assets/js/a.js" not in found
    assert ".essaim" not in found


@pytest.mark.parametrize("source", ["import(path);", "import x from './b.js';", 'import { b } from "b";'])
def test_a_form_of_import_that_it_does_not_know_is_our_fault(built: Path, source: str) -> None:
    (built / "assets" / "js" / "a.js").write_text(source, "utf-8")
    with pytest.raises(ValueError, match="unknown import"):
        dict(archive.members(built))


def test_what_is_no_site_of_ours_is_refused(built: Path, tmp_path: Path) -> None:
    (built / "recherche" / "index.json").write_text(json.dumps({"moteur": "pagefind"}), "utf-8")
    with pytest.raises(archive.ArchiveError, match="recherche: lunr"):
        dict(archive.members(built))
    (built / ".essaim").unlink()
    with pytest.raises(archive.ArchiveError, match="make build"):
        dict(archive.members(built))
    for arguments in (
        ["--site", str(tmp_path / "rien")],
        ["--site", str(built), "--sortie", str(tmp_path / "non" / "a.zip")],
    ):
        done = essaim("archive", *arguments)
        assert done.returncode == 2
        assert done.stderr.startswith("essaim : ")


def test_the_same_site_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    for name in ("un.zip", "deux.zip"):
        archive.write(tmp_path / name, archive.members(built))
    assert (tmp_path / "un.zip").read_bytes() == (tmp_path / "deux.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "un.zip") as found:
        assert all(name.startswith(f"{archive.TOP}/") for name in found.namelist())
        assert f"{archive.TOP}/LISEZMOI.txt" in found.namelist()
