"""All the sheets as one immutable whole: identities, relations both ways, facets.

``load`` reads a folder, ``make`` takes the files in memory. Both report every problem that a sheet has by itself;
the rules across sheets are in ``checks``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from essaim import ledger, markup, pictures, source, territories, vocabulary
from essaim.addresses import generated, search_address
from essaim.ledger import Ledger
from essaim.markup import Document, Link, Target
from essaim.messages import translate
from essaim.model import KINDS, SHEETS, Sheet, champs, values
from essaim.model.types import Ref
from essaim.problem import Problem, in_order
from essaim.source import Loc, Source
from essaim.vocabulary import Context, Value, Vocabulary
from essaim.words import SLUG, slug

IMAGES = (".png", ".jpg", ".jpeg", ".webp")
IN_TEXT = "Cité dans"
"""Heads the list of sheets whose text links to a sheet."""
ABOUT_SHEETS = frozenset({"difficultes", "manques"})
"""Facets of what a sheet tells or leaves out, not of its subject: they filter, but are no words that it is found by."""

_FOLDERS = {kind.FOLDER: kind for kind in SHEETS}
_FILE_NAME = re.compile(rf"{SLUG.pattern}\.[a-z]+")


@dataclass(frozen=True, slots=True)
class Relation:
    """A link from one sheet to another. ``label`` heads it at the other end; ``loc`` is where it is written."""

    origin: str
    target: str
    label: str
    loc: Loc
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Library:
    """Everything that was read. ``sheets`` holds the valid ones by id, ``drafts`` what could be read of the others."""

    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    drafts: Mapping[str, Sheet] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    vocabularies: Mapping[str, Vocabulary] = field(default_factory=dict)
    vocabulary_sources: Mapping[str, Source] = field(default_factory=dict)
    images: Mapping[str, Path] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    shown: str = "content"
    """The content folder as problems name it."""
    weights: Mapping[str, int] = field(default_factory=dict)
    """Bytes of each image as it is published."""
    ledger: Ledger = field(default_factory=Ledger)
    """What was published before."""

    @cached_property
    def known(self) -> dict[str, Sheet]:
        """Valid sheets and drafts, by id, in order: what checks look at."""
        return dict(sorted({**self.drafts, **self.sheets}.items()))

    @cached_property
    def published(self) -> dict[str, Sheet]:
        """The sheets that stand in lists, by id, in order."""
        return {i: sheet for i, sheet in sorted(self.sheets.items()) if sheet.published}

    @cached_property
    def identities(self) -> dict[str, str]:
        """Every id that a sheet has or had → the id that it has today. Ids are for ever, so these can't serve again."""
        found = {old: sheet.id for sheet in self.known.values() for old in sheet.anciens_ids or ()}
        return {**found, **{one: one for one in self.kinds}}

    @cached_property
    def former(self) -> dict[str, str]:
        """Ids that sheets had → the ids that they have."""
        return _former(self.sources)

    @cached_property
    def pages(self) -> dict[str, Sheet]:
        """The sheets that have a page, archived ones included."""
        return {i: sheet for i, sheet in sorted(self.sheets.items()) if sheet.has_page}

    def of_kind(self, kind: str) -> list[Sheet]:
        """Published sheets of a kind, by title as a French reader sorts."""
        return sorted((s for s in self.published.values() if kind == s.KIND), key=title_key)

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """Every relation between known sheets, in the order of origins, fields and text."""
        return tuple(relation for sheet in self.known.values() for relation in self._relations_of(sheet))

    @cached_property
    def incoming(self) -> dict[str, tuple[Relation, ...]]:
        """For each id, the relations of published sheets that lead to it."""
        found: dict[str, list[Relation]] = {}
        for relation in self.relations:
            if relation.origin in self.published and relation.origin != relation.target:
                found.setdefault(relation.target, []).append(relation)
        return {target: tuple(relations) for target, relations in found.items()}

    @cached_property
    def facets(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Facet → value → ids of the published sheets that have it, values in the order of their vocabulary."""
        found: dict[str, dict[str, list[str]]] = {name: {} for name in facet_names()}
        for sheet in self.published.values():
            for facet, value in facet_values(sheet):
                found[facet].setdefault(value, []).append(sheet.id)
        return {name: {value: tuple(ids) for value, ids in self._in_order(name, held)} for name, held in found.items()}

    def _in_order(self, facet: str, held: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
        if facet == "annees":
            return sorted(held.items(), reverse=True)
        vocabulary = self.nomenclature(facet)
        order = {value.id: place for place, value in enumerate(vocabulary.valeurs)} if vocabulary else {}
        return sorted(held.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))

    def nomenclature(self, name: str) -> Vocabulary | None:
        """The vocabulary behind a facet: a file of ``content/vocabularies``, or one that follows from data."""
        if name in self.vocabularies:
            return self.vocabularies[name]
        return self._years if name == "annees" else vocabulary.territorial().get(name)

    @cached_property
    def _years(self) -> Vocabulary | None:
        years = tuple(
            Value(
                id=year,
                libelle=year,
                definition=f"Ce qui a paru, s’est tenu ou a commencé en {year}.",
                source="redaction",
            )
            for year in sorted({*self.facets["annees"], *self.ledger.below("annees")}, reverse=True)
        )
        about = "Année de parution d’une ressource, de tenue d’une webconférence ou de début d’une expérience."
        return Vocabulary(titre="Années", definition=about, url="annees", valeurs=years) if years else None

    def resolve_link(self, sheet: Sheet, link: Link, root: str) -> Target | None:
        """Where a link in the body of ``sheet`` leads, as an address from its page; None when it leads nowhere."""
        kind, target, anchor = destination(sheet, link)
        if kind == "external":
            return Target(link.target, css="externe")
        if kind == "explorer":
            # Characters of its own stay; the rest is written again as addresses want it.
            return Target(f"{root}{search_address(target)}")
        if kind == "site":
            return Target(f"{root}{target}" + (f"#{anchor}" if anchor else ""))
        if kind == "image":
            return Target(f"{root}images/{target}") if target in self.images else None
        found = self.pages.get(target)
        if found is None or (found is sheet and not anchor):
            return None
        href = f"#{anchor}" if found is sheet else f"{root}{found.address}" + (f"#{anchor}" if anchor else "")
        return Target(href or "./", title=found.titre)

    def _relations_of(self, sheet: Sheet) -> Iterator[Relation]:
        for path, ref in _references(type(sheet)):
            for loc, target in values(sheet, path):
                yield Relation(sheet.id, target, ref.inverse, loc)
        seen = set()
        for link in self.documents[sheet.id].links if sheet.id in self.documents else ():
            kind, target, _ = destination(sheet, link)
            if kind == "sheet" and target in self.kinds and target not in seen:
                seen.add(target)
                yield Relation(sheet.id, target, IN_TEXT, (), link.line, link.column)


@cache
def _references(model: type[Sheet]) -> tuple[tuple[str, Ref], ...]:
    return tuple((champ.path, champ.ref) for champ in champs(model) if champ.ref)


def destination(sheet: Sheet, link: Link) -> tuple[str, str, str]:
    """What a link points at: ``(external | explorer | site | image | sheet | file | unsafe, id, name, query or address, anchor)``.

    Looks at no library."""
    path, _, anchor = link.target.partition("#")
    if link.kind == "wiki":
        return "sheet", path.strip(), anchor
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", link.target)
    if scheme:
        return (
            ("external" if scheme[1].lower() in markup.SCHEMES and link.kind == "link" else "unsafe"),
            link.target,
            "",
        )
    if link.target.startswith("//") or not link.target:
        return "unsafe", link.target, ""
    if link.kind == "link" and re.match(r"/explorer/?(\?|$)", path):
        return "explorer", path.partition("?")[2], anchor
    if link.kind == "link" and (page := generated(path)):
        return "site", page, anchor
    if not path:
        return "sheet", sheet.id, anchor
    where = PurePosixPath(*_normal((PurePosixPath(type(sheet).FOLDER) / path).parts))
    if link.kind == "image":
        return "image", where.name if where.parent == PurePosixPath("images") else "/".join(where.parts), ""
    kind = _FOLDERS.get(where.parts[0]) if len(where.parts) == 2 else None
    if kind and where.suffix == ".md":
        return "sheet", where.stem, anchor
    return "file", "/".join(where.parts), anchor


def _normal(parts: tuple[str, ...]) -> list[str]:
    out: list[str] = []
    for part in parts:
        if part == "..":
            if not out:
                return ["..", *parts]  # out of content/: leads nowhere
            out.pop()
        else:
            out.append(part)
    return out


def load(folder: Path, shown: str = "", only: Container[str] | None = None) -> tuple[Library, list[Problem]]:
    """Read ``folder``. Problems name files below ``shown``, by default the folder as it was given.

    ``only`` names (below the folder) the sheets and images to read: of the others, the library knows that they are there.
    """
    shown = shown or folder.as_posix()
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    root = folder.resolve()
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_symlink() and not file.resolve().is_relative_to(root):
            problems.append(Problem(f"{shown}/{name}", 1, 1, "lien-hors-contenu", "ce lien mène hors du dossier de contenu",
                                    "Remplacez-le par le fichier lui-même."))  # fmt: skip
        elif file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts):
            found[name] = file
    vocabularies, vocabulary_sources, wrong = vocabulary.load(folder / "vocabularies", f"{shown}/vocabularies")
    problems += wrong
    library, wrong = make(
        found, lambda name: source.read(found[name], f"{shown}/{name}"), shown, vocabularies, vocabulary_sources, only
    )
    weights: dict[str, int] = {}
    for name, file in library.images.items():
        written = pictures.rewrite(file) if only is None or f"images/{name}" in only else b""
        if isinstance(written, str):
            problems.append(
                Problem(
                    f"{shown}/images/{name}", 1, 1, "image-refusee", written, "Enregistrez-la à nouveau, plus petite."
                )
            )
        else:
            weights[name] = len(written)
    published, damaged = ledger.read(folder, shown)
    return replace(library, weights=weights, ledger=published), in_order([*problems, *wrong, *damaged])


def from_texts(
    files: Mapping[str, str | bytes], vocabularies: Mapping[str, Vocabulary]
) -> tuple[Library, list[Problem]]:
    """A library in memory: ``{"experiences/x.md": text}``. Problems name ``content/experiences/x.md``."""
    library, problems = make(
        files, lambda name: source.parse(files[name], f"content/{name}"), "content", vocabularies, {}
    )
    return library, in_order(problems)


def make(names: Mapping[str, Any], read: Callable[[str], tuple[Source, list[Problem]]], shown: str,
         vocabularies: Mapping[str, Vocabulary], vocabulary_sources: Mapping[str, Source],
         only: Container[str] | None = None) -> tuple[Library, list[Problem]]:  # fmt: skip
    """The library of the files ``names`` (paths below the content folder), each read by ``read``, or those in ``only``."""
    problems: list[Problem] = []
    kinds: dict[str, str] = {}
    paths: dict[str, str] = {}
    images: dict[str, Path] = {}
    for name in sorted(names):
        problem = _place(name, shown, paths)
        if problem:
            problems.append(problem)
        elif name.startswith("images/"):
            images[PurePosixPath(name).name] = Path(names[name])
        elif not name.startswith(("vocabularies/", f"{ledger.FOLDER}/")):
            identifier = PurePosixPath(name).stem
            kinds[identifier] = _FOLDERS[PurePosixPath(name).parts[0]].KIND
            paths[identifier] = name
    sheets: dict[str, Sheet] = {}
    drafts: dict[str, Sheet] = {}
    sources: dict[str, Source] = {}
    documents: dict[str, Document] = {}
    for identifier, name in sorted(paths.items()):
        if only is None or name in only:
            sources[identifier], wrong = read(name)
            problems += wrong
    context = replace(context_of(vocabularies, kinds), former=_former(sources))
    for identifier, one in sources.items():
        documents[identifier] = markup.parse(one.body)
        if one.broken:
            continue
        sheet, wrong = validate(KINDS[kinds[identifier]], identifier, one, context)
        problems += wrong
        (drafts if wrong else sheets)[identifier] = sheet
    return Library(sheets, drafts, sources, documents, vocabularies, vocabulary_sources, images, kinds, shown), problems


def _former(sources: Mapping[str, Source]) -> dict[str, str]:
    held = ((one.data.get("anciens_ids"), identifier) for identifier, one in sources.items())
    return {old: identifier for ids, identifier in held if isinstance(ids, list) for old in ids if isinstance(old, str)}


def printable(name: str) -> str:
    """A file's name as problems tell it: one may hold what a terminal would obey, or hide."""
    return "".join(c if c.isprintable() and c != "\ufffd" else f"\\u{ord(c):04x}" for c in name)


def kind_of(name: str) -> type[Sheet] | None:
    """The kind of the sheet at a path below the content folder (``experiences/x.md``); None where no sheet stands."""
    path = PurePosixPath(name)
    return _FOLDERS.get(path.parts[0]) if len(path.parts) == 2 and path.suffix == ".md" else None


def _place(name: str, shown: str, paths: Mapping[str, str]) -> Problem | None:
    """What is wrong with where a file is or what it is called; None when it is a sheet, a vocabulary or an image."""
    path = PurePosixPath(name)
    safe = printable(name)
    where = f"{shown}/{safe}"
    folder = path.parts[0]
    if folder == "vocabularies" and len(path.parts) == 2 and path.suffix == ".yml":
        return None
    if folder == ledger.FOLDER and len(path.parts) == 2 and path.suffix == ".csv" and path.stem in ledger.TABLES:
        return None
    good = {**dict.fromkeys(_FOLDERS, (".md",)), "images": IMAGES}
    if len(path.parts) != 2 or path.suffix.lower() not in good.get(folder, ()):
        return Problem(where, 1, 1, "fichier-inattendu", "ce fichier n’a pas sa place ici",
                       "Le contenu se compose de fiches (.md) dans leur dossier, de vocabulaires (.yml), de tables de publication (.csv) et d’images (png, jpg, webp) dans images/.")  # fmt: skip
    if not _FILE_NAME.fullmatch(path.name):
        return Problem(where, 1, 1, "nom-de-fichier", f"« {PurePosixPath(safe).name} » ne peut pas être le nom d’une fiche ou d’une image",
                       "Minuscules sans accent, chiffres et traits d’union seulement : circuits-courts-mulhouse.md.")  # fmt: skip
    if folder != "images" and path.stem in paths:
        return Problem(where, 1, 1, "identifiant-pris", f"l’identifiant « {path.stem} » est déjà celui de {paths[path.stem]}",
                       "Renommez l’un des deux fichiers : un identifiant ne sert qu’une fois dans toute la bibliothèque.")  # fmt: skip
    return None


def context_of(vocabularies: Mapping[str, Vocabulary], kinds: Mapping[str, str]) -> Context:
    """What sheets are validated against: ``kinds`` maps each id to its kind."""
    return Context(vocabularies, territories.load(), kinds, {kind.KIND: kind.LABEL.lower() for kind in SHEETS})


def validate(model: type[Sheet], identifier: str, one: Source, context: Context) -> tuple[Sheet, list[Problem]]:
    """The sheet that a source holds, and what is wrong with it by itself: then, what can be read of it."""
    try:
        return model.make(identifier, one.path, one.body, one.data, context), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    # pydantic counts only the items of a list that are right: one wrong item is not also a list that is too short.
    told = [d for d in details if d["type"] != "too_short" or not any(_below(o["loc"], d["loc"]) for o in details)]
    problems = [translate(one, detail, model) for detail in told]
    # What can be read of it, so that the rules across sheets still see the rest, and the preview shows something.
    return model.make(identifier, one.path, one.body, one.data, replace(context, lenient=True)), problems


def _below(loc: Loc, other: Loc) -> bool:
    return len(loc) > len(other) and loc[: len(other)] == other


@cache
def facet_names() -> tuple[str, ...]:
    """Every facet of the model, in its order."""
    return tuple(dict.fromkeys(champ.facette for kind in SHEETS for champ in champs(kind) if champ.facette))


def facet_values(sheet: Sheet) -> list[tuple[str, str]]:
    """``(facet, value)`` of a sheet, each once, in the order of the model."""
    found = (
        (champ.facette, str(value))
        for champ in champs(type(sheet))
        if champ.facette
        for _, value in values(sheet, champ.path)
    )
    return list(dict.fromkeys(found))


def title_key(sheet: Sheet) -> tuple[str, str]:
    """Sorts titles as a French reader does: without accents, case, or leading article."""
    words = slug(sheet.titre)
    return re.sub(r"^(l|la|le|les|un|une|des)-", "", words), sheet.id
