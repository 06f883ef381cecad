"""Rows made up for the sources of two versions: frames whose values are such as the formulas look for, always the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pandas as pd

from kpidsl.catalog.catalog import Catalog, Column, Source
from kpidsl.catalog.core import Apply, Constant, Core, Gather, Nearby, Reference, Type, aggregates, children

MONTHS = tuple(date(2024 + month // 12, month % 12 + 1, 1) for month in range(24))
_NUMBERS = (1, 2, 5, 10, 20, 50, 100, 200, 1000)
_SHARES = (0.1, 0.25, 0.5, 1.0)
_OTHER = ("a", "b", "c")
_NO_VALUE = 0.04  # of cells


def invented(old: Catalog, new: Catalog, sources: Iterable[str], size: int) -> dict[str, pd.DataFrame]:
    """So many rows of each source, with the columns of both versions under the names that the data have for them."""
    chance = Random(f"rows {size}")
    compared = _compared(old) | _compared(new)
    frames: dict[str, pd.DataFrame] = {}
    for name in sources:
        both = [catalog.sources[name] for catalog in (new, old) if name in catalog.sources]
        columns = {
            column.data_name: column for source in both[::-1] for column in source.columns.values() if column.formula is None
        }
        cells = {data: _cells(column, compared, size, chance) for data, column in columns.items()}
        frames[name] = pd.DataFrame({**cells, **_keys(both[0], size)})
    for name in frames:
        for catalog in (old, new):
            if name in catalog.sources:
                _refer(catalog.sources[name], catalog, frames, chance)
    return frames


def _cells(column: Column, compared: set[object], size: int, chance: Random) -> pd.Series[Any]:
    options = list(_options(column, compared))
    cells = [None if chance.random() < _NO_VALUE and size > 6 else chance.choice(options) for _ in range(size)]
    return pd.Series(cells, dtype=object)


def _options(column: Column, compared: set[object]) -> Iterator[object]:
    match column.type:
        case Type.BOOLEAN:
            yield from (True, False)
        case Type.TEXT:
            yield from column.values or (*sorted(each for each in compared if isinstance(each, str)), *_OTHER)
        case Type.NUMBER:
            near = sorted(float(each) for each in compared if isinstance(each, Fraction))
            yield from _SHARES if column.unit.percent else (*_NUMBERS, *(each + step for each in near[:9] for step in (0, 1)))
        case Type.DATE | Type.DATETIME:
            yield from (pd.Timestamp(month + timedelta(days=days)) for month in MONTHS for days in (0, 9, 27))


def _keys(source: Source, size: int) -> dict[str, pd.Series[Any]]:
    """A value of its own in the key of each row: in the first column of it that is no date."""
    for name in source.key:
        column = source.columns.get(name)
        if column is not None and column.type in (Type.TEXT, Type.NUMBER):
            numbers = range(1, size + 1)
            cells = list(numbers) if column.type is Type.NUMBER else [f"{source.name[:1]}{number}" for number in numbers]
            return {column.data_name: pd.Series(cells, dtype=object)}
    return {}


def _refer(source: Source, catalog: Catalog, frames: Mapping[str, pd.DataFrame], chance: Random) -> None:
    """Let the rows refer to rows that are there."""
    frame = frames[source.name]
    for link in source.links.values():
        target = frames.get(link.target)
        if target is None or target.empty:
            continue
        rows = [chance.randrange(len(target)) for _ in range(len(frame))]
        for own, there in link.match:
            ours, theirs = source.columns[own], catalog.sources[link.target].columns[there]
            if ours.formula is None and theirs.formula is None and own not in source.key:
                frame[ours.data_name] = [target[theirs.data_name].iloc[row] for row in rows]


def _compared(catalog: Catalog) -> set[object]:
    """The constants that stand in the conditions of rows."""
    formulas = [column.formula for source in catalog.sources.values() for column in source.columns.values() if column.formula]
    nodes = [node for value in catalog.values.values() for node in aggregates(value.core)]
    return {each.value for root in (*formulas, *nodes) for each in _constants(root)}


def _constants(core: Core) -> Iterator[Constant]:
    match core:
        case Constant():
            yield core
        case Gather(aggregate=aggregate):
            yield from _constants(aggregate)
        case Nearby(argument=argument, where=where):
            for part in (argument, where):
                yield from () if part is None else _constants(part)
        case Apply() | Reference() | _:
            for part in children(core):
                yield from _constants(part)


def shown(frames: Mapping[str, pd.DataFrame]) -> str:
    """The rows as a test gives them."""
    return "; ".join(f"{name}: [{', '.join(map(_row, frame.to_dict('records')))}]" for name, frame in frames.items())


def _row(row: Mapping[Any, object]) -> str:
    return "{" + ", ".join(f"{name}: {_cell(cell)}" for name, cell in row.items()) + "}"


def _cell(cell: Any) -> str:
    match cell:
        case pd.Timestamp():
            return cell.date().isoformat()
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return "missing" if cell is None or pd.isna(cell) else str(cell)
