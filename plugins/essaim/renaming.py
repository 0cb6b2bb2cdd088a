"""A sheet under another name, or a heading under another anchor: its file, what it was called, and every reference to it.

Everything is worked out in memory and checked as a library before a byte is written. In a sheet that refers to another, only
the words of the reference change; what the parser does not take for one (code, addresses of the web, words) stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import yaml

from essaim import front, markup
from essaim.checks import check
from essaim.checks.addresses import reserved
from essaim.destinations import destination
from essaim.front import Entry
from essaim.library import Library, make
from essaim.markup import Link
from essaim.model import KINDS, Sheet, champs
from essaim.permalinks import anchors
from essaim.problem import Problem
from essaim.source import Source, compose, parse
from essaim.words import SLUG, nearest


class RenameError(Exception):
    """Why nothing was renamed, in French, with what to do."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """What to write: the new texts by path below the content folder, and the paths that go away."""

    texts: Mapping[str, str]
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Patch:
    """A word of a file to replace: its line and column (from 1), what stands there, what will."""

    line: int
    column: int
    old: str
    new: str


def sheet(library: Library, problems: Collection[Problem], files: Mapping[str, bytes], old: str, new: str) -> Renaming:
    """The sheet ``old`` called ``new``. ``files`` are the sheets and vocabularies by path below the content folder, ``problems``
    those known. Its file may have its new name already, also beside the old one, when a first try was cut short. Raises
    ``RenameError``."""
    kind = KINDS[library.kinds[_one_of(library, old, new)]]
    here, there = f"{kind.FOLDER}/{old}.md", f"{kind.FOLDER}/{new}.md"
    again = new in library.known and old in (library.known[new].anciens_ids or ())
    moved = old not in library.kinds or again
    if not SLUG.fullmatch(new) or len(new) > 80:
        raise RenameError(
            f"« {new} » ne peut pas être un identifiant : minuscules sans accent, chiffres et traits d’union."
        )
    if kind.address_of(old) == "" or old == new:
        raise RenameError("la page d’accueil garde son nom." if old != new else "les deux noms sont les mêmes.")
    # A sheet may take a name back that it had before.
    if not moved and library.identities.get(new, old) != old:
        raise RenameError(
            f"« {new} » est déjà l’identifiant de la fiche « {library.identities[new]} », actuel ou ancien : un identifiant ne sert qu’une fois."
        )
    if kind.KIND == "page" and new in reserved(library):
        raise RenameError(f"l’adresse /{new}/ sert déjà au site.")
    if (there if moved else here) not in files:
        raise RenameError(
            f"« {there if moved else here} » est un lien vers un autre fichier : remplacez-le d’abord par le fichier lui-même."
        )
    published = moved or any(entry.fiche == old for entry in library.ledger.entries) or old in library.pages
    texts = {name: raw for name, raw in files.items() if name != here}
    texts[there] = files[there if moved else here]
    written: dict[str, str] = {}
    for name, raw in sorted(texts.items()):
        found = _patched(raw, sorted(set(_references_in(library, name, raw, old, new)))) if old.encode() in raw else raw
        if name == there and published:
            found = _with(name, found, lambda entries: _note_former(entries, old, new))
        if found != raw or name == there:
            written[name] = found.decode("utf-8")
    return _verified(library, files, problems, Renaming(written, (here,) if here in files else ()))


def anchor(
    library: Library, problems: Collection[Problem], files: Mapping[str, bytes], identifier: str, old: str, new: str
) -> Renaming:
    """Links to the heading ``old`` of a sheet lead to its heading ``new`` from now on. Raises ``RenameError``."""
    identifier = library.former.get(identifier, identifier)
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
        after = raw
        if old.encode() in raw and not name.startswith("vocabularies/"):
            after = _patched(raw, sorted(set(_anchors_in(library, name, raw, identifier, old, new))))
        if name == own:
            after = _with(name, after, lambda entries: _note_anchor(entries, old, new))
        if after != raw:
            written[name] = after.decode("utf-8")
    return _verified(library, files, problems, Renaming(written))


def _one_of(library: Library, old: str, new: str) -> str:
    if old in library.kinds:
        return old
    if new in library.kinds and any(entry.fiche == old for entry in library.ledger.entries):
        return new
    raise RenameError(_no_sheet(library, old))


def _no_sheet(library: Library, identifier: str) -> str:
    if identifier in library.former:
        return f"la fiche « {identifier} » s’appelle maintenant « {library.former[identifier]} » : écrivez ce nom."
    near = nearest(identifier, library.kinds)
    return f"aucune fiche « {identifier} »." + (f" Vouliez-vous dire « {near} » ?" if near else "")


# Where a sheet or an anchor is named.


def _references_in(library: Library, name: str, raw: bytes, old: str, new: str) -> Iterator[Patch]:
    """The references to the sheet ``old`` in a file: sources of vocabularies, fields of sheets, links of texts."""
    if name.startswith("vocabularies/"):
        source, problems = compose(raw, "")
        if not problems and source.root:
            yield from _fields(source.root, "", frozenset({"valeurs.source"}), old, new, 1)
        return
    source = _source(name, raw)
    if source.root:
        yield from _fields(source.root, "", _references(_kind(name)), old, new, 2)
    lines = source.body.split("\n")
    for link, page, _ in _links(library, name, source, old):
        if page == old:
            yield from _in_link(source, lines, link, old, new, "")


def _anchors_in(library: Library, name: str, raw: bytes, identifier: str, old: str, new: str) -> Iterator[Patch]:
    source = _source(name, raw)
    lines = source.body.split("\n")
    for link, page, anchor in _links(library, name, source, identifier):
        if page == identifier and anchor == old:
            yield from _in_link(source, lines, link, old, new, "#")


def _links(library: Library, name: str, source: Source, renamed: str) -> Iterator[tuple[Link, str, str]]:
    """The links to sheets in a text: each with the id and the anchor that it names. A file that the library does not know is
    that of the sheet ``renamed``."""
    sheet = library.known.get(name.rpartition("/")[2].removesuffix(".md")) or library.known.get(renamed)
    for link in markup.parse(source.body).links if sheet else ():
        kind, page, anchor = destination(sheet, link) if sheet else ("", "", "")
        if kind == "sheet":
            yield link, page, anchor


def _in_link(source: Source, lines: list[str], link: Link, old: str, new: str, mark: str) -> Iterator[Patch]:
    """The place where a link names ``old``: after ``mark``, or at the end of a path. One by reference has it in its definition."""
    word = re.escape(old)
    if link.kind == "wiki":
        inside = rf"\[\[[^\]\n|]*?#(?={word}\s*[|\]\\])" if mark else rf"\[\[\s*(?={word}\s*[#|\]\\])"
    else:
        inside = (
            rf"\]\(\s*<?[^()\s<>]*?{mark}(?={word}[)>\s])"
            if mark
            else rf"\]\(\s*<?(?:[^()\s<>]*/)?(?={word}\.md[#)>\s])"
        )
    for number in range(link.line - 1, min(link.line + 9, len(lines))):
        start = link.column - 1 if number == link.line - 1 else 0
        if found := re.compile(inside).search(lines[number], start):
            yield Patch(source.body_line + number, found.end() + 1, old, new)
            return
    defined = re.compile(
        rf"\s{{0,3}}\[[^\]]+\]:\s*<?[^\s<>]*?{mark}(?={word}[>\s]|{word}$)"
        if mark
        else rf"\s{{0,3}}\[[^\]]+\]:\s*<?(?:[^\s<>]*/)?(?={word}\.md)"
    )
    for number, line in enumerate(lines):
        if found := defined.match(line):
            yield Patch(source.body_line + number, found.end() + 1, old, new)


def _fields(node: yaml.Node, path: str, refs: frozenset[str], old: str, new: str, first: int) -> Iterator[Patch]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _fields(value, f"{path}.{key.value}".lstrip("."), refs, old, new, first)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _fields(item, path, refs, old, new, first)
    elif isinstance(node, yaml.ScalarNode) and path in refs and str(node.value).strip() == old:
        mark = node.start_mark
        yield Patch(mark.line + first, mark.column + 1 + (1 if node.style in ("'", '"') else 0), old, new)


@cache
def _references(kind: type[Sheet]) -> frozenset[str]:
    return frozenset(champ.path for champ in champs(kind) if champ.ref)


def _kind(name: str) -> type[Sheet]:
    return next(kind for kind in KINDS.values() if name.startswith(f"{kind.FOLDER}/"))


def _source(name: str, raw: bytes) -> Source:
    source, problems = parse(raw, name)
    if problems:
        raise RenameError(f"{name} : {problems[0].sentence} Corrigez d’abord cette fiche (essaim check).")
    return source


# Writing.


def _patched(raw: bytes, patches: list[Patch]) -> bytes:
    """A file with some words replaced: every other byte stays. What is not where it was looked for is left, and told by the
    check of the whole."""
    lines = raw.decode("utf-8").split("\n")
    shift = 1 if lines and lines[0].startswith("\ufeff") else 0
    for patch in reversed(patches):
        line = lines[patch.line - 1]
        start = patch.column - 1 + (shift if patch.line == 1 else 0)
        if not line.startswith(patch.old, start):
            start = line.find(patch.old, start)  # a letter made of two signs counts as one where lines were read
        if start >= 0:
            lines[patch.line - 1] = line[:start] + patch.new + line[start + len(patch.old) :]
    return "\n".join(lines).encode("utf-8")


def _with(name: str, raw: bytes, change: front.Change) -> bytes:
    """A sheet with its entries changed, in canonical form."""
    text, problems = front.edited(raw, _kind(name), change)
    if problems:
        raise RenameError(f"{name} : {problems[0].sentence} Corrigez d’abord cette fiche (essaim check).")
    return text.encode("utf-8")


def _note_former(entries: list[Entry], former: str, named: str) -> None:
    """``former`` among the old ids, and not the name that the sheet has now."""
    kept = [one for one in _list(entries, "anciens_ids") if one.value not in (former, named)]
    _put(entries, "anciens_ids", [*kept, Entry(None, former)])


def _list(entries: list[Entry], key: str) -> list[Entry]:
    held = next((one.value for one in entries if one.key == key), None)
    return held if isinstance(held, list) else []


def _put(entries: list[Entry], key: str, items: list[Entry]) -> None:
    """The list ``key`` of a sheet, its comments kept."""
    held = next((one for one in entries if one.key == key), None)
    if held is None:
        entries.append(Entry(key, items))
    else:
        held.value = items


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


def _verified(library: Library, files: Mapping[str, bytes], problems: Collection[Problem], done: Renaming) -> Renaming:
    """``done``, once the library that it gives is known to be no worse than the one there is."""
    texts: dict[str, bytes] = {name: raw for name, raw in files.items() if name not in done.removed}
    texts |= {name: text.encode("utf-8") for name, text in done.texts.items()}
    names = {**{name: name for name in texts}, **{f"images/{name}": str(path) for name, path in library.images.items()}}
    found, wrong = make(
        names, lambda name: parse(texts[name], f"{library.shown}/{name}"), library.shown, library.vocabularies, {}
    )
    if set(library.kinds) - set(found.kinds) - {name.rpartition("/")[2].removesuffix(".md") for name in done.removed}:
        raise ValueError("a sheet would be lost")
    known = {one.sentence for one in problems}
    after = [*wrong, *check(replace(found, ledger=library.ledger))]
    worse = next((one for one in after if one.sentence not in known), None)
    if worse:
        raise RenameError(f"ce changement laisserait un problème, rien n’est écrit : {worse}")
    return done
