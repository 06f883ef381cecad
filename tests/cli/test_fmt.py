"""`kpidsl fmt` byte for byte: stdin to stdout, byte order marks, line breaks, rights, links; and what cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kpidsl.cli.exits import Exit
from kpidsl.cli.main import run

ROOT = Path(__file__).parents[2]
MARK = b"\xef\xbb\xbf"
WRITTEN = "kpis:\n  cost: # why\n    formula: a/b # ü\n".encode()
FORMATTED = WRITTEN.replace(b"a/b", b"a / b")


def piped(content: bytes, *options: str) -> tuple[int, bytes, bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "kpidsl", "fmt", *options, "-"], input=content, capture_output=True, env=environment
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("mark", [b"", MARK], ids=["bare", "marked"])
@pytest.mark.parametrize("line_break", [b"\n", b"\r\n"], ids=["unix", "windows"])
def test_from_stdin_to_stdout(mark: bytes, line_break: bytes) -> None:
    before, after = (mark + each.replace(b"\n", line_break) for each in (WRITTEN, FORMATTED))
    assert piped(before) == (Exit.WELL, after, b"")
    assert piped(before, "--check") == (Exit.PROBLEMS, b"", b"")
    assert piped(after, "--check") == (Exit.WELL, b"", b"")


def test_what_stdin_would_change_is_shown() -> None:
    code, out, err = piped(WRITTEN, "--diff")
    assert (code, err) == (Exit.PROBLEMS, b"")
    assert b"\n-    formula: a/b # \xc3\xbc\n+    formula: a / b # \xc3\xbc\n" in out


def test_stdin_may_have_the_name_of_a_file() -> None:
    code, out, err = piped(WRITTEN, "--diff", "--stdin-filename", "definitions/a.yaml")
    assert (code, err) == (Exit.PROBLEMS, b"") and out.startswith(b"--- definitions/a.yaml\n+++ definitions/a.yaml\n")
    code, out, err = piped(b"kpis: {a: {formula: b+}}", "--stdin-filename", "definitions/a.yaml")
    assert (code, out) == (Exit.PROBLEMS, b"") and b" --> definitions/a.yaml:1:" in err


def test_bindings_in_stdin_stay_as_they_are(tmp_path: Path) -> None:
    content = b"sources: { a: {csv: a.csv} }\n"
    path = tmp_path / "data.yaml"
    path.write_bytes(content)
    assert piped(content, "--stdin-filename", str(path)) == (Exit.WELL, content, b"")
    assert piped(content, "--check", "--stdin-filename", str(path)) == (Exit.WELL, b"", b"")


def test_a_name_without_stdin_is_a_misuse(tmp_path: Path) -> None:
    assert run(["fmt", "--stdin-filename", "a.yaml", str(tmp_path)]) == Exit.MISUSE


@pytest.mark.parametrize(("content", "code"), [(b"kpis: {a: {formula: b+}}", b"syntax-error"), (b"\xff\xfek\0", b"not-text")])
def test_mistakes_in_stdin_leave_stdout_empty(content: bytes, code: bytes) -> None:
    ended, out, err = piped(content)
    assert (ended, out) == (Exit.PROBLEMS, b"")
    assert b"error[" + code + b"]" in err


@pytest.mark.parametrize("mark", [b"", MARK], ids=["bare", "marked"])
def test_a_file_keeps_its_mark_line_breaks_and_rights(mark: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(mark + WRITTEN.replace(b"\n", b"\r\n"))
    path.chmod(0o640)
    assert run(["fmt", str(path)]) == Exit.WELL
    assert path.read_bytes() == mark + FORMATTED.replace(b"\n", b"\r\n")
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["a.yaml"]


def test_a_formatted_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(FORMATTED)
    before = path.stat()
    assert run(["fmt", str(path)]) == Exit.WELL
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "a.yaml", tmp_path / "b.yaml"
    target.write_bytes(WRITTEN)
    link.symlink_to(target)
    assert run(["fmt", str(link), str(target)]) == Exit.WELL
    assert link.is_symlink()
    assert target.read_bytes() == FORMATTED


@pytest.mark.parametrize("options", [["--check"], ["--diff"], ["--check", "--diff"]])
def test_looking_changes_nothing(options: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(WRITTEN)
    assert run(["fmt", *options, str(path)]) == Exit.PROBLEMS
    assert path.read_bytes() == WRITTEN


def test_what_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(WRITTEN)
    (tmp_path / f".a.yaml.{os.getpid()}").mkdir()  # in the place of the new text
    assert run(["fmt", str(path)]) == Exit.MISUSE
    assert f"`{path}` cannot be written: is a directory" in capsys.readouterr().err
    assert path.read_bytes() == WRITTEN


def test_only_what_is_below_a_folder_is_formatted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for place in ("kpidsl.yaml", "definitions/a.yaml", "definitions/deep/b.yaml"):
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        Path(place).write_text("kpis:\n  " + Path(place).stem + ": {formula: a/b}\n")
    assert run(["fmt", "definitions/deep"]) == Exit.WELL
    assert "a / b" in Path("definitions/deep/b.yaml").read_text()
    assert "a/b" in Path("definitions/a.yaml").read_text()
    assert "a/b" in Path("kpidsl.yaml").read_text()
