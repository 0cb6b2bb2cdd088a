"""Atom feeds: what they tell, by an independent reader and by the schema of RFC 4287."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from essaim.ledger import Change, Ledger
from essaim.library import Library
from essaim.model import Webinar
from essaim.outputs import Html, Site, feeds, lists
from tests.conftest import Checked, experience, sheet_pages

URL = "https://essaim.example/bibliotheque/"
NS = {"a": "http://www.w3.org/2005/Atom"}
WithFiles = Callable[[Mapping[str, str | bytes]], Checked]


@pytest.fixture(scope="module")
def schema() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))


def atoms(library: Library, url: str = URL) -> dict[str, bytes]:
    return {
        path: text for path, text in feeds.pages(Site(library, "Une & bibliothèque", url)) if isinstance(text, bytes)
    }


def titles(text: bytes) -> list[str]:
    return [str(one) for one in etree.fromstring(text).xpath("a:entry/a:title/text()", namespaces=NS)]


def test_every_feed_is_right(small: Library, content: Checked, schema: etree.RelaxNG) -> None:
    for library in (small, content[0]):
        found = atoms(library)
        assert len(found) > 100
        for path, text in found.items():
            tree = etree.fromstring(text)
            schema.assertValid(etree.ElementTree(tree))
            read = feedparser.parse(text)
            assert not read.bozo, (path, read.get("bozo_exception"))
            assert read.version == "atom10"
            assert [one.rel for one in read.feed.links] == ["self", "alternate"]
            assert read.feed.links[0].href == read.feed.id == URL + path
            assert len(read.entries) == len({one.id for one in read.entries}) <= feeds.MOST
            assert read.feed.author, "RFC 4287, 4.1.1: of the feed, for the entries that name none"
            for one in read.entries:
                assert one.link.startswith(URL)
                assert one.updated >= one.published
            assert not read.entries or read.feed.updated == max(one.updated for one in read.entries)
            assert [one.updated for one in read.entries] == sorted((one.updated for one in read.entries), reverse=True)


def test_the_schema_refuses_what_is_wrong(small: Library, schema: etree.RelaxNG) -> None:
    text = atoms(small)["flux/tout.xml"]
    for tag in ("title", "updated", "id"):
        tree = etree.fromstring(text)
        gone = tree.find(f"a:{tag}", NS)
        assert gone is not None
        tree.remove(gone)
        assert not schema.validate(etree.ElementTree(tree))
    assert not schema.validate(etree.ElementTree(etree.fromstring(text.replace(b"T12:00:00+00:00", b" midi"))))


def test_what_stands_where(small: Library) -> None:
    found = atoms(small)
    withdrawn, *others = titles(found["flux/experiences.xml"])
    assert withdrawn == "Archivée\u202f: Une expérience archivée"
    assert titles(found["flux/departements/46.xml"]) == [*others, "La Porteuse"]
    assert "Un exemple & ses « guillemets »".replace("« ", "«\u202f").replace(" »", "\u202f»") in titles(
        found["flux/regions/occitanie.xml"]
    )
    assert titles(found["flux/themes/bois.xml"]) == [], "followed for what is to come"
    pages = {path.removesuffix(".xml") for path in found if path.startswith("flux/")}
    linked = {feed.address.removesuffix(".xml") for _, group in feeds._groups(Site(small, url=URL)) for feed in group}
    assert pages == linked


def test_nothing_absolute_without_an_address(small: Library) -> None:
    assert atoms(small, "") == {}
    site = Site(small)
    page = dict(feeds.pages(site))["flux/index.html"]
    assert isinstance(page, Html)
    assert "n’a pas d’adresse publique" in page.body
    for pages, path in ((lists.pages, "experiences/index.html"), (sheet_pages, "webinaires/conference/index.html")):
        other = dict(pages(site))[path]
        assert isinstance(other, Html)
        assert "atom" not in other.head + other.body
    with pytest.raises(ValueError, match="address"):
        feeds.entry_id(site, small.sheets["exemple"])


def test_pages_announce_their_feeds(small: Library) -> None:
    site = Site(small, "Une bibliothèque", URL)
    made = {**dict(lists.pages(site)), **sheet_pages(site), **dict(feeds.pages(site))}
    written = set(made)
    for path, own in {
        "experiences/index.html": "flux/experiences.xml", "themes/bois/index.html": "flux/themes/bois.xml", "regions/occitanie/index.html": "flux/regions/occitanie.xml",
        "departements/46/index.html": "flux/departements/46.xml", "webinaires/conference/index.html": "webinaires/conference/flux.xml", "experiences/exemple/index.html": "",
    }.items():  # fmt: skip
        page = made[path]
        assert isinstance(page, Html)
        root = "../" * path.count("/")
        head = etree.HTML(page.head).xpath("//link[@rel='alternate'][@type='application/atom+xml']/@href")
        assert head == [root + one for one in (own, "flux/tout.xml") if one]
        assert {one.removeprefix(root) for one in head} <= written
        visible = etree.HTML(page.body).xpath("//a[@type='application/atom+xml']/@href")
        assert visible == ([root + own] if own else [])


def test_the_newest_first_and_no_more_than_said(with_files: WithFiles) -> None:
    many: dict[str, str | bytes] = {f"experiences/fiche-{n}.md": experience(titre=f"Fiche {n}", publie_le="2020-01-01", verifie_le=f"2027-{1 + n // 28:02}-{1 + n % 28:02}", themes="[bois]") for n in range(60)}  # fmt: skip
    library, problems = with_files(many)
    assert problems == []
    found = atoms(library)
    for path in ("flux/tout.xml", "flux/experiences.xml", "flux/themes/bois.xml"):
        assert titles(found[path]) == [f"Fiche {n}" for n in range(59, 19, -1)]
    read = feedparser.parse(found["flux/themes/bois.xml"])
    assert (read.entries[0].published, read.entries[0].updated) == (
        "2020-01-01T12:00:00+00:00",
        "2027-03-04T12:00:00+00:00",
    )


def test_a_renamed_sheet_is_no_news(with_files: WithFiles) -> None:
    def ids(name: str, more: str = "") -> set[str]:
        return {one.id for one in feedparser.parse(atoms(with_files({f"experiences/{name}.md": experience(more)})[0])["flux/experiences.xml"]).entries}  # fmt: skip

    assert (
        ids("premier")
        == ids("deuxieme", "anciens_ids: [premier]\n")
        == ids("troisieme", "anciens_ids: [premier, deuxieme]\n")
    )
    assert "tag:essaim.example,2026:bibliotheque/experience/premier" in ids("premier")


def test_hostile_texts_are_harmless(with_files: WithFiles, schema: etree.RelaxNG) -> None:
    title = "]]> <script>alert(1)</script> & </title> =cmd|' /C calc'!A0"
    library, problems = with_files({"experiences/hostile.md": experience(titre=f"'{title.replace(chr(39), chr(39) * 2)}'", resume="'<![CDATA[ ]]> &lt;b&gt;'", auteurs="['<b>']")})  # fmt: skip
    assert problems == []
    # The checks refuse control characters; a feed would hold even when one came through.
    sheet = library.sheets["hostile"].model_copy(update={"resume": "un\x00deux\x0b\ufffe]]>\ud800"})
    sheet._id, sheet._path = "hostile", "x"
    library = replace(library, sheets={**library.sheets, "hostile": sheet})
    text = atoms(library)["flux/experiences.xml"]
    schema.assertValid(etree.ElementTree(etree.fromstring(text)))
    read = feedparser.parse(text, sanitize_html=False)
    assert not read.bozo
    entry = next(one for one in read.entries if one.id.endswith("/hostile"))
    assert entry.title_detail.type == "text/plain"
    assert entry.title.replace("\u202f", " ") == title
    assert entry.summary == "undeux]]>"
    assert b"<script" not in text


def test_two_builds_are_the_same(small: Library) -> None:
    assert atoms(small) == atoms(replace(small))


def revised(library: Library, identifier: str, **changed: object) -> Library:
    sheet = library.sheets[identifier]
    other = sheet.model_copy(update=changed)
    other._id, other._path = sheet.id, sheet.path
    return replace(library, sheets={**library.sheets, identifier: other})


def test_a_conference_has_its_own_feed(with_files: WithFiles) -> None:
    library, problems = with_files({
        "experiences/exemple-2.md": experience("archivage: { le: 2026-12-02, raison: Elle a pris fin., remplacee_par: [exemple] }\n", titre="Close", statut="archivé"),
        "webinars/conf.md": "---\ntitre: Conférence\nresume: R.\nstatut: publié\npublie_le: 2026-11-23\nverifie_le: 2026-11-23\ndate: 2026-11-24\nsequences: [{ titre: A, liens: [exemple-2, methode] }]\n---\n\nVoir [[scic]].\n",
    })  # fmt: skip
    assert problems == []
    library = revised(library, "methode", verifie_le=date(2026, 12, 1))
    found = atoms(library)
    newest = titles(found["webinaires/conf/flux.xml"])
    assert newest[:2] == ["Archivée\u202f: Close", library.sheets["methode"].titre]
    assert set(newest[2:]) == {"Conférence", library.sheets["scic"].titre}
    assert (
        feedparser.parse(found["webinaires/conf/flux.xml"])
        .entries[0]
        .summary.startswith(
            "Archivée le 2 décembre 2026\u202f: Elle a pris fin. À lire à la place\u202f: «\u202fUn exemple"
        )
    )
    page = sheet_pages(Site(library, url=URL))["webinaires/conf/index.html"]
    assert isinstance(page, Html)
    since = etree.HTML(page.body).xpath("//section[@aria-labelledby='fiche-depuis']")[0]
    text = " ".join("".join(since.itertext()).split())
    assert "archivée le 2 décembre 2026Elle a pris fin. À lire à la place : Un exemple" in text.replace("\u202f", " ")
    assert "Depuis le 24 novembre 2026, 1 fiche citée a été revue." in text
    assert "revue le 1er décembre 2026" in text


def followed(library: Library, name: str) -> str:
    """What ``/flux/`` says of a feed."""
    page = dict(feeds.pages(Site(library, url=URL)))["flux/index.html"]
    assert isinstance(page, Html)
    return str(etree.HTML(page.body).xpath(f"string(//li[a[contains(@href, 'flux/{name}.xml')]]/small)"))


def test_an_archived_sheet_says_so_where_it_stood(with_files: WithFiles, schema: etree.RelaxNG) -> None:
    told = {"titre": "Close", "themes": "[bois]", "publie_le": "2026-11-20", "verifie_le": "2026-11-20"}
    place = "departements: [46]\n"
    before, problems = with_files({"experiences/close.md": experience(place, **told)})
    assert problems == []
    after, problems = with_files({"experiences/close.md": experience(f"{place}archivage: {{ le: 2026-12-02, raison: Elle a pris fin., remplacee_par: [exemple] }}\n", **told, statut="archivé")})  # fmt: skip
    assert problems == []
    old, new = atoms(before), atoms(after)
    for path in ("tout", "experiences", "themes/bois", "departements/46", "regions/occitanie"):
        schema.assertValid(etree.ElementTree(etree.fromstring(new[f"flux/{path}.xml"])))
        (was,) = (one for one in feedparser.parse(old[f"flux/{path}.xml"]).entries if one.title == "Close")
        now = feedparser.parse(new[f"flux/{path}.xml"]).entries[0]
        assert (now.id, now.link, now.published) == (was.id, was.link, was.published)
        assert (now.title, now.updated) == ("Archivée\u202f: Close", "2026-12-02T12:00:00+00:00")
        assert "le 2 décembre 2026\u202f: Elle a pris fin." in now.summary
        assert f"{URL}experiences/exemple/" in now.summary
    assert "Close" not in "".join(titles(new["flux/methodes.xml"]))
    assert followed(before, "themes/bois") == "1 fiche"
    assert followed(after, "themes/bois") == "aucune fiche pour l’instant, 1 archivée"


def test_the_newest_archived_sheets_are_capped_with_the_rest(with_files: WithFiles) -> None:
    many: dict[str, str | bytes] = {
        f"experiences/fiche-{n}.md": experience(f"archivage: {{ le: 2027-{1 + n // 28:02}-{1 + n % 28:02}, raison: Fin. }}\n", titre=f"Fiche {n}", statut="archivé")
        for n in range(60)
    }  # fmt: skip
    library, problems = with_files(many)
    assert problems == []
    assert titles(atoms(library)["flux/experiences.xml"]) == [f"Archivée\u202f: Fiche {n}" for n in range(59, 19, -1)]


def test_what_changed_is_named_from_the_publications(with_files: WithFiles) -> None:
    library, _ = with_files({})
    library = revised(library, "methode", publie_le=date(2018, 1, 1), verifie_le=date(2026, 12, 1))
    changes = tuple(Change(day, "methode", "method", field, "modification") for day, field in (
        (date(2018, 4, 1), "livrables"), (date(2026, 12, 1), "quand"), (date(2026, 12, 1), "texte"), (date(2026, 12, 1), "verifie_le"), (date(2026, 12, 1), "")))  # fmt: skip
    site = Site(replace(library, ledger=Ledger(journal=changes)), url=URL)
    page = sheet_pages(site)["webinaires/conference/index.html"]
    assert isinstance(page, Html)
    item = next(one for one in etree.HTML(page.body).xpath("//section[@aria-labelledby='fiche-depuis']//li") if library.sheets["methode"].titre in "".join(one.itertext()))  # fmt: skip
    assert (
        "".join(item.xpath("small/text()")).replace("\u202f", " ")
        == "Méthode, revue le 1er décembre 2026 : quand l’utiliser, texte"
    )


def test_a_change_that_a_publication_brought_is_told_at_its_date(with_files: WithFiles) -> None:
    library, problems = with_files({
        "webinars/conf.md": "---\ntitre: Conférence\nresume: R.\nstatut: publié\npublie_le: 2026-11-23\nverifie_le: 2026-11-23\ndate: 2026-11-30\nsequences: [{ titre: A, liens: [methode, venue, renommee, scic] }]\n---\n",
        "experiences/venue.md": experience(titre="Venue", publie_le="2026-11-20"),
        "experiences/renommee.md": experience("anciens_ids: [avant]\n", titre="Renommée"),
    })  # fmt: skip
    assert problems == []
    journal = (
        Change(date(2026, 12, 6), "methode", "method", "texte", "modification"),
        Change(date(2026, 12, 5), "venue", "experience", "", "ajout"),
        Change(date(2026, 12, 8), "venue", "experience", "besoin", "modification"),
        Change(date(2026, 12, 6), "avant", "experience", "resume", "modification"),
        Change(date(2026, 12, 7), "renommee", "experience", "anciens_ids", "ajout"),
        Change(date(2026, 12, 7), "renommee", "experience", "anciennes_ancres", "ajout"),
        Change(date(2026, 12, 7), "scic", "term", "anciens_ids", "ajout"),
    )
    site = Site(replace(library, ledger=Ledger(journal=journal)), url=URL)
    page = sheet_pages(site)["webinaires/conf/index.html"]
    assert isinstance(page, Html)
    part = etree.HTML(page.body).xpath("//section[@aria-labelledby='fiche-depuis']")[0]
    assert "1 fiche citée a été publiée et 2 fiches citées ont été modifiées." in "".join(part.itertext())
    told = {one.xpath("string(a)"): one.xpath("string(small)").replace("\u202f", " ") for one in part.xpath(".//li")}
    assert told == {
        "Venue": "Expérience, publiée le 5 décembre 2026, modifiée le 8 décembre 2026 : besoin",
        library.sheets["methode"].titre: "Méthode, modifiée le 6 décembre 2026 : texte",
        "Renommée": "Expérience, renommée, modifiée le 6 décembre 2026 : résumé",
    }
    entry = next(one for one in feedparser.parse(atoms(site.library)["flux/tout.xml"]).entries if one.title == "Venue")
    assert (entry.published, entry.updated) == ("2026-11-20T12:00:00+00:00", "2026-12-08T12:00:00+00:00")


def test_the_conference_page_seeks_where_the_host_allows_it(small: Library) -> None:
    def moments(replay: str) -> list[tuple[str, list[str]]]:
        page = sheet_pages(Site(revised(small, "conference", replay=replay), url=URL))[
            "webinaires/conference/index.html"
        ]
        assert isinstance(page, Html)
        found = etree.HTML(page.body).xpath("//p[@class='when']")
        return [(" ".join("".join(one.itertext()).split()), one.xpath("a/@href")) for one in found]

    assert moments("https://youtu.be/abc")[1] == (
        "Revoir à partir de 1:02:30 : Suite",
        ["https://youtu.be/abc?t=3750s"],
    )
    assert moments("https://exemple.fr/rediffusion") == [("à 0:00 de la rediffusion", ["https://exemple.fr/rediffusion"]), ("à 1:02:30 de la rediffusion", ["https://exemple.fr/rediffusion"])]  # fmt: skip
    assert moments("non communiqué") == [("à 0:00 de la rediffusion", []), ("à 1:02:30 de la rediffusion", [])]


def test_conferences_to_come_stand_first(with_files: WithFiles) -> None:
    def webinar(day: str, hour: str = "") -> str:
        return f"---\ntitre: Le {day}\nresume: R.\nstatut: publié\npublie_le: 2026-11-23\nverifie_le: 2026-11-23\ndate: {day}\n{hour}---\n"

    library, problems = with_files({"webinars/loin.md": webinar("2027-09-01"), "webinars/proche.md": webinar("2027-01-14", 'heure: "14:30"\ninscription: https://exemple.fr/i\n')})  # fmt: skip
    assert problems == []
    site = Site(library, url=URL)
    assert isinstance(library.sheets["loin"], Webinar)
    page = dict(lists.pages(site))["webinaires/index.html"]
    assert isinstance(page, Html)
    parts = etree.HTML(page.body).xpath("//section")
    assert ["".join(one.xpath("h2/text()")) for one in parts] == ["À venir", "2018"]
    assert [" ".join("".join(one.itertext()).split()) for one in parts[0].xpath(".//h3")] == [
        "Le 2027-01-14",
        "Le 2027-09-01",
    ]
    assert "14 janvier 2027 à 14\u00a0h\u00a030" in parts[0].xpath("string(.//p[@class='kind'])")
    made = sheet_pages(site)
    coming, past = made["webinaires/proche/index.html"], made["webinaires/conference/index.html"]
    assert isinstance(coming, Html)
    assert isinstance(past, Html)
    assert etree.HTML(coming.body).xpath("//section[@data-until]//a/@href") == ["https://exemple.fr/i", "agenda.ics"]
    assert "agenda.ics" not in past.body
