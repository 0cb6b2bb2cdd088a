"""Pages of sheets as they are rendered."""

from __future__ import annotations

import gc

from jinja2.runtime import Macro

from essaim.outputs import Site
from tests.conftest import Checked, sheet_pages


def test_what_pages_of_sheets_are_made_from_goes_with_them(content: Checked) -> None:
    site = Site(content[0], url="https://essaim.example/")
    sheet_pages(site)  # what is kept for all pages is made
    gc.collect()
    gc.disable()
    try:
        before = _macros()
        assert len(sheet_pages(site)) > 100
        # Only pages that define a macro of their own leave it: web conferences.
        assert _macros() - before < 100, "each page leaves some forty"
    finally:
        gc.enable()


def _macros() -> int:
    return sum(isinstance(one, Macro) for one in gc.get_objects())
