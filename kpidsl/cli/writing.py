"""What makes files: the templates that ship with the command line, and texts by path to files on disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from kpidsl.cli.exits import Misuse
from kpidsl.documents.write import replace_text


def templates() -> Traversable:
    """The folder of templates."""
    return files("kpidsl.cli") / "templates"


class Begun:
    """Files and folders that were begun, which can go again: the folders if they are empty."""

    def __init__(self) -> None:
        self._files: list[Path] = []
        self._folders: list[Path] = []

    def folder(self, path: Path) -> None:
        """Make a folder and those that it is in, where they are not there."""
        for each in reversed((path, *path.parents)):
            try:
                os.mkdir(each)
            except OSError:
                if not os.path.isdir(each):
                    raise
            else:
                self._folders.append(each)

    def file(self, path: Path, content: bytes) -> None:
        self._files.append(path)
        path.write_bytes(content)

    def remove(self) -> None:
        for file in self._files:
            with suppress(OSError):
                file.unlink()
        for folder in reversed(self._folders):
            with suppress(OSError):
                folder.rmdir()


@contextmanager
def all_or_nothing() -> Iterator[Begun]:
    """What files and folders are begun with; where the block fails they go again."""
    begun = Begun()
    try:
        yield begun
    except BaseException:
        begun.remove()
        raise


def write_files(texts: dict[Path, str]) -> None:
    """Write new files, all or none of them: one that is there already is a misuse."""
    there = [path for path in texts if os.path.exists(path)]
    if there:
        raise Misuse(f"`{there[0]}` is there already, and nothing was written")
    with all_or_nothing() as begun:
        for path, text in texts.items():
            with _writing(path):
                begun.folder(path.parent)
                begun.file(path, text.encode("utf-8"))


def write_over(path: Path, text: str) -> None:
    """Write a file, in place of one that may be there."""
    with _writing(path):
        if os.path.exists(path):
            replace_text(path, text)
        else:
            write_whole(path, text.encode("utf-8"))


def write_whole(path: Path, content: bytes, *, folders: bool = True) -> None:
    """Write a file, in place of one that may be there: all of it or nothing; with `folders` also those that it is in.

    What is no file, such as a pipe or `/dev/stdout`, takes what is written and stays what it is.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    with _writing(path), all_or_nothing() as begun:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        if folders:
            begun.folder(target.parent)
        begun.file(beside, content)
        if target.exists():
            shutil.copymode(target, beside)
        os.replace(beside, target)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Misuse(f"`{path}` cannot be written: {(error.strerror or 'unknown reason').lower()}") from error
