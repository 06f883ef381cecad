"""Definitions to the findings about them: codes and what they are about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from small_company import company

from kpidsl.checks.check import check
from kpidsl.diagnostics import Diagnostic, Severity

CASES = yaml.safe_load((Path(__file__).parent / "findings.yaml").read_text())
NOT_FAST = {"identity-unknown"}


def short(finding: Diagnostic) -> str:
    return f"{finding.code} {finding.headline.split('`')[1]}"


def wanted(case: dict[str, Any], *, fast: bool) -> list[str]:
    """`proved` are the findings that only a proof gives."""
    found = case["findings"] + ([] if fast else case.get("proved", []))
    return sorted(finding for finding in found if not fast or finding.split()[0] not in NOT_FAST)


def examine(case: dict[str, Any], *, fast: bool) -> list[str]:
    catalog = company(case.get("kpis", ""), case.get("identities", ""))
    return sorted(map(short, check(catalog, fast=fast, cache=False)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_findings(case: dict[str, Any]) -> None:
    assert examine(case, fast=False) == wanted(case, fast=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_fast_check_finds_the_same_without_proofs(case: dict[str, Any]) -> None:
    assert examine(case, fast=True) == wanted(case, fast=True)


def one(kpis: str, code: str) -> Diagnostic:
    (finding,) = [finding for finding in check(company(kpis), cache=False) if finding.code == code]
    return finding


def place(finding: Diagnostic, number: int = 0) -> str:
    label = finding.labels[number]
    return label.file.text[label.span.start : label.span.end]


def test_places_of_the_same_meaning() -> None:
    finding = one("a: {formula: won / deals}\nb: {formula: 2 * won / (deals + deals)}", "same-meaning")
    assert (place(finding), place(finding, 1)) == ("2 * won / (deals + deals)", "won / deals")


def test_the_place_of_a_zero() -> None:
    assert place(one("a: {formula: won / (deals / (lost - lost)) + won}", "always-undefined")) == "(lost - lost)"
    assert place(one("a: {formula: won + deals / 0}", "always-undefined")) == "0"


def test_a_range_the_wrong_way_round_is_turned() -> None:
    finding = one("a: {formula: won / deals, benchmarks: {plan: {range: 30% to 15%}}}", "empty-range")
    assert finding.severity is Severity.ERROR
    assert finding.edit is not None and finding.edit.replacement == "15% to 30%"


def test_bare_percents_are_marked() -> None:
    finding = one("a: {formula: customers / leads, benchmarks: {plan: {range: 20 to 40}}}", "unreachable-range")
    assert finding.edit is not None and finding.edit.replacement == "20% to 40%"
    assert one("a: {formula: customers / leads, benchmarks: {plan: {range: above 110%}}}", "unreachable-range").edit is None


def test_a_constant_says_what_it_is() -> None:
    for formula, value in [
        ("won - won", "0"),
        ("(won + won) / (8 * won)", "0.25"),
        ("2 * margin", "0.6"),
        ("ln(2)", "the same"),
    ]:
        assert one(f"a: {{formula: {formula}}}", "constant-formula").headline.endswith(f" {value}")


def test_long_chains_and_hostile_formulas_end() -> None:
    chain = "\n".join(f"k{index + 1}: {{formula: k{index} * k{index} + big}}" for index in range(400))
    hostile = "tower: {formula: ((9 ^ 9) ^ 9) ^ 9}\nlarge: {formula: ((won / deals + 7) ^ 64) ^ 64}"
    chain += "\nk401: {formula: k400 * 2, benchmarks: {plan: {range: at least 1}}}"
    catalog = company(
        f"k0: {{formula: big + 1 * big}}\n{chain}\n{hostile}", "a: {claim: k400 = k399}\nb: {claim: large = tower}"
    )
    found = check(catalog, cache=False)
    assert {short(finding) for finding in found} <= {
        "benchmark-without-period k401",
        "constant-formula tower",
        "identity-refuted a",
        "identity-unknown a",
        "identity-refuted b",
        "identity-unknown b",
    }
    assert found == check(catalog, cache=False)
