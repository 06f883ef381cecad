"""Products, powers and spelling of units."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.units.unit import (
    NUMBER,
    PERCENT,
    TIMES,
    Combined,
    Unit,
    divide,
    multiply,
    power,
    show,
    spell,
    time_factor,
    time_symbol,
)

DAYS = {time: time_factor(time, "day")[0] for time in TIMES}


def unit(**exponents: int | Fraction) -> Unit:
    """A unit from its exponents by symbol."""
    whole = NUMBER
    for symbol, exponent in exponents.items():
        whole = multiply(whole, Unit.of(symbol, exponent)).unit
    return whole


@st.composite
def units(draw: st.DrawFn) -> Unit:
    small = st.integers(-2, 2)
    exponents = {symbol: draw(small) for symbol in ("USD", "customer", "lead")}
    return unit(**exponents, **{draw(st.sampled_from(TIMES)): draw(small)})


def in_days(whole: Unit) -> tuple[Unit, Fraction]:
    """A unit with its time in days, and what one of it is there: a second way to compare units."""
    factor = Fraction(1)
    powers: dict[str, Fraction] = {}
    for symbol, exponent in whole.powers:
        factor *= DAYS.get(symbol, Fraction(1)) ** int(exponent)
        powers["day" if symbol in DAYS else symbol] = exponent
    return unit(**powers), factor


def value(result: Combined) -> tuple[Unit, Fraction]:
    """The result of 1 op 1, in days."""
    whole, size = in_days(result.unit)
    return whole, result.factor * size


@settings(max_examples=100)
@given(units(), units())
def test_a_product_commutes(left: Unit, right: Unit) -> None:
    assert value(multiply(left, right)) == value(multiply(right, left))


@settings(max_examples=100)
@given(units(), units(), units())
def test_a_product_is_associative(a: Unit, b: Unit, c: Unit) -> None:
    first, last = multiply(a, b), multiply(b, c)
    from_left, from_right = multiply(first.unit, c), multiply(a, last.unit)
    left = value(Combined(from_left.unit, first.factor * from_left.factor))
    right = value(Combined(from_right.unit, last.factor * from_right.factor))
    assert left == right


@settings(max_examples=100)
@given(units(), units())
def test_division_undoes_multiplication(a: Unit, b: Unit) -> None:
    product = multiply(a, b)
    back = divide(product.unit, b)
    assert value(Combined(back.unit, product.factor * back.factor)) == in_days(a)


@settings(max_examples=100)
@given(units())
def test_a_unit_over_itself_is_a_plain_number(a: Unit) -> None:
    assert divide(a, a) == Combined(NUMBER)
    assert power(a, Fraction(0)) == NUMBER
    assert power(power(a, Fraction(1, 2)), Fraction(2)) == a


@settings(max_examples=100)
@given(units(), units())
def test_a_result_has_at_most_one_time(a: Unit, b: Unit) -> None:
    assert sum(symbol in TIMES for symbol, _ in multiply(a, b).unit.powers) <= 1


@given(st.sampled_from(TIMES), st.sampled_from(TIMES), st.sampled_from(TIMES))
def test_time_converts_exactly_there_and_back(a: str, b: str, c: str) -> None:
    assert time_factor(a, b)[0] * time_factor(b, a)[0] == 1
    assert time_factor(a, b)[0] * time_factor(b, c)[0] == time_factor(a, c)[0]


@pytest.mark.parametrize(
    ("source", "target", "factor", "nominal"),
    [
        ("week", "day", 7, False),
        ("day", "second", 86_400, False),
        ("year", "quarter", 4, False),
        ("quarter", "month", 3, False),
        ("month", "day", Fraction("30.436875"), True),
        ("year", "day", Fraction("365.2425"), True),
    ],
)
def test_lengths_of_time(source: str, target: str, factor: Fraction, nominal: bool) -> None:
    assert time_factor(source, target) == (factor, nominal)


def test_the_right_time_moves_to_the_left() -> None:
    assert multiply(unit(USD=1, hour=-1), unit(minute=1)) == Combined(unit(USD=1), Fraction(1, 60), False)
    assert divide(unit(hour=1), unit(minute=1)) == Combined(NUMBER, Fraction(60), False)
    assert multiply(unit(USD=1, month=-1), unit(year=1)) == Combined(unit(USD=1), Fraction(12), False)
    assert multiply(unit(hour=1), unit(day=2)) == Combined(unit(hour=3), Fraction(576), False)
    assert multiply(unit(USD=1, day=-1), unit(month=1)).nominal


def test_a_root_of_a_conversion_is_exact_or_nominal() -> None:
    half = Fraction(1, 2)
    assert multiply(unit(quarter=half), unit(year=half)) == Combined(unit(quarter=1), Fraction(2), False)
    rough = multiply(unit(day=half), unit(hour=half))
    assert rough.nominal and abs(rough.factor**2 - Fraction(1, 24)) < Fraction(1, 10**29)


@pytest.mark.parametrize("exponent", [Fraction(10**9), Fraction(1, 10**9)])
def test_an_exponent_out_of_bounds_is_refused_at_once(exponent: Fraction) -> None:
    wild = power(unit(hour=1), exponent)
    assert not wild.within_limits
    with pytest.raises(ValueError):
        multiply(unit(day=1), wild)
    with pytest.raises(ValueError):
        divide(wild, wild)


def test_percent_is_only_how_a_number_is_shown() -> None:
    assert PERCENT == NUMBER
    assert multiply(PERCENT, PERCENT).unit.percent
    assert power(PERCENT, Fraction(12)).percent
    assert not divide(PERCENT, PERCENT).unit.percent
    assert not multiply(PERCENT, unit(USD=1)).unit.percent


@pytest.mark.parametrize(
    ("whole", "shown", "spelt"),
    [
        (NUMBER, "number", "number"),
        (PERCENT, "percent", "percent"),
        (unit(USD=1), "USD", "USD"),
        (unit(day=2), "day^2", "day^2"),
        (unit(year=-1), "1 / year", "1 / year"),
        (unit(USD=1, customer=-1), "USD / customer", "USD / customer"),
        (
            unit(customer=1, proposal=1, conversation=-1),
            "customer·proposal / conversation",
            "customer * proposal / conversation",
        ),
        (unit(USD=1, user=-1, month=-1), "USD / (user·month)", "USD / user / month"),
        (unit(month=-2, user=-1), "1 / (user·month^2)", "1 / user / month^2"),
        (unit(USD=Fraction(1, 2)), "USD^(1/2)", "USD^(1/2)"),
    ],
)
def test_units_are_shown_and_spelt(whole: Unit, shown: str, spelt: str) -> None:
    assert (show(whole), spell(whole)) == (shown, spelt)


def test_names_of_time() -> None:
    assert [time_symbol(name) for name in ("days", "hour", "quarters")] == ["day", "hour", "quarter"]
    assert [time_symbol(name) for name in ("dayss", "lead", "s", "")] == [None] * 4
