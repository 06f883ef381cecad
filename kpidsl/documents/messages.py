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


# YAML: limits, and what definitions do not use


def too_deep(file: File, at: int, limit: int) -> Diagnostic:
    return _error("yaml-too-large", f"more than {limit} levels of lists and mappings inside each other", _character(file, at))


def too_many(file: File, at: int, limit: int) -> Diagnostic:
    return _error("yaml-too-large", f"more than {limit:,} values in one file", _character(file, at))


def too_much_aliased(file: File, span: Span, limit: int) -> Diagnostic:
    return _error("yaml-too-large", f"aliases stand for more than {limit:,} values", Label(file, span))


def several_documents(file: File, at: int) -> Diagnostic:
    return _error(
        "several-documents",
        "a second document begins here; a file holds one",
        _character(file, at),
        help=["remove the line `---`, or put what follows into a file of its own"],
    )


def tag(file: File, span: Span, name: str | None) -> Diagnostic:
    short = (name or "").replace("tag:yaml.org,2002:", "!!")
    return _error(
        "yaml-tag",
        f"`{short}` is a tag of YAML, which definitions do not use",
        Label(file, span),
        help=[
            f"a formula that begins with `!` does not exist; to negate, write `not`: `not {short.strip('!')}`"
            if _is_word(short[1:])
            else "remove it"
        ],
    )


def _is_word(text: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9_.]*", text) is not None


def merge_key(file: File, span: Span) -> Diagnostic:
    return _error(
        "yaml-merge-key",
        "merge keys (`<<`) are not part of the language",
        Label(file, span),
        help=["write the keys out; a whole value may be used twice through `&name` and `*name`"],
    )


def alias(file: File, span: Span, name: str, around: bool) -> Diagnostic:
    if around:
        return _error("yaml-alias", f"`*{name}` stands inside what it stands for", Label(file, span))
    return _error(
        "yaml-alias",
        f"no `&{name}` stands before this `*{name}`",
        Label(file, span),
        help=[
            f"if this is a formula: it begins with `*`, so something is missing before it; text is written in quotes, `'*{name}'`"
        ],
    )


def key_not_a_word(file: File, span: Span) -> Diagnostic:
    return _error(
        "yaml-key",
        "a key is a single word; this is a list, a mapping or several lines",
        Label(file, span),
        help=["text that begins with `{` or `[` is written in quotes"],
    )


def duplicate_key(file: File, name: str, again: Span, first: Span) -> Diagnostic:
    return _error(
        "duplicate-key",
        f"the key `{name}` stands twice in one mapping",
        Label(file, again, "again here"),
        Label(file, first, "first here"),
        help=["remove or rename one of the two; only the first is read"],
    )


def comma_in_braces(file: File, cut: Cut) -> Diagnostic:
    return _error(
        "comma-in-braces",
        f"inside braces and brackets a comma ends the value, so `{cut.text}` is cut at its comma",
        Label(file, cut.span),
        help=["put the formula in quotes, or write each key on its own line"],
        edit=Edit(file, cut.span, _quoted(cut.text)),
    )


# YAML: slips


def _slip(headline: str, *labels: Label, help: str = "", edit: Edit | None = None) -> Diagnostic:
    return _error("yaml-syntax", headline, *labels, help=[help], edit=edit)


def comma_before_quote(file: File, span: Span) -> Diagnostic:
    return comma_in_braces(file, Cut(span, file.text[span.start : span.end]))


def forbidden_character(file: File, at: int) -> Diagnostic:
    return _slip(
        f"a control character (U+{ord(file.text[at]):04X}), which text files do not hold",
        _character(file, at),
        help="remove it",
    )


def tab(file: File, at: int) -> Diagnostic:
    return _slip(
        "a tab stands here; YAML is laid out with spaces",
        _character(file, at),
        help="replace it by spaces",
        edit=Edit(file, Span(at, at + 1), "  "),
    )


def second_colon(file: File, at: int, value: Span) -> Diagnostic:
    text = file.text[value.start : value.end]
    choice = "a choice is written `if … then … else …`; " if "?" in text else ""
    quotable = value.start < at < value.end and text[:1] not in "\"'[{|>&*!"
    return _slip(
        "a second `: ` in one value",
        _character(file, at),
        help=f"{choice}text that holds `: ` is written in quotes, {_BLOCK}",
        edit=_quoting(file, value) if quotable and not choice else None,
    )


