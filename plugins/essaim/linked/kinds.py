"""What a sheet of each kind is about, in schema.org's words. Only what the sheet gives is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from essaim.cited import end, start
from essaim.linked.nodes import PARTS, RESOURCES, SUBJECT, Node, clean, keywords, places, reference
from essaim.model import Dossier, Experience, Method, Organisation, Resource, Sheet, Term, Webinar
from essaim.opendata import LICENCE
from essaim.replay import at, seconds
from essaim.words import NON_COMMUNIQUE

if TYPE_CHECKING:  # outputs are made with this: a type is all that is taken back
    from essaim.outputs.site import Site


def _article(site: Site, sheet: Sheet) -> Node:
    """What experiences and dossiers have in common. A team or a function signs them: never a person."""
    return {
        "@type": "Article",
        "headline": sheet.titre,
        "abstract": sheet.lead,
        "datePublished": sheet.publie_le.isoformat(),
        "dateModified": site.history.last_change(sheet).isoformat(),
        "author": [{"@type": "Organization", "name": name} for name in sheet.auteurs],
        "keywords": keywords(site, sheet),
        "citation": [{"@type": "CreativeWork", "name": one.titre, "url": one.url} for one in sheet.sources[:PARTS]],
        "license": LICENCE["url"],
        "inLanguage": "fr",
    }


def _experience(site: Site, base: str, sheet: Experience) -> Node:
    return clean(
        {
            **_article(site, sheet),
            "contentLocation": places(sheet),
            "temporalCoverage": _period(sheet),
            "mentions": [reference(site, base, sheet.porteur), *(reference(site, base, one) for one in sheet.methodes)],
        }
    )  # fmt: skip


def _dossier(site: Site, base: str, sheet: Dossier) -> Node:
    return clean(
        {
            **_article(site, sheet),
            "about": {"@type": "Question", "name": sheet.question},
            "mentions": [reference(site, base, one.fiche) for one in sheet.parcours[:PARTS]],
        }
    )


def _method(site: Site, base: str, sheet: Method) -> Node:  # noqa: ARG001
    steps = [
        {"@type": "HowToStep", "position": place, "name": one.titre, "text": one.texte or one.titre}
        for place, one in enumerate(sheet.etapes, 1)
    ]
    tool = {"@type": "HowToTool", "name": sheet.fiche_outil.titre} if sheet.fiche_outil else None
    more = {
        "tool": tool,
        "step": steps,
        "keywords": keywords(site, sheet),
        "license": LICENCE["url"],
        "inLanguage": "fr",
    }
    return clean({"@type": "HowTo", "name": sheet.titre, "description": sheet.lead, **more})


def _webinar(site: Site, base: str, sheet: Webinar) -> Node:
    here = base + sheet.address
    parts = [
        {"@type": "Event", "name": one.titre, "url": f"{here}#{anchor}"}
        for one, anchor in zip(sheet.sequences, sheet.sequence_anchors, strict=True)
    ]
    documents = [("Diaporama", sheet.diaporama), ("Synthèse", sheet.synthese), ("Fiche d’évaluation", sheet.evaluation)]
    begins, ends = _when(sheet)
    return clean(
        {
            "@type": "Event",
            "name": sheet.titre,
            "description": sheet.lead,
            "startDate": begins,
            "endDate": ends,
            "duration": f"PT{sheet.duree}M" if sheet.duree else None,
            "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
            "location": {"@type": "VirtualLocation", "url": sheet.inscription or here},
            "organizer": [reference(site, base, one) for one in sheet.organisateurs],
            "performer": [_speaker(site, base, one) for one in sheet.intervenants],
            "superEvent": {"@type": "EventSeries", "name": sheet.cycle} if sheet.cycle else None,
            "subEvent": parts,
            "recordedIn": _replay(sheet, here),
            "subjectOf": [{"@type": "CreativeWork", "name": n, "url": u} for n, u in documents if u != NON_COMMUNIQUE],
        }
    )


def _replay(sheet: Webinar, here: str) -> Node | None:
    """The recording, with the sequences whose time is known."""
    if sheet.replay == NON_COMMUNIQUE:
        return None
    clips = [
        {
            "@type": "Clip",
            "name": one.titre,
            "startOffset": seconds(one.debut),
            "url": at(sheet.replay, seconds(one.debut)) or f"{here}#{anchor}",
        }
        for one, anchor in zip(sheet.sequences, sheet.sequence_anchors, strict=True)
        if one.debut
    ]
    return clean(
        {
            "@type": "VideoObject",
            "name": sheet.titre,
            "description": sheet.lead,
            "url": sheet.replay,
            "inLanguage": "fr",
            "hasPart": clips,
        }
    )


def _speaker(site: Site, base: str, one: Any) -> Node:
    works = reference(site, base, one.organisation) if one.organisation else None
    return clean({"@type": "Person", "name": one.nom, "jobTitle": one.fonction, "affiliation": works})


def _organisation(site: Site, base: str, sheet: Organisation) -> Node:  # noqa: ARG001
    siren = {"@type": "PropertyValue", "propertyID": "SIREN", "value": sheet.siren} if sheet.siren else None
    return clean(
        {
            "@type": "Organization",
            "name": sheet.titre,
            "description": sheet.lead,
            "url": sheet.site,
            "identifier": siren,
            "areaServed": places(sheet),
        }
    )


def _term(site: Site, base: str, sheet: Term) -> Node:  # noqa: ARG001
    of = {"@type": "DefinedTermSet", "@id": f"{base}{Term.URL}/{SUBJECT}", "name": Term.LABELS}
    other = [*([sheet.sigle] if sheet.sigle else []), *sheet.synonymes]
    more = {"alternateName": other, "inDefinedTermSet": of}
    return clean({"@type": "DefinedTerm", "name": sheet.titre, "description": sheet.definition, **more})


def _resource(site: Site, base: str, sheet: Resource) -> Node:
    kind = RESOURCES.get(sheet.type, "CreativeWork")
    who = reference(site, base, sheet.editeur) if sheet.editeur else None
    common = {"@type": kind, "name": sheet.titre, "description": sheet.lead, "url": sheet.url}
    if kind == "Service":
        return clean({**common, "provider": who})
    return clean(
        {
            **common,
            "publisher": who,
            "datePublished": str(sheet.annee) if sheet.annee else None,
            "keywords": keywords(site, sheet),
        }
    )


def _period(sheet: Experience) -> str | None:
    """An interval of ISO 8601, open while the experience has no end."""
    return f"{sheet.debut}/{sheet.fin or '..'}" if sheet.debut != NON_COMMUNIQUE else None


def _when(sheet: Webinar) -> tuple[str, str | None]:
    """When it begins and ends, as precise as what is given; hours are those of Paris."""
    begun = start(sheet)
    if begun is None:
        return sheet.date.isoformat(), None
    return begun.isoformat(), end(sheet).isoformat() if sheet.duree else None


KINDS: Mapping[str, Callable[[Site, str, Any], Node]] = {
    Experience.KIND: _experience,
    Dossier.KIND: _dossier,
    Method.KIND: _method,
    Webinar.KIND: _webinar,
    Organisation.KIND: _organisation,
    Term.KIND: _term,
    Resource.KIND: _resource,
}
"""What the sheets of a kind are about. A page that has no entry says what every page does."""
