"""A seeded library of N valid French sheets, straight from the model, so that it never goes stale.

``python bench/generate.py 1000 LIBRARY`` writes ``content/`` and ``mkdocs.yml`` there. Which fields there are, and
what each holds, is asked of the model. Values are drawn from the project's vocabularies, communes from the real table,
words by Zipf's law from the texts of the project's own sheets, in sentences of their length. It reads as French from
afar and means nothing: this is for measuring.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from string import ascii_uppercase
from typing import Any

import yaml

from essaim import territories, vocabulary
from essaim.model import KINDS, Champ, Sheet, champs

ROOT = Path(__file__).parents[1]
SHARES = {"experience": 70, "method": 8, "organisation": 8, "term": 6, "resource": 4, "webinar": 2, "dossier": 2}
"""Percent of sheets of each kind."""
GLOSSARY = 120
"""Terms at most: a language does not grow with the number of places that speak it."""
COMMON = 200
"""The most frequent words, of which no term of a glossary is made: it explains none that everyone says all day."""
WORDS = {
    "experience": 700,
    "method": 700,
    "dossier": 400,
    "webinar": 200,
    "organisation": 150,
    "resource": 300,
    "term": 80,
}
"""Words of a body. The targets of docs/performance.md were set on pages of some 720 words."""
OPTIONAL = 0.6  # chance that an optional field is filled in
SENTENCE = (4, 30, 9)  # words: fewest, most, usual; those of the project's sheets have 11 in the middle
URL = "https://essaim.example/"
"""Where the library says that it is published: feeds, covers and the sitemap need it."""
APART = frozenset(
    [
        "anciens_ids",
        "anciennes_ancres",
        "archivage",
        "a_revoir_le",
        "fin",
        "cout_total",
        "financements",
        "prerequis_reunis",
        "epci",
        "departements",
        "territoire",
        "fiche_outil.depuis",
        "fiche_outil.colonnes.depuis",
    ]
)
"""Fields that would have to agree with another: they are left out, or filled in afterwards."""
SUBJECTS = (
    "Une commune",
    "Un groupe d’habitants",
    "Une intercommunalité",
    "Des entreprises",
    "Une association",
    "Dix élus",
)
"""How a summary begins: it is read alone, so it names who acts."""  # fmt: skip


class Generator:
    """Draws sheets. The same seed and number give the same files."""

    def __init__(self, number: int, seed: int = 1) -> None:
        self.random = Random(seed)  # noqa: S311  # not for secrets
        self.vocabularies = vocabulary.load(ROOT / "content" / "vocabularies", "")[0]
        self.communes = sorted((one.code, one.nom) for one in territories.load().communes())
        self.words = _words()
        self.cumulated = list(accumulate(1 / (rank + 1) for rank in range(len(self.words))))
        self.rare = [word for word in self.words[COMMON:] if len(word) > 4]
        counts = {kind: max(2, number * share // 100) for kind, share in SHARES.items()}
        counts["term"] = min(counts["term"], GLOSSARY)
        counts["experience"] += number - sum(counts.values())
        self.ids = {kind: [f"{kind}-{n}" for n in range(count)] for kind, count in counts.items()}
        self.titles: set[str] = set()
        # Texts use the terms of the glossary, each sheet a few of them, whatever the size of the library.
        self.terms = [self._title("term") for _ in self.ids["term"]]

    def files(self) -> Iterator[tuple[str, str]]:
        """``(path below content/, text)`` of each sheet."""
        for kind, ids in self.ids.items():
            for place, identifier in enumerate(ids):
                front = self.front(KINDS[kind], identifier)
                if kind == "term":
                    front["titre"] = self.terms[place]
                text = yaml.dump(front, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=10_000)
                yield f"{KINDS[kind].FOLDER}/{identifier}.md", f"---\n{text}---\n\n{self.body(kind, identifier)}\n"

    def front(self, model: type[Sheet], identifier: str) -> dict[str, Any]:
        """Front matter: every required field, and most of the others."""
        front = self._fields(champs(model), "", identifier)
        published = date(2024, 1, 1) + timedelta(self.random.randrange(800))
        front |= {
            "titre": self._title(model.KIND),
            "statut": "publié",
            "publie_le": str(published),
            "verifie_le": str(published + timedelta(self.random.randrange(150))),
            "sources": [
                front.get("sources", [{}])[0] | {"id": "s", "titre": self.phrase(6)},
                *({"id": f"s{n}", "titre": self.phrase(5)} for n in range(self.random.randrange(3))),
            ],
            "chiffres": [self._figure() for _ in range(self.random.randrange(1, 5))],
        }
        if model.KIND == "experience":
            amounts = [self.random.randrange(1, 99) * 1000 for _ in range(3)]
            front |= {"cout_total": sum(amounts), "debut": str(self.random.randrange(2005, 2017))}
            front["financements"] = [
                {"tiers": tier, "montant": amount}
                for tier, amount in zip(("public", "prive", "prestations"), amounts, strict=True)
            ]
        return front

    def _fields(self, found: tuple[Champ, ...], prefix: str, identifier: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for champ in found:
            name = champ.path.removeprefix(prefix)
            if "." in name or champ.computed or not champ.path.startswith(prefix) or champ.path in APART:
                continue
            if not champ.required and self.random.random() > OPTIONAL:
                continue
            inside = tuple(other for other in found if other.path.startswith(f"{champ.path}."))
            drawn = [
                self._fields(inside, f"{champ.path}.", identifier) if champ.group else self._value(champ, identifier)
                for _ in range(self._how_many(champ))
            ]
            # No list names the same thing twice.
            values[name] = [one for n, one in enumerate(drawn) if one not in drawn[:n]] if champ.many else drawn[0]
        return values

    def _how_many(self, champ: Champ) -> int:
        """One to three, five steps on the way through a dossier."""
        return 5 if champ.path == "parcours" else self.random.choice((1, 1, 1, 2, 3)) if champ.many else 1

    def _value(self, champ: Champ, identifier: str) -> Any:
        if champ.vocabulary:
            ids = [value.id for value in self.vocabularies[champ.vocabulary].valeurs]
            return ids[min(int(self.random.paretovariate(1)) - 1, len(ids) - 1)]
        if champ.ref:
            return self.reference(champ.ref.kinds, identifier)
        longest = champ.forme.longueur_max or 200
        match champ.forme.genre:
            case "texte":
                return self.sentences(self.random.randrange(4, 16), longest)
            case "ligne" if champ.path == "sigle":
                return "".join(self.random.choices(ascii_uppercase, k=4))
            case "ligne":
                return self.phrase(self.random.randrange(3, 8))[:longest].rstrip()
            case "territoire":
                return " ".join(self.random.choice(self.communes))
            case "adresse":
                return f"https://example.org/{self.random.randrange(10**6)}"
            case "entier" | "nombre":
                return self.random.randrange(1, 21)
            case "annee" | "date-partielle":
                return str(self.random.randrange(2005, 2026))
            case "date":
                return str(date(2015, 1, 1) + timedelta(self.random.randrange(3000)))
            case "moment":
                return "14:30" if champ.path == "heure" else "1:02:30"
            case "siren":
                return "732829320"
            case "saisie":
                return "texte"
            case "identifiant":
                return "s"
            case other:
                raise ValueError(f"{champ.path} : le générateur ne sait pas écrire « {other} »")

    def reference(self, kinds: tuple[str, ...], identifier: str) -> str:
        """The id of another sheet of one of these kinds; some are named far more often than others."""
        pool = self.ids[self.random.choice(kinds or ("experience", "experience", "method", "resource"))]
        other = pool[int(self.random.random() ** 2 * len(pool))]
        return other if other != identifier else pool[(pool.index(other) + 1) % len(pool)]

    def _title(self, kind: str) -> str:
        while True:
            if kind == "term":
                title = _capital(" ".join(self.random.sample(self.rare, 2)))
            else:
                title = self.phrase(self.random.randrange(3, 6))
            if kind == "experience":
                title += f" à {self.random.choice(self.communes)[1]}"
            if title.lower() not in self.titles:
                self.titles.add(title.lower())
                return title

    def _figure(self) -> dict[str, Any]:
        return {
            "valeur": self.random.randrange(10**5),
            "libelle": self.phrase(3).lower(),
            "annee": self.random.randrange(2005, 2026),
            "source": "s",
        }

    def draw(self, words: int) -> list[str]:
        """That many words, none twice in a row."""
        drawn = self.random.choices(self.words, cum_weights=self.cumulated, k=words)
        for place in range(1, words):
            while drawn[place] == drawn[place - 1]:
                drawn[place] = self.random.choices(self.words, cum_weights=self.cumulated)[0]
        return drawn

    def phrase(self, words: int) -> str:
        """That many words with a capital: a title, a heading, a label."""
        return _capital(" ".join(self.draw(words)))

    def sentence(self, *inside: str) -> str:
        """A sentence, with the texts ``inside`` somewhere in it."""
        words = self.draw(int(self.random.triangular(*SENTENCE)))
        if len(words) > 12:
            words[len(words) // 2] += ","
        chance = self.random.random()
        if chance < 0.04:
            words[:1] = [f"en {self.random.randrange(2005, 2026)},", str(self.random.randrange(2, 5000)), words[0]]
        elif chance < 0.08:
            words.append(f"à {self.random.choice(self.communes)[1]}")
        elif chance < 0.14:
            words.insert(len(words) // 2, self.random.choice(self.terms).lower())
        for one in inside:
            words.insert(self.random.randrange(1, len(words)), one)
        return f"{_capital(' '.join(words))}."

    def sentences(self, words: int, longest: int) -> str:
        """Sentences of about ``words`` words in all, at most ``longest`` characters: a summary, a lesson, an answer."""
        first = self.sentence()
        text = f"{self.random.choice(SUBJECTS)} {first[0].lower()}{first[1:]}"
        while len(text.split()) < words and len(more := f"{text} {self.sentence()}") <= longest:
            text = more
        return text

    def body(self, kind: str, identifier: str) -> str:
        """Headings, paragraphs, lists, a table or a note now and then, and links in both forms."""
        parts = [f"## {self.phrase(3)}", self._paragraph(identifier)]
        while sum(len(part.split()) for part in parts) < WORDS[kind]:
            chance = self.random.random()
            if chance < 0.2:
                items = (f"- {self.sentence()}" for _ in range(self.random.randrange(3, 6)))
                parts += [self._paragraph(identifier), "\n".join(items)]
            elif chance < 0.25:
                rows = (f"| {self.phrase(2)} | {self.phrase(5)} |" for _ in range(4))
                parts.append("\n".join(("| Qui | Quoi |", "| --- | --- |", *rows)))
            elif chance < 0.3:
                parts.append(f"> [!NOTE]\n> {self.sentence()} {self.sentence()}")
            elif chance < 0.55:
                parts += [f"{'##' if chance < 0.5 else '###'} {self.phrase(4)}", self._paragraph(identifier)]
            else:
                parts.append(self._paragraph(identifier))
        return "\n\n".join(parts)

    def _paragraph(self, identifier: str) -> str:
        said = [self.sentence() for _ in range(self.random.randrange(3, 6))]
        chance = self.random.random()
        if chance < 0.3:
            said.append(self.sentence(f"[[{self.reference((), identifier)}]]"))
        elif chance < 0.5:
            said.append(self.sentence(f"[[{self.reference((), identifier)}|{' '.join(self.draw(2))}]]"))
        elif chance < 0.55:
            said.append(
                self.sentence(f"[{' '.join(self.draw(3))}](../methods/{self.reference(('method',), identifier)}.md)")
            )
        elif chance < 0.65:
            said.append(self.sentence(f"**{' '.join(self.draw(2))}**"))
        elif chance < 0.7:
            said.append(
                self.sentence(f"[{' '.join(self.draw(2))}](https://example.org/{self.random.randrange(10**6)})")
            )
        return " ".join(said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _words() -> list[str]:
    """The words in small letters of the texts of the project's own sheets, the most frequent first."""
    found: Counter[str] = Counter()
    for file in sorted((ROOT / "content").rglob("*.md")):
        text = file.read_text("utf-8").split("\n---\n", 1)[-1]
        text = re.sub(r"(?s)```.*?```|`[^`]*`|\[\[[^\]|]*\|?|\]\([^)]*\)|https?:\S+", " ", text)
        found.update(re.findall(r"(?<![\w’.@-])[a-zà-ÿœæ](?:[a-zà-ÿœæ’-]*[a-zà-ÿœæ])?(?![\w’@-])", text))
    return sorted(found, key=lambda word: (-found[word], word))


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
