"""A table in columns: as wide as it needs to be, or fitted into the width of a terminal.

A value from data that is longer than `LONGEST` ends in `…`, or one of them would make all lines long; other formats have it
whole. Nothing else is ever cut: a number without its last digits is another number. Where the width does not do, the gaps get
smaller, then sentences are folded, then the columns that can be spared are left out, and the last line says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from rich.cells import cell_len

from kpidsl.render.paint import Paint, Role, colours, plain
from kpidsl.render.tables.table import LONGEST, Entry, Head, Table
from kpidsl.visible import visible

_GAP, _SMALL_GAP = 3, 2
_LEAST = 20


def show(table: Table, color: bool = False, width: int | None = None) -> str:
    """The table with its heads above; without a `width` every column is as wide as its widest cell."""
    paint = colours() if color else plain
    whole = Table(table.heads, tuple(_entries(row, table.heads) for row in table.rows)).filled()
    fitted, widths, gap = _fit(whole, width)
    head = tuple(Entry(head.name, Role.QUIET) for head in fitted.heads)
    lines = [line for row in (head, *fitted.rows) for line in _row(row, fitted.heads, widths, gap, paint)]
    lost = [head.name for head in whole.heads if head not in fitted.heads]
    if lost:
        lines.append(paint(Role.QUIET, f"(left out of this narrow terminal: {', '.join(lost)})"))
    return "".join(f"{line}\n" for line in lines)


def _entries(row: Sequence[Entry], heads: Sequence[Head]) -> tuple[Entry, ...]:
    return tuple(Entry(_shown(each.text, head.cuts), each.role) for each, head in zip(row, heads, strict=True))


def _shown(text: str, cuts: bool) -> str:
    # One character too many, so that it is seen that there are more; what is cut off is not even looked at.
    text = visible(text[: LONGEST + 1] if cuts else text)
    return text if not cuts or len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _fit(table: Table, width: int | None) -> tuple[Table, list[int], int]:
    """The columns that are shown, how wide each is, and the gap between them."""
    while True:
        natural = [max(map(cell_len, column)) for column in _columns(table)]
        for gap in (_GAP, _SMALL_GAP):
            widths = _widths(table.heads, natural, None if width is None else width - gap * (len(natural) - 1))
            if widths is not None:
                return table, widths, gap
        spared = max(range(len(table.heads)), key=lambda index: table.heads[index].spare, default=0)
        if not table.heads or table.heads[spared].spare == 0:
            return table, natural, _SMALL_GAP
        table = table.only(index for index in range(len(table.heads)) if index != spared)


def _columns(table: Table) -> Iterator[list[str]]:
    for index, head in enumerate(table.heads):
        yield [head.name, *(row[index].text for row in table.rows)]


def _widths(heads: Sequence[Head], natural: list[int], room: int | None) -> list[int] | None:
    """The width of each column within the room for all; None where they do not go in."""
    if room is None or sum(natural) <= room:
        return natural
    folding = [index for index, head in enumerate(heads) if head.folds and natural[index] > _LEAST]
    left = room - sum(each for index, each in enumerate(natural) if index not in folding)
    if not folding or left < _LEAST * len(folding):
        return None
    widths = list(natural)
    for place, index in enumerate(sorted(folding, key=lambda index: natural[index])):
        widths[index] = min(natural[index], left // (len(folding) - place))
        left -= widths[index]
    return widths


def _row(row: Sequence[Entry], heads: Sequence[Head], widths: list[int], gap: int, paint: Paint) -> Iterator[str]:
    folded = [_folded(entry, width) for entry, width in zip(row, widths, strict=True)]
    for line in zip_longest(*folded, fillvalue=""):
        columns = zip(line, row, heads, widths, strict=True)
        cells = [_cell(text, entry.role, head.number, width, paint) for text, entry, head, width in columns]
        yield (" " * gap).join(cells).rstrip()


def _folded(entry: Entry, width: int) -> list[str]:
    wide = cell_len(entry.text)
    if wide <= width:
        return [entry.text]
    # A text with characters of two columns is folded as if all of them were.
    return wrap(entry.text, width if wide == len(entry.text) else max(1, width // 2))


def _cell(text: str, role: Role | None, right: bool, width: int, paint: Paint) -> str:
    shown = paint(role, text) if role and text else text
    pad = " " * (width - cell_len(text))
    return pad + shown if right else shown + pad
