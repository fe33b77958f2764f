"""The order in which the parts of the package may import each other (docs/architecture.md), read from the source."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "py" / "scanfolio"  # the sources: what is shipped holds none

LAYERS = {
    "errors": 0,
    "standard": 0,
    "model": 1,
    "effects": 1,
    "pieces": 1,
    "words": 1,
    "source": 2,
    "geometry": 3,
    "reading": 4,
    "pixels": 5,
    "objects": 6,
    "rules": 7,
    "export": 8,
    "letter": 8,
    "catalogue": 8,
    "scroll": 8,
    "closer": 9,
    "session": 10,
    "commands": 11,
    "bridge": 11,
    "__main__": 12,
    "__init__": 0,
}
"""A part may import parts of a lower number, and its own modules."""

STANDARD_LIBRARY_ONLY = (
    "errors",
    "standard",
    "model",
    "effects",
    "pieces",
    "words",
    "source",
    "rules",
    "letter",
    "catalogue",
    "scroll",
)
NUMPY = ("geometry", "reading", "pixels", "objects", "export", "session", "bridge", "commands", "__main__")
PYDICOM = ("reading", "pixels", "objects", "export", "session", "bridge", "commands", "__main__")
LIGHT = (
    "reading",
    "rules",
    "letter",
    "source",
    "model",
    "standard",
    "words",
    "effects",
    "pieces",
    "errors",
    "geometry",
)
"""Parts that the page imports before it has loaded numpy or pydicom."""
HEAVY_MODULES = ("reading/by_pydicom.py",)
"""Modules of light parts that are themselves only imported where pydicom is there."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST, top_level_only: bool = False) -> Iterator[tuple[str, int]]:
    """(full module name, line) of every import; those under TYPE_CHECKING are none at run time and left out."""
    for node in _nodes(tree, top_level_only):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _nodes(tree: ast.AST, top_level_only: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if top_level_only and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        yield child
        yield from _nodes(child, top_level_only)


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_point_down_only(path: Path) -> None:
    part = part_of(path)
    assert part in LAYERS, f"{part} has no place in the order of the package"
    wrong = []
    for name, line in imports(ast.parse(path.read_text(encoding="utf-8"))):
        words = name.split(".")
        if words[0] != "scanfolio":
            continue
        other = words[1]
        if other in LAYERS and other != part and LAYERS[other] >= LAYERS[part]:
            wrong.append(f"line {line} imports {name}")
    assert not wrong


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_third_party_packages_only_where_they_belong(path: Path) -> None:
    part = part_of(path)
    relative = path.relative_to(PACKAGE).as_posix()
    wrong = []
    for name, line in imports(ast.parse(path.read_text(encoding="utf-8"))):
        top = name.split(".", 1)[0]
        if top == "scanfolio" or top in sys.stdlib_module_names or top == "__future__":
            continue
        allowed = (
            (top == "numpy" and part in NUMPY)
            or (top == "pydicom" and part in PYDICOM)
            or (top == "imagecodecs" and part == "pixels")
            or (top in ("js", "pyodide", "pyodide_js") and relative == "bridge/worker_host.py")
        )
        if not allowed:
            wrong.append(f"line {line} imports {name}")
    assert not wrong


@pytest.mark.parametrize(
    "path", [p for p in modules() if part_of(p) in LIGHT], ids=lambda p: p.relative_to(PACKAGE).as_posix()
)
def test_start_up_needs_neither_numpy_nor_pydicom(path: Path) -> None:
    if path.relative_to(PACKAGE).as_posix() in HEAVY_MODULES:
        return
    found = {name.split(".", 1)[0] for name, _ in imports(ast.parse(path.read_text(encoding="utf-8")), True)}
    assert not found & {"numpy", "pydicom", "imagecodecs"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_files_stay_short(path: Path) -> None:
    if path.name == "uids.py" or path.suffix != ".py":
        return
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
