"""Rows to groups: a select of what is grouped by and what is aggregated, and around it one that groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.catalog.core import Core, Type
from kpidsl.data.relations import Physical
from kpidsl.engines.sql.select import Select
from kpidsl.engines.sql.sql import Lacking, Sql, as_double, double_literal, finite, number, type_name
from kpidsl.engines.sql.statement import Statement

EPOCH = datetime(1970, 1, 1)


class Grouped(Struct):
    """Rows that are grouped; each different expression on them becomes one column, by a short name."""

    select: Select
    _columns: dict[str, str] = field(default_factory=dict)

    def column(self, text: str) -> str:
        """An expression on the rows, seen from the groups."""
        return "x." + self._columns.setdefault(text, f"c{len(self._columns)}")

    def text(self, outputs: Sequence[tuple[str, str]], keys: Sequence[str], conditions: Sequence[str]) -> str:
        """The groups: what they have, under which name; `keys` are among the columns."""
        inner = ", ".join(f"{text} as {name}" for text, name in self._columns.items())
        where = f"\nwhere {' and '.join(conditions)}" if conditions else ""
        selected = ", ".join(f"{text} as {name}" for text, name in outputs)
        return f"select {selected}\nfrom (\nselect {inner}\n{self.select.text()}{where}\n) x\ngroup by {', '.join(keys)}"


class Adds(Struct, frozen=True):
    """What a row adds to an aggregate, and the condition under which it does; none for 1, or always."""

    value: Sql | None
    condition: str = ""

    @property
    def only(self) -> Sql | None:
        """What a row adds, missing where it adds nothing: databases do this once, and a filter again for each aggregate."""
        if not self.condition:
            return self.value
        value = self.value or Sql("1", Type.NUMBER, Physical.INTEGER)
        return replace(value, text=f"case when {self.condition} then {value.text} end", constant=None)


def added(select: Select, argument: Core | None, conditions: Sequence[str] = ()) -> Adds:
    """A row adds its argument where all conditions are true."""
    value = None if argument is None else finite(select.value(argument), select.dialect)
    return Adds(value, " and ".join(conditions))


def order_of(select: Select, date: str | None) -> list[str]:
    """What is first and last among rows: the date that places them, then their key."""
    key = [select.column(select.root, name) for name in select.statement.key(select.source)]
    return [*([date] if date is not None else []), *(sortable(value, select.statement) for value in key)]


def sortable(value: Sql, statement: Statement) -> str:
    """A value by which rows are ordered; text character by character."""
    return statement.dialect.sorted_text(value.text) if value.type is Type.TEXT else value.text


def aggregated(function: str, adds: Adds, grouped: Grouped, order: Sequence[str] = (), fraction: Fraction | None = None) -> Sql:
    """An aggregate of what rows add; null where nothing is added, but 0 for a count."""
    if function in ("first", "last"):
        return _edge(function, adds, grouped, order)
    value = adds.only
    if value is None:
        return Sql("count(*)", Type.NUMBER, Physical.INTEGER)
    return _aggregate(function, value, grouped, Fraction(1, 2) if fraction is None else fraction)


def _edge(function: str, adds: Adds, grouped: Grouped, order: Sequence[str]) -> Sql:
    """The first or last value by an order, which ends with the value itself."""
    value, dialect = adds.only, grouped.select.dialect
    assert value is not None
    keys = [grouped.column(text) for text in (*order, sortable(value, grouped.select.statement))]
    found = dialect.edge(function, grouped.column(value.text), keys)
    return Sql(dialect.cast(found, type_name(value.type, dialect)), value.type)


def _aggregate(function: str, value: Sql, grouped: Grouped, fraction: Fraction) -> Sql:
    dialect = grouped.select.dialect
    match function:
        case "count":
            return Sql(f"count({grouped.column(value.text)})", Type.NUMBER, Physical.INTEGER)
        case "distinct":
            return Sql(f"count(distinct {grouped.column(value.text)})", Type.NUMBER, Physical.INTEGER)
        case "sum":
            return number(dialect.total(grouped.column(value.text), value.physical), loose=True)
        case "avg":
            return number(dialect.mean(grouped.column(as_double(value, dialect))), loose=True)
        case "min" | "max":
            return Sql(f"{function}({grouped.column(value.text)})", value.type, value.physical)
        case "stddev":
            column = grouped.column(as_double(value, dialect))
            # Databases that go by a mean or a sum, which are rounded, find some deviation where values do not differ.
            deviation = f"when min({column}) < max({column}) then stddev_samp({column})"
            return number(f"case {deviation} when count({column}) > 1 then 0e0 end", loose=True)
        case "median" | "percentile":
            return _percentile(function, value, grouped, fraction)
        case _:
            raise AssertionError(function)


def _percentile(function: str, value: Sql, grouped: Grouped, fraction: Fraction) -> Sql:
    """Between two values in proportion; dates by their days."""
    select = grouped.select
    if select.dialect.percentile is None:
        raise Lacking(function, "another database, or the engine `pandas`, has it")
    dates = value.type in (Type.DATE, Type.DATETIME)
    double = days_of(value, select.statement) if dates else as_double(value, select.dialect)
    share = double_literal(float(fraction), select.dialect)
    found = number(select.dialect.percentile(grouped.column(double), share))
    if not dates:
        return found
    return Sql(select.dialect.add_seconds(epoch(select.statement), f"({found.text} * 86400)"), value.type)


def epoch(statement: Statement) -> str:
    return statement.dialect.moment_literal(EPOCH)


def days_of(value: Sql, statement: Statement) -> str:
    """A date as days since 1970."""
    return statement.dialect.days(value.text, epoch(statement))


def plain_number(value: Sql, statement: Statement) -> str:
    """A number or date as a double."""
    dialect = statement.dialect
    if value.type in (Type.DATE, Type.DATETIME):
        return days_of(value, statement)
    return as_double(finite(value, dialect), dialect)
