"""Where a value is defined: the sources that it reads and the dimensions by which it can be grouped, in each version."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.algebra.formulas import Formulas
from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Apply, Gather, Nearby, aggregates, walk
from kpidsl.checks.versions.changes import Aspect, Detail


class Reach:
    """The reach of the values of one version."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._formulas = Formulas(catalog)
        self._sources: dict[str, frozenset[str]] = {}
        self._dimensions: dict[frozenset[str], frozenset[str]] = {}

    def sources(self, name: str) -> frozenset[str]:
        """The sources under a value."""
        for each in self._formulas.unsettled(name, self._sources):
            own = frozenset(node.source for node in aggregates(self._catalog.values[each].core))
            self._sources[each] = own.union(*(self._sources[used] for used in self._formulas.uses(each)))
        return self._sources[name]

    def rows(self, name: str) -> frozenset[str]:
        """The sources under a value with all that their references and derived columns may lead to."""
        found: set[str] = set()
        pending = list(self.sources(name))
        while pending:
            top = pending.pop()
            if top not in found:
                found.add(top)
                pending.extend(self._neighbours(top))
        return frozenset(found)

    def _neighbours(self, name: str) -> Iterator[str]:
        """What a source refers to, and, if it has derived columns, what those look at."""
        source = self._catalog.sources[name]
        yield from (link.target for link in source.links.values())
        for column in source.columns.values():
            for node in walk(column.formula) if column.formula is not None else ():
                match node:
                    case Gather(aggregate=aggregate):
                        yield aggregate.source
                    case Nearby(source=other):
                        yield other
                    case _:
                        pass

    def dimensions(self, name: str) -> frozenset[str]:
        """The dimensions to which every source under a value leads; none where it has no source."""
        sources = self.sources(name)
        if sources not in self._dimensions:
            found = (each for each, dimension in self._catalog.dimensions.items() if sources <= dimension.paths.keys())
            self._dimensions[sources] = frozenset(found if sources else ())
        return self._dimensions[sources]

    def looks_at_groups(self, name: str) -> bool:
        """Whether a value is made of others than those of its own group."""
        seen: dict[str, None] = {}
        pending = [name]
        while pending:
            top = pending.pop()
            if top not in seen:
                seen[top] = None
                pending.extend(self.uses(top))
        nodes = (node for each in seen for node in walk(self._catalog.values[each].core))
        return any(isinstance(node, Apply) and node.function == "total" for node in nodes)

    def uses(self, name: str) -> tuple[str, ...]:
        """The values that a formula names."""
        return self._formulas.uses(name)


def moved(old_name: str, new_name: str, old: Reach, new: Reach, shared: frozenset[str]) -> Iterator[Detail]:
    """What is read now or no longer, and by which of the `shared` dimensions it can be grouped now or no longer.

    A dimension that only one version has is a change of its own.
    """
    ours, theirs = old.sources(old_name), new.sources(new_name)
    if ours != theirs:
        yield Detail(Aspect.WHERE, "reads", _listed(ours), _listed(theirs))
    before, now = old.dimensions(old_name) & shared, new.dimensions(new_name) & shared
    if before != now:
        yield Detail(Aspect.WHERE, "group by", _listed(before), _listed(now), breaking=bool(before - now))


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
