"""What the engine and its theme bring: templates to be asked for by name, files and settings that pages are made from beside the content.

``config`` is what the engine read of mkdocs.yml, ``theme`` its theme: this module asks them for what it needs, and imports nothing of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from essaim.cache import contents
from essaim.outputs.render import theme_folder


def beside(config: Any) -> Iterator[Path]:
    """What the engine reads of a site beside its content."""
    yield theme_folder()
    yield from (
        Path(one) for one in (config.config_file_path, config.theme.custom_dir, *config.watch, *config.hooks) if one
    )


def read_of(config: Any) -> Iterator[str | bytes]:
    """What the shell of pages is made from beside ``Site``: mkdocs.yml and the environment, the templates of a theme of one's own."""
    for name, value in sorted(config.items()):
        # Where the site is read from and written to is not what it is; what our own settings say, ``Site`` tells.
        if isinstance(value, str | bool | int | list | None) and name not in (
            "site_dir",
            "docs_dir",
            "config_file_path",
            "strict",
            "watch",
        ):
            yield f"{name}={value!r}"
    yield f"{config.theme.name}"
    if config.theme.custom_dir:
        yield contents(Path(config.theme.custom_dir))


class _Unlisted(FileSystemLoader):
    """Templates to be asked for by name. Material's folder holds thousands of icons, and nothing of it goes into our site."""

    def list_templates(self) -> list[str]:
        """None: MkDocs copies what is listed, and ``on_files`` would take all of it away again."""
        return []


def environment(theme: Any) -> Environment:
    """The engine's, but that only our own folder is searched for files to copy: it is the first."""
    env: Environment = type(theme).get_env(theme)
    ours, *others = theme.dirs
    env.loader = ChoiceLoader([FileSystemLoader(ours), _Unlisted(others)])
    return env
