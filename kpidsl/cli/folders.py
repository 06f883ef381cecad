"""Where a command stands, and paths without their links; neither circles of links nor a folder that is gone end it raw."""

from __future__ import annotations

import os
from pathlib import Path

from kpidsl.cli.exits import Misuse


def resolved(path: Path) -> Path:
    """A path without links; unlike `Path.resolve` it minds neither circles of links nor names that are too long."""
    return Path(os.path.realpath(path))


def current_folder() -> Path:
    """The current folder without links; a misuse where it was deleted meanwhile."""
    try:
        return resolved(Path.cwd())
    except FileNotFoundError:
        raise Misuse("the current folder was deleted; `cd` goes to one that is there") from None
