"""What the value of a long period has to do with those of the periods in it: their sum, a mean of them, or nothing known.

A count or a sum over rows with a date is the sum over the parts of a period, and so are a multiple and a sum of such. One of
them divided by a count of rows is a mean of those of the parts, weighted by their counts, so it lies between the least and the
greatest of them. Counts of different values, stocks and windows are neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from kpidsl.algebra.formulas import Formulas
from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Reference, per_period
from kpidsl.periods.grain import Grain

# How many of the smaller there are at least and at most in one of the larger, in calendars of every kind.
PARTS: Mapping[tuple[Grain, Grain], tuple[int, int]] = {
    (Grain.DAY, Grain.WEEK): (7, 7),
    (Grain.DAY, Grain.MONTH): (28, 35),
    (Grain.DAY, Grain.QUARTER): (90, 98),
    (Grain.DAY, Grain.YEAR): (364, 371),
    (Grain.MONTH, Grain.QUARTER): (3, 3),
    (Grain.MONTH, Grain.YEAR): (12, 12),
    (Grain.QUARTER, Grain.YEAR): (4, 4),
}


class Whole(Enum):
    """What a value is of its parts."""

    SUM = "sum"
    MEAN = "mean"


class Wholes:
    """What the values of a catalog are of their parts, each worked out once."""

    def __init__(self, catalog: Catalog, formulas: Formulas) -> None:
        self._catalog = catalog
        self._formulas = formulas
        self._known: dict[str, tuple[bool, bool]] = {}

    def of(self, name: str) -> Whole | None:
        """None where nothing is known."""
        for each in self._formulas.unsettled(name, self._known):
            core = self._formulas.values[each].core
            self._known[each] = self._adds_up(core), self._counts(core)
        core = self._formulas.values[name].core
        while isinstance(core, Reference):
            core = self._formulas.values[core.name].core
        if self._adds_up(core):
            return Whole.SUM
        match core:
            case Apply(function="divide", arguments=(above, below)) if self._adds_up(above) and self._counts(below):
                return Whole.MEAN
            case _:
                return None

    def _adds_up(self, core: Core) -> bool:
        match core:
            case Aggregate(function="count" | "sum"):
                return self._is_placed(core)
            case Reference(path=(name,)):
                return self._known[name][0]
            case Apply(function="add" | "negate", arguments=arguments):
                return all(self._adds_up(argument) for argument in arguments)
            case Apply(function="multiply", arguments=arguments):
                fixed = sum(self._is_fixed(argument) for argument in arguments)
                return fixed == len(arguments) - 1 and any(self._adds_up(argument) for argument in arguments)
            case Apply(function="divide", arguments=(above, below)):
                return self._is_fixed(below) and self._adds_up(above)
            case _:
                return False

    def _counts(self, core: Core) -> bool:
        """Whether it adds up counts, and nothing that may be negative."""
        match core:
            case Aggregate(function="count"):
                return self._is_placed(core)
            case Reference(path=(name,)):
                return self._known[name][1]
            case Apply(function="add", arguments=arguments):
                return all(self._counts(argument) for argument in arguments)
            case _:
                return False

    def _is_placed(self, node: Aggregate) -> bool:
        """Whether each row counts in one period, by itself and whatever the period is."""
        if node.distinct or node.alive is not None or node.closing:
            return False
        has_date = node.at is not None or self._catalog.sources[node.source].time is not None
        return has_date and not any(per_period(part) for part in (node.argument, node.where) if part is not None)

    def _is_fixed(self, core: Core) -> bool:
        return isinstance(core, Constant) or (isinstance(core, Reference) and self._formulas.is_parameter(core.name))
