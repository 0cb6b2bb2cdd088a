"""Spreadsheets become sheets: what is placed, what is kept, what is refused; and a second time changes nothing."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from essaim import disk, front, territories
from essaim.checks import check
from essaim.imports import layout, mapping, plan, report
from essaim.imports.cells import Lexicon, Refused, items, read, visible
from essaim.imports.columns import columns, heading, tables, target
from essaim.imports.plan import Plan
from essaim.library import Library, from_texts, load
from essaim.model import KINDS, SHEETS
from essaim.problem import euros
from essaim.source import parse
from essaim.spreadsheet import Book, SpreadsheetError, Tab
from essaim.spreadsheet import read as read_file
from essaim.vocabulary import Vocabulary
from essaim.words import fold
from tests.conftest import essaim, experience, started

TODAY = date(2026, 11, 26)
EXPERIENCE = KINDS["experience"]
Rows = Sequence[Sequence[str]]
Planned = Callable[..., Plan]


def xlsx(file: Path, **tabs: Sequence[Sequence[Any]]) -> Path:
    """A workbook of these tabs; dates, numbers and booleans stay what they are, texts that look like formulas are texts."""
    book = xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in tabs.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                elif value not in ("", None):
                    sheet.write(number, column, value)
    book.close()
    return file


def office(file: Path, ending: str, folder: Path) -> Path:
    """The file as LibreOffice opens it and saves it again."""
    folder.mkdir(exist_ok=True)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder.parent}/office", "--headless", "--convert-to", ending, "--outdir", folder, file],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    made = folder / f"{file.stem}.{ending}"
    assert made.exists(), "LibreOffice Calc is needed (libreoffice-calc-nogui)"
    return made


@pytest.fixture
def planned(small: Library) -> Planned:
    """The plan of an import of rows into the small library."""

    def make(*rows: Sequence[str], correspondance: str = "", kind: str = "experience", **tabs: Rows) -> Plan:
        found = None
        if correspondance:
            found, problems = mapping.parse(correspondance, "c.yml", KINDS[kind])
            assert not problems
        all_tabs = {"Feuille": rows, **tabs}
        book = Book(tuple(Tab(name, tuple(tuple(row) for row in texts)) for name, texts in all_tabs.items()))
        laid = layout.lay(book, found, None if found else KINDS[kind])
        return plan.make(laid, small, found, TODAY)

    return make


def data(made: Plan, number: int = 0) -> dict[str, Any]:
    source, problems = parse(made.new[number].text, "x.md")
    assert not problems
    return source.data


def kept(made: Plan, number: int = 0) -> list[str]:
    return [line for line in made.new[number].text.split("\n") if line.startswith("#")]


# Columns


@pytest.mark.parametrize("kind", SHEETS)
def test_every_field_has_its_column_and_is_recognised_by_path_and_by_label(kind: Any) -> None:
    from essaim.model import champs

    leaves = {one.path for one in champs(kind) if not one.computed and one.group is None}
    assert set(columns(kind)) - {"corps"} == leaves, "no field is lost, none is listed twice"
    for path, column in columns(kind).items():
        found = target(kind, path)
        assert found
        assert found.path == path
        named = heading(kind, column.label)
        assert named is None or named.path == path, "a label never leads to another field"
    for column in tables(kind)[0].columns:
        assert heading(kind, column.label), column.label
        assert heading(kind, column.label.upper() + " *"), column.label


def test_headings_are_read_as_people_write_them() -> None:
    for written, path in (("TITRE", "titre"), ("Resume", "resume"), ("Commune", "communes"), ("departement", "departements"),
                          ("contact.fonction", "contact.fonction"), ("Contact - Fonction", "contact.fonction")):  # fmt: skip
        found = heading(EXPERIENCE, written)
        assert found
        assert (found.path, found.number) == (path, 0), written
    second = heading(EXPERIENCE, "Sources 2 : Titre")
    assert second
    assert (second.path, second.number) == ("sources.titre", 2)
    assert heading(EXPERIENCE, "Budget") is None
    assert heading(EXPERIENCE, "Organisation") is None, "three groups have one"


# Cells


@pytest.fixture(scope="module")
def lexicon(small: Library) -> Lexicon:
    return Lexicon.of(small, territories.load())


@pytest.mark.parametrize(
    ("path", "text", "written"),
    [
        ("gouvernance", "Multi-parties prenantes", "multi-parties-prenantes"),
        ("gouvernance", "NC", "non communiqué"),
        ("gouvernance", "Non Communiqué", "non communiqué"),
        ("cout_total", "26 000 000 €", "26000000"),
        ("cout_total", "12,50", "12.5"),
        ("cout_total", "12 k€", "12 k€"),
        ("debut", "03/2014", "2014-03"),
        ("debut", "5/9/2014", "2014-09-05"),
        ("publie_le", "23/11/2026", "2026-11-23"),
        ("communes", "46102", "46102 Figeac"),
        ("communes", "Figeac", "46102 Figeac"),
        ("communes", "figeac (LOT)", "46102 Figeac"),
        ("communes", "1004", "01004 Ambérieu-en-Bugey"),
        ("communes", "46102 Figeac", "46102 Figeac"),
        ("communes", "Nulle-Part-du-Tout", "Nulle-Part-du-Tout"),
        ("epci", "200 067 361", "200067361 CC Grand-Figeac"),
        ("epci", "Grand-Figeac", "200067361 CC Grand-Figeac"),
        ("departements", "1", "01 Ain"),
        ("departements", "Lot", "46 Lot"),
        ("porteur", "porteuse", "porteuse"),
        ("sources.id", "Compte rendu 3", "compte-rendu-3"),
        ("titre", "  Un\ntitre   long ", "Un titre long"),
    ],
)
def test_a_cell_is_read_as_a_person_means_it(lexicon: Lexicon, path: str, text: str, written: str) -> None:
    assert read(columns(EXPERIENCE)[path].champ, text, lexicon) == written


def test_what_may_mean_two_things_is_refused_with_the_choices(lexicon: Lexicon) -> None:
    with pytest.raises(Refused) as refused:
        read(columns(EXPERIENCE)["communes"].champ, "Saint-Denis", lexicon)
    assert "territoires" in refused.value.reason
    assert "93066 Saint-Denis (Seine-Saint-Denis)" in refused.value.hint
    assert read(columns(EXPERIENCE)["communes"].champ, "Saint-Denis (93)", lexicon).startswith("93066")


def test_lists_are_cut_where_no_sentence_is(lexicon: Lexicon) -> None:
    themes, leviers = columns(EXPERIENCE)["themes"].champ, columns(EXPERIENCE)["leviers"].champ
    assert items(themes, "bois ; énergie\n- eau", lexicon) == ["bois", "énergie", "eau"]
    assert items(leviers, "Un maire présent ; une équipe.\n• Du temps.", lexicon) == [
        "Un maire présent ; une équipe.",
        "Du temps.",
    ]
    assert items(themes, "circuits-courts, energie", lexicon) == ["circuits-courts", "energie"], "both are known"
    assert items(themes, "Tiers-lieux, bois", lexicon) == ["Tiers-lieux", "bois"], "one is: it is kept, the other told"
    assert items(themes, "rien, nulle part", lexicon) == ["rien, nulle part"], "none is: nothing is guessed"
    communes = columns(EXPERIENCE)["communes"].champ
    assert items(communes, "Figeac, Lot", lexicon) == ["Figeac, Lot"], "the half of a name may be another’s"
    assert items(themes, "bois, forêt ; eau", lexicon, mapped={fold("bois, forêt")}) == ["bois, forêt", "eau"]
    assert items(themes, "bois, rien", lexicon, ";") == ["bois, rien"], "the separator is what was said"
    assert items(leviers, "un | deux", lexicon, "|") == ["un", "deux"]


# Plans


def test_a_row_is_a_canonical_draft_and_what_has_no_place_is_kept(planned: Planned) -> None:
    made = planned(
        ["Recensement 2025"],
        ["Titre", "Résumé", "Communes", "Budget", "Coût total", "Thèmes", "Département", "Début"],
        ["Le bois : une ressource", "Un résumé.", "Figeac", "12 k€\nà peu près", "12 k€", "circuits courts ; chaloupes", "Lot", "2012"],
    )  # fmt: skip
    (new,) = made.new
    assert (new.id, new.name) == ("le-bois-une-ressource", "experiences/le-bois-une-ressource.md")
    assert data(made) == {
        "titre": "Le bois : une ressource", "resume": "Un résumé.", "themes": ["circuits-courts"], "communes": ["46102 Figeac"],
        "departements": ["46 Lot"], "debut": "2012", "statut": "brouillon", "publie_le": "2026-11-26", "verifie_le": "2026-11-26",
    }  # fmt: skip
    assert kept(made) == [
        "# À placer — Budget (colonne D, ligne 3) : 12 k€",
        "#   à peu près",
        "# À placer — Coût total (colonne E, ligne 3) : 12 k€",
        "# À placer — Thèmes (colonne F, ligne 3) : chaloupes",
    ]
    assert front.canonical(new.text, EXPERIENCE)[0] == new.text
    said = [str(line) for line in report.lines(made, "content")]
    assert any(
        line.startswith("ligne 3, colonne E « Coût total » : à placer") and "n’est pas un nombre" in line
        for line in said
    )
    assert any(
        "content/experiences/le-bois-une-ressource.md:1:1: champ obligatoire manquant « besoin »" in line
        for line in said
    )
    assert not made.clean


def test_groups_come_from_numbered_columns_or_from_their_own_tabs(planned: Planned) -> None:
    made = planned(
        ["Titre", "Sources : Titre", "Sources 2 : Titre", "Contact : Fonction"],
        ["Une halle", "Compte rendu", "Journal", "le service"],
        ["Un four", "", "", ""],
        **{
            "Chiffres clés": [
                ["Titre de la fiche", "Valeur", "Libellé", "Année", "Source"],
                ["UNE HALLE", "12", "emplois", "2018", "Compte rendu"],
                ["Une halle", "3", "mois", "2019", "Journal"],
                ["Une hale", "4", "fours", "2019", "Journal"],
            ]
        },
    )
    halle = data(made)
    assert halle["sources"] == [{"id": "compte-rendu", "titre": "Compte rendu"}, {"id": "journal", "titre": "Journal"}]
    assert [one["valeur"] for one in halle["chiffres"]] == ["12", "3"]
    assert halle["contact"] == {"fonction": "le service"}
    assert not [one for one in made.problems if "source" in one.code], "figures find their sources"
    (orphan,) = made.refused
    assert str(orphan.place) == "feuille « Chiffres clés », ligne 4"
    assert orphan.value == "4 | fours | 2019 | Journal"


def test_a_value_that_no_list_has_is_told_with_labels_and_its_known_half_kept(planned: Planned) -> None:
    made = planned(
        ["Titre", "Thèmes", "Communes"],
        ["Une halle", "Tiers-lieux, bois", "Figeac, Nulle-Part"],
        ["Un four", "circuit-court", ""],
        ["Un puits", "rien, nulle part", ""],
    )
    assert data(made)["themes"] == ["bois"]
    assert "communes" not in data(made)
    said = {(left.place.row, left.place.column): left for _, left in made.left}
    assert said[2, 1].value == "Tiers-lieux"
    assert said[2, 1].hint == (
        "Valeurs possibles : Circuits courts ; Alimentation ; Énergie ; Bois ; Économie circulaire ; Insertion ; Jeunesse ; Handicap ; "
        "Précarité ; Partenariats ; Responsabilité sociétale des entreprises ; Numérique ; … (18 en tout)."
    )
    assert said[3, 1].hint == "Vouliez-vous dire « Circuits courts » ?"
    for place in ((2, 2), (4, 1)):
        assert said[place].hint.startswith("S’il y en a plusieurs, séparez-les par des points-virgules. ")


def test_a_number_or_an_address_of_somebody_is_told_with_its_place(planned: Planned) -> None:
    made = planned(
        ["Titre", "Besoin", "Contact : Fonction", "Contact brut", "SIREN"],
        ["Une halle", "Appelez le 06 12 34 56 78.", "le service (mairie@figeac.fr)", "jeanne.petit@exemple.fr", "123456789"],
        ["Un four", "Un four.", "", "", ""],
    )  # fmt: skip
    told = [line for line in report.lines(made, "content") if line.part == report.TOLD]
    assert [(line.place.row, line.place.column) for line in told if line.place] == [(2, 1), (2, 3)]
    assert str(told[0]) == (
        "ligne 2, colonne B « Besoin » : à vérifier — numéro de téléphone : la fiche sera lue de tous. À retirer de la fiche. Donnez une "
        "fonction et une organisation, ou une adresse commune comme contact@ ou mairie@. Fiche : content/experiences/une-halle.md."
    )
    assert "adresse électronique personnelle" in str(told[1])
    assert not [line for line in told if "12 34" in f"{line}{line.value}" or "exemple.fr" in f"{line}{line.value}"]
    assert "2 points à vérifier" in report.summary(made)


def test_amounts_are_told_as_the_french_write_them(planned: Planned) -> None:
    made = planned(
        ["Titre", "Coût total", "financements.1.tiers", "financements.1.financeur", "financements.1.montant"],
        ["Une halle", "180000", "public", "Région", "45000,5"],
    )
    said = [str(line) for line in report.lines(made, "content") if "financement-contradictoire" in line.sentence]
    assert len(said) == 1
    assert "180\u202f000\u00a0€" in said[0]
    assert "180000" not in said[0]
    assert [euros(one) for one in (0, 45000.5, 26_000_000, 1_234_567.89)] == [
        "0\u00a0€", "45\u202f000,5\u00a0€", "26\u202f000\u202f000\u00a0€", "1\u202f234\u202f567,89\u00a0€",
    ]  # fmt: skip


def test_a_report_takes_the_place_of_a_report_only(small_folder: Path, tmp_path: Path) -> None:
    table = xlsx(tmp_path / "t.xlsx", Fiches=[["Titre"], ["Une halle"]])
    for name in ("r.md", "r.csv"):
        file = tmp_path / name
        for _ in range(2):
            essaim("import", table, "--contenu", small_folder, "--rapport", file, "--dry-run")
        assert report.ours(file.read_text("utf-8"))
        file.write_text("# À moi\n", "utf-8")
        done = essaim("import", table, "--contenu", small_folder, "--rapport", file, "--dry-run")
        assert (done.returncode, "n’est pas le rapport d’un import" in done.stderr) == (2, True)
        assert file.read_text("utf-8") == "# À moi\n"


def test_a_mapping_says_columns_values_constants_and_separator(planned: Planned) -> None:
    made = planned(
        ["Nom du projet", "Gouv", "Partenaires", "Interne", "Financeur"],
        ["Une halle", "Association loi 1901", "circuits-courts / energie", "secret", "Région"],
        correspondance=(
            "colonnes:\n  Nom du projet: titre\n  Gouv: gouvernance\n  Partenaires: themes\n  Interne:\n"
            "  Financeur: financements.1.financeur\n"
            "valeurs:\n  gouvernance: { association LOI 1901: classique }\nseparateur: /\n"
            "constantes:\n  auteurs: [Service économie]\n  statut: en relecture\n"
        ),
    )
    assert {key: data(made)[key] for key in ("titre", "gouvernance", "themes", "financements", "auteurs", "statut")} == {
        "titre": "Une halle", "gouvernance": "classique", "themes": ["circuits-courts", "energie"],
        "financements": [{"financeur": "Région"}], "auteurs": ["Service économie"], "statut": "en relecture",
    }  # fmt: skip
    assert not kept(made), "a column left out on purpose is not reported"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colonnes:\n  A: titr\n", "2:3: le champ « titr » n’existe pas dans une fiche experience. Vouliez-vous dire « titre » ? [champ-inconnu]"),
        ("colonnes:\n  A: sources\n", "2:3: le champ « sources » n’existe pas dans une fiche experience. C’est un groupe : choisissez sources.id"),
        ("colonne:\n  A: titre\n", "1:1: réglage inconnu « colonne ». Vouliez-vous dire « colonnes » ?"),
        ("sorte: experiance\n", "1:1: sorte de fiche inconnue « experiance ». Vouliez-vous dire « experience » ?"),
        ("sorte: method\n", "1:1: la correspondance est pour « method », la commande demande « experience »"),
        ("colonnes:\n  A: titre\n  B: titre\n", "3:3: « titre » est déjà la colonne « A »"),
        ("colonnes: [A]\n", "1:1: « colonnes » attend des lignes"),
        ("valeurs:\n  gouvernance: { a: [b] }\n", "2:18: « a » attend une seule valeur"),
        ("constantes:\n  sources.titre: x\n", "2:3: « sources.titre » est dans une liste de groupes"),
        ("colonnes: &a\n  A: titre\n", "les ancres et alias YAML"),
        ("a: b: c\n", "un deux-points de trop"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_told_with_its_place(text: str, told: str) -> None:
    _, problems = mapping.parse(text, "c.yml", EXPERIENCE)
    assert any(told in str(one) for one in problems), [str(one) for one in problems]


def test_codes_of_a_wrong_mapping() -> None:
    def codes(text: str) -> list[str]:
        return [str(one).rpartition(" ")[2] for one in mapping.parse(text, "c.yml", EXPERIENCE)[1]]

    assert codes("sorte: experiance\n") == ["[sorte-inconnue]"]
    assert codes("sorte: method\n") == ["[sorte-contradictoire]"]
    assert codes("colonne:\n  A: titre\n") == ["[champ-inconnu]"]
    assert codes("colonnes: [A]\n") == ["[correspondance]"]


def test_what_collides_is_refused_and_the_others_go_on(planned: Planned, small: Library) -> None:
    made = planned(
        ["Titre", "Résumé"],
        ["Une halle", "Un."],
        ["Une halle !", "Deux."],
        ["", "Sans titre."],
        ["*** !! ***", "Sans mot."],
        ["SCIC", "Le nom d’un terme."],
        ["../../../etc/passwd", "Un chemin."],
        ["Exemple", "Le même identifiant."],
        [str(small.sheets["exemple"].titre), "Déjà là ?"],
        ["x" * 201, "Un titre trop long."],
    )
    assert [one.name for one in made.new] == ["experiences/une-halle.md", "experiences/etc-passwd.md"]
    assert [(one.place.row, one.reason.split(" (")[0]) for one in made.refused] == [
        (3, "« Une halle ! » donne le même identifiant"),
        (4, "cette ligne n’a pas de titre"),
        (5, "« *** !! *** » n’a ni lettre ni chiffre dont faire un identifiant"),
        (6, "l’identifiant « scic » est déjà celui de content/glossary/scic.md"),
        (8, "l’identifiant « exemple » est déjà celui de content/experiences/exemple.md"),
        (10, "« titre » dépasse 200 caractères"),
    ]
    assert made.refused[1].value == "Sans titre.", "the report keeps what no sheet does"
    assert [(place.row, path) for place, path in made.present] == [(9, "content/experiences/exemple.md")]


HOSTILE = {
    "yaml": "oui: [non, &ancre *alias] # dièse --- !!python/object {a: b}",
    "fence": "---\ntitre: autre\n---\n",
    "html": "</script><script>alert(1)</script>",
    "formula": "=cmd|' /C calc'!A0",
    "breaks": "un\u2028deux\u2029trois\x0bquatre\x85cinq",
    "hidden": "a\u200bb\u202ec\x07d\ufeffe\x00f",
    "typed": "no",
    "null": "~",
    "number": "01004",
    "quotes": "\"'\\n\\",
    "nfd": "De\u0301veloppe\u0301",
    "emoji": "🐝 essaim",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_text_is_only_a_text(name: str, planned: Planned) -> None:
    from essaim.spreadsheet import text_of

    text = text_of(HOSTILE[name])
    made = planned(["Titre", "Résumé", "Besoin", "Levier", "Note\n# x"], ["Une fiche", text, text, text, text])
    (new,) = made.new
    found = data(made)
    assert set(found) == {"titre", "resume", "besoin", "leviers", "statut", "publie_le", "verifie_le"}, (
        "no key comes of a value"
    )
    plain = "".join(one for one in text if one.isprintable() or one in "\n")
    assert found["besoin"].split() == plain.split()
    assert found["resume"] == " ".join(plain.split()) or found["resume"] == plain
    again, problems = front.canonical(new.text, EXPERIENCE)
    assert (again, problems) == (new.text, [])
    assert sum(line.startswith("# À placer — Note # x") for line in kept(made)) == 1


CELL = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n;,:#-[]{}\"'|>&*!%@`~=\u2028\u200b\x00\x1b"),
    max_size=60,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CELL, min_size=12, max_size=12))
def test_whatever_a_row_says_its_sheet_is_whole_or_refused(planned: Planned, cells: list[str]) -> None:
    from essaim.spreadsheet import text_of

    paths = [
        "titre",
        "resume",
        "besoin",
        "leviers",
        "auteurs",
        "communes",
        "cout_total",
        "debut",
        "sources.titre",
        "etapes.2.texte",
        "corps",
    ]
    texts = [text_of(cell) for cell in cells]
    made = planned([*paths, "Autre"], texts)
    assert len(made.new) + len(made.refused) + len(made.present) == any(visible(text)[0] for text in texts)
    for new in made.new:
        assert front.canonical(new.text, EXPERIENCE) == (new.text, [])
        found = data(made)
        assert set(found) <= {"statut", "publie_le", "verifie_le", *(path.partition(".")[0] for path in paths)}
        body = parse(new.text, "x.md")[0].body
        for column, held in ((1, found.get("resume")), (2, found.get("besoin")), (3, found.get("leviers")), (4, found.get("auteurs")),
                             (9, [one.get("texte") for one in found.get("etapes", ())]), (10, body), (11, None)):  # fmt: skip
            left = [left.value for left in new.row.left if left.place.column == column]
            assert letters(texts[column]) == letters(held, left), paths[column : column + 1]


def letters(*said: Any) -> list[str]:
    """All that counts of some texts, in lists or not: nothing of it may be lost, or said twice."""
    flat = [one for text in said for one in (text if isinstance(text, list) else [text]) if one]
    return sorted(one for text in flat for one in visible(text)[0] if one.isalnum())


def test_an_error_of_the_spreadsheet_is_never_a_value(planned: Planned) -> None:
    made = planned(["Titre", "Besoin", "Coût total"], ["Une fiche", "#REF!", "#DIV/0!"])
    assert "besoin" not in data(made)
    assert [one.reason for _, one in made.left] == ["la cellule montre une erreur du tableur"] * 2


def test_a_hidden_tab_is_not_read_and_that_is_said() -> None:
    old = Tab("Ancienne\x1b[31m", (("Titre",), ("Vieille halle",)), hidden=True)
    new = Tab("Projets", (("Titre",), ("Halle",)))
    laid = layout.lay(Book((old, new)), None, EXPERIENCE)
    assert laid.grids[0].tab is new
    assert laid.notes == ("1 feuille non lue : « Ancienne[31m ».",), "and nothing reaches a terminal but text"
    named, _ = mapping.parse("colonnes: { Titre: titre }\nfeuille: Projets\n", "c.yml")
    assert layout.lay(Book((old, new)), named, None).grids[0].tab is new


def test_a_table_without_titles_is_told(planned: Planned) -> None:
    for rows in ([["Nom", "Résumé"], ["Une halle", "Un."]], [["a"], ["b"]], [], [[""]]):
        with pytest.raises(SpreadsheetError, match="aucune colonne ne donne le titre"):
            planned(*rows)


def test_the_new_sheets_can_name_each_other(planned: Planned) -> None:
    made = planned(["Titre", "Définition", "Voir aussi"], ["Halle", "Un marché couvert.", "Four banal"], ["Four banal", "Un four pour tous.", "Halle ; SCIC"], kind="term")  # fmt: skip
    assert [data(made, 0)["voir_aussi"], data(made, 1)["voir_aussi"]] == [["four-banal"], ["halle", "scic"]]
    assert made.clean
    assert not made.problems


def test_a_row_too_long_for_a_sheet_is_refused_whole(planned: Planned) -> None:
    long = [f"{number} " + "x" * 5_000 for number in range(20)]
    made = planned(
        ["Titre", *(f"Note {number}" for number in range(20))], ["Une halle", *long], ["Un four", *[""] * 20]
    )
    assert [new.title for new in made.new] == ["Un four"]
    (refused,) = made.refused
    assert "en-tête de plus de 60 000 caractères" in refused.reason
    assert refused.value == " | ".join(["Une halle", *long]), "the report keeps all of it"


def test_an_id_of_former_times_is_not_taken_again(vocabularies: Mapping[str, Vocabulary]) -> None:
    library, _ = from_texts({"experiences/halle.md": experience(anciens_ids="[halle-ancienne]")}, vocabularies)
    book = Book((Tab("A", (("Titre",), ("Halle ancienne",))),))
    made = plan.make(layout.lay(book, None, EXPERIENCE), library, None, TODAY)
    assert not made.new
    assert (
        made.refused[0].reason == "l’identifiant « halle-ancienne » est un ancien nom de content/experiences/halle.md"
    )


def test_unknown_does_not_go_with_facts(planned: Planned) -> None:
    made = planned(
        ["Titre", "Difficultés", "Leviers"], ["Une halle", "Le temps.\nNC", "Un maire."], ["Un four", "nc", ""]
    )
    assert data(made, 0)["difficultes"] == ["Le temps."]
    assert kept(made, 0) == ["# À placer — Difficultés (colonne B, ligne 2) : NC"]
    assert data(made, 1)["difficultes"] == "non communiqué"


def test_columns_that_have_no_place_say_why(planned: Planned) -> None:
    made = planned(
        ["Titre", "Titre", "Région", "", "Resumme", "Thème", "Thèmes"],
        ["Une halle", "a", "b", "c", "d", "bois", "énergie"],
    )
    assert [(left.place.column, left.reason) for left in made.new[0].row.left] == [
        (1, "la colonne A est déjà « Titre »"),
        (2, "ce fait se déduit d’autres champs, il ne s’écrit pas"),
        (3, "cette colonne n’a pas d’en-tête"),
        (4, "aucun champ n’a ce nom. Vouliez-vous dire « Résumé » ?"),
    ]
    assert data(made)["themes"] == ["bois", "energie"], "a list may stand in two columns"


def test_a_template_changed_by_hand_is_still_read(small: Library) -> None:
    rows = (
        ("experience.titre", "", "experience.couleur", "experience.resume"),
        ("Nom *", "Ma colonne", "Couleur", "Résumé *"),
        ("aide", "", "aide", "aide"),
        ("Une halle", "à moi", "vert", "Un résumé."),
    )
    groups = (("experience.titre", "experience.sources.titre"), ("Fiche", "Titre"), ("", ""), ("Une halle", "Journal"))
    book = Book((Tab("Mode d’emploi", (("Lisez",),)), Tab("A", rows), Tab("B", groups), Tab("Brouillon", (("x",),))))
    made = plan.make(layout.lay(book, None, None), small, None, TODAY)
    assert made.notes == ("1 feuille non lue : « Brouillon ».",)
    assert data(made)["resume"] == "Un résumé."
    assert data(made)["sources"] == [{"id": "journal", "titre": "Journal"}]
    assert [(left.place.heading, left.reason) for left in made.new[0].row.left] == [
        ("Ma colonne", "cette colonne n’est pas du modèle"),
        ("Couleur", "le champ « couleur » n’existe plus"),
    ]
    with pytest.raises(SpreadsheetError, match="aucune colonne ne donne le titre"):
        layout.checked(layout.lay(Book((Tab("B", groups),)), None, None))


# The whole way, through the command

COUNT = 200


def table_of(count: int = COUNT) -> list[list[Any]]:
    """The rows of a plausible survey: dates and numbers typed, some values that no field takes."""
    rows: list[list[Any]] = [
        [
            "Titre",
            "Résumé",
            "Communes",
            "Besoin",
            "Gouvernance",
            "Porteur",
            "Début",
            "Difficultés",
            "Coût total",
            "Publiée le",
            "Budget",
        ]
    ]
    for number in range(1, count + 1):
        row = [
            f"Projet {number} : l’école & le bois", f"Un résumé, le {number}e.", ("Figeac", "46102", "Figeac (Lot)")[number % 3],
            "Chauffer sans fioul.\nEt sans gaz.", ("Classique", "hybride", "non communiqué", "associative")[number % 4], "non communiqué",
            (2018, "2014-09", date(2019, 3, 1))[number % 3], "Le temps ; l’argent.\nLe foncier.", (180000.0, "12,5", "45 000 €", "beaucoup")[number % 4],
            date(2025, 1, 15), f"{number} k€" if number % 50 == 0 else "",
        ]  # fmt: skip
        rows.append(row)
    return rows


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {file.relative_to(folder).as_posix(): (file.read_bytes(), file.stat().st_mtime_ns) for file in sorted(folder.rglob("*")) if file.is_file()}  # fmt: skip


@pytest.mark.parametrize("ending", ["xlsx", "ods", "csv"])
def test_two_hundred_rows_then_a_second_time(ending: str, small_folder: Path, tmp_path: Path) -> None:
    file = xlsx(tmp_path / "recensement.xlsx", Recensement=table_of())
    if ending == "ods":
        file = office(file, "ods", tmp_path / "ods")
    elif ending == "csv":
        stream = io.StringIO()
        french = [[cell.strftime("%d/%m/%Y") if isinstance(cell, date) else cell for cell in row] for row in table_of()]
        csv.writer(stream, delimiter=";").writerows(french)
        file = tmp_path / "recensement.csv"
        file.write_bytes(stream.getvalue().encode("utf-8-sig"))
    before = contents(small_folder)

    dry = started("import", file, "--contenu", small_folder, "--date", "2026-11-26", "--dry-run")
    assert (dry.returncode, contents(small_folder)) == (1, before), dry.stderr
    assert "Rien n’a été écrit" in dry.stderr

    done = started(
        "import", file, "--contenu", small_folder, "--date", "2026-11-26", "--rapport", tmp_path / "rapport.csv"
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout == dry.stdout, "a dry run tells the whole report"
    after = contents(small_folder)
    assert {name: after[name] for name in before} == before, "nothing that was there is touched"
    assert len(after) - len(before) == COUNT
    library, problems = load(small_folder)
    told = [one for one in (*problems, *check(library)) if "/projet-" in one.path and one.severity == "erreur"]
    assert {one.code for one in told} == {"champ-manquant"}, (
        "governances that no vocabulary has are taken out, and lacking"
    )
    assert all(f"{small_folder}/experiences/{Path(one.path).name}:" in done.stdout for one in told)
    one = library.sources["projet-1-l-ecole-le-bois"].data
    assert one["communes"] == ["46102 Figeac"]
    assert one["difficultes"] == ["Le temps ; l’argent.", "Le foncier."]
    assert one["publie_le"] == "2025-01-15"
    assert (one["debut"], one["cout_total"]) == ("2014-09", "12.5")
    assert library.sources["projet-2-l-ecole-le-bois"].data["debut"] == "2019-03-01"

    lines = list(csv.reader(io.StringIO((tmp_path / "rapport.csv").read_text("utf-8-sig")), delimiter=";"))
    left = [(line[2], line[3], line[5]) for line in lines if line[0] == "à placer"]
    assert len(left) == 4 + COUNT // 4 * 2, "four budgets, and a governance and a cost in four that no field takes"
    assert ("51", "K", "50 k€") in left
    assert ("4", "E", "associative") in left
    assert ("4", "I", "beaucoup") in left
    text = (small_folder / "experiences" / "projet-3-l-ecole-le-bois.md").read_text("utf-8")
    assert "# À placer — Gouvernance (colonne E, ligne 4) : associative\n" in text

    again = started("import", file, "--contenu", small_folder, "--date", "2027-01-01")
    assert again.returncode == 0, again.stdout
    assert again.stderr == f"0 fiche créée, {COUNT} déjà là.\n{report.THERE}\n"
    assert contents(small_folder) == after, "not a byte, not a date"


def test_what_can_not_be_read_changes_nothing(small_folder: Path, tmp_path: Path) -> None:
    good = xlsx(tmp_path / "bon.xlsx", Projets=[["Nom", "Autre"], ["Une halle", "x"]])
    (tmp_path / "champ.yml").write_text("colonnes: { Nom: titr }\n", "utf-8")
    (tmp_path / "colonne.yml").write_text("colonnes: { Nm: titre }\n", "utf-8")
    (tmp_path / "feuille.yml").write_text("feuille: Projet\ncolonnes: { Nom: titre }\n", "utf-8")
    (tmp_path / "casse.xlsx").write_bytes(b"PK\x03\x04" + b"\x00" * 100)
    before = contents(small_folder)
    (tmp_path / "constante.yml").write_text(
        "colonnes: { Nom: titre }\nconstantes: { gouvernance: clasique }\n", "utf-8"
    )
    (tmp_path / "valeur.yml").write_text(
        "colonnes: { Nom: titre }\nvaleurs: { communes: { x: Saint-Denis } }\n", "utf-8"
    )
    wrong: tuple[tuple[tuple[str | Path, ...], str], ...] = (
        ((good, "--correspondance", tmp_path / "constante.yml"), "constante.yml:2:15: valeur inconnue « clasique ». Vouliez-vous dire « Classique » ?"),
        ((good, "--correspondance", tmp_path / "valeur.yml"), "valeur.yml:2:12: « Saint-Denis » est le nom de"),
        ((good,), "aucune colonne ne donne le titre des fiches"),
        ((good, "--correspondance", tmp_path / "champ.yml"), "champ.yml:1:13: le champ « titr » n’existe pas"),
        ((good, "--correspondance", tmp_path / "colonne.yml"), "la colonne « Nm » n’est pas dans le tableau. Vouliez-vous dire « Nom » ? [colonne-absente]"),
        ((good, "--correspondance", tmp_path / "feuille.yml"), "la feuille « Projet » n’est pas dans le fichier, ou elle est vide. Vouliez-vous dire « Projets » ?"),
        ((tmp_path / "casse.xlsx",), "« casse.xlsx » est abîmé, ou n’est pas un classeur"),
    )  # fmt: skip
    for arguments, told in wrong:
        done = essaim("import", *arguments, "--contenu", small_folder)
        assert (done.returncode, done.stderr) == (1, "Rien n’a été écrit.\n"), (arguments, done.stderr)
        assert told in done.stdout
    misused: tuple[tuple[str | Path, ...], ...] = ((tmp_path / "absent.xlsx",), (good, "--correspondance", tmp_path / "absent.yml"), (good, "--contenu", tmp_path / "rien"),
                      (good, "--rapport", good), (good, "--rapport", small_folder / "r.md"), (good, "--sorte", "fiche"))  # fmt: skip
    for arguments in misused:
        done = essaim("import", "--contenu", small_folder, *arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
    assert contents(small_folder) == before


def test_a_report_is_markdown_that_holds_no_markup(small_folder: Path, tmp_path: Path) -> None:
    file = xlsx(tmp_path / "t.xlsx", A=[["Titre", "Note"], ["Une halle", "=1+1\n<b>|x</b>"], ["", "perdue ?"]])
    essaim("import", file, "--contenu", small_folder, "--rapport", tmp_path / "r.md", "--dry-run")
    text = (tmp_path / "r.md").read_text("utf-8")
    assert "=1+1 ⏎ \\<b\\>\\|x\\</b\\>" in text
    assert "## Lignes refusées" in text
    essaim("import", file, "--contenu", small_folder, "--rapport", tmp_path / "r.csv", "--dry-run")
    lines = list(csv.reader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig")), delimiter=";"))
    assert [line[0] for line in lines[1:]] == ["ligne refusée", "à placer", *["à compléter"] * 6, "fiche créée"]
    assert lines[2][5] == "'=1+1\n<b>|x</b>", "no spreadsheet computes it"


def test_a_sheet_that_came_meanwhile_is_not_replaced(small_folder: Path, planned: Planned) -> None:
    made = planned(["Titre"], ["Une halle"], ["Un four"])
    there = small_folder / "experiences" / "une-halle.md"
    there.write_text("à quelqu’un d’autre", "utf-8")
    results = list(plan.write(made, small_folder))
    assert there.read_text("utf-8") == "à quelqu’un d’autre"
    assert "vient d’être créé" in getattr(results[0], "reason", "")
    assert (small_folder / "experiences" / "un-four.md").is_file()
    assert not list(small_folder.rglob(".*")), "nothing is left beside"


def test_an_interruption_leaves_whole_sheets_only(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = xlsx(tmp_path / "t.xlsx", A=[["Titre"], ["Une halle"], ["Un four"], ["Un puits"]])
    create = disk.create
    made: list[Path] = []

    def interrupted(target: Path, text: str) -> None:
        if made:
            raise KeyboardInterrupt
        made.append(target)
        create(target, text)

    monkeypatch.setattr(disk, "create", interrupted)
    done = essaim("import", file, "--contenu", small_folder)
    assert done.returncode == 130
    assert "Interrompu : 1 fiche sur 3, chacune entière." in done.stderr
    monkeypatch.undo()
    assert essaim("import", file, "--contenu", small_folder).stderr.startswith("2 fiches créées, 1 déjà là")
    assert not list(small_folder.rglob(".*"))


def test_a_folder_that_can_not_be_written_is_told(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = xlsx(tmp_path / "t.xlsx", A=[["Titre"], ["Une halle"]])
    monkeypatch.setattr(disk, "create", full)
    done = essaim("import", file, "--contenu", small_folder)
    assert done.returncode == 2
    assert "ne peut pas être écrit" in done.stderr


def test_a_library_of_one_kind_reads_a_mapping_file(tmp_path: Path) -> None:
    found, problems = mapping.read(tmp_path / "absent.yml", None)
    assert [one.code for one in problems] == ["fichier-illisible"]
    assert found.kind is EXPERIENCE
    file = tmp_path / "gros.yml"
    file.write_bytes(b"# " + b"x" * 300_000)
    assert [one.code for one in mapping.read(file, None)[1]] == ["fichier-trop-gros"]


def test_files_are_read_by_their_ending(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x", "utf-8")
    with pytest.raises(SpreadsheetError, match="Enregistrez-le en"):
        read_file(file)
