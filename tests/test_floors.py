"""The house of ARCHITECTURE.md, decided by reading the source: who may import whom, who may know
torch, how long a file may be, and that every file says what it is. Imports nothing of ours."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "explorable"
LONGEST_FILE = 450
FLOORS = {
    "errors": 0,
    "calls": 0,
    "graphs": 0,
    "sizes": 0,
    "recording": 0,
    "kept_files": 0,
    "trace": 1,
    "parts": 1,
    "compiler": 2,
    "engine": 2,
    "link": 2,
    "compiled": 3,
    "es_module": 3,
    "figures": 3,
    "hosts": 4,
    "cache": 4,
    "cli": 5,
    "sphinx": 6,
}
# Floor 2 stands on floor 0 alone: the compiler knows neither torch nor controls.
EXCEPT = {2: {"trace", "parts"}}
# On one floor, in one direction only: trace reads the records of parts, the engine runs Modules.
SIBLINGS = {
    ("calls", "errors"),
    ("graphs", "errors"),
    ("graphs", "sizes"),
    ("kept_files", "recording"),
    ("trace", "parts"),
    ("engine", "compiler"),
    ("engine", "link"),
    ("hosts", "cache"),
    ("compiled", "es_module"),
    ("figures", "es_module"),
}
# What makes a process slow to start or ties us to one framework stays where it belongs.
LIBRARIES = {
    "anywidget": {"figures"},
    "traitlets": {"figures"},
    "torch": {"trace"},
    "py_mini_racer": {"engine"},
    "ziglang": {"compiler"},
    "click": {"cli"},
    "starlette": {"cli"},
    "uvicorn": {"cli"},
    "watchfiles": {"cli"},
    # `cli` runs Sphinx as any user does, and knows the extension by its name.
    "sphinx": {"sphinx", "cli"},
    "docutils": {"sphinx", "cli"},
    "myst_nb": {"sphinx"},
    "IPython": {"figures"},
    "numpy": {"trace", "compiler", "compiled", "engine", "figures", "parts"},
}

SOURCES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """The module or folder directly under the package that holds ``path``."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import in a file, relative ones made absolute."""
    package = ["explorable", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *(node.module.split(".") if node.module else [])]
            if base == ["explorable"]:
                for alias in node.names:
                    yield node.lineno, f"explorable.{alias.name}"
            else:
                yield node.lineno, ".".join(base)


def wrong_imports(path: Path) -> list[str]:
    """What ``path`` imports from its own floor or above."""
    importer = part_of(path)
    if importer in {"__init__", "__main__"}:
        return []
    floor, wrong = FLOORS[importer], list[str]()
    for line, name in imported(path):
        where = f"{path.relative_to(ROOT)}:{line}"
        top, *rest = name.split(".")
        if top != "explorable":
            if top in LIBRARIES and importer not in LIBRARIES[top]:
                wrong.append(f"{where} imports {top}, known to {sorted(LIBRARIES[top])} alone")
            continue
        if not rest or rest[0] == "__version__":
            continue
        target = rest[0]
        if target == importer:
            continue
        if target not in FLOORS:
            wrong.append(f"{where} imports explorable.{target}, which stands on no floor")
        elif (importer, target) in SIBLINGS:
            continue
        elif (FLOORS[target] >= floor and importer != "cli") or target in EXCEPT.get(floor, ()):
            wrong.append(
                f"{where}: {importer} (floor {floor}) imports {target} (floor {FLOORS[target]})"
            )
    return wrong


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    assert wrong_imports(path) == []


def test_every_part_of_the_package_stands_on_a_floor() -> None:
    parts = {part_of(path) for path in SOURCES} - {"__init__", "__main__"}

    assert parts <= set(FLOORS)


def test_a_wrong_import_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    (tmp_path / "compiler").mkdir()
    path = tmp_path / "compiler" / "lower.py"
    path.write_text("import torch\nfrom ..figure import build\nfrom ..graphs import Graph\n")

    found = wrong_imports(path)

    assert [message.split(":")[1].split(" ")[0] for message in found] == ["1", "2"]


def source_files() -> list[Path]:
    folders = [PACKAGE, ROOT / "tests", ROOT / "gallery", ROOT / "bench"]
    folders.append(ROOT / "conformance")
    kinds = {".py", ".js", ".ts", ".css", ".c", ".h"}
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in kinds]
    # What others wrote, and bundles as earlier versions published them.
    strange = {"node_modules", "bundles"}
    return sorted(path for path in found if strange.isdisjoint(path.parts))


def test_no_file_is_longer_than_it_should_be() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in source_files()
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_every_file_opens_with_what_it_makes() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in source_files()
        if path.stat().st_size
        and not path.read_text().lstrip().startswith(('"""', 'r"""', "//", "/*"))
    ]

    assert silent == []
