"""Numbers by their unit as people read them: a value and its unit in, a short text out (`USD 2,000`, `25.0%`, `12.5 days`).

How many digits: a percent has one decimal, money none from 100 up and two below, a time one, a whole number none, every
other number three significant digits. Small values get the digits that they need not to look like 0. What an entity adds to
a unit (the customer in USD / customer) is not shown; a table has the unit in a column of its own.
"""

from __future__ import annotations

from math import ceil, floor, isfinite, log10

from msgspec import Struct

from kpidsl.units.unit import Unit

_SCIENTIFIC = 1e15


class Form(Struct, frozen=True):
    """How the values of one figure are shown: in their unit, as percent, or by the names of levels."""

    unit: Unit
    percent: bool = False
    levels: tuple[str, ...] = ()

    def number(self, value: float, more: int = 0) -> str:
        """A value; `more` asks for that many digits beyond the usual. Between two levels `fair to strong`."""
        if 1 <= value <= len(self.levels):
            return " to ".join(dict.fromkeys((self.levels[floor(value) - 1], self.levels[ceil(value) - 1])))
        return show_number(value, self.unit, self.percent, more)

    def exact(self, value: float) -> str:
        """A number that somebody wrote."""
        return self.number(value) if self.levels else show_exact(value, self.unit, self.percent)

    def rounded(self, value: float) -> str:
        """A number that nobody wrote beside some that were: with no more digits than usual."""
        return min(self.exact(value), self.number(value), key=len)

    def interval(self, low: float, high: float) -> str:
        """`4.6% to 69.9%`; of levels from the lower one of the first to the upper one of the last."""
        if self.levels and 1 <= low <= high <= len(self.levels):
            return f"{self.number(floor(low))} to {self.number(ceil(high))}"
        return f"{self.number(low)} to {self.number(high)}"


def show_number(value: float, unit: Unit, percent: bool = False, more: int = 0) -> str:
    """A finite value in its unit; `percent` shows a ratio as percent, `more` asks for that many digits beyond the usual."""
    if not isfinite(value):
        raise ValueError(f"not a finite number: {value}")
    if percent or unit.percent:
        return f"{_rounded(100 * value, _digits(100 * value, 1, more))}%"
    if currency := _currency(unit):
        return f"{currency} {_rounded(value, _digits(value, 0 if abs(value) >= 100 else 2, more))}"
    if time := _time(unit):
        return f"{_rounded(value, _digits(value, 1, more))} {time}{'' if value == 1 else 's'}"
    return _plain(value, more)


def show_exact(value: float, unit: Unit, percent: bool = False) -> str:
    """A number that somebody wrote, such as a bound, with the digits that it was written with."""
    if not isfinite(value):
        raise ValueError(f"not a finite number: {value}")
    if percent or unit.percent:
        return f"{_shortest(100 * value)}%"
    if currency := _currency(unit):
        return f"{currency} {_shortest(value)}"
    if time := _time(unit):
        return f"{_shortest(value)} {time}{'' if value == 1 else 's'}"
    return _shortest(value)


def _currency(unit: Unit) -> str | None:
    """The currency above the line; entities and times are in lower case, currencies are not."""
    return next((symbol for symbol, exponent in unit.powers if exponent == 1 and not symbol.islower()), None)


def _time(unit: Unit) -> str | None:
    """The time that the unit is and nothing else."""
    return unit.time[0] if unit.time is not None and len(unit.powers) == 1 and unit.time[1] == 1 else None


def _plain(value: float, more: int) -> str:
    if value == round(value) and abs(value) < _SCIENTIFIC:
        return f"{_zeroless(value):,.0f}"
    return _rounded(value, max(0, 2 - _magnitude(value)) + more)


def _digits(value: float, usual: int, more: int) -> int:
    """The decimals of a value; where the usual ones would leave less than two digits of it, two significant ones."""
    if value == 0 or abs(value) >= 1:
        return usual + more
    return max(usual, 1 - _magnitude(value)) + more


def _magnitude(value: float) -> int:
    return floor(log10(abs(value)))


def _rounded(value: float, decimals: int) -> str:
    if abs(value) >= _SCIENTIFIC or decimals > 15:
        return f"{value:.3g}"
    return f"{_zeroless(round(value, decimals)):,.{decimals}f}"


def _shortest(value: float) -> str:
    text = f"{_zeroless(float(f'{value:.12g}')):,.12f}".rstrip("0").rstrip(".")
    return text if 1e-9 <= abs(value) < _SCIENTIFIC or value == 0 else f"{value:.12g}"


def _zeroless(value: float) -> float:
    """The value, with -0.0 as 0."""
    return value + 0.0
