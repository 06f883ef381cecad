"""Shares that a formula divides by 100, as if 25% were stored as 25; here a percent is a fraction.

A product or quotient is looked at with all its factors. It divides a share by 100 if a share is above the line, or the whole is
one, and its plain numbers come to a hundredth. With plain numbers from data above the line it is left alone: they may be cents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import prod

from msgspec import Struct

from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Reference, children
from kpidsl.checks import messages
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.checks.percents import Factors
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.model import Formula
from kpidsl.language.tree import Tree
from kpidsl.units.system import UnitSystem

_HUNDREDTHS = (Fraction(1, 100), Fraction(1, 10_000))
_ONE = Fraction(1)
_WITH_PARTS = (Apply, Aggregate)
_JOINING = ("multiply", "divide")

Brought = Callable[[str], Fraction]


def shares_are_fractions(inspection: Inspection) -> Iterator[Diagnostic]:
    """`percent-over-hundred`: in formulas of values, their aggregates included, and of columns."""
    factors, units = inspection.shared(Factors), inspection.catalog.units
    for name, core, formula, over_rows in _formulas(inspection):
        written = _Written(formula, units)
        for whole, in_rows in written.products(core, over_rows):
            found = written.hundredth(whole, in_rows, _nothing if in_rows else factors.of)
            if found is not None:
                place, share = found
                yield messages.percent_over_hundred(name, formula.label(place.span), share)


def _formulas(inspection: Inspection) -> Iterator[tuple[str, Core, Formula[Tree], bool]]:
    """Each with its name, and whether it is one over rows."""
    for source in inspection.catalog.sources.values():
        for column in source.columns.values():
            written = column.definition.formula if column.definition is not None else None
            if column.formula is not None and written is not None:
                yield f"{source.name}.{column.name}", column.formula, written, True
    for value in inspection.catalog.values.values():
        yield value.name, value.core, formula_of(value), False


class _Written(Struct, frozen=True):
    """A formula as it is written: a derived column in it is a name, whatever stands in the tree in its place."""

    formula: Formula[Tree]
    units: UnitSystem

    def products(self, core: Core, over_rows: bool) -> Iterator[tuple[Apply, bool]]:
        """The products and quotients that are no factors of others, and whether they are over rows."""
        stack = [(core, False, over_rows)]
        while stack:
            node, is_factor, in_rows = stack.pop()
            if isinstance(node, Apply):
                if in_rows and self._is_name(node):
                    continue
                joins = node.function in _JOINING
                if joins and not is_factor:
                    yield node, in_rows
                stack += [(child, joins, in_rows) for child in reversed(node.arguments) if isinstance(child, _WITH_PARTS)]
            elif isinstance(node, Aggregate):
                stack += [(child, False, True) for child in reversed(children(node)) if isinstance(child, _WITH_PARTS)]

    def hundredth(self, whole: Apply, in_rows: bool, brought: Brought) -> tuple[Core, Fraction] | None:
        """The first number of a product that comes to a hundredth, and what it comes to."""
        leaves = self._leaves(whole, in_rows)
        numbers = [(leaf, number, sign) for leaf, sign in leaves if (number := _number(leaf, brought)) != 1]
        if not numbers:
            return None
        times = prod((number if sign > 0 else 1 / number for _, number, sign in numbers), start=_ONE)
        if times not in _HUNDREDTHS:
            return None
        above = [leaf for leaf, sign in leaves if sign > 0]
        if not (self._is_share(whole) or any(map(self._is_share, above))) or any(map(self._may_be_cents, above)):
            return None
        return numbers[0][0], times

    def _leaves(self, whole: Core, in_rows: bool) -> list[tuple[Core, int]]:
        """The factors with their exponents, 1 or -1."""
        found, stack = list[tuple[Core, int]](), [(whole, 1)]
        while stack:
            core, sign = stack.pop()
            if not isinstance(core, Apply) or core.function not in _JOINING or (in_rows and self._is_name(core)):
                found.append((core, sign))
            elif core.function == "multiply":
                stack += [(argument, sign) for argument in reversed(core.arguments)]
            else:
                above, below = core.arguments
                stack += [(below, -sign), (above, sign)]
        return found

    def _is_name(self, core: Apply) -> bool:
        """Whether it is a derived column, which stands in the tree as what it is worked out from."""
        text = self.formula.text[core.span.start : core.span.end]
        return text.replace(".", "").replace("_", "").isalnum()

    def _is_share(self, core: Core) -> bool:
        return core.unit.percent or self.units.proportion(core.unit) is not None

    def _may_be_cents(self, leaf: Core) -> bool:
        return leaf.unit.is_number and not leaf.unit.percent and not isinstance(leaf, Constant)


def _number(leaf: Core, brought: Brought) -> Fraction:
    """The plain number that a factor is, or brings in by its own formula."""
    match leaf:
        case Constant(value=Fraction() as number) if number and leaf.unit.is_number and not leaf.unit.percent:
            return number
        case Reference(path=(name,)):
            return brought(name)
        case _:
            return _ONE


def _nothing(name: str) -> Fraction:
    """What a column brings in."""
    return _ONE
