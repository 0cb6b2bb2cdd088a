"""The web form is read off the model, and writes sheets as the formatter does. Its JavaScript runs in Node.js here."""

from __future__ import annotations

import json
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

from essaim import archive, model, offline
from essaim.front import canonical, write
from essaim.library import Library
from essaim.model import KINDS, SHEETS, Experience, Group, Sheet, order, types
from essaim.model.base import champ
from essaim.model.types import NombreOuInconnu
from essaim.outputs import form
from essaim.outputs.form import WRITINGS, FormError, configuration, settings
from essaim.outputs.site import Form, Site
from essaim.words import NON_COMMUNIQUE, SLUG, slug
from tests.conftest import ROOT, Checked

GITHUB = {"forge": "github", "depot": "essaim/fiches", "connexion": "https://session.exemple.fr"}
GITLAB = {"forge": "gitlab", "depot": "groupe/sous-groupe/fiches", "application": "abc123"}


def node(*calls: list[Any]) -> list[Any]:
    """What ``tests/form.mjs`` answers to each call."""
    done = subprocess.run(
        ["node", "tests/form.mjs"], cwd=ROOT, input=json.dumps(calls), capture_output=True, text=True, check=True
    )
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
        one.titre for kind in SHEETS for one in form._all(kind) if one.many and form._several(one)["widget"] == "list"
    }
    assert {one: form.singular(one) for one in lists if form.singular(one) != one} == {
        "Communes": "Commune", "Départements": "Département", "Difficultés": "Difficulté", "Leviers": "Levier",
        "Conditions": "Condition", "Auteurs": "Auteur", "Anciens identifiants": "Ancien identifiant",
        "Livrables": "Livrable", "Questions du cycle": "Question du cycle", "Rôles": "Rôle",
        "Points clés": "Point clé", "Synonymes": "Synonyme",
    }  # fmt: skip
    assert form.singular("Parcours") == "Parcours"
    assert form.singular("Prérequis réunis") == "Prérequis réuni"


def test_where_one_searches_by_name_nothing_speaks_of_a_code(config: dict[str, Any]) -> None:
    hints = [
        field["hint"]
        for kind in SHEETS
        for field in (form._field(Site(Library()), one, kind) for one in form._all(kind) if one.territory or one.ref)
    ]
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
    offline.write(tmp_path, worker)
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
