"""Jobs to one statement, whose selects are put under each other, and its rows to what was collected.

All selects have the same columns: the number of the job, the piece, how many rows, a column for each of the question's
dimensions, and numbers, which mean something else in each. Where a select has nothing for a column it has a typed null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kpidsl.catalog.core import Core, Type
from kpidsl.data.relations import Kind, Physical
from kpidsl.engines.slots import Collected
from kpidsl.engines.sql.grouped import Adds, Grouped, added, aggregated, days_of, order_of, plain_number
from kpidsl.engines.sql.jobs import Job
from kpidsl.engines.sql.placing import Placed, placed
from kpidsl.engines.sql.select import Derive, Select
from kpidsl.engines.sql.sql import Sql, as_double, number, type_name
from kpidsl.engines.sql.statement import Statement
from kpidsl.engines.sql.undefined import undefined
from kpidsl.plan.nodes import Count, Distinct, Extreme, Moment, Ordered, Slot, Sum

_KINDS: dict[Type, Kind] = {
    Type.TEXT: "text",
    Type.BOOLEAN: "boolean",
    Type.DATE: "date",
    Type.DATETIME: "moment",
    Type.NUMBER: "number",
}


@dataclass(frozen=True, slots=True)
class Flagged:
    """An expression that may be undefined, and why: a column counts the rows in which it is for that reason, or for any."""

    core: Core
    reason: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The select of one job. `flags` come after the slots among its numbers."""

    job: Job
    placed: Placed
    grouped: Grouped
    dimensions: Mapping[int, str]
    numbers: Sequence[str]
    flags: Sequence[Flagged]
    keys: Sequence[str]
    conditions: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A statement, the kinds of its columns, the dimensions that have one, and the parts that its rows answer."""

    text: str
    kinds: Sequence[Kind]
    dimensions: Sequence[int]
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was collected for a job, and how often expressions were undefined."""

    collected: Collected
    undefined: Mapping[Flagged, int]

    def joined(self, other: Answer) -> Answer:
        """Both of two, which are for different pieces."""
        one, two = self.collected, other.collected
        keys = tuple(np.concatenate(pair) for pair in zip(one.keys, two.keys, strict=True))
        slots = {name: np.concatenate([values, two.slots[name]]) for name, values in one.slots.items()}
        undefined = {flag: count + other.undefined.get(flag, 0) for flag, count in self.undefined.items()}
        return Answer(Collected(np.concatenate([one.piece, two.piece]), keys, slots, one.rows + two.rows), undefined)


def asked(jobs: Sequence[Job], statement: Statement, derive: Derive) -> Asked:
    """One statement for several jobs."""
    parts = [_part(job, statement, derive) for job in jobs]
    types: dict[int, Type] = {}
    for job in jobs:
        types.update((number, job.scan.dimensions[number].type) for number in job.dimensions)
    width = max(len(part.numbers) for part in parts)
    keys = sorted(types.items())
    selects = [_select(number, part, keys, width) for number, part in enumerate(parts)]
    numbers: list[Kind] = ["number"] * width
    kinds: list[Kind] = ["number", "number", "number", *(_KINDS[kind] for _, kind in keys), *numbers]
    return Asked(statement.headed("\nunion all\n".join(selects)), kinds, sorted(types), parts)


def _part(job: Job, statement: Statement, derive: Derive) -> Part:
    rows = placed(job, statement, derive)
    select, grouped = rows.select, Grouped(rows.select)
    piece = grouped.column(rows.piece)
    dimensions = {number: grouped.column(select.value(job.scan.dimensions[number]).text) for number in job.dimensions}
    conditions = [*rows.conditions, *([select.value(job.scan.condition).text] if job.scan.condition is not None else [])]
    adder = _Adder(job, rows, grouped)
    numbers = [adder.slot(slot) for slot in job.slots.values()]
    flags = dict(adder.flags())
    return Part(
        job, rows, grouped, dimensions, [*numbers, *flags.values()], tuple(flags), [piece, *dimensions.values()], conditions
    )


def _select(number: int, part: Part, types: Sequence[tuple[int, Type]], width: int) -> str:
    """The columns of all parts, filled with what this one has."""
    statement = part.grouped.select.statement
    dialect = statement.dialect
    piece = part.keys[0]
    if part.placed.by_day is not None:
        piece = days_of(Sql(piece, Type.DATE), statement)
    outputs = [(_double(text, statement), name) for text, name in ((str(number), "k"), (piece, "p"), ("count(*)", "n"))]
    for dimension, kind in types:
        text = part.dimensions.get(dimension, "null")
        name = dialect.date if kind is Type.DATE else type_name(kind, dialect)
        outputs.append((dialect.cast(text, name), f"d{dimension}"))
    numbers = [*part.numbers, *[_double("null", statement)] * (width - len(part.numbers))]
    outputs += [(text, f"s{place}") for place, text in enumerate(numbers)]
    return part.grouped.text(outputs, part.keys, part.conditions)


def _double(text: str, statement: Statement) -> str:
    return statement.dialect.cast(text, statement.dialect.double)


