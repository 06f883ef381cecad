"""What is shipped: the grammar, the definitions and the pages of diagnostics are in wheel and sdist, and work from there."""

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

    def python(*words: str) -> str:
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=tmp_path, env=environment)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    where = "import kpidsl, kpidsl.shipped; print(kpidsl.__file__, kpidsl.shipped.folder('definitions'), sep='\\n')"
    assert all(line.startswith(str(site)) for line in python("-c", where).splitlines())
    for words in (
        ["run", "win_rate"],
        ["report", "win_rate"],
        ["explain", "unit-mismatch"],
        ["check", str(site / "kpidsl/_shipped/definitions")],
    ):
        assert python("-m", "kpidsl", *words)


def test_the_wheel_and_the_sdist_hold_the_language(built: Path) -> None:
    wheel = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    language = ("grammar/expression.lark", "grammar/definition.schema.json", "definitions/kpidsl.yaml")
    for name in (*language, "diagnostics/unit-mismatch.md"):
        assert f"kpidsl/_shipped/{name}" in wheel
    assert "kpidsl/py.typed" in wheel
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        sdist = {name.partition("/")[2] for name in archive.getnames()}
    assert {*language, "tests/architecture/test_wheel.py", "docs/language.md"} <= sdist