def tight_colon(file: File, at: int) -> Diagnostic:
    return _slip(
        "a space is missing after this colon",
        _character(file, at),
        help="write `key: value`",
        edit=Edit(file, Span(at, at + 1), ": "),
    )


def too_deep_under_value(file: File, lead: Span, above: Span) -> Diagnostic:
    return _slip(
        "this line is indented more than the line above, whose key has a value already",
        Label(file, lead, "too far to the right"),
        Label(file, above, "has its value on its own line"),
        help="align the two lines",
    )


def sign_first(file: File, value: Span) -> Diagnostic:
    sign = file.text[value.start : value.start + 1]
    return _slip(
        f"a value that begins with `{sign}` means something else in YAML",
        Label(file, value),
        help=f"put the whole of it in quotes, {_BLOCK}",
        edit=_quoting(file, value),
    )


_COMPARISONS = {">=": "at least", ">": "above", "=>": "at least"}


def block_sign_first(file: File, value: Span) -> Diagnostic:
    text = file.text[value.start : value.end]
    sign = re.match(r">=?|\|", text)
    word = _COMPARISONS.get(sign.group()) if sign else None
    if sign is None or word is None:
        return sign_first(file, value)
    rest = text[sign.end() :].strip()
    return _slip(
        "a value that begins with `>` is a block of text in YAML",
        Label(file, value),
        help=f"a range is written in words: `{word} {rest}`",
        edit=Edit(file, value, f"{word} {rest}") if rest else None,
    )


def comment_inside(file: File, comment: int, rest: Span) -> Diagnostic:
    return _error(
        "comment-cut",
        "a comment ends the value, so the next line does not belong to it",
        _character(file, comment, "` #` begins a comment"),
        Label(file, rest, "this is left over"),
        help=["put the comment on a line of its own above the value, or the value after `|`"],
    )


def fits_no_indentation(file: File, lead: Span, is_item: bool, in_list: bool) -> Diagnostic:
    if is_item:
        return _slip(
            "a list item where a key is expected", Label(file, lead), help="indent it below the key that it belongs to"
        )
    if in_list:
        return _slip(
            "a key where a list item is expected", Label(file, lead), help="check the indentation: items begin with `- `"
        )
    return _slip(
        "the indentation of this line fits no line above", Label(file, lead), help="align it with the key that it stands beside"
    )


def left_over(file: File, rest: Span) -> Diagnostic:
    return _slip("the value ends before this", Label(file, rest, "left over"), help=f"put the whole value in quotes, {_BLOCK}")


def no_colon(file: File, line: Span) -> Diagnostic:
    return _slip(
        "this line has no `: `", Label(file, line), help="write `key: value`, or indent it to go on with the text above"
    )


def open_quote(file: File, at: int) -> Diagnostic:
    return _slip("this quote is never closed", _character(file, at), help="close it where the text ends")


def open_bracket(file: File, at: int) -> Diagnostic:
    return _slip(
        f"this `{file.text[at : at + 1]}` is never closed",
        _character(file, at),
        help="close it, and put formulas inside it in quotes",
    )


def no_content(file: File, at: int) -> Diagnostic:
    return _slip(
        f"a value is missing before this `{file.text[at : at + 1]}`",
        _character(file, at),
        help="give a value, or remove the sign",
    )


def escape(file: File, at: int) -> Diagnostic:
    return _slip(
        f"`{file.text[at : at + 2]}` means nothing inside double quotes",
        _character(file, at),
        help="use single quotes, or write the backslash twice",
    )


def not_yaml(file: File, at: int, words: str) -> Diagnostic:
    return _slip(f"this is not YAML: {words}", _character(file, at))


def comment_cut(file: File, value: Span, comment: Span) -> Diagnostic:
    whole = file.text[value.start : comment.end]
    return _error(
        "comment-cut",
        f"` #` begins a comment, which cuts the formula short after `{file.text[value.start : value.end]}`",
        Label(file, comment, "read as a comment"),
        Label(file, value, "all that is read"),
        help=["put the whole formula in quotes"],
        edit=Edit(file, Span(value.start, comment.end), _quoted(whole)),
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
