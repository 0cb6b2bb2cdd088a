"""What templates show that takes computing: groups, sums, French spacing. Templates stay dumb, and this can be tested."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup, escape

from essaim import replay, territories
from essaim.addresses import feed_address
from essaim.library import ABOUT_SHEETS, facet_values, title_key
from essaim.markup import Heading
from essaim.model import SHEETS, Experience, Located, Method, Organisation, Resource, Sheet, Term, Webinar, champs
from essaim.model.experience import Financement
from essaim.outputs.site import Site
from essaim.problem import count
from essaim.vocabulary import Value
from essaim.words import slug

NARROW = "\u202f"

# Where editors type a plain space, a sign must not start a line, nor a number be cut.
# Before ; : ! ? » and %, €, after «, and between thousands. The sign must end its word: `a :b` is no punctuation.
# Each begins with the space itself, which is what a search jumps to.
_SPACE = re.compile(r" (?:(?=[;:!?»](?:[\s).,…»]|$)|[%€])|(?<=« )|(?<=\d )(?=\d{3}(?!\d)))")
_TOKEN = re.compile(r"(<[^>]*>)")

TO_COME = "À venir"
"""Heads the web conferences of the library's own day and after, the next one first."""

Groups = list[tuple[str, list[Sheet]]]
"""``(heading, sheets)``; the heading is empty when there is one group only."""


@dataclass(frozen=True, slots=True)
class Share:
    """One of the sources of financing. ``amount`` in euros is None when nobody gave it; ``start`` and ``width`` are
    its place in the bar, in thousandths of the whole."""

    value: Value
    lines: tuple[Financement, ...]
    amount: float | int | None
    start: int = 0
    width: int = 0


@dataclass(frozen=True, slots=True)
class Funding:
    """An experience's financing by source, all sources of the vocabulary in its order. ``total`` in euros is what is
    known of the whole; ``missing`` is what the total cost leaves unexplained. ``drawn`` says whether a bar makes sense."""

    shares: tuple[Share, ...]
    total: float | int
    missing: float | int
    drawn: bool


def funding(site: Site, sheet: Experience) -> Funding:
    """The lines of ``sheet`` summed by source."""
    vocabulary = site.library.nomenclature("tiers")
    values = vocabulary.valeurs if vocabulary else ()
    rows = [(value, tuple(line for line in sheet.financements if line.tiers == value.id)) for value in values]
    amounts = [_sum(lines) for _, lines in rows]
    known = sum(amount for amount in amounts if amount is not None)
    total = sheet.cout_total if isinstance(sheet.cout_total, int | float) else known
    drawn = known > 0 and total >= known and all(amount is None or amount >= 0 for amount in amounts)
    shares: list[Share] = []
    start = 0
    for (value, lines), amount in zip(rows, amounts, strict=True):
        width = round(1000 * amount / total) if drawn and amount else 0
        shares.append(Share(value, lines, amount, start, width))
        start += width
    return Funding(tuple(shares), total, max(0, total - known), drawn)


