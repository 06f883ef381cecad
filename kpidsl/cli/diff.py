"""`kpidsl diff`: what changed in the meaning of definitions from one version to another."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from kpidsl.catalog.catalog import Catalog
from kpidsl.cli.data import bound_data
from kpidsl.cli.exits import Exit, Misuse
from kpidsl.cli.options import asked, color, format_
from kpidsl.cli.output import give, paint, say, say_diagnostics, stdout
from kpidsl.cli.project import nearest_project, open_catalog, own_project
from kpidsl.cli.revisions import revision_texts
from kpidsl.pipeline import load
from kpidsl.render.changes.view import Shown
from kpidsl.render.diagnostics.concise import line
from kpidsl.render.words import counted
from kpidsl.visible import visible
from kpidsl.workflow.diff import diff as compare

_BOUND = ""


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", required=False)
@click.option("--project", type=click.Path(path_type=Path), metavar="PATH", help="The project whose revisions are meant.")
@click.option(
    "--data",
    is_flag=False,
    flag_value=_BOUND,
    metavar="[PATH]",
    help="Also compare values over the rows of a folder or data.yaml; without a PATH over those that the project binds.",
)
@asked
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="So many values that moved are shown.")
@click.option("--breaking", is_flag=True, help="Exit code 1 if something breaks what was built on OLD.")
@format_("text", "json", "markdown")
@color
def diff(
    old: str,
    new: str | None,
    project: Path | None,
    data: str | None,
    limit: int,
    breaking: bool,
    format_: str,
    **words: Any,
) -> Exit:
    """Say what changed in the meaning of definitions, and with --data in their values.

    OLD and NEW are folders, files or git revisions; what is there as a path is a path. Without NEW it is the project around
    the current folder as it is now. Breaking is a KPI that is gone, renamed, or means something else, another unit, another
    direction, and groups or values that are there no more; a benchmark is not.

    \b
    kpidsl diff main
    kpidsl diff v1.2 v1.3 --format markdown
    kpidsl diff main --data --every month --breaking
    """
    there = (Path(each) for each in (new, old) if each is not None and os.path.exists(each))
    place = project or (own_project(None) if new is None else next(there, None))
    before, now = _version(old, place), _version(new, place)
    if not before.definitions.files and not now.definitions.files:
        raise Misuse(f"there are no definitions at revision `{old}`, and none to compare with them")
    for word, catalog in ((old, before), (new or "the project", now)):
        _say_none(word, catalog)
        _say_errors(word, catalog)
    rows = None if data is None else bound_data(place or own_project(None), Path(data) if data != _BOUND else None)
    found = compare(before, now, data=rows, **_asked(words, rows))
    if found.movements is not None:
        say_diagnostics(found.movements.diagnostics)
    shown = Shown(found, old, new or "the project as it is", limit)
    give(import_module(f"kpidsl.render.changes.{format_}").show(shown, paint(stdout())))
    return Exit.PROBLEMS if breaking and found.breaking else Exit.WELL


def _say_none(word: str, catalog: Catalog) -> None:
    """That a revision has no definitions, as before the first of them was written: then all are new."""
    if not catalog.definitions.files and not os.path.exists(word):
        say(f"there are no definitions at revision {visible(word)}\n")


def _say_errors(word: str, catalog: Catalog) -> None:
    """How many errors a version has, with the first of them."""
    if errors := catalog.diagnostics.errors:
        more = "" if len(errors) == 1 else ", the first"
        first = line(errors[0], paint(sys.stderr))
        say(f"{counted(len(errors), 'error')} in the definitions of {visible(word)}{more}: {first}\n")


def _asked(words: Mapping[str, Any], rows: Path | None) -> Mapping[str, Any]:
    """The words of the question, which mean nothing without data."""
    if rows is None and any(words.values()):
        raise click.UsageError("`--by`, `--every` and the like say which values are compared: they need `--data`")
    if rows is None and click.get_current_context().get_parameter_source("limit") is ParameterSource.COMMANDLINE:
        raise click.UsageError("`--limit` says how many values are shown: it needs `--data`")
    return words if rows is not None else {}


def _version(word: str | None, place: Path | None) -> Catalog:
    """The definitions at a path, else at a git revision; without a word those of the project."""
    if word is None:
        return open_catalog(own_project(place))
    if os.path.exists(word):
        return open_catalog(Path(word))
    home = place or own_project(None)
    folder = nearest_project(home if home.is_dir() else home.parent) or home
    return load(texts=revision_texts(word, folder))
