"""DuckDB databases in memory, which see the files that were named and nothing else, and how names are written there."""

from __future__ import annotations

import glob
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from kpidsl.data.limits import Limits

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "enable_external_file_cache": "false",  # files may change between two questions
}


class Database:
    """A connection to an empty database, and the folder for what does not fit into memory; gone when it is closed.

    Where no limit is said and no other database is attached, it is a part of its own of one that the process keeps for the same
    files, since it takes longer to make a database than to ask a small question.
    """

    def __init__(self, paths: Sequence[str], attached: Mapping[str, str], limits: Limits | None = None) -> None:
        """`attached` are DuckDB files, which are only read, by the names that they get. Raises duckdb.Error."""
        limits = limits or Limits()
        self._alone = bool(attached) or limits.memory is not None or limits.progress is not None
        self._made = _Made(paths, attached, limits) if self._alone else _kept(os.getpid(), _here(), tuple(paths))
        self.connection: DuckDBPyConnection = self._made.connection if self._alone else self._made.cursor()

    def close(self) -> None:
        with suppress(Exception):  # one that was interrupted twice is still busy, and ends with the process
            self.connection.close()
        if self._alone:
            self._made.clean_up()


class _Made:
    """A database; a cursor is a connection with tables of its own."""

    def __init__(self, paths: Sequence[str], attached: Mapping[str, str], limits: Limits) -> None:
        import duckdb

        self._lock = Lock()
        self._spill = _spill()
        self.connection: DuckDBPyConnection = duckdb.connect(":memory:", config=_CONFIG)
        try:
            for alias, path in attached.items():
                self.connection.execute(f"attach {literal(path)} as {alias} (type duckdb, read_only)")
            for statement in _settings(paths, attached, limits, self._spill.name if self._spill is not None else ""):
                self.connection.execute(statement)
        except duckdb.Error:
            self.connection.close()
            self.clean_up()
            raise

    def cursor(self) -> DuckDBPyConnection:
        with self._lock:
            return self.connection.cursor()

    def clean_up(self) -> None:
        if self._spill is not None:
            self._spill.cleanup()


def _spill() -> tempfile.TemporaryDirectory[str] | None:
    """A folder for what does not fit into memory; None where no folder can be written, and memory must do."""
    try:
        return tempfile.TemporaryDirectory(prefix="kpidsl-", ignore_cleanup_errors=True)
    except OSError:
        return None


def _here() -> str:
    """The current folder, which may be gone."""
    try:
        return os.getcwd()
    except OSError:
        return ""


@lru_cache(maxsize=4)
def _kept(process: int, folder: str, paths: tuple[str, ...]) -> _Made:
    """By process, as a database does not survive a fork, and by the folder that paths are seen from.

    One that gives way to others lasts as long as its questions.
    """
    return _Made(paths, {}, Limits())


def _settings(paths: Sequence[str], attached: Mapping[str, str], limits: Limits, spill: str) -> list[str]:
    allowed = ", ".join(f"{literal(path)}, {exactly(path)}" for path in paths)
    # Names in the views of a file are those of the file, which can be said for one file only.
    lone = [f"use {alias}" for alias in attached] if len(attached) == 1 else []
    progress = ["set enable_progress_bar = true", "set enable_progress_bar_print = false"] if limits.progress else []
    memory = [f"set memory_limit = '{limits.memory}B'"] if limits.memory is not None else []
    return [
        *lone,
        *memory,
        *progress,
        f"set temp_directory = {literal(spill)}",
        f"set allowed_paths = [{allowed}]",
        "set enable_external_access = false",
        "set lock_configuration = true",
    ]


def lacks_table(reason: str, table: Sequence[str]) -> bool:
    """Whether DuckDB says that a table is not there, and not one that is read by the view that it is.

    Where there is none it looks for a variable of that name in the program, which may be something else.
    """
    if "not suitable for replacement scans" in reason:
        return True
    found = re.match(r"Catalog Error: Table with name (.+?) does not exist", reason)
    return found is not None and ("." + found[1].strip('"').lower()).endswith("." + table[-1].strip('"').lower())


def exactly(path: str) -> str:
    """The path as a pattern that nothing else matches."""
    return literal(glob.escape(path))


def quoted(text: str) -> str:
    """A name."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
