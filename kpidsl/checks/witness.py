"""Inputs that refute an identity: exact, such as some rows would give, satisfying its assumptions, the simplest found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random

from kpidsl.algebra.exact import Inexact, Scalar, Sheet, defaults
from kpidsl.catalog.catalog import Identity, Kind
from kpidsl.catalog.core import Aggregate, Core, Reference, aggregates
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.checks.outcome import Witness
from kpidsl.checks.worlds import Worlds

_TURNS = 120
_FAST_TURNS = 20
_MOST_STEPS = 60_000  # nodes evaluated
_PLAIN_TURNS = 10  # so long the parameters are as they are declared
_FACTORS = (Fraction(1), Fraction(2), Fraction(1, 2), Fraction(10))


def find_witness(identity: Identity, inspection: Inspection) -> Witness | None:
    """The first of the inputs tried for which all of `given` is true and the claim is not; None if there is none among them."""
    sides = (identity.left, identity.right, *(side for pair in identity.given for side in pair))
    nodes = list(inspection.formulas.reachable(sides))
    leaves = [node for node in nodes if isinstance(node, Aggregate)]
    try:
        worlds = Worlds(inspection.catalog, leaves, inspection.formulas.keys)
        for turn in range(min(_FAST_TURNS if inspection.fast else _TURNS, _MOST_STEPS // len(nodes))):
            trial = _Trial(worlds.inputs(turn), _parameters(nodes, turn, inspection), inspection)
            found = trial.difference(identity)
            if found is not None:
                return Witness(tuple(trial.named(identity, leaves)), *found)
    except Inexact:
        return None
    return None


class _Trial:
    """One set of inputs."""

    def __init__(self, inputs: Mapping[str, Scalar | None], parameters: Mapping[str, Fraction], inspection: Inspection) -> None:
        self._inputs = inputs
        self._parameters = parameters
        self._inspection = inspection
        keys = inspection.formulas.keys
        self._sheet = Sheet(inspection.formulas, lambda node: inputs[keys.of(node)], parameters)

    def difference(self, identity: Identity) -> tuple[Fraction, Fraction] | None:
        """The values of both sides, if they differ although all assumptions hold."""
        if None in self._inputs.values():
            return None
        try:
            if any(self._number(left) != self._number(right) for left, right in identity.given):
                return None
            left, right = self._sheet.number(identity.left), self._sheet.number(identity.right)
        except Inexact:
            return None
        return (left, right) if left is not None and right is not None and left != right else None

    def _number(self, side: Core) -> Fraction:
        number = self._sheet.number(side)
        if number is None:
            raise Inexact
        return number

    def named(self, identity: Identity, leaves: list[Aggregate]) -> Iterator[tuple[str, Fraction]]:
        """The inputs by the names by which an analyst knows them, in the order in which the formulas use them."""
        names = _names(identity, self._inspection)
        for key in dict.fromkeys(self._inspection.formulas.keys.of(leaf) for leaf in leaves):
            number = self._inputs[key]
            if isinstance(number, Fraction):
                yield names[key], number
        yield from self._parameters.items()


def _parameters(nodes: list[Core], turn: int, inspection: Inspection) -> dict[str, Fraction]:
    """The parameters that the question uses; after some turns they are varied."""
    values = inspection.catalog.values
    used = {node.name for node in nodes if isinstance(node, Reference) and values[node.name].kind is Kind.PARAMETER}
    chance = Random(f"parameters {turn}")
    found = {name: number for name, number in defaults(values).items() if name in used}
    if turn < _PLAIN_TURNS:
        return found
    return {name: number * _FACTORS[int(chance.random() * len(_FACTORS))] for name, number in found.items()}


def _names(identity: Identity, inspection: Inspection) -> dict[str, str]:
    """Keys of aggregates with their names: a measure that is nothing else, or the text of the aggregate."""
    definition, values = identity.definition, inspection.catalog.values
    pairs = ((identity.left, identity.right), *identity.given)
    nodes = inspection.formulas.reachable(side for pair in pairs for side in pair)
    used = [node.name for node in nodes if isinstance(node, Reference)]
    names: dict[str, str] = {}
    for name in used:
        core = values[name].core
        if isinstance(core, Aggregate):
            names.setdefault(inspection.formulas.keys.of(core), name)
    claims = zip(pairs, (definition.claim, *definition.given), strict=True)
    places = [(side, formula.excerpt) for pair, formula in claims for side in pair]
    places += [(values[name].core, formula_of(values[name]).excerpt) for name in used]
    for core, excerpt in places:
        for node in aggregates(core):
            text = excerpt.text[node.span.start : node.span.end]
            names.setdefault(inspection.formulas.keys.of(node), " ".join(text.split()))
    return names
