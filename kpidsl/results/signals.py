"""A process in words: what its state is in a cell, why, and what it means beside the verdict on how good the value is."""

from __future__ import annotations

from datetime import date

from kpidsl.results.limits import LEAST, ROUGH
from kpidsl.results.numbers import show_number
from kpidsl.results.process import Process, Rule, State
from kpidsl.results.verdicts import Verdict
from kpidsl.units.unit import Unit

_GOOD = frozenset({Verdict.LEVEL, Verdict.WITHIN, Verdict.BEYOND})
_BAD = frozenset({Verdict.SHORT, Verdict.OUTSIDE})


def both(state: State | None, verdict: Verdict | None) -> str:
    """The two axes in words, such as `steady and short`; empty where one of them does not tell."""
    moving = {State.STEADY: "steady", State.SIGNAL: "changing"}.get(state) if state else None
    if moving is None or verdict not in _GOOD | _BAD:
        return ""
    return f"{moving} and {'good' if verdict in _GOOD else 'short'}"


def why(process: Process, cell: int, unit: Unit, percent: bool) -> str:
    """Why the process is in its state; empty where it is steady or there is nothing to say."""
    match process.state(cell):
        case State.SIGNAL:
            return _signal(process, cell, unit, percent) + _rough(process, cell)
        case State.TOO_FEW:
            return f"{_values(process, cell)} before it, {LEAST} are needed for limits"
        case State.CONSTANT:
            return f"{_values(process, cell)} before it do not vary, which gives no limits"
        case State.AUTOCORRELATED:
            return f"among {_values(process, cell)} each follows the one before too closely for limits to hold"
        case State.NOT_FINAL:
            return "the value is not final"
        case _:
            return ""


def _values(process: Process, cell: int) -> str:
    count, since = int(process.points[cell]), process.since_break(cell)
    return f"{count} {'value' if count == 1 else 'values'}" + (f" since {_since(*since)}" if since else "")


def _since(day: date, reason: str) -> str:
    return f"{day.isoformat()} ({reason})" if reason else day.isoformat()


def _signal(process: Process, cell: int, unit: Unit, percent: bool) -> str:
    above = bool(process.above[cell])
    limit = float((process.upper if above else process.lower)[cell])
    side, centre = ("upper", "lower")[not above], show_number(float(process.centre[cell]), unit, percent)
    words = {
        Rule.LIMIT: f"{'above' if above else 'below'} the {side} limit {show_number(limit, unit, percent)}",
        Rule.NEAR: f"3 of 4 values nearer the {side} limit than the centre {centre}",
        Rule.ROW: f"8 values in a row {'above' if above else 'below'} the centre {centre}",
    }
    return ", ".join(words[rule] for rule in process.rules(cell))


def _rough(process: Process, cell: int) -> str:
    count = int(process.points[cell])
    return f" (limits from {count} values are rough)" if count < ROUGH else ""
