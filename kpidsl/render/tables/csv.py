"""A table as CSV."""

from __future__ import annotations

from kpidsl.render.csv_text import csv_text
from kpidsl.render.tables.table import Table


def show(table: Table, color: bool = False, width: int | None = None) -> str:
    """A line for the heads and one for each row."""
    return csv_text([head.name for head in table.heads], ([entry.text for entry in row] for row in table.rows))
