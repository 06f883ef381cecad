"""A plan and its schedule to text for people: scans, their slots and times, and what is collected for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from kpidsl.catalog.core import Core
from kpidsl.periods.grain import Grain
from kpidsl.plan.messages import spelled
from kpidsl.plan.nodes import (
    Closing,
    Count,
    Dated,
    Distinct,
    Earlier,
    Elapsed,
    Extreme,
    Moment,
    Ordered,
    Placement,
    Plan,
    Rank,
    Scan,
    Seen,
    Slot,
    Stock,
    Sum,
    Term,
    Time,
    Times,
)
from kpidsl.plan.schedule import Collect, Schedule
from kpidsl.results.spelling import spell


def show_plan(plan: Plan, schedule: Schedule) -> str:
    """The plan, a line for each thing that is done."""
    return "\n".join(_lines(plan, schedule)) + "\n"


def _lines(plan: Plan, schedule: Schedule) -> Iterator[str]:
    yield f"values: {', '.join(plan.question.values)}"
    yield f"cells: {_cells(plan, schedule)}"
    for number, scan in enumerate(plan.scans):
        yield ""
        yield f"scan {number}: {scan.source}, {_placed(scan.placement)}"
        if scan.dimensions:
            paths = zip(plan.question.by, scan.dimensions, strict=True)
            yield f"  by {', '.join(f'{name} ({path.name})' for name, path in paths)}"
        if scan.condition is not None:
            yield f"  where {spell(scan.condition)}"
        for name, slot in scan.slots.items():
            yield f"  {name} = {_slot(slot, scan)}"
        for collect in schedule.collects:
            if collect.scan == number:
                yield f"  collects {_collected(collect, plan)}"
    chains = [times for times in schedule.lines if times]
    if chains:
        yield ""
        yield "windows:"
        for times in chains:
            yield f"  {_chain(times)}: {_count(len(schedule.lines[times].intervals), 'interval')}"


def _cells(plan: Plan, schedule: Schedule) -> str:
    parts = list(plan.question.by)
    every = plan.question.every
    if every is not None:
        shown = schedule.periods[schedule.lead :]
        parts.append(f"{_count(len(shown) - 1, every.value)} from {shown[0]} to {shown[-1]}{_before(schedule, every)}")
    elif schedule.periods:
        parts.append(f"one period from {schedule.periods[0]} to {schedule.periods[-1]}")
    return " × ".join(parts)


def _before(schedule: Schedule, every: Grain) -> str:
    return f", and {_count(schedule.lead, every.value)} before that verdicts look at" if schedule.lead else ""


def _placed(placement: Placement) -> str:
    match placement:
        case Dated(date=date):
            return f"placed by {date.name}"
        case Stock(start=start, end=None):
            return f"alive from {start.name}"
        case Stock(start=start, end=end) if end is not None:
            return f"alive from {start.name} to {end.name}"
        case Closing(date=date):
            return f"on the last {date.name}"
        case _:
            return "without a date"


def _slot(slot: Slot, scan: Scan) -> str:
    match slot:
        case Count(term):
            return _called("count", term, scan)
        case Distinct(term):
            return _called("count distinct", term, scan)
        case Sum(term):
            return _called("sum", term, scan)
        case Extreme(function=function, term=term) | Ordered(function=function, term=term, fraction=None):
            return _called(function, term, scan)
        case Ordered(function=function, term=term, fraction=fraction):
            return _called(f"{function} {float(fraction or 0):.4g}", term, scan)
        case Moment(left=left, right=right, cluster=None):
            return f"sum of products of {left} and {right}"
        case Moment(left=left, right=right, cluster=cluster) if cluster is not None:
            return f"sum of products of {left} and {right}, each added up by {cluster.name} first"
        case Rank(term, fraction, upper):
            return _called(f"{'upper' if upper else 'lower'} end of percentile {float(fraction):.4g}", term, scan)
        case _:
            raise AssertionError(slot)


def _called(function: str, term: Term, scan: Scan) -> str:
    argument = "rows" if term.argument is None else spell(term.argument)
    return f"{function} of {argument}" + _where(term.where)


def _where(condition: Core | None) -> str:
    return "" if condition is None else f" where {spell(condition)}"


def _collected(collect: Collect, plan: Plan) -> str:
    names = ", ".join(collect.slots) or "which cells there are"
    by = [plan.question.by[number] for number in collect.dimensions]
    grouped = f" by {', '.join(by)}" if by else ""
    if not collect.pieces:
        return f"{names}{grouped}, over all rows"
    first, last = collect.pieces[0].start, collect.pieces[-1].end
    pieces = _count(len(collect.pieces), "piece")
    overlap = "" if collect.tiling else " that overlap"
    return f"{names}{grouped}, in {pieces} of time{overlap}, from {_moment(first)} to {_moment(last)}"


def _moment(moment: datetime) -> str:
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ", "minutes")


def _chain(times: Times) -> str:
    return " in ".join(_step(step) for step in reversed(times))


def _step(step: Time) -> str:
    """A frame as a formula spells it, or in words where only verdicts look so."""
    match step:
        case Elapsed(amount=int(amount), unit=Grain() as unit):
            return f"the part that has passed, {_count(amount, unit.value)} before"
        case Elapsed():
            return "the part that has passed, of the period before"
        case Earlier(part=part, many=many):
            periods = f"{_count(many, 'period')} before, one by one"
            return f"the part that has passed, of {periods}" if part else periods
        case Seen(days=days):
            return f"all rows, for a period that ended less than {_count(days, 'day')} ago"
        case _:
            return spelled(step).strip("`")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
