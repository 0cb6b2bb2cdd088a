"""The template made from the model: what it shows, and that what is filled in comes back as it was meant."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from essaim import front, workbook
from essaim.imports import layout, plan
from essaim.imports.columns import BODY, TITLE, columns, left_out, tables
from essaim.library import Library, from_texts, load
from essaim.model import KINDS, SHEETS, Experience, Group, Page, Sheet, champs
from essaim.model.base import champ
from essaim.model.types import Ligne
from essaim.spreadsheet import letter
from essaim.spreadsheet import read as read_file
from essaim.words import NON_COMMUNIQUE
from essaim.workbook import FIRST, Picks, tab_name
from tests.conftest import ROOT, essaim
from tests.test_imports import office

Filled = dict[str, list[dict[str, str]]]
"""Tab → rows, each from path to the text of a cell."""


def parts(raw: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def fill(raw: bytes, file: Path, kind: type[Sheet], rows: Filled) -> Path:
    """The template with these rows written under its three first ones, as a person would."""
    found = parts(raw)
    for number, table in enumerate(tables(kind), 2):  # sheet 1 is the guide
        paths = [column.path for column in workbook._columns(table)]
        lines = []
        for index, row in enumerate(rows.get(table.label, ()), FIRST + 1):
            cells = "".join(
                f'<c r="{letter(paths.index(path))}{index}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
                for path, text in sorted(row.items(), key=lambda item: paths.index(item[0]))
            )
            lines.append(f'<row r="{index}">{cells}</row>')
        name = f"xl/worksheets/sheet{number}.xml"
        assert "</sheetData>" in found[name]
        found[name] = found[name].replace("</sheetData>", "".join(lines) + "</sheetData>")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in found.items():
            archive.writestr(name, text)
    return file


def told(kind: type[Sheet], sheet: Sheet, data: dict[str, Any], library: Library) -> Filled:
    """A sheet as the rows of a template: values by their labels, sheets by their titles, lists in one cell."""
    rows: Filled = {}
    for table in tables(kind):
        rows[table.label] = []
        steps = table.group.split(".") if table.group else []
        for item in _items(data, steps) if steps else [data]:
            row = {TITLE: str(sheet.titre)} if steps else {}
            for column in table.columns:
                value = _at(item, column.path.split(".")[len(steps) :])
                if value is not None:
                    texts = value if isinstance(value, list) else [value]
                    sign = "\n" if column.champ.forme.genre == "texte" else " ; "
                    row[column.path] = sign.join(_shown(column.champ, text, library) for text in texts)
            rows[table.label].append(row)
    text = library.documents[sheet.id].text
    if text.strip():
        rows[kind.LABELS][0][BODY.path] = text
    return rows


def _items(data: Any, steps: Sequence[str]) -> list[Any]:
    found = _at(data, steps)
    return found if isinstance(found, list) else []


def _at(data: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _shown(champ: Any, text: str, library: Library) -> str:
    if champ.vocabulary and text != NON_COMMUNIQUE:
        return library.vocabularies[champ.vocabulary].label(text)
    if champ.ref and text in library.known:
        return str(library.known[text].titre)
    return text


def imported(file: Path, library: Library) -> plan.Plan:
    return plan.make(layout.checked(layout.lay(read_file(file), None, None)), library, None, date(2026, 11, 26))


def without(texts: dict[str, bytes], one: str, vocabularies: Any) -> Library:
    return from_texts({name: text for name, text in texts.items() if Path(name).stem != one}, vocabularies)[0]


ONE_OF_EACH = ("exemple", "methode", "conference", "dossier", "porteuse", "ressource", "scic", "accueil")


@pytest.mark.parametrize("one", ONE_OF_EACH)
def test_a_sheet_told_in_the_template_comes_back_whole(
    one: str, small: Library, small_texts: dict[str, bytes], vocabularies: Any, tmp_path: Path
) -> None:
    sheet = small.sheets[one]
    kind = type(sheet)
    rows = told(kind, sheet, small.sources[one].data, small)
    file = fill(workbook.make(kind, Picks.of(small)), tmp_path / "t.xlsx", kind, rows)
    made = imported(file, without(small_texts, one, vocabularies))
    assert [one.sentence for _, one in made.left] == []
    assert made.refused == ()
    (new,) = made.new
    back, _ = from_texts({**small_texts, new.name: new.text}, vocabularies)
    assert back.sheets[new.id].model_dump(warnings=False) == sheet.model_dump(warnings=False), (
        "every field, its value and its order"
    )
    assert back.documents[new.id].text.strip() == small.documents[sheet.id].text.strip()
    assert front.canonical(new.text, kind)[0] == new.text


def test_every_kind_has_been_told() -> None:
    assert len(ONE_OF_EACH) == len(SHEETS)


def test_a_template_filled_in_is_the_same_from_libreoffice(
    small: Library, small_texts: dict[str, bytes], vocabularies: Any, tmp_path: Path
) -> None:
    kind = KINDS["experience"]
    rows = told(kind, small.sheets["exemple"], small.sources["exemple"].data, small)
    file = fill(workbook.make(kind, Picks.of(small)), tmp_path / "t.xlsx", kind, rows)
    library = without(small_texts, "exemple", vocabularies)
    texts = {name: [new.text for new in imported(one, library).new] for name, one in (
        ("xlsx", file), ("ods", office(file, "ods", tmp_path / "ods")), ("saved", office(file, "xlsx", tmp_path / "saved")))}  # fmt: skip
    assert len(texts["xlsx"]) == 1
    assert texts["xlsx"] == texts["ods"] == texts["saved"]


def test_libreoffice_keeps_the_pick_lists(small: Library, tmp_path: Path) -> None:
    kind = KINDS["experience"]
    file = tmp_path / "t.xlsx"
    file.write_bytes(workbook.make(kind, Picks.of(small)))
    ours = parts(file.read_bytes())
    saved = parts(office(file, "xlsx", tmp_path / "saved").read_bytes())
    for number, table in enumerate(tables(kind), 2):
        name = f"xl/worksheets/sheet{number}.xml"
        lists = [set(picked_in(found[name])) for found in (ours, saved)]
        picked = {
            letter(index)
            for index, column in enumerate(workbook._columns(table))
            if column.champ.vocabulary or (column.champ.ref and list(workbook._picks(column.champ, Picks.of(small))))
            or column.champ.territory == "departement" or (table.group and not index)
        }  # fmt: skip
        assert lists == [picked, picked], table.label
    sources = [re.findall(r"<formula1>(Listes![^<]*)", found["xl/worksheets/sheet2.xml"]) for found in (ours, saved)]
    assert sources[0]
    assert sorted(sources[0]) == sorted(sources[1]), "each list leads to its values"
    assert 'name="Listes"' in saved["xl/workbook.xml"]
    ods = parts_of_ods(office(file, "ods", tmp_path / "ods"))
    assert ods.count("cell-content-is-in-list") >= len(picked)


def picked_in(part: str) -> Iterator[str]:
    """The columns of a part of a workbook that have a pick-list."""
    for attributes in re.findall(r"<dataValidation ([^>]*)>", part):
        if 'type="list"' in attributes:
            yield re.findall(r'sqref="([A-Z]+)4', attributes)[0]


def parts_of_ods(file: Path) -> str:
    with zipfile.ZipFile(file) as archive:
        return archive.read("content.xml").decode("utf-8")


def lists(raw: bytes) -> Iterator[str]:
    yield from re.findall(r"<t[^>]*>([^<]*)</t>", parts(raw)["xl/sharedStrings.xml"])


def test_the_workbook_shows_the_model_and_nothing_of_the_clock(small: Library) -> None:
    for kind in SHEETS:
        raw = workbook.make(kind, Picks.of(small))
        assert raw == workbook.make(kind, Picks.of(small))
        texts = set(lists(raw))
        for column in columns(kind).values():
            assert f"{kind.KIND}.{column.path}" in texts
            if column.champ.vocabulary:
                for value in small.vocabularies[column.champ.vocabulary].valeurs:
                    assert escape(value.libelle) in texts
        assert "Mode d’emploi" in parts(raw)["xl/workbook.xml"]
        assert 'state="hidden"' in parts(raw)["xl/workbook.xml"]
        names = [tab_name(table.label) for table in tables(kind)]
        assert len({name.casefold() for name in names}) == len(names)
        assert not [name for name in names if len(name) > 31 or re.search(r"[\[\]:*?/\\]", name)]


def test_a_new_field_is_a_new_column() -> None:
    class More(Experience):
        surface: Ligne = champ("Surface", "En hectares.")

    assert "experience.surface" in workbook.rows(More)[0]
    assert "Surface *" in workbook.rows(More)[1]


def test_what_no_table_holds_is_said() -> None:
    class Inner(Group):
        nom: Ligne = champ("Nom", "Un nom.")

    class Outer(Group):
        nom: Ligne = champ("Nom", "Un nom.")
        listes: tuple[Inner, ...] = champ("Listes", "Des noms.", default=())

    class Deep(Page):
        groupes: tuple[Outer, ...] = champ("Groupes", "Des groupes.", default=())

    assert left_out(Deep) == ("Groupes : Listes",)
    assert any("Groupes : Listes" in said for _, said in workbook.guide(Deep))
    assert not [left_out(kind) for kind in SHEETS if left_out(kind)]


def test_the_help_says_what_the_import_takes() -> None:
    helps = dict(zip(workbook.rows(KINDS["experience"])[0], workbook.rows(KINDS["experience"])[2], strict=True))
    assert "séparez-les par «\u00a0;\u00a0»" in helps["experience.themes"]
    assert "Figeac (Lot)" in helps["experience.communes"]
    assert "Vide\u00a0: le jour de l’import" in helps["experience.publie_le"]
    assert "Exemple\u00a0: 23/11/2026" in helps["experience.publie_le"]
    assert all(said.endswith(".") and ".." not in said for said in helps.values())
    assert len(champs(KINDS["experience"])) > len(helps), "computed fields are not asked"


def test_the_command_never_replaces_a_file(small_folder: Path, tmp_path: Path) -> None:
    book, plain = tmp_path / "modele.xlsx", tmp_path / "modele.csv"
    done = essaim("template", "experience", "--xlsx", book, "--csv", plain, "--contenu", small_folder)
    assert done.returncode == 0, done.stderr
    assert "Sources, " in done.stderr
    assert "demandent le classeur" in done.stderr
    rows = list(csv.reader(io.StringIO(plain.read_text("utf-8-sig")), delimiter=";"))
    assert rows == workbook.rows(KINDS["experience"])
    assert book.read_bytes() == workbook.make(KINDS["experience"], Picks.of(load(small_folder)[0]))
    empty = essaim("import", book, "--contenu", small_folder)
    assert (empty.returncode, empty.stdout, empty.stderr) == (0, "", "0 fiche créée.\n")
    before = book.read_bytes()
    for arguments in (("experience", "--xlsx", book), ("experience",), ("experience", "--xlsx", tmp_path / "x.csv"), ("fiche", "--csv", tmp_path / "x.csv"),
                      ("experience", "--xlsx", tmp_path / "rien" / "x.xlsx"), ("term", "--xlsx", tmp_path / "x.xlsx", "--contenu", tmp_path / "rien")):  # fmt: skip
        done = essaim("template", *arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
    assert book.read_bytes() == before
    wrong = essaim("import", book, "--sorte", "method", "--contenu", small_folder)
    assert wrong.returncode == 1
    assert "ce classeur est un modèle de fiches « experience »" in wrong.stdout


def test_a_csv_template_filled_in_comes_back(small_folder: Path, tmp_path: Path) -> None:
    rows = workbook.rows(KINDS["term"])
    row = dict.fromkeys(rows[0], "")
    row |= {"term.titre": "Halle", "term.definition": "Un marché couvert.", "term.voir_aussi": "scic"}
    file = tmp_path / "t.csv"
    with file.open("w", encoding="cp1252", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([*rows, list(row.values())])
    done = essaim("import", file, "--contenu", small_folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lu comme un fichier de Windows (cp1252)" in done.stderr
    assert "definition: Un marché couvert.\n" in (small_folder / "glossary" / "halle.md").read_text("utf-8")


def test_a_workbook_made_at_the_root_is_not_offered_to_git() -> None:
    assert "/*.xlsx" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
