from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim import source, yamltext
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


def test_the_front_matter_stays_as_it_was_read_whoever_asks() -> None:
    one, _ = parse("---\na: [1]\n---\n", "x.md")
    kept = pickle.dumps(one)
    one.data["a"].append("2")
    assert one.data == pickle.loads(kept).data == {"a": ["1"]}  # noqa: S301  # our own
    assert kept == pickle.dumps(one), "what was read is not kept beside its JSON"


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
    "text",
    [
        "&a [*a]",
        "{a: " * 50,
        "[" * 5000,
        "!!python/object/apply:os.system [ls]",
        "? [a]\n: b",
        "a: !x b",
        "a: &b",
        "a: !x [b]",
        "a: &b [c]",
        "a: " + "[" * 8 + "]" * 8,
        "x: 2",
        "a: {b: 1, b: 2}",
        'a: "\\u202E"',
        '"\\u202E": a',
    ],
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


def test_blank_lines_above_the_first_field_move_nothing() -> None:
    one, problems = parse("---\n\n\ntitre: x\nfin: y\n---\ncorps\n---\n", "x.md")
    assert problems == []
    assert (one.data, one.body, one.body_line) == ({"titre": "x", "fin": "y"}, "corps\n---\n", 7)
    assert one.place(("fin",)) == (5, 1)


PIECES = ["&a ", "*a", "!x ", "! ", "!!str ", "\t", '"\\u202E"', "[", "]", "{", "}", ",", "'", '"', "- ", "---", "...", "\n", ": ", ":", "#",
          "~", "|\n  x", "? ", "@", "%YAML 1.1\n", "a: 1\n", "  b: 2\n", "- c\n", "[a, b]", "{a: b}", "[[[[[[[[[", "a", "é", " "]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_what_is_read_in_one_pass_holds_nothing_that_is_refused(text: str) -> None:
    one, problems = source.compose(text, "x.yml")
    node, wrong = yamltext._compose("x.yml", text, 1)
    wrong = wrong or list(yamltext._escaped("x.yml", node, 1))
    if node is None and not wrong:
        assert [problem.message for problem in problems] == ["fichier vide"]
    else:
        assert problems == wrong
    assert one.broken == bool(problems)
    assert one.data == (plain(node) if node is not None and not wrong else {})
    for loc, line, column in spots(node, ()) if node is not None and not wrong else ():
        assert one.place(loc) == (line, column)


def plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    return [plain(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else source.plain_value(node)


def spots(node: yaml.Node, loc: source.Loc) -> Iterator[tuple[source.Loc, int, int]]:
    """The place of every key and item, as YAML's nodes have it."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    items = enumerate(node.value) if isinstance(node, yaml.SequenceNode) else ()
    for step, first, value in [(key.value, key, value) for key, value in pairs] + [(at, one, one) for at, one in items]:
        yield (*loc, step), first.start_mark.line + 1, first.start_mark.column + 1
        yield from spots(value, (*loc, step))


def test_a_text_is_read_once_for_the_places_of_all_its_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = parse("---\nvaleurs:\n" + "  - id: x\n" * 500 + "---\n", "x.md")
    made: list[str] = []
    loader = yamltext._Loader

    def counted(text: str) -> Any:
        made.append(text)
        return loader(text)

    monkeypatch.setattr(yamltext, "_Loader", counted)
    assert [found.place(("valeurs", number, "id", "rien"))[0] for number in range(500)] == [*range(3, 503)]
    assert len(made) == 1
