"""The web form is read off the model, and writes sheets as the formatter does. Its JavaScript runs in Node.js here."""

from __future__ import annotations

import json
import random
import re
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from essaim import archive, markup, model, offline
from essaim.front import _comments, canonical, write
from essaim.library import Library
from essaim.model import KINDS, SHEETS, Experience, Group, Sheet, order, types
from essaim.model.base import champ
from essaim.model.types import NombreOuInconnu
from essaim.outputs import form
from essaim.outputs.form import WRITINGS, FormError, configuration, settings
from essaim.outputs.site import Form, Site
from essaim.source import Source, parse
from essaim.tree import files
from essaim.words import NON_COMMUNIQUE, SLUG, slug
from tests.conftest import ROOT, Checked

GITHUB = {"forge": "github", "depot": "essaim/fiches", "connexion": "https://session.exemple.fr"}
GITLAB = {"forge": "gitlab", "depot": "groupe/sous-groupe/fiches", "application": "abc123"}


def node(*calls: list[Any], timeout: float = 60) -> list[Any]:
    """What ``tests/form.mjs`` answers to each call."""
    done = subprocess.run(
        ["node", "tests/form.mjs"], cwd=ROOT, input=json.dumps(calls), capture_output=True, text=True, check=True,
        timeout=timeout,
    )  # fmt: skip
    found: list[Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def config(content: Checked) -> dict[str, Any]:
    """The configuration of the project's own library, as a preview has it."""
    local = settings({}, "content", True)
    assert local
    return configuration(Site(content[0], preview=True, form=local), local)


def sheets() -> Iterator[tuple[type[Sheet], Path, str]]:
    """Every sheet of the project."""
    for kind in SHEETS:
        for file in sorted((ROOT / "content" / kind.FOLDER).glob("*.md")):
            yield kind, file, file.read_bytes().decode()


def fields_of(fields: list[dict[str, Any]]) -> list[Any]:
    """Names of Decap's fields, those of a group after its own; headings and the text apart."""
    return [
        [one["name"], fields_of(one["fields"])] if "fields" in one else one["name"]
        for one in fields
        if one["widget"] != "rubrique" and one["name"] != "body"
    ]


def names_of(group: type[Group]) -> list[Any]:
    parts = [(one.path.rsplit(".", 1)[-1], one.group) for one in order(group)]
    return [[name, names_of(inner)] if inner else name for name, inner in parts]


# The configuration.


def test_the_form_has_the_fields_of_the_model_in_their_order(config: dict[str, Any]) -> None:
    for kind, collection in zip(SHEETS, config["cms"]["collections"], strict=True):
        assert collection["name"] == kind.KIND
        assert collection["folder"] == f"content/{kind.FOLDER}"
        assert fields_of(collection["fields"]) == names_of(kind)
        assert [one["nom"] for one in config["sortes"][kind.KIND]] == [one.path for one in order(kind)]
        names = [one["name"] for one in collection["fields"]]
        assert names.index("body") == sum(one.essentiel for one in order(kind)), "the text follows what a draft needs"
        assert not collection["delete"], "a published address never disappears"


def test_what_decap_would_ask_for_although_nobody_began_it_is_not_there(config: dict[str, Any]) -> None:
    def inner(fields: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for one in fields:
            if "fields" in one:
                assert one["widget"] == "list"
                assert one["default"] == []
                yield from one["fields"]
                yield from inner(one["fields"])

    for collection in config["cms"]["collections"]:
        assert not any(one.get("default") for one in inner(collection["fields"]))


def test_lists_of_values_are_those_of_the_vocabularies_and_of_the_library(
    config: dict[str, Any], content: Checked
) -> None:
    library = content[0]
    named = {
        one["options"].removesuffix("?")
        for collection in config["cms"]["collections"]
        for field in collection["fields"]
        for one in [field, *field.get("fields", [])]
        if isinstance(one.get("options"), str)
    }
    assert named <= set(config["listes"])
    assert len(named) > 20
    assert {one["value"] for one in config["listes"]["fiches:"]} == set(library.kinds)
    stances = library.vocabularies["gouvernance"].valeurs
    assert [(one["label"], one["value"]) for one in config["listes"]["vocabulaire:gouvernance"]] == [
        (one.libelle, one.id) for one in stances
    ]
    experience = {one["name"]: one for one in config["cms"]["collections"][0]["fields"]}
    assert experience["gouvernance"]["options"] == "vocabulaire:gouvernance?"
    assert experience["porteur"]["options"] == "fiches:organisation?"
    assert (experience["methodes"]["options"], experience["methodes"]["multiple"]) == ("fiches:method", True)
    assert experience["statut"]["default"] == "brouillon"
    assert NON_COMMUNIQUE in experience["besoin"]["hint"]
    assert experience["communes"]["field"]["widget"] == "territoire"


class Surface(Experience):
    """An experience with one more field."""

    surface: NombreOuInconnu = champ("Surface", "En hectares.", default="non communiqué", exemple="12")


def test_a_field_added_to_the_model_is_in_the_form(monkeypatch: pytest.MonkeyPatch, small: Library) -> None:
    monkeypatch.setattr(form, "SHEETS", tuple(Surface if kind is Experience else kind for kind in model.SHEETS))
    local = settings({}, "content", True)
    assert local
    found = configuration(Site(small, preview=True, form=local), local)
    (field,) = [one for one in found["cms"]["collections"][0]["fields"] if one["name"] == "surface"]
    assert (field["label"], field["widget"], field["required"]) == ("Surface", "string", False)
    assert field["hint"] == "En hectares. Exemple : 12. Si personne ne le dit : non communiqué."
    (said,) = [one for one in found["sortes"]["experience"] if one["nom"] == "surface"]
    data = {"titre": "Une fiche", "surface": "12"}
    assert node(["write", data, found["sortes"]["experience"]]) == [write(Surface, data)]
    assert said["typee"]


def test_a_line_is_called_by_the_singular_of_its_list() -> None:
    lists = {
        one.titre
        for kind in SHEETS
        for one in form._all(kind)
        if one.many and not one.group and form._several(one)["widget"] == "list"
    }
    assert {one: form.singular(one) for one in lists if form.singular(one) != one} == {
        "Communes": "Commune", "Départements": "Département", "Difficultés": "Difficulté", "Leviers": "Levier",
        "Conditions": "Condition", "Auteurs": "Auteur", "Anciens identifiants": "Ancien identifiant",
        "Livrables": "Livrable", "Questions du cycle": "Question du cycle", "Rôles": "Rôle",
        "Points clés": "Point clé", "Synonymes": "Synonyme", "Lignes": "Ligne", "Questions": "Question", "Réponses": "Réponse",
    }  # fmt: skip
    assert form.singular("Parcours") == "Parcours"
    assert form.singular("Prérequis réunis") == "Prérequis réuni"


def test_where_one_searches_by_name_nothing_speaks_of_a_code(config: dict[str, Any]) -> None:
    hints = [form._hint(one) for kind in SHEETS for one in form._all(kind) if one.territory or one.ref]
    assert len(hints) > 20
    assert [one for one in hints if re.search(r"INSEE|SIREN|[Ii]dentifiant|\d{5}", one)] == []
    experience = {one["name"]: one for one in config["cms"]["collections"][0]["fields"]}
    assert experience["communes"]["hint"] == "Tapez le nom, puis choisissez dans la liste. Exemple : Figeac."
    assert experience["porteur"]["hint"].startswith("L’organisation qui porte l’expérience. Cherchez par le titre.")


SAMPLES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "nombre": (types.Nombre, ("26000000", "26 000 000", "26\u202f000", "12,5", "1.5", "-3", "12,", "abc", "1.2345678", "")),
    "entier": (int, ("3", "0", "x", "3.5")),
    "annee": (types.Annee, ("1800", "2018", "2100", "1799", "2101", "18")),
    "date-partielle": (types.DatePartielle, ("2012", "2012-03", "2012-03-15", "2012-13", "2012-3", "1799", "12 mars")),
    "adresse": (types.Url, ("https://exemple.fr", "http://a.fr/b?c=d#e", "exemple.fr", "ftp://a.fr", "https://a b.fr", "https://a", "javascript:alert(1)")),
    "moment": (types.Timecode, ("1:02:30", "02:30", "2:3", "1:2:3", "90")),
    "identifiant": (types.Identifiant, ("a-b", "a", "A", "a_b", "-a", "é")),
}  # fmt: skip


def test_what_the_form_takes_is_what_the_model_takes() -> None:
    calls, wanted = [], []
    for genre, (type_, texts) in SAMPLES.items():
        for text in texts:
            try:
                TypeAdapter(type_).validate_python(text)
                wanted.append((genre, text, True))
            except ValidationError:
                wanted.append((genre, text, False))
            rule = WRITINGS[genre].pattern or {
                "moment": r"([0-9]{1,2}:)?[0-5]?[0-9]:[0-5][0-9]", "identifiant": SLUG.pattern
            }[genre]  # fmt: skip
            calls.append(["matches", f"^(?:{rule})$", text])
    assert [(genre, text, found) for (genre, text, _), found in zip(wanted, node(*calls), strict=True)] == wanted


# The settings.


def test_without_settings_nothing_is_written_and_a_preview_has_its_form(content: Checked) -> None:
    assert settings({}, "content", False) is None
    assert settings({"forge": "github", "depot": ""}, "content", False) is None
    assert list(form.pages(Site(content[0]))) == []
    local = settings({"port": 9000}, "content", True)
    assert local == Form(
        "content", {"name": "proxy", "proxy_url": "http://127.0.0.1:9000/api/v1"}, ("http://127.0.0.1:9000",)
    )


def test_a_forge_is_the_only_one_that_the_page_talks_to(content: Checked) -> None:
    for given_, backend, origin in (
        (GITHUB, {"name": "github", "repo": "essaim/fiches", "branch": "main", "base_url": "https://session.exemple.fr"}, "https://api.github.com"),
        (GITLAB, {"name": "gitlab", "repo": "groupe/sous-groupe/fiches", "branch": "main", "auth_type": "pkce", "app_id": "abc123",
                  "base_url": "https://gitlab.com", "api_root": "https://gitlab.com/api/v4"}, "https://gitlab.com"),
    ):  # fmt: skip
        found = settings(given_, "content", False)
        assert found is not None
        assert dict(found.backend) == backend
        written = dict(form.pages(Site(content[0], form=found)))
        assert set(written) == {"admin/index.html", "admin/config.json", "admin/territoires.json"}
        page = str(written["admin/index.html"])
        policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
        assert [part for part in policy[0].split("; ") if part.startswith("connect-src")] == [
            f"connect-src 'self' blob: {origin}"
        ]
        assert "default-src 'none'" in policy[0]
        assert 'name="robots" content="noindex' in page
        assert json.loads(str(written["admin/config.json"]))["cms"]["publish_mode"] == "editorial_workflow"


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"depo": "a/b"}, "réglage inconnu « depo »"),
        ({"port": "huit"}, "port « huit »"),
        ({"port": 0}, "port « 0 »"),
        ({"depot": 3}, "depot « 3 »"),
        ({"depot": "a/b"}, "forge «  » inconnue"),
        ({**GITHUB, "forge": "gitea"}, "forge « gitea » inconnue"),
        ({**GITHUB, "depot": "fiches"}, "depot « fiches »"),
        ({**GITHUB, "depot": "https://github.com/a/b"}, "depot « https://github.com/a/b »"),
        ({**GITHUB, "branche": "a b"}, "branche « a b »"),
        ({**GITHUB, "connexion": ""}, "connexion «  »"),
        ({**GITHUB, "connexion": "http://session.exemple.fr"}, "connexion « http://session.exemple.fr »"),
        ({**GITLAB, "connexion": "https://a.fr 'unsafe-inline'"}, "connexion « https://a.fr 'unsafe-inline' »"),
        ({**GITLAB, "application": ""}, "application"),
    ],
)
def test_a_wrong_setting_is_told_in_french(given_: dict[str, Any], said: str) -> None:
    with pytest.raises(FormError, match=re.escape(said)):
        settings(given_, "content", False)


