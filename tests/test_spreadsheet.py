"""Files from strangers: read as texts, or refused in French before they can do harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

import pytest
import xlsxwriter

from essaim import spreadsheet
from essaim.spreadsheet import MAX_COLUMNS, MAX_ROWS, SpreadsheetError, letter, read, text_of
from tests.test_imports import office, xlsx

Change = Callable[[bytes], bytes]


def changed(file: Path, made: Path, part: str, change: Change) -> Path:
    """The workbook with one of its parts changed."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            raw = source.read(name)
            target.writestr(name, change(raw) if name == part else raw)
    return made


def first(file: Path) -> list[tuple[str, ...]]:
    return list(read(file).tabs[0].rows)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2018.0, "2018"), (12.5, "12.5"), (0.1 + 0.2, "0.3"), (1 / 3, "0.333333"), (-4.0, "-4"), (1e20, "100000000000000000000"), (26e6, "26000000"),
        (True, "VRAI"), (False, "FAUX"), (7, "7"), (date(2018, 4, 5), "2018-04-05"), (datetime(2018, 4, 5), "2018-04-05"),  # noqa: DTZ001
        (datetime(2018, 4, 5, 12, 30), "2018-04-05 12:30"), (clock(0, 12, 30), "00:12:30"), (timedelta(hours=25, seconds=61), "25:01:01"),  # noqa: DTZ001
        ("'=1+1", "=1+1"), ("'ailleurs", "'ailleurs"), (" e\u0301 ", "é"), ("a\r\nb\u2028c\x0bd", "a\nb\nc\nd"),
    ],
)  # fmt: skip
def test_a_value_is_the_text_that_one_sees(value: object, text: str) -> None:
    assert text_of(value) == text


