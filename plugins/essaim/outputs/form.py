"""``admin/``: the web form. Its whole configuration is read off the model (docs/decisions/0023).

Decap CMS edits the sheets in the repository. Here we write its page, with what it may talk to, and ``config.json``: what
Decap is told (``cms``), the lists of values that its fields name (``listes``), and what ``front.js`` needs to write a
sheet (``sortes``). Without settings nothing is written: no reader's page ever loads any of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from essaim import territories
from essaim.compact import dump
from essaim.model import KINDS, SHEETS, Champ, Group, Sheet, order
from essaim.model.types import SAISIES, TYPED, YEARS
from essaim.outputs.render import environment
from essaim.outputs.site import Content, Form, Site
from essaim.words import NON_COMMUNIQUE

FOLDER = "admin"
PORT = 8081
"""Where decap-server listens on the editor's machine, unless told otherwise."""

_GITHUB = "https://api.github.com"
_SPACE = "[ \\u00a0\\u202f]"


@dataclass(frozen=True, slots=True)
class Writing:
    """How values of one genre are typed: Decap's widget, and the JavaScript expression that they must match."""

    widget: str
    pattern: str = ""
    message: str = ""


# The same rules as model/types.py, for a browser: a first answer while one types. `essaim check` has the last word.
WRITINGS: Mapping[str, Writing] = {
    "ligne": Writing("string"),
    "texte": Writing("text"),
    "nombre": Writing(
        "string",
        rf"-?[0-9](?:{_SPACE}?[0-9]){{0,14}}(?:[.,][0-9]{{1,6}})?",
        "des chiffres seulement (26000000 ou 12,5), l’unité à part",
    ),
    "entier": Writing("string", "[0-9]{1,9}", "un nombre entier, en chiffres"),
    "annee": Writing(
        "string", "(?:1[89][0-9]{2}|20[0-9]{2}|2100)", f"une année, de {YEARS[0]} à {YEARS[1]}, en quatre chiffres"
    ),
    "date": Writing("datetime"),
    "date-partielle": Writing(
        "string",
        "(?:1[89][0-9]{2}|20[0-9]{2}|2100)(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?",
        "une année, un mois ou un jour : 2012, 2012-03 ou 2012-03-15",
    ),
    "adresse": Writing(
        "string",
        r"https?://[^\s<>\"'\\/]+\.[^\s<>\"'\\]+",
        "une adresse qui commence par https:// ou http://, sans espace",
    ),
    "identifiant": Writing("string", "", "minuscules sans accent, chiffres et traits d’union"),
    "siren": Writing("string", rf"(?:[0-9]{_SPACE}?){{9}}", "neuf chiffres"),
    "moment": Writing("string", "", "heures:minutes:secondes ou minutes:secondes, comme 1:02:30"),
    "saisie": Writing("choix"),
    "vocabulaire": Writing("choix"),
    "fiche": Writing("choix"),
    "territoire": Writing("territoire"),
    "groupe": Writing("list"),
}


class FormError(Exception):
    """What is wrong with the settings of the form, in French."""


def settings(given: Mapping[str, Any], content: str, preview: bool) -> Form | None:
    """The settings that ``mkdocs.yml`` gives under ``formulaire``, for sheets in the folder ``content`` of the repository.

    None when there is no form to write: a build for readers whose settings name no repository. A preview always has
    one, on this machine. Raises ``FormError``.
    """
    known = ("forge", "depot", "branche", "connexion", "application", "port")
    for name in given:
        if name not in known:
            raise FormError(f"réglage inconnu « {name} ». Réglages permis : {', '.join(known)}.")
    port = given.get("port", PORT)
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65536:
        raise FormError(f"port « {port} » : écrivez un nombre, comme {PORT}.")
    texts = {name: given.get(name) or "" for name in known[:-1]}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise FormError(f"{name} « {value} » : écrivez un texte, entre guillemets.")
    forge = _forge(texts, content) if texts["depot"] else None
    if preview:
        local = f"http://127.0.0.1:{port}"
        return Form(content, {"name": "proxy", "proxy_url": f"{local}/api/v1"}, (local,))
    return forge


