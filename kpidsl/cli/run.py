"""`kpidsl run`: KPIs over data, judged."""

from __future__ import annotations

from pathlib import Path

import click

from kpidsl import pipeline
from kpidsl.cli.choosing import choose, choosing
from kpidsl.cli.data import bound_data
from kpidsl.cli.exits import Exit
from kpidsl.cli.options import asked, color, data, engine, fail_on, output, project, receipts, scorecards
from kpidsl.cli.output import say_diagnostics
from kpidsl.cli.progress import progress
from kpidsl.cli.project import open_project
from kpidsl.cli.receipts import give_receipts, look_at
from kpidsl.cli.results import gate, give_result
from kpidsl.results.verdicts import Verdict


@click.command()
@click.argument("kpis", nargs=-1, metavar="[KPI]...")
@project
@data
@asked
@choosing
@scorecards
@click.option("--having", metavar="CONDITION", help="A condition on values, such as 'cac > 100'; other rows are left out.")
@click.option("--cells", metavar="all", help="`all`: every combination of dimension values in every period.")
@engine
@fail_on
@receipts
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
    parameters: dict[str, str],
    area: str | None,
    role: str | None,
    tag: str | None,
    scorecards: tuple[str, ...],
    having: str | None,
    cells: str | None,
    engine: str | None,
    memory_limit: str | None,
    fail_on: frozenset[Verdict],
    receipts: Path | None,
    format_: str | None,
    file: Path | None,
) -> Exit:
    """Evaluate KPIs over data and judge them; all KPIs and scorecards if none is named.

    Measures can be named too, and formulas such as 'growth(cac, 1 year) as yearly'. Outside of a project the library that
    comes with kpidsl is used, over its example data. With --receipts it is written down how each value came about.
    """
    look_at(receipts)
    opened = open_project(project)
    with progress() as tell:
        result = pipeline.evaluate(
            opened.catalog,
            (*kpis, *choose(opened.catalog, area, role, tag)),
            scorecards=scorecards,
            data=bound_data(opened.path, data),
            by=by,
            every=every,
            start=start,
            end=end,
            where=where,
            having=having,
            cells=cells,
            as_of=as_of,
            parameters=parameters,
            engine=engine,
            memory_limit=memory_limit,
            progress=tell,
        )
    say_diagnostics(result.diagnostics)
    give_receipts(result, receipts)
    give_result(result, format_, file)
    if opened.catalog.diagnostics.errors:
        return Exit.PROBLEMS
    failed = any(figure.failure for figure in result.figures.values())
    return Exit.MISUSE if failed else gate(result, fail_on)
