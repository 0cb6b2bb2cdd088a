"""The open data: what goes out comes back, harms nobody, and says what it is."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import duckdb
import frictionless
import jsonschema
import lxml.html
import pandas
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from essaim import front, opendata
from essaim.compact import dump
from essaim.ledger import Change, Ledger
from essaim.library import Library, context_of, from_texts
from essaim.markup import parse
from essaim.model import SHEETS, Located, Sheet
from essaim.opendata import Edition, file_of, files, packages, pieces, records, skos, tables
from essaim.opendata.examples import EXAMPLES
from essaim.opendata.schemas import json_schema
from essaim.outputs import data
from essaim.outputs.site import Html, Site
from essaim.spreadsheet import read
from essaim.spreadsheet.guard import bare, guarded
from essaim.vocabulary import Vocabulary
from essaim.words import NON_COMMUNIQUE
from tests.conftest import ROOT, Checked, data_files, experience

sys.path.insert(0, str(ROOT / "bench"))

WithFiles = Callable[[Mapping[str, str | bytes]], Checked]
URL = "https://essaim.example/bibliotheque/"
NASTY = """</script>]]> =cmd|' /C calc'!A0 "guillemets" «;=1+1» et &amp; \\ fin"""
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", '"=1+1', "'=1+1", "  =1+1", "＝1+1", "x;=1+1", "- tiret", "a\n=1+1", "\u200b=1+1")  # fmt: skip


def edition(library: Library, url: str = URL) -> Edition:
    return Edition(library, "Essaim", url)


def csv_of(library: Library, kind: type[Sheet]) -> dict[str, str]:
    """The CSV files of a kind, by name."""
    found = [record for record, _ in told_of(edition(library), kind)]
    return {table.name: tables.table_text(table, found) for table in tables.layout(kind)}


def again(library: Library, kind: type[Sheet], texts: Mapping[str, str]) -> list[tuple[Sheet, str]]:
    """The sheets that CSV files hold, each with its text."""
    context = context_of(library.vocabularies, library.kinds)
    found = tables.read(kind, texts)
    return [
        (kind.make(one, "", held, context), text)
        for one, held in found.items()
        for text in [str(held.pop("corps", ""))]
    ]


@pytest.fixture(scope="module")
def generated(vocabularies: Mapping[str, Vocabulary]) -> Library:
    """Sheets drawn from the model: nearly every field is filled in somewhere."""
    from generate import Generator

    generator = Generator(120)
    library, problems = from_texts(dict(generator.files()), vocabularies)
    assert not problems
    return library


@pytest.fixture(scope="module")
def hostile(vocabularies: Mapping[str, Vocabulary], small_texts: dict[str, bytes]) -> Library:
    """The small library with a sheet whose every text is out to harm."""
    quoted = json.dumps(NASTY)
    more = f"leviers: [{quoted}, '@SUM(A1)', {json.dumps('a;b')}]\ncout_total: 0\nfinancements:\n  - {{ tiers: public, financeur: {quoted}, montant: 0 }}\n"  # fmt: skip
    text = experience(more=more, body=f"=1+1\n\n- tiret\n\n{NASTY}\n", titre=quoted, resume="'=HYPERLINK(1)'")
    library, problems = from_texts({**small_texts, "experiences/mechante.md": text}, vocabularies)
    assert "mechante" in library.sheets, problems
    return library


def told_of(edition: Edition, kind: type[Sheet]) -> list[tuple[tables.Record, str]]:
    """The sheets of a kind as records, each with its JSON."""
    found = [records.record(edition, sheet) for sheet in edition.sheets(kind)]
    return [(one, dump(one)) for one in found]


def files_of(edition: Edition, kind: type[Sheet]) -> list[packages.DataFile]:
    """The files of a kind."""
    found = [
        files.lot(edition, kind, [edition.library.pages[one] for one in ids]) for ids in files.lots(edition.ids(kind))
    ]
    return files.of_kind(edition, kind, found, pieces.Memo())


@pytest.fixture(scope="module")
def folder(content: Checked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the output writes for the project's library, on disk."""
    target = tmp_path_factory.mktemp("site")
    for path, held in data_files(Site(content[0], "Essaim", URL)).items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(held, Html):
            file.write_bytes(held if isinstance(held, bytes) else str(held).encode())
    return target


