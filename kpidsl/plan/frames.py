"""Windows to frames: the aggregates that a formula takes, at which times and by which dimensions, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import WINDOW_FUNCTIONS, Aggregate, Apply, Constant, Core, Reference
from kpidsl.diagnostics import Diagnostic
from kpidsl.periods import moves
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.plan import messages
from kpidsl.plan.nodes import Earlier, Elapsed, Fold, Frame, Seen, Shift, Time, Times, ToDate, Total, Window

MOST_FRAMES = 500


class Framed(Struct, frozen=True):
    """An aggregate as a formula takes it: at these times, by these dimensions."""

    aggregate: Aggregate
    times: Times
    by: tuple[str, ...]


class TooManyFrames(Exception):
    """Windows that are nested through too many names."""


def is_window(node: Core) -> bool:
    """Whether a node at value level is a window."""
    return isinstance(node, Apply) and node.function in WINDOW_FUNCTIONS


def frame_of(node: Apply) -> Frame:
    """The frame in which a window takes its first argument."""
    words = [argument.value for argument in node.arguments[1:] if isinstance(argument, Constant)]
    match node.function, words:
        case "previous", []:
            return Shift()
        case "previous", [Fraction() as amount, str(unit)]:
            return Shift(int(amount), Grain(unit))
        case "elapsed", []:
            return Elapsed()
        case "elapsed", [Fraction() as amount, str(unit)]:
            return Elapsed(int(amount), Grain(unit))
        case "rolling", [Fraction() as amount, str(unit)]:
            return Window(int(amount), Grain(unit))
        case "to_date", [*units]:
            return ToDate(Grain(units[0]) if units else None)
        case "average", [str(unit)]:
            return Fold(Grain(unit))
        case "average", [str(unit), "whole"]:
            return Fold(Grain(unit), whole=True)
        case "total", names:
            return Total(tuple(str(name) for name in names))
        case _:
            raise AssertionError(node)


def without(by: tuple[str, ...], frame: Total) -> tuple[str, ...]:
    """The dimensions that a total leaves."""
    return tuple(name for name in by if name not in frame.without) if frame.without else ()


def framed(core: Core, values: Mapping[str, Value], by: tuple[str, ...]) -> tuple[Framed, ...]:
    """The aggregates under a formula with their frames, each once, from left to right; raises TooManyFrames."""
    found: dict[Framed, None] = {}
    seen: set[tuple[str, Times, tuple[str, ...]]] = set()
    stack: list[tuple[Core, Times, tuple[str, ...]]] = [(core, (), by)]
    while stack:
        node, times, dimensions = stack.pop()
        match node:
            case Aggregate():
                found[Framed(node, times, dimensions)] = None
            case Apply() if is_window(node):
                frame = frame_of(node)
                below = (times, without(dimensions, frame)) if isinstance(frame, Total) else ((*times, frame), dimensions)
                stack.append((node.arguments[0], *below))
            case Apply(arguments=arguments):
                stack.extend((argument, times, dimensions) for argument in reversed(arguments))
            case Reference() if (node.name, times, dimensions) not in seen:
                seen.add((node.name, times, dimensions))
                stack.append((values[node.name].core, times, dimensions))
            case _:
                pass
        if len({(each.times, each.by) for each in found}) > MOST_FRAMES:
            raise TooManyFrames
    return tuple(found)


def is_percentile(core: Core, values: Mapping[str, Value]) -> bool:
    """Whether a formula is nothing but a median or percentile, by whatever name, in whatever one frame."""
    match core:
        case Aggregate(function="median" | "percentile"):
            return True
        case Reference():
            return is_percentile(values[core.name].core, values)
        case Apply(function=function, arguments=(part, *_)) if is_window(core) and function != "average":
            return is_percentile(part, values)
        case _:
            return False


def misfits(value: str, times: Times, every: Grain | None, calendar: Calendar) -> Iterator[Diagnostic]:
    """What of a chain of frames does not fit the periods that are asked for."""
    grain = every
    for step in times:
        problem = _problem(step, grain, calendar)
        if problem is not None:
            yield messages.window_does_not_fit(value, step, grain, problem)
            return
        match step:
            case Fold(unit=unit):
                grain = unit
            case Window() | ToDate():
                grain = None
            case Shift() | Elapsed() | Earlier() | Seen():
                pass


def _problem(step: Time, grain: Grain | None, calendar: Calendar) -> str | None:
    match step:
        case Shift(amount=int(amount), unit=Grain() as unit) | Elapsed(amount=int(amount), unit=Grain() as unit):
            return moves.shift_problem(calendar, grain, amount, unit)
        case Window(amount=amount, unit=unit):
            return moves.window_problem(calendar, grain, amount, unit)
        case ToDate(unit=Grain() as unit):
            return moves.to_date_problem(calendar, grain, unit)
        case Fold(unit=unit):
            return moves.average_problem(calendar, grain, unit)
        case _:
            return None
