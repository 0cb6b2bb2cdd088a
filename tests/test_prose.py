"""The text of a sheet, as advice reads it: blocks and sentences, each with its place."""

from __future__ import annotations

from collections.abc import Callable

import pyphen
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim import markup
from essaim.blocks import Block, _walk, blocks
from essaim.prose import WORD, Passage, Prose, Reading, measure
from essaim.readability import LONGEST, syllables
from tests.conftest import ROOT, Checked, experience


def of(text: str) -> list[Block]:
    return list(blocks(markup.parse(text)))


def split(text: str) -> list[str]:
    return [one.text for one in Prose([Passage(text)])]


def test_blocks_are_the_authors_words() -> None:
    text = (
        "## Un *titre*\n\nUn **mot** et `du code`, [un lien](http://x.fr)[^n].\n\n- un\n- deux\n  suite\n\n"
        "| a | b |\n| - | - |\n| c | d |\n\n> [!NOTE]\n> À noter.\n\n```\nfoo\n```\n\n<b>brut</b>\n\n[^n]: Une note.\n"
    )
    assert [(one.kind, " ".join(one.text.split())) for one in of(text)] == [
        ("h2", "Un titre"), ("p", "Un mot et , un lien."), ("li", "un"), ("li", "deux suite"), ("th", "a"), ("th", "b"), ("td", "c"), ("td", "d"),
        ("p", "À noter."), ("p", "brut"), ("p", "Une note."),
    ]  # fmt: skip


def test_bare_addresses_and_pictures_are_noted() -> None:
    (block,) = of("Voir https://x.fr/a et [ici](https://x.fr/b), <https://x.fr/c>, www.x.fr ![](a.png) ![dit](b.png)")
    assert [block.text[at:].split()[0].rstrip(",") for at in block.bare] == [
        "https://x.fr/a",
        "https://x.fr/c",
        "www.x.fr",
    ]
    assert [(target, said) for _, _, target, said in block.images] == [("a.png", ""), ("b.png", "dit")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Une phrase. Une autre.", ["Une phrase.", "Une autre."]),
        ("Vraiment ? Oui ! Bien… Soit.", ["Vraiment ?", "Oui !", "Bien…", "Soit."]),
        ("Il dit : « C’est fini. » Elle rit.", ["Il dit : « C’est fini. »", "Elle rit."]),
        ("M. Dupont et Mme. Martin, art. 5, p. 12.", ["M. Dupont et Mme. Martin, art. 5, p. 12."]),
        ("J. Martin signe.", ["J. Martin signe."]),
        ("Il coûte 3.5 M€. Le reste suit.", ["Il coûte 3.5 M€.", "Le reste suit."]),
        ("Voir www.x.fr. ensuite", ["Voir www.x.fr. ensuite"]),
        ("En 2019. 23 acteurs.", ["En 2019.", "23 acteurs."]),
        ("Sans point", ["Sans point"]),
        ("  ", []),
    ],
)
def test_sentences_end_where_a_reader_stops(text: str, found: list[str]) -> None:
    assert split(text) == found


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="aB .!?…»)\n\u00a0«1É", max_size=60))
def test_no_word_is_lost_or_moved(text: str) -> None:
    passage = Passage(text)
    found = list(Prose([passage]))
    assert "".join("".join(one.text.split()) for one in found) == "".join(text.split())
    assert all(text.startswith(one.text, one.offset) for one in found)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["un", "*deux*", "**trois**", "[quatre](http://x.fr)", "`cinq`", "\n", "[[six|sept]]", "&amp;", "~~huit~~"]
        ),
        max_size=12,
    )
)
def test_a_word_is_found_where_it_is_written(parts: list[str]) -> None:
    body = " ".join([*parts, "MOTIF", *parts]).replace("\n ", "\n").strip()
    told = [_place(block, block.text.index("MOTIF"), body) for block in of(body) if "MOTIF" in block.text]
    lines = body.split("\n")
    line = next(number for number, one in enumerate(lines, 1) if "MOTIF" in one)
    assert told == [(line, lines[line - 1].index("MOTIF") + 1)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["un", " ", "\n", "\n\n", "*deux*", "~~3~~", "[q](http://x.fr)", "`c`", "- ", "| a | *b* |\n| - | - |\n", "&lt;", "![i](j.png)", "[^1]", "\n\n[^1]: n"]), max_size=20))  # fmt: skip
