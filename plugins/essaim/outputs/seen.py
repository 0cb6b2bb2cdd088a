"""What each part of the site is made from: a site cut down to that, and the digest of it.

A part is made again when its digest changes. It depends on nothing else, since it can see nothing else: the page of a sheet sees
its own text and the faces of the sheets that it is tied to; a list sees all faces and no text.

A sheet's *face* is its front matter and where its text leads and can be led to (links, headings): all that others show of it.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice
from typing import Any

from essaim.cache import Store, digest
from essaim.editorial import standing, unled_terms
from essaim.history import History
from essaim.library import Library, facet_values
from essaim.model import SHEETS, Sheet, Term, Webinar
from essaim.opendata.pieces import Memo
from essaim.outputs.faces import Fronts, Outlines
from essaim.outputs.site import Site
from essaim.outputs.told import Standing, Told
from essaim.outputs.words import Words
from essaim.permalinks import Permalinks
from essaim.similar import basis, similar
from essaim.vocabulary import Vocabulary

ALWAYS = "contribuer"
"""The page that every sheet may lead to."""
SAMPLE = 40
"""Sheets of each kind that examples are taken from."""


class Seen:
    """The parts of ``site`` and their digests. ``common`` is the digest of what all parts depend on: settings, vocabularies,
    ledger, templates, the package itself."""

    def __init__(self, site: Site, common: bytes, store: Store | None = None) -> None:
        """``store`` keeps what the search knows of each sheet."""
        self.site = site
        self._store = store
        settings = (
            site.name,
            site.url,
            site.edit,
            site.engine,
            str(site.preview),
            repr(site.form),
            str(len(site.errors)),
        )
        self.common = digest(common, *settings)
        """The digest of all that is no sheet."""
        self.told = Told(digest(self.common, site.library.faces), store.beside("visages") if store else None)
        """What the faces tell together."""
        links, history = site.permalinks, site.history
        links.__dict__.update(self.told.of("links", dict, lambda: {name: getattr(links, name) for name in _OF_LINKS}))
        history.__dict__["_days"] = self.told.of("days", dict, lambda: history._days)

    @cached_property
    def whole(self) -> bytes:
        """The digest of all sheets."""
        marks = self.site.library.marks
        return digest(self.common, *(part for one, mark in sorted(marks.items()) for part in (one, *mark)))

    @cached_property
    def texts(self) -> bytes:
        """The digest of everything."""
        told = (*(str(problem) for problem in self.site.problems), repr(self.site.links), self.site.links_trouble)
        return digest(self.whole, *told)

    @property
    def memo(self) -> Memo:
        """What was made of some sheets."""
        return Memo(self._store.beside("donnees") if self._store else None, self.common)

    @cached_property
    def faces(self) -> bytes:
        """The digest of all faces."""
        told = (str(problem) for problem in self.site.problems)
        return digest(self.common, self.site.library.faces, *told)

    def find_alike(self, jobs: int = 1) -> None:
        """Which sheets are alike, as the last build found them while all faces are the same, or what they share. Otherwise ``jobs`` processes look."""
        if self._store and "similar" not in self.site.__dict__:
            store, known = self._store.beside("ressemblances"), digest("faces", self.faces)
            kept = store.read([known], dict)
            if known not in kept:
                key = digest("similar", self.common, *basis(self.site.library))
                found = store.read([key], dict).get(key)
                kept[known] = similar(self.site.library, jobs) if found is None else found
                store.write({known: kept[known], key: kept[known]}, ())
            self.site.__dict__["similar"] = kept[known]

    @cached_property
    def _linked(self) -> Collection[str]:
        """The terms that nothing leads to but texts. Of each is kept one text in which it stands: another is looked for when that
        one has changed."""
        library = self.site.library
        texts = {one: library.marks[one].text for one in library.published}
        kept = self.told.of("linked", Standing, lambda: Standing(unled_terms(library), {}, {}))
        changed = [one for one, text in texts.items() if kept.texts.get(one) != text]
        if changed:
            where = {term: one for term, one in kept.where.items() if kept.texts[one] == texts[one]}
            where |= standing(library, kept.terms - where.keys(), changed)
            where |= standing(library, kept.where.keys() - where.keys(), texts)
            kept = Standing(kept.terms, where, texts)
            self.told.keep("linked", kept)
        return kept.where.keys()

    @property
    def _answered(self) -> bool:
        """Whether it is known what external links answered: then it is told where each stands in the texts."""
        return bool(self.site.links and self.site.links.liens)

    @cached_property
    def editorial(self) -> bytes:
        """The digest of what the team has to see to."""
        if self._answered:
            return self.texts
        return digest(self.faces, repr(self.site.links), self.site.links_trouble, *sorted(self._linked))

    @property
    def for_editors(self) -> tuple[Site, Collection[str]]:
        """The site that shows what the team has to see to, and the terms that texts lead to."""
        if self._answered:
            return self.site, self._linked
        site = replace(self.without_texts, links=self.site.links)
        _share(self.without_texts, site, _OF_SITE)
        return site, self._linked

    @cached_property
    def words(self) -> Words:
        """What the search knows of each sheet."""
        order = self.told.of("catalogue", list, lambda: [sheet.id for sheet in self.site.catalogue])
        keys = {one: self.around(one) for one in order}
        return Words(self.site, keys, lambda sheet: self.near(sheet).library, self._store)

    @cached_property
    def found(self) -> bytes:
        """The digest of all faces, and of what the search knows of texts."""
        return digest(self.faces, self.words.digest)

    @property
    def with_words(self) -> Site:
        """The site whose sheets have faces, and what the search knows of their texts."""
        site = replace(self.without_texts)
        _share(self.without_texts, site, _OF_SITE)
        site.__dict__.update(records=self.words.records, in_full=self.words.full)
        return site

    @cached_property
    def without_sheets(self) -> Site:
        """The site without a sheet."""
        own = self.site.library
        bare = Library(
            vocabularies=own.vocabularies, images=own.images, shown=own.shown, weights=own.weights, ledger=own.ledger
        )
        return replace(self.site, library=bare, problems=(), links=None, links_trouble="")

    @property
    def _sampled(self) -> list[str]:
        """The first sheets of each kind: enough to have an example of nearly every field."""

        def make() -> list[str]:
            published = self.site.library.published.values()
            firsts = (islice((one.id for one in published if isinstance(one, kind)), SAMPLE) for kind in SHEETS)
            return sorted({*chain.from_iterable(firsts), *({ALWAYS} & self.site.library.published.keys())})

        return self.told.of("sampled", list, make)

    @cached_property
    def sample(self) -> bytes:
        """The digest of the faces of a few sheets, and of which others there are."""
        library = self.site.library
        faces = (part for one in self._sampled for part in (one, library.marks[one].face))
        return digest(self.common, *faces, *chain.from_iterable(sorted(library.kinds.items())))

    @cached_property
    def with_sample(self) -> Site:
        """The site with a few sheets, and the names of the others."""
        own, bare = self.site.library, self.without_sheets
        sheets = {one: own.sheets[one] for one in self._sampled}
        fronts = Fronts({one: own.sources[one] for one in self._sampled})
        return replace(bare, library=replace(bare.library, sheets=sheets, sources=fronts, kinds=own.kinds))

    @cached_property
    def without_texts(self) -> Site:
        """The site whose sheets have faces only."""
        library = self.site.library
        bare = replace(library, sources=Fronts(library.sources), documents=Outlines(library.documents), marks={})
        found = replace(self.site, library=bare, links=None)
        _share(library, bare, _OF_LIBRARY)
        _share(self.site, found, _OF_SITE)
        return found

    def page(self, identifier: str) -> bytes:
        """The digest of what an editorial page sees: its own text, and the faces of all sheets."""
        return digest(self.faces, identifier, *self.site.library.marks[identifier])

    def with_text_of(self, sheet: Sheet) -> Site:
        """The site that an editorial page sees."""
        whole = self.without_texts
        own = self.site.library
        library = replace(
            whole.library, sources={sheet.id: own.sources[sheet.id]}, documents={sheet.id: own.documents[sheet.id]}
        )
        _share(whole.library, library, _OF_LIBRARY)
        found = replace(whole, library=library)
        _share(whole, found, _OF_SITE)
        return found

    def around(self, identifier: str) -> bytes:
        """The digest of what the page of a sheet sees: faces, its own text, and what is wrong with it."""
        return self._around[identifier]

    @cached_property
    def _around(self) -> dict[str, bytes]:
        library, problems = self.site.library, self.site.problems_by_path
        faces = self.told.of(
            "around", dict, lambda: {one.id: self._faces_around(one) for one in library.known.values()}
        )

        def told(identifier: str) -> Iterable[str]:
            return map(str, problems.get(library.path_of(identifier), ())) if problems else ()

        return {one: digest(seen, library.marks[one].text, *told(one)) for one, seen in faces.items()}

    def _faces_around(self, sheet: Sheet) -> bytes:
        """The digest of the faces that the page of ``sheet`` sees."""
        site, marks, near = self.site, self.site.library.marks, self._near[sheet.id]
        parts: list[bytes | str] = [self.common, self._terms, sheet.id, marks[sheet.id].face]
        for one in near:
            parts += one, marks[one].face
        parts += self._shared_values((sheet.id, *near))
        for alike in site.similar.get(sheet.id, ()):
            parts += alike.id, str(alike.score), *alike.reasons
        for address, code in self._shorts.get(sheet.address, {}).items():
            parts += address, code
        if self._told_of_days(sheet, near):
            parts.append(site.day.isoformat())
        return digest(*parts)

    def _shared_values(self, ids: Iterable[str]) -> Iterator[str]:
        """The values of sheets that are not published which published ones have too: those have a page. The others say theirs."""
        library = self.site.library
        for one in ids:
            sheet = library.known.get(one)
            if sheet is not None and not sheet.published:
                yield from (f"{facet}={value}" for facet, value in facet_values(sheet) if value in self._used[facet])

    def near(self, sheet: Sheet) -> Site:
        """The site that the page of ``sheet`` sees: its own text, the faces of those that it is tied to, and no other sheet."""
        site, library = self.site, self.site.library
        near = self._near[sheet.id]
        ids = [*near, sheet.id]
        part = Library(
            {one: library.sheets[one] for one in ids if one in library.sheets},
            {one: library.drafts[one] for one in ids if one in library.drafts},
            {one: library.sources[one] for one in (sheet.id,) if one in library.sources},
            {sheet.id: library.documents[sheet.id]},
            library.vocabularies,
            images=library.images,
            kinds={one: library.kinds[one] for one in ids},
            shown=library.shown,
            ledger=library.ledger,
        )
        part.__dict__.update(
            incoming={sheet.id: library.leading_to(sheet.id, near)},
            facets=self._used,
            _years=self._years,  # each value of it says itself
        )
        found = replace(site, library=part, problems=(), links=None)
        links = Permalinks(part)
        links.__dict__["short"] = self._shorts.get(sheet.address, {})
        history = History(part, links)
        history.__dict__.update(changes=site.history.changes, _published=site.history._published)  # the ledger’s
        found.__dict__.update(
            made=site.made,
            similar={sheet.id: site.similar.get(sheet.id, ())},
            terms=site.terms,
            permalinks=links,
            history=history,
            problems_by_path={sheet.path: site.problems_by_path.get(sheet.path, [])},
        )
        if self._told_of_days(sheet, near):
            found.__dict__["day"] = site.day
        return found

    @property
    def _near(self) -> dict[str, list[str]]:
        """Of each sheet, the ids of those that it is tied to: those it names and those that name it, those alike, and one that all
        lead to."""
        return self.told.of("near", dict, lambda: {one: self._tied(one) for one in self.site.library.known})

    def _tied(self, identifier: str) -> list[str]:
        library = self.site.library
        found = {relation.origin for relation in library.incoming.get(identifier, ())}
        found.update(self._named.get(identifier, ()))
        found.update(one.id for one in self.site.similar.get(identifier, ()))
        found.add(ALWAYS)
        found.discard(identifier)
        return sorted(found & library.marks.keys())

    def _told_of_days(self, sheet: Sheet, near: Iterable[str]) -> bool:
        """Whether a page says of a web conference that it is past."""
        kinds = self.site.library.kinds
        return Webinar.KIND in {sheet.KIND, *(kinds[one] for one in near)}

    @cached_property
    def _named(self) -> Mapping[str, set[str]]:
        """Ids that each sheet names."""
        found: dict[str, set[str]] = {}
        for relation in self.site.library.relations:
            found.setdefault(relation.origin, set()).add(relation.target)
        return found

    @cached_property
    def _shorts(self) -> Mapping[str, dict[str, str]]:
        """Short links of a page and of its parts: address of the page → address → code."""
        found: dict[str, dict[str, str]] = {}
        for address, code in sorted(self.site.permalinks.short.items()):
            found.setdefault(address.partition("#")[0], {})[address] = code
        return found

    @cached_property
    def _years(self) -> Vocabulary | None:
        return self.site.library.years(self._used["annees"].held)

    @cached_property
    def _terms(self) -> bytes:
        """The digest of what the glossary adds to texts."""
        marks = self.site.library.marks
        return digest(*(part for one in self.site.library.of_kind(Term.KIND) for part in (one.id, marks[one.id].face)))

    @cached_property
    def _used(self) -> Any:
        """Which values of each facet are used: not by how many, which every edit would change."""
        made = self.told.of("used", dict, lambda: {name: list(held) for name, held in self.site.library.facets.items()})
        return {name: _Used(held) for name, held in made.items()}


# Made from faces alone, and dear.
_OF_LIBRARY = ("known", "published", "pages", "identities", "relations", "incoming", "facets", "_years")
_OF_LINKS = ("moves", "redirects", "targets", "short", "new_parts")
_OF_SITE = ("made", "similar", "permalinks", "history", "catalogue", "terms")


def _share(whole: object, part: object, names: Iterable[str]) -> None:
    """Give a part what the whole knows already."""
    part.__dict__.update({name: getattr(whole, name) for name in names})


class _Used(Container[str]):
    """Values of a facet, of which one may ask no more than whether one is among them."""

    def __init__(self, held: Iterable[str]) -> None:
        self.held = frozenset(held)

    def __contains__(self, value: object) -> bool:
        return value in self.held
