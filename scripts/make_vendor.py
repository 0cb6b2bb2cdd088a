"""Makes ``overrides/assets/vendor/``: what the browser needs of others, as small ES modules.

    python scripts/make_vendor.py

lunr.js comes from its npm package; the French stemmer from the wheel of Sphinx, which ships the JavaScript that the
Snowball compiler makes (the same algorithm as PyStemmer's; a test compares them word by word). Each archive is checked
against its hash, then wrapped so that a module can import it. The same archives give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "overrides" / "assets" / "vendor"

LUNR = "lunr@2.3.9"
LUNR_SHA256 = "d886e7dc4339a7ede2e5e7fe0e07e6a6feeb1b3bcca0adea836cf53c62699030"
SPHINX = "sphinx==9.0.4"
SPHINX_SHA256 = "5bebc595a5e943ea248b99c13814c1c5e10b3ece718976824ffa7959ff95fffb"


def archive(command: list[str], sha256: str) -> bytes:
    """What ``command`` downloads into an empty folder. Raises ValueError when it is not what was reviewed."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (file,) = Path(folder).iterdir()
        data = file.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ValueError(f"{' '.join(command)}: sha256 {found}, {sha256} attendu")
    return data


def lunr() -> str:
    """lunr.js, which is a script for every loader but this one."""
    with tarfile.open(fileobj=io.BytesIO(archive(["npm", "pack", "--silent", LUNR], LUNR_SHA256))) as package:
        member = package.extractfile("package/lunr.min.js")
        if member is None:
            raise ValueError("lunr.min.js absent")
        code = member.read().decode()
    # It looks for `this`, which a module does not have.
    start, end = (
        "const module = { exports: {} }, exports = module.exports;\n(function () {\n",
        "\n}).call(globalThis);\n",
    )
    return f"{start}{code.strip()}{end}export default module.exports;\n"


def stemmer() -> str:
    """The French stemmer, with the base that it extends."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", SPHINX]
    with zipfile.ZipFile(io.BytesIO(archive(pip, SPHINX_SHA256))) as wheel:
        base, french = (
            wheel.read(f"sphinx/search/minified-js/{name}-stemmer.js").decode().strip() for name in ("base", "french")
        )
    notice = "// Snowball 3.0.1, BSD-3-Clause: https://snowballstem.org/license.html"
    # The base sets a global, which a module has to declare.
    return f"{notice}\nlet BaseStemmer;\n{base};\n{french};\nexport default FrenchStemmer;\n"


def main() -> None:
    """Write the modules."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, code in {"lunr.js": lunr(), "french-stemmer.js": stemmer()}.items():
        (TARGET / name).write_text(code, "utf-8")
        print(f"{name}: {len(code)} octets", file=sys.stderr)


if __name__ == "__main__":
    main()
