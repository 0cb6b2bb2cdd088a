"""All the sheets as one immutable whole: identities, relations both ways, facets.

``load`` reads a folder, ``make`` takes the files in memory. Both report every problem that a sheet has by itself;
the rules across sheets are in ``checks``.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from essaim import disk, ledger, markup, source, territories, vocabulary
from essaim.addresses import search_address
from essaim.cache import Store, digest, package
from essaim.destinations import destination
from essaim.lazy import Lazy, each, merged, some_of
from essaim.ledger import Ledger
from essaim.listing import File, below
from essaim.markup import Document, Link, Target
from essaim.messages import translated
from essaim.model import KINDS, SHEETS, Sheet, champs, values
from essaim.model.base import PUBLISHED, WITH_PAGE
from essaim.naming import FOLDERS, refusal
from essaim.problem import Problem, in_order
from essaim.readings import Brief, Looked, Mark, Reading, Readings, Told, faces_of, looked, mark_of, weight_of
from essaim.relations import Relation, of_sheet
from essaim.sharing import shared
from essaim.source import Source
from essaim.vocabulary import Context, Vocabulary
from essaim.words import slug

ABOUT_SHEETS = frozenset({"difficultes", "manques"})
"""Facets of what a sheet tells or leaves out, not of its subject: they filter, but are no words that it is found by."""

FEW = 300
"""Sheets that are read sooner than another process is begun."""
LOT = 100
"""Sheets that are read together."""

_ARTICLE = re.compile(r"^(l|la|le|les|un|une|des)-")


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
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """Digests of each sheet, by id."""
    common: bytes = b""
    """The digest of all files that are no sheets: vocabularies, images, what was published."""
    unread: frozenset[str] = frozenset()
    """Vocabularies that can't be read: what follows from that is not told again at each sheet and each address."""

    @cached_property
    def told(self) -> Mapping[str, Told]:
        """State and former ids of each valid sheet: what is asked of all of them, without looking at more."""
        if isinstance(self.sheets, Lazy):
            return self.sheets.told
        return {one: Told(sheet.statut, sheet.anciens_ids) for one, sheet in self.sheets.items()}

    @cached_property
    def known(self) -> Mapping[str, Sheet]:
        """Valid sheets and drafts, by id, in order: what checks look at."""
        return merged(self.sheets, self.drafts)

    @cached_property
    def published(self) -> Mapping[str, Sheet]:
        """The sheets that stand in lists, by id, in order."""
        return some_of(self.sheets, (one for one, told in sorted(self.told.items()) if told.state == PUBLISHED))

    @cached_property
    def identities(self) -> dict[str, str]:
        """Every id that a sheet has or had → the id that it has today. Ids are for ever, so these can't serve again."""
        drafts = ((one, sheet.anciens_ids or ()) for one, sheet in self.drafts.items())
        held = sorted([*((one, told.former) for one, told in self.told.items()), *drafts])
        return {**{old: one for one, former in held for old in former}, **{one: one for one in self.kinds}}

    @cached_property
    def former(self) -> dict[str, str]:
        """Ids that sheets had → the ids that they have."""
        return _former(self.sources, self.told)

    @cached_property
    def pages(self) -> Mapping[str, Sheet]:
        """The sheets that have a page, archived ones included."""
        return some_of(self.sheets, (one for one, told in sorted(self.told.items()) if told.state in WITH_PAGE))

    @cached_property
    def faces(self) -> bytes:
        """The digest of all faces."""
        return faces_of(self.marks)

    def kind_of(self, identifier: str) -> type[Sheet]:
        """The kind of a sheet that has a page. A part of a library may know no kinds."""
        return KINDS[self.kinds[identifier]] if identifier in self.kinds else type(self.pages[identifier])

    def path_of(self, identifier: str) -> str:
        """Where a sheet stands, as problems name it (``Sheet.path``)."""
        return f"{self.shown}/{KINDS[self.kinds[identifier]].FOLDER}/{identifier}.md"

    def of_kind(self, kind: str) -> list[Sheet]:
        """Published sheets of a kind, by title as a French reader sorts."""
        own = [one for one in self.published if kind == self.kind_of(one).KIND]
        return sorted(some_of(self.published, own).values(), key=title_key)

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """Every relation between known sheets, in the order of origins, fields and text."""
        return tuple(relation for sheet in self.known.values() for relation in self.relations_of(sheet))

    @cached_property
    def incoming(self) -> dict[str, tuple[Relation, ...]]:
        """For each id, the relations of published sheets that lead to it."""
        found: dict[str, list[Relation]] = {}
        for relation in self.relations:
            if relation.origin in self.published and relation.origin != relation.target:
                found.setdefault(relation.target, []).append(relation)
        return {target: tuple(relations) for target, relations in found.items()}

    def leading_to(self, identifier: str, near: Iterable[str]) -> tuple[Relation, ...]:
        """As ``incoming`` of one sheet, when all that lead to it are known to be among ``near``, in order: no other is opened for it."""
        if "incoming" in self.__dict__:
            return self.incoming.get(identifier, ())
        origins = (self.published[one] for one in near if one in self.published and one != identifier)
        return tuple(one for origin in origins for one in self.relations_of(origin) if one.target == identifier)

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
        # Not all facets of all sheets are wanted for it.
        return self.years(str(year) for sheet in self.published.values() for facet, path in _feeding(type(sheet)) if facet == "annees" for _, year in values(sheet, path))  # fmt: skip

    def years(self, used: Iterable[str]) -> Vocabulary | None:
        """The years as a vocabulary: those that published sheets have, and those whose page was published."""
        return vocabulary.years({*used, *self.ledger.below("annees")})

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

    def relations_of(self, sheet: Sheet) -> Iterator[Relation]:
        """Its relations to other sheets, in the order of fields and text."""
        written, linked = of_sheet(sheet, self.documents.get(sheet.id))
        yield from written
        yield from (relation for relation in linked if relation.target in self.kinds)


