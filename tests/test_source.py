from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim import source
from essaim.source import MAX_FILE, parse


def test_every_scalar_stays_text() -> None:
    one, problems = parse(
        '---\na: 01004\nb: 12:30\nc: no\nd: 2018-04-05\ne:\nf: ""\ng: [1, {h: 2}]\n---\ncorps\n', "x.md"
    )
    assert problems == []
    assert one.data == {
        "a": "01004",
        "b": "12:30",
        "c": "no",
        "d": "2018-04-05",
        "e": None,
        "f": "",
        "g": ["1", {"h": "2"}],
    }
    assert (one.body, one.body_line) == ("corps\n", 10)


def test_places_count_from_the_top_of_the_file() -> None:
    one, _ = parse("---\na: 1\nliste:\n  - b: 1\n  - c: 2\n---\n", "x.md")
    assert one.place(("a",)) == (2, 1)
    assert one.place(("liste", 1, "c")) == (5, 5)
    assert one.place(("liste", 1, "absent")) == (5, 5)
    assert one.place(("liste", 9)) == (3, 1)
    assert one.place(("absent",)) == (1, 1)


def test_line_ends_byte_order_mark_and_decomposed_letters_change_nothing() -> None:
    plain, _ = parse("---\ntitre: été\n---\nété\n", "x.md")
    other, problems = parse("\ufeff---\r\ntitre: e\u0301te\u0301\r\n---\r\ne\u0301te\u0301\r\n".encode(), "x.md")
    assert problems == []
    assert (other.data, other.body, other.body_line) == (plain.data, plain.body, plain.body_line)


def test_dashes_in_the_body_do_not_end_the_front_matter_again() -> None:
    one, problems = parse("---\na: 1\n---\n\navant\n\n---\n\naprès\n", "x.md")
    assert problems == []
    assert one.body == "\navant\n\n---\n\naprès\n"


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "x.md"
    file.write_bytes(b"---\na: 1\n---\n" + b"a" * MAX_FILE)
    one, problems = source.read(file, "x.md")
    assert one.broken
    assert [problem.code for problem in problems] == ["fichier-trop-gros"]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    _, problems = source.read(tmp_path / "absent.md", "absent.md")
    assert [problem.code for problem in problems] == ["fichier-illisible"]


def test_long_front_matter_is_refused() -> None:
    _, problems = parse("---\n" + "a: b\n" * 20_000 + "---\n", "x.md")
    assert [problem.code for problem in problems] == ["entete-trop-long"]


@pytest.mark.parametrize(
    "text", ["&a [*a]", "{a: " * 50, "[" * 5000, "!!python/object/apply:os.system [ls]", "? [a]\n: b", "a: !x b"]
)
def test_yaml_bombs_are_refused(text: str) -> None:
    one, problems = parse(f"---\nx: 1\n{text}\n---\n", "x.md")
    assert one.broken
    assert problems


@given(st.text(max_size=300))
def test_whatever_the_text_there_is_a_source_or_a_problem(text: str) -> None:
    for candidate in (text, f"---\n{text}\n---\n", f"---\na: {text}\n---\n{text}"):
        one, problems = parse(candidate.encode("utf-8", "surrogatepass"), "x.md")
        assert one.broken == bool(problems)
        assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_nothing_is_raised(raw: bytes) -> None:
    parse(raw, "x.md")
    source.compose(raw, "x.yml")