def test_readers_copies_hold_nothing_of_the_form(tmp_path: Path) -> None:
    for path in ("admin/index.html", "admin/decap-cms.js", "index.html", "assets/js/a.js", "recherche/index.json"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text('{"moteur": "lunr"}')
    (tmp_path / ".essaim").write_text("")
    kept = {path for path, _ in archive.members(tmp_path)}
    worker = tmp_path / "worker.js"
    worker.write_text("")
    offline.write(tmp_path, worker, files(tmp_path).keys())
    listed = {path for path, _ in json.loads((tmp_path / "hors-ligne" / "0.json").read_text())}
    assert "index.html" in kept & listed
    assert [path for path in kept | listed if path.startswith("admin/")] == []


# Reading and writing sheets.


def test_a_sheet_that_is_saved_unchanged_keeps_every_byte(config: dict[str, Any]) -> None:
    found = list(sheets())
    saved = node(*(["save", text, config["sortes"][kind.KIND], {}] for kind, _, text in found))
    assert [file.name for (_, file, text), again in zip(found, saved, strict=True) if again != text] == []
    assert len(found) > 100


def test_a_changed_field_changes_its_lines_only_and_back_again(config: dict[str, Any]) -> None:
    found = list(sheets())
    title = "Un autre titre : n° 2"
    changed = node(*(["save", text, config["sortes"][kind.KIND], {"titre": title}] for kind, _, text in found))
    for (kind, file, text), other in zip(found, changed, strict=True):
        old, new = text.split("\n"), other.split("\n")
        assert [line for line in new if line not in old] == [f'titre: "{title}"'], file
        assert len(old) == len(new)
        assert (canonical(other, kind)[0] == other) == (canonical(text, kind)[0] == text)
    back = node(
        *(
            ["save", other, config["sortes"][kind.KIND], {"titre": held["titre"]}]
            for (kind, _, _), other, held in zip(
                found,
                changed,
                node(*(["read", text, config["sortes"][kind.KIND]] for kind, _, text in found)),
                strict=True,
            )
        )
    )
    assert [file.name for (_, file, text), again in zip(found, back, strict=True) if again != text] == []


SCRAMBLED = """---
# Tout en haut.
resume:   'Un résumé.'
couleur: bleu   # clé inconnue
"titre": >-
  Un titre
  plié
# Au sujet des communes.
communes:
# pas aligné
- 01004
-   '46102 Figeac'   # la ville
chiffres: [{valeur: 12, libelle: x, annee: 2012, source: a}]

difficultes: non communiqué
# Tout en bas.
---
Le texte.
"""


@pytest.mark.parametrize("made", [lambda text: text, lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text,
                                  lambda text: unicodedata.normalize("NFD", text)], ids=["as it is", "CRLF", "BOM", "NFD"])  # fmt: skip
def test_comments_unknown_keys_and_odd_forms_survive(config: dict[str, Any], made: Any) -> None:
    text = made(SCRAMBLED)
    champs = config["sortes"]["experience"]
    held, same, changed, gone = node(
        ["read", text, champs],
        ["save", text, champs, {}],
        ["save", text, champs, {"communes": ["46102 Figeac"], "difficultes": ["Le temps."], "besoin": "Du bois."}],
        ["save", text, champs, {"communes": [], "body": "Autre texte."}],
    )
    assert held["communes"] == ["01004", "46102 Figeac"]
    assert held["titre"] == "Un titre plié"
    assert held["difficultes"] == [NON_COMMUNIQUE]
    assert held["body"] == "Le texte."
    assert same == text
    lines, before = changed.splitlines(), text.splitlines()
    rewritten = ("communes:", "- 01004", "-   '46102 Figeac'   # la ville", "difficultes: non communiqué")
    assert [line for line in before if line and line not in lines] == [
        made(line).lstrip("\ufeff") for line in rewritten
    ]
    place = lines.index("# Au sujet des communes.")
    assert lines[place : place + 4] == [
        "# Au sujet des communes.",
        made("# pas aligné").lstrip("\ufeff"),
        "# la ville",
        "communes: [46102 Figeac]",
    ]
    assert "besoin: Du bois." in lines
    assert "difficultes: [Le temps.]" in lines
    assert lines[-3:] == ["# Tout en bas.", "---", "Le texte."]
    assert "\r\n" in changed or "\r" not in text
    assert "# la ville" in gone
    assert "Figeac" not in gone
    assert gone.endswith(made("---\n\nAutre texte.\n").lstrip("\ufeff"))
    assert gone.startswith(text[:5])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rien.",
        "---\ntitre: [a\n---\n",
        "---\na: *x\n---\n",
        "---\na: 1\na: 2\n---\n",
        "---\n- a\n---\n",
        "---\ntitre: a\n",
    ],
)
def test_a_sheet_that_can_not_be_read_is_left_alone(config: dict[str, Any], text: str) -> None:
    held, saved = node(
        ["read", text, config["sortes"]["term"]], ["save", text, config["sortes"]["term"], {"titre": "Autre"}]
    )
    assert held["_illisible"]
    assert saved == text


