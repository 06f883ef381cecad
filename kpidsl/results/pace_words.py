"""The pace of a cell in words: `behind: 62 so far against 70 at this point, it will land at 118 (90% interval 104 to 135)`."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

from kpidsl.results.columns import Floats
from kpidsl.results.pace import Pace, PaceVerdict


def words(pace: Pace, cell: int, show: Callable[[float], str]) -> str:
    """How a value of a period that is not over stands to its benchmark; empty of one that is, or with nothing to say."""

    def shown(numbers: Floats) -> str:
        return show(float(numbers[cell]))

    landing, found = pace.landing, []
    if not isnan(pace.expected[cell]):
        found.append(f"{shown(pace.to_date)} so far against {shown(pace.expected)} at this point")
    if not isnan(landing.value[cell]):
        found.append(f"it will land at {shown(landing.value)} (90% interval {shown(landing.low)} to {shown(landing.high)})")
    elif landing.why[cell]:
        found.append(landing.why[cell])
    verdict = pace.verdict(cell)
    if verdict is None:
        return ""
    return ": ".join(filter(None, ["" if verdict is PaceVerdict.UNKNOWN else verdict.value, ", ".join(found)]))
