"""What is said about YAML that cannot be read, or that definitions do not use: one named function for each finding."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.documents.commas import Cut
from kpidsl.text import File, Span

_BLOCK = "or write it below, indented, after `|`"


def error(code: str, headline: str, *labels: Label, help: Iterable[str] = (), edit: Edit | None = None) -> Diagnostic:
    """An error with its places; empty lines of help are left out."""
    return Diagnostic(code, Severity.ERROR, headline, labels, help=tuple(line for line in help if line), edit=edit)


def _slip(headline: str, *labels: Label, help: str = "", edit: Edit | None = None) -> Diagnostic:
    return error("yaml-syntax", headline, *labels, help=[help], edit=edit)


def character(file: File, at: int, text: str = "") -> Label:
    """A label at one character."""
    return Label(file, Span(at, at + 1), text)


def _quoted(text: str) -> str:
    """The text as a scalar in quotes, single ones where that needs no escapes."""
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quoting(file: File, span: Span) -> Edit:
    return Edit(file, span, _quoted(file.text[span.start : span.end]))


# Limits


def too_long(file: File, size: int, limit: int) -> Diagnostic:
    headline = f"`{file.name}` has {size:,} characters; a file has at most {limit:,}"
    return error("yaml-too-large", headline, character(file, 0))


def too_deep(file: File, at: int, limit: int) -> Diagnostic:
    return error("yaml-too-large", f"more than {limit} levels of lists and mappings inside each other", character(file, at))


def too_many(file: File, at: int, limit: int) -> Diagnostic:
    return error("yaml-too-large", f"more than {limit:,} values in one file", character(file, at))


def too_many_comments(file: File, at: int, limit: int) -> Diagnostic:
    return error("yaml-too-large", f"more than {limit:,} comments for kpidsl in one file", character(file, at))


def too_much_aliased(file: File, span: Span, limit: int) -> Diagnostic:
    return error("yaml-too-large", f"aliases stand for more than {limit:,} values", Label(file, span))


# What definitions do not use


def several_documents(file: File, at: int) -> Diagnostic:
    return error(
        "several-documents",
        "a second document begins here; a file holds one",
        character(file, at),
        help=["remove the line `---`, or put what follows into a file of its own"],
    )


def tag(file: File, span: Span, name: str | None) -> Diagnostic:
    short = (name or "").replace("tag:yaml.org,2002:", "!!")
    negation = re.fullmatch(r"!(?:[a-z][a-z0-9_.]*)?", short)
    return error(
        "yaml-tag",
        f"`{short}` is a tag of YAML, which definitions do not use",
        Label(file, span),
        help=["in a formula, `not` negates a condition" if negation else "remove it"],
    )


def directive(file: File, at: int) -> Diagnostic:
    headline = "a line that begins with `%` is for the YAML parser, and this one means nothing"
    return _slip(headline, character(file, at), help="remove it")


def merge_key(file: File, span: Span) -> Diagnostic:
    return error(
        "yaml-merge-key",
        "merge keys (`<<`) are not part of the language",
        Label(file, span),
        help=["write the keys out; a whole value may be used twice through `&name` and `*name`"],
    )


def alias(file: File, span: Span, name: str, around: bool) -> Diagnostic:
    if around:
        return error("yaml-alias", f"`*{name}` stands inside what it stands for", Label(file, span))
    return error(
        "yaml-alias",
        f"no `&{name}` stands before this `*{name}`",
        Label(file, span),
        help=[f"if it is a formula, something is missing before the `*`; if it is text, write `'*{name}'`"],
    )


def key_not_a_word(file: File, span: Span) -> Diagnostic:
    return error(
        "yaml-key",
        "a key is a single word; this is a list, a mapping or several lines",
        Label(file, span),
        help=["text that begins with `{` or `[` is written in quotes"],
    )


def duplicate_key(file: File, name: str, again: Span, first: Span) -> Diagnostic:
    return error(
        "duplicate-key",
        f"the key `{name}` stands twice in one mapping",
        Label(file, again, "again here"),
        Label(file, first, "first here"),
        help=["remove or rename one of the two; only the first is read"],
    )


# Formulas cut by a comma or a comment


def comma_in_braces(file: File, cut: Cut) -> Diagnostic:
    return error(
        "comma-in-braces",
        f"inside braces and brackets a comma ends the value, so `{cut.text}` is cut at its comma",
        Label(file, cut.span),
        help=["put the formula in quotes, or write each key on its own line"],
        edit=Edit(file, cut.span, _quoted(cut.text)),
    )


def comma_before_quote(file: File, span: Span) -> Diagnostic:
    return comma_in_braces(file, Cut(span, file.text[span.start : span.end]))


def comment_cut(file: File, value: Span, comment: Span) -> Diagnostic:
    whole = Span(value.start, comment.end)
    return error(
        "comment-cut",
        f"` #` begins a comment, which cuts the formula short after `{file.text[value.start : value.end]}`",
        Label(file, comment, "read as a comment"),
        Label(file, value, "all that is read"),
        help=["put the whole formula in quotes"],
        edit=_quoting(file, whole),
    )


def comment_inside(file: File, comment: int, rest: Span) -> Diagnostic:
    return error(
        "comment-cut",
        "a comment ends the value, so the next line does not belong to it",
        character(file, comment, "` #` begins a comment"),
        Label(file, rest, "this is left over"),
        help=["put the comment on a line of its own above the value, or the value after `|`"],
    )


# Slips


def forbidden_character(file: File, at: int) -> Diagnostic:
    headline = f"a control character (U+{ord(file.text[at]):04X}), which text files do not hold"
    return _slip(headline, character(file, at), help="remove it")


def tab(file: File, at: int, more: int) -> Diagnostic:
    return _slip(
        "a tab stands here; YAML is laid out with spaces",
        character(file, at),
        help="replace it by spaces" + (f", and so the {more} others in this file" if more else ""),
        edit=Edit(file, Span(at, at + 1), "  "),
    )


def second_colon(file: File, at: int, value: Span) -> Diagnostic:
    text = file.text[value.start : value.end]
    choice = "a choice is written `if … then … else …`; " if "?" in text else ""
    quotable = value.start < at < value.end and text[:1] not in "\"'[{|>&*!"
    return _slip(
        "a second `: ` in one value",
        character(file, at),
        help=f"{choice}text that holds `: ` is written in quotes, {_BLOCK}",
        edit=_quoting(file, value) if quotable and not choice else None,
    )


def tight_colon(file: File, at: int) -> Diagnostic:
    edit = Edit(file, Span(at, at + 1), ": ")
    return _slip("a space is missing after this colon", character(file, at), help="write `key: value`", edit=edit)


def too_deep_under_value(file: File, lead: Span, above: Span) -> Diagnostic:
    return _slip(
        "this line is indented more than the line above, whose key has a value already",
        Label(file, lead, "too far to the right"),
        Label(file, above, "has its value on its own line"),
        help="align the two lines",
    )


_SIGNS = {
    '"': "it begins with a quote, so for YAML it ends at the next quote",
    "'": "it begins with a quote, so for YAML it ends at the next quote",
    "[": "it begins with `[`, which for YAML is a list",
    "{": "it begins with `{`, which for YAML is a mapping",
    "-": "it begins with `- `, which for YAML is a list item",
    "?": "it begins with `? `, which for YAML is a key",
    "*": "it begins with `*`, which for YAML repeats something named before",
    "&": "it begins with `&`, which for YAML gives a name",
    "!": "it begins with `!`, which for YAML is a tag",
    "|": "it begins with `|`, after which YAML expects a new line",
    ">": "it begins with `>`, after which YAML expects a new line",
    "`": "it begins with a backtick, with which no value may begin",
}


def sign_first(file: File, value: Span) -> Diagnostic:
    sign = file.text[value.start : value.start + 1]
    reason = _SIGNS.get(sign, f"it begins with `{sign}`, with which no value may begin")
    return _slip(
        f"this value cannot be read: {reason}",
        Label(file, value),
        help=f"put the whole of it in quotes, {_BLOCK}",
        edit=_quoting(file, value),
    )


def percent_sign(file: File, value: Span) -> Diagnostic:
    return _slip(
        "this value cannot be read: it is `%`, with which no value may begin",
        Label(file, value),
        help="the unit is called `percent`",
        edit=Edit(file, value, "percent"),
    )


def long_key(file: File, key: Span, limit: int) -> Diagnostic:
    headline = f"a key of {key.end - key.start:,} characters; YAML takes at most {limit:,} for one"
    return _slip(headline, Label(file, key), help="shorten it, or put text that holds `: ` in quotes")


def block_sign_first(file: File, value: Span) -> Diagnostic:
    sign = re.match(r">=?\s*(?=\S)", file.text[value.start : value.end])
    if sign is None:
        return sign_first(file, value)
    word = "at least" if "=" in sign.group() else "above"
    range_ = f"{word} {file.text[value.start + sign.end() : value.end]}"
    return _slip(
        f"this value cannot be read: {_SIGNS['>']}",
        Label(file, value),
        help=f"a range is written in words: `{range_}`",
        edit=Edit(file, value, range_),
    )


def item_for_key(file: File, lead: Span) -> Diagnostic:
    return _slip("a list item where a key is expected", Label(file, lead), help="indent it below the key that it belongs to")


def key_for_item(file: File, lead: Span) -> Diagnostic:
    help = "check the indentation: items begin with `- `"
    return _slip("a key where a list item is expected", Label(file, lead), help=help)


def fits_no_indentation(file: File, lead: Span) -> Diagnostic:
    help = "align it with the key that it stands beside"
    return _slip("the indentation of this line fits no line above", Label(file, lead), help=help)


def no_key(file: File, at: int) -> Diagnostic:
    return _slip("a key is missing before this colon", character(file, at), help="write `key: value`")


def left_over(file: File, rest: Span) -> Diagnostic:
    help = f"put the whole value in quotes, {_BLOCK}"
    return _slip("the value ends before this", Label(file, rest, "left over"), help=help)


def no_colon(file: File, line: Span) -> Diagnostic:
    help = "write `key: value`, or indent it to go on with the text above"
    return _slip("this line has no `: `", Label(file, line), help=help)


def open_quote(file: File, at: int) -> Diagnostic:
    return _slip("this quote is never closed", character(file, at), help="close it where the text ends")


def open_bracket(file: File, at: int) -> Diagnostic:
    help = "close it, and put formulas inside it in quotes"
    return _slip(f"this `{file.text[at : at + 1]}` is never closed", character(file, at), help=help)


def no_content(file: File, at: int) -> Diagnostic:
    headline = f"a value is missing before this `{file.text[at : at + 1]}`"
    return _slip(headline, character(file, at), help="give a value, or remove the sign")


def no_value(file: File, at: int) -> Diagnostic:
    return _slip("a value is missing after this colon", character(file, at), help="give a value, or remove the key")


def escape(file: File, at: int) -> Diagnostic:
    headline = f"`{file.text[at : at + 2]}` means nothing inside double quotes"
    return _slip(headline, character(file, at), help="use single quotes, or write the backslash twice")


def not_yaml(file: File, at: int, words: str) -> Diagnostic:
    return _slip(f"this is not YAML: {words}", character(file, at))
