"""Definitions to a catalog: the whole stage. It goes on after a mistake, with a hole that nothing complains about twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog import messages, repair, unit_messages
from kpidsl.catalog.amounts import read_amount
from kpidsl.catalog.arithmetic import meet, needs_number
from kpidsl.catalog.benchmarks import read_benchmarks
from kpidsl.catalog.catalog import Catalog, Example, Identity, Scorecard, Value
from kpidsl.catalog.core import Core
from kpidsl.catalog.dimensions import build_dimension
from kpidsl.catalog.expressions import read
from kpidsl.catalog.functions import is_aggregate
from kpidsl.catalog.levels import check_levels, read_level
from kpidsl.catalog.order import resolve_order
from kpidsl.catalog.reading import whole
from kpidsl.catalog.scorecards import read_scorecards
from kpidsl.catalog.sources import SourceBuilder
from kpidsl.catalog.undeclared import Undeclared, solved, tell, with_origins
from kpidsl.catalog.values import Definition, ValueBuilder
from kpidsl.catalog.windows import is_window
from kpidsl.catalog.world import World
from kpidsl.diagnostics import Diagnostic, Diagnostics, Label
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.language.walk import children, walk
from kpidsl.suggest import nearest
from kpidsl.units.holes import Solution
from kpidsl.units.system import UnitSystem
from kpidsl.units.unit import PERCENT, show, time_symbol

# What keeps a file, or a part of it, from being read at all; and the findings that this would cause elsewhere.
UNREAD = frozenset({"yaml-syntax", "yaml-too-large", "not-text", "unreadable-file"})
_UNKNOWN = frozenset({"unknown-name", "unknown-unit"})


def build_catalog(definitions: model.Definitions, earlier: Iterable[Diagnostic] = ()) -> Catalog:
    """The catalog of all definitions; `earlier` findings are kept among its diagnostics."""
    built, earlier = _build(definitions, Undeclared()), tuple(earlier)
    inferred = _inferred(definitions) if built.world.undeclared.definitions and _units_differ(built) else None
    built = built if inferred is None else inferred.built
    _word(built)
    if inferred is not None:
        _tell(inferred)
    world, sources = built.world, built.world.sources
    return Catalog(
        units=world.units,
        calendar=definitions.project.calendar,
        sources={name: source for name, source in sources.items() if name not in world.broken_sources},
        dimensions=world.dimensions,
        values={
            each.name.value: world.values[each.name.value] for each in _values(definitions) if each.name.value in world.values
        },
        examples=built.examples,
        identities=built.identities,
        tests=definitions.tests,
        broken=frozenset(world.broken),
        definitions=definitions,
        diagnostics=Diagnostics([*earlier, *_worth_saying(world.found, earlier)]),
        scorecards=built.scorecards,
    )


class _Built(Struct, frozen=True):
    """All definitions resolved, with what was found on the way."""

    world: World
    examples: tuple[Example, ...]
    identities: tuple[Identity, ...]
    builder: ValueBuilder
    scorecards: Mapping[str, Scorecard]


class _Inferred(Struct, frozen=True):
    """All definitions resolved with inferred units, and how these came about."""

    built: _Built
    solution: Solution
    seeking: Undeclared


def _units_differ(built: _Built) -> bool:
    differ = built.builder.mismatches or built.world.later
    return bool(differ) or any(finding.code == "unit-mismatch" for finding in built.world.found)


def _inferred(definitions: model.Definitions) -> _Inferred | None:
    """The same with the units that the uses of columns and parameters settle; None where they settle none."""
    seeking = _build(definitions, Undeclared(seeking=True)).world.undeclared
    known, solution = solved(seeking, _units(definitions))
    if not known.known and not known.open:
        return None
    return _Inferred(_build(definitions, known), solution, seeking)


def _tell(inferred: _Inferred) -> None:
    """What is to be said of the units themselves, and of uses that contradict them."""
    found, solution, seeking = inferred.built.world.found, inferred.solution, inferred.seeking
    found[:] = [*with_origins(found, solution, seeking), *tell(solution, seeking)]


def _word(built: _Built) -> None:
    """Say where units differ. It is work to look for a repair, so it is done once it is known which units there are."""
    _word_mismatches(built.builder)
    built.world.found.extend(word() for word in built.world.later or ())


def _build(definitions: model.Definitions, undeclared: Undeclared) -> _Built:
    world = World(_units(definitions), undeclared=undeclared, later=[])
    _report_units(definitions, world)
    sources = SourceBuilder(definitions.sources, world)
    sources.build()
    for dimension in definitions.dimensions:
        if (built := build_dimension(dimension, world, sources.column_of)) is not None:
            world.dimensions[built.name] = built
        else:
            world.broken_dimensions.add(dimension.name.value)
    values = {each.name.value: each for each in _values(definitions)}
    builder = ValueBuilder(world, sources.column_of, frozenset(values), [])
    _resolve(values, builder)
    _judge(builder, {table.name.value: table for table in definitions.tables})
    examples, identities = tuple(_examples(definitions, world)), tuple(_identities(definitions, builder))
    return _Built(world, examples, identities, builder, read_scorecards(definitions.scorecards, world))


def _worth_saying(found: Iterable[Diagnostic], earlier: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    """The findings, without the unknown names that a file which could not be read may well define."""
    whole_files = not any(finding.code in UNREAD for finding in earlier)
    return (finding for finding in found if whole_files or finding.edit or finding.code not in _UNKNOWN)


def _values(definitions: model.Definitions) -> tuple[Definition, ...]:
    return (*definitions.measures, *definitions.parameters, *definitions.kpis)


def _units(definitions: model.Definitions) -> UnitSystem:
    parents = {entity.name.value: entity.subset_of.value if entity.subset_of else None for entity in definitions.entities}
    known = {name: parent if parent in parents else None for name, parent in parents.items()}
    return UnitSystem(frozenset(currency.value for currency in definitions.currencies), known)


def _report_units(definitions: model.Definitions, world: World) -> None:
    names = {entity.name.value for entity in definitions.entities}
    taken = {"percent", "number", "bps", *(currency.value for currency in definitions.currencies)}
    for entity in definitions.entities:
        if entity.name.value in taken or time_symbol(entity.name.value):
            world.found.append(messages.unit_name_taken(entity.name.label(), entity.name.value))
        if entity.subset_of and entity.subset_of.value not in names:
            parent = entity.subset_of.value
            world.found.append(messages.unknown_parent(entity.subset_of.label(), parent, nearest(parent, names)))
    uses = {entity.name.value: [entity.subset_of.value] if entity.subset_of else [] for entity in definitions.entities}
    places = {entity.name.value: entity.name.label() for entity in definitions.entities}
    for circle in resolve_order(uses)[1]:
        world.found.append(messages.subset_circle(places[circle[0]], circle))


def _resolve(values: Mapping[str, Definition], builder: ValueBuilder) -> None:
    trees = {name: _formula(each).tree for name, each in values.items()}
    uses = {name: [used for used in _names(node) if used in values] for name, node in trees.items()}
    order, circles = resolve_order(uses)
    for circle in circles:
        labels = [_step_label(values[name], used) for name, used in pairwise(circle)]
        builder.world.found.append(messages.circle(circle, tuple(labels)))
    builder.world.broken.update(set(values) - set(order))
    for name in order:
        builder.add(values[name])


def _judge(builder: ValueBuilder, tables: Mapping[str, model.BenchmarkTable]) -> None:
    """Give the KPIs their benchmarks."""
    values = builder.world.values
    for name, value in values.items():
        check_levels(value, builder.world)
        if isinstance(value.definition, model.Kpi) and value.definition.benchmarks:
            values[name] = replace(value, benchmarks=read_benchmarks(value, builder, tables))


def _formula(definition: Definition) -> model.Formula[tree.Tree]:
    return definition.value if isinstance(definition, model.Parameter) else definition.formula


def _names(node: tree.Tree | None) -> list[str]:
    """The names that may be values: those of one part, outside of aggregates, that are no words for grains or dimensions."""
    return [] if node is None else [name.parts[0] for name in _value_level_names(node)]


def _value_level_names(node: tree.Tree) -> Iterable[tree.Name]:
    stack: list[tree.Node] = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, tree.Name):
            if len(top.parts) == 1:
                yield top
            continue
        below = children(top)
        if isinstance(top, tree.Call):
            if is_aggregate(top):
                continue
            if top.function == "start_of" or is_window(top):
                below = below[:1]
        stack.extend(reversed(below))


def _step_label(definition: Definition, used: str) -> Label:
    formula = _formula(definition)
    names = [part for part in walk(formula.tree) if isinstance(part, tree.Name)] if formula.tree is not None else []
    place = next((name.span for name in names if name.text == used), whole(formula))
    return formula.label(place, f"`{definition.name.value}` uses `{used}`")


def _word_mismatches(builder: ValueBuilder) -> None:
    for each in builder.mismatches:
        suggestions = repair.repairs(each.core, each.declared, builder.world, repair.names_of_values(builder.world))
        definition = each.definition
        assert definition.unit is not None
        place = definition.unit.label(text=f"declared {show(each.declared)}")
        name, formula = definition.name.value, definition.formula
        found = unit_messages.declared_unit_differs(
            name, formula, place, each.declared, each.core, suggestions, builder.world.units
        )
        builder.world.found.append(found)


def _examples(definitions: model.Definitions, world: World) -> Iterable[Example]:
    for kpi in definitions.kpis:
        value = world.values.get(kpi.name.value)
        if value is None:
            continue
        for each in kpi.examples:
            example = _example(each, value, world)
            if example is not None:
                yield example


def _example(each: model.Example, value: Value, world: World) -> Example | None:
    given: dict[str, Core] = {}
    for name, (written, formula) in each.given.items():
        target = world.values.get(name)
        if target is None:
            if name not in world.broken:
                world.found.append(messages.unknown_given(written.label(), name, nearest(name, world.values)))
            return None
        amount = _amount(formula, target, world)
        if amount is None:
            return None
        given[name] = amount
    expect = _amount(each.expect, value, world) if each.expect is not None else None
    if each.expect is not None and expect is None:
        return None
    return Example(value.name, given, expect, each)


def _amount(formula: model.Formula[tree.Tree], target: Value, world: World) -> Core | None:
    if formula.tree is None:
        return None
    if isinstance(target.definition, model.Kpi) and (level := read_level(formula.tree, target.definition, target.unit)):
        return level
    unit = PERCENT if target.proportion and target.unit.is_number else target.unit
    percent = isinstance(target.definition, model.Kpi) and target.definition.display is not None
    return read_amount(formula.tree, formula.excerpt, world, unit, target.name, percent=percent)


def _identities(definitions: model.Definitions, builder: ValueBuilder) -> Iterable[Identity]:
    for each in definitions.identities:
        claim = _claim(each.claim, builder)
        given = [_claim(formula, builder) for formula in each.given]
        ready = [pair for pair in given if pair is not None]
        if claim is not None and len(ready) == len(given):
            yield Identity(each.name.value, claim[0], claim[1], tuple(ready), each)


def _claim(formula: model.Formula[tree.Claim], builder: ValueBuilder) -> tuple[Core, Core] | None:
    if formula.tree is None:
        return None
    reading = builder.reading(formula.excerpt)
    left, right = read(formula.tree.left, reading), read(formula.tree.right, reading)
    if left is None or right is None:
        return None
    if not (needs_number(left, "=", reading) and needs_number(right, "=", reading)):
        return None
    met = meet(left, right, "compare", whole(formula), reading)
    return None if met is None else (left, met[1])
