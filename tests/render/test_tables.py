"""Tables of texts: aligned, never cut, safe in every format."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kpidsl.markdown import code, escape
from kpidsl.render.csv_text import csv_text
from kpidsl.render.paint import Role
from kpidsl.render.tables import csv as csv_format
from kpidsl.render.tables import json as json_format
from kpidsl.render.tables import markdown, text
from kpidsl.render.tables.table import Entry, Head, Table
from kpidsl.visible import ACTIVE, visible

KPIS = Table.of(
    [Head("name"), Head("value", number=True), Head("nothing"), Head("why", folds=True, spare=1)],
    [
        ["cac", Entry("USD 2,000", Role.TITLE), "", "because it is so, and it is so for a long time already"],
        ["日本", "3", "", ""],
    ],
)


def test_columns_are_aligned_and_empty_ones_left_out() -> None:
    assert text.show(KPIS).splitlines() == [
        "name       value   why",
        "cac    USD 2,000   because it is so, and it is so for a long time already",
        "日本           3",
    ]


def test_sentences_are_folded_into_a_terminal() -> None:
    assert text.show(KPIS, width=50).splitlines() == [
        "name       value   why",
        "cac    USD 2,000   because it is so, and it is so",
        "                   for a long time already",
        "日本           3",
    ]


def test_what_can_be_spared_is_left_out_of_a_narrow_terminal() -> None:
    assert text.show(KPIS, width=30).splitlines() == [
        "name       value",
        "cac    USD 2,000",
        "日本           3",
        "(left out of this narrow terminal: why)",
    ]


def test_a_number_is_never_cut() -> None:
    assert "USD 2,000" in text.show(KPIS, width=8)


def test_a_value_from_data_is_cut_for_people_only() -> None:
    long, sentence = "x" * 5_000, "y " * 100
    table = Table.of([Head("channel", cuts=True), Head("why", folds=True)], [[long, sentence], ["x" * 60, ""]])
    _, first, second = text.show(table).splitlines()
    assert first.split("   ") == ["x" * 59 + "…", sentence.rstrip()]
    assert second == "x" * 60
    assert all(long in module.show(table) for module in (markdown, csv_format, json_format))


def test_colours() -> None:
    assert "\x1b[1mUSD 2,000\x1b[0m" in text.show(KPIS, color=True)


def test_markdown() -> None:
    table = Table.of([Head("na|me"), Head("value", number=True)], [["a|b", "1"], ["<b>&", "2"], ["`x` *y*", "_z_ a_b"]])
    assert markdown.show(table).splitlines() == [
        "| na\\|me | value |",
        "| --- | ---: |",
        "| a\\|b | 1 |",
        "| &lt;b&gt;&amp; | 2 |",
        "| \\`x\\` \\*y\\* | \\_z\\_ a_b |",
    ]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# no heading", "\\# no heading"),
        ("- no item", "\\- no item"),
        ("1. no item", "1\\. no item"),
        ("7.8% of - all", "7.8% of - all"),
    ],
)
def test_markdown_at_the_start_of_a_line(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_code_in_markdown() -> None:
    assert code("a") == "`a`"
    assert code("a`b") == "``a`b``"
    assert code("`a`") == "`` `a` ``"


def test_csv_keeps_numbers_and_disarms_formulas() -> None:
    rows = [
        ["=1+1", "+x", "-x", "@x", " =1"],
        [-1.5, "-1.5", "a=1", 'say "hi", you', "two\nlines"],
        [None, True, 0, 1.0, "\x1b[31m"],
    ]
    assert csv_text(["a", "b", "c", "d", "e"], rows) == (
        'a,b,c,d,e\n\'=1+1,\'+x,\'-x,\'@x,\' =1\n-1.5,-1.5,a=1,"say ""hi"", you","two\nlines"\n,true,0,1.0,\\x1b[31m\n'
    )


ANY = st.text(st.characters(exclude_categories=[]), max_size=20)


@settings(max_examples=100)
@given(st.lists(st.lists(ANY, min_size=2, max_size=2), max_size=4), st.integers(1, 60))
def test_any_text(rows: list[list[str]], width: int) -> None:
    table = Table.of([Head("one", folds=True), Head("two", number=True, spare=1)], rows)
    for shown in (text.show(table), text.show(table, width=width), markdown.show(table)):
        assert all(not ACTIVE.search(line) for line in shown.split("\n"))
    assert markdown.show(table).count("\n") in (2 + len(rows), 2)
    read = list(csv.reader(io.StringIO(csv_format.show(table))))
    assert len(read) == 1 + len(rows)
    assert [[row["one"], row["two"]] for row in json.loads(json_format.show(table))["rows"]] == rows
    lines = text.show(table).splitlines()
    assert all(cell_len(line) <= max(map(cell_len, lines)) for line in lines)


@settings(max_examples=100)
@given(ANY)
def test_visible_text_is_visible(text: str) -> None:
    assert not ACTIVE.search(visible(text))
    assert visible(visible(text)) == visible(text)
