"""The list of files that a browser checks its copy by, and the worker that is made for it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from essaim import offline
from essaim.outputs.render import theme_folder
from essaim.tree import files

WORKER = theme_folder() / "assets" / "js" / "sw.js"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    for number in range(150):
        (site / f"p{number:03}").mkdir(parents=True)
        (site / f"p{number:03}" / "index.html").write_text(f"<title>{number}</title>", "utf-8")
    (site / "index.html").write_text("<title>accueil</title>", "utf-8")
    (site / "sitemap.xml.gz").write_bytes(b"dated")
    (site / "flux.xml").write_text("<feed/>", "utf-8")
    (site / ".essaim").write_text("", "utf-8")
    (site / "assets" / "js").mkdir(parents=True)
    (site / "assets" / "js" / "sw.js").write_text("source", "utf-8")
    return site


def test_every_file_stands_once_with_its_hash(built: Path) -> None:
    offline.write(built, WORKER, files(built).keys())
    index = json.loads((built / "hors-ligne" / "index.json").read_text("utf-8"))
    rows: list[list[object]] = []
    for number, (first, digest) in enumerate(index["morceaux"]):
        data = (built / "hors-ligne" / f"{number}.json").read_bytes()
        assert hashlib.sha256(data).hexdigest().startswith(digest)
        piece = json.loads(data)
        assert piece[0][0] == first
        rows += piece
    assert [path for path, _ in rows] == sorted(["index.html", *(f"p{n:03}/index.html" for n in range(150))])
    assert index["fichiers"] == 151
    assert index["octets"] == sum(len((built / str(path)).read_bytes()) for path, _ in rows)
    for path, digest in rows:
        assert hashlib.sha256((built / str(path)).read_bytes()).hexdigest().startswith(str(digest))
    worker = (built / "sw.js").read_text("utf-8")
    assert worker.startswith(f'const VERSION = "{index["version"]}";')
    assert not (built / "assets" / "js" / "sw.js").exists()


def test_the_version_changes_with_any_byte_and_with_nothing_else(built: Path) -> None:
    def version() -> str:
        offline.write(built, WORKER, files(built).keys())
        found: str = json.loads((built / "hors-ligne" / "index.json").read_text("utf-8"))["version"]
        return found

    first = version()
    assert version() == first
    (built / "sitemap.xml.gz").write_bytes(b"another day")
    assert version() == first
    (built / "p042" / "index.html").write_text("<title>autre</title>", "utf-8")
    assert version() != first
