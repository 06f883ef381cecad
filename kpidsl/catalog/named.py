"""Names by the units that they stand for, so that one in a wanted unit is found without a look at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from kpidsl.units.unit import Unit

_MOST_AT_ONCE = 20
_MOST = 20_000  # beyond it, so much is wrong that no proposal helps


class Names(Struct):
    """Names in the order in which they are defined; what is asked of them in all is bounded."""

    by_unit: Mapping[Unit, Sequence[str]]
    _given: int = 0

    @staticmethod
    def of(units: Mapping[str, Unit]) -> Names:
        found: dict[Unit, list[str]] = {}
        for name, unit in units.items():
            found.setdefault(unit, []).append(name)
        return Names(found)

    def some(self, unit: Unit) -> Sequence[str]:
        """The first names in a unit."""
        if self._given > _MOST:
            return ()
        names = self.by_unit.get(unit, ())[:_MOST_AT_ONCE]
        self._given += len(names) + 1
        return names
