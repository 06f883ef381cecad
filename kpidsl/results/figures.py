"""One value asked for, in every cell: its column, its estimate and its verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from kpidsl.catalog.catalog import Benchmark, Value
from kpidsl.documents import model
from kpidsl.periods.grain import Grain
from kpidsl.results.arithmetic import Sheet
from kpidsl.results.columns import Bools, Codes, Column, Objects, Status
from kpidsl.results.estimates import Estimate, Method
from kpidsl.results.verdicts import VERDICTS, Direction, Judgement, Range, Verdict, before_rule, judge, worst

_STATUSES: Objects = np.array([*(status.word for status in Status)], dtype=object)
_VERDICTS: Objects = np.array(VERDICTS, dtype=object)


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

    def at(self, cells: Codes) -> Axis:
        """Some of the cells."""
        dimensions = {name: values[cells] for name, values in self.dimensions.items()}
        return Axis(self.labels[cells], self.starts[cells], self.ends[cells], dimensions, self.as_of)


@dataclass(frozen=True, slots=True, eq=False)
class Ages:
    """Which values are not final: those of a period that is not over, and those of a cohort that is too young.

    `mature_on` has for such a cohort the moment from which it is not, None for others; none where no value waits for anything.
    """

    partial: Bools
    mature_on: Objects | None = None

    @property
    def immature(self) -> Bools:
        if self.mature_on is None:
            return np.zeros(len(self.partial), dtype=np.bool_)
        return np.array([moment is not None for moment in self.mature_on], dtype=np.bool_)

    def at(self, cells: Codes) -> Ages:
        """The ages of some of the cells."""
        return Ages(self.partial[cells], None if self.mature_on is None else self.mature_on[cells])


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A value in every cell. `judgements` has one entry per benchmark; `decided` is the number of the worst one in a cell.

    `ages` tells which values are not final. `failure` says why the value could not be evaluated at all, `meant_for` for which
    lengths of period its benchmarks are where none is for the one asked.
    """

    value: Value
    column: Column
    estimate: Estimate
    percent: bool
    judgements: tuple[Judgement, ...] = ()
    decided: Codes | None = None
    failure: str = ""
    meant_for: tuple[Grain, ...] = ()
    ages: Ages | None = None

    def __len__(self) -> int:
        return len(self.column)

    @property
    def statuses(self) -> Objects:
        """`value`, `missing`, `undefined` or `error`, for every cell."""
        return np.full(len(self), "error", dtype=object) if self.failure else _STATUSES[self.column.status]

    @property
    def verdicts(self) -> Objects:
        """The worst `Verdict` of the benchmarks in every cell; without one only that a value is not final, else None."""
        if self.failure:
            return np.full(len(self), Verdict.ERROR, dtype=object)
        if self.decided is None:
            unjudged: Objects = np.full(len(self), None, dtype=object)
            if self.ages is not None:
                unjudged[self.column.present & self.ages.immature] = Verdict.IMMATURE
                unjudged[self.column.present & self.ages.partial] = Verdict.PARTIAL
            return unjudged
        codes = np.stack([judgement.codes for judgement in self.judgements])
        verdicts: Objects = _VERDICTS[np.take_along_axis(codes, self.decided[None], axis=0)[0]]
        return verdicts

    @property
    def benchmarks(self) -> Objects:
        """The name of the benchmark that decided, in every cell."""
        if self.decided is None:
            return np.full(len(self), None, dtype=object)
        names: Objects = np.array([judgement.range.name for judgement in self.judgements], dtype=object)
        return names[self.decided]

    def at(self, cells: Codes) -> Figure:
        """The figure of some of the cells."""
        return replace(
            self,
            column=self.column.at(cells),
            estimate=self.estimate.at(cells),
            judgements=tuple(judgement.at(cells) for judgement in self.judgements),
            decided=None if self.decided is None else self.decided[cells],
            ages=None if self.ages is None else self.ages.at(cells),
        )


def make_figure(
    value: Value, column: Column, estimate: Estimate, ages: Ages, sheet: Sheet, benchmarks: Sequence[Benchmark]
) -> Figure:
    """The figure of an evaluated value, judged by each of these benchmarks."""
    direction = _direction(value)
    percent = shown_as_percent(value)
    if not benchmarks or direction is Direction.NONE:
        other = tuple(each.every for each in value.benchmarks if each.every) if direction is not Direction.NONE else ()
        return Figure(value, column, estimate, percent, meant_for=other, ages=ages)
    low, high = (estimate.low, estimate.high) if estimate.method is not Method.POINT else (column.values, column.values)
    before = before_rule(column, ages.partial, ages.immature, estimate.rows, estimate.needed)
    judgements = tuple(judge(low, high, before, _range(each, sheet), direction) for each in benchmarks)
    return Figure(value, column, estimate, percent, judgements, worst(judgements), ages=ages)


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
        case model.Kpi(better=model.Written(value="higher" | "lower" | "inside" | "none" as word)):
            return Direction(word)
        case _:
            return None


def _range(benchmark: Benchmark, sheet: Sheet) -> Range:
    low, high = (None if bound is None else float(sheet.tree(bound).values[0]) for bound in (benchmark.low, benchmark.high))
    return Range(benchmark.name, low, high, benchmark.low_open, benchmark.high_open)
