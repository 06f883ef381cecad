"""Where the rows of a project are: what the command says, else its `data.yaml`."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

from kpidsl.catalog.catalog import Catalog
from kpidsl.cli.exits import Misuse
from kpidsl.cli.output import say_diagnostics
from kpidsl.cli.project import nearest_project
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.find import BINDINGS, read_file


def bound_data(place: Path, given: Path | None = None) -> Path:
    """The folder or file with the data for the definitions at `place`; a misuse where there is none."""
    if given is not None:
        if not os.path.exists(given):
            raise Misuse(f"there is no file or folder `{given}`")
        return given
    found = _bindings(place)
    if found is None:
        raise Misuse(
            "there are no data: name a folder with `--data`, with files called like the sources, "
            "or bind them in a `data.yaml` beside `kpidsl.yaml`"
        )
    return found


def bound_moment(place: Path) -> date | datetime | None:
    """The `as_of` in the `data.yaml` of the definitions at `place`; what keeps that file from being read is said on stderr."""
    from kpidsl.documents.bindings import read_bindings

    path = _bindings(place)
    if path is None:
        return None
    file, unreadable = read_file(path)
    bindings, wrong = read_bindings(file, path.parent) if file else (None, ())
    if bindings is None:
        say_diagnostics([*unreadable, *wrong])
    return bindings.as_of.value if bindings and bindings.as_of else None


def _bindings(place: Path) -> Path | None:
    """The `data.yaml` of the project around a place, else beside it."""
    folder = place if place.is_dir() else place.parent
    root = nearest_project(folder) or folder
    return next((root / name for name in BINDINGS if (root / name).is_file()), None)


def data_findings(catalog: Catalog, place: Path, given: Path | None = None) -> tuple[Diagnostic, ...]:
    """What the rows given, else those that a project binds, do not keep to.

    That is columns, types, keys, references and listed values, and what the proofs about KPIs assume of rows.
    """
    from kpidsl.data.bind import check_all
    from kpidsl.data.inputs import read_inputs
    from kpidsl.workflow.assumptions import false_assumptions

    bound = bound_data(place, given)
    inputs = read_inputs(catalog, bound, {})
    found = (*inputs.findings, *(check_all(catalog, inputs.given) if inputs.given is not None else ()))
    return (*found, *false_assumptions(catalog, bound))
