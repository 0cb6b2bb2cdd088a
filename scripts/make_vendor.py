"""Makes ``overrides/assets/vendor/``: what the browser needs of others, as small ES modules.

    python scripts/make_vendor.py

lunr.js, Papa Parse, docx and uqr come from their npm packages; docx, which is large, is cut down by esbuild to what the note needs; the French stemmer from the wheel of Sphinx, which ships the JavaScript that the
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
PAPAPARSE = "papaparse@5.7.1"
PAPAPARSE_SHA256 = "c78b4aa4a792378059ebcfc71b91601a310e0456f431999c8e95b6f4b614b85c"
UQR = "uqr@0.1.3"
UQR_SHA256 = "5636ef70bfb9f2685d885a4c0fbfe53fec9d6e8346361bd3f149146f1a9ec1af"
DOCX = "docx@9.15.2"
DOCX_SHA256 = "ea914c30ea8a17b6e4459c6c3caa8083caeb293f2a490e0344d69e625be60a00"
DOCX_USED = (
    "BorderStyle", "Document", "Footer", "HeadingLevel", "ImageRun", "Packer", "PageNumber",
    "Paragraph", "Table", "TableCell", "TableRow", "TextRun", "WidthType",
)  # fmt: skip
ESBUILD = "esbuild@0.28.2"
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


def module(name: str, sha256: str, path: str) -> str:
    """A script for every loader but this one, as a module."""
    code = packed(name, sha256, path)
    # It looks for `this`, which a module does not have.
    start, end = (
        "const module = { exports: {} }, exports = module.exports;\n(function () {\n",
        "\n}).call(globalThis);\n",
    )
    return f"{start}{code.strip()}{end}export default module.exports;\n"


def packed(name: str, sha256: str, path: str) -> str:
    """A file of an npm package."""
    with tarfile.open(fileobj=io.BytesIO(archive(["npm", "pack", "--silent", name], sha256))) as package:
        member = package.extractfile(path)
        if member is None:
            raise ValueError(f"{path} absent")
        return member.read().decode()


def uqr() -> str:
    """The QR codes: a module already."""
    return f"// {UQR}, MIT\n{packed(UQR, UQR_SHA256, 'package/dist/index.mjs')}"


def docx() -> str:
    """The part of docx that writes paragraphs, tables and pictures."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "docx.mjs").write_text(packed(DOCX, DOCX_SHA256, "package/dist/index.mjs"), "utf-8")
        Path(folder, "used.mjs").write_text(f"export {{ {', '.join(DOCX_USED)} }} from './docx.mjs';\n", "utf-8")
        subprocess.run(
            ["npm", "install", "--silent", "--no-save", "--no-audit", "--no-fund", ESBUILD], cwd=folder, check=True
        )
        bundle = ["node_modules/.bin/esbuild", "used.mjs", "--bundle", "--minify", "--format=esm", "--target=es2022"]
        code = subprocess.run(bundle, cwd=folder, check=True, capture_output=True, text=True).stdout
    return f"// {DOCX} (with fflate and nanoid), MIT\n{code}"


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
    for name, code in {
        "lunr.js": module(LUNR, LUNR_SHA256, "package/lunr.min.js"),
        "papaparse.js": module(PAPAPARSE, PAPAPARSE_SHA256, "package/papaparse.min.js"),
        "french-stemmer.js": stemmer(),
        "uqr.js": uqr(),
        "docx.js": docx(),
    }.items():
        (TARGET / name).write_text(code, "utf-8")
        print(f"{name}: {len(code)} octets", file=sys.stderr)


if __name__ == "__main__":
    main()
