"""Definitions written to do harm or by accident: each gets findings, none an exception, all in bounded work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import kpidsl

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
IN_KPI = "kpis:\n  a:\n    "

# A name, the text of a file, and a code that must be among its findings; None: there is nothing to say.
FILES: list[tuple[str, str, str | None]] = [
    ("empty", "", None),
    ("only comments", "# nothing\n", None),
    ("only a mark", "---\n", None),
    ("empty sections", "units:\nsources:\nmeasures:\nkpis:\ntests:\n", None),
    ("a text", "hello\n", "wrong-shape"),
    ("a list", "- a\n", "wrong-shape"),
    ("brackets", "[" * 100_000, "yaml-too-large"),
    ("braces", "{" * 100_000, "yaml-too-large"),
    ("dashes", "- " * 100_000, "yaml-too-large"),
    ("deep layout", "\n".join(" " * depth + "a:" for depth in range(500)), "yaml-too-large"),
    ("exploding aliases", LAUGHS, "yaml-too-large"),
    ("alias of itself", "a: &a [*a]\n", "yaml-alias"),
    ("unknown alias", f"{IN_KPI}formula: *spend + 1\n", "yaml-syntax"),
    ("a python object", 'kpis: !!python/object/apply:os.system ["id"]\n', "yaml-tag"),
    ("binary tag", "kpis:\n  a: {formula: !!binary aGVsbG8=}\n", "yaml-tag"),
    ("merge key", "kpis:\n  <<: {}\n", "yaml-merge-key"),
    ("key twice", "kpis:\n  a: {formula: 1, formula: 2}\n", "duplicate-key"),
    ("key twice, once quoted", 'kpis:\n  a: {formula: "1"}\n  "a": {formula: "2"}\n', "duplicate-key"),
    ("key twice in a row", "tests: {t: {given: {s: [{a: 1, a: 2}]}, ask: {kpis: [x]}, expect: []}}\n", "duplicate-key"),
    ("number as a name", "kpis:\n  1: {formula: '1'}\n", "name-spelling"),
    ("date as a name", "kpis:\n  2020-01-01: {formula: '1'}\n", "name-spelling"),
    ("truth as a name", "kpis:\n  true: {formula: '1'}\n", "name-spelling"),
    ("no name", "kpis:\n  '': {formula: '1'}\n", "name-spelling"),
    ("dunder as a name", "kpis:\n  __class__: {formula: '1'}\n", "name-spelling"),
    ("list as a key", "kpis:\n  ? [a, b]\n  : 1\n", "yaml-key"),
    ("tabs", "kpis:\n\ta:\n\t\tformula: 1\n", "yaml-syntax"),
    ("two documents", "kpis: {}\n---\nkpis: {}\n", "several-documents"),
    ("directive", "%FOO\n", "yaml-syntax"),
    ("bell", "kpis: {a: {title: a\x07b}}\n", "yaml-syntax"),
    ("half a character", 'kpis: {a: {title: "\\ud800"}}\n', "yaml-syntax"),
    ("beyond all characters", 'kpis: {a: {title: "\\UFFFFFFFF"}}\n', "yaml-syntax"),
    ("comma in braces", "measures: {spend: sum(a, b)}\n", "comma-in-braces"),
    ("comment in a formula", f"{IN_KPI}formula: a + #b\n", "comment-cut"),
    ("question mark", f"{IN_KPI}formula: a ? b : c\n", "yaml-syntax"),
    ("no space after the colon", f"{IN_KPI}formula:1\n    title: x\n", "yaml-syntax"),
    ("indented too far", f"{IN_KPI}formula: 1\n      title: x\n", "yaml-syntax"),
    ("quote left open", f'{IN_KPI}title: "abc\n    formula: 1\n', "yaml-syntax"),
    ("sign of YAML", f"{IN_KPI}unit: %\n", "yaml-syntax"),
    ("subsets in a circle", "units: {entities: {a: {subset_of: b}, b: {subset_of: a}}}\n", "circular-definition"),
    ("zone that is a path", "project: {calendar: {timezone: ../../etc/passwd}}\n", "unknown-timezone"),
    ("zone with a NUL", 'project: {calendar: {timezone: "\\0"}}\n', "unknown-timezone"),
    ("language of tomorrow", f"project: {{language: {'9' * 30}}}\n", "unknown-language"),
    ("everything is something else", "sources: 1\nkpis: [1]\nmeasures: x\ntests: true\n", "wrong-shape"),
    ("one long line", f"{IN_KPI}formula: {'1 + ' * 2_000}1\n", "expression-too-large"),
    ("blanks and line breaks", " \n" * 100_000, None),
]


@pytest.mark.parametrize(("text", "code"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_a_hostile_file_gets_findings_with_a_place(text: str, code: str | None) -> None:
    found = kpidsl.check(kpidsl.load(texts={"a.yaml": text}), fast=True)
    assert code in [finding.code for finding in found] if code is not None else not found
    for finding in found:
        for label in finding.labels:
            line, column = label.file.place(label.span.start)
            assert line >= 1 and column >= 1 and 0 <= label.span.start <= label.span.end <= len(text)


# What the bytes of a file are, and the code of the finding.
BYTES = {
    "utf-16": ("kpis: {}".encode("utf-16"), "not-text"),
    "utf-16 without a mark": ("kpis: {}".encode("utf-16-le"), "not-text"),
    "latin-1": ("kpis: {a: {title: é}}".encode("latin-1"), "not-text"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", "not-text"),
    "10 MB": (b"# xxxxxxx\n" * 1_000_000, "yaml-too-large"),
    "a mark": (b"\xef\xbb\xbfkpis: {}\n", None),
    "carriage returns": (b"units:\r  currencies: [USD]\r", None),
}


@pytest.mark.parametrize(("content", "code"), BYTES.values(), ids=BYTES)
def test_files_that_are_no_text_are_named(content: bytes, code: str | None, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    assert [finding.code for finding in kpidsl.load(path).diagnostics] == ([code] if code else [])


BASE = """
units: {currencies: [USD, EUR], entities: {lead: {}, deal: {}}}
sources:
  leads:
    row: lead
    key: id
    time: t
    columns: {id: text, t: date, n: number, m: number, ok: boolean, name: text}
