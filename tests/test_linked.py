"""What pages tell machines: words that schema.org has, facts that the sheet gives, and nothing that ends its element."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import lxml.html
import pytest

from essaim import linked
from essaim.library import Library
from essaim.linked import Told
from essaim.linked.nodes import RESOURCES
from essaim.model import SHEETS, Page
from essaim.outputs.site import Site
from essaim.words import NON_COMMUNIQUE
from tests.conftest import Checked, experience
from tests.schema_org import TYPES, expanded, mistakes, terms

URL = "https://essaim.example/bibliotheque/"
CRUMBS = (("", "Accueil"), ("experiences/", "Expériences"), ("experiences/exemple/", "Exemple"))
HOSTILE = "</script><script>alert(1)</script><!-- ]]> & \u2028 \u2029 \\u003c \"' \t"


def graphs(site: Site) -> Iterator[dict[str, Any]]:
    """The data of each sheet's page, and of pages of each other sort."""
    for sheet in site.library.published.values():
        root = "../" * sheet.address.count("/") or "./"
        yield linked.graph(site, sheet.address, root, sheet.titre, sheet.lead, sheet, Told(crumbs=CRUMBS))
    sheets = site.library.of_kind("experience")
    yield linked.graph(site, "experiences/", "../", "Expériences", "Toutes.", None, Told(CRUMBS[:2], sheets))
    for _, vocabulary in site.facet_pages:
        main = linked.vocabulary_node(site, "../", vocabulary, vocabulary.valeurs)
        yield linked.graph(site, f"{vocabulary.url}/", "../", vocabulary.titre, "Un.", None, Told(main=main))
        about = linked.value_node(site, "../../", vocabulary, vocabulary.valeurs[0])
        yield linked.graph(site, "themes/x/", "../../", "X", "Un.", None, Told(listed=sheets, about=about))
    files = [linked.Distribution("donnees/experiences.csv", "text/csv", "Expériences", 1200)]
    data = linked.dataset(site, "donnees/", "../", "Données", "Tout.", files, version="2026-11-23")
    yield linked.graph(site, "donnees/", "../", "Données", "Tout.", None, Told(main=data))


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    for one in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from nodes(one)
    if isinstance(value, dict):
        yield value


@pytest.mark.parametrize("url", [URL, ""])
def test_every_word_is_one_of_schema_org_and_none_is_dropped(small: Library, url: str) -> None:
    found = list(graphs(Site(small, url=url)))
    assert len(found) > 12
    for graph in found:
        assert [wrong for node in graph["@graph"] for wrong in mistakes(node)] == []
        assert terms(expanded(graph["@graph"])) == terms(graph["@graph"])


def test_a_word_that_schema_org_has_not_is_seen() -> None:
    wrong = {
        "@type": "Article",
        "titre": "x",
        "author": {"@type": "Event"},
        "wordCount": "many",
        "about": {"@type": "Mairie"},
    }
    said = list(mistakes(wrong))
    assert [one.rpartition(": ")[0] for one in said] == [
        "/Article.titre",
        "/Article.author",
        "/Article.wordCount",
        "/Article.about",
    ]
    assert terms(expanded([wrong])) != terms([wrong])


def test_each_kind_of_sheet_tells_what_it_is_about(small: Library) -> None:
    assert set(linked.KINDS) == {kind.KIND for kind in SHEETS} - {Page.KIND}
    found = {}
    for sheet in small.published.values():
        page = linked.graph(Site(small, url=URL), sheet.address, "", sheet.titre, sheet.lead, sheet)["@graph"][0]
        if "mainEntity" in page:
            found[sheet.KIND] = page["mainEntity"]["@type"]
            assert page["mainEntity"]["@id"] == f"{URL}{sheet.address}#sujet"
    assert found == {
        "experience": "Article",
        "dossier": "Article",
        "method": "HowTo",
        "webinar": "Event",
        "organisation": "Organization",
        "term": "DefinedTerm",
        "resource": found["resource"],
    }
    assert found["resource"] in RESOURCES.values()


def test_types_of_resources_are_those_of_the_vocabulary(content: Checked) -> None:
    known = content[0].nomenclature("types-ressource")
    assert known
    assert {value.id for value in known.valeurs} == set(RESOURCES)
    assert set(RESOURCES.values()) <= set(TYPES)


def test_facts_that_nobody_gave_are_left_out(small: Library) -> None:
    for graph in graphs(Site(small, url=URL)):
        for node in nodes(graph):
            assert NON_COMMUNIQUE not in node.values()
            assert not [name for name, value in node.items() if value in (None, "", [], {})], node


CONFERENCE = """---
titre: Une conférence
resume: On y parle.
statut: publié
publie_le: 2026-11-23
verifie_le: 2026-11-23
date: 2026-10-25
heure: "01:30"
duree: 120
replay: https://videos.example/1
sequences: [{ debut: "1:02:30", titre: Ouverture }, { titre: Suite }]
---
"""


def test_a_web_conference_tells_its_hours_and_its_clips(with_files: Callable[..., Checked]) -> None:
    library, _ = with_files({"webinars/c.md": CONFERENCE})
    sheet = library.published["c"]
    event = linked.graph(Site(library, url=URL), sheet.address, "", "", "", sheet)["@graph"][0]["mainEntity"]
    # The night when clocks go back: two hours later it is half past two, an hour nearer to Greenwich.
    assert (event["startDate"], event["endDate"]) == ("2026-10-25T01:30:00+02:00", "2026-10-25T02:30:00+01:00")
    clip = event["recordedIn"]["hasPart"]
    assert (clip["@type"], clip["startOffset"]) == ("Clip", 3750)
    assert [one["name"] for one in event["subEvent"]] == ["Ouverture", "Suite"]
    assert list(mistakes(event)) == []


def test_long_lists_are_capped_and_say_how_many_there_are(with_files: Callable[..., Checked]) -> None:
    library, _ = with_files({f"experiences/e{n}.md": experience() for n in range(60)})
    sheets = library.of_kind("experience")
    listed = linked.graph(Site(library, url=URL), "experiences/", "../", "x", "x", None, Told(listed=sheets))
    items = listed["@graph"][0]["mainEntity"]
    assert items["numberOfItems"] == len(sheets) > 60
    assert len(items["itemListElement"]) == linked.LISTED


def test_the_search_is_told_only_where_its_address_is_whole(small: Library) -> None:
    home = next(one for one in small.published.values() if not one.address)
    for url in ("", URL):
        graph = linked.graph(Site(small, url=url), "", "./", home.titre, home.lead, home)["@graph"]
        (website,) = [one for one in graph if one["@type"] == "WebSite"]
        found = website.get("potentialAction", {}).get("target", {}).get("urlTemplate")
        assert found == (f"{URL}explorer/?q={{search_term_string}}" if url else None)


def test_no_text_ends_the_element_that_carries_it(small: Library) -> None:
    data = linked.graph(Site(small, HOSTILE, URL), "x/", "../", HOSTILE, HOSTILE, None, Told((("x/", HOSTILE),)))
    html = linked.script(data)
    assert not {"<", ">", "&", "\u2028", "\u2029"} & set(
        html.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    )
    page = lxml.html.document_fromstring(f"<!doctype html><title>x</title>{html}<p>y")
    (script,) = page.iter("script")
    assert json.loads(script.text or "") == data
    assert page.findtext(".//p") == "y"
