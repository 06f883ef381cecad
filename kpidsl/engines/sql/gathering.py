"""What each row of a source gets from the rows of another that refer to it: a join to an aggregate by their reference.

The rows are grouped by what their last reference is matched on, which tells the rows of its target apart; where it is valid for
a time, with the beginning of the target's row.
"""

from __future__ import annotations

from kpidsl.catalog.catalog import Link
from kpidsl.catalog.core import Gather, per_period
from kpidsl.engines.sql.grouped import Grouped, added, aggregated, order_of
from kpidsl.engines.sql.select import Derive, Select, Spot
from kpidsl.engines.sql.sql import Lacking, Sql, finite
from kpidsl.engines.sql.windows import Windows

Pair = tuple[str, str]  # what is grouped by, and the column of the home that is equal to it


def gathered(node: Gather, select: Select, spot: Spot, windows: Windows | None, derive: Derive) -> Sql:
    """The aggregate as a column of the select, in which `spot` is a row of the home."""
    aggregate = node.aggregate
    if aggregate.closing:
        raise Lacking("closing in a derived column")
    inner = Select(select.statement, aggregate.source, derive, windows if per_period(node) else None)
    grouped = Grouped(inner)
    pairs, conditions = _pairs(node, inner)
    date = inner.value(aggregate.at).text if aggregate.at is not None else _time(inner)
    conditions.extend(taken(node, inner))
    if aggregate.where is not None:
        conditions.append(inner.value(aggregate.where).text)
    function = "distinct" if aggregate.distinct else aggregate.function
    value = finite(
        aggregated(function, added(inner, aggregate.argument), grouped, order_of(inner, date), aggregate.fraction),
        select.dialect,
    )
    keys = [grouped.column(text) for text, _ in pairs]
    if inner.windows is not None:
        keys.append(grouped.column(f"{inner.window}.i"))
    outputs = [(key, f"k{number}") for number, key in enumerate(keys)]
    text = grouped.text([*outputs, (value.text, "v")], keys, conditions)
    alias = select.statement.alias("g")
    on = [f"{alias}.k{number} = {select.column(spot, home).text}" for number, (_, home) in enumerate(pairs)]
    if inner.windows is not None:
        on.append(f"{alias}.k{len(pairs)} = {select.window}.i")
    select.join(f"left join (\n{text}\n) {alias} on {' and '.join(on)}")
    return _or_zero(Sql(f"{alias}.v", node.type, value.physical), node, select, spot, windows)


def _pairs(node: Gather, inner: Select) -> tuple[list[Pair], list[str]]:
    """What rows are grouped by, and the conditions that they refer to something."""
    catalog = inner.statement.catalog
    *_, (owner, name) = catalog.steps(inner.source, node.key)
    link: Link = catalog.sources[owner].links[name]
    if link.valid is not None:
        spot = inner.reach(node.key)
        columns = [*(other for _, other in link.match), link.valid[0]]
        return [(inner.column(spot, column).text, column) for column in columns], [spot.found]
    spot = inner.reach(node.key[:-1])
    own = [finite(inner.column(spot, own), inner.dialect).text for own, _ in link.match]
    return [(text, other) for text, (_, other) in zip(own, link.match, strict=True)], [f"{text} is not null" for text in own]


def _time(inner: Select) -> str | None:
    time = inner.statement.time(inner.source)
    return None if time is None else inner.column(inner.root, time).text


def taken(node: Gather, inner: Select) -> list[str]:
    """Which rows may count: those before `as_of`, alive at the end of the piece where that is asked."""
    aggregate, statement = node.aggregate, inner.statement
    time = _time(inner)
    conditions = [f"{time} < {statement.as_of_text}"] if time is not None else []
    if aggregate.alive is not None:
        stop = f"{inner.window}.z" if inner.windows is not None else statement.as_of_text
        start, end = aggregate.alive
        conditions.append(f"{inner.value(start).text} < {stop}")
        if end is not None:
            conditions.append(alive_until(inner.value(end).text, stop))
    return conditions


def alive_until(end: str, stop: str) -> str:
    """That a row has not ended by then."""
    return f"({end} is null or {end} >= {stop})"


def _or_zero(value: Sql, node: Gather, select: Select, spot: Spot, windows: Windows | None) -> Sql:
    """A sum or count over no rows is 0 where anything is known of their source; without a home there is none."""
    if node.aggregate.function not in ("sum", "count") or not select.statement.observed(node.aggregate.source):
        return value
    conditions = [spot.found] if spot.found else []
    if windows is not None and windows is not select.windows and per_period(node):
        conditions.append(f"{select.list_alias(windows)}.i is not null")
    text = f"coalesce({value.text}, 0)"
    if conditions:
        text = f"case when {' and '.join(conditions)} then {text} end"
    return Sql(text, value.type, value.physical)
