"""Makes ``plugins/essaim/data/territoires/`` from the package ``@etalab/decoupage-administratif`` 6.0.0.

    python scripts/make_territories.py [PAQUET] [--vers DOSSIER]

``PAQUET`` is the unpacked package or the archive that ``npm pack`` makes; without it, the archive is fetched by
``npm pack`` into a temporary folder. The same package gives the same bytes: every table is sorted by code, and no
clock is read. Each table is UTF-8, one line a territory, tab between columns, names of columns on the first line.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

PACKAGE = "@etalab/decoupage-administratif"
VERSION = "6.0.0"
MILLESIME = "2026"
TARGET = Path(__file__).resolve().parent.parent / "plugins" / "essaim" / "data" / "territoires"

COLUMNS = {
    "communes": ("code", "nom", "departement", "epci", "population", "codes_postaux"),
    "anciennes": ("ancien_code", "ancien_nom", "code"),
    "epci": ("siren", "nom", "type", "population"),
    "departements": ("code", "nom", "region"),
    "regions": ("code", "nom"),
}

Item = dict[str, Any]
Row = tuple[str, ...]


def reader(package: Path) -> Callable[[str], bytes]:
    """What reads a file of the package, unpacked (a folder) or not (an archive, where all is under ``package/``)."""
    if package.is_dir():
        return lambda name: (package / name).read_bytes()

    def from_archive(name: str) -> bytes:
        with tarfile.open(package) as archive:
            member = archive.extractfile(f"package/{name}")
            if member is None:
                raise KeyError(name)
            return member.read()

    return from_archive


def tables(read: Callable[[str], bytes]) -> dict[str, list[Row]]:
    """The rows of every table. Raises ValueError if the package is another one, or another version."""
    manifest = json.loads(read("package.json"))
    if (manifest["name"], manifest["version"]) != (PACKAGE, VERSION):
        raise ValueError(f"{PACKAGE} {VERSION} attendu, {manifest['name']} {manifest['version']} reçu")
    entries: list[Item] = json.loads(read("data/communes.json"))
    groups: list[Item] = json.loads(read("data/epci.json"))
    communes = {entry["code"]: entry for entry in entries if entry["type"] == "commune-actuelle"}
    group_of = {member["code"]: group["code"] for group in groups for member in group["membres"]}
    return {
        "communes": [
            (
                code,
                entry["nom"],
                entry["departement"],
                group_of.get(code, ""),
                str(entry.get("population", "")),
                " ".join(sorted(set(entry.get("codesPostaux", ())))),
            )
            for code, entry in communes.items()
        ],
        "anciennes": former(entries, communes.values()),
        "epci": [
            (
                group["code"],
                # One name has two spaces in a row.
                " ".join(group["nom"].split()),
                group["type"],
                # In the package, the figures of EPCI and communes disagree (other source); a sum keeps one source, so
                # that an EPCI and the list of all its communes fall in the same population band.
                str(sum(communes[member["code"]]["population"] for member in group["membres"])),
            )
            for group in groups
        ],
        "departements": [(d["code"], d["nom"], d["region"]) for d in json.loads(read("data/departements.json"))],
        "regions": [(r["code"], r["nom"]) for r in json.loads(read("data/regions.json"))],
    }


def former(entries: Iterable[Item], communes: Iterable[Item]) -> list[Row]:
    """Codes that no commune has any more, with the name where the package knows it, and today's commune."""
    rows = {old: (old, "", commune["code"]) for commune in communes for old in commune.get("anciensCodes", ())}
    for entry in entries:
        # Communes déléguées and associées say "chefLieu", arrondissements municipaux say "commune".
        new = entry.get("chefLieu") or entry.get("commune")
        if new and new != entry["code"]:
            # The state of today wins over the history: for two codes (55273, 60455) they disagree.
            rows[entry["code"]] = (entry["code"], entry["nom"], new)
    return list(rows.values())


