"""Everything that is written from a library. An output is a generator of ``(path, content)``; ``OUTPUTS`` lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from essaim.outputs import (
    catalogue,
    communes,
    editorial,
    explorer,
    facts,
    field_pages,
    finding,
    form,
    images,
    lists,
    observatory,
    offline_page,
    schemas,
    scripts,
    selfcheck,
    sheets,
    tools,
    use,
)
from essaim.outputs.site import Content, Form, Html, OutputError, Site

Output = Callable[[Site], Iterator[tuple[str, Content]]]

OUTPUTS: tuple[Output, ...] = (
    sheets.pages,
    lists.pages,
    explorer.pages,
    catalogue.pages,
    finding.pages,
    communes.pages,
    facts.pages,
    use.pages,
    tools.pages,
    offline_page.pages,
    scripts.pages,
    observatory.pages,
    selfcheck.pages,
    editorial.pages,
    field_pages.pages,
    schemas.pages,
    form.pages,
    images.pages,
)


def produce(site: Site) -> dict[str, Content]:
    """Path → content of all outputs. Raises ValueError when two claim one path: a fault of ours, as checks refuse it.

    A preview, which shows what the checks refuse, keeps the first.
    """
    found: dict[str, Content] = {}
    for output in OUTPUTS:
        for path, content in output(site):
            if path in found and not site.preview:
                raise ValueError(f"two outputs write {path}")
            found.setdefault(path, content)
    return found


__all__ = ["OUTPUTS", "Content", "Form", "Html", "Output", "OutputError", "Site", "produce"]
