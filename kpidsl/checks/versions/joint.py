"""Two catalogs to one in which the formulas of both stand: what is the same stands once, the rest as it was and as it is.

A parameter with another value, or which only one version has, is the number that it is declared to be; one that is the same in
both is an input. So a number that moves into a parameter changes nothing, and another value of a parameter does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec.structs import replace

from kpidsl.algebra.exact import defaults
from kpidsl.algebra.fingerprints import Fingerprints
from kpidsl.algebra.formulas import Formulas
from kpidsl.catalog.catalog import Catalog, Kind, Value
from kpidsl.catalog.core import Core, Reference
from kpidsl.checks.versions.places import OLD, Places


class View:
    """The formulas of a catalog with their fingerprints."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.formulas = Formulas(catalog)
        self.prints = Fingerprints(self.formulas)
        self.parameters = defaults(catalog.values)


class Joint:
    """Both versions. `identical` are the values that say the same in the same words, with all that they are made of."""

    def __init__(self, old: Catalog, new: Catalog) -> None:
        self.old, self.new = old, new
        self.places = Places(old, new)
        self.identical = self._identical()
        self._names = {name: name + OLD for name in old.values if name not in self.identical}

    def _identical(self) -> frozenset[str]:
        formulas, decided = Formulas(self.old), dict[str, bool]()
        for name in self.old.values:
            for each in formulas.unsettled(name, decided):
                decided[each] = all(decided[used] for used in formulas.uses(each)) and self._says_the_same(each)
        return frozenset(name for name, same in decided.items() if same)

    def _says_the_same(self, name: str) -> bool:
        ours, theirs = self.old.values[name], self.new.values.get(name)
        if theirs is None or (ours.kind is Kind.PARAMETER) != (theirs.kind is Kind.PARAMETER):
            return False
        return self.places.value(ours.core, {}) == theirs.core

    def before(self, name: str) -> Reference:
        """A value of the old version."""
        return Reference((self._names.get(name, name),), unit=self.old.values[name].unit)

    def now(self, name: str) -> Reference:
        """A value of the new version."""
        return Reference((name,), unit=self.new.values[name].unit)

    def value(self, reference: Reference) -> tuple[Value, bool]:
        """What a reference stands for as it is written, and whether that is in the old version."""
        name = reference.path[0]
        if name.endswith(OLD):
            return self.old.values[name.removesuffix(OLD)], True
        return self.new.values[name], False

    def parameters(self, *cores: Core) -> dict[str, Core]:
        """The parameters that formulas use and that are the same in both versions, with their values."""
        nodes = self.view.formulas.reachable(cores)
        names = dict.fromkeys(node.name for node in nodes if isinstance(node, Reference))
        return {name: self.new.values[name].core for name in names if self.view.formulas.is_parameter(name)}

    @cached_property
    def view(self) -> View:
        """Both, with the parameters that are the same as inputs."""
        return View(self._catalog({name: _settled(value, name in self.identical) for name, value in self._values().items()}))

    @cached_property
    def declared(self) -> View:
        """Both, with every parameter at its declared value."""
        return View(self._catalog({name: _settled(value, False) for name, value in self._values().items()}))

    def _catalog(self, values: Mapping[str, Value]) -> Catalog:
        return replace(self.new, sources=self.places.sources, values=values)

    def _values(self) -> dict[str, Value]:
        """The values of the new version under their own names, and beside them those of the old one."""
        values = dict(self.new.values)
        for name, joint in self._names.items():
            value = self.old.values[name]
            values[joint] = replace(value, name=joint, core=self.places.value(value.core, self._names))
        return values


def _settled(value: Value, is_input: bool) -> Value:
    return replace(value, kind=Kind.MEASURE) if value.kind is Kind.PARAMETER and not is_input else value
