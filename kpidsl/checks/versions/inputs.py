"""Inputs that tell two versions of a value apart: exact, such as some rows would give, the simplest that are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property

from kpidsl.algebra.exact import Inexact, Scalar, Sheet
from kpidsl.catalog.core import Aggregate, Core, Reference
from kpidsl.checks.versions.changes import Witness
from kpidsl.checks.versions.joint import Joint
from kpidsl.checks.versions.names import input_names
from kpidsl.checks.worlds import Worlds, compared

_TURNS = 120
_MOST_STEPS = 60_000  # nodes evaluated
_PLAIN_TURNS = 2
_PATIENCE = 6  # turns without an exact value after which none is expected

Inputs = Mapping[str, Scalar | None]
Values = tuple[Fraction | None, Fraction | None]


class Search:
    """A search over small worlds; `tried` counts those in which both versions had an exact value, or none."""

    def __init__(self, old: Core, new: Core, joint: Joint) -> None:
        self._old, self._new, self._joint = old, new, joint
        self._formulas = joint.view.formulas
        self._nodes = list(self._formulas.reachable((old, new)))
        self._leaves = [node for node in self._nodes if isinstance(node, Aggregate)]
        self.tried = 0

    def difference(self) -> Witness | None:
        """Inputs for which the values differ; rather such for which both have one."""
        second: Witness | None = None
        for inputs, values in self._trials():
            if values[0] == values[1]:
                continue
            if None not in values:
                return self._witness(inputs, values)
            second = second or self._witness(inputs, values)
        return second

    def where_only_one(self) -> Witness | None:
        """Inputs for which only one version has a value."""
        found = (
            self._witness(inputs, values) for inputs, values in self._trials() if (values[0] is None) != (values[1] is None)
        )
        return next(found, None)

    def _trials(self) -> Iterator[tuple[Inputs, Values]]:
        try:
            worlds = self._worlds()
        except Inexact:
            return
        barren = 0
        for turn in range(min(_TURNS, max(_MOST_STEPS // len(self._nodes), 2))):
            try:
                inputs = worlds(turn)
                values = self._values(inputs)
            except Inexact:
                barren += 1
                if barren >= _PATIENCE and not self.tried:
                    return
                continue
            self.tried += 1
            yield inputs, values

    def _worlds(self) -> Callable[[int], Inputs]:
        """The inputs by the number of the turn; soon come those in which all sources, then one of them, have no rows.

        Then those in which they are not observed, so that nothing over them has a value.
        """
        thresholds = compared(self._nodes, self._joint.view.catalog.values)
        worlds = Worlds(self._joint.view.catalog, self._leaves, self._formulas.keys, thresholds)
        some = [frozenset(self._sources()), *(frozenset([source]) for source in self._sources())] if self._leaves else []
        emptied = [(sources, number) for number in (Fraction(0), None) for sources in some]

        def inputs(turn: int) -> Inputs:
            place = turn - _PLAIN_TURNS
            if 0 <= place < len(emptied):
                return {**worlds.inputs(0), **self._over_no_rows(*emptied[place])}
            return worlds.inputs(turn)

        return inputs

    def _sources(self) -> list[str]:
        return list(dict.fromkeys(leaf.source for leaf in self._leaves))

    def _over_no_rows(self, sources: frozenset[str], number: Fraction | None) -> Inputs:
        """With what counts and sums come to."""
        leaves = (leaf for leaf in self._leaves if leaf.source in sources)
        return {self._formulas.keys.of(leaf): number if leaf.function in ("count", "sum") else None for leaf in leaves}

    def _values(self, inputs: Inputs) -> Values:
        keys = self._formulas.keys
        sheet = Sheet(self._formulas, lambda node: inputs[keys.of(node)], self._parameters)
        return sheet.number(self._old), sheet.number(self._new)

    @cached_property
    def _parameters(self) -> dict[str, Fraction]:
        used = {node.name for node in self._nodes if isinstance(node, Reference)}
        return {name: number for name, number in self._joint.view.parameters.items() if name in used}

    def _witness(self, inputs: Inputs, values: Values) -> Witness:
        names = input_names((self._old, self._new), self._joint)
        found = {}
        for key in dict.fromkeys(map(self._formulas.keys.of, self._leaves)):
            number = inputs[key]
            if number is None or isinstance(number, Fraction):
                found[names[key]] = number
        return Witness(tuple({**found, **self._parameters}.items()), *values)
