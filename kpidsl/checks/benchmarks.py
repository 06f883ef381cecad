"""Benchmarks that no value can meet, or that do not fit what the KPI says is better.

Several benchmarks of one KPI may overlap or lie inside each other: an industry range beside a target of one's own is the normal
case. Only two that do not meet at all are worth a word, since no value is good by both; those for periods of two lengths, where
the value of the longer one is the sum or a mean of those in it. So are two that say the same in the same words, and two, one of
which says that more is better and one that less is.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from itertools import combinations

from msgspec.structs import replace

from kpidsl.algebra.growth import Growth
from kpidsl.catalog.catalog import Benchmark, Value
from kpidsl.catalog.core import Aggregate, Constant, Core
from kpidsl.checks import messages
from kpidsl.checks.claims import Claims
from kpidsl.checks.inspection import Inspection
from kpidsl.checks.outcome import Answer
from kpidsl.checks.parts import PARTS, Whole, Wholes
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import model
from kpidsl.documents.benchmark_words import source_words
from kpidsl.language import tree
from kpidsl.language.walk import walk
from kpidsl.periods.grain import Grain, fits_into
from kpidsl.units.system import UnitSystem
from kpidsl.units.unit import NUMBER, Unit, merge, power


def benchmark_ranges(inspection: Inspection) -> Iterator[Diagnostic]:
    """`empty-range`, `unreachable-range`, what contradicts `better`, and what two benchmarks say of each other."""
    claims, pairs = inspection.shared(Claims), Pairs(inspection)
    for kpi in inspection.catalog.kpis():
        reachable = []
        for each in kpi.benchmarks:
            if not each.plain:
                yield from _direction(kpi, each)
            elif _is_empty(each.low, each.high, each.low_open or each.high_open):
                yield messages.empty_range(kpi.name, each)
            elif kpi.proportion is not None and _is_out_of_reach(each) and claims.share(kpi).answer is not Answer.REFUTED:
                yield messages.unreachable_range(kpi.name, each, kpi.proportion)
            else:
                reachable.append(each)
                yield from _direction(kpi, each)
            yield from _of_another_share(kpi, each, inspection.catalog.units)
        yield from pairs.of(kpi, reachable)


def _of_another_share(kpi: Value, each: Benchmark, units: UnitSystem) -> Iterator[Diagnostic]:
    """`benchmark-of-another-share`: a figure in the unit of another proportion than the KPI's."""
    own = kpi.proportion
    if own is None:
        return
    for quantity in (node for bound in _bounds(each) for node in walk(bound)):
        share = units.proportion(_unit(quantity.unit)) if isinstance(quantity, tree.Quantity) else None
        if share is not None and share != own:
            yield messages.benchmark_of_another_share(kpi.name, each, quantity.span, share, own)


def _bounds(each: Benchmark) -> tuple[tree.Tree, ...]:
    written = [range.tree for range in each.definition.ranges if range.tree is not None]
    return tuple(bound for node in written for bound in (node.low, node.high) if bound is not None)


def _unit(written: tree.UnitTree) -> Unit:
    return reduce(merge, (power(Unit.of(factor.name), factor.exponent) for factor in written.factors), NUMBER)


def never_asked(inspection: Inspection) -> Iterator[Diagnostic]:
    """`benchmark-never-used`: a range for periods by which the KPI cannot be asked, because a row stands for a longer one."""
    coarse = {source.name: source.every for source in inspection.catalog.sources.values() if source.every is not None}
    for kpi in inspection.catalog.kpis() if coarse else ():
        by_grain = [each for each in kpi.benchmarks if each.every is not None]
        nodes = inspection.formulas.reachable([kpi.core]) if by_grain else ()
        sources = dict.fromkeys(node.source for node in nodes if isinstance(node, Aggregate) and node.source in coarse)
        for each in by_grain:
            source = next((name for name in sources if not _fits(coarse[name], each.every)), None)
            if source is not None:
                yield messages.benchmark_never_used(kpi.name, each, source, coarse[source])


def _fits(smaller: Grain, larger: Grain | None) -> bool:
    return larger is None or fits_into(smaller, larger)


def _is_empty(low: Core | None, high: Core | None, open_: bool) -> bool:
    if low is None or high is None:
        return False
    least, most = _number(low), _number(high)
    return least > most or (least == most and open_)


