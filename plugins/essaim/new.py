"""A new sheet: its id, and a first draft in which every field says what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from essaim import front
from essaim.library import Library, context_of, validate
from essaim.model import Champ, Sheet, order
from essaim.source import parse
from essaim.vocabulary import Vocabulary
from essaim.words import NON_COMMUNIQUE, slug, unbroken

LONGEST = 60
"""Characters of an id made from a title: it is an address that people say and copy."""
PICK = 14
"""Values of a vocabulary that are listed in a comment; of a longer one, its file is named."""
_WIDTH = 110
_BODY = "\n## La démarche\n"


def identifier(titre: str) -> str:
    """The id that a title gives, whole words of it, ``LONGEST`` characters at most; empty for a title without letters."""
    found = slug(titre)
    return found if len(found) <= LONGEST else found[: LONGEST + 1].rpartition("-")[0] or found[:LONGEST]


def draft(kind: type[Sheet], data: Mapping[str, Any], today: date, vocabularies: Mapping[str, Vocabulary]) -> str:
    """The canonical text of a sheet to fill in. ``data`` holds what is known of it, as ``Source.data`` does.

    What a first draft needs stands first, each field under its help; the rest follows as comments, by headings.
    """
    known = {"statut": "brouillon", "publie_le": today.isoformat(), "verifie_le": today.isoformat(), **data}
    written: dict[str, Any] = {}
    comments: dict[str, list[str]] = {}
    waiting: list[str] = []
    heading = ""
    for champ in order(kind):
        if not champ.essentiel and not heading:
            waiting += _wrapped("Ce qui suit est facultatif. Pour remplir un champ, effacez le dièse et l’espace devant son nom, "
                                "et écrivez après les deux-points.")  # fmt: skip
        if not champ.essentiel and champ.rubrique != heading:
            heading = champ.rubrique
            waiting += ["#", f"# — {heading} —"]
        waiting += _help(champ, vocabularies)
        if champ.required or champ.path in known:
            written[champ.path] = known.get(champ.path)
            comments[champ.path], waiting = waiting, []
        else:
            waiting.append(f"# {champ.path}:")
    return front.write(kind, written, _BODY, comments=comments, tail=waiting)


def refusals(kind: type[Sheet], champ: Champ, value: Any, library: Library) -> list[str]:
    """Why a field of a new sheet refuses ``value``, in French: what ``essaim check`` would say of it."""
    context = context_of(library.vocabularies, library.kinds)
    source, problems = parse(front.write(kind, {champ.path: value}), "")
    problems = problems or validate(kind, "", source, context)[1]
    return [problem.sentence for problem in problems if problem.code != "champ-manquant"]


def explained(champ: Champ, vocabularies: Mapping[str, Vocabulary]) -> str:
    """What a field is for and what it may hold, in a few sentences."""
    return " ".join(_sentences(champ, vocabularies))


def _help(champ: Champ, vocabularies: Mapping[str, Vocabulary]) -> list[str]:
    needed = " (obligatoire)" if champ.required else ""
    return _wrapped(f"{champ.titre}{needed} : {explained(champ, vocabularies)}")


def _sentences(champ: Champ, vocabularies: Mapping[str, Vocabulary]) -> list[str]:
    found = [champ.aide.rstrip(".") + "."]
    vocabulary = vocabularies.get(champ.vocabulary or "")
    if vocabulary:
        ids = [value.id for value in vocabulary.valeurs]
        which = "Valeurs" if champ.many else "Une valeur"
        found.append(f"{which} parmi : {', '.join(ids)}." if len(ids) <= PICK else f"{which} de content/vocabularies/{champ.vocabulary}.yml.")  # fmt: skip
    if champ.group:
        inside = ", ".join(one.path for one in order(champ.group))
        needed = ", ".join(one.path for one in order(champ.group) if one.required)
        found.append(f"{'Liste ; sous-champs de chaque élément' if champ.many else 'Sous-champs'} : {inside}." + (f" Obligatoires : {needed}." if needed else ""))  # fmt: skip
    elif champ.many:
        found.append(
            "Liste : un élément par ligne, après un tiret." if champ.forme.genre == "texte" else "Liste : [un, deux]."
        )
    if champ.exemple:
        found.append(f"Exemple : {champ.exemple.rstrip('.')}.")
    if champ.unknown_allowed:
        found.append(f"Si personne ne le dit : {NON_COMMUNIQUE}.")
    return found


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in unbroken(text).split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= _WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [f"# {line}" for line in lines]
