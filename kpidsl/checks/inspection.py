"""What the rules of one check share: the catalog, its formulas and fingerprints, content hashes and the cache."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from kpidsl.algebra import proofs
from kpidsl.algebra.canonical import content, unit_content
from kpidsl.algebra.fingerprints import Fingerprints
from kpidsl.algebra.formulas import Formulas
from kpidsl.algebra.work import Work
from kpidsl.catalog.catalog import Catalog, Value
from kpidsl.catalog.core import Core, value_names
from kpidsl.checks.cache import Cache, content_hash
from kpidsl.diagnostics import Label
from kpidsl.documents.model import Formula, Parameter
from kpidsl.language.tree import Tree

T = TypeVar("T")


class Inspection:
    """One check of one catalog. With `fast` sympy is left out, and what needs it is left open."""

    def __init__(self, catalog: Catalog, *, fast: bool = False, folder: Path | None = None) -> None:
        self.catalog = catalog
        self.fast = fast
        self.formulas = Formulas(catalog)
        self.prints = Fingerprints(self.formulas)
        self.cache = Cache(None if fast else folder, self._project())
        self.left_open: Label | None = None
        self._paid: set[str] = set()
        self._hashes: dict[str, str] = {}
        self._shared: dict[Callable[[Inspection], Any], Any] = {}

    def shared(self, make: Callable[[Inspection], T]) -> T:
        """What several rules make of one check, made once."""
        found: T = self._shared[make] if make in self._shared else self._shared.setdefault(make, make(self))
        return found

    def _project(self) -> tuple[str, ...]:
        """What tells projects apart, and stays when files are added: its name, and where its first file is."""
        definitions = self.catalog.definitions
        return definitions.project.name, *(os.path.abspath(file.name) for file in definitions.files[:1])

    def same(self, left: Core, right: Core) -> bool:
        """Whether two formulas with equal fingerprints are the same: by normal form, else beyond reasonable doubt."""
        return self._confirmed("same", lambda: proofs.compare(left, right, self.formulas).same, left, right)

    def is_constant(self, core: Core) -> bool:
        """The same for a formula whose fingerprint is equal at both points: whether it is constant."""
        return self._confirmed("constant", lambda: proofs.is_constant(core, self.formulas), core)

    def is_never_defined(self, core: Core) -> bool:
        """The same for a formula without a fingerprint: whether it divides by zero for all inputs."""
        return self._confirmed("undefined", lambda: proofs.is_never_defined(core, self.formulas), core)

    def _confirmed(self, question: str, ask: Callable[[], bool | None], *cores: Core) -> bool:
        if self.fast:
            return self.prints.certain(*cores)
        key = content_hash(question, *map(self.hash_of, cores))
        known = self.recalled(key)
        if not isinstance(known, bool):
            before = self.work.done
            found = ask()
            known = self.prints.certain(*cores) if found is None else found
            self.keep(key, known, before)
        return known

    @property
    def work(self) -> Work:
        """The work that is left for proofs."""
        return self.formulas.work

    def recalled(self, key: str) -> Any:
        """The answer that is kept under a key, paid for once as if it were found out now; None where there is none.

        So whether the work for proofs suffices does not depend on what is kept.
        """
        match self.cache.get(key):
            case [answer, int() as steps] if key in self._paid:
                return answer
            case [answer, int() as steps]:
                self._paid.add(key)
                return answer if self.work.affords(steps) else None
            case _:
                return None

    def keep(self, key: str, answer: Any, before: int) -> None:
        """Keep an answer, with what it took since so much work had been done; none that is open for want of work."""
        if not self.work.is_used_up:
            self._paid.add(key)
            self.cache.put(key, [answer, self.work.done - before])

    def leave_open(self, place: Label) -> None:
        """Keep the place of the first claim for which no work was left."""
        self.left_open = self.left_open or place

    def hash_of(self, core: Core) -> str:
        """A hash of a formula and of everything that it refers to."""
        used = [self.hash_of_value(reference.name) for reference in value_names(core)]
        return content_hash(self.world, content(core), *used)

    def hash_of_value(self, name: str) -> str:
        """A hash of a value, of what it is declared to be, and of everything that it refers to."""
        if name not in self._hashes:
            for each in self.formulas.unsettled(name, self._hashes):
                self._hashes[each] = self._hash(self.catalog.values[each])
        return self._hashes[name]

    def _hash(self, value: Value) -> str:
        used = [self._hashes[name] for name in self.formulas.uses(value.name)]
        return content_hash(self.world, value.kind.value, unit_content(value.unit), content(value.core), *used)

    @cached_property
    def world(self) -> str:
        """What every formula depends on: the units with their parents, and what a row of each source is."""
        units = self.catalog.units
        parts = [*sorted(units.currencies), *(f"{child}<{parent}" for child, parent in sorted(units.parents.items()))]
        for source in self.catalog.sources.values():
            parts.append(f"{source.name}:{source.row}:{source.time}:{','.join(source.key)}")
        return content_hash(*parts)


def formula_of(value: Value) -> Formula[Tree]:
    """What is written as a value's formula."""
    definition = value.definition
    return definition.value if isinstance(definition, Parameter) else definition.formula