def test_keys_on_one_line_are_written_again_whole(config: dict[str, Any]) -> None:
    text = "---\n{titre: a, couleur: [b, c]} # ici\n---\n"
    (saved,) = node(["save", text, config["sortes"]["term"], {"titre": "Autre"}])
    assert saved == "---\ntitre: Autre\ncouleur: [b, c]\n# ici\n---\n"


SIGNS = st.sampled_from(
    [
        *"aé’:#-,[]{}'\"%@`&*!|>?=~\\ \n\t\u2028.0123456789+eExoTZ",
        "non communiqué",
        ": ",
        " #",
        "yes",
        "2012-03",
        "œ",
        "😀",
    ]
)
TEXT = st.one_of(
    st.lists(SIGNS, min_size=1, max_size=60).map("".join),
    st.sampled_from(["01004", "46102 Figeac", "12:30", "1e3", "0x1F", "1_000", ".inf", "null", "No", "y", "2012", "2012-03-15", "12,5", "-3.5", "<<", "a" * 41, "é" * 130]),
)  # fmt: skip


def plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def data_of(group: type[Group], draw: st.DrawFn) -> dict[str, Any]:
    """Some values for some fields of a group, of the shape that their fields have."""
    text = TEXT.map(plain).filter(lambda one: bool(re.sub(r"[\s\ufeff]", "", one)))
    found: dict[str, Any] = {}
    for one in order(group):
        if not draw(st.booleans()):
            continue
        name = one.path.rsplit(".", 1)[-1]
        if one.group:
            groups = [data_of(one.group, draw) for _ in range(draw(st.integers(1, 3)) if one.many else 1)]
            full = [inner for inner in groups if inner]
            if full:
                found[name] = full if one.many else full[0]
        elif one.many:
            found[name] = draw(st.lists(text, min_size=1, max_size=5).filter(lambda many: many != [NON_COMMUNIQUE]))
        else:
            found[name] = draw(text)
    return found


