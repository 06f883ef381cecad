"""Laws of values and verdicts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.catalog.core import Apply, Constant
from kpidsl.results.bounds import Interval, known
from kpidsl.results.columns import Column, Floats, Status
from kpidsl.results.intervals import poisson, wilson
from kpidsl.results.operators import OPERATORS
from kpidsl.results.verdicts import Direction, Limits, Position, Range, judge, locate

LIMIT = settings(max_examples=100)
ORDER = {
    Position.BELOW: 0,
    Position.ACROSS_LOW: 1,
    Position.INSIDE: 2,
    Position.ACROSS_BOTH: 2,
    Position.ACROSS_HIGH: 3,
    Position.ABOVE: 4,
}


def _limits(range: Range, own: Interval) -> Limits:
    low, high = (None if bound is None else known(own, np.full(1, bound)) for bound in (range.low, range.high))
    return Limits(range.name, low, high, range.low_open, range.high_open)


def _located(low: Floats, high: Floats, range: Range) -> list[int]:
    own = Interval((low + high) / 2, low, high)
    return [ORDER[Position(int(position))] for position in locate(_limits(range, own), len(low))]


def _judged(low: Floats, high: Floats, range: Range, way: Direction) -> list[int]:
    own = Interval((low + high) / 2, low, high)
    before, nothing = np.full(len(low), -1, dtype=np.int8), np.full(len(low), "", dtype=object)
    found = judge(own.values, np.full(len(low), 100.0), before, _limits(range, own), way, nothing)
    codes: list[int] = found.codes.tolist()
    return codes


@LIMIT
@given(st.integers(1, 300), st.floats(0.01, 0.98), st.floats(0, 0.5), st.booleans(), st.booleans())
def test_a_better_share_is_never_judged_worse(n: int, low: float, width: float, low_open: bool, high_open: bool) -> None:
    counts = np.arange(n + 1, dtype=float)
    bounds = wilson(counts, np.full(n + 1, float(n)))
    places = _located(*bounds, Range("", low, low + width, low_open, high_open))
    assert places == sorted(places)


@LIMIT
@given(st.integers(0, 500), st.floats(0, 600))
def test_counts_are_monotone_too(start: int, bound: float) -> None:
    low, high = poisson(np.arange(start, start + 50, dtype=float))
    assert (np.diff(low) > 0).all()
    assert (np.diff(high) > 0).all()
    places = _located(low, high, Range("", bound, None))
    assert places == sorted(places)


BOUND = st.one_of(st.none(), st.floats(-100, 100))


@LIMIT
@given(st.floats(-100, 100), st.floats(0, 50), BOUND, BOUND, st.sampled_from(Direction))
def test_higher_and_lower_mirror_each_other(
    middle: float, half: float, one: float | None, other: float | None, way: Direction
) -> None:
    if one is not None and other is not None and one > other:
        one, other = other, one
    if (one is None and other is None) or way is Direction.NONE:
        return
    low, high = np.array([middle - half]), np.array([middle + half])
    flipped = {Direction.HIGHER: Direction.LOWER, Direction.LOWER: Direction.HIGHER}.get(way, way)
    mirrored = Range("", None if other is None else -other, None if one is None else -one)
    assert _judged(low, high, Range("", one, other), way) == _judged(-high, -low, mirrored, flipped)


NUMBERS = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.0, 1.0, -1.0]))
LEAF = st.tuples(NUMBERS, st.sampled_from(Status))
ARITY = {"divide": 2, "power": 2, "equal": 2, "less": 2, "at_most": 2, "greater": 2, "at_least": 2, "if": 3} | dict.fromkeys(
    ("negate", "abs", "round", "floor", "ceil", "exp", "ln", "sqrt", "not", "is_missing"), 1
)


@LIMIT
@given(st.sampled_from(sorted(OPERATORS)), st.lists(LEAF, min_size=3, max_size=3))
def test_no_operator_ever_gives_infinity_or_nan_as_a_value(function: str, leaves: list[tuple[float, Status]]) -> None:
    arguments = [_leaf(*leaf) for leaf in leaves[: ARITY.get(function, 3)]]
    node = Apply(function, tuple(Constant(value=True) for _ in arguments))
    with np.errstate(all="ignore"):
        found = OPERATORS[function](node, arguments)
    assert np.isfinite(found.values[0]) == (found.status[0] == Status.VALUE)
    assert (found.reason(0) != "") == (found.status[0] == Status.UNDEFINED)


def _leaf(value: float, status: Status) -> Column:
    held = np.array([value if status is Status.VALUE else np.nan])
    undefined = status is Status.UNDEFINED
    return Column(
        held, np.array([status], dtype=np.int8), np.array([0]) if undefined else None, ("x is 0",) if undefined else ()
    )