def test_columns_have_their_letters() -> None:
    assert [letter(number) for number in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_tells_its_separator_and_its_encoding(separator: str, encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(f'Mon tableau\nTitre{separator}Résumé\nÉté{separator}"a, b; c\td\ne"\n'.encode(encoding))
    assert first(file) == [("Mon tableau",), ("Titre", "Résumé"), ("Été", "a, b; c\td\ne")]
    assert read(file).notes == ()


def test_a_csv_of_windows_is_read_and_said(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes("Titre;Coût\nL’été;10 €\n".encode("cp1252"))
    book = read(file)
    assert book.tabs[0].rows[1] == ("L’été", "10 €")
    assert "enregistrez-le à nouveau en « CSV UTF-8 »" in book.notes[0]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"\x81\x8d\x8f", "n’est pas un texte lisible"),
        (b"a;b\x00c", "octets nuls"),
        (b"a;b\n" * (MAX_ROWS + 2), f"dépasse {MAX_ROWS} lignes"),
        (b";".join([b"a"] * (MAX_COLUMNS + 1)), f"ou {MAX_COLUMNS} colonnes"),
        (b";" * 1_000_000, f"ou {MAX_COLUMNS} colonnes"),
        (b"a;" + b"x" * 40_000, "cellule B1 : plus de 32767 caractères"),
        (b"\xff\xfea", "n’est pas un texte lisible"),
    ],
)
def test_a_csv_that_can_not_be_read_is_refused(raw: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(raw)
    with pytest.raises(SpreadsheetError, match=told):
        read(file)


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    """A workbook whose table begins at B2, with a formula, an error and a formula without result."""
    file = tmp_path / "types.xlsx"
    book = xlsxwriter.Workbook(str(file))
    sheet = book.add_worksheet("Feuille")
    sheet.write_row(1, 1, ["Titre", 2018.0, True])
    sheet.write_formula(2, 1, '="a"&"b"', None, "ab")
    sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")
    sheet.write_formula(2, 3, "=A1", None, "")
    sheet.write_formula(3, 1, "=cmd|' /C calc'!A0", None, "danger")
    sheet.write_datetime(3, 2, datetime(2018, 4, 5), book.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
    sheet.write_blank(60_000, 200, None, book.add_format({"bold": True}))
    book.close()
    return changed(file, tmp_path / "typé.xlsx", "xl/worksheets/sheet1.xml", lambda raw: raw.replace(b"<f>A1</f><v></v>", b"<f>A1</f>"))  # fmt: skip


ROWS = [
    ("", "", "", ""),
    ("", "Titre", "2018", "VRAI"),
    ("", "ab", "#DIV/0!", spreadsheet.NO_VALUE),
    ("", "danger", "2018-04-05", ""),
]


def test_a_workbook_gives_values_errors_and_places(typed: Path) -> None:
    assert first(typed) == ROWS, "a format far away is no cell"


def test_a_hidden_tab_is_told(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "h.xlsx"))
    book.add_worksheet("Vue").write(0, 0, "a")
    book.add_worksheet("Cachée").hide()
    book.close()
    assert [(tab.name, tab.hidden) for tab in read(tmp_path / "h.xlsx").tabs] == [("Vue", False), ("Cachée", True)]
    made = office(tmp_path / "h.xlsx", "ods", tmp_path / "ods")
    assert [(tab.name, tab.hidden) for tab in read(made).tabs] == [("Vue", False), ("Cachée", True)]


def test_an_ods_gives_the_same(tmp_path: Path) -> None:
    file = xlsx(tmp_path / "t.xlsx", Feuille=[[], ["", "Titre", 2018.0, date(2018, 4, 5)], ["", "a  b\nc"]])
    book = xlsxwriter.Workbook(str(tmp_path / "e.xlsx"))
    book.add_worksheet().write_formula(0, 0, "=1/0", None, "")
    book.close()
    assert first(office(file, "ods", tmp_path / "ods")) == first(file)
    assert first(office(tmp_path / "e.xlsx", "ods", tmp_path / "ods"))[0][0] in ("#DIV/0!", "0")


def test_an_error_of_an_ods_is_a_text_too(ods: Path, tmp_path: Path) -> None:
    cell = (
        b'<table:table-row><table:table-cell table:formula="of:=[.#REF!]" office:value-type="string" office:string-value="" '
        b'calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell></table:table-row>'
    )
    file = changed(
        ods,
        tmp_path / "e.ods",
        "content.xml",
        lambda raw: raw.replace(b"<table:table-row ", cell + b"<table:table-row ", 1),
    )
    assert first(file) == [("#REF!",), ("Titre",), ("Une halle",)]


def sheet_of(cells: bytes) -> Change:
    return lambda raw: raw.replace(b"</sheetData>", cells + b"</sheetData>")


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1000000"><c r="XFD1000000"><v>1</v></c></row>',
        b"<row r='1048576'><c t='str' r = 'A1048576'><v>1</v></c></row>",
        b'<row r="9"><c r="KP9"><v>1</v></c></row>',
        b'<row r="9">' + b"<c><v>1</v></c>" * 1000 + b"</row>",
        b'<row r="99999"><c><v>1</v></c></row>',
        b'<row r="9"><c r="A99999999999999999999"><v>1</v></c></row>',
        b'<row r="9"><c x=">" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="9"><c x=\'">\' r="XFD1048576"><v>1</v></c></row>',
        b'<row r="9"><c r="A9" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="9"><c r="&#88;FD1048576"><v>1</v></c></row>',
        b'<x:row r="9"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        b'<row r="1048576"><c><v>1</v></c></row>',
        b'<!-- <c x=" --><row r="9"><c r="XFD1048576"><v>1</v></c></row>',
        b'<?x <c x=" ?><row r="9"><c r="XFD1048576"><v>1</v></c></row>',
        b'<![CDATA[<c x="]]><row r="9"><c r="XFD1048576"><v>1</v></c></row>',
    ],
)
def test_a_value_in_the_last_corner_does_no_harm(cells: bytes, typed: Path, tmp_path: Path) -> None:
    file = changed(typed, tmp_path / "loin.xlsx", "xl/worksheets/sheet1.xml", sheet_of(cells))
    with pytest.raises(SpreadsheetError, match=r"Ctrl\+Fin|abîmé"):
        read(file)


def test_a_sheet_hidden_under_another_name_is_looked_at_too(typed: Path, tmp_path: Path) -> None:
    far = changed(
        typed,
        tmp_path / "loin.xlsx",
        "xl/worksheets/sheet1.xml",
        sheet_of(b'<row r="9"><c r="XFD9999"><v>1</v></c></row>'),
    )
    moved = tmp_path / "cachée.xlsx"
    with zipfile.ZipFile(far) as source, zipfile.ZipFile(moved, "w") as target:
        for name in source.namelist():
            raw = source.read(name).replace(b"worksheets/sheet1.xml", b"theme/ailleurs.xml")
            target.writestr(name.replace("worksheets/sheet1.xml", "theme/ailleurs.xml"), raw)
    with pytest.raises(SpreadsheetError, match=r"Ctrl\+Fin"):
        read(moved)


