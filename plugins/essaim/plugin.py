"""The MkDocs plugin: hands what the core made to the engine. The only file that imports mkdocs; it holds no rules."""

from __future__ import annotations

import logging
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment
from mkdocs.config.base import Config
from mkdocs.config.config_options import Choice, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from essaim import links, offline, publish
from essaim import settings as team
from essaim.advice import advise
from essaim.checks import check
from essaim.codes import ERROR, graded
from essaim.library import Library, load
from essaim.outputs import Content, Html, OutputError, Site, lasting, produce
from essaim.outputs.form import FOLDER, FormError, settings
from essaim.outputs.render import theme_folder
from essaim.permalinks import missing, unpublished
from essaim.problem import Problem, count, in_order, summary
from essaim.words import PUBLIC

log = logging.getLogger("mkdocs.plugins.essaim")

_SWITCHES = re.compile(r'\s*(?:<input class="md-toggle"[^>]*>|<label class="md-overlay"[^>]*></label>)')


class Settings(Config):  # type: ignore[no-untyped-call]  # MkDocs leaves __init_subclass__ untyped
    """``mkdocs.yml``, under ``plugins: - essaim``."""

    edition = Type(str, default="")
    """Address in the forge of the content folder, in its editor: what « Corriger cette fiche » opens below it."""

    apercu = Type(bool, default=False)
    """Build what a proposal would give, drafts and problems included, as ``mkdocs serve`` shows it: never to be published."""

    recherche = Choice(("lunr", "pagefind"), default="lunr")
    """Engine of the search: lunr, or pagefind for many thousands of sheets (docs/decisions/)."""

    liens = Type(str, default=links.FILE.as_posix())
    """Where ``essaim links`` keeps what external links answered, from the folder of ``mkdocs.yml``: read for /redaction/."""

    formulaire = Type(dict, default={})
    """The web form: ``forge``, ``depot``, ``branche``, ``connexion``, ``application``, ``port`` (docs/formulaire.md). Read by
    ``outputs/form.py``, which tells in French what is wrong with them."""


class SheetPage(Page):
    """A page whose HTML is already made."""

    def __init__(self, html: Html, file: File, config: MkDocsConfig) -> None:
        super().__init__(html.title, file, config)
        self.html = html

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002
        """Nothing to read: MkDocs' own reading swallows broken front matter."""
        self.markdown = ""

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002
        """Nothing to convert."""
        self.content = self.html.body
        self.toc = get_toc([])


