"""What a CSV file says of itself: its separator, the names of its columns, and the lines on which its rows stand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress

_SEPARATORS = ",;\t|"


class CsvText:
    """The header of a CSV file and the lines on which its rows stand."""

    def __init__(self, path: str) -> None:
        self.path = path
        with open(path, encoding="utf-8-sig", newline="") as text:
            first = text.readline()
            # A name in quotes may go over several lines, so the first line alone cannot say what the header is.
            self.separator = max(_SEPARATORS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
            text.seek(0)
            self.header: list[str] = next(csv.reader(text, delimiter=self.separator), [])

    def is_empty(self) -> bool:
        """Whether there is nothing in the file but empty lines."""
        with open(self.path, encoding="utf-8-sig", errors="replace") as text:
            return all(not line.strip() for line in text)

    def line(self, row: int) -> int | None:
        """The line on which a row begins; None beyond a cell that is longer than Python reads."""
        return next((line for number, (line, _) in enumerate(self._rows()) if number == row), None)

    def ragged(self) -> tuple[int, int] | None:
        """The line of the first row that has more or fewer cells than the header, and how many it has."""
        rows = ((line, len(cells)) for line, cells in self._rows())
        return next(((line, cells) for line, cells in rows if cells != len(self.header)), None)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        with open(self.path, encoding="utf-8-sig", newline="", errors="replace") as text:
            reader = csv.reader(text, delimiter=self.separator)
            next(reader, None)
            end = reader.line_num
            with suppress(csv.Error):
                for cells in reader:
                    # DuckDB passes over empty lines, except where a lone column makes one an empty cell.
                    if cells or len(self.header) == 1:
                        yield end + 1, cells or [""]
                    end = reader.line_num
