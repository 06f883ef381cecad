"""Rows to CSV that neither a spreadsheet nor a terminal takes for something else.

Numbers are numbers. A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-` or `@`, and is no number)
gets an apostrophe before it, and control characters are written as escapes; JSON has every text as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from kpidsl.visible import visible

_FORMULA = ("=", "+", "-", "@")


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A line for the heads and one for each row; None is an empty cell."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([_cell(head) for head in heads])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _cell(cell: object) -> object:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return _text(cell)
        case _:
            return cell


def _text(text: str) -> str:
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) and not _is_number(shown) else shown


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
