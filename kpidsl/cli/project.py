"""Which definitions a command is about: at a path, else in the project around here, else the library."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from kpidsl.cli.exits import Misuse
from kpidsl.cli.folders import current_folder, resolved
from kpidsl.cli.output import say
from kpidsl.diagnostics import Diagnostics
from kpidsl.documents.find import BINDINGS, PROJECT
from kpidsl.render.words import counted
from kpidsl.shipped import folder

if TYPE_CHECKING:
    from kpidsl.catalog.catalog import Catalog

# What is wrong with the words of the command rather than with definitions.
NOTHING_TO_READ = frozenset({"no-such-path", "no-definitions", "too-many-files"})


class Opened(Struct, frozen=True):
    """A catalog, and where it was read from."""

    catalog: Catalog
    path: Path


def nearest_project(start: Path) -> Path | None:
    """The nearest folder, from `start` upwards, that has a `kpidsl.yaml`; as seen from the current one if it is below it."""
    current = current_folder()
    here = resolved(start)
    found = next((each for each in (here, *here.parents) if any(os.path.isfile(each / name) for name in PROJECT)), None)
    return found.relative_to(current) if found is not None and found.is_relative_to(current) else found


def is_bindings(path: Path) -> bool:
    """Whether a path is the `data.yaml` of a folder or project; below `definitions` a file may be called so."""
    home = nearest_project(path.parent) or path.parent
    return path.name in BINDINGS and os.path.isfile(path) and resolved(path).parent == resolved(home)


def own_project(path: Path | None) -> Path:
    """The path given, else the current project's; outside of one there is nothing to check."""
    found = path or nearest_project(current_folder())
    if found is None:
        raise Misuse(
            "there is no `kpidsl.yaml` here or in a folder above; `kpidsl new` makes a project, or name the path of definitions"
        )
    return found


def open_catalog(*paths: Path) -> Catalog:
    """The catalog of the definitions at some paths; a path without any, or with something else, is a misuse of the command."""
    from kpidsl.checking import load  # not for what reads a record only

    refuse_bindings(*paths)
    catalog = load(*paths)
    refuse_nothing(catalog.diagnostics)
    return catalog


def refuse_bindings(*paths: Path) -> None:
    """Misuse where a path is that of bindings."""
    for path in paths:
        if is_bindings(path):
            raise Misuse(f"`{path}` holds bindings rather than definitions; `kpidsl check --data {path}` checks it")


def refuse_nothing(findings: Diagnostics) -> None:
    """Misuse where there are no definitions at a path."""
    nothing = [finding for finding in findings.errors if finding.code in NOTHING_TO_READ]
    if nothing:
        raise Misuse(nothing[0].headline)


def open_project(path: Path | None) -> Opened:
    """The definitions to work with; mistakes in them are counted on stderr, and the rest of them can be used."""
    found = path or nearest_project(current_folder())
    if found is None:
        found = folder("definitions")
        say("no `kpidsl.yaml` here or above: this is the library that comes with kpidsl, over its example data\n")
    catalog = open_catalog(found)
    if errors := len(catalog.diagnostics.errors):
        say(f"{counted(errors, 'error')} in the definitions; `kpidsl check` shows them\n")
    return Opened(catalog, found)
