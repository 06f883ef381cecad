"""Core trees over columns: names or trees and the columns of their leaves in, columns of values out.

The same arithmetic serves rows, plain numbers (`calc`, examples) and bounds: what differs is where the leaves come from.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date
from fractions import Fraction

import numpy as np

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Reference, value_names
from kpidsl.results import columns, operators
from kpidsl.results.columns import Column
from kpidsl.results.spelling import spell


class Sheet:
    """The values of one question, each name evaluated once.

    `leaves` override what the definition of a name says; `read` gives the column of an aggregate.
    """

    def __init__(self, values: Mapping[str, Value], leaves: Mapping[str, Column], read: Callable[[Aggregate], Column]) -> None:
        self.values = values
        self.leaves = leaves
        self._named = dict(leaves)
        self._read = read

    def value(self, name: str) -> Column:
        """The column of a measure, parameter or KPI."""
        return self.tree(Reference((name,)))

    def tree(self, core: Core) -> Column:
        """The column of a formula; the names under it are evaluated first, so that long chains of them do not recurse."""
        with np.errstate(all="ignore"):
            for name in names_under(core, self.values, self._named):
                self._named[name] = self._tree(self.values[name].core)
            return self._tree(core)

    def _tree(self, core: Core) -> Column:
        match core:
            case Constant(value=value):
                return columns.constant(_number(value))
            case Reference():
                return self._named[core.name]
            case Aggregate():
                return self._read(core)
            case Apply(arguments=arguments):
                return operators.apply(core, [self._tree(argument) for argument in arguments])


def names_under(core: Core, values: Mapping[str, Value], known: Container[str]) -> list[str]:
    """The values that a formula needs, directly or through others, each after those that it needs itself; not those known."""
    ordered: dict[str, None] = {}
    pending = _needs(core, known, ordered)
    while pending:
        name = pending[-1]
        deeper = [] if name in ordered else _needs(values[name].core, known, ordered)
        if deeper:
            pending.extend(deeper)
        else:
            ordered[name] = None
            pending.pop()
    return list(ordered)


def _needs(core: Core, known: Container[str], found: Container[str]) -> list[str]:
    return [part.name for part in value_names(core) if part.name not in known and part.name not in found]


def evaluate(
    names: Iterable[str],
    values: Mapping[str, Value],
    leaves: Mapping[str, Column],
    read: Callable[[Aggregate], Column] | None = None,
) -> dict[str, Column]:
    """The columns of some values of a catalog, by name; without `read` every aggregate must be below a leaf."""
    sheet = Sheet(values, leaves, read or no_rows)
    return {name: sheet.value(name) for name in names}


def no_rows(aggregate: Aggregate) -> Column:
    """What reads an aggregate where there are only plain numbers."""
    raise AssertionError(f"no rows for {spell(aggregate)}")


def _number(value: Fraction | str | bool | date) -> float:
    match value:
        case Fraction() | bool():
            return float(value)
        case _:
            raise AssertionError(f"no number: {value!r}")
