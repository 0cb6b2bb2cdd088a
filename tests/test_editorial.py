"""The editors' dashboard: each number, on the page and in the terminal, is counted again here from the raw front matter."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html

from essaim import editorial, links
from essaim.addresses import EDITORIAL
from essaim.completeness import expected
from essaim.editorial import Reading, Section, sections
from essaim.library import Library, from_texts, load
from essaim.links import Known, Record
from essaim.model import KINDS, SHEETS, champs
from essaim.offline import FORM
from essaim.outputs import Html, Site
from essaim.outputs import editorial as output
from essaim.outputs.render import date_fr
from essaim.problem import count
from essaim.vocabulary import Vocabulary
from tests.conftest import ROOT, SMALL, essaim, experience, started
from tests.test_observatory import listed, text, where

NC = "non communiqué"
DAY = date(2026, 11, 26)
Raw = dict[str, tuple[str, dict[str, Any], str]]
"""Id → (folder, front matter, body), read with PyYAML alone."""


def raw(folder: Path) -> Raw:
    found: Raw = {}
    for file in sorted(folder.glob("*/*.md")):
        front, _, body = file.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
        # A plain « ? » before a comma or a bracket is no text for PyYAML's own parser.
        found[file.stem] = (file.parent.name, yaml.safe_load(re.sub(r" \?([,\]])", r"\1", front)), body)
    return found


def published(sheets: Raw) -> Raw:
    return {i: one for i, one in sheets.items() if one[1].get("statut", "brouillon") == "publié"}


@pytest.fixture(params=["content", "small"])
def counted(request: pytest.FixtureRequest) -> tuple[Library, Raw]:
    folder = ROOT / "content" if request.param == "content" else SMALL
    if request.param == "content":
        return load(folder, "content")[0], raw(folder)
    small: Library = request.getfixturevalue("small")
    return small, raw(folder)


def section(library: Library, name: str, **options: Any) -> Section:
    (found,) = sections(Reading(library, **options), [name])
    return found


def ids(found: Section) -> list[list[str]]:
    return [[entry.sheet.id for entry in group.entries] for group in found.groups]


def test_sheets_to_review_come_by_date(counted: tuple[Library, Raw]) -> None:
    library, sheets = counted
    fronts = {i: front for i, (_, front, _) in published(sheets).items()}
    dated = {i for i, front in fronts.items() if front.get("a_revoir_le")}
    for name, field, held in (("revoir", "a_revoir_le", dated), ("sans-date", "verifie_le", set(fronts) - dated)):
        entries = [one for group in section(library, name).groups for one in group.entries]
        assert {one.sheet.id for one in entries} == held
        days = [fronts[one.sheet.id][field] for one in entries]
        assert days == sorted(days)
        assert [one.when for one in entries] == days


def test_what_asks_for_work_comes_before_sheets_without_a_review_date() -> None:
    names = [name for name, _ in editorial.SECTIONS]
    assert names.index("sans-date") > max(
        names.index(one) for one in ("revoir", "ecriture", "completer", "liens", "isolees", "vides")
    )
    assert section(load(ROOT / "content", "content")[0], "sans-date").minor
    assert output.FEW < output.MOST


def test_what_is_being_written_stands_under_its_status(counted: tuple[Library, Raw]) -> None:
    library, sheets = counted
    found = section(library, "ecriture")
    statuses = {i: front.get("statut", "brouillon") for i, (_, front, _) in sheets.items()}
    wanted = {status: {i for i, one in statuses.items() if one == status} for status in ("en relecture", "brouillon")}
    assert [set(group) for group in ids(found)] == [held for held in wanted.values() if held]


def test_what_is_missing_is_missing_and_the_emptiest_comes_first(counted: tuple[Library, Raw]) -> None:
    library, sheets = counted
    (group,) = section(library, "completer").groups
    shares = [entry.state.given / entry.state.expected for entry in group.entries if entry.state]
    assert shares == sorted(shares)
    told = {entry.sheet.id: entry.state for entry in group.entries}
    places = ("communes", "epci", "departements")
    for identifier, (folder, front, _) in sheets.items():
        kind = next(one for one in SHEETS if folder == one.FOLDER)
        if front.get("statut") == "archivé" or not kind.URL:
            assert identifier not in told
            continue
        lacking = {
            champ.path
            for champ in expected(kind)
            if not (any(listed(front.get(one)) for one in places) if champ.path in places
                    else "brouillon" if champ.path == "statut" else listed(front.get(champ.path)))
        }  # fmt: skip
        state = told.get(identifier)
        assert {champ.path for champ in state.first} == lacking if state else not lacking, identifier
        if state:
            assert state.expected - state.given == len(lacking)


def scalars(value: Any) -> set[str]:
    if isinstance(value, dict | list):
        return set().union(*map(scalars, value.values() if isinstance(value, dict) else value))
    return {str(value)}


def test_orphans_are_those_that_nothing_names(
    counted: tuple[Library, Raw],
) -> None:
    library, sheets = counted
    orphans = set(ids(section(library, "isolees"))[0]) if section(library, "isolees").total else set()
    named: dict[str, set[str]] = {}
    for identifier, (_, front, body) in published(sheets).items():
        links_in_text = set(re.findall(r"\[\[([^|\]#]+)", body)) | set(re.findall(r"/([a-z0-9-]+)\.md", body))
        named[identifier] = scalars(front) | links_in_text
    used = {value.source for one in library.vocabularies.values() for value in one.valeurs}
    texts = {i: "\n".join([*scalars(front), body]) for i, (_, front, body) in published(sheets).items()}
    for identifier, (folder, front, _) in published(sheets).items():
        if folder == "pages":
            assert identifier not in orphans
            continue
        led = identifier in used or any(identifier in held for other, held in named.items() if other != identifier)
        if folder == "glossary":
            forms = [front["titre"], *listed(front.get("sigle"))]
            led |= any(re.search(rf"\b{re.escape(form)}s?\b", told, 0 if form.isupper() else re.IGNORECASE) for other, told in texts.items() if other != identifier for form in forms)  # fmt: skip
        assert (identifier in orphans) != led, identifier


def test_values_without_a_sheet_are_the_gaps(counted: tuple[Library, Raw]) -> None:
    library, sheets = counted
    found = {group.facet: {value.id for value in group.values} for group in section(library, "vides").groups}
    fields = {(kind.FOLDER, champ.path): champ.facette for kind in SHEETS for champ in champs(kind) if champ.facette and not champ.computed}  # fmt: skip
    held: dict[str, set[str]] = {facet: set() for facet in fields.values()}
    regions: set[str] = set()
    for folder, front, _ in published(sheets).values():
        for (where_from, path), facet in fields.items():
            if folder == where_from:
                first, _, rest = path.partition(".")
                values = listed(front.get(first))
                held[facet] |= {str(one[rest] if rest else one) for one in values if not rest or rest in one}
        if folder in ("experiences", "organisations"):
            regions |= where(front)[0]
    for facet, used in held.items():
        if facet not in library.vocabularies:
            continue
        file = yaml.safe_load((ROOT / "content" / "vocabularies" / f"{facet}.yml").read_text("utf-8"))
        assert {str(value["id"]) for value in file["valeurs"]} - used == found.get(facet, set()), facet
    assert len(found["regions"]) == 18 - len(regions)
    assert not regions & found["regions"]
    assert not {"manques", "difficultes", "annees"} & set(found)


def test_recent_changes_come_newest_first(counted: tuple[Library, Raw]) -> None:
    library, sheets = counted
    fronts = {i: front for i, (_, front, _) in published(sheets).items()}
    (group,) = section(library, "recents").groups
    days = [max(fronts[one.sheet.id]["verifie_le"], fronts[one.sheet.id]["publie_le"]) for one in group.entries]
    every = sorted((max(front["verifie_le"], front["publie_le"]) for front in fronts.values()), reverse=True)
    assert days == every[: editorial.NEWEST]
    assert [one.when for one in group.entries] == days


# The page


def made(library: Library, **settings: Any) -> html.HtmlElement:
    ((path, page),) = output.pages(Site(library, **settings))
    assert path == "redaction/index.html"
    assert isinstance(page, Html)
    assert not page.indexed
    assert 'content="noindex"' in page.head
    return html.fromstring(f"<div>{page.body}</div>")


def part(page: html.HtmlElement, name: str) -> html.HtmlElement:
    (found,) = page.xpath(f"//section[@aria-labelledby='fiche-{name}']")
    element: html.HtmlElement = found
    return element


def number(node: html.HtmlElement) -> int:
    return int(re.sub(r"\D", "", text(node)))


def test_the_page_shows_what_was_counted_capped(counted: tuple[Library, Raw]) -> None:
    library, _ = counted
    page = made(library, edit="https://forge.exemple/edit/")
    for found in sections(Reading(library, drafts=False)):
        shown = part(page, found.id)
        assert [number(one) for one in shown.xpath("h2/span")] == ([found.total] if found.total else [])
        items = shown.xpath("ul[@class='todo']")
        most = output.FEW if found.minor else output.MOST
        for group, drawn in zip([one for one in found.groups if one.entries], items, strict=True):
            rows = drawn.xpath("li")
            assert len(rows) == min(group.total, most)
            for entry, row in zip(group.entries, rows, strict=False):
                links_out = row.xpath("p[1]/a/@href")
                file = f"https://forge.exemple/edit/{type(entry.sheet).FOLDER}/{entry.sheet.id}.md"
                assert links_out == [f"../{entry.sheet.address}", file]
                if entry.when:
                    assert row.xpath(".//time/@datetime") == [str(entry.when)]
                    assert date_fr(entry.when) in text(row)
                    assert bool(row.xpath(".//time[@data-due]")) == (entry.when == entry.sheet.a_revoir_le)
        left = [text(one) for one in shown.xpath("p[@class='left']")]
        told = [group.total - most for group in found.groups if group.entries and group.total > most]
        assert left == [
            f"… et {count(more, 'autre')}. Pour tout voir : essaim report {found.id} --tout" for more in told
        ]
        for value in (value for group in found.groups for value in group.values):
            assert text(html.fromstring(f"<i>{value.libelle}</i>")) in text(shown)
        if not found.total and not found.note:
            assert found.empty in text(shown)
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
    headings = [f"#{one.getparent().get('id')}" for one in page.xpath("//h2/text()")]
    assert page.xpath("//nav[@class='side']//a/@href") == headings


def test_without_the_forge_nothing_offers_to_correct(small: Library) -> None:
    assert not made(small).xpath("//a[contains(@class, 'fix')]")


def test_drafts_are_named_in_the_preview_only(vocabularies: Mapping[str, Vocabulary]) -> None:
    files = {
        "experiences/secrete.md": experience(titre="Projet secret", statut="brouillon", body="\n<https://secret.exemple/>\n"),
        "experiences/relue.md": experience(titre="À relire", statut="en relecture"),
        "experiences/vue.md": experience(titre="Publiée"),
    }  # fmt: skip
    library, problems = from_texts(files, vocabularies)
    assert not problems
    record = Record(liens={"https://secret.exemple/": Known(etat="echec", code=410, raison="page retirée", controle_le=DAY, depuis=DAY, jours=1)})  # fmt: skip
    public, preview = (made(library, preview=preview, links=record) for preview in (False, True))
    said = html.tostring(public, encoding="unicode")
    assert "secret" not in said.replace("Secrétariat", "")
    assert "À relire" not in said
    assert "2 fiches en cours d’écriture." in text(part(public, "ecriture"))
    assert "Aucun brouillon" not in text(public)
    assert "1 adresse contrôlée" not in text(public)
    assert [text(one) for one in part(preview, "ecriture").xpath("h3")] == ["En relecture 1", "Brouillon 1"]
    assert "secret.exemple" in text(part(preview, "liens"))


def test_an_empty_library_has_a_helpful_page(vocabularies: Mapping[str, Vocabulary]) -> None:
    for library in (Library(), Library(vocabularies=vocabularies)):
        said = text(made(library))
        for sentence in (
            "Aucune fiche publiée n’a de date de revue",
            "Aucune fiche n’est publiée.",
            "Aucun brouillon, rien en relecture.",
            "Aucune fiche isolée",
            "lancez essaim links",
        ):
            assert sentence in said


def test_links_are_told_with_their_dates_and_places(vocabularies: Mapping[str, Vocabulary]) -> None:
    urls = [f"https://exemple.fr/{name}" for name in ("mort", "prive", "doute", "bouge", "bien", "neuf")]
    body = "\n" + "\n".join(f"- <{url}>" for url in urls) + "\n"
    library, problems = from_texts({f"experiences/e{n}.md": experience(titre=f"Fiche {n}", body=body) for n in range(40)}, vocabularies)  # fmt: skip
    assert not problems
    known = (
        Known(etat="echec", code=404, raison="page introuvable", controle_le=DAY, depuis=date(2026, 11, 1), jours=3),
        Known(etat="interdit", raison="elle mène à un réseau privé", controle_le=DAY),
        Known(etat="echec", raison="délai dépassé", controle_le=DAY, depuis=DAY, jours=1),
        Known(etat="vivant", code=200, vers="https://exemple.fr/ici", controle_le=DAY),
        Known(etat="vivant", code=200, controle_le=date(2026, 11, 2)),
    )
    record = Record(liens=dict(zip(urls, known, strict=False)))
    shown = part(made(library, links=record, edit="https://forge.exemple/"), "liens")
    assert [text(one) for one in shown.xpath("h3")] == [
        "Morts 1",
        "Adresses refusées 1",
        "À confirmer 1",
        "Ont déménagé 1",
    ]
    assert "5 adresses contrôlées sur 6. Dernier contrôle : 26 novembre 2026." in text(shown)
    dead, refused, doubt, moved = shown.xpath("ul[@class='todo']/li")
    assert "404, page introuvable, depuis le 1er novembre 2026" in text(dead)
    assert len(dead.xpath("ul/li")) == output.MOST
    assert f"… et {40 - output.MOST} autres. Pour tout voir : essaim report liens --tout" in text(dead)
    first = dead.xpath("ul/li")[0]
    assert first.xpath("a/@href") == ["../experiences/e0/", "https://forge.exemple/experiences/e0.md"]
    assert "ligne 14" in text(first)
    assert "elle mène à un réseau privé" in text(refused)
    assert not refused.xpath("p//a"), "nobody is led there"
    assert "délai dépassé, depuis le 26 novembre 2026" in text(doubt)
    assert "mène à exemple.fr/ici" in text(moved)
    assert moved.xpath("p/a/@href") == ["https://exemple.fr/bouge", "https://exemple.fr/ici"]


def test_a_file_of_links_that_cannot_be_read_is_said(small: Library) -> None:
    said = text(part(made(small, links_trouble="« x » n’est pas un fichier de liens qu’Essaim a écrit"), "liens"))
    assert "« x » n’est pas un fichier de liens qu’Essaim a écrit. Les liens n’ont pas encore été contrôlés" in said


HOSTILE = 'Le <script>alert(1)</script> "sûr" & l’autre'


def test_hostile_text_is_text(vocabularies: Mapping[str, Vocabulary]) -> None:
    library, _ = from_texts({"experiences/a.md": experience(titre=f"'{HOSTILE}'", body="\n<https://exemple.fr/?a=1&b='x'>\n")}, vocabularies)  # fmt: skip
    (url,) = links.cited(library)
    record = Record(liens={url: Known(etat="interdit", raison=HOSTILE, controle_le=DAY)})
    page = made(library, links=record, edit="https://forge.exemple/")
    assert not page.xpath("//script | //style | //*[@style]")
    assert HOSTILE.replace(" &", " &") in text(part(page, "liens"))
    assert HOSTILE in text(part(page, "sans-date"))


def test_the_page_never_varies_and_its_address_is_the_sites_own(small: Library, with_files: Any) -> None:
    one, other = (dict(output.pages(Site(small))) for _ in range(2))
    assert one == other
    page = "---\ntitre: A\nresume: B.\nstatut: publié\npublie_le: 2026-01-01\nverifie_le: 2026-01-01\n---\n"
    _, problems = with_files({"pages/redaction.md": page})
    assert [problem.code for problem in problems if problem.severity == "erreur"] == ["adresse-reservee"]
    assert EDITORIAL in FORM, "what editors read changes no reader's offline copy"


# The command


def test_the_terminal_says_the_same_in_80_columns(
    counted: tuple[Library, Raw], tmp_path: Path, small_folder: Path
) -> None:
    library, sheets = counted
    folder = ROOT / "content" if len(sheets) > 50 else small_folder
    done = essaim("report", "--contenu", folder, "--liens", tmp_path / "rien.json", "--tout")
    asked = essaim("report", "--contenu", folder, "--liens", tmp_path / "rien.json", "--nombre", "100000")
    assert asked.stdout == done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if len(line) > 80 and "/" not in line] == []
    said = " ".join(done.stdout.split())
    for found in sections(Reading(library)):
        assert (f"{found.title} ({found.total})" if found.total else found.title) in said
        for group in found.groups:
            for entry in group.entries:
                assert " ".join(entry.sheet.titre.split()) in said
                assert f"{type(entry.sheet).FOLDER}/{entry.sheet.id}.md" in said
            for value in group.values:
                assert " ".join(value.libelle.split()) in said
    assert "… et" not in said, "all was asked for"


def test_long_lists_are_cut_and_say_so() -> None:
    done = essaim("report", "sans-date", "--nombre", "2")
    total = sum(not front.get("a_revoir_le") for _, front, _ in published(raw(ROOT / "content")).values())
    assert done.stdout.count("content/") == 2
    assert f"… et {total - 2} autres : --tout pour tout voir." in done.stdout
    assert started("report", "sans-date", "--tout").stdout.count("content/") == total


def test_past_dates_are_said_by_the_day_that_is_given(small_folder: Path) -> None:
    def revoir(day: str) -> str:
        return essaim("report", "revoir", "--contenu", small_folder, "--date", day).stdout

    line = "à revoir le 23 novembre 2027"
    assert f"{line}, date passée" in " ".join(revoir("2027-11-24").split())
    for day in ("2027-11-23", "2026-01-01"):
        assert line in " ".join(revoir(day).split())
        assert "date passée" not in revoir(day)


def test_the_json_has_everything(small_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "liens.json"
    url = "https://example.org/guide.pdf"
    links.write(file, Record(liens={url: Known(etat="echec", code=410, raison="page retirée", controle_le=DAY, depuis=DAY, jours=1)}))  # fmt: skip
    done = essaim("report", "--contenu", small_folder, "--liens", file, "--format", "json", "--date", "2027-11-24")
    data = json.loads(done.stdout)
    assert data["date"] == "2027-11-24"
    found = {one["id"]: one for one in data["sections"]}
    assert list(found) == [name for name, _ in editorial.SECTIONS]
    library, _ = load(small_folder)
    for one in sections(Reading(library, links.read(file))):
        told = found[one.id]
        assert told["total"] == one.total
        assert sum(len(group["fiches"]) + len(group["valeurs"]) + len(group["liens"]) for group in told["groupes"]) == one.total  # fmt: skip
    (dated, *_), *_ = (group["fiches"] for group in found["revoir"]["groupes"])
    assert (dated["id"], dated["date"], dated["passee"], dated["sorte"]) == (
        "exemple",
        "2027-11-23",
        True,
        "experience",
    )
    (dead,) = found["liens"]["groupes"][0]["liens"]
    assert (dead["code"], dead["adresse"], dead["depuis"]) == ("lien-mort", url, "2026-11-26")
    assert [Path(at["chemin"]).name for at in dead["endroits"]] == ["ressource.md"]
    first = found["completer"]["groupes"][0]["fiches"][0]
    assert first["a_remplir"]
    assert set(first["a_remplir"]) <= {champ.path for champ in champs(KINDS[first["sorte"]])}
    only = json.loads(essaim("report", "isolees", "vides", "--contenu", small_folder, "--format", "json").stdout)
    assert [one["id"] for one in only["sections"]] == ["isolees", "vides"]


def test_wrong_use_and_broken_content(tmp_path: Path, small_folder: Path) -> None:
    for arguments in (
        ("tout",),
        ("--format", "xml"),
        ("--nombre", "0"),
        ("--date", "26/11/2026"),
        ("--contenu", "rien"),
    ):
        done = essaim("report", *arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
        assert not done.stdout
    (small_folder / "experiences" / "voisine.md").write_text("---\n[\n", "utf-8")
    sheet = small_folder / "experiences" / "brouillon.md"
    sheet.write_text(sheet.read_text("utf-8").replace("titre:", "tittre:"), "utf-8")
    file = tmp_path / "liens.json"
    file.write_text("{", "utf-8")
    done = essaim("report", "--contenu", small_folder, "--liens", file)
    assert done.returncode == 0, done.stderr
    assert "2 fiches de plus à corriger d’abord : essaim check dit quoi." in done.stdout
    assert "n’est pas un fichier de liens" in " ".join(done.stdout.split())
    assert file.read_text("utf-8") == "{", "reading harms nothing"
