"""All that is said about the shape of files: one named function for each finding."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.documents.commas import Cut
from kpidsl.text import File, Span

_BLOCK = "or write it below, indented, after `|`"


def _error(code: str, headline: str, *labels: Label, help: Iterable[str] = (), edit: Edit | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, labels, help=tuple(line for line in help if line), edit=edit)


def _about(code: str, about: str, headline: str, *help: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, help=help, about=about)


def _character(file: File, at: int, text: str = "") -> Label:
    return Label(file, Span(at, at + 1), text)


def _quoted(text: str) -> str:
    """The text as a scalar in quotes, single ones if that is shorter to read."""
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quoting(file: File, span: Span) -> Edit:
    return Edit(file, span, _quoted(file.text[span.start : span.end]))


# Files


def no_such_path(name: str) -> Diagnostic:
    return _about("no-such-path", name, f"there is no file or folder `{name}`")


def unreadable(name: str, reason: str) -> Diagnostic:
    return _about("unreadable-file", name, f"`{name}` cannot be read: {reason}")


def no_definitions(name: str) -> Diagnostic:
    return _about(
        "no-definitions",
        name,
        f"`{name}` holds no definitions",
        "definitions are `.yaml` files in the folder `definitions` or beside `kpidsl.yaml`",
    )


def binary(name: str) -> Diagnostic:
    return _about("not-text", name, f"`{name}` is not a text file", "definitions are plain text, saved as UTF-8")


def not_utf8(file: File, at: int, guess: str) -> Diagnostic:
    return _error(
        "not-text",
        f"`{file.name}` is not saved as UTF-8",
        _character(file, at, "no UTF-8 from here on"),
        help=[f"it looks like {guess}: save it again with the encoding UTF-8"],
    )


def too_long_unread(name: str, size: int, limit: int) -> Diagnostic:
    return _about("yaml-too-large", name, f"`{name}` has {size:,} bytes; a definition file has at most {limit:,} characters")


def too_long(file: File, size: int, limit: int) -> Diagnostic:
    return _error(
        "yaml-too-large", f"`{file.name}` has {size:,} characters; a definition file has at most {limit:,}", _character(file, 0)
    )


# Shape


def unknown_key(label: Label, name: str, noun: str, near: str | None, known: Iterable[str]) -> Diagnostic:
    return _error(
        "unknown-key",
        f"`{name}` is not a key of {noun}",
        label,
        help=[f"`{near}` is probably meant" if near else f"{noun} has the keys {_listed(known)}"],
        edit=Edit(label.file, label.span, near) if near else None,
    )


def tight_key(label: Label, name: str) -> Diagnostic:
    key, value = name.split(":", 1)
    return _slip(
        f"a space is missing after the colon of `{name}`",
        label,
        help=f"write `{key}: {value}`",
        edit=Edit(label.file, label.span, f"{key}: {value}"),
    )


def missing_key(label: Label, thing: str, names: tuple[str, ...], example: str) -> Diagnostic:
    wanted = " or ".join(f"`{name}`" for name in names)
    return _error("missing-key", f"{thing} has no {wanted}", label, help=[f"add for example `{example}`"])


def one_of(label: Label, thing: str, names: Iterable[str]) -> Diagnostic:
    return _error("wrong-shape", f"{thing} has {' and '.join(f'`{name}`' for name in names)}; it needs one of them", label)


def wrong_shape(label: Label, thing: str, wanted: str, found: str, hint: str) -> Diagnostic:
    return _error("wrong-shape", f"{thing} is {found}; expected is {wanted}", label, help=[hint])


def unknown_word(label: Label, key: str, word: str, known: Iterable[str], near: str | None) -> Diagnostic:
    return _error(
        "unknown-word",
        f"`{word}` is not a value of `{key}`",
        label,
        help=[f"`{near}` is probably meant" if near else f"it is one of {_listed(known)}"],
        edit=Edit(label.file, label.span, near) if near else None,
    )


def name_spelling(label: Label, name: str, rule: str, better: str | None) -> Diagnostic:
    return _error(
        "name-spelling",
        f"`{name}` cannot be a name here",
        label,
        help=[rule, f"for example `{better}`" if better else ""],
        edit=Edit(label.file, label.span, better) if better else None,
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


# Meaning


def name_twice(name: str, noun: str, again: Label, first: Label, first_noun: str) -> Diagnostic:
    headline = (
        f"the {noun} `{name}` is defined twice"
        if noun == first_noun
        else f"`{name}` is the name of a {first_noun} and of a {noun}"
    )
    return _error("name-twice", headline, again, first, help=["rename one of the two; only the first counts"])


def project_twice(again: Label, first: Label) -> Diagnostic:
    return _error(
        "name-twice",
        "`project` stands in two files",
        again,
        first,
        help=["put what holds for the project into one file, `kpidsl.yaml`"],
    )


def unknown_language(label: Label, version: int, known: int) -> Diagnostic:
    return _error(
        "unknown-language",
        f"the definitions are written in language {version}; this version of kpidsl reads language {known}",
        label,
        help=["install a newer kpidsl" if version > known else f"write `language: {known}`"],
    )


def unknown_timezone(label: Label, name: str, near: str | None) -> Diagnostic:
    return _error(
        "unknown-timezone",
        f"`{name}` is not a time zone",
        label,
        help=[f"`{near}` is probably meant" if near else "time zones are named like `Europe/Berlin` or `UTC`"],
        edit=Edit(label.file, label.span, near) if near else None,
    )


def not_a_date(label: Label, text: str, key: str) -> Diagnostic:
    return _error("wrong-shape", f"`{key}` is `{text}`; expected is a day such as `2026-10-17`", label)


def days_reversed(label: Label) -> Diagnostic:
    return _error("wrong-shape", "`covers` ends before it begins", label, help=["it is written `first day to last day`"])


def only_with(label: Label, key: str, other: str) -> Diagnostic:
    return _error("wrong-shape", f"`{key}` goes with `{other}` only", label)
