"""`--receipts`: files that keep to the schema, byte for byte the same each time, all of them or none."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kpidsl.cli.exits import Exit
from kpidsl.cli.main import run
from kpidsl.render.receipts import file_stem

SCHEMA = json.loads((Path(__file__).parents[2] / "grammar" / "result.schema.json").read_text())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    run(["new", "acme"])
    monkeypatch.chdir(tmp_path / "acme")
    return tmp_path / "acme"


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["run", "leads", "win_rate", "growth(win_rate)", "--by", "channel", "--every", "month"],
        ["run", "average(rolling(leads, 2 months), month) as smooth", "--every", "quarter", "--where", 'channel = "email"'],
        ["calc", "win_rate", "new_customers=3", "leads=60"],
        ["run", "--from", "2030-01", "--as-of", "2030-02-01", "--every", "month"],
    ],
    ids=" ".join,
)
def test_files_keep_to_the_schema_and_are_the_same_each_time(words: list[str], project: Path) -> None:
    written = []
    for _ in range(2):
        assert run([*words, "--receipts", "out"]) == Exit.WELL
        written.append({path.name: path.read_bytes() for path in (project / "out").iterdir()})
    assert written[0] == written[1] and len(written[0]) > 1
    for name, content in written[0].items():
        if name.endswith(".json"):
            document = json.loads(content)
            Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(document)
            assert document["kind"] == "receipts"


def test_a_source_that_fails_is_in_the_files(project: Path) -> None:
    (project / "data" / "spend.csv").unlink()
    assert run(["run", "acquisition_cost", "--receipts", "out"]) == Exit.MISUSE
    document = json.loads((project / "out" / "acquisition_cost.json").read_text())
    Draft202012Validator(SCHEMA).validate(document)
    assert document["failure"] == "source spend could not be used"


def test_a_place_that_can_be_no_folder(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in ("kpidsl.yaml", "kpidsl.yaml/out"):
        assert run(["run", "leads", "--receipts", place]) == Exit.MISUSE
        assert place in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever may do everything may write everywhere")
def test_a_folder_that_cannot_be_written_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "out").mkdir(mode=0o500)
    assert run(["run", "leads", "--receipts", "out"]) == Exit.MISUSE
    assert "`out` cannot be written to" in capsys.readouterr().err
    assert list((project / "out").iterdir()) == []


def test_what_is_no_receipt_stays(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = project / "out"
    (out / "win_rate.md").mkdir(parents=True)
    (out / "leads.json").symlink_to(project / "kpidsl.yaml")
    before = (project / "kpidsl.yaml").read_bytes()
    for kpi in ("win_rate", "leads"):
        assert run(["run", kpi, "--receipts", "out"]) == Exit.MISUSE
        assert "is no receipt; nothing was written" in capsys.readouterr().err
    assert sorted(path.name for path in out.iterdir()) == ["leads.json", "win_rate.md"]
    assert (project / "kpidsl.yaml").read_bytes() == before


def test_a_link_to_earlier_receipts_is_replaced_and_what_it_leads_to_stays(project: Path) -> None:
    run(["run", "leads", "--receipts", "first"])
    before = (project / "first" / "leads.json").read_bytes()
    (project / "out").mkdir()
    (project / "out" / "leads.json").symlink_to(project / "first" / "leads.json")
    assert run(["run", "leads", "--every", "month", "--receipts", "out"]) == Exit.WELL
    assert (project / "first" / "leads.json").read_bytes() == before
    assert not (project / "out" / "leads.json").is_symlink()


@pytest.mark.parametrize("name", ["growth(cac, 1 year)", "../../etc/passwd", "con", "x" * 300, "a/b", ".hidden", "", "ä\ud800"])
def test_file_names_are_safe(name: str) -> None:
    stem = file_stem(name)
    assert stem != name and len(stem) < 60
    assert set(stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")


def test_names_of_the_language_are_file_names() -> None:
    assert file_stem("win_rate") == "win_rate"
    assert file_stem("a + b") != file_stem("a - b")


def test_a_scorecard_says_how_its_mean_comes_about(project: Path) -> None:
    (project / "definitions" / "cards.yaml").write_text("scorecards: {both: {kpis: {win_rate: 75%, acquisition_cost: 25%}}}\n")
    assert run(["run", "--scorecard", "both", "--receipts", "out"]) == Exit.WELL
    text = (project / "out" / "scorecard-both.md").read_text()
    mean = re.search(r"- score: `\((.*)\) / (.*)% = (.*)`", text)
    assert mean is not None
    weighed = sum(float(weight) * float(score) for weight, score in (part.split("% * ") for part in mean[1].split(" + ")))
    assert weighed / float(mean[2]) == pytest.approx(float(mean[3]), rel=1e-4)
    assert "- `win_rate`: weight 75%, score " in text
