"""Stocks that add up: rows are added up by when they begin and end, and those sums for each piece.

A row is in all pieces whose end is after its start, and adds to those of them whose end is not after its own. So only the
places of both among the ends of the pieces matter, and there are few pairs of places where there are many rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from kpidsl.catalog.core import per_period
from kpidsl.data.relations import Physical
from kpidsl.engines.sql.adding import Adder, Flags, double
from kpidsl.engines.sql.cases import decided
from kpidsl.engines.sql.grouped import Grouped
from kpidsl.engines.sql.jobs import Job
from kpidsl.engines.sql.placing import Placed
from kpidsl.engines.sql.relations import Bounds
from kpidsl.engines.sql.select import Derive, Select
from kpidsl.engines.sql.statement import Statement
from kpidsl.engines.uses import cores_of, links_in
from kpidsl.plan.nodes import Count, Distinct, Extreme, Ordered, Slot, Stock

_MOST_PIECES = 1_000


class Ranked(Struct, frozen=True, eq=False):
    """The columns of a select of a stock, and what makes it of them; see `asking.Columns`."""

    piece: str
    rows: str
    dimensions: Mapping[int, str]
    numbers: Sequence[str]
    flags: Sequence[Flags]
    finish: Callable[[Sequence[tuple[str, str]]], str]


def counted_on(job: Job, statement: Statement) -> bool:
    """Whether a job is a stock whose slots are those of its parts added up: nothing in it looks at the piece of time."""
    if not isinstance(job.scan.placement, Stock) or len(job.pieces) > _MOST_PIECES:
        return False
    if any(isinstance(slot, Distinct | Ordered) for slot in job.slots.values()):
        return False
    catalog, source = statement.catalog, job.scan.source
    cores = tuple(cores_of(job.scan, job.slots, job.dimensions))
    links = (use for core in cores for use in links_in(source, core, catalog))
    return not any(map(per_period, cores)) and all(catalog.sources[owner].links[name].valid is None for owner, name in links)


def ranked(job: Job, statement: Statement, derive: Derive) -> Ranked:
    """The stock in each piece, from sums by the places of beginning and end."""
    select = Select(statement, job.scan.source, derive)
    grouped = Grouped(select)
    stops = sorted({min(piece.end, statement.as_of) for piece in job.pieces})
    date, places, conditions = _placed(job, stops, select)
    dimensions = [grouped.column(select.value(job.scan.dimensions[number]).text) for number in job.dimensions]
    adder = Adder(job.slots, job.scan.slots, Placed(select, "", [], date=date), grouped)
    numbers = [adder.slot(slot) for slot in job.slots.values()]
    flags = adder.flags()
    begun, ended = map(grouped.column, places)
    named = [(text, f"d{place}") for place, text in enumerate(dimensions)]
    named += [(text, f"s{place}") for place, text in enumerate([*numbers, *flags.values()])]
    outputs = [(begun, "a"), (ended, "b"), (double("count(*)", select), "n"), *named]
    groups = grouped.text(outputs, [begun, ended, *dimensions], conditions)
    own = {number: f"y.d{place}" for place, number in enumerate(job.dimensions)}
    sums = [_of_parts(slot, f"y.s{place}", select) for place, slot in enumerate(job.slots.values())]
    counts = [_sum(f"y.s{place + len(numbers)}", "", select) for place in range(len(flags))]
    listed = _listed(job, stops, statement)

    def finish(outputs: Sequence[tuple[str, str]]) -> str:
        selected, keys = ", ".join(f"{text} as {name}" for text, name in outputs), ", ".join(["w.i", *own.values()])
        return f"select {selected}\nfrom (\n{groups}\n) y\njoin {listed} w on w.o >= y.a\ngroup by {keys}"

    return Ranked("w.i", _sum("y.n", "", select), own, [*sums, *counts], tuple(flags), finish)


def _placed(job: Job, stops: Sequence[datetime], select: Select) -> tuple[str, tuple[str, str], list[str]]:
    """The start of a row, the places of its start and end among the stops, and the conditions that it is read."""
    assert isinstance(job.scan.placement, Stock)
    start, end = job.scan.placement.start, job.scan.placement.end
    literals = [select.dialect.moment_literal(stop) for stop in stops]
    places = list(map(str, range(len(stops) + 1)))
    date = select.value(start).text
    # A missing end, which is below no bound, comes after all.
    ended = places[-1] if end is None else decided(select.value(end).text, literals, places)
    conditions = [f"{date} < {literals[-1]}"]
    if job.scan.condition is not None:
        conditions.append(select.value(job.scan.condition).text)
    if len(start.path) == 1:
        select.bounds = Bounds(start.path[0], None, stops[-1])
    return date, (decided(date, literals, places), ended), conditions


def _listed(job: Job, stops: Sequence[datetime], statement: Statement) -> str:
    """The list of the pieces with the places of their ends."""
    places = [stops.index(min(piece.end, statement.as_of)) for piece in job.pieces]
    return statement.named(statement.dialect.listed(("i", "o"), [(str(i), str(o)) for i, o in enumerate(places)]))


def _of_parts(slot: Slot, part: str, select: Select) -> str:
    """A slot of a piece from those of the groups that are alive at its end."""
    alive = "w.o < y.b"
    match slot:
        case Count():
            return f"coalesce({_sum(part, alive, select)}, {double('0', select)})"
        case Extreme(function=function):
            return f"{function}(case when {alive} then {part} end)"
        case _:
            return _sum(part, alive, select)


def _sum(part: str, condition: str, select: Select) -> str:
    added = f"case when {condition} then {part} end" if condition else part
    return select.dialect.total(added, Physical.FLOAT)
