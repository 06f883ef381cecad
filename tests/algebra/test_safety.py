"""sympy is imported when it is needed, and no text of a project ever reaches it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import sympy

from kpidsl.algebra import dimensions, rings
from kpidsl.algebra.dimensions import Dimensions
from kpidsl.algebra.rings import Ratios
from kpidsl.algebra.work import Work
from kpidsl.units.system import UnitSystem
from kpidsl.units.unit import Unit

ALGEBRA = Path(rings.__file__).parent
# Functions of sympy, and methods of its expressions, that run text, may not end or decide little.
FORBIDDEN = {
    "sympify",
    "parse_expr",
    "lambdify",
    "simplify",
    "nsimplify",
    "solve",
    "solveset",
    "subs",
    "evalf",
    "equals",
    "cancel",
}
CODE = "__import__('os').abort()"


@pytest.mark.parametrize("path", sorted(ALGEBRA.glob("*.py")), ids=lambda path: path.name)
def test_nothing_that_runs_text_is_named(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert not names & (FORBIDDEN | {"eval", "exec"})


def test_names_that_are_code_do_not_reach_dimensions() -> None:
    known = Dimensions(UnitSystem(frozenset({CODE}), {"lead": None}))
    found = known.of(Unit.of(CODE, 2))
    assert known.exponents(found) == {CODE: 2}
    assert {symbol.name for symbol in found.name.free_symbols} <= {"b0", "b1", "b2"}
    assert dimensions.__doc__


def test_names_that_are_code_do_not_reach_polynomials() -> None:
    ratio = Ratios(2, Work(1)).leaf(CODE)
    assert all(
        isinstance(symbol, sympy.Symbol) and symbol.name[:1] == "g" and symbol.name[1:].isdecimal()
        for symbol in ratio.above.ring.symbols
    )


def test_importing_the_packages_is_free() -> None:
    modules = sorted(f"kpidsl.algebra.{path.stem}" for path in ALGEBRA.glob("*.py") if path.stem != "__init__")
    code = f"import sys, {', '.join(modules)}, kpidsl.checks.check; assert 'sympy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
