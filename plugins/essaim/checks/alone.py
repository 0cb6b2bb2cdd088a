"""Rules that look at one sheet and its text, and at nothing else: what they find stays true as long as the sheet is the same."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from essaim import territories
from essaim.markup import Document
from essaim.model import Experience, Located, Sheet, champs, values
from essaim.problem import Problem, euros
from essaim.source import Loc, Source
from essaim.words import NON_COMMUNIQUE, nearest


def body_form(sheet: Sheet, source: Source, document: Document) -> Iterator[Problem]:  # noqa: ARG001  # every rule has one shape
    """No raw HTML (it is not rendered), and headings that a screen reader can follow."""
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


def cited_sources(sheet: Sheet, source: Source, document: Document) -> Iterator[Problem]:  # noqa: ARG001
    """A figure, an answer cites a source of its own sheet."""
    ids = [reference.id for reference in sheet.sources or ()]
    for number, reference in enumerate(ids):
        if reference in ids[:number]:
            yield source.problem(("sources", number, "id"), "source-repetee", f"la source « {reference} » est donnée deux fois", "Gardez-en une.")  # fmt: skip
    for name in ("chiffres", "questions"):
        for number, item in enumerate(getattr(sheet, name, ()) or ()):
            cited = getattr(item, "source", None)
            if cited is not None and cited not in ids:
                near = nearest(cited, ids)
                hint = (
                    f"Vouliez-vous dire « {near} » ?" if near else "Ajoutez-la au champ sources, avec cet identifiant."
                )
                yield source.problem((name, number, "source"), "source-inconnue", f"aucune source « {cited} » dans cette fiche", hint)  # fmt: skip


def funding(sheet: Sheet, source: Source, document: Document) -> Iterator[Problem]:  # noqa: ARG001
    """The lines of funding add up to the total, as far as both are known."""
    if not isinstance(sheet, Experience) or not isinstance(sheet.cout_total, int | float) or not sheet.financements:
        return
    amounts = [line.montant for line in sheet.financements]
    known = [amount for amount in amounts if isinstance(amount, int | float)]
    total, given = sheet.cout_total, round(sum(known), 2)  # cents add up to more than they are
    # An amount that nobody gave may fill what is missing, but never takes away what is too much.
    if given > total or (len(known) == len(amounts) and given != total):
        yield source.problem(("cout_total",), "financement-contradictoire",
                             f"les financements font {euros(given)} et le coût total {euros(total)}",
                             f"Corrigez l’un des deux, ou ajoutez une ligne « montant: {NON_COMMUNIQUE} » pour ce qui manque.")  # fmt: skip


def dates(sheet: Sheet, source: Source, document: Document) -> Iterator[Problem]:  # noqa: ARG001
    """Dates follow each other."""
    for first, second in (("publie_le", "verifie_le"), ("verifie_le", "a_revoir_le"), ("debut", "fin")):
        before, after = getattr(sheet, first, None), getattr(sheet, second, None)
        if before is None or after is None or NON_COMMUNIQUE in (before, after):
            continue
        # ISO texts compare like dates, over the precision that both have.
        one, two = str(before), str(after)
        if two[: len(one)] < one[: len(two)]:
            yield source.problem((second,), "dates-contradictoires", f"« {second} » ({two}) vient avant « {first} » ({one})",
                                 "Corrigez l’une des deux.")  # fmt: skip


def territories_agree(sheet: Sheet, source: Source, document: Document) -> Iterator[Problem]:  # noqa: ARG001
    """Communes, EPCI and départements given together do not contradict each other."""
    if not isinstance(sheet, Located) or not (sheet.epci or sheet.departements):
        return  # communes alone contradict nothing
    place, table = sheet.place, territories.load()
    if sheet.epci and place.epci:
        for number, code in enumerate(sheet.communes):
            if table.commune(code) and code not in place.epci.communes:
                yield source.problem(("communes", number), "territoire-contradictoire",
                                     f"la commune {code} n’est pas dans « {place.epci.nom} »", "Corrigez la commune ou l’intercommunalité.")  # fmt: skip
    implied = {one.code for one in place.departements}
    for number, code in enumerate(sheet.departements if place.communes or place.epci else ()):
        if table.departement(code) and code not in implied:
            yield source.problem(("departements", number), "territoire-contradictoire",
                                 f"le département {code} n’est pas celui des communes ou de l’intercommunalité données ({', '.join(sorted(implied))})",
                                 "Retirez-le : il est déduit.")  # fmt: skip


def repeated_items(sheet: Sheet, source: Source, document: Document) -> Iterator[Problem]:  # noqa: ARG001
    """A list of ids, values or codes names each once."""
    for path in _lists(type(sheet)):
        seen: set[tuple[Loc, object]] = set()
        found = values(sheet, path)
        for loc, value in found if len(found) > 1 else ():
            if (loc[:-1], value) in seen:
                yield source.problem(loc, "valeur-repetee", f"« {value} » est déjà dans cette liste", "Gardez-le une fois.")  # fmt: skip
            seen.add((loc[:-1], value))


@cache
def _lists(kind: type[Sheet]) -> tuple[str, ...]:
    """The fields of a kind that are lists of ids, values or codes."""
    return tuple(champ.path for champ in champs(kind)
                 if champ.many and not champ.group and (champ.ref or champ.vocabulary or champ.territory))  # fmt: skip
