"""A value, its interval and its benchmark as a line of characters: the interval drawn against the band.

    ····───────●━━━━━━━░░░░░░░░░░·····
               15%               30%

`░` is the band of the benchmark, `─` the interval outside of it, `━` inside, `●` the value. A side on which the range is open
runs to the edge.
"""

from __future__ import annotations

from itertools import groupby
from math import isfinite

from msgspec import Struct

from kpidsl.render.paint import Paint, Role

_WIDTH = 48


class Strip(Struct, frozen=True):
    """What is drawn: a value, its interval, and the bounds of the range, None where it is open."""

    value: float
    low: float
    high: float
    start: float | None
    end: float | None


def draw(strip: Strip, bounds: tuple[str, str], role: Role, paint: Paint) -> list[str]:
    """The line, and one with the bounds of the range below it; nothing where all numbers are the same.

    `role` is that of the verdict, `bounds` what the bounds of the range are called.
    """
    scale = _scale(strip)
    if scale is None:
        return []
    start, end = (None if bound is None else scale.column(bound) for bound in (strip.start, strip.end))
    interval, point = range(scale.column(strip.low), scale.column(strip.high) + 1), scale.column(strip.value)
    band = range(0 if start is None else start, _WIDTH if end is None else end + 1)
    drawn = [_drawn(at == point, at in interval, at in band, role) for at in range(_WIDTH)]
    line = "".join(paint(of, "".join(sign for _, sign in run)) for of, run in groupby(drawn, key=lambda each: each[0]))
    return [line, paint(Role.QUIET, _below(start, end, bounds))]


class _Scale(Struct, frozen=True):
    """The number at the left edge, and what a character is worth."""

    first: float
    step: float

    def column(self, number: float) -> int:
        return min(_WIDTH - 1, max(0, round((number - self.first) / self.step)))


def _scale(strip: Strip) -> _Scale | None:
    """A scale that leaves a tenth of the span free on both sides."""
    known = [each for each in (strip.value, strip.low, strip.high, strip.start, strip.end) if each is not None]
    first, last = min(known), max(known)
    span = last - first
    if span <= 1e-9 * max(abs(first), abs(last)) or not isfinite(span * 2):
        return None
    return _Scale(first - span / 10, span * 1.2 / (_WIDTH - 1))


def _drawn(is_point: bool, in_interval: bool, in_band: bool, role: Role) -> tuple[Role, str]:
    if is_point:
        return role, "●"
    if in_interval:
        return role, "━" if in_band else "─"
    return (Role.GOOD, "░") if in_band else (Role.QUIET, "·")


def _below(start: int | None, end: int | None, bounds: tuple[str, str]) -> str:
    """The bounds, each centred below its place; where they would meet, the second one follows the first."""
    line = ""
    for column, text in ((start, bounds[0]), (end, bounds[1])):
        if column is not None:
            free = len(line) + 2 if line else 0
            line = f"{line:<{max(free, column - len(text) // 2)}}{text}"
    return line
