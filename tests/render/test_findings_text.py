"""Findings in the form for people: the marks stand below what they mean, whatever the line is like."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import finding, label, report
from rich.cells import cell_len

from kpidsl.diagnostics import Diagnostic, Diagnostics, Label, Severity
from kpidsl.render.diagnostics import text
from kpidsl.render.diagnostics.report import Report
from kpidsl.render.paint import colours
from kpidsl.text import File, Span
from kpidsl.visible import ACTIVE

RATES = File("sales/rates.yaml", "kpis:\n" * 40 + "    formula: new_accounts * fit_rate\n")


def shown(*labels: Label, **more: object) -> list[str]:
    return text.finding(finding(*labels, **more)).splitlines()


def test_each_label_has_its_own_marks() -> None:
    assert shown(
        label(RATES, "new_accounts", "customer"), label(RATES, "fit_rate", "proposal"), help=("one", "two\nlines")
    ) == [
        "error[some-code]: something is wrong",
        "  --> sales/rates.yaml:41:14",
        "   |",
        "41 |     formula: new_accounts * fit_rate",
        "   |              ^^^^^^^^^^^^ customer",
        "   |                             -------- proposal",
        "   = help: one",
        "   = help: two",
        "           lines",
    ]


def test_the_main_label_leads_where_it_stands_further_right() -> None:
    lines = shown(label(RATES, "fit_rate"), label(RATES, "formula", "of this"))
    assert lines[1] == "  --> sales/rates.yaml:41:29"
    assert lines[4:] == ["   |     ------- of this", "   |                             ^^^^^^^^"]


def test_lines_far_apart_and_other_files() -> None:
    near = File("a.yaml", "one\ntwo\nthree\nfour\nfive\nsix\n")
    lines = shown(label(near, "one", "a"), label(near, "three", "b"), label(near, "six", "c"), label(RATES, "fit_rate", "d"))
    assert lines == [
        "error[some-code]: something is wrong",
        "  --> a.yaml:1:1",
        "   |",
        " 1 | one",
        "   | ^^^ a",
        " 2 | two",
        " 3 | three",
        "   | ----- b",
        "...",
        " 6 | six",
        "   | --- c",
        "  ::: sales/rates.yaml:41:29",
        "   |",
        "41 |     formula: new_accounts * fit_rate",
        "   |                             -------- d",
    ]


@pytest.mark.parametrize(
    ("line", "part", "source", "marks"),
    [
        ("a\tb", "b", "1 | a    b", "  |      ^"),
        ("\tkey: x", "x", "1 |     key: x", "  |          ^"),
        ("x: 日本語 + foo", "foo", "1 | x: 日本語 + foo", "  |             ^^^"),
        ("x: 日本語", "日本語", "1 | x: 日本語", "  |    ^^^^^^"),
        ("a\x1b[31mb", "b", "1 | a\\x1b[31mb", "  |          ^"),
        ("if \u202eadmin", "admin", "1 | if \\u202eadmin", "  |          ^^^^^"),
    ],
)
def test_marks_stand_below_what_they_mean(line: str, part: str, source: str, marks: str) -> None:
    assert shown(label(File("a", line), part))[3:] == [source, marks]


def test_a_place_between_characters_and_one_at_the_end() -> None:
    file = File("a", "x: 1\n")
    assert shown(Label(file, Span(3, 3), "here"))[3:] == ["1 | x: 1", "  |    ^ here"]
    assert shown(Label(file, Span(5, 5), "end"))[1:] == [" --> a:2:1", "  |", "2 |", "  | ^ end"]


def test_a_label_over_several_lines_is_marked_on_its_first() -> None:
    file = File("a", "block: |\n  one\n  two\nnext: 1\n")
    lines = shown(Label(file, Span(0, file.text.index("next")), "all of it"))
    assert lines[3:] == ["1 | block: |", "  | ^^^^^^^^ (up to line 3) all of it"]


def test_a_long_line_is_cut_to_the_part_around_its_labels() -> None:
    line, marks = shown(label(File("a", "x" * 500 + "HERE" + "y" * 500), "HERE"))[3:]
    assert line.startswith("1 | ... xxx")
    assert line.endswith("yyy ...")
    assert len(line) < 180
    assert line[marks.index("^") : marks.rindex("^") + 1] == "HERE"


def test_a_finding_without_a_place_says_what_it_is_about() -> None:
    found = Diagnostic("odd-row", Severity.NOTE, "3 rows are odd", about="source leads", notes=("why",))
    assert text.finding(found).splitlines() == ["note[odd-row]: 3 rows are odd", " --> source leads", "  = note: why"]


def test_the_last_line_counts() -> None:
    warning = Diagnostic("w", Severity.WARNING, "odd", (label(RATES, "fit_rate"),))
    files = (RATES.name, "b", "c")
    assert text.show(report(finding(label(RATES, "formula")), warning, files=files)).endswith(
        "\n1 error, 1 warning in 1 of 3 files\n"
    )
    assert text.show(report(files=files)) == "no problems in 3 files\n"
    assert text.show(Report(Diagnostics([finding(about="source leads")]), files)).endswith("\n1 error, 3 files read\n")


def test_colours_change_nothing_but_colours() -> None:
    found = report(finding(label(RATES, "fit_rate", "here"), help=("so",)))
    painted = text.show(found, colours())
    assert "\x1b[1;31merror[some-code]\x1b[0m" in painted
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == text.show(found)


@settings(max_examples=100)
@given(st.text(max_size=80), st.data())
def test_any_text_and_any_place(content: str, data: st.DataObject) -> None:
    file = File("f", content)
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    lines = text.finding(finding(Label(file, Span(start, end), "here"))).split("\n")
    assert not any(ACTIVE.search(line) for line in lines)
    marks = next(line for line in lines if "^" in line and line.endswith("here"))
    before = content[start - file.place(start)[1] + 1 : start]
    shown_before = ACTIVE.sub(lambda match: repr(match[0])[1:-1], before.replace("\t", "    "))
    if "\\U" not in repr(before):
        assert marks.index("^") - marks.index("| ") - 2 == cell_len(shown_before.rstrip("\r\n"))
