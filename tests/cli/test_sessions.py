"""Every session file is played in a folder of its own, and prints what it says; UPDATE_SESSIONS=1 writes what is printed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from shell import play, read

SESSIONS = sorted((Path(__file__).parent / "sessions").glob("*.session"))


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_session(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    played = [(step, play(step)) for step in read(path)]
    text = "".join(f"{line}\n" for step, printed in played for line in step.lines(printed))
    if os.environ.get("UPDATE_SESSIONS"):
        path.write_text(text)
    assert text == path.read_text()
