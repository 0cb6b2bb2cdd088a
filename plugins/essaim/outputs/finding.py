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
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from essaim import search
from essaim.compact import dump
from essaim.outputs.catalogue import outline
from essaim.outputs.site import Content, OutputError, Site

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

END = "ω"
"""Ends each word of Pagefind's index: a letter that no stem has."""

COMMON = 500
"""A list of more sheets than that, and of more than one in ten, is too long: Pagefind's time grows with its square. The word is
then left out of the texts; if that is not enough, of all but ``NAMES``. A question does not require such a word."""
NAMES = ("titre", "sigle", "lieu")
TEXTS = ("intertitres", "texte")


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """Everything that a search needs, none of it asked for before a reader searches. Of the library, it sees ``records`` alone."""
    # Pagefind refuses to index nothing: a new library, in the preview.
    engine = site.engine if site.records else "lunr"
    rules: dict[str, Any] = {
        **outline(record.kind for record in site.records),
        "moteur": engine,
        "texte": site.in_full,
        "mots_vides": " ".join(sorted(search.STOP)),
        "caracteres": search.LONGEST,
        "mots": search.MOST,
        "prefixe": search.PREFIX,
        "nomme": search.NAMED,
    }
    if engine == "pagefind":
        found, common = weighed(site.records)
        identifiers, files = pagefind(found)
        yield from ((f"recherche/pagefind/{name}", content) for name, content in files.items())
        # Beside Pagefind's names for the sheets, what it can't say: whose title a question is.
        titles = "".join(search.title_mark(record.fields["titre"]) for record in site.records)
        rules |= {
            "noms": "".join(_shortest(identifiers)),
            "titres": titles,
            "fin": END,
            "courants": " ".join(sorted(common)),
        }
    else:
        rules |= search.pack(site.records, site.in_full)
    yield "recherche/index.json", dump(rules)
    yield "recherche/mots.json", dump(search.spellings(site.records, site.in_full))
    if site.in_full:
        for place, record in enumerate(site.records):
            sections = [[one.anchor, one.heading, one.text] for one in record.sections]
            yield f"recherche/textes/{place}.json", dump(sections)


Places = dict[str, dict[str, None]]
"""Field → the stems that stand there, in order. Each stem stands once, where it weighs most."""


def weighed(records: list[search.Record]) -> tuple[list[Places], frozenset[str]]:
    """What Pagefind indexes of each record, and the common words: see ``COMMON``."""
    found = [_places(record) for record in records]
    most = max(COMMON, len(records) // 10)
    common: set[str] = set()
    for dropped in (TEXTS, tuple(name for name in search.FIELDS if name not in NAMES)):
        held = Counter(chain.from_iterable(chain.from_iterable(one.values()) for one in found))
        long = {word for word, count in held.items() if count > most}
        common |= long
        for one in found:
            for name in dropped:
                one[name] = {word: None for word in one[name] if word not in long}
    return found, frozenset(common)


def _places(record: search.Record) -> Places:
    said: set[str] = set()
    found: Places = {}
    for name, _ in sorted(search.FIELDS.items(), key=lambda field: -field[1]):
        found[name] = dict.fromkeys(word for word in record.fields[name] if word not in said)
        said.update(found[name])
    return found


def pagefind(found: list[Places]) -> tuple[list[str], dict[str, bytes]]:
    """Pagefind's name for each record, in order, and its files. Raises OutputError with what to do when it can't run."""
    try:
        from pagefind_bin import get_executable
    except ImportError:
        raise OutputError(
            "le moteur de recherche Pagefind n’est pas installé : pip install 'essaim[pagefind]', ou recherche: lunr dans mkdocs.yml"
        ) from None
    with tempfile.TemporaryDirectory() as scratch:
        source, target = Path(scratch, "source"), Path(scratch, "target")
        source.mkdir()
        for place, places in enumerate(found):
            (source / f"{place}.html").write_text(_stub(places), "utf-8")
        # A language that Pagefind does not know: the words are stems already.
        command = [get_executable(), "--site", source, "--output-path", target, "--force-language", "xx", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # no shell, no contributed argument
        if done.returncode:
            raise OutputError(f"Pagefind a échoué : {done.stderr.strip()}")
        files = {
            file.relative_to(target).as_posix(): file.read_bytes()
            for file in sorted(target.rglob("*"))
            if file.name.endswith(KEPT)
        }
    names = [""] * len(found)
    for name, content in list(files.items()):
        if name.endswith(".pf_fragment"):
            fragment = json.loads(gzip.decompress(content).removeprefix(b"pagefind_dcd"))
            names[int(Path(fragment["url"]).stem)] = Path(name).stem
            # Its text would be stems: excerpts come from ours.
            del files[name]
    return names, files


def _stub(places: Places) -> str:
    """A page of stems. Pagefind takes a word for the beginning of others: with ``END`` after it, each begins itself alone."""
    # Stems are ASCII letters and digits: nothing to escape.
    parts = [
        f'<p data-pagefind-weight="{min(search.FIELDS[name], 10)}">{" ".join(f"{word}{END}" for word in words)}</p>'
        for name, words in places.items()
        if words
    ]
    return f'<html lang="fr"><body data-pagefind-body>{"".join(parts)}</body></html>'


def _shortest(names: list[str]) -> list[str]:
    """The beginnings of the names' last parts, as short as they stay different."""
    parts = [name.rpartition("_")[2] for name in names]
    for length in range(1, max(map(len, parts), default=0)):
        if len({part[:length] for part in parts}) == len(parts):
            return [part[:length] for part in parts]
    return parts
