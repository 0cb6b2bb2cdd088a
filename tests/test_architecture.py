"""The shape of the house: imports point one way, and only the plugin knows the engine."""

from __future__ import annotations

import ast
from pathlib import Path

from essaim.advice import ADVICE
from essaim.checks import ALONE, CHECKS
from essaim.model import SHEETS
from essaim.outputs import OF_SHEETS, OUTPUTS, PASSING, SAMPLED, SEARCHED, SHEETLESS
from tests.conftest import ROOT

PACKAGE = ROOT / "plugins" / "essaim"

# A module may import those on its own line and below (docs/architecture.md draws it).
LAYERS = (
    {"plugin", "cli", "__main__"},
    {"engine", "live"},
    {"ondemand"},
    {"archive", "reach", "press"},
    {"shell"},
    {
        "checks",
        "advice",
        "formats",
        "scope",
        "outputs",
        "reference",
        "examples",
        "mistakes",
        "vscode",
        "publish",
        "offline",
        "imports",
        "opendata",
        "linked",
        "citation",
        "sitemap",
        "new",
        "renaming",
        "releases",
        "workbook",
        "digest",
    },
    {
        "similar",
        "prose",
        "contacts",
        "abbreviations",
        "figures",
        "readability",
        "completeness",
        "search",
        "prepared",
        "census",
        "editorial",
        "cited",
        "history",
        "links",
        "permalinks",
    },
    {"library", "front"},
    {"destinations", "readings", "relations"},
    {"naming", "addresses"},
    {"model"},
    {"blocks"},
    {"vocabulary", "territories", "markup", "ledger", "pictures", "charts", "cover", "spreadsheet", "qr"},
    {"terms"},
    {"messages", "cache", "kept", "compiled"},
    {"source"},
    {"yamltext"},
    {
        "codes",
        "settings",
        "changes",
        "compact",
        "problem",
        "words",
        "disk",
        "replay",
        "listing",
        "lazy",
        "tree",
        "sharing",
    },
)


def imported(file: Path) -> set[str]:
    """Names of all modules that a file imports, in any place of it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide the direction"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(name: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if name in names)


def modules() -> list[tuple[str, Path]]:
    files = [file for file in sorted(PACKAGE.rglob("*.py")) if file != PACKAGE / "__init__.py"]
    return [(file.relative_to(PACKAGE).parts[0].removesuffix(".py"), file) for file in files]


def test_imports_point_one_way() -> None:
    for name, file in modules():
        for target in imported(file):
            parts = target.split(".")
            if (
                parts[0] == "essaim"
                and len(parts) > 1
                and (PACKAGE / parts[1]).with_suffix(".py").exists() | (PACKAGE / parts[1]).is_dir()
            ):
                assert layer(name) <= layer(parts[1]), f"{file.name} imports {target}, which stands above it"


def test_only_the_plugin_knows_the_engine() -> None:
    engines = {
        file.name
        for _, file in modules()
        if any(name.split(".")[0] in ("mkdocs", "material", "properdocs") for name in imported(file))
    }
    assert engines == {"plugin.py"}


def test_no_module_grows_out_of_hand() -> None:
    sizes = {file.name: len(file.read_text("utf-8").splitlines()) for _, file in modules()}
    assert {name for name, size in sizes.items() if size > 400} == set()


def test_registries_are_whole() -> None:
    kinds = {kind.__name__ for kind in SHEETS}
    assert len(kinds) == len({kind.FOLDER for kind in SHEETS}) == len({kind.KIND for kind in SHEETS}) == 8
    written = {
        node.name
        for file in (PACKAGE / "checks").glob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and ast.unparse(node.returns or node.args) == "Iterator[Problem]"
    }
    public = {name for name in written if not name.startswith("_")}
    assert {rule.__name__ for rule in (*ALONE, *CHECKS)} == public, "a check that is not in CHECKS never runs"
    said = {
        node.name
        for node in ast.parse((PACKAGE / "advice.py").read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert {rule.__name__ for rule in ADVICE} == {name for name in said if not name.startswith("_")} - {"advise"}
    outputs = {file.stem for file in (PACKAGE / "outputs").glob("*.py")} - {
        "__init__",
        "site",
        "render",
        "shown",
        "moved",
        "paging",
        "parts",
        "faces",
        "places",
        "seen",
        "told",
        "words",
    }  # moved is the last, and sees the others
    assert {output.__module__.rsplit(".", 1)[1] for output in (*OUTPUTS, *OF_SHEETS)} == outputs
    assert {*SEARCHED, *SHEETLESS, *SAMPLED, *PASSING} <= {*OUTPUTS, *OF_SHEETS}
    templates = {file.stem for file in (ROOT / "overrides" / "fiches").glob("*.html")}
    assert {kind.KIND for kind in SHEETS} <= templates


def test_language_rule() -> None:
    """Folders and machinery in English, what an editor writes in French: fields are words of the domain, without accents."""
    from essaim.model import champs

    for kind in SHEETS:
        for champ in champs(kind):
            assert champ.path.isascii()
            assert champ.titre, f"{kind.KIND}.{champ.path} has no French label"
            assert champ.aide, f"{kind.KIND}.{champ.path} has no French help"
