"""Colours on a terminal and where they are asked for, and nowhere else."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from kpidsl.cli.main import run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("terminal", "words", "settings", "colourful"),
    [
        (True, [], {}, True),
        (False, [], {}, False),
        (True, [], {"NO_COLOR": "1"}, False),
        (True, [], {"NO_COLOR": ""}, True),
        (True, [], {"TERM": "dumb"}, False),
        (False, [], {"FORCE_COLOR": "1"}, True),
        (False, [], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (False, ["--color", "always"], {"NO_COLOR": "1"}, True),
        (True, ["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (True, ["--color", "auto"], {}, True),
        (False, ["--color", "auto"], {"FORCE_COLOR": "1"}, True),
        (False, [], {"KPIDSL_LIST_COLOR": "always"}, True),
    ],
)
def test_colours(
    terminal: bool,
    words: list[str],
    settings: dict[str, str],
    colourful: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "kpidsl.yaml").write_text("parameters: {rate: 10%}")
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(["list", "parameters", "--project", str(tmp_path), *words]) == 0
    assert "rate" in stream.getvalue()
    assert ("\x1b[" in stream.getvalue()) == colourful


@pytest.mark.parametrize(("terminal", "columns", "folds"), [(True, "60", True), (True, "400", False), (False, "60", False)])
def test_the_width_of_a_terminal_counts(
    terminal: bool, columns: str, folds: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    (tmp_path / "kpidsl.yaml").write_text(f"parameters: {{rate: {{value: 10%, description: {'so and so ' * 8}}}}}")
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(["list", "parameters", "--project", str(tmp_path), "--color", "never"]) == 0
    assert (len(stream.getvalue().splitlines()) > 2) == folds


def test_the_option_also_stands_before_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kpidsl.yaml").write_text("parameters: {rate: 10%}")
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(["--color", "always", "list", "parameters", "--project", str(tmp_path)]) == 0
    assert "\x1b[" in stream.getvalue()


def test_machine_formats_have_no_colours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kpidsl.yaml").write_text("parameters: {rate: 10%}\nkpis: {a: {formula: nothing}}")
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    for words in (["check", "--format", "json"], ["check", "--format", "github"], ["check", "--format", "junit"]):
        run([*words, "--fast", "--color", "always", str(tmp_path)])
    run(["list", "parameters", "--format", "markdown", "--color", "always", "--project", str(tmp_path)])
    assert stream.getvalue()
    assert "\x1b[" not in stream.getvalue()
