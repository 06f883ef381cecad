"""`kpidsl list`: what is defined."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from kpidsl.cli.exits import Exit
from kpidsl.cli.options import color, format_, project
from kpidsl.cli.output import colourful, give, say, stdout, width
from kpidsl.cli.project import open_project
from kpidsl.render.listing import KINDS, listing
from kpidsl.render.pages import summaries
from kpidsl.render.tables.table import Head, Table


@click.command(name="list")
@click.argument("kind", type=click.Choice([*KINDS, "codes"]), default="kpis")
@project
@format_("text", "json", "csv", "markdown")
@color
def list_(kind: str, project: Path | None, format_: str) -> Exit:
    """List the KPIs, measures, dimensions, sources or parameters of a project, or the codes of all diagnostics."""
    table = _codes() if kind == "codes" else listing(kind, open_project(project).catalog)
    if not table.rows and format_ == "text":
        say(f"no {kind} are defined")
        return Exit.WELL
    give(import_module(f"kpidsl.render.tables.{format_}").show(table, colourful(stdout()), width()))
    return Exit.WELL


def _codes() -> Table:
    return Table.of([Head("code"), Head("what it finds", folds=True)], summaries().items())
