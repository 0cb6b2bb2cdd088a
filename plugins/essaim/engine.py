"""What the engine and its theme bring: templates to be asked for by name, files and settings that pages are made from beside the content.

``config`` is what the engine read of mkdocs.yml, ``theme`` its theme: this module asks them for what it needs, and imports nothing of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    """What the shell of pages is made from beside ``Site``: mkdocs.yml and the environment, hooks, the templates of a theme of one's own."""
    for name, value in sorted(config.items()):
        # Where the site is read from and written to is not what it is.
        if name not in ("site_dir", "docs_dir", "config_file_path", "strict", "watch"):
            yield f"{name}={_told(value)}"
    for hook in config.hooks:
        yield Path(hook).read_bytes()
    if config.theme.custom_dir:
        yield contents(Path(config.theme.custom_dir))


def _told(value: Any) -> str:
    """A setting as text, the same each time: of what is none itself (a plugin, a module), its own settings."""
    if isinstance(value, Mapping):
        return f"{{{','.join(sorted(f'{name!r}:{_told(one)}' for name, one in value.items()))}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_told, value))}]"
    if isinstance(value, str | bool | int | float | None):
        return repr(value)
    return f"{type(value).__qualname__}{_told(getattr(value, 'config', None))}"


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