def _forge(given: Mapping[str, str], content: str) -> Form:
    forge, repository, branch = given["forge"], given["depot"], given["branche"] or "main"
    if forge not in ("github", "gitlab"):
        raise FormError(f"forge « {forge} » inconnue. Écrivez github ou gitlab.")
    if not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+" if forge == "gitlab" else r"[\w.-]+/[\w.-]+", repository):
        raise FormError(f"depot « {repository} » : écrivez organisation/nom.")
    if not re.fullmatch(r"[\w./-]+", branch):
        raise FormError(f"branche « {branch} » : ce n’est pas un nom de branche.")
    site = (given["connexion"] or ("https://gitlab.com" if forge == "gitlab" else "")).rstrip("/")
    parts = urlsplit(site)
    if parts.scheme != "https" or not re.fullmatch(r"[\w.-]+(?::\d+)?", parts.netloc) or parts.query or parts.fragment:
        who = "du service qui ouvre la session GitHub" if forge == "github" else "de votre GitLab"
        raise FormError(f"connexion « {site} » : donnez l’adresse {who}, qui commence par https://.")
    backend: dict[str, Any] = {"name": forge, "repo": repository, "branch": branch}
    if forge == "github":
        return Form(content, {**backend, "base_url": site}, (_GITHUB,))
    if not re.fullmatch(r"[\w.-]+", given["application"]):
        raise FormError("application : donnez l’identifiant de l’application que vous avez créée dans GitLab.")
    backend |= {"auth_type": "pkce", "app_id": given["application"], "base_url": site, "api_root": f"{site}/api/v4"}
    return Form(content, backend, (f"https://{parts.netloc}",))


def pages(site: Site) -> Iterator[tuple[str, Content]]:
    """The page of the form, its configuration, and the names of territories. Nothing without settings."""
    if site.form is None:
        return
    page = environment().get_template("formulaire.html").render(site=site, connect=" ".join(site.form.connect))
    yield f"{FOLDER}/index.html", page
    yield f"{FOLDER}/config.json", dump(configuration(site, site.form))
    table = territories.load()
    names = {
        "departement": [[one.code, one.nom] for one in table.departements],
        "epci": [[one.code, one.nom] for one in table.epcis()],
    }
    yield f"{FOLDER}/territoires.json", dump(names)


def configuration(site: Site, form: Form) -> dict[str, Any]:
    """What ``form.js`` reads: ``cms`` for Decap, ``listes`` of ``{label, value}`` by name, ``sortes`` of sheets."""
    local = form.backend["name"] == "proxy"
    cms = {
        "load_config_file": False,
        "backend": dict(form.backend),
        "locale": "fr",
        # A preview belongs to the proposal, on the forge.
        "show_preview_links": False,
        "logo": {"src": "../assets/img/favicon.svg", "show_in_header": False},
        "publish_mode": "simple" if local else "editorial_workflow",
        "media_folder": f"{form.content}/images",
        # As sheets cite them.
        "public_folder": "../images",
        "slug": {"encoding": "ascii", "clean_accents": True, "sanitize_replacement": "-"},
        "collections": [_collection(site, kind, form) for kind in SHEETS],
    }
    if site.url:
        cms |= {"site_url": site.url, "display_url": site.url}
    return {
        "cms": cms,
        "listes": dict(_lists(site)),
        "sortes": {kind.KIND: [_written(champ) for champ in order(kind)] for kind in SHEETS},
        "anciens": sorted({former for sheet in site.library.known.values() for former in sheet.anciens_ids or ()}),
    }


def _collection(site: Site, kind: type[Sheet], form: Form) -> dict[str, Any]:
    return {
        "name": kind.KIND,
        "label": kind.LABELS,
        "label_singular": kind.LABEL,
        "description": kind.ABOUT,
        "folder": f"{form.content}/{kind.FOLDER}",
        "create": True,
        # An address that was published never disappears: a sheet is archived by its « statut ».
        "delete": False,
        "extension": "md",
        "format": f"essaim-{kind.KIND}",
        "identifier_field": "titre",
        # Made by form.js when a new sheet is saved: unique in the whole library.
        "slug": "{{fields._id}}",
        "sortable_fields": [c.path for c in order(kind) if c.required and c.forme.genre in ("ligne", "date")],
        "fields": list(_fields(site, kind)),
    }


