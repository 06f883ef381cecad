"""What makes files: the templates that ship with the command line, and texts by path to files on disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from kpidsl.cli.exits import Misuse
from kpidsl.documents.write import replace_text


def templates() -> Traversable:
    """The folder of templates."""
    return files("kpidsl.cli") / "templates"


@contextmanager
def new_folders() -> Iterator[Callable[[Path], None]]:
    """What makes a folder and those that it is in; where the block fails, those that it made go again if they are empty.

    Raises OSError where a folder cannot be made.
    """
    made: list[Path] = []

    def make(folder: Path) -> None:
        for each in reversed((folder, *folder.parents)):
            try:
                os.mkdir(each)
            except OSError:
                if not os.path.isdir(each):
                    raise
            else:
                made.append(each)

    try:
        yield make
    except BaseException:
        for each in reversed(made):
            with suppress(OSError):
                os.rmdir(each)
        raise


def write_files(texts: dict[Path, str]) -> None:
    """Write new files, all or none of them: one that is there already is a misuse."""
    there = [path for path in texts if os.path.exists(path)]
    if there:
        raise Misuse(f"`{there[0]}` is there already, and nothing was written")
    with new_folders() as make:
        try:
            for path, text in texts.items():
                make(path.parent)
                path.write_text(text, encoding="utf-8")
        except BaseException as error:
            for begun in texts:
                with suppress(OSError):
                    begun.unlink()
            if isinstance(error, OSError):
                raise _unwritable(path, error) from error
            raise


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
    with new_folders() as make:
        try:
            if path.exists() and not path.is_file():
                path.write_bytes(content)
                return
            if folders:
                make(target.parent)
            beside.write_bytes(content)
            if target.exists():
                shutil.copymode(target, beside)
            os.replace(beside, target)
        except BaseException as error:
            with suppress(OSError):
                beside.unlink()
            if isinstance(error, OSError):
                raise _unwritable(path, error) from error
            raise


def _unwritable(path: Path, error: OSError) -> Misuse:
    return Misuse(f"`{path}` cannot be written: {(error.strerror or 'unknown reason').lower()}")
