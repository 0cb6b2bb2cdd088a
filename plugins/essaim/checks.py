"""Rules that look at more than one field or more than one sheet. Each is a generator of problems; ``CHECKS`` is the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from essaim import prepared, territories
from essaim.library import IN_TEXT, Library, destination
from essaim.markup import SCHEMES, Document, Link
from essaim.model import SHEETS, Experience, Located, Method, Sheet, champs, values
from essaim.problem import Problem, euros, in_order
from essaim.source import Loc
from essaim.words import NON_COMMUNIQUE, nearest

RESERVED = frozenset(
    {
        "admin",
        "assets",
        "images",
        "regions",
        "departements",
        "annees",
        "explorer",
        "carte",
        "catalogue",
        "recherche",
        "communes",
        "faits",
        "selection",
        "comparer",
        "note",
        "outils",
        "hors-ligne",
        "sw",
        "observatoire",
        "autodiagnostic",
        "problemes",
        "redaction",
        "schemas",
        "index",
        "404",
        "sitemap",
        "opensearch",
    }
)
"""Addresses at the root that pages and vocabularies can't have: the site's own, and those that hosts understand."""

Check = Callable[[Library], Iterator[Problem]]


def check(library: Library) -> list[Problem]:
    """Every problem that ``CHECKS`` find, in order."""
    return in_order(problem for rule in CHECKS for problem in rule(library))


def body_links(library: Library) -> Iterator[Problem]:
    """Links, anchors and images of a body lead somewhere."""
    for sheet, document in _bodies(library):
        for link in document.links:
            found = _link_problem(library, sheet, link)
            if found:
                yield library.sources[sheet.id].body_problem(link.line, link.column, *found)


def prepared_searches(library: Library) -> Iterator[Problem]:
    """A link to the explorer names filters and values that it has."""
    for sheet, document in _bodies(library):
        for link in document.links:
            kind, query, _ = destination(sheet, link)
            for message, hint in prepared.faults(library, query) if kind == "explorer" else ():
                yield library.sources[sheet.id].body_problem(
                    link.line, link.column, "recherche-inconnue", message, hint
                )


def _link_problem(library: Library, sheet: Sheet, link: Link) -> tuple[str, str, str] | None:
    kind, target, anchor = destination(sheet, link)
    if kind in ("external", "explorer", "site"):
        return None
    if kind == "unsafe":
        return ("lien-interdit", f"adresse de lien refusée « {link.target[:60]} »" if link.target else "lien sans adresse, ou d’un genre refusé",
                f"Un lien commence par {', '.join(f'{s}:' for s in SCHEMES)} ou mène à une fiche.")  # fmt: skip
    if kind == "image":
        near = nearest(target, library.images) if target not in library.images else None
        hint = (
            f"Vouliez-vous dire « ../images/{near} » ?"
            if near
            else "Déposez-la dans content/images/ et citez-la par ../images/nom.png."
        )
        return None if target in library.images else ("image-absente", f"image introuvable « {target} »", hint)
    if kind == "file":
        return ("lien-casse", f"ce lien ne mène à aucune fiche : « {link.target[:80]} »",
                "Écrivez [[identifiant]] ou [texte](../methods/identifiant.md).")  # fmt: skip
    if target not in library.kinds:
        near = nearest(target, library.kinds)
        hint = f"Vouliez-vous dire « {near} » ?" if near else "Créez cette fiche, ou corrigez l’identifiant."
        return "lien-casse", f"aucune fiche « {target[:80]} »", hint
    there = library.documents.get(target)  # None in a library of which a part was read
    if there and anchor and anchor not in there.anchors:
        near = nearest(anchor, there.anchors)
        known = ", ".join(f"#{heading.id}" for heading in there.headings[:8])
        hint = (
            f"Vouliez-vous dire « #{near} » ?"
            if near
            else f"Titres de cette fiche : {known}."
            if known
            else "Cette fiche n’a pas de titre dans son texte."
        )
        return "ancre-inconnue", f"aucun titre « #{anchor[:80]} » dans la fiche « {target} »", hint
    return None


def body_form(library: Library) -> Iterator[Problem]:
    """No raw HTML (it is not rendered), and headings that a screen reader can follow."""
    for sheet, document in _bodies(library):
        source = library.sources[sheet.id]
        for line, column in document.raw_html:
            yield source.body_problem(line, column, "html-interdit", "le HTML n’est pas rendu dans une fiche",
                                      "Écrivez en Markdown, ou entre accents graves (`<balise>`) pour montrer du code.")  # fmt: skip
        level = 1
        for heading in document.headings:
            if heading.level == 1:
                yield source.body_problem(heading.line, 1, "titre-principal", "le titre principal est déjà celui de la fiche",
                                          "Commencez les titres du texte à ## (deux dièses).")  # fmt: skip
            elif heading.level > level + 1:
                yield source.body_problem(heading.line, 1, "niveau-de-titre",
                                          f"ce titre saute un niveau ({'#' * heading.level} après {'#' * level})",
                                          f"Écrivez {'#' * (level + 1)}.")  # fmt: skip
            level = max(heading.level, 1)


def unpublished_targets(library: Library) -> Iterator[Problem]:
    """A published sheet leads only to sheets that readers can see."""
    for relation in library.relations:
        origin, target = library.known[relation.origin], library.known.get(relation.target)
        if not origin.published or target is None or target.has_page:
            continue
        source = library.sources[origin.id]
        message = f"la fiche « {target.id} » n’est pas publiée ({target.statut})"
        hint = "Publiez-la, ou retirez le lien."
        if relation.label == IN_TEXT:
            yield source.body_problem(relation.line, relation.column, "fiche-non-publiee", message, hint)
        else:
            yield source.problem(relation.loc, "fiche-non-publiee", message, hint)


def self_relations(library: Library) -> Iterator[Problem]:
    """A sheet's fields do not name the sheet itself."""
    for relation in library.relations:
        if relation.origin == relation.target and relation.label != IN_TEXT:
            yield library.sources[relation.origin].problem(
                relation.loc, "fiche-elle-meme", "cette fiche se cite elle-même", "Retirez cet identifiant."
            )


