"""QR codes are read back by zbar, which knows nothing of how they were made; what is kept between builds is never trusted."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from click.testing import CliRunner
from lxml import etree
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol, decode

from essaim import ledger, qr
from essaim.cache import remembered
from essaim.cli import app
from essaim.ledger import Entry
from essaim.library import Library, load
from essaim.model.base import Archivage
from essaim.outputs import Html, Site, conference, produce
from essaim.outputs.conference import blocks, described
from essaim.permalinks import published
from tests.conftest import Checked

URL = "https://essaim.example/bibliotheque/"
SHORT = f"{URL}s/bafode/"


def read(data: bytes) -> list[str]:
    """What zbar reads in a picture. Only QR codes: its other symbologies see bars where there are none."""
    found = decode(Image.open(io.BytesIO(data)).convert("L"), symbols=[ZBarSymbol.QRCODE])
    return [one.data.decode() for one in found]


def modules_of_png(data: bytes) -> list[list[bool]]:
    """The dark modules of a PNG, quiet zone included: one row a module."""
    image = Image.open(io.BytesIO(data)).convert("1")
    bounds = image.point(lambda value: 255 - value).getbbox()
    assert bounds
    scale = bounds[0] // qr.QUIET
    side = image.width // scale
    return [[not image.getpixel((x * scale + scale // 2, y * scale + scale // 2)) for x in range(side)] for y in range(side)]  # fmt: skip


def modules_of_svg(data: bytes) -> list[list[bool]]:
    """The same of an SVG, drawn from its path by hand."""
    root: Any = etree.fromstring(data)
    side = int(root.get("width")) // qr.SVG_MODULE
    grid = [[False] * side for _ in range(side)]
    path = root.find(".//{*}path[@stroke]").get("d")
    x, y = 0.0, 0.0
    for step, numbers in re.findall(r"([MmhH])([^MmhH]*)", path):
        values = [float(one) for one in re.findall(r"-?[\d.]+", numbers)]
        if step in "Mm":
            x, y = (values[0], values[1]) if step == "M" else (x + values[0], y + values[1])
        else:
            assert step == "h"
            for place in range(int(x), int(x + values[0])):
                grid[int(y)][place] = True
            x += values[0]
    return grid


@pytest.mark.parametrize(
    "text", [SHORT, "https://x.fr/s/bo/", f"https://essaim.example/{'chemin-long/' * 12}s/bafodegu/"]
)
def test_zbar_reads_what_was_written(text: str) -> None:
    png, svg = qr.code(text, "png"), qr.code(text, "svg")
    assert read(png) == [text]
    image = Image.open(io.BytesIO(png))
    assert image.width == image.height >= qr.PIXELS
    assert modules_of_svg(svg) == modules_of_png(png), "both draw the same modules"


def test_a_code_keeps_its_quiet_zone_and_can_lose_a_part() -> None:
    png = qr.code(SHORT, "png")
    grid = modules_of_png(png)
    rim = [*grid[: qr.QUIET], *grid[-qr.QUIET :], *(row[: qr.QUIET] + row[-qr.QUIET :] for row in grid)]
    assert not any(any(row) for row in rim)
    assert segno.make_qr(SHORT, error=qr.LEVEL).error in "MQH"
    image = Image.open(io.BytesIO(png)).convert("L")
    # A stain on the lower right, where no finder stands: less than what the level promises to mend.
    side = image.width // 4
    image.paste(255, (image.width // 2, image.height // 2, image.width // 2 + side, image.height // 2 + side))
    stained = io.BytesIO()
    image.save(stained, "PNG")
    assert read(stained.getvalue()) == [SHORT]


def test_the_svg_is_dark_on_light_by_itself() -> None:
    svg = qr.code(SHORT, "svg").decode()
    assert 'fill="#fff"' in svg
    assert 'stroke="#000"' in svg
    assert len(svg) < 4000


def test_the_same_text_gives_the_same_bytes() -> None:
    for kind in qr.FORMATS:
        first = qr.code(SHORT, kind)
        qr.code("https://x.fr/", kind)
        assert qr.code(SHORT, kind) == first


# What is kept.


def counted(result: bytes) -> tuple[Callable[[], bytes], list[int]]:
    calls: list[int] = []

    def make() -> bytes:
        calls.append(1)
        return result

    return make, calls


def test_what_was_made_is_not_made_again(tmp_path: Path) -> None:
    make, calls = counted(b"un code")
    for _ in range(3):
        assert remembered(tmp_path / "loin" / "qr", ("a", "b"), make) == b"un code"
    assert len(calls) == 1
    assert remembered(tmp_path / "loin" / "qr", ("ab",), make) == b"un code"
    assert len(calls) == 2, "the parts of a key do not run together"
    assert remembered(None, ("a", "b"), make) == b"un code"
    assert len(calls) == 3


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 40, b"half"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    make, calls = counted(b"un code")
    remembered(tmp_path, ("a",), make)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage == b"half" else damage)
    assert remembered(tmp_path, ("a",), make) == b"un code"
    assert len(calls) == 2
    assert file.read_bytes() == whole, "and mended"


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    place = tmp_path / "qr"
    place.write_text("un fichier, pas un dossier", "utf-8")
    assert remembered(place, ("a",), lambda: b"un code") == b"un code"
    assert place.read_text("utf-8") == "un fichier, pas un dossier"


# In a site.

MORE = "\nPour suivre : [le bois](/explorer/?theme=bois&tri=date), [autre](/explorer/?theme=bois&tri=date).\n"


@pytest.fixture
def coded(with_files: Callable[[Mapping[str, str | bytes]], Checked], small_texts: dict[str, bytes]) -> Library:
    """The small library, published once; its web conference cites a prepared search."""
    library = with_files({"webinars/conference.md": small_texts["webinars/conference.md"] + MORE.encode()})[0]
    entries = published(library, (), date(2026, 11, 26))
    return replace(library, ledger=replace(library.ledger, entries=entries))


def test_every_code_of_the_ledger_has_its_files(coded: Library, tmp_path: Path) -> None:
    gone = Entry("experiences/partie/", "partie", date(2026, 1, 1), date(2026, 2, 1), "zuzuzu")
    library = replace(coded, ledger=replace(coded.ledger, entries=(*coded.ledger.entries, gone)))
    site = Site(library, url=URL, cache=tmp_path)
    found = produce(site)
    codes = {path for path in found if re.fullmatch(r"s/[a-z]+\.(?:svg|png)", path)}
    assert codes == {f"s/{code}.{kind}" for code in site.permalinks.codes for kind in qr.FORMATS}
    assert "s/zuzuzu.png" in codes, "a code whose page is gone is on a paper somewhere"
    for path in codes:
        content = found[path]
        assert isinstance(content, bytes)
        if path.endswith(".png"):
            assert read(content) == [f"{URL}{path[:-4]}/"]
    assert {path: content for path, content in produce(site).items() if path in codes} == {
        one: found[one] for one in codes
    }


def test_without_the_address_of_the_site_there_is_no_code(coded: Library) -> None:
    found = produce(Site(coded))
    assert not [path for path in found if path.endswith((".svg", ".png")) and path.startswith("s/")]
    page = body(found, "experiences/exemple/")
    assert 'src="../../s/' not in page
    assert "data-here" in page
    assert "Pas encore de codes QR" in body(found, "webinaires/conference/liens/")


def body(found: Mapping[str, object], address: str) -> str:
    page = found[f"{address}index.html"]
    assert isinstance(page, Html)
    return page.body


def test_before_a_publication_the_full_address_stands_there(small: Library) -> None:
    found = produce(Site(small, url=URL))
    page = body(found, "experiences/exemple/")
    assert f'<span id="fiche-lien">{URL}experiences/exemple/</span>' in page
    assert "fiche-lien-court" not in page
    assert 'class="qr"' not in page
    links = body(found, "webinaires/conference/liens/")
    assert "essaim publish" in links
    assert "essaim.example/bibliotheque/webinaires/conference" in links


def test_a_sheet_shows_its_short_link_and_its_code(coded: Library) -> None:
    site = Site(coded, url=URL)
    short = site.short("experiences/exemple/")
    page = body(produce(site), "experiences/exemple/")
    assert f'<span id="fiche-lien-court">{URL.removeprefix("https://")}{short[:-1]}</span>' in page
    assert f'src="../../{short[:-1]}.svg"' in page
    assert f'href="../../{short[:-1]}.png"' in page
    (mail,) = re.findall(r'href="mailto:([^"]+)"', page)
    said = parse_qs(urlsplit(unescape(mail)).query)
    assert said == {
        "subject": [coded.pages["exemple"].titre],
        "body": [f"{coded.pages['exemple'].titre}\r\n{URL}{short}"],
    }
    assert "Il manque des liens courts" not in body(produce(site), "webinaires/conference/liens/")


def test_the_links_page_holds_all_that_the_conference_cites(coded: Library) -> None:
    site = Site(coded, url=URL)
    sheet = coded.pages["conference"]
    own = [one for one in coded.relations if one.origin == "conference"]
    found = blocks(site, sheet, own)  # type: ignore[arg-type]
    addresses = [way.address for block in found for way in block.ways]
    cited = {coded.pages[one.target].address for one in own if one.target in coded.pages}
    assert cited <= set(addresses)
    assert {
        f"webinaires/conference/#{anchor}" for anchor in sheet.own_anchors if anchor.startswith("fiche-sequence-")
    } <= set(addresses)
    assert addresses.count("explorer/?theme=bois&tri=date") == 1, "cited twice, shown once"
    for block in found:
        assert len({way.address for way in block.ways}) == len(block.ways)
    assert all(way.short for block in found for way in block.ways)
    page = body(produce(site), "webinaires/conference/liens/")
    assert page.count('class="qr"') == len(addresses)
    headings = re.findall(r'<h2 id="([^"]+)"', page)
    assert len(headings) == len(set(headings))


def test_the_links_page_marks_what_is_archived_and_names_what_to_read_instead(coded: Library) -> None:
    sheet = coded.pages["conference"]
    own = [one for one in coded.relations if one.origin == "conference"]
    old = next(coded.pages[one.target] for one in own if one.target in coded.pages)
    new = next(one for one in coded.published.values() if one.address and one.id not in (old.id, sheet.id))
    archived = old.model_copy(
        update={
            "statut": "archivé",
            "archivage": Archivage(le=date(2026, 12, 1), raison="Finie.", remplacee_par=(new.id,)),
        }
    )
    site = Site(replace(coded, sheets={**coded.sheets, old.id: archived}), url=URL)
    ways = [way for block in blocks(site, sheet, own) for way in block.ways]  # type: ignore[arg-type]
    for way in ways:
        assert way.archived == (way.address == old.address)
        assert [one.address for one in way.instead] == ([new.address] if way.archived else [])
    page = body(dict(conference.pages(site)), "webinaires/conference/liens/")
    assert page.count("Archivée") == sum(way.archived for way in ways) > 0
    assert page.count("À lire à la place") == page.count("Archivée")
    assert site.short(new.address).split("/")[1] in page


def test_a_title_cannot_write_html(
    with_files: Callable[[Mapping[str, str | bytes]], Checked], small_texts: dict[str, bytes]
) -> None:
    text = small_texts["webinars/conference.md"].decode()
    titre = re.search(r"^titre: .*$", text, re.MULTILINE)
    assert titre
    library = with_files(
        {"webinars/conference.md": text.replace(titre[0], "titre: '<img src=x onerror=alert(1)> \" & </section>'")}
    )[0]
    entries = published(library, (), date(2026, 11, 26))
    found = produce(Site(replace(library, ledger=replace(library.ledger, entries=entries)), url=URL))
    for address in ("webinaires/conference/", "webinaires/conference/liens/"):
        assert "<img src=x" not in body(found, address)


def test_a_prepared_search_is_said_in_words(small: Library) -> None:
    assert described(small, "theme=bois&tri=date") == small.nomenclature("themes").label("bois")  # type: ignore[union-attr]
    assert described(small, "q=cantine&sorte=experiences&commune=46102") == "« cantine », Expériences, comme Figeac"
    assert described(small, "tri=date") == "Toutes les fiches"


# essaim qr.


@pytest.fixture
def folder(small_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A content folder whose ledger has codes, from the folder where files are written."""
    file = small_folder / "webinars" / "conference.md"
    file.write_bytes(file.read_bytes() + MORE.encode())
    sheet = small_folder / "experiences" / "exemple.md"
    sheet.write_text(sheet.read_text("utf-8").replace("statut:", "anciens_ids: [ancien-exemple]\nstatut:", 1), "utf-8")
    library = load(small_folder)[0]
    whole = replace(library.ledger, entries=published(library, (), date(2026, 11, 26)))
    (small_folder / "publications").mkdir()
    (small_folder / "publications" / "permaliens.csv").write_text(ledger.write(whole, "permaliens"), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ESSAIM_URL", raising=False)
    return small_folder


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["qr", *arguments, "--contenu", str(folder)])
    return done.exit_code, done.output


