"""Benchmarks of KPIs resolved: bounds and references as formulas in the KPI's unit, segments and validity as plain values.

They are read when all values are known, because a bound may be a formula over any of them: `at least 3 * cac`. So nothing is
ever defined by a benchmark, and no circle can go through one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog import benchmark_messages as messages
from kpidsl.catalog import level_messages, target_messages, unit_messages
from kpidsl.catalog.amounts import read_amount
from kpidsl.catalog.catalog import Benchmark, BenchmarkKind, Dimension, Segment, Tolerance, Value, Zone
from kpidsl.catalog.core import Apply, Constant, Core, Reference, Type
from kpidsl.catalog.expressions import read
from kpidsl.catalog.levels import read_level
from kpidsl.catalog.over_time import OverTime
from kpidsl.catalog.reading import constant_value, scaled
from kpidsl.catalog.targets import TargetReader
from kpidsl.catalog.values import ValueBuilder
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.language.walk import walk
from kpidsl.periods.grain import Grain
from kpidsl.text import Excerpt
from kpidsl.units.unit import PERCENT, Unit

_ZERO = Fraction(0)
_TYPES: dict[Type, tuple[type, ...]] = {
    Type.TEXT: (str,),
    Type.BOOLEAN: (bool,),
    Type.NUMBER: (int, Fraction),
    Type.DATE: (date,),
    Type.DATETIME: (date, datetime),
}


def read_benchmarks(value: Value, builder: ValueBuilder, tables: Mapping[str, model.BenchmarkTable]) -> tuple[Benchmark, ...]:
    """The benchmarks of a KPI; one with a mistake, which is reported, is left out."""
    assert isinstance(value.definition, model.Kpi)
    reader = _Reader(value, value.definition, builder, tables)
    found = [found for each in value.definition.benchmarks if (found := reader.benchmark(each)) is not None]
    processes = [each for each in found if each.process is not None]
    for one, other in combinations(processes, 2):
        if one.every is other.every and one.segment == other.segment:
            builder.world.found.append(messages.second_process(other.definition.name, one.definition.name))
    return tuple(found)


class _Reader(Struct, frozen=True):
    value: Value
    kpi: model.Kpi
    builder: ValueBuilder
    tables: Mapping[str, model.BenchmarkTable]

    def benchmark(self, each: model.Benchmark) -> Benchmark | None:
        every = next((grain for grain in Grain if each.every and grain.value == each.every.value), None)
        segment, valid = self._segment(each), self._valid(each)
        applies_to, is_read = self._applies_to(each)
        found = self._held_against(each, every)
        hold = OverTime(self.value, self.builder.world).hold(each)
        if found is None or segment is False or valid is None or not is_read or hold is False:
            return None
        scale = self._ways.scale(each, shares=found.has_reference)
        if scale is None:
            return None
        found = replace(found, hold=hold or None, scale=scale, severity=each.severity.value if each.severity else "error")
        return _with(found, segment=segment or None, valid=valid, applies_to=applies_to)

    @property
    def _ways(self) -> TargetReader:
        return TargetReader(self.kpi, self.builder.world, self._amount)

    def _held_against(self, each: model.Benchmark, every: Grain | None) -> Benchmark | None:
        if each.astray is not None:
            self._say(target_messages.way_without_target(each.astray))
        over_time = OverTime(self.value, self.builder.world)
        if over_time.misplaced(each):
            return None
        if each.process is not None:
            return over_time.process(each, every)
        if each.history is not None:
            return over_time.history(each, every)
        if each.range is not None:
            found = self._range(each, each.range, every)
            return found and over_time.budget(each, found)
        if each.zones:
            return self._zones(each, every)
        if each.table is not None:
            return self._table(each, each.table, every)
        if each.peers is not None:
            return self._peers(each, each.peers, every)
        if each.target is not None:
            return self._target(each, each.target, every)
        kind, reference = self._reference(each)
        tolerance = self._tolerance(each)
        if reference is None or tolerance is None:
            return None
        found = Benchmark(each.name.value, None, None, False, False, every, each, kind, (), reference, tolerance)
        published = kind is BenchmarkKind.AVERAGE and self.value.proportion is not None and isinstance(reference, Constant)
        return replace(found, trials=each.n) if published else found

    def _target(self, each: model.Benchmark, target: model.Target, every: Grain | None) -> Benchmark | None:
        path, tolerance = self._ways.path(target), self._tolerance(each)
        if path is None or tolerance is None:
            return None
        found = Benchmark(each.name.value, None, None, False, False, every, each, BenchmarkKind.REACH, path=path)
        return replace(found, tolerance=tolerance)

    def _range(self, each: model.Benchmark, written: model.Formula[tree.Range], every: Grain | None) -> Benchmark | None:
        zone = self._zone(each.name.value, written)
        if zone is None:
            return None
        return Benchmark(each.name.value, zone.low, zone.high, zone.low_open, zone.high_open, every, each)

    def _zone(self, name: str, written: model.Formula[tree.Range], good: bool = False, plain: bool = False) -> Zone | None:
        """A range; a `plain` one has amounts for bounds and no formulas."""
        node = written.tree
        if node is None:
            return None
        read = self._amount if plain else self._bound
        low, high = (None if bound is None else read(bound, written.excerpt) for bound in (node.low, node.high))
        if (node.low is not None and low is None) or (node.high is not None and high is None):
            return None
        return Zone(name, low, high, node.low_open, node.high_open, good)

    def _zones(self, each: model.Benchmark, every: Grain | None) -> Benchmark | None:
        good = self._good(each)
        if good is None:
            return None
        found = [self._zone(name.value, written, name.value in good, plain=True) for name, written in each.zones]
        zones = tuple(zone for zone in found if zone is not None)
        if len(zones) < len(found):
            return None
        inside = sorted((zone for zone in zones if zone.good), key=_place)
        first, last = inside[0], inside[-1]
        bounds = first.low, last.high, first.low_open, last.high_open
        return Benchmark(each.name.value, *bounds, every, each, BenchmarkKind.ZONES, zones)

    def _good(self, each: model.Benchmark) -> frozenset[str] | None:
        """The zones that mean good performance: those that are named, else the one at the good end."""
        names = [name.value for name, _ in each.zones]
        unknown = [name for name in each.good if name.value not in names]
        if unknown:
            self._say(messages.unknown_zone(unknown[0], names))
            return None
        if each.good:
            return frozenset(name.value for name in each.good)
        better = self.kpi.better.value if self.kpi.better else ""
        if better not in ("higher", "lower"):
            self._say(messages.no_good_zone(each, names))
            return None
        ends = {"higher": lambda node: node.high is None, "lower": lambda node: node.low is None}
        best = [name.value for name, written in each.zones if written.tree is not None and ends[better](written.tree)]
        if not best and all(written.tree is not None for _, written in each.zones):
            self._say(messages.no_good_end(each, better))
        return frozenset(best[:1]) or None

    def _reference(self, each: model.Benchmark) -> tuple[BenchmarkKind, Core | None]:
        if each.average is not None:
            node = each.average.tree
            return BenchmarkKind.AVERAGE, None if node is None else self._bound(node, each.average.excerpt)
        if each.plan is not None:
            node = each.plan.tree
            return BenchmarkKind.PLAN, None if node is None else self._bound(node, each.plan.excerpt)
        return BenchmarkKind.COMPARE, self._previous(each.compare) if each.compare else None

    def _peers(self, each: model.Benchmark, peers: model.Written[str], every: Grain | None) -> Benchmark | None:
        """The KPI itself over all members of a dimension."""
        if not self._is_dimension(peers):
            return None
        unit = self.value.core.unit
        together = Apply("total", (Reference((self.value.name,), unit=unit), Constant(peers.value, type=Type.TEXT)), unit=unit)
        found = Benchmark(each.name.value, None, None, False, False, every, each, BenchmarkKind.PEERS, reference=together)
        return replace(found, by=peers.value)

    def _is_dimension(self, name: model.Written[str]) -> bool:
        world = self.builder.world
        if name.value not in world.dimensions and name.value not in world.broken_dimensions:
            self._say(messages.unknown_segment(name, world.dimensions))
        return name.value in world.dimensions

    def _table(self, each: model.Benchmark, name: model.Written[str], every: Grain | None) -> Benchmark | None:
        table = self.tables.get(name.value)
        if table is None:
            self._say(messages.unknown_table(name, self.tables))
            return None
        if (each.row is None) == (each.by is None):
            self._say(messages.row_or_dimension(each))
            return None
        if each.by is not None and not self._is_dimension(each.by):
            return None
        figures = self._figures(each, table)
        tolerance = self._tolerance(each)
        if figures is None or tolerance is None:
            return None
        if each.tolerance is not None and any(zone.good for zone in figures.values()):
            self._say(messages.key_of_other_kind(each.tolerance.label(), "tolerance", each.name.value, messages.A_FIGURE))
            return None
        cited = replace(
            each,
            cite=each.cite or table.cite,
            vintage=each.vintage or table.vintage,
            population=each.population or table.population,
        )
        by = each.by.value if each.by is not None else ""
        found = Benchmark(each.name.value, None, None, False, False, every, cited, BenchmarkKind.TABLE)
        return replace(found, tolerance=tolerance, by=by, figures=figures)

    def _figures(self, each: model.Benchmark, table: model.BenchmarkTable) -> dict[str, Zone] | None:
        """The figures of a column by row, or that of the one row under `all`."""
        column = each.column.value if each.column is not None else self.value.name
        known = dict.fromkeys(name for _, (_, figures) in table.rows.items() for name in figures)
        if column not in known:
            self._say(messages.unknown_table_column(each.column or each.label(), column, table.name.value, known))
            return None
        written = {row: figures[column][1] for row, (_, figures) in table.rows.items() if column in figures}
        if each.row is not None:
            if each.row.value not in written:
                self._say(messages.unknown_table_row(each.row, table.name.value, written))
                return None
            written = {"all": written[each.row.value]}
        found = {row: zone for row, figure in written.items() if (zone := self._figure(row, figure)) is not None}
        if len(found) < len(written):
            return None
        if (
            len({(zone.low is None, zone.high is None, zone.low_open, zone.high_open, zone.good) for zone in found.values()})
            > 1
        ):
            self._say(messages.mixed_figures(table, column))
            return None
        return found

    def _figure(self, row: str, figure: model.Published) -> Zone | None:
        """A figure as bounds; `good` tells a range from an average, whose bounds are one number."""
        if figure.range is not None:
            return self._zone(row, figure.range, good=True, plain=True)
        assert figure.average is not None
        node = figure.average.tree
        amount = None if node is None else self._amount(node, figure.average.excerpt)
        return None if amount is None else Zone(row, amount, amount, False, False)

    def _previous(self, compare: model.Written[str]) -> Core | None:
        """The KPI itself, earlier; nothing for a word that is unknown, which was reported."""
        word, _, unit = compare.value.partition(" ")
        if word != "previous" or unit not in ("", *(grain.value for grain in Grain)):
            return None
        value = self.value
        details = () if not unit else (Constant(Fraction(1)), Constant(unit, type=Type.TEXT))
        return Apply("previous", (Reference((value.name,), unit=value.core.unit), *details), unit=value.core.unit)

    def _tolerance(self, each: model.Benchmark) -> Tolerance | None:
        if each.tolerance is None:
            return Tolerance()
        node, excerpt = each.tolerance.tree, each.tolerance.excerpt
        if node is None:
            return None
        if any(isinstance(part, tree.Share) for part in walk(node)):
            found, share = read_amount(node, excerpt, self.builder.world, PERCENT, "a tolerance"), True
        elif self._shown().percent or self.value.proportion is not None:
            self._say(messages.tolerance_of_share(each.tolerance))
            return None
        else:
            found, share = read_amount(node, excerpt, self.builder.world, self._shown(), self.value.name), False
        amount = None if found is None else constant_value(found)
        if amount is not None and amount < 0:
            self._say(messages.negative_tolerance(each.tolerance))
            return None
        return None if amount is None else Tolerance(amount, share)

    def _bound(self, node: tree.Tree, excerpt: Excerpt) -> Core | None:
        """An amount, or a formula over values, in the unit of the KPI."""
        world, unit = self.builder.world, self._shown()
        if (level := read_level(node, self.kpi, unit)) is not None:
            return level
        if self.kpi.levels and isinstance(node, tree.Name) and node.text not in world.values:
            world.found.append(level_messages.unknown_level(excerpt, node, self.kpi))
            return None
        if not any(isinstance(part, tree.Name) for part in walk(node)):
            return self._amount(node, excerpt)
        reading = self.builder.reading(excerpt)
        core = read(node, reading)
        if core is None:
            return None
        if core.type is not Type.NUMBER:
            self._say(messages.bound_is_no_number(reading.label(node.span), core.type))
            return None
        own = self.value.core.unit if self.value.proportion else unit
        fit = world.units.fits(unit, core.unit) or world.units.fits(own, core.unit)
        if fit is None and core.unit.is_number and (self.value.proportion or (core.unit.percent and self.kpi.display)):
            return scaled(core, Fraction(1), unit)
        if fit is None:
            self._say(unit_messages.amount_in_other_unit(reading.label(node.span), self.value.name, unit, core.unit))
            return None
        return scaled(core, fit.factor, unit)

    def _amount(self, node: tree.Tree, excerpt: Excerpt) -> Core | None:
        if (level := read_level(node, self.kpi, self._shown())) is not None:
            return level
        if self.kpi.levels and isinstance(node, tree.Name):
            self._say(level_messages.unknown_level(excerpt, node, self.kpi))
            return None
        percent = self.kpi.display is not None
        return read_amount(node, excerpt, self.builder.world, self._shown(), self.value.name, percent=percent)

    def _shown(self) -> Unit:
        return PERCENT if self.value.proportion and self.value.unit.is_number else self.value.unit

    def _applies_to(self, each: model.Benchmark) -> tuple[Core | None, bool]:
        """The formula that a figure was measured for, and whether it could be read."""
        if each.applies_to is None:
            return None, True
        node = each.applies_to.tree
        core = None if node is None else read(node, self.builder.reading(each.applies_to.excerpt))
        return core, core is not None

    def _segment(self, each: model.Benchmark) -> Segment | bool | None:
        """The segment; None where there is none, False where it has a mistake."""
        if each.segment is None:
            return None
        found: dict[str, tuple[object, ...]] = {}
        for name, values in each.segment.values:
            dimension = self.builder.world.dimensions.get(name.value)
            if dimension is None:
                if name.value not in self.builder.world.broken_dimensions:
                    self._say(messages.unknown_segment(name, self.builder.world.dimensions))
                return False
            wrong = next((value for value in values if not self._can_be(dimension, value.value)), None)
            if wrong is not None:
                self._say(messages.no_such_segment(wrong, dimension.name, self._listed(dimension)))
                return False
            found[name.value] = tuple(value.value for value in values)
        return Segment(found)  # type: ignore[arg-type]

    def _can_be(self, dimension: Dimension, value: object) -> bool:
        listed = self._listed(dimension)
        if value is None:
            return True
        return isinstance(value, _TYPES[dimension.type]) and (not listed or value in listed)

    def _listed(self, dimension: Dimension) -> Sequence[str]:
        """The values that the columns of a dimension list; nothing if one of them does not."""
        lists = list(self._lists(dimension))
        return () if None in lists else tuple(dict.fromkeys(word for words in lists for word in words or ()))

    def _lists(self, dimension: Dimension) -> Iterator[Sequence[str] | None]:
        sources = self.builder.world.sources
        for source, path in dimension.paths.items():
            for step in path.path[:-1]:
                source = sources[source].links[step].target
            yield sources[source].columns[path.path[-1]].values

    def _valid(self, each: model.Benchmark) -> tuple[date | None, date | None] | None:
        found: list[date | None] = []
        for written in each.valid:
            if written is not None and (not isinstance(written.value, date) or isinstance(written.value, datetime)):
                self._say(messages.not_a_day(written))
                return None
            found.append(None if written is None else _day(written))
        first, until = found
        if first is not None and until is not None and until <= first:
            assert each.valid[1] is not None
            self._say(messages.never_valid(each.valid[1], each.name.value))
            return None
        return first, until

    def _say(self, finding: Diagnostic) -> None:
        self.builder.world.found.append(finding)


def _day(written: model.Written[model.Scalar]) -> date:
    assert isinstance(written.value, date)
    return written.value


def _place(zone: Zone) -> tuple[bool, Fraction]:
    """Where a zone begins, for putting them in order."""
    low = None if zone.low is None else constant_value(zone.low)
    return low is not None, low or _ZERO


def _with(
    found: Benchmark, segment: Segment | bool | None, valid: tuple[date | None, date | None], applies_to: Core | None
) -> Benchmark:
    return replace(found, segment=segment if isinstance(segment, Segment) else None, valid=valid, applies_to=applies_to)
