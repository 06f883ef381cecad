"""Units as products of powers of currencies, entities and time: in go units, out come their products, powers and factors.

A value is stored in its unit as written, so that 90 minutes stay 90. When two units with different time symbols meet, the
right one moves to the symbol of the left, and the value of the result is `left op right * factor`.

Seconds to weeks convert exactly, and so do months, quarters and years; between the two families the mean Gregorian year of
146,097 / 400 days decides, and the factor counts as nominal.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

_YEAR = Fraction(146_097, 400)
_LENGTHS = {  # in days
    "second": Fraction(1, 86_400),
    "minute": Fraction(1, 1_440),
    "hour": Fraction(1, 24),
    "day": Fraction(1),
    "week": Fraction(7),
    "month": _YEAR / 12,
    "quarter": _YEAR / 4,
    "year": _YEAR,
}
_MONTH_FAMILY = frozenset({"month", "quarter", "year"})
TIMES = tuple(_LENGTHS)

# Formulas that refer to each other can multiply exponents without end; past this a unit means nothing to anybody.
_LARGEST = 64
_SCALE = 10**30
_ONE, _MINUS_ONE = Fraction(1), Fraction(-1)

_Powers = tuple[tuple[str, Fraction], ...]


class Unit(Struct, frozen=True):
    """Powers by symbol, in the order of the symbols, at most one of them a time.

    `percent` says how a plain number is shown, and does not count when units are compared.
    """

    powers: tuple[tuple[str, Fraction], ...] = ()
    percent: bool = False

    def __eq__(self, other: object) -> bool:
        return self is other or (type(other) is Unit and self.powers == other.powers)

    def __hash__(self) -> int:
        return hash(self.powers)

    @staticmethod
    def of(symbol: str, exponent: int | Fraction = 1) -> Unit:
        """The unit of one symbol: a currency, an entity or a time in the singular."""
        return _unit({symbol: Fraction(exponent)})

    @property
    def is_number(self) -> bool:
        return not self.powers

    @property
    def time(self) -> tuple[str, Fraction] | None:
        """The time symbol and its exponent."""
        for power in self.powers:
            if power[0] in _LENGTHS:
                return power
        return None

    @property
    def within_limits(self) -> bool:
        """Whether the exponents are such as a product may have; beyond them `multiply` and `divide` refuse."""
        fractions = ((exponent.numerator, exponent.denominator) for _, exponent in self.powers)  # faster than to compare them
        return all(abs(above) <= _LARGEST * below and below <= _LARGEST for above, below in fractions)


NUMBER = Unit()
PERCENT = Unit(percent=True)


class Combined(Struct, frozen=True):
    """The unit of a product or quotient: the value in it is `left op right * factor`."""

    unit: Unit
    factor: Fraction = _ONE
    nominal: bool = False


_SYMBOLS = {name: symbol for symbol in TIMES for name in (symbol, symbol + "s")}


def time_symbol(name: str) -> str | None:
    """The time that a name in the singular or plural stands for: `days` is `day`."""
    return _SYMBOLS.get(name)


def time_factor(source: str, target: str) -> tuple[Fraction, bool]:
    """How many of `target` one of `source` is, and whether that is only nominally so."""
    return _LENGTHS[source] / _LENGTHS[target], (source in _MONTH_FAMILY) != (target in _MONTH_FAMILY)


def multiply(left: Unit, right: Unit) -> Combined:
    """The unit of a product, in the time symbol of the left; ValueError where exponents are beyond the limits."""
    return _product(left.powers, left.percent, right.powers, right.percent)


def divide(left: Unit, right: Unit) -> Combined:
    """The unit of a quotient, in the time symbol of the left; ValueError where exponents are beyond the limits."""
    return multiply(left, _inverse(right.powers))


@lru_cache(maxsize=1_000)
def _product(left: _Powers, left_percent: bool, right: _Powers, right_percent: bool) -> Combined:
    """As `multiply`. A project has few units and multiplies them in every formula."""
    one, other = Unit(left, percent=left_percent), Unit(right, percent=right_percent)
    moved, factor, nominal = to_time_of(one, other)
    unit = merge(one, moved)
    if not (one.within_limits and other.within_limits and unit.within_limits):
        raise ValueError("an exponent is beyond the limits")
    return Combined(unit, factor, nominal)


@lru_cache(maxsize=1_000)
def _inverse(powers: _Powers) -> Unit:
    return power(Unit(powers), _MINUS_ONE)


def power(base: Unit, exponent: Fraction) -> Unit:
    """The unit of a power; a percent stays one when the exponent is positive."""
    powers = {symbol: own * exponent for symbol, own in base.powers}
    return _unit(powers, percent=base.percent and exponent > 0)


def merge(left: Unit, right: Unit) -> Unit:
    """The product of two units that have no different times, whatever the exponents."""
    powers = dict(left.powers)
    for symbol, exponent in right.powers:
        powers[symbol] = powers.get(symbol, Fraction(0)) + exponent
    return _unit(powers, percent=left.percent and right.percent)


def to_time_of(target: Unit, unit: Unit) -> tuple[Unit, Fraction, bool]:
    """`unit` in the time symbol of `target`, the factor that takes a value there, and whether it is nominal.

    It stays as it is where either has no time, or the exponents are beyond the limits.
    """
    if not target.powers or not unit.powers:
        return unit, _ONE, False
    there, here = target.time, unit.time
    if there is None or here is None or there[0] == here[0] or not unit.within_limits:
        return unit, _ONE, False
    (symbol, exponent), wanted = here, there[0]
    factor, nominal = time_factor(symbol, wanted)
    raised, exact = _raise(factor, exponent)
    powers = {wanted if own == symbol else own: exponent for own, exponent in unit.powers}
    return _unit(powers), raised, nominal or not exact


def show(unit: Unit) -> str:
    """The unit as people read it: `USD / customer`, `USD / (customer·month)`, `1 / year`, `percent`, `number`."""
    above, below = _factors(unit, 1), _factors(unit, -1)
    if not above and not below:
        return "percent" if unit.percent else "number"
    line = "·".join(above) or "1"
    if len(below) > 1:
        return f"{line} / ({'·'.join(below)})"
    return " / ".join([line, *below])


def spell(unit: Unit) -> str:
    """The unit as the language writes it: `customer * proposal / conversation`, `USD / customer / month`."""
    if unit.is_number:
        return show(unit)
    return " / ".join([" * ".join(_factors(unit, 1)) or "1", *_factors(unit, -1)])


def _unit(powers: dict[str, Fraction], *, percent: bool = False) -> Unit:
    kept = tuple(sorted((symbol, exponent) for symbol, exponent in powers.items() if exponent))
    return Unit(kept, percent=percent and not kept)


def _raise(base: Fraction, exponent: Fraction) -> tuple[Fraction, bool]:
    """A power, and whether it is exact; a root that is no fraction is cut after 30 decimals, where it is above 1."""
    if base < 1:
        base, exponent = 1 / base, -exponent
    raised = base ** abs(exponent.numerator)
    degree = exponent.denominator
    root = Fraction(_root(raised.numerator, degree), _root(raised.denominator, degree))
    exact = root**degree == raised
    if not exact:
        root = Fraction(_root(raised.numerator * _SCALE**degree // raised.denominator, degree), _SCALE)
    return (root if exponent > 0 else 1 / root), exact


def _root(number: int, degree: int) -> int:
    """The largest integer whose power is at most `number`, by Newton's method from above."""
    guess = 1 << -(-number.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + number // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def _factors(unit: Unit, sign: int) -> list[str]:
    """The factors above or below the line, the time last."""
    ordered = sorted(unit.powers, key=lambda power: (power[0] in _LENGTHS, power[0]))
    return [_factor(symbol, exponent * sign) for symbol, exponent in ordered if exponent * sign > 0]


def _factor(symbol: str, exponent: Fraction) -> str:
    if exponent == 1:
        return symbol
    return f"{symbol}^{exponent}" if exponent.denominator == 1 else f"{symbol}^({exponent})"