def test_a_text_copied_to_many_cells_does_not_fill_the_memory(typed: Path, tmp_path: Path) -> None:
    cells = b"".join(b'<row r="%d">%s</row>' % (row, b'<c t="s"><v>0</v></c>' * 200) for row in range(10, 2000))
    file = changed(typed, tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", sheet_of(cells))
    heavy = changed(
        file,
        tmp_path / "lourd.xlsx",
        "xl/sharedStrings.xml",
        lambda raw: raw.replace(b"<t>Titre", b"<t>" + b"x" * 1_000_000, 1),
    )
    with pytest.raises(SpreadsheetError, match="une fois décompressé"):
        read(heavy)


@pytest.mark.parametrize(
    "cells",
    [
        b'<table:table-row><table:table-cell table:number-columns-repeated="&#57;99999999" office:value-type="float" office:value="1"/></table:table-row>',
        b'<table:table-row><table:table-cell x=">" table:number-columns-repeated="999999999" office:value-type="float" office:value="1"/></table:table-row>',
        b'<table:table-row><table:table-cell office:value-type="string"><text:p>a<text:s text:c="4000000000"/>b</text:p></table:table-cell></table:table-row>',
        b'<table:table-row table:number-rows-repeated="4000"><table:table-cell table:number-columns-repeated="200" office:value-type="float" office:value="1"/></table:table-row>',
        b'<table:table-row><table:table-cell table:number-columns-repeated="1000000"/><table:table-cell office:value-type="float" office:value="1"/></table:table-row>',
        b'<table:table-row><table:table-cell table:number-columns-repeated="1000000" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>',
        b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>',
        b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row>',
    ],
)
def test_repeated_cells_do_no_harm(cells: bytes, tmp_path: Path, ods: Path) -> None:
    file = changed(
        ods,
        tmp_path / "loin.ods",
        "content.xml",
        lambda raw: raw.replace(b"</table:table>", cells + b"</table:table>", 1),
    )
    with pytest.raises(SpreadsheetError, match=r"Ctrl\+Fin"):
        read(file)


@pytest.fixture(scope="module")
def ods(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ods")
    return office(xlsx(folder / "t.xlsx", Feuille=[["Titre"], ["Une halle"]]), "ods", folder / "made")


def bomb(file: Path) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"x")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 100_000_000)
    return file


def lying(file: Path) -> Path:
    """A bomb whose directory says that it is small."""
    raw = bomb(file).read_bytes()
    file.write_bytes(raw.replace((100_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    return file


@pytest.mark.parametrize("make", [bomb, lying])
def test_a_bomb_is_not_unpacked(make: Callable[[Path], Path], tmp_path: Path) -> None:
    file = make(tmp_path / "bombe.xlsx")
    with pytest.raises(SpreadsheetError, match=r"une fois décompressé|abîmé"):
        read(file)


def broken_files(typed: Path, ods: Path, folder: Path) -> dict[str, bytes]:
    whole = typed.read_bytes()
    doctype = changed(
        typed,
        folder / "d.xlsx",
        "xl/workbook.xml",
        lambda raw: raw.replace(b"<workbook", b'<!DOCTYPE a [<!ENTITY b "c">]><workbook'),
    )
    cut = changed(typed, folder / "c.xlsx", "xl/worksheets/sheet1.xml", lambda raw: raw[: len(raw) // 2])
    twice = io.BytesIO(whole)
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"x")
    return {
        "vide.xlsx": b"",
        "texte.xlsx": b"Titre;Besoin\n",
        "coupe.xlsx": whole[: len(whole) // 2],
        "ancien.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        "doctype.xlsx": doctype.read_bytes(),
        "xml.xlsx": cut.read_bytes(),
        "double.xlsx": twice.getvalue(),
        "faux.ods": whole,
        "faux.xlsx": ods.read_bytes(),
        "crc.xlsx": whole.replace(b"PK\x01\x02", b"PK\x01\x03"),
    }


def test_broken_workbooks_are_refused_in_french(typed: Path, ods: Path, tmp_path: Path) -> None:
    for name, raw in broken_files(typed, ods, tmp_path).items():
        file = tmp_path / name
        file.write_bytes(raw)
        with pytest.raises(SpreadsheetError) as refused:
            read(file)
        assert "abîmé" in str(refused.value) or "n’est pas un classeur" in str(refused.value), name
        assert name in str(refused.value)


def test_what_is_not_there_or_too_large_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SpreadsheetError, match="ne peut pas être lu"):
        read(tmp_path / "absent.csv")
    monkeypatch.setattr(spreadsheet, "MAX_FILE", 1_000_000)
    (tmp_path / "gros.csv").write_bytes(b"a" * 1_000_001)
    with pytest.raises(SpreadsheetError, match="dépasse 1 Mo"):
        read(tmp_path / "gros.csv")


def test_a_password_is_told(typed: Path, tmp_path: Path) -> None:
    raw = bytearray(typed.read_bytes())
    place = raw.find(b"PK\x01\x02")
    while place >= 0:
        raw[place + 8] |= 1
        place = raw.find(b"PK\x01\x02", place + 4)
    file = tmp_path / "secret.xlsx"
    file.write_bytes(bytes(raw))
    with pytest.raises(SpreadsheetError, match="mot de passe"):
        read(file)
