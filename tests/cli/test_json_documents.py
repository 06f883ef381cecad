"""Every document that a command writes as JSON keeps to grammar/result.schema.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kpidsl.cli.main import run

SCHEMA = json.loads((Path(__file__).parents[2] / "grammar" / "result.schema.json").read_text())


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["check", "--fast"], "diagnostics"),
        (["test"], "tests"),
        (["run"], "result"),
        (["run", "leads", "won_share", "--by", "channel", "--every", "month"], "result"),
        (["calc", "won_share", "win_rate=12%"], "result"),
        (["explain", "win_rate"], "explanation"),
        (["explain", "won_share"], "explanation"),
        (["diff", ".", "definitions/more.yaml"], "diff"),
        (["diff", "../before", ".", "--data", "data", "--every", "month", "--by", "channel"], "diff"),
        *((["list", each], "list") for each in ("kpis", "measures", "dimensions", "sources", "parameters", "codes")),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else part,
)
def test_json(
    words: list[str], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run(["new", "acme"])
    run(["new", "before"])
    (tmp_path / "before" / "definitions" / "old.yaml").write_text(
        "kpis:\n"
        "  won_share: {formula: win_rate * 2}\n"
        "  window: {formula: 'rolling(leads, 2 months)'}\n"
        "  gone: {formula: leads}\n"
    )
    monkeypatch.chdir(tmp_path / "acme")
    (tmp_path / "acme" / "definitions" / "more.yaml").write_text(
        "kpis:\n"
        "  won_share: {formula: 100% - win_rate, examples: [{given: {win_rate: 20%}, expect: 1}]}\n"
        "  odd: {formula: nothing}\n"
        "  window: {formula: 'rolling(leads, 3 months)'}\n"
    )
    capsys.readouterr()
    run([*words, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(document)
    assert document["kind"] == kind
