"""A value over time: its line and points, the ribbon of its intervals, the band of its benchmark, the limits of its process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import TypeVar

from msgspec import Struct

from kpidsl.render.report.elements import Markup, element, join, number
from kpidsl.render.report.scales import Scale, spanned, ticks
from kpidsl.render.report.strips import point, rectangle
from kpidsl.results.verdicts import Verdict

T = TypeVar("T")

_WIDTH, _HEIGHT = 640.0, 210.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 10.0, 12.0, 26.0
_LABELS = 7
_SPARK = (192.0, 48.0)  # twice as large as it is shown, so that whole numbers are fine enough


class Moment(Struct, frozen=True):
    """A period: its value and interval, None where there is none, the band of its benchmark, and what there is to say.

    With `open` the period is not over. `limits` are those of the process, low, centre and high, where it has any.
    """

    label: str
    value: float | None
    interval: tuple[float, float] | None
    band: tuple[float | None, float | None] | None
    verdict: Verdict | None
    words: str
    open: bool = False
    limits: tuple[float, float, float] | None = None


class _Frame(Struct, frozen=True):
    """Where moments lie from left to right, and numbers from below to above."""

    x: Scale
    y: Scale

    @property
    def half(self) -> float:
        """Half of the way from one moment to the next."""
        return (self.x.end - self.x.start) / max(1.0, self.x.last - self.x.first) / 2


def draw(moments: Sequence[Moment], words: str, details: str, tick: Callable[[float], str]) -> Markup | None:
    """The picture of some periods; None where no period has a value. `tick` says what a number beside the axis is called."""
    span = _span(moments)
    if span is None:
        return None
    last = max(1, len(moments) - 1)
    inset = 8.0
    frame = _Frame(Scale(0, last, _LEFT + inset, _WIDTH - _RIGHT - inset), Scale(*span, _HEIGHT - _BOTTOM, _TOP))
    return element(
        "svg",
        element("title", words),
        element("desc", details),
        _grid(frame, tick),
        _bands(moments, frame),
        _limits(moments, frame),
        _ribbon(moments, frame),
        _lines(moments, frame),
        _points(moments, frame),
        _below(moments, frame),
        viewbox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        class_="trend",
        role="img",
    )


def spark(moments: Sequence[Moment], words: str) -> Markup | None:
    """A word-sized picture: the line, and a dot for the last value that is final; decoration where it has no words."""
    over = [each for each in moments if not each.open]
    span = spanned(each.value for each in over)
    if span is None or sum(each.value is not None for each in over) < 2:
        return None
    width, height = _SPARK
    frame = _Frame(Scale(0, max(1, len(over) - 1), 8, width - 10), Scale(*span, height - 4, 4))
    at = max(place for place, each in enumerate(over) if each.value is not None)
    value = over[at].value
    assert value is not None
    dot = element("path", class_="d", d=f"M{frame.x(at):.0f} {frame.y(value):.0f}h.1")
    return element(
        "svg",
        element("title", words) if words else None,
        _line(over, frame, "l"),
        dot,
        viewbox=f"0 0 {width:g} {height:g}",
        class_="spark",
        role="img" if words else None,
        aria_hidden=None if words else "true",
    )


def _span(moments: Sequence[Moment]) -> tuple[float, float] | None:
    if all(each.value is None for each in moments):
        return None
    known = [each.value for each in moments]
    known.extend(bound for each in moments for bound in (each.band or ()))
    known.extend(limit for each in moments for limit in (each.limits or ()))
    return spanned(known, [each.interval for each in moments if each.interval])


def _grid(frame: _Frame, tick: Callable[[float], str]) -> Markup:
    places = [(frame.y(value), tick(value)) for value in ticks(frame.y.first, frame.y.last)]
    lines = "".join(f"M{_LEFT:.0f} {number(y)}H{_WIDTH - _RIGHT:.0f}" for y, _ in places)
    texts = (element("text", text, x=_LEFT - 8, y=y + 3.5, class_="x n") for y, text in places)
    return join(element("path", class_="g", d=lines), *texts)


def _level(start: float, end: float, y: float, kind: str) -> Markup:
    return element("path", class_=kind, d=f"M{number(start)} {number(y)}H{number(end)}")


def _bands(moments: Sequence[Moment], frame: _Frame) -> Markup:
    """The band, a rectangle for each run of periods with the same bounds; an edge where there is a bound."""
    parts = []
    for band, first, last in _runs([each.band for each in moments]):
        if band is None:
            continue
        start = _LEFT if first == 0 else frame.x(first) - frame.half
        end = _WIDTH - _RIGHT if last == len(moments) - 1 else frame.x(last) + frame.half
        low, high = band
        above = frame.y.end if high is None else frame.y(high)
        below = frame.y.start if low is None else frame.y(low)
        parts.append(rectangle(start, above, end - start, max(0.5, below - above), "b"))
        edges = [frame.y(bound) for bound in band if bound is not None]
        parts.extend(_level(start, end, at, "e") for at in edges)
    return join(*parts)


def _limits(moments: Sequence[Moment], frame: _Frame) -> Markup:
    """The limits of the process and its centre, as broken lines."""
    parts = []
    for limits, first, last in _runs([each.limits for each in moments]):
        if limits is None:
            continue
        start = max(frame.x(first) - frame.half, frame.x(0))
        end = min(frame.x(last) + frame.half, frame.x(len(moments) - 1))
        for limit, kind in zip(limits, ("u", "u m0", "u"), strict=True):
            parts.append(_level(start, end, frame.y(limit), kind))
    return join(*parts)


def _ribbon(moments: Sequence[Moment], frame: _Frame) -> Markup:
    """The intervals of neighbouring periods as an area; a single one as a line."""
    parts = []
    for there, first, last in _runs([each.interval is not None for each in moments]):
        if not there:
            continue
        bounds = [(frame.x(place), moments[place].interval or (0.0, 0.0)) for place in range(first, last + 1)]
        if first == last:
            x, (low, high) = bounds[0]
            parts.append(element("line", x1=x, x2=x, y1=frame.y(low), y2=frame.y(high), class_="r1"))
            continue
        there_and_back = [*((x, high) for x, (_, high) in bounds), *((x, low) for x, (low, _) in reversed(bounds))]
        parts.append(element("path", class_="r", d=_path(there_and_back, frame) + "z"))
    return join(*parts)


def _lines(moments: Sequence[Moment], frame: _Frame) -> Markup:
    """The line through all periods that are over, and a broken one on to the one that is not."""
    closed = [each if not each.open else None for each in moments]
    lines = _line([each or _nothing() for each in closed], frame, "l")
    last = len(moments) - 1
    if last > 0 and moments[last].open and moments[last].value is not None and moments[last - 1].value is not None:
        ends = [(frame.x(place), moments[place].value or 0.0) for place in (last - 1, last)]
        return join(lines, element("path", class_="l o", d=_path(ends, frame)))
    return lines


def _nothing() -> Moment:
    return Moment("", None, None, None, None, "")


def _line(moments: Sequence[Moment], frame: _Frame, kind: str) -> Markup:
    parts = []
    for there, first, last in _runs([each.value is not None for each in moments]):
        if there and first < last:
            points = [(frame.x(place), moments[place].value or 0.0) for place in range(first, last + 1)]
            parts.append(_path(points, frame))
    return element("path", class_=kind, d="".join(parts)) if parts else join()


def _path(points: Sequence[tuple[float, float]], frame: _Frame) -> str:
    """From point to point in whole numbers, each from the one before."""
    places = [(round(x), round(frame.y(value))) for x, value in points]
    steps = (f"{x - before_x} {y - before_y}" for (before_x, before_y), (x, y) in pairwise(places))
    return f"M{places[0][0]} {places[0][1]}l{' '.join(steps)}".replace(" -", "-")


def _points(moments: Sequence[Moment], frame: _Frame) -> Markup:
    radius = 4.0 if len(moments) <= 30 else 3.0
    return join(
        *(
            point(round(frame.x(place)), round(frame.y(each.value)), each.verdict, radius, each.words)
            for place, each in enumerate(moments)
            if each.value is not None
        )
    )


def _below(moments: Sequence[Moment], frame: _Frame) -> Markup:
    """Some of the labels, evenly from the last one backwards, which ends with the picture; on a narrow screen every second."""
    step = -(-len(moments) // _LABELS)
    texts = []
    for place, at in enumerate(range(len(moments) - 1, -1, -step)):
        kind = "x w" if place % 2 else "x" if place else "x n"
        texts.append(element("text", moments[at].label, x=frame.x(at) if place else _WIDTH - 2, y=_HEIGHT - 7, class_=kind))
    return join(*texts)


def _runs(items: Sequence[T]) -> Iterator[tuple[T, int, int]]:
    place = 0
    for item, group in groupby(items):
        length = len(list(group))
        yield item, place, place + length - 1
        place += length
