"""Core trees over columns: names or trees and the columns of their leaves in, columns of values out.

The same arithmetic serves rows, plain numbers (`calc`, examples) and bounds: what differs is where the leaves come from. A
formula is worked out in the cells of a chain of frames; a window enters one more, and brings what it finds back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Protocol

import numpy as np
from msgspec import Struct, field

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import PERIOD_FUNCTIONS, Aggregate, Apply, Constant, Core, Reference
from kpidsl.periods.calendar import Calendar
from kpidsl.plan.ask import midnight
from kpidsl.plan.frames import frame_of, is_window
from kpidsl.results import columns, operators
from kpidsl.results.columns import Column
from kpidsl.results.frames import Path, days_since_1970
from kpidsl.results.spelling import spell
from kpidsl.results.uses import Named, names_under


class Leaves(Protocol):
    """Where formulas find what is no arithmetic, in the cells of each chain of frames."""

    @property
    def calendar(self) -> Calendar: ...

    def column(self, aggregate: Aggregate, path: Path = ()) -> Column:
        """The value of an aggregate."""

    def period(self, name: str, path: Path) -> Column:
        """What a name of the period stands for."""

    def returned(self, column: Column, path: Path, node: Apply) -> Column:
        """What a window, the last frame of a path, is outside of it."""


class Sheet:
    """The values of one question, each name evaluated once for each chain of frames.

    `given` overrides, in all of them, what the definition of a name says; `leaves` gives the rest.
    """

    def __init__(self, values: Mapping[str, Value], given: Mapping[str, Column], leaves: Leaves) -> None:
        self.values = values
        self.given = given
        self.leaves = leaves
        self._named: dict[Named, Column] = {}

    def value(self, name: str) -> Column:
        """The column of a measure, parameter or KPI."""
        return self.tree(Reference((name,)))

    def tree(self, core: Core, path: Path = ()) -> Column:
        """The column of a formula; the names under it are evaluated first, so that long chains of them do not recurse."""
        with np.errstate(all="ignore"):
            for name, at in names_under(core, path, self.values, self._knows):
                self._named[name, at] = self._tree(self.values[name].core, at)
            return self._tree(core, path)

    def _knows(self, named: Named) -> bool:
        return named[0] in self.given or named in self._named

    def _tree(self, core: Core, path: Path) -> Column:
        match core:
            case Constant(value=value):
                return columns.constant(_number(value))
            case Reference():
                return self.given[core.name] if core.name in self.given else self._named[core.name, path]
            case Aggregate():
                return self.leaves.column(core, path)
            case Apply(function=function) if function in PERIOD_FUNCTIONS:
                return self.leaves.period(function, path)
            case Apply(arguments=arguments) if is_window(core):
                inner = (*path, frame_of(core))
                return self.leaves.returned(self._tree(arguments[0], inner), inner, core)
            case Apply():
                found = [self._tree(argument, path) for argument in values_of(core)]
                return operators.apply(core, found, self.leaves.calendar)
            case _:
                raise AssertionError(core)


def values_of(node: Apply) -> list[Core]:
    """The arguments that have a value: the word of a grain has none."""
    return [argument for argument in node.arguments if not _is_word(argument)]


def _is_word(core: Core) -> bool:
    return isinstance(core, Constant) and isinstance(core.value, str)


def evaluate(names: Iterable[str], values: Mapping[str, Value], given: Mapping[str, Column]) -> dict[str, Column]:
    """The columns of some values of a catalog, by name, from those of others; every aggregate must be below one given."""
    sheet = Sheet(values, given, NoRows())
    return {name: sheet.value(name) for name in names}


class NoRows(Struct, frozen=True):
    """Where there are only plain numbers: they have no rows and no periods."""

    calendar: Calendar = field(default_factory=Calendar)

    def column(self, aggregate: Aggregate, path: Path = ()) -> Column:
        raise AssertionError(f"no rows for {spell(aggregate)}")

    def period(self, name: str, path: Path) -> Column:
        raise AssertionError(f"no period for {name}")

    def returned(self, column: Column, path: Path, node: Apply) -> Column:
        raise AssertionError(f"no period for {spell(node)}")


def _number(value: Fraction | str | bool | date) -> float:
    match value:
        case Fraction() | bool():
            return float(value)
        case date():
            return days_since_1970(midnight(value))
        case _:
            raise AssertionError(f"no number: {value!r}")
