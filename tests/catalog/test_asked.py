"""Formulas and conditions of a question over a finished catalog."""

from __future__ import annotations

import pytest
from test_formulas import load, shown

from kpidsl.catalog.asked import read_condition, read_value
from kpidsl.catalog.catalog import Kind
from kpidsl.units.unit import show

CATALOG = load("spend / customers")
BROKEN = load("1 +")


@pytest.mark.parametrize(
    ("text", "name", "tree", "unit"),
    [
        ("growth(asked)", "growth(asked)", "divide(add(asked, negate(previous(asked))), abs(previous(asked)))", "number"),
        ("spend\n  / deals ", "spend / deals", "divide(spend, deals)", "USD / deal"),
        ("spend  as cost", "cost", "spend", "USD"),
        (" count(deals)\nas n ", "n", "count[deals]", "deal"),
        ("won / deals as won_share", "won_share", "divide(won, deals)", "won_deal / deal"),
        ("total(spend, channel)", "total(spend, channel)", 'total(spend, "channel")', "USD"),
    ],
)
def test_a_formula(text: str, name: str, tree: str, unit: str) -> None:
    value, found = read_value(text, CATALOG)
    assert value is not None and found == ()
    assert (value.name, value.kind, shown(value.core), show(value.unit)) == (name, Kind.FORMULA, tree, unit)


def test_a_name_is_the_value_itself() -> None:
    assert read_value(" asked ", CATALOG) == (CATALOG.values["asked"], ())
    assert read_value("won / deals", CATALOG)[0].proportion == ("won_deal", "deal")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("spnd / 2", "unknown-name", "spnd"),
        ("channel / 2", "unknown-name", "channel"),
        ("1 +", "syntax-error", ""),
        ("asked as Cost", "name-spelling", "Cost"),
        ("asked as if", "name-spelling", "if"),
        ("asked + 1 USD as spend", "name-twice", "spend"),
        ("asked + spend", "unit-mismatch", "asked"),
        ("asked > 3 USD per customer", "wrong-type", "asked > 3 USD per customer"),
        ("max(deals.closed_at)", "wrong-type", "max(deals.closed_at)"),
        ("sum(deals.amuont)", "unknown-name", "amuont"),
    ],
)
def test_a_mistake(text: str, code: str, at: str) -> None:
    value, (finding,) = read_value(text, CATALOG)
    assert value is None
    span = finding.labels[0].span
    assert (finding.code, finding.labels[0].file.text[span.start : span.end]) == (code, at)


def test_what_uses_a_broken_definition_says_so() -> None:
    for read in (read_value("growth(asked)", BROKEN), read_condition("asked > 3", BROKEN)):
        assert (read[0], [each.code for each in read[1]]) == (None, ["definition-has-errors"])


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("asked > 100 USD per customer and deals > 10", "and(greater(asked, 100), greater(deals, 10))"),
        ("100 < asked", "less(100, asked)"),
        ("customers = 0", "equal(customers, 0)"),
        ("minutes > 2 hours", "greater(minutes, multiply(2, 60))"),
        ("g > 10%", "greater(g, 1/10)"),
        ("max(deals.closed_at) >= 2026-01-01", "at_least(max[deals; deals.closed_at], 2026-01-01)"),
        ("previous(spend) is not missing", "not(is_missing(previous(spend)))"),
    ],
)
def test_a_condition(text: str, tree: str) -> None:
    growing, _ = read_value("growth(asked) as g", CATALOG)
    assert growing is not None
    condition, found = read_condition(text, CATALOG, {"g": growing})
    assert condition is not None and found == ()
    assert shown(condition.core) == tree


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("asked", "wrong-type"),
        ("g > 1", "unknown-name"),
        ('channel = "web"', "unknown-name"),
        ('"a" = "b"', "wrong-type"),
        ("spend > asked", "unit-mismatch"),
        ("spend > 3 EUR", "unit-mismatch"),
        ("spend >", "syntax-error"),
    ],
)
def test_no_condition(text: str, code: str) -> None:
    condition, found = read_condition(text, CATALOG)
    assert (condition, [each.code for each in found]) == (None, [code])


def test_the_catalog_stays_as_it_is() -> None:
    before = dict(CATALOG.values), tuple(CATALOG.diagnostics)
    read_value("growth(spnd)", CATALOG)
    assert (dict(CATALOG.values), tuple(CATALOG.diagnostics)) == before
