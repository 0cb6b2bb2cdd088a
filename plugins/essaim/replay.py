"""A link to a moment of a recording, for hosts whose addresses can say one. Nothing is asked of any host: it is all in the address.

Each host's way is in its own help: YouTube ``t=750s`` (an embedded player: ``start=750``), Vimeo ``#t=750s``, Dailymotion and
PeerTube ``start=750``; a media file takes the fragment ``#t=750`` of the W3C's Media Fragments.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

_MEDIA = re.compile(r"\.(mp4|m4v|webm|ogv|mov|mp3|m4a|ogg|oga|opus|wav)$", re.IGNORECASE)
# PeerTube runs on hosts of any name: its addresses end with a UUID, or its short form of 22 characters.
_PEERTUBE = re.compile(r"/(?:w|videos/watch|videos/embed)/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[1-9A-HJ-NP-Za-km-z]{20,22})/?")  # fmt: skip


def seconds(timecode: str) -> int:
    """``1:02:30`` or ``12:30`` as seconds. Raises ValueError for what is no timecode."""
    total = 0
    for part in timecode.split(":"):
        total = total * 60 + int(part)
    return total


def at(url: str, start: int) -> str:
    """The address ``url`` opened at ``start`` seconds; empty when its host is not known to take one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    if host in ("youtube.com", "youtube-nocookie.com", "youtu.be"):
        if parts.path.startswith("/embed/"):
            return _asked(parts, "start", str(start))
        known = host == "youtu.be" or parts.path.startswith(("/watch", "/live/", "/shorts/"))
        return _asked(parts, "t", f"{start}s") if known and len(parts.path) > 1 else ""
    if host in ("vimeo.com", "player.vimeo.com"):
        return _marked(parts, f"t={start}s") if re.search(r"/\d+", parts.path) else ""
    if host in ("dailymotion.com", "dai.ly"):
        return _asked(parts, "start", str(start)) if host == "dai.ly" or "/video/" in parts.path else ""
    if _PEERTUBE.fullmatch(parts.path):
        return _asked(parts, "start", str(start))
    return _marked(parts, f"t={start}") if _MEDIA.search(parts.path) else ""


def _asked(parts: SplitResult, name: str, value: str) -> str:
    """With ``name=value`` in the query, in the place of another moment that it may tell."""
    kept = [(key, text) for key, text in parse_qsl(parts.query, keep_blank_values=True) if key not in ("t", "start", "time_continue")]  # fmt: skip
    return urlunsplit(parts._replace(query=urlencode([*kept, (name, value)]), fragment=""))


def _marked(parts: SplitResult, fragment: str) -> str:
    return urlunsplit(parts._replace(fragment=fragment))
