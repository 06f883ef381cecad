"""`kpidsl calc`: one KPI from plain numbers, judged."""

from __future__ import annotations

from pathlib import Path

import click

from kpidsl import pipeline
from kpidsl.cli.exits import Exit
from kpidsl.cli.options import assignments, color, fail_on, output, project, receipts
from kpidsl.cli.output import say_diagnostics
from kpidsl.cli.project import open_project
from kpidsl.cli.receipts import give_receipts, look_at
from kpidsl.cli.results import gate, give_result
from kpidsl.results.verdicts import Verdict


@click.command()
@click.argument("kpi")
@click.argument("given", nargs=-1, callback=assignments, metavar="NAME=VALUE...")
@project
@fail_on
@receipts
@output
@color
def calc(
    kpi: str,
    given: dict[str, str],
    project: Path | None,
    fail_on: frozenset[Verdict],
    receipts: Path | None,
    format_: str | None,
    file: Path | None,
) -> Exit:
    """Evaluate and judge a KPI from plain numbers for what it uses.

    A VALUE is an amount: 12000, 12%, '2000 USD', '3 days'.

    \b
    kpidsl calc cac sales_spend=12000 marketing_spend=8000 new_customers=10
    """
    look_at(receipts)
    opened = open_project(project)
    result = pipeline.calc(opened.catalog, kpi, given)
    say_diagnostics(result.diagnostics)
    give_receipts(result, receipts)
    give_result(result, format_, file)
    return gate(result, fail_on)
