"""A path to the texts of a project: its folder and the files that belong to it; nothing else reads definitions from disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import file_messages as messages
from kpidsl.documents.nodes import LARGEST_FILE
from kpidsl.text import File

PROJECT = ("kpidsl.yaml", "kpidsl.yml")
BINDINGS = ("data.yaml", "data.yml")
MOST_FILES = 10_000
MOST_FOLDERS = 20_000
MOST_BYTES = 4 * LARGEST_FILE
_MARKS = (
    (b"\xff\xfe", "UTF-16, which Excel and Notepad call Unicode"),
    (b"\xfe\xff", "UTF-16"),
)


class ProjectFiles(Struct, frozen=True):
    """The folder of a project, the definition files in their order, and `data.yaml` if there is one."""

    root: Path
    files: tuple[File, ...]
    data: File | None = None


def read_texts(texts: Mapping[str, str]) -> tuple[File, ...]:
    """Files from memory: their texts by name."""
    return tuple(File(name, text.removeprefix("\ufeff")) for name, text in texts.items())


class _TooMany(Exception):
    """There is more below a folder than any project has."""


def read_project(path: Path | str) -> tuple[ProjectFiles, tuple[Diagnostic, ...]]:
    """The files of the project that a folder or file belongs to, and what could not be read.

    The nearest `kpidsl.yaml`, upwards, marks the project's folder; without one a folder is its own, and a file stands alone.
    Of a folder with more files or folders than a project has, such as a whole disk, nothing is read.
    """
    path = Path(path)
    if not os.path.exists(path):
        return ProjectFiles(path, ()), (messages.no_such_path(_shown(path)),)
    root = _root(path)
    folder = root or (path if os.path.isdir(path) else path.parent)
    try:
        paths = _project_paths(path, root)
    except _TooMany:
        return ProjectFiles(folder, ()), (messages.too_many_files(_shown(root or path), MOST_FILES, MOST_FOLDERS),)
    found: list[Diagnostic] = []
    named = zip(paths, _all_shown(paths), strict=True)
    files = tuple(file for each, name in named if (file := _file(each, name, found)) is not None)
    if not paths:
        found.append(messages.no_definitions(_shown(path)))
    return ProjectFiles(folder, files, _bindings(folder, found)), tuple(found)


def read_projects(paths: Iterable[Path | str]) -> tuple[tuple[File, ...], tuple[Diagnostic, ...]]:
    """The definition files of several paths, each once, and what could not be read."""
    files: dict[File, None] = {}
    findings: list[Diagnostic] = []
    for path in paths:
        project, found = read_project(path)
        files.update(dict.fromkeys(project.files))
        findings.extend(found)
    return tuple(files), tuple(findings)


def _project_paths(path: Path, root: Path | None) -> list[Path]:
    """The definition files of a project, and a file that was named though it is not among them."""
    paths = _definition_paths(root or path)
    if os.path.isfile(path) and _resolved(path) not in map(_resolved, paths):
        paths.append(path)
    return paths


def _root(path: Path) -> Path | None:
    """The nearest folder, upwards, that has a `kpidsl.yaml`."""
    start = path if os.path.isdir(path) else path.parent
    here = _resolved(start)
    for steps, folder in enumerate((here, *here.parents)):
        if _first(folder, PROJECT):
            return start if steps == 0 else folder
    return None


def _resolved(path: Path) -> Path:
    """The path without links, of which `Path.resolve` minds circles; as it is where the current folder was deleted."""
    try:
        return Path(os.path.realpath(path))
    except OSError:
        return path


def _first(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if os.path.isfile(folder / name)), None)


def _definition_paths(root: Path) -> list[Path]:
    """`kpidsl.yaml`, and the YAML files below `definitions`, or below the project's own folder if there is no such folder."""
    project = _first(root, PROJECT)
    below = root / "definitions"
    folder = below if project and os.path.isdir(below) else root
    aside = {root / name for name in (*PROJECT, *BINDINGS) if os.path.isfile(root / name)}
    return [*([project] if project else []), *(path for path in _walk(folder) if path not in aside)]


def _walk(folder: Path) -> Iterator[Path]:
    """The YAML files below a folder, in order; hidden folders and other projects are left out. _TooMany beyond the limits."""
    files = 0
    for count, (here, folders, names) in enumerate(os.walk(folder), 1):
        place = Path(here)
        if place != folder and _first(place, PROJECT):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found = sorted(name for name in names if name.endswith((".yaml", ".yml")) and not name.startswith("."))
        files += len(found)
        if files > MOST_FILES or count > MOST_FOLDERS:
            raise _TooMany
        yield from (place / name for name in found)


def _bindings(folder: Path, found: list[Diagnostic]) -> File | None:
    path = _first(folder, BINDINGS)
    return _file(path, _shown(path), found) if path else None


def read_file(path: Path | str) -> tuple[File | None, tuple[Diagnostic, ...]]:
    """The text of one file, or why it cannot be read."""
    found: list[Diagnostic] = []
    path = Path(path)
    return _file(path, _shown(path), found), tuple(found)


def _file(path: Path, name: str, found: list[Diagnostic]) -> File | None:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device may have no end
            found.append(messages.no_regular_file(name))
            return None
        size = min(status.st_size, MOST_BYTES)  # so that no room is made for the largest file there may be
        with open(path, "rb") as file:
            content = file.read(size + 1)
            if len(content) > size:  # it has grown, or says of itself that it is empty
                content += file.read(MOST_BYTES)
    except OSError as error:
        found.append(messages.unreadable(name, (error.strerror or "unknown reason").lower()))
        return None
    return _decoded(name, content, status.st_size, found)


def read_content(name: str, content: bytes) -> tuple[File | None, tuple[Diagnostic, ...]]:
    """The text of what is no file on disk, or why it cannot be read; of what is too long `MOST_BYTES` and one are enough."""
    found: list[Diagnostic] = []
    return _decoded(name, content, len(content), found), tuple(found)


def _decoded(name: str, content: bytes, size: int, found: list[Diagnostic]) -> File | None:
    if len(content) > MOST_BYTES:
        found.append(messages.too_large(name, max(size, len(content)), LARGEST_FILE))
        return None
    mark = next((encoding for start, encoding in _MARKS if content.startswith(start)), "")
    if not mark and b"\0" in content:
        found.append(messages.binary(name))
        return None
    try:
        return File(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        found.append(_not_utf8(name, content, error.start, mark or "an older encoding such as Windows-1252"))
        return None


def _not_utf8(name: str, content: bytes, at: int, guess: str) -> Diagnostic:
    file = File(name, content.decode("utf-8", errors="replace"))
    return messages.not_utf8(file, len(content[:at].decode("utf-8", errors="replace")), guess)


def _shown(path: Path) -> str:
    """A path as it is shown: from the current folder where it is below it, else as given."""
    try:
        return _resolved(path).relative_to(os.path.realpath(os.getcwd())).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


def _all_shown(paths: Iterable[Path]) -> Iterator[str]:
    """Paths as they are shown; each folder is looked up once."""
    folders: dict[str, str] = {}
    for path in paths:
        if os.path.islink(path):
            yield _shown(path)
            continue
        folder, name = os.path.split(path)
        if folder not in folders:
            shown = _shown(path.parent)
            folders[folder] = "" if shown == "." else shown.removesuffix("/") + "/"
        yield folders[folder] + name
