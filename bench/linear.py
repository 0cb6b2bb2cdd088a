"""Whether the time of reading a text grows with its size, whatever a stranger writes: ``python bench/linear.py``.

Each line repeats one thing up to 30,000 then 120,000 characters, four times as much: a ratio near 4 is linear, 16 is a
square. The time is this process's own, the best of three.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from essaim import markup
from essaim.blocks import blocks
from essaim.front import canonical
from essaim.model import Experience
from essaim.source import parse

T = TypeVar("T")
PARTS = (
    "*a* ",
    "é*a* ",
    "[x](y) ",
    "[[é]] ",
    "<b>a</b> ",
    "<b>é\n",
    "# a\n",
    "a\n\n",
    "![x](y) ",
    "| a |",
    "<a@b.fr> ",
    "[^1]",
    "> ",
    "<!-- ",
    "a. ",
    "1 ",
)
"""What bodies are made of, and what is hard for those who read them."""
FRONTS = ("a{n}: b # c\n", "a{n}: [b, c]\n", "# c\n", "a{n}:\n  - b\n  # c\n")
"""The same of front matter; ``{n}`` is another number each time."""


def main() -> None:
    """Prints the ratios."""
    print(f"{'texte répété':<24} {'lecture':>8} {'phrases':>8}   (×4 en taille ; 4 est linéaire, 16 quadratique)")
    for part in PARTS:
        one, four = (part * (size // len(part)) for size in (30_000, 120_000))
        documents = markup.parse(one), markup.parse(four)
        print(
            f"{part!r:<24} {ratio(markup.parse, one, four):8.1f} {ratio(lambda found: list(blocks(found)), *documents):8.1f}"
        )
    print(f"\n{'en-tête répété':<24} {'lecture':>8} {'forme':>8}")
    for part in FRONTS:
        one, four = (sheet(part, size) for size in (12_000, 48_000))
        print(
            f"{part!r:<24} {ratio(lambda text: parse(text, ''), one, four):8.1f} {ratio(lambda text: canonical(text, Experience), one, four):8.1f}"
        )


def sheet(part: str, size: int) -> str:
    """A sheet whose front matter has about ``size`` characters."""
    return "---\n" + "".join(part.format(n=number) for number in range(size // len(part.format(n=1000)))) + "---\n"


def ratio(work: Callable[[T], object], one: T, four: T) -> float:
    """How many times longer ``work`` takes on the larger one."""
    return spent(work, four) / max(spent(work, one), 1e-6)


def spent(work: Callable[[T], object], what: T) -> float:
    """Seconds of this process, the best of three."""
    found = []
    for _ in range(3):
        start = time.process_time()
        work(what)
        found.append(time.process_time() - start)
    return min(found)


if __name__ == "__main__":
    main()
