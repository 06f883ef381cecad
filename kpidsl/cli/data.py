"""Where the rows of a project are: what the command says, else its `data.yaml`."""

from __future__ import annotations

from pathlib import Path

import click

from kpidsl.cli.project import nearest_project
from kpidsl.documents.find import BINDINGS


def bound_data(place: Path, given: Path | None = None) -> Path:
    """The folder or file with the data for the definitions at `place`; a misuse where there is none."""
    if given is not None:
        if not given.exists():
            raise click.UsageError(f"there is no file or folder `{given}`")
        return given
    folder = place if place.is_dir() else place.parent
    root = nearest_project(folder) or folder
    found = next((root / name for name in BINDINGS if (root / name).is_file()), None)
    if found is None:
        raise click.UsageError(
            "there are no data: name a folder with `--data`, with files called like the sources, "
            "or bind them in a `data.yaml` beside `kpidsl.yaml`"
        )
    return found
