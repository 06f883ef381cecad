"""Paths to the definition files that a command reads one by one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from kpidsl.cli.exits import Misuse
from kpidsl.cli.folders import resolved
from kpidsl.cli.project import NOTHING_TO_READ, is_bindings
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.find import read_file, read_project
from kpidsl.text import File


def definition_files(paths: Iterable[Path]) -> tuple[tuple[File, ...], tuple[Diagnostic, ...]]:
    """The definition files among and below some paths, each once, and what cannot be read; bindings are none.

    Of a folder inside a project those below it. The name of a file is its path. A path without any is a misuse.
    """
    files: dict[Path, File] = {}
    found: list[Diagnostic] = []
    for path in paths:
        read, problems = _below(path) if os.path.isdir(path) else _alone(path)
        nothing = [each for each in problems if each.code in NOTHING_TO_READ]
        if nothing:
            raise Misuse(nothing[0].headline)
        found.extend(problems)
        files.update({resolved(Path(file.name)): file for file in read})
    return tuple(files.values()), tuple(found)


def _alone(path: Path) -> tuple[tuple[File, ...], tuple[Diagnostic, ...]]:
    if not os.path.exists(path):
        raise Misuse(f"there is no file or folder `{path}`")
    if is_bindings(path):
        return (), ()
    file, found = read_file(path)
    return ((file,) if file else ()), found


def _below(folder: Path) -> tuple[tuple[File, ...], tuple[Diagnostic, ...]]:
    project, found = read_project(folder)
    top = resolved(folder)
    files = tuple(file for file in project.files if resolved(Path(file.name)).is_relative_to(top))
    if not files and not found:
        raise Misuse(f"`{folder}` holds no definitions")
    return files, found
