"""Findings for machines: each format takes any text without breaking."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from junitparser import Failure, JUnitXml
from places import finding, label, report

from kpidsl.diagnostics import Diagnostic, Diagnostics, Edit, Label, Severity
from kpidsl.render.diagnostics import concise, github, gitlab, junit, markdown, sarif
from kpidsl.render.diagnostics import json as json_format
from kpidsl.render.diagnostics.report import Report
from kpidsl.text import File, Span

SCHEMA = json.loads((Path(__file__).parents[2] / "grammar" / "result.schema.json").read_text())
FILE = File("a.yaml", "kpis:\n  cac: {formula: x}\n")


def read_json(text: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(text)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(document)
    return document


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_json() -> None:
    place = label(FILE, "x", "not defined")
    edit = Edit(FILE, place.span, "y")
    note = Diagnostic("odd-row", Severity.NOTE, "3 rows", about="source leads", notes=("n",))
    document = read_json(json_format.show(report(finding(place, help=("perhaps `y`?",), edit=edit), note)))
    assert document["counts"] == {"error": 1, "warning": 0, "note": 1}
    second, first = document["diagnostics"]  # type: ignore[misc]
    assert second["labels"] == [
        {
            "file": "a.yaml",
            "start": {"line": 2, "column": 18, "offset": 23},
            "end": {"line": 2, "column": 19, "offset": 24},
            "text": "not defined",
        }
    ]
    assert second["edit"]["replacement"] == "y"
    assert first["about"] == "source leads"


def test_github() -> None:
    found = finding(label(FILE, "x"), headline="50% of: a,b\nis odd", help=("so",))
    assert github.show(report(found)) == (
        "::error file=a.yaml,line=2,endLine=2,col=18,endColumn=19,title=kpidsl some-code::50%25 of: a,b%0Ais odd%0Ahelp: so\n"
    )


def test_github_takes_no_columns_for_several_lines_and_no_place_for_none() -> None:
    found = finding(Label(FILE, Span(0, len(FILE.text))))
    assert "::error file=a.yaml,line=1,endLine=2,title=" in github.show(report(found))
    assert github.show(report(finding(about="source leads"))) == "::error title=kpidsl some-code::something is wrong\n"


def test_github_escapes_what_would_end_a_property() -> None:
    odd = File("a,b:c%\r\n.yaml", "x")
    assert "file=a%2Cb%3Ac%25%0D%0A.yaml,line=1," in github.show(report(finding(Label(odd, Span(0, 1)))))


def test_junit() -> None:
    warning = Diagnostic("some-warning", Severity.WARNING, "odd", (label(FILE, "cac"),))
    text = junit.show(report(finding(label(FILE, "x")), warning, files=("a.yaml", "b.yaml")))
    root = ElementTree.fromstring(text.encode())
    assert root.attrib == {"tests": "3", "failures": "1", "errors": "0"}
    cases = root.findall("testsuite/testcase")
    assert [(case.get("classname"), case.get("name")) for case in cases] == [
        ("a.yaml", "some-warning 2:3"),
        ("a.yaml", "some-code 2:18"),
        ("b.yaml", "no findings"),
    ]
    assert [case.find("failure") is not None for case in cases] == [False, True, False]
    assert "^" in (cases[1].findtext("failure") or "")
    assert "some-warning" in (cases[0].findtext("system-out") or "")


def test_a_warning_fails_where_it_was_asked_for() -> None:
    warning = Diagnostic("some-warning", Severity.WARNING, "odd", (label(FILE, "cac"),))
    strict = Report(Diagnostics([warning]), ("a.yaml",), frozenset({Severity.ERROR, Severity.WARNING}))
    assert 'failures="1"' in junit.show(strict)


def test_junit_as_another_reader_reads_it() -> None:
    """junitparser is what test reports are commonly merged and counted with."""
    warning = Diagnostic("some-warning", Severity.WARNING, "odd", (label(FILE, "cac"),))
    text = junit.show(report(finding(label(FILE, "x"), headline="a \x1b[31m & <b> ]]>"), warning, files=("a.yaml", "b.yaml")))
    read = JUnitXml.fromstring(text.encode())
    assert (read.tests, read.failures, read.errors) == (3, 1, 0)
    (suite,) = read
    cases = [(case.classname, case.name, [type(result) for result in case.result]) for case in suite]
    assert cases == [
        ("a.yaml", "some-warning 2:3", []),
        ("a.yaml", "some-code 2:18", [Failure]),
        ("b.yaml", "no findings", []),
    ]
    assert list(suite)[1].result[0].message == "a \\x1b[31m & <b> ]]>"


def test_concise() -> None:
    note = Diagnostic("odd-row", Severity.NOTE, "3 rows\nor 4", about="source leads")
    assert concise.show(report(finding(label(FILE, "x"), help=("so",)), note)) == (
        "a.yaml:2:18: error[some-code]: something is wrong\n"
        "source leads: note[odd-row]: 3 rows\\nor 4\n"
        "1 error, 1 note in 1 of 1 file\n"
    )
    assert concise.show(report()) == "no problems in 1 file\n"


def test_markdown() -> None:
    file = File("a|b.yaml", "x")
    found = finding(Label(file, Span(0, 1)), headline="no `a|b` | *here* <b>", help=("one\ntwo",))
    note = Diagnostic("odd-row", Severity.NOTE, "3 rows", about="source leads")
    assert markdown.show(report(found, note, files=("a|b.yaml",))) == (
        "### kpidsl check: 1 error, 1 note in 1 of 1 file\n\n"
        "| | place | finding |\n|---|---|---|\n"
        "| error `some-code` | `a\\|b.yaml:1:1` | no `a\\|b` \\| \\*here\\* &lt;b&gt;<br>help: one<br>two |\n"
        "| note `odd-row` | source leads | 3 rows |\n"
    )
    assert markdown.show(report()) == "### kpidsl check: no problems in 1 file\n"


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_any_text_in_every_place(text: str) -> None:
    file = File(f"f{text}", f"x{text}")
    found = report(finding(Label(file, Span(0, 1), text), headline=f"h{text}", help=(text,), notes=(text,)), files=(file.name,))
    lines = github.show(found).split("\n")
    assert len(lines) == 2
    assert lines[0].startswith("::error file=f")
    assert ElementTree.fromstring(junit.show(found).encode()).get("failures") == "1"
    document = read_json(json_format.show(found))
    assert document["diagnostics"][0]["headline"] == f"h{text}"  # type: ignore[index]
    assert len(concise.show(found).splitlines()) == 2
    table = markdown.show(found).split("\n")[2:-1]
    assert [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in table] == [4, 4, 4]
    assert "<" not in re.sub(r"<br>|(`+).*?\1", "", table[-1])


@pytest.mark.parametrize("module", [concise, github, gitlab, json_format, junit, markdown, sarif])
def test_nothing_found(module: object) -> None:
    assert isinstance(module.show(report()), str)  # type: ignore[attr-defined]
