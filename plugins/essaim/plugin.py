"""The MkDocs plugin: hands what the core made to the engine. The only file that imports mkdocs; it holds no rules."""

from __future__ import annotations

import errno
import gc
import logging
import re
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from click import get_current_context
from jinja2 import Environment
from mkdocs.commands.build import get_context
from mkdocs.config.base import Config
from mkdocs.config.config_options import Choice, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from essaim import links, offline, publish
from essaim import settings as team
from essaim.advice import advise
from essaim.cache import contents, digest, package
from essaim.checks import check
from essaim.codes import ERROR, graded
from essaim.compiled import Compiled
from essaim.disk import reason
from essaim.engine import beside, environment, read_of
from essaim.kept import Kept, place
from essaim.library import Library, load
from essaim.live import Live, look_often, signature
from essaim.ondemand import OnDemand
from essaim.outputs import Html, OutputError, Seen, Site, lasting
from essaim.outputs.form import FOLDER, FormError, settings
from essaim.outputs.render import theme_folder
from essaim.permalinks import missing, unpublished
from essaim.press import LOTS, Press, lots, stage
from essaim.problem import Problem, count, in_order, summary
from essaim.sharing import SharingError, processes
from essaim.shell import Shell
from essaim.tree import Tree, files
from essaim.words import PUBLIC

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer  # a web server, for builds that serve nothing

log = logging.getLogger("mkdocs.plugins.essaim")

_SWITCHES = re.compile(r'\s*(?:<input class="md-toggle"[^>]*>|<label class="md-overlay"[^>]*></label>)')
NOTHING = Kept(None)


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


class ShellPage(Page):
    """A page for the engine's templates: ``html`` says what goes in."""

    def __init__(self, html: Html, file: File, config: MkDocsConfig) -> None:
        super().__init__("", file, config)
        self.html, self.content, self.toc = html, html.body, get_toc([])


