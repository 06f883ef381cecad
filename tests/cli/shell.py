"""Console transcripts: a `*.session` file to its commands with what they print, and a shell small enough to run them.

A line that begins with `$ ` is a command; what follows, up to the next one, is what it prints on stdout and stderr, and
`[exit N]` where it does not end well. The shell knows `kpidsl` (with `NAME=value` before it), `cd`, `rm`, `ls`, `cat FILE` and
`cat > FILE <<EOF`; a line that begins with `#! ` above a command is a comment.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kpidsl.cli.main import run

_SETTINGS = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "KPIDSL_DEBUG")


@dataclass
class Step:
    """A command with the comments above it, the text that it is given, and what it must print."""

    command: str
    comments: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)

    def lines(self, printed: list[str]) -> Iterator[str]:
        yield from self.comments
        yield f"$ {self.command}"
        yield from self.given
        yield from printed


def read(path: Path) -> list[Step]:
    """The steps of a session file."""
    steps: list[Step] = []
    comments: list[str] = []
    lines = iter(path.read_text().splitlines())
    for line in lines:
        if line.startswith("$ "):
            steps.append(Step(line[2:], comments))
            comments = []
            if line.endswith("<<EOF"):
                steps[-1].given = [*_until_end(lines), "EOF"]
        elif line.startswith("#! "):
            comments.append(line)
        else:
            steps[-1].printed.append(line)
    return steps


def _until_end(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line == "EOF":
            return
        yield line


def play(step: Step) -> list[str]:
    """Run a step in the current folder, and return what it prints."""
    words = shlex.split(step.command)
    settings = [words.pop(0) for _ in range(sum("=" in word for word in words[:1]))]
    match words:
        case ["kpidsl", *rest]:
            return _kpidsl(rest, dict(each.split("=", 1) for each in settings))
        case ["cd", folder]:
            os.chdir(folder)
        case ["rm", file]:
            Path(file).unlink()
        case ["ls", folder]:
            return sorted(path.name for path in Path(folder).iterdir())
        case ["cat", file]:
            return Path(file).read_text().splitlines()
        case ["cat", ">", file, "<<EOF"]:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).write_text("".join(f"{line}\n" for line in step.given[:-1]))
        case _:
            raise AssertionError(f"no such command: {step.command}")
    return []


def _kpidsl(words: list[str], settings: dict[str, str]) -> list[str]:
    before = {name: os.environ.pop(name, None) for name in _SETTINGS}
    os.environ.update(settings)
    stream = io.StringIO()
    try:
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
            code = run(words)
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({} if value is None else {name: value})
    printed = stream.getvalue().splitlines()
    return [*printed, *([f"[exit {code:d}]"] if code else [])]
