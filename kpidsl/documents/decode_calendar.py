"""What a file says of the calendar: when weeks and years start, or which weeks a fiscal year has and when it ends."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from functools import partial

from msgspec import Struct

from kpidsl.diagnostics import Diagnostic, Label
from kpidsl.documents import messages
from kpidsl.documents.entries import Entry
from kpidsl.documents.nodes import Scalar
from kpidsl.documents.trace import offsets
from kpidsl.periods.calendar import MONTHS, WEEK_PATTERNS, WEEKDAYS, Calendar, FiscalYear, month_number, weekday_number
from kpidsl.suggest import nearest
from kpidsl.text import Excerpt, Span

_END = re.compile(r"\s*(?:nearest|last) (?P<weekday>[A-Za-z]+) (?:to|of) (?P<month>[A-Za-z]+)(?: (?P<day>[0-9]{1,2}))?\s*")
_LEAP_YEAR = 2024


class _End(Struct, frozen=True):
    """The last day of a year: the `weekday` nearest to a day of the month, or without `day` the last one in it."""

    weekday: int
    month: int
    day: int | None


def decode_calendar(entry: Entry, timezone: str, found: list[Diagnostic]) -> Calendar:
    """The calendar; of a fiscal year that is not told as a whole, which is put on the list, only the weeks are taken."""
    week_starts = weekday_number(entry.text("week_starts"))
    found.extend(_key_problems(entry))
    end = _end(entry, found)
    if end is None:
        return Calendar(week_starts or 1, month_number(entry.text("year_starts")) or 1, timezone)
    right = end.weekday % 7 + 1
    if week_starts is not None and week_starts != right:
        found.append(_week_problem(entry, week_starts, end.weekday, right))
    weeks = WEEK_PATTERNS.get(entry.text("year"))
    return Calendar(right, timezone=timezone, fiscal=FiscalYear(weeks, end.month, end.day) if weeks is not None else None)


def _key_problems(entry: Entry) -> Iterator[Diagnostic]:
    """What lacks or is too much beside `year` and `year_ends`, which go together."""
    year, ends, starts = entry.place("year"), entry.place("year_ends"), entry.place("year_starts")
    if year is not None and ends is None:
        yield messages.missing_key(year.label(), "the calendar", ("year_ends",), "year_ends: nearest saturday to january 31")
    if ends is not None and year is None:
        yield messages.missing_key(ends.label(), "the calendar", ("year",), "year: 4-5-4")
    if starts is not None and year is not None:
        yield messages.one_of(starts.label(), "the calendar", ("year_starts", "year"))


def _week_problem(entry: Entry, given: int, last: int, right: int) -> Diagnostic:
    starts, ends = entry.written("week_starts"), entry.written("year_ends")
    assert starts is not None and ends is not None
    words = (WEEKDAYS[number - 1] for number in (given, last, right))
    return messages.weeks_against_year(starts.label(), ends.label(), *words)


def _end(entry: Entry, found: list[Diagnostic]) -> _End | None:
    """When the year ends; None where it is not said, or not as the shape wants it, or with words that are none."""
    node = entry.node("year_ends")
    words = _END.fullmatch(node.text) if isinstance(node, Scalar) else None
    if words is None or not isinstance(node, Scalar):
        return None
    place = partial(_part, Excerpt(entry.file, node.text, partial(offsets, entry.file.text, node)), words)
    weekday, month, day = weekday_number(words["weekday"]), month_number(words["month"]), words["day"]
    if weekday is None:
        found.append(_unknown_word(place("weekday"), "a weekday", words["weekday"], WEEKDAYS))
    if month is None:
        found.append(_unknown_word(place("month"), "a month", words["month"], MONTHS))
    elif day is not None and not 1 <= int(day) <= _longest(month):
        found.append(messages.no_such_day(place("day"), words["month"], int(day), _longest(month)))
        return None
    return _End(weekday, month, int(day) if day else None) if weekday is not None and month is not None else None


def _part(excerpt: Excerpt, words: re.Match[str], part: str) -> Label:
    return Label(excerpt.file, excerpt.span(Span(*words.span(part))))


def _unknown_word(label: Label, noun: str, word: str, known: Sequence[str]) -> Diagnostic:
    return messages.unknown_word(label, noun, word, known, nearest(word, known))


def _longest(month: int) -> int:
    return monthrange(_LEAP_YEAR, month)[1]
