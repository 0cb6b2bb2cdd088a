"""Rules about what sheets say: relations, sources, money, dates, territories, vocabularies."""

from __future__ import annotations

from collections.abc import Iterator

from essaim.checks.common import at, instead
from essaim.library import Library
from essaim.model import Experience, Method, champs
from essaim.problem import Problem
from essaim.relations import IN_TEXT
from essaim.words import nearest


def unpublished_targets(library: Library) -> Iterator[Problem]:
    """A published sheet leads only to sheets that readers can see."""
    states = library.nomenclature("statuts")
    for relation in library.relations:
        origin, target = library.known[relation.origin], library.known.get(relation.target)
        if not origin.published or target is None or target.has_page:
            continue
        if states and not states.get(target.statut):
            continue  # told in that sheet: nobody else is to mend it
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
