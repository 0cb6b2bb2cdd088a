"""The mapping file: which column of a spreadsheet is which field, told once by whoever knows the spreadsheet.

sorte: experience
feuille: Recensement 2025
separateur: ","
colonnes:
  Nom du projet: titre
  Financeur principal: financements.1.financeur
  Notes internes:                       # nothing: this column is left out on purpose
valeurs:
  gouvernance: { Association loi 1901: classique }
constantes:
  auteurs: [Service économie]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from essaim import disk
from essaim.imports.columns import Target, columns, near, target
from essaim.model import KINDS, Sheet
from essaim.problem import Problem
from essaim.source import MAX_FILE, Loc, Source, compose
from essaim.words import fold, nearest

KEYS = ("sorte", "feuille", "colonnes", "valeurs", "constantes", "separateur")
DEFAULT = "experience"
"""The kind of what says nothing of its kind."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file, read. ``columns`` maps a heading, as written, to its place, or to None when it is left out on
    purpose; ``values`` maps a path to texts of cells (folded) and what they become ('' leaves them out)."""

    kind: type[Sheet]
    tab: str = ""
    columns: dict[str, Target | None] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    separator: str = ""
    source: Source = field(default_factory=lambda: Source(""))


def read(file: Path, kind: type[Sheet] | None) -> tuple[Mapping, list[Problem]]:
    """The mapping of ``file``, and all that is wrong with it. ``kind`` is the one asked for on the command line, if any."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_FILE + 1)
    except OSError as error:
        return Mapping(kind or KINDS[DEFAULT]), [
            Problem(str(file), 1, 1, "fichier-illisible", f"fichier illisible : {disk.reason(error)}")
        ]
    if len(raw) > MAX_FILE:
        return Mapping(kind or KINDS[DEFAULT]), [
            Problem(str(file), 1, 1, "fichier-trop-gros", f"fichier de plus de {MAX_FILE // 1000} ko")
        ]
    return parse(raw, str(file), kind)


def parse(raw: bytes | str, path: str, kind: type[Sheet] | None = None) -> tuple[Mapping, list[Problem]]:
    """As ``read``, from a text."""
    source, problems = compose(raw, path)
    named, wrong = _kind(source, kind)
    problems += wrong
    if source.broken:
        return Mapping(named), problems
    data = source.data
    problems += [
        source.problem((key,), "champ-inconnu", f"réglage inconnu « {key[:60]} »",
                       f"Vouliez-vous dire « {found} » ?" if (found := nearest(key, KEYS)) else f"Réglages possibles : {', '.join(KEYS)}.")
        for key in data
        if key not in KEYS
    ]  # fmt: skip
    read = _Reader(source, named, problems)
    mapping = Mapping(
        named,
        read.text("feuille"),
        read.columns(),
        read.values(),
        read.constants(),
        read.text("separateur"),
        source,
    )
    return mapping, problems


def _kind(source: Source, asked: type[Sheet] | None) -> tuple[type[Sheet], list[Problem]]:
    name = source.data.get("sorte")
    if name is None:
        return asked or KINDS[DEFAULT], []
    if not isinstance(name, str) or name not in KINDS:
        name = name if isinstance(name, str) else "…"
        found = nearest(name, KINDS)
        hint = f"Vouliez-vous dire « {found} » ?" if found else f"Sortes possibles : {', '.join(KINDS)}."
        return asked or KINDS[DEFAULT], [source.problem(("sorte",), "sorte-inconnue", f"sorte de fiche inconnue « {name[:60]} »", hint)]  # fmt: skip
    if asked and name != asked.KIND:
        return asked, [source.problem(("sorte",), "sorte-contradictoire", f"la correspondance est pour « {name} », la commande demande « {asked.KIND} »",
                                      "Corrigez l’une des deux.")]  # fmt: skip
    return KINDS[name], []


@dataclass(frozen=True, slots=True)
class _Reader:
    source: Source
    kind: type[Sheet]
    problems: list[Problem]

    def tell(self, loc: Loc, message: str, hint: str, code: str = "correspondance") -> None:
        self.problems.append(self.source.problem(loc, code, message, hint))

    def text(self, key: str) -> str:
        value = self.source.data.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        self.tell((key,), f"« {key} » attend un texte", "Écrivez-le sur la même ligne.")
        return ""

    def group(self, *loc: str) -> dict[str, Any]:
        value: Any = self.source.data
        for key in loc:
            value = value.get(key)
        if value is None or isinstance(value, dict):
            return value or {}
        self.tell(loc, f"« {loc[-1]} » attend des lignes", "Écrivez, à la ligne et en retrait, nom: valeur.")
        return {}

    def path(self, loc: Loc, written: str) -> Target | None:
        found = target(self.kind, written)
        if found is None:
            inside = [path for path in columns(self.kind) if path.startswith(f"{written}.")]
            hint = (
                f"C’est un groupe : choisissez {', '.join(inside[:8])}."
                if inside
                else near(self.kind, written, path=True)
            )
            self.tell(loc, f"le champ « {written[:60]} » n’existe pas dans une fiche {self.kind.KIND}",
                      hint or "Les champs sont dans docs/champs.md.", "champ-inconnu")  # fmt: skip
        return found

    def columns(self) -> dict[str, Target | None]:
        found: dict[str, Target | None] = {}
        taken: dict[Target, str] = {}
        for heading, written in self.group("colonnes").items():
            if written is None:
                found[heading] = None
                continue
            if not isinstance(written, str):
                self.tell(("colonnes", heading), f"la colonne « {heading[:60]} » attend le nom d’un champ", "Écrivez « En-tête »: champ.")  # fmt: skip
                continue
            place = self.path(("colonnes", heading), written)
            if place and place in taken and not columns(self.kind)[place.path].champ.many:
                self.tell(("colonnes", heading), f"« {written} » est déjà la colonne « {taken[place][:60]} »", "Une colonne par champ.")  # fmt: skip
            elif place:
                taken[place] = heading
                found[heading] = place
        return found

    def values(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for written in self.group("valeurs"):
            place = self.path(("valeurs", written), written)
            if place:
                texts = self.group("valeurs", written)
                found[place.path] = {fold(text): one for text, one in self.texts(("valeurs", written), texts)}
        return found

    def texts(self, loc: Loc, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for text, one in given.items():
            if one is None or isinstance(one, str):
                yield text, one or ""
            else:
                self.tell(
                    (*loc, text), f"« {text[:60]} » attend une seule valeur", "Écrivez « texte du tableur »: valeur."
                )

    def constants(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for written, value in self.group("constantes").items():
            place = self.path(("constantes", written), written)
            texts = value if isinstance(value, list) else [value]
            if not all(isinstance(text, str) for text in texts):
                self.tell(("constantes", written), f"« {written[:60]} » attend un texte ou une liste de textes", "Voyez l’aide : essaim import --help.")  # fmt: skip
            elif place and place.number:
                self.tell(("constantes", written), f"« {written[:60]} » est dans une liste de groupes", "Une constante ne peut y aller.")  # fmt: skip
            elif place:
                found[place.path] = tuple(texts)
        return found