def load(
    folder: Path, shown: str = "", only: Container[str] | None = None, store: Store | None = None, jobs: int = 1
) -> tuple[Library, list[Problem]]:
    """Read ``folder``. Problems name files below ``shown``, by default the folder as it was given.

    ``only`` names (below the folder) the sheets and images to read: of the others, the library knows that they are there. ``store`` keeps what is read.
    Many sheets are read by ``jobs`` processes.
    """
    shown = shown or folder.as_posix()
    found: dict[str, File] = {}
    problems: list[Problem] = []

    def closed(name: str, failed: OSError) -> None:
        problems.append(Problem(f"{shown}/{name}".rstrip("/"), 1, 1, "fichier-illisible", f"dossier illisible : {disk.reason(failed)}"))  # fmt: skip

    for file in sorted(below(folder, closed)):
        if file.leaves:
            problems.append(Problem(f"{shown}/{file.name}", 1, 1, "lien-hors-contenu", "ce lien mène hors du dossier de contenu",
                                    "Remplacez-le par le fichier lui-même."))  # fmt: skip
        elif file.look and not file.name.startswith(".") and "/." not in file.name:
            found[file.name] = file
    vocabularies, vocabulary_sources, wrong = vocabulary.load(folder / "vocabularies", f"{shown}/vocabularies")
    problems += wrong
    unread = frozenset({PurePosixPath(one.path).stem for one in wrong} - vocabularies.keys())
    words = (part for name, one in sorted(vocabulary_sources.items()) for part in (name, one.front))
    readings = Readings(store, digest(package(), *words)) if store else None
    if readings:
        readings.look_up({f"{shown}/{name}": file for name, file in found.items()})

    def read(name: str) -> tuple[Source, list[Problem]]:
        file, path = found[name].path, f"{shown}/{name}"
        return readings.read(file, path) if readings else source.read(file, path)

    paths = {name: file.path for name, file in found.items()}
    library, wrong = make(paths, read, shown, vocabularies, vocabulary_sources, only, readings, jobs)
    wrong, unread = vocabulary.told_once(wrong, unread, f"{shown}/vocabularies")
    weights: dict[str, int] = {}
    for name, image in library.images.items():
        path = f"{shown}/images/{name}"
        weight = weight_of(image, path, readings) if only is None or f"images/{name}" in only else 0
        if isinstance(weight, str):
            problems.append(Problem(path, 1, 1, "image-refusee", weight, "Enregistrez-la à nouveau, plus petite."))
        else:
            weights[name] = weight
    published, damaged = ledger.read(folder, shown)
    if readings:
        readings.keep(library.faces)
    common = readings.others() if readings else b""
    whole = replace(library, weights=weights, ledger=published, common=common, unread=unread)
    return whole, in_order([*problems, *wrong, *damaged])


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
         only: Container[str] | None = None, readings: Readings | None = None, jobs: int = 1) -> tuple[Library, list[Problem]]:  # fmt: skip
    """The library of the files ``names`` (paths below the content folder), each read by ``read``, or those in ``only``.
    ``readings`` knows what was read before. Many are read by ``jobs`` processes."""
    problems: list[Problem] = []
    kinds: dict[str, str] = {}
    paths: dict[str, str] = {}
    images: dict[str, Path] = {}
    for name in sorted(names):
        problem = refusal(name, shown, paths)
        if problem:
            problems.append(problem)
        elif name.startswith("images/"):
            images[PurePosixPath(name).name] = Path(names[name])
        elif not name.startswith(("vocabularies/", f"{ledger.FOLDER}/")):
            place, _, file = name.partition("/")
            identifier = file.removesuffix(".md")
            kinds[identifier] = FOLDERS[place].KIND
            paths[identifier] = name
    sheets: dict[str, Sheet] = {}
    drafts: dict[str, Sheet] = {}
    sources: dict[str, Source] = {}
    documents: dict[str, Document] = {}
    marks: dict[str, Mark] = {}
    known: dict[str, Brief] = {}
    unknown: list[str] = []
    for identifier, name in sorted(paths.items()):
        if only is not None and name not in only:
            continue
        if readings and (brief := readings.of(f"{shown}/{name}", kinds)) and brief.mark:
            known[identifier], marks[identifier] = brief, brief.mark
        else:
            unknown.append(identifier)
    context = replace(context_of(vocabularies, kinds), former=None)

    def look(lot: Sequence[str]) -> list[Looked]:
        return looked(
            {one: (KINDS[kinds[one]], *read(paths[one])) for one in lot}, readings.brief if readings else None, context
        )

    lots = [unknown[start : start + LOT] for start in range(0, len(unknown), LOT)]
    made = chain.from_iterable(shared(lots, look, jobs if len(unknown) > FEW else 1))
    found = dict(zip(unknown, made, strict=True))
    for identifier, one in found.items():
        sources[identifier], documents[identifier] = one.source, one.document
        problems += one.wrong
    told = {identifier: brief.told for identifier, brief in known.items()}
    context = replace(context, former=_former({**known, **sources}, told))

    def mark(identifier: str) -> Mark:
        state = "broken" if sources[identifier].broken else "draft" if identifier in drafts else ""
        return mark_of(sources[identifier], documents[identifier], state)

    for identifier, one in found.items():
        if one.sheet:
            sheets[identifier] = one.sheet
        elif not one.source.broken:
            drafts[identifier], wrong = validate(KINDS[kinds[identifier]], identifier, one.source, context)
            problems += wrong
        if readings:
            marks[identifier] = (one.sheet and one.brief.mark) or mark(identifier)
            readings.add(one)

    def again(identifier: str) -> Reading:
        """What is kept of a sheet is damaged."""
        one, _ = read(paths[identifier])
        document = markup.parse(one.raw_body)
        if mark_of(one, document, "") != marks[identifier]:
            raise OSError(errno.ESTALE, "", names[paths[identifier]])  # and its file is another
        return Reading(one, document, validate(KINDS[kinds[identifier]], identifier, one, context)[0])

    kept: Mapping[str, Reading] = readings.kept(shown, {one: paths[one] for one in known}, again) if readings else {}
    if isinstance(kept, Lazy) and readings and not readings.same(faces_of(marks)):
        kept = kept.whole()  # much will be made of them
    told |= {one: Told(sheet.statut, sheet.anciens_ids) for one, sheet in sheets.items()}
    return Library(
        merged(each(kept, "sheet"), sheets, told), drafts, merged(each(kept, "source"), sources), merged(each(kept, "document"), documents),
        vocabularies, vocabulary_sources, images, kinds, shown,
        marks=marks if readings else Lazy(sources, lambda ids: {one: mark(one) for one in ids}),  # who keeps nothing may ask none
    ), problems  # fmt: skip


