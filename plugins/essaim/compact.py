"""JSON as short as it can be, for files that programs read: the one way in which this site writes it."""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def dump(value: Any) -> str:
    """Compact JSON. It is a file of its own: part of a page, it would have to be escaped (``linked.script``)."""
    return _ENCODER.encode(value)


text = encode_basestring
"""The same of a text: where tens of thousands of them are written, ``dump`` would ask what each is."""
