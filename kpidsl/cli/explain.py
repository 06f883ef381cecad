"""`kpidsl explain`: what a KPI means, or what a diagnostic does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from kpidsl import pipeline
from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.check import claim_proofs, identity_outcomes
from kpidsl.cli.data import bound_moment
from kpidsl.cli.exits import Exit, Misuse
from kpidsl.cli.options import asked, color, format_, project
from kpidsl.cli.output import colourful, give, stdout, width
from kpidsl.cli.project import Opened, open_project
from kpidsl.render.explanation.explanation import explain as explain_value
from kpidsl.render.explanation.page import show as show_page
from kpidsl.render.pages import codes, page

# How alike a name must be to be suggested; there are so many codes that one is always a little alike.
_ALIKE, _ALIKE_CODE = 0.7, 0.85


@click.command()
@click.argument("name", metavar="KPI|CODE")
@project
@format_("text", "json", "markdown")
@click.option("--stage", type=click.Choice(["plan", "sql"]), help="Say instead what would run for it, or with which statement.")
@click.option(
    "--dialect", default="duckdb", show_default=True, metavar="NAME", help="Whose SQL `--stage sql` writes, such as postgres."
)
@click.option("--proofs", is_flag=True, help="Also show the formula as LaTeX, and what is proved of a KPI, with the proofs.")
@asked
@color
def explain(name: str, project: Path | None, format_: str, stage: str | None, dialect: str, proofs: bool, **words: Any) -> Exit:
    """Say what a KPI, measure or parameter means and what it is made of; or what a diagnostic is about.

    \b
    kpidsl explain cac
    kpidsl explain cac --proofs
    kpidsl explain unit-mismatch
    kpidsl explain 'growth(cac, 1 year)' --stage sql --dialect postgres --every month

    With --stage no rows are read, and what is written is text; only with it --every, --by and the like mean something.
    """
    _refuse_idle(click.get_current_context(), stage, words)
    if stage is not None:
        give(_staged(stage, dialect, name, open_project(project), words))
        return Exit.WELL
    if (text := page(name)) is not None:
        if proofs:
            raise Misuse(f"`--proofs` shows what is proved of a KPI, and `{name}` is a diagnostic")
        give(show_page(name, text, format_, colourful(stdout()), width()))
        return Exit.WELL
    catalog = open_project(project).catalog
    if name not in catalog.values:
        raise Misuse(_unknown(name, catalog))
    show = import_module(f"kpidsl.render.explanation.{format_}").show
    examine = claim_proofs if proofs else None
    give(show(explain_value(name, catalog, identity_outcomes, examine), colourful(stdout()), width()))
    return Exit.WELL


def _refuse_idle(context: click.Context, stage: str | None, words: Iterable[str]) -> None:
    """Misuse where an option of the command line would do nothing; in the environment one is a habit, which may be idle."""
    given = {
        each.name: each.opts[-1]
        for each in context.command.params
        if each.name and context.get_parameter_source(each.name) is ParameterSource.COMMANDLINE
    }
    if stage is None and (asked := [option for name, option in given.items() if name in words]):
        raise click.UsageError(f"`{asked[0]}` belongs to what would run: it needs `--stage`")
    if stage != "sql" and "dialect" in given:
        raise click.UsageError("`--dialect` says whose SQL is written: it needs `--stage sql`")
    if stage is not None and "proofs" in given:
        raise click.UsageError("`--proofs` shows what is proved and `--stage` what would run: leave out one of them")
    if stage is not None and "format_" in given and (kind := context.params["format_"]) != "text":
        raise click.UsageError(f"what would run is written as text: leave out `--format {kind}` or `--stage`")


def _staged(stage: str, dialect: str, name: str, opened: Opened, words: Mapping[str, Any]) -> str:
    """What runs for a question, without rows, at the moment that `run` would take."""
    moment = words["as_of"] if words["as_of"] is not None else bound_moment(opened.path)
    plan, schedule = pipeline.planned(opened.catalog, name, **{**words, "as_of": moment})
    if stage == "plan":
        shown: str = import_module("kpidsl.render.plans.text").show_plan(plan, schedule)
        return shown
    return pipeline.statement(plan, schedule, dialect) + "\n"


def _unknown(name: str, catalog: Catalog) -> str:
    if name in catalog.broken:
        return f"the definition of `{name}`, or one that it uses, has errors; `kpidsl check` shows them"
    for kind, names in (("source", catalog.sources), ("dimension", catalog.dimensions)):
        if name in names:
            return f"`{name}` is a {kind}; `kpidsl list {kind}s` shows it"
    suggestion = _nearest(name, catalog.values, _ALIKE) or _nearest(name.replace("_", "-"), codes(), _ALIKE_CODE)
    return f"nothing is called `{name}`" + (f"; perhaps `{suggestion}`?" if suggestion else "")


def _nearest(name: str, known: Iterable[str], alike: float) -> str | None:
    return next(iter(get_close_matches(name.lower(), list(known), n=1, cutoff=alike)), None)
