"""What is on record of earlier checks: that it saves work, and that it never does harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_company import DEFINITIONS

from kpidsl.checking import check, load
from kpidsl.checks import cache as kept_answers
from kpidsl.checks import record
from kpidsl.workflow import parts
from kpidsl.workflow.recheck import recheck

ROOT = Path(__file__).parents[2]
AREAS = {
    "rates.yaml": "kpis:\n  win_rate: {formula: won / deals}\n  hit_rate: {formula: won / (deals + 0)}\n",
    "sizes.yaml": "kpis:\n  size: {formula: revenue / won}\n",
    "bigger.yaml": "kpis:\n  bigger: {formula: size * 2}\n  biggest: {formula: bigger * 2}\n",
    "costs.yaml": "kpis:\n  gain: {formula: (revenue - cost) / revenue}\n",
    "plain.yaml": "kpis:\n  plain: {formula: deals}\n",
    "share.yaml": "kpis:\n  lost_share: {formula: lost / deals}\n",
    "more.yaml": "kpis:\n  per_deal: {formula: revenue / deals}\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for name, text in {"kpidsl.yaml": DEFINITIONS, **AREAS}.items():
        (folder / name).write_text(text)
    return folder


def the_record(folder: Path) -> Path:
    (path,) = folder.glob("record-*.json")
    return path


def test_a_check_without_an_edit_reads_no_definition(project: Path, tmp_path: Path) -> None:
    (project / "cache").mkdir()
    first = recheck(project, cache=tmp_path / "cache")
    assert [finding.code for finding in first.findings] == ["same-meaning"]
    program = (
        "import sys; from pathlib import Path; from kpidsl.workflow.recheck import recheck\n"
        "found = recheck(Path(sys.argv[1]), cache=Path(sys.argv[2]))\n"
        "print([each.code for each in found.findings], sorted({'yaml', 'sympy', 'kpidsl.catalog.build'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(project), str(tmp_path / "cache")], check=True, capture_output=True, text=True
    )
    assert done.stdout == "['same-meaning'] []\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "part"),
    [
        ("plain.yaml", "deals", "deals * 2", {"plain.yaml"}),
        ("sizes.yaml", "revenue / won", "cost / won", {"sizes.yaml", "bigger.yaml"}),
        ("more.yaml", "revenue / deals", "won / deals", {"more.yaml", "rates.yaml"}),
        ("share.yaml", "lost / deals", "(won + 0) / deals", {"share.yaml", "rates.yaml"}),
    ],
)
def test_an_edit_checks_what_hangs_on_it(
    name: str, old: str, new: str, part: set[str], project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recheck(project, cache=tmp_path / "cache")
    (project / name).write_text(AREAS[name].replace(old, new))
    anew: list[set[str]] = []
    keep = parts._kept

    def noted(files: list[object], checked: object) -> object:
        anew.append({Path(file.name).name for file in files})
        return keep(files, checked)

    monkeypatch.setattr(parts, "_kept", noted)
    found = recheck(project, cache=tmp_path / "cache").findings
    assert anew[-1] == part
    assert list(found) == list(check(load(project), cache=False))


@pytest.mark.parametrize("damage", ["", "{", "kpidsl", "\x00", "[]", "kpidsl x y\n[]"])
def test_a_damaged_record_is_ignored(damage: str, project: Path, tmp_path: Path) -> None:
    first = recheck(project, cache=tmp_path / "cache").findings
    path = the_record(tmp_path / "cache")
    path.write_text(damage)
    assert recheck(project, cache=tmp_path / "cache").findings[:] == first[:]


def test_every_changed_letter_is_noticed(project: Path, tmp_path: Path) -> None:
    first = recheck(project, cache=tmp_path / "cache").findings
    path = the_record(tmp_path / "cache")
    text = path.read_text()
    for at in range(0, len(text), 97):
        path.write_text(text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :])
        assert record.load(path) is None
    path.write_text(text)
    assert record.load(path) is not None
    assert recheck(project, cache=tmp_path / "cache").findings[:] == first[:]


ROW = ["kpidsl.yaml", "", [], True, []]


@pytest.mark.parametrize("rows", [[["x"]], {"a": 1}, [[["x"], *ROW[1:], []]], [[*ROW, [7]]], 7])
def test_a_record_of_another_form_is_ignored(rows: object, project: Path, tmp_path: Path) -> None:
    first = recheck(project, cache=tmp_path / "cache").findings
    path = the_record(tmp_path / "cache")
    payload = json.dumps(rows)
    path.write_text(f"{record._header(payload)}\n{payload}")
    assert recheck(project, cache=tmp_path / "cache").findings[:] == first[:]


def test_one_made_by_another_state_of_the_package_is_ignored(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recheck(project, cache=tmp_path / "cache")
    path = the_record(tmp_path / "cache")
    assert record.load(path) is not None
    monkeypatch.setattr(record, "_made_by", lambda: "another")
    assert record.load(path) is None


def test_mistakes_are_not_on_record(project: Path, tmp_path: Path) -> None:
    recheck(project, cache=tmp_path / "cache")
    before = the_record(tmp_path / "cache").read_text()
    (project / "plain.yaml").write_text("kpis:\n  plain: {formula: dealz}\n")
    assert [each.code for each in recheck(project, cache=tmp_path / "cache").findings.errors] == ["unknown-name"]
    assert the_record(tmp_path / "cache").read_text() == before


def test_processes_at_once_agree(project: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from kpidsl.workflow.recheck import recheck\n"
        "for n in range(5):\n"
        "    Path(sys.argv[1], 'plain.yaml').write_text(f'kpis:\\n  plain: {{formula: deals * {n + 2}}}\\n')\n"
        "    print([each.code for each in recheck(Path(sys.argv[1]), cache=Path(sys.argv[2])).findings])"
    )
    (project / "plain.yaml").unlink()
    command = [sys.executable, "-c", program, str(project), str(tmp_path / "cache")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert {line for process in processes for line in process.communicate()[0].splitlines()} == {"['same-meaning']"}
    assert not list((tmp_path / "cache").glob(".*"))


def test_a_folder_keeps_so_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_answers, "MOST_KEPT", 5)
    (tmp_path / "expression-1.json").write_text("")
    for number in range(9):
        record.save(tmp_path / f"record-{number}.json", {})
        os.utime(tmp_path / f"record-{number}.json", (number, number))
    record.save(tmp_path / "record-9.json", {})
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["expression-1.json", *(f"record-{number}.json" for number in (5, 6, 7, 8, 9))]


def test_a_rule_that_looks_everywhere_is_asked_of_everything(tmp_path: Path) -> None:
    base, cache = tmp_path / "project", tmp_path / "cache"
    base.mkdir()
    (base / "kpidsl.yaml").write_text(
        "project: {language: 1, name: x, rules: {set: minimal, on: [unused-measure]}}\n"
        "sources: {deals: {time: day, columns: {day: date, v: number}}}\n"
    )
    for number in range(6):
        (base / f"m{number}.yaml").write_text(f"measures: {{m{number}: sum(deals.v), n{number}: count(deals)}}\n")
        (base / f"k{number}.yaml").write_text(f"kpis: {{k{number}: {{formula: m{number} / n{number}}}}}\n")
    assert not recheck(base, cache=cache).findings
    (base / "k3.yaml").write_text("kpis: {k3: {formula: m3}}\n")
    for _ in range(2):
        (finding,) = recheck(base, cache=cache).findings
        assert (finding.code, finding.labels[0].file.name.endswith("m3.yaml")) == ("unused-measure", True)
