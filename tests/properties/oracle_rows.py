"""What a row has for an expression: columns, references, the rows that refer to it, the rows before and after it.

Rows are looked for by scanning all of them every time. A row knows its source and is told apart by its number there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from oracle_aggregates import aggregated, ordering
from oracle_functions import UNDEFINED, Value, applied, midnight_of
from oracle_times import Interval, before, shifted

from kpidsl.catalog.catalog import Catalog, Link
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Gather, Nearby, Reference
from kpidsl.periods.grain import Grain

INSTANT = timedelta(microseconds=1)


class TwoRowsMatch(Exception):
    """A reference finds two rows: a mistake of the data."""


@dataclass(frozen=True)
class Row:
    source: str
    number: int
    cells: Mapping[str, Value] = field(compare=False, repr=False)


Rows = Mapping[str, Sequence[Row]]


def rows_of(catalog: Catalog, data: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[Row]]:
    """Rows with floats for numbers and moments for dates; what is not given is missing, and so is NaN."""
    return {
        name: [
            Row(
                name,
                number,
                {column: _cell(cells.get(column)) for column, each in source.columns.items() if each.formula is None},
            )
            for number, cells in enumerate(data.get(name, ()))
        ]
        for name, source in catalog.sources.items()
    }


def _cell(value: Any) -> Value:
    if value is None or value != value:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return midnight_of(value)
    return float(value) if isinstance(value, int | float | Fraction) and not isinstance(value, bool) else value


def constant(core: Constant) -> Value:
    return _cell(core.value)


@dataclass(frozen=True)
class RowReader:
    """Expressions on the rows of a project. `observed` names the sources that are observed at all."""

    catalog: Catalog
    rows: Rows
    as_of: datetime
    observed: frozenset[str]
    known: dict[Any, Value] = field(default_factory=dict)

    def value(self, core: Core, row: Row, moment: datetime | None, interval: Interval | None) -> Value:
        """What a row has; `moment` is when references for a time are read, `interval` what is asked for."""
        value = self._value(core, row, moment, interval)
        return None if value is UNDEFINED else value

    def _value(self, core: Core, row: Row, moment: datetime | None, interval: Interval | None) -> Value:
        match core:
            case Constant():
                return constant(core)
            case Reference(path=path):
                return self.column(path, row, moment, interval)
            case Apply(function="previous", arguments=(inner, *shift)):
                return self.value(inner, row, moment, self._earlier(interval, shift))
            case Apply(function="period_start" | "period_end" | "previous_period_start" | "period_length" as name):
                return period_value(self.catalog, name, interval)
            case Apply(function=function, arguments=arguments):
                values = [self.value(argument, row, moment, interval) for argument in arguments]
                return applied(function, values, self.catalog.calendar)
            case Gather() | Nearby():
                home = self.follow(row, core.prefix, moment)
                return None if home is None else self._remembered(core, home, interval)
            case _:
                raise AssertionError(core)

    def _earlier(self, interval: Interval | None, shift: Sequence[Core]) -> Interval | None:
        if interval is None or not shift:
            return None if interval is None else before(self.catalog.calendar, interval)
        return shifted(self.catalog.calendar, interval, *length_of(shift))

    def _remembered(self, core: Gather | Nearby, home: Row, interval: Interval | None) -> Value:
        """Looked up once for each row: the same question has the same answer."""
        place = (id(core), home, interval)
        if place not in self.known:
            read = self._gather if isinstance(core, Gather) else self._nearby
            self.known[place] = read(core, home, interval)  # type: ignore[operator]
        return self.known[place]

    # Columns and references

    def column(self, path: Sequence[str], row: Row, moment: datetime | None, interval: Interval | None) -> Value:
        """What stands at the end of a path; a derived column reads references for a time at the time of its own row."""
        end = self.follow(row, path[:-1], moment)
        if end is None:
            return None
        formula = self.catalog.sources[end.source].columns[path[-1]].formula
        return end.cells[path[-1]] if formula is None else self.value(formula, end, self.time(end), interval)

    def follow(self, row: Row, path: Sequence[str], moment: datetime | None) -> Row | None:
        """The row at the end of a way of references."""
        found: Row | None = row
        for name in path:
            if found is None:
                return None
            found = self._referenced(found, self.catalog.sources[found.source].links[name], moment)
        return found

    def _referenced(self, row: Row, link: Link, moment: datetime | None) -> Row | None:
        wanted = [self.column((own,), row, self.time(row), None) for own, _ in link.match]
        if any(value is None for value in wanted):
            return None
        same = [each for each in self.rows[link.target] if [each.cells[there] for _, there in link.match] == wanted]
        found = [each for each in same if link.valid is None or _is_valid(each, link.valid, moment)]
        if len(found) > 1:
            raise TwoRowsMatch(link.name)
        return found[0] if found else None

    def time(self, row: Row) -> datetime | None:
        name = self.catalog.sources[row.source].time
        return None if name is None else row.cells[name]

    def is_read(self, row: Row) -> bool:
        """Whether a row is placed before the cut-off, or has no date to be placed by."""
        time = self.time(row)
        return self.catalog.sources[row.source].time is None or (time is not None and time < self.as_of)

    # Rows that refer to a row

    def _gather(self, core: Gather, home: Row, interval: Interval | None) -> Value:
        aggregate = core.aggregate
        if aggregate.alive is not None and interval is None:
            return None
        rows = [
            row
            for row in self.rows[aggregate.source]
            if self.is_read(row)
            and self.follow(row, core.key, self.time(row)) == home
            and (aggregate.alive is None or self._is_alive(aggregate, row, interval))
        ]
        placed = [(row, self.time(row)) for row in rows]
        terms = list(self.terms(aggregate, placed, interval))
        return aggregated(aggregate, terms, aggregate.source in self.observed)

    def _is_alive(self, aggregate: Aggregate, row: Row, interval: Interval | None) -> bool:
        assert interval is not None
        moment = self.time(row)
        start, end = stock_dates(aggregate, lambda path: self.column(path, row, moment, interval))
        return is_alive(start, end, min(interval.end, self.as_of))

    def terms(
        self, aggregate: Aggregate, placed: Sequence[tuple[Row, datetime | None]], interval: Interval | None
    ) -> Iterator[tuple[Any, Value]]:
        """What rows with true conditions add, each with its place in their order; 1 where there is no argument."""
        for row, moment in placed:
            if aggregate.where is not None and self.value(aggregate.where, row, moment, interval) is not True:
                continue
            value = 1.0 if aggregate.argument is None else self.value(aggregate.argument, row, moment, interval)
            if value is not None:
                start = self.column(aggregate.alive[0].path, row, self.time(row), None) if aggregate.alive else moment
                yield self.place(row, start, value), value

    def place(self, row: Row, moment: datetime | None, value: Value) -> Any:
        """The order of rows: by date, then by key, missing parts last."""
        keys = (row.cells[name] for name in self.catalog.sources[row.source].key)
        return ordering([moment, *keys, value])

    # Rows before and after a row

    def _nearby(self, core: Nearby, home: Row, interval: Interval | None) -> Value:
        time, wanted = self.time(home), [self.column(own.path, home, self.time(home), interval) for own, _ in core.keys]
        if time is None or not self.is_read(home) or any(value is None for value in wanted):
            return None
        found = [each for each in self._candidates(core, home, time) if self._has(core, each, wanted, interval)]
        found.sort(key=lambda row: self.place(row, self.time(row), None), reverse=core.function == "prior")
        for row in found:
            if core.where is None or self.value(core.where, row, self.time(row), interval) is True:
                return self.value(core.argument, row, self.time(row), interval)
        return None

    def _candidates(self, core: Nearby, home: Row, time: datetime) -> Iterator[Row]:
        here = self.place(home, time, None)
        for row in self.rows[core.source]:
            other = self.time(row)
            if other is None or not self.is_read(row):
                continue
            if core.source != core.home:
                if other >= time if core.function == "next" else other <= time:
                    yield row
            elif row != home:
                there = self.place(row, other, None)
                if there > here if core.function == "next" else there < here:
                    yield row

    def _has(self, core: Nearby, row: Row, wanted: Sequence[Value], interval: Interval | None) -> bool:
        return [self.column(there.path, row, self.time(row), interval) for _, there in core.keys] == wanted


def _is_valid(row: Row, valid: tuple[str, str], moment: datetime | None) -> bool:
    start, end = row.cells[valid[0]], row.cells[valid[1]]
    return moment is not None and start is not None and start <= moment and (end is None or moment < end)


def stock_dates(aggregate: Aggregate, read: Any) -> tuple[datetime | None, datetime | None]:
    """The dates between which a row is alive."""
    assert aggregate.alive is not None
    start, end = aggregate.alive
    return read(start.path), None if end is None else read(end.path)


def is_alive(start: datetime | None, end: datetime | None, at: datetime) -> bool:
    """Whether a row has begun before a moment and has not ended by then; its end is the first day without it."""
    return start is not None and start < at and (end is None or end >= at)


def length_of(details: Sequence[Core]) -> tuple[int, Grain]:
    amount, word = details
    assert isinstance(amount, Constant) and isinstance(word, Constant)
    return int(amount.value), Grain(word.value)  # type: ignore[arg-type]


def period_value(catalog: Catalog, name: str, interval: Interval | None) -> Value:
    """What a name of the period stands for."""
    if interval is None:
        return None
    match name:
        case "period_start":
            return interval.start
        case "period_end":
            return interval.end
        case "period_length":
            return (interval.end - interval.start) / timedelta(days=1)
        case _:
            return before(catalog.calendar, interval).start
