"""A question on rows, answered by plain scans straight from the specification, for the engines to be compared with.

In go a catalog, a question of its and the rows of each source as mappings; out come the rows of the answer. Nothing is shared
with the evaluator but the definitions and the starts of periods: every aggregate of every cell looks at all rows again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from oracle_aggregates import aggregated
from oracle_functions import UNDEFINED, Value, applied, midnight_of
from oracle_rows import INSTANT, Row, RowReader, constant, is_alive, length_of, period_value, rows_of, stock_dates
from oracle_times import DAY, Interval, before, periods, pieces, rolled, shifted, to_date

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import (
    WINDOW_FUNCTIONS,
    Aggregate,
    Apply,
    Constant,
    Core,
    Reference,
    aggregates,
    per_period,
    value_names,
)
from kpidsl.periods.bounds import start_of
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import Question

Dims = Mapping[str, Value]
Data = Mapping[str, Sequence[Mapping[str, Any]]]
# When nothing says when: only sources without a date have rows then. None is a time that does not exist, and has none.
NO_TIME = Interval(datetime.min, datetime.min)
Covers = Mapping[str, tuple[date, date]]  # the first and the last day, both included


@dataclass(frozen=True)
class Cell:
    """One row of an answer; a value is a number, None where it is missing, or UNDEFINED."""

    period: date | None
    dimensions: tuple[Value, ...]
    values: Mapping[str, Value]


def answer(catalog: Catalog, data: Data, question: Question, covers: Covers | None = None) -> list[Cell]:
    """The rows of the answer, in no particular order."""
    assert question.as_of is not None
    covered = {name: (midnight_of(first), midnight_of(last) + DAY) for name, (first, last) in (covers or {}).items()}
    return list(Oracle(catalog, data, question, covered).cells())


class Oracle:
    """One question on one set of rows; `covered` holds half-open times."""

    def __init__(self, catalog: Catalog, data: Data, question: Question, covered: Mapping[str, tuple[datetime, datetime]]):
        assert question.as_of is not None
        self.catalog, self.question, self.covered, self.as_of = catalog, question, covered, question.as_of
        self.values = {**catalog.values, **question.formulas}
        rows = rows_of(catalog, data)
        self.reader = RowReader(catalog, rows, self.as_of, frozenset())
        observed = {name for name in catalog.sources if self._is_observed_at_all(name)}
        self.reader = RowReader(catalog, rows, self.as_of, frozenset(observed))

    def _is_observed_at_all(self, source: str) -> bool:
        if source in self.covered:
            first, end = self.covered[source]
            return first < end
        return self.catalog.sources[source].time is None or any(map(self.reader.is_read, self.reader.rows[source]))

    # Values

    def value(self, core: Core, interval: Interval | None, dims: Dims) -> Value:
        """The value of a formula for a time and for fixed values of dimensions; without a time nothing is known of rows."""
        match core:
            case Constant():
                return constant(core)
            case Reference(path=(name,)):
                settings = self.question.parameters or {}
                return float(settings[name]) if name in settings else self.value(self.values[name].core, interval, dims)
            case Aggregate():
                return self._aggregate(core, interval, dims)
            case Apply(function=function) if function in WINDOW_FUNCTIONS:
                return self._window(core, interval, dims)
            case Apply(function="period_start" | "period_end" | "previous_period_start" | "period_length" as name):
                return period_value(self.catalog, name, None if interval == NO_TIME else interval)
            case Apply(function=function, arguments=arguments):
                return applied(function, [self.value(each, interval, dims) for each in arguments], self.catalog.calendar)
            case _:
                raise AssertionError(core)

    def _window(self, core: Apply, interval: Interval | None, dims: Dims) -> Value:
        calendar, (inner, *details) = self.catalog.calendar, core.arguments
        match core.function:
            case "total":
                without = {each.value for each in details if isinstance(each, Constant)} or set(dims)
                return self.value(inner, interval, {name: fixed for name, fixed in dims.items() if name not in without})
            case "average":
                return self._average(inner, _grain(details), interval, dims)
            case _ if interval is None or interval == NO_TIME:
                interval = None
            case "previous" if not details:
                interval = before(calendar, interval)
            case "previous":
                interval = shifted(calendar, interval, *length_of(details))
            case "rolling":
                interval = rolled(interval, *length_of(details))
            case "to_date":
                interval = to_date(calendar, interval, _grain(details), self._first_day())
        return self.value(inner, interval, dims)

    def _average(self, inner: Core, grain: Grain | None, interval: Interval | None, dims: Dims) -> Value:
        if interval is None or interval == NO_TIME or grain is None:
            return None
        found = [self.value(inner, piece, dims) for piece in pieces(self.catalog.calendar, interval, grain, self.as_of)]
        known = [value for value in found if value is not None]
        if UNDEFINED in known:
            return UNDEFINED
        return math.fsum(known) / len(known) if known else None

    def _first_day(self) -> datetime | None:
        """The day of the first row of all sources of the question."""
        cores = [self.values[name].core for name in self.question.values]
        cores += [self.question.having] if self.question.having is not None else []
        return min((day for core in cores for each in self._under(core) for day in self._days(each)), default=None)

    def _days(self, core: Aggregate) -> list[datetime]:
        return [midnight_of(day) for _, day in self._all_placed(core) or ()]

    def _under(self, core: Core) -> Iterator[Aggregate]:
        yield from aggregates(core)
        for name in value_names(core):
            yield from self._under(self.values[name.name].core)

    # Aggregates

    def _aggregate(self, core: Aggregate, interval: Interval | None, dims: Dims) -> Value:
        placed = self._all_placed(core)
        timeline = self._timeline(core, placed)
        if interval is None or (interval == NO_TIME and (placed is not None or _looks_at_period(core))):
            return None
        if placed is not None:
            if timeline is None:
                return None
            if any(start < self._limit(core, timeline[0], grain) for start, grain in interval.begun):
                return None
        rows = [each for each in self._in(core, interval) if self._is_in_cell(*each, core.source, dims)]
        terms = list(self.reader.terms(core, rows, interval))
        return aggregated(core, terms, self._is_known(core, interval) or self._has_rows(core, interval, dims))

    def _has_rows(self, core: Aggregate, interval: Interval, dims: Dims) -> bool:
        """Whether a cell has rows, of whatever condition: they may lie outside of what is covered."""
        return any(self._is_in_cell(*each, core.source, dims) for each in self._of_cells(core, interval))

    def _limit(self, core: Aggregate, first: datetime, grain: Grain | None) -> datetime:
        """Where a window may begin at the earliest: with what is covered, or with the period of the first row."""
        if core.source in self.covered or grain is None:
            return first
        return midnight_of(start_of(self.catalog.calendar, grain, first.date()))

    def _all_placed(self, core: Aggregate) -> list[tuple[Row, datetime]] | None:
        """The rows of an aggregate's source that are read, by the date that places them; None where there is no such date."""
        path = self._date_path(core)
        if path is None:
            return None
        dated = [(row, self.reader.column(path, row, self.reader.time(row), None)) for row in self.reader.rows[core.source]]
        return [(row, day) for row, day in dated if day is not None and day < self.as_of]

    def _date_path(self, core: Aggregate) -> tuple[str, ...] | None:
        if core.alive is not None:
            return core.alive[0].path
        if core.at is not None:
            return core.at.path
        time = self.catalog.sources[core.source].time
        return None if time is None else (time,)

    def _timeline(self, core: Aggregate, placed: list[tuple[Row, datetime]] | None) -> tuple[datetime, datetime] | None:
        """The half-open time, in whole days, for which a source is observed; a stock is from its first start on."""
        if core.source in self.covered:
            first, end = self.covered[core.source]
            return (first, min(end, self.as_of)) if first < min(end, self.as_of) else None
        if not placed:
            return None
        days = self._days(core)
        return min(days), datetime.max if core.alive is not None else max(days) + DAY

    def _in(self, core: Aggregate, interval: Interval) -> list[tuple[Row, datetime | None]]:
        """The rows that are in a time, each with the moment at which its references are read."""
        placed = self._all_placed(core)
        if placed is None:
            return [(row, None) for row in self.reader.rows[core.source]]
        if core.alive is not None:
            at = min(interval.end, self.as_of)
            dates = {row: stock_dates(core, self._reading(row)) for row, _ in placed}
            return [(row, at - INSTANT) for row, _ in placed if is_alive(*dates[row], at)]
        inside: list[tuple[Row, datetime | None]] = [each for each in placed if interval.start <= each[1] < interval.end]
        if core.closing and inside:
            last = max(midnight_of(day) for _, day in inside)
            return [(row, day) for row, day in inside if midnight_of(day) == last]
        return inside

    def _reading(self, row: Row) -> Any:
        return lambda path: self.reader.column(path, row, self.reader.time(row), None)

    def _is_in_cell(self, row: Row, moment: datetime | None, source: str, dims: Dims) -> bool:
        return self._fits_question(row, moment, source) and all(
            self._dimension(name, row, moment, source) == fixed for name, fixed in dims.items()
        )

    def _dimension(self, name: str, row: Row, moment: datetime | None, source: str) -> Value:
        return self.reader.column(self.catalog.dimensions[name].paths[source].path, row, moment, None)

    def _fits_question(self, row: Row, moment: datetime | None, source: str) -> bool:
        where = self.question.where
        return where is None or self._condition(where, row, moment, source) is True

    def _condition(self, core: Core, row: Row, moment: datetime | None, source: str) -> Value:
        match core:
            case Reference(path=(name,)):
                return self._dimension(name, row, moment, source)
            case Apply(function=function, arguments=arguments):
                values = [self._condition(each, row, moment, source) for each in arguments]
                found = applied(function, values, self.catalog.calendar)
                return None if found is UNDEFINED else found
            case Constant():
                return constant(core)
            case _:
                raise AssertionError(core)

    # Cells

    def cells(self) -> Iterator[Cell]:
        """The rows of the answer."""
        used = list(
            {
                self._placing(core): core for name in self.question.values for core in self._under(self.values[name].core)
            }.values()
        )
        dated = [core for core in used if self._date_path(core) is not None]
        intervals = self._periods(dated)
        combinations = {interval: self._combinations(dated or used, interval) for interval in intervals}
        if self.question.all_cells and self.question.by:
            every = {each for found in combinations.values() for each in found}
            combinations = dict.fromkeys(intervals, every)
        for interval, found in combinations.items():
            for fixed in found:
                yield from self._cell(interval, fixed)

    def _placing(self, core: Aggregate) -> Any:
        return core.source, core.alive, core.at, core.closing

    def _periods(self, dated: Sequence[Aggregate]) -> list[Interval]:
        """What is asked for; no time where nothing says when it is, and yet there is one answer."""
        question = self.question
        start = _moment(question.start) if question.start is not None else self._first_day()
        end = _moment(question.end) if question.end is not None else self.as_of
        if start is None or start >= end:
            return [NO_TIME] if not dated or (question.every is None and not question.by) else []
        if question.every is None:
            return [Interval(start, end)]
        return list(periods(self.catalog.calendar, question.every, start, end))

    def _combinations(self, used: Sequence[Aggregate], interval: Interval) -> set[tuple[Value, ...]]:
        """The combinations of dimension values of the cells in a period."""
        found = {each for core in used for each in self._combinations_of(core, interval)}
        if not self.question.by and not found:
            always = self.question.every is None or not used or (self.question.all_cells and interval != NO_TIME)
            is_there = always or any(self._is_observed(core, interval) for core in used)
            return {()} if is_there else set()
        return found

    def _is_observed(self, core: Aggregate, interval: Interval) -> bool:
        placed = self._all_placed(core)
        if placed is None:
            return core.source in self.reader.observed
        timeline = self._timeline(core, placed)
        return timeline is not None and interval != NO_TIME and _shares_a_day(interval, timeline)

    def _is_known(self, core: Aggregate, interval: Interval) -> bool:
        """Whether nothing in the time of a source means 0: of closing rows only where there are any rows at all."""
        if core.closing:
            return bool(self._with_all_days(core, interval))
        return self._is_observed(core, interval)

    def _combinations_of(self, core: Aggregate, interval: Interval) -> Iterator[tuple[Value, ...]]:
        if interval == NO_TIME and self._date_path(core) is not None:
            return
        for row, moment in self._of_cells(core, interval):
            if self._fits_question(row, moment, core.source):
                yield tuple(self._dimension(name, row, moment, core.source) for name in self.question.by)

    def _of_cells(self, core: Aggregate, interval: Interval) -> list[tuple[Row, datetime | None]]:
        return self._started(core, interval) if core.alive is not None else self._with_all_days(core, interval)

    def _started(self, core: Aggregate, interval: Interval) -> list[tuple[Row, datetime | None]]:
        """Rows that have ever begun: a stock has a cell in every period from its first start on."""
        at = min(interval.end, self.as_of)
        return [(row, at - INSTANT) for row, start in self._all_placed(core) or () if start < at]

    def _with_all_days(self, core: Aggregate, interval: Interval) -> list[tuple[Row, datetime | None]]:
        return self._in(Aggregate("count", core.source, at=core.at), interval)

    def _cell(self, interval: Interval, fixed: tuple[Value, ...]) -> Iterator[Cell]:
        dims = dict(zip(self.question.by, fixed, strict=True))
        having = self.question.having
        if having is None or self.value(having, interval, dims) is True:
            start = interval.start.date() if self.question.every is not None and interval != NO_TIME else None
            values = {name: self.value(Reference((name,)), interval, dims) for name in self.question.values}
            yield Cell(start, fixed, values)


def _looks_at_period(core: Aggregate) -> bool:
    return any(part is not None and per_period(part) for part in (core.argument, core.where))


def _shares_a_day(interval: Interval, timeline: tuple[datetime, datetime]) -> bool:
    return interval.start < timeline[1] and midnight_of(interval.end - INSTANT) >= timeline[0]


def _moment(day: date) -> datetime:
    return day if isinstance(day, datetime) else midnight_of(day)


def _grain(details: Sequence[Core]) -> Grain | None:
    words = [each.value for each in details if isinstance(each, Constant)]
    return Grain(words[0]) if words else None
