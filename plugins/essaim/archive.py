"""A built site as a ZIP that opens from a folder, without a server (decision 19).

From ``file://`` a browser runs no module, fetches nothing and shows no folder as its page. So the copy names every page in
full, carries the sources of our modules in one plain script, and its JSON files are plain scripts too. The site that is
published stays as it is.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from essaim.publish import MARK

APART = re.compile(
    r"(\..*|_redirects|serveur/.*|sw\.js|robots\.txt|partage/.*|opensearch\.xml|hors-ligne/[^/]*\.json|admin/.*|.*\.map)"
)
"""What has no use in a folder: the service worker and its lists, what robots read, the web form, hidden files."""
SKIPPED = frozenset({"js/search/worker.js", "js/search/pagefind-engine.js", "js/offline.js", "js/offline-said.js"})  # fmt: skip
"""Modules that need a server."""
LINKED = ("schemas/", "donnees/")
"""JSON that pages link to: files to take away, that no module reads. A sheet's own stands beside its Markdown."""
FETCHED = ("carte/index.html",)
"""Pages that a script reads."""
LOADER = "assets/archive.js"
TOP = "bibliotheque"

_SCRIPT = re.compile(r'[ \t]*<script type="module"[^>]*?src="([^"]+)"[^>]*></script>\n?')
_APART_LINK = re.compile(r'[ \t]*<link rel="(?:preload|search)"[^>]*>\n?')
_ADDRESS = re.compile(r'(\s(?:href|action)=")([^"#?]*)([^"]*")')
_REFRESH = re.compile(r'(<meta http-equiv="refresh" content="0; url=)([^"#?]*)([^"]*")')
_IMPORT = re.compile(r'(\bfrom\s+|\bimport\s*\(\s*|\bimport\s*)"(\.{1,2}/[^"]+)"')
_STRANGE = re.compile(
    r"\bimport\s*\(\s*(?!\"essaim/)|\bfrom\s+['\"](?!essaim/)|\bimport\s*['\"](?!essaim/)", re.MULTILINE
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class ArchiveError(Exception):
    """Why there is no archive, in French, with what to do."""


def members(site: Path) -> Iterator[tuple[str, bytes]]:
    """``(path, content)`` of each file of the archive, sorted. Raises ``ArchiveError``.

    The folder must be a site that we built, with lunr: Pagefind's engine is fetched in pieces.
    """
    if not (site / MARK).is_file():
        raise ArchiveError(f"« {site} » n’est pas un site produit par Essaim : lancez d’abord make build.")
    if json.loads((site / "recherche" / "index.json").read_text("utf-8"))["moteur"] != "lunr":
        raise ArchiveError(
            "la recherche de ce site (Pagefind) ne marche pas sans serveur : écrivez recherche: lunr dans mkdocs.yml, puis reconstruisez."
        )
    found: dict[str, bytes] = {"LISEZMOI.txt": _READ_ME.encode()}
    modules: dict[str, str] = {}
    for file in sorted(path for path in site.rglob("*") if path.is_file()):
        path = file.relative_to(site).as_posix()
        if APART.fullmatch(path):
            continue
        data = file.read_bytes()
        if path.startswith("assets/") and path.endswith(".js"):
            module = path.removeprefix("assets/")
            if module not in SKIPPED:
                modules[module] = _module(module, data.decode())
        elif path.endswith(".json") and not path.startswith(LINKED) and not file.with_suffix(".md").is_file():
            found[f"{path}.js"] = _carried(path, data.decode())
        elif path.endswith(".html"):
            found[path] = _page(path, data.decode()).encode()
            if path in FETCHED:
                found[f"{path}.js"] = _carried(path, data.decode())
        else:
            found[path] = data
    found[LOADER] = _LOADER.replace("{SOURCES}", json.dumps(modules, ensure_ascii=False).replace("</", "<\\/")).encode()
    yield from sorted(found.items())


def write(target: Path, files: Iterator[tuple[str, bytes]]) -> None:
    """Write the ZIP; the same files give the same bytes. Raises OSError and leaves what was there."""
    part = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path, data in files:
                info = zipfile.ZipInfo(f"{TOP}/{path}", (1980, 1, 1, 0, 0, 0))
                info.external_attr = 0o644 << 16
                archive.writestr(info, data, zipfile.ZIP_DEFLATED)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _page(path: str, html: str) -> str:
    """A page whose links name files, and whose modules come from the loader."""
    names = " ".join(
        Path(source).with_suffix("").as_posix().rsplit("assets/js/", 1)[-1] for source in _SCRIPT.findall(html)
    )
    kept = " ".join(name for name in names.split() if f"js/{name}.js" not in SKIPPED)
    html = _APART_LINK.sub("", _SCRIPT.sub("", html))
    root = "../" * path.count("/")
    loader = f'<script src="{root}{LOADER}" data-modules="{kept}" defer></script>\n'
    return _REFRESH.sub(_named, _ADDRESS.sub(_named, html)).replace("</head>", f"{loader}</head>", 1)


def _named(found: re.Match[str]) -> str:
    before, path, after = found.groups()
    if not path or ":" in path or path.startswith("//"):
        return found.group()
    if path.endswith("/"):
        path += "index.html"
    elif PurePosixPath(path).name in ("", "..") or path.rsplit("/", 1)[-1] in (".", ".."):
        path += "/index.html"
    return f"{before}{path}{after}"


def _module(path: str, source: str) -> str:
    """A module whose imports are names of the import map, ``essaim/js/site.js``. Raises ValueError for a form of import
    that it does not know: a fault of ours."""

    def renamed(found: re.Match[str]) -> str:
        parts = list(PurePosixPath(path).parent.parts)
        for part in found.group(2).split("/"):
            if part == "..":
                parts.pop()
            elif part != ".":
                parts.append(part)
        return f'{found.group(1)}"essaim/{"/".join(parts)}"'

    written = _IMPORT.sub(renamed, source)
    if not path.startswith("vendor/") and (strange := _STRANGE.search(_COMMENT.sub("", written))):
        raise ValueError(f"{path}: unknown import {strange.group()!r}")
    return written.replace("import.meta.url", f'essaimArchive.url("{path}")')


def _carried(path: str, text: str) -> bytes:
    return f"essaimArchive.put({json.dumps(path)}, {json.dumps(text, ensure_ascii=False)});\n".encode()


_LOADER = """// Written by « essaim archive ». The modules of the site, for a browser that opens it from a folder.
(() => {
  const sources = {SOURCES};
  const { src, dataset } = document.currentScript;
  const root = new URL("../", src).href;
  const files = new Map();
  const waiting = new Map();
  const load = (path) => {
    let found = waiting.get(path);
    if (!found) {
      found = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `${root}${path}.js`;
        script.onload = () => (files.has(path) ? resolve(files.get(path)) : reject(new Error(path)));
        script.onerror = () => reject(Object.assign(new Error(`${path}: 404`), { status: 404 }));
        document.head.append(script);
      });
      waiting.set(path, found);
    }
    return found;
  };
  const page = (path) => path.replace(/^([^?#]*?)(?=$|[?#])/, (folder) => (folder === "" || folder.endsWith("/") ? `${folder}index.html` : folder));
  globalThis.essaimArchive = {
    url: (path) => `${root}assets/${path}`,
    put: (path, text) => files.set(path, text),
    get: async (path) => new Response(await load(page(path))),
    page,
  };
  const imports = {};
  for (const [path, source] of Object.entries(sources)) imports[`essaim/${path}`] = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const map = document.createElement("script");
  map.type = "importmap";
  map.textContent = JSON.stringify({ imports });
  document.head.append(map);
  for (const name of dataset.modules.split(" ").filter(Boolean)) import(`essaim/js/${name}.js`);
})();
"""

_READ_ME = """Cette archive est une copie de la bibliothèque, à lire sans réseau.

1. Décompressez-la : ouvrir le fichier .zip sans le décompresser ne suffit pas.
2. Ouvrez le fichier index.html avec un navigateur récent (Chromium, Chrome, Edge, Firefox).

La recherche, les filtres, la sélection, la comparaison, la note et les fiches-outils
marchent comme en ligne. Ce que vous écrivez reste dans votre navigateur.
La copie ne se met pas à jour : la version en ligne fait foi.
"""
