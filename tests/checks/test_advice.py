"""Which advice is said: the table of rules against what the checks find, what a project switches, what comments ignore."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

import kpidsl
from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.documents.rules import RULES, SETS, Rules

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "diagnostics"
COMPANY = (ROOT / "tests" / "diagnostics" / "company.yaml").read_text(encoding="utf-8")
# About comments, which it would make no sense to ignore by a comment.
ABOUT_COMMENTS = {"ignore-of-error", "ignore-spelling", "ignore-without-reason", "unknown-code", "unused-ignore"}
# It takes more formulas than fit on a page.
LONG = {"work-used-up"}


def found(text: str, *, fast: bool = False) -> list[Diagnostic]:
    """What is said of a text beside the company's definitions, of which it does not use all."""
    findings = kpidsl.check(kpidsl.load(texts={"company.yaml": COMPANY, "a.yaml": text}), fast=fast, cache=False)
    return [each for each in findings if not each.labels or each.labels[0].file.name == "a.yaml"]


def codes(text: str, *, fast: bool = False) -> list[str]:
    return sorted(finding.code for finding in found(text, fast=fast))


# The table of rules


def test_every_set_has_the_rules_of_those_before_it() -> None:
    sets = [{code for code in RULES if Rules(name).has(code)} for name in SETS]
    assert all(smaller < larger for smaller, larger in pairwise(sets))
    assert sets[-1] == RULES.keys()


@pytest.mark.parametrize("code", RULES)
def test_a_rule_finds_what_its_page_says(code: str) -> None:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {code}\n\n## What it finds\n{RULES[code].finds}\n")


@pytest.mark.parametrize("set_", SETS)
def test_the_specification_lists_the_rules_of_each_set(set_: str) -> None:
    text = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{set_}` \| (.+) \|$", text, flags=re.M)
    assert re.findall(r"`([^`]+)`", row) == [code for code, rule in RULES.items() if rule.since == set_]


def cases() -> list[Path]:
    """The smallest wrong definitions for each code."""
    return sorted(path for path in (ROOT / "tests" / "diagnostics").rglob("input.yaml"))


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.parent.name)
def test_whatever_is_no_error_is_a_rule(path: Path) -> None:
    findings = kpidsl.check(kpidsl.load(path), cache=False)
    advice = {each.code for each in findings if each.severity is not Severity.ERROR}
    assert advice <= RULES.keys() | ABOUT_COMMENTS
    assert {each.code for each in findings.errors} & RULES.keys() == set()


def example(code: str) -> str:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    match = re.search(r"^## Example\n```yaml(?: no-check)?\n(.*?)^```", page, flags=re.M | re.S)
    assert match is not None
    return re.sub(r"^project:.*\n", "", match[1])


@pytest.mark.parametrize("code", sorted(RULES.keys() - LONG))
def test_every_rule_can_be_switched(code: str) -> None:
    text = example(code)
    assert code in codes(f"project: {{rules: {{set: minimal, on: [{code}]}}}}\n{text}")
    assert code not in codes(f"project: {{rules: {{set: strict, off: {{{code}: agreed}}}}}}\n{text}")


def with_comment(text: str, finding: Diagnostic, alone: bool) -> str:
    label = finding.labels[0]
    assert label.file.name == "a.yaml"
    number = label.file.place(label.span.start)[0]
    comment = f"# kpidsl: ignore[{finding.code}] agreed"
    lines = text.split("\n")
    lines[number - 1 : number] = [comment, lines[number - 1]] if alone else [f"{lines[number - 1]}  {comment}"]
    return "\n".join(lines)


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("code", sorted(RULES.keys() - LONG))
def test_every_rule_can_be_ignored(code: str, alone: bool) -> None:
    text = f"project: {{rules: {{set: minimal, on: [{code}]}}}}\n{example(code)}"
    before = found(text)
    for finding in [each for each in before if each.code == code][::-1]:
        text = with_comment(text, finding, alone)
    assert codes(text) == [each.code for each in sorted(before, key=lambda each: each.code) if each.code != code]


@pytest.mark.parametrize("code", sorted(RULES.keys() - LONG))
def test_every_rule_can_be_ignored_in_a_whole_file(code: str) -> None:
    text = f"project: {{rules: {{set: minimal, on: [{code}]}}}}\n{example(code)}"
    before = codes(text)
    assert codes(f"# kpidsl: ignore-file[{code}] agreed\n{text}") == [each for each in before if each != code]


def test_a_comment_about_a_line_comes_before_one_about_its_file() -> None:
    text = "# kpidsl: ignore-file[constant-formula] agreed\nkpis: {a: {formula: 7}}  # kpidsl: ignore[constant-formula] known\n"
    (finding,) = found(text)
    assert (finding.code, finding.labels[0].span.start) == ("unused-ignore", text.index("constant"))
    assert codes(text.replace("kpis: {", "kpis: { b: {formula: 8},\n  ")) == []


def test_a_comment_about_a_file_is_about_no_other() -> None:
    texts = {"company.yaml": COMPANY, "a.yaml": "# kpidsl: ignore-file[constant-formula] agreed\nkpis: {a: {formula: 7}}\n"}
    texts["b.yaml"] = "kpis: {b: {formula: 7}}\n"
    (finding,) = kpidsl.check(kpidsl.load(texts=texts), cache=False)
    assert (finding.code, finding.labels[0].file.name) == ("constant-formula", "b.yaml")


# What comments do not do

TWICE = "kpis:\n  a: {formula: won / deals}\n  b: {formula: won / deals}"


def test_the_comment_stands_at_the_main_place() -> None:
    ignored = TWICE.replace("deals}\n", "deals}  # kpidsl: ignore[same-meaning] agreed\n")
    assert codes(ignored) == ["same-meaning", "unused-ignore"]


def test_a_fast_check_does_not_know_what_is_unused() -> None:
    text = "identities: {a: {claim: exp(ln(won / deals)) = won / deals}}  # kpidsl: ignore[identity-unknown] obvious"
    assert codes(text) == codes(text, fast=True) == []
    assert codes(text.replace("exp(ln(won / deals))", "won / deals")) == ["unused-ignore"]


def test_a_file_of_the_same_text_is_another_file() -> None:
    texts = {"company.yaml": COMPANY, "a.yaml": "kpis: {a: {formula: 7}}  # kpidsl: ignore[constant-formula] agreed"}
    texts["b.yaml"] = "kpis: {b: {formula: 7}}\n"
    (finding,) = kpidsl.check(kpidsl.load(texts=texts), cache=False)
    assert (finding.code, finding.labels[0].file.name) == ("constant-formula", "b.yaml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("kpis: {a: {formula: won / deals}}  # kpidsl: ignore[same-meaning] so\n", "kpis: {a: {formula: won / deals}}\n"),
        ("kpis:\n  # kpidsl: ignore[same-meaning] so\n  a: {formula: won / deals}\n", "kpis:\n  a: {formula: won / deals}\n"),
        ("# kpidsl: ignore[same-meaning] so\r\nkpis: {}\r\n", "kpis: {}\r\n"),
    ],
)
def test_a_comment_of_no_use_can_be_removed_by_a_machine(before: str, after: str) -> None:
    (finding,) = found(before)
    edit = finding.edit
    assert edit is not None
    assert before[: edit.span.start] + edit.replacement + before[edit.span.end :] == after
