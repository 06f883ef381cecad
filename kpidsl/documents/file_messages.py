"""What is said about files that cannot be read, before anything is known of what is in them."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic, Label, Severity
from kpidsl.text import File, Span


def _about(code: str, file: str, headline: str, *help: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, help=help, about=file)


def no_such_path(name: str) -> Diagnostic:
    return _about("no-such-path", name, f"there is no file or folder `{name}`")


def unreadable(name: str, reason: str) -> Diagnostic:
    return _about("unreadable-file", name, f"`{name}` cannot be read: {reason}")


def no_regular_file(name: str) -> Diagnostic:
    help = "definitions are plain files; a pipe, a folder or a device is not read"
    return _about("unreadable-file", name, f"`{name}` is no regular file", help)


def too_many_files(name: str, files: int, folders: int) -> Diagnostic:
    headline = f"`{name}` holds more than {files:,} definition files or {folders:,} folders, so it is hardly a project"
    return _about("too-many-files", name, headline, "name the folder of the project, in which its `kpidsl.yaml` is")


def no_definitions(name: str) -> Diagnostic:
    help = "definitions are `.yaml` files in the folder `definitions` beside `kpidsl.yaml`, or beside it"
    return _about("no-definitions", name, f"`{name}` holds no definitions", help)


def binary(name: str) -> Diagnostic:
    return _about("not-text", name, f"`{name}` is not a text file", "definitions are plain text, saved as UTF-8")


def not_utf8(file: File, at: int, guess: str) -> Diagnostic:
    label = Label(file, Span(at, at + 1), "no UTF-8 from here on")
    help = f"it looks like {guess}: save it again with the encoding UTF-8"
    return Diagnostic("not-text", Severity.ERROR, f"`{file.name}` is not saved as UTF-8", (label,), help=(help,))


def too_large(name: str, size: int, limit: int) -> Diagnostic:
    return _about("yaml-too-large", name, f"`{name}` has {size:,} bytes; a file has at most {limit:,} characters")
