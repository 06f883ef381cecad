"""The signature picture: the interval of a value drawn against the band of its benchmark, with the point.

Several strips that stand below each other share one scale, so that they can be compared. An interval that is far wider than all
else is cut at the edge, where a small arrow says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from kpidsl.render.report.elements import Markup, element, join, number
from kpidsl.render.report.marks import Tone, shape, tone
from kpidsl.render.report.scales import Scale, spanned
from kpidsl.results.verdicts import Verdict

_PAD = 6.0
_LETTER = 6.4
_CLASSES = {Tone.GOOD: "good", Tone.BAD: "bad", Tone.OPEN: "open"}


class Strip(Struct, frozen=True):
    """A value with its interval, None where the point is judged, and the bounds of the band, None where it is open.

    Without any `judged` there is no band. `words` say all of it.
    """

    value: float
    interval: tuple[float, float] | None
    judged: bool
    low: float | None
    high: float | None
    verdict: Verdict | None
    words: str


class Size(Struct, frozen=True):
    """The size of a strip; with `labels` the bounds are written below it."""

    width: float
    height: float
    labels: bool = False


SMALL, LARGE = Size(200, 20), Size(480, 44, labels=True)


def scale_of(strips: Iterable[Strip], size: Size) -> Scale | None:
    """The scale that all of these share; None where there is nothing to see."""
    listed = list(strips)
    known = [each for strip in listed for each in (strip.value, strip.low, strip.high)]
    span = spanned(known, [strip.interval for strip in listed if strip.interval])
    return None if span is None else Scale(*span, _PAD, size.width - _PAD)


def draw(strip: Strip, scale: Scale, size: Size, bounds: tuple[str, str] = ("", "")) -> Markup:
    """The picture; `bounds` are what the bounds of the band are called."""
    middle = 13.0 if size.labels else size.height / 2
    return element(
        "svg",
        element("title", strip.words),
        _line("t", scale.start, scale.end, middle),
        _band(strip, scale, middle) if strip.judged else None,
        _interval(strip.interval, scale, middle) if strip.interval else None,
        _point(strip, scale, middle),
        _labels(strip, scale, size, bounds) if size.labels else None,
        viewbox=f"0 0 {size.width:g} {size.height:g}",
        class_="strip large" if size.labels else "strip",
        role="img",
    )


def _line(kind: str, start: float, end: float, middle: float) -> Markup:
    return element("path", class_=kind, d=f"M{number(start)} {number(middle)}H{number(end)}")


def rectangle(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    """A rectangle, as the path that takes fewer characters."""
    wide = number(width)
    return element("path", class_=kind, d=f"M{number(x)} {number(y)}h{wide}v{number(height)}h-{wide}z")


def _band(strip: Strip, scale: Scale, middle: float) -> Markup:
    """The band, with an edge at each bound: where it is open it runs to the end of the line."""
    start = scale.start if strip.low is None else scale(strip.low)
    end = scale.end if strip.high is None else scale(strip.high)
    half = 8.0
    edges = [scale(bound) for bound in (strip.low, strip.high) if bound is not None]
    return join(
        rectangle(start, middle - half, max(0.5, end - start), 2 * half, "b"),
        *(element("path", class_="e", d=f"M{number(at)} {number(middle - half)}v{number(2 * half)}") for at in edges),
    )


def _interval(interval: tuple[float, float], scale: Scale, middle: float) -> Markup:
    low, high = interval
    arrows = []
    if low < scale.first:
        arrows.append(_arrow(scale.start, 1, middle))
    if high > scale.last:
        arrows.append(_arrow(scale.end, -1, middle))
    return join(_line("i", scale(low), scale(high), middle), *arrows)


def _arrow(at: float, way: int, middle: float) -> Markup:
    """A small arrow that points out of the picture."""
    tail = number(at + 3 * way)
    return element(
        "path", class_="a", d=f"M{tail} {number(middle - 3)}L{number(at - way)} {number(middle)}L{tail} {number(middle + 3)}"
    )


def _point(strip: Strip, scale: Scale, middle: float) -> Markup:
    return point(scale(strip.value), middle, strip.verdict, 4.4)


def point(x: float, y: float, verdict: Verdict | None, radius: float, words: str = "") -> Markup:
    """The shape of a verdict at a place; hollow where it is not firm, a plain dot where nothing is judged."""
    kind, tip = _CLASSES.get(tone(verdict), "p"), element("title", words) if words else None
    match shape(verdict):
        case "short":
            return element("path", tip, class_=kind, d=_triangle(x, y, radius))
        case "outside":
            return element("path", tip, class_=kind, d=_diamond(x, y, radius * 1.2))
        case "beyond":
            ring = element("circle", tip, cx=x, cy=y, r=radius, class_=f"{kind} ring")
            return join(ring, element("circle", cx=x, cy=y, r=radius * 0.5, class_=kind))
        case _:
            return element("circle", tip, cx=x, cy=y, r=radius if verdict else radius * 0.85, class_=kind)


def _triangle(x: float, y: float, radius: float) -> str:
    wide, high = radius * 1.15, radius * 1.1
    below = y + high * 0.8
    return f"M{number(x)} {number(y - high)}L{number(x + wide)} {number(below)}H{number(x - wide)}z"


def _diamond(x: float, y: float, half: float) -> str:
    way = number(half)
    return f"M{number(x)} {number(y - half)}l{way} {way}l-{way} {way}l-{way}-{way}z"


def _labels(strip: Strip, scale: Scale, size: Size, bounds: tuple[str, str]) -> Markup:
    """The bounds below their edges, kept inside the picture and apart from each other."""
    texts: list[Markup] = []
    free = 0.0
    one = strip.low is not None and strip.low == strip.high
    for bound, text in zip((strip.low, None if one else strip.high), bounds, strict=True):
        if bound is None or not text or not strip.judged:
            continue
        half = len(text) * _LETTER / 2
        at = max(free + half, min(scale(bound), size.width - half))
        texts.append(element("text", text, x=at, y=size.height - 6, class_="x"))
        free = at + half + 8
    return join(*texts)