def _number(bound: Core) -> Fraction:
    assert isinstance(bound, Constant) and isinstance(bound.value, Fraction)
    return bound.value


def _is_out_of_reach(each: Benchmark) -> bool:
    """Whether a proportion, which lies within 0 to 1, cannot be within."""
    zero, one = Constant(Fraction(0)), Constant(Fraction(1))
    return _is_empty(each.low, one, each.low_open) or _is_empty(zero, each.high, each.high_open)


def _direction(kpi: Value, each: Benchmark) -> Iterator[Diagnostic]:
    better = _better(kpi)
    if better is None:
        return
    match better.value:
        case "higher" if each.is_range and each.low is None:
            yield messages.direction_against_range(kpi.name, each, better, "lower bound")
        case "lower" if each.is_range and each.high is None:
            yield messages.direction_against_range(kpi.name, each, better, "upper bound")
        case "inside" if each.is_range and (each.low is None or each.high is None):
            yield messages.inside_without_two_bounds(kpi.name, each, better)
        case "none" if each.process is None:
            yield messages.benchmark_without_direction(kpi.name, each, better)
        case _:
            return


def _better(kpi: Value) -> model.Written[str] | None:
    return kpi.definition.better if isinstance(kpi.definition, model.Kpi) else None


def _way(each: Benchmark) -> str:
    """Which values are better by a range alone, where it is open on one side."""
    if (each.low is None) == (each.high is None):
        return ""
    return "higher" if each.high is None else "lower"


class Pairs:
    """What two benchmarks of one KPI say of each other."""

    def __init__(self, inspection: Inspection) -> None:
        self._growth = Growth(inspection.catalog, inspection.formulas)
        self._wholes = Wholes(inspection.catalog, inspection.formulas)

    def of(self, kpi: Value, benchmarks: list[Benchmark]) -> Iterator[Diagnostic]:
        """`same-benchmark`, `opposite-benchmarks` and `contradictory-benchmarks`, at most one of each pair."""
        for one, other in combinations(benchmarks, 2):
            apart = tuple(self._contradiction(kpi, one, other))
            if apart:
                yield from apart
            elif _content(one) == _content(other):
                yield messages.same_benchmark(kpi.name, one, other)
            elif _better(kpi) is None and {_way(one), _way(other)} == {"higher", "lower"}:
                yield messages.opposite_benchmarks(kpi.name, one, other)

    def _contradiction(self, kpi: Value, one: Benchmark, other: Benchmark) -> Iterator[Diagnostic]:
        if one.every is not None and other.every is not None and one.every is not other.every:
            short, long = sorted((one, other), key=lambda each: list(Grain).index(_grain(each)))
            yield from self._in_parts(kpi, short, long)
        # The one without a period judges the values that the other is for, too; of what grows, that is a finding of its own.
        elif (one.every is other.every or not self._growth.of(kpi.name)) and _are_apart(one, other):
            yield messages.contradictory_benchmarks(kpi.name, one, other)

    def _in_parts(self, kpi: Value, short: Benchmark, long: Benchmark) -> Iterator[Diagnostic]:
        """Whether what is within the one in each part of a period cannot be within the other in the whole."""
        most = PARTS.get((_grain(short), _grain(long)))
        whole = self._wholes.of(kpi.name) if most is not None else None
        if most is None or whole is None:
            return
        numbers = most if whole is Whole.SUM else (1, 1)
        low = None if short.low is None else min(_number(short.low) * number for number in numbers)
        high = None if short.high is None else max(_number(short.high) * number for number in numbers)
        if _are_apart(replace(short, low=_constant(low), high=_constant(high)), long):
            yield messages.contradictory_in_parts(kpi.name, short, long, is_sum=whole is Whole.SUM)


def _content(each: Benchmark) -> tuple[object, ...]:
    return (each.low, each.high, each.low_open, each.high_open, each.every, source_words(each.definition))


def _grain(each: Benchmark) -> Grain:
    assert each.every is not None
    return each.every


def _constant(number: Fraction | None) -> Core | None:
    return None if number is None else Constant(number)


def _are_apart(one: Benchmark, other: Benchmark) -> bool:
    """Whether no value is within both."""
    below = _is_empty(one.low, other.high, one.low_open or other.high_open)
    return below or _is_empty(other.low, one.high, other.low_open or one.high_open)