@dataclass
class _Adder:
    """Writes the slots of a job."""

    job: Job
    rows: Placed
    grouped: Grouped

    @property
    def select(self) -> Select:
        return self.rows.select

    def slot(self, slot: Slot) -> str:
        """A slot as a number."""
        match slot:
            case Count():
                value = aggregated("count", self._adds(slot), self.grouped)
            case Sum():
                value = aggregated("sum", self._adds(slot), self.grouped)
            case Distinct():
                value = aggregated("distinct", self._adds(slot), self.grouped)
            case Extreme(function=function):
                value = aggregated(function, self._adds(slot), self.grouped)
            case Ordered(function=function, fraction=fraction):
                order = order_of(self.select, self.rows.date) if function in ("first", "last") else []
                value = aggregated(function, self._adds(slot), self.grouped, order, fraction)
            case Moment(left=left, right=right):
                value = self._product(left, right)
        return plain_number(value, self.select.statement)

    def _adds(self, slot: Count | Sum | Distinct | Extreme | Ordered) -> Adds:
        """What each row adds."""
        where = [self.select.value(slot.term.where).text] if slot.term.where is not None else []
        return added(self.select, slot.term.argument, [*self.rows.adds, *where])

    def _product(self, left: str, right: str) -> Sql:
        """The sum of the products of what rows add to two slots: a count adds 1 where its argument is there."""
        dialect = self.select.dialect
        factors: list[str] = []
        conditions: list[str] = []
        for slot in (self.job.scan.slots[name] for name in (left, right)):
            assert isinstance(slot, Count | Sum)
            adds = self._adds(slot)
            if adds.condition:
                conditions.append(self.grouped.column(adds.condition))
            if adds.value is not None:
                column = replace(adds.value, text=self.grouped.column(adds.value.text))
                if isinstance(slot, Sum):
                    factors.append(as_double(column, dialect))
                else:
                    conditions.append(f"{column.text} is not null")
        return self._summed(" * ".join(factors) or "1e0", " and ".join(dict.fromkeys(conditions)))

    def _summed(self, product: str, condition: str) -> Sql:
        """The sum over rows of an expression on the columns of the groups, where a condition on them is true."""
        dialect = self.select.dialect
        rows = f" filter (where {condition})" if condition and dialect.filters else ""
        if condition and not rows:
            product = f"case when {condition} then {product} end"
        return number(dialect.total(product, Physical.FLOAT, rows), loose=True)

    def flags(self) -> list[tuple[Flagged, str]]:
        """For each expression that may be undefined how often it is, and where it may be for several reasons, for each."""
        found: dict[Flagged, str] = {}
        for slot in self.job.slots.values():
            if not isinstance(slot, Moment):
                passes = [self.select.value(slot.term.where).text] if slot.term.where is not None else []
                for core, conditions in ((slot.term.where, ()), (slot.term.argument, passes)):
                    if core is not None:
                        for flag, text in self._flags(core, conditions):
                            found.setdefault(flag, text)
        return list(found.items())

    def _flags(self, core: Core, conditions: Sequence[str]) -> list[tuple[Flagged, str]]:
        reasons = undefined(core, self.select)
        if not reasons:
            return []
        wanted: list[tuple[Flagged, str]] = [(Flagged(core, reason), text) for reason, text in reasons.items()]
        if len(reasons) > 1:
            wanted.insert(0, (Flagged(core, None), f"({' or '.join(reasons.values())})"))
        return [(flag, self._counted([*conditions, text])) for flag, text in wanted]

    def _counted(self, conditions: Sequence[str]) -> str:
        flag = f"case when {' and '.join(conditions)} then 1 end"
        return _double(f"count({self.grouped.column(flag)})", self.select.statement)


def read(question: Asked, columns: Sequence[NDArray[Any]]) -> list[Answer]:
    """The columns that came back, part by part."""
    job, piece, rows, *others = columns
    keys = dict(zip(question.dimensions, others, strict=False))
    numbers = others[len(question.dimensions) :]
    mine = [np.flatnonzero(job == place) for place, _ in enumerate(question.parts)]
    return [_read(part, mine[place], piece, rows, keys, numbers) for place, part in enumerate(question.parts)]


def _read(
    part: Part,
    mine: NDArray[np.intp],
    piece: NDArray[np.float64],
    rows: NDArray[np.float64],
    keys: Mapping[int, NDArray[Any]],
    numbers: Sequence[NDArray[np.float64]],
) -> Answer:
    pieces = _pieces(part, piece[mine])
    kept = mine[pieces >= 0]
    pieces = pieces[pieces >= 0]
    slots = {name: _slot(slot, numbers[place][kept]) for place, (name, slot) in enumerate(part.job.slots.items())}
    whole = part.job.tiling and part.job.periods is None
    count = _times(rows[kept], pieces, whole)
    flagged = numbers[len(part.job.slots) :]
    times = {flag: _times(flagged[place][kept], pieces, whole) for place, flag in enumerate(part.flags)}
    own = tuple(_objects(keys[number][kept]) for number in part.job.dimensions)
    return Answer(Collected(pieces + part.job.first, own, slots, count), times)


def _pieces(part: Part, found: NDArray[np.float64]) -> NDArray[np.int64]:
    """The pieces of rows by their numbers or first days, -1 for none."""
    if part.placed.by_day is None:
        return np.where(np.isnan(found), -1, found).astype(np.int64)
    by_day = part.placed.by_day
    values = np.where(np.isnan(found), np.iinfo(np.int32).min, np.rint(found)).astype(np.int64)
    return np.fromiter((by_day.get(value, -1) for value in values.tolist()), np.int64, len(values))


def _times(counts: NDArray[np.float64], pieces: NDArray[np.int64], whole: bool) -> int:
    """How many rows in all: where a row may be in several pieces, as many as are in the piece that has most."""
    if not len(counts):
        return 0
    return int(counts.sum() if whole else np.bincount(pieces, counts).max())


def _slot(slot: Slot, values: NDArray[np.float64]) -> NDArray[np.float64] | NDArray[np.int64]:
    return values.astype(np.int64) if isinstance(slot, Count | Distinct) else values


def _objects(values: NDArray[Any]) -> NDArray[np.object_]:
    """Keys as they are told; a number that is missing is None."""
    if values.dtype == object:
        return values
    found = values.astype(object)
    found[np.isnan(values)] = None
    return found
