"""`explain --stage`: the moment is that of `run`, and an option that would do nothing is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpidsl.cli.exits import Exit
from kpidsl.cli.main import run

PLAN = ["explain", "leads", "--stage", "plan", "--every", "month"]
STAGES = {"plan": "from 2025-04-01 to 2026-04-01\n", "sql": "< timestamp '2026-04-01 00:00:00'"}


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A new project, which the current folder is."""
    monkeypatch.chdir(tmp_path)
    run(["new", "acme"])
    capsys.readouterr()
    monkeypatch.chdir(tmp_path / "acme")
    return tmp_path / "acme"


def cells(shown: str) -> str:
    """For which months something is planned."""
    return next(line for line in shown.splitlines() if line.startswith("cells: "))


def bind(acme: Path, text: str) -> None:
    (acme / "data.yaml").write_text(text)


@pytest.mark.parametrize(("stage", "end"), STAGES.items())
@pytest.mark.parametrize("place", [[], ["--project", "definitions"], ["--project", "definitions/sources.yaml"]], ids=str)
def test_the_moment_is_that_of_data_yaml(
    acme: Path, stage: str, end: str, place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    bind(acme, "as_of: 2026-04-01\nsources: {leads: {csv: nowhere.csv}}\n")
    assert run(["explain", "leads", "--stage", stage, "--every", "month", *place]) == Exit.WELL
    out, err = capsys.readouterr()
    assert end in out and err == ""


def test_what_the_command_says_comes_first(acme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bind(acme, "as_of: 2026-04-01\n")
    assert run([*PLAN, "--as-of", "2025-02-01"]) == Exit.WELL
    assert "to 2025-02-01\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"), [("as_of: soon\n", "data.yaml:1:8"), ("as_of: [", "data.yaml:1:"), ("\udc80", "data.yaml"), ("", "")]
)
def test_without_a_moment_in_data_yaml_it_is_now(acme: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    (acme / "data.yaml").unlink()
    assert run(PLAN) == Exit.WELL
    now = cells(capsys.readouterr().out)
    (acme / "data.yaml").write_bytes(text.encode(errors="surrogateescape"))
    assert run(PLAN) == Exit.WELL
    out, err = capsys.readouterr()
    assert (cells(out), bool(err)) == (now, bool(said)) and said in err


IDLE = {
    "--every month": "`--every` belongs to what would run: it needs `--stage`",
    "--by channel": "`--by` belongs",
    "--from 2026-01": "`--from` belongs",
    "--to 2026-02": "`--to` belongs",
    "--as-of 2026-02-01": "`--as-of` belongs",
    "--where channel=1": "`--where` belongs",
    "--set a=1": "`--set` belongs",
    "--dialect duckdb": "`--dialect` says whose SQL is written: it needs `--stage sql`",
    "--stage plan --dialect postgres": "`--dialect` says whose SQL is written: it needs `--stage sql`",
    "--stage plan --proofs": "`--proofs` shows what is proved and `--stage` what would run",
    "--stage sql --proofs": "`--proofs` shows what is proved and `--stage` what would run",
    "--stage plan --format json": "what would run is written as text: leave out `--format json` or `--stage`",
    "--stage sql --format markdown": "leave out `--format markdown` or `--stage`",
}


@pytest.mark.parametrize(("words", "message"), IDLE.items(), ids=IDLE)
def test_what_would_do_nothing_is_refused(acme: Path, words: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "win_rate", *words.split()]) == Exit.MISUSE
    out, err = capsys.readouterr()
    assert out == "" and message in err and "`kpidsl explain --help` shows what there is" in err


def test_a_diagnostic_has_no_proofs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "unit-mismatch", "--proofs"]) == Exit.MISUSE
    assert "`unit-mismatch` is a diagnostic" in capsys.readouterr().err


def test_text_and_habits_are_no_misuse(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run([*PLAN, "--format", "text"]) == Exit.WELL
    monkeypatch.setenv("KPIDSL_EXPLAIN_DIALECT", "postgres")
    assert run(["explain", "win_rate"]) == Exit.WELL
