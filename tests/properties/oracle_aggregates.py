"""What an aggregate makes of the values of its rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from oracle_functions import Value

from kpidsl.catalog.core import Aggregate


def ordering(parts: Sequence[Value]) -> tuple[tuple[bool, Any], ...]:
    """Something to order by, in which missing parts come last."""
    return tuple((part is None, 0 if part is None else part) for part in parts)


def aggregated(aggregate: Aggregate, terms: Sequence[tuple[Any, Value]], observed: bool) -> Value:
    """The value over what the rows add, each with its place in their order; over none 0 or missing where there is one."""
    values = [value for _, value in terms]
    if not values and aggregate.function in ("count", "sum"):
        return 0.0 if observed else None
    if aggregate.distinct:
        return float(len(set(values)))
    if not values:
        return None
    match aggregate.function:
        case "count":
            return float(len(values))
        case "sum":
            return math.fsum(values)
        case "avg":
            return math.fsum(values) / len(values)
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "median":
            return percentile(values, 0.5)
        case "percentile":
            return percentile(values, float(aggregate.fraction or 0))
        case "stddev":
            return deviation(values)
        case "first":
            return min(terms, key=lambda term: term[0])[1]
        case "last":
            return max(terms, key=lambda term: term[0])[1]
        case _:
            raise AssertionError(aggregate.function)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies, interpolated linearly."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def deviation(values: Sequence[float]) -> float | None:
    """The standard deviation of a sample."""
    if len(values) < 2:
        return None
    if len(set(values)) == 1:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
