"""What benchmarks say of several periods together: earlier values, limits of a process, budgets, waiting.

A definition goes in, what is resolved of it comes out; a mistake is reported, and nothing comes out for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog import benchmark_messages as messages
from kpidsl.catalog.amounts import read_amount
from kpidsl.catalog.catalog import Benchmark, BenchmarkKind, History, Hold, Process, Value
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Reference, Type
from kpidsl.catalog.durations import GRAINS, read_duration
from kpidsl.catalog.reading import Reading, constant_value
from kpidsl.catalog.world import World
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.periods.grain import Grain
from kpidsl.text import Excerpt
from kpidsl.units.unit import NUMBER, PERCENT, time_symbol

LEAST_VALUES = 6  # earlier values, of which quantiles say something
_USUAL = Fraction(1, 10), Fraction(9, 10)
_METHODS = ("xmr", "laney")
_KEEPING = frozenset({"previous", "rolling", "to_date", "total"})  # windows in which a ratio of counts stays one
_DAYS = {Grain.DAY: 1.0, Grain.WEEK: 7.0, Grain.MONTH: 30.4, Grain.QUARTER: 91.3, Grain.YEAR: 365.2}
_Placed = (
    model.Written[str]
    | model.Formula[tree.Tree]
    | model.Formula[tree.Range]
    | model.Formula[tree.Quantity]
    | model.Formula[tree.Budget]
)
_ONE, _ZERO = Constant(Fraction(1)), Constant(Fraction(0))


class OverTime(Struct, frozen=True):
    """Reads those parts of the benchmarks of one KPI."""

    value: Value
    world: World

    def history(self, each: model.Benchmark, every: Grain | None) -> Benchmark | None:
        """A benchmark that is the KPI's own earlier values."""
        assert each.history is not None
        length, quantiles = self._length(each.history, "history"), self._quantiles(each.quantiles)
        if length is None or quantiles is None:
            return None
        amount, unit = length
        periods = round(amount * _DAYS[unit] / _DAYS[every or Grain.DAY])
        if periods < LEAST_VALUES:
            self._say(messages.short_history(each.history, periods, (every or Grain.DAY).value, LEAST_VALUES))
            return None
        return replace(_open(each, every, BenchmarkKind.HISTORY), history=History(length, *quantiles))

    def process(self, each: model.Benchmark, every: Grain | None) -> Benchmark | None:
        """A benchmark that is no range of good values but the limits of the KPI's process."""
        assert each.process is not None
        breaks = [(self._day(day), reason) for day, reason in each.breaks]
        known = tuple(sorted((day, reason) for day, reason in breaks if day is not None))
        if each.process.value not in _METHODS or len(known) < len(breaks):
            return None
        if each.process.value == "laney" and not self._is_ratio(self.value.core):
            self._say(messages.laney_without_counts(each.process, self.value.name))
            return None
        return replace(_open(each, every, BenchmarkKind.PROCESS), process=Process(each.process.value, known))

    def budget(self, each: model.Benchmark, found: Benchmark) -> Benchmark | None:
        """A range as it is, or what says how often it must be met."""
        if each.within is None:
            return found
        node = each.within.tree
        if node is None:
            return None
        share, over = self._share(node.share, each.within.excerpt), self._duration(node.over, each.within.excerpt, "within")
        unit = GRAINS.get(time_symbol(node.of.name) or "")
        if unit is None:
            self._say(messages.budget_of_no_periods(each.within, node.of))
        if share is None or over is None or unit is None:
            return None
        if not 0 < share <= 1:
            self._say(messages.budget_of_no_share(each.within))
            return None
        if over[0] * _DAYS[over[1]] < 2 * _DAYS[unit]:
            self._say(messages.budget_of_one_period(each.within, unit.value))
            return None
        met = _met(self.value, found, unit, over)
        bounds = replace(found, low=Constant(share, unit=PERCENT), high=None, low_open=False, high_open=False)
        return replace(bounds, kind=BenchmarkKind.BUDGET, met=met)

    def hold(self, each: model.Benchmark) -> Hold | Literal[False] | None:
        """How long before a verdict turns; None where nothing is said, False where it has a mistake."""
        written = [formula for formula in (each.hold, each.release) if formula is not None]
        if not written:
            return None
        if each.every is None:
            self._say(messages.hold_without_period(written[0], each.name.value))
            return False
        bad, good = (1 if formula is None else self._periods(formula) for formula in (each.hold, each.release))
        return False if bad is None or good is None else Hold(bad, good)

    def misplaced(self, each: model.Benchmark) -> bool:
        """Whether there is something, which is reported, that says nothing of a benchmark of its kind."""
        judged = each.process is None
        has_figure = any(part is not None for part in (each.average, each.plan, each.compare, each.target, each.table))
        wrong: list[tuple[str, _Placed | None, bool, str]] = [
            ("quantiles", each.quantiles, each.history is not None, "a `history`"),
            ("breaks", _first(each.breaks), each.process is not None, "a `process`"),
            ("within", each.within, each.range is not None, "a `range`"),
            ("for", each.hold, judged, "a verdict"),
            ("clear", each.release, judged, "a verdict"),
            ("score", _first(each.score), judged, "a verdict"),
            ("good", each.good[0] if each.good else None, bool(each.zones), "`zones`"),
            ("column", each.column, each.table is not None, "a `table`"),
            ("row", each.row, each.table is not None, "a `table`"),
            ("by", each.by, each.table is not None, "a `table`"),
            ("tolerance", each.tolerance, has_figure, messages.A_FIGURE),
        ]
        found = [(key, place, of) for key, place, is_meant, of in wrong if place is not None and not is_meant]
        for key, place, of in found:
            self._say(messages.key_of_other_kind(place.label(), key, each.name.value, of))
        return bool(found)

    def _quantiles(self, written: model.Formula[tree.Range] | None) -> tuple[Fraction, Fraction] | None:
        if written is None:
            return _USUAL
        node = written.tree
        if node is None:
            return None
        if node.low is None or node.high is None:
            self._say(messages.not_quantiles(written))
            return None
        low, high = (self._share(bound, written.excerpt) for bound in (node.low, node.high))
        if low is None or high is None:
            return None
        if not 0 <= low < high <= 1:
            self._say(messages.not_quantiles(written))
            return None
        return low, high

    def _share(self, node: tree.Tree, excerpt: Excerpt) -> Fraction | None:
        found = read_amount(node, excerpt, self.world, PERCENT, "a share")
        return None if found is None else constant_value(found)

    def _length(self, formula: model.Formula[tree.Quantity], of: str) -> tuple[int, Grain] | None:
        return None if formula.tree is None else self._duration(formula.tree, formula.excerpt, of)

    def _duration(self, node: tree.Quantity, excerpt: Excerpt, of: str) -> tuple[int, Grain] | None:
        return read_duration(node, Reading(excerpt, self.world, lambda _: None, lambda _: None), of)

    def _periods(self, formula: model.Formula[tree.Quantity]) -> int | None:
        node = formula.tree
        if node is None:
            return None
        words = [factor.name for factor in node.unit.factors]
        if words not in (["period"], ["periods"]) or node.value.denominator != 1 or node.value < 1:
            self._say(messages.no_number_of_periods(formula))
            return None
        return node.value.numerator

    def _day(self, written: model.Written[str]) -> date | None:
        try:
            return date.fromisoformat(written.value)
        except ValueError:
            self._say(messages.not_a_day(written))
            return None

    def _is_ratio(self, core: Core) -> bool:
        """Whether a formula is a count over a count, or what is left of one."""
        match self._peeled(core):
            case Apply(function="divide", arguments=(above, below)):
                return self._is_count(above) and self._is_count(below)
            case Apply(function="add", arguments=(Constant(value=1), Apply(function="negate", arguments=(part,)))):
                return self._is_ratio(part)
            case Apply(function=function, arguments=(part, *_)) if function in _KEEPING:
                return self._is_ratio(part)
            case _:
                return False

    def _is_count(self, core: Core) -> bool:
        match self._peeled(core):
            case Aggregate(function="count"):
                return True
            case Apply(function="add" | "negate", arguments=arguments):
                return all(self._is_count(argument) for argument in arguments)
            case Apply(function=function, arguments=(part, *_)) if function in _KEEPING:
                return self._is_count(part)
            case _:
                return False

    def _peeled(self, core: Core) -> Core:
        while isinstance(core, Reference):
            core = self.world.values[core.name].core
        return core

    def _say(self, finding: Diagnostic) -> None:
        self.world.found.append(finding)


def _first(entries: Sequence[tuple[model.Written[str], object]]) -> model.Written[str] | None:
    return entries[0][0] if entries else None


def _open(each: model.Benchmark, every: Grain | None, kind: BenchmarkKind) -> Benchmark:
    return Benchmark(each.name.value, None, None, False, False, every, each, kind)


def _met(value: Value, found: Benchmark, unit: Grain, over: tuple[int, Grain]) -> Core:
    """The share of the whole smaller periods of a window in which a value meets a range."""
    this = Reference((value.name,), unit=value.core.unit)
    tests = [("greater" if found.low_open else "at_least", found.low), ("less" if found.high_open else "at_most", found.high)]
    met = [Apply(test, (this, bound), type=Type.BOOLEAN) for test, bound in tests if bound is not None]
    both = met[0] if len(met) == 1 else Apply("and", tuple(met), type=Type.BOOLEAN)
    counted = Apply("if", (both, _ONE, _ZERO), unit=NUMBER)
    share = Apply("average", (counted, _word(unit.value), _word("whole")), unit=NUMBER)
    return Apply("rolling", (share, Constant(Fraction(over[0])), _word(over[1].value)), unit=NUMBER)


def _word(word: str) -> Constant:
    return Constant(word, type=Type.TEXT)
