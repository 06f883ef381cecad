"""Numbers as people read them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kpidsl.results.numbers import show_exact, show_number
from kpidsl.units.unit import NUMBER, PERCENT, Unit

USD = Unit.of("USD")
CAC = Unit((("USD", Fraction(1)), ("customer", Fraction(-1))))
LEAD = Unit.of("lead")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2000.0, USD, "USD 2,000"),
        (2000.4, CAC, "USD 2,000"),
        (99.5, USD, "USD 99.50"),
        (0.0034, USD, "USD 0.0034"),
        (-1234.0, USD, "USD -1,234"),
        (0.25, PERCENT, "25.0%"),
        (1 / 3, PERCENT, "33.3%"),
        (0.0054, PERCENT, "0.54%"),
        (0.0, PERCENT, "0.0%"),
        (12.34, Unit.of("day"), "12.3 days"),
        (1.0, Unit.of("hour"), "1.0 hour"),
        (1234567.0, LEAD, "1,234,567"),
        (4.0, NUMBER, "4"),
        (3.14159, NUMBER, "3.14"),
        (1234.56, NUMBER, "1,235"),
        (0.00123456, NUMBER, "0.00123"),
        (-0.0, NUMBER, "0"),
        (1e20, NUMBER, "1e+20"),
    ],
)
def test_shown_by_unit(value: float, unit: Unit, text: str) -> None:
    assert show_number(value, unit) == text


def test_a_ratio_shown_as_percent() -> None:
    assert show_number(0.125, NUMBER, percent=True) == "12.5%"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0402, PERCENT, "4.02%"),
        (0.15, PERCENT, "15%"),
        (2000.0, CAC, "USD 2,000"),
        (2.5, NUMBER, "2.5"),
        (90.0, Unit.of("day"), "90 days"),
        (0.1 + 0.2, NUMBER, "0.3"),
    ],
)
def test_a_bound_keeps_its_digits(value: float, unit: Unit, text: str) -> None:
    assert show_exact(value, unit) == text


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        show_number(float("nan"), NUMBER)
