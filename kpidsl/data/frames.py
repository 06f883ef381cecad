"""Rows of pandas frames and of Excel sheets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from kpidsl.catalog.core import Type
from kpidsl.data import messages
from kpidsl.data.columns import Series
from kpidsl.data.given import Excel
from kpidsl.data.rows import Refused, Wanted


class FrameRows:
    """The rows of a pandas frame; nothing is copied."""

    def __init__(self, frame: pd.DataFrame, numbers: Sequence[int] | None = None) -> None:
        self.frame = frame
        self.names = [str(name) for name in frame.columns]
        self._numbers = numbers

    def select(self, wanted: Collection[Wanted]) -> None:
        pass

    def count(self) -> int:
        return len(self.frame)

    def column(self, position: int, kind: Type) -> Series:
        column: Any = self.frame.iloc[:, position]
        match column.dtype:
            case pd.SparseDtype():
                return column.sparse.to_dense()
            case pd.ArrowDtype(kind="M"):
                return pd.to_datetime(column)
            case pd.ArrowDtype(kind="O"):
                return column.astype(object)
            case _:
                return column

    def place(self, row: int) -> str:
        return f"row {row + 1 if self._numbers is None else self._numbers[row]}"

    def close(self) -> None:
        pass


def read_excel(source: str, place: Excel) -> FrameRows:
    """The rows of a sheet, without empty ones, numbered as Excel does; raises Refused."""
    if not Path(place.path).is_file():
        raise Refused(messages.file_not_found(source, place.path))
    try:
        sheets = pd.ExcelFile(place.path, engine="openpyxl")
    except ImportError:
        raise Refused(messages.excel_missing(source)) from None
    except (OSError, ValueError, KeyError, BadZipFile) as reason:
        raise Refused(messages.unreadable_file(source, place.path, str(reason))) from None
    with sheets:
        names = [str(name) for name in sheets.sheet_names]
        if place.sheet is not None and place.sheet not in names:
            raise Refused(messages.sheet_missing(source, place.path, place.sheet, names))
        frame = pd.read_excel(
            sheets, sheet_name=place.sheet or 0, header=None, dtype=object, keep_default_na=False, na_values=[""]
        )
    return _with_header(source, place.path, frame)


def _with_header(source: str, path: str, frame: pd.DataFrame) -> FrameRows:
    if frame.empty:
        raise Refused(messages.unreadable_file(source, path, "the sheet is empty"))
    header = ["" if pd.isna(name) else str(name) for name in frame.iloc[0]]
    rows = frame.iloc[1:].dropna(how="all")
    return FrameRows(rows.set_axis(header, axis=1), [int(row) + 1 for row in rows.index])
