"""Scorecards as written to resolved ones: KPIs that can have a score, with weights that add up to 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from kpidsl.catalog import scorecard_messages as messages
from kpidsl.catalog.amounts import read_constant
from kpidsl.catalog.catalog import Kind, Scorecard, Value
from kpidsl.catalog.reading import constant_value
from kpidsl.catalog.world import World
from kpidsl.documents import model
from kpidsl.language import tree


def read_scorecards(written: Iterable[model.Scorecard], world: World) -> dict[str, Scorecard]:
    """The scorecards by name; one with a mistake, which is reported, is left out."""
    return {each.name.value: found for each in written if (found := _scorecard(each, world)) is not None}


def _scorecard(written: model.Scorecard, world: World) -> Scorecard | None:
    weights = {name.value: _weight(name, weight, world) for name, weight in written.kpis}
    known = {name: weight for name, weight in weights.items() if weight is not None}
    if len(known) < len(weights) or not known:
        return None
    if sum(known.values()) != 1:
        world.found.append(messages.weights_not_one(written, sum(known.values(), Fraction(0))))
        return None
    return Scorecard(written.name.value, known, written)


def _weight(name: model.Written[str], formula: model.Formula[tree.Tree], world: World) -> Fraction | None:
    """How much a KPI weighs; None, reported, where it can have no score, or its weight is none."""
    value = world.values.get(name.value)
    if value is None or value.kind is not Kind.KPI:
        if name.value not in world.broken:
            kpis = [each.name for each in world.values.values() if each.kind is Kind.KPI]
            world.found.append(messages.unknown_kpi(name, kpis, value))
        return None
    if not any(_scores(value)):
        world.found.append(messages.nothing_to_score(name, value))
        return None
    core = None if formula.tree is None else read_constant(formula.tree, formula.excerpt, world)
    weight = None if core is None else constant_value(core)
    if core is not None and (weight is None or weight <= 0 or not core.unit.is_number):
        world.found.append(messages.no_weight(formula))
        return None
    return weight


def _scores(value: Value) -> Iterator[bool]:
    """Whether each benchmark gives a score. What was left out because of a mistake, which is reported, may have given one."""
    assert isinstance(value.definition, model.Kpi)
    better = value.definition.better
    for each in value.definition.benchmarks:
        judges = each.process is None and (each.severity is None or each.severity.value != "note")
        yield judges and (better is None or better.value != "none")
