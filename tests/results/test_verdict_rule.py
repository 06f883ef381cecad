"""The decision rule, its precedence, and its sentences."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest
from judged import judged

from kpidsl.results import reasons
from kpidsl.results.columns import Column, Fault, constant, strict
from kpidsl.results.numbers import Form
from kpidsl.results.verdicts import VERDICTS, Combination, Direction, Position, Range, Verdict, before_rule, decide
from kpidsl.units.unit import PERCENT, Unit

HIGHER, LOWER, INSIDE = Direction.HIGHER, Direction.LOWER, Direction.INSIDE
BAND = Range("band", 15.0, 40.0)
OPEN = Range("open", 15.0, 40.0, low_open=True, high_open=True)
FLOOR = Range("floor", 15.0, None)
CEILING = Range("ceiling", None, 40.0)


def _verdict(low: float, high: float, range: Range, direction: Direction | None) -> str:
    return VERDICTS[judged(np.array([low]), np.array([high]), range, direction).codes[0]].value


@pytest.mark.parametrize(
    ("low", "high", "higher", "lower", "inside"),
    [
        (1, 14, "short", "beyond", "outside"),
        (1, 15, "inconclusive", "inconclusive", "inconclusive"),
        (10, 20, "inconclusive", "inconclusive", "inconclusive"),
        (15, 40, "within", "within", "within"),
        (20, 30, "within", "within", "within"),
        (10, 50, "inconclusive", "inconclusive", "inconclusive"),
        (30, 41, "inconclusive", "inconclusive", "inconclusive"),
        (41, 50, "beyond", "short", "outside"),
        (np.nan, np.nan, "inconclusive", "inconclusive", "inconclusive"),
    ],
)
def test_a_band(low: float, high: float, higher: str, lower: str, inside: str) -> None:
    assert [_verdict(low, high, BAND, direction) for direction in (HIGHER, LOWER, INSIDE)] == [higher, lower, inside]


@pytest.mark.parametrize(
    ("value", "range", "direction", "verdict"),
    [
        (15, FLOOR, HIGHER, "within"),
        (14.99, FLOOR, HIGHER, "short"),
        (99, FLOOR, HIGHER, "within"),
        (14.99, FLOOR, None, "short"),
        (40, CEILING, LOWER, "within"),
        (40.01, CEILING, LOWER, "short"),
        (40.01, CEILING, None, "short"),
        (41, BAND, None, "outside"),
        (15, OPEN, HIGHER, "short"),
        (40, OPEN, HIGHER, "beyond"),
        (15.01, OPEN, HIGHER, "within"),
        (15 * (1 - 1e-14), FLOOR, HIGHER, "within"),
        (15 * (1 + 1e-14), OPEN, HIGHER, "short"),
        (40 * (1 + 1e-14), CEILING, LOWER, "within"),
        (0.1 + 0.2, Range("sum", 0.3, 0.3), INSIDE, "within"),
    ],
)
def test_a_point_and_its_bounds(value: float, range: Range, direction: Direction | None, verdict: str) -> None:
    assert _verdict(value, value, range, direction) == verdict


def test_what_stands_before_the_rule() -> None:
    undefined = strict(np.zeros(1), [constant(0)], [Fault(np.array([True]), lambda: "x is 0")])
    missing = Column(np.array([np.nan]), np.array([1], dtype=np.int8))
    cases = [
        (undefined, True, True, True, 1.0, Verdict.UNDEFINED),
        (missing, True, True, True, 1.0, Verdict.NO_DATA),
        (constant(3), True, True, True, 1.0, Verdict.STALE),
        (constant(3), False, True, True, 1.0, Verdict.PARTIAL),
        (constant(3), False, False, True, 1.0, Verdict.IMMATURE),
        (constant(3), False, False, False, 1.0, Verdict.INSUFFICIENT),
        (constant(3), False, False, False, 30.0, None),
        (constant(3), False, False, False, np.nan, None),
    ]
    for column, stale, partial, young, rows, expected in cases:
        told = (np.array([each]) for each in (stale, partial, young, rows))
        code = before_rule(column, *told, 30)[0]
        assert (None if code < 0 else VERDICTS[code]) is expected


def test_the_worst_benchmark_decides() -> None:
    low, high = np.array([16.0, 10.0, 42.0]), np.array([18.0, 20.0, 45.0])
    judgements = [judged(low, high, range, HIGHER) for range in (FLOOR, BAND, Range("stretch", 30.0, None))]
    decided = decide(judgements, Combination.WORST)
    found = [VERDICTS[judgements[number].codes[cell]].value for cell, number in enumerate(decided)]
    assert found == ["short", "short", "within"]
    assert decided.tolist() == [2, 2, 0]


@pytest.mark.parametrize(
    ("combination", "verdicts"),
    [
        (Combination.WORST, ["short", "short", "within"]),
        (Combination.ALL, ["short", "short", "within"]),
        (Combination.ANY, ["within", "inconclusive", "beyond"]),
        (Combination.FIRST_WITH_DATA, ["within", "inconclusive", "within"]),
    ],
)
def test_several_benchmarks(combination: Combination, verdicts: list[str]) -> None:
    low, high = np.array([16.0, 10.0, 42.0]), np.array([18.0, 20.0, 45.0])
    judgements = [judged(low, high, range, HIGHER) for range in (FLOOR, BAND, Range("stretch", 30.0, None))]
    decided = decide(judgements, combination)
    assert [VERDICTS[judgements[number].codes[cell]].value for cell, number in enumerate(decided)] == verdicts


def test_a_figure_is_level_not_within() -> None:
    average = Range("average", 3.8, 4.2, level=True)
    found = [_verdict(low, high, average, HIGHER) for low, high in ((3, 3.5), (3.9, 4.1), (3.9, 4.3), (4.5, 5))]
    assert found == ["short", "level", "inconclusive", "beyond"]


def test_probabilities_agree_with_the_verdict() -> None:
    found = judged(np.array([10.0, 15.0, 9.0]), np.array([20.0, 35.0, 15.0]), FLOOR, HIGHER)
    below, inside, above = found.sides(0)
    assert (below, inside, above) == (0.5, 0.5, 0.0)
    assert found.sides(1)[0] == pytest.approx(0.05)
    assert found.sides(2)[0] == pytest.approx(0.95)


def test_rows_that_would_tell() -> None:
    found = judged(np.array([10.0, 20.0, 14.0]), np.array([24.0, 30.0, 16.0]), FLOOR, HIGHER)
    assert found.needed.tolist()[0] == np.ceil(100 * (7 / 2) ** 2)
    assert np.isnan(found.needed[1:]).all()


USD = Unit.of("USD")


@pytest.mark.parametrize(
    ("low", "high", "range", "position", "sentence"),
    [
        (0.046, 0.699, Range("", 0.15, None), Position.ACROSS_LOW, "90% interval 4.6% to 69.9% lies across 15%"),
        (0.046, 0.699, Range("", 0.15, 0.4), Position.ACROSS_BOTH, "90% interval 4.6% to 69.9% lies across 15% and 40%"),
        (0.3, 0.5, Range("", 0.15, 0.4), Position.ACROSS_HIGH, "90% interval 30.0% to 50.0% lies across 40%"),
        (0.006, 0.0167, Range("", 0.0402, None), Position.BELOW, "90% interval 0.60% to 1.7% lies below 4.02%"),
        (0.2, 0.3, Range("", 0.15, 0.4), Position.INSIDE, "90% interval 20.0% to 30.0% lies within 15% to 40%"),
        (0.2, 0.3, Range("", 0.15, None), Position.INSIDE, "90% interval 20.0% to 30.0% lies at or above 15%"),
        (0.2, 0.3, Range("", 0.15, None, low_open=True), Position.INSIDE, "90% interval 20.0% to 30.0% lies above 15%"),
        (0.2, 0.3, Range("", None, 0.4), Position.INSIDE, "90% interval 20.0% to 30.0% lies at or below 40%"),
        (0.1499, 0.3, Range("", 0.15, None), Position.ACROSS_LOW, "90% interval 14.99% to 30.0% lies across 15%"),
        (0.1499999, 0.3, Range("", 0.15, None), Position.ACROSS_LOW, "90% interval 14.99999% to 30.0% lies across 15%"),
    ],
)
def test_sentences_on_intervals(low: float, high: float, range: Range, position: Position, sentence: str) -> None:
    assert reasons.interval(low, high, position, reasons.Bounds(range, Form(PERCENT))) == sentence


def test_sentences_on_points() -> None:
    bounds = reasons.Bounds(Range("", None, 2000.0), Form(USD))
    assert reasons.point(1950.0, Position.INSIDE, bounds, "") == "USD 1,950 lies at or below USD 2,000"
    assert reasons.point(2000.3, Position.ABOVE, bounds, "") == "USD 2,000.3 lies above USD 2,000"
    said = reasons.point(2400.0, Position.ABOVE, bounds, "no interval: max(deals.amount)")
    assert said == "USD 2,400 lies above USD 2,000 (no interval: max(deals.amount))"


def test_other_sentences() -> None:
    assert reasons.insufficient(12, 30) == "12 rows, 30 are needed"
    assert reasons.insufficient(1, 30) == "1 row, 30 are needed"
    assert reasons.insufficient(0, 1) == "0 rows, 1 is needed"
    said = reasons.unfinished(date(2026, 11, 1), datetime(2026, 10, 17))
    assert said == "the period is not over: it ends on 2026-10-31, the data are as of 2026-10-17"
