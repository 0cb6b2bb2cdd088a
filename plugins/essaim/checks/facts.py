"""Rules about what sheets say: relations, sources, money, dates, territories, vocabularies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from essaim import territories
from essaim.checks.common import at, instead
from essaim.library import IN_TEXT, Library
from essaim.model import Experience, Located, Method, Sheet, champs, values
from essaim.problem import Problem, euros
from essaim.source import Loc
from essaim.words import NON_COMMUNIQUE, nearest


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
                yield at(
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
                    yield at(
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
            yield at(library, sheet, ("cout_total",), "financement-contradictoire",
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
                yield at(
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
                    yield at(library, sheet, ("communes", number), "territoire-contradictoire",
                              f"la commune {code} n’est pas dans « {place.epci.nom} »", "Corrigez la commune ou l’intercommunalité.")  # fmt: skip
        implied = {one.code for one in place.departements}
        for number, code in enumerate(sheet.departements if place.communes or place.epci else ()):
            if table.departement(code) and code not in implied:
                yield at(library, sheet, ("departements", number), "territoire-contradictoire",
                          f"le département {code} n’est pas celui des communes ou de l’intercommunalité données ({', '.join(sorted(implied))})",
                          "Retirez-le : il est déduit.")  # fmt: skip


def repeated_items(library: Library) -> Iterator[Problem]:
    """A list of ids, values or codes names each once."""
    for sheet in library.known.values():
        for path in _lists(type(sheet)):
            seen: set[tuple[Loc, object]] = set()
            for loc, value in values(sheet, path):
                if (loc[:-1], value) in seen:
                    yield at(
                        library,
                        sheet,
                        loc,
                        "valeur-repetee",
                        f"« {value} » est déjà dans cette liste",
                        "Gardez-le une fois.",
                    )
                seen.add((loc[:-1], value))


@cache
def _lists(kind: type[Sheet]) -> tuple[str, ...]:
    """The fields of a kind that are lists of ids, values or codes."""
    return tuple(champ.path for champ in champs(kind)
                 if champ.many and not champ.group and (champ.ref or champ.vocabulary or champ.territory))  # fmt: skip


def prerequisites_agree(library: Library) -> Iterator[Problem]:
    """An experience tells what it did about prerequisites that it says it illustrates."""
    vocabulary = library.nomenclature("prerequis")
    for sheet in library.known.values():
        if not isinstance(sheet, Experience) or not vocabulary:
            continue
        for number, one in enumerate(sheet.prerequis_reunis or ()):
            # One that does not exist is told already.
            if vocabulary.get(one.prerequis) and one.prerequis not in (sheet.prerequis or ()):
                yield at(library, sheet, ("prerequis_reunis", number, "prerequis"), "prerequis-absent",
                          f"« {one.prerequis} » n’est pas parmi les prérequis de cette fiche", "Ajoutez-le au champ prerequis, ou retirez-le d’ici.")  # fmt: skip


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
            yield at(library, sheet, ("fiche_outil", "depuis"), "depuis-inconnu", f"« {tool.depuis} » n’est pas une liste d’une expérience",
                      instead(tool.depuis, lists))  # fmt: skip
            continue
        group = lists[tool.depuis] if tool.depuis else None
        held = [one.path for one in champs(group)] if group else []
        for number, column in enumerate(tool.colonnes or ()):
            place = ("fiche_outil", "colonnes", number, "depuis")
            if column.depuis and not tool.depuis:
                yield at(library, sheet, place, "depuis-inconnu", "cette colonne dit d’où vient un exemple, mais pas la fiche-outil",
                          "Écrivez aussi depuis: sous fiche_outil, par exemple depuis: parties_prenantes.")  # fmt: skip
            elif column.depuis and column.depuis not in held:
                yield at(library, sheet, place, "depuis-inconnu", f"« {column.depuis} » n’est pas dans {tool.depuis}", instead(column.depuis, held))  # fmt: skip