def test_places_are_those_of_the_text(parts: list[str]) -> None:
    """Texts are cut out of the HTML at once, places are found by walking through it."""
    for block in of("".join(parts)):
        walked, _ = next(_walk(block.written))
        assert (block.kind, block.text) == (walked.kind, "".join(walked.parts))


def _place(block: Block, offset: int, body: str) -> tuple[int, int]:
    from essaim.library import Library
    from essaim.model import Page
    from essaim.source import Source

    sheet = Page.model_construct()
    sheet._id = "x"
    reading = Reading(Library(sources={"x": Source("x.md", body=body)}), sheet)
    problem = reading.problem(Passage(block.text, block=block), offset, "code", "message", "")
    return problem.line, problem.column


def test_fields_are_read_in_the_order_of_the_model(with_files: Callable[..., Checked]) -> None:
    text = experience(
        more="etapes: [{ titre: Le départ, texte: On part. On va. }]\nleviers: [Un levier.]\n",
        besoin="Un besoin.",
        body="Un texte. Fini.\n",
    )
    library, problems = with_files({"experiences/x.md": text})
    assert problems == []
    reading = Reading(library, library.known["x"])
    assert [one.text for one in reading.sentences] == [
        "Un résumé.",
        "Un besoin.",
        "On part.",
        "On va.",
        "Un levier.",
        "Un texte.",
        "Fini.",
    ]
    assert [one.loc for one in reading.passages if one.text == "Le départ"] == [("etapes", 0, "titre")]
    assert not next(one for one in reading.passages if one.text == "Le départ").running, "a title is no sentence"


def test_syllables_are_those_of_pyphen() -> None:
    cuts = pyphen.Pyphen(lang="fr", left=1, right=1)
    words = {
        word.lower() for file in (ROOT / "content").rglob("*.md") for word in WORD.findall(file.read_text("utf-8"))
    }
    words = {word for word in words if len(word) <= LONGEST} | {"a", "’", "l’été", "1er", "x-y", ""}
    assert len(words) > 1000
    assert {word: syllables(word) for word in words} == {word: len(cuts.positions(word)) + 1 for word in words}


@given(st.text(st.sampled_from("aZéœ9’'-_ .,;«»\u00a0\u2028\n\t/·"), max_size=60))
@settings(max_examples=300, deadline=None)
def test_words_are_counted_as_they_are_found(text: str) -> None:
    words = WORD.findall(text)
    spoken = sum(syllables(word.lower()) if len(word) <= LONGEST else LONGEST // 3 for word in words)
    pieces = [piece for piece in text.split(" ") if WORD.search(piece)]
    assert measure(text) == (len(words), spoken, len(words) - len(pieces))


@given(
    st.lists(st.text(st.sampled_from('aÉ9’-/.!»)"« \u00a0\n'), max_size=60), max_size=3),
    st.integers(min_value=0, max_value=12),
)
@settings(max_examples=300, deadline=None)
def test_long_sentences_are_those_of_so_many_words(texts: list[str], most: int) -> None:
    prose = Prose([Passage(text) for text in texts])
    words = [(one, len(WORD.findall(one.text))) for one in prose]
    assert list(prose.longer(most)) == [(one, many) for one, many in words if many > most]
    assert prose.measure.words == sum(many for _, many in words)


@pytest.mark.parametrize(("line", "byte", "column"), [(1, 1, 1), (1, 4, 3), (1, 8, 5), (2, 3, 3), (9, 7, 7)])
def test_columns_of_the_renderer_count_bytes(line: int, byte: int, column: int) -> None:
    from essaim.library import Library
    from essaim.model import Page
    from essaim.source import Source

    sheet = Page.model_construct()
    sheet._id = "x"
    reading = Reading(Library(sources={"x": Source("x.md", body="él’eau\nabc")}), sheet)
    assert reading.column(line, byte) == column
