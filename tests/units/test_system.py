"""Which units may be added, compared and declared."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.units.system import Fit, Joined, Mismatch, Operation, Reason, UnitSystem, missing_factor
from kpidsl.units.unit import NUMBER, PERCENT, Unit, multiply, power, show

SYSTEM = UnitSystem(
    frozenset({"USD", "EUR"}),
    {
        "lead": None,
        "qualified_lead": "lead",
        "hot_lead": "qualified_lead",
        "opportunity": None,
        "won": "opportunity",
        "lost": "opportunity",
    },
)
OPERATIONS: tuple[Operation, ...] = ("+", "-", "compare", "choose")


def unit(text: str) -> Unit:
    """A unit from words like `won/opportunity/month`."""
    if text in ("number", "percent"):
        return PERCENT if text == "percent" else NUMBER
    above, *below = text.split("/")
    whole = NUMBER if above == "1" else Unit.of(above)
    for symbol in below:
        whole = multiply(whole, Unit.of(symbol, -1)).unit
    return whole


UNITS = [
    *map(unit, ("number", "percent", "USD", "EUR", "day", "hour", "month", "1/month", "USD/day", "USD/month")),
    *map(unit, ("lead", "qualified_lead", "hot_lead", "won", "lost", "opportunity", "won/month", "lost/week", "lost/year")),
    *map(unit, ("qualified_lead/lead", "hot_lead/lead", "hot_lead/qualified_lead", "won/opportunity", "lost/opportunity")),
    *map(unit, ("lead/qualified_lead", "USD/lead", "USD/qualified_lead")),
]


def joined(left: str, right: str, operation: Operation) -> Joined:
    result = SYSTEM.join(unit(left), unit(right), operation)
    assert isinstance(result, Joined)
    return result


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("USD", "USD", "USD"),
        ("won", "lost", "opportunity"),
        ("won/month", "lost/month", "opportunity / month"),
        ("won/opportunity", "lost/opportunity", "percent"),
        ("lead", "qualified_lead", "lead"),
        ("hot_lead", "qualified_lead", "qualified_lead"),
        ("number", "qualified_lead/lead", "percent"),
        ("qualified_lead/lead", "number", "percent"),
        ("number", "percent", "percent"),
        ("hot_lead/lead", "qualified_lead/lead", "qualified_lead / lead"),
        ("day", "hour", "day"),
    ],
)
def test_what_a_difference_is_in(left: str, right: str, expected: str) -> None:
    result = joined(left, right, "-")
    assert show(result.unit) == expected
    assert not result.double_count


def test_a_subset_is_counted_twice_only_in_a_sum() -> None:
    assert joined("lead", "qualified_lead", "+").double_count
    assert joined("hot_lead", "lead", "+").double_count
    assert not joined("won", "lost", "+").double_count
    assert not joined("lead", "qualified_lead", "choose").double_count


def test_the_right_side_moves_to_the_time_of_the_left() -> None:
    assert joined("USD/month", "USD/day", "+") == Joined(unit("USD/month"), Fraction("30.436875"), nominal=True)
    assert joined("day", "hour", "compare") == Joined(unit("day"), Fraction(1, 24))
    assert joined("won/month", "lost/year", "+") == Joined(unit("opportunity/month"), Fraction(1, 12))


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("USD", "EUR"),
        ("USD", "percent"),
        ("lead", "won"),
        ("lead", "number"),
        ("USD", "USD/month"),
        ("USD/lead", "USD/qualified_lead"),
        ("lead/qualified_lead", "number"),
        ("day", "1/month"),
    ],
)
def test_units_that_never_meet(left: str, right: str, operation: Operation) -> None:
    assert SYSTEM.join(unit(left), unit(right), operation) == Mismatch(Reason.UNITS)


def test_proportions_of_different_populations_may_only_be_compared() -> None:
    left, right = unit("qualified_lead/lead"), unit("won/opportunity")
    for operation in OPERATIONS:
        result = SYSTEM.join(left, right, operation)
        assert result == (Joined(NUMBER) if operation == "compare" else Mismatch(Reason.POPULATIONS))


@settings(max_examples=100)
@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.sampled_from(OPERATIONS))
def test_joining_is_symmetric(left: Unit, right: Unit, operation: Operation) -> None:
    one, other = SYSTEM.join(left, right, operation), SYSTEM.join(right, left, operation)
    match one, other:
        case Joined(), Joined():
            assert one.right_factor * other.right_factor == 1
            assert (one.nominal, one.double_count) == (other.nominal, other.double_count)
            assert SYSTEM.fits(one.unit, other.unit) is not None
        case _:
            assert one == other


@settings(max_examples=100)
@given(st.sampled_from(UNITS), st.sampled_from(OPERATIONS))
def test_everything_joins_and_fits_itself(own: Unit, operation: Operation) -> None:
    assert SYSTEM.join(own, own, operation) == Joined(own)
    assert SYSTEM.fits(own, own) == Fit()


def test_the_missing_factor_repairs() -> None:
    for want, have in product(UNITS, UNITS):
        repaired = multiply(have, missing_factor(want, have)).unit
        assert SYSTEM.fits(want, repaired) is not None


@pytest.mark.parametrize(
    ("declared", "inferred", "fit"),
    [
        ("USD/month", "USD/day", Fit(Fraction("30.436875"), nominal=True)),
        ("hour", "day", Fit(Fraction(24))),
        ("percent", "qualified_lead/lead", Fit()),
        ("number", "qualified_lead/lead", Fit()),
        ("percent", "number", Fit()),
        ("percent", "lead/qualified_lead", None),
        ("qualified_lead/lead", "number", None),
        ("number", "lead", None),
        ("qualified_lead", "lead", None),
        ("lead", "qualified_lead", None),
        ("USD", "EUR", None),
    ],
)
def test_what_a_formula_may_be_declared_as(declared: str, inferred: str, fit: Fit | None) -> None:
    assert SYSTEM.fits(unit(declared), unit(inferred)) == fit


def test_measures_have_liberties_of_their_own() -> None:
    lead, hot, won = unit("lead"), unit("hot_lead"), unit("won")
    assert SYSTEM.fits(NUMBER, lead, count=True) == Fit()
    assert SYSTEM.fits(PERCENT, lead, count=True) is None
    assert SYSTEM.fits(NUMBER, unit("USD"), count=True) is None
    assert SYSTEM.fits(hot, lead, filtered=True) == Fit()
    assert SYSTEM.fits(won, lead, filtered=True) is None


def test_chains_keep_their_middle_term() -> None:
    chain = multiply(unit("qualified_lead/lead"), unit("hot_lead/qualified_lead")).unit
    assert SYSTEM.proportion(chain) == ("hot_lead", "lead")
    broken = multiply(unit("lead"), unit("hot_lead/qualified_lead")).unit
    assert SYSTEM.proportion(broken) is None and not broken.is_number


def test_what_is_a_proportion_or_an_entity() -> None:
    assert SYSTEM.proportion(unit("hot_lead/lead")) == ("hot_lead", "lead")
    assert SYSTEM.proportion(unit("lead/hot_lead")) is None
    assert SYSTEM.proportion(unit("USD/EUR")) is None
    assert SYSTEM.proportion(power(unit("hot_lead/lead"), Fraction(2))) is None
    assert SYSTEM.entity(unit("lead")) == "lead"
    assert SYSTEM.entity(unit("USD")) is None
    assert SYSTEM.entity(unit("1/lead")) is None


def test_relations_of_entities() -> None:
    assert SYSTEM.ancestors("hot_lead") == ("hot_lead", "qualified_lead", "lead")
    assert SYSTEM.common_parent("won", "lost") == "opportunity"
    assert SYSTEM.common_parent("hot_lead", "lead") == "lead"
    assert SYSTEM.common_parent("won", "lead") is None
    assert SYSTEM.is_subset("hot_lead", "lead") and not SYSTEM.is_subset("lead", "hot_lead")
    assert [SYSTEM.kind(name) for name in ("USD", "won", "days", "day", "usd")] == ["currency", "entity", "time", "time", None]


def test_a_cycle_of_entities_is_survived() -> None:
    loop = UnitSystem(frozenset(), {"a": "b", "b": "a"})
    assert loop.ancestors("a") == ("a", "b")
    assert loop.common_parent("a", "b") is not None


def test_units_beyond_the_limits_are_survived() -> None:
    wild, other = Unit.of("hour", 10**9), Unit.of("day", 10**9)
    assert SYSTEM.join(wild, wild, "+") == Joined(wild)
    assert SYSTEM.join(wild, other, "+") == Mismatch(Reason.UNITS)
    assert SYSTEM.fits(wild, other) is None
    assert show(missing_factor(wild, other)) == "hour^1000000000 / day^1000000000"