measures: {l: count(leads), a: {formula: sum(leads.n) * 1 USD, unit: USD}}
kpis: {x: {formula: %s}}
"""
N, M = "sum(leads.n)", "sum(leads.m)"

# A formula, and what must be among the codes of its findings; None: it is a good one, however odd.
FORMULAS: list[tuple[str, str | None]] = [
    ("9^9^9^9", "exponent"),
    ("l^64", "exponent"),
    ("a^9", "exponent"),
    ("1/0", "always-undefined"),
    ("l/(l-l)", "always-undefined"),
    ("9" * 31, "expression-too-large"),
    ("1 + " * 2_000 + "1", "expression-too-large"),
    ("(" * 10_000 + "1" + ")" * 10_000, "expression-too-large"),
    ("(" * 3_000, "syntax-error"),
    (")" * 3_000, "unbalanced-parentheses"),
    ("-" * 3_000 + "l", "expression-too-large"),
    ("not " * 900 + "true", "expression-too-large"),
    ("+".join(["l"] * 501), "expression-too-large"),
    ("+".join(["l"] * 499), None),
    ("greatest(" + ", ".join(f"{N} * {factor}" for factor in range(1, 60)) + ")", None),
    ("*".join(f"abs({N} - {term})" for term in range(1, 60)), None),
    ("+".join(f"1 / ({N} + {term})" for term in range(1, 60)), None),
    (f"({N} + {M} + 1)^64 - ({M} + {N} + 1)^64", "constant-formula"),
    ("+".join(f"sqrt({N} + {term})" for term in range(60)), None),
    ("+".join(f"(if {N} > {term} then 1 else {M})" for term in range(1, 30)), None),
    ("x", "circular-definition"),
    ("__class__", "unknown-name"),
    ("leads.__class__", "column-outside-aggregate"),
    ('__import__("os").system("id")', "syntax-error"),
    ('eval("1")', "unknown-name"),
    ("{{ l }}", "foreign-sign"),
    ("select 1; drop table x", "foreign-word"),
    ("l == 1", "foreign-sign"),
    ("l \u00d7 2", "foreign-sign"),
    ("l\u00a0+ l", "foreign-sign"),
    ("l + \u202el", "foreign-sign"),
    ("l + \x1b[31m", "foreign-sign"),
    ("1e5", "number-spelling"),
    ("2026-02-30 - 2026-01-01", "date-spelling"),
    ("a + l", "unit-mismatch"),
    ("a + 5 EUR", "unit-mismatch"),
    ("sum(count(leads))", "nested-aggregate"),
    ("sum(leads.name)", "wrong-type"),
    ('count(leads where contains(name, "(((("))', None),
    ('count(leads where name = "' + "x" * 3_900 + '")', None),
    ("count(leads where n in (" + ", ".join(map(str, range(400))) + "))", None),
    ("where", "unknown-name"),
    ("", "empty-expression"),
]


@pytest.mark.parametrize(("formula", "code"), FORMULAS, ids=[formula[:30] for formula, _ in FORMULAS])
def test_a_hostile_formula_gets_a_finding(formula: str, code: str | None) -> None:
    text = BASE % json.dumps(formula)
    codes = [finding.code for finding in kpidsl.check(kpidsl.load(texts={"a.yaml": text}), cache=False)]
    assert code in codes if code is not None else not codes


@pytest.mark.parametrize("formula", ["ln(0)", "ln(-1)", "sqrt(-1)", "(-1)^0.5"])
def test_a_constant_without_a_value_is_said_to_have_none(formula: str) -> None:
    found = kpidsl.check(kpidsl.load(texts={"a.yaml": BASE % json.dumps(formula)}), cache=False)
    assert [finding.code for finding in found] == ["always-undefined"]


def test_words_of_the_language_are_names_where_nothing_else_can_stand() -> None:
    text = """
