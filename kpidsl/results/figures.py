"""One value asked for, in every cell: its column, its estimate and its verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.catalog import Benchmark, BenchmarkKind, Value
from kpidsl.documents import model
from kpidsl.periods.grain import Grain
from kpidsl.results import reasons
from kpidsl.results.bounds import Interval
from kpidsl.results.columns import Bools, Codes, Column, Floats, Objects, Status
from kpidsl.results.estimates import Estimate, Method
from kpidsl.results.judging import References, Scope, alone, is_meant, make_limits, not_for, timed, zones_of
from kpidsl.results.many import among_many
from kpidsl.results.numbers import Form
from kpidsl.results.over_time import Case, by_budget, by_history
from kpidsl.results.pace import Pace
from kpidsl.results.process import STATES, Points, Process, process_of
from kpidsl.results.projection import Projected
from kpidsl.results.scores import scores
from kpidsl.results.series import Series
from kpidsl.results.turning import turned
from kpidsl.results.verdicts import (
    RULE,
    VERDICTS,
    Combination,
    Direction,
    Judgement,
    Verdict,
    before_rule,
    decide,
)

_STATUSES: Objects = np.array([*(status.word for status in Status)], dtype=object)
_VERDICTS: Objects = np.array(VERDICTS, dtype=object)
_COMBINATIONS = frozenset(each.value for each in Combination)


class Axis(Struct, frozen=True, eq=False):
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


class Ages(Struct, frozen=True, eq=False):
    """Which values are not final: those of a period that is not over, and those of a cohort that is too young.

    `mature_on` has for such a cohort the moment from which it is not, None for others; none where no value waits for anything.
    `late` says why rows of a period that is over may still come, `stale` why the last rows of a source are not there; both are
    empty where that is not so.
    """

    unfinished: Bools
    mature_on: Objects | None = None
    late: Objects | None = None
    stale: Objects | None = None

    @property
    def partial(self) -> Bools:
        """What is not over, or not complete yet."""
        return self.unfinished if self.late is None else self.unfinished | (self.late != "").astype(np.bool_)

    @property
    def outdated(self) -> Bools:
        if self.stale is None:
            return np.zeros(len(self.unfinished), dtype=np.bool_)
        outdated: Bools = (self.stale != "").astype(np.bool_)
        return outdated

    @property
    def immature(self) -> Bools:
        if self.mature_on is None:
            return np.zeros(len(self.unfinished), dtype=np.bool_)
        return np.array([moment is not None for moment in self.mature_on], dtype=np.bool_)

    @property
    def final(self) -> Bools:
        """Which values will stay what they are."""
        return ~self.partial & ~self.immature & ~self.outdated

    def at(self, cells: Codes) -> Ages:
        """The ages of some of the cells."""
        mature_on, late, stale = (None if each is None else each[cells] for each in (self.mature_on, self.late, self.stale))
        return Ages(self.unfinished[cells], mature_on, late, stale)


class Figure(Struct, frozen=True, eq=False):
    """A value in every cell. `judgements` has one entry per benchmark; `decided` is the number of the one that decides in a
    cell.

    `ages` tells which values are not final, `pace` how those of a period that is not over stand. `failure` says why the value
    could not be evaluated at all, `meant_for` for which lengths of period its benchmarks are where none is for the one asked.
    `process` says which values are changes.
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
    process: Process | None = None
    pace: Pace | None = None
    projected: Projected | None = None

    def __len__(self) -> int:
        return len(self.column)

    @property
    def form(self) -> Form:
        """How its values are shown."""
        return Form(self.value.unit, self.percent, self.value.levels)

    @property
    def statuses(self) -> Objects:
        """`value`, `missing`, `undefined` or `error`, for every cell; `projected` where a value is judged by its projection."""
        if self.failure:
            return np.full(len(self), "error", dtype=object)
        found: Objects = _STATUSES[self.column.status]
        return found if self.projected is None else np.where(self.projected.known, "projected", found)

    @property
    def verdicts(self) -> Objects:
        """The `Verdict` of the benchmarks in every cell; without one only that a value is not final, else None."""
        if self.failure:
            return np.full(len(self), Verdict.ERROR, dtype=object)
        if self.decided is None:
            unjudged: Objects = np.full(len(self), None, dtype=object)
            if self.ages is not None:
                unjudged[self.column.present & self.ages.immature] = Verdict.IMMATURE
                unjudged[self.column.present & self.ages.partial] = Verdict.PARTIAL
                unjudged[self.column.present & self.ages.outdated] = Verdict.STALE
            return unjudged
        codes = np.stack([judgement.codes for judgement in self.judgements])
        verdicts: Objects = _VERDICTS[np.take_along_axis(codes, self.decided[None], axis=0)[0]]
        return verdicts

    @property
    def alarms(self) -> Objects:
        """The verdicts without those by a benchmark that is a warning, for which there is None."""
        found = self.verdicts.copy()
        severities = {each.name: each.severity for each in self.value.benchmarks}
        found[np.array([severities.get(name) == "warning" for name in self.benchmarks], dtype=np.bool_)] = None
        return found

    @property
    def benchmarks(self) -> Objects:
        """The name of the benchmark that decided, in every cell."""
        if self.decided is None:
            return np.full(len(self), None, dtype=object)
        names: Objects = np.array([judgement.name for judgement in self.judgements], dtype=object)
        return names[self.decided]

    @property
    def states(self) -> Objects:
        """The word for the state of the process in every cell; None where there is nothing to say."""
        found: Objects = np.full(len(self), None, dtype=object)
        if self.process is not None:
            told = self.process.codes >= 0
            found[told] = np.array([state.value for state in STATES], dtype=object)[self.process.codes[told]]
        return found

    @property
    def needed(self) -> Floats:
        """How many rows a firm verdict takes by the benchmark that decided, in every cell; NaN where that says nothing."""
        if self.decided is None:
            return np.full(len(self), np.nan)
        rows = np.stack([judgement.needed for judgement in self.judgements])
        found: Floats = np.take_along_axis(rows, self.decided[None], axis=0)[0]
        return found

    @property
    def scores(self) -> Floats:
        """The score by the benchmark that decided, in every cell, from 0 to 100; NaN where there is none."""
        none = np.full(len(self), np.nan)
        if self.decided is None:
            return none
        scores = np.stack([none if judgement.scores is None else judgement.scores for judgement in self.judgements])
        found: Floats = np.take_along_axis(scores, self.decided[None], axis=0)[0]
        return found

    def without_needed(self) -> Figure:
        """The figure of a value that more rows would make another one."""
        nothing = np.full(len(self), np.nan)
        return replace(self, judgements=tuple(replace(each, needed=nothing) for each in self.judgements))

    def at(self, cells: Codes) -> Figure:
        """The figure of some of the cells."""
        return replace(
            self,
            column=self.column.at(cells),
            estimate=self.estimate.at(cells),
            judgements=tuple(judgement.at(cells) for judgement in self.judgements),
            decided=None if self.decided is None else self.decided[cells],
            ages=None if self.ages is None else self.ages.at(cells),
            process=None if self.process is None else self.process.at(cells),
            pace=None if self.pace is None else self.pace.at(cells),
            projected=None if self.projected is None else self.projected.at(cells),
        )


