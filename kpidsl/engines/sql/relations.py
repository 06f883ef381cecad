"""A relation to a subquery whose columns have the definition's names and the types of the language.

Numbers stay as they are stored but for infinite ones and NaN, which are missing; dates and moments are timestamps without a
zone on the project's clock. See `data/dates.py` for what a clock does to a moment; here it is done to a whole column.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from msgspec import Struct

from kpidsl.catalog.core import Type
from kpidsl.data.relations import Physical, Relation, StoredColumn
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.dialects.spellings import LARGEST
from kpidsl.engines.sql.zones import to_utc
from kpidsl.periods.grain import Grain

# A moment on another clock is nowhere further away.
_CLOCKS_APART = timedelta(days=2)
_BOUNDED = (Physical.DATE, Physical.MOMENT, Physical.NANOSECONDS, Physical.ZONED)
_UNZONED = (Physical.MOMENT, Physical.NANOSECONDS)
_NANOSECONDS = (datetime(1678, 1, 1), datetime(2262, 1, 1))  # what can be told to the nanosecond


class Bounds(Struct, frozen=True):
    """A half-open time outside of which no row is needed, by a date column; an open side is None."""

    column: str
    start: datetime | None
    end: datetime | None


def subquery(
    relation: Relation,
    columns: Iterable[tuple[str, Type]],
    project: str,
    dialect: Dialect,
    bounds: Bounds | None = None,
    stored: Iterable[str] = (),
) -> str:
    """A select of some columns of a relation; those named in `stored` also as they are stored."""
    selected = [
        f"{column_text(relation, name, kind, project, dialect)} as {dialect.identifier(name)}" for name, kind in columns
    ]
    selected += [
        f"{dialect.identifier(relation.columns[name].name)} as {dialect.identifier(stored_name(name))}" for name in stored
    ]
    text = f"select {', '.join(selected) or '1 as one'} from {dialect.table(relation.table)}"
    condition = _pushed(bounds, relation, project, dialect) if bounds is not None else ""
    return f"{text} where {condition}" if condition else text


def stored_name(column: str) -> str:
    """The name of a column as it is stored; no definition's name has a space."""
    return f"{column} stored"


def column_text(relation: Relation, name: str, kind: Type, project: str, dialect: Dialect) -> str:
    """A stored column as its declared type."""
    column = relation.columns[name]
    stored = dialect.identifier(column.name)
    match kind:
        case Type.NUMBER:
            return _number(stored, column, dialect)
        case Type.TEXT:
            if column.physical is Physical.TEXT and dialect.plain_text:
                return stored
            return dialect.collated(dialect.cast(stored, dialect.text))
        case Type.BOOLEAN:
            return stored
        case Type.DATE:
            return _day(stored, column, project, dialect)
        case Type.DATETIME:
            return _moment(stored, column, relation.timezone, project, dialect)


def _number(stored: str, column: StoredColumn, dialect: Dialect) -> str:
    if column.physical is Physical.FLOAT:
        value = dialect.cast(stored, dialect.double)
        return value if column.finite else finite_column(value, dialect)
    if column.physical is Physical.DECIMAL:
        return dialect.decimal(stored) if column.finite else dialect.unbounded(stored)
    return stored


def finite_column(value: str, dialect: Dialect) -> str:
    """A double of the data, null where it is infinite or NaN."""
    return f"case when abs({value}) <= {dialect.cast(LARGEST, dialect.double)} then {value} end"


def _day(stored: str, column: StoredColumn, project: str, dialect: Dialect) -> str:
    """Its own day: a moment without a zone is on it whatever the clock, one with a zone on that of the project's clock."""
    match column.physical:
        case Physical.MOMENT | Physical.NANOSECONDS:
            return dialect.truncated(Grain.DAY, _unzoned(stored, column, dialect))
        case Physical.ZONED:
            return dialect.truncated(Grain.DAY, dialect.to_local(stored, project))
        case _:
            return dialect.cast(stored, dialect.moment)


def _moment(stored: str, column: StoredColumn, local: str, project: str, dialect: Dialect) -> str:
    if column.physical is Physical.ZONED:
        return dialect.to_local(stored, project)
    moment = _unzoned(stored, column, dialect) if column.physical in _UNZONED else dialect.cast(stored, dialect.moment)
    if local == project:
        return moment
    utc = to_utc(moment, local, dialect)
    return utc if project == "UTC" else dialect.from_utc(utc, project)


def _unzoned(stored: str, column: StoredColumn, dialect: Dialect) -> str:
    if column.physical is Physical.NANOSECONDS:
        return dialect.from_nanoseconds(stored)
    return stored if dialect.plain_moment else dialect.cast(stored, dialect.moment)


def _pushed(bounds: Bounds, relation: Relation, project: str, dialect: Dialect) -> str:
    """A condition on the column as it is stored, so that files and partitions outside of the time are not read."""
    column = relation.columns.get(bounds.column)
    if column is None or column.physical not in _BOUNDED:
        return ""
    stored = dialect.identifier(column.name)
    apart = column.physical is Physical.ZONED or (relation.timezone != project and column.physical in _UNZONED)
    first, last = _NANOSECONDS if column.physical is Physical.NANOSECONDS else (datetime.min, datetime.max - _CLOCKS_APART)
    parts = []
    if bounds.start is not None and bounds.start > first + _CLOCKS_APART:
        start = bounds.start - _CLOCKS_APART if apart else bounds.start
        parts.append(f"{stored} >= {_literal(start, column, dialect)}")
    if bounds.end is not None and bounds.end < last - _CLOCKS_APART:
        # A moment counts as its day where the column is declared a date, so the end's whole day is read.
        end = datetime.combine(bounds.end + _CLOCKS_APART * apart, time()) + timedelta(days=1)
        parts.append(f"{stored} < {_literal(end, column, dialect)}")
    return " and ".join(parts)


def _literal(moment: datetime, column: StoredColumn, dialect: Dialect) -> str:
    if column.physical is Physical.DATE:
        return f"date '{moment.date().isoformat()}'"
    return (dialect.utc_literal if column.physical is Physical.ZONED else dialect.moment_literal)(moment)