sources: {where: {time: at, columns: {at: date, count: number, to: text}}}
dimensions: {to: [where.to]}
measures: {count: sum(where.count), at: count(where), in: 'count(where where to = "x")'}
kpis: {sum: {formula: count / at}, previous: {formula: at}}
"""
    assert not kpidsl.check(kpidsl.load(texts={"a.yaml": text}), fast=True)


def test_a_source_may_be_called_where_after_distinct_too() -> None:
    text = "sources: {where: {columns: {to: text}}}\nmeasures: {m: count(distinct where.to)}\n"
    assert not kpidsl.load(texts={"a.yaml": text}).diagnostics


def test_many_misspelt_names_are_reported_in_time() -> None:
    text = "kpis:\n" + "".join(f"  k{number}: {{formula: nname{number} + 1}}\n" for number in range(3_000))
    assert len(kpidsl.load(texts={"a.yaml": text}).diagnostics) == 3_000


def test_many_constant_formulas_are_checked_in_time() -> None:
    text = "kpis:\n" + "".join(f"  k{number}: {{formula: 1 + {number}}}\n" for number in range(15_000))
    assert len(kpidsl.check(kpidsl.load(texts={"a.yaml": text}), fast=True)) == 15_000


def test_findings_that_are_left_out_are_mentioned() -> None:
    text = "kpis:\n" + "".join(f"  k{number}: {{formulaa: '1'}}\n" for number in range(1_200))
    *found, last = kpidsl.load(texts={"a.yaml": text}).diagnostics
    assert [finding.labels[0].file.place(finding.labels[0].span.start)[0] for finding in found] == list(range(2, 1_002))
    assert (last.code, last.headline[:8]) == ("more-findings", "200 more")