def make_figure(
    value: Value,
    column: Column,
    estimate: Estimate,
    ages: Ages,
    *,
    benchmarks: Sequence[Benchmark] = (),
    references: References,
    scope: Scope,
    series: Series | None = None,
    money: bool = False,
    projected: Projected | None = None,
) -> Figure:
    """The figure of an evaluated value, judged by each of these benchmarks, that of its process as one of its own.

    `series` says which values follow each other, where they do; `money` that they are in a currency. Cohorts that are
    `projected` are judged by that.
    """
    process = None if series is None else _process(benchmarks, column, estimate, ages, money, series, scope)
    benchmarks = [each for each in benchmarks if each.process is None]
    direction = direction_of(value)
    percent = shown_as_percent(value)
    immature = ages.immature
    if projected is not None:
        projected = projected.only(column.present & immature & ~ages.partial & ~ages.outdated)
        immature = immature & ~projected.known
    if not benchmarks or direction is Direction.NONE:
        held = [each for each in value.benchmarks if each.process is None]
        other = tuple(each.every for each in held if each.every) if direction is not Direction.NONE else ()
        return Figure(value, column, estimate, percent, meant_for=other, ages=ages, process=process, projected=projected)
    own = judged_interval(column, estimate)
    own = own if projected is None else projected.over(own)
    before = before_rule(column, ages.outdated, ages.partial, immature, estimate.rows, estimate.needed)
    final = column.present & ages.final
    shown = Form(value.unit, percent, value.levels).number
    case = Case(own, estimate.rows, before, final, direction, references, scope, shown)
    judged = ((each, _judged(each, case, series)) for each in benchmarks)
    judgements = tuple(replace(found, scores=scores(each, found, direction, value)) for each, found in judged)
    decided = _decided(judgements, benchmarks, combination_of(value))
    return Figure(value, column, estimate, percent, judgements, decided, ages=ages, process=process, projected=projected)