def test_the_command_writes_a_code_that_reads_back(folder: Path, tmp_path: Path) -> None:
    site = Site(load(folder)[0], url=URL)
    anchor = next(one for one in site.library.pages["conference"].own_anchors if one.startswith("fiche-sequence-"))
    for asked, address, name in (
        ("exemple", "experiences/exemple/", "qr-exemple.png"),
        (f"conference#{anchor}", f"webinaires/conference/#{anchor}", f"qr-conference-{anchor}.png"),
        ("/explorer/?theme=bois&tri=date", "explorer/?theme=bois&tri=date", ""),
    ):
        short = site.short(address)
        code, said = run(folder, asked, "--url", URL.rstrip("/"), "--format", "png")
        assert code == 0, said
        file = tmp_path / (name or f"qr-{short[2:-1]}.png")
        assert read(file.read_bytes()) == [f"{URL}{short}"]
        assert f"{URL}{short}" in said


def test_an_old_id_works_and_the_format_follows_the_name(folder: Path, tmp_path: Path) -> None:
    site = Site(load(folder)[0])
    code, said = run(folder, "ancien-exemple", "--url", URL, "--sortie", "affiche.png")
    assert code == 0, said
    assert read((tmp_path / "affiche.png").read_bytes()) == [URL + site.short("experiences/exemple/")]


