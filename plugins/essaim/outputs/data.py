"""``/donnees/``: the library as files to take away, the page that tells of them, one page a kind; and each sheet as JSON and Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import groupby, islice
from typing import Any

from essaim.addresses import DATA, data_address
from essaim.compact import dump
from essaim.history import FORMER_IDS, NAMELESS
from essaim.ledger import Change
from essaim.library import Library
from essaim.linked import Distribution, Told, dataset
from essaim.model import KINDS, SHEETS, Sheet, champs
from essaim.opendata import LICENCE, Edition, file_of, files, packages
from essaim.opendata.examples import EXAMPLES
from essaim.opendata.packages import CSV, DataFile
from essaim.opendata.pieces import Memo, facts, packed, sum_of, unpacked, zipped
from essaim.opendata.records import record, text
from essaim.opendata.tables import BOM
from essaim.outputs.render import number_fr, page, root_of
from essaim.outputs.site import Content, Site, Stream

PREVIEW, LONGEST = 5, 70
"""Rows of a table that its page shows, and characters of a cell."""
CHANGES = 40
"""Sheets whose changes the page tells: the file has all."""
SUMS = "SHA256SUMS"
ZIP = "donnees.zip"
"""All the files in one, in a folder of its own: nothing spills where it is unpacked."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a publication did to a sheet, by the id that it has today: ``fields`` are the titles of those it changed, each
    with how, after « renommée » if it was; empty for the whole sheet."""

    id: str
    sheet: Sheet | None
    changement: str
    fields: tuple[str, ...]


def of_sheet(site: Site, sheet: Sheet) -> Iterator[tuple[str, Content]]:
    """A sheet as JSON and as Markdown: what is published, no draft, even in the preview."""
    if sheet.id in site.library.pages:
        edition = _edition(site)
        yield file_of(sheet, "json"), dump(record(edition, sheet)) + "\n"
        yield file_of(sheet, "md"), text(edition, sheet)


def pages(site: Site, memo: Memo | None = None, faces: bytes = b"") -> Iterator[tuple[str, Content]]:
    """The files, then the pages. ``memo`` knows what was made before, ``faces`` is the digest of all that is no text."""
    edition, memo = _edition(site), memo or Memo()
    own = [file for kind in SHEETS for file in files.of_kind(edition, kind, _lots(site, kind, memo), memo)]
    own += memo.all(list, [(("transversal", faces), lambda: list(files.across(edition)))])[0]
    schemas = memo.all(list, [(("schemas",), lambda: list(files.schemas(edition)))])[0]
    whole = [*own, *schemas, *files.described(edition, own)]
    memo.keep()
    for file in whole:
        yield f"{DATA}{file.path}", Stream(file.facts.sum, file.size, partial(unpacked, file.pieces))
    sums = packages.sums(whole)
    yield f"{DATA}{SUMS}", sums
    told = (packed(sums.encode()),)
    members = [(f"{DATA}{file.path}", file.facts, file.pieces) for file in whole]
    archive = zipped([(f"{DATA}{SUMS}", facts(told), told), *members])
    size = sum(map(len, archive))
    yield f"{DATA}{ZIP}", Stream(sum_of(archive), size, lambda: archive)
    yield _home(site, edition, whole, size)
    for kind in SHEETS:
        yield _of_kind(site, edition, kind, [file for file in own if file.kind is kind])


def _lots(site: Site, kind: type[Sheet], memo: Memo) -> list[files.Pieces]:
    """What each lot of a kind adds to its files."""
    return memo.all(dict, [_lot(site, kind, ids) for ids in files.lots(_edition(site).ids(kind))])


def _lot(site: Site, kind: type[Sheet], ids: list[str]) -> tuple[list[bytes | str], Callable[[], files.Pieces]]:
    """What some sheets are made from, which is all that their records see of the site; and what makes their pieces."""
    library, short = site.library, {kind.address_of(one): site.short(kind.address_of(one)) for one in ids}
    seen = [part for one in ids for part in (one, *library.marks.get(one, ()), short[kind.address_of(one)])]

    def make() -> files.Pieces:
        sheets = {one: library.pages[one] for one in ids}
        part = Library(sheets, documents={one: library.documents[one] for one in ids})
        return files.lot(Edition(part, site.name, site.url, short.__getitem__), kind, sheets.values())

    return [kind.KIND, *seen], make


def _edition(site: Site) -> Edition:
    return Edition(site.library, site.name, site.url, site.short, site.history)


def _home(site: Site, edition: Edition, whole: list[DataFile], packed: int) -> tuple[str, Content]:
    kinds = [(kind, len(held), sum(one not in site.library.published for one in held), _by_format(whole, kind))
             for kind in SHEETS for held in [edition.ids(kind)]]  # fmt: skip
    about = "Toutes les fiches de la bibliothèque à télécharger et à réutiliser, sans compte ni clé : JSON, CSV, GeoJSON, leurs schémas et leurs vocabulaires."
    return page(
        site, DATA, "donnees.html", "Données ouvertes", about, styles=("donnees",), scripts=("copy",),
        machines=Told(main=dataset(site, DATA, root_of(DATA), edition.title, about, _distributions(whole), **_dated(edition.day()))),
        zip=(ZIP, packed), kinds=kinds, others=[file for file in whole if file.kind is None and not file.path.startswith("schemas/")],
        attribution=edition.attribution(), licence=LICENCE, day=edition.day(), size=size, data_address=data_address,
        examples=[(one, one.code.replace("{base}", f"{site.url}{DATA}" if site.url else "")) for one in EXAMPLES if site.url or not one.online],
        journal=list(journal(site)), shown=CHANGES, kinds_by_name=KINDS,
    )  # fmt: skip


def _of_kind(site: Site, edition: Edition, kind: type[Sheet], own: list[DataFile]) -> tuple[str, Content]:
    address = data_address(kind)
    about = f"Les fiches « {kind.LABELS.lower()} » en fichiers : chaque colonne, ce qu’elle contient, et les premières lignes."
    return page(
        site, address, "donnees-sorte.html", f"Données : {kind.LABELS.lower()}", about, styles=("donnees",),
        machines=Told(main=dataset(site, address, root_of(address), kind.LABELS, about, _distributions(own), **_dated(edition.day(kind)))),
        kind=kind, count_of=len(edition.ids(kind)), formats=_by_format(own, kind), attribution=edition.attribution(), licence=LICENCE,
        tables=[(file, preview(file)) for file in own if file.table], size=size, rows=PREVIEW,
    )  # fmt: skip


def _by_format(found: list[DataFile], kind: type[Sheet]) -> list[tuple[str, DataFile]]:
    """The main files of a kind with the name of their format."""
    own = [file for file in found if file.kind is kind and (file.table is None or not file.table.group)]
    return [(file.path.rpartition(".")[2].upper().replace("GEOJSON", "GeoJSON"), file) for file in own]


def _distributions(found: list[DataFile]) -> list[Distribution]:
    return [Distribution(f"{DATA}{file.path}", file.media, file.titre, file.size) for file in found if file.kind or file.media == CSV]  # fmt: skip


def _dated(day: date | None) -> dict[str, Any]:
    return {"dateModified": day.isoformat()} if day else {}


def preview(file: DataFile) -> list[list[str]]:
    """The header of a table and its first rows as they stand in the file, long cells cut."""
    texts = (piece.decode("utf-8").removeprefix(BOM) for piece in unpacked(file.pieces))
    rows = csv.reader(line for text in texts for line in io.StringIO(text, newline=""))
    return [[_short(cell) for cell in row] for row in islice(rows, PREVIEW + 1)]


def _short(cell: str) -> str:
    flat = " ".join(cell.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"


def size(octets: int) -> str:
    """``34 ko``, ``1,2 Mo``: as people say it, never less than it is."""
    if octets < 1_000_000:
        return f"{number_fr(-(-octets // 1000))} ko"
    return f"{number_fr(-(-octets // 100_000) / 10)} Mo"


def journal(site: Site) -> Iterator[tuple[date, list[tuple[str, list[Changed]]]]]:
    """The last publications, each with what it changed by kind of sheet; ``CHANGES`` sheets in all, at most."""
    kept = (replace(one, fiche=site.history.today(one.fiche)) for one in site.library.ledger.journal if _is_told(one))
    changes = sorted(kept, key=lambda one: (-one.date.toordinal(), _place(one.sorte), one.fiche))
    told = groupby(changes, key=lambda one: (one.date, one.sorte, one.fiche))
    lines = [(day, kind, _changed(site, fiche, list(found))) for (day, kind, fiche), found in islice(told, CHANGES)]
    for day, held in groupby(lines, key=lambda line: line[0]):
        yield day, [(kind, [one for _, _, one in found]) for kind, found in groupby(held, key=lambda line: line[1])]


def _is_told(change: Change) -> bool:
    """Whether readers hear of it: not of what only keeps former anchors alive. The file has all."""
    return change.champ == FORMER_IDS or change.champ not in NAMELESS


def _place(kind: str) -> int:
    return next((place for place, one in enumerate(SHEETS) if kind == one.KIND), len(SHEETS))


def _changed(site: Site, fiche: str, found: list[Change]) -> Changed:
    whole = next((one.changement for one in found if not one.champ), None)
    kind = KINDS.get(found[0].sorte)
    titles = {champ.path: champ.titre for champ in champs(kind)} if kind else {}
    named = {one.champ: one.changement for one in found if one.champ and one.champ not in NAMELESS}
    names = sorted(f"{titles.get(champ, champ).lower()} ({how})" for champ, how in named.items())
    renamed = ["renommée"] if any(one.champ == FORMER_IDS for one in found) else []
    return Changed(fiche, site.library.pages.get(fiche), whole or "modification", () if whole else (*renamed, *names))
