"""A table as JSON: `list` of grammar/result.schema.json."""

from __future__ import annotations

from kpidsl.render.json_text import json_text
from kpidsl.render.tables.table import Table


def show(table: Table, color: bool = False, width: int | None = None) -> str:
    """One JSON document, an object for each row."""
    heads = [head.name for head in table.heads]
    rows = [dict(zip(heads, (entry.text for entry in row), strict=True)) for row in table.rows]
    return json_text({"kind": "list", "version": 1, "rows": rows})
