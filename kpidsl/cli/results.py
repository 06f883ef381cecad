"""How commands hand over a result: written in its format, to stdout or a file, and held against `--fail-on`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from kpidsl.cli.exits import Exit
from kpidsl.cli.output import colourful, give, stdout, width
from kpidsl.cli.writing import write_whole
from kpidsl.results.result import Result
from kpidsl.results.verdicts import Verdict

_BY_ENDING = {".json": "json", ".csv": "csv", ".md": "markdown"}


def give_result(result: Result, format_: str | None, file: Path | None) -> None:
    """Write a result; a file without `--format` is in the format that its name ends in."""
    kind = format_ or (_BY_ENDING.get(file.suffix.lower(), "text") if file else "text")
    show = import_module(f"kpidsl.render.results.{kind}").show
    if file is None:
        give(show(result, colourful(stdout()), width()))
        return
    write_whole(file, show(result).encode("utf-8"), folders=False)


def gate(result: Result, verdicts: frozenset[Verdict]) -> Exit:
    """Whether a cell has one of the verdicts that `--fail-on` names, by a benchmark that is no warning."""
    return gate_of((verdict for figure in result.figures.values() for verdict in figure.alarms), verdicts)


def gate_of(found: Iterable[Verdict | None], verdicts: frozenset[Verdict]) -> Exit:
    """Whether one of the verdicts that `--fail-on` names was found."""
    return Exit.GATE if any(verdict in verdicts for verdict in found) else Exit.WELL
