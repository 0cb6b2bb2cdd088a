"""What Essaim costs on one library, line by line."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from generate import URL
from measure import Cost, run, typical
from serve import edited
from weigh import Site, weigh

PICTURES = ("images", "partage", "qr")
"""What is kept of the cache before a cold build: pictures are timed apart."""
BUILD = (sys.executable, "-m", "mkdocs", "build")
CHECK = (sys.executable, "-m", "essaim", "check")
PUBLISH = (sys.executable, "-m", "essaim", "publish", "--date", "2026-01-01")
FIRST, COLD, AGAIN, TEXT, FRONT, SERVED, REGISTERED, CHECKED, RECHECKED = (
    "construction, images à faire",
    "construction à froid",
    "… rien n’a changé",
    "… un texte changé",
    "… un résumé changé",
    "… un texte changé, serve",
    "à froid, registre publié",
    "contrôle",
    "contrôle, un texte changé",
)
"""The lines, in the order of the table."""
STAGE = re.compile(r"essaim: étape (?P<name>.+?) ?: (?P<cpu>[0-9.,]+) s")


@dataclass(frozen=True, slots=True)
class Own:
    """``costs``: of each line. ``site``: what a cold build gives. ``stages``: CPU seconds of each of its stages, if it
    tells them."""

    costs: dict[str, Cost]
    site: Site
    stages: dict[str, float]


class Library:
    """A generated library in ``folder``, and the cache that its builds keep beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder.with_name(f"{folder.name}-cache")
        self.edits = 0
        self.environment = {"ESSAIM_URL": URL, "ESSAIM_CACHE": str(self.cache), "NO_MKDOCS_2_WARNING": "1"}

    @property
    def site(self) -> Path:
        """What was built."""
        return self.folder / "site"

    def run(self, *command: str) -> Cost:
        """The cost of a command. Raises CommandError."""
        return run(command, self.folder, self.environment)

    def clean(self) -> None:
        """No site, and nothing in the cache but pictures."""
        shutil.rmtree(self.site, ignore_errors=True)
        for one in self.cache.glob("*"):
            if one.is_file():
                one.unlink()
            elif one.name not in PICTURES:
                shutil.rmtree(one)

    @property
    def sheet(self) -> str:
        """The sheet that is edited: one in the middle of the library."""
        count = len(list((self.folder / "content" / "experiences").glob("*.md")))
        return f"experience-{count // 2}"

    def edit_text(self) -> str:
        """A paragraph more, another each time. The words that its page will show."""
        return self._edit(r"\Z", "\nUn paragraphe de plus, le {}.\n")

    def edit_front(self) -> str:
        """A few words more in its summary, which lists, cards and neighbours show."""
        return self._edit(r"^resume: .{,200}", "\\g<0> encore {}")

    def _edit(self, pattern: str, new: str) -> str:
        file = self.folder / "content" / "experiences" / f"{self.sheet}.md"
        self.edits += 1
        written = new.format(self.edits)
        text, count = re.subn(pattern, written, file.read_text("utf-8"), count=1, flags=re.MULTILINE)
        if not count:
            raise ValueError(f"nothing to edit in {file.name}: {pattern}")
        file.write_text(text, "utf-8")
        return written.removeprefix("\\g<0>").strip()


def measure(folder: Path, times: int, tell: Callable[[str], None]) -> Own:
    """All lines on the library in ``folder``; what can be repeated is, ``times`` times. Raises CommandError."""
    library = Library(folder)
    build = partial(library.run, *BUILD, "--quiet")
    shutil.rmtree(library.cache, ignore_errors=True)
    costs = {}

    def line(name: str, prepare: Callable[[], object], measured: Callable[[], Cost], runs: int = times) -> None:
        tell(name)
        costs[name] = typical(runs, prepare, measured)

    line(FIRST, library.clean, build, runs=1)
    line(COLD, library.clean, build)
    line(AGAIN, lambda: None, build)
    line(TEXT, library.edit_text, build)
    line(FRONT, library.edit_front, build)
    tell(SERVED)
    costs[SERVED] = edited(folder, library.environment, f"experiences/{library.sheet}/", library.edit_text, times)
    tell("étapes")
    library.clean()
    said = library.run(*BUILD, "--verbose").output
    site = weigh(library.site)
    stages = {match["name"]: float(match["cpu"].replace(",", ".")) for match in STAGE.finditer(said)}
    tell("registre")
    library.run(*PUBLISH)
    build()
    line(REGISTERED, library.clean, build)
    line(CHECKED, lambda: None, lambda: run(CHECK, folder, {**library.environment, "ESSAIM_CACHE": "non"}))
    library.run(*CHECK)
    line(RECHECKED, library.edit_text, lambda: library.run(*CHECK))
    return Own(costs, site, stages)
