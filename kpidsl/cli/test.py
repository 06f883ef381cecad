"""`kpidsl test`: the examples and row tests of definitions."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from kpidsl.cli.exits import Exit
from kpidsl.cli.options import color, format_, paths
from kpidsl.cli.output import give, paint, say, stdout
from kpidsl.cli.project import open_catalog, own_project
from kpidsl.render.words import counted
from kpidsl.workflow.test import run_tests


@click.command()
@paths
@click.option("-k", "only", metavar="NAME", default="", help="Only those whose name holds this.")
@click.option("-v", "--verbose", is_flag=True, help="Also name those that passed.")
@format_("text", "json", "github", "junit")
@color
def test(paths: tuple[Path, ...], only: str, verbose: bool, format_: str) -> Exit:
    """Run the examples of KPIs and the row tests of definitions."""
    catalog = open_catalog(*(paths or (own_project(None),)))
    report = run_tests(catalog, only)
    give(import_module(f"kpidsl.render.outcomes.{format_}").show(report, paint(stdout()), verbose))
    errors = len(catalog.diagnostics.errors)
    if errors:
        say(f"{counted(errors, 'error')} in the definitions; `kpidsl check` shows them")
    return Exit.PROBLEMS if report.failures or errors else Exit.WELL