@pytest.mark.parametrize("kind", SHEETS, ids=lambda kind: str(kind.KIND))
@pytest.mark.parametrize("which", ["content", "small", "generated", "hostile"])
def test_csv_to_model_to_csv_is_the_identity(request: pytest.FixtureRequest, which: str, kind: type[Sheet]) -> None:
    found = request.getfixturevalue(which)
    library: Library = found[0] if isinstance(found, tuple) else found
    texts = csv_of(library, kind)
    back = again(library, kind, texts)
    whole = edition(library)
    read = edition(replace(library, documents={sheet.id: parse(text) for sheet, text in back}))
    told = [records.record(read, sheet) for sheet, _ in back]
    assert told == [records.record(whole, one) for one in whole.sheets(kind)]
    assert {table.name: tables.table_text(table, told) for table in tables.layout(kind)} == texts


def test_every_kind_has_sheets_to_compare(generated: Library) -> None:
    """The identity above compares something."""
    assert all(edition(generated).sheets(kind) for kind in SHEETS if kind.URL)
    rows = [text.count("\r\n") for kind in SHEETS for text in csv_of(generated, kind).values()]
    assert sum(rows) > 600


def test_the_model_is_the_one_list_of_columns() -> None:
    for kind in SHEETS:
        for table in tables.layout(kind):
            names = [field.name for field in table.fields]
            assert len(names) == len(set(names)), "two columns of one name could not be read back"
    for described, real in files.DESCRIBED:
        assert list(described) == real


@given(st.text(st.sampled_from("=+-@＝';\"\t\r\n\\ abé\u200b\u00a0"), max_size=12))
def test_the_guard_comes_off(text: str) -> None:
    assert bare(guarded(text)) == text


def test_the_guard_leaves_the_rest_alone() -> None:
    for text in ("l’eau", "'entre apostrophes'", "a-b", "2018-04-05", "https://a.fr/?x=1", "1 + 1"):
        assert guarded(text) == text


@given(st.lists(st.text(st.sampled_from(";\\n\n=a '"), min_size=1, max_size=6).map(str.strip).filter(bool), max_size=4))
def test_lists_come_back(items: list[str]) -> None:
    for field in tables.layout(SHEETS[0])[0].fields:
        if field.name in ("leviers", "difficultes", "themes"):
            assert tables.value_of(field, tables.cell(field, items)) == (items or None)


def test_empty_unknown_and_not_given_are_told_apart(hostile: Library) -> None:
    field = next(field for field in tables.layout(SHEETS[0])[0].fields if field.name == "difficultes")
    assert tables.cell(field, NON_COMMUNIQUE) == NON_COMMUNIQUE
    assert tables.cell(field, [NON_COMMUNIQUE]) != NON_COMMUNIQUE
    assert tables.value_of(field, tables.cell(field, [NON_COMMUNIQUE])) == [NON_COMMUNIQUE]
    assert tables.value_of(field, NON_COMMUNIQUE) == NON_COMMUNIQUE
    line = next(csv.DictReader(io.StringIO(csv_of(hostile, SHEETS[0])["experiences"][1:], newline="")))
    assert line["id"] == "ancienne"
    assert (line["cout_total"], line["forme_juridique"], line["difficultes"]) == (NON_COMMUNIQUE, "", NON_COMMUNIQUE)
    told = records.record(edition(hostile), hostile.sheets["mechante"])
    assert (told["cout_total"], told["forme_juridique"], told["etapes"]) == (0, None, [])


def test_drafts_stay_and_archived_sheets_leave_with_their_status(small: Library) -> None:
    found = {path: held for path, held in data_files(Site(small, "Essaim", URL, preview=True)).items() if isinstance(held, bytes | str)}  # fmt: skip
    ids = {one["id"]: one["statut"] for one in json.loads(found["donnees/experiences.json"])["fiches"]}
    assert ids["ancienne"] == "archivé"
    assert "brouillon" not in ids
    assert "experiences/ancienne.json" in found
    assert not [path for path in found if "brouillon" in path]
    assert not [path for path, held in found.items() if path.endswith("relations.csv") and b"brouillon," in bytes(held if isinstance(held, bytes) else b"")]  # fmt: skip


