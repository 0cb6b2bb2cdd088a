"""Every code that a problem can have: how grave it is, and what it means. The only table of them.

It feeds the checks' severities, the team's settings (``settings``), the formats that describe their rules (``formats``)
and the page docs/codes.md. A test asserts that it holds the codes of the whole package, and no others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from essaim.problem import SEVERITIES, Problem

ERROR, WARNING, ADVICE = SEVERITIES


@dataclass(frozen=True, slots=True)
class Code:
    """A lasting French name, a severity (one of ``SEVERITIES``), and one line that says what it means."""

    name: str
    severity: str
    about: str


CODES = (
    # The file and the form of its front matter.
    Code("fichier-inattendu", ERROR, "Un fichier n’a pas sa place dans le dossier de contenu."),
    Code("fichier-illisible", ERROR, "Le système refuse de lire le fichier."),
    Code("fichier-trop-gros", ERROR, "Une fiche dépasse la taille permise."),
    Code("nom-de-fichier", ERROR, "Le nom du fichier ne peut pas servir d’identifiant ni d’adresse."),
    Code("identifiant-pris", ERROR, "Deux fiches ont le même identifiant, actuel ou ancien."),
    Code("lien-hors-contenu", ERROR, "Un lien symbolique mène hors du dossier de contenu."),
    Code("image-refusee", ERROR, "Une image est illisible, trop lourde ou trop grande."),
    Code("encodage", ERROR, "Le fichier n’est pas en UTF-8."),
    Code("caractere-interdit", ERROR, "Un caractère invisible se cache dans le texte."),
    Code("entete-absent", ERROR, "La fiche ne commence pas par son en-tête."),
    Code("entete-non-ferme", ERROR, "La ligne --- qui ferme l’en-tête manque."),
    Code("entete-trop-long", ERROR, "L’en-tête est trop long."),
    Code("tabulation", ERROR, "Une ligne de l’en-tête commence par une tabulation."),
    Code("yaml", ERROR, "L’en-tête ne se lit pas : deux-points, guillemets ou retrait."),
    Code("yaml-alias", ERROR, "L’en-tête emploie une ancre ou un alias YAML."),
    Code("yaml-etiquette", ERROR, "L’en-tête emploie une étiquette YAML."),
    Code("yaml-profondeur", ERROR, "L’en-tête imbrique trop de niveaux."),
    Code("champ-repete", ERROR, "Un champ est donné deux fois."),
    # Fields.
    Code("champ-inconnu", ERROR, "Un champ n’existe pas pour cette sorte de fiche."),
    Code("champ-manquant", ERROR, "Un champ obligatoire manque."),
    Code("texte-attendu", ERROR, "Un champ attend un texte."),
    Code("texte-vide", ERROR, "Un texte est vide."),
    Code("texte-trop-long", ERROR, "Un texte dépasse la longueur permise."),
    Code("liste-attendue", ERROR, "Un champ attend une liste."),
    Code("liste-vide", ERROR, "Une liste demande au moins un élément."),
    Code("groupe-attendu", ERROR, "Un champ attend des sous-champs."),
    Code("forme", ERROR, "Une valeur n’a pas la forme attendue."),
    Code("valeur", ERROR, "Une valeur ne convient pas à son champ."),
    Code("nombre-attendu", ERROR, "Une valeur n’est pas un nombre."),
    Code("hors-limites", ERROR, "Un nombre est trop petit ou trop grand."),
    Code("date", ERROR, "Une valeur n’est pas une date."),
    Code("adresse-web", ERROR, "Une valeur n’est pas une adresse web."),
    Code("identifiant", ERROR, "Une valeur de vocabulaire ne peut pas servir d’adresse."),
    Code("siren", ERROR, "Une valeur n’est pas un numéro SIREN."),
    Code("saisie", ERROR, "Une colonne de fiche-outil demande une saisie inconnue."),
    Code("non-communique", ERROR, "« non communiqué » est mal écrit."),
    Code("valeur-inconnue", ERROR, "Une valeur n’est pas dans son vocabulaire."),
    Code("valeur-repetee", ERROR, "Une liste nomme deux fois la même chose."),
    Code("vocabulaire-absent", ERROR, "Le vocabulaire d’un champ n’existe pas."),
    Code("commune-ancienne", ERROR, "Un code est celui d’une ancienne commune."),
    Code("territoire-inconnu", ERROR, "Un code n’est celui d’aucun territoire."),
    Code("territoire-contradictoire", ERROR, "Des territoires, ou un code et un nom, se contredisent."),
    # From one field or sheet to another.
    Code("fiche-inconnue", ERROR, "Un champ cite une fiche qui n’existe pas."),
    Code("sorte-de-fiche", ERROR, "Un champ cite une fiche d’une autre sorte que celle attendue."),
    Code("fiche-elle-meme", ERROR, "Une fiche se cite elle-même."),
    Code("fiche-non-publiee", ERROR, "Une fiche publiée mène à une fiche qui ne l’est pas."),
    Code("source-inconnue", ERROR, "Un fait cite une source que la fiche ne donne pas."),
    Code("source-repetee", ERROR, "Une fiche donne deux fois le même identifiant de source."),
    Code("financement-contradictoire", ERROR, "Les financements ne font pas le coût total."),
    Code("dates-contradictoires", ERROR, "Une date vient avant celle qui devrait la précéder."),
    Code("prerequis-absent", ERROR, "Un prérequis réuni n’est pas parmi les prérequis de la fiche."),
    Code("depuis-inconnu", ERROR, "Une fiche-outil tire son exemple d’un champ qui n’existe pas."),
    Code("adresse-reservee", ERROR, "Une page ou un vocabulaire prend une adresse du site."),
    Code("accueil-absent", ERROR, "La page d’accueil manque ou n’est pas publiée."),
    # What was published stays.
    Code("registre-abime", ERROR, "Une table de content/publications/ a une ligne qui ne se lit pas."),
    Code("registre-doublon", ERROR, "Une table de content/publications/ dit deux fois la même chose."),
    Code("adresse-perdue", ERROR, "Une page publiée n’existerait plus."),
    Code("adresse-reprise", ERROR, "Une fiche prend l’adresse publiée d’une autre."),
    Code("ancre-perdue", ERROR, "Un titre publié n’est plus dans sa page."),
    Code("ancre-vivante", ERROR, "Une ancienne ancre est encore celle d’un titre."),
    Code(
        "redirection-refusee", ERROR, "Une redirection part d’une adresse qui sert, ou qui n’est pas celle d’une page."
    ),
    Code("redirection-perdue", ERROR, "Une redirection mène à une page qui n’existe pas."),
    Code("redirection-en-boucle", ERROR, "Des redirections, ou des remplacements, tournent en rond."),
    Code("archivage-absent", ERROR, "Le statut archivé et le champ archivage vont ensemble."),
    # The text under the front matter.
    Code("lien-interdit", ERROR, "Un lien a une adresse refusée."),
    Code("lien-casse", ERROR, "Un lien ne mène à aucune fiche."),
    Code("ancre-inconnue", ERROR, "Un lien mène à un titre qui n’existe pas."),
    Code("recherche-inconnue", ERROR, "Une recherche toute prête nomme un filtre ou une valeur inconnus."),
    Code("image-absente", ERROR, "Une image citée n’existe pas."),
    Code("html-interdit", ERROR, "Le texte contient du HTML."),
    Code("titre-principal", ERROR, "Un titre du texte est au premier niveau."),
    Code("niveau-de-titre", ERROR, "Un titre saute un niveau."),
    # Other commands: the formatter, the import.
    Code("mise-en-forme", ERROR, "L’en-tête n’est pas écrit dans la forme commune (`essaim format`)."),
    Code("correspondance", ERROR, "Une correspondance d’import n’est pas écrite comme il faut."),
    Code("sorte-inconnue", ERROR, "Une correspondance d’import nomme une sorte de fiche qui n’existe pas."),
    Code("sorte-contradictoire", ERROR, "Une correspondance d’import est faite pour une autre sorte de fiche."),
    Code("colonne-absente", ERROR, "Une correspondance d’import cite une colonne que le tableau n’a pas."),
    # What an editor should see to.
    Code("contact-personnel", WARNING, "Une adresse électronique personnelle ou un numéro de téléphone est écrit."),
    Code("image-sans-alternative", WARNING, "Une image n’a pas de texte pour qui ne la voit pas."),
    Code("image-lourde", WARNING, "Une image publiée est lourde pour un réseau faible."),
    Code("revision-passee", WARNING, "La date de révision est passée."),
    Code("difficultes-absentes", WARNING, "Une expérience ne dit pas ce qui a coincé."),
    Code("lien-mort", WARNING, "Une adresse externe ne répond plus (`essaim links`)."),
    Code("lien-refuse", WARNING, "Une adresse externe n’est pas contrôlée, par prudence (`essaim links`)."),
    # What an editor may weigh.
    Code("lien-a-confirmer", ADVICE, "Une adresse externe n’a pas répondu une fois (`essaim links`)."),
    Code("lien-deplace", ADVICE, "Une adresse externe mène à une autre (`essaim links`)."),
    Code("resume-long", ADVICE, "Un résumé est long pour une liste de résultats."),
    Code("resume-dependant", ADVICE, "Un résumé ne se comprend pas sans le titre."),
    Code("sigle-non-explique", ADVICE, "Un sigle n’est expliqué ni dans la fiche ni au glossaire."),
    Code("chiffre-sans-annee", ADVICE, "Un chiffre est dit sans l’année où il est vrai."),
    Code("phrase-longue", ADVICE, "Une phrase est très longue."),
    Code("voix-passive", ADVICE, "Une phrase est au passif alors qu’elle dit qui agit."),
    Code("lisibilite", ADVICE, "Le texte est difficile à lire (formule de Kandel et Moles)."),
    Code("adresse-nue", ADVICE, "Une adresse web est écrite telle quelle dans un texte."),
)

BY_NAME = {code.name: code for code in CODES}


def graded(problems: Iterable[Problem], raised: Collection[str] = ()) -> list[Problem]:
    """The problems, each with the severity of its code; those whose code is in ``raised`` are errors.

    A code that the table lacks is an error too: a test keeps it from happening, and a mistake is better told than lost.
    """
    return [replace(problem, severity=_severity(problem.code, raised)) for problem in problems]


def _severity(name: str, raised: Collection[str]) -> str:
    code = BY_NAME.get(name)
    return ERROR if code is None or name in raised else code.severity


def reference() -> str:
    """docs/codes.md: every code, by severity."""
    titles = {
        ERROR: "Erreurs : elles empêchent de publier",
        WARNING: "Avertissements : à régler",
        ADVICE: "Conseils : à peser",
    }
    parts = [_INTRODUCTION]
    for severity in SEVERITIES:
        rows = "\n".join(f"| `{code.name}` | {code.about} |" for code in CODES if code.severity == severity)
        parts.append(f"## {titles[severity]}\n\n| code | ce qu’il veut dire |\n| --- | --- |\n{rows}\n")
    return "\n".join(parts)


_INTRODUCTION = """\
<!-- Écrit par `essaim codes` à partir du code. Ne le modifiez pas à la main : `make codes`. -->

# Ce que dit `essaim check`

Chaque problème porte un code, entre crochets à la fin de la ligne ; `essaim format`, `essaim import` et `essaim links` ont
aussi les leurs. Une erreur fait échouer le contrôle et la
construction du site ; un avertissement ou un conseil, jamais. L’équipe peut faire d’un code une erreur, dans le
`pyproject.toml` placé à côté du dossier de contenu :

```toml
[tool.essaim]
erreurs = ["image-sans-alternative", "contact-personnel"]
```
"""
