"""The kinds of sheet. A new kind is one file here, its place in ``SHEETS``, and one template."""

from __future__ import annotations

from essaim.model.base import Group, Located, Sheet
from essaim.model.champs import Champ, champs, order, values
from essaim.model.dossier import Dossier
from essaim.model.experience import Experience
from essaim.model.method import Method
from essaim.model.organisation import Organisation
from essaim.model.page import Page
from essaim.model.resource import Resource
from essaim.model.term import Term
from essaim.model.webinar import Webinar

SHEETS: tuple[type[Sheet], ...] = (Experience, Method, Webinar, Dossier, Organisation, Resource, Term, Page)
"""Every kind, in the order in which readers meet them."""

KINDS = {kind.KIND: kind for kind in SHEETS}

__all__ = ["KINDS", "SHEETS", "Champ", "Dossier", "Experience", "Group", "Located", "Method", "Organisation", "Page",
           "Resource", "Sheet", "Term", "Webinar", "champs", "order", "values"]  # fmt: skip
