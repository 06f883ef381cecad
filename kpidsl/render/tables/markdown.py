"""A table as Markdown."""

from __future__ import annotations

from kpidsl.markdown import escape
from kpidsl.render.tables.table import Table


def show(table: Table, color: bool = False, width: int | None = None) -> str:
    """A table in pipes, numbers to the right."""
    table = table.filled()
    heads = [escape(head.name) for head in table.heads]
    rules = ["---:" if head.number else "---" for head in table.heads]
    rows = [[escape(entry.text) for entry in row] for row in table.rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in [heads, rules, *rows])
