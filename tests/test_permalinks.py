"""What was published stays: each way of breaking an address is refused by name, and ``essaim rename`` makes it pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from essaim import ledger, permalinks, renaming
from essaim.checks import check
from essaim.cli import app
from essaim.ledger import Entry, Ledger, Redirection
from essaim.library import Library, load
from essaim.permalinks import CONSONANTS, CRUDE, VOWELS, Permalinks
from essaim.problem import Problem
from tests.conftest import ROOT, Checked

DAY = date(2026, 11, 26)
Run = Callable[..., Result]


@pytest.fixture
def published(small_folder: Path) -> Path:
    """The small library after its first publication."""
    library, problems = load(small_folder, "content")
    assert [one for one in [*problems, *check(library)] if one.severity == "erreur"] == []
    entries = permalinks.published(library, {"themes/", "themes/bois/", "experiences/"}, DAY)
    (small_folder / ledger.FOLDER).mkdir()
    keep(small_folder, Ledger(entries))
    return small_folder


@pytest.fixture
def run(published: Path) -> Run:
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--contenu", str(published)])


def keep(folder: Path, table: Ledger) -> None:
    for name in ("permaliens", "redirections"):
        (folder / ledger.FOLDER / f"{name}.csv").write_text(ledger.write(table, name), "utf-8")


def problems_of(folder: Path) -> list[Problem]:
    library, problems = load(folder, "content")
    return [*problems, *check(library)]


def library_of(folder: Path) -> Library:
    return load(folder, "content")[0]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_what_was_published_passes(published: Path) -> None:
    assert problems_of(published) == []
    held = library_of(published).ledger.by_address
    assert held["experiences/exemple/"].fiche == "exemple"
    assert any(address.startswith("experiences/exemple/#") for address in held)
    assert any("#fiche-sequence-" in address for address in held)
    assert "experiences/brouillon/" not in held


def test_a_deleted_sheet_is_refused_by_name(published: Path) -> None:
    (published / "experiences" / "voisine.md").unlink()
    told = [one for one in problems_of(published) if one.code == "adresse-perdue"]
    assert [one.path for one in told] == ["content/publications/permaliens.csv"]
    assert "/experiences/voisine/" in told[0].message
    assert "statut: archivé" in told[0].hint
    assert (
        (published / ledger.FOLDER / "permaliens.csv")
        .read_text("utf-8")
        .splitlines()[told[0].line - 1]
        .startswith("/experiences/voisine/,")
    )


def test_a_renamed_file_is_refused_and_the_command_makes_it_pass(published: Path, run: Run) -> None:
    folder = published / "experiences"
    (folder / "voisine.md").rename(folder / "voisin.md")
    told = [one for one in problems_of(published) if one.code == "adresse-perdue"]
    assert "essaim rename voisine voisin" in told[0].hint
    done = run("rename", "voisine", "voisin")
    assert done.exit_code == 0, done.output
    assert problems_of(published) == []
    assert "anciens_ids: [voisine]" in (folder / "voisin.md").read_text("utf-8")
    assert Permalinks(library_of(published)).redirects == {"experiences/voisine/": "experiences/voisin/"}


def test_a_sheet_is_renamed_with_all_that_refers_to_it(published: Path, run: Run) -> None:
    before = {file: file.read_bytes() for file in published.rglob("*.md")}
    method = published / "methods" / "methode.md"
    referring = [file for file, raw in before.items() if re.search(rb"\bmethode\b|methode\.md", raw) and file != method]
    trial = run("rename", "methode", "bonne-methode", "--essai")
    assert trial.exit_code == 0, trial.output
    assert {file: file.read_bytes() for file in published.rglob("*.md")} == before
    done = run("rename", "methode", "bonne-methode")
    assert done.exit_code == 0, done.output
    assert not method.exists()
    assert problems_of(published) == []
    library = library_of(published)
    assert library.sheets["bonne-methode"].anciens_ids == ("methode",)
    assert len(referring) > 1
    assert all(b"bonne-methode" in file.read_bytes() for file in referring)
    assert not [one for one in library.relations if one.target == "methode"]
    assert Permalinks(library).resolve("methodes/methode/") == "methodes/bonne-methode/"
    # Back again: a sheet may take back a name that it had.
    assert run("rename", "bonne-methode", "methode").exit_code == 0
    assert library_of(published).sheets["methode"].anciens_ids == ("bonne-methode",)
    assert problems_of(published) == []


def test_comments_and_forms_of_links_survive_a_renaming(published: Path, run: Run) -> None:
    file = published / "experiences" / "voisine.md"
    text = file.read_text("utf-8").replace("statut: publié", "# gardez-moi\nstatut: publié", 1)
    body = "Voir [[methode]], [[ methode#x|elle]] et [ici](../methods/methode.md), pas methodes ni autre-methode.md.\n"
    file.write_text(f"{text.rstrip()}\n\n{body.replace('#x', '')}", "utf-8")
    done = run("rename", "methode", "methode-claire")
    assert done.exit_code == 0, done.output
    after = file.read_text("utf-8")
    assert "# gardez-moi" in after
    assert (
        "Voir [[methode-claire]], [[ methode-claire|elle]] et [ici](../methods/methode-claire.md), pas methodes ni autre-methode.md."
        in after
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("metode", "x", "Vouliez-vous dire « methode »"),
        ("methode", "exemple", "déjà l’identifiant"),
        ("methode", "Méthode", "ne peut pas être un identifiant"),
        ("methode", "../x", "ne peut pas être un identifiant"),
        ("methode", "methode", "les deux noms sont les mêmes"),
        ("accueil", "debut", "la page d’accueil garde son nom"),
        ("exemple#rien", "exemple#rien-non-plus", "aucun titre"),
        ("exemple#a", "voisine#b", "donnez la même fiche deux fois"),
    ],
)
def test_a_renaming_that_can_not_be_is_refused(run: Run, published: Path, old: str, new: str, said: str) -> None:
    before = {file: file.read_bytes() for file in published.rglob("*") if file.is_file()}
    done = run("rename", old, new)
    assert done.exit_code == 2
    assert said in done.output
    assert {file: file.read_bytes() for file in published.rglob("*") if file.is_file()} == before


def test_a_changed_heading_is_refused_and_the_command_makes_it_pass(published: Path, run: Run) -> None:
    file = published / "experiences" / "voisine.md"
    library = library_of(published)
    heading = library.documents["exemple"].headings[0]
    edit(published / "experiences" / "exemple.md", f"# {heading.text}\n", f"# {heading.text} et la suite\n")
    file.write_text(f"{file.read_text('utf-8').rstrip()}\n\nVoir [[exemple#{heading.id}]].\n", "utf-8")
    told = [one for one in problems_of(published) if one.code == "ancre-perdue"]
    assert [one.path for one in told] == ["content/experiences/exemple.md"]
    command = re.search(r"essaim (rename) (\S+) (\S+?)\.$", told[0].hint)
    assert command
    done = run(*command.groups())
    assert done.exit_code == 0, done.output
    assert problems_of(published) == []
    new = f"{heading.id}-et-la-suite"
    assert f"[[exemple#{new}]]" in file.read_text("utf-8")
    assert (
        Permalinks(library_of(published)).resolve(f"experiences/exemple/#{heading.id}") == f"experiences/exemple/#{new}"
    )


def test_a_published_sheet_does_not_become_a_draft_again(published: Path) -> None:
    edit(published / "experiences" / "voisine.md", "statut: publié", "statut: brouillon")
    assert [one.path for one in problems_of(published) if one.code == "adresse-perdue"] == [
        "content/experiences/voisine.md"
    ]


def test_an_old_id_never_serves_another_sheet(published: Path, run: Run) -> None:
    folder = published / "experiences"
    assert run("rename", "voisine", "voisin").exit_code == 0
    (folder / "voisine.md").write_text((folder / "exemple.md").read_text("utf-8"), "utf-8")
    assert "identifiant-pris" in {one.code for one in problems_of(published)}
    # Even once the sheet that had it no longer says so: the ledger knows whose it was.
    entries = permalinks.published(replace_files(published), set(), DAY)
    keep(published, Ledger(entries))
    edit(folder / "voisin.md", "anciens_ids: [voisine]\n", "")
    assert "adresse-reprise" in {one.code for one in problems_of(published)}


def replace_files(folder: Path) -> Library:
    """The library without the sheet that takes an old id."""
    taken = folder / "experiences" / "voisine.md"
    text = taken.read_bytes()
    taken.unlink()
    library = library_of(folder)
    taken.write_bytes(text)
    return library


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((("a/", "b/"), ("b/", "a/")), "redirection-en-boucle"),
        ((("a/", "a/"),), "redirection-en-boucle"),
        ((("experiences/exemple/", "themes/"),), "redirection-refusee"),
        ((("themes/disparu/", "experiences/absente/"),), "redirection-perdue"),
        ((("assets/css/base.css", "themes/"),), "redirection-refusee"),
    ],
)
def test_redirections_that_lead_nowhere_are_refused(
    published: Path, rows: tuple[tuple[str, str], ...], code: str
) -> None:
    table = library_of(published).ledger
    keep(published, replace(table, redirections=tuple(Redirection(*row) for row in rows)))
    told = [one for one in problems_of(published) if one.path.endswith("redirections.csv")]
    assert {one.code for one in told} == {code}
    assert all(one.hint for one in told)


def test_an_archived_sheet_says_why(published: Path) -> None:
    file = published / "experiences" / "ancienne.md"
    edit(file, "remplacee_par: [exemple]", "remplacee_par: [ancienne]")
    assert {one.code for one in problems_of(published)} == {"fiche-elle-meme"}
    edit(file, "statut: archivé", "statut: publié")
    assert "archivage-absent" in {one.code for one in problems_of(published)}
    file.write_text(
        re.sub(r"archivage:\n(  .*\n)+", "", file.read_text("utf-8")).replace("statut: publié", "statut: archivé"),
        "utf-8",
    )
    assert [one.code for one in problems_of(published)] == ["archivage-absent"]


def test_replacements_do_not_turn_in_circles(published: Path) -> None:
    edit(published / "experiences" / "ancienne.md", "remplacee_par: [exemple]", "remplacee_par: [voisine]")
    edit(published / "experiences" / "voisine.md", "statut: publié",
         "statut: archivé\narchivage: { le: 2026-11-26, raison: Finie., remplacee_par: [ancienne] }")  # fmt: skip
    assert [one.code for one in problems_of(published)] == ["redirection-en-boucle"] * 2


def test_old_anchors_are_checked(published: Path) -> None:
    heading = library_of(published).documents["exemple"].headings[0].id
    edit(
        published / "experiences" / "exemple.md",
        "  - { ancre: le-debut }\n",
        f"  - {{ ancre: {heading} }}\n  - {{ ancre: vieille, vers: absente }}\n  - {{ ancre: vieille }}\n",
    )
    assert sorted(one.code for one in problems_of(published)) == ["ancre-inconnue", "ancre-vivante", "valeur-repetee"]


def test_pages_that_are_no_sheets_are_claimed_at_the_build(published: Path) -> None:
    library = library_of(published)
    assert list(permalinks.missing(library, {"themes/", "themes/bois/", "experiences/", "explorer/"})) == []
    told = list(permalinks.missing(library, {"themes/", "experiences/", "explorer/"}))
    assert [one.code for one in told] == ["adresse-perdue"]
    assert "/themes/bois/" in told[0].message
    moved = replace(library, ledger=replace(library.ledger, redirections=(Redirection("themes/bois/", "themes/"),)))
    assert list(permalinks.missing(moved, {"themes/", "experiences/", "explorer/"})) == []
    lost = replace(library, ledger=replace(library.ledger, redirections=(Redirection("themes/bois/", "theme/"),)))
    assert {one.code for one in permalinks.missing(lost, {"themes/", "experiences/", "explorer/"})} == {
        "adresse-perdue",
        "redirection-perdue",
    }


def test_short_links_are_said_once_and_follow_their_sheet(published: Path, run: Run) -> None:
    library = library_of(published)
    links = Permalinks(library)
    assert set(links.sheets) <= set(links.short)
    for code in links.codes:
        assert re.fullmatch(f"([{CONSONANTS}][{VOWELS}]){{3,}}", code)
        assert not any(word in code for word in CRUDE)
    code = links.short["experiences/voisine/"]
    assert run("rename", "voisine", "voisin").exit_code == 0
    after = Permalinks(library_of(published))
    assert after.targets[code] == "experiences/voisin/"
    assert after.short["experiences/voisin/"] == code
    again = permalinks.published(library_of(published), {"themes/", "themes/bois/", "experiences/"}, date(2026, 12, 1))
    old = next(one for one in again if one.adresse == "experiences/voisine/")
    assert (old.fiche, old.jusqu_a, old.code) == ("voisin", DAY, code)
    assert next(one for one in again if one.adresse == "experiences/voisin/").code == ""


def test_two_publications_of_the_same_content_are_one(published: Path) -> None:
    library = library_of(published)
    again = permalinks.published(library, {"themes/", "themes/bois/", "experiences/"}, date(2027, 1, 1))
    assert ledger.write(Ledger(again), "permaliens") == ledger.write(library.ledger, "permaliens")


def test_codes_do_not_run_out() -> None:
    taken: set[str] = set()
    for number in range(30_000):
        taken.add(permalinks.code_for(f"experiences/{number}/", taken))
    assert len(taken) == 30_000
    assert sum(len(code) == 6 for code in taken) > 20_000


def test_an_id_never_serves_a_sheet_of_another_kind(published: Path) -> None:
    (published / "resources" / "ressource.md").unlink()
    text = (published / "glossary" / "scic.md").read_text("utf-8")
    (published / "glossary" / "ressource.md").write_text(text.replace("sigle:", "# sigle:"), "utf-8")
    told = [one for one in problems_of(published) if one.code == "adresse-reprise"]
    assert [one.path for one in told] == ["content/glossary/ressource.md"]


def test_a_page_below_that_of_a_sheet_moves_with_it(published: Path, run: Run) -> None:
    table = library_of(published).ledger
    keep(published, replace(table, entries=(*table.entries, Entry("webinaires/conference/liens/", "", DAY))))
    assert run("rename", "conference", "rencontre").exit_code == 0
    assert Permalinks(library_of(published)).resolve("webinaires/conference/liens/", ()) is None
    assert (
        Permalinks(library_of(published)).resolve("webinaires/conference/liens/", ("webinaires/rencontre/liens/",))
        == "webinaires/rencontre/liens/"
    )


def test_a_draft_that_was_never_published_keeps_its_bytes(published: Path, run: Run) -> None:
    before = (published / "experiences" / "brouillon.md").read_bytes()
    done = run("rename", "brouillon", "autre-nom")
    assert done.exit_code == 0, done.output
    assert (published / "experiences" / "autre-nom.md").read_bytes() == before
    assert not (published / "experiences" / "brouillon.md").exists()


def test_only_references_change(published: Path, run: Run) -> None:
    """Code, addresses of the web, escaped signs and words stay, and so do the form and the line ends of a sheet that cites."""
    sheet = published / "experiences" / "voisine.md"
    front, _, _ = re.sub(r"methodes: .*\n", "", sheet.read_text("utf-8")).rstrip().rpartition("---")
    kept = (
        "[z](https://example.org/methode.md), `[[methode]]`, \\[[methode]], le fichier methode.md et autre-methode.md.\n\n"
        "```\n[[methode]]\n```\n\n"
    )
    text = (
        f"{front}methodes:   [ 'methode',autre-methode ] # deux\n---\n\n{kept}"
        "| a | b |\n| --- | --- |\n| é [[methode\\|elle]] [[methode]] | [x](../methods/methode.md) |\n\n"
        "[à][une] [[ methode | b ]]\n\n[une]: ../methods/methode.md\n"
    )
    sheet.write_bytes(("\ufeff" + text).replace("\n", "\r\n").encode())
    assert [one for one in problems_of(published) if one.severity == "erreur"] == []
    done = run("rename", "methode", "nouvelle")
    assert done.exit_code == 0, done.output
    wanted = text.replace("'methode'", "'nouvelle'").replace("| é [[methode\\|elle]] [[methode]] | [x](../methods/methode.md) |",
                                                             "| é [[nouvelle\\|elle]] [[nouvelle]] | [x](../methods/nouvelle.md) |")  # fmt: skip
    wanted = wanted.replace("[[ methode | b ]]", "[[ nouvelle | b ]]").replace(
        "[une]: ../methods/methode.md", "[une]: ../methods/nouvelle.md"
    )
    assert sheet.read_bytes().decode() == ("\ufeff" + wanted).replace("\n", "\r\n")


def test_every_sheet_of_the_library_can_be_renamed(content: Checked) -> None:
    """Those that others cite within tables, where a bar is written ``\\|``, among them: a sample of all."""
    library, problems = content
    files = {
        file.relative_to(ROOT / "content").as_posix(): file.read_bytes()
        for file in (ROOT / "content").rglob("*.*")
        if file.suffix in (".md", ".yml")
    }
    in_tables = {found for raw in files.values() for found in re.findall(r"\[\[([a-z0-9-]+)\\\|", raw.decode())}
    assert len(in_tables) > 5
    for identifier in [*sorted(in_tables)[:6], "territoires-en-transition-2018", "le-rameau", "scic"]:
        done = renaming.sheet(library, problems, files, identifier, f"{identifier}-bis")
        assert len(done.texts) > 1


def test_a_renaming_cut_short_goes_on(published: Path, run: Run) -> None:
    """Killed after the new file, before the old one went: the same command ends it."""
    old = (published / "methods" / "methode.md").read_bytes()
    assert run("rename", "methode", "nouvelle").exit_code == 0
    (published / "methods" / "methode.md").write_bytes(old)
    assert "identifiant-pris" in {one.code for one in problems_of(published)}
    done = run("rename", "methode", "nouvelle")
    assert done.exit_code == 0, done.output
    assert not (published / "methods" / "methode.md").exists()
    assert problems_of(published) == []


def test_a_link_in_the_place_of_a_file_is_told(published: Path, run: Run) -> None:
    file = published / "methods" / "methode.md"
    file.rename(published / "methods" / ".cible.md")
    file.symlink_to(".cible.md")
    done = run("rename", "methode", "nouvelle")
    assert done.exit_code == 2
    assert "est un lien vers un autre fichier" in done.output


def test_nothing_is_renamed_while_the_ledger_is_damaged(published: Path, run: Run) -> None:
    table = published / ledger.FOLDER / "permaliens.csv"
    table.write_text(table.read_text("utf-8").replace("/experiences/", "<<<<<<< HEAD\n/experiences/", 1), "utf-8")
    done = run("rename", "methode", "nouvelle")
    assert done.exit_code == 2
    assert "[registre-abime]" in done.output
    assert (published / "methods" / "methode.md").exists()


def test_an_old_name_leads_to_the_new_one_in_what_is_said(published: Path, run: Run) -> None:
    assert run("rename", "methode", "nouvelle").exit_code == 0
    sheet = published / "experiences" / "voisine.md"
    text = sheet.read_text("utf-8")
    sheet.write_text(re.sub(r"methodes: .*\n", "methodes: [methode]\n", text) + "\n[[methode]]\n", "utf-8")
    told = [one for one in problems_of(published) if one.path.endswith("voisine.md")]
    assert {one.code for one in told} == {"fiche-inconnue", "lien-casse"}
    assert all("nouvelle" in one.sentence for one in told)
    assert "s’appelle maintenant « nouvelle »" in run("rename", "methode", "encore").output


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("/themes/bois/durable/,/themes/bois/durable/encore/", "redirection-perdue"),
        ("/a/,/a/b/", "redirection-perdue"),
        ("/themes/,/methodes/", "redirection-refusee"),
        ("/themes/bois/,/methodes/", "redirection-refusee"),
        ("/explorer/,/methodes/", "redirection-refusee"),
        ("/Themes/,/themes/", "registre-abime"),
        ("/404.html/,/themes/", "registre-abime"),
        ("/.essaim/,/themes/", "registre-abime"),
        ("/sitemap.xml,/themes/", "redirection-refusee"),
        ("/vieux/,/nulle-part/", "redirection-perdue"),
        ("/vieux/,/themes/inconnu/", "redirection-perdue"),
        ("/a/,/b/?x\n/b/,/a/", "redirection-en-boucle"),
    ],
)
def test_a_redirection_that_can_not_be_is_told_by_the_check(published: Path, line: str, code: str) -> None:
    (published / ledger.FOLDER / "redirections.csv").write_text(f"ancienne,nouvelle\n{line}\n", "utf-8")
    assert code in {one.code for one in problems_of(published)}


def test_a_redirection_may_lead_to_an_anchor_or_a_search(published: Path) -> None:
    heading = library_of(published).documents["exemple"].headings[0].id
    lines = f"/vieux/,/explorer/?theme=bois\n/plus-vieux/,/vieux/\n/partie/,/experiences/exemple/#{heading}\n"
    (published / ledger.FOLDER / "redirections.csv").write_text(f"ancienne,nouvelle\n{lines}", "utf-8")
    assert problems_of(published) == []
    assert Permalinks(library_of(published)).redirects == {
        "vieux/": "explorer/?theme=bois",
        "plus-vieux/": "explorer/?theme=bois",
        "partie/": f"experiences/exemple/#{heading}",
    }
    assert (
        list(permalinks.missing(library_of(published), {"themes/", "themes/bois/", "experiences/", "explorer/"})) == []
    )


@pytest.mark.parametrize(
    "row",
    ["/sw.js,exemple", "/assets/css/tokens.css,exemple", "/explorer/,exemple", "/zzz/?a=b,exemple", "/themes/,exemple"],
)
def test_a_row_of_the_ledger_moves_nothing_but_pages_of_sheets(published: Path, row: str) -> None:
    table = published / ledger.FOLDER / "permaliens.csv"
    table.write_text(table.read_text("utf-8") + f"{row},2026-01-10,,\n", "utf-8")
    assert "registre-abime" in {one.code for one in problems_of(published)}
    assert not Permalinks(library_of(published)).redirects.keys() - {"explorer/", "themes/"}


def test_a_value_that_is_withdrawn_is_claimed_by_the_check(published: Path) -> None:
    table = library_of(published).ledger
    keep(
        published,
        replace(
            table,
            entries=(*table.entries, Entry("themes/disparu/", "", DAY), Entry("flux/themes/disparu.xml", "", DAY)),
        ),
    )
    told = [one for one in problems_of(published) if one.code == "adresse-perdue"]
    assert {one.message.split(" ")[0] for one in told} == {"/themes/disparu/", "/flux/themes/disparu.xml"}
    assert any("/flux/themes/disparu.xml,/flux/tout.xml" in one.hint for one in told)


@pytest.mark.parametrize("anchor", ["fiche-partager", "fiche-sequence-x", "def-scic", "fn-1"])
def test_an_old_anchor_is_none_of_the_page_s_own(published: Path, anchor: str) -> None:
    edit(published / "experiences" / "exemple.md", "  - { ancre: le-debut }\n", f"  - {{ ancre: {anchor} }}\n")
    assert "ancre-vivante" in {one.code for one in problems_of(published)}


def test_many_anchors_and_long_chains_are_no_burden(published: Path) -> None:
    """Counted, not timed: each step of a chain, each anchor of a conference is worked out once."""
    chain = tuple(Redirection(f"a{number}/", f"a{number + 1}/") for number in range(3000))
    library = library_of(published)
    links = Permalinks(
        replace(library, ledger=replace(library.ledger, redirections=(*chain, Redirection("a3000/", "themes/"))))
    )
    steps: list[str] = []
    step = Permalinks._step

    def counted(self: Permalinks, page: str) -> str | None:
        steps.append(page)
        return step(self, page)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Permalinks, "_step", counted)
        assert set(links.redirects.values()) == {"themes/"}
    assert len(steps) <= 2 * 3001


@pytest.mark.parametrize("name", sorted(file.stem for file in (ROOT / "content" / "vocabularies").glob("*.yml")))
def test_a_vocabulary_that_can_not_be_read_hides_what_follows_from_it(small_folder: Path, name: str) -> None:
    """No rule tells again, at each address, search or redirection, what is wrong with one vocabulary: whichever it is, and whatever
    rule is to come."""
    library, _ = load(small_folder, "content")
    values = {f"{one.url}/{value.id}/" for one in library.vocabularies.values() if one.url for value in one.valeurs}
    ends = [*sorted(values), *(sheet.address for sheet in library.pages.values() if sheet.address)]
    table = replace(
        library.ledger,
        entries=permalinks.published(library, values, date(2026, 1, 1)),
        redirections=tuple(Redirection(f"themes/ancien-{number}/", end) for number, end in enumerate(ends)),
    )
    (small_folder / ledger.FOLDER).mkdir(exist_ok=True)
    for one in ("permaliens", "redirections"):
        (small_folder / ledger.FOLDER / f"{one}.csv").write_text(ledger.write(table, one), "utf-8")
    searches = "".join(
        f"[x](/explorer/?{facet}={value})\n\n" for facet, held in library.facets.items() for value in held
    )
    with (small_folder / "methods" / "autre-methode.md").open("a", encoding="utf-8") as file:
        file.write(f"\n\n{searches}")
    library, problems = load(small_folder, "content")
    assert [*problems, *check(library)] == []
    (small_folder / "vocabularies" / f"{name}.yml").write_text("a: [", "utf-8")
    library, problems = load(small_folder, "content")
    found = [*problems, *check(library), *permalinks.missing(library, ())]
    assert {one.path for one in found} == {f"content/vocabularies/{name}.yml"}
