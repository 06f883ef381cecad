"""What there is to say of targets with a deadline, and of scores: one function for one complaint."""

from __future__ import annotations

from kpidsl.catalog.messages import error
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import model


def target_without_deadline(target: model.Target) -> Diagnostic:
    headline = "the day by which the target is to be reached is not said"
    help_ = ("`deadline: 2026-12-31` says it; a target without a deadline is a range, such as `range: at least 30%`",)
    return error("target-without-deadline", headline, target.reach.label(), help=help_)


def way_without_target(key: model.Written[str]) -> Diagnostic:
    headline = f"`{key.value}` belongs to a target with a deadline, and there is no `reach`"
    return error("target-without-deadline", headline, key.label(), help=("for example `{reach: 30%, deadline: 2026-12-31}`",))


def half_a_start(target: model.Target) -> Diagnostic:
    if target.start is not None:
        headline, place = "the day on which the path to the target begins is not said", target.start.label()
        help_ = "`from: 2026-01-01` says it"
    else:
        assert target.first is not None
        headline, place = "the value from which the path to the target begins is not said", target.first.label()
        help_ = "`start: 20%` says it"
    return error("path-to-target", headline, place, help=(help_,))


def way_back(day: model.Written[model.Scalar], before: model.Written[model.Scalar]) -> Diagnostic:
    headline = f"the path to the target goes from {before.value} to {day.value}, which is no later day"
    return error("path-to-target", headline, day.label(), before.label("the day before it on the path"))


def wrong_way(target: model.Target, better: model.Written[str] | None) -> Diagnostic:
    place = target.reach.label(text="the target")
    if better is None:
        return error("path-to-target", "the path to the target ends with the value with which it begins", place)
    headline = f"{better.value} is better, and the path to the target goes the other way"
    return error("path-to-target", headline, place, better.label(f"{better.value} is better"))


def no_side(target: model.Target, better: model.Written[str]) -> Diagnostic:
    headline = "inside a band is better, and a target with a deadline is reached from one side"
    help_ = ("`better: higher` or `better: lower` says from which",)
    return error("path-to-target", headline, target.reach.label(), better.label(better.value), help=help_)


def score_anchors(place: model.Written[str], problem: str) -> Diagnostic:
    help_ = ("`score: {0: 1%, 50: 2%, 100: 4%}` says which values have the scores 0, 50 and 100",)
    return error("score-scale", problem, place.label(), help=help_)
