"""A choice by bounds in a list, as nested cases that halve the list at each step."""

from __future__ import annotations

from collections.abc import Sequence


def decided(value: str, bounds: Sequence[str], leaves: Sequence[str]) -> str:
    """The leaf before the first bound that is above the value; there is one leaf more than bounds, which are in order."""
    if not bounds:
        return leaves[0]
    middle = len(bounds) // 2
    low = decided(value, bounds[:middle], leaves[: middle + 1])
    high = decided(value, bounds[middle + 1 :], leaves[middle + 1 :])
    return f"case when {value} < {bounds[middle]} then {low} else {high} end"
