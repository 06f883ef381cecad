"""Catalog and question to a plan: one scan for each source and date, each different aggregate once.

The pair moments that intervals need are slots of the same scans. Where one is known from the filters alone it costs nothing:
for counts, rows that pass both of two filters are those of the stricter one, or none where the filters exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference, aggregates, value_names, walk
from kpidsl.diagnostics import Diagnostic
from kpidsl.plan import messages
from kpidsl.plan.filters import exclusive, implies
from kpidsl.plan.nodes import (
    Closing,
    Count,
    Dated,
    Distinct,
    Extreme,
    Moment,
    Ordered,
    Placement,
    Plan,
    Question,
    Reading,
    Scan,
    Slot,
    Stock,
    Sum,
    Term,
    Timeless,
)


def make_plan(catalog: Catalog, question: Question) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """What answers the question; None, with the reasons, where a dimension cannot be reached."""
    used = {name: tuple(dict.fromkeys(_aggregates_under(name, catalog))) for name in question.values}
    found = tuple(_out_of_reach(question, catalog, used))
    if found:
        return None, found
    builder = _Builder(catalog, question)
    for nodes in used.values():
        for node in nodes:
            builder.read(node)
        builder.add_moments(nodes)
    assert question.as_of is not None
    plan = Plan(
        catalog=catalog,
        question=question,
        as_of=question.as_of,
        calendar=catalog.calendar,
        scans=tuple(builder.scans()),
        readings=builder.readings,
        moments=builder.moments,
        needs=builder.needs(),
    )
    return plan, ()


def values_under(name: str, catalog: Catalog) -> Iterator[str]:
    """The value and all values that its formula uses, directly or not, each once."""
    seen: dict[str, None] = {}
    stack = [name]
    while stack:
        top = stack.pop()
        if top not in seen:
            seen[top] = None
            yield top
            stack.extend(reference.name for reference in value_names(catalog.values[top].core))


def sources_under(name: str, catalog: Catalog, question: Question) -> frozenset[str]:
    """Every source that a value reads to answer a question, those that it only reaches by references included."""
    used: set[str] = set()
    for node in _aggregates_under(name, catalog):
        used.update(source for source, _ in _columns_of(node, catalog))
        paths = [catalog.dimensions[name].paths[node.source] for name in _dimensions(question)]
        used.update(source for path in paths for source, _ in _columns_on(node.source, path.path, catalog))
    return frozenset(used)


def _dimensions(question: Question) -> tuple[str, ...]:
    """The dimensions that a question groups or filters by."""
    filtered = [node.name for node in walk(question.where) if isinstance(node, Reference)] if question.where else []
    return tuple(dict.fromkeys([*question.by, *filtered]))


def _aggregates_under(name: str, catalog: Catalog) -> Iterator[Aggregate]:
    for used in values_under(name, catalog):
        yield from aggregates(catalog.values[used].core)


def _out_of_reach(question: Question, catalog: Catalog, used: Mapping[str, tuple[Aggregate, ...]]) -> Iterator[Diagnostic]:
    sources = {node.source for nodes in used.values() for node in nodes}
    shared = [name for name, dimension in catalog.dimensions.items() if sources <= set(dimension.paths)]
    if question.by and question.values and not sources:
        yield messages.nothing_to_group(question.values, question.by)
    for value, nodes in used.items():
        for name in _dimensions(question):
            wrong = next((node.source for node in nodes if node.source not in catalog.dimensions[name].paths), None)
            if wrong is not None:
                yield messages.dimension_out_of_reach(value, wrong, name, shared)


Key = tuple[str, Placement]


@dataclass
class _Builder:
    catalog: Catalog
    question: Question
    slots: dict[Key, dict[Slot, str]] = field(default_factory=dict)
    readings: dict[Aggregate, Reading] = field(default_factory=dict)
    moments: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, node: Aggregate) -> None:
        """Give the aggregate its slots, shared with equal ones."""
        if node in self.readings:
            return
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
        self.readings[node] = Reading(function, scan, slots, rows)

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

    def add_moments(self, nodes: tuple[Aggregate, ...]) -> None:
        """The pair moments of the additive slots that one formula uses; a pair without one has no covariance."""
        additive = {"count", "sum", "avg"}
        by_scan: dict[int, dict[str, None]] = {}
        for reading in (self.readings[node] for node in nodes):
            if reading.function in additive:
                by_scan.setdefault(reading.scan, {}).update(dict.fromkeys(reading.slots))
        keys = list(self.slots)
        for scan, names in by_scan.items():
            for left, right in combinations_with_replacement(names, 2):
                if (left, right) not in self.moments and (right, left) not in self.moments:
                    moment = self._moment(keys[scan], left, right)
                    if moment is not None:
                        self.moments[left, right] = moment

    def _moment(self, key: Key, left: str, right: str) -> str | None:
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
        for node in self.readings:
            for source, column in _columns_of(node, self.catalog):
                needs.setdefault(source, set()).update([column] if column else [])
        for scan in self.scans():
            for reference in (*scan.dimensions, *_references(scan.condition)):
                for source, column in _columns_on(scan.source, reference.path, self.catalog):
                    needs.setdefault(source, set()).add(column)
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


def _references(core: Core | None) -> tuple[Reference, ...]:
    return () if core is None else tuple(node for node in walk(core) if isinstance(node, Reference))


def _columns_of(node: Aggregate, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """The columns that an aggregate reads, with their sources; its own source with no column first."""
    yield node.source, ""
    time = catalog.sources[node.source].time
    if time is not None and node.at is None:
        yield node.source, time
    for reference in _references(node):
        yield from _columns_on(node.source, reference.path, catalog)


def _columns_on(source: str, path: tuple[str, ...], catalog: Catalog) -> Iterator[tuple[str, str]]:
    """The columns that a path reads, the keys of the sources on the way included."""
    for place, (owner, column) in enumerate(catalog.steps(source, path)):
        if place:
            yield owner, catalog.sources[owner].key[0]
        yield owner, column