class EssaimPlugin(BasePlugin[Settings]):  # type: ignore[no-untyped-call]  # as above
    """Loads the library, refuses to publish one with problems, and gives MkDocs the files of its site."""

    serving = False
    preview = False
    staging: publish.Staging | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG002
        """Remember whether this is a preview. A plugin that has this hook is kept between rebuilds."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Our theme before Material's templates, and what MkDocs would otherwise do with the content turned off."""
        theme = str(theme_folder())
        if theme not in config.theme.dirs:
            config.theme.dirs.insert(0, theme)
        if config.site_url and not PUBLIC.fullmatch(config.site_url):
            raise PluginError(
                f"site_url (ou ESSAIM_URL) : « {config.site_url} » n’est pas une adresse publique. Exemple : https://exemple.fr/bibliotheque/"
            )
        config.theme.static_templates.discard("sitemap.xml")  # ours tells real dates (outputs/machine.py)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read and check everything. With problems, a build stops here, before anything is written."""
        self.preview = self.serving or self.config.apercu
        folder = Path(config.docs_dir)
        shown = folder.relative_to(Path.cwd()).as_posix() if folder.is_relative_to(Path.cwd()) else folder.as_posix()
        library, problems = load(folder, shown)
        problems = self._graded(folder, library, [*problems, *check(library)])
        errors = [problem for problem in problems if problem.severity == ERROR]
        _tell(errors)
        if errors and not self.preview:
            raise PluginError(f"Rien n’est publié : {summary(errors)} Le site précédent reste en place.")
        try:
            form = settings(self.config.formulaire, shown, self.serving)
        except FormError as wrong:
            raise PluginError(f"mkdocs.yml, formulaire : {wrong}") from None
        self.site = Site(
            library,
            config.site_name,
            config.site_url or "",
            _edition(self.config.edition, folder.name),
            self.config.recherche,
            self.preview,
            tuple(problems) if self.preview else (),
            form,
            *self._links(config),
            _cache(config),
        )
        if not self.serving:
            try:
                self.staging = publish.stage(Path(config.site_dir))
            except publish.PublishError as refused:
                raise PluginError(str(refused)) from None
            config.site_dir = str(self.staging.folder)

    def _links(self, config: MkDocsConfig) -> tuple[links.Record | None, str]:
        """What ``essaim links`` kept, and why it can't be read: no build fails for that."""
        try:
            return links.read(Path(config.config_file_path or "").parent / self.config.liens), ""
        except links.RecordError as refused:
            return None, str(refused)

    def _graded(self, folder: Path, library: Library, problems: list[Problem]) -> list[Problem]:
        """The problems with the team's severities; with advice where someone reads it, or where the team made errors of it."""
        try:
            raised = team.read(folder).erreurs
        except team.SettingsError as wrong:
            raise PluginError(f"Rien n’est publié : {wrong}") from None
        problems = graded(problems, raised)
        if self.preview or raised:
            problems += advise(library, datetime.now().astimezone().date(), raised)
        return in_order(problems)

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """Our outputs and our theme's files, in the place of what MkDocs found in the content and in Material."""
        theme = str(theme_folder())
        for file in list(files):
            hidden = ("fiches/",) if self.site.form else ("fiches/", f"{FOLDER}/")
            if file.src_dir != theme or file.src_uri.startswith(hidden):
                files.remove(file)
        try:
            produced = produce(self.site)
        except OutputError as failed:
            raise PluginError(f"Rien n’est publié : {failed}. Le site précédent reste en place.") from None
        pages = lasting(self.site, produced)
        gone = list(missing(self.site.library, pages))
        _tell(gone)
        if gone and not self.preview:
            raise PluginError(f"Rien n’est publié : {summary(gone)} Le site précédent reste en place.")
        if not self.preview and (unknown := unpublished(self.site.library, pages)):
            log.info(
                "%s encore au registre : essaim publish, avant de mettre ce site en ligne.",
                count(len(unknown), "adresse n’est pas", "adresses ne sont pas"),
            )
        for file in [file for file in files if file.src_uri in produced]:
            files.remove(file)  # a script of the theme: in its place comes the same without comments
        for path, content in produced.items():
            files.append(_file(path, content, config))
        return files

    def on_env(self, env: Environment, /, *, config: MkDocsConfig, files: Files) -> Environment:  # noqa: ARG002
        """What the shell's templates read: they see nothing contributed but escaped HTML."""
        env.globals["essaim"] = self.site
        return env

    def on_post_page(self, output: str, /, *, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG002
        """Material's switches, which stand outside its blocks: they work nothing here, and are no valid HTML."""
        return _SWITCHES.sub("", output)

    def on_post_template(self, output_content: str, /, *, template_name: str, config: MkDocsConfig) -> str:  # noqa: ARG002
        """The same in the page of errors."""
        return _SWITCHES.sub("", output_content)

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Everything is written: put it in the place of the old site."""
        if self.staging:
            offline.write(self.staging.folder, Path(theme_folder(), "assets", "js", "sw.js"))
            publish.publish(self.staging)
            config.site_dir, self.staging = str(self.staging.site), None

    def on_build_error(self, *, error: Exception) -> None:  # noqa: ARG002
        """Leave nothing behind."""
        if self.staging:
            publish.discard(self.staging)

    def on_serve(self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:  # noqa: ARG002
        """Rebuild when the theme changes too."""
        server.watch(str(theme_folder()))
        return server


def _file(path: str, content: Content, config: MkDocsConfig) -> File:
    if not isinstance(content, Html):
        # MkDocs makes a page of what is called .md, whatever it is: a sheet's Markdown is a file to take away.
        given = File.generated(config, f"{path}.txt" if path.endswith(".md") else path, content=content, inclusion=InclusionLevel.NOT_IN_NAV)  # fmt: skip
        given.dest_uri = path
        return given
    # `x/index.md` for the page of x: a sheet may itself be called index or readme, which MkDocs reads as a folder's page.
    file = File.generated(config, path.removesuffix("html") + "md", content="", inclusion=InclusionLevel.NOT_IN_NAV)
    SheetPage(content, file, config)
    return file


def _cache(config: MkDocsConfig) -> Path:
    """Where what is long to make is kept between builds: ``.cache`` beside mkdocs.yml, or what ``ESSAIM_CACHE`` says."""
    return Path(os.environ.get("ESSAIM_CACHE") or Path(config.config_file_path or "").parent / ".cache").absolute()


def _edition(given: str, folder: str) -> str:
    """The address to which ``experiences/x.md`` is appended. One that leads elsewhere than the content is refused."""
    if given and not re.fullmatch(rf"https?://[^\s<>\"']+/{re.escape(folder)}/?", given):
        raise PluginError(f"mkdocs.yml, edition : « {given} » n’est pas l’adresse du dossier de contenu dans l’éditeur de la forge. "
                          f"Exemple : https://github.com/organisation/nom/edit/main/{folder}/")  # fmt: skip
    return f"{given.rstrip('/')}/" if given else ""


def _tell(problems: list[Problem]) -> None:
    for problem in problems:
        log.error("%s", problem)
