"""A value, its interval and its benchmark as a line of characters: the interval drawn against the band.

    ····───────●━━━━━━━░░░░░░░░░░░░░░░░░░░░
               15%                 30%

`░` is the band of the benchmark, `─` the interval outside of it, `━` inside, `●` the value. A side on which the range is open
runs to the edge.
"""

from __future__ import annotations

from dataclasses import dataclass

from kpidsl.render.paint import Paint, Role

_WIDTH = 48


@dataclass(frozen=True, slots=True)
class Strip:
    """What is drawn: a value, its interval, and the bounds of the range, None where it is open."""

    value: float
    low: float
    high: float
    start: float | None
    end: float | None


def draw(strip: Strip, role: Role, paint: Paint) -> str | None:
    """The line; None where all numbers are the same and there is nothing to draw. `role` is that of the verdict."""
    scale = _scale(strip)
    if scale is None:
        return None
    first, step = scale

    def column(number: float) -> int:
        return min(_WIDTH - 1, max(0, round((number - first) / step)))

    start = 0 if strip.start is None else column(strip.start)
    end = _WIDTH - 1 if strip.end is None else column(strip.end)
    interval, point = range(column(strip.low), column(strip.high) + 1), column(strip.value)
    return "".join(_drawn(at, at == point, at in interval, start <= at <= end, role, paint) for at in range(_WIDTH))


def _scale(strip: Strip) -> tuple[float, float] | None:
    """The number at the left edge, and what a character is worth; a tenth of the span is left free on both sides."""
    known = [each for each in (strip.value, strip.low, strip.high, strip.start, strip.end) if each is not None]
    first, last = min(known), max(known)
    span = last - first
    if span <= 0 or span * 2 == span or span <= 1e-9 * max(abs(first), abs(last)):
        return None
    return first - span / 10, span * 1.2 / (_WIDTH - 1)


def _drawn(at: int, is_point: bool, in_interval: bool, in_band: bool, role: Role, paint: Paint) -> str:
    if is_point:
        return paint(role, "●")
    if in_interval:
        return paint(role, "━" if in_band else "─")
    return paint(Role.GOOD, "░") if in_band else paint(Role.QUIET, "·")
