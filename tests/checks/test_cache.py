"""What is kept between runs, and that it never does harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_company import DEFINITIONS, company

from kpidsl.checks.cache import Cache
from kpidsl.checks.check import check, identity_outcomes

KPIS = """
win_rate: {formula: won / deals}
hit_rate: {formula: won / (0 + deals)}
nothing: {formula: won - won}
average_deal: {formula: revenue / won}
double: {formula: average_deal * 2}
"""
IDENTITIES = """
value: {claim: revenue = won * average_deal}
open-deals: {claim: deals = won + lost}
"""


def kept(folder: Path) -> dict[str, object]:
    (path,) = folder.glob("*.json")
    return json.loads(path.read_text())


def test_the_second_check_finds_the_same(tmp_path: Path) -> None:
    catalog = company(KPIS, IDENTITIES)
    first = check(catalog, cache=tmp_path)
    assert [finding.code for finding in first] == ["same-meaning", "constant-formula", "identity-refuted"]
    before = kept(tmp_path)
    assert check(catalog, cache=tmp_path) == first == check(catalog, cache=False)
    assert kept(tmp_path) == before
    assert identity_outcomes(catalog, cache=tmp_path) == identity_outcomes(catalog, cache=False)
    assert kept(tmp_path) == before


def test_an_edit_rechecks_only_what_depends_on_it(tmp_path: Path) -> None:
    check(company(KPIS, IDENTITIES), cache=tmp_path)
    before = set(kept(tmp_path))
    check(company(KPIS.replace("revenue / won", "cost / won"), IDENTITIES), cache=tmp_path)
    after = set(kept(tmp_path))
    assert len(after - before) == len(before - after) == 1, "the identity about it; units are of the shape that they were"
    check(company(KPIS.replace("revenue / won", "(revenue + cost) / won"), IDENTITIES), cache=tmp_path)
    assert len(set(kept(tmp_path)) - after) == 2, "the KPI too, which is of a new shape"


def test_what_is_no_longer_asked_for_is_dropped(tmp_path: Path) -> None:
    check(company(KPIS, IDENTITIES), cache=tmp_path)
    check(company(), cache=tmp_path)
    check(company(), cache=tmp_path / "other")
    assert kept(tmp_path) == kept(tmp_path / "other")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": 1', "\x00\xff", '{"identity": {"kind": 7}}', "[" * 100_000])
def test_a_damaged_cache_is_ignored(tmp_path: Path, text: str) -> None:
    catalog = company(KPIS, IDENTITIES)
    first = check(catalog, cache=tmp_path)
    (path,) = tmp_path.glob("*.json")
    path.write_text(text)
    assert check(catalog, cache=tmp_path) == first


def test_damaged_answers_are_ignored(tmp_path: Path) -> None:
    catalog = company(KPIS, IDENTITIES)
    first, outcomes = check(catalog, cache=tmp_path), identity_outcomes(catalog, cache=False)
    (path,) = tmp_path.glob("*.json")
    for wrong in (7, "x", None, [], {}, {"kind": "refuted", "why": "", "assumptions": [], "inputs": None, "sides": None}):
        path.write_text(json.dumps(dict.fromkeys(kept(tmp_path), wrong)))
        assert check(catalog, cache=tmp_path) == first
        assert identity_outcomes(catalog, cache=tmp_path) == outcomes


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    catalog = company(KPIS, IDENTITIES)
    assert check(catalog, cache=tmp_path / "file" / "folder") == check(catalog, cache=False)


def test_of_two_writers_one_wins_and_nothing_else_is_left(tmp_path: Path) -> None:
    one, other = Cache(tmp_path, ["project"]), Cache(tmp_path, ["project"])
    one.put("a", 1)
    other.put("b", 2)
    one.save()
    other.save()
    assert kept(tmp_path) == {"b": 2}
    assert len(os.listdir(tmp_path)) == 1


def run(code: str, *arguments: str) -> str:
    program = f"import sys, kpidsl\nfrom pathlib import Path\nfrom kpidsl.checks.check import check, identity_outcomes\n{code}"
    return subprocess.run([sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True).stdout


def test_processes_at_once_agree(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text(DEFINITIONS + "kpis:\n  a: {formula: won - won}\n")
    program = (
        "import sys, kpidsl; from pathlib import Path; from kpidsl.checks.check import check\n"
        "print([found.code for found in check(kpidsl.load(sys.argv[1]), cache=Path(sys.argv[2]))])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "project.yaml"), str(tmp_path / "cache")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert {process.communicate()[0] for process in processes} == {"['constant-formula']\n"}
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_warm_check_and_a_fast_one_import_no_sympy(tmp_path: Path) -> None:
    text = DEFINITIONS + "kpis:\n  a: {formula: won / deals}\n  b: {formula: won / (deals + 0)}\n  c: {formula: won / won}\n"
    text += "identities: {i: {claim: a = b}, j: {claim: deals = won + lost}}\n"
    (tmp_path / "project.yaml").write_text(text)
    load = "catalog = kpidsl.load(sys.argv[1]); folder = Path(sys.argv[2])\n"
    places = (str(tmp_path / "project.yaml"), str(tmp_path / "cache"))
    show = "print([found.code for found in {}], 'sympy' in sys.modules)"
    codes = "['same-meaning', 'constant-formula', 'identity-refuted']"
    assert run(load + show.format("check(catalog, fast=True, cache=folder)"), *places) == f"{codes} False\n"
    assert run(load + show.format("check(catalog, cache=folder)"), *places) == f"{codes} True\n"
    assert run(load + show.format("check(catalog, cache=folder)"), *places) == f"{codes} False\n"
    both = "print([found.kind.value for found in identity_outcomes(catalog, cache=folder)], 'sympy' in sys.modules)"
    assert run(load + both, *places) == "['proved', 'refuted'] False\n"
