"""The dates of sources: for each day on which they have rows how many, and the first and last moment that is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kpidsl.catalog.core import Reference, Type
from kpidsl.data.relations import Kind, Relation
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.slots import Timeline
from kpidsl.engines.sql.grouped import Grouped, days_of
from kpidsl.engines.sql.select import Derive, Select
from kpidsl.engines.sql.sql import Sql
from kpidsl.engines.sql.statement import Statement
from kpidsl.plan.schedule import Span

Dated = tuple[str, Reference]
KINDS: Sequence[Kind] = ("number", "number", "number", "moment", "moment")


def survey_text(dated: Sequence[Dated], statement: Statement, derive: Derive) -> str:
    """One statement for some sources and dates: which of them, day since 1970, rows, first and last moment before `as_of`.

    Three selects for each date: the days that are read, how many rows have no date, how many there are. For the last two
    databases need not look at most of the rows.
    """
    selects = [_select(number, *each, statement, derive) for number, each in enumerate(dated)]
    return statement.headed("\nunion all\n".join(text for texts in selects for text in texts))


def _select(number: int, source: str, path: Reference, statement: Statement, derive: Derive) -> tuple[str, str, str]:
    dialect = statement.dialect
    select = Select(statement, source, derive)
    grouped, date = Grouped(select), select.value(path)
    stored = select.stored_day(path.path)
    day = grouped.column(stored or (date.text if date.type is Type.DATE else dialect.cast(date.text, dialect.date)))
    moment = dialect.cast(day, dialect.moment)
    # Days are their own midnights, so nothing need be looked for within one.
    exact = stored is not None or date.type is Type.DATE
    low, high = (moment, moment) if exact else (f"{end}({grouped.column(date.text)})" for end in ("min", "max"))
    since = dialect.cast(days_of(Sql(moment, Type.DATE), statement), dialect.double)
    nothing = dialect.cast("null", dialect.double)
    outputs = [(_number(3 * number, dialect), "k"), (since, "d"), (nothing, "n"), (low, "lo"), (high, "hi")]
    days = grouped.text(outputs, [day], [f"{date.text} < {statement.as_of_text}"])
    undated, every = Select(statement, source, derive), Select(statement, source, derive)
    missing = f"where {undated.value(path).text} is null"
    return days, _counted(3 * number + 1, undated, missing), _counted(3 * number + 2, every, "")


def _counted(number: int, select: Select, where: str) -> str:
    dialect = select.dialect
    nothing = dialect.cast("null", dialect.moment)
    counted = dialect.cast("count(*)", dialect.double)
    day = dialect.cast("null", dialect.double)
    return (
        f"select {_number(number, dialect)} as k, {day} as d, {counted} as n, {nothing} as lo, {nothing} as hi\n"
        f"{select.text()}\n{where}"
    )


def _number(number: int, dialect: Dialect) -> str:
    return dialect.cast(str(number), dialect.double)


def read_timelines(dated: Sequence[Dated], columns: Sequence[NDArray[Any]]) -> dict[Dated, Timeline]:
    """The columns that came back."""
    number, day, rows, low, high = columns
    found = {}
    for place, each in enumerate(dated):
        days, missing, every = (number == 3 * place + part for part in range(3))
        found[each] = _timeline(int(rows[every].sum()), int(rows[missing].sum()), day[days], low[days], high[days])
    return found


def _timeline(rows: int, missing: int, day: NDArray[Any], low: NDArray[Any], high: NDArray[Any]) -> Timeline:
    if not len(day):
        return Timeline(rows, missing, None, np.zeros(0, np.int64))
    return Timeline(rows, missing, Span(min(low), max(high)), np.sort(np.rint(day).astype(np.int64)))


def covered(relation: Relation, as_of: datetime) -> Span | None:
    """The first and the last moment for which rows are taken to be complete; what comes after `as_of` is not known."""
    assert relation.covers is not None
    start, end = relation.covers
    end = min(end, as_of)
    return Span(start, end - datetime.resolution) if start < end else None


def known_text(sources: Sequence[str], statement: Statement) -> str:
    """One statement that tells of sources with a time whether any row is before `as_of`: number, 0 or 1."""
    return statement.headed("\nunion all\n".join(_known(number, each, statement) for number, each in enumerate(sources)))


def _known(number: int, source: str, statement: Statement) -> str:
    time, dialect = statement.time(source), statement.dialect
    columns = {time: None} if time is not None else {}
    where = f"where r.{dialect.identifier(time)} < {statement.as_of_text} " if time is not None else ""
    some = f"select 1 as one from ({statement.rows(source, columns)}) r {where}limit 1"
    numbers = [(str(number), "k"), ("count(*)", "n")]
    selected = ", ".join(f"{dialect.cast(text, dialect.double)} as {name}" for text, name in numbers)
    return f"select {selected} from ({some}) x"


def read_known(sources: Sequence[str], columns: Sequence[NDArray[Any]]) -> Mapping[str, bool]:
    number, rows = columns
    return {source: bool((rows[number == place] > 0).any()) for place, source in enumerate(sources)}
