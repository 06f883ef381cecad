"""Scores as pictures: a bar on the scale from 0 to 100, marked at 50, and the course of a score on the same scale.

A score has no colour: what is good is said by verdicts, and only by those that are firm.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpidsl.render.report.cards import Point
from kpidsl.render.report.elements import Markup, element, join, number
from kpidsl.render.report.strips import rectangle

_TALL, _SMALL, _OVER = 8.0, 6.0, 3.0
_COURSE = (320.0, 84.0)
_LEFT, _RIGHT, _TOP, _BOTTOM = 26.0, 8.0, 8.0, 22.0


def gauge(score: float | None, words: str) -> Markup:
    """The bar of a scorecard, with the ends and the middle of its scale below."""
    width, height = 320.0, 30.0
    texts = ((0.0, "0", "x f"), (50.0, "50", "x"), (99.4, "100", "x n"))
    labels = [element("text", text, x=width * at / 100, y=height - 2, class_=kind) for at, text, kind in texts]
    return element(
        "svg",
        element("title", words),
        _bar(score, width, _TALL),
        labels,
        viewbox=f"0 0 {width:g} {height:g}",
        class_="gauge large",
        role="img",
    )


def small(score: float | None) -> Markup:
    """The bar of a KPI beside its number, which says the same."""
    return element(
        "svg", _bar(score, 100.0, _SMALL), viewbox=f"0 0 100 {_SMALL + 2 * _OVER:g}", class_="gauge", aria_hidden="true"
    )


def course(points: Sequence[Point], words: str) -> Markup:
    """A score over time, which is broken where there is none; hollow where it is of a part of the weight only."""
    width, height = _COURSE
    places = [_place(at, len(points), point.score) for at, point in enumerate(points)]
    dots = [(*place, point.full) for place, point in zip(places, points, strict=True) if place is not None]
    low, middle, high = (_height(score) for score in (0, 50, 100))
    scale = "".join(f"M{_LEFT:g} {number(y)}H{width:g}" for y in (low, high))
    return element(
        "svg",
        element("title", words),
        element("path", class_="g", d=scale),
        element("path", class_="u", d=f"M{_LEFT:g} {number(middle)}H{width:g}"),
        [element("text", text, x=_LEFT - 6, y=y + 4, class_="x n") for y, text in ((low, "0"), (middle, "50"), (high, "100"))],
        element("path", class_="l", d=_path(places)),
        [element("circle", cx=x, cy=y, r=3, class_="k" if full else "k o") for x, y, full in dots],
        element("text", points[0].period, x=_LEFT, y=height - 4, class_="x f"),
        element("text", points[-1].period, x=width - 2, y=height - 4, class_="x n"),
        viewbox=f"0 0 {width:g} {height:g}",
        class_="gauge course",
        role="img",
    )


def _bar(score: float | None, width: float, thick: float) -> Markup:
    """The scale, the score on it, and a mark at 50 that stands out on both sides."""
    filled = None if not score else rectangle(0, _OVER, width * min(score, 100) / 100, thick, "k")
    mark = element("path", class_="h", d=f"M{number(width / 2)} 0v{number(thick + 2 * _OVER)}")
    return join(rectangle(0, _OVER, width, thick, "s0"), filled, mark)


def _height(score: float) -> float:
    return _COURSE[1] - _BOTTOM - score / 100 * (_COURSE[1] - _BOTTOM - _TOP)


def _place(at: int, count: int, score: float | None) -> tuple[float, float] | None:
    if score is None:
        return None
    way = _COURSE[0] - _LEFT - 2 * _RIGHT
    return _LEFT + _RIGHT + way * at / max(1, count - 1), _height(score)


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    steps, pen = [], "M"
    for place in places:
        if place is not None:
            steps.append(f"{pen}{number(place[0])} {number(place[1])}")
        pen = "M" if place is None else "L"
    return "".join(steps)
