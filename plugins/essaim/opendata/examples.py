"""How to read the files, in the tools that people have. Tests run all but R on the real files."""

from __future__ import annotations

from dataclasses import dataclass

from essaim.words import NON_COMMUNIQUE


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of code; ``{base}`` is where the files are: the address of the site's data, or this folder. One that is
    ``online`` needs that address."""

    anchor: str
    titre: str
    code: str
    online: bool = False


EXAMPLES = (
    Example("python", "Python (pandas)", f"""import pandas

base = "{{base}}"
# Un fait demandé que personne n’a donné s’écrit « {NON_COMMUNIQUE} » : ici, il devient une case vide.
experiences = pandas.read_csv(base + "experiences.csv", na_values=["{NON_COMMUNIQUE}"], parse_dates=["publie_le"])
financements = pandas.read_csv(base + "experiences-financements.csv", na_values=["{NON_COMMUNIQUE}"])

# Une ligne par thème, puis le nombre d’expériences de chacun.
themes = experiences.assign(theme=experiences["themes"].str.split(";")).explode("theme")
print(themes["theme"].value_counts())

# Les financements, avec le titre de l’expérience.
print(financements.merge(experiences[["id", "titre"]], left_on="fiche_id", right_on="id"))
"""),
    Example("r", "R (readr)", f"""library(readr)

base <- "{{base}}"
experiences <- read_csv(paste0(base, "experiences.csv"), na = c("", "{NON_COMMUNIQUE}"))
table(unlist(strsplit(experiences$themes, ";")))
"""),
    Example("duckdb", "DuckDB (SQL)", """SELECT theme, count(*) AS fiches
FROM (
  SELECT unnest(string_split(themes, ';')) AS theme
  FROM read_csv('{base}experiences.csv', header = true, nullstr = ['', 'non communiqué'])
)
GROUP BY theme ORDER BY fiches DESC, theme;
"""),
    Example("controle", "Contrôler les fichiers", """# « Tout, en un fichier » a été téléchargé dans ce dossier.
unzip donnees.zip
cd donnees
sha256sum --check SHA256SUMS
frictionless validate datapackage.json
"""),
    Example("controle-en-ligne", "Contrôler les tables sans les télécharger", """frictionless validate {base}datapackage.json
""", online=True),
)  # fmt: skip
"""In the order in which the page shows them."""
