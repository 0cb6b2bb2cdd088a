"""Rules about what was published: every address of the ledger leads somewhere for ever (decision 29)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from essaim import permalinks
from essaim.addresses import FEEDS
from essaim.checks.addresses import RESERVED, reserved
from essaim.checks.common import at
from essaim.ledger import Entry
from essaim.library import Library
from essaim.model import Sheet, Webinar
from essaim.permalinks import FILES, FOLDERS, Permalinks, anchors
from essaim.problem import Problem
from essaim.words import nearest

ARCHIVED = "archivé"
_OF_PAGES, _OF_CONFERENCES = ("fiche-", "def-", "fn-", "fnref-"), ("fiche-sequence-", "fiche-question-")
_OURS = ("assets/", "images/", "s/", "serveur/")
_PAGE = re.compile(r"(?:[a-z0-9-]+/)+")


def published_addresses(library: Library) -> Iterator[Problem]:
    """Every address of a sheet that was published still leads to it, every anchor to a place in it."""
    links = Permalinks(library)
    known = {entry.fiche for entry in library.ledger.entries}
    fresh = [one for one in library.kinds if one not in known]
    taken = reserved(library)
    for number, entry in enumerate(library.ledger.entries):
        page, _, anchor = entry.adresse.partition("#")
        now = library.identities.get(entry.fiche)
        if entry.fiche and page and not (permalinks.of_a_sheet(page) and page.rstrip("/") not in taken):
            yield library.ledger.problem("permaliens", number, "registre-abime", f"/{page} ne peut pas être l’adresse d’une fiche",
                                         "Reprenez cette ligne dans la version précédente du fichier : essaim publish seul l’écrit.")  # fmt: skip
            continue
        sheet = library.known.get(now or "")
        if not entry.fiche:
            if not _plausible(library, links.resolve(entry.adresse, None) or ""):
                yield library.ledger.problem(
                    "permaliens", number, "adresse-perdue", *permalinks.lost_page(library, entry)
                )
            continue
        if now is None and not anchor:
            yield library.ledger.problem("permaliens", number, "adresse-perdue", *_lost(entry, fresh))
        # What can't be read is told already; of a library read in part, the rest is not judged.
        if sheet is None or sheet.id not in library.sheets:
            continue
        if not anchor and sheet.has_page and _of_another_kind(sheet, page):
            yield Problem(sheet.path, 1, 1, "adresse-reprise", f"« {sheet.id} » est publiée à /{page} depuis le {entry.depuis}, et c’est une fiche d’une autre sorte",
                          f"Si c’est la même fiche, donnez-lui un autre nom et écrivez anciens_ids: [{sheet.id}]. Sinon, un autre nom suffit, et celle qui manque est à remettre.")  # fmt: skip
            continue
        owner = links.sheets.get(page)
        if not sheet.has_page:
            if not anchor:
                yield at(library, sheet, ("statut",), "adresse-perdue", f"la page /{page} est publiée depuis le {entry.depuis} et ne le serait plus",
                         f"Une fiche publiée ne redevient pas « {sheet.statut} ». Écrivez statut: {ARCHIVED}, et dans archivage depuis quand et pourquoi.")  # fmt: skip
        elif owner is not None and owner.id != sheet.id:
            if not anchor:
                yield Problem(owner.path, 1, 1, "adresse-reprise", f"l’adresse /{page} est celle de la fiche « {sheet.id} » depuis le {entry.depuis}",
                              "Donnez un autre nom à ce fichier : une adresse publiée ne change jamais de fiche.")  # fmt: skip
        elif anchor and links.resolve(entry.adresse) is None:
            yield at(library, sheet, ("anciennes_ancres",), "ancre-perdue",
                     f"le titre « #{anchor} » est publié depuis le {entry.depuis} et n’est plus dans la page", _renamed(sheet, anchor, anchors(library, sheet)))  # fmt: skip


def _of_another_kind(sheet: Sheet, page: str) -> bool:
    """Whether ``page`` is the address of a sheet of another kind with the id of ``sheet``."""
    folder, _, rest = page.partition("/")
    return folder in FOLDERS and folder != type(sheet).URL and rest == f"{sheet.id}/"


def _lost(entry: Entry, fresh: Collection[str]) -> tuple[str, str]:
    near = nearest(entry.fiche, fresh)
    message = f"/{entry.adresse} est publiée depuis le {entry.depuis}, et la fiche « {entry.fiche} » n’existe plus"
    if near:
        return (
            message,
            f"Si « {near} » est son nouveau nom : essaim rename {entry.fiche} {near}. Sinon, remettez le fichier.",
        )
    return message, (
        f"Elle a changé de nom : essaim rename {entry.fiche} NOUVEAU. Elle n’est plus d’actualité : remettez le fichier, "
        f"écrivez statut: {ARCHIVED}, et dans archivage depuis quand, pourquoi et ce qui la remplace."
    )


def _renamed(sheet: Sheet, anchor: str, held: Collection[str]) -> str:
    near = nearest(anchor, sorted(held))
    to = near or (sorted(held)[0] if len(held) == 1 else "NOUVELLE")
    return f"Remettez ce titre, ou dites ce qui le remplace : essaim rename {sheet.id}#{anchor} {sheet.id}#{to}."


def old_anchors(library: Library) -> Iterator[Problem]:
    """An old anchor is no longer that of a heading, stands once, and leads to a heading that is there."""
    for sheet in library.known.values():
        if not sheet.anciennes_ancres:
            continue
        held = anchors(library, sheet)
        seen: set[str] = set()
        for number, one in enumerate(sheet.anciennes_ancres):
            place = ("anciennes_ancres", number)
            if (
                one.ancre
                and one.ancre.startswith(_OF_PAGES)
                and not (isinstance(sheet, Webinar) and one.ancre.startswith(_OF_CONFERENCES))
            ):
                yield at(library, sheet, (*place, "ancre"), "ancre-vivante", f"« #{one.ancre} » est une ancre de la page elle-même", "Retirez cet élément.")  # fmt: skip
            if one.ancre in held:
                yield at(library, sheet, (*place, "ancre"), "ancre-vivante", f"« #{one.ancre} » est encore un titre de cette fiche", "Retirez cet élément.")  # fmt: skip
            if one.ancre in seen:
                yield at(library, sheet, (*place, "ancre"), "valeur-repetee", f"« {one.ancre} » est déjà dans cette liste", "Gardez-le une fois.")  # fmt: skip
            seen.add(one.ancre)
            if one.vers and one.vers not in held:
                near = nearest(one.vers, sorted(held))
                hint = (
                    f"Vouliez-vous dire « {near} » ?"
                    if near
                    else f"Titres de cette fiche : {', '.join(sorted(held)[:8]) or 'aucun'}."
                )
                yield at(
                    library,
                    sheet,
                    (*place, "vers"),
                    "ancre-inconnue",
                    f"aucun titre « #{one.vers} » dans cette fiche",
                    hint,
                )


def redirections(library: Library) -> Iterator[Problem]:
    """A redirection leaves from no living page, ends at a page of the site, and turns in no circle."""
    links, table = Permalinks(library), library.ledger
    claimed = {
        type(sheet).address_of(old): sheet for sheet in library.known.values() for old in sheet.anciens_ids or ()
    }
    for number, one in enumerate(table.redirections):
        files = one.ancienne.startswith(FILES) and one.nouvelle.startswith(FILES) and not one.nouvelle.endswith("/")
        if not (_PAGE.fullmatch(one.ancienne) or files) or one.ancienne.startswith(_OURS):
            yield table.problem("redirections", number, "redirection-refusee", f"/{one.ancienne} n’est pas l’adresse d’une page, ou d’un fichier de données qui mène à un autre",
                                "Une page finit par une barre : /themes/bois/.")  # fmt: skip
        elif _of_the_site(library, one.ancienne):
            yield table.problem("redirections", number, "redirection-refusee", f"/{one.ancienne} est l’adresse d’une page du site", "Retirez cette ligne.")  # fmt: skip
        elif one.ancienne in links.sheets:
            yield table.problem("redirections", number, "redirection-refusee", f"/{one.ancienne} est l’adresse d’une fiche",
                                f"Retirez cette ligne, ou renommez la fiche : essaim rename {links.sheets[one.ancienne].id} NOUVEAU.")  # fmt: skip
        elif one.ancienne in claimed:
            yield table.problem("redirections", number, "redirection-refusee", f"/{one.ancienne} mène déjà à la fiche « {claimed[one.ancienne].id} » par ses anciens_ids",
                                "Retirez cette ligne.")  # fmt: skip
        elif links.resolve(one.ancienne, None) is None:
            yield table.problem("redirections", number, "redirection-en-boucle", f"/{one.ancienne} ne mène à aucune page : les redirections tournent en rond",
                                "Faites mener l’une d’elles à une page qui existe.")  # fmt: skip
        elif _no_sheet(links, one.nouvelle) or not _plausible(library, links.resolve(one.nouvelle, None) or ""):
            yield table.problem("redirections", number, "redirection-perdue", f"/{one.nouvelle} n’est l’adresse d’aucune page", _near(links, one.nouvelle))  # fmt: skip


def _no_sheet(links: Permalinks, address: str) -> bool:
    """Whether an address is that of a sheet, by its form, and none has it. What is no sheet's is for the build to know, and of a sheet
    that is not valid what is wrong is told already."""
    parts = address.partition("#")[0].split("/")
    if len(parts) != 3 or parts[0] not in FOLDERS or not parts[1] or links.resolve(address) is not None:
        return False
    library = links.library
    now = library.identities.get(parts[1])
    return now not in library.kinds or now in library.sheets


def _of_the_site(library: Library, address: str) -> bool:
    """Whether a page that is no sheet's surely stands at ``address``: one of the site's own, a list, a value in a vocabulary."""
    parts = address.rstrip("/").split("/")
    vocabulary = next((one for one in library.vocabularies.values() if one.url == parts[0]), None)
    if len(parts) == 1:
        return parts[0] in reserved(library)
    return len(parts) == 2 and vocabulary is not None and vocabulary.get(parts[1]) is not None


def _plausible(library: Library, address: str) -> bool:
    """Whether the site has a page or a file at ``address``, as far as the library tells before anything is made: its first
    name is one of the site's, and a value is in its vocabulary. The build knows the rest."""
    parts = address.partition("#")[0].partition("?")[0].split("/")
    if parts[0] == FEEDS.rstrip("/") and len(parts) == 3:
        parts = [parts[1], parts[2].removesuffix(".xml"), ""]
    facets = [library.nomenclature(name) for name in (*library.vocabularies, "annees", "regions", "departements")]
    vocabulary = next((one for one in facets if one and one.url == parts[0]), None)
    if vocabulary is not None:
        return len(parts) < 3 or (len(parts) == 3 and vocabulary.get(parts[1]) is not None)
    pages = (one for one, kind in library.kinds.items() if kind == "page")
    # A vocabulary that can't be read does not tell where its pages stand.
    return bool(library.unread) or parts[0] in ("", "contribuer", *RESERVED, *FOLDERS) or parts[0] in pages


