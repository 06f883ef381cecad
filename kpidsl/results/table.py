"""Figures over cells as one tidy table: a row per KPI and cell, as a DataFrame or as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import isnan

import numpy as np
import pandas as pd

from kpidsl.documents import model
from kpidsl.results.columns import Column, Floats, Objects
from kpidsl.results.explain import explain
from kpidsl.results.figures import Axis, Figure, failed_figure
from kpidsl.units import unit as units

_BEFORE = ("kpi", "period", "start")
_AFTER = (
    "value",
    "unit",
    "status",
    "verdict",
    "benchmark",
    "low",
    "high",
    "numerator",
    "denominator",
    "n",
    "n_needed",
    "score",
    "process",
    "reason",
)


def frame(axis: Axis, figures: Mapping[str, Figure]) -> pd.DataFrame:
    """The table as a DataFrame, in the order of the figures and the cells."""
    names = column_names(axis)
    parts = [_columns(_shown_axis(axis, figure), figure) for figure in figures.values()]
    if not parts:
        return pd.DataFrame(columns=list(names))
    joined = {name: np.concatenate([part[index] for part in parts]) for index, name in enumerate(names)}
    # Typed one by one: what pandas would make of texts with None among them differs between its versions.
    typed = {name: pd.Series(column, dtype=column.dtype, copy=False) for name, column in joined.items()}
    counts = {name: typed[name].astype("Int64") for name in ("n", "n_needed")}
    return pd.DataFrame({**typed, **counts}, copy=False)


def column_names(axis: Axis) -> tuple[str, ...]:
    """The names of the table's columns; a dimension called like one of the others has `by_` before its name."""
    taken = {*_BEFORE, *_AFTER, *axis.dimensions} - set(axis.dimensions).difference(_BEFORE, _AFTER)
    names = []
    for name in axis.dimensions:
        while name in taken:
            name = f"by_{name}"
        names.append(name)
        taken.add(name)
    return (*_BEFORE, *names, *_AFTER)


def records(axis: Axis, figures: Mapping[str, Figure]) -> list[dict[str, object]]:
    """The table as one plain mapping per row, for JSON."""
    names = column_names(axis)
    found: list[dict[str, object]] = []
    for figure in figures.values():
        columns = _columns(_shown_axis(axis, figure), figure)
        found.extend({name: plain(cell) for name, cell in zip(names, row, strict=True)} for row in zip(*columns, strict=True))
    return found


def heading(figure: Figure) -> dict[str, object]:
    """What there is to say of a value besides its cells."""
    definition = figure.value.definition
    kpi = definition if isinstance(definition, model.Kpi) else None
    return {
        "name": figure.value.name,
        "kind": figure.value.kind.value,
        "title": kpi.title if kpi else "",
        "unit": units.show(figure.value.unit),
        "percent": figure.percent,
    }


def _shown_axis(axis: Axis, figure: Figure) -> Axis:
    """The cells of a figure; one that failed where there are none has a row of its own, so that it is seen."""
    if len(axis) or not figure.failure:
        return axis
    nothing = _objects([None])
    return Axis(_objects([""]), nothing, nothing, dict.fromkeys(axis.dimensions, nothing), axis.as_of)


def _columns(axis: Axis, figure: Figure) -> list[Objects | Floats]:
    if len(figure) < len(axis):
        figure = failed_figure(figure.value, len(axis), figure.failure)
    estimate = figure.estimate
    return [
        _repeated(figure.value.name, axis),
        axis.labels,
        axis.starts,
        *axis.dimensions.values(),
        figure.column.values,
        _repeated(units.show(figure.value.unit), axis),
        figure.statuses,
        _objects([None if verdict is None else verdict.value for verdict in figure.verdicts]),
        figure.benchmarks,
        estimate.low,
        estimate.high,
        _part(estimate.numerator, axis),
        _part(estimate.denominator, axis),
        np.rint(estimate.rows),
        figure.needed,
        figure.scores,
        figure.states,
        explain(figure, axis),
    ]


def _part(column: Column | None, axis: Axis) -> Floats:
    return np.full(len(axis), np.nan) if column is None else column.values


def _repeated(text: str, axis: Axis) -> Objects:
    return np.full(len(axis), text, dtype=object)


def _objects(items: Sequence[object]) -> Objects:
    found = np.empty(len(items), dtype=object)
    found[:] = items
    return found


def plain(cell: object) -> object:
    """A cell as JSON knows it: a whole number without a point, NaN as None, a date as text."""
    match cell:
        case float() if isnan(cell):
            return None
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return int(cell)
        case float():
            return float(cell)
        case date():
            return cell.isoformat()
        case _:
            return cell