def _sum(lines: Iterable[Financement]) -> float | int | None:
    known = [line.montant for line in lines if isinstance(line.montant, int | float)]
    return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A département on the map. ``outline`` is an SVG path; without one it is a box at ``x``, ``y``, labelled with its
    code. ``count`` is its number of published sheets."""

    code: str
    name: str
    region: str
    count: int
    address: str
    outline: str
    x: int = 0
    y: int = 0


WIDTH, HEIGHT = territories.DRAWING[0], territories.DRAWING[1] + 240
BOX, ROW = 134, 110
"""Width and height of a box with its margin, in the units of the drawing: on a phone, wide enough for a finger."""
AROUND_PARIS = ("75", "92", "93", "94")
"""Départements too small to be pressed with a finger: they have a box as well."""


def drawing(site: Site) -> list[Drawn]:
    """The départements of the map in the order of their codes; of those overseas that are no département, the used ones."""
    held = site.library.facets["departements"]
    table = territories.load()
    regions = {region.code: region.nom for region in table.regions}
    found: list[Drawn] = []
    boxes = 0
    for one in table.departements:
        code = one.code.lower()
        if not one.contour and one.region == one.code and code not in held:
            continue
        count = len(held.get(code, ()))
        address = site.value_address("departements", code)
        place = Drawn(one.code, one.nom, regions.get(one.region, ""), count, address, one.contour)
        if one.contour:
            found.append(place)
        if not one.contour or one.code in AROUND_PARIS:
            left, row = boxes % 9, boxes // 9
            found.append(replace(place, outline="", x=left * BOX + 10, y=territories.DRAWING[1] + 20 + row * ROW))
            boxes += 1
    return found


def ask(sheet: Sheet, name: str) -> str:
    """What to ask about a fact that nobody gave; empty when the model says nothing."""
    return next((one.demander or "" for one in champs(type(sheet)) if one.path == name), "")


def place_short(sheet: Sheet) -> str:
    """In a few words, where a sheet is: for a card. Empty for one that has no place."""
    if not isinstance(sheet, Located):
        return ""
    where = sheet.place
    if sheet.territoire:
        return sheet.territoire
    if len(where.communes) == 1:
        return f"{where.communes[0].nom} ({where.departements[0].nom})"
    if len(where.departements) in (1, 2):
        return " et ".join(one.nom for one in where.departements)
    return ", ".join(region.nom for region in where.regions)


def by_kind(sheets: Iterable[Sheet]) -> list[tuple[type[Sheet], list[Sheet]]]:
    """``(kind, sheets by title)``, kinds in the order in which readers meet them."""
    found = list(sheets)
    groups = [(kind, sorted((one for one in found if one.KIND == kind.KIND), key=_key)) for kind in SHEETS]
    return [(kind, members) for kind, members in groups if members]


def in_order(site: Site) -> list[Sheet]:
    """The published sheets, kinds in the order in which readers meet them, each by title."""
    return [sheet for _, sheets in by_kind(site.library.published.values()) for sheet in sheets]


def by_heading(site: Site, kind: type[Sheet], sheets: list[Sheet]) -> Groups:
    """The sheets of one kind, as its list groups them: terms by letter, methods by solution, others by their type."""
    order: dict[str, int] = {}
    if kind is Method:
        order = _ranks(value.groupe or value.libelle for value in _values(site, "ingenierie"))
    elif kind in (Resource, Organisation):
        order = _ranks(value.libelle for value in _values(site, "types-ressource" if kind is Resource else "acteurs"))
    groups: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        groups.setdefault(_heading(site, sheet), []).append(sheet)
    if kind is Term:
        return sorted(groups.items())
    if kind is Webinar:
        to_come = sorted(
            groups.pop(TO_COME, []), key=lambda one: (one.date, one.heure or "") if isinstance(one, Webinar) else ()
        )
        return [*([(TO_COME, to_come)] if to_come else []), *sorted(groups.items(), reverse=True)]
    return sorted(groups.items(), key=lambda group: order.get(group[0], len(order)))


def _heading(site: Site, sheet: Sheet) -> str:
    if isinstance(sheet, Term):
        return title_key(sheet)[0][:1].upper() or "#"
    if isinstance(sheet, Webinar):
        return TO_COME if sheet.date >= site.day else sheet.annee
    if isinstance(sheet, Method):
        value = next((one for one in _values(site, "ingenierie") if one.id in sheet.ingenierie), None)
        return (value.groupe or value.libelle) if value else "Avant de commencer, et tout au long"
    if isinstance(sheet, Resource):
        return label(site, "types-ressource", sheet.type)
    return label(site, "acteurs", sheet.type) if isinstance(sheet, Organisation) else ""


def by_group(values: Iterable[Value]) -> list[tuple[str, list[Value]]]:
    """Values under the group that their vocabulary gives them, groups in the order of their first value."""
    groups: dict[str, list[Value]] = {}
    for value in values:
        groups.setdefault(value.groupe or "", []).append(value)
    return list(groups.items())


def grouped_by_region(departements: Iterable[Value]) -> list[Value]:
    """The values with their région as group: neighbours are then those of the same région."""
    table = territories.load()
    regions = {one.code.lower(): table.region(one.region) for one in table.departements}
    return [
        value.model_copy(update={"groupe": region.nom}) if (region := regions.get(value.id)) else value
        for value in departements
    ]


def neighbours(value: Value, values: Iterable[Value]) -> list[Value]:
    """The other values of the same group; of a vocabulary without groups, all others."""
    return [one for one in values if one.id != value.id and one.groupe == value.groupe]


def beside(departement: Value, values: Iterable[Value]) -> list[Value]:
    """The départements of ``values`` (see ``grouped_by_region``) that share a border with one, then those of its région."""
    found = territories.load().departement(departement.id.upper())
    borders = {code.lower() for code in found.voisins} if found else set()
    others = [one for one in values if one.id != departement.id]
    there = [one for one in others if one.id not in borders and one.groupe == departement.groupe]
    return [one for one in others if one.id in borders] + there


def feeds(site: Site, title: str, own: str) -> list[tuple[str, str]]:
    """``(title, address from the root)`` of the feeds that a page announces, its ``own`` first. Without a public address, none."""
    if not site.url:
        return []
    mine = [(f"{title} ({site.name})", own)] if own else []
    return [*mine, (f"Toutes les fiches ({site.name})", feed_address())]


def h2(headings: Iterable[Heading]) -> list[tuple[str, str]]:
    """``(anchor, text)`` of a body's main headings, for the contents of a page."""
    return [(heading.id, heading.text) for heading in headings if heading.level == 2]


