"""What makes files: the templates that ship with the command line, and texts by path to files on disk."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from kpidsl.cli.exits import Misuse
from kpidsl.documents.write import replace_text


def templates() -> Traversable:
    """The folder of templates."""
    return files("kpidsl.cli") / "templates"


def write_files(texts: dict[Path, str]) -> None:
    """Write new files, all or none of them: one that is there already is a misuse."""
    there = [path for path in texts if os.path.exists(path)]
    if there:
        raise Misuse(f"`{there[0]}` is there already, and nothing was written")
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        for begun in texts:
            with suppress(OSError):
                begun.unlink()
        raise _unwritable(path, error) from error


def write_over(path: Path, text: str) -> None:
    """Write a file, in place of one that may be there."""
    try:
        if os.path.exists(path):
            replace_text(path, text)
        else:
            write_whole(path, text.encode("utf-8"))
    except OSError as error:
        raise _unwritable(path, error) from error


def write_whole(path: Path, content: bytes, *, folders: bool = True) -> None:
    """Write a file, in place of one that may be there: all of it or nothing; with `folders` also those that it is in.

    What is no file, such as a pipe or `/dev/stdout`, takes what is written and stays what it is.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        if folders:
            target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        if target.exists():
            shutil.copymode(target, beside)
        os.replace(beside, target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> Misuse:
    return Misuse(f"`{path}` cannot be written: {(error.strerror or 'unknown reason').lower()}")
