"""Makes ``overrides/assets/vendor/``: what the browser needs of others, as small ES modules. And, in ``overrides/admin/``,
what the web form is made of, which no reader's page loads: Decap CMS as its package has it, and yaml.

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

THEME = Path(__file__).resolve().parent.parent / "overrides"
TARGET = THEME / "assets" / "vendor"
FORM = THEME / "admin"

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
DECAP = "decap-cms@3.16.3"
DECAP_SHA256 = "f1c0055411ebdbd5b7c77a835a68b92b5467622585838f8496223b27eee116d1"
YAML = "yaml@2.9.1"
YAML_SHA256 = "4ef6c54cf559b8a207b7b518378230805a1c84af239b14960e8c67c7d59de5d3"
YAML_USED = ("Parser", "isMap", "isScalar", "isSeq", "parseDocument")
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


def bundled(name: str, used: tuple[str, ...], files: dict[str, str], entry: str) -> str:
    """The part of a package that ``used`` names, as one module. ``files`` are those of the package, by path."""
    with tempfile.TemporaryDirectory() as folder:
        for path, code in files.items():
            Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, path).write_text(code, "utf-8")
        Path(folder, "used.mjs").write_text(f"export {{ {', '.join(used)} }} from './{entry}';\n", "utf-8")
        subprocess.run(
            ["npm", "install", "--silent", "--no-save", "--no-audit", "--no-fund", ESBUILD], cwd=folder, check=True
        )
        bundle = ["node_modules/.bin/esbuild", "used.mjs", "--bundle", "--minify", "--format=esm", "--target=es2022"]
        code = subprocess.run(bundle, cwd=folder, check=True, capture_output=True, text=True).stdout
    return f"// {name}\n{code}"


def docx() -> str:
    """The part of docx that writes paragraphs, tables and pictures."""
    code = packed(DOCX, DOCX_SHA256, "package/dist/index.mjs")
    return bundled(f"{DOCX} (with fflate and nanoid), MIT", DOCX_USED, {"docx.mjs": code}, "docx.mjs")


def yaml() -> str:
    """What reads front matter with the place of each key and comment: the form leaves what it did not change as it was."""
    with tarfile.open(fileobj=io.BytesIO(archive(["npm", "pack", "--silent", YAML], YAML_SHA256))) as package:
        files = {
            member.name.removeprefix("package/browser/"): extracted.read().decode()
            for member in package
            if member.name.startswith("package/browser/dist/") and (extracted := package.extractfile(member))
        }
    return bundled(f"{YAML}, ISC", YAML_USED, files, "dist/index.js")


def decap() -> str:
    """Decap CMS, whole. Its other files are editors of code and of pictures, which our form does not use."""
    code = packed(DECAP, DECAP_SHA256, "package/dist/decap-cms.js")
    return code.removesuffix("//# sourceMappingURL=decap-cms.js.map")


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
    for path, code in {
        TARGET / "lunr.js": module(LUNR, LUNR_SHA256, "package/lunr.min.js"),
        TARGET / "papaparse.js": module(PAPAPARSE, PAPAPARSE_SHA256, "package/papaparse.min.js"),
        TARGET / "french-stemmer.js": stemmer(),
        TARGET / "uqr.js": uqr(),
        TARGET / "docx.js": docx(),
        FORM / "decap-cms.js": decap(),
        FORM / "decap-cms.js.LICENSE.txt": packed(DECAP, DECAP_SHA256, "package/dist/decap-cms.js.LICENSE.txt"),
        FORM / "yaml.js": yaml(),
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, "utf-8")
        print(f"{path.name}: {len(code)} octets", file=sys.stderr)


if __name__ == "__main__":
    main()
