"""What makes new files: the templates that ship with the command line, and texts by path to files on disk."""

from __future__ import annotations

import os
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from kpidsl.cli.exits import Misuse


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
        raise Misuse(f"`{path}` cannot be written: {(error.strerror or 'unknown reason').lower()}") from error
