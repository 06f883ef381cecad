"""How commands end, whatever goes wrong: with their code, and never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kpidsl.pipeline
from kpidsl.cli.exits import Exit
from kpidsl.cli.main import run
from kpidsl.errors import DataError, DefinitionError
from kpidsl.visible import ACTIVE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project, which the current folder is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert run(["new", "acme"]) == Exit.WELL
    monkeypatch.chdir(tmp_path / "acme")
    return tmp_path / "acme"


def fails(error: BaseException) -> object:
    def failing(*given: object, **more: object) -> object:
        raise error

    return failing


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ZeroDivisionError("odd\x1b[31m"), Exit.INTERNAL),
        (RecursionError(), Exit.INTERNAL),
        (MemoryError(), Exit.INTERNAL),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (BrokenPipeError(), Exit.PIPE),
        (DataError(()), Exit.MISUSE),
        (DefinitionError(()), Exit.PROBLEMS),
    ],
)
def test_codes(
    error: BaseException, code: Exit, acme: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kpidsl.pipeline, "evaluate", fails(error))
    monkeypatch.setattr("kpidsl.cli.main.silence", lambda stream: None)
    monkeypatch.delenv("KPIDSL_DEBUG", raising=False)
    capfd.readouterr()
    assert run(["run"]) == code
    out, err = capfd.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert all(not ACTIVE.search(line) for line in err.splitlines())
    assert ("report" in err) == (code is Exit.INTERNAL)


def test_a_traceback_only_when_asked_for(
    acme: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kpidsl.pipeline, "evaluate", fails(ZeroDivisionError("odd")))
    monkeypatch.setenv("KPIDSL_DEBUG", "1")
    assert run(["run"]) == Exit.INTERNAL
    assert "Traceback" in capfd.readouterr().err


def test_results_go_to_stdout_and_the_rest_to_stderr(acme: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (acme / "definitions" / "more.yaml").write_text("kpis: {broken: {formula: nothing}}")
    capfd.readouterr()
    assert run(["run", "win_rate", "--format", "csv"]) == Exit.PROBLEMS
    out, err = capfd.readouterr()
    assert out.startswith("kpi,period,")
    assert err == "1 error in the definitions; `kpidsl check` shows them\n\n"
    assert run(["run", "broken"]) == Exit.PROBLEMS
    assert capfd.readouterr().out == ""
    assert run(["explain", "broken"]) == Exit.MISUSE
    assert run(["test"]) == Exit.PROBLEMS


def test_outside_of_a_project_the_library_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["list", "--format", "csv"]) == Exit.WELL
    out, err = capfd.readouterr()
    assert "\ncac," in out
    assert "library that comes with kpidsl" in err


def subprocess_run(words: list[str], folder: Path, **settings: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run([sys.executable, "-m", "kpidsl", *words], cwd=folder, env=environment, capture_output=True)


def test_a_reader_that_has_gone_is_no_matter(acme: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "kpidsl", "list"], cwd=acme, env=environment, stdout=gone, stderr=subprocess.PIPE
        )
    assert (done.returncode, done.stderr) == (Exit.PIPE, b"")


def test_a_terminal_that_cannot_show_a_character_shows_its_escape(acme: Path) -> None:
    done = subprocess_run(["run", "win_rate"], acme, PYTHONIOENCODING="latin-1")
    assert done.returncode == Exit.WELL
    assert b"\\u25cf" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
def test_names_of_any_bytes(acme: Path) -> None:
    name = os.fsdecode(b"odd\x1b[31m\xff\n.yaml")
    (acme / "definitions" / name).write_text("kpis: {a: {formula: nothing}}")
    for format_ in ("text", "json", "github", "junit"):
        done = subprocess_run(["check", "--fast", "--format", format_], acme)
        assert done.returncode == Exit.PROBLEMS, done.stderr
        assert b"\x1b" not in done.stdout
        assert b"Traceback" not in done.stderr
    words = ["check", b"no\x1b[31m\xff".decode(errors="surrogateescape")]
    done = subprocess_run(words, acme)
    assert done.returncode == Exit.MISUSE
    assert b"\x1b" not in done.stderr


def shell(line: str, folder: Path, **settings: str) -> tuple[int, str, str]:
    """What a line of a shell ends with and prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **settings}
    words = ["sh", "-c", line.replace("kpidsl", f"{sys.executable} -m kpidsl")]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is full")
@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("kpidsl run > /dev/full", "no space left on device"),
        ("kpidsl --version > /dev/full", "no space left on device"),
        ("kpidsl run >&-", "stdout is closed"),
        ("kpidsl --help >&-", "stdout is closed"),
        ("kpidsl run -o result.csv >&-", "stdout is closed"),
    ],
)
def test_an_output_that_takes_nothing_is_misuse(line: str, why: str, acme: Path) -> None:
    assert shell(line, acme) == (Exit.MISUSE, "", f"error: the output cannot be written: {why}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is full")
@pytest.mark.parametrize("place", ["2>&-", "2> /dev/full"])
def test_where_stderr_takes_nothing_the_code_says_it(place: str, acme: Path) -> None:
    assert shell(f"kpidsl nope {place}", acme) == (Exit.MISUSE, "", "")
    code, out, _ = shell(f"kpidsl list {place}", acme)
    assert (code, "win_rate" in out) == (Exit.WELL, True)


def test_a_folder_that_was_deleted_is_misuse_where_a_project_is_looked_for(acme: Path) -> None:
    gone = "mkdir gone; cd gone; rmdir ../gone;"
    code, out, err = shell(f"{gone} kpidsl new /tmp/never", acme)
    assert (code, out, err) == (Exit.MISUSE, "", "error: the current folder was deleted; `cd` goes to one that is there\n")
    assert shell(f"{gone} kpidsl list codes", acme)[0] == Exit.WELL


@pytest.mark.parametrize(
    ("instruction", "settings", "code", "said"),
    [
        ("bash_complete", {}, Exit.MISUSE, "`COMP_WORDS`"),
        ("bash_complete", {"COMP_WORDS": "kpidsl ch", "COMP_CWORD": "x"}, Exit.MISUSE, "`COMP_WORDS`"),
        ("bash_complete", {"COMP_WORDS": "kpidsl ch", "COMP_CWORD": "1"}, Exit.WELL, "plain,check"),
        ("zsh_source", {}, Exit.WELL, "#compdef kpidsl"),
        ("nonsense", {}, Exit.MISUSE, "nothing that is known"),
    ],
)
def test_completion(instruction: str, settings: dict[str, str], code: Exit, said: str, tmp_path: Path) -> None:
    ended, out, err = shell("kpidsl", tmp_path, _KPIDSL_COMPLETE=instruction, **settings)
    assert (ended, said in (err if code else out)) == (code, True)
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [["check"], ["list", "--project"], ["run", "--data"], ["new"]])
@pytest.mark.parametrize("name", ["circle", "circle/below", "x" * 300, f"{'x' * 300}/data.yaml"])
def test_paths_that_cannot_be(words: list[str], name: str, acme: Path) -> None:
    Path("circle").symlink_to("circle")
    assert run([*words, name]) in (Exit.PROBLEMS, Exit.MISUSE)
