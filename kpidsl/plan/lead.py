"""How much of the time before the one asked for verdicts look at: a question and its values in, the lead out.

A verdict that depends on earlier values of the KPI (its history, the limits of its process, how long it was short) must be the
same whatever range is asked. So the question is worked out from far enough back, and what was not asked for is left out of the
result. Limits of a process, and a verdict that waits before it turns, depend on all values from the first row on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from kpidsl.catalog.catalog import Benchmark, Value
from kpidsl.periods.bounds import start_of, starts
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.periods.moves import window_start
from kpidsl.plan.ask import midnight
from kpidsl.plan.nodes import Lead, Question


def find_lead(question: Question, values: Mapping[str, Value]) -> Lead:
    """What the benchmarks of the values asked for need; nothing where no period is asked for."""
    asked = [each for name in question.values for each in values[name].benchmarks if each.every in (None, question.every)]
    if question.every is None:
        return Lead()
    lengths = {each.history.length: None for each in asked if each.history is not None}
    return Lead(tuple(lengths), any(_takes_everything(each) for each in asked))


def _takes_everything(benchmark: Benchmark) -> bool:
    return benchmark.process is not None or benchmark.hold is not None


def lead_in(lead: Lead, calendar: Calendar, grain: Grain, start: date, firsts: Iterable[date]) -> tuple[date, ...]:
    """The starts of the periods before `start`, itself the start of one, that are to be worked out as well.

    `firsts` are the days from which there are rows; no period before the first of them is.
    """
    begun = start_of(calendar, grain, min(firsts, default=start))
    back = [begun] if lead.everything else [earliest(calendar, start, length) for length in lead.lengths]
    first = max(begun, min(back, default=start))
    found = starts(calendar, grain, first, start)
    return found[1:] if found and found[0] < first else found


def earliest(calendar: Calendar, start: date, length: tuple[int, Grain]) -> date:
    """The first day that a length of time before a day holds."""
    return window_start(calendar, None, midnight(start), *length).date()
