"""What each row gets from the row before or after it with the same key, by window functions.

Rows are numbered within their key in the order of time, key of the source and value sought. The number of the last row before
each that passes the filter is a running maximum (of the first after it, a minimum), and by it the row is joined. In one source
that is done to the relation itself, so that no row needs a name. Of another source the rows are put in line with the moments
and keys of the home, before or after rows of the same moment, whichever is sought.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.core import Nearby, per_period
from kpidsl.engines.sql.grouped import order_of, sortable
from kpidsl.engines.sql.relations import stored_name
from kpidsl.engines.sql.select import Derive, Joined, Select, Spot
from kpidsl.engines.sql.sql import Lacking, Sql, finite, missing
from kpidsl.engines.sql.statement import Statement


def nearby(node: Nearby, select: Select, spot: Spot, derive: Derive) -> Sql:
    """The value as a column of the select, in which `spot` is a row of the home."""
    own = replace(node, prefix=())
    if any(part is not None and per_period(part) for part in (node.argument, node.where)):
        raise Lacking(f"{node.function} of what depends on the period", "the engine `pandas` can be used")
    if node.home == node.source:
        neighbours = spot.joined.neighbours
        name = neighbours.setdefault(own, f"v{len(neighbours)}")
        return Sql(f"{spot.joined.alias}.{name}", node.type)
    return _in_other(own, select, spot, derive)


# In the same source


class _Line(Struct, frozen=True):
    """One node on the rows of its source: what they are numbered within and by, the value and whether a row passes."""

    node: Nearby
    keys: tuple[str, ...]
    order: tuple[str, ...]
    value: str
    passes: str

    @property
    def backwards(self) -> bool:
        return self.node.function == "prior"

    def numbered(self) -> str:
        order = ", ".join(f"{each} nulls last" for each in self.order)
        return f"row_number() over (partition by {', '.join(self.keys)} order by {order})"

    def sought(self, number: str, passes: str) -> str:
        """The number of the row before or after that passes."""
        extreme, frame = ("max", _BEFORE) if self.backwards else ("min", _AFTER)
        within = f"partition by {', '.join(self.keys)} order by {number} {frame}"
        return f"{extreme}(case when {passes} = 1 then {number} end) over ({within})"


_BEFORE = "rows between unbounded preceding and 1 preceding"
_AFTER = "rows between 1 following and unbounded following"


class _Columns(Struct):
    """Expressions of a select by short names."""

    names: dict[str, str]

    def name(self, text: str) -> str:
        return self.names.setdefault(text, f"c{len(self.names)}")

    def listed(self) -> str:
        return ", ".join(f"{text} as {name}" for text, name in self.names.items())


def extended(joined: Joined, statement: Statement, derive: Derive) -> str:
    """A select of the columns of a relation and of what its rows get from those nearby."""
    inner, columns = Select(statement, joined.source, derive), _Columns({})
    stored = {name: columns.name(inner.column(inner.root, name).text) for name in joined.columns}
    stored |= {stored_name(name): columns.name(inner.stored(name)) for name in joined.stored}
    lines = [_line(node, inner, columns) for node in joined.neighbours]
    time = columns.name(_time(inner))
    numbered = _also(
        [(line.numbered(), f"n{at}") for at, line in enumerate(lines)], f"select {columns.listed()}\n{inner.text()}"
    )
    sought = [(line.sought(f"n{at}", line.passes), f"m{at}") for at, line in enumerate(lines)]
    name = statement.named(_also(sought, numbered))
    read = f"a.{time} < {statement.as_of_text}"
    joins = [f"left join {name} b{at} on {_same(line, at)} and {read}" for at, line in enumerate(lines)]
    selected = [f"a.{short} as {statement.dialect.identifier(column)}" for column, short in stored.items()]
    selected += [f"b{at}.{line.value} as {joined.neighbours[line.node]}" for at, line in enumerate(lines)]
    return f"select {', '.join(selected)} from {name} a {' '.join(joins)}"


def _line(node: Nearby, inner: Select, columns: _Columns) -> _Line:
    statement = inner.statement
    value = finite(inner.value(node.argument), statement.dialect)
    keys = [finite(inner.value(right), statement.dialect).text for _, right in node.keys]
    order = [*order_of(inner, _time(inner)), sortable(value, statement)]
    conditions = _conditions(node, inner, keys)
    passes = columns.name(f"case when {' and '.join(conditions)} then 1 end")
    within, by = (tuple(map(columns.name, texts)) for texts in (keys, order))
    return _Line(node, within, by, columns.name(value.text), passes)


def _conditions(node: Nearby, inner: Select, keys: Sequence[str]) -> list[str]:
    """Which rows may be the one sought: those that are read, have a key and pass the filter."""
    where = [inner.value(node.where).text] if node.where is not None else []
    return [f"{_time(inner)} < {inner.statement.as_of_text}", *(f"{key} is not null" for key in keys), *where]


def _also(columns: Sequence[tuple[str, str]], select: str) -> str:
    added = ", ".join(f"{text} as {name}" for text, name in columns)
    return f"select x.*, {added} from (\n{select}\n) x"


def _same(line: _Line, at: int) -> str:
    keys = [f"b{at}.{key} = a.{key}" for key in line.keys]
    return " and ".join([*keys, f"b{at}.n{at} = a.m{at}"])


def _time(select: Select) -> str:
    time = select.statement.time(select.source)
    if time is None:
        raise Lacking(f"rows before or after others in `{select.source}`, which has no time")
    return select.column(select.root, time).text


# In another source


def _in_other(node: Nearby, select: Select, spot: Spot, derive: Derive) -> Sql:
    statement, dialect = select.statement, select.dialect
    home, rows = Select(statement, node.home, derive), Select(statement, node.source, derive)
    value = finite(rows.value(node.argument), dialect)
    line = f"{_candidates(node, rows, value)}\nunion all\n{_moments(node, home, rows, value)}"
    keys = [f"k{at}" for at, _ in enumerate(node.keys)]
    sorts = [f"s{at}" for at, _ in enumerate(order_of(rows, None))]
    backwards = node.function == "prior"
    # Rows of the same moment are among those before, and among those after.
    order = ("t", f"h {'asc' if backwards else 'desc'}", *(f"{each} nulls last" for each in (*sorts, "o")))
    within = f"partition by {', '.join(keys)} order by"
    numbered = f"select x.*, row_number() over ({within} {', '.join(order)}) as n from (\n{line}\n) x"
    extreme, frame = ("max", _BEFORE) if backwards else ("min", _AFTER)
    sought = f"{extreme}(case when h = 0 then n end) over ({within} n {frame})"
    name = statement.named(f"select x.*, {sought} as m from (\n{numbered}\n) x")
    same = " and ".join([*(f"b.{key} = a.{key}" for key in keys), "b.n = a.m"])
    found = f"select {', '.join(f'a.{key}' for key in keys)}, a.t, b.v from {name} a join {name} b on {same} where a.h = 1"
    alias = statement.alias("g")
    select.join(f"left join (\n{found}\n) {alias} on {_on(node, select, spot, alias)}")
    return Sql(f"{alias}.v", value.type, value.physical)


def _on(node: Nearby, select: Select, spot: Spot, alias: str) -> str:
    own = [finite(select.value(left, spot=spot), select.dialect).text for left, _ in node.keys]
    time = select.statement.time(node.home)
    if time is None:
        raise Lacking(f"rows before or after others in `{node.home}`, which has no time")
    pairs = [f"{alias}.k{at} = {text}" for at, text in enumerate(own)]
    return " and ".join([*pairs, f"{alias}.t = {select.column(spot, time).text}"])


def _candidates(node: Nearby, rows: Select, value: Sql) -> str:
    keys = [finite(rows.value(right), rows.dialect).text for _, right in node.keys]
    sorts = order_of(rows, None)
    columns = [
        *_named(keys, "k"),
        f"{_time(rows)} as t",
        "0 as h",
        *_named(sorts, "s"),
        f"{value.text} as v",
        f"{sortable(value, rows.statement)} as o",
    ]
    conditions = " and ".join(_conditions(node, rows, keys))
    return f"select {', '.join(columns)}\n{rows.text()}\nwhere {conditions}"


def _moments(node: Nearby, home: Select, rows: Select, value: Sql) -> str:
    """The different keys and moments of the home, with nothing in the other columns."""
    keys = [finite(home.value(left), home.dialect).text for left, _ in node.keys]
    time = _time(home)
    sorts = [rows.column(rows.root, name) for name in rows.statement.key(rows.source)]
    nothing = [missing(each.type, home.dialect).text for each in (*sorts, value, value)]
    columns = [*_named(keys, "k"), f"{time} as t", "1 as h"]
    columns += [f"{text} as {name}" for text, name in zip(nothing, [*_short(sorts, "s"), "v", "o"], strict=True)]
    present = " and ".join(f"{text} is not null" for text in (*keys, time))
    return f"select distinct {', '.join(columns)}\n{home.text()}\nwhere {present}"


def _named(texts: Sequence[str], letter: str) -> Iterator[str]:
    return (f"{text} as {name}" for text, name in zip(texts, _short(texts, letter), strict=True))


def _short(values: Sequence[object], letter: str) -> list[str]:
    return [f"{letter}{at}" for at, _ in enumerate(values)]
