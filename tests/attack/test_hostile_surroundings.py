"""The command line in places that are not as they should be: an exit code and a sentence, nothing raw, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kpidsl.cli.main import run

DEFINITIONS = """
units: {currencies: [USD], entities: {lead: {}}}
sources:
  leads:
    row: lead
    key: id
    time: t
    columns: {id: text, t: date, channel: text, n: {type: number, unit: USD}, who: {type: text, references: people}}
  people: {key: id, columns: {id: text, segment: text}}
dimensions: {channel: [leads.channel], segment: [leads.who.segment]}
measures: {leads: count(leads), total: sum(leads.n)}
kpis:
  mean:
    {title: "Mean \\e[31mred\\a", description: "\\e]0;title\\a", formula: total / leads,
     benchmarks: {t: {range: at least 5, cite: "\\e[2J"}}}
"""
LEADS = "id,t,channel,n,who\n1,2026-01-01,a,1.5,1\n2,2026-01-02,b,2,2\n"
PEOPLE = "id,segment\n1,x\n2,y\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "kpidsl.yaml").write_text(DEFINITIONS)
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "leads.csv").write_text(LEADS)
    (tmp_path / "rows" / "people.csv").write_text(PEOPLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


ASK = ["run", "mean", "leads", "--data", "rows", "--as-of", "2026-06-01"]

# What stands in leads.csv, and the exit code.
CSV: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 2),
    "only a header": (LEADS.splitlines()[0].encode(), 0),
    "semicolons": (LEADS.replace(",", ";").encode(), 0),
    "a mark": (b"\xef\xbb\xbf" + LEADS.encode(), 0),
    "carriage returns": (LEADS.replace("\n", "\r\n").encode(), 0),
    "latin-1": (LEADS.replace(",a,", ",é,").encode("latin-1"), 2),
    "utf-16": (LEADS.encode("utf-16"), 2),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0", 2),
    "too many cells": (LEADS.encode() + b"3,2026-01-03,a,1,1,more\n", 2),
    "too few cells": (LEADS.encode() + b"3,2026-01-03\n", 2),
    "quote left open": (LEADS.replace(",a,", ',"a,').encode(), 2),
    "a column twice": (LEADS.replace("channel", "n").encode(), 2),
    "thousands": (LEADS.replace("1.5", '"1,234.5"').encode(), 2),
    "NA": (LEADS.replace("1.5", "NA").encode(), 2),
    "day of another kind": (LEADS.replace("2026-01-01", "01/02/2026").encode(), 2),
    "escapes for a number": (LEADS.replace("1.5", "\x1b[31mx\x07").encode(), 2),
    "escapes for a group": (LEADS.replace(",a,", ",\x1b[31mx\x07,").encode(), 0),
}


@pytest.mark.parametrize(("content", "code"), CSV.values(), ids=CSV)
@pytest.mark.parametrize("more", [[], ["--by", "channel"]], ids=["", "by"])
def test_a_file_is_read_or_named(
    project: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: int, more: list[str]
) -> None:
    (project / "rows" / "leads.csv").write_bytes(content)
    assert run([*ASK, *more]) == code
    said, complained = capsys.readouterr()
    assert ("leads" in complained) == (code == 2)
    assert not {"\x1b", "\x07"} & {*said, *complained}


@pytest.mark.parametrize("name", ["leads", "people"])
def test_a_missing_file_is_misuse_however_it_is_grouped(project: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "rows" / f"{name}.csv").unlink()
    assert run([*ASK, "--by", "segment"]) == 2
    assert "no data are given" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["list"], ["explain", "mean"], ["calc", "mean", "total=1", "leads=1"], ASK, ["run", "\x1b[31m"]], ids=str
)
def test_nothing_raw_reaches_the_terminal(project: Path, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run(command)
    assert not {"\x1b", "\x07"} & set("".join(capsys.readouterr()))


def test_formulas_in_a_csv_are_no_formulas_elsewhere(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "rows" / "leads.csv").write_text(LEADS.replace(",a,", ",=cmd|/c calc,"))
    assert run([*ASK, "--by", "channel", "--format", "csv"]) == 0
    assert ",'=cmd" in capsys.readouterr().out


# Words that mean nothing.
WORDS: list[list[str]] = [
    ["chek"],
    ["run", "--bogus"],
    ["run", "nope", "--data", "rows"],
    [*ASK, "--every", "hour"],
    [*ASK, "--from", "x"],
    [*ASK, "--where", "channel ="],
    [*ASK, "--set", "x"],
    [*ASK, "--fail-on", "zz"],
    [*ASK, "-o", "/nope/x.csv"],
    [*ASK, "-o", "/dev/full"],
    ["run", "--project", "/nope"],
    ["run", "mean", "--data", "\udc80"],
    ["calc", "mean", "total=1"],
    ["calc", "mean", "mean=1"],
    ["calc", "mean", "total=9^9^9^9", "leads=1"],
    ["calc", "mean", f"total={'9' * 5_000}", "leads=1"],
    ["explain", "../../etc/passwd"],
    ["new", "kpi", "../x"],
    ["check", "nope"],
    ["check", "/dev/null"],
]


@pytest.mark.parametrize("words", WORDS, ids=[" ".join(words)[:40].encode("ascii", "replace").decode() for words in WORDS])
def test_words_that_mean_nothing(project: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert "error" in capsys.readouterr().err


def command(*words: str, shell: str = "", **settings: str | None) -> tuple[int, str]:
    """A process of its own: its exit code and all that it says."""
    kept = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **settings}
    environment = {name: value for name, value in kept.items() if value is not None}
    given = (
        [sys.executable, "-m", "kpidsl", *words]
        if not shell
        else ["sh", "-c", shell.replace("kpidsl", f"{sys.executable} -m kpidsl")]
    )
    done = subprocess.run(given, env=environment, capture_output=True, check=False)
    return done.returncode, (done.stdout + done.stderr).decode(errors="backslashreplace")


@pytest.mark.parametrize(
    "settings",
    [
        {"HOME": "/dev/null", "XDG_CACHE_HOME": None},
        {"XDG_CACHE_HOME": "/dev/null"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii:strict"},
        {"COLUMNS": "1"},
    ],
    ids=str,
)
def test_odd_settings(project: Path, settings: dict[str, str | None]) -> None:
    (project / "kpidsl.yaml").write_text(DEFINITIONS.replace("Mean", "Mittel → ×"))
    code, said = command("explain", "mean", **settings)
    assert (code, "total / leads" in said) == (0, True)


@pytest.mark.parametrize("junk", [b"", b"\x80\x04cos\nsystem\n", b"{}", b"[1]"], ids=repr)
def test_a_cache_that_is_junk_is_made_anew(project: Path, junk: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check"])
    for path in (project / ".cache").rglob("*.*"):
        path.write_bytes(junk)
    before = capsys.readouterr()
    run(["check"])
    assert capsys.readouterr() == before and "mistake of its own" not in before.err


def test_a_folder_called_like_a_file_and_a_circle_of_folders(project: Path) -> None:
    (project / "x.yaml").mkdir()
    (project / "again").symlink_to(".")
    assert run(["check", "--fast"]) == 0


# From here on: what does not hold yet.


def test_a_link_to_itself_is_named(project: Path) -> None:
    (project / "loop.yaml").symlink_to("loop.yaml")
    assert run(["check", "--fast"]) == 1


@pytest.mark.parametrize("target", ["fifo", "/dev/zero"])
def test_what_is_no_file_is_not_read(project: Path, target: str) -> None:
    os.mkfifo(project / "a.yaml") if target == "fifo" else (project / "a.yaml").symlink_to(target)
    assert run(["check", "--fast"]) == 1


def test_a_folder_that_is_no_project_is_not_walked_for_ever(project: Path) -> None:
    assert run(["check", "/"]) == 2


@pytest.mark.parametrize("shell", ["kpidsl list codes > /dev/full", "kpidsl --help > /dev/full", "kpidsl list codes >&-"])
def test_an_output_that_cannot_be_written(project: Path, shell: str) -> None:
    code, said = command(shell=shell)
    assert (code, said.count("\n")) == (2, 1) and said.startswith("error: the output cannot be written: ")


@pytest.mark.parametrize("words", ["check", "new", "new kpi reach", "run", "list", "explain mean"])
def test_a_folder_that_is_gone(project: Path, words: str) -> None:
    code, said = command(shell=f"mkdir gone; cd gone; rmdir ../gone; kpidsl {words}")
    assert (code, said.splitlines()[0][:37]) == (2, "error: the current folder was deleted")


def test_completion_without_a_shell(project: Path) -> None:
    assert "Traceback" not in command("list", _KPIDSL_COMPLETE="bash_complete")[1]


EXAMPLE = DEFINITIONS.replace("formula: total / leads", "formula: total / leads, examples: [{given: {mean: 3}, expect: 3}]")


def test_an_example_that_gives_the_kpi_itself(project: Path) -> None:
    (project / "kpidsl.yaml").write_text(EXAMPLE)
    assert run(["test"]) == 1


def test_a_row_of_a_test_that_cannot_be_read_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test = "tests: {t: {given: {leads: [{t: 2026-01-01, n: much}]}, ask: {kpis: [mean]}, expect: [{mean: 1}]}}\n"
    (project / "kpidsl.yaml").write_text(DEFINITIONS + test)
    assert run(["test"]) == 1
    assert "much" in "".join(capsys.readouterr())


def test_a_folder_in_place_of_a_file_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "rows" / "leads.csv").unlink()
    (project / "rows" / "leads.csv").mkdir()
    assert run(ASK) == 2
    assert "folder" in capsys.readouterr().err


@pytest.mark.parametrize("before", [None, "an earlier result"])
def test_a_result_is_written_whole_or_not_at_all(project: Path, before: str | None) -> None:
    """No file may grow, as on a disk that is full."""
    file = project / "out.csv"
    if before is not None:
        file.write_text(before)
    code, said = command(shell=f"ulimit -f 0; kpidsl {' '.join(ASK)} -o out.csv")
    assert (code, "`out.csv` cannot be written" in said) == (2, True)
    assert [path.name for path in project.glob("*out*")] == ([] if before is None else ["out.csv"])
    assert before is None or file.read_text() == before


FOLDERS = {
    "new": "new {place}",
    "receipts": f"{' '.join(ASK)} --receipts {{place}}",
    "report": "report mean --data rows --as-of 2026-06-01 -o {place}/out.html",
}


@pytest.mark.parametrize("words", FOLDERS.values(), ids=FOLDERS)
@pytest.mark.parametrize("place", ["made", "made/below", "made/../other"])
def test_no_folder_stays_of_what_was_not_written(project: Path, words: str, place: str) -> None:
    before = {path for path in project.rglob("*") if ".cache" not in path.parts}
    code, said = command(shell=f"ulimit -f 0; kpidsl {words.format(place=place)}")
    assert (code, "cannot be written" in said) == (2, True)
    assert {path for path in project.rglob("*") if ".cache" not in path.parts} == before


@pytest.mark.parametrize("words", FOLDERS.values(), ids=FOLDERS)
def test_an_empty_folder_that_was_there_stays(project: Path, words: str) -> None:
    (project / "made").mkdir()
    code, _ = command(shell=f"ulimit -f 0; kpidsl {words.format(place='made/below')}")
    assert (code, list((project / "made").iterdir())) == (2, [])


def test_a_result_goes_where_no_file_is(project: Path) -> None:
    code, said = command(shell=f"kpidsl {' '.join(ASK)} -o /dev/stdout | cat")
    assert (code, "1.75" in said) == (0, True)