def _near(links: Permalinks, address: str) -> str:
    near = nearest(address, links.sheets)
    return f"Vouliez-vous dire /{near} ?" if near else "Donnez l’adresse d’une page du site."


def archiving(library: Library) -> Iterator[Problem]:
    """An archived sheet says since when and why; what replaces it is no sheet that it replaces."""
    for sheet in library.known.values():
        if sheet.statut == ARCHIVED and not sheet.archivage:
            yield at(library, sheet, ("statut",), "archivage-absent", "une fiche archivée dit depuis quand et pourquoi",
                     "Ajoutez archivage: { le: 2026-11-26, raison: \"…\", remplacee_par: [identifiant] }.")  # fmt: skip
        elif sheet.archivage and sheet.statut and sheet.statut != ARCHIVED:
            yield at(library, sheet, ("archivage",), "archivage-absent", f"cette fiche dit pourquoi elle est archivée, mais son statut est « {sheet.statut} »",
                     f"Écrivez statut: {ARCHIVED}, ou retirez archivage.")  # fmt: skip
        if sheet.id in _followers(library, sheet):
            yield at(library, sheet, ("archivage", "remplacee_par"), "redirection-en-boucle", "de remplacement en remplacement, cette fiche mène à elle-même",
                     "Retirez cet identifiant, ou donnez celui d’une fiche publiée.")  # fmt: skip


def _followers(library: Library, sheet: Sheet) -> set[str]:
    """Every sheet to which one leads by ``remplacee_par``, from one to the next; what replaces itself is told elsewhere."""
    found: set[str] = set()
    waiting = [other for other in (sheet.archivage.remplacee_par or () if sheet.archivage else ()) if other != sheet.id]
    while waiting:
        name = waiting.pop()
        other = library.known.get(name)
        if name not in found and other is not None and other.archivage:
            waiting += other.archivage.remplacee_par or ()
        found.add(name)
    return found
