"""Texts that are not of the language: the code, the place, the repair, and what every message keeps to."""

from __future__ import annotations

from typing import Any

import pytest
from reading import PARSE, excerpt, refused, rows

from kpidsl.language.parser import parse_expression
from kpidsl.text import Excerpt, File

ROWS = list(rows("refused"))
CODES = {
    "syntax-error",
    "empty-expression",
    "missing-operator",
    "unbalanced-parentheses",
    "chained-comparison",
    "misplaced-modifier",
    "foreign-sign",
    "foreign-word",
    "number-spelling",
    "date-spelling",
    "text-spelling",
    "range-spelling",
    "expression-too-large",
}


@pytest.mark.parametrize(("start", "row"), ROWS)
def test_code_place_and_repair(start: str, row: Any) -> None:
    text = row["text"]
    finding = refused(start, text)
    span = finding.labels[0].span
    assert finding.code == row["code"]
    assert (text[span.start : span.end], span.start) == (row["at"][0], int(row["at"][1]))
    if "fixed" not in row:
        assert finding.edit is None
        return
    assert finding.edit is not None
    place = finding.edit.span
    assert text[: place.start] + finding.edit.replacement + text[place.end :] == row["fixed"]


@pytest.mark.parametrize(("start", "row"), [(start, row) for start, row in ROWS if "fixed" in row])
def test_a_repaired_text_is_of_the_language(start: str, row: Any) -> None:
    found, _ = PARSE[start](excerpt(row["fixed"]))
    assert found is not None


@pytest.mark.parametrize(("start", "row"), ROWS)
def test_headlines_stand_alone(start: str, row: Any) -> None:
    finding = refused(start, row["text"])
    assert finding.code in CODES
    assert finding.headline and not finding.headline.endswith(".")
    assert "you" not in finding.headline.split()
    assert all(help for help in finding.help)


def test_every_code_has_an_example() -> None:
    assert {row["code"] for _, row in ROWS} | {"expression-too-large"} == CODES


def test_at_most_three_alternatives() -> None:
    finding = refused("range", "a = b")
    assert finding.labels[0].text == "expected `to` or an operator"


def _scalar(before: str, text: str, after: str) -> Excerpt:
    file = File("kpis.yaml", before + text + after)
    return Excerpt(file, text, lambda: range(len(before), len(before) + len(text)))


def test_places_and_repairs_count_in_the_file() -> None:
    formula = _scalar("formula: ", "a == b", "\n")
    _, (finding,) = parse_expression(formula)
    assert finding.edit is not None
    assert formula.file.text[finding.edit.span.start : finding.edit.span.end] == "=="


def test_a_repair_does_not_end_the_scalar_around_it() -> None:
    _, (finding,) = parse_expression(_scalar('formula: "', "a = “won”", '"'))
    assert finding.edit is not None and finding.edit.replacement == "'won'"
    _, (finding,) = parse_expression(_scalar("formula: '", 'if(a = "it\'s", b, c)', "'"))
    assert finding.edit is None


def test_a_repair_of_a_block_is_one_line() -> None:
    _, (finding,) = parse_expression(_scalar("formula: |\n", "IF(a,\n  b,\n  c)", "\n"))
    assert finding.edit is not None and finding.edit.replacement == "if a then b else c"
