"""Rules about identities and addresses: each is claimed once, past or present, and leads somewhere for ever."""

from __future__ import annotations

from collections.abc import Iterator

from essaim.checks.common import at
from essaim.library import Library
from essaim.model import SHEETS
from essaim.problem import Problem

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
        "s",
        "donnees",
        "publications",
        "serveur",
        "flux",
        "partage",
        "llms",
        "robots",
    }
)
"""Addresses at the root that pages and vocabularies can't have: the site's own, and those that hosts understand."""


def reserved(library: Library) -> frozenset[str]:
    """Addresses at the root that a page can't have: the site's own, those of kinds and of vocabularies."""
    vocabularies = {vocabulary.url for vocabulary in library.vocabularies.values() if vocabulary.url}
    return RESERVED | {kind.URL for kind in SHEETS if kind.URL} | vocabularies


def identities(library: Library) -> Iterator[Problem]:
    """No two sheets claim one identity, past or present, and no page takes an address of the site itself."""
    taken = RESERVED | {kind.URL for kind in SHEETS if kind.URL}
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
    taken = reserved(library)
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
            if sheet.KIND == "page" and old in taken:
                yield at(library, sheet, ("anciens_ids", number), "adresse-reservee", f"l’adresse /{old}/ sert déjà au site", "Retirez-le.")  # fmt: skip
            owner = old if old in library.kinds else former.get(old)
            if owner is not None:
                yield at(library, sheet, ("anciens_ids", number), "identifiant-pris",
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
        yield at(
            library,
            home,
            ("statut",),
            "accueil-absent",
            "la page d’accueil n’est pas publiée",
            "Écrivez statut: publié.",
        )
