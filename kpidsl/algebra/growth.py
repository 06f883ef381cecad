"""Values in, whether they grow with the length of the period out.

A count or a sum over a source with a date grows with the period, and so does a sum of such and a multiple of one; a ratio of
two does not, and neither does a stock, nor what is asked for a window of its own length.
"""

from __future__ import annotations

from kpidsl.algebra.formulas import Formulas
from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference


class Growth:
    """Whether values grow with the length of the period, each worked out once."""

    def __init__(self, catalog: Catalog, formulas: Formulas) -> None:
        self._catalog = catalog
        self._formulas = formulas
        self._known: dict[str, bool] = {}

    def of(self, name: str) -> bool:
        for each in self._formulas.unsettled(name, self._known):
            self._known[each] = self._grows(self._formulas.values[each].core)
        return self._known[name]

    def _grows(self, core: Core) -> bool:
        match core:
            case Aggregate(function="count" | "sum", at=at, source=source, alive=None, closing=False):
                return at is not None or self._catalog.sources[source].time is not None
            case Reference(path=(name,)):
                return self._known[name]
            case Apply(function="period_length"):
                return True
            case Apply(function="previous" | "total", arguments=(value, *_)):
                return self._grows(value)
            case Apply(function="divide", arguments=(above, below)):
                return self._grows(above) and not self._grows(below)
            case Apply(function="add" | "multiply" | "negate" | "abs" | "round" | "floor" | "ceil", arguments=arguments):
                return any(self._grows(argument) for argument in arguments)
            case _:
                return False
