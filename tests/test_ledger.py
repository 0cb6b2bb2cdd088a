"""The ledger of what was published: read and written line by line; a broken one is told by its line, and nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest

from essaim import ledger
from essaim.ledger import Change, Entry, Ledger, Redirection, State

WHOLE = Ledger(
    (
        Entry("", "accueil", date(2026, 1, 2)),
        Entry("experiences/archer/", "archer", date(2026, 1, 2), None, "bafode"),
        Entry("experiences/archer/#la-demarche", "archer", date(2026, 1, 2), date(2026, 3, 4)),
        Entry("explorer/?theme=bois&region=occitanie", "", date(2026, 1, 2), None, "kanute"),
    ),
    (Redirection("themes/bois/", "themes/foret/"),),
    (State("archer", "experience", "titre=1a2b3c4d texte=00ff00ff"),),
    (Change(date(2026, 1, 2), "archer", "experience", "", "ajout"),),
)
HEAD = "adresse,fiche,depuis,jusqu_a,code\n"


def test_what_is_written_is_read_again() -> None:
    texts = {table: ledger.write(WHOLE, table) for table in ledger.TABLES}
    again, problems = ledger.parse(texts)
    assert problems == []
    assert {table: ledger.write(again, table) for table in ledger.TABLES} == texts
    assert again.by_address == WHOLE.by_address
    assert (again.redirections, again.state, again.journal) == (WHOLE.redirections, WHOLE.state, WHOLE.journal)
    assert again.last == date(2026, 3, 4)
    assert texts["permaliens"].splitlines()[1] == "/,accueil,2026-01-02,,"


def test_a_ledger_that_is_not_there_is_empty() -> None:
    assert ledger.parse({}) == (Ledger(), [])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("<<<<<<< HEAD\n/a/,a,2026-01-02,,\n=======\n/b/,b,2026-01-02,,\n>>>>>>> autre\n", [(2, "registre-abime")]),
        ("/a/,a,2026-01-02,,\n/a/,a,2026-02-02,,\n", [(3, "registre-doublon")]),
        ("/a/,a,2026-01-02,,bafode\n/b/,b,2026-02-02,,bafode\n", [(3, "registre-doublon")]),
        ("/,accueil,2026-01-02,,\n/,accueil,2026-01-02,,\n", [(3, "registre-doublon")]),
        ("/a/,a,2026-01-02\n", [(2, "registre-abime")]),
        ("/a/,a,hier,,\n", [(2, "registre-abime")]),
        ("a/,a,2026-01-02,,\n", [(2, "registre-abime")]),
        ("//exemple.org/,a,2026-01-02,,\n", [(2, "registre-abime")]),
        ("/../../etc/,a,2026-01-02,,\n", [(2, "registre-abime")]),
        ("/a/,../x,2026-01-02,,\n", [(2, "registre-abime")]),
        ("/a/,a,2026-01-02,,../../x\n", [(2, "registre-abime")]),
        ('/a/"<script>,a,2026-01-02,,\n', [(2, "registre-abime")]),
        ('"/a/\n', [(2, "registre-abime")]),
    ],
)  # fmt: skip
def test_a_damaged_line_is_told_and_the_others_are_read(lines: str, expected: list[tuple[int, str]]) -> None:
    found, problems = ledger.parse({"permaliens": HEAD + lines + "/c/,c,2026-01-02,,\n"})
    assert [(one.line, one.code) for one in problems] == expected
    assert all(one.path == "content/publications/permaliens.csv" and one.hint for one in problems)
    # What hits the whole table is told once, and nothing of it is believed.
    assert ("c/" in found.by_address) is not lines.startswith("<")


def test_a_wrong_first_line_or_another_encoding_is_told() -> None:
    assert [one.line for one in ledger.parse({"redirections": "de,vers\n/a/,/b/\n"})[1]] == [1]
    assert [
        one.code for one in ledger.parse({"redirections": "ancienne,nouvelle\n/é/,/b/\n".encode("latin-1")})[1]
    ] == ["encodage"]


@pytest.mark.parametrize(
    "target",
    ["https://exemple.org/", "//exemple.org/", "/a/../../b/", "javascript:alert(1)", "/a b/", "/\\exemple.org/"],
)
def test_no_redirection_leaves_the_site(target: str) -> None:
    found, problems = ledger.parse({"redirections": f"ancienne,nouvelle\n/a/,{target}\n"})
    assert [one.code for one in problems] == ["registre-abime"]
    assert found.redirections == ()


def test_a_redirection_is_read_with_line_ends_of_windows_and_a_mark() -> None:
    found, problems = ledger.parse({"redirections": "\ufeffancienne,nouvelle\r\n/a/,/b/#c\r\n".encode()})
    assert problems == []
    assert found.redirections == (Redirection("a/", "b/#c"),)
