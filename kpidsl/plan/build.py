"""Catalog and question to a plan: one scan for each source and date, each different aggregate once.

The pair moments that intervals need are slots of the same scans. Where one is known from the filters alone it costs nothing:
for counts, rows that pass both of two filters are those of the stricter one, or none where the filters exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement

from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.catalog.catalog import Catalog, Clusters, Value
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference, value_names
from kpidsl.catalog.filters import exclusive, implies
from kpidsl.diagnostics import Diagnostic
from kpidsl.plan import messages
from kpidsl.plan.fits import dimensions_of, finer_than_source, out_of_reach
from kpidsl.plan.frames import Framed, TooManyFrames, framed, is_percentile, misfits
from kpidsl.plan.lead import find_lead
from kpidsl.plan.needs import read_by, read_on, read_on_path
from kpidsl.plan.nodes import (
    Closing,
    Count,
    Dated,
    Distinct,
    Extreme,
    Moment,
    Ordered,
    Pair,
    Placement,
    Plan,
    Question,
    Rank,
    Reading,
    Scan,
    Slot,
    Stock,
    Sum,
    Term,
    Timeless,
    Times,
    Use,
    cluster_of,
)
from kpidsl.plan.pacing import earlier, paced
from kpidsl.plan.projecting import counted
from kpidsl.plan.references import References, find_references

_ADDITIVE = frozenset({"count", "sum", "avg"})
_MEDIAN = Fraction(1, 2)


def make_plan(
    catalog: Catalog, question: Question, unusable: frozenset[str] = frozenset()
) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """What answers the question; None, with the reasons, where a dimension cannot be reached or a window does not fit.

    Benchmarks that read an `unusable` source are left out.
    """
    assert question.as_of is not None
    values = {**catalog.values, **question.formulas}
    used: dict[str, tuple[Framed, ...]] = {}
    found: list[Diagnostic] = []
    for name in (*question.values, *names_in(question.having)):
        try:
            used[name] = framed(values[name].core, values, question.by)
        except TooManyFrames:
            found.append(messages.too_many_windows(name))
    found.extend(out_of_reach(question, catalog, used))
    for name, nodes in used.items():
        for times in dict.fromkeys(node.times for node in nodes):
            found.extend(misfits(name, times, question.every, catalog.calendar))
        found.extend(finer_than_source(name, nodes, question, catalog))
    if found:
        return None, tuple(dict.fromkeys(found))
    builder = _Builder(catalog, question)
    for name, nodes in used.items():
        for node in nodes:
            builder.read(node)
        if not values[name].census:
            builder.add_estimate(values[name], nodes, values)
    own, references = len(builder.slots), find_references(question, catalog, unusable)
    landing = frozenset(paced(question, catalog, used))
    for node in (*_projected(question, catalog, values), *(node for name in landing for node in earlier(used[name]))):
        builder.read(node)
    builder.add_references(references, used, values)
    watched = tuple(_watched(builder.needs(), catalog))
    needs = _with_dates(builder.needs(), watched)
    plan = Plan(
        catalog=catalog,
        question=question,
        as_of=question.as_of,
        calendar=catalog.calendar,
        values={**values, **references.values},
        scans=tuple(builder.scans()),
        uses=tuple(Use(*key, tuple(slots)) for key, slots in builder.uses.items()),
        readings=builder.readings,
        moments=builder.moments,
        ranks=builder.ranks,
        needs=needs,
        own=own,
        estimated=references.estimated,
        unreached=references.unreached,
        lead=find_lead(question, values),
        watched=watched,
        paced=landing,
    )
    return plan, ()


def _projected(question: Question, catalog: Catalog, values: Mapping[str, Value]) -> Iterator[Framed]:
    """What the projections of the values asked for count."""
    for projection in dict.fromkeys(values[name].projection for name in question.values):
        if projection is not None:
            yield from counted(projection, question, catalog)


def _watched(needs: Mapping[str, frozenset[str]], catalog: Catalog) -> Iterator[tuple[str, Reference]]:
    """The sources that are to be fresh, with their dates."""
    for source in (catalog.sources[name] for name in needs):
        if source.fresh_within is not None and source.time is not None:
            yield source.name, Reference((source.time,), type=source.columns[source.time].type)


def _with_dates(needs: Mapping[str, frozenset[str]], dates: Sequence[tuple[str, Reference]]) -> dict[str, frozenset[str]]:
    return {**needs, **{source: needs[source] | {date.name} for source, date in dates}}


def names_in(having: Core | None) -> tuple[str, ...]:
    """The values that a condition on finished rows names."""
    return () if having is None else tuple(dict.fromkeys(reference.name for reference in value_names(having)))


def values_under(name: str, values: Mapping[str, Value]) -> Iterator[str]:
    """The value and all values that its formula uses, directly or not, each once."""
    seen: dict[str, None] = {}
    stack = [name]
    while stack:
        top = stack.pop()
        if top not in seen:
            seen[top] = None
            yield top
            stack.extend(reference.name for reference in value_names(values[top].core))


def sources_under(name: str, plan: Plan) -> frozenset[str]:
    """Every source that a value reads to answer a question, those that it only reaches by references included."""
    return frozenset(source for together in sources_together(name, plan) for source in together)


def sources_together(name: str, plan: Plan) -> Iterator[frozenset[str]]:
    """The sources that must be read in one place, for each aggregate under a value: its own and those it reaches."""
    projection = plan.values[name].projection
    events = () if projection is None else (replace(projection.rows, argument=projection.event),)
    own = framed(plan.values[name].core, plan.values, plan.question.by)
    for node in (*own, *(Framed(event, (), plan.question.by) for event in events)):
        used = {source for source, _ in read_by(node.aggregate, plan.catalog)}
        for dimension in dimensions_of(plan.question):
            path = plan.catalog.dimensions[dimension].paths[node.aggregate.source].path
            used.update(source for source, _ in read_on_path(node.aggregate.source, path, plan.catalog))
        yield frozenset(used)


Key = tuple[str, Placement]


class _Builder(Struct):
    catalog: Catalog
    question: Question
    slots: dict[Key, dict[Slot, str]] = field(default_factory=dict)
    readings: dict[Aggregate, Reading] = field(default_factory=dict)
    moments: dict[Pair, str] = field(default_factory=dict)
    ranks: dict[str, tuple[str, str]] = field(default_factory=dict)
    uses: dict[tuple[int, Times, tuple[str, ...]], dict[str, None]] = field(default_factory=dict)

    def read(self, node: Framed) -> None:
        """Give the aggregate its slots, shared with equal ones, and note where they are used."""
        if node.aggregate not in self.readings:
            self.readings[node.aggregate] = self._reading(node.aggregate)
        reading = self.readings[node.aggregate]
        self._use(reading.scan, node).update(dict.fromkeys((*reading.slots, reading.rows)))

    def _use(self, scan: int, node: Framed) -> dict[str, None]:
        return self.uses.setdefault((scan, node.times, node.by), {})

    def _reading(self, node: Aggregate) -> Reading:
        key = (node.source, self._placement(node))
        scan = list(self.slots).index(key) if key in self.slots else len(self.slots)
        term = Term(node.argument, node.where)
        slots: tuple[str, ...]
        match node.function:
            case "count" if node.distinct:
                slots = (self._slot(key, Distinct(term)),)
                rows = slots[0]
            case "count":
                slots = (self._slot(key, Count(term)),)
                rows = slots[0]
            case "sum":
                slots = (self._slot(key, Sum(term)),)
                rows = self._slot(key, Count(term))
            case "avg":
                slots = (self._slot(key, Sum(term)), self._slot(key, Count(term)))
                rows = slots[1]
            case "min" | "max":
                slots = (self._slot(key, Extreme(node.function, term)),)
                rows = self._slot(key, Count(term))
            case _:
                slots = (self._slot(key, Ordered(node.function, term, node.fraction)),)
                rows = self._slot(key, Count(term))
        function = "distinct" if node.distinct else node.function
        return Reading(function, scan, slots, rows)

    def _placement(self, node: Aggregate) -> Placement:
        time = self.catalog.sources[node.source].time
        date = node.at or (Reference((time,), type=self.catalog.sources[node.source].columns[time].type) if time else None)
        if node.alive is not None:
            return Stock(*node.alive)
        if date is None:
            return Timeless()
        return Closing(date) if node.closing else Dated(date)

    def _slot(self, key: Key, slot: Slot) -> str:
        slots = self.slots.setdefault(key, {})
        return slots.setdefault(slot, f"s{sum(map(len, self.slots.values()))}")

    def add_references(self, references: References, used: Mapping[str, Sequence[Framed]], values: Mapping[str, Value]) -> None:
        """What benchmarks hold values against; an estimate varies together with its KPI."""
        for name, nodes in references.frames.items():
            for node in nodes:
                self.read(node)
            kpi = references.estimated.get(name, "")
            if kpi and not values[kpi].census:
                self.add_moments((*used[kpi], *nodes), values[kpi].clusters)
                self.add_estimate(references.values[name], nodes, values)

    def add_estimate(self, value: Value, nodes: Sequence[Framed], values: Mapping[str, Value]) -> None:
        """What the interval of a value needs."""
        self.add_moments(nodes, value.clusters)
        if is_percentile(value.core, values):
            self.add_ranks(nodes[0])

    def add_moments(self, nodes: Sequence[Framed], clusters: Clusters | None) -> None:
        """The pair moments of the additive slots that one formula uses; a pair without one has no covariance."""
        by_scan: dict[int, dict[str, list[Framed]]] = {}
        keys = list(self.slots)
        for node in nodes:
            reading = self.readings[node.aggregate]
            if reading.function in _ADDITIVE:
                cluster = clusters.key(node.aggregate.source) if clusters is not None else None
                for name in (*reading.slots, reading.rows) if cluster else reading.slots:
                    by_scan.setdefault(reading.scan, {}).setdefault(name, []).append(node)
        for scan, slots in by_scan.items():
            cluster = clusters.key(keys[scan][0]) if clusters is not None else None
            for left, right in combinations_with_replacement(slots, 2):
                moment = self._known_moment(left, right, cluster) or self._moment(keys[scan], left, right, cluster)
                if moment is not None:
                    self.moments.setdefault((left, right, cluster), moment)
                    for node in (*slots[left], *slots[right]):
                        self._use(scan, node)[moment] = None

    def add_ranks(self, node: Framed) -> None:
        """The values between which a percentile lies, where a value is nothing else."""
        reading = self.readings[node.aggregate]
        key = list(self.slots)[reading.scan]
        slot = next(slot for slot, name in self.slots[key].items() if name == reading.slots[0])
        assert isinstance(slot, Ordered)
        fraction = _MEDIAN if slot.fraction is None else slot.fraction
        low, high = (self._slot(key, Rank(slot.term, fraction, upper)) for upper in (False, True))
        self.ranks[reading.slots[0]] = low, high
        self._use(reading.scan, node).update(dict.fromkeys((low, high)))

    def _known_moment(self, left: str, right: str, cluster: Reference | None) -> str | None:
        return self.moments.get((left, right, cluster)) or self.moments.get((right, left, cluster))

    def _moment(self, key: Key, left: str, right: str, cluster: Reference | None) -> str | None:
        if cluster is not None:
            return self._slot(key, Moment(left, right, cluster))
        by_name = {name: slot for slot, name in self.slots[key].items()}
        one, other = by_name[left], by_name[right]
        assert isinstance(one, Count | Sum) and isinstance(other, Count | Sum)
        if exclusive(one.term.where, other.term.where):
            return None
        if isinstance(one, Count) and _adds_nothing(other, one):
            return right
        if isinstance(other, Count) and _adds_nothing(one, other):
            return left
        return self._slot(key, Moment(left, right))

    def scans(self) -> Iterator[Scan]:
        for (source, placement), slots in self.slots.items():
            dimensions = tuple(self.catalog.dimensions[name].paths[source] for name in self.question.by)
            condition = _seen_from(source, self.question.where, self.catalog) if self.question.where else None
            yield Scan(source, placement, dimensions, condition, {name: slot for slot, name in slots.items()})

    def needs(self) -> dict[str, frozenset[str]]:
        """The columns to bind, by source."""
        needs: dict[str, set[str]] = {}
        found = [read for node in self.readings for read in read_by(node, self.catalog)]
        for scan in self.scans():
            clusters = [key for slot in scan.slots.values() if (key := cluster_of(slot)) is not None]
            for core in (*scan.dimensions, *((scan.condition,) if scan.condition else ()), *dict.fromkeys(clusters)):
                found.extend(read_on(scan.source, core, self.catalog))
        for source, column in found:
            needs.setdefault(source, set()).update([column] if column else [])
        return {source: frozenset(columns) for source, columns in needs.items()}


def _adds_nothing(stricter: Count | Sum, count: Count) -> bool:
    """Whether every row that adds to `stricter` adds 1 to `count`, so that their product is what `stricter` adds."""
    present = count.term.argument is None or count.term.argument == stricter.term.argument
    return present and implies(stricter.term.where, count.term.where)


def _seen_from(source: str, condition: Core, catalog: Catalog) -> Core:
    """A condition on dimensions as one on the columns that a source's rows reach."""
    match condition:
        case Reference():
            return catalog.dimensions[condition.name].paths[source]
        case Apply(arguments=arguments):
            return replace(condition, arguments=tuple(_seen_from(source, argument, catalog) for argument in arguments))
        case _:
            return condition
