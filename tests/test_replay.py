"""A link to a moment of a recording, by host."""

from __future__ import annotations

import pytest

from essaim import replay


@pytest.mark.parametrize(("url", "expected"), [
    ("https://www.youtube.com/watch?v=abc&list=x", "https://www.youtube.com/watch?v=abc&list=x&t=3750s"),
    ("https://www.youtube.com/watch?v=abc&t=12", "https://www.youtube.com/watch?v=abc&t=3750s"),
    ("https://youtu.be/abc?t=1m", "https://youtu.be/abc?t=3750s"),
    ("https://m.youtube.com/live/abc", "https://m.youtube.com/live/abc?t=3750s"),
    ("https://www.youtube-nocookie.com/embed/abc", "https://www.youtube-nocookie.com/embed/abc?start=3750"),
    ("https://vimeo.com/123456", "https://vimeo.com/123456#t=3750s"),
    ("https://player.vimeo.com/video/123456#t=1s", "https://player.vimeo.com/video/123456#t=3750s"),
    ("https://www.dailymotion.com/video/x7abc", "https://www.dailymotion.com/video/x7abc?start=3750"),
    ("https://dai.ly/x7abc", "https://dai.ly/x7abc?start=3750"),
    ("https://tube.exemple.fr/w/kkGMgK9ZtnKfYAgnEtQxbv", "https://tube.exemple.fr/w/kkGMgK9ZtnKfYAgnEtQxbv?start=3750"),
    ("https://tube.exemple.fr/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d", "https://tube.exemple.fr/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d?start=3750"),
    ("https://exemple.fr/conference.MP4?v=2", "https://exemple.fr/conference.MP4?v=2#t=3750"),
    ("https://exemple.fr/son.mp3", "https://exemple.fr/son.mp3#t=3750"),
])  # fmt: skip
def test_hosts_that_take_a_time(url: str, expected: str) -> None:
    assert replay.at(url, 3750) == expected


@pytest.mark.parametrize("url", [
    "https://exemple.fr/rediffusion", "https://www.youtube.com/", "https://www.youtube.com/@chaine", "https://vimeo.com/chaine",
    "https://www.dailymotion.com/chaine", "https://youtube.com.exemple.fr/watch?v=abc", "https://exemple.fr/w/trop-court", "https://exemple.fr/film.mp4/page",
])  # fmt: skip
def test_the_others_are_not_guessed(url: str) -> None:
    assert replay.at(url, 3750) == ""


@pytest.mark.parametrize(
    ("timecode", "expected"), [("0:00", 0), ("12:30", 750), ("1:02:30", 3750), ("10:00:01", 36001)]
)
def test_timecodes(timecode: str, expected: int) -> None:
    assert replay.seconds(timecode) == expected