@st.composite
def written_sheets(draw: st.DrawFn) -> tuple[type[Sheet], dict[str, Any], str]:
    kind = draw(st.sampled_from(SHEETS))
    return kind, data_of(kind, draw), draw(st.sampled_from(["", "Le texte.\n", "\n\n## Titre\n\n- a\n"]))


def test_the_form_writes_what_the_formatter_writes(config: dict[str, Any]) -> None:
    cases: list[tuple[type[Sheet], dict[str, Any], str]] = []

    # Cases are gathered, then asked in one go: Node.js takes longer to start than to answer.
    @hypothesis_settings(max_examples=500, phases=[Phase.generate], deadline=None, derandomize=True,
                         suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(written_sheets())
    def gather(case: tuple[type[Sheet], dict[str, Any], str]) -> None:
        cases.append(case)

    gather()
    assert len(cases) >= 500
    wanted = [write(kind, data, body) for kind, data, body in cases]
    made = node(*(["write", {**data, "body": body}, config["sortes"][kind.KIND]] for kind, data, body in cases))
    differing = [(a, b) for a, b in zip(wanted, made, strict=True) if a != b]
    assert differing == []
    again = node(
        *(["save", text, config["sortes"][kind.KIND], {}] for (kind, _, _), text in zip(cases, made, strict=True))
    )
    assert again == made


def test_a_new_sheet_has_a_name_of_its_own() -> None:
    titles = ["L’énergie à cœur", "Archer", "  --  ", "Çà & là : n° 2_a.b~c", "Æthel", "日本"]
    made = node(*(["unique", title, ["archer", "archer-2"]] for title in titles))
    assert made == ["l-energie-a-coeur", "archer-3", "fiche", "ca-la-n-2-a-b-c", "aethel", "fiche"]
    assert made[0] == slug(titles[0])
    (long,) = node(["unique", "a" * 200, ["a" * 80]])
    assert long == "a" * 76 + "-2"


def test_names_are_those_that_words_makes(content: Checked) -> None:
    titles = [sheet.titre for sheet in content[0].sheets.values()]
    assert node(*(["unique", title, []] for title in titles)) == [slug(title)[:80].strip("-") for title in titles]


def test_the_preview_shows_our_markdown_and_no_html() -> None:
    text = "[[archer]] et [[archer|ce cas]]\n\n> [!NOTE]\n> Un mot.\n\n<script>x</script> <https://a.fr> `<b> [[c]]`\n\n```\n[[d]] <i>\n```\n"
    (made,) = node(["markdown", text])
    assert made == (
        "[ARCHER](#) et [ce cas](#)\n\n> **Note**\n> \n> Un mot.\n\n\\<script>x\\</script> <https://a.fr> `<b> [[c]]`\n\n```\n[[d]] <i>\n```\n"
    )


def test_every_genre_has_a_way_to_be_typed() -> None:
    assert set(WRITINGS) == set(types.GENRES)
    assert set(KINDS) == {kind.KIND for kind in SHEETS}
    assert isinstance(WRITINGS, Mapping)


# What an attacker tried. Each of these lost a line, lost a value or never came back.


def test_a_blank_line_first_is_read_and_written(config: dict[str, Any]) -> None:
    champs = config["sortes"]["experience"]
    blank, between = "---\n\ntitre: x\n---\nb\n", "---\nresume: a\n\ntitre: x\n---\nb\n"
    held, same, gone = node(
        ["read", blank, champs], ["save", blank, champs, {}], ["save", between, champs, {"resume": ""}]
    )
    assert held["titre"] == "x"
    assert same == blank
    assert gone == blank


@pytest.mark.parametrize(
    "front",
    ["\n", "\n\n# a\n", "  # note\n", "# c1\n\n  # note\n", "# c1\n  # c2\n\n# c3\n\n"],
    ids=["blank", "blanks", "indented", "both", "mixed"],
)
def test_what_stands_above_the_first_key_stays(config: dict[str, Any], front: str) -> None:
    text = f"---\n{front}titre: x\n---\nb\n"
    champs = config["sortes"]["experience"]
    assert node(
        ["save", text, champs, {}],
        ["save", text, champs, {"titre": "w"}],
        ["save", text, champs, {"resume": "Deux\nlignes."}],
        ["save", text, champs, {"titre": ""}],
    ) == [
        text,
        text.replace("titre: x", "titre: w"),
        text.replace("titre: x\n", "titre: x\nresume: |-\n  Deux\n  lignes.\n"),
        text.replace("titre: x\n", ""),
    ]


def test_a_front_matter_of_comments_keeps_them(config: dict[str, Any]) -> None:
    champs = config["sortes"]["experience"]
    alone, empty = "---\n# a\n\n  # b\n---\n", "---\n{} # a\n---\n"
    first, second = node(["save", alone, champs, {"titre": "x"}], ["save", empty, champs, {"titre": "x"}])
    assert first == "---\n# a\n\n  # b\ntitre: x\n---\n"
    assert second == "---\ntitre: x\n# a\n---\n"


def test_items_that_the_form_does_not_show_stay_in_a_changed_list(config: dict[str, Any]) -> None:
    champs = config["sortes"]["experience"]

    def changed(front: str, changes: dict[str, Any]) -> str:
        (made,) = node(["save", f"---\n{front}---\n", champs, changes])
        return str(made).removeprefix("---\n").removesuffix("---\n")

    several = "difficultes:\n  - a\n  - {x: y}\n"
    assert changed(several, {"difficultes": ["a", "b"]}) == 'difficultes:\n  - a\n  - { x: "y" }\n  - b\n'
    assert changed(several, {"difficultes": []}) == 'difficultes:\n  - { x: "y" }\n'
    # A group that has a key, a text and a list where the field has none, and a text among groups.
    groups = "chiffres:\n  - perdu\n  - {valeur: 1, libelle: [u, v], __proto__: {k: z}, vide: }\n"
    (held,) = node(["read", f"---\n{groups}---\n", champs])
    (group,) = held["chiffres"]
    made = changed(groups, {"chiffres": [{**group, "valeur": "2"}, {"valeur": "3"}]})
    source, problems = parse(f"---\n{made}---\n", "")
    assert not problems
    assert source.data["chiffres"] == [
        "perdu",
        {"valeur": "2", "libelle": ["u", "v"], "__proto__": {"k": "z"}, "vide": None},
        {"valeur": "3"},
    ]


@pytest.mark.parametrize(
    ("front", "changes"),
    [
        ("titre: [a, b]\n", {"titre": "c"}),
        ("titre: {a: b}\n", {"titre": "c"}),
        ("chiffres:\n  - libelle: [u]\n", {"chiffres": [{"_reste": '[["libelle",[[0,["u"]]]]]', "libelle": "v"}]}),
    ],
)
def test_a_text_is_not_written_over_what_the_form_does_not_show(
    config: dict[str, Any], front: str, changes: dict[str, Any]
) -> None:
    (made,) = node(["attempt", f"---\n{front}---\n", config["sortes"]["experience"], changes])
    assert made == {
        "refus": "cette fiche ne peut pas être écrite sans risque d’en perdre, corrigez-la dans un éditeur de texte."
    }


def test_blank_lines_of_a_text_that_keeps_them_are_its_own(config: dict[str, Any]) -> None:
    champs = config["sortes"]["experience"]
    known, unknown = (f"---\n{name}: |+\n  y\n\n\nresume: x\n---\n" for name in ("besoin", "inconnu"))
    nested = "---\ninconnu:\n  - a: |2+\n      y\n\nresume: x\n---\n"
    for text in (known, unknown, nested):
        assert node(
            ["save", text, champs, {"resume": "z"}],
            ["save", text, champs, {"resume": ""}],
        ) == [text.replace("resume: x", "resume: z"), text.replace("resume: x\n", "")]
    assert node(["save", known, champs, {"besoin": "z"}]) == ["---\nbesoin: z\nresume: x\n---\n"]
    assert node(["save", unknown, champs, {"titre": "z"}]) == [unknown.replace("inconnu", "titre: z\ninconnu")]


@pytest.mark.parametrize(
    "front",
    ["{titre: a, resume: b}\n", "{\ntitre: a,\n# ici\nresume: b\n}\n", "? titre\n: a\n\n", "  titre: a\n  resume: b\n", "{}\n"],
    ids=["flow", "flow on lines", "explicit", "indented", "empty"],
)  # fmt: skip
def test_odd_roots_keep_every_byte_until_a_field_changes(config: dict[str, Any], front: str) -> None:
    champs = config["sortes"]["experience"]
    text = f"---\n{front}---\n\nb\n"
    same, body, changed = node(
        ["save", text, champs, {}], ["save", text, champs, {"body": "c"}], ["save", text, champs, {"titre": "z"}]
    )
    assert same == text
    assert body == text.replace("\nb\n", "\nc\n")
    assert "titre: z\n" in changed
    assert ("resume: b\n" in changed, "# ici\n" in changed) == ("resume" in front, "# ici" in front)


def test_a_body_is_added_below_a_last_line_without_a_break(config: dict[str, Any]) -> None:
    (made,) = node(["save", "---\ntitre: x\n---", config["sortes"]["term"], {"body": "c"}])
    assert made == "---\ntitre: x\n---\n\nc\n"


def test_line_ends_are_those_of_the_first_line(config: dict[str, Any]) -> None:
    text = "---\ntitre: x\n---\nun\r\n"
    (made,) = node(["save", text, config["sortes"]["term"], {"titre": "w"}])
    assert made == text.replace("titre: x", "titre: w")


@pytest.mark.parametrize("many", ["[", "- ", "? ", "[}", "{a: ", "#\n", "\n"])
def test_a_hostile_front_matter_is_read_in_time(config: dict[str, Any], many: str) -> None:
    """A text of many levels took the whole page down; a long one is refused by the check too."""
    champs = config["sortes"]["term"]
    for size in (59_000, 10_000_000):
        text = f"---\na: x\nb:\n  {many * (size // len(many))}\n---\n"
        held, saved = node(["read", text, champs], ["save", text, champs, {"titre": "Autre"}], timeout=30)
        assert held.get("_illisible") or (size == 59_000 and not many.strip("#\n"))
        assert saved == text or "titre: Autre" in saved


@pytest.mark.parametrize("many", ["[[", "[[a|", "[[a|b", "<", "`", "> [!a", "```\n"])
def test_a_preview_is_made_in_time(many: str) -> None:
    """Two of them took half a minute at 160,000 characters, and a sheet may have 200,000."""
    text = many * (1_000_000 // len(many))
    (made,) = node(["markdown", text], timeout=30)
    assert len(made) >= len(text)


def test_the_preview_links_what_the_site_links() -> None:
    texts = ["[[a|x [ y]]", "[[a[b]]", "[[a|b]c]]", "[[a|b c]]", "[[ a ]]"]
    made = node(*(["markdown", text] for text in texts))
    linked = [any(link.kind == "wiki" for link in markup.parse(text).links) for text in texts]
    assert [text != one for text, one in zip(texts, made, strict=True)] == linked


# Thousands of front matters, odd ones: what was not changed is the same, and no comment is lost. PyYAML, which the form does not
# use, says what they hold and where the comments are.

FUZZED = 800
ONE = ["besoin", "resume", "titre", "inconnu", "autre cle"]
MANY = ["difficultes", "leviers", "plus"]
GROUPS = ["chiffres", "nombres"]


class Odd:
    """A front matter as nobody should write it, the same for the same number.

    ``pieces`` are its keys with the text of each, in order; under the key "" the comments and blank lines between them."""

    def __init__(self, number: int) -> None:
        self.draw = random.Random(number)  # noqa: S311  # always the same ones
        self.notes = 0
        self.pieces = [("", self.gap())]
        for name in self.draw.sample(ONE + MANY + GROUPS, self.draw.randint(1, 6)):
            value = self.text() if name in ONE else self.list() if name in MANY else self.group()
            key = self.draw.choice([f"{name}:", f"{name}:", f'"{name}":', f"'{name}' :"])
            self.pieces += [(name, key + value), ("", self.gap())]

    def written(self) -> str:
        return "".join(piece for _, piece in self.pieces)

    def note(self) -> str:
        """A comment at the end of a line, or none."""
        self.notes += 1
        return self.draw.choice(["", "", f" # note {self.notes}"])

    def gap(self) -> str:
        self.notes += 1
        lines = ["\n", "  \n", f"# ligne {self.notes}\n", f"  # en retrait {self.notes}\n", f"#: {self.notes} 'x\n"]
        return "".join(self.draw.choice(lines) for _ in range(self.draw.choice([0, 0, 1, 2, 3])))

    def text(self) -> str:
        """What may follow the colon of a text."""
        note = self.note()
        return self.draw.choice([
            " du bois\n", f" du bois{note}\n", " du bois\n  et du fer\n", f" 'l''un # l''autre'{note}\n",
            f' "un # mot\\n\n\n  # et non une remarque"{note}\n', f" >-{note}\n  plié\n  # dedans\n\n  fin\n",
            f" |{note}\n  a\n\n    # dedans\n", f" |+{note}\n  a\n\n", f" |+{note}\n  a\n\n\n", f" |+{note}\n  a\n\n  \n",
            " >2+\n   a\n\n", f" |-1{note}\n  a\n b\n\n", f"\n  # au-dessus\n  'a'{note}\n", f"{note}\n",
        ])  # fmt: skip

    def list(self) -> str:
        space = self.draw.choice(["", "  ", "   "])
        lines = [""]
        for _ in range(self.draw.randint(1, 4)):
            lines.append(self.draw.choice(["", "\n", f"{space}# seul {self.notes}\n"]))
            item = self.draw.choice(["a", "'b # c'", "{x: y}", "[u, v]", '"d"', ""]) + self.note() + "\n"
            lines.append(f"{space}- {self.draw.choice([item, item, item, '|+' + chr(10) + '      e' + chr(10) * 2])}")
        one, two = (self.draw.choice(["a", "'b # c'", "{x: y}", "[u]"]) for _ in range(2))
        flow = f" [{self.note()}\n  {one}, {self.note()}\n\n  {two}\n  ]{self.note()}\n"
        block = "\n" + "".join(lines)
        return self.draw.choice([block, block, f" [{one}, {two}]{self.note()}\n", flow, " []\n"])

    def group(self) -> str:
        keys = ["valeur: 1", "libelle: 'a # b'", "couleur: bleu", "__proto__: {k: z}", "source: [s]", '"vide":']
        groups = [self.draw.sample(keys, self.draw.randint(1, 4)) for _ in range(self.draw.randint(1, 3))]
        block = "".join("  - " + "\n    ".join(key + self.note() for key in group) + "\n" for group in groups)
        flow = f" [{{{', '.join(self.draw.sample(keys[:-1], 3))}}}]{self.note()}\n"
        return self.draw.choice(
            [f"\n{block}", f"\n  - perdu\n{block}", flow, f" {{valeur: 1,{self.note()}\n  couleur: bleu}}\n"]
        )


CHANGES: dict[str, list[Any]] = {
    "besoin": ["", "Du bois.", "Deux\nlignes # là."], "resume": ["", "Court : oui."], "titre": ["Autre", ""],
    "difficultes": [[], ["z"], ["a", "un texte assez long pour une ligne à lui tout seul"]], "leviers": [["k", "l"], []],
}  # fmt: skip


def test_odd_front_matters_lose_nothing(config: dict[str, Any]) -> None:
    champs = config["sortes"]["experience"]
    cases: list[tuple[str, list[tuple[str, str]], str, Any, Source]] = []
    for seed in range(FUZZED):
        odd = Odd(seed)
        draw = odd.draw
        end = draw.choice(["\n", "\n", "\r\n"])
        pieces = [(name, piece.replace("\n", end)) for name, piece in odd.pieces]
        text = "".join(["---", end, *(piece for _, piece in pieces), "---", end, draw.choice(["", end]), "b", end])
        source, problems = parse(text, "")
        if problems:
            continue
        name = draw.choice(
            list(CHANGES) if draw.random() < 0.3 else [one for one, _ in pieces if one in CHANGES] or ["titre"]
        )
        cases.append((text, pieces, name, draw.choice(CHANGES[name]), source))
    assert len(cases) > FUZZED * 0.9
    made = node(
        *(["save", text, champs, {}] for text, *_ in cases),
        *(["attempt", text, champs, {name: value}] for text, _, name, value, _ in cases),
    )
    for (text, pieces, name, value, before), same, changed in zip(cases, made, made[len(cases) :], strict=False):
        assert same == text
        assert isinstance(changed, str), (changed, text, name, value)
        source, problems = parse(changed, "")
        assert problems == [], (text, changed)
        assert _comments(source) == _comments(before), (text, changed)
        assert {**source.data, name: None} == {**before.data, name: None}, (text, changed)
        assert told(source.data.get(name)) == [*([value] if isinstance(value, str) and value else value or [])]
        old, new = before.data.get(name), source.data.get(name)
        assert unshown(old) == unshown(new), (text, changed)
        place = [one for one, _ in pieces].index(name) if name in dict(pieces) else None
        if place is None:
            at = alike(text, changed)
            assert alike(text[at:][::-1], changed[::-1]) == len(text) - at, (text, changed)
            continue
        above = "".join(piece for _, piece in pieces[:place])
        # Indented comments right below the value are moved above it: there, a text of several lines would swallow them.
        gap = pieces[place + 1][1].splitlines(keepends=True)
        indented = [number for number, line in enumerate(gap) if line.startswith("  #")]
        below = "".join([*gap[indented[-1] + 1 if indented else 0 :], *(piece for _, piece in pieces[place + 2 :])])
        assert changed.split("\n", 1)[1].startswith(above), (text, changed)
        keeping = place > 2 and not value and re.search(r"[|>]", pieces[place - 2][1])  # they would become part of it
        if keeping or re.search(r"[|>]", pieces[place][1]):
            below = re.sub(r"\A(?:[ ]*\r?\n)+", "", below)  # blank lines may be part of a block of text
        assert changed.endswith(below + text[text.rindex("---") :]), (text, changed)


def alike(one: str, other: str) -> int:
    """Characters that two texts begin with."""
    differing = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def told(value: Any) -> list[str]:
    """What the form shows of a text or of a list of texts."""
    return [
        one.strip() for one in (value if isinstance(value, list) else [value]) if isinstance(one, str) and one.strip()
    ]


def unshown(value: Any) -> list[Any]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict | list)]


def test_a_changed_group_keeps_what_the_form_does_not_show(config: dict[str, Any]) -> None:
    """Keys that no field has, such as __proto__, texts between groups, lists where the field has a text."""
    cases: list[tuple[str, Source]] = []
    for seed in range(FUZZED):
        text = f"---\n{Odd(seed).written()}---\n"
        source, problems = parse(text, "")
        if not problems and source.data.get("chiffres"):
            cases.append((text, source))
    assert len(cases) > FUZZED / 5
    made = node(*(["regroup", text, config["sortes"]["experience"], "chiffres", {"valeur": "2"}] for text, _ in cases))
    for (text, before), changed in zip(cases, made, strict=True):
        source, problems = parse(changed, "")
        assert problems == [], (text, changed)
        assert _comments(source) == _comments(before), (text, changed)
        groups = before.data["chiffres"]
        wanted = [
            {**one, "valeur": "2"} if isinstance(one, dict) else one
            for one in (groups if isinstance(groups, list) else [groups])
        ]
        assert source.data == {**before.data, "chiffres": wanted}, (text, changed)
