"""Canonical front matter: nothing is lost, twice changes nothing, and every YAML reader reads the same."""

from __future__ import annotations

import random
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.front import canonical, scalar, write
from essaim.model import KINDS, SHEETS, Experience, Sheet, champs, order
from essaim.model.types import TYPED
from essaim.source import parse
from tests.conftest import ROOT

FILES = [(kind, file) for kind in SHEETS for file in sorted((ROOT / "content" / kind.FOLDER).glob("*.md"))]

ODD = ["non communiqué", "01004", "12:30", "no", "2018", "2018-04-05", "1_000", "0x1F", "~", "null", "-", "- a", "a: b", "a #b", "#a", "«b»", "a, b", "[a]", "{a}",
       '"a"', "'a'", "a\\n", "é", "œ", "L’eau : un bien", "a:", ".5", "1e3", ".inf", "<<", "=", "&a", "*a", "!a", "%a", "@a", "`a`", "|", ">", "? a", "bon ?", "a?b", "...", "---", "a\u00a0b", "y", "N"]  # fmt: skip
texts = st.one_of(
    st.sampled_from(ODD),
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"), include_characters="\n\t"), max_size=60,
    ),
)  # fmt: skip
values = st.recursive(
    st.one_of(texts, st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text("abcdef_ é:#", min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
NAMES = [champ.path for champ in order(Experience)]
sheets = st.dictionaries(
    st.one_of(st.sampled_from(NAMES), st.text("xyz-éà '", min_size=1, max_size=9)), values, min_size=1, max_size=12
)


def tidy(value: Any) -> Any:
    """As the file is read back: NFC, and keys too."""
    if isinstance(value, dict):
        return {tidy(key): tidy(one) for key, one in value.items()}
    if isinstance(value, list):
        return [tidy(one) for one in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


@pytest.mark.parametrize(("kind", "file"), FILES, ids=lambda one: one.name if isinstance(one, Path) else "")
def test_the_library_is_canonical(kind: type[Sheet], file: Path) -> None:
    text, problems = canonical(file.read_bytes(), kind, file.name)
    assert problems == []
    assert text == file.read_text("utf-8"), "run essaim format"


@settings(max_examples=500, deadline=None)
@given(sheets)
def test_what_is_written_is_read_back_and_is_canonical(data: dict[str, Any]) -> None:
    text = write(Experience, data, "Du texte.")
    source, problems = parse(text, "x.md")
    assert problems == []
    assert source.data == tidy(data)
    assert canonical(text, Experience) == (text, [])


def scramble(text: str, seed: int) -> tuple[str, list[str]]:
    """The same sheet as somebody else would write it: keys in any order, other quotes and forms, CRLF, NFD, comments."""
    dice = random.Random(seed)  # noqa: S311  # no secret here
    source, problems = parse(text, "x.md")
    assert not problems
    said = []
    parts = []
    for key, value in dice.sample(sorted(source.data.items()), len(source.data)):
        lines = yaml.dump({key: value}, allow_unicode=True, sort_keys=False, width=dice.choice((40, 5000)), indent=dice.choice((2, 4)),
                          default_style=dice.choice((None, '"', "'")), default_flow_style=dice.choice((False, False, True)))  # fmt: skip
        lines = lines[1:-2].strip() + "\n" if lines.startswith("{") else lines
        if dice.random() < 0.5:
            said.append(f"# au-dessus de {key} : « à revoir » #{seed}")
            parts.append(f"{said[-1]}\n")
        parts.append(lines + "\n" * dice.choice((0, 0, 2)))
        if isinstance(value, str) and lines.count("\n") == 1 and dice.random() < 0.5:
            said.append(f"# à côté de {key}")
            parts[-1] = f"{lines.rstrip()}   {said[-1]}\n"
    said.append("# à la fin")
    whole = f"---\n{''.join(parts)}# à la fin\n---{source.body and chr(10) * 4}{source.body}\n\n"
    return unicodedata.normalize("NFD", whole).replace("\n", "\r\n"), said


@pytest.mark.parametrize("seed", range(500))
def test_a_scrambled_sheet_comes_back(seed: int) -> None:
    kind, file = FILES[seed % len(FILES)]
    text = file.read_text("utf-8")
    scrambled, said = scramble(text, seed)
    found, problems = canonical(scrambled, kind, file.name)
    assert problems == []
    comments = [line.strip() for line in found.split("\n---\n")[0].split("\n") if line.startswith("#")]
    beside = re.findall(r"  (# à côté de \w+)$", found, re.MULTILINE)
    assert sorted([*comments, *beside]) == sorted(said)
    bare = re.sub(r"  # à côté de \w+$|^# (au-dessus de .*|à la fin)\n", "", found, flags=re.MULTILINE)
    assert bare == text, "the very text that it was made from"
    assert canonical(found, kind) == (found, [])


def commented(text: str, seed: int) -> str | None:
    """The front matter of ``text`` with comments in any place where YAML takes them, or None when it does not."""
    dice = random.Random(seed)  # noqa: S311  # no secret here
    data = parse(text, "x.md")[0].data
    lines = yaml.dump(data, allow_unicode=True, sort_keys=False, width=dice.choice((30, 5000)), default_flow_style=dice.choice((None, False, True))).split("\n")  # fmt: skip
    for number in dice.sample(range(len(lines)), min(len(lines), 8)):
        if dice.random() < 0.6:
            lines[number] = f"{' ' * dice.randrange(7)}# seul {number}\n{lines[number]}"
        elif lines[number]:
            lines[number] += f" # au bout {number}"
    made = "---\n" + "\n".join(lines) + "\n---\n"
    source, problems = parse(made, "x.md")
    return made if not problems and source.data == data else None


@pytest.mark.parametrize("part", range(8))
def test_comments_in_any_place_are_kept_and_stay(part: int) -> None:
    tried = 0
    for seed in range(part, 400, 8):
        kind, file = FILES[seed * 7 % len(FILES)]
        text = commented(file.read_text("utf-8"), seed)
        if text is None:
            continue
        tried += 1
        once, problems = canonical(text, kind, file.name)
        assert problems == [], text
        assert canonical(once, kind) == (once, []), text
        said = re.findall(r"# (?:seul|au bout) \d+", text)
        assert sorted(re.findall(r"# (?:seul|au bout) \d+", once)) == sorted(said), text
    assert tried > 15


def test_comments_stay_with_what_they_are_about() -> None:
    text = """---
# En tête.
statut: publié # celui de la fiche
chiffres:   # les chiffres
  # Le premier.
  - valeur: "12"  # douze
    libelle: fiches
    # de quand ?
    annee: 2018
  # - { valeur: 3 }
themes: [bois,  # le bois
  energie]
#titre: Un autre
titre: 'Le titre'
contact: {fonction: équipe, organisation: x} # à qui
# Fin.
---
Texte
"""
    assert (
        canonical(text, Experience)[0]
        == """---
#titre: Un autre
titre: Le titre
themes:
  - bois  # le bois
  - energie
# En tête.
statut: publié  # celui de la fiche
contact: { fonction: équipe, organisation: x }  # à qui
chiffres:  # les chiffres
  # Le premier.
  - valeur: 12  # douze
    libelle: fiches
    # de quand ?
    annee: 2018
  # - { valeur: 3 }
# Fin.
---

Texte
"""
    )


@pytest.mark.parametrize(
    "front",
    [
        "financements:\n  - type: x # b\n    # c\n    montant: 3\n",
        "x:\n  - # note\n    - a\n",
        "x: [{a: 1} # c\n]\n",
        "x:\n  - # a\n    # b\n    y: 1\n    # d\n    z: # e\n      - 1 # f\n  # g\n",
        "themes: # a\n  - # b\n    bois\n",
        "x:\n  - [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, b] # c\n",
        "# a\n\n#b\ntitre: x # c\n  # d\nstatut: |- # e\n  y\n  # pas un commentaire\n# f\n",
    ],
)
def test_twice_changes_nothing(front: str) -> None:
    once, problems = canonical(f"---\n{front}---\n", Experience)
    assert problems == []
    assert canonical(once, Experience) == (once, [])


@pytest.mark.parametrize(
    "front",
    [
        'titre: "un\u2028deux"  # note\n',
        'titre: "Pi\\u202Ege"\n',
        'resume: "a\\0b"\n',
        'titre: "a\\Lb"\n',
        '"a\\u200bb": x\n',
    ],
)
def test_what_nobody_sees_is_refused_as_it_is_written(front: str) -> None:
    found, problems = canonical(f"---\nstatut: publié\n{front}---\n", Experience, "x.md")
    assert found == ""
    assert [(problem.line, problem.code) for problem in problems] == [(3, "caractere-interdit")]


def test_what_cannot_be_read_is_told_and_not_touched() -> None:
    for text in (
        "titre: x\n",
        "---\ntitre: x\n",
        "---\ntitre: a\ntitre: b\n---\n",
        "---\na: *b\n---\n",
        "---\na: [b\n---\n",
        "---\n? [a]\n: b\n---\n",
    ):
        found, problems = canonical(text, Experience, "x.md")
        assert found == "", text
        assert problems, text


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_reader_that_types_scalars_reads_texts_as_texts(kind: str) -> None:
    """YAML 1.1 by PyYAML: whatever is in a field of text comes back as the same text."""
    for champ in champs(KINDS[kind]):
        if champ.group or champ.computed or "." in champ.path:
            continue
        for odd in ODD:
            typed = champ.forme.genre in TYPED
            loaded = yaml.safe_load(
                f"a: {scalar(odd, typed=typed)}\nb: [{scalar(odd, typed=typed, flow=True)}]\nc: {{ d: {scalar(odd, typed=typed, flow=True)}, e: f }}\n"
            )
            if not typed:
                assert loaded == {"a": odd, "b": [odd], "c": {"d": odd, "e": "f"}}, (champ.path, odd)
    assert scalar("2018", typed=True) == "2018"
    assert scalar("2018") == '"2018"'
