"""`kpidsl list`: what is defined."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from kpidsl.catalog.catalog import Catalog
from kpidsl.cli.choosing import choose, choosing
from kpidsl.cli.exits import Exit, Misuse
from kpidsl.cli.options import color, format_, project
from kpidsl.cli.output import colourful, give, say, stdout, width
from kpidsl.cli.project import open_project
from kpidsl.render.listing import KINDS, listing
from kpidsl.render.pages import summaries
from kpidsl.render.tables.table import Head, Table


@click.command(name="list")
@click.argument("kind", type=click.Choice([*KINDS, "codes"]), default="kpis")
@project
@choosing
@format_("text", "json", "csv", "markdown")
@color
def list_(kind: str, project: Path | None, area: str | None, role: str | None, tag: str | None, format_: str) -> Exit:
    """List the KPIs, scorecards, measures, dimensions, sources or parameters of a project, or the codes of all diagnostics."""
    if kind != "kpis" and (area or role or tag):
        raise Misuse("`--area`, `--role` and `--tag` choose KPIs")
    table = _codes() if kind == "codes" else _definitions(kind, open_project(project).catalog, area, role, tag)
    if not table.rows and format_ == "text":
        say(f"no {kind} are defined")
        return Exit.WELL
    give(import_module(f"kpidsl.render.tables.{format_}").show(table, colourful(stdout()), width()))
    return Exit.WELL


def _definitions(kind: str, catalog: Catalog, area: str | None, role: str | None, tag: str | None) -> Table:
    return listing(kind, catalog, choose(catalog, area, role, tag))


def _codes() -> Table:
    return Table.of([Head("code"), Head("what it finds", folds=True)], summaries().items())
