"""Templates of sheets: the core's own Jinja environment, autoescaped. Contributed text is data here, never a template.

Every template receives ``site``, ``root`` (what leads from the page to the root of the site: ``../../``), ``page``
(address of the page from the root) and the names below. The templates are in ``overrides/fiches/``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from essaim import cited, linked, markup, opendata
from essaim.cited import Since
from essaim.compiled import Compiled
from essaim.linked import Told
from essaim.model import KINDS, SHEETS, Sheet, Webinar
from essaim.outputs import shown
from essaim.outputs.shown import NARROW, spaced, spaced_html
from essaim.outputs.site import Html, Site
from essaim.problem import count
from essaim.terms import Terms
from essaim.words import NON_COMMUNIQUE

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def theme_folder() -> Path:
    """The theme's folder: beside this package in the wheel, at the root of the project in a checkout."""
    package = Path(__file__).resolve().parents[1]
    return next(folder for folder in (package / "overrides", package.parents[1] / "overrides") if folder.is_dir())


@cache
def environment() -> _Environment:
    """The one environment: autoescape always on, an unknown name is an error."""
    env = _Environment(loader=FileSystemLoader(theme_folder() / "fiches"), autoescape=True, undefined=StrictUndefined,
                      trim_blocks=True, lstrip_blocks=True, finalize=_finalize, auto_reload=False, bytecode_cache=Compiled("written", Path(__file__).read_bytes()))  # fmt: skip
    env.filters.update(date_fr=date_fr, number_fr=number_fr, url_text=url_text)
    env.globals.update(ask=shown.ask, NC=NON_COMMUNIQUE, KINDS=KINDS, SHEETS=SHEETS, count=count, by_group=shown.by_group,
                       group_anchor=shown.group_anchor, when_fr=when_fr, since_fr=since_fr, duration_fr=shown.duration_fr, moment_of=shown.moment_of, conference_end=lambda one: cited.end(one).isoformat(), h2=shown.h2, place_short=shown.place_short, sequence_entries=shown.sequence_entries)  # fmt: skip
    return env


def refresh() -> None:
    """Read again the templates that changed since the last build: asked once a build, not at each page."""
    environment().refresh()


def page(
    site: Site,
    address: str,
    template: str,
    title: str,
    description: str,
    *,
    styles: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
    indexed: bool = True,
    feed: str = "",
    machines: Told = linked.NOTHING,
    **names: Any,
) -> tuple[str, Html]:
    """``(path, Html)`` of the page at ``address`` (from the root; empty for the home page). ``feed`` is the address of its own feed,
    ``machines`` what its data (``essaim.linked``) say beside its sheet."""
    root = root_of(address)
    sheet: Sheet | None = names.get("sheet")
    valid = sheet if sheet is not None and sheet.id in site.library.sheets else None
    trail: list[tuple[str, str]] = []
    terms = Terms(site.terms, root, skip=names["sheet"].id if "sheet" in names else "")

    def walked(steps: list[tuple[str, str]], last: str) -> str:
        """Called by the breadcrumbs as they are written: nothing to show."""
        trail[:] = [("", "Accueil"), *steps, (address, last)]
        return ""

    env = environment()
    links = shown.Links(site, root)
    label = partial(shown.label, site)
    cards = shown.Cards(site, root, lambda sheet, kind, chips, root: env.get_template("card.html").render(
        site=site, sheet=sheet, kind=kind, chips=chips, root=root, label=label))  # fmt: skip
    shared: dict[str, Any] = {
        "site": site,
        "root": root,
        "page": address,
        "title": title,
        "description": description,
        "indexed": indexed,
        "files": data_files(valid),
        "feeds": shown.feeds(site, title, feed),
        "prose": _prose(terms),
        "href": lambda sheet: f"{root}{sheet.address}",
        # None for a file that could not be read: only a preview gets here with one.
        "sheet_of": site.library.known.get,
        "value_href": lambda facet, value: (
            root + site.value_address(facet, value) if site.value_address(facet, value) else ""
        ),
        "question_href": lambda facet, value: (
            root + site.question_address(facet, value) if site.question_address(facet, value) else ""
        ),
        "label": label,
        "sheet_link": links.sheet,
        "value_link": links.value,
        "cards": cards.all,
        "card_start": cards.start,
        "kinds_of": lambda ids: shown.by_kind(site.library.known[i] for i in ids if i in site.library.known),
        "tags": links.tags,
        "funding": lambda sheet: shown.funding(site, sheet),
        "terms": terms,
        "walked": walked,
    }
    body = env.get_template(template).render(**shared, **names)
    # After the body, which tells the steps of its breadcrumbs: machines read the ones that people see.
    data = linked.graph(site, address, root, title, description, valid, replace(machines, crumbs=trail))
    head = env.get_template("tete.html").render(**shared, **names, linked=linked.script(data), picture=picture(valid))
    return f"{address}index.html", Html(title, head, body, styles, scripts, indexed, _updated(site, valid, machines))


def root_of(address: str) -> str:
    """What leads from the page at ``address`` to the root of the site."""
    return "../" * address.count("/") or "./"


def picture(sheet: Sheet | None) -> str:
    """The address from the root of the picture that a link to a page is shown with (``outputs/covers.py``). No id has an
    underscore: the one that is for all other pages is no sheet's."""
    return f"partage/{sheet.id}.png" if sheet is not None and sheet.URL else "partage/par_defaut.png"