def sequence_entries(sheet: Webinar) -> list[tuple[str, str]]:
    """``(anchor, title)`` of the parts of a web conference."""
    return [(anchor, one.titre) for anchor, one in zip(sheet.sequence_anchors, sheet.sequences, strict=True)]


def moment_of(recording: str, timecode: str) -> str:
    """The address of a recording at a time (``1:02:30``); empty when its host takes none."""
    return replay.at(recording, replay.seconds(timecode))


def duration_fr(minutes: int) -> str:
    """``45 minutes``, ``1 h 30``."""
    hours, rest = divmod(minutes, 60)
    return (f"{hours}\u00a0h" + (f"\u00a0{rest:02}" if rest else "")) if hours else count(minutes, "minute")


_HEADING = re.compile(r'<h[2-6] id="([^"]+)">')


def with_old_anchors(sheet: Sheet, html: str) -> str:
    """A text with an empty target before each heading for the anchors that it had: links to them still arrive."""
    before: dict[str, list[str]] = {}
    for one in sheet.anciennes_ancres or ():
        if one.vers:
            before.setdefault(one.vers, []).append(f'<span id="{one.ancre}"></span>')
    return _HEADING.sub(lambda found: "".join(before.get(found[1], ())) + found[0], html) if before else html


def group_anchor(heading: str) -> str:
    """The anchor of a group."""
    return f"fiche-groupe-{slug(heading) or 'autres'}"


def spaced(text: str) -> str:
    """``text`` with narrow no-break spaces where French wants them."""
    return _narrowed(text) if " " in text else text


@lru_cache(maxsize=2_000)
def _narrowed(text: str) -> str:
    """Titles and labels come again and again."""
    return _SPACE.sub(NARROW, text)


def spaced_html(html: str) -> str:
    """The same for the text of clean HTML, code left as it is."""
    parts = _TOKEN.split(html)
    if "<code" not in html and "<pre" not in html:
        parts[::2] = [_SPACE.sub(NARROW, part) if " " in part else part for part in parts[::2]]
        return "".join(parts)
    code = 0
    for place, part in enumerate(parts):
        if part.startswith(("<code", "<pre")):
            code += 1
        elif part.startswith(("</code", "</pre")):
            code -= 1
        elif not code and place % 2 == 0:
            parts[place] = _SPACE.sub(NARROW, part)
    return "".join(parts)


