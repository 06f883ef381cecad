"""What is shipped: the grammar, the definitions and the pages of the diagnostics are in the wheel and the sdist, and work from there."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_wheel_runs_where_there_is_no_checkout(built: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(next(built.glob("*.whl"))).extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    where = subprocess.run(
        [sys.executable, "-c", "import kpidsl, kpidsl.shipped; print(kpidsl.__file__); print(kpidsl.shipped.folder('definitions'))"],
        capture_output=True, text=True, cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert all(line.startswith(str(site)) for line in where.stdout.splitlines()), where.stdout + where.stderr
    for words in (["run", "win_rate"], ["explain", "unit-mismatch"], ["check", str(site / "kpidsl" / "_shipped" / "definitions")]):
        done = subprocess.run([sys.executable, "-m", "kpidsl", *words], capture_output=True, text=True, cwd=tmp_path, env=environment)
        assert done.returncode == 0, (words, done.stdout, done.stderr)


def test_the_wheel_and_the_sdist_hold_the_language(built: Path) -> None:
    wheel = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    for name in ("grammar/expression.lark", "grammar/definition.schema.json", "definitions/kpidsl.yaml", "diagnostics/unit-mismatch.md"):
        assert f"kpidsl/_shipped/{name}" in wheel
    assert "kpidsl/py.typed" in wheel
    sdist = {name.partition("/")[2] for name in tarfile.open(next(built.glob("*.tar.gz"))).getnames()}
    assert {"grammar/expression.lark", "definitions/kpidsl.yaml", "tests/architecture/test_wheel.py", "docs/language.md"} <= sdist
