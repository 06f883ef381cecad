"""A table in columns: as wide as it needs to be, or folded into the width of a terminal."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from kpidsl.render.paint import STYLES, Role
from kpidsl.render.tables.table import Entry, Table
from kpidsl.render.visible import visible

_NO_LIMIT = 100_000
_NARROWEST = 40


def show(table: Table, color: bool = False, width: int | None = None) -> str:
    """The table with its heads above; without a `width` no cell is folded or cut."""
    table = table.filled()
    grid = Grid(box=None, padding=(0, 3, 0, 0), pad_edge=False, header_style=STYLES[Role.QUIET])
    for head in table.heads:
        folds = head.folds and width is not None
        grid.add_column(Text(head.name), justify="right" if head.number else "left", no_wrap=not folds, overflow="fold")
    for row in table.rows:
        grid.add_row(*(_text(entry) for entry in row))
    return _printed(grid, color, _NO_LIMIT if width is None else max(width, _NARROWEST))


def _text(entry: Entry) -> Text:
    return Text(visible(entry.text), style="" if entry.role is None else STYLES[entry.role])


def _printed(grid: Grid, color: bool, width: int) -> str:
    stream = StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        _environ={},
    )
    console.print(grid, soft_wrap=False)
    return "".join(line.rstrip() + "\n" for line in stream.getvalue().splitlines())
