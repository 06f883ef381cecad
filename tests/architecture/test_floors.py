"""Imports go down only, hidden ones too, each heavy library has one door, and files and functions stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "kpidsl"
FLOORS = {
    "values": 0,
    "text": 1,
    "suggest": 1,
    "shipped": 1,
    "visible": 1,
    "markdown": 2,
    "diagnostics": 2,
    "errors": 3,
    "units": 4,
    "periods": 4,
    "language": 5,
    "documents": 6,
    "catalog": 7,
    "algebra": 8,
    "checks": 9,
    "plan": 9,
    "checking": 10,
    "data": 10,
    "engines": 11,
    "results": 12,
    "session": 13,
    "pipeline": 14,
    "workflow": 15,
    "render": 16,
    "cli": 17,
    "__init__": 18,
    "__main__": 19,
}
DOORS = {
    "lark": {"language"},
    "yaml": {"documents"},
    "jsonschema": {"documents"},
    "sympy": {"algebra"},
    "flint": {"algebra"},
    "duckdb": {"data"},
    "openpyxl": {"data"},
    "numpy": {"data", "engines", "results", "pipeline", "workflow", "render"},
    "pandas": {"data", "engines", "results", "pipeline", "workflow", "render"},
    "rich": {"render"},
    "xlsxwriter": {"render"},
    "typst": {"render"},
    "click": {"cli"},
}
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "_shipped" not in path.parts and "templates" not in path.parts)


def room(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            yield node.lineno, node.module or ""
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def test_every_room_has_a_floor() -> None:
    assert {room(path) for path in modules()} <= set(FLOORS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    here = room(path)
    for line, name in imports(path):
        parts = name.split(".")
        if parts[0] != "kpidsl" or len(parts) == 1:
            continue
        there = parts[1] if parts[1] in FLOORS else "__init__"
        if there == "__init__" and here == "cli":
            continue  # the version
        assert there == here or FLOORS[there] < FLOORS[here], f"{path}:{line}: {here} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_library_has_one_door(path: Path) -> None:
    for line, name in imports(path):
        library = name.split(".")[0]
        assert room(path) in DOORS.get(library, {room(path)}), f"{path}:{line}: {room(path)} imports {library}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_stay_small(path: Path) -> None:
    assert path.read_text().count("\n") <= LONGEST_FILE, f"{path} is long: which second idea is in it?"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{path}:{node.lineno}: {node.name} is {length} lines long"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_say_what_they_are(path: Path) -> None:
    assert ast.get_docstring(tree(path)), f"{path} has no docstring"


def test_text_never_reaches_an_evaluator() -> None:
    """No function of Python or sympy that runs text is called anywhere."""
    runs = {"eval", "exec", "compile", "sympify", "parse_expr", "lambdify", "simplify", "nsimplify", "S", "subs", "evalf"}
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                owner = getattr(getattr(node.func, "value", None), "id", "")
                # A pattern, and the template of a document that ships with the package.
                assert name not in runs or owner in ("re", "typst"), f"{path}:{node.lineno} calls {name}"