def test_a_file_is_never_replaced(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "qr-exemple.svg").write_text("le mien", "utf-8")
    code, said = run(folder, "exemple", "--url", URL)
    assert (code, "existe déjà" in said) == (2, True)
    assert (tmp_path / "qr-exemple.svg").read_text("utf-8") == "le mien"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("exempl", "--url", URL), "Vouliez-vous dire « exemple » ?"),
        (("exemple#la-demarche", "--url", URL), "Seules celles d’une webconférence"),
        (("conference#fiche-sequence-rien-du-tout", "--url", URL), "l’ancre d’aucune séquence"),
        (("/explorer/?theme=bois", "--url", URL), "Vouliez-vous dire « /explorer/?theme=bois&tri=date » ?"),
        (("/experiences/exemple/", "--url", URL), "ni un identifiant de fiche ni une recherche"),
        (("exemple",), "adresse publique du site"),
        (("exemple", "--url", "exemple.fr"), "n’en est pas une"),
        (("exemple", "--url", "javascript:alert(1)"), "n’en est pas une"),
        (("exemple", "--url", f"{URL}?q=1"), "n’en est pas une"),
        (("exemple", "--url", URL, "--sortie", "code.gif"), "doit finir par .svg ou .png"),
        (("exemple", "--url", URL, "--sortie", "code.png", "--format", "svg"), "gardez l’un des deux"),
        (("exemple", "--url", URL, "--sortie", "absent/code.png"), "dans un dossier qui existe"),
    ],
)
def test_wrong_use_is_told_in_french_and_writes_nothing(
    folder: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    code, said = run(folder, *arguments)
    assert code == 2, said
    assert told in said
    assert "Traceback" not in said
    assert sorted(tmp_path.rglob("*")) == before


def test_before_a_publication_the_command_says_what_to_do(folder: Path) -> None:
    (folder / "publications" / "permaliens.csv").unlink()
    code, said = run(folder, "exemple", "--url", URL)
    assert (code, "essaim publish" in said) == (2, True)


def test_a_damaged_ledger_is_told_with_its_line(folder: Path) -> None:
    file = folder / "publications" / "permaliens.csv"
    file.write_text(file.read_text("utf-8") + "<<<<<<< HEAD\n", "utf-8")
    code, said = run(folder, "exemple", "--url", URL)
    assert code == 1
    assert "permaliens.csv" in said
    assert "registre-abime" in said
