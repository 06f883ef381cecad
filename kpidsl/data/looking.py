"""Where the rows of a source are, to what tells whether a file has changed since it was looked at."""

from __future__ import annotations

import os

from kpidsl.data.given import Csv, DuckDbTable, Excel, Given, Json, Parquet, Remote
from kpidsl.data.paths import data_files
from kpidsl.data.rows import Refused

Look = tuple[tuple[str, int, int, int], ...]
_ENDINGS: dict[type[object], tuple[str, ...]] = {Parquet: (".parquet",)}


def look_at(source: str, given: Given) -> Look:
    """Path, size, time of change and number of each file; nothing for what is no file, or not there."""
    match given.place:
        case Csv(path=path) | Json(path=path) | Parquet(path=path) | Excel(path=path):
            try:
                files = data_files(source, path, *_ENDINGS.get(type(given.place), ()))
                return tuple(_seen(each) for each in files)
            except (Refused, OSError):
                return ()
        case _:
            return ()


def _seen(path: str) -> tuple[str, int, int, int]:
    found = os.stat(path)
    return path, found.st_size, found.st_mtime_ns, found.st_ino


def stays(given: Given) -> bool:
    """Whether what was seen of the rows holds for the next question.

    Others may write to a database between two questions, and may not write to a DuckDB file while it is open.
    """
    return not isinstance(given.place, Remote | DuckDbTable)