_BODY = {
    "name": "body",
    "label": "Texte",
    # Not Decap's `markdown`: rich text rewrites what it does not know (alerts, footnotes, links between sheets), and its
    # raw mode is a box without a name, that spelling checkers and telephones handle badly.
    "widget": "text",
    "required": False,
    "hint": "Du Markdown, comme sur la forge : ## pour un titre, [[identifiant]] pour mener à une autre fiche.",
}


def _fields(site: Site, kind: type[Sheet]) -> Iterator[dict[str, Any]]:
    """What a draft needs, then the text, then the other fields under the headings of the model."""
    yield from (_field(site, champ, kind) for champ in order(kind) if champ.essentiel)
    yield _BODY
    others = (champ for champ in order(kind) if not champ.essentiel)
    for heading, found in groupby(others, key=lambda champ: champ.rubrique):
        group = list(found)
        under = [champ.path for champ in group]
        told = f"Montrer : {', '.join(champ.titre.lower() for champ in group)}"
        yield {
            "name": f"_{under[0]}",
            "label": heading,
            "widget": "rubrique",
            "required": False,
            "champs": under,
            "dit": told,
        }
        yield from (_field(site, champ, kind) for champ in group)


def _field(site: Site, champ: Champ, owner: type[Group]) -> dict[str, Any]:
    name = champ.path.rsplit(".", 1)[-1]
    common = {"name": name, "label": champ.titre, "required": champ.required, "hint": _hint(champ)}
    if champ.group:
        return {**common, **_group(site, champ, champ.group)}
    if champ.many:
        return {**common, **_several(champ)}
    return {**common, **_one(champ), **_default(champ, owner, name)}


def _group(site: Site, champ: Champ, group: type[Group]) -> dict[str, Any]:
    fields = [_field(site, one, group) for one in order(group)]
    shown = [one["name"] for one in fields if one["required"] and "fields" not in one][:2] or [fields[0]["name"]]
    return {
        "widget": "list",
        "collapsed": True,
        "default": [],
        "summary": " · ".join(f"{{{{fields.{one}}}}}" for one in shown),
        "fields": fields,
        # One group is a list of one at most: Decap asks for what an `object` requires even when it is left alone.
        **({} if champ.many else {"max": 1}),
    }


def _several(champ: Champ) -> dict[str, Any]:
    one = _one(champ)
    if one["widget"] == "choix":
        return {**one, "multiple": True}
    # An empty line is no mistake: it is not written. `lists.js` asks for one when the list is required.
    item = {"name": "un", "label": singular(champ.titre), "required": False, **one}
    return {
        "widget": "list",
        "inconnu": champ.unknown_allowed,
        "collapsed": False,
        "default": [],
        "summary": "{{fields.un}}",
        "field": item,
    }


def _one(champ: Champ) -> dict[str, Any]:
    """The widget of one value, with what it may be."""
    forme = champ.forme
    writing = WRITINGS[forme.genre]
    if forme.genre == "vocabulaire":
        return {"widget": "choix", "options": _list(champ, f"vocabulaire:{champ.vocabulary}")}
    if forme.genre == "saisie":
        return {"widget": "choix", "options": [{"label": one, "value": one} for one in SAISIES]}
    if forme.genre == "fiche":
        return _relation(champ)
    if forme.genre == "date":
        return {"widget": "datetime", "date_format": "YYYY-MM-DD", "time_format": False}
    if forme.genre == "territoire":
        return {"widget": "territoire", "niveau": champ.territory}
    return {"widget": writing.widget, **_pattern(champ, writing)}


def _relation(champ: Champ) -> dict[str, Any]:
    # Not Decap's `relation`, which reads each sheet of the kind from the forge, and drops what it did not find there.
    kinds = champ.ref.kinds if champ.ref else ()
    return {"widget": "choix", "options": _list(champ, f"fiches:{','.join(kinds)}"), "sortes": list(kinds)}


def _list(champ: Champ, name: str) -> str:
    # A name of `listes`: form.js puts the list in its place. Sent once, whatever the number of fields.
    return f"{name}?" if champ.unknown_allowed and not champ.many else name


def _pattern(champ: Champ, writing: Writing) -> dict[str, Any]:
    forme = champ.forme
    rule = writing.pattern or (forme.motif or "").removeprefix("^").removesuffix("$")
    message = writing.message
    if forme.longueur_max and not rule:
        rule, message = rf"[\s\S]{{1,{forme.longueur_max}}}", f"{forme.longueur_max} caractères au plus"
    if not rule:
        return {}
    if champ.unknown_allowed:
        rule, message = f"{rule}|{NON_COMMUNIQUE}", f"{message} (ou {NON_COMMUNIQUE})"
    return {"pattern": [f"^(?:{rule})$", message]}


