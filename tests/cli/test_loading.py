"""What each command may load: help costs next to nothing, and definitions are read without the libraries of numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NUMBERS = {"numpy", "pandas", "duckdb", "openpyxl"}
HEAVY = NUMBERS | {"sympy", "lark", "yaml", "jsonschema", "rich", "xml.etree.ElementTree"}
PROGRAM = """
import json, sys
from kpidsl.cli.main import run
run(sys.argv[1:])
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("words", "forbidden"),
    [
        ("--help", HEAVY),
        ("--version", HEAVY),
        ("chekc", HEAVY),
        ("new acme", HEAVY),
        ("check --fast", NUMBERS | {"sympy", "jsonschema", "xml.etree.ElementTree"}),
        ("check --format github", NUMBERS | {"jsonschema"}),
        ("list", NUMBERS | {"sympy", "jsonschema"}),
        ("explain reach", NUMBERS | {"sympy", "jsonschema"}),
        ("calc reach visits=3 mails=4", {"duckdb", "sympy", "jsonschema"}),
    ],
)
def test_loading(words: str, forbidden: set[str], tmp_path: Path) -> None:
    (tmp_path / "kpidsl.yaml").write_text(
        "sources: {mails: {columns: {at: date}}, visits: {columns: {at: date}}}\n"
        "measures: {mails: count(mails), visits: count(visits)}\n"
        "kpis: {reach: {formula: visits / mails}}\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-c", PROGRAM, *words.split()]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert not loaded & forbidden


OURS = "cli cli.main cli.exits cli.lazy cli.options cli.output diagnostics errors suggest text values"


@pytest.mark.parametrize("words", ["--help", "--version"])
def test_what_of_ours_is_loaded_for_help(words: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    loaded = {name.removeprefix("kpidsl.") for name in json.loads(done.stderr) if name.startswith("kpidsl.")}
    assert loaded <= set(OURS.split())
