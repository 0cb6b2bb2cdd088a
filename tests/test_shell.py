from __future__ import annotations

import pytest

from essaim.outputs import Html
from essaim.shell import BODY, HEAD, Shell


def test_a_section_has_a_shell_of_its_own_when_the_shell_leads_to_it() -> None:
    asked: list[str] = []

    def render(address: str, html: Html) -> str:
        asked.append(address)
        here = ' aria-current="page"' if address.startswith("experiences/") else ""
        root = "../" * address.count("/") or "./"
        return f'{html.head}<a href="{root}experiences/"{here}>{html.styles}</a>{html.body}'

    shell = Shell(render)
    page = Html("T", "tête", "corps")
    assert shell.page("", page) == 'tête<a href="./experiences/">()</a>corps'
    assert shell.page("experiences/archer/", page) == 'tête<a href="../../experiences/" aria-current="page">()</a>corps'
    assert shell.page("experiences/", page) == 'tête<a href="../experiences/" aria-current="page">()</a>corps'
    for address in ("themes/eau/", "phases/diffusion/", "themes/sols/"):
        assert shell.page(address, page) == 'tête<a href="../../experiences/">()</a>corps'
    styled = Html("T", "tête", "corps", ("note",))
    assert shell.page("themes/eau/", styled) == "tête<a href=\"../../experiences/\">('note',)</a>corps"
    assert sorted(asked) == ["", "_/", "_/_/", "_/_/", "experiences/", "experiences/_/"]


@pytest.mark.parametrize("whole", [HEAD, BODY, f"{HEAD}{BODY}{BODY}", f"{BODY}{HEAD}", f"{HEAD}{HEAD}{BODY}"])
def test_a_shell_without_one_place_for_each_is_refused(whole: str) -> None:
    with pytest.raises(ValueError, match="once each"):
        Shell(lambda *_: whole).page("experiences/", Html("T", "tête", "corps"))
