"""Files and what they are when they are formatted; `tests/properties/test_formatting.py` has the laws."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpidsl.documents.find import PROJECT, read_file
from kpidsl.documents.format import format_file
from kpidsl.text import File

ROOT = Path(__file__).parents[2]
CASES = sorted(path for path in (Path(__file__).parent / "cases").glob("*.yaml") if ".formatted" not in path.name)
SHIPPED = sorted(
    path
    for folder in ("definitions", "examples", "kpidsl/cli/templates/project")
    for path in (ROOT / folder).rglob("*.yaml")
    if path.name not in ("data.yaml", *PROJECT)
)


def codes(made: object) -> list[str]:
    return [finding.code for finding in made.findings]  # type: ignore[attr-defined]


@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_file_is_formatted(path: Path, line_break: str) -> None:
    before, after = (each.read_text(encoding="utf-8") for each in (path, path.with_suffix(".formatted.yaml")))
    made = format_file(File("f.yaml", before.replace("\n", line_break)))
    assert codes(made) == []
    assert made.text == after.replace("\n", line_break)
    assert not format_file(File("f.yaml", made.text)).changed


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_shipped_is_formatted(path: Path) -> None:
    file, _ = read_file(path)
    assert file is not None
    made = format_file(file)
    assert made.text == file.text
    assert codes(made) == []


@pytest.mark.parametrize(
    "text",
    [
        "kpis:\n  a: {formula: b+c}\n  b: {formula: c+}\n",
        "kpis:\n  a: {formula: b+c}\n  a: {formula: c}\n",
        "kpis:\n  a: {formula: b+c, fromula: d}\n",
        "kpis:\n  a: {formula: b+c\n",
        "kpis: {a: {formula: 'b+c'}\n\tb: 1}",
    ],
)
def test_a_file_with_errors_stays_as_it_is(text: str) -> None:
    made = format_file(File("f.yaml", text))
    assert made.failed
    assert made.text == text


@pytest.mark.parametrize("text", ["", "# nothing\n", "kpis:\n", "kpis: {}\n", "project: {language: 1}\n"])
def test_where_nothing_is_written_nothing_changes(text: str) -> None:
    made = format_file(File("f.yaml", text))
    assert (made.text, codes(made)) == (text, [])


@pytest.mark.parametrize(
    "scalar",
    [
        '("a" = b)',  # a text of YAML would begin
        "(null)",  # nothing would be left
        "(- \n     a)",  # a list would begin
        "&same a+b",  # it is also a title, which would be another
    ],
)
def test_an_expression_stays_where_the_file_would_say_something_else(scalar: str) -> None:
    title = "*same" if scalar.startswith("&") else "x"
    text = f"kpis:\n  one:\n    formula: {scalar}\n    title: {title}\n  two: {{formula: a{{}}b}}\n"
    made = format_file(File("f.yaml", text.replace("{}", "+")))
    assert made.text == text.replace("{}", " + ")
    assert codes(made) == ["not-formatted"]
    assert made.findings[0].labels[0].span.start == text.index(scalar.removeprefix("&same "))
