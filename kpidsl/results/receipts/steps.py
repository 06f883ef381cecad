"""The formula of a value to the steps of its receipt: what is the same in every cell once, then the numbers of each cell.

A step is a name or a window in the frames in which it is taken, from the value asked for down to aggregates, parameters and
numbers given; each stands once, before what it is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.catalog import Kind, Value
from kpidsl.catalog.core import PERIOD_FUNCTIONS, Aggregate, Apply, Core, Reference, replace_leaves
from kpidsl.documents import model
from kpidsl.language.printer import print_tree
from kpidsl.plan.frames import frame_of, is_window
from kpidsl.results.columns import Codes
from kpidsl.results.frames import Path
from kpidsl.results.receipts.evidence import Evidence
from kpidsl.results.receipts.receipt import Input, Step
from kpidsl.results.receipts.words import aggregate, dated_by, frame
from kpidsl.results.spelling import spell
from kpidsl.units.unit import show

_SPACING = re.compile(r"[\s_]")
_CUT = "\x00"  # no text of a definition holds it


class Outline(Struct, frozen=True):
    """A step without its numbers: `node` is taken at `path`, its `body` at `inner`, which is further in for a window.

    `texts` are what stands between the `leaves` of the body in its spelling; none where nothing is to be put in their place.
    `aggregates` belong to the inputs of the step, one by one.
    """

    node: Core
    path: Path
    body: Core
    inner: Path
    step: Step
    texts: tuple[str, ...]
    leaves: tuple[Core, ...]
    aggregates: tuple[Aggregate, ...]


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
        below = () if step.step.given else leaves(step.body)
        stack.extend((each, step.inner) for each in reversed([*below]) if _is_step(each))
    return tuple(found.values())


def _outlined(node: Core, path: Path, evidence: Evidence) -> Outline:
    if isinstance(node, Apply):
        body, inner = node.arguments[0], (*path, frame_of(node))
        return _made(
            Outline(node, path, body, inner, _step(node, "window", inner, evidence), (), (), ()), spell(body), evidence
        )
    assert isinstance(node, Reference)
    value = evidence.values[node.name]
    step = _step(node, value.kind.value, path, evidence)
    return _made(Outline(node, path, value.core, path, step, (), (), ()), written(value), evidence)


def _step(node: Core, kind: str, frames: Path, evidence: Evidence) -> Step:
    given = isinstance(node, Reference) and node.name in evidence.sheet.given
    unit = show(evidence.unit(node)[0])
    return Step(spell(node), kind, unit, given, tuple(frame(each) for each in frames), "", "", "", (), (), ())


def _made(bare: Outline, formula: str, evidence: Evidence) -> Outline:
    """With all that is the same in every cell; what is given has no formula."""
    if bare.step.given:
        return bare
    expanded = spell(bare.body)
    nodes = tuple(dict.fromkeys(each for each in leaves(bare.body) if isinstance(each, Aggregate)))
    inputs = tuple(_input(each, evidence) for each in nodes)
    step = replace(bare.step, formula=formula, expanded="" if _alike(expanded, formula) else expanded, inputs=inputs)
    texts, spelled = _template(bare.body)
    return replace(bare, step=step, texts=texts, leaves=spelled, aggregates=nodes)


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


def worked_out(outlined: Outline, cell: int, evidence: Evidence) -> Step:
    """A step with the numbers of one cell of the result."""
    step, inner = outlined.step, evidence.cells(cell, outlined.inner)
    taken = [evidence.taken(each, outlined.inner, inner) for each in outlined.aggregates]
    return replace(
        step,
        substituted=_substituted(outlined, inner, evidence) if outlined.texts and len(inner) == 1 else "",
        taken=evidence.taken(outlined.node, outlined.path, evidence.cells(cell, outlined.path)),
        inside=evidence.taken(outlined.body, outlined.inner, inner) if step.kind == "window" else (),
        inputs=tuple(replace(each, taken=one) for each, one in zip(step.inputs, taken, strict=True)),
    )


def _alike(one: str, other: str) -> bool:
    """Whether two texts are the same formula but for spaces and the grouping of digits."""
    return _SPACING.sub("", one) == _SPACING.sub("", other)


def _template(body: Core) -> tuple[tuple[str, ...], tuple[Core, ...]]:
    """The spelling of a formula cut at its leaves, and these; nothing where it is one leaf, or has none."""
    found: list[Core] = []

    def cut(node: Core) -> Core | None:
        if not _is_leaf(node):
            return None
        found.append(node)
        return Reference((f"{_CUT}{len(found) - 1}{_CUT}",))

    pieces = spell(replace_leaves(body, cut)).split(_CUT)
    if _is_leaf(body) or not found:
        return (), ()
    return tuple(pieces[::2]), tuple(found[int(number)] for number in pieces[1::2])


def _substituted(outlined: Outline, cells: Codes, evidence: Evidence) -> str:
    """The formula with values in the place of names."""
    shown = [evidence.taken(each, outlined.inner, cells)[0].shown for each in outlined.leaves]
    safe = [f"({each})" if each.startswith("-") else each for each in shown]
    return "".join(text + number for text, number in zip_longest(outlined.texts, safe, fillvalue=""))


def _input(node: Aggregate, evidence: Evidence) -> Input:
    return Input(
        formula=spell(node),
        words=aggregate(node, evidence.catalog),
        source=node.source,
        filter="" if node.where is None else spell(node.where),
        dated_by=dated_by(node, evidence.catalog),
        unit=show(node.unit),
        taken=(),
    )


def parameters(steps: tuple[Outline, ...]) -> tuple[str, ...]:
    """The names of the parameters among some steps."""
    found = (each.step.name for each in steps if each.step.kind == Kind.PARAMETER.value)
    return tuple(dict.fromkeys(found))


def aggregates(steps: tuple[Outline, ...]) -> tuple[Aggregate, ...]:
    """The aggregates among some steps, each once."""
    return tuple(dict.fromkeys(node for each in steps for node in each.aggregates))
