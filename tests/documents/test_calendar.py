"""What a file says of the calendar, and what is wrong with it."""

from __future__ import annotations

import pytest

from kpidsl.documents.read import read
from kpidsl.periods.calendar import Calendar, FiscalYear
from kpidsl.text import File

RETAIL = "year: 4-5-4, year_ends: nearest saturday to january 31"


def calendar_of(text: str) -> tuple[Calendar, list[tuple[str, str, str | None]]]:
    """The calendar of a project, and of each finding its code, the text it points at and the one to put there."""
    file = File("kpidsl.yaml", f"project: {{calendar: {{{text}}}}}")
    definitions, found = read([file])
    places = [(each.code, each.labels[0].span, each.edit.replacement if each.edit is not None else None) for each in found]
    return definitions.project.calendar, [(code, file.text[at.start : at.end], better) for code, at, better in places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Calendar()),
        ("week_starts: sunday, year_starts: april", Calendar(week_starts=7, year_starts=4)),
        (RETAIL, Calendar(week_starts=7, fiscal=FiscalYear((4, 5, 4), 1, 31))),
        (f"week_starts: sunday, {RETAIL}", Calendar(week_starts=7, fiscal=FiscalYear((4, 5, 4), 1, 31))),
        (
            "year: 4-4-5, year_ends: 'last sunday of september', timezone: Europe/Paris",
            Calendar(week_starts=1, timezone="Europe/Paris", fiscal=FiscalYear((4, 4, 5), 9)),
        ),
        ("year: 5-4-4, year_ends: nearest friday to february 29", Calendar(week_starts=6, fiscal=FiscalYear((5, 4, 4), 2, 29))),
    ],
)
def test_calendars(text: str, expected: Calendar) -> None:
    assert calendar_of(text) == (expected, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("year: 4-5-4", ("missing-key", "year", None)),
        ("year_ends: last saturday of january", ("missing-key", "year_ends", None)),
        (f"{RETAIL}, year_starts: april", ("wrong-shape", "year_starts", None)),
        (f"week_starts: monday, {RETAIL}", ("wrong-shape", "monday", "sunday")),
        ("year: 4-5-5, year_ends: last saturday of january", ("unknown-word", "4-5-5", "4-5-4")),
        ("year: 4-5-4, year_ends: last saturdy of january", ("unknown-word", "saturdy", "saturday")),
        ("year: 4-5-4, year_ends: nearest Saturday to january 31", ("unknown-word", "Saturday", "saturday")),
        ("year: 4-5-4, year_ends: 'last saturday of janury'", ("unknown-word", "janury", "january")),
        ("year: 4-5-4, year_ends: nearest saturday to february 30", ("wrong-shape", "30", None)),
        ("year: 4-5-4, year_ends: nearest saturday to march 0", ("wrong-shape", "0", None)),
        ("year: 4-5-4, year_ends: saturday", ("wrong-shape", "saturday", None)),
        ("year: 4-5-4, year_ends: last saturday of january 31", ("wrong-shape", "last saturday of january 31", None)),
        ("year: 4-5-4, year_ends: [a]", ("wrong-shape", "year_ends", None)),
        ("year: 4-5-4, year_ends: ", ("wrong-shape", "year_ends", None)),
        ("year: , year_ends: last saturday of january", ("wrong-shape", "year", None)),
    ],
)
def test_mistakes(text: str, expected: tuple[str, str, str | None]) -> None:
    assert calendar_of(text)[1] == [expected]


def test_both_words_of_an_end_are_looked_at() -> None:
    words = "year: 4-5-4, year_ends: nearest saturdy to janury 31"
    assert [place for _, place, _ in calendar_of(words)[1]] == ["saturdy", "janury"]
