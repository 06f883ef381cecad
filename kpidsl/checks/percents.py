"""Percents that a formula multiplies by 100, as a spreadsheet would; here a percent is a fraction that is shown as percent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import prod

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import WINDOW_FUNCTIONS, Apply, Constant, Core, Reference
from kpidsl.checks import messages
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.diagnostics import Diagnostic

_KEEPING = frozenset({"negate", "abs", "round", "floor", "ceil"}) | WINDOW_FUNCTIONS
_HUNDREDS = (100, 100 * 100)  # the second where one is multiplied twice
_ONE = Fraction(1)


def percents_are_fractions(inspection: Inspection) -> Iterator[Diagnostic]:
    """`percent-times-hundred`: a share whose formula, or a part of it that may be its value, is 100 times something."""
    factors = inspection.shared(Factors)
    for value in inspection.catalog.values.values():
        found = factors.hundred(value.core) if _is_percent(value) else None
        if found is not None:
            place, factor = found
            other = place.name if isinstance(place, Reference) else ""
            yield messages.percent_times_hundred(value.name, formula_of(value).label(place.span), factor, other)


def _is_percent(value: Value) -> bool:
    """A share whose unit is declared `number` is shown as a number."""
    return value.unit.percent or (value.proportion is not None and not value.unit.is_number)


class Factors:
    """The plain numbers that formulas are multiplied by, with those of the names in them that are not shown as percent."""

    def __init__(self, inspection: Inspection) -> None:
        self._inspection = inspection
        self._values: Mapping[str, Value] = inspection.catalog.values
        self._own: dict[str, Fraction] = {}

    def hundred(self, core: Core) -> tuple[Core, int] | None:
        """The first factor of a part that comes to 100, and what it comes to."""
        for part in _parts(core):
            factors = [(place, factor) for place, factor in self._factors(part, 1) if factor != 1]
            times = prod((factor for _, factor in factors), start=_ONE)
            if times in _HUNDREDS:
                return factors[0][0], times.numerator
        return None

    def _factors(self, core: Core, sign: int) -> Iterator[tuple[Core, Fraction]]:
        """The plain numbers that a formula is multiplied (1) or divided (-1) by, and the names that bring one in."""
        match core:
            case Constant(value=Fraction() as number) if number and not core.unit.percent and core.unit.is_number:
                yield core, number**sign
            case Reference() if (times := self.of(core.name)) != 1:
                yield core, times**sign
            case Apply(function="multiply", arguments=arguments):
                for argument in arguments:
                    yield from self._factors(argument, sign)
            case Apply(function="divide", arguments=(above, below)):
                yield from self._factors(above, sign)
                yield from self._factors(below, -sign)
            case _:
                return

    def of(self, name: str) -> Fraction:
        """The factor that a named value brings in: 1, or one of hundreds."""
        if name not in self._own:
            for each in self._inspection.formulas.unsettled(name, self._own):
                self._own[each] = self._brought_in(self._values[each])
        return self._own[name]

    def _brought_in(self, value: Value) -> Fraction:
        """What is shown as percent has a finding of its own, and a constant is no factor."""
        if _is_percent(value) or isinstance(value.core, Constant):
            return _ONE
        times = prod((factor for _, factor in self._factors(value.core, 1)), start=_ONE)
        return times if times in _HUNDREDS or 1 / times in _HUNDREDS else _ONE


def _parts(core: Core) -> Iterator[Core]:
    """What a formula is a sum of or chooses from, without the functions that keep a unit."""
    stack = [core]
    while stack:
        match stack.pop():
            case Apply(function="if", arguments=(_, yes, no)):
                stack += [no, yes]
            case Apply(function="add" | "coalesce" | "greatest" | "least", arguments=arguments):
                stack += reversed(arguments)
            case Apply(function=function, arguments=(inner, *_)) if function in _KEEPING:
                stack.append(inner)
            case Constant():
                pass
            case part:
                yield part
