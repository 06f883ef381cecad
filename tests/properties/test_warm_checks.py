"""After any edits of any project a check that remembers finds what one finds that does not, to the last word and place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from random_edits import Edits

from kpidsl.checking import check, load
from kpidsl.workflow.recheck import recheck


def write(files: dict[str, str], folder: Path) -> None:
    for path in [*folder.rglob("*.yaml")]:
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize("number", range(24))
def test_warm_and_cold_checks_find_the_same(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, cache, fast = tmp_path / "project", tmp_path / "cache", number % 4 != 0
    edits = Edits(number)
    folder.mkdir()
    monkeypatch.chdir(folder if number % 2 else tmp_path)
    path = Path(os.path.relpath(folder))
    well = edits.files
    for _ in range(10):
        write(edits.files, folder)
        cold = check(load(path), fast=fast, cache=False)
        assert list(recheck(path, fast=fast, cache=cache).findings) == list(cold)
        assert list(recheck(path, fast=fast, cache=cache).findings) == list(cold), "without an edit"
        if cold.errors:  # what is wrong is mostly put right, else nothing would be on record
            edits.undo(well)
        well = dict(edits.files)
        edits.edit()
