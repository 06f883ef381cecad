"""Plain scalars are typed by YAML 1.2's core rules, in decimals only, and exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from kpidsl.documents.nodes import Scalar
from kpidsl.documents.scalars import core_value, row_value, trap


def plain(text: str) -> Scalar:
    return Scalar(text, "", 0, len(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-3", -3),
        ("1.10", Fraction(11, 10)),
        (".5", Fraction(1, 2)),
        ("1e3", Fraction(1000)),
        ("-2.5E-1", Fraction(-1, 4)),
        ("won", "won"),
    ],
)
def test_core_values(text: str, value: object) -> None:
    found = core_value(plain(text))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "NO",
        "yes",
        "on",
        "012",
        "12:30",
        "1_000",
        "0x1F",
        "0o17",
        ".inf",
        ".nan",
        "-",
        "+",
        ".",
        "1.",
        "2024-01-31",
        "1e999",
        "9" * 99,
    ],
)
def test_what_stays_text(text: str) -> None:
    assert core_value(plain(text)) == text


@pytest.mark.parametrize("style", ["'", '"', "|", ">"])
def test_quoted_text_is_text(style: str) -> None:
    assert core_value(Scalar("12", style, 0, 4)) == "12"
    assert row_value(Scalar("2026-01-05", style, 0, 12)) == "2026-01-05"


def test_tagged_text_is_text() -> None:
    assert core_value(Scalar("12", "", 0, 8, tagged=True)) == "12"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026-01-05 10:30", datetime(2026, 1, 5, 10, 30)),
        ("2026-01-05T10:30:00Z", datetime(2026, 1, 5, 10, 30, tzinfo=UTC)),
        ("2026-02-30", "2026-02-30"),
        ("2026-01", "2026-01"),
        ("007", "007"),
        ("100", 100),
    ],
)
def test_cells_of_rows(text: str, value: object) -> None:
    assert row_value(plain(text)) == value


@pytest.mark.parametrize(
    ("text", "word"), [("no", "true"), ("012", "zero"), ("1_000", "underscores"), ("0x1F", "decimals"), ("30.0", "point")]
)
def test_traps_are_explained(text: str, word: str) -> None:
    assert word in trap(text)


def test_a_word_is_no_trap() -> None:
    assert trap("won") == ""
