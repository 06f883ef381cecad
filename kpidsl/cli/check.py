"""`kpidsl check`: what is wrong with definitions."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from kpidsl.cli.exits import Exit
from kpidsl.cli.options import color, format_, paths
from kpidsl.cli.output import give, paint, stdout
from kpidsl.cli.project import open_catalog, own_project, refuse_bindings, refuse_nothing
from kpidsl.diagnostics import Diagnostics, Severity
from kpidsl.render.diagnostics.report import Report
from kpidsl.workflow.recheck import recheck

# What `--data` is without a path: no path is empty.
_BOUND = ""
_FAILING = {
    "error": frozenset({Severity.ERROR}),
    "warning": frozenset({Severity.ERROR, Severity.WARNING}),
}


@click.command()
@paths
@click.option("--fast", is_flag=True, help="Leave out the proofs, which need sympy.")
@click.option(
    "--data",
    is_flag=False,
    flag_value=_BOUND,
    metavar="[PATH]",
    help="Also look at the rows: of a folder or data.yaml; without a PATH those that the project's data.yaml binds.",
)
@click.option("--fail-on", type=click.Choice(list(_FAILING)), default="error", help="warning: exit code 3 if there is one.")
@format_("text", "concise", "json", "github", "gitlab", "sarif", "junit", "markdown")
@click.option("--no-cache", is_flag=True, help="Prove everything anew.")
@color
def check(paths: tuple[Path, ...], fast: bool, data: str | None, fail_on: str, format_: str, no_cache: bool) -> Exit:
    """Check definitions: YAML, shape, syntax, names, units, identities, benchmarks.

    Without a PATH the project around the current folder is checked.
    """
    places = paths or (own_project(None),)
    refuse_bindings(*places)
    checked = recheck(*places, fast=fast, cache=not no_cache)
    refuse_nothing(checked.findings)
    findings = checked.findings
    if data is not None:
        from kpidsl.cli.data import data_findings

        given = None if data == _BOUND else Path(data)
        findings = Diagnostics([*findings, *data_findings(open_catalog(*places), places[0], given)])
    report = Report(findings, tuple(file.name for file in checked.files), _FAILING[fail_on])
    give(import_module(f"kpidsl.render.diagnostics.{format_}").show(report, paint(stdout())))
    return _exit(report)


def _exit(report: Report) -> Exit:
    if report.findings.errors:
        return Exit.PROBLEMS
    return Exit.GATE if any(report.fails(finding) for finding in report.findings) else Exit.WELL
