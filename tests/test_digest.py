"""The newsletter: what it gathers, its three forms, its command."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import comrak
import pytest
from lxml import etree, html

from essaim import digest
from essaim.ledger import Change, Entry, Ledger
from essaim.library import Library
from essaim.outputs import Site
from tests.conftest import ROOT, Checked, essaim, experience, started

URL = "https://essaim.example/bibliotheque/"
SINCE = date(2026, 12, 1)
WithFiles = Callable[[Mapping[str, str | bytes]], Checked]
HOSTILE = "]]> <script>alert(1)</script> [a](javascript:b) `c` *d* _e_ # ~f~ \\g"


def library_of(with_files: WithFiles) -> Library:
    """One sheet of each sort of news since ``SINCE``, beside the small library, which is older."""
    library, problems = with_files({
        "experiences/neuve.md": experience(titre=f"'{HOSTILE}'", publie_le="2026-12-01", verifie_le="2026-12-01", resume="'1. Un résumé'"),
        "experiences/revue.md": experience(titre="Revue", publie_le="2026-11-30", verifie_le="2026-12-01"),
        "experiences/ancienne-2.md": experience(titre="Ancienne", publie_le="2026-11-30", verifie_le="2026-11-30"),
        "experiences/close.md": experience("archivage: { le: 2026-12-01, raison: Elle a pris fin., remplacee_par: [neuve, revue] }\n", titre="Close", statut="archivé"),
        "experiences/close-avant.md": experience("archivage: { le: 2026-11-30, raison: Non. }\n", titre="Close avant", statut="archivé"),
        "webinars/future.md": "---\ntitre: Future\nresume: On verra.\nstatut: publié\npublie_le: 2026-12-01\nverifie_le: 2026-12-01\ndate: 2027-01-14\nheure: \"9:00\"\ninscription: https://exemple.fr/i\n---\n",
    })  # fmt: skip
    assert problems == []
    return library


@pytest.fixture
def letter(with_files: WithFiles) -> digest.Digest:
    library = library_of(with_files)
    known = Ledger(entries=(Entry("experiences/revue/", "revue", SINCE, None, "bafode"),))
    return digest.gather(Site(replace(library, ledger=known), "Une bibliothèque", URL), SINCE)


def test_what_it_gathers(letter: digest.Digest) -> None:
    assert [(one.title, [item.title for item in one.items]) for one in letter.sections] == [
        ("Webconférences à venir", ["Future"]), ("Nouvelles fiches : expériences", [HOSTILE]), ("Fiches revues ou modifiées", ["Revue"]), ("Fiches archivées", ["Close"]),
    ]  # fmt: skip
    coming, new, revised, gone = (one.items[0] for one in letter.sections)
    assert coming.note == "14 janvier 2027 à 9\u00a0h, inscription ouverte"
    assert (new.link, new.note) == (f"{URL}experiences/neuve/", "")
    assert (revised.link, revised.note) == (f"{URL}s/bafode/", "Expérience, revue le 1er décembre 2026")
    assert gone.instead == ((HOSTILE, f"{URL}experiences/neuve/"), ("Revue", f"{URL}s/bafode/"))
    assert (
        letter.intro
        == "Dans cette lettre : webconférences à venir (1), expériences (1), fiches revues ou modifiées (1), fiches archivées (1)."
    )


def test_a_conference_that_was_is_no_news_to_come(with_files: WithFiles) -> None:
    library = library_of(with_files)
    assert not any("à venir" in one.title for one in digest.gather(Site(library, url=URL), date(2027, 1, 15)).sections)
    first = digest.gather(Site(library, url=URL), date(2026, 11, 1))
    assert sum(item.title == "Future" for one in first.sections for item in one.items) == 1


def test_the_markdown_says_what_the_sheets_say(letter: digest.Digest) -> None:
    tree = html.fromstring(comrak.render_markdown(digest.markdown(letter)))
    assert [one.text_content().replace("\u202f", " ") for one in tree.xpath("//li//strong/a")] == [
        "Future",
        HOSTILE,
        "Revue",
        "Close",
    ]
    hrefs = tree.xpath("//a/@href")
    assert hrefs == [f"{URL}webinaires/future/", f"{URL}experiences/neuve/", f"{URL}s/bafode/", f"{URL}experiences/close/",
                     f"{URL}experiences/neuve/", f"{URL}s/bafode/", URL, f"{URL}flux/"]  # fmt: skip
    assert not tree.xpath("//script | //em | //code | //del | //ol")


def test_the_html_is_one_that_mail_takes(letter: digest.Digest) -> None:
    text = digest.html(letter)
    tree = html.document_fromstring(text)
    assert [one.text_content().replace("\u202f", " ") for one in tree.xpath("//h3")] == [
        "Future",
        HOSTILE,
        "Revue",
        "Close",
    ]
    assert not tree.xpath("//script | //style | //table | //img | //link | //*[@class] | //@src | //@background")
    assert "url(" not in text
    assert {href for href in tree.xpath("//@href") if not href.startswith(URL)} == set()
    assert etree.HTML(text).get("lang") == "fr"


def test_the_plain_text_keeps_addresses_whole(letter: digest.Digest) -> None:
    text = digest.plain(letter)
    assert all(len(line) <= digest.WIDTH or line.strip().startswith("http") for line in text.split("\n"))
    for address in (f"{URL}experiences/neuve/", f"{URL}s/bafode/", f"{URL}experiences/close/"):
        assert re.search(rf"(?m)^  {re.escape(address)}$", text)


def test_nothing_new_is_told(small: Library) -> None:
    letter = digest.gather(Site(small, "Une bibliothèque", URL), SINCE)
    assert letter.sections == ()
    for _, write in digest.FORMS.values():
        assert "aucune fiche publiée, revue, modifiée ni archivée" in " ".join(
            write(letter).replace("\u202f", " ").split()
        )


def test_what_a_publication_brought_is_news_at_its_date(with_files: WithFiles) -> None:
    old = {"publie_le": "2026-11-20", "verifie_le": "2026-11-20"}
    library, problems = with_files({
        "experiences/venue.md": experience(titre="Venue", **old),
        "experiences/changee.md": experience("anciens_ids: [avant]\n", titre="Changée", **old),
        "experiences/renommee.md": experience("anciens_ids: [jadis]\n", titre="Seulement renommée", **old),
        "experiences/verifiee.md": experience(titre="Vérifiée avant", **old),
        "experiences/close.md": experience("archivage: { le: 2026-11-25, raison: Fin. }\n", titre="Close", statut="archivé", **old),
    })  # fmt: skip
    assert problems == []
    first = date(2026, 11, 26)
    journal = (
        *(Change(first, one, "experience", "", "ajout") for one in ("avant", "jadis", "verifiee", "close", "exemple")),
        Change(date(2026, 12, 5), "venue", "experience", "", "ajout"),
        Change(date(2026, 12, 5), "close", "experience", "archivage", "ajout"),
        Change(date(2026, 12, 5), "close", "experience", "statut", "modification"),
        Change(date(2026, 12, 6), "avant", "experience", "texte", "modification"),
        Change(date(2026, 12, 7), "changee", "experience", "anciens_ids", "ajout"),
        *(Change(date(2026, 12, 7), "renommee", "experience", one, "ajout") for one in ("anciens_ids", "anciennes_ancres")),
        Change(date(2026, 12, 7), "verifiee", "experience", "verifie_le", "modification"),
    )  # fmt: skip
    site = Site(replace(library, ledger=Ledger(journal=journal)), "Une bibliothèque", URL)

    def told(since: date) -> dict[str, list[tuple[str, str]]]:
        return {one.title: [(item.title, item.note) for item in one.items] for one in digest.gather(site, since).sections}  # fmt: skip

    assert told(SINCE) == {
        "Nouvelles fiches : expériences": [("Venue", "")],
        "Fiches revues ou modifiées": [("Changée", "Expérience, modifiée le 6 décembre 2026, renommée")],
        "Fiches archivées": [("Close", "Expérience, archivée le 25 novembre 2026")],
    }
    assert told(date(2026, 12, 7)) == {}, "renamed, or checked before: no news"
    assert {title for title, _ in told(first)["Nouvelles fiches : expériences"]} == {
        "Venue", "Changée", "Seulement renommée", "Vérifiée avant", library.sheets["exemple"].titre
    }  # fmt: skip


def test_links_need_an_address(small: Library) -> None:
    with pytest.raises(ValueError, match="address"):
        digest.gather(Site(small), SINCE)


def run(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return essaim("digest", *arguments, cwd=cwd)


def test_the_command_writes_the_three_forms_and_replaces_none(small_folder: Path) -> None:
    project = small_folder.parent
    out = project / "lettres"
    out.mkdir()
    given = ("--since", "2026-11-01", "--url", "https://essaim.example", "--sortie", "lettres")
    done = run(*given, cwd=project)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"\d+ nouvelles depuis le 2026-11-01\.\n", done.stderr)
    files = {file.name: file.read_bytes() for file in out.iterdir()}
    assert set(files) == {f"lettre-2026-11-01{ending}" for ending, _ in digest.FORMS.values()}
    assert b"(<https://essaim.example/experiences/exemple/>)" in files["lettre-2026-11-01.md"]
    again = run(*given, cwd=project)
    assert again.returncode == 2
    assert "existe déjà" in again.stderr
    assert files == {file.name: file.read_bytes() for file in out.iterdir()}
    shown = started(
        "digest", "--since", "2026-11-01", "--url", "https://essaim.example/", "--format", "texte", cwd=project
    )
    assert shown.stdout.encode() == files["lettre-2026-11-01.txt"]


@pytest.mark.parametrize("folder", ["lettres/", "lettres", "lettres/2026.12/"])
def test_the_folder_is_made_when_its_name_is_one(folder: str, small_folder: Path) -> None:
    project = small_folder.parent
    given = ("--since", "2026-11-01", "--url", "https://essaim.example", "--sortie", folder)
    done = run(*given, cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(f"Dossier créé : {Path(folder)}\n")
    assert {one.suffix for one in (project / folder).iterdir()} == {ending for ending, _ in digest.FORMS.values()}
    again = run(*given[:1], "2026-11-02", *given[2:], cwd=project)
    assert (again.returncode, "Dossier créé" in again.stderr) == (0, False)


def test_a_file_is_no_folder(small_folder: Path) -> None:
    (small_folder.parent / "lettres").write_text("", "utf-8")
    for sortie in ("lettres/", "lettres", "lettres/decembre/"):
        done = run("--since", "2026-11-01", "--url", "https://e.example", "--sortie", sortie, cwd=small_folder.parent)
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
        assert "« lettres" in done.stderr


@pytest.mark.parametrize(("arguments", "said"), [
    (("--since", "hier", "--url", "https://e.example/"), "« hier » n’est pas une date"),
    (("--since", "2026-02-30", "--url", "https://e.example/"), "n’est pas une date"),
    (("--since", "2026-01-01", "--url", "e.example"), "n’est pas l’adresse d’un site"),
    (("--since", "2026-01-01", "--url", "https://e.example/?a"), "n’est pas l’adresse d’un site"),
    (("--since", "2026-01-01"), "--url"),
    (("--url", "https://e.example/"), "--since"),
    (("--since", "2026-01-01", "--url", "https://e.example/", "--sortie", "lettre.pdf"), "doit finir par .md, .html ou .txt"),
    (("--since", "2026-01-01", "--url", "https://e.example/", "--sortie", "lettre.md", "--format", "html"), "doit finir par .html"),
    (("--since", "2026-01-01", "--url", "https://e.example/", "--sortie", "absent/lettre.md"), "dans un dossier qui existe"),
])  # fmt: skip
def test_wrong_use(arguments: tuple[str, ...], said: str, small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ESSAIM_URL", raising=False)
    done = run(*arguments, cwd=small_folder.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert {file.name for file in small_folder.parent.iterdir()} == {"content"}


def test_errors_of_the_content_write_no_letter(small_folder: Path) -> None:
    (small_folder / "experiences" / "casse.md").write_text("---\ntitre: [\n---\n", "utf-8")
    done = run("--since", "2026-01-01", "--url", "https://e.example/", "--sortie", "lettre.md", cwd=small_folder.parent)
    assert done.returncode == 1
    assert done.stdout.startswith("content/experiences/casse.md:")
    assert done.stderr == "essaim : aucune lettre n’est écrite. 1 problème dans 1 fichier.\n"
    assert not (small_folder.parent / "lettre.md").exists()