class Links:
    """Links as pages show them that lie as deep as ``root`` says (``../../``). Pages share those that were made (``Site.made``)."""

    def __init__(self, site: Site, root: str) -> None:
        self._site, self._root = site, root
        self._known = site.library.known
        self._sheets: dict[str, Markup] = site.made.setdefault(f"{root}sheets", {})
        self._values: dict[tuple[str, str], Markup] = site.made.setdefault(f"{root}values", {})
        self._tags: dict[tuple[str, str], tuple[str, Markup]] = site.made.setdefault(f"{root}tags", {})

    def sheet(self, identifier: str) -> Markup:
        """A link to a sheet by its id. Only a preview meets one that could not be read."""
        if identifier not in self._known:
            return Markup('<span class="lien-casse">{}</span>').format(identifier)
        if identifier not in self._sheets:
            self._sheets[identifier] = self._sheet(self._known[identifier])
        return self._sheets[identifier]

    def value(self, facet: str, value: str) -> Markup:
        """A facet's value, with a link to its page if it has one."""
        key = (facet, value)
        if key not in self._values:
            self._values[key] = self._value(facet, value)
        return self._values[key]

    def tags(self, sheet: Sheet) -> list[tuple[str, list[Markup]]]:
        """``(title of the vocabulary, values)`` of each facet of ``sheet``, in the order of the model. A value without page is no link."""
        groups: dict[str, list[Markup]] = {}
        for key in facet_values(sheet):
            if key not in self._tags:
                self._tags[key] = self._tag(*key)
            title, tag = self._tags[key]
            if tag:
                groups.setdefault(title, []).append(tag)
        return list(groups.items())

    def _tag(self, facet: str, value: str) -> tuple[str, Markup]:
        vocabulary = self._site.library.nomenclature(facet)
        if not vocabulary or facet in ABOUT_SHEETS:
            return "", Markup()
        shown = self.value(facet, value)
        return vocabulary.titre, shown if self._site.value_address(facet, value) else Markup("<span>{}</span>").format(
            shown
        )

    def _sheet(self, sheet: Sheet) -> Markup:
        return Markup('<a href="{}{}">{}</a>').format(self._root, sheet.address, spaced(sheet.titre or sheet.id))

    def _value(self, facet: str, value: str) -> Markup:
        name, address = spaced(label(self._site, facet, value)), self._site.value_address(facet, value)
        return Markup('<a href="{}{}">{}</a>').format(self._root, address, name) if address else escape(name)


class Cards:
    """Sheets as lists show them. ``render`` makes the card of one, with or without the name of its kind, with or without its themes,
    with the root that it is given; each is made once, for all pages (``Site.made``)."""

    _ROOT, _END = Markup("<root>"), "</li>\n"
    """What stands for the root: no text that a template shows has such signs. What ends a card."""

    def __init__(self, site: Site, root: str, render: Callable[[Sheet, bool, bool, Markup], str]) -> None:
        self._root, self._render = root, render
        self._known: dict[tuple[str, bool, bool], str] = site.made.setdefault("cards", {})

    def all(self, sheets: Iterable[Sheet], kind: bool, chips: bool) -> Markup:
        """The cards of ``sheets``, one after the other."""
        return self._rooted("".join([self._card(sheet, kind, chips) for sheet in sheets]))

    def start(self, sheet: Sheet, kind: bool) -> Markup:
        """The card of a sheet but for its end, for more to be said in it."""
        return self._rooted(self._card(sheet, kind, False).removesuffix(self._END))

    def _card(self, sheet: Sheet, kind: bool, chips: bool) -> str:
        key = (sheet.id, kind, chips)
        if key not in self._known:
            self._known[key] = self._render(sheet, kind, chips, self._ROOT)
        return self._known[key]

    def _rooted(self, html: str) -> Markup:
        # Safe: it is what a template gave.
        return Markup(html.replace(self._ROOT, self._root))  # noqa: S704


def _key(sheet: Sheet) -> tuple[str, str]:
    # A draft of the preview may have no title.
    return title_key(sheet) if sheet.titre else (sheet.id, sheet.id)


def _values(site: Site, facet: str) -> tuple[Value, ...]:
    vocabulary = site.library.nomenclature(facet)
    return vocabulary.valeurs if vocabulary else ()


def label(site: Site, facet: str, value: str) -> str:
    """What a reader sees of a facet's value; its id when a preview has no such vocabulary."""
    vocabulary = site.library.nomenclature(facet)
    return vocabulary.label(value) if vocabulary else value


def _ranks(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(dict.fromkeys(names))}
