"""The one list of fields, read off the model: what each is called, what is written in it, where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from essaim.model.base import PUBLICATION, SOURCES, Group, Sheet
from essaim.model.types import LINE, Forme, OrUnknown, Ref, TerritoryCode
from essaim.vocabulary import Vocab
from essaim.words import NON_COMMUNIQUE

ANY = Forme("ligne")
"""What nothing says more of."""


@dataclass(frozen=True, slots=True)
class Champ:
    """One field, read off the model: the only list of fields there is.

    ``path`` is its name, or names joined by a point for a field inside a list (``chiffres.annee``). ``rubrique`` is the
    heading under which it stands, ``essentiel`` says that a first draft needs it, ``forme`` what one value looks like.
    """

    path: str
    titre: str
    aide: str
    required: bool
    computed: bool
    many: bool
    facette: str | None
    vocabulary: str | None
    ref: Ref | None
    territory: str | None
    unknown_allowed: bool
    exemple: str | None
    group: type[Group] | None
    demander: str | None = None
    unite: str | None = None
    rubrique: str = ""
    essentiel: bool = False
    forme: Forme = ANY


@cache
def champs(model: type[Group]) -> tuple[Champ, ...]:
    """The fields of ``model`` in its order, those of a group right after the group's own."""
    return tuple(_champs(model, ""))


@cache
def order(model: type[Group]) -> tuple[Champ, ...]:
    """The fields that are written in a sheet or a group, without those inside groups, in the order in which they are
    written: of a sheet, first what a draft needs, and in both parts what is common to all kinds at the end."""
    own = [champ for champ in champs(model) if not champ.computed and "." not in champ.path]
    if not issubclass(model, Sheet):
        return tuple(own)
    last = (SOURCES, PUBLICATION)
    heads = list(dict.fromkeys(champ.rubrique for champ in own if champ.rubrique not in last))
    places = {head: place for place, head in enumerate([*heads, *last])}
    return tuple(sorted(own, key=lambda champ: (not champ.essentiel, places[champ.rubrique])))


def _champs(model: type[Group], prefix: str, rubrique: str = "") -> Iterator[Champ]:
    for name, info in model.model_fields.items():
        parts = list(_parts(info.annotation, tuple(info.metadata)))
        group = next((p for p in parts if isinstance(p, type) and issubclass(p, Group)), None)
        vocab = next((p for p in parts if isinstance(p, Vocab)), None)
        code = next((p for p in parts if isinstance(p, TerritoryCode)), None)
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        rubrique = str(extra.get("rubrique") or rubrique)
        yield Champ(
            path=prefix + name,
            titre=info.title or name,
            aide=info.description or "",
            required=info.is_required(),
            computed=False,
            many=any(p is tuple for p in parts),
            facette=str(extra["facette"]) if "facette" in extra else None,
            vocabulary=vocab.name if vocab else None,
            ref=next((p for p in parts if isinstance(p, Ref)), None),
            territory=code.level if code else None,
            unknown_allowed=any(isinstance(p, OrUnknown) for p in parts),
            exemple=str(info.examples[0]) if info.examples else None,
            group=group,
            demander=str(extra["demander"]) if "demander" in extra else None,
            unite=str(extra["unite"]) if "unite" in extra else None,
            rubrique=rubrique,
            essentiel=info.is_required() or bool(extra.get("essentiel")),
            forme=_forme(parts),
        )
        if group:
            yield from _champs(group, f"{prefix}{name}.", rubrique)
    for name, computed in model.model_computed_fields.items():
        extra = computed.json_schema_extra if isinstance(computed.json_schema_extra, dict) else {}
        facette = str(extra["facette"]) if "facette" in extra else None
        yield Champ(prefix + name, computed.title or name, computed.description or "", False, True, False,
                    facette, facette, None, None, False, None, None)  # fmt: skip


def _forme(parts: list[Any]) -> Forme:
    limits: dict[str, Any] = {}
    for part in [one for outer in parts for one in (outer, *getattr(outer, "metadata", ()))]:
        for ours, theirs in (("min", "ge"), ("max", "le"), ("longueur_max", "max_length"), ("motif", "pattern")):
            if getattr(part, theirs, None) is not None:
                limits.setdefault(ours, getattr(part, theirs))
    return Forme(_genre(parts, limits.get("longueur_max")), **limits)


def _genre(parts: list[Any], longest: int | None) -> str:
    for type_, genre in ((Vocab, "vocabulaire"), (Ref, "fiche"), (TerritoryCode, "territoire")):
        if any(isinstance(part, type_) for part in parts):
            return genre
    if any(isinstance(part, type) and issubclass(part, Group) for part in parts):
        return "groupe"
    told = next((part.genre for part in parts if isinstance(part, Forme)), None)
    return told or ("entier" if int in parts else "texte" if longest is None or longest > LINE else "ligne")


def _parts(annotation: Any, metadata: tuple[Any, ...] = ()) -> Iterator[Any]:
    yield from metadata
    for one in metadata:
        if isinstance(one, OrUnknown):
            yield from _parts(one.inner)
    if (origin := getattr(annotation, "__origin__", None)) is not None:
        yield origin
    yield annotation
    yield from getattr(annotation, "__metadata__", ())
    for argument in get_args(annotation):
        if isinstance(argument, type) or get_args(argument):
            yield from _parts(argument)


Found = list[tuple[tuple[str | int, ...], Any]]
"""Values with their places."""


def values(sheet: Group, path: str) -> Found:
    """Each value of the field ``path`` in ``sheet`` with its place; a list gives its items, None gives nothing."""
    names = _names(path)
    found: Found = []
    value = getattr(sheet, names[0])
    if value is not None and (value or type(value) is not tuple):  # most are not given
        _collect(value, names[1:], names[:1], found)
    return found


@cache
def _names(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _collect(value: Any, path: tuple[str, ...], loc: tuple[str | int, ...], found: Found) -> None:
    if value is None:
        return
    if isinstance(value, tuple):
        for number, item in enumerate(value):
            _collect(item, path, (*loc, number), found)
    elif isinstance(value, str) and value == NON_COMMUNIQUE:
        return
    elif path:
        _collect(getattr(value, path[0]), path[1:], (*loc, path[0]), found)
    else:
        found.append((loc, value))
