from __future__ import annotations

from pathlib import Path

import pytest

from essaim.settings import Settings, SettingsError, parse, read


def test_the_team_raises_codes(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    assert read(tmp_path / "content") == Settings()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n', "utf-8")
    assert read(tmp_path / "content") == Settings()
    (tmp_path / "pyproject.toml").write_text('[tool.essaim]\nerreurs = ["adresse-nue", "lisibilite"]\n', "utf-8")
    assert read(tmp_path / "content").erreurs == {"adresse-nue", "lisibilite"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1\n[tool.essaim\n", "pyproject.toml:2:13: ce fichier TOML ne se lit pas à cet endroit"),
        ("[tool.essaim]\nerreurs = [\n", "pyproject.toml:3:1: ce fichier TOML ne se lit pas à cet endroit"),
        (
            '[tool.essaim]\nerreurs = ["lisibilité"]\n',
            "pyproject.toml:2:13: code inconnu « lisibilité ». Vouliez-vous dire « lisibilite » ?",
        ),
        ('[tool.essaim]\nerreurs = [\n  "xyz",\n]\n', "pyproject.toml:3:4: code inconnu « xyz ». Voyez docs/codes.md."),
        (
            '[tool.essaim]\nerreur = ["lisibilite"]\n',
            "pyproject.toml:2:1: réglage inconnu « erreur ». Vouliez-vous dire « erreurs » ?",
        ),
        (
            '[tool.essaim]\nerreurs = "lisibilite"\n',
            "pyproject.toml:2:1: « erreurs » attend une liste de codes entre guillemets. Voyez docs/codes.md.",
        ),
        (
            "[tool.essaim]\nerreurs = [1]\n",
            "pyproject.toml:2:1: « erreurs » attend une liste de codes entre guillemets. Voyez docs/codes.md.",
        ),
        ("[tool]\nessaim = 3\n", "pyproject.toml:2:1: « tool.essaim » attend des réglages. Voyez docs/codes.md."),
        ("a = " + "[" * 5000, "pyproject.toml:1:1: ce fichier TOML imbrique trop de niveaux"),
    ],
)
def test_wrong_settings_are_told_with_their_place(text: str, told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse(text)
    assert str(refused.value) == told


def test_settings_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"[tool.essaim]\n# \xe9t\xe9\n")
    with pytest.raises(SettingsError, match=r"^pyproject.toml:2:1: ce fichier n’est pas en UTF-8$"):
        read(tmp_path / "content")
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(SettingsError, match=r"^pyproject.toml:1:1: fichier illisible"):
        read(tmp_path / "content")
