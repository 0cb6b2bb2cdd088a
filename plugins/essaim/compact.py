"""JSON as short as it can be, for files that programs read: the one way in which this site writes it."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any

import orjson


def dump(value: Any) -> str:
    """Compact JSON. It is a file of its own: part of a page, it would have to be escaped (``linked.script``).

    Raises TypeError for what JSON has no word for, and for whole numbers of more than 64 bits.
    """
    return orjson.dumps(value, default=_row).decode()


def _row(value: Any) -> tuple[Any, ...]:
    if isinstance(value, tuple):  # one with names
        return tuple(value)
    raise TypeError


text = encode_basestring
"""The same of a text: where tens of thousands of them are written, ``dump`` would ask what each is."""
