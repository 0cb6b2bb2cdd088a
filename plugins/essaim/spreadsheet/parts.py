"""The XML parts of a workbook, unpacked within bounds and made harmless for the library that reads its cells.

That library (python-calamine) reserves room for every cell between the first and the last one, repeats what is repeated,
and copies a shared text to every cell that has it: a small file would end the process. So cells are counted here first,
on the very bytes that it will read. It takes a tag as it is written, and so does this: comments, CDATA and declarations,
in which a tag could hide, are in no part that a spreadsheet writes for cells; a part that has some is left out.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping

MAX_UNPACKED = 80_000_000  # bytes of all the parts of a workbook; a sheet of 5,000 rows and 60 columns has 20 million
MAX_ROWS = 5_000
MAX_COLUMNS = 300  # the largest template has under 50
MAX_CELLS = 600_000
MAX_TAGS = 2_000_000  # of rows and cells, empty ones too: looking at more takes too long
MAX_CELL = 32_767  # characters: what a spreadsheet holds itself
NO_VALUE = "#FORMULE?"
"""What stands for a formula whose result the file does not hold."""


class TooLarge(Exception):  # noqa: N818  # told by the caller, who knows the name of the file
    """More rows, columns or cells than we read."""


class Heavy(Exception):  # noqa: N818
    """More than ``MAX_UNPACKED`` once unpacked."""


class Locked(Exception):  # noqa: N818
    """Protected by a password."""


class Broken(Exception):  # noqa: N818
    """No workbook, or a damaged one."""


def unpack(raw: bytes, ending: str) -> bytes:
    """A workbook (``.xlsx`` or ``.ods``) with the parts that matter alone, errors as texts. Raises one of the above."""
    parts = _parts(raw, ending)
    # The reader guesses the format from what it finds: only these two are looked at here.
    if ("content.xml" in parts) != (ending == ".ods") or ("xl/workbook.xml" in parts) != (ending == ".xlsx"):
        raise Broken
    size, clean = (_ods_size, _ods_errors) if ending == ".ods" else (_xlsx_size, _xlsx_errors)
    # Any part may be a sheet: which one is told by other parts, that a stranger wrote too.
    for part in parts.values():
        size(part)
    if ending == ".xlsx":
        _shared(parts)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, clean(part))
    return packed.getvalue()


def _parts(raw: bytes, ending: str) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for entry in archive.infolist():
                if not _wanted(entry.filename, ending):
                    continue
                if entry.flag_bits & 1:
                    raise Locked
                with archive.open(entry) as stream:
                    part = stream.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise Heavy
                if entry.filename in parts:
                    raise Broken
                if not _veiled(part):
                    parts[entry.filename] = part
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError):
        raise Broken from None
    return parts


def _wanted(name: str, ending: str) -> bool:
    if ending == ".ods":
        return name in ("mimetype", "content.xml", "META-INF/manifest.xml", "xl/workbook.xml")
    return name == "content.xml" or (name.startswith(("xl/", "_rels/", "[")) and name.endswith((".xml", ".rels")))


def _veiled(part: bytes) -> bool:
    """Whether a tag could be hidden: in a comment, a CDATA section, an entity, or another encoding."""
    after = part.find(b"?>") + 2 if part.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml") else 0
    return b"<!" in part or b"<?" in part[after:] or b"\x00" in part


# Attributes as a parser reads them: a quoted value may hold a >. Possessive, so that no text makes it try twice.
_ATTRIBUTES = rb"((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)"
_XLSX_TAG = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])" + _ATTRIBUTES + rb">")
_PLACE = re.compile(rb"(?<![\w.-])r\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ROW = re.compile(r"[0-9]{1,7}")


def _xlsx_size(part: bytes) -> None:
    """Raises ``TooLarge`` for a cell that holds something too far, or for too many. One that has only a format ends with
    ``/>``: it may stand anywhere, and is not read."""
    row = column = cells = 0
    for number, found in enumerate(_XLSX_TAG.finditer(part)):
        tag, attributes = found.groups()
        if number > MAX_TAGS:
            raise TooLarge
        empty = attributes.endswith(b"/")
        places = [(one or other).decode("ascii", "replace") for one, other in _PLACE.findall(attributes)]
        if tag == b"row":
            row, column = (_row(places) if places else row + 1), 0
            continue
        row, column = _cell(places) if places else (row, column + 1)
        if not empty:
            cells += 1
            _bound(row, column, cells)


def _row(places: list[str]) -> int:
    return max(int(one) if _ROW.fullmatch(one) else MAX_ROWS + 1 for one in places)


def _cell(places: list[str]) -> tuple[int, int]:
    """The row and column of a place; one that can't be read is too far."""
    row = column = 0
    for place in places:
        found = _CELL.fullmatch(place.upper())
        if found is None:
            return MAX_ROWS + 1, MAX_COLUMNS + 1
        number = 0
        for one in found[1]:
            number = number * 26 + ord(one) - 64
        row, column = max(row, int(found[2])), max(column, number)
    return row, column


