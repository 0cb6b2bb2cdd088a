"""What a change touches, and what depends on it: which files to read, and of which to tell the problems.

Identities are file names, so dependents are found without reading YAML: they are the files in whose bytes a changed name
stands as a word. An identity written with an escape (``\\x61rcher``) would escape it: the whole check finds that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from essaim import ledger, vocabulary
from essaim.abbreviations import EXPLAINING, short_forms
from essaim.changes import Changes
from essaim.library import context_of, facet_values, validate
from essaim.model import KINDS, SHEETS, champs
from essaim.naming import kind_of, own_files
from essaim.source import parse
from essaim.vocabulary import Context

_WORD = re.compile(rb"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:png|jpe?g|webp))?")
_SEARCH = b"/explorer"
_WITHDRAWN = "une fiche a disparu ou ne dit plus comment elle s’appelait : tout le contenu est contrôlé."
"""A prepared search depends on every sheet: it names values that at least one must have."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Names below the content folder. ``told``: whose problems are told; ``touched``: those that the change itself alters,
    by their text or their pictures, so that advice is for them; ``read``: what to read for that, None for all.

    ``reason`` says in French why all is read, or is empty."""

    told: frozenset[str]
    touched: frozenset[str]
    read: frozenset[str] | None
    reason: str = ""


def scope(changes: Changes) -> Scope:
    """What the changes touch and what depends on it."""
    texts = {name: file.read_bytes() for name, file in own_files(changes.folder)}
    sheets = {name for name in changes.names if kind_of(name)}
    pictures = {name for name in changes.names if name.startswith("images/")}
    others = changes.names - sheets - pictures
    words = {PurePosixPath(name).stem for name in sheets} | {PurePosixPath(name).name for name in pictures}
    words |= {old for name in sheets if name in texts for old in _former(texts[name])}
    told = changes.names | {
        name for name, raw in texts.items() if PurePosixPath(name).stem in words or _holds(raw, words)
    }
    shown = {PurePosixPath(name).name for name in pictures}
    touched = changes.names | {name for name, raw in texts.items() if _holds(raw, shown)}
    told |= {user for name in others for user in _users(name, texts)}
    searching = {name for name, raw in texts.items() if kind_of(name) and _SEARCH in raw}
    if searching - told and _lost(changes, sheets, texts):
        told |= searching
    withdrawn = (changes.folder / ledger.FOLDER).is_dir() and _withdrawn(changes, sheets, texts)
    if withdrawn:
        told |= {f"{ledger.FOLDER}/{table}.csv" for table in ledger.TABLES}
    reason = _reason(others, bool(searching & told)) or (_WITHDRAWN if withdrawn else "")
    if changes.settings:
        reason = "les réglages (pyproject.toml) ont changé : tout le contenu est contrôlé."
        told = touched = changes.names | set(texts)
    return Scope(frozenset(told), touched, None if reason else frozenset(told | _context(told, texts)), reason)


def _withdrawn(changes: Changes, sheets: Iterable[str], texts: Mapping[str, bytes]) -> bool:
    """Whether a sheet has gone, or no longer says what it was called: an address may be lost, and any sheet may claim it."""
    return any(
        name not in texts or set(_former(before)) - set(_former(texts[name]))
        for name in sheets
        if (before := changes.before(name))
    )


def _reason(others: Iterable[str], searches: bool) -> str:
    if others:
        return f"« {min(others)} » n’est ni une fiche ni une image : tout le contenu est contrôlé."
    return "une recherche toute prête dépend de toutes les fiches : tout le contenu est contrôlé." if searches else ""


def _holds(raw: bytes, words: Iterable[str]) -> bool:
    likely = {found for word in words if (found := word.encode("utf-8", "surrogateescape")) in raw}
    return bool(likely) and not likely.isdisjoint(_WORD.findall(raw))


def _context(told: Iterable[str], texts: dict[str, bytes]) -> set[str]:
    """What the told sheets may name, whose headings and status matter to them, and what explains their abbreviations."""
    sheets = [texts[name] for name in told if kind_of(name) and name in texts]
    named = {word.decode("ascii") for raw in sheets for word in _WORD.findall(raw)}
    short = {form.encode() for raw in sheets for form in short_forms(raw.decode("utf-8", "replace"))}
    explaining = tuple(KINDS[kind].FOLDER + "/" for kind in EXPLAINING)
    return {
        name
        for name, raw in texts.items()
        if PurePosixPath(name).name in named
        or (kind_of(name) and PurePosixPath(name).stem in named)
        or (name.startswith(explaining) and any(form in raw for form in short))
    }


def _former(raw: bytes) -> list[str]:
    former = parse(raw, "")[0].data.get("anciens_ids")
    return [old for old in former if isinstance(old, str)] if isinstance(former, list) else []


def _users(name: str, texts: dict[str, bytes]) -> Iterator[str]:
    """What depends on a vocabulary: sheets with a field of its values, prepared searches, and who may want its address."""
    path = PurePosixPath(name)
    if path.parts[0] != "vocabularies":
        return
    fields = {c.path.partition(".")[0] for kind in SHEETS for c in champs(kind) if c.vocabulary == path.stem}
    written = re.compile(
        rb"^[\"']?(?:" + b"|".join(f.encode() for f in sorted(fields)) + rb")[\"']?[ \t]*:", re.MULTILINE
    )
    for other, raw in texts.items():
        if other.startswith(("vocabularies/", "pages/")) or _SEARCH in raw or (fields and written.search(raw)):
            yield other


def _lost(changes: Changes, names: Iterable[str], texts: Mapping[str, bytes]) -> bool:
    """Whether a sheet no longer has a facet's value that it had, or counts no more: the last one may have gone."""
    vocabularies = vocabulary.load(changes.folder / "vocabularies", "")[0]
    kinds = {PurePosixPath(name).stem: kind.KIND for name in texts if (kind := kind_of(name))}
    context = context_of(vocabularies, kinds)
    return any(
        _facets(name, before, context) - _facets(name, texts.get(name, b""), context)
        for name in sorted(names)
        if (before := changes.before(name)) and before != texts.get(name)
    )


def _facets(name: str, raw: bytes, context: Context) -> set[tuple[str, str]]:
    kind = kind_of(name)
    source = parse(raw, name)[0]
    if kind is None or source.broken:
        return set()
    sheet, wrong = validate(kind, PurePosixPath(name).stem, source, context)
    return set() if wrong or not sheet.published else set(facet_values(sheet))
