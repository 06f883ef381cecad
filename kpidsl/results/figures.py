"""One value asked for, in every cell: its column, its estimate and its verdicts; and the sentence that says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kpidsl.catalog.catalog import Value
from kpidsl.documents import model
from kpidsl.results import reasons
from kpidsl.results.arithmetic import Sheet
from kpidsl.results.columns import Bools, Column, Status
from kpidsl.results.estimates import Estimate, Method
from kpidsl.results.verdicts import VERDICTS, Direction, Judgement, Position, Range, Verdict, before_rule, judge, worst

Objects = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """The cells of a result, in order: the label, the first day and the end of the period, and the value of each dimension.

    `starts` and `ends` (the first day after the period) are None where a cell has no period; a missing dimension value is
    None.
    """

    labels: Objects
    starts: Objects
    ends: Objects
    dimensions: Mapping[str, Objects]
    as_of: datetime | None = None

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A value in every cell. `judgements` has one entry per benchmark, `decided` the number of the one that is worst in a
    cell.

    `failure` says why the value could not be evaluated at all.
    """

    value: Value
    column: Column
    estimate: Estimate
    percent: bool
    judgements: tuple[Judgement, ...] = ()
    decided: NDArray[np.int64] | None = None
    failure: str = ""

    def __len__(self) -> int:
        return len(self.column)

    def status(self, cell: int) -> str:
        """`value`, `missing`, `undefined` or `error`."""
        return "error" if self.failure else Status(int(self.column.status[cell])).word

    def verdict(self, cell: int) -> Verdict | None:
        """The worst verdict of the benchmarks; None where nothing is to be judged."""
        if self.failure:
            return Verdict.ERROR
        judgement = self.judgement(cell)
        return None if judgement is None else VERDICTS[judgement.codes[cell]]

    def judgement(self, cell: int) -> Judgement | None:
        """That of the benchmark which decides in a cell."""
        return None if self.decided is None else self.judgements[self.decided[cell]]

    def reason(self, cell: int, axis: Axis) -> str:
        """Why the verdict, or the lack of a value, is what it is; empty where there is nothing to say."""
        match self.status(cell):
            case "error":
                return self.failure
            case "undefined":
                return self.column.reason(cell)
            case "missing":
                return reasons.missing()
            case _:
                judgement = self.judgement(cell)
                return "" if judgement is None else self._judged(cell, judgement, axis)

    def _judged(self, cell: int, judgement: Judgement, axis: Axis) -> str:
        match VERDICTS[judgement.codes[cell]]:
            case Verdict.PARTIAL:
                return reasons.unfinished(axis.ends[cell], axis.as_of)
            case Verdict.INSUFFICIENT:
                return reasons.insufficient(float(self.estimate.rows[cell]), self.estimate.needed)
            case _:
                return self._by_rule(cell, judgement)

    def _by_rule(self, cell: int, judgement: Judgement) -> str:
        position = Position(int(judgement.positions[cell]))
        bounds = reasons.Bounds(judgement.range, cell, self.value.unit, self.percent)
        if position is Position.UNKNOWN:
            return reasons.unknown()
        if self.estimate.method is Method.POINT:
            return reasons.point(float(self.column.values[cell]), position, bounds, self.estimate.note)
        return reasons.interval(float(self.estimate.low[cell]), float(self.estimate.high[cell]), position, bounds)


def make_figure(value: Value, column: Column, estimate: Estimate, partial: Bools, sheet: Sheet) -> Figure:
    """The figure of an evaluated value, judged by each of its benchmarks; `partial` says which periods are not over."""
    direction = _direction(value)
    percent = shown_as_percent(value)
    if not value.benchmarks or direction is Direction.NONE:
        return Figure(value, column, estimate, percent)
    low, high = (estimate.low, estimate.high) if estimate.method is not Method.POINT else (column.values, column.values)
    before = before_rule(column, partial, estimate.rows, estimate.needed)
    judgements = tuple(judge(low, high, before, bounds, direction) for bounds in _ranges(value, sheet))
    return Figure(value, column, estimate, percent, judgements, worst(judgements))


def failed_figure(value: Value, length: int, failure: str) -> Figure:
    """The figure of a value that could not be evaluated."""
    nothing = np.full(length, np.nan)
    column = Column(nothing, np.full(length, Status.MISSING, dtype=np.int8))
    return Figure(value, column, Estimate(Method.POINT, nothing, nothing, nothing, 0), shown_as_percent(value), failure=failure)


def shown_as_percent(value: Value) -> bool:
    """Whether a value is shown as percent: a proportion, what is declared so, or what is to be displayed so."""
    display = value.definition.display if isinstance(value.definition, model.Kpi) else None
    return value.unit.percent or value.proportion is not None or (display is not None and display.value == "percent")


def _direction(value: Value) -> Direction | None:
    match value.definition:
        case model.Kpi(better=model.Written(value=word)):
            return Direction(word)
        case _:
            return None


def _ranges(value: Value, sheet: Sheet) -> Sequence[Range]:
    return [
        Range(
            benchmark.name,
            None if benchmark.low is None else sheet.tree(benchmark.low).values,
            None if benchmark.high is None else sheet.tree(benchmark.high).values,
            benchmark.low_open,
            benchmark.high_open,
        )
        for benchmark in value.benchmarks
    ]