def test_what_is_read_back_wrongly_is_told(small: Library) -> None:
    texts = csv_of(small, SHEETS[0])
    head, _, rest = texts["experiences"].partition("\r\n")
    for broken, said in (
        ({}, "la table experiences.csv manque"),
        ({**texts, "experiences": head.replace(",titre,", ",nom,") + "\r\n" + rest}, "« titre » manque"),
        ({**texts, "experiences": texts["experiences"] + "a,b\r\n"}, "cases au lieu de"),
        ({**texts, "experiences": head + "\r\n" + "," * head.count(",") + "\r\n"}, "identifiant absent"),
        ({**texts, "experiences": head + "\r\n"}, "aucune fiche de ce nom"),
    ):
        with pytest.raises(tables.TableError, match=said):
            tables.read(SHEETS[0], broken)


def test_every_json_is_as_its_schema_says(hostile: Library, generated: Library, content: Checked) -> None:
    for library in (hostile, generated, content[0]):
        whole = edition(library)
        for kind in SHEETS:
            schema = json_schema(kind, library.vocabularies, URL)
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            validator.validate(json.loads(files_of(whole, kind)[0].text))
            for _, line in told_of(whole, kind):
                validator.validate(json.loads(line))


def test_the_schema_refuses_what_is_not_so(content: Checked) -> None:
    validator = jsonschema.Draft202012Validator(json_schema(SHEETS[0], content[0].vocabularies))
    good = records.record(edition(content[0]), content[0].sheets["archer"])
    assert validator.is_valid(good)
    wrong: tuple[dict[str, Any], ...] = ({"cout_total": "12 k€"}, {"themes": ["rien"]}, {"debut": 2012}, {"couleur": 1}, {"corps": None})  # fmt: skip
    for changed in wrong:
        assert not validator.is_valid({**good, **changed}), changed
    assert not validator.is_valid({name: value for name, value in good.items() if name != "titre"})


def test_frictionless_validates_the_package(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own
        report = frictionless.validate(str(folder / "donnees" / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])
    assert len(report.tasks) == len(list((folder / "donnees").glob("*.csv")))


@pytest.mark.parametrize("which", ["hostile", "generated"])
def test_frictionless_validates_other_libraries(request: pytest.FixtureRequest, which: str, tmp_path: Path) -> None:
    for path, held in data_files(Site(request.getfixturevalue(which), "Essaim")).items():
        if path.startswith("donnees/") and "/" not in path[8:] and isinstance(held, bytes):
            (tmp_path / path[8:]).write_bytes(held)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])


