"""DuckDB databases in memory, which see the files that were named and nothing else, and how names are written there."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from kpidsl.data.limits import Limits

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}


class Database:
    """A connection to an empty database, and the folder for what does not fit into memory; gone when it is closed.

    Where no file is read and no limit is said, it is a part of its own of the one that a process keeps, since it takes longer
    to make a database than to ask a small question.
    """

    def __init__(self, paths: Sequence[str], attached: Mapping[str, str], limits: Limits | None = None) -> None:
        """`attached` are DuckDB files, which are only read, by the names that they get. Raises duckdb.Error."""
        limits = limits or Limits()
        kept = not paths and not attached and limits.memory is None and limits.progress is None
        self._made = None if kept else _Made(paths, attached, limits)
        self.connection: DuckDBPyConnection = _kept(os.getpid()).cursor() if self._made is None else self._made.connection

    def close(self) -> None:
        with suppress(Exception):  # one that was interrupted twice is still busy, and ends with the process
            self.connection.close()
        if self._made is not None:
            self._made.spill.cleanup()


class _Made:
    """A database of its own."""

    def __init__(self, paths: Sequence[str], attached: Mapping[str, str], limits: Limits) -> None:
        import duckdb

        self.spill = tempfile.TemporaryDirectory(prefix="kpidsl-", ignore_cleanup_errors=True)
        self.connection: DuckDBPyConnection = duckdb.connect(":memory:", config=_CONFIG)
        try:
            for alias, path in attached.items():
                self.connection.execute(f"attach {literal(path)} as {alias} (type duckdb, read_only)")
            for statement in _settings(paths, attached, limits, self.spill.name):
                self.connection.execute(statement)
        except duckdb.Error:
            self.connection.close()
            self.spill.cleanup()
            raise


class _Kept:
    """The database of a process, of which each question gets a connection of its own, with tables of its own."""

    def __init__(self) -> None:
        self._made = _Made((), {}, Limits())
        self._lock = Lock()

    def cursor(self) -> DuckDBPyConnection:
        with self._lock:
            return self._made.connection.cursor()


@cache
def _kept(process: int) -> _Kept:
    """By process: a database does not survive a fork."""
    return _Kept()


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


def exactly(path: str) -> str:
    """The path as a pattern that nothing else matches."""
    return literal(glob.escape(path))


def quoted(text: str) -> str:
    """A name."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