class EssaimPlugin(BasePlugin[Settings]):  # type: ignore[no-untyped-call]  # as above
    """Loads the library, refuses to publish one with problems, and gives MkDocs the files of its site."""

    serving = False
    preview = False
    staging: publish.Staging | None = None
    told = 0.0
    served: Path | None = None
    live: Live | None = None
    wrong = ""
    jobs = 1
    """How many processes read and write."""
    kept = NOTHING
    """What is kept from one build to the next; the live server also has it at hand from one change to the next."""

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG002
        """Remember whether this is a preview. A plugin that has this hook is kept between rebuilds."""
        self.serving = command == "serve"
        # Without livereload, nothing of ours stands before the server: it is given the whole site.
        context = get_current_context(silent=True)
        if self.serving and context and context.params.get("livereload"):
            self.live = Live()

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
        config.theme.get_env = lambda: environment(config.theme)  # type: ignore[method-assign]
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read and check everything. With problems, a build stops here, before anything is written."""
        self.preview = self.serving or self.config.apercu
        if self.kept is NOTHING:  # asked once: git is
            folder, refused = place(Path(config.config_file_path or "").parent)
            if refused:
                log.info(refused)
            # Where the live server writes is forgotten with it.
            self.kept = Kept(folder, at_hand=self.serving, passing=("sites",) if self.serving else ())
        try:
            self.jobs = processes()
        except SharingError as wrong:
            raise PluginError(f"Rien n’est publié : {wrong}. Le site précédent reste en place.") from None
        gc.set_threshold(200_000, 20, 20)  # a build makes millions of objects, and no cycle worth looking for so often
        self.outer = signature(beside(config))
        self.site = self._site(config)
        try:
            self.staging = publish.stage(Path(config.site_dir))
        except publish.PublishError as refused:
            raise PluginError(str(refused)) from None
        self.served = self.staging.site if self.serving else None
        config.site_dir = str(self.staging.folder)
        # Of the content, the engine would list every file, for us to take them out again: it is shown a folder that is empty.
        self.content, config.docs_dir = config.docs_dir, config.site_dir

    def _site(self, config: MkDocsConfig) -> Site:
        """What the content is now. Raises PluginError when it is not to be published."""
        folder = Path(config.docs_dir)
        shown = folder.relative_to(Path.cwd()).as_posix() if folder.is_relative_to(Path.cwd()) else folder.as_posix()
        with stage("lecture"):
            library, problems = load(folder, shown, store=self.kept.of("lectures"), jobs=self.jobs)
        with stage("contrôle"):
            problems = self._graded(folder, library, [*problems, *check(library, self.kept.of("controles"))])
        errors = [problem for problem in problems if problem.severity == ERROR]
        _tell(errors)
        if errors and not self.preview:
            raise PluginError(f"Rien n’est publié : {summary(errors)} Le site précédent reste en place.")
        try:
            form = settings(self.config.formulaire, shown, self.serving)
        except FormError as wrong:
            raise PluginError(f"mkdocs.yml, formulaire : {wrong}") from None
        return Site(
            library,
            config.site_name,
            config.site_url or "",
            _edition(self.config.edition, folder.name),
            self.config.recherche,
            self.preview,
            tuple(problems) if self.preview else (),
            form,
            *self._links(config),
            self.kept.folder,
        )

    def _shell(self) -> Shell:
        return Shell(partial(self.render, self.site))

    def _seen(self) -> Seen:
        """What the parts of the site are made from."""
        return Seen(self.site, digest(self.site.library.common, self.around), self.kept.of("mots"))

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
            problems += advise(library, datetime.now().astimezone().date(), raised, store=self.kept.of("conseils"))
        return in_order(problems)

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """Our theme's files alone: what MkDocs found in Material is not of the site, nor is anything of the content."""
        config.docs_dir = self.content
        theme = str(theme_folder())
        hidden = ("fiches/",) if self.site.form else ("fiches/", f"{FOLDER}/")
        for file in list(files):
            if file.src_dir != theme or file.src_uri.startswith(hidden):
                files.remove(file)
        return files

    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> Navigation:  # noqa: ARG002
        """Keep what the engine's templates are given."""
        self.nav = nav
        return nav

    def on_env(self, env: Environment, /, *, config: MkDocsConfig, files: Files) -> Environment:
        """What the shell's templates read: they see nothing contributed but escaped HTML."""
        env.globals["essaim"] = self.site
        env.bytecode_cache = Compiled()

        def render(site: Site, address: str, html: Html) -> str:
            file = File.generated(config, f"{address}index.md", content="", inclusion=InclusionLevel.NOT_IN_NAV)
            context = get_context(self.nav, files, config, ShellPage(html, file, config))
            return _SWITCHES.sub("", env.get_template("main.html").render(context, essaim=site))

        self.render = render
        return env

    def on_post_template(self, output_content: str, /, *, template_name: str, config: MkDocsConfig) -> str:  # noqa: ARG002
        """Material's switches, which stand outside its blocks: they work nothing here, and are no valid HTML."""
        return _SWITCHES.sub("", output_content)

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """The engine has written its part. Write ours, and put it all in the place of the old site."""
        staging = self.staging
        if staging is None:  # on_pre_build made it, or stopped the build
            return
        self.around = digest(package(), contents(theme_folder()), *read_of(config))
        try:
            if self.live:
                self._serve(self.live, staging, config)
            else:
                self._write(staging)
        except OutputError as failed:
            raise PluginError(f"Rien n’est publié : {failed}. Le site précédent reste en place.") from None
        except OSError as failed:
            raise _unwritten(failed, staging.site) from None
        config.site_dir, self.staging = str(staging.site), None
        if not self.serving:
            gc.freeze()  # Python, as it ends, would look through all that was read for what is not used any more

    def _serve(self, live: Live, staging: publish.Staging, config: MkDocsConfig) -> None:
        """Nothing of ours is written before it is asked for."""
        if live.site:
            live.site.close()
        publish.publish(staging)
        live.site = OnDemand(staging.site, self._shell(), self._seen(), self._progress)
        self.built = config, self.outer
        log.info("%s : chaque page est faite quand on la demande.", count(len(self.site.library.kinds), "fiche"))

    def _write(self, staging: publish.Staging) -> None:
        library = self.site.library
        kept = self.kept.of("sites")
        keys = [digest(str(staging.site), str(self.preview), str(lot)) for lot in range(LOTS)]
        known = kept.read(keys, dict)
        last = {name: part for lot in known.values() for name, part in lot.items()}
        tree, theirs = Tree(staging.folder), files(staging.folder)
        if last:
            tree.begin_with(staging.spare)
        press = Press(tree, self._shell(), staging.site, last, self.jobs)
        seen = self._seen()
        with stage("ressemblance"):
            seen.find_alike(self.jobs)
        found = press.site(seen, self._progress)
        pages = lasting(self.site, found)
        gone = list(missing(library, pages))
        _tell(gone)
        if gone and not self.preview:
            raise PluginError(f"Rien n’est publié : {summary(gone)} Le site précédent reste en place.")
        if not self.preview and (unknown := unpublished(self.site.permalinks, pages)):
            log.info(
                "%s encore au registre : essaim publish, avant de mettre ce site en ligne.",
                count(unknown, "adresse n’est pas", "adresses ne sont pas"),
            )
        if not self.serving:
            with stage("lecture hors connexion"):
                worker = Path(theme_folder(), "assets", "js", "sw.js")
                offline.write(staging.folder, worker, found.keys() | theirs.keys(), press.sums)
        with stage("publication"):
            publish.publish(staging, spare=press.mostly_taken)
            kept.write({key: lot for key, lot in zip(keys, lots(press.made), strict=True) if lot != known.get(key)})
        if trouble := self.kept.trouble("cette construction s’en est passée en partie. Le site est le même."):
            log.info(trouble)  # no warning: a strict build is not to fail for what changes nothing

    def _progress(self, done: int, of: int) -> None:
        """Tells someone who waits how far it is: once a second, and only a person."""
        now, hundredths = monotonic(), 100 * done // of
        if sys.stderr.isatty() and now - self.told > 1 and 0 < hundredths < 100:
            self.told = now
            log.info("%s %% du site", hundredths)

    def on_build_error(self, *, error: Exception) -> None:
        """Leave nothing behind, and tell what the engine could not write as we tell ours."""
        self.wrong = str(error)
        if self.staging:
            publish.discard(self.staging)
        site, self.staging = self.staging.site if self.staging else None, None
        if isinstance(error, OSError):
            raise _unwritten(error, site)

    def on_shutdown(self) -> None:
        """The live server's folder goes, and what stands beside it."""
        if self.live and self.live.site:
            self.live.site.interrupt()
        if self.served:
            publish.forget(self.served)

    def on_serve(self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Rebuild when the theme changes too; what is asked for is made then."""
        if live := self.live:
            places = (config.docs_dir, config.config_file_path or "", *config.theme.dirs)
            look_often(server, len(self.site.library.kinds), places)
            server.set_app(live.before(server.get_app(), server.mount_path))  # type: ignore[arg-type]
            server.builder = lambda: self._renew(live, builder)
        for ended in ("SIGTERM", "SIGHUP"):  # a closed terminal, a stopped service: as Ctrl-C, nothing is left behind
            if hasattr(signal, ended):
                signal.signal(getattr(signal, ended), signal.default_int_handler)
        server.watch(str(theme_folder()))
        server.server_bind = partial(_bound, server.server_bind, server.url)  # type: ignore[method-assign]
        return server

    def _renew(self, live: Live, builder: Callable[[], None]) -> None:
        """A file changed. The engine builds again when it is none of the content: a template, a style, the settings."""
        with live.renewing():
            config, outer = self.built
            if live.site and signature(beside(config)) == outer:
                wrong, self.site = bool(self.site.errors), self._site(config)
                live.site.renew(self._shell(), self._seen())
                if wrong and not self.site.errors:
                    log.info("Plus aucune erreur.")
                return
            self.built, self.wrong = (config, frozenset()), ""  # until it is built, it is to be built
            try:
                builder()
            except Exception as failed:
                raise PluginError(self.wrong or str(failed)) from failed


def _bound(bind: Callable[[], None], url: str) -> None:
    """Take the address, or tell why it can't be had: someone who has a preview open already needs no traceback."""
    try:
        bind()
    except OSError as failed:
        taken = failed.errno == errno.EADDRINUSE
        why = "elle est déjà prise, sans doute par un autre aperçu" if taken else reason(failed)
        raise PluginError(f"L’adresse {url} ne peut pas être servie : {why}. Fermez-le, ou donnez-en une autre : "
                          ".venv/bin/mkdocs serve --livereload --dev-addr 127.0.0.1:8001") from None  # fmt: skip


def _unwritten(failed: OSError, site: Path | None) -> PluginError:
    where = f"{failed.filename or site} : " if failed.filename or site else ""
    stays = " Le site précédent reste en place." if site is None or site.exists() else ""
    return PluginError(f"Rien n’est publié : {where}{reason(failed)}.{stays}")


def _edition(given: str, folder: str) -> str:
    """The address to which ``experiences/x.md`` is appended. One that leads elsewhere than the content is refused."""
    if given and not re.fullmatch(rf"https?://[^\s<>\"']+/{re.escape(folder)}/?", given):
        raise PluginError(f"mkdocs.yml, edition : « {given} » n’est pas l’adresse du dossier de contenu dans l’éditeur de la forge. "
                          f"Exemple : https://github.com/organisation/nom/edit/main/{folder}/")  # fmt: skip
    return f"{given.rstrip('/')}/" if given else ""


def _tell(problems: list[Problem]) -> None:
    for problem in problems:
        log.error("%s", problem)