def written(name: str, rows: list[Row]) -> bytes:
    """The bytes of a table. Raises ValueError for a code given twice, or text that would break the columns."""
    codes = {row[0] for row in rows}
    if len(codes) != len(rows):
        raise ValueError(f"{name} : un code est donné deux fois")
    if any(len(cell.splitlines()) > 1 or "\t" in cell for row in rows for cell in row):
        raise ValueError(f"{name} : tabulation ou saut de ligne dans une valeur")
    return "".join("\t".join(row) + "\n" for row in (COLUMNS[name], *sorted(rows))).encode()


def licence(made: dict[str, list[Row]]) -> bytes:
    """The notice that the Licence Ouverte asks for: sources, vintage, what was changed."""

    def size(name: str) -> str:
        return f"{len(made[name]):,}".replace(",", "\u202f")

    return f"""# Territoires : sources et licence

Millésime {MILLESIME}. Ces tables sont tirées du paquet `{PACKAGE}` {VERSION} (Etalab), données sous
[Licence Ouverte](https://www.etalab.gouv.fr/licence-ouverte-open-licence) 2.0, et restent sous cette licence.

## Sources
- Insee : code officiel géographique (communes, départements, régions, anciens codes) et populations de référence.
- DGCL : liste et composition des EPCI à fiscalité propre.
- La Poste : base officielle des codes postaux.

## Ce qui est gardé
| table | lignes | contenu |
| --- | ---: | --- |
| `communes.tsv` | {size("communes")} | communes actuelles, outre-mer et collectivités d’outre-mer compris |
| `anciennes.tsv` | {size("anciennes")} | codes qui ne sont plus ceux d’une commune, et la commune d’aujourd’hui |
| `epci.tsv` | {size("epci")} | EPCI à fiscalité propre ; leurs membres se lisent dans `communes.tsv` |
| `departements.tsv` | {size("departements")} | départements ; chaque collectivité d’outre-mer y a une ligne |
| `regions.tsv` | {size("regions")} | régions ; chaque collectivité d’outre-mer y a une ligne |

- Une case vide veut dire : sans objet (commune hors EPCI) ou non donné par la source (population, code postal,
  ancien nom).
- `population` : population municipale, en habitants. Celle d’un EPCI est la somme de celles de ses communes, et non le
  chiffre de la DGCL, qui ne compte pas les mêmes populations communales. Mayotte est à son recensement de 2017.
- `anciennes.tsv` réunit les anciens codes, les communes déléguées et associées qui ont un autre code que leur
  chef-lieu, et les arrondissements municipaux de Paris, Lyon et Marseille. Là où l’historique et la situation actuelle
  se contredisent (55273, 60455), la situation actuelle est gardée.
- Ni arrondissements, ni établissements publics territoriaux, ni coordonnées.

## Refaire ces fichiers
Ils ne se modifient pas à la main : `python scripts/make_territories.py` les réécrit, octet pour octet.
""".encode()


def fetch(folder: Path) -> Path:
    """The archive of the package, fetched into ``folder``. Raises CalledProcessError, or OSError without npm."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm est introuvable : installez Node.js, ou donnez le chemin du paquet")
    subprocess.run([npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def main() -> int:
    """Writes every file, or none."""
    parser = argparse.ArgumentParser(description="Refait les tables des territoires.")
    parser.add_argument("paquet", nargs="?", type=Path, help="paquet décompressé, ou archive .tgz")
    parser.add_argument("--vers", type=Path, default=TARGET, metavar="DOSSIER", help="où écrire")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as temporary:
            made = tables(reader(options.paquet or fetch(Path(temporary))))
        files = {f"{name}.tsv": written(name, rows) for name, rows in made.items()} | {"LICENCE.md": licence(made)}
    except (OSError, KeyError, ValueError, tarfile.TarError, subprocess.CalledProcessError) as error:
        print(f"Rien n’est écrit : {error}", file=sys.stderr)
        return 2
    options.vers.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (options.vers / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
