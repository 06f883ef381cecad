"""A receipt for a person who reads it as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.results.receipts.layout import Line, cell_parts, shared_parts, title
from kpidsl.results.receipts.receipt import Receipt
from kpidsl.visible import visible

_LABEL = 12
_WIDEST = 110


def show(receipt: Receipt) -> str:
    """The lines of a receipt, each with a line break."""
    return "".join(f"{line}\n" for line in _lines(receipt))


def _lines(receipt: Receipt) -> Iterator[str]:
    yield visible(title(receipt))
    for part in (*cell_parts(receipt), *shared_parts(receipt.about)):
        yield ""
        if part.heading:
            yield part.heading
        for line in part.lines:
            yield from _line(line)


def _line(line: Line) -> Iterator[str]:
    indent = "  " * (line.depth + 1)
    if line.label:
        yield f"{indent}{line.label:<{_LABEL}}{visible(line.parts[0])}"
        return
    first, *rest = (visible(part) for part in line.parts)
    whole = " = ".join([first, *rest])
    if len(indent + whole) <= _WIDEST or not line.formula:
        yield indent + whole
        return
    yield indent + first
    yield from (f"{indent}  = {part}" for part in rest)
