"""A syntax error of YAML, and what was probably meant by the one who wrote it.

Parsers say "did not find expected key" for a dozen different slips. The place they name is sure, so the line there is looked at
again: a value that begins with a sign of YAML's own, a space missing after a colon, an indentation that fits nothing above.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

import yaml
from msgspec import Struct

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import yaml_messages as messages
from kpidsl.documents.nodes import Mapping, Node, Scalar, Sequence
from kpidsl.text import File, Span

_VALUE = re.compile(r"[ ]*(?:- +)*(?:[^\s:#'\"\[{][^:#]*:[ ]+)?")
_LEAD = re.compile(r"[ ]*")
_TIGHT_COLON = re.compile(r"[ ]*(?:- +)*[A-Za-z_][\w.-]*(:)(?=[^\s:/])")
_FULL_PAIR = re.compile(r"[ ]*(?:- +)*[^\s#][^:#]*:[ ]+[^\s#]")
_COMMENT = re.compile(r"(?<!\S)#")
LONGEST_KEY = 1_024
_KEY_BEFORE_COLON = re.compile(rf"[^\s:#,{{}}\[\]'\"][^:#,\n]{{{LONGEST_KEY},}}(?=:(?:\s|$))")
_BAD_ESCAPE = re.compile(r"\\(?:U(?:000[2-9a-fA-F]|00[1-9a-fA-F]|0[1-9a-fA-F]|[1-9a-fA-F])|u[dD][89a-fA-F])")


class Slip(Struct, frozen=True):
    """What the parser said: its words, where it stopped, and where the thing that it was reading began."""

    words: str
    context: str
    at: int
    begin: int

    @classmethod
    def of(cls, error: yaml.MarkedYAMLError, size: int) -> Slip:
        mark = error.problem_mark or error.context_mark
        at = min(mark.index, size) if mark else 0
        begin = error.context_mark.index if error.context_mark else at
        return cls(error.problem or str(error), error.context or "", at, begin)

    @property
    def sure(self) -> int:
        """Up to here the text was understood: inside an open quote or block nothing is."""
        inside = "quoted" in self.context or ("block scalar" in self.context and "tab" not in self.words)
        return self.begin if inside else self.at


def explain(file: File, slip: Slip) -> Diagnostic:
    """The finding for a syntax error."""
    said = f"{slip.words}; {slip.context}"
    explanation = next((explain for words, explain in _EXPLAIN if words.search(said)), _unknown)
    return _long_key(file, slip) or explanation(file, slip)


def bad_escape(file: File) -> Diagnostic:
    """The finding for an escape such as `\\UFFFFFFFF`, at which the pure-Python parser stumbles without a place."""
    found = _BAD_ESCAPE.search(file.text)
    return messages.escape(file, found.start() if found else 0)


def is_bad_escape(file: File, slip: Slip | None, root: Node | None) -> bool:
    """Whether an escape stands for no character; the pure-Python parser makes half ones of them, which no text can hold."""
    if slip is not None and "Unicode character escape" in slip.words:
        return True
    return root is not None and _BAD_ESCAPE.search(file.text) is not None and _has_half_character(root)


def _has_half_character(node: Node) -> bool:
    match node:
        case Mapping(pairs=pairs):
            return any(_has_half_character(part) for pair in pairs.values() for part in pair)
        case Sequence(items=items):
            return any(map(_has_half_character, items))
        case Scalar(text=text):
            return re.search("[\ud800-\udfff]", text) is not None
        case _:
            return False


def layout_tab(text: str, texts: list[tuple[int, int]], until: int) -> int | None:
    """The first tab up to `until` that is neither in one of the texts nor in a comment."""
    starts = [start for start, _ in texts]
    quiet = 0
    for found in re.finditer("\t", text[: until + 1]):
        at = found.start()
        before = bisect_right(starts, at) - 1
        if at < quiet or (before >= 0 and at < texts[before][1]):
            continue
        since = max(text.rfind("\n", 0, at) + 1, texts[before][1] if before >= 0 else 0)
        if not _COMMENT.search(text, since, at):
            return at
        quiet = _end_of_line(text, at)
    return None


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _line_of(file: File, at: int) -> tuple[int, str]:
    """Where the line of a character starts, and its text."""
    number, column = file.place(at)
    return at - column + 1, file.line(number)


def _line_before(file: File, at: int) -> tuple[int, str]:
    """Where the last line with text before that of a character starts, and its text."""
    start = _line_of(file, at)[0]
    while start > 0:
        start, line = _line_of(file, start - 1)
        if line.strip() and not line.lstrip().startswith("#"):
            return start, line
    return 0, ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _value(file: File, at: int) -> Span:
    """The value on the line of a character: from its first sign to the end of the line or a comment."""
    start, line = _line_of(file, at)
    lead = _VALUE.match(line)
    first = lead.end() if lead else 0
    comment = re.search(r"\s+#", line[first:])
    return Span(start + first, start + (first + comment.start() if comment else len(line.rstrip())))


def _long_key(file: File, slip: Slip) -> Diagnostic | None:
    """A key before this place that is longer than any that YAML takes for one."""
    start, line = _line_of(file, slip.at)
    key = _KEY_BEFORE_COLON.search(line) if len(line) > LONGEST_KEY else None
    return messages.long_key(file, Span(start + key.start(), start + key.end()), LONGEST_KEY) if key else None


def _second_colon(file: File, slip: Slip) -> Diagnostic:
    here, line = _line_of(file, slip.at)
    above, before = _line_before(file, slip.at)
    inside = line[: slip.at - here]
    if ": " in inside or not inside.strip() or not before:
        return messages.second_colon(file, slip.at, _value(file, here))
    if tight := _TIGHT_COLON.match(before):
        return messages.tight_colon(file, above + tight.start(1))
    if _indent(line) > _indent(before) and _FULL_PAIR.match(before) and re.fullmatch(r"\s*[\w.-]+", inside):
        return messages.too_deep_under_value(
            file, Span(here, here + _indent(line)), Span(above + _indent(before), above + len(before))
        )
    return messages.second_colon(file, slip.at, _value(file, here))


def _colon_in_braces(file: File, slip: Slip) -> Diagnostic:
    if file.text[slip.at + 1 : slip.at + 2] in ("[", "{"):
        return messages.tight_colon(file, slip.at)
    return messages.no_value(file, slip.at)


def _list_item(file: File, slip: Slip) -> Diagnostic:
    value = _value(file, slip.at)
    if value.start <= slip.at:
        return messages.sign_first(file, Span(slip.at, value.end))
    return messages.sign_first(file, _value_from(file, slip.at))


def _value_from(file: File, at: int) -> Span:
    """From a character to the end of the value that it stands in."""
    start, line = _line_of(file, at)
    before = line[: at - start]
    in_braces = before.count("{") + before.count("[") > before.count("}") + before.count("]")
    return Span(at, max(at + 1, _flow_end(file.text, at) if in_braces else _value(file, at).end))


def _sign(file: File, slip: Slip) -> Diagnostic:
    value = _value_from(file, slip.at)
    if file.text[value.start : value.end] == "%":
        return messages.percent_sign(file, value)
    return messages.block_sign_first(file, value)


def _no_key(file: File, slip: Slip) -> Diagnostic:
    here, line = _line_of(file, slip.at)
    value = _value(file, slip.at)
    if value.start < slip.at <= value.end and file.text.startswith(tuple("\"'[{*&!"), value.start):
        return messages.sign_first(file, value)
    above, before = _line_before(file, slip.at)
    comment = re.search(r"\s(#)", before)
    if comment and _indent(line) > _indent(before) and ": " not in line:
        return messages.comment_inside(file, above + comment.start(1), Span(slip.at, here + len(line.rstrip())))
    if not line[: slip.at - here].strip():
        return _misplaced(file, slip, Span(here, max(slip.at, here + 1)), line)
    return messages.left_over(file, _value_from(file, slip.at))


def _misplaced(file: File, slip: Slip, lead: Span, line: str) -> Diagnostic:
    """A line that belongs to nothing above it."""
    if file.text.startswith(":", slip.at):
        return messages.no_key(file, slip.at)
    if line.lstrip().startswith("- "):
        return messages.item_for_key(file, lead)
    if ":" not in line:
        return messages.left_over(file, _value_from(file, slip.at))
    return messages.key_for_item(file, lead) if "collection" in slip.context else messages.fits_no_indentation(file, lead)


def _no_colon(file: File, slip: Slip) -> Diagnostic:
    start, line = _line_of(file, slip.begin)
    return messages.no_colon(file, Span(slip.begin, max(slip.begin + 1, start + len(line.rstrip()))))


def _open_end(file: File, slip: Slip) -> Diagnostic:
    return messages.open_quote(file, slip.begin)


def _bracket(file: File, slip: Slip) -> Diagnostic:
    inside = file.text[slip.begin : slip.at]
    if cut := _open_formula(file.text, slip):
        return messages.comma_before_quote(file, cut)
    value = _flow_value(file.text, slip)
    if "\n" not in inside and file.text.startswith(tuple("\"'*&!"), value.start):
        return messages.sign_first(file, value)
    if file.text[slip.at : slip.at + 1] not in ("", ":") and "\n" not in inside:
        return messages.left_over(file, _value_from(file, slip.at))
    return messages.open_bracket(file, slip.begin)


def _open_formula(text: str, slip: Slip) -> Span | None:
    """The formula in braces or brackets that a comma between its parentheses cut, as far as it can be told."""
    depth, start, quote = 0, slip.begin, ""
    for at in range(slip.begin + 1, slip.at):
        character = text[at]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif depth <= 0 and character in ",:[{":
            start = at + 1
        elif character == "," and depth > 0:
            first = start + len(text[start:at]) - len(text[start:at].lstrip())
            return Span(first, _flow_end(text, first))
    return None


def _flow_value(text: str, slip: Slip) -> Span:
    """The value in braces or brackets at whose inside the parser stopped."""
    start = max(text.rfind(": ", slip.begin, slip.at) + 1, text.rfind(", ", slip.begin, slip.at) + 1, slip.begin + 1)
    start += len(text[start:]) - len(text[start:].lstrip())
    return Span(start, _flow_end(text, start))


def _flow_end(text: str, start: int) -> int:
    """Where a formula in braces ends: at a comma or a bracket outside its quotes and parentheses."""
    depth, quote, at = 0, "", start
    while at < len(text) and text[at] not in "\r\n":
        character = text[at]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character in "}]" or (character == "," and depth <= 0):
            break
        at += 1
    return start + len(text[start:at].rstrip())


def _no_content(file: File, slip: Slip) -> Diagnostic:
    if slip.at >= len(file.text.rstrip()):
        return messages.open_bracket(file, max(file.text.rfind("{", 0, slip.at), file.text.rfind("[", 0, slip.at), 0))
    return messages.no_content(file, slip.at)


def _block_header(file: File, slip: Slip) -> Diagnostic:
    return messages.block_sign_first(file, _value_from(file, slip.begin))


def _context_sign(file: File, slip: Slip) -> Diagnostic:
    return messages.sign_first(file, _value_from(file, slip.begin))


def _escape(file: File, slip: Slip) -> Diagnostic:
    at = file.text.rfind("\\", 0, slip.at + 1)
    return messages.escape(file, at if at >= 0 else slip.at)


def _next_document(file: File, slip: Slip) -> Diagnostic:
    before = _line_before(file, slip.at)[1]
    if before.rstrip() == "..." or file.text.startswith("---", slip.at):
        return messages.several_documents(file, slip.at)
    value = _value(file, slip.at)
    if value.start < slip.at <= value.end and file.text.startswith(tuple("\"'[{*&!"), value.start):
        return messages.sign_first(file, value)
    return messages.left_over(file, _value_from(file, slip.at))


def _unknown(file: File, slip: Slip) -> Diagnostic:
    return messages.not_yaml(file, slip.at, slip.words)


_EXPLAIN: tuple[tuple[re.Pattern[str], Callable[[File, Slip], Diagnostic]], ...] = tuple(
    (re.compile(words), explanation)
    for words, explanation in (
        ("mapping values are not allowed", _second_colon),
        ("unexpected ':'", _colon_in_braces),
        ("sequence entries are not allowed|mapping keys are not allowed", _list_item),
        ("cannot start any token", _sign),
        ("expected key|expected '-' indicator|expected <block end>", _no_key),
        ("could not find expected ':'", _no_colon),
        ("unexpected end of stream", _open_end),
        ("expected ',' or", _bracket),
        ("node content", _no_content),
        ("comment or (?:a )?line break|chomping or indentation", _block_header),
        ("alphabetic or numeric|directive|version number", _context_sign),
        ("undefined tag handle|expected '!'|(?:scann|pars)ing a tag", _context_sign),
        ("escape|hexadecimal|hexdecimal", _escape),
        ("document start", _next_document),
    )
)
