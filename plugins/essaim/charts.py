"""Charts drawn at build, as SVG that a strict content policy accepts: no style, no script, nothing random.

pygal lays out and draws; colours and sizes of text are classes, dressed by ``assets/css/observatory.css``. Importing
pygal takes a tenth of a second: import this module where a chart is drawn.
"""

from __future__ import annotations

import sys
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup
from pygal import Dot, HorizontalBar
from pygal.etree import etree
from pygal.style import Style

Bars = list[tuple[str, int, str, str]]
"""``(label, value, what is written, class of the bar)``, from top to bottom."""

WIDTH = 440
"""Of a bar chart, in units: a letter of 16 is legible at the width of a phone."""
ROW, BAR = 52, 16
WIDE, LINE = 900, 44
"""Of a chart of dots: it is not shown on a phone."""
DRAWN = ("path", "rect", "circle", "text", "g")
CLASSES = ("name", "value", "label", "told", "untold", "y")
"""Those that observatory.css knows; pygal's others would meet ours."""

# pygal finds its plug-ins, of which we use none, by an import hook of a kind that Python warns of at every later import.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]
# The same output whether lxml is installed or not.
etree.to_etree()


class _Bars(HorizontalBar):  # type: ignore[misc]  # pygal has no types
    """Bars with their label above, so that a long one fits on a phone, and their value at their end."""

    def _bar(self, serie: Any, parent: Any, x: float, y: float, i: int, zero: float, secondary: bool = False) -> Any:  # noqa: ARG002
        length = max(self.view((x, y))[1] - self.view.y(zero), 2)
        css = serie.metadata[i]["css"]
        self.svg.node(parent, "rect", class_=css, x=0, y=i * ROW + ROW - BAR - 10, width=length, height=BAR, rx=3)
        return i * ROW, length, 0, 0

    def _tooltip_and_print_values(self, *drawn: Any) -> None:
        _, _, parent, _, _, metadata, top, length, *_ = drawn
        self.svg.node(parent, "text", class_="name", x=0, y=top + 18).text = _short(metadata["label"], 52)
        self.svg.node(parent, "text", class_="value", x=length + 7, y=top + ROW - 12).text = metadata["written"]


def bars(name: str, title: str, rows: Bars) -> Markup:
    """A bar chart. ``name`` makes its identifiers, unique in the page; ``title`` says it in words."""
    chart = _Bars(width=WIDTH, height=ROW * len(rows), margin=0, margin_right=110, range=(0, max(row[1] for row in rows)),
                  show_x_labels=False, show_y_labels=False, **_common(16))  # fmt: skip
    chart.add(
        "", [{"value": value, "label": label, "written": written, "css": css} for label, value, written, css in rows]
    )
    return _svg(chart, name, title, "chart bars")


def dots(name: str, title: str, rows: list[str], columns: list[str], cells: list[list[int]]) -> Markup:
    """A chart of dots: the more, the larger; the least has room for its number, which stands in it."""
    most = max(max(line) for line in cells)
    few = len(columns) <= 8
    chart = Dot(width=WIDE, height=LINE * len(rows) + 170, margin=4, margin_bottom=18, margin_right=100 if few else 8, x_labels=columns, x_label_rotation=50 if few else 90,
                truncate_label=32, print_labels=True, show_x_guides=True, show_y_guides=True, **_common(15))  # fmt: skip
    for row, line in zip(rows, cells, strict=True):
        values = [{"value": 0.5 + 0.5 * (cell / most) ** 0.5, "label": str(cell)} if cell else None for cell in line]
        chart.add(_short(row, 40), values)
    return _svg(chart, name, title, "chart dots")


def _short(label: str, most: int) -> str:
    # What fits; the table beside has it whole.
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


def _common(size: int) -> dict[str, Any]:
    # pygal reckons a letter at .6 of its size, more than these fonts take: margins would be too wide.
    style = Style(label_font_size=size * 0.85, value_font_size=size)
    return {"style": style, "js": (), "css": (), "show_legend": False, "print_values": False}


def _svg(chart: Any, name: str, title: str, css: str) -> Markup:
    root = chart.render_tree()
    _clean(root)
    view = root.get("viewBox")
    root.attrib.clear()
    root.attrib.update({"viewBox": view, "class": css, "role": "img", "aria-labelledby": f"{name}-titre"})
    named = ElementTree.Element("title", {"id": f"{name}-titre"})
    named.text = title
    root.insert(0, named)
    # Safe: the XML library escapes what the tree holds. Inside HTML its namespace goes without saying.
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704


def _clean(node: Any) -> None:
    """Takes out what pygal adds for its own styles and scripts, and empty groups."""
    for child in list(node):
        _clean(child)
        tag = child.tag if isinstance(child.tag, str) else ""  # a comment has none
        ground = child.get("class") in ("background", "tooltip-box")
        if tag not in DRAWN or ground or (tag == "g" and not len(child)):
            node.remove(child)
            continue
        known = " ".join(one for one in child.attrib.pop("class", "").split() if one in CLASSES)
        if known:
            child.set("class", known)
        for attribute in ("style", "id"):
            child.attrib.pop(attribute, None)
        for attribute, value in child.attrib.items():
            if attribute in ("x", "y", "width", "height", "cx", "cy", "r"):
                child.set(attribute, f"{float(value):.1f}".removesuffix(".0"))
