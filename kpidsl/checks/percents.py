"""Percents that a formula multiplies by 100, as a spreadsheet would; here a percent is a fraction that is shown as percent."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Apply, Constant, Core
from kpidsl.checks import messages
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.diagnostics import Diagnostic


def percents_are_fractions(inspection: Inspection) -> Iterator[Diagnostic]:
    """`percent-times-hundred`: a share whose formula is 100 times something."""
    for value in inspection.catalog.values.values():
        hundred = hundred_in(value)
        if hundred is not None and (value.unit.percent or value.proportion is not None):
            yield messages.percent_times_hundred(value.name, formula_of(value).label(hundred.span))


def hundred_in(value: Value) -> Constant | None:
    """The 100 in a product or quotient whose plain numbers come to 100."""
    constants = tuple(_constants(value.core, 1))
    if prod((number.value**sign for number, sign in constants if isinstance(number.value, Fraction)), start=Fraction(1)) != 100:
        return None
    return constants[0][0]


def _constants(core: Core, sign: int) -> Iterator[tuple[Constant, int]]:
    """The plain numbers that a formula is multiplied (1) or divided (-1) by."""
    match core:
        case Constant(value=Fraction() as number) if number and not core.unit.percent and core.unit.is_number:
            yield core, sign
        case Apply(function="multiply", arguments=arguments):
            for argument in arguments:
                yield from _constants(argument, sign)
        case Apply(function="divide", arguments=(above, below)):
            yield from _constants(above, sign)
            yield from _constants(below, -sign)
        case _:
            return
