"""`kpidsl report`: KPIs over data, told in one file."""

from __future__ import annotations

from pathlib import Path

import click

from kpidsl.cli.data import bound_data
from kpidsl.cli.exits import Exit, Misuse
from kpidsl.cli.options import asked, color, data, engine, fail_on, project, scorecards
from kpidsl.cli.output import colourful, give, give_bytes, say_diagnostics, stdout, width
from kpidsl.cli.progress import progress
from kpidsl.cli.project import open_project
from kpidsl.cli.results import gate_of
from kpidsl.cli.writing import write_whole
from kpidsl.render.report.formats import ENDINGS, ExtraMissing, render_report
from kpidsl.results.verdicts import Verdict
from kpidsl.visible import visible
from kpidsl.workflow.report import Report
from kpidsl.workflow.report import report as ask_report

_TEXTS = frozenset({"html", "markdown"})
_BY_ENDING = {ending: name for name, ending in ENDINGS.items()} | {".htm": "html"}


@click.command()
@click.argument("kpis", nargs=-1, metavar="[KPI]...")
@project
@data
@asked
@scorecards
@engine
@fail_on
@click.option("--format", "format_", type=click.Choice(list(ENDINGS)), help="What to write.  [default: html, or as FILE ends]")
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to; - is stdout.  [default: report.html or the like; text goes to stdout]",
)
@color
def report(
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
    scorecards: tuple[str, ...],
    engine: str | None,
    memory_limit: str | None,
    fail_on: frozenset[Verdict],
    format_: str | None,
    file: Path | None,
) -> Exit:
    """Write a report on KPIs, all if nothing is named: verdicts, scorecards, trends, breakdowns, data quality, definitions.

    It is about the last 12 months that are over, unless --from says otherwise. With --every a KPI is judged by its latest
    period (of the last 28 days, 13 weeks, 12 months, 8 quarters or 5 years), without it by the whole time. Each dimension of
    --by is a breakdown.
    """
    opened = open_project(project)
    with progress() as tell:
        found = ask_report(
            opened.catalog,
            kpis,
            scorecards=scorecards,
            data=bound_data(opened.path, data),
            by=by,
            every=every,
            start=start,
            end=end,
            where=where,
            as_of=as_of,
            parameters=parameters,
            engine=engine,
            memory_limit=memory_limit,
            progress=tell,
        )
    say_diagnostics(found.diagnostics)
    _give(found, format_ or (_BY_ENDING.get(file.suffix.lower(), "html") if file else "html"), file)
    if opened.catalog.diagnostics.errors:
        return Exit.PROBLEMS
    failed = any(figure.failure for figure in found.whole.figures.values())
    return Exit.MISUSE if failed else gate_of(found.alarms.values(), fail_on)


def _give(found: Report, kind: str, file: Path | None) -> None:
    to_stdout = kind == "text" if file is None else str(file) == "-"
    if kind == "text" and to_stdout:
        from kpidsl.render.report import text

        give(text.written(found, colourful(stdout()), width()))
        return
    try:
        content = render_report(found, kind)  # type: ignore[arg-type]
    except ExtraMissing as missing:
        raise Misuse(str(missing)) from None
    if to_stdout:
        give(content.decode("utf-8")) if kind in _TEXTS else give_bytes(content)
        return
    path = file or Path(f"report{ENDINGS[kind]}")
    write_whole(path, content)
    give(f"{visible(str(path))}\n")