def _bound(row: int, column: int, cells: int) -> None:
    if row > MAX_ROWS or column > MAX_COLUMNS or cells > MAX_CELLS:
        raise TooLarge


def _shared(parts: Mapping[str, bytes]) -> None:
    """Raises ``Heavy`` when shared texts, copied to each cell that names them, would fill the memory."""
    lengths = [len(text) for part in parts.values() for text in re.split(rb"<(?:[\w.-]+:)?si(?=[\s/>])", part)[1:]]
    if not lengths:
        return
    used: Counter[bytes] = Counter()
    for part in parts.values():
        used.update(re.findall(rb"<(?:[\w.-]+:)?v(?:\s[^<>]*)?>\s*([0-9]{1,7})\s*<", part))
    # An index that can't be told from a number counts as the longest text.
    total = sum(lengths[int(index)] * times for index, times in used.items() if int(index) < len(lengths))
    if total > 4 * MAX_UNPACKED:
        raise Heavy


def _xlsx_errors(part: bytes) -> bytes:
    """Cells that show an error, and formulas without result, as texts: their reader would give nothing."""
    if b"<f" not in part and not re.search(rb"\bt\s*=\s*[\"']e[\"']", part):
        return part
    found = [one for one in _XLSX_TAG.finditer(part) if one[1] == b"c" and not one[2].endswith(b"/")]
    if not found:
        return part
    ends = [one.start() for one in found[1:]] + [len(part)]
    kept = [part[: found[0].start()]]
    for one, end in zip(found, ends, strict=True):
        kept.append(_as_text(one.group(), part[one.end() : end]))
    return b"".join(kept)


_TYPE = re.compile(rb"\st\s*=\s*[\"'](\w*)[\"']")

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?=[\s/>])")
_END = re.compile(rb"</(?:[\w.-]+:)?c\s*>")


def _as_text(tag: bytes, inside: bytes) -> bytes:
    """A cell as a text when its value is an error or is lacking. ``inside`` goes from its tag to the next cell."""
    end = _END.search(inside)
    held, after = (inside[: end.start()], inside[end.start() :]) if end else (inside, b"")
    shape = _TYPE.search(tag)
    as_text = _TYPE.sub(b"", tag)[:-1] + b' t="str">'
    if shape and shape[1] == b"e":
        return as_text + inside
    if _FORMULA.search(held) and b"<v" not in held:
        return as_text + b"<v>" + NO_VALUE.encode() + b"</v>" + after
    return tag + inside


_ODS_TAG = re.compile(
    rb"<(?:[\w.-]+:)?(table-row|table-cell|covered-table-cell|table|s)(?=[\s/>])" + _ATTRIBUTES + rb">"
)
_REPEATED = re.compile(rb"(?:number-(?:columns|rows)-repeated|(?<![\w.-])c)\s*=\s*[\"']([^\"']*)[\"']")


def _ods_size(part: bytes) -> None:
    """As ``_xlsx_size``. Empty cells and rows, however often repeated, count only when something follows them."""
    row = column = cells = 0
    times = 1
    for number, found in enumerate(_ODS_TAG.finditer(part)):
        tag, attributes = found.groups()
        if number > MAX_TAGS:
            raise TooLarge
        repeated = max((_times(one) for one in _REPEATED.findall(attributes)), default=1)
        if tag == b"s":
            if repeated > MAX_CELL:
                raise TooLarge
        elif tag == b"table":
            row, column, times = 0, 0, 1
        elif tag == b"table-row":
            row, column, times = row + times, 0, repeated
        else:
            column += repeated
            if not attributes.endswith(b"/") or b"office:" in attributes:
                cells += min(repeated, MAX_CELLS) * min(times, MAX_CELLS)
                _bound(row + times - 1, column, cells)


def _times(written: bytes) -> int:
    return int(written) if re.fullmatch(rb"[0-9]{1,12}", written) else MAX_CELLS + 1


_ODS_ERROR = re.compile(rb"<table:table-cell(?=\s)" + _ATTRIBUTES + rb">")


def _ods_errors(part: bytes) -> bytes:
    if b'calcext:value-type="error"' not in part:
        return part
    return _ODS_ERROR.sub(_without_value, part)


def _without_value(cell: re.Match[bytes]) -> bytes:
    # The text that the cell shows (#REF!) is inside it; the value beside it is empty.
    if b'calcext:value-type="error"' not in cell[1]:
        return cell.group()
    return re.sub(rb"\soffice:string-value=\"[^\"<>]*\"", b"", cell.group())
