"""Inputs for which something can be seen: exact, such as some rows would give, the simplest found first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Generic, TypeVar

from msgspec import Struct

from kpidsl.algebra.cells import Leaf
from kpidsl.algebra.exact import Inexact, Scalar, Sheet, defaults
from kpidsl.algebra.work import Undecided
from kpidsl.catalog.catalog import Kind
from kpidsl.catalog.core import Aggregate, Core, Reference, aggregates
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.checks.worlds import Worlds, compared
from kpidsl.text import Excerpt

_TURNS = 120
_FAST_TURNS = 20
_MOST_STEPS = 60_000  # nodes evaluated
_STEPS_OF_NODE = 4  # as much as so many products of terms
_PLAIN_TURNS = 10  # so long the parameters are as they are declared
_FACTORS = (Fraction(1), Fraction(2), Fraction(1, 2), Fraction(10))

T = TypeVar("T")
Inputs = tuple[tuple[str, Fraction], ...]
Places = Sequence[tuple[Core, Excerpt]]


class Found(Struct, Generic[T], frozen=True):
    """What was seen, and the inputs by the names by which an analyst knows them."""

    seen: T
    inputs: Inputs


def search(
    places: Places,
    inspection: Inspection,
    see: Callable[[Sheet, Mapping[str, Scalar | None]], T | None],
    leaves_known: Mapping[str, Leaf] | None = None,
    fixed: bool = False,
) -> Found[T] | None:
    """The first of the inputs tried in which `see` sees something in formulas, each with where it is written.

    Inputs that contradict what is known of leaves are passed over; with `fixed` parameters are as they are declared.
    """
    nodes = list(inspection.formulas.reachable(core for core, _ in places))
    leaves = [node for node in nodes if isinstance(node, Aggregate)]
    keys = inspection.formulas.keys
    try:
        worlds = Worlds(inspection.catalog, leaves, keys, compared(nodes, inspection.catalog.values))
        turns = min(_FAST_TURNS if inspection.fast else _TURNS, _MOST_STEPS // len(nodes))
        for turn in range(turns + 1):
            inspection.formulas.work.pay(_STEPS_OF_NODE * len(nodes))
            inputs = worlds.inputs(turn) if turn < turns else worlds.empty()
            parameters = _parameters(nodes, 0 if fixed else turn, inspection)
            if None in inputs.values() or not worlds.fit(inputs) or not is_known(inputs, leaves_known or {}):
                continue
            seen = _look(_sheet(inspection, inputs, parameters), inputs, see)
            if seen is not None:
                return Found(seen, tuple(_named(places, leaves, inputs, parameters, inspection)))
    except (Inexact, Undecided):
        return None
    return None


def _sheet(inspection: Inspection, inputs: Mapping[str, Scalar | None], parameters: Mapping[str, Fraction]) -> Sheet:
    return Sheet(inspection.formulas, lambda node: inputs[inspection.formulas.keys.of(node)], parameters)


def _look(
    sheet: Sheet, inputs: Mapping[str, Scalar | None], see: Callable[[Sheet, Mapping[str, Scalar | None]], T | None]
) -> T | None:
    try:
        return see(sheet, inputs)
    except Inexact:
        return None


def is_known(inputs: Mapping[str, Scalar | None], known: Mapping[str, Leaf]) -> bool:
    """Whether no leaf is more than one that it is a part of."""
    numbers = [
        (set(known[key].cells), number) for key, number in inputs.items() if key in known and isinstance(number, Fraction)
    ]
    return all(
        number >= 0 and all(number <= other for within, other in numbers if cells <= within)
        for cells, number in numbers
        if cells
    )


def _named(
    places: Places,
    leaves: Sequence[Aggregate],
    inputs: Mapping[str, Scalar | None],
    parameters: Mapping[str, Fraction],
    inspection: Inspection,
) -> Iterator[tuple[str, Fraction]]:
    """In the order in which the formulas use them."""
    names = names_of(places, inspection)
    for key in dict.fromkeys(inspection.formulas.keys.of(leaf) for leaf in leaves):
        number = inputs[key]
        if isinstance(number, Fraction):
            yield names[key], number
    yield from parameters.items()


def _parameters(nodes: Sequence[Core], turn: int, inspection: Inspection) -> dict[str, Fraction]:
    """The parameters that the question uses; after some turns they are varied."""
    values = inspection.catalog.values
    used = {node.name for node in nodes if isinstance(node, Reference) and values[node.name].kind is Kind.PARAMETER}
    chance = Random(f"parameters {turn}")
    found = {name: number for name, number in defaults(values).items() if name in used}
    if turn < _PLAIN_TURNS:
        return found
    return {name: number * _FACTORS[int(chance.random() * len(_FACTORS))] for name, number in found.items()}


def names_of(places: Places, inspection: Inspection) -> dict[str, str]:
    """Keys of aggregates with their names: a measure that is nothing else, or the text of the aggregate."""
    values = inspection.catalog.values
    used = [node.name for node in inspection.formulas.reachable(core for core, _ in places) if isinstance(node, Reference)]
    names: dict[str, str] = {}
    for name in used:
        core = values[name].core
        if isinstance(core, Aggregate):
            names.setdefault(inspection.formulas.keys.of(core), name)
    for core, excerpt in (*places, *((values[name].core, formula_of(values[name]).excerpt) for name in used)):
        for node in aggregates(core):
            text = excerpt.text[node.span.start : node.span.end]
            names.setdefault(inspection.formulas.keys.of(node), " ".join(text.split()))
    return names
