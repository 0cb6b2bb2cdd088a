"""``recherche/``: the index of the search, the words of the library, the text that excerpts are made of.

With lunr, one file holds the index. With Pagefind, its own program makes an index in pieces, from pages that hold
our stems: both engines know the same words. ``recherche/index.json`` says which it is, and the rules that the browser
shares with ``search.py``.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from essaim import search
from essaim.outputs.catalogue import dump
from essaim.outputs.site import Content, Site

KEPT = (
    ".pf_meta",
    ".pf_index",
    ".pf_fragment",
    ".pagefind",
    "pagefind.js",
    "pagefind-worker.js",
    "pagefind-entry.json",
)
"""Files of Pagefind that a search asks for: not its interfaces."""


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """Everything that a search needs, none of it asked for before a reader searches."""
    rules: dict[str, Any] = {
        "moteur": site.engine,
        "texte": site.in_full,
        "mots_vides": " ".join(sorted(search.STOP)),
        "caracteres": search.LONGEST,
        "mots": search.MOST,
        "prefixe": search.PREFIX,
        "nomme": search.NAMED,
    }
    if site.engine == "pagefind":
        identifiers, files = pagefind(site.records)
        yield from ((f"recherche/pagefind/{name}", content) for name, content in files.items())
        # What Pagefind can't say: whose title a question is.
        rules |= {"noms": identifiers, **search.pack(search.builder(site.records, full=False, only=("titre",)))}
    else:
        rules |= search.pack(search.builder(site.records, site.in_full))
    yield "recherche/index.json", dump(rules)
    yield "recherche/mots.json", dump(search.spellings(site.records, site.catalogue))
    if site.in_full:
        for place, record in enumerate(site.records):
            sections = [[one.anchor, one.heading, one.text] for one in record.sections]
            yield f"recherche/textes/{place}.json", dump(sections)


def pagefind(records: list[search.Record]) -> tuple[list[str], dict[str, bytes]]:
    """Pagefind's name for each record, and its files. Raises RuntimeError with what to do when it can't run."""
    try:
        from pagefind_bin import get_executable
    except ImportError:
        raise RuntimeError(
            "le moteur de recherche Pagefind n’est pas installé : pip install 'essaim[pagefind]', ou recherche: lunr dans mkdocs.yml"
        ) from None
    with tempfile.TemporaryDirectory() as scratch:
        source, target = Path(scratch, "source"), Path(scratch, "target")
        source.mkdir()
        for place, record in enumerate(records):
            (source / f"{place}.html").write_text(_stub(record), "utf-8")
        # A language that Pagefind does not know: the words are stems already.
        command = [get_executable(), "--site", source, "--output-path", target, "--force-language", "xx", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # no shell, no contributed argument
        if done.returncode:
            raise RuntimeError(f"Pagefind a échoué : {done.stderr.strip()}")
        files = {
            file.relative_to(target).as_posix(): file.read_bytes()
            for file in sorted(target.rglob("*"))
            if file.name.endswith(KEPT)
        }
    names = [""] * len(records)
    for name, content in list(files.items()):
        if name.endswith(".pf_fragment"):
            fragment = json.loads(gzip.decompress(content).removeprefix(b"pagefind_dcd"))
            names[int(Path(fragment["url"]).stem)] = Path(name).stem
            # Its text would be stems: excerpts come from ours.
            del files[name]
    return names, files


def _stub(record: search.Record) -> str:
    # Stems are ASCII letters and digits: nothing to escape.
    weighed = "".join(
        f'<p data-pagefind-weight="{min(weight, 10)}">{" ".join(record.fields[name])}</p>'
        for name, weight in search.FIELDS.items()
        if record.fields.get(name)
    )
    text = " ".join(search.text_of(record))
    return f'<html lang="fr"><body data-pagefind-body>{weighed}<p>{text}</p></body></html>'
