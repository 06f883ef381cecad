"""`--fail-on` looks at verdicts of benchmarks that are alarms: one that is a warning lets a command pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpidsl.cli.main import run

DEFINITIONS = """
kpis:
  win_rate:
    better: higher
    inference: census
    formula: won / deals
    benchmarks:
      plan: {{range: at least 40%{severity}}}
measures:
  won: {{formula: count(deals where won), unit: deal}}
  deals: count(deals)
units: {{entities: {{deal: {{}}}}}}
sources:
  deals: {{row: deal, time: day, columns: {{day: date, won: boolean}}}}
"""


@pytest.mark.parametrize(
    ("severity", "code"), [("", 3), (", severity: error", 3), (", severity: warning", 0), (", severity: note", 0)]
)
@pytest.mark.parametrize("command", ["run", "report", "calc"])
def test_a_warning_does_not_fail_a_run(
    command: str, severity: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kpidsl.yaml").write_text("")
    (tmp_path / "sales.yaml").write_text(DEFINITIONS.format(severity=severity))
    (tmp_path / "deals.csv").write_text("day,won\n2026-01-05,true\n2026-01-06,false\n2026-01-07,false\n")
    (tmp_path / "data.yaml").write_text("sources: {deals: {csv: deals.csv}}\n")
    asked = {
        "calc": ["win_rate", "won=1", "deals=3"],
        "run": ["--every", "month"],
        "report": ["--every", "month", "--format", "text"],
    }
    assert run([command, *asked[command], "--fail-on", "short"]) == code