def cited_sources(library: Library) -> Iterator[Problem]:
    """A figure, an answer cites a source of its own sheet."""
    for sheet in library.known.values():
        ids = [reference.id for reference in sheet.sources or ()]
        for number, reference in enumerate(ids):
            if reference in ids[:number]:
                yield _at(
                    library,
                    sheet,
                    ("sources", number, "id"),
                    "source-repetee",
                    f"la source « {reference} » est donnée deux fois",
                    "Gardez-en une.",
                )
        for name in ("chiffres", "questions"):
            for number, item in enumerate(getattr(sheet, name, ()) or ()):
                cited = getattr(item, "source", None)
                if cited is not None and cited not in ids:
                    near = nearest(cited, ids)
                    hint = (
                        f"Vouliez-vous dire « {near} » ?"
                        if near
                        else "Ajoutez-la au champ sources, avec cet identifiant."
                    )
                    yield _at(
                        library,
                        sheet,
                        (name, number, "source"),
                        "source-inconnue",
                        f"aucune source « {cited} » dans cette fiche",
                        hint,
                    )


def funding(library: Library) -> Iterator[Problem]:
    """The lines of funding add up to the total, as far as both are known."""
    for sheet in library.known.values():
        if not isinstance(sheet, Experience) or not isinstance(sheet.cout_total, int | float) or not sheet.financements:
            continue
        amounts = [line.montant for line in sheet.financements]
        known = [amount for amount in amounts if isinstance(amount, int | float)]
        total, given = sheet.cout_total, round(sum(known), 2)  # cents add up to more than they are
        # An amount that nobody gave may fill what is missing, but never takes away what is too much.
        if given > total or (len(known) == len(amounts) and given != total):
            yield _at(library, sheet, ("cout_total",), "financement-contradictoire",
                      f"les financements font {euros(given)} et le coût total {euros(total)}",
                      f"Corrigez l’un des deux, ou ajoutez une ligne « montant: {NON_COMMUNIQUE} » pour ce qui manque.")  # fmt: skip


