"""JSON as short as it can be, for files that programs read: the one way in which this site writes it."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any

from pydantic_core import to_json


def dump(value: Any) -> str:
    """Compact JSON, by pydantic's own writer: three times as fast as Python's, the same bytes but for numbers below 0.0001. It is a file of its own: part of a page, it
    would have to be escaped (``linked.script``)."""
    return to_json(value).decode()


text = encode_basestring
"""The same of a text: where tens of thousands of them are written, ``dump`` would ask what each is."""
