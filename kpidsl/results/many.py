"""Judgements of many segments at once: what is firm by itself in, what is firm among so many out."""

from __future__ import annotations

from collections.abc import Callable
from math import erfc, sqrt

import numpy as np
from msgspec.structs import replace

from kpidsl.results.columns import Bools, Codes, Floats, Objects
from kpidsl.results.intervals import LEVEL
from kpidsl.results.verdicts import CODE, JUDGED, Judgement, Position, Verdict, standard_errors


def among_many(judgement: Judgement, groups: Objects, why: Callable[[int], str]) -> Judgement:
    """A judgement of many segments at once, those of one group (a period) together; `why` says that one is not firm among so
    many.

    Of 20 segments that have not changed one or two look as if they had. So a difference stays firm only if it is one of those
    that Benjamini and Hochberg (1995) find at a false discovery rate of 10%, twice the error of one side of one interval.
    """
    codes, reasons = judgement.codes.copy(), judgement.reasons.copy()
    apart = (judgement.positions == int(Position.BELOW)) | (judgement.positions == int(Position.ABOVE))
    judged = JUDGED[codes]
    for group in dict.fromkeys(groups):
        cells = np.flatnonzero(np.array([each == group for each in groups]) & judged)
        chances = _chances(judgement, cells)
        kept = _discoveries(chances, 1 - LEVEL)
        lost = cells[~kept & apart[cells]]
        codes[lost] = CODE[Verdict.WITHIN if judgement.limits.across else Verdict.INCONCLUSIVE]
        reasons[lost] = why(len(cells))
    return replace(judgement, codes=codes, reasons=reasons)


def _chances(judgement: Judgement, cells: Codes) -> Floats:
    """How probable so large a difference is where there is none, in some of the cells."""
    bounds = (judgement.limits.low, judgement.limits.high)
    scores = [standard_errors(judgement.values, bound)[cells] for bound in bounds if bound]
    sides = zip(*(each.tolist() for each in (scores[0], -scores[-1])), strict=True)
    return np.array([min(1.0, erfc(max(low, high) * sqrt(0.5))) for low, high in sides])


def _discoveries(chances: Floats, rate: float) -> Bools:
    """Which of several findings stand by the procedure of Benjamini and Hochberg."""
    order = np.argsort(chances, kind="stable")
    passed = chances[order] <= rate * np.arange(1, len(chances) + 1) / max(1, len(chances))
    count = int(np.max(np.flatnonzero(passed), initial=-1)) + 1
    kept = np.zeros(len(chances), dtype=np.bool_)
    kept[order[:count]] = True
    return kept
