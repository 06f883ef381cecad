"""The formula of a value to the steps of its receipt: what is the same in every cell once, then the numbers of each cell.

A step is a name or a window in the frames in which it is taken, from the value asked for down to aggregates, parameters and
numbers given; each stands once, before what it is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kpidsl.catalog.catalog import Kind, Value
from kpidsl.catalog.core import PERIOD_FUNCTIONS, Aggregate, Apply, Constant, Core, Reference, replace_leaves
from kpidsl.documents import model
from kpidsl.language.printer import print_tree
from kpidsl.plan.frames import frame_of, is_window
from kpidsl.results.frames import Path
from kpidsl.results.receipts.evidence import Evidence
from kpidsl.results.receipts.receipt import Input, Step
from kpidsl.results.receipts.words import aggregate, dated_by, frame
from kpidsl.results.spelling import spell
from kpidsl.units.unit import show

_SPACING = re.compile(r"[\s_]")


@dataclass(frozen=True, slots=True)
class Outline:
    """A step without its numbers: `node` is taken at `path`, its `body` at `inner`, which is further in for a window."""

    node: Core
    path: Path
    body: Core
    inner: Path
    kind: str
    given: bool
    formula: str


def outline(name: str, evidence: Evidence) -> tuple[Outline, ...]:
    """The steps of a value."""
    found: dict[tuple[Core, Path], Outline] = {}
    stack: list[tuple[Core, Path]] = [(_reference(evidence.values[name]), ())]
    while stack:
        node, path = stack.pop()
        if isinstance(node, Reference):
            node = _reference(evidence.values[node.name])
        if (node, path) in found:
            continue
        step = found[node, path] = _outlined(node, path, evidence)
        below = () if step.given else leaves(step.body)
        stack.extend((each, step.inner) for each in reversed([*below]) if _is_step(each))
    return tuple(found.values())


def _outlined(node: Core, path: Path, evidence: Evidence) -> Outline:
    if isinstance(node, Apply):
        inner = (*path, frame_of(node))
        return Outline(node, path, node.arguments[0], inner, "window", False, spell(node.arguments[0]))
    assert isinstance(node, Reference)
    value, given = evidence.values[node.name], node.name in evidence.sheet.given
    return Outline(node, path, value.core, path, value.kind.value, given, "" if given else written(value))


def _reference(value: Value) -> Reference:
    """A value by its name, the same node wherever it stands."""
    return Reference((value.name,), unit=value.unit, type=value.core.type)


def _is_step(node: Core) -> bool:
    return isinstance(node, Reference) or is_window(node)


def leaves(core: Core) -> Iterator[Core]:
    """What the arithmetic of a formula starts from: names, aggregates, windows, names of the period; from left to right."""
    stack = [core]
    while stack:
        node = stack.pop()
        if _is_leaf(node):
            yield node
        elif isinstance(node, Apply):
            stack.extend(reversed(node.arguments))


def _is_leaf(node: Core) -> bool:
    named = isinstance(node, Apply) and node.function in PERIOD_FUNCTIONS
    return named or isinstance(node, Reference | Aggregate) or is_window(node)


def written(value: Value) -> str:
    """The formula of a value as it is written, in the one canonical spelling."""
    definition = value.definition
    tree = definition.value.tree if isinstance(definition, model.Parameter) else definition.formula.tree
    return "" if tree is None else print_tree(tree)


def worked_out(step: Outline, cell: int, evidence: Evidence) -> Step:
    """A step with the numbers of one cell of the result."""
    cells, inner = evidence.cells(cell, step.path), evidence.cells(cell, step.inner)
    unit, _ = evidence.unit(step.node)
    window = step.kind == "window"
    expanded = "" if step.given else spell(step.body)
    return Step(
        name=spell(step.node),
        kind=step.kind,
        unit=show(unit),
        given=step.given,
        frames=tuple(frame(each) for each in step.inner),
        formula=step.formula,
        expanded="" if _alike(expanded, step.formula) else expanded,
        substituted="" if step.given or len(inner) != 1 else _substituted(step, cell, evidence),
        taken=evidence.taken(step.node, step.path, cells),
        inside=evidence.taken(step.body, step.inner, inner) if window else (),
        inputs=() if step.given else tuple(_input(each, step.inner, cell, evidence) for each in _aggregates(step.body)),
    )


def _alike(one: str, other: str) -> bool:
    """Whether two texts are the same formula but for spaces and the grouping of digits."""
    return _SPACING.sub("", one) == _SPACING.sub("", other)


def _aggregates(core: Core) -> dict[Aggregate, None]:
    return {each: None for each in leaves(core) if isinstance(each, Aggregate)}


def _substituted(step: Outline, cell: int, evidence: Evidence) -> str:
    """The formula with values in the place of names; empty where it is nothing but one, or has none."""
    if _is_leaf(step.body) or isinstance(step.body, Constant):
        return ""

    def number(node: Core) -> Core | None:
        if not _is_leaf(node):
            return None
        (found,) = evidence.taken(node, step.inner, evidence.cells(cell, step.inner))
        return Reference((f"({found.shown})" if found.shown.startswith("-") else found.shown,))

    return spell(replace_leaves(step.body, number))


def _input(node: Aggregate, path: Path, cell: int, evidence: Evidence) -> Input:
    return Input(
        formula=spell(node),
        words=aggregate(node, evidence.catalog),
        source=node.source,
        filter="" if node.where is None else spell(node.where),
        dated_by=dated_by(node, evidence.catalog),
        unit=show(node.unit),
        taken=evidence.taken(node, path, evidence.cells(cell, path)),
    )


def parameters(steps: tuple[Outline, ...]) -> tuple[str, ...]:
    """The names of the parameters among some steps."""
    found = (each.node for each in steps if each.kind == Kind.PARAMETER.value)
    return tuple(dict.fromkeys(each.name for each in found if isinstance(each, Reference)))


def sources(steps: tuple[Outline, ...]) -> tuple[Aggregate, ...]:
    """The aggregates among some steps, each once."""
    return tuple(dict.fromkeys(node for each in steps if not each.given for node in _aggregates(each.body)))