def _process(
    benchmarks: Sequence[Benchmark], column: Column, estimate: Estimate, ages: Ages, money: bool, series: Series, scope: Scope
) -> Process | None:
    asked = next((each for each in benchmarks if each.process is not None), None)
    if asked is None or asked.process is None:
        return None
    ratio = asked.process.method == "laney"
    if ratio and estimate.denominator is None:
        return None
    proportion = estimate.method is Method.PROPORTION
    rows = estimate.denominator.values if ratio and estimate.denominator is not None else None
    present = column.present if rows is None else column.present & (rows > 0)
    least = 0.0 if ratio or estimate.method in (Method.PROPORTION, Method.COUNT) else -np.inf
    points = Points(column.values, present, ages.final, rows, proportion, money, least, 1.0 if proportion else np.inf)
    return process_of(asked.name, asked.process, points, series, is_meant(asked, scope))


def judged_interval(column: Column, estimate: Estimate) -> Interval:
    """What the rule looks at: the interval, or the point where there is none."""
    if estimate.method is Method.POINT:
        return Interval.point(column.values)
    return Interval(column.values, estimate.low, estimate.high, estimate.trials)


def _judged(benchmark: Benchmark, case: Case, series: Series | None) -> Judgement:
    match benchmark.kind:
        case BenchmarkKind.HISTORY:
            found = by_history(benchmark, case)
        case BenchmarkKind.BUDGET:
            found = by_budget(benchmark, case)
        case _:
            found = _by_limits(benchmark, case)
    return found if benchmark.hold is None or series is None else turned(found, benchmark.hold, series)


def _by_limits(benchmark: Benchmark, case: Case) -> Judgement:
    limits = make_limits(benchmark, case.own, case.direction, case.references, case.scope)
    if isinstance(limits, str):
        return case.left_out(benchmark, limits)
    why = not_for(benchmark, limits, case.scope)
    if benchmark.kind is BenchmarkKind.PEERS:
        why[(why == "") & alone(benchmark, case.own, case.scope)] = reasons.alone(benchmark.by)
    doubts = case.references.doubts(benchmark)
    if doubts is not None:
        why = np.where((why == "") & (case.before == RULE), doubts, why)
    found = case.judged(limits, why)
    if benchmark.kind in _COMPARED and case.scope.dimensions:
        found = among_many(found, case.scope.starts, reasons.among)
    if when := timed(benchmark, case.scope):
        found = found.noted(np.full(len(case.own.values), when, dtype=object))
    return replace(found, zones=zones_of(benchmark, case.own))


_COMPARED = frozenset({BenchmarkKind.COMPARE, BenchmarkKind.PEERS})


def _decided(judgements: Sequence[Judgement], benchmarks: Sequence[Benchmark], combination: Combination) -> Codes | None:
    """The number of the benchmark that decides in a cell, among those that do decide; None if none does.

    Of the same verdict by several benchmarks an error comes before a warning.
    """
    numbers = [number for number, each in enumerate(benchmarks) if each.decides]
    if combination is not Combination.FIRST_WITH_DATA:
        numbers.sort(key=lambda number: benchmarks[number].severity == "warning")
    deciding = np.array(numbers)
    if not len(deciding):
        return None
    decided: Codes = deciding[decide([judgements[number] for number in deciding], combination)]
    return decided


def failed_figure(value: Value, length: int, failure: str) -> Figure:
    """The figure of a value that could not be evaluated."""
    nothing = np.full(length, np.nan)
    column = Column(nothing, np.full(length, Status.MISSING, dtype=np.int8))
    return Figure(value, column, Estimate(Method.POINT, nothing, nothing, nothing, 0), shown_as_percent(value), failure=failure)


def shown_as_percent(value: Value) -> bool:
    """Whether a value is shown as percent: a proportion, what is declared so, or what is to be displayed so."""
    display = value.definition.display if isinstance(value.definition, model.Kpi) else None
    return value.unit.percent or value.proportion is not None or (display is not None and display.value == "percent")


def direction_of(value: Value) -> Direction | None:
    """Which values of it are better; None where its definition does not say."""
    match value.definition:
        case model.Kpi(better=model.Written(value="higher" | "lower" | "inside" | "none" as word)):
            return Direction(word)
        case _:
            return None


def combination_of(value: Value) -> Combination:
    """Which verdict is its own where several benchmarks judge it."""
    match value.definition:
        case model.Kpi(verdict=model.Written(value=word)) if word in _COMBINATIONS:
            return Combination(word)
        case _:
            return Combination.WORST