def _former(sources: Mapping[str, Any], told: Mapping[str, Told]) -> dict[str, str]:
    """Ids that sheets had → those that they have. ``told`` are those of valid sheets; of the others, what could be read is asked."""
    held = ((told[one].former if one in told else _written_ids(source), one) for one, source in sources.items())
    return {old: identifier for ids, identifier in held for old in ids}


def _written_ids(one: Source) -> list[str]:
    ids = one.data.get("anciens_ids") if one.may_have("anciens_ids") else None
    return [old.strip() for old in ids if isinstance(old, str)] if isinstance(ids, list) else []


def context_of(vocabularies: Mapping[str, Vocabulary], kinds: Mapping[str, str]) -> Context:
    """What sheets are validated against: ``kinds`` maps each id to its kind."""
    return Context(vocabularies, territories.load(), kinds, {kind.KIND: kind.LABEL.lower() for kind in SHEETS})


def validate(model: type[Sheet], identifier: str, one: Source, context: Context) -> tuple[Sheet, list[Problem]]:
    """The sheet that a source holds, and what is wrong with it by itself: then, what can be read of it."""
    try:
        return model.make(identifier, one.path, one.data, context), []
    except ValidationError as error:
        problems = translated(one, error, model)
    # What can be read of it, so that the rules across sheets still see the rest, and the preview shows something.
    return model.make(identifier, one.path, one.data, replace(context, lenient=True)), problems


@cache
def facet_names() -> tuple[str, ...]:
    """Every facet of the model, in its order."""
    return tuple(dict.fromkeys(champ.facette for kind in SHEETS for champ in champs(kind) if champ.facette))


def facet_values(sheet: Sheet) -> list[tuple[str, str]]:
    """``(facet, value)`` of a sheet, each once, in the order of the model."""

    def make() -> list[tuple[str, str]]:
        found = ((facet, str(value)) for facet, path in _feeding(type(sheet)) for _, value in values(sheet, path))
        return list(dict.fromkeys(found))

    return sheet.once("_facets", make)


@cache
def _feeding(model: type[Sheet]) -> tuple[tuple[str, str], ...]:
    """The facets that a kind feeds, each with the path of the field that does."""
    return tuple((champ.facette, champ.path) for champ in champs(model) if champ.facette)


def title_key(sheet: Sheet) -> tuple[str, str]:
    """Sorts titles as a French reader does: without accents, case, or leading article."""
    return sheet.once("_title", lambda: (_ARTICLE.sub("", slug(sheet.titre)), sheet.id))
