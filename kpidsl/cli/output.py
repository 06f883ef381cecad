"""Where a command writes: results on stdout, everything else on stderr, and colour where it is wanted."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

import click

from kpidsl.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from kpidsl.render.paint import Paint

# What it means that a stream takes no more: the disk is full, or the stream is not open for writing.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})


def colourful(stream: TextIO | None) -> bool:
    """Whether a stream gets colours: as `--color` says, else as NO_COLOR and FORCE_COLOR say, else if it is a terminal.

    A stream that was closed before the command began is None.
    """
    context = click.get_current_context(silent=True)
    if context is not None and context.color is not None:
        return context.color
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(stream: TextIO | None) -> Paint:
    """How text for a stream is coloured."""
    from kpidsl.render.paint import colours, plain

    return colours() if colourful(stream) else plain


def width() -> int | None:
    """The columns of the terminal that stdout is, or as many as COLUMNS says.

    None where stdout is no terminal: lines are then as long as they are, whatever COLUMNS says, for shells set it for
    themselves, and what a program reads must not hang on it.
    """
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def stdout() -> TextIO:
    """The stream of results, as it is now."""
    return sys.stdout


def give(text: str) -> None:
    """Write a result."""
    click.echo(text, nl=False, color=True)


def give_bytes(content: bytes) -> None:
    """Write a result byte for byte."""
    click.echo(content, nl=False)


def say(text: str) -> None:
    """Write a line that is no result; where stderr takes nothing, only the exit code says it."""
    try:
        click.echo(text, err=True, color=True)
    except OSError:
        silence(sys.stderr)


def complain(message: str, help_: str = "") -> None:
    """Say on stderr what is wrong, and what helps; the texts may be anybody's."""
    from kpidsl.render.paint import Role
    from kpidsl.visible import visible

    brush = paint(sys.stderr)
    say(f"{brush(Role.ERROR, 'error')}{brush(Role.TITLE, ': ' + visible(message))}")
    if help_:
        say(f"  {brush(Role.FRAME, '=')} {brush(Role.HELP, 'help:')} {visible(help_)}")


def say_diagnostics(findings: Iterable[Diagnostic], last: bool = False) -> None:
    """Show findings on stderr, notes on one line each; unless they are the last that is said, an empty line follows."""
    from kpidsl.render.diagnostics.text import brief, finding

    brush, listed = paint(sys.stderr), list(findings)
    parts = [finding(each, brush) for each in listed if each.severity is not Severity.NOTE]
    if notes := [brief(each, brush) for each in listed if each.severity is Severity.NOTE]:
        parts.append("\n".join(notes))
    if parts:
        say("\n\n".join(parts) + ("" if last else "\n"))


def survive_any_text() -> None:
    """Let a terminal that cannot show a character show its escape instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def is_of_output(error: OSError) -> bool:
    """Whether an error comes from writing to a stream, which has no name, as files have."""
    return error.filename is None and error.errno in _FULL


def silence(stream: TextIO | None) -> None:
    """A stream takes no more: what Python flushes into it at its end goes nowhere."""
    if stream is not None:
        with suppress(OSError, ValueError):  # no stream of the system, or closed by now
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
