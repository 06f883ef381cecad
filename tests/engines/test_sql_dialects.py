"""Statements in every dialect: a parser of its SQL reads them, and names and texts stay what they are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlglot
from asking import planned
from databases import Database, database
from msgspec.structs import replace
from test_sql_other_rows import AS_OF, PLANS_ASKED, SOURCES

from kpidsl.engines.dialects.dialect import Unspeakable
from kpidsl.engines.dialects.listed import DIALECTS
from kpidsl.engines.sql.engine import lacks, statements
from kpidsl.engines.sql.sql import Setting, constant
from kpidsl.periods.calendar import FiscalYear
from kpidsl.plan.schedule import Schedule, Span
from kpidsl.plan.timing import make_schedule

__all__ = ["database"]

EXACT = [name for name, dialect in DIALECTS.items() if dialect.percentile is not None]
WITHOUT_PERCENTILE = ["bigquery", "trino"]
EVERYTHING = """
sources:
  rows:
    key: id
    time: at
    columns: {id: text, at: datetime, day: date, a: number, b: number, word: text, yes: boolean}
measures:
  numbers: sum(rows.a + round(a / b) + floor(a) ^ 2 + ceil(b) ^ 0.5 + abs(-a) + exp(a) + ln(b) + sqrt(a))
  least: sum(rows.a + greatest(a, b) + least(a, 2))
  choices: sum(if rows.yes and not (a > b) then a else coalesce(b, 1.5))
  dates: sum(rows.day + 3 days - at where year(day) = 2026 or quarter(day) in (1, 2) or month(at) = 2 or weekday(at) = 7)
  moved: count(rows where start_of(at, week) < day + 1 month and start_of(day, quarter) < start_of(at, year))
  texts: count(rows where contains(lower(word), "a'b") or starts_with(word, "%") or ends_with(upper(word), "\\\\"))
  between: count(rows where a between 1 and 2 and word not in ("x", "y") and b is not missing)
  words: count(distinct rows.word)
  newest: last(rows.a)
  spread: stddev(rows.a)
"""


def schedule_of(plan: Any) -> Schedule:
    span = Span(datetime(2025, 1, 20), datetime(2026, 3, 10))
    dated = {(scan.source, scan.placement.date): span for scan in plan.scans if hasattr(scan.placement, "date")}
    schedule, _ = make_schedule(plan, dated, {})
    assert schedule is not None
    return schedule


def read(text: str, dialect: str) -> None:
    trees = sqlglot.parse(text, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    assert len(trees) == 1 and isinstance(trees[0], sqlglot.exp.Query)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_parser_reads_every_function(dialect: str) -> None:
    plan = planned(EVERYTHING, as_of=AS_OF, every="month")
    assert not lacks(plan, dialect)
    read(statements(plan, schedule_of(plan), dialect), dialect)


@pytest.mark.parametrize("dialect", EXACT)
def test_a_parser_reads_what_rows_get_from_others(dialect: str) -> None:
    for plan in PLANS_ASKED:
        assert not lacks(plan, dialect)
        read(statements(plan, schedule_of(plan), dialect), dialect)


@pytest.mark.parametrize("dialect", WITHOUT_PERCENTILE)
def test_a_percentile_that_would_be_approximate_is_refused(dialect: str) -> None:
    plan = planned(SOURCES, "middle_deal", "high", "deals", as_of=AS_OF, every="month")
    found = lacks(plan, dialect)
    assert {finding.code for finding in found} == {"engine-lacks"}
    assert sorted(finding.headline.split("`")[1] for finding in found) == ["median", "percentile"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_fiscal_months_of_rows_are_refused(dialect: str) -> None:
    plan = planned(EVERYTHING, "dates", "moved", as_of=AS_OF, every="month")
    fiscal = replace(plan.calendar, fiscal=FiscalYear((4, 5, 4), 1))
    catalog = replace(plan.catalog, calendar=fiscal)
    words = {finding.headline.split("`")[1] for finding in lacks(replace(plan, catalog=catalog, calendar=fiscal), dialect)}
    assert words == {"year of a year of whole weeks", "start_of(…, quarter) of a year of whole weeks"}


TEXTS = [
    "",
    "it's",
    '"',
    "`",
    "\\",
    "\\'",
    "'; drop table x; --",
    "a\nb\tc",
    "${x}",
    "$x",
    "%s",
    "?",
    ":x",
    "@x",
    "é€😀",
    "{{x}}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_stays_what_it_is(text: str, database: Database) -> None:
    dialect = DIALECTS[database.store.dialect]
    literal = constant(text, Setting(dialect, planned(EVERYTHING).calendar)).text
    name = dialect.identifier(text) if text and "${" not in text else "x"
    (column,) = database.store.run(f"select y.{name} from (select {literal} as {name}) y", ["text"])
    assert column.tolist() == [text]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_text_ends_where_it_ends(dialect: str) -> None:
    for text in TEXTS:
        (tree,) = sqlglot.parse(f"select {DIALECTS[dialect].literal(text)} as x", dialect=dialect)
        assert isinstance(tree, sqlglot.exp.Select) and len(tree.selects) == 1
        assert isinstance(tree.selects[0].this, sqlglot.exp.Literal | sqlglot.exp.ByteString)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_no_statement_can_hold_is_refused(dialect: str) -> None:
    for spell in (DIALECTS[dialect].literal, DIALECTS[dialect].identifier):
        with pytest.raises(Unspeakable):
            spell("a\0b")
        with pytest.raises(Unspeakable):
            spell("\ud800")


@pytest.mark.parametrize("value", [datetime(1, 1, 1), datetime(2024, 2, 29, 23, 59, 59, 999999), date(9999, 12, 31)])
def test_a_moment_stays_what_it_is(value: date, database: Database) -> None:
    literal = constant(value, Setting(DIALECTS[database.store.dialect], planned(EVERYTHING).calendar)).text
    (column,) = database.store.run(f"select {literal} as x", ["moment"])
    assert column.tolist() == [value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)]
