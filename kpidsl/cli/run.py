"""`kpidsl run`: KPIs over data, judged."""

from __future__ import annotations

from pathlib import Path

import click

from kpidsl import pipeline
from kpidsl.cli.data import bound_data
from kpidsl.cli.exits import Exit
from kpidsl.cli.options import assignments, color, fail_on, output, project, words
from kpidsl.cli.output import say_diagnostics
from kpidsl.cli.project import open_project
from kpidsl.cli.results import gate, give_result
from kpidsl.results.verdicts import Verdict


@click.command()
@click.argument("kpis", nargs=-1, metavar="[KPI]...")
@project
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A folder with a file for each source, or a data.yaml.",
)
@click.option("--by", multiple=True, callback=words, metavar="DIMENSION", help="Group by a dimension; several with commas.")
@click.option("--every", metavar="GRAIN", help="A value for each day, week, month, quarter or year.")
@click.option("--from", "start", metavar="DATE", help="The first day, or a period such as 2026-Q1.")
@click.option("--to", "end", metavar="DATE", help="The first day that no longer counts.")
@click.option("--where", metavar="CONDITION", help="A condition on dimensions, such as 'channel = \"web\"'.")
@click.option("--as-of", metavar="DATE", help="Leave out rows from then on; default: as data.yaml says, else now.")
@click.option("--set", "settings", multiple=True, callback=assignments, metavar="NAME=VALUE", help="Set a parameter.")
@click.option("--engine", default="auto", metavar="NAME", help="What computes, such as pandas; default: auto.")
@fail_on
@output
@color
def run(
    kpis: tuple[str, ...],
    project: Path | None,
    data: Path | None,
    by: tuple[str, ...],
    every: str | None,
    start: str | None,
    end: str | None,
    where: str | None,
    as_of: str | None,
    settings: dict[str, str],
    engine: str,
    fail_on: frozenset[Verdict],
    format_: str | None,
    file: Path | None,
) -> Exit:
    """Evaluate KPIs over data and judge them; all KPIs if none is named.

    Measures can be named too. Outside of a project the library that comes with kpidsl is used, over its example data.
    """
    opened = open_project(project)
    result = pipeline.evaluate(
        opened.catalog,
        kpis,
        data=bound_data(opened.path, data),
        by=by,
        every=every,
        start=start,
        end=end,
        where=where,
        as_of=as_of,
        parameters=settings,
        engine=engine,
    )
    say_diagnostics(result.diagnostics)
    give_result(result, format_, file)
    if opened.catalog.diagnostics.errors:
        return Exit.PROBLEMS
    failed = any(figure.failure for figure in result.figures.values())
    return Exit.MISUSE if failed else gate(result, fail_on)