def dates(library: Library) -> Iterator[Problem]:
    """Dates follow each other."""
    pairs = (("publie_le", "verifie_le"), ("verifie_le", "a_revoir_le"), ("debut", "fin"))
    for sheet in library.known.values():
        for first, second in pairs:
            before, after = getattr(sheet, first, None), getattr(sheet, second, None)
            if before is None or after is None or NON_COMMUNIQUE in (before, after):
                continue
            # ISO texts compare like dates, over the precision that both have.
            one, two = str(before), str(after)
            if two[: len(one)] < one[: len(two)]:
                yield _at(
                    library,
                    sheet,
                    (second,),
                    "dates-contradictoires",
                    f"« {second} » ({two}) vient avant « {first} » ({one})",
                    "Corrigez l’une des deux.",
                )


def territories_agree(library: Library) -> Iterator[Problem]:
    """Communes, EPCI and départements given together do not contradict each other."""
    for sheet in library.known.values():
        if not isinstance(sheet, Located):
            continue
        place, table = sheet.place, territories.load()
        if sheet.epci and place.epci:
            for number, code in enumerate(sheet.communes):
                if table.commune(code) and code not in place.epci.communes:
                    yield _at(library, sheet, ("communes", number), "territoire-contradictoire",
                              f"la commune {code} n’est pas dans « {place.epci.nom} »", "Corrigez la commune ou l’intercommunalité.")  # fmt: skip
        implied = {one.code for one in place.departements}
        for number, code in enumerate(sheet.departements if place.communes or place.epci else ()):
            if table.departement(code) and code not in implied:
                yield _at(library, sheet, ("departements", number), "territoire-contradictoire",
                          f"le département {code} n’est pas celui des communes ou de l’intercommunalité données ({', '.join(sorted(implied))})",
                          "Retirez-le : il est déduit.")  # fmt: skip


def repeated_items(library: Library) -> Iterator[Problem]:
    """A list of ids, values or codes names each once."""
    for sheet in library.known.values():
        for champ in champs(type(sheet)):
            if champ.many and not champ.group and (champ.ref or champ.vocabulary or champ.territory):
                seen: set[tuple[Loc, object]] = set()
                for loc, value in values(sheet, champ.path):
                    if (loc[:-1], value) in seen:
                        yield _at(
                            library,
                            sheet,
                            loc,
                            "valeur-repetee",
                            f"« {value} » est déjà dans cette liste",
                            "Gardez-le une fois.",
                        )
                    seen.add((loc[:-1], value))


def prerequisites_agree(library: Library) -> Iterator[Problem]:
    """An experience tells what it did about prerequisites that it says it illustrates."""
    vocabulary = library.nomenclature("prerequis")
    for sheet in library.known.values():
        if not isinstance(sheet, Experience) or not vocabulary:
            continue
        for number, one in enumerate(sheet.prerequis_reunis or ()):
            # One that does not exist is told already.
            if vocabulary.get(one.prerequis) and one.prerequis not in (sheet.prerequis or ()):
                yield _at(library, sheet, ("prerequis_reunis", number, "prerequis"), "prerequis-absent",
                          f"« {one.prerequis} » n’est pas parmi les prérequis de cette fiche", "Ajoutez-le au champ prerequis, ou retirez-le d’ici.")  # fmt: skip


def identities(library: Library) -> Iterator[Problem]:
    """No two sheets claim one identity, past or present, and no page takes an address of the site itself."""
    taken = {kind.URL for kind in SHEETS if kind.URL} | RESERVED
    for name, vocabulary in library.vocabularies.items():
        source = library.vocabulary_sources.get(name)
        if vocabulary.url in {*taken, "contribuer"} and source:  # its fields: /contribuer/champs/
            yield source.problem(
                ("url",),
                "adresse-reservee",
                f"l’adresse /{vocabulary.url}/ sert déjà au site",
                "Choisissez-en une autre.",
            )
        taken |= {vocabulary.url} if vocabulary.url else set()
    former: dict[str, str] = {}
    for sheet in library.known.values():
        if sheet.KIND == "page" and sheet.id in taken:
            yield Problem(
                sheet.path,
                1,
                1,
                "adresse-reservee",
                f"l’adresse /{sheet.id}/ sert déjà au site",
                "Renommez cette page.",
            )
        for number, old in enumerate(sheet.anciens_ids or ()):
            owner = old if old in library.kinds else former.get(old)
            if owner is not None:
                yield _at(library, sheet, ("anciens_ids", number), "identifiant-pris",
                          f"« {old} » est déjà un identifiant de la fiche « {owner} »", "Un identifiant, même ancien, ne sert qu’une fois.")  # fmt: skip
            former.setdefault(old, sheet.id)


