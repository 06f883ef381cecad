"""The dates of sources: for each day on which they have rows how many, and the first and last moment that is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kpidsl.catalog.core import Reference, Type
from kpidsl.data.relations import Kind, Relation
from kpidsl.engines.slots import Timeline
from kpidsl.engines.sql.grouped import Grouped, days_of
from kpidsl.engines.sql.select import Derive, Select
from kpidsl.engines.sql.sql import Sql
from kpidsl.engines.sql.statement import Statement
from kpidsl.plan.schedule import Span

Dated = tuple[str, Reference]
KINDS: Sequence[Kind] = ("number", "number", "number", "moment", "moment")


def survey_text(dated: Sequence[Dated], statement: Statement, derive: Derive, end: datetime | None = None) -> str:
    """One statement for some sources and dates: number, day since 1970, rows, first and last moment of the day before `end`."""
    selects = [_select(number, *each, statement, derive, end) for number, each in enumerate(dated)]
    return statement.headed("\nunion all\n".join(selects))


def _select(number: int, source: str, path: Reference, statement: Statement, derive: Derive, end: datetime | None) -> str:
    dialect = statement.dialect
    select = Select(statement, source, derive)
    grouped, date = Grouped(select), select.value(path)
    stored = select.stored_day(path.path)
    known = dialect.in_time(date.text)
    own = stored or (date.text if date.type is Type.DATE else dialect.cast(date.text, dialect.date))
    day = grouped.column(f"case when {known} then {own} end")
    moment = dialect.cast(day, dialect.moment)
    if stored is not None or date.type is Type.DATE:
        low = high = moment  # days are their own midnights, so nothing need be looked for within one
    else:
        until = "" if end is None else f" and {date.text} < {dialect.moment_literal(end)}"
        read = grouped.column(f"case when {known}{until} then {date.text} end")
        low, high = f"min({read})", f"max({read})"
    outputs = [
        (dialect.cast(str(number), dialect.double), "k"),
        (dialect.cast(days_of(Sql(moment, Type.DATE), statement), dialect.double), "d"),
        (dialect.cast("count(*)", dialect.double), "n"),
        (low, "lo"),
        (high, "hi"),
    ]
    return grouped.text(outputs, [day], [])


def splits_a_day(columns: Sequence[NDArray[Any]], end: datetime) -> bool:
    """Whether a day has rows before `end` and others from it on."""
    *_, low, high = columns
    if end.time() == time():
        return False
    return any(first is not None and first < end <= last for first, last in zip(low, high, strict=True))


def read_timelines(dated: Sequence[Dated], columns: Sequence[NDArray[Any]], as_of: datetime) -> dict[Dated, Timeline]:
    """The columns that came back, without the days that are not read."""
    number, day, rows, low, high = columns
    found = {}
    for place, each in enumerate(dated):
        mine = number == place
        found[each] = _timeline(day[mine], rows[mine], low[mine], high[mine], as_of)
    return found


def _timeline(day: NDArray[Any], rows: NDArray[Any], low: NDArray[Any], high: NDArray[Any], as_of: datetime) -> Timeline:
    read = np.array([moment is not None and moment < as_of for moment in low], np.bool_)
    missing = int(rows[np.isnan(day)].sum())
    if not read.any():
        return Timeline(int(rows.sum()), missing, None)
    days: list[int] = np.sort(np.rint(day[read]).astype(np.int64)).tolist()
    return Timeline(int(rows.sum()), missing, Span(min(low[read]), max(high[read]), days))


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
