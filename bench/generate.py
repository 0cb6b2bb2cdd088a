"""A seeded library of N valid French sheets, straight from the model, so that it never goes stale.

``python bench/generate.py 1000 /tmp/library`` writes ``content/`` and ``mkdocs.yml`` there. Values are drawn from the
project's vocabularies, communes from the real table, words from the project's own sheets by Zipf's law. The figures
are noise: this is for measuring, not for reading.
"""

from __future__ import annotations

import random
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from essaim import territories, vocabulary
from essaim.model import KINDS, Champ, Sheet, champs

ROOT = Path(__file__).parents[1]
SHARES = {"experience": 70, "method": 8, "organisation": 8, "term": 6, "resource": 4, "webinar": 2, "dossier": 2}
"""Percent of sheets of each kind."""
WORDS = 700  # words of a body
OPTIONAL = 0.7  # chance that an optional field is filled in


class Generator:
    """Draws sheets. The same seed and number give the same files."""

    def __init__(self, number: int, seed: int = 1) -> None:
        self.random = random.Random(seed)  # noqa: S311  # not for secrets
        self.vocabularies = vocabulary.load(ROOT / "content" / "vocabularies", "")[0]
        self.communes = [line.split("\t")[0] for line in territories.load()._communes.splitlines()[1:]]
        words = Counter(
            re.findall(
                r"[a-zà-ÿœ’]+", " ".join(f.read_text("utf-8") for f in sorted((ROOT / "content").rglob("*.md"))).lower()
            )
        )
        self.words = [word for word, _ in sorted(words.items(), key=lambda item: (-item[1], item[0]))]
        self.cumulated = list(accumulate(1 / (rank + 1) for rank in range(len(self.words))))
        counts = {kind: max(2, number * share // 100) for kind, share in SHARES.items()}
        counts["experience"] += number - sum(counts.values())
        self.ids = {kind: [f"{kind}-{n}" for n in range(count)] for kind, count in counts.items()}

    def files(self) -> Iterator[tuple[str, str]]:
        """``(path below content/, text)`` of each sheet."""
        for kind, ids in self.ids.items():
            for identifier in ids:
                front = self.group(KINDS[kind], identifier)
                text = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)
                yield f"{KINDS[kind].FOLDER}/{identifier}.md", f"---\n{text}---\n\n{self.body(kind, identifier)}"

    def group(self, model: type[Sheet], identifier: str) -> dict[str, Any]:
        """Front matter: every required field, and most of the others."""
        front = self._fields(champs(model), "", identifier)
        front |= {
            "titre": f"{self.text(4).capitalize()} {identifier.rpartition('-')[2]}",
            "statut": "publié",
            "publie_le": "2026-01-01",
            "verifie_le": "2026-06-01",
        }
        front |= {"sources": [{"id": "s", "titre": self.text(5)}], "chiffres": [self._figure() for _ in range(3)]}
        for name in (
            "anciens_ids",
            "anciennes_ancres",
            "archivage",
            "a_revoir_le",
            "fin",
            "cout_total",
            "financements",
            "questions",
            "prerequis_reunis",
            "epci",
            "departements",
            "territoire",
        ):
            front.pop(name, None)  # each would have to agree with another
        if model.KIND == "experience":
            amounts = [self.random.randrange(1, 99) * 1000 for _ in range(3)]
            front |= {"cout_total": sum(amounts), "debut": "2015"}
            front["financements"] = [
                {"tiers": tier, "montant": amount}
                for tier, amount in zip(("public", "prive", "prestations"), amounts, strict=True)
            ]
        return front

    def _fields(self, found: tuple[Champ, ...], prefix: str, identifier: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for champ in found:
            name = champ.path.removeprefix(prefix)
            # « depuis » would have to name the field of another kind.
            if "." in name or champ.computed or not champ.path.startswith(prefix) or name == "depuis":
                continue
            if not champ.required and self.random.random() > OPTIONAL:
                continue
            inside = tuple(other for other in found if other.path.startswith(f"{champ.path}."))
            value = (
                self._fields(inside, f"{champ.path}.", identifier) if champ.group else self._value(champ, identifier)
            )
            values[name] = [value] if champ.many else value
        return values

    def _value(self, champ: Champ, identifier: str) -> Any:
        name = champ.path.rsplit(".", 1)[-1]
        if champ.vocabulary:
            ids = [value.id for value in self.vocabularies[champ.vocabulary].valeurs]
            return ids[min(int(self.random.paretovariate(1)) - 1, len(ids) - 1)]
        if champ.ref:
            kinds = champ.ref.kinds or ("experience", "method", "resource")
            pool = self.ids[self.random.choice(kinds)]
            other = pool[int(self.random.random() ** 2 * len(pool))]
            return other if other != identifier else pool[(pool.index(other) + 1) % len(pool)]
        if champ.territory == "commune":
            return self.random.choice(self.communes)
        by_name = {
            "annee": 2020,
            "nombre": 5,
            "valeur": 5,
            "montant": 5,
            "lignes_vides": 3,
            "id": "s",
            "saisie": "texte",
            "source": "s",
            "siren": "732829320",
            "heure": "14:30",
            "duree": 90,
        }
        if name in by_name:
            return by_name[name]
        if name in ("url", "site", "replay", "diaporama", "synthese", "evaluation", "inscription"):
            return f"https://example.org/{self.random.randrange(10**6)}"
        if name in ("date", "consulte_le", "debut"):
            return "2018-04-05" if champ.path != "sequences.debut" else "1:02:30"
        return self.text(self.random.randrange(4, 20))

    def _figure(self) -> dict[str, Any]:
        return {
            "valeur": self.random.randrange(10**5),
            "libelle": self.text(3),
            "annee": self.random.randrange(2005, 2026),
            "source": "s",
        }

    def text(self, words: int) -> str:
        """That many words."""
        return " ".join(self.random.choices(self.words, cum_weights=self.cumulated, k=words))

    def body(self, kind: str, identifier: str) -> str:
        """Three headings, paragraphs, a list, a table and four links."""
        parts = []
        for number in range(3):
            link = self._value(next(c for c in champs(KINDS["dossier"]) if c.path == "parcours.fiche"), identifier)
            parts += [
                f"## {self.text(4)}",
                f"{self.text(WORDS // 4)} [[{link}]] {self.text(20)}.",
                "\n".join(f"- {self.text(8)}" for _ in range(4)),
            ]
            if number == 1:
                parts.append(
                    "| Qui | Quoi |\n| --- | --- |\n"
                    + "\n".join(f"| {self.text(2)} | {self.text(6)} |" for _ in range(4))
                )
        return "\n\n".join(parts) + f"\n\n[{kind}](../experiences/{self.ids['experience'][0]}.md)\n"


def write(number: int, folder: Path, seed: int = 1) -> None:
    """Write a library of ``number`` sheets and its settings in ``folder``, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "content").mkdir(parents=True)
    shutil.copytree(ROOT / "content" / "vocabularies", folder / "content" / "vocabularies")
    (folder / "content" / "pages").mkdir()
    for page in sorted((ROOT / "content" / "pages").glob("*.md")):
        # The real pages lead to sheets of the real library: only their addresses are kept.
        text = f"---\ntitre: {page.stem}\nresume: Page.\nstatut: publié\npublie_le: 2026-01-01\nverifie_le: 2026-01-01\n---\n"
        (folder / "content" / "pages" / page.name).write_text(text, "utf-8")
    for file in (folder / "content" / "vocabularies").glob("*.yml"):
        file.write_text(re.sub(r"source: [a-z][a-z0-9-]+", "source: redaction", file.read_text("utf-8")), "utf-8")
    shutil.copy(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
    for name, text in Generator(number, seed).files():
        file = folder / "content" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