def _default(champ: Champ, owner: type[Group], name: str) -> dict[str, Any]:
    """What a new sheet begins with. Only at the top: in a group, Decap would add an item that nobody asked for."""
    if not issubclass(owner, Sheet):
        return {}
    if champ.forme.genre == "date" and champ.required:
        return {"default": "{{now}}"}
    default = owner.model_fields[name].default
    return {"default": default} if champ.vocabulary and isinstance(default, str) and default != NON_COMMUNIQUE else {}


# What the model says to who writes a file, where the form finds a sheet or a territory by its name.
_SEARCHED = (
    (re.compile(r"^Identifiants? de l’"), "L’"),
    (re.compile(r"^Identifiants? de la "), "La "),
    (re.compile(r"^Identifiants? de son "), "Son "),
    (re.compile(r"^Identifiants? des "), "Les "),
    (re.compile(r"^Identifiants de "), "Des "),
    (re.compile(r"^(?:Codes? INSEE|Numéro SIREN), suivis? si l’on veut du nom\.$"), ""),
)


def _hint(champ: Champ) -> str:
    """What a field asks for, in a form: where one searches by name, neither code nor identifier is spoken of."""
    searched = bool(champ.territory) or champ.forme.genre == "fiche"
    aide, exemple = champ.aide, champ.exemple
    if searched:
        for written, found in _SEARCHED:
            aide = written.sub(found, aide)
    if champ.territory:
        aide = f"Tapez le nom, puis choisissez dans la liste. {aide}".strip()
        exemple = exemple and exemple.partition(" ")[2]
    elif searched:
        aide = f"{aide} Cherchez par le titre."
    said = [aide]
    if exemple:
        said.append(f"Exemple : {exemple.removesuffix(chr(46))}.")
    if champ.unknown_allowed and NON_COMMUNIQUE not in champ.aide:
        said.append(f"Si personne ne le dit : {NON_COMMUNIQUE}.")
    return " ".join(said)


_SAME = ("parcours", "prérequis")
"""Words that are the same for one and for several."""


def singular(titre: str) -> str:
    """What one line of a list is called, from the title of the list: « Points clés », « Point clé »."""
    first = titre.split(" ", 1)[0]
    if not first.endswith("s"):
        return titre
    return " ".join(word if word.lower() in _SAME else word.removesuffix("s") for word in titre.split(" "))


def _written(champ: Champ) -> dict[str, Any]:
    """What ``front.js`` must know of a field to read and write it: the same as ``front.py``."""
    told = {"nom": champ.path.rsplit(".", 1)[-1], "titre": champ.titre, "typee": champ.forme.genre in TYPED,
            "rubrique": champ.rubrique, "plusieurs": champ.many, "inconnu": champ.unknown_allowed}  # fmt: skip
    if champ.group:
        told["champs"] = [_written(one) for one in order(champ.group)]
    return told


def _lists(site: Site) -> Iterator[tuple[str, list[dict[str, str]]]]:
    for name, vocabulary in sorted(site.library.vocabularies.items()):
        yield f"vocabulaire:{name}", [{"label": one.libelle, "value": one.id} for one in vocabulary.valeurs]
    titles = {one: sheet.titre or one for one, sheet in site.library.known.items()}
    kinds = dict(sorted(site.library.kinds.items(), key=lambda pair: titles.get(pair[0], pair[0])))
    yield (
        "fiches:",
        [
            {"label": f"{titles.get(one, one)} ({KINDS[kind].LABEL.lower()})", "value": one}
            for one, kind in kinds.items()
        ],
    )
    wanted = {champ.ref.kinds for kind in SHEETS for champ in _all(kind) if champ.ref and champ.ref.kinds}
    for names in sorted(wanted):
        yield (
            f"fiches:{','.join(names)}",
            [{"label": titles.get(one, one), "value": one} for one, kind in kinds.items() if kind in names],
        )


def _all(group: type[Group]) -> Iterator[Champ]:
    for champ in order(group):
        yield champ
        if champ.group:
            yield from _all(champ.group)
