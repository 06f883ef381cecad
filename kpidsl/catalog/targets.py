"""The path to a target, and the scores of values, as they are written to numbers in their order.

The path goes through points, each a day with what is to be reached on it; it is straight between them, and the last one is the
deadline with the target.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

from msgspec import Struct

from kpidsl.catalog import benchmark_messages
from kpidsl.catalog import target_messages as messages
from kpidsl.catalog.amounts import read_amount
from kpidsl.catalog.core import Core
from kpidsl.catalog.reading import constant_value
from kpidsl.catalog.world import World
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.text import Excerpt
from kpidsl.units.unit import PERCENT

Point = tuple[date, Fraction]
_MOST = 100


class TargetReader(Struct, frozen=True):
    """Reads what a KPI's benchmark says of the path to a target, and of scores; `amount` reads an amount in the KPI's unit."""

    kpi: model.Kpi
    world: World
    amount: Callable[[tree.Tree, Excerpt], Core | None]

    def path(self, target: model.Target) -> tuple[Point, ...] | None:
        """The points in their order; None, reported, where there is a mistake in one."""
        if target.deadline is None:
            self._say(messages.target_without_deadline(target))
            return None
        if (target.start is None) != (target.first is None):
            self._say(messages.half_a_start(target))
            return None
        written = [*self._start(target), *target.path, (target.deadline, target.reach)]
        points = [self._point(day, formula) for day, formula in written]
        known = [point for point in points if point is not None]
        if len(known) < len(written):
            return None
        wrong = next((number for number, (one, other) in enumerate(pairwise(known), 1) if one[0] >= other[0]), None)
        if wrong is not None:
            self._say(messages.way_back(written[wrong][0], written[wrong - 1][0]))
            return None
        return tuple(known) if self._goes_well(target, known) else None

    def _start(self, target: model.Target) -> tuple[tuple[model.Written[model.Scalar], model.Formula[tree.Tree]], ...]:
        return () if target.start is None or target.first is None else ((target.first, target.start),)

    def _goes_well(self, target: model.Target, points: list[Point]) -> bool:
        """Whether the path leads where it is better."""
        better = self.kpi.better
        (_, first), (_, last) = points[0], points[-1]
        if better is not None and better.value == "inside":
            self._say(messages.no_side(target, better))
            return False
        if len(points) > 1 and (
            first == last or (better is not None and better.value == ("lower" if last > first else "higher"))
        ):
            self._say(messages.wrong_way(target, better if first != last else None))
            return False
        return True

    def _point(self, day: model.Written[model.Scalar], formula: model.Formula[tree.Tree]) -> Point | None:
        if not isinstance(day.value, date) or isinstance(day.value, datetime):
            self._say(benchmark_messages.not_a_day(day))
            return None
        core = None if formula.tree is None else self.amount(formula.tree, formula.excerpt)
        number = None if core is None else constant_value(core)
        return None if number is None else (day.value, number)

    def scale(self, each: model.Benchmark, shares: bool) -> tuple[tuple[Fraction, Fraction], ...] | None:
        """Scores with their values, rising by score; empty where none are given, None where there is a mistake in one."""
        found = [self._anchor(score, value, shares) for score, value in each.score]
        known = sorted(anchor for anchor in found if anchor is not None)
        if len(known) < len(found):
            return None
        problem = self._problem([value for _, value in known], {score for score, _ in known}) if found else ""
        if problem:
            self._say(messages.score_anchors(each.score[0][0], problem))
            return None
        return tuple(known)

    def _problem(self, values: list[Fraction], scores: set[Fraction]) -> str:
        if len(values) < 2 or len(scores) < len(values):
            return "a scale takes two scores or more"
        rising = all(one < other for one, other in pairwise(values))
        falling = all(one > other for one, other in pairwise(values))
        better = self.kpi.better.value if self.kpi.better else ""
        if better == "inside":
            return "inside is better, so neither higher nor lower values have higher scores"
        if not (rising or falling) or better == ("lower" if rising else "higher"):
            which = better if better in ("higher", "lower") else "higher or lower"
            return f"{which} values are better, and the values do not go that way as the scores rise"
        return ""

    def _anchor(
        self, score: model.Written[str], value: model.Formula[tree.Tree], shares: bool
    ) -> tuple[Fraction, Fraction] | None:
        points = _points(score.value)
        if points is None:
            self._say(messages.score_anchors(score, f"`{score.value}` is no score, which is a number from 0 to {_MOST}"))
            return None
        if value.tree is None:
            return None
        core = read_amount(value.tree, value.excerpt, self.world, PERCENT, "a share") if shares else None
        core = core if shares else self.amount(value.tree, value.excerpt)
        number = None if core is None else constant_value(core)
        return None if number is None else (points, number)

    def _say(self, finding: Diagnostic) -> None:
        self.world.found.append(finding)


def _points(text: str) -> Fraction | None:
    try:
        score = Fraction(text) if text.isascii() and len(text) < 10 else None
    except (ValueError, ZeroDivisionError):
        return None
    return score if score is not None and 0 <= score <= _MOST else None
