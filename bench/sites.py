"""The other generators: how each is given the library, and which command builds its site.

Each makes a site that one could publish: a page for each sheet with its facts, its text and links to its facets; pages of
each kind and of each value of a facet, by fifties; a feed; a sitemap; something to search in. Their sources are in
``peers/``. None checks its content, links both ways, offers data to download, or explains why sheets are alike.
"""

from __future__ import annotations

import json
import shutil
import sys
from abc import ABC, abstractmethod
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

from slugify import slugify

from essaim.model import SHEETS, Sheet
from peers import Entry, Writer, address

HERE = Path(__file__).parent
ROOT = HERE.parent
RELATED = 2000
"""Sheets up to which Hugo looks for related ones: at ten thousand, that alone takes minutes."""
EACH = 50
"""Sheets on one page of a list."""


class Peer(ABC):
    """One generator. ``folder`` is where its site is made, ``output`` the folder in it that holds the result."""

    name: ClassVar[str]
    source: ClassVar[str]
    output: ClassVar[str]
    content: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def environment(self) -> dict[str, str]:
        """What it is told besides: to keep its own files, if any, in its folder."""
        return {"HUGO_CACHEDIR": str(self.folder / "cache"), "NO_MKDOCS_2_WARNING": "1"}

    @property
    def site(self) -> Path:
        """What was built."""
        return self.folder / self.output

    def prepare(self, library: Path) -> None:
        """Write the library and the site's own files in ``folder``, which is made anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(HERE / "peers" / self.source, self.folder, ignore=shutil.ignore_patterns("node_modules"))
        writer = Writer(library, self.link)
        writer.write(self.folder / self.content, lambda entry: self.more(writer, entry))
        self.lists(writer)

    def link(self, kind: type[Sheet], identifier: str) -> str:
        """A link to a sheet in its Markdown."""
        return address(kind, identifier)

    def more(self, writer: Writer, entry: Entry) -> dict[str, Any]:  # noqa: ARG002  # most need nothing more
        """Front matter that only this one needs."""
        return {}

    def clean(self) -> None:
        """Before a build: nothing is left of the one before."""
        shutil.rmtree(self.site, ignore_errors=True)

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """Which one is installed."""

    @abstractmethod
    def lists(self, writer: Writer) -> None:
        """Whatever this generator needs to make pages of kinds and facets."""

    @property
    @abstractmethod
    def command(self) -> list[str]:
        """Builds the site, in ``folder``."""


class Hugo(Peer):
    """Hugo, from its Python package: the binary itself, without the package's launcher."""

    name, source, output, content = "Hugo", "hugo", "public", "content"
    installed: ClassVar[str] = ".venv-bench/lib/python*/site-packages"

    @classmethod
    def version(cls) -> str:
        """That of the package."""
        return _found(f"{cls.installed}/hugo-*.dist-info").name.removeprefix("hugo-").removesuffix(".dist-info")

    @property
    def command(self) -> list[str]:
        """The program of .venv-bench."""
        return [str(_found(f"{self.installed}/hugo/binaries/hugo*")), "build", "--quiet", "--noBuildLock", "--config", "hugo.toml,bench.json"]  # fmt: skip

    def lists(self, writer: Writer) -> None:
        """Titles of sections and taxonomies, and how sheets are alike."""
        facets = writer.taxonomies()
        for name, title in facets.items() | {(kind.URL, kind.LABELS) for kind in SHEETS if kind.URL}:
            index = self.folder / self.content / name / "_index.md"
            index.parent.mkdir(exist_ok=True)
            index.write_text(f"---\ntitle: {title}\n---\n", "utf-8")
        settings = {
            "taxonomies": {name: name for name in facets},
            "related": {"includeNewer": True, "threshold": 50, "indices": [{"name": name, "weight": 100} for name in facets]},
            "params": {"related": len(writer.entries) <= RELATED},
        }  # fmt: skip
        (self.folder / "bench.json").write_text(json.dumps(settings, ensure_ascii=False), "utf-8")