def home_page(library: Library) -> Iterator[Problem]:
    """The site has a home page."""
    home = library.known.get("accueil")
    if "accueil" not in library.kinds:
        yield Problem(
            f"{library.shown}/pages/accueil.md",
            1,
            1,
            "accueil-absent",
            "la page d’accueil manque",
            "Créez ce fichier : titre, résumé, dates, statut.",
        )
    elif home and not home.published:
        yield _at(
            library,
            home,
            ("statut",),
            "accueil-absent",
            "la page d’accueil n’est pas publiée",
            "Écrivez statut: publié.",
        )


def vocabulary_sources(library: Library) -> Iterator[Problem]:
    """A vocabulary's value says where it comes from: a sheet, or the editors."""
    for name, vocabulary in library.vocabularies.items():
        source = library.vocabulary_sources.get(name)
        for number, value in enumerate(vocabulary.valeurs):
            if source and value.source != "redaction" and value.source not in library.kinds:
                near = nearest(value.source, [*library.kinds, "redaction"])
                hint = f"Vouliez-vous dire « {near} » ?" if near else "Donnez l’identifiant d’une fiche, ou redaction."
                yield source.problem(
                    ("valeurs", number, "source"), "source-inconnue", f"aucune fiche « {value.source} »", hint
                )


def worksheet_examples(library: Library) -> Iterator[Problem]:
    """A worksheet's ``depuis`` names a list of an experience, and those of its columns what that list holds."""
    lists = {one.path: one.group for one in champs(Experience) if one.group and one.many and "." not in one.path}
    for sheet in library.known.values():
        tool = sheet.fiche_outil if isinstance(sheet, Method) else None
        if not tool:
            continue
        if tool.depuis and tool.depuis not in lists:
            yield _at(library, sheet, ("fiche_outil", "depuis"), "depuis-inconnu", f"« {tool.depuis} » n’est pas une liste d’une expérience",
                      _instead(tool.depuis, lists))  # fmt: skip
            continue
        group = lists[tool.depuis] if tool.depuis else None
        held = [one.path for one in champs(group)] if group else []
        for number, column in enumerate(tool.colonnes or ()):
            place = ("fiche_outil", "colonnes", number, "depuis")
            if column.depuis and not tool.depuis:
                yield _at(library, sheet, place, "depuis-inconnu", "cette colonne dit d’où vient un exemple, mais pas la fiche-outil",
                          "Écrivez aussi depuis: sous fiche_outil, par exemple depuis: parties_prenantes.")  # fmt: skip
            elif column.depuis and column.depuis not in held:
                yield _at(library, sheet, place, "depuis-inconnu", f"« {column.depuis} » n’est pas dans {tool.depuis}", _instead(column.depuis, held))  # fmt: skip


def _instead(written: str, known: Iterable[str]) -> str:
    near = nearest(written, list(known))
    return f"Vouliez-vous dire « {near} » ?" if near else f"Valeurs possibles : {', '.join(known)}."


def _bodies(library: Library) -> Iterator[tuple[Sheet, Document]]:
    for sheet in library.known.values():
        yield sheet, library.documents[sheet.id]


def _at(library: Library, sheet: Sheet, loc: Loc, code: str, message: str, hint: str) -> Problem:
    return library.sources[sheet.id].problem(loc, code, message, hint)


CHECKS: tuple[Check, ...] = (
    body_links,
    prepared_searches,
    body_form,
    unpublished_targets,
    self_relations,
    cited_sources,
    funding,
    dates,
    territories_agree,
    repeated_items,
    worksheet_examples,
    prerequisites_agree,
    identities,
    home_page,
    vocabulary_sources,
)
