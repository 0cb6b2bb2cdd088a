"""What a browser needs to keep the site: the list of its files with their hashes, and the service worker that checks them.

Written once everything else is, of all that was written. A file is kept only when its hash is that of the version that
the worker was made for, so that two versions never mix (docs/decisions/0018).
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from types import MappingProxyType

from essaim.compact import dump

FOLDER = "hors-ligne"
LOT = 64
"""Files in one piece of the list, at least: a visit needs the hashes of few. A large site has pieces as long as their list."""
DIGITS = 10
"""Hexadecimal digits of SHA-256 that are kept: enough to tell two versions of one file apart (one chance in 10^12)."""
APART = frozenset({".essaim", "sw.js", "sitemap.xml", "sitemap.xml.gz", "robots.txt", "llms.txt"})
"""The worker itself, and what no reader opens; hosts' files begin with a point."""
FORM = ("serveur/", "_redirects", "admin/", "redaction/", "contribuer/champs/", "schemas/", "partage/", "donnees/")
"""The web form, the dashboard, the fields, the open data, the servers' files: for editors and reusers, with a network. What the links answered
changes no reader's copy. Pictures of shared links are for who has not come yet."""

# Whole lines of comment, blocks that stand alone, and the types given to expressions: nothing that a text could hold.
_COMMENTS = re.compile(
    r"^[ \t]*//[^\n]*\n|^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n|/\*\* @type (?:(?!\*/).)*\*/ ?|^[ \t]*\n",
    re.MULTILINE | re.DOTALL,
)


def bare(code: str) -> str:
    """One of our modules without its comments: types and reasons are for developers, not for readers' networks."""
    return _COMMENTS.sub("", code)


Sums = Mapping[str, tuple[bytes, int]]
"""Path → SHA-256 and size in bytes of files that need not be read."""


def write(site: Path, worker: Path, paths: AbstractSet[str], sums: Sums = MappingProxyType({})) -> None:
    """Write ``hors-ligne/index.json``, its pieces, and ``sw.js``, made from the source ``worker``, into the built ``site``, whose files are
    ``paths``.

    ``index.json``: ``version``, ``fichiers`` (how many), ``octets`` (their sum), ``morceaux``: for each piece, its first
    path and its own hash. ``N.json``: ``[[path, hash], …]``, sorted by path. Raises OSError.
    """
    rows = list(_rows(site, paths, sums))
    size = max(LOT, math.isqrt(len(rows)))
    pieces = [rows[start : start + size] for start in range(0, len(rows), size)]
    texts = [dump([row[:2] for row in piece]) for piece in pieces]
    index = {
        "version": _digest(dump(rows).encode()),
        "fichiers": len(rows),
        "octets": sum(length for _, _, length in rows),
        "morceaux": [(piece[0][0], _digest(text.encode())) for piece, text in zip(pieces, texts, strict=True)],
    }
    folder = site / FOLDER
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number}.json").write_text(text, "utf-8")
    (folder / "index.json").write_text(dump(index), "utf-8")
    # The worker stands at the root, since it may only serve what is below it.
    (site / "assets" / "js" / "sw.js").unlink(missing_ok=True)
    (site / "sw.js").write_text(f'const VERSION = "{index["version"]}";\n{bare(worker.read_text("utf-8"))}', "utf-8")


def _rows(site: Path, paths: AbstractSet[str], sums: Sums) -> Iterator[tuple[str, str, int]]:
    for path in sorted(paths):
        listed = path.startswith(f"{FOLDER}/") and path.endswith(".json")
        # A sheet as data: its Markdown, and its JSON beside it. XML is feeds and what search engines read.
        data_file = path.endswith((".md", ".xml")) or (path.endswith(".json") and f"{path[:-5]}.md" in paths)
        to_take_away = path.startswith("s/") and path.endswith(".png")  # a QR code for a slide: pages show its SVG
        if path in APART or path == "assets/js/sw.js" or listed or data_file or to_take_away or path.startswith(FORM):
            continue
        if path in sums:
            yield path, sums[path][0].hex()[:DIGITS], sums[path][1]
        else:
            data = (site / path).read_bytes()
            yield path, _digest(data), len(data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:DIGITS]
