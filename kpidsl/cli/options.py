"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from kpidsl.results.verdicts import Verdict

F = TypeVar("F", bound=Callable[..., Any] | click.Command)


def _set_color(context: click.Context, parameter: click.Parameter, choice: str | None) -> None:
    if choice is not None:
        context.color = {"always": True, "never": False, "auto": None}[choice]


def color(command: F) -> F:
    """`--color`: kept in the context, where output looks it up."""
    return click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        callback=_set_color,
        expose_value=False,
        is_eager=True,
        help="Colours: auto means on a terminal. NO_COLOR and FORCE_COLOR count too.",
    )(command)


def format_(*formats: str) -> Callable[[F], F]:
    """`--format`, the first one being the default."""
    return click.option(
        "--format", "format_", type=click.Choice(formats), default=formats[0], show_default=True, help="How to write it."
    )


def project(command: F) -> F:
    """`--project`: the folder or file of the definitions."""
    return click.option(
        "--project",
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="The definitions: a folder or file. Else the nearest kpidsl.yaml from here upwards.",
    )(command)


def paths(command: F) -> F:
    """The folders or files of definitions as arguments."""
    return click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")(command)


def words(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Words given one by one or with commas between them."""
    return tuple(word.strip() for each in given for word in each.split(",") if word.strip())


def scorecards(command: F) -> F:
    """`--scorecard`: KPIs that are asked for together, with their weights."""
    return click.option(
        "--scorecard", "scorecards", multiple=True, callback=words, metavar="NAME", help="A scorecard; several with commas."
    )(command)


def assignments(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """`name=value` pairs; a name is given once."""
    found: dict[str, str] = {}
    for each in given:
        name, equals, value = (part.strip() for part in each.partition("="))
        if not (name and equals and value):
            raise click.BadParameter(f"`{each}` is not of the form NAME=VALUE", context, parameter)
        if name in found:
            raise click.BadParameter(f"`{name}` is given twice", context, parameter)
        found[name] = value
    return found


def fail_on(command: F) -> F:
    """`--fail-on`: the verdicts that end a command with exit code 3."""
    return click.option(
        "--fail-on",
        multiple=True,
        callback=_verdicts,
        metavar="VERDICT",
        help="End with exit code 3 if a cell has this verdict, by a benchmark that is no warning; several with commas.",
    )(command)


def _verdicts(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> frozenset[Verdict]:
    from kpidsl.results.verdicts import Verdict

    known = {verdict.value: verdict for verdict in Verdict}
    names = [name.replace(" ", "_") for name in words(context, parameter, given)]
    for name in names:
        if name not in known:
            raise click.BadParameter(f"`{name}` is no verdict; the verdicts are {', '.join(known)}", context, parameter)
    return frozenset(known[name] for name in names)


def output(command: F) -> F:
    """`--format` and `--output` of commands that give a result."""
    kinds = click.Choice(["text", "json", "csv", "markdown"])
    to_file = click.option(
        "-o",
        "--output",
        "file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the result to a file.",
    )
    return click.option("--format", "format_", type=kinds, help="How to write the result.  [default: text, or as FILE ends]")(
        to_file(command)
    )


def receipts(command: F) -> F:
    """`--receipts`: a folder for how each value came about."""
    return click.option(
        "--receipts",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Write how each value came about into a folder, as JSON and Markdown.",
    )(command)


def data(command: F) -> F:
    """`--data`: where the rows are."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="A folder with a file for each source, or a data.yaml.",
    )(command)


def engine(command: F) -> F:
    """`--engine` and `--memory-limit`: what adds up, and in how much room."""
    names = click.option(
        "--engine", metavar="NAME", help="What adds up, such as pandas or duckdb; default: as data.yaml says, else auto."
    )
    limit = click.option("--memory-limit", metavar="AMOUNT", help="How much memory DuckDB may use, such as '2 GB'.")
    return names(limit(command))


def asked(command: F) -> F:
    """The words of a question that says nothing of its data."""
    for option in (
        click.option("--set", "parameters", multiple=True, callback=assignments, metavar="NAME=VALUE", help="Set a parameter."),
        click.option("--as-of", metavar="DATE", help="Leave out rows from then on; default: as data.yaml says, else now."),
        click.option("--where", metavar="CONDITION", help="A condition on dimensions, such as 'channel = \"web\"'."),
        click.option("--to", "end", metavar="DATE", help="The first day that no longer counts."),
        click.option("--from", "start", metavar="DATE", help="The first day, or a period such as 2026-Q1."),
        click.option("--every", metavar="GRAIN", help="A value for each day, week, month, quarter or year."),
        click.option(
            "--by", multiple=True, callback=words, metavar="DIMENSION", help="Group by a dimension; several with commas."
        ),
    ):
        command = option(command)
    return command