def data_files(sheet: Sheet | None) -> tuple[tuple[str, str], ...]:
    """``(media type, address from the root)`` of the files that hold a sheet."""
    if sheet is None:
        return ()
    return ("application/json", opendata.file_of(sheet, "json")), ("text/markdown", opendata.file_of(sheet, "md"))


def _updated(site: Site, sheet: Sheet | None, told: Told) -> date | None:
    """The day of a page's last change: its sheet's, or that of the newest of those that it lists. The home page shows the newest of all."""
    if sheet is not None:
        return site.history.last_change(sheet) if sheet.address else site.day
    return max((site.history.last_change(one) for one in told.listed or ()), default=None)


def body_of(site: Site, sheet: Sheet, root: str, terms: Terms) -> Markup:
    """The HTML of a sheet's text."""
    document = site.library.documents[sheet.id]
    # Safe: markup's result has been through its allow-list.
    html = markup.to_html(document, lambda link: site.library.resolve_link(sheet, link, root), terms)
    return Markup(shown.with_old_anchors(sheet, terms.fill(spaced_html(html), _in_text)))  # noqa: S704


def _in_text(term: str) -> str:
    """A link to a glossary term as all that stands in a text: it has been through the allow-list."""
    return spaced_html(markup.clean(term))


def date_fr(value: date | str) -> str:
    """``5 avril 2018``, ``avril 2018`` or ``2018``: as precise as what is given."""
    parts = str(value).split("-")
    if len(parts) == 1:
        return parts[0]
    month = MONTHS[int(parts[1]) - 1]
    if len(parts) == 2:
        return f"{month} {parts[0]}"
    day = int(parts[2])
    return f"{'1er' if day == 1 else day} {month} {parts[0]}"


def when_fr(webinar: Webinar) -> str:
    """``5 avril 2018 à 14 h 30``, or the day alone."""
    if not webinar.heure:
        return date_fr(webinar.date)
    hour, _, minute = webinar.heure.partition(":")
    return f"{date_fr(webinar.date)} à {int(hour)}\u00a0h" + (f"\u00a0{minute}" if minute != "00" else "")


def since_fr(since: Since, webinar: Webinar) -> str:
    """How many of the sheets that a web conference cites were written, and how many checked or changed, after its day."""
    checked = sum(one.checked for one in since.changed if not one.new)
    counts = ((since.new, "publiée"), (checked, "revue"), (len(since.changed) - since.new - checked, "modifiée"))
    told = [f"{'1 fiche citée a' if number == 1 else f'{number_fr(number)} fiches citées ont'} été {what}{'s' if number > 1 else ''}"
            for number, what in counts if number]  # fmt: skip
    return f"Depuis le {date_fr(webinar.date)}, {' et '.join(part for part in (', '.join(told[:-1]), *told[-1:]) if part)}."


def number_fr(value: int | float) -> str:
    """``26 000 000`` and ``12,5``, with narrow no-break spaces."""
    whole = f"{value:,}" if isinstance(value, int) else f"{value:,.6f}".rstrip("0").rstrip(".")
    return whole.replace(",", NARROW).replace(".", ",")


def url_text(value: str) -> str:
    """An address as people say it: without scheme nor closing slash."""
    return value.removeprefix("https://").removeprefix("http://").removesuffix("/")


def _prose(terms: Terms) -> Callable[[str], Markup]:
    # Safe: the text is escaped first, and the links that are added hold escaped text only.
    return lambda text: Markup(terms.fill(spaced_html(terms.mark(str(escape(text)))), spaced_html))  # noqa: S704


def _finalize(value: Any) -> Any:
    # Every text that a template shows. Markup is HTML already, and what passes through |e is left as it was typed.
    return spaced(value) if type(value) is str else value


_SPECIAL = re.compile("[&<>\"']")


def _written(value: Any) -> str:
    """``escape(_finalize(value))`` in one step: most of what templates show is HTML already, or has nothing to escape."""
    if type(value) is Markup:
        return value
    if type(value) is str:
        text = spaced(value)
        return escape(text) if _SPECIAL.search(text) else text
    return escape(_finalize(value))


class _Generator(CodeGenerator):
    """Jinja's compiler, with ``_written`` where it writes ``escape(environment.finalize(…))`` for each ``{{ }}``."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.written(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)


class _Context(Context):
    def call(self, called: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        """As Jinja's own, which asks at each call what the called wants to be given: a macro the one thing, a plain function nothing."""
        macro = isinstance(called, Macro)
        if macro or (isinstance(called, _PLAIN) and not hasattr(called, "jinja_pass_arg")):
            named.pop("_loop_vars", None)
            named.pop("_block_vars", None)
            return called(self.eval_ctx, *args, **named) if macro else called(*args, **named)
        return super().call(called, *args, **named)


_PLAIN = (FunctionType, MethodType)


class _Template(Template):
    def make_module(self, *given: Any, **named: Any) -> TemplateModule:
        """As Jinja's own. The names that it was made with are forgotten afterwards: macros find each other without, and lead to them, so
        that all that a page was made from would be one circle, for Python to look for."""
        context = self.new_context(*given, **named)
        module = TemplateModule(self, context)
        context.vars.clear()
        return module


class _Environment(Environment):
    code_generator_class = _Generator
    context_class = _Context
    template_class = _Template
    written = staticmethod(_written)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain mapping, for it is copied for each template that is rendered."""
        return super().make_globals(d) if d else self.globals

    def refresh(self) -> None:
        """Forgets the templates whose files changed."""
        held = self.cache if self.cache is not None else {}
        for key in [key for key, template in held.items() if not template.is_up_to_date]:
            del held[key]
