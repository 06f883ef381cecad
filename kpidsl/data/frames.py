"""Rows of pandas frames."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from kpidsl.catalog.core import Type
from kpidsl.data.columns import Series
from kpidsl.data.rows import Wanted


class FrameRows:
    """The rows of a pandas frame; nothing is copied."""

    def __init__(self, frame: pd.DataFrame, numbers: Sequence[int] | None = None) -> None:
        self.frame = frame
        self.names = [str(name) for name in frame.columns]
        self._by_name = frame.columns.is_unique
        self._numbers = numbers

    def select(self, wanted: Collection[Wanted]) -> None:
        pass

    def count(self) -> int:
        return len(self.frame)

    def column(self, position: int, kind: Type, zone: str) -> Series:
        column: Any = self._column(position)
        match column.dtype:
            case pd.SparseDtype():
                return column.sparse.to_dense()
            case pd.ArrowDtype(kind="M"):
                return pd.to_datetime(column)
            case pd.ArrowDtype(kind="O"):
                return column.astype(object)
            case _:
                return column

    def _column(self, position: int) -> Any:
        """By its name if no other has it, which takes pandas a tenth of the time."""
        name = self.frame.columns[position]
        return self.frame[name] if self._by_name and isinstance(name, str) else self.frame.iloc[:, position]

    def place(self, row: int) -> str:
        return f"row {row + 1 if self._numbers is None else self._numbers[row]}"
