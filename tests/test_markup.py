from __future__ import annotations

import pytest

from essaim import markup
from essaim.markup import Link, Target
from essaim.terms import TermEntry, TermIndex, Terms

SCIC = TermEntry("scic", "glossaire/scic/", 'Une "coopérative" <de> territoire')
INDEX = TermIndex(
    {
        "SCIC": SCIC,
        "boucle locale d’innovation": TermEntry("boucle", "glossaire/boucle/", "B"),
        "boucle": TermEntry("court", "c/", "C"),
    }
)


def html(text: str, *, terms: Terms | None = None) -> str:
    made = markup.to_html(markup.parse(text), lambda link: Target(f"/{link.target}", title="Le titre <1>"), terms)
    return terms.fill(made, markup.clean) if terms else made


def linked(text: str, skip: str = "") -> str:
    terms = Terms(INDEX, "", skip)
    return terms.fill(terms.mark(text), str)


def test_links_are_found_with_their_places_in_characters() -> None:
    text = "é [[un|Un]]\n\n- [deux](../x.md#y)\n- ![trois](../images/z.png)\n\n[^1] <http://a.fr>\n\n[^1]: [[quatre]]\n"
    assert markup.parse(text).links == (
        Link("un", "wiki", 1, 3),
        Link("../x.md#y", "link", 3, 3),
        Link("../images/z.png", "image", 4, 3),
        Link("http://a.fr", "link", 6, 6),
        Link("quatre", "wiki", 8, 7),
    )


def test_a_bare_wiki_link_shows_the_title_of_its_sheet_and_another_its_own_text() -> None:
    assert html("[[un]] [[un|texte]] [un](un)") == (
        '<p><a href="/un">Le titre &lt;1&gt;</a> <a href="/un">texte</a> <a href="/un">un</a></p>\n'
    )


def test_a_link_that_leads_nowhere_is_text() -> None:
    assert (
        markup.to_html(markup.parse("[x](y) ![alt](z)"), lambda _: None)
        == '<p><span class="lien-casse">x</span> alt</p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "![x](data:image/svg+xml;base64,AAAA)",
        "<javascript:alert(1)>",
        '[x](http://a.fr "t\\" onmouseover=\\"alert(1)")',
        "`<script>`",
        "| <b onclick=x> |\n|---|\n| a |",
        "[[a|<img src=x onerror=alert(1)>]]",
    ],
)
def test_nothing_of_a_contributor_runs(text: str) -> None:
    rendered = markup.to_html(markup.parse(text), lambda link: Target(link.target))
    assert "<script" not in rendered
    assert "onerror=" not in rendered.replace("&lt;img src=x onerror=", "")
    assert 'href="javascript' not in rendered
    assert 'onmouseover="' not in rendered
    assert "onclick=" not in rendered
    assert "data:" not in rendered


def test_raw_html_is_reported_where_it_stands() -> None:
    assert markup.parse("un\n\n<div>\nx\n</div>\n\ntrois <b>gras</b>").raw_html == ((3, 1), (7, 7), (7, 14))


def test_headings_get_stable_anchors_that_never_meet_those_of_the_templates() -> None:
    text = "## L’énergie à cœur\n\n### L'énergie à coeur\n\n## Fiche outil\n\n## 日本\n\n## ???\n"
    assert [(h.level, h.id) for h in markup.parse(text).headings] == [
        (2, "l-energie-a-coeur"), (3, "l-energie-a-coeur-2"), (2, "section-fiche-outil"), (2, "ri-ben"), (2, "section"),
    ]  # fmt: skip
    assert '<h2 id="l-energie-a-coeur">' in html(text)


def test_only_the_first_occurrence_of_a_term_is_linked_and_never_in_a_link_a_heading_or_code() -> None:
    terms = Terms(INDEX, "../../")
    rendered = html(
        "## SCIC\n\n`SCIC` [la SCIC](x) puis la SCIC, une SCIC et la Boucle locale d'innovation.", terms=terms
    )
    assert rendered.count('href="../../glossaire/scic/"') == 1
    assert (
        'puis la <span class="terme"><a href="../../glossaire/scic/" aria-describedby="def-scic">SCIC</a>' in rendered
    )
    assert '<span role="tooltip" id="def-scic">Une "coopérative" &lt;de&gt; territoire</span>' in rendered
    assert '<a href="../../glossaire/boucle/" aria-describedby="def-boucle">Boucle locale d\'innovation</a>' in rendered
    assert "une SCIC et" in rendered


def test_terms_keep_to_whole_words_and_plurals() -> None:
    assert "<a" not in linked("SCICs SCICA scic")
    assert linked("des boucles &amp; x").startswith('des <span class="terme"><a href="c/"')
    assert linked("SCIC &lt;b&gt;", skip="scic") == "SCIC &lt;b&gt;"
    assert linked("&lt;b&gt; SCIC &amp;").startswith("&lt;b&gt; <span")
    assert linked("boucle locale") == linked("boucle") + " locale"
    assert "glossaire/boucle/" not in linked("boucle locale. D’innovation")


def test_a_term_stands_in_one_text_and_its_first_place_is_the_first_of_the_page() -> None:
    rendered = html(
        "*boucle* locale d’innovation\n\n- SCIC\n- `boucle locale`\n\nboucle\n\nlocale d’innovation",
        terms=Terms(INDEX, "../"),
    )
    assert rendered.count("glossaire/boucle/") == 0
    assert rendered.startswith('<p><em><span class="terme"><a href="../c/"')
    assert rendered.count("<li><span") == 1
    assert "<p>boucle</p>" in rendered


def test_alerts_footnotes_tables_and_tasks_speak_french_to_everyone() -> None:
    rendered = html("> [!WARNING]\n> a\n\n| A |\n|---|\n| b |\n\n- [ ] c\n- [x] d[^1]\n\n[^1]: e\n")
    assert '<p class="markdown-alert-title">Attention</p>' in rendered
    assert '<div class="scroll" role="region" aria-label="Tableau 1" tabindex="0"><table>' in rendered
    assert "☐ c" in rendered
    assert "☑ d" in rendered
    assert 'aria-label="Retour au renvoi 1"' in rendered
    assert "<input" not in rendered
    assert "sourcepos" not in rendered


@pytest.mark.parametrize("piece", ["[", "[[a|", "![a](", "*a ", "> ", "`", "<!--", "- ", "[^1]", "| a ", "&"])
def test_a_hostile_body_still_renders(piece: str) -> None:
    document = markup.parse(piece * 5000)
    assert isinstance(markup.to_html(document, lambda _: None, Terms(INDEX, "")), str)


def test_an_address_of_the_web_stays_as_it_is_written() -> None:
    document = markup.parse("[a](https://exemple.fr/x?u=a%26b&c=%C3%A9) [b](../methods/a%2Db.md) [[c%20d]]")
    assert [link.target for link in document.links] == [
        "https://exemple.fr/x?u=a%26b&c=%C3%A9",
        "../methods/a-b.md",
        "c d",
    ]


def test_places_count_characters() -> None:
    document = markup.parse("é𝄞œ [a](b.md)\n\n- «\u00a0[[c]]\u00a0» ![i](../images/i.png) <b>x</b>\n")
    assert [(link.line, link.column) for link in document.links] == [(1, 5), (3, 5), (3, 13)]
    assert document.raw_html == ((3, 35), (3, 39))