def test_frictionless_sees_what_is_wrong(folder: Path, tmp_path: Path) -> None:
    """The package's rules bite: a value out of its vocabulary, a figure of no sheet, a byte changed."""
    for file in (folder / "donnees").iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    changes = (
        ("experiences", b",en-cours,", b",en-panne,"),
        ("experiences-sources", b"\r\narcher,", b"\r\nabsente,"),
        ("dossiers", b"2026-11-23", b"2026-31-23"),
    )
    for name, old, new in changes:
        file = tmp_path / f"{name}.csv"
        assert old in file.read_bytes()
        file.write_bytes(file.read_bytes().replace(old, new, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = frictionless.validate(str(tmp_path / "datapackage.json"))
    found = {(task.name, error.type) for task in report.tasks for error in task.errors}
    assert ("dossiers", "type-error") in found
    assert ("experiences", "constraint-error") in found
    assert ("experiences-sources", "foreign-key") in found
    assert ("experiences-sources", "hash-count") in found


def test_pandas_duckdb_and_gdal_read_the_right_types(folder: Path) -> None:
    where = folder / "donnees"
    table = pandas.read_csv(where / "experiences.csv", na_values=[NON_COMMUNIQUE], parse_dates=["publie_le"])
    assert table.columns[0] == "id", "the mark at the head is no part of the name"
    assert str(table["publie_le"].dtype).startswith("datetime64")
    assert pandas.api.types.is_numeric_dtype(table["cout_total"])
    figures = pandas.read_csv(where / "experiences-chiffres.csv")
    assert pandas.api.types.is_numeric_dtype(figures["valeur"])
    assert pandas.api.types.is_integer_dtype(figures["annee"])
    types = dict(duckdb.execute(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_csv('{where}/experiences.csv', header = true, nullstr = ['', '{NON_COMMUNIQUE}']))").fetchall())  # fmt: skip  # noqa: S608
    assert (types["id"], types["titre"], types["publie_le"]) == ("VARCHAR", "VARCHAR", "DATE")
    nested = duckdb.execute(f"SELECT count(*) FROM (SELECT unnest(fiches) FROM read_json('{where}/experiences.json'))").fetchone()  # fmt: skip  # noqa: S608
    assert nested == (len(table),)
    info, _, geometry, values = pyogrio.raw.read(where / "experiences.geojson")
    columns = dict(zip(info["fields"], values, strict=True))
    assert len(columns["titre"]) == len(table)
    assert str(columns["publie_le"].dtype).startswith("datetime64")
    assert geometry is None or all(one is None for one in geometry)


def test_geojson_is_of_rfc_7946(folder: Path) -> None:
    for kind in SHEETS:
        file = folder / "donnees" / f"{opendata.name_of(kind)}.geojson"
        assert file.is_file() == issubclass(kind, Located)
        if file.is_file():
            held = json.loads(file.read_text("utf-8"))
            assert held["type"] == "FeatureCollection"
            for one in held["features"]:
                assert (one["type"], one["geometry"]) == ("Feature", None)
                assert one["id"] == one["properties"]["id"]
                assert one["properties"].get("cout_total") != NON_COMMUNIQUE


def test_the_examples_of_the_page_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = f"{folder / 'donnees'}/"
    code = {one.anchor: one.code.replace("{base}", base) for one in EXAMPLES}
    exec(compile(code["python"], "exemple", "exec"), {})  # noqa: S102  # the very code that the page shows
    assert "partenariats" in capsys.readouterr().out
    themes = dict(duckdb.execute(code["duckdb"]).fetchall())
    assert themes["partenariats"] >= 1


def run(script: str, where: Path) -> subprocess.CompletedProcess[str]:
    """What a shell says of it, with our tools."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(["sh", "-ec", script], cwd=where, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)  # fmt: skip


def test_all_in_one_file_is_checked_as_the_page_tells(folder: Path, tmp_path: Path) -> None:
    (tmp_path / data.ZIP).write_bytes((folder / "donnees" / data.ZIP).read_bytes())
    script = next(one.code for one in EXAMPLES if one.anchor == "controle")
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    unpacked = {file.relative_to(tmp_path).as_posix(): file.read_bytes() for file in (tmp_path / "donnees").rglob("*") if file.is_file()}  # fmt: skip
    assert unpacked == {file.relative_to(folder).as_posix(): file.read_bytes() for file in (folder / "donnees").rglob("*")
                        if file.is_file() and file.name != data.ZIP}  # fmt: skip
    table = tmp_path / "donnees" / "experiences.csv"
    table.write_bytes(table.read_bytes().replace(b"id,titre", b"id,nom", 1))
    assert run("sha256sum --check SHA256SUMS", tmp_path / "donnees").returncode == 1
    assert run("frictionless validate datapackage.json", tmp_path / "donnees").returncode == 1


def test_all_in_one_file_is_the_same_whenever_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"b/c.csv": [b"1" * 400, b"2"], "a.json": [b"{}"], "vide.csv": []}

    def zipped(files: Mapping[str, list[bytes]]) -> bytes:
        found = {path: [pieces.packed(one) for one in parts] for path, parts in files.items()}
        return b"".join(pieces.zipped((path, pieces.facts(parts), parts) for path, parts in found.items()))

    first = zipped(held)
    with zipfile.ZipFile(io.BytesIO(first)) as read:
        assert read.testzip() is None
        assert {one.filename: read.read(one) for one in read.infolist()} == {path: b"".join(parts) for path, parts in held.items()}  # fmt: skip
        assert all(one.date_time == (1980, 1, 1, 0, 0, 0) and one.external_attr == 0o644 << 16 for one in read.infolist())  # fmt: skip
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    monkeypatch.setattr("sys.platform", "win32")
    assert zipped(dict(reversed(held.items()))) == first
    assert zipped({**held, "a.json": [b"[]"]}) != first


def test_the_page_counts_what_is_archived(small: Library) -> None:
    held = data_files(Site(small, "Essaim"))["donnees/index.html"]
    assert isinstance(held, Html)
    kind = edition(small).sheets(SHEETS[0])
    archived = sum(one.statut == "archivé" for one in kind)
    assert archived == 1
    assert f"{len(kind)} fiches, dont 1 archivée" in held.body.replace("\u202f", " ").replace("\xa0", " ")
    assert "donnees.zip" in held.body
    assert "sans les télécharger" not in held.body, "no address of the site: nothing to ask it of"


def test_sums_are_those_of_sha256sum(folder: Path) -> None:
    where = folder / "donnees"
    done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=where, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    listed = {line.split("  ")[1] for line in (where / "SHA256SUMS").read_text("utf-8").splitlines()}
    assert listed == {file.relative_to(where).as_posix() for file in where.rglob("*") if file.is_file()} - {
        "SHA256SUMS",
        data.ZIP,
    }
    (where / "pages.csv").write_bytes((where / "pages.csv").read_bytes() + b" ")
    done = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=where, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 1
    (where / "pages.csv").write_bytes((where / "pages.csv").read_bytes()[:-1])


def terms_of(node: Any) -> set[str]:
    """Keys and prefixed types that a JSON-LD document uses."""
    if isinstance(node, list):
        return set().union(*map(terms_of, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    own = {key for key in node if not key.startswith("@")}
    return own | set().union(*(terms_of(value) for key, value in node.items() if key != "@context"), set())


def absolute_keys(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(absolute_keys, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    return {key for key in node if not key.startswith("@")} | set().union(*map(absolute_keys, node.values()), set())


@pytest.mark.parametrize("url", [URL, ""])
@pytest.mark.parametrize("which", ["catalogue", "skos"])
def test_json_ld_expands_without_a_dropped_term(content: Checked, url: str, which: str) -> None:
    whole = edition(content[0], url)
    held: list[packages.DataFile] = []
    for kind in SHEETS:
        held += files_of(whole, kind)
    document = packages.catalogue(whole, held) if which == "catalogue" else skos.schemes(whole)

    def nothing(address: str, _: object) -> object:
        raise AssertionError(f"asked the network for {address}")

    expanded = jsonld.expand(json.loads(json.dumps(document)), {"base": URL, "documentLoader": nothing})
    keys = absolute_keys(expanded)
    assert len(keys) == len(terms_of(document)), "a term that the context does not know is dropped"
    assert all(key.startswith("http") for key in keys)
    nodes = jsonld.flatten(expanded)
    assert all(one["@id"].startswith(("http", "_:")) for one in nodes)


def test_skos_says_groups_synonyms_and_sources(content: Checked) -> None:
    graph = {one["@id"]: one for one in skos.schemes(edition(content[0]))["@graph"]}
    base = f"{URL}donnees/vocabulaires.jsonld#ingenierie"
    value = graph[f"{base}.mettre-en-relation"]
    assert value["broader"] == f"{base}.groupe.animer-le-territoire"
    assert value["@id"] in graph[value["broader"]]["narrower"]
    assert value["altLabel"] == ["rencontre"]
    assert value["source"] == f"{URL}webinaires/territoires-en-transition-2018/"
    assert graph[base]["@type"] == "skos:ConceptScheme"
    for one in graph.values():
        for link in ("broader", "inScheme", "topConceptOf"):
            assert one.get(link, base) in graph


def test_relations_name_the_field_or_the_text(content: Checked) -> None:
    found = {file.path: file for file in files.across(edition(content[0]))}
    lines = list(csv.DictReader(io.StringIO(found["relations.csv"].text[1:], newline="")))
    assert {"origine": "archer", "cible": "groupe-archer", "relation": "porteur", "intitule": "Expériences portées"} in lines  # fmt: skip
    assert any(line["relation"] == files.BY_TEXT for line in lines)
    assert {line["cible"] for line in lines} <= set(content[0].pages)


def test_hostile_texts_stay_texts(hostile: Library) -> None:
    held = data_files(Site(hostile, f"Essaim {NASTY}", URL))
    sheet = hostile.sheets["mechante"]
    told = json.loads(str(held["experiences/mechante.json"]))
    assert told["titre"] == sheet.titre
    assert "</script>" in told["titre"]
    collection = held["donnees/experiences.json"]
    assert isinstance(collection, bytes)
    assert told in json.loads(collection)["fiches"]
    for path, one in held.items():
        if isinstance(one, Html):
            assert "<script>]]" not in one.body
            assert "</script>]]" not in one.body
        elif path.endswith((".json", ".jsonld", ".geojson")):
            json.loads(one if isinstance(one, bytes) else str(one))
    text = str(held["experiences/mechante.md"])
    assert text.startswith("---\ntitre: ")
    library, problems = from_texts({"experiences/mechante.md": text}, hostile.vocabularies)
    assert not [one for one in problems if one.code != "fiche-inconnue"]
    reread = library.sheets["mechante"]
    assert (dict(reread), library.documents["mechante"].text.strip()) == (
        dict(sheet),
        hostile.documents["mechante"].text.strip(),
    )
    assert front.canonical(text, type(sheet))[0] == text, "the published Markdown is the canonical one"


def test_even_what_the_checks_refuse_comes_out_whole(hostile: Library) -> None:
    """Controls and line separators never pass ``source``: the files would be valid all the same."""
    worst = f"=\x07\x1b\u2028\u2029\x85{NASTY}"
    sheet = hostile.sheets["mechante"].model_copy(update={"titre": worst, "leviers": (worst, "a\nb", ";")})
    library = replace(hostile, sheets={**hostile.sheets, "mechante": sheet})
    told = records.record(edition(library), sheet)
    line = dump(told)
    assert json.loads(line)["titre"] == worst
    main = tables.layout(type(sheet))[0]
    (row,) = list(csv.DictReader(io.StringIO(tables.table_text(main, [told])[1:], newline="")))
    held = {field.name: tables.value_of(field, row[field.name]) for field in main.fields}
    assert held["titre"] == worst
    assert held["leviers"] == [worst, "a\nb", ";"]
    features = json.loads(files_of(edition(library), type(sheet))[-1].text)["features"]
    assert worst in [one["properties"]["titre"] for one in features]


def test_a_spreadsheet_runs_nothing(tmp_path: Path) -> None:
    """LibreOffice opens the CSV, with the right separator and with the wrong one: each cell is a text, no formula is there."""
    header = ["id", *(f"c{number}" for number in range(len(FORMULAS)))]
    line = ["fiche", *map(guarded, FORMULAS)]
    file = tmp_path / "fiches.csv"
    file.write_text(tables.comma_separated([*header, "nombre"], [[*line, "-12.5"]]), "utf-8", newline="")
    # Separator 44 (comma) or 59 (semicolon), quote 34, UTF-8 (76), formulas evaluated (last but two: true), as the worst would.
    for separator in (44, 59):
        out = tmp_path / str(separator)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless",
             f"--infilter=CSV:{separator},34,76,1,,0,false,true,false,false,false,0,true", "--convert-to", "fods", "--outdir", out, file],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        held = (out / "fiches.fods").read_text("utf-8")
        assert "table:formula" not in held
        if separator == 44:
            assert 'office:value="-12.5"' in held, "a number stays a number"
    # The same, unguarded, is computed: what is tested above can fail.
    file.write_text(tables.comma_separated(header, [["fiche", *FORMULAS]]), "utf-8", newline="")
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless",
         "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,0,true", "--convert-to", "fods", "--outdir", tmp_path, file],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert "table:formula" in (tmp_path / "fiches.fods").read_text("utf-8")


def test_our_csv_is_a_table_that_import_reads(folder: Path) -> None:
    from essaim.imports import layout

    found = layout.lay(read(folder / "donnees" / "experiences.csv"), None, None)
    assert not found.grids[0].strays
    cells = {target.path for target in found.grids[0].targets.values()}
    assert cells == {field.name for field in tables.layout(SHEETS[0])[0].fields if not field.computed} - {"id"}


def test_markdown_and_json_stand_beside_the_page(folder: Path, content: Checked) -> None:
    for sheet in content[0].pages.values():
        assert (folder / file_of(sheet, "json")).is_file()
        text = (folder / file_of(sheet, "md")).read_text("utf-8")
        assert "Licence Ouverte 2.0" in text
        assert "à placer" not in text.casefold()
    assert (folder / "accueil.md").is_file()
    assert (folder / "a-propos.json").is_file()


def test_licence_and_attribution_are_in_each(folder: Path) -> None:
    where = folder / "donnees"
    for file in where.glob("*.json"):
        assert "etalab-2.0" in file.read_text("utf-8"), file.name
        assert "bibliothèque d’expériences" in file.read_text("utf-8"), file.name
    for file in where.glob("*.geojson"):
        assert json.loads(file.read_text("utf-8"))["licence"]["id"] == "etalab-2.0"
    line = next(csv.DictReader(io.StringIO((where / "experiences.csv").read_text("utf-8-sig"))))
    assert line["calcule.licence"] == "etalab-2.0"
    assert line["calcule.attribution"] == f"« Essaim, bibliothèque d’expériences », {line['calcule.url']}, vérifiée le {line['verifie_le']}"  # fmt: skip


def test_the_same_library_gives_the_same_bytes(content: Checked) -> None:
    once, twice = (
        {path: hashlib.sha256(held if isinstance(held, bytes) else str(held).encode()).digest() for path, held in data_files(Site(content[0], "Essaim", URL)).items() if not isinstance(held, Html)}
        for _ in range(2)
    )  # fmt: skip
    assert once == twice


def test_without_an_address_nothing_absolute_is_made_up(small: Library) -> None:
    held = data_files(Site(small, "Essaim"))
    for path in ("donnees/experiences.json", "donnees/datapackage.json", "donnees/vocabulaires.jsonld"):
        found = held[path]
        assert isinstance(found, bytes)
        assert b"essaim.example" not in found
        assert b"None" not in found
    assert json.loads(str(held["experiences/exemple.json"]))["calcule"]["url"] is None


def test_the_journal_is_told_by_date_and_kind(small: Library) -> None:
    day = date(2026, 11, 24)
    changes = (
        Change(day, "exemple", "experience", "resume", "modification"),
        Change(day, "exemple", "experience", "cout_total", "ajout"),
        Change(day, "partie", "method", "", "retrait"),
        Change(date(2026, 11, 23), "exemple", "experience", "", "ajout"),
    )
    library = replace(small, ledger=Ledger(journal=changes))
    told = list(data.journal(Site(library, "Essaim")))
    assert [one for one, _ in told] == [day, date(2026, 11, 23)]
    kinds = dict(told[0][1])
    assert kinds["experience"][0].fields == ("coût total (ajout)", "résumé (modification)")
    assert (kinds["method"][0].sheet, kinds["method"][0].changement) == (None, "retrait")
    found = {file.path: file for file in files.across(edition(library))}["journal.csv"].text
    assert "2026-11-24,exemple,experience,resume,modification," in found
    empty = data_files(Site(small, "Essaim"))["donnees/index.html"]
    assert isinstance(empty, Html)
    assert "Aucune publication n’est encore consignée" in empty.body
    full = data_files(Site(library, "Essaim"))["donnees/index.html"]
    assert isinstance(full, Html)
    assert "24 novembre 2026" in full.body


def test_the_list_of_changes_speaks_of_sheets_as_they_are_called_today(with_files: WithFiles) -> None:
    library, problems = with_files({"experiences/nouveau.md": experience("anciens_ids: [ancien]\n", titre="Renommée")})
    assert problems == []
    first, day = date(2026, 11, 26), date(2026, 12, 7)
    changes = (
        Change(first, "ancien", "experience", "", "ajout"),
        Change(day, "ancien", "experience", "resume", "modification"),
        *(Change(day, "nouveau", "experience", one, "ajout") for one in ("anciens_ids", "anciennes_ancres")),
        Change(day, "exemple", "experience", "anciennes_ancres", "ajout"),
        Change(day, "parti", "experience", "", "retrait"),
    )
    library = replace(library, ledger=Ledger(journal=changes))
    site = Site(library, "Essaim")
    told = {
        when: [(one.id, one.changement, one.fields) for _, found in kinds for one in found]
        for when, kinds in data.journal(site)
    }
    assert told == {
        day: [("nouveau", "modification", ("renommée", "résumé (modification)")), ("parti", "retrait", ())],
        first: [("nouveau", "ajout", ())],
    }
    page = data_files(site)["donnees/index.html"]
    assert isinstance(page, Html)
    part = page.body[page.body.index('id="fiche-journal"') :]
    assert part.count("experiences/nouveau/") == 2
    assert "ancien" not in part.casefold().replace("anciennes", "ancien").replace("données", "")
    raw = {file.path: file for file in files.across(edition(library))}["journal.csv"].text
    assert "2026-12-07,ancien,experience,resume,modification," in raw
    assert "2026-12-07,nouveau,experience,anciens_ids,ajout," in raw


def test_each_publication_has_its_own_day(small: Library) -> None:
    """Two releases of the same sheets' dates, with another text: what people cite tells them apart."""

    def days(day: date | None) -> set[str | None]:
        journal = (Change(day, "exemple", "experience", "texte", "modification"),) if day else ()
        site = Site(replace(small, ledger=Ledger(journal=journal)), "Essaim", URL)
        held = data_files(site)
        package, catalogue, features, whole = (
            json.loads(one) for name in ("datapackage.json", "catalogue.jsonld", "experiences.geojson", "experiences.json")
            if isinstance(one := held[f"donnees/{name}"], bytes)
        )  # fmt: skip
        page = held["donnees/index.html"]
        assert isinstance(page, Html)
        shown = lxml.html.fromstring(page.body).xpath("//header//time/@datetime")
        by_kind = {one["dct:identifier"]: one["date"] for one in catalogue["dcat:dataset"]}
        assert by_kind["methodes"] == "2026-11-23", "no publication changed them"
        return {package["version"], catalogue["date"], by_kind["experiences"], whole["mise_a_jour"],
                features["attribution"].rpartition(" ")[2], site.day.isoformat(), *shown}  # fmt: skip

    assert days(None) == {"2026-11-24"}
    assert days(date(2026, 12, 5)) == {"2026-12-05"}
    assert days(date(2026, 12, 6)) == {"2026-12-06"}


def test_the_page_tells_every_column(content: Checked) -> None:
    held = data_files(Site(content[0], "Essaim", URL))
    for kind in SHEETS:
        page = held[f"donnees/{opendata.name_of(kind)}/index.html"]
        assert isinstance(page, Html)
        for table in tables.layout(kind):
            for field in table.fields:
                assert f"<code>{field.name}</code>" in page.body


def test_lists_are_lists_where_no_sheet_was_read() -> None:
    """A warm build validates nothing, and pydantic knows the types of computed fields only once it did."""
    asked = (
        "from essaim.model import SHEETS\nfrom essaim.opendata.tables import layout\n"
        "print([(kind.KIND, field.name) for kind in SHEETS for table in layout(kind) for field in table.fields if field.many])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    told = {kind.KIND: set[str]() for kind in SHEETS}
    for sort, name in ast.literal_eval(done.stdout):
        told[sort].add(name.removeprefix("calcule."))
    for kind in SHEETS:
        computed = {name: get_type_hints(getattr(kind, name).fget)["return"] for name in kind.model_computed_fields}
        lists = {name for name, hint in computed.items() if get_origin(hint) is tuple}
        assert told[kind.KIND] & computed.keys() == lists
    assert {"departement", "region"} <= told["organisation"]
