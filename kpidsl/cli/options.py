"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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
