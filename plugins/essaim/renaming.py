"""A sheet under another name, or a heading under another anchor: its file, what it was called, and every reference to it.

Everything is worked out in memory and checked as a library before a byte is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache

from essaim import front
from essaim.checks import check
from essaim.checks.addresses import reserved
from essaim.front import Entry
from essaim.library import Library, make
from essaim.model import KINDS, Sheet, champs
from essaim.permalinks import Permalinks, anchors
from essaim.problem import Problem
from essaim.source import compose, parse
from essaim.words import SLUG, nearest


class RenameError(Exception):
    """Why nothing was renamed, in French, with what to do."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """What to write: the new texts by path below the content folder, and the paths that go away."""

    texts: Mapping[str, str]
    removed: tuple[str, ...] = ()


def sheet(library: Library, problems: Collection[Problem], files: Mapping[str, bytes], old: str, new: str) -> Renaming:
    """The sheet ``old`` called ``new``. ``files`` are the sheets and vocabularies by path below the content folder, ``problems``
    those known; its file may have its new name already. Raises ``RenameError``."""
    kind = KINDS[library.kinds[_one_of(library, old, new)]]
    here, there = f"{kind.FOLDER}/{old}.md", f"{kind.FOLDER}/{new}.md"
    moved = old not in library.kinds
    links = Permalinks(library)
    published = here not in files or any(entry.fiche == old for entry in library.ledger.entries) or old in library.pages
    if not SLUG.fullmatch(new) or len(new) > 80:
        raise RenameError(
            f"« {new} » ne peut pas être un identifiant : minuscules sans accent, chiffres et traits d’union."
        )
    if kind.address_of(old) == "" or old == new:
        raise RenameError("la page d’accueil garde son nom." if old != new else "les deux noms sont les mêmes.")
    # A sheet may take a name back that it had before.
    if not moved and links.identities.get(new, old) != old:
        raise RenameError(
            f"« {new} » est déjà l’identifiant de la fiche « {links.identities[new]} », actuel ou ancien : un identifiant ne sert qu’une fois."
        )
    if kind.KIND == "page" and new in reserved(library):
        raise RenameError(f"l’adresse /{new}/ sert déjà au site.")
    texts = {name: raw for name, raw in files.items() if name != here}
    texts[there] = files[there if moved else here]
    written: dict[str, str] = {}
    for name, raw in sorted(texts.items()):
        own = name == there
        if own or old.encode() in raw:
            found = _referring(name, raw, old, new, former=old if own and published else "", named=new if own else "")
            if found is not None and (own or found.encode("utf-8") != raw):
                written[name] = found
    return _verified(library, files, problems, Renaming(written, () if moved else (here,)))


def anchor(
    library: Library, problems: Collection[Problem], files: Mapping[str, bytes], identifier: str, old: str, new: str
) -> Renaming:
    """Links to the heading ``old`` of a sheet lead to its heading ``new`` from now on. Raises ``RenameError``."""
    found = library.known.get(identifier)
    if found is None:
        raise RenameError(_no_sheet(library, identifier))
    held = anchors(library, found)
    if old in held:
        raise RenameError(
            f"« #{old} » est encore un titre de « {identifier} » : changez d’abord ce titre dans le texte."
        )
    if new not in held:
        near = nearest(new, sorted(held))
        raise RenameError(
            f"aucun titre « #{new} » dans « {identifier} »." + (f" Vouliez-vous dire « #{near} » ?" if near else "")
        )
    if not SLUG.fullmatch(old):
        raise RenameError(f"« #{old} » ne peut pas être une ancre.")
    own = f"{type(found).FOLDER}/{identifier}.md"
    written: dict[str, str] = {}
    for name, raw in sorted(files.items()):
        if name != own and old.encode() not in raw:
            continue

        def change(entries: list[Entry], body: str, own_text: bool = name == own) -> str:
            if own_text:
                _note_anchor(entries, old, new)
                body = re.sub(rf"(\]\(#){re.escape(old)}(?=[)\s])", rf"\g<1>{new}", body)
            return _anchors_in(body, identifier, old, new)

        text = _edited(name, raw, change)
        if text is not None and (name == own or text.encode("utf-8") != raw):
            written[name] = text
    return _verified(library, files, problems, Renaming(written))


def _one_of(library: Library, old: str, new: str) -> str:
    if old in library.kinds:
        return old
    if new in library.kinds and any(entry.fiche == old for entry in library.ledger.entries):
        return new
    raise RenameError(_no_sheet(library, old))


def _no_sheet(library: Library, identifier: str) -> str:
    near = nearest(identifier, library.kinds)
    return f"aucune fiche « {identifier} »." + (f" Vouliez-vous dire « {near} » ?" if near else "")


def _referring(name: str, raw: bytes, old: str, new: str, former: str, named: str) -> str | None:
    """A file whose references to ``old`` name ``new``; None where nothing changes."""
    if name.startswith("vocabularies/"):
        return _vocabulary(raw, old, new)
    kind = _kind(name)
    refs = _references(kind)

    def change(entries: list[Entry], body: str) -> str:
        _rename_values(entries, "", refs, old, new)
        if former or named:
            _note_former(entries, former, named)
        return _links_in(body, old, new)

    return _edited(name, raw, change)


def _edited(name: str, raw: bytes, change: front.Change) -> str | None:
    """The text of a sheet after ``change``; None when it alters nothing, so that a sheet that is not in canonical form stays
    as it is."""
    before = parse(raw, name)[0]
    text, problems = front.edited(raw, _kind(name), change)
    if problems:
        raise RenameError(f"{name} : {problems[0].sentence} Corrigez d’abord cette fiche (essaim check).")
    after = parse(text, name)[0]
    return None if after.data == before.data and front.trimmed(after.body) == front.trimmed(before.body) else text


def _kind(name: str) -> type[Sheet]:
    return next(kind for kind in KINDS.values() if name.startswith(f"{kind.FOLDER}/"))


@cache
def _references(kind: type[Sheet]) -> frozenset[str]:
    return frozenset(champ.path for champ in champs(kind) if champ.ref)


def _rename_values(entries: list[Entry], prefix: str, refs: frozenset[str], old: str, new: str) -> None:
    for entry in entries:
        path = f"{prefix}.{entry.key}".lstrip(".") if entry.key else prefix
        if isinstance(entry.value, list):
            _rename_values(entry.value, path, refs, old, new)
        elif path in refs and entry.value is not None and entry.value.strip() == old:
            entry.value = new


def _note_former(entries: list[Entry], former: str, named: str) -> None:
    """``former`` among the old ids, and not the name that the sheet has now."""
    held = _list(entries, "anciens_ids")
    kept = [one for one in held if one.value not in (former, named)] + ([Entry(None, former)] if former else [])
    _put(entries, "anciens_ids", kept)


def _list(entries: list[Entry], key: str) -> list[Entry]:
    held = next((one.value for one in entries if one.key == key), None)
    return held if isinstance(held, list) else []


def _put(entries: list[Entry], key: str, items: list[Entry]) -> None:
    """The list ``key`` of a sheet, its comments kept; an empty one is taken out."""
    held = next((one for one in entries if one.key == key), None)
    if held is None and items:
        entries.append(Entry(key, items))
    elif held is not None and items:
        held.value = items
    elif held is not None:
        entries.remove(held)


def _note_anchor(entries: list[Entry], old: str, new: str) -> None:
    """``{ ancre: old, vers: new }`` among the old anchors; those that led to ``old`` lead to ``new``."""
    kept = []
    for row in _list(entries, "anciennes_ancres"):
        cells = row.value if isinstance(row.value, list) else []
        for cell in cells:
            if cell.key == "vers" and cell.value == old:
                cell.value = new
        if not any(cell.key == "ancre" and cell.value in (old, new) for cell in cells):
            kept.append(row)
    _put(entries, "anciennes_ancres", [*kept, Entry(None, [Entry("ancre", old), Entry("vers", new)], group=True)])


def _links_in(body: str, old: str, new: str) -> str:
    """``[[old]]``, ``[[old#x|y]]`` and ``(../methods/old.md)`` with the new name."""
    body = re.sub(rf"(\[\[\s*){re.escape(old)}(?=\s*[#|\]])", rf"\g<1>{new}", body)
    return re.sub(rf"(?<![\w-]){re.escape(old)}\.md(?![\w-])", f"{new}.md", body)


def _anchors_in(body: str, identifier: str, old: str, new: str) -> str:
    """``[[id#old]]`` and ``(../methods/id.md#old)`` with the new anchor."""
    name = re.escape(identifier)
    return re.sub(rf"((?:\[\[\s*{name}|(?<![\w-]){name}\.md)#){re.escape(old)}(?![\w-])", rf"\g<1>{new}", body)


def _vocabulary(raw: bytes, old: str, new: str) -> str:
    """A vocabulary whose values have ``old`` as their source."""
    text = raw.decode("utf-8")
    source, problems = compose(raw, "")
    places = [] if problems else [
        (number, value) for number, value in enumerate(source.data.get("valeurs") or ()) if isinstance(value, dict) and value.get("source") == old
    ]  # fmt: skip
    lines = text.split("\n")
    for number, _ in reversed(places):
        line, column = source.place(("valeurs", number, "source"))
        rest = lines[line - 1][column - 1 :]
        lines[line - 1] = lines[line - 1][: column - 1] + re.sub(
            rf"^(source\s*:\s*[\"']?){re.escape(old)}", rf"\g<1>{new}", rest
        )
    return "\n".join(lines)


def _verified(library: Library, files: Mapping[str, bytes], problems: Collection[Problem], done: Renaming) -> Renaming:
    """``done``, once the library that it gives is known to be no worse than the one there is."""
    texts: dict[str, bytes] = {name: raw for name, raw in files.items() if name not in done.removed}
    texts |= {name: text.encode("utf-8") for name, text in done.texts.items()}
    names = {**{name: name for name in texts}, **{f"images/{name}": str(path) for name, path in library.images.items()}}
    found, wrong = make(
        names, lambda name: parse(texts[name], f"{library.shown}/{name}"), library.shown, library.vocabularies, {}
    )
    known = {one.sentence for one in problems}
    after = [*wrong, *check(replace(found, ledger=library.ledger))]
    worse = next((one for one in after if one.sentence not in known), None)
    if worse:
        raise RenameError(f"ce changement laisserait un problème, rien n’est écrit : {worse}")
    return done
