"""`kpidsl fmt`: expressions in their canonical form."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from kpidsl.cli.exits import Exit, Misuse
from kpidsl.cli.files import definition_files
from kpidsl.cli.options import color, paths
from kpidsl.cli.output import give, give_bytes, paint, say, say_diagnostics, stdout
from kpidsl.cli.project import is_bindings, own_project
from kpidsl.cli.writing import write_over
from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.documents.find import MOST_BYTES, read_content
from kpidsl.documents.format import Formatted, format_file
from kpidsl.documents.write import encoded
from kpidsl.render.unified_diff import show
from kpidsl.render.words import counted
from kpidsl.visible import visible

_STDIN = Path("-")


@click.command()
@paths
@click.option("--check", is_flag=True, help="Change nothing; end with exit code 1 if there is something to change.")
@click.option("--diff", is_flag=True, help="Show what would change, and end like --check.")
@click.option(
    "--stdin-filename", "name", metavar="PATH", help="What stdin is called in messages: the file that an editor holds."
)
@color
def fmt(paths: tuple[Path, ...], check: bool, diff: bool, name: str | None) -> Exit:
    """Write the expressions of definition files in their canonical form.

    Comments, line breaks and everything else stay as they are. Without a PATH the project around the current folder is
    formatted; the path - stands for stdin, formatted to stdout. A file with errors is not changed.
    """
    if _STDIN in paths:
        if len(paths) > 1:
            raise Misuse("`-` stands for stdin, which is formatted alone")
        return _format_stdin(name or "stdin", check, diff)
    if name is not None:
        raise Misuse("`--stdin-filename` names what is read from stdin, for which the path `-` stands")
    files, found = definition_files(paths or (own_project(None),))
    made = [format_file(file) for file in files]
    say_diagnostics([*found, *(finding for each in made for finding in each.findings)])
    if not (check or diff):
        for each in made:
            if each.changed:
                write_over(Path(each.file.name), each.text)
    _give(made, diff)
    say(_summary(made, check or diff))
    return _exit(found, made, check or diff)


def _format_stdin(name: str, check: bool, diff: bool) -> Exit:
    if sys.stdin is None:
        raise Misuse("there is nothing to read: stdin is closed")
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    if is_bindings(Path(name)):  # holds no expressions
        if not (check or diff):
            give_bytes(content)
        return Exit.WELL
    file, found = read_content(name, content)
    made = [format_file(file)] if file else []
    say_diagnostics([*found, *(finding for each in made for finding in each.findings)], last=True)
    for each in made:
        if diff:
            _give(made, diff)
        elif not check and not each.failed:
            give_bytes(encoded(each.text, content))
    return _exit(found, made, check or diff)


def _give(made: Sequence[Formatted], diff: bool) -> None:
    """The differences, else the names, of the files that are not formatted."""
    for each in made:
        if each.changed:
            name = visible(each.file.name)
            give(show(name, each.file.text, each.text, paint(stdout())) if diff else f"{name}\n")


def _summary(made: Sequence[Formatted], only_said: bool) -> str:
    changed, failed = sum(each.changed for each in made), sum(each.failed for each in made)
    files = counted(len(made), "file")
    done = f"{changed} of {files} {'to format' if only_said else 'formatted'}" if changed else f"nothing to format in {files}"
    return done + (f", {counted(failed, 'file')} with errors not changed" if failed else "")


def _exit(found: Iterable[Diagnostic], made: Sequence[Formatted], only_said: bool) -> Exit:
    unreadable = any(finding.severity is Severity.ERROR for finding in found)
    open_ = any(each.failed or (only_said and each.changed) for each in made)
    return Exit.PROBLEMS if unreadable or open_ else Exit.WELL
