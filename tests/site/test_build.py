"""One real build, read back."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

import lxml.html
import pytest

from essaim import publish
from essaim.library import ABOUT_SHEETS, Library, facet_values
from essaim.outputs import Site
from essaim.outputs.render import number_fr
from essaim.publish import MARK
from tests.conftest import ROOT, Checked, experience
from tests.site.conftest import build, copy_project

pytestmark = pytest.mark.slow

EXPERIENCES = ("archer", "fermes-de-figeac", "smicval", "ere43", "vitamine-t", "labo-des-partenariats-alsace", "agir-ensemble-sur-le-territoire",
               "plateforme-rse-nantes-metropole", "emergence-franche-comte", "ecooparc", "pole-numerique-rodez", "circuits-courts-mulhouse")  # fmt: skip


@pytest.fixture(scope="module")
def pages(site: Path) -> Mapping[str, lxml.html.HtmlElement]:
    """Address from the root → parsed page, for every page of the site."""
    found = {}
    for file in sorted(site.rglob("*.html")):
        address = file.relative_to(site).as_posix().removesuffix("index.html")
        found[address] = lxml.html.document_fromstring(file.read_text("utf-8"))
    return found


def links(page: lxml.html.HtmlElement) -> Iterator[str]:
    for _, _, link, _ in page.iterlinks():
        yield link


def main(page: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    found: lxml.html.HtmlElement = page.xpath("//main")[0]
    return found


def text_of(page: lxml.html.HtmlElement, tag: str) -> str:
    return (page.findtext(f".//{tag}") or "").strip()


def test_the_pages_that_are_promised_exist(site: Path, content: Checked) -> None:
    library, _ = content
    assert all((site / "experiences" / identifier / "index.html").is_file() for identifier in EXPERIENCES)
    assert all((site / sheet.address / "index.html").is_file() for sheet in library.pages.values())
    for folder in (
        "experiences",
        "methodes",
        "webinaires",
        "organisations",
        "dossiers",
        "ressources",
        "glossaire",
        "themes",
        "departements/46",
        "regions/occitanie",
    ):
        assert (site / folder / "index.html").is_file(), folder
    assert (site / "404.html").is_file()
    assert (site / "sitemap.xml").is_file()


def test_every_internal_link_and_anchor_resolves(site: Path, pages: Mapping[str, lxml.html.HtmlElement]) -> None:
    anchors = {
        address: {element.get("id") for element in page.iter() if element.get("id")} for address, page in pages.items()
    }
    broken = []
    for address, page in pages.items():
        for link in links(page):
            parts = urlsplit(urljoin(f"http://site/{address}", link))
            if parts.scheme not in ("http", "https") or parts.netloc != "site":
                continue
            target = unquote(parts.path).lstrip("/")
            if target in pages:
                if parts.fragment and unquote(parts.fragment) not in anchors[target]:
                    broken.append((address, link))
            elif not (site / target).is_file():
                broken.append((address, link))
    assert broken == []


def test_every_id_stands_once_in_its_page(pages: Mapping[str, lxml.html.HtmlElement]) -> None:
    for address, page in pages.items():
        ids = [str(element.get("id")) for element in page.iter() if element.get("id")]
        assert sorted(ids) == sorted(set(ids)), address


def test_every_page_has_a_title_a_heading_and_a_language(pages: Mapping[str, lxml.html.HtmlElement]) -> None:
    titles: dict[str | None, list[str]] = {}
    for address, page in pages.items():
        assert page.get("lang") == "fr", address
        assert len(page.findall(".//h1")) == 1, address
        assert len(page.findall(".//main")) == 1, address
        assert page.findtext(".//title"), address
        if page.xpath("//meta[@http-equiv='refresh']"):
            continue  # a short link: it leads to a page that has all this
        if address != "404.html":
            assert page.xpath("//meta[@name='description']/@content"), address
        titles.setdefault(page.findtext(".//title"), []).append(address)
    assert {title: found for title, found in titles.items() if len(found) > 1} == {}


def test_nothing_comes_from_a_third_party_and_no_script_is_inline(pages: Mapping[str, lxml.html.HtmlElement]) -> None:
    for address, page in pages.items():
        for element in page.iter(
            "script", "link", "img", "iframe", "source", "video", "audio", "embed", "object", "form"
        ):
            where = element.get("src") or element.get("href") or element.get("action") or ""
            assert element.get("rel") == "canonical" or not urlsplit(where).netloc, (address, where)
        for script in page.iter("script"):
            # JSON-LD is data: no browser runs it, and no policy forbids it.
            if script.get("type") != "application/ld+json":
                assert script.get("src"), f"{address}: a strict content security policy forbids inline scripts"
        assert not page.xpath("//*[@style]"), address
        assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")], address


def test_every_figure_is_on_its_page_with_its_year_and_source(
    pages: Mapping[str, lxml.html.HtmlElement], content: Checked
) -> None:
    library, _ = content
    counted = 0
    for sheet in library.published.values():
        page = pages[sheet.address]
        text = " ".join(page.text_content().split())
        for figure in sheet.chiffres:
            counted += 1
            assert " ".join(number_fr(figure.valeur).split()) in text, (sheet.id, figure)
            assert figure.libelle in text, (sheet.id, figure)
            assert str(figure.annee) in text
            assert page.xpath(f"//a[@href='#fiche-source-{figure.source}']"), (sheet.id, figure)
            assert page.xpath(f"//*[@id='fiche-source-{figure.source}']")
    assert counted >= 40


# The figures of docs' inventory of the source: sheet, value, year.
INVENTORY = (
    ("fermes-de-figeac", 160, 2018), ("fermes-de-figeac", 26_000_000, 2018),
    ("labo-des-partenariats-alsace", 5500, 2018), ("labo-des-partenariats-alsace", 82, 2018), ("labo-des-partenariats-alsace", 107, 2018),
    ("labo-des-partenariats-alsace", 56, 2018), ("labo-des-partenariats-alsace", 83, 2018), ("labo-des-partenariats-alsace", 25, 2018),
    ("agir-ensemble-sur-le-territoire", 140, 2012), ("agir-ensemble-sur-le-territoire", 50, 2018), ("agir-ensemble-sur-le-territoire", 200, 2018),
    ("plateforme-rse-nantes-metropole", 120, 2018), ("plateforme-rse-nantes-metropole", 125_000, 2018), ("plateforme-rse-nantes-metropole", 5000, 2018),
    ("emergence-franche-comte", 6, 2018), ("emergence-franche-comte", 15, 2018), ("emergence-franche-comte", 60, 2015), ("emergence-franche-comte", 20, 2015),
    ("ecooparc", 30, 2018), ("circuits-courts-mulhouse", 23, 2018), ("circuits-courts-mulhouse", 18, 2018),
    ("etude-phare", 37, 2015), ("etude-phare", 38, 2015), ("service-telephonique", 12_000, 2018), ("le-rameau", 850, 2018),
)  # fmt: skip


def test_every_figure_of_the_source_is_in_the_library(content: Checked) -> None:
    library, _ = content
    held = {
        (sheet.id, figure.valeur, figure.annee) for sheet in library.published.values() for figure in sheet.chiffres
    }
    assert set(INVENTORY) - held == set()


def test_for_every_relation_the_other_end_links_back(
    pages: Mapping[str, lxml.html.HtmlElement], content: Checked
) -> None:
    library, _ = content
    missing = []
    for relation in library.relations:
        origin, target = library.known[relation.origin], library.known[relation.target]
        if not (origin.published and target.has_page) or origin is target:
            continue
        hrefs = {urljoin(f"/{target.address}", link).partition("#")[0] for link in links(main(pages[target.address]))}
        if f"/{origin.address}" not in hrefs:
            missing.append((origin.id, target.id, relation.label))
        forward = {urljoin(f"/{origin.address}", link).partition("#")[0] for link in links(main(pages[origin.address]))}
        if f"/{target.address}" not in forward:
            missing.append((target.id, origin.id, "forward"))
    assert missing == []
    assert len(library.relations) > 200


def test_each_value_page_lists_its_sheets_and_each_sheet_links_to_its_values(
    pages: Mapping[str, lxml.html.HtmlElement], content: Checked
) -> None:
    library, _ = content
    site = Site(library)
    for sheet in library.published.values():
        for facet, value in facet_values(sheet):
            address = site.value_address(facet, value)
            if not address:
                continue
            listed = {urljoin(f"/{address}", link) for link in links(main(pages[address]))}
            assert f"/{sheet.address}" in listed, (sheet.id, address)
            out = {urljoin(f"/{sheet.address}", link) for link in links(main(pages[sheet.address]))}
            assert (f"/{address}" in out) == (facet not in ABOUT_SHEETS), (sheet.id, address)
    for facet, vocabulary in site.facet_pages:
        for one in vocabulary.valeurs:
            page = pages.get(f"{vocabulary.url}/{one.id}/")
            if page is not None:
                assert one.definition in " ".join(page.text_content().split()), (facet, one.id)


def test_only_what_is_published_is_there(site: Path) -> None:
    assert not (site / "problemes").exists()
    assert all(file.with_suffix(".json").is_file() for file in site.rglob("*.md")), "Markdown is a sheet’s own data"
    assert not list(site.rglob("*.yml"))
    assert not (site / "fiches").exists()
    strangers = {file.suffix for file in site.rglob("*") if file.is_file()} - {
        ".html",
        ".css",
        ".js",
        ".json",
        ".svg",
        ".xml",
        ".csv",
        ".gz",
        ".png",
        ".jpg",
        ".webp",
        ".geojson",
        ".zip",
        ".conf",
        ".txt",
        ".jsonld",
        ".ics",
        ".md",
        ".woff2",
        "",
    }
    assert strangers == set()


def modules(site: Path, script: str) -> set[str]:
    """The module and those that it imports as it starts."""
    found = {script}
    for inner in re.findall(r"^import .* from \"([^\"]+)\";$", (site / script).read_text("utf-8"), re.MULTILINE):
        found |= modules(site, urljoin(f"/{script}", inner).lstrip("/"))
    return found


def test_an_experience_page_is_light(site: Path, pages: Mapping[str, lxml.html.HtmlElement]) -> None:
    for identifier in EXPERIENCES:
        address = f"experiences/{identifier}/"
        page = pages[address]
        wanted = {address + "index.html"}
        for element in page.iter("script", "link", "img"):
            link = element.get("src") or element.get("href")  # JSON-LD has none: it is the page's own
            if link and element.get("rel") not in ("canonical", "alternate", "search"):  # offered, not loaded
                wanted.add(urljoin(f"/{address}", link).lstrip("/"))
        for style in [name for name in wanted if name.endswith(".css")]:
            for inner in re.findall(r"url\(\"?([^)\"]+)\"?\)", (site / style).read_text("utf-8")):
                wanted.add(str(PurePosixPath(urljoin(f"/{style}", inner).lstrip("/"))))
        for script in [name for name in wanted if name.endswith(".js")]:
            wanted |= modules(site, script)
        size = sum(len(gzip.compress((site / name).read_bytes(), 6)) for name in wanted)
        assert size <= 60_000, f"{identifier}: {size} bytes compressed in {len(wanted)} files"


def test_two_builds_are_the_same_byte_for_byte(site: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "again")
    assert build(project).returncode == 0

    def digest(folder: Path) -> dict[str, str]:
        # MkDocs stamps its gzip of the sitemap with the time.
        return {f.relative_to(folder).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest()
                for f in sorted(folder.rglob("*")) if f.is_file() and f.suffix != ".gz"}  # fmt: skip

    assert digest(project / "site") == digest(site)


def test_a_build_with_problems_leaves_the_site_as_it_was(site: Path, tmp_path: Path) -> None:
    project = shutil.copytree(site.parent, tmp_path / "project")
    before = {f: f.read_bytes() for f in (project / "site").rglob("*") if f.is_file()}
    sheet = project / "content" / "experiences" / "archer.md"
    sheet.write_text(sheet.read_text("utf-8").replace("titre:", "tittre:", 1), "utf-8")
    done = build(project)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert (
        "content/experiences/archer.md:2:1: champ inconnu « tittre ». Vouliez-vous dire « titre » ? [champ-inconnu]"
        in said
    )
    assert "Rien n’est publié : 2 problèmes dans 1 fichier." in said
    assert "Traceback" not in said
    assert {f: f.read_bytes() for f in (project / "site").rglob("*") if f.is_file()} == before
    assert not list(project.glob(".site.new*"))


def test_the_team_can_stop_a_build_for_advice(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    (project / "pyproject.toml").write_text('[tool.essaim]\nerreurs = ["difficultes-absentes"]\n', "utf-8")
    done = build(project)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "cette fiche ne dit pas ce qui a coincé" in said
    assert "[phrase-longue]" not in said, "advice that nobody made an error of says nothing in a build"
    assert not (project / "site").exists()
    (project / "pyproject.toml").write_text("[tool.essaim]\nerreurs = [", "utf-8")
    done = build(project)
    assert done.returncode == 1
    assert "Rien n’est publié : pyproject.toml:2:12: ce fichier TOML ne se lit pas" in done.stdout + done.stderr


def test_a_folder_that_is_not_ours_is_never_replaced(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    (project / "site").mkdir()
    (project / "site" / "these.odt").write_text("trois ans de travail")
    done = build(project)
    assert done.returncode == 1
    assert "n’a pas été produit par Essaim" in done.stdout + done.stderr
    assert (project / "site" / "these.odt").read_text() == "trois ans de travail"
    (project / "site" / "these.odt").unlink()
    assert build(project).returncode == 0
    assert (project / "site" / MARK).is_file()


def test_one_build_at_a_time_and_a_killed_one_leaves_the_site_whole(tmp_path: Path) -> None:
    site = tmp_path / "site"
    first = publish.stage(site)
    with pytest.raises(publish.PublishError, match="une autre construction"):
        publish.stage(site)
    (first.folder / "index.html").write_text("un")
    publish.publish(first)
    assert (site / "index.html").read_text() == "un"
    second = publish.stage(site)
    (second.folder / "index.html").write_text("deux, jamais fini")
    second.lock.release()  # as the system does when a process is killed
    assert (site / "index.html").read_text() == "un"
    site.rename(tmp_path / ".site.old")  # killed between the two renames
    third = publish.stage(site)
    assert (site / "index.html").read_text() == "un"
    assert list(third.folder.iterdir()) == []
    publish.discard(third)
    assert sorted(file.name for file in tmp_path.iterdir()) in ([".site.lock", "site"], ["site"])


HOSTILE = 'Le <script>alert(1)</script> "sûr" & l’autre'


def test_hostile_text_is_shown_as_text_wherever_it_appears(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    quoted = "'" + HOSTILE + "'"
    sheet = project / "content" / "experiences" / "fermes-de-figeac.md"
    text = sheet.read_text("utf-8")
    text = re.sub(r"^titre:.*$", f"titre: {quoted}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^resume:.*$", f"resume: {quoted}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"libelle: [^,}\n]+", f"libelle: {quoted}", text, count=1)
    sheet.write_text(text, "utf-8")
    themes = project / "content" / "vocabularies" / "themes.yml"
    vocabulary = re.sub(
        r"(id: circuits-courts\b.*?libelle: )[^\n,]+",
        lambda m: m[1] + quoted,
        themes.read_text("utf-8"),
        count=1,
        flags=re.DOTALL,
    )
    vocabulary = re.sub(
        r"(id: circuits-courts\b.*?definition: )[^\n]+", lambda m: m[1] + quoted, vocabulary, count=1, flags=re.DOTALL
    )
    themes.write_text(vocabulary, "utf-8")
    done = build(project)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = 0
    for file in sorted((project / "site").rglob("*.html")):
        raw = file.read_text("utf-8")
        assert "<script>alert" not in raw, file
        page = lxml.html.document_fromstring(raw)
        shown += page.text_content().count("<script>alert(1)</script>")
        for script in page.iter("script"):
            text = (script.text or "").strip()
            assert not text or (script.get("type") == "application/ld+json" and "<" not in text), file
    page = lxml.html.parse(str(project / "site" / "experiences" / "fermes-de-figeac" / "index.html")).getroot()
    assert HOSTILE in text_of(page, "title")
    assert page.xpath("//meta[@name='description']/@content") == [HOSTILE]
    assert text_of(page, "h1") == HOSTILE
    value = lxml.html.parse(str(project / "site" / "themes" / "circuits-courts" / "index.html")).getroot()
    assert text_of(value, "h1") == HOSTILE
    assert shown > 10


def test_a_sheet_may_have_the_name_of_a_folder_page(small_folder: Path) -> None:
    project = small_folder.parent
    (project / "mkdocs.yml").write_text((ROOT / "mkdocs.yml").read_text("utf-8"), "utf-8")
    for name in ("index", "readme"):
        (small_folder / "experiences" / f"{name}.md").write_text(
            (small_folder / "experiences" / "voisine.md").read_text("utf-8"), "utf-8"
        )
    done = build(project)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = lxml.html.parse(str(project / "site" / "experiences" / "index.html")).getroot()
    assert text_of(listed, "h1") == "Expériences"
    for name in ("index", "readme"):
        page = lxml.html.parse(str(project / "site" / "experiences" / name / "index.html")).getroot()
        assert text_of(page, "h1") == "Une expérience voisine"


def test_a_site_below_a_folder_works_too(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    assert build(project, url="https://example.org/biblio/").returncode == 0
    page = lxml.html.parse(str(project / "site" / "experiences" / "archer" / "index.html")).getroot()
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://example.org/biblio/experiences/archer/"]
    lost = lxml.html.parse(str(project / "site" / "404.html")).getroot()
    assert all(link.startswith(("/biblio/", "#")) for link in links(lost) if not urlsplit(link).netloc)


def test_properdocs_builds_the_same_pages(site: Path, tmp_path: Path) -> None:
    proper = ROOT / ".venv-properdocs" / "bin" / "properdocs"
    assert proper.exists(), "run make test, which makes this environment"
    project = copy_project(tmp_path / "project")
    done = build(project, (str(proper),))
    assert done.returncode == 0, done.stdout + done.stderr

    def names(folder: Path) -> set[str]:
        return {file.relative_to(folder).as_posix() for file in folder.rglob("*.html")}

    assert names(project / "site") == names(site)


def test_the_wheel_builds_a_site_outside_the_project(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(installed)
    assert "essaim/overrides/fiches/experience.html" in names
    assert "essaim/data/territoires/communes.tsv" in names
    assert not [name for name in names if name.startswith(("tests", "content"))]
    project = copy_project(tmp_path / "project")
    # The wheel's package before the checkout's, which the environment knows too.
    code = f"import sys; sys.path.insert(0, {str(installed)!r}); import essaim; assert essaim.__file__.startswith({str(installed)!r}); from mkdocs.__main__ import cli; cli(['build', '--strict'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project / "site" / "experiences" / "archer" / "index.html").is_file()
    assert (project / "site" / "assets").is_dir()


def test_the_small_library_with_every_field_builds(small_folder: Path, small: Library) -> None:
    project = small_folder.parent
    (project / "mkdocs.yml").write_text((ROOT / "mkdocs.yml").read_text("utf-8"), "utf-8")
    done = build(project)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (project / "site" / "experiences" / "exemple" / "index.html").read_text("utf-8")
    text = " ".join(lxml.html.document_fromstring(page).text_content().split())
    for expected in ("Vendre sur place", "plus de", "26 000 000", "Des débouchés", "60 000", "On se réunit.", "Un maire présent", "Le temps long",
                     "Un animateur", "Le code rural.", "Peut-on louer", "Une personne à mi-temps.", "accueil", "La Porteuse", "5 avril 2018"):  # fmt: skip
        assert expected in text, expected
    image = (project / "site" / "images" / "carre.png").read_bytes()
    assert image.startswith(b"\x89PNG")
    assert b"secret" not in image, "metadata of contributors' images is dropped"
    archived = (project / "site" / "experiences" / "ancienne" / "index.html").read_text("utf-8")
    assert "archivée" in archived
    assert not (project / "site" / "experiences" / "brouillon").exists()
    assert "archivé" not in (project / "site" / "experiences" / "index.html").read_text("utf-8")
    assert set(small.pages) >= {"exemple", "ancienne"}


def test_a_proposal_is_built_with_its_drafts_and_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = copy_project(tmp_path / "project")
    (project / "content" / "experiences" / "neuve.md").write_text(
        experience(statut="brouillon", gouvernance="clasique"), "utf-8"
    )
    (project / "content" / "experiences" / "casse.md").write_text("---\ntitre: a: b\n---\n", "utf-8")
    assert build(project).returncode == 1
    monkeypatch.setenv("ESSAIM_APERCU", "true")
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", "apercu"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (project / "apercu" / "experiences" / "neuve" / "index.html").read_text("utf-8")
    assert "valeur inconnue « clasique »" in page
    assert '<meta name="robots" content="noindex' in page
    assert "un deux-points de trop" in (project / "apercu" / "experiences" / "casse" / "index.html").read_text("utf-8")
    archived = subprocess.run(
        [sys.executable, "-m", "essaim", "archive", "--site", "apercu"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert archived.returncode == 0, archived.stderr
    assert not (project / "apercu" / "admin").exists()


@pytest.mark.parametrize("given", ["https://exemple.fr/g/-/edit/main/", "javascript:alert(1)/content/", "/content/"])
def test_where_a_sheet_is_corrected_must_be_the_content(given: str, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    settings = project / "mkdocs.yml"
    settings.write_text(settings.read_text("utf-8").replace('edition: ""', f'edition: "{given}"'), "utf-8")
    done = build(project)
    assert done.returncode == 1
    assert "n’est pas l’adresse du dossier de contenu" in done.stderr + done.stdout
    assert not (project / "site").exists()
