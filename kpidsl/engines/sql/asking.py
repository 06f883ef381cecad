"""Jobs to one statement, whose selects are put under each other.

All selects have the same columns: the number of the job, the piece, how many rows, a column for each of the question's
dimensions, and numbers, which mean something else in each. Where a select has nothing for a column it has a null, which the
select with the most numbers, the first one, gives a type.
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
from kpidsl.engines.sql.marks import Starts
from kpidsl.engines.sql.placing import Placed, placed
from kpidsl.engines.sql.select import Derive, Select
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


class Columns(Struct, frozen=True, eq=False):
    """What a select has for each column, and `finish`, which makes it of them.

    Where the pieces are not known, the last number tells on which days there are rows, and `edges` are the first
    and the last moment.
    """

    piece: str
    rows: str
    dimensions: Mapping[int, str]
    numbers: Sequence[str]
    finish: Callable[[Outputs], str]
    edges: tuple[str, str] | None = None


class Part(Struct, frozen=True, eq=False):
    """The select of one job. `flags` come after the slots.

    With `places` pieces are told by the numbers that lead to theirs, else by their own.
    """

    job: Job
    columns: Columns
    flags: Sequence[Flags]
    places: Mapping[int, int] | None = None


class Asked(Struct, frozen=True, eq=False):
    """A statement, the kinds of its columns, the dimensions that have one, and the parts that its rows answer.

    Where a part has edges they are the last two columns.
    """

    text: str
    kinds: Sequence[Kind]
    dimensions: Sequence[int]
    parts: Sequence[Part]


def asked(jobs: Sequence[Job], statement: Statement, derive: Derive, counted: Sequence[str] = ()) -> Asked:
    """One statement for several jobs; further parts tell how many rows the sources `counted` have."""
    parts = [_part(job, statement, derive) for job in jobs]
    types: dict[int, Type] = {}
    for job in jobs:
        types.update((number, job.scan.dimensions[number].type) for number in job.dimensions)
    selected = [*(part.columns for part in parts), *(_counted(source, statement) for source in counted)]
    width = max(len(columns.numbers) for columns in selected)
    timed = any(columns.edges is not None for columns in selected)
    keys = sorted(types.items())
    widest_first = sorted(enumerate(selected), key=lambda numbered: -len(numbered[1].numbers))
    selects = [_select(number, each, keys, width, statement.dialect, timed=timed) for number, each in widest_first]
    numbers: list[Kind] = ["number"] * width
    edges: list[Kind] = ["moment", "moment"] if timed else []
    kinds: list[Kind] = ["number", "number", "number", *(_KINDS[kind] for _, kind in keys), *numbers, *edges]
    return Asked(statement.headed("\nunion all\n".join(selects)), kinds, sorted(types), parts)


def _part(job: Job, statement: Statement, derive: Derive) -> Part:
    if job.cluster is not None:
        return _clustered(job, job.cluster, statement, derive)
    if counted_on(job, statement):
        found = ranked(job, statement, derive)
        return Part(job, Columns(found.piece, found.rows, found.dimensions, found.numbers, found.finish), found.flags)
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
    day = grouped.column(rows.day) if rows.day else ""
    columns = Columns(
        _piece(rows, piece, statement),
        double("count(*)", select),
        dimensions,
        [*numbers, *flags.values(), *([_days_seen(day, select)] if day else [])],
        lambda outputs: grouped.text(outputs, keys, conditions),
        (f"min({day})", f"max({day})") if day else None,
    )
    return Part(job, columns, tuple(flags), rows.places)


def _days_seen(day: str, select: Select) -> str:
    """On which days of a month rows are."""
    dialect = select.dialect
    assert dialect.bits is not None
    return double(dialect.bits(dialect.day(day)), select)


def _clustered(job: Job, cluster: Reference, statement: Statement, derive: Derive) -> Part:
    rows = placed(job, statement, derive)
    dimensions = [rows.select.value(job.scan.dimensions[number]).text for number in job.dimensions]
    conditions = [rows.select.value(job.scan.condition).text] if job.scan.condition is not None else []
    found = by_cluster(job, cluster, rows, dimensions, conditions)
    own = dict(zip(job.dimensions, found.dimensions, strict=True))
    columns = Columns(_piece(rows, found.piece, statement), found.rows, own, found.numbers, found.finish)
    return Part(job, columns, (), rows.places)


def _counted(source: str, statement: Statement) -> Columns:
    """How many rows a source has."""
    rows = statement.rows(source, ())
    return Columns(
        "null",
        statement.dialect.cast("count(*)", statement.dialect.double),
        {},
        (),
        lambda outputs: f"select {', '.join(f'{text} as {name}' for text, name in outputs)} from ({rows}) x",
    )


def _piece(rows: Placed, piece: str, statement: Statement) -> str:
    return days_of(Sql(piece, Type.DATE), statement) if isinstance(rows.marks, Starts) else piece


def _select(
    number: int, columns: Columns, types: Sequence[tuple[int, Type]], width: int, dialect: Dialect, *, timed: bool
) -> str:
    """The columns of all selects, filled with what this one has."""
    outputs = [
        (dialect.cast(str(number), dialect.double), "k"),
        (dialect.cast(columns.piece, dialect.double), "p"),
        (columns.rows, "n"),
    ]
    for dimension, kind in types:
        text = columns.dimensions.get(dimension, "null")
        name = dialect.date if kind is Type.DATE else type_name(kind, dialect)
        outputs.append((dialect.cast(text, name), f"d{dimension}"))
    numbers = [*columns.numbers, *["null"] * (width - len(columns.numbers))]
    outputs += [(text, f"s{place}") for place, text in enumerate(numbers)]
    if timed:
        edges = columns.edges or ("null", "null")
        outputs += [(dialect.cast(text, dialect.moment), name) for text, name in zip(edges, ("lo", "hi"), strict=True)]
    return columns.finish(outputs)
