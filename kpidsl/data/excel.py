"""Rows of Excel sheets, read cell by cell: what Excel could not compute is kept as what it is, and not as a missing value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from kpidsl.data import messages
from kpidsl.data.frames import FrameRows
from kpidsl.data.given import Excel
from kpidsl.data.paths import readable_file
from kpidsl.data.rows import CellError, Refused

Cells = list[object]


def read_excel(source: str, place: Excel) -> FrameRows:
    """The rows of a sheet, without empty ones, numbered as Excel does; raises Refused."""
    readable_file(source, place.path)
    try:
        import openpyxl
    except ImportError:
        raise Refused(messages.excel_missing(source)) from None
    try:
        with open(place.path, "rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            rows = _cells(_sheet(source, place, book))
    except Refused:
        raise
    except Exception as reason:  # whatever a broken file makes openpyxl and the readers below it raise
        raise Refused(messages.unreadable_file(source, place.path, str(reason) or type(reason).__name__)) from None
    return _with_header(source, place.path, rows)


def _sheet(source: str, place: Excel, book: Any) -> Any:
    sheets = {str(sheet.title): sheet for sheet in book.worksheets}
    if place.sheet is not None and place.sheet not in sheets:
        raise Refused(messages.sheet_missing(source, place.path, place.sheet, tuple(sheets)))
    return sheets[place.sheet] if place.sheet is not None else next(iter(sheets.values()))


def _cells(sheet: Any) -> list[Cells]:
    # The size that a file says a sheet has may be wrong.
    sheet.reset_dimensions()
    return [_row(row) for row in sheet.iter_rows()]


def _row(row: Sequence[Any]) -> Cells:
    cells = [_cell(cell) for cell in row]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _cell(cell: Any) -> object:
    """A whole number stays one, however Excel stores it; an empty text is missing."""
    value: object = cell.value
    if value is None or value == "":
        return None
    if cell.data_type == "e":
        return CellError(str(value))
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _with_header(source: str, path: str, rows: list[Cells]) -> FrameRows:
    if not any(rows):
        raise Refused(messages.unreadable_file(source, path, "the sheet is empty"))
    if not rows[0]:
        raise Refused(messages.header_missing(source, path, "row 1"))
    width = max(map(len, rows))
    frame = pd.DataFrame([[*row, *[None] * (width - len(row))] for row in rows], dtype=object)
    header = ["" if pd.isna(name) else str(name) for name in frame.iloc[0]]
    kept = frame.iloc[1:].dropna(how="all")
    return FrameRows(kept.set_axis(header, axis=1), [int(row) + 1 for row in kept.index])
