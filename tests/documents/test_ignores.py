"""Comments to what they ask to leave unsaid: which lines they are about, whatever stands in the file."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.documents.compose import FASTEST, PURE, compose
from kpidsl.documents.ignores import MOST_COMMENTS, read_ignores
from kpidsl.text import File

COMMENT = "# kpidsl: ignore[same-meaning] known as both"
WHOLE = COMMENT.replace("ignore", "ignore-file")
PARTS = ["a: ", "- ", "|\n", "'", '"', "\n", "  ", "x", "# ", COMMENT, "# kpidsl: ", "[", "]", ",", "é"]
BREAKS = ["\n", "\r\n", "\r"]


def about(text: str, loader: Any = FASTEST) -> list[str]:
    """The text of the lines that each comment is about."""
    file = File("a.yaml", text)
    root, found = compose(file, loader)
    assert root is not None
    assert found == ()
    ignores, found = read_ignores(file, root)
    assert found == ()
    return [text[each.lines.start : each.lines.end] for each in ignores]


@pytest.mark.parametrize("loader", [PURE, FASTEST])
@pytest.mark.parametrize("line_break", BREAKS)
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"a: b  {COMMENT}\nc: d\n", [f"a: b  {COMMENT}\n"]),
        (f"{COMMENT}\na: b\nc: d\n", ["a: b\n"]),
        (f"a:\n  {COMMENT}\n  # another\n  {COMMENT}\n  b: c\n", ["  b: c\n", "  b: c\n"]),
        (f"{COMMENT}\n\na: b\n", ["\n"]),
        (f"a: b\n{COMMENT}", [COMMENT]),
        (f"a: b # so {COMMENT}\n", [f"a: b # so {COMMENT}\n"]),
        (f"{COMMENT}\na: 'b\n  c'\nd: e\n", ["a: 'b\n  c'\n"]),
        (f"a: 'b\n  c' {COMMENT}\nd: e\n", [f"a: 'b\n  c' {COMMENT}\n"]),
        (f"{COMMENT}\na: b\n  c\nd: e\n", ["a: b\n  c\n"]),
        (f"a: |  {COMMENT}\n  b\n  c\nd: e\n", [f"a: |  {COMMENT}\n  b\n  c\n"]),
        (f"a: >-\n  b\n  c\n\n{COMMENT}\nd: e\n", ["d: e\n"]),
        (f"a: ['b\n  ', 'c\n  ', d]  {COMMENT}\ne: f\n", [f"a: ['b\n  ', 'c\n  ', d]  {COMMENT}\n"]),
        (f"a: [b,  {COMMENT}\n  c]\n", [f"a: [b,  {COMMENT}\n"]),
        (f'a: "x {COMMENT}"\n', []),
        (f"a: |\n  x {COMMENT}\nb: c\n", []),
        ("# kpidsl: the definitions of the sales team\na: b\n", []),
    ],
)
def test_lines(text: str, lines: list[str], line_break: str, loader: Any) -> None:
    wanted = [line.replace("\n", line_break) for line in lines]
    assert about(text.replace("\n", line_break), loader) == wanted


@pytest.mark.parametrize("loader", [PURE, FASTEST])
@pytest.mark.parametrize("line_break", BREAKS)
@pytest.mark.parametrize("above", ["", "# yaml-language-server: $schema=x\n\n", "---\n", f"{COMMENT}\n"])
@pytest.mark.parametrize("below", ["a: b\nc: d\n", "\n{a: b}\n", "- a\n", "---\na: b\n"])
def test_a_whole_file(above: str, below: str, line_break: str, loader: Any) -> None:
    if above.startswith(below[:3]):
        return
    text = f"{above}{WHOLE}\n{below}".replace("\n", line_break)
    assert about(text, loader)[-1] == text


def test_an_aliased_text_is_where_it_is_written() -> None:
    assert about(f"a: &x 'b\n  c'\n{COMMENT}\nd: *x\n") == ["d: *x\n"]


@pytest.mark.parametrize("separator", [" ", ": ", " - ", ", ", "\t"])
def test_what_may_stand_before_the_reason(separator: str) -> None:
    assert len(about(f"a: b # kpidsl: ignore[same-meaning]{separator}known\n")) == 1


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("ignore[same-meaning]", ["ignore-without-reason"]),
        ("ignore[same-meaning] ...", ["ignore-without-reason"]),
        ("ignore same-meaning", ["ignore-spelling"]),
        ("ignore[] why", ["ignore-spelling"]),
        ("ignore[same-meaning why", ["ignore-spelling"]),
        ("ignore-file[same-meaning] why", ["ignore-spelling"]),
        ("ignore-file same-meaning", ["ignore-spelling"]),
        ("ignore-files[same-meaning] why", ["ignore-spelling"]),
        ("Ignored[same-meaning] why", ["ignore-spelling"]),
        ("ignore[same_meaning] why", ["unknown-code"]),
        ("ignore[../kpi-without-unit, a, same-meaning] why", ["unknown-code", "unknown-code"]),
        ("ignore[unit-mismatch, unused-ignore] why", ["ignore-of-error", "ignore-of-error"]),
    ],
)
def test_what_is_wrong_with_a_comment(comment: str, codes: list[str]) -> None:
    file = File("a.yaml", f"a: b # kpidsl: {comment}\n")
    root, _ = compose(file)
    assert root is not None
    assert [finding.code for finding in read_ignores(file, root)[1]] == codes


def test_a_file_has_a_bounded_number_of_comments() -> None:
    file = File("a.yaml", "a: b\n" + f"{COMMENT}\n" * (MOST_COMMENTS + 5))
    root, _ = compose(file)
    assert root is not None
    ignores, found = read_ignores(file, root)
    assert (len(ignores), [finding.code for finding in found]) == (MOST_COMMENTS, ["yaml-too-large"])


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*PARTS, WHOLE])))
def test_any_text_is_survived(parts: list[str]) -> None:
    file = File("a.yaml", "".join(parts))
    root, _ = compose(file)
    if root is not None:
        for ignore in read_ignores(file, root)[0]:
            assert 0 <= ignore.lines.start <= ignore.lines.end <= len(file.text)
