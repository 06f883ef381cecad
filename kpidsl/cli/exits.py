"""How a command ends, as a number that scripts can rely on."""

from __future__ import annotations

from enum import IntEnum

import click


class Exit(IntEnum):
    """`GATE` is a condition that `--fail-on` asked for; `PIPE` says that whatever read the output had gone."""

    WELL = 0
    PROBLEMS = 1
    MISUSE = 2
    GATE = 3
    INTERNAL = 70
    INTERRUPTED = 130
    PIPE = 141


class Misuse(click.ClickException):
    """What was asked for cannot be done as it was asked; the message says what can."""
