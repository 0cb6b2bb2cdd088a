"""Citations are read back: what a sheet says comes out of each form as it went in, whatever its title."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.citation import Cited, _line, bibtex, cited, csl_json, forms, ris, tex
from essaim.library import Library

HOSTILE = (
    "Le bois : 100 % local & « durable » #1",
    "} , url = {https://mal.example/",
    "\\input{/etc/passwd} \\write18{x} \\",
    "{{{",
    "}}}",
    "a_b^c~d$e$",
    "ER  - \r\nTY  - JOUR\r\nTI  - Autre",
    '</script> ]]> " \' \\" \u2028 \x00 \x1b[31m \u202e',
    "=cmd|' /C calc'!A0",
    "@article{x, title={y}}",
)


def one(
    title: str = "Une fiche", authors: tuple[str, ...] = ("secrétariat de mairie",), url: str = "https://e.example/x/"
) -> Cited:
    return Cited(
        "une-fiche",
        _line(title),
        tuple(map(_line, authors)),
        "Essaim",
        date(2026, 11, 23),
        date(2026, 12, 1),
        _line(title),
        url,
    )


def read_bibtex(text: str) -> tuple[str, str, dict[str, str]]:
    """Type, key and fields of the one entry, as BibTeX cuts them: braces count whatever stands before them."""
    head = re.match(r"@(\w+)\{([^,{}]+),", text)
    assert head
    rest, fields = text[head.end() :], {}
    while name := re.match(r"\s*(\w+) = ", rest):
        rest = rest[name.end() :]
        if rest.startswith("{"):
            depth = end = 0
            for sign in rest:
                end += 1
                depth += (sign == "{") - (sign == "}")
                if depth == 0:
                    break
            assert depth == 0, "braces do not balance"
            fields[name[1]], rest = rest[1 : end - 1], rest[end:]
        else:
            bare = re.match(r"\w+", rest)
            assert bare
            fields[name[1]], rest = bare[0], rest[bare.end() :]
        rest = rest.removeprefix(",")
    assert rest == "\n}\n"
    return head[1], head[2], fields


def printed(text: str) -> str:
    """What TeX would print of our escapes."""
    names = {
        "textbackslash": "\\",
        "textbraceleft": "{",
        "textbraceright": "}",
        "textasciitilde": "~",
        "textasciicircum": "^",
    }
    return re.sub(r"\\(?:(text\w+)\{\}|([#$%&_]))", lambda m: names[m[1]] if m[1] else m[2], text)


def read_ris(text: str) -> list[tuple[str, str]]:
    rows = text.split("\r\n")
    assert rows.pop() == ""
    found = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", row) for row in rows]
    assert all(found), rows
    return [(match[1], match[2]) for match in found if match]


@pytest.mark.parametrize("title", HOSTILE)
def test_each_form_gives_the_title_back(title: str) -> None:
    what = one(title, (title, "une équipe and une autre"))
    kind, key, fields = read_bibtex(bibtex(what))
    assert (kind, key) == ("misc", "une-fiche")
    assert set(fields) == {"title", "author", "howpublished", "year", "month", "url", "note", "langid"}
    assert printed(fields["title"].removeprefix("{").removesuffix("}")) == what.title
    assert printed(fields["author"]) == f"{{{what.authors[0]}}} and {{une équipe and une autre}}"
    rows = read_ris(ris(what))
    assert [tag for tag, _ in rows].count("TY") == [tag for tag, _ in rows].count("ER") == 1
    assert dict(rows)["TI"] == what.title
    (item,) = json.loads(csl_json(what))
    assert (item["title"], item["author"][0]) == (what.title, {"literal": what.authors[0]})


@given(st.text(max_size=60))
def test_braces_balance_and_nothing_is_lost(text: str) -> None:
    escaped = tex(text)
    depth = 0
    for sign in escaped:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert printed(escaped) == text


def test_control_characters_and_line_breaks_become_spaces() -> None:
    assert one("a\r\nb\x00c\u2028d\u202ee").title == "a b c d e"


def test_what_nobody_gave_is_left_out() -> None:
    bare = one(authors=(), url="")
    assert not {"author", "url"} & set(read_bibtex(bibtex(bare))[2])
    assert not {"AU", "UR"} & {tag for tag, _ in read_ris(ris(bare))}
    assert not {"author", "URL"} & set(json.loads(csl_json(bare))[0])


def test_a_sheet_is_cited_with_its_dates_and_address(small: Library) -> None:
    sheet = small.published["exemple"]
    what = cited(sheet, "Essaim", "https://essaim.example/")
    assert what.url == f"https://essaim.example/{sheet.address}"
    (item,) = json.loads(forms(what)[2].text)
    day = sheet.publie_le
    assert item["issued"] == {"date-parts": [[day.year, day.month, day.day]]}
    assert item["type"] == "webpage"
    assert [form.key for form in forms(what)] == ["bibtex", "ris", "csl"]
    rows = dict(read_ris(ris(what)))
    assert (rows["TY"], rows["DA"], rows["LA"]) == ("ELEC", f"{day:%Y/%m/%d}", "fr")
