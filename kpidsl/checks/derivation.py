"""A formula's dimension derived a second time: a core tree and the declarations in, sympy's dimension out.

The walk reads what is declared (units of columns, rows, parameters, values) and the units of constants; it never reads the unit
that the catalog wrote on a sum, a product or a call, since that is what it is held against. Sums are derived term by term.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce

from kpidsl.algebra.dimensions import Dimension, Dimensions
from kpidsl.catalog.catalog import Catalog, Column, Source, Value
from kpidsl.catalog.core import (
    WINDOW_FUNCTIONS,
    Aggregate,
    Apply,
    Constant,
    Core,
    Gather,
    Nearby,
    Reference,
    Type,
)
from kpidsl.catalog.reading import constant_value
from kpidsl.units.unit import NUMBER, Unit

_ALTERNATIVES = frozenset({"coalesce", "greatest", "least"})
_COMPARISONS = frozenset({"equal", "less", "greater", "at_most", "at_least", "in"})
_KEEPING = frozenset({"negate", "abs", "round", "floor", "ceil"}) | WINDOW_FUNCTIONS
_PLAIN = frozenset({"ln", "exp"})
_HALF = Fraction(1, 2)


class Disagreement(Exception):
    """A node that has no dimension by this derivation, though the catalog gave it a unit."""

    def __init__(self, node: Core) -> None:
        self.node = node


class Derivation:
    """Derives formulas of one catalog."""

    def __init__(self, catalog: Catalog, dimensions: Dimensions) -> None:
        self._catalog = catalog
        self._dimensions = dimensions

    def check_value(self, value: Value) -> None:
        """Raise Disagreement unless a formula has the unit that the catalog gave it, and one that fits the declared unit."""
        found = self._derive(value.core, None)
        self._hold(value.core, found)
        share = value.unit.is_number and self._dimensions.is_share(found)
        if not share and value.core.unit != value.unit:
            raise Disagreement(value.core)

    def check_column(self, source: Source, column: Column) -> None:
        """The same for a derived column."""
        if column.formula is not None:
            self._hold(column.formula, self._derive(column.formula, source))

    def check_claim(self, left: Core, right: Core) -> None:
        """Raise Disagreement unless both sides have the units that the catalog gave them and may be compared."""
        for side in (left, right):
            self._hold(side, self._derive(side, None))
        self._compare([left, right], right, None)

    def _hold(self, core: Core, found: Dimension) -> None:
        if core.type is Type.NUMBER and not self._dimensions.same(found, self._dimensions.of(core.unit)):
            raise Disagreement(core)

    def _derive(self, core: Core, source: Source | None) -> Dimension:
        """The dimension of a node; that of a plain number where it is no number. `source` holds the columns, if in its rows."""
        match core:
            case Constant():
                return self._dimensions.of(core.unit)
            case Reference() if source is not None:
                return self._dimensions.of(self._column_unit(core, source))
            case Reference():
                return self._dimensions.of(meaning(self._catalog.values[core.name]))
            case Aggregate():
                return self._aggregate(core)
            case Gather(aggregate=aggregate):
                return self._aggregate(aggregate)
            case Nearby():
                return self._nearby(core)
            case Apply(function=function, arguments=arguments):
                return self._apply(function, arguments, core, source)

    def _column_unit(self, reference: Reference, source: Source) -> Unit:
        *_, (owner, name) = self._catalog.steps(source.name, reference.path)
        return self._catalog.sources[owner].columns[name].unit

    def _nearby(self, node: Nearby) -> Dimension:
        source = self._catalog.sources[node.source]
        if node.where is not None:
            self._derive(node.where, source)
        return self._derive(node.argument, source)

    def _aggregate(self, node: Aggregate) -> Dimension:
        try:
            own = self._of_rows(node)
        except Disagreement as inside:  # the formulas of derived columns stand in the rows, with places of their own
            raise Disagreement(node) from inside
        declared = self._dimensions.of(node.unit)
        if self._dimensions.same(own, declared):
            if node.function != "count" and node.argument is not None and node.argument.unit != node.unit:
                raise Disagreement(node)  # minutes called hours: of the same dimension, but nothing divided by 60
            return own
        counts = node.function == "count" and node.unit.is_number and self._dimensions.entity(own) is not None
        narrows = node.function == "count" and node.where is not None and self._dimensions.is_narrower(declared, own)
        if counts or narrows:
            return declared
        raise Disagreement(node)

    def _of_rows(self, node: Aggregate) -> Dimension:
        """The dimension of an aggregate by what its rows and columns are declared to be."""
        source = self._catalog.sources[node.source]
        if node.where is not None:
            self._derive(node.where, source)
        return self._counted(node, source) if node.function == "count" else self._row(node.argument, source)

    def _row(self, argument: Core | None, source: Source) -> Dimension:
        return self._dimensions.number if argument is None else self._derive(argument, source)

    def _counted(self, node: Aggregate, source: Source) -> Dimension:
        """A count is of rows; a distinct one of what its column refers to, or of the rows whose key the column is."""
        if not node.distinct:
            return self._rows_of(source)
        if not isinstance(node.argument, Reference):
            return self._row(node.argument, source)
        *_, (owner, name) = self._catalog.steps(source.name, node.argument.path)
        source = self._catalog.sources[owner]
        column = source.columns[name]
        if column.references is not None:
            target = self._catalog.sources.get(column.references)
            return self._dimensions.of(node.unit) if target is None else self._rows_of(target)  # where it has a mistake
        is_key = source.key == (column.name,) and column.unit.is_number
        return self._rows_of(source) if is_key else self._dimensions.of(column.unit)

    def _rows_of(self, source: Source) -> Dimension:
        return self._dimensions.of(Unit.of(source.row) if source.row else NUMBER)

    def _apply(self, function: str, arguments: tuple[Core, ...], node: Core, source: Source | None) -> Dimension:
        if function in _COMPARISONS:
            return self._compare(arguments, node, source)
        parts = [self._derive(argument, source) for argument in arguments]
        match function:
            case "add":
                return self._meet(arguments, parts, node)
            case "multiply":
                return reduce(self._dimensions.product, parts)
            case "divide":
                return self._dimensions.quotient(parts[0], parts[1])
            case "power" | "sqrt":
                return self._power(arguments, parts, node)
            case "if":
                return self._meet(arguments[1:], parts[1:], node)
            case "days_between" | "period_length":
                return self._dimensions.of(Unit.of("day"))
            case _ if function in _ALTERNATIVES:
                return self._meet(arguments, parts, node)
            case _ if function in _KEEPING:
                return parts[0]
            case _ if function in _PLAIN:
                return self._needs_share(parts[0], node)
            case _:
                return self._dimensions.number

    def _meet(self, terms: Sequence[Core], parts: Sequence[Dimension], node: Core) -> Dimension:
        """The dimension of terms that are added or stand for each other. A literal 0 takes any."""
        total = parts[0]
        for index in range(1, len(parts)):
            if is_zero(terms[index]):
                continue
            if index == 1 and is_zero(terms[0]):
                total = parts[1]
                continue
            joined = self._dimensions.join(total, parts[index])
            if joined is None:
                raise Disagreement(node)
            total = joined
        return total

    def _compare(self, operands: Sequence[Core], node: Core, source: Source | None) -> Dimension:
        """A comparison is no number; its operands must meet. The catalog takes the unit off a constant that is compared."""
        item, *others = [(operand, self._derive(operand, source)) for operand in operands]
        for other in others:
            constant = any(isinstance(each, Constant) and each.unit.is_number for each, _ in (item, other))
            if not constant and self._dimensions.join(item[1], other[1], comparing=True) is None:
                raise Disagreement(node)
        return self._dimensions.number

    def _power(self, arguments: Sequence[Core], parts: Sequence[Dimension], node: Core) -> Dimension:
        if len(arguments) == 1:
            return self._dimensions.power(parts[0], _HALF)
        self._needs_share(parts[1], node)
        exponent = constant_value(arguments[1])
        if exponent is None or self._dimensions.same(parts[0], self._dimensions.number):
            return self._needs_share(parts[0], node)
        return self._dimensions.power(parts[0], exponent)

    def _needs_share(self, part: Dimension, node: Core) -> Dimension:
        if not self._dimensions.is_share(part):
            raise Disagreement(node)
        return self._dimensions.number


def meaning(value: Value) -> Unit:
    """What a name stands for: a share keeps the unit of its formula."""
    return value.core.unit if value.unit.is_number and value.proportion else value.unit


def is_zero(core: Core) -> bool:
    """Whether a formula is a literal 0, which is in any unit."""
    return isinstance(core, Constant) and core.type is Type.NUMBER and core.value == 0 and core.unit.is_number
