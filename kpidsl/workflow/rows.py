"""The rows of a test to frames, and the words of its ask to the keywords of `evaluate`.

A source that is given is observed over the whole ask; omitted columns are missing and omitted keys are numbered. Without `to`
the last period is that of the last given row by the dates that the ask uses, and `as_of` is its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction

import pandas as pd
from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.catalog import Catalog, Source
from kpidsl.catalog.core import Type
from kpidsl.data.given import Frame, Given, Place
from kpidsl.documents.model import Scalar, Test, Written
from kpidsl.documents.scalars import share_value
from kpidsl.periods.bounds import next_start, start_of
from kpidsl.plan.ask import midnight, read_moment
from kpidsl.plan.nodes import Plan, Question
from kpidsl.plan.schedule import date_of

Row = Mapping[str, Written[Scalar]]
Placing = Callable[[str, pd.DataFrame, Source], Place]  # of the rows of a source by its name
_NEVER = (date.min, date.min)


class Span(Struct, frozen=True):
    """The half-open range of a test's ask; its sources are observed from `first` on, which is earlier
    where verdicts look at rows before it.
    """

    start: datetime
    end: datetime
    first: datetime


def frames(test: Test, catalog: Catalog, span: Span | None, place: Placing | None = None) -> dict[str, Given]:
    """The given rows as frames, or where `place` brings them; a source that is not given is there too, empty, not observed."""
    given: dict[str, Given] = {}
    for name, source in catalog.sources.items():
        if name in test.given:
            covers = (span.first, span.end) if span is not None and source.time else None
            given[name] = Given(Frame(_frame(test.given[name][1], source)), covers=covers)
        else:
            given[name] = Given(Frame(_frame((), source)), covers=_NEVER)
    return given if place is None else {name: _placed(place, catalog.sources[name], each) for name, each in given.items()}


def _placed(place: Placing, source: Source, given: Given) -> Given:
    assert isinstance(given.place, Frame) and isinstance(given.place.rows, pd.DataFrame)
    return replace(given, place=place(source.name, given.place.rows, source))


def _frame(rows: tuple[Row, ...], source: Source) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for name, column in source.columns.items():
        if column.formula is not None:
            continue
        numbered = name in source.key and not any(name in row for row in rows)
        cells = [_cell(row, name, column.type, number if numbered else None) for number, row in enumerate(rows, 1)]
        columns[column.data_name] = pd.Series(cells, dtype=object, index=range(len(rows)))
    return pd.DataFrame(columns, index=range(len(rows)))


def _cell(row: Row, name: str, kind: Type, number: int | None) -> object:
    if number is not None:
        return number if kind is Type.NUMBER else str(number)
    value = _value(row[name], kind) if name in row else None
    match value:
        case Fraction():
            return float(value)
        case int() if kind is Type.TEXT and not isinstance(value, bool):
            return str(value)
        case _:
            return value


def _value(written: Written[Scalar], kind: Type) -> Scalar:
    """What is written, in a column of numbers `25%` as 1/4; in quotes it is text, which is no number."""
    value = written.value
    if kind is not Type.NUMBER or not isinstance(value, str) or not _is_plain(written):
        return value
    share = share_value(value)
    return value if share is None else share


def _is_plain(written: Written[Scalar]) -> bool:
    return written.file.text[written.span.start : written.span.end] == written.value


def span_of(test: Test, plan: Plan) -> Span | None:
    """The range of the ask: as asked, else from the period of the first given row to that of the last."""
    dates = sorted(_dates(test, plan))
    question = plan.question
    start = midnight(question.start) if question.start is not None else dates[0] if dates else None
    end = midnight(question.end) if question.end is not None else _end(dates[-1], question, plan) if dates else None
    if start is None or end is None:
        return None
    first = min([start, *dates]) if plan.lead.lengths or plan.lead.everything else start
    if question.every is not None:
        start, first = (midnight(start_of(plan.calendar, question.every, each.date())) for each in (start, first))
    return Span(start, end, first) if start < end else None


def _end(last: datetime, question: Question, plan: Plan) -> datetime:
    """The day after the last row's, or the end of its period."""
    if question.every is None:
        return midnight(last.date() + timedelta(days=1))
    return midnight(next_start(plan.calendar, question.every, start_of(plan.calendar, question.every, last.date())))


def _dates(test: Test, plan: Plan) -> Iterator[datetime]:
    """The given values of every date that places rows in this ask."""
    for scan in plan.scans:
        placing = date_of(scan.placement)
        if placing is not None:
            *_, (source, column) = plan.catalog.steps(scan.source, placing.path)
            for row in test.given[source][1] if source in test.given else ():
                value = row[column].value if column in row else None
                moment = read_moment(value, plan.calendar) if isinstance(value, date) else None
                if moment is not None:
                    yield midnight(moment)
