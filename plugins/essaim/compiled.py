"""Templates as Python's bytecode, kept beside that of this package. Only who renders needs it: the commands that read do without Jinja."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from essaim.cache import digest, keep_in, kept_in, name_of


class Compiled(BytecodeCache):
    """Templates as Python's bytecode, kept where Python keeps that of this package: as long as their text is the same."""

    folder = Path(__file__).parent / "__pycache__" / "templates"

    def __init__(self, compiler: str = "", code: bytes = b"") -> None:
        """``compiler`` tells apart environments that compile the same text to other code, ``code`` what else makes theirs than Jinja:
        what another code compiled is compiled again."""
        self._compiler, self._code = compiler, digest(code).hex()

    def get_source_checksum(self, source: str) -> str:
        """Called by Jinja, which keeps it with what it compiled."""
        return super().get_source_checksum(self._code + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Called by Jinja, whose own check of the text's checksum follows."""
        if kept := kept_in(self._file(bucket)):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Called by Jinja when it has compiled a template."""
        if not sys.dont_write_bytecode:
            keep_in(self._file(bucket), bucket.bytecode_to_string())

    def _file(self, bucket: Bucket) -> Path:
        return self.folder / name_of((bucket.key, self._compiler, sys.version, jinja2.__version__))