class Eleventy(Peer):
    """Eleventy, with Nunjucks; its Markdown is not a template, which spares it half of its time."""

    name, source, output, content = "Eleventy", "eleventy", "_site", "content/fiches"
    installed: ClassVar[str] = "bench/peers/eleventy/node_modules/@11ty/eleventy"

    @classmethod
    def version(cls) -> str:
        """That of the package."""
        return str(json.loads(_found(f"{cls.installed}/package.json").read_text("utf-8"))["version"])

    @property
    def command(self) -> list[str]:
        """The program of its own package, with the memory that ten thousand sheets need."""
        program = _found(f"{self.installed}/cmd.cjs")
        return ["node", "--max-old-space-size=8192", str(program), "--quiet"]

    def lists(self, writer: Writer) -> None:
        """What its configuration makes collections of."""
        told = {"facettes": writer.taxonomies(), "sortes": {kind.URL: kind.LABELS for kind in SHEETS if kind.URL}}
        (self.folder / "bench.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")


class Material(Peer):
    """MkDocs with Material, tuned: sheets outside the navigation, no extension that is not needed.

    Neither makes lists: what a plugin would do is written down beforehand, which spares it that.
    """

    name, source, output, content = "MkDocs + Material", "material", "site", "docs"

    @classmethod
    def version(cls) -> str:
        """Those of both."""
        return f"{metadata.version('mkdocs')} + {metadata.version('mkdocs-material')}"

    @property
    def command(self) -> list[str]:
        """MkDocs of this environment, in which Essaim's plugin lies too, and is not asked for."""
        return [sys.executable, "-m", "mkdocs", "build", "--quiet"]

    def link(self, kind: type[Sheet], identifier: str) -> str:
        """MkDocs checks links to files."""
        return f"/{kind.URL}/{identifier}.md".replace("//", "/")

    def more(self, writer: Writer, entry: Entry) -> dict[str, Any]:
        """Its templates make no addresses of words."""
        named = writer.named(entry).items()
        return {
            "facettes": [
                {"texte": value, "lien": f"/{name}/{slugify(value)}/"} for name, values in named for value in values
            ]
        }

    def lists(self, writer: Writer) -> None:
        """Pages of Markdown, one for fifty sheets of a kind or of a value."""
        docs = self.folder / self.content
        home = []
        for kind in SHEETS:
            if kind.URL:
                self._pages(docs / kind.URL, kind.LABELS, [entry for entry in writer.entries if entry.kind is kind])
                home.append(f"- [{kind.LABELS}](/{kind.URL}/index.md)")
        for name, title in writer.taxonomies().items():
            held: dict[str, list[Entry]] = {}
            for entry in writer.entries:
                for value in writer.named(entry).get(name, ()):
                    held.setdefault(value, []).append(entry)
            for value, entries in held.items():
                self._pages(docs / name / slugify(value), value, entries)
            shown = "\n".join(f"- [{value}](/{name}/{slugify(value)}/index.md)" for value in sorted(held))
            (docs / name).mkdir(exist_ok=True)
            (docs / name / "index.md").write_text(f"# {title}\n\n{shown}\n", "utf-8")
            home.append(f"- [{title}](/{name}/index.md)")
        (docs / "index.md").write_text("# Essaim\n\n" + "\n".join(home) + "\n", "utf-8")

    def _pages(self, folder: Path, title: str, entries: list[Entry]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        parts = [entries[start : start + EACH] for start in range(0, len(entries), EACH)] or [[]]
        for number, part in enumerate(parts):
            rows = "\n".join(f"- [{entry.title}]({self.link(entry.kind, entry.id)}) : {entry.lead}" for entry in part)
            turn = " · ".join(
                f"[{n + 1}]({'index.md' if n == 0 else f'page-{n + 1}.md'})" for n in range(len(parts)) if n != number
            )
            name = "index.md" if number == 0 else f"page-{number + 1}.md"
            (folder / name).write_text(f"# {title}\n\n{rows}\n\n{turn}\n", "utf-8")


PEERS: tuple[type[Peer], ...] = (Hugo, Eleventy, Material)


def _found(pattern: str) -> Path:
    """The one file of that name. A peer that is not there is an error: a table without it would say nothing."""
    found = sorted(ROOT.glob(pattern))
    if not found:
        raise SystemExit(f"{pattern} n’est pas là. Installez ce que bench compare : make pairs")
    return found[0]
