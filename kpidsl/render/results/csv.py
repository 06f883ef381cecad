"""Results as CSV: the tidy table, a line for each KPI and cell."""

from __future__ import annotations

from kpidsl.render.csv_text import csv_text
from kpidsl.results.result import Result
from kpidsl.results.table import column_names, records


def show(result: Result, color: bool = False, width: int | None = None) -> str:
    """The columns of `Result.frame`, unrounded; what is not there is empty."""
    return csv_text(column_names(result.axis), [list(row.values()) for row in records(result.axis, result.figures)])
