"""Jobs to one statement, whose selects are put under each other.

All selects have the same columns: the number of the job, the piece, how many rows, a column for each of the question's
dimensions, and numbers, which mean something else in each. Where a select has nothing for a column it has a typed null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from kpidsl.catalog.core import Reference, Type
from kpidsl.data.relations import Kind
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.sql.adding import Adder, Flags, double
from kpidsl.engines.sql.clustered import by_cluster
from kpidsl.engines.sql.grouped import Grouped, days_of
from kpidsl.engines.sql.jobs import Job
from kpidsl.engines.sql.placing import Placed, placed
from kpidsl.engines.sql.select import Derive
from kpidsl.engines.sql.sql import Sql, type_name
from kpidsl.engines.sql.statement import Statement
from kpidsl.engines.sql.stocks import counted_on, ranked

_KINDS: dict[Type, Kind] = {
    Type.TEXT: "text",
    Type.BOOLEAN: "boolean",
    Type.DATE: "date",
    Type.DATETIME: "moment",
    Type.NUMBER: "number",
}
Outputs = Sequence[tuple[str, str]]  # texts and the names that they get


class Part(Struct, frozen=True, eq=False):
    """The select of one job: what it has for each column, and `finish`, which makes it of them. `flags` come after the slots.

    With `by_day` pieces are told by their first days, in days since 1970, else by their numbers.
    """

    job: Job
    piece: str
    rows: str
    dimensions: Mapping[int, str]
    numbers: Sequence[str]
    flags: Sequence[Flags]
    finish: Callable[[Outputs], str]
    by_day: Mapping[int, int] | None = None


class Asked(Struct, frozen=True, eq=False):
    """A statement, the kinds of its columns, the dimensions that have one, and the parts that its rows answer."""

    text: str
    kinds: Sequence[Kind]
    dimensions: Sequence[int]
    parts: Sequence[Part]


def asked(jobs: Sequence[Job], statement: Statement, derive: Derive) -> Asked:
    """One statement for several jobs."""
    parts = [_part(job, statement, derive) for job in jobs]
    types: dict[int, Type] = {}
    for job in jobs:
        types.update((number, job.scan.dimensions[number].type) for number in job.dimensions)
    width = max(len(part.numbers) for part in parts)
    keys = sorted(types.items())
    selects = [_select(number, part, keys, width, statement.dialect) for number, part in enumerate(parts)]
    numbers: list[Kind] = ["number"] * width
    kinds: list[Kind] = ["number", "number", "number", *(_KINDS[kind] for _, kind in keys), *numbers]
    return Asked(statement.headed("\nunion all\n".join(selects)), kinds, sorted(types), parts)


def _part(job: Job, statement: Statement, derive: Derive) -> Part:
    if job.cluster is not None:
        return _clustered(job, job.cluster, statement, derive)
    if counted_on(job, statement):
        found = ranked(job, statement, derive)
        return Part(job, found.piece, found.rows, found.dimensions, found.numbers, found.flags, found.finish)
    return _grouped(job, statement, derive)


def _grouped(job: Job, statement: Statement, derive: Derive) -> Part:
    rows = placed(job, statement, derive)
    select, grouped = rows.select, Grouped(rows.select)
    piece = grouped.column(rows.piece)
    dimensions = {number: grouped.column(select.value(job.scan.dimensions[number]).text) for number in job.dimensions}
    conditions = [*rows.conditions, *([select.value(job.scan.condition).text] if job.scan.condition is not None else [])]
    adder = Adder(job.slots, job.scan.slots, rows, grouped)
    numbers = [adder.slot(slot) for slot in job.slots.values()]
    flags = adder.flags()
    keys = [piece, *dimensions.values()]
    return Part(
        job,
        _piece(rows, piece, statement),
        double("count(*)", select),
        dimensions,
        [*numbers, *flags.values()],
        tuple(flags),
        lambda outputs: grouped.text(outputs, keys, conditions),
        rows.by_day,
    )


def _clustered(job: Job, cluster: Reference, statement: Statement, derive: Derive) -> Part:
    rows = placed(job, statement, derive)
    dimensions = [rows.select.value(job.scan.dimensions[number]).text for number in job.dimensions]
    conditions = [rows.select.value(job.scan.condition).text] if job.scan.condition is not None else []
    found = by_cluster(job, cluster, rows, dimensions, conditions)
    own = dict(zip(job.dimensions, found.dimensions, strict=True))
    return Part(job, _piece(rows, found.piece, statement), found.rows, own, found.numbers, (), found.finish, rows.by_day)


def _piece(rows: Placed, piece: str, statement: Statement) -> str:
    return piece if rows.by_day is None or rows.by_month else days_of(Sql(piece, Type.DATE), statement)


def _select(number: int, part: Part, types: Sequence[tuple[int, Type]], width: int, dialect: Dialect) -> str:
    """The columns of all parts, filled with what this one has."""
    outputs = [
        (dialect.cast(str(number), dialect.double), "k"),
        (dialect.cast(part.piece, dialect.double), "p"),
        (part.rows, "n"),
    ]
    for dimension, kind in types:
        text = part.dimensions.get(dimension, "null")
        name = dialect.date if kind is Type.DATE else type_name(kind, dialect)
        outputs.append((dialect.cast(text, name), f"d{dimension}"))
    numbers = [*part.numbers, *[dialect.cast("null", dialect.double)] * (width - len(part.numbers))]
    outputs += [(text, f"s{place}") for place, text in enumerate(numbers)]
    return part.finish(outputs)
