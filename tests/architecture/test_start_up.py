"""What may be loaded by whom: start-up stays light because heavy libraries are imported where they are used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import kpidsl

ROOT = Path(__file__).parents[2]
HEAVY = {"pandas", "numpy", "sympy", "duckdb", "lark", "yaml", "jsonschema", "rich", "openpyxl", "xlsxwriter", "typst"}


def loaded_by(program: str, tmp_path: Path) -> set[str]:
    """The heavy libraries that a program has loaded when it ends."""
    report = f"import sys, json; print(json.dumps(sorted({sorted(HEAVY)} & sys.modules.keys())), file=sys.stderr)"
    text = f"import atexit\ndef report():\n    {report.replace(chr(10), '; ')}\natexit.register(report)\n{program}"
    text = text.replace(f"{sorted(HEAVY)} &", f"set({sorted(HEAVY)!r}) &")
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, env=environment, cwd=ROOT)
    return set(json.loads(done.stderr.strip().splitlines()[-1]))


def test_import_loads_nothing_heavy(tmp_path: Path) -> None:
    assert loaded_by("import kpidsl", tmp_path) == set()


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    program = "from kpidsl.cli.main import main\nimport sys\nsys.argv = ['kpidsl', '--help']\nmain()"
    assert loaded_by(program, tmp_path) == set()


@pytest.mark.parametrize("options", [["--fast"], []])
def test_check_loads_no_numbers(options: list[str], tmp_path: Path) -> None:
    arguments = ["kpidsl", "check", *options, "definitions"]
    program = f"from kpidsl.cli.main import main\nimport sys\nsys.argv = {arguments}\nmain()"
    loaded = loaded_by(program, tmp_path)
    assert not loaded & {"pandas", "numpy", "duckdb", "openpyxl", "jsonschema"}
    assert ("sympy" in loaded) == (options == [])
    if not options:
        assert "sympy" not in loaded_by(program, tmp_path), "a second check finds its proofs in the cache"


def test_diff_loads_no_numbers(tmp_path: Path) -> None:
    arguments = ["kpidsl", "diff", "definitions", "definitions"]
    loaded = loaded_by(f"from kpidsl.cli.main import main\nimport sys\nsys.argv = {arguments}\nmain()", tmp_path)
    assert not loaded & {"pandas", "numpy", "duckdb", "sympy", "openpyxl", "jsonschema"}


def test_public_names() -> None:
    assert list(kpidsl.__all__) == sorted(kpidsl.__all__)
    for name in kpidsl.__all__:
        assert getattr(kpidsl, name) is not None
    assert set(kpidsl.__all__) <= set(dir(kpidsl))
