"""The values of a catalog as the algebra reads them: what each refers to, the order to work them out in, keys of leaves."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from msgspec.structs import replace

from kpidsl.algebra.canonical import Keys
from kpidsl.algebra.work import Work
from kpidsl.catalog.catalog import Catalog, Kind
from kpidsl.catalog.core import Apply, Core, Reference, value_names

_MOST_TOTALS = 8  # in each other, that are taken as one
_MOST_NAMES = 8  # for one thing


class Formulas:
    """Shared by all that is asked about one catalog, so that each formula is read once."""

    def __init__(self, catalog: Catalog) -> None:
        self.values = catalog.values
        self.keys = Keys(catalog.sources)
        self.work = Work(len(catalog.values))
        self._uses: dict[str, tuple[str, ...]] = {}

    def uses(self, name: str) -> tuple[str, ...]:
        """The values that a value's formula names, from left to right."""
        if name not in self._uses:
            self._uses[name] = tuple(reference.path[0] for reference in value_names(self.values[name].core))
        return self._uses[name]

    def is_parameter(self, name: str) -> bool:
        return self.values[name].kind is Kind.PARAMETER

    def window(self, core: Apply) -> Apply:
        """A window as it is taken: a total of a total, also of one that has a name, is one without the dimensions of both."""
        for _ in range(_MOST_TOTALS):
            inner = self._written_out(core.arguments[0])
            if not (core.function == "total" and isinstance(inner, Apply) and inner.function == "total"):
                break
            below, *less = inner.arguments
            outer = core.arguments[1:]
            core = replace(core, arguments=(below, *dict.fromkeys((*outer, *less))) if outer and less else (below,))
        return core

    def _written_out(self, core: Core) -> Core:
        """What stands behind a name, and behind that of another name."""
        for _ in range(_MOST_NAMES):
            if not isinstance(core, Reference) or self.is_parameter(core.name):
                break
            core = self.values[core.name].core
        return core

    def unsettled(self, name: str, known: Container[str]) -> Iterator[str]:
        """The value and those below it that are not known yet, each after what it refers to.

        Whoever asks makes each known before asking for the next. There is no recursion, so chains may be of any length.
        """
        pending = [name]
        while pending:
            top = pending[-1]
            missing = [] if top in known else [used for used in self.uses(top) if used not in known]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            if top not in known:
                yield top

    def reachable(self, cores: Iterable[Core]) -> Iterator[Core]:
        """The nodes of formulas and of all that they refer to, each value once, from left to right; not those in aggregates."""
        stack = list(reversed(tuple(cores)))
        seen: set[str] = set()
        while stack:
            node = stack.pop()
            yield node
            match node:
                case Apply(arguments=arguments):
                    stack.extend(reversed(arguments))
                case Reference(path=(name,)) if name not in seen:
                    seen.add(name)
                    if not self.is_parameter(name):
                        stack.append(self.values[name].core)
                case _:
                    pass
