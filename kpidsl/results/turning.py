"""When a verdict turns: the verdicts of single periods in, those that waited for `for` and `clear` out.

A verdict turns to the bad side only after so many firm bad periods in a row, and back only after so many firm good ones; until
then it stays what it was. A period without a firm verdict (no data, inconclusive, not over) says so itself; it neither counts
nor breaks the row, because it says nothing. The first firm verdict stands at once: there is none before it that could stay.
"""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from kpidsl.catalog.catalog import Hold
from kpidsl.results import reasons
from kpidsl.results.columns import Bools, Codes
from kpidsl.results.series import Series
from kpidsl.results.verdicts import CODE, VERDICTS, Bytes, Judgement, Verdict

_BAD: Bools = np.array([verdict in (Verdict.SHORT, Verdict.OUTSIDE) for verdict in VERDICTS])
_FIRM: Bools = np.array([verdict.firm for verdict in VERDICTS])


def turned(judgement: Judgement, hold: Hold, series: Series) -> Judgement:
    """A judgement whose verdicts waited; its notes say of which."""
    codes, waiting = _settled(judgement.codes[series.order], series.ids, hold)
    settled, notes = judgement.codes.copy(), np.full(len(codes), "", dtype=object)
    settled[series.order] = codes
    for place in np.flatnonzero(waiting):
        cell = series.order[place]
        verdict = VERDICTS[judgement.codes[cell]]
        needed = hold.bad if _BAD[CODE[verdict]] else hold.good
        notes[cell] = reasons.waiting(verdict, int(waiting[place]), needed)
    return replace(judgement, codes=settled).noted(notes)


def _settled(codes: Bytes, ids: Codes, hold: Hold) -> tuple[Bytes, Codes]:
    """The verdicts in the order of the series, and how long each that waits has done so, 0 for others."""
    settled, waiting = codes.copy(), np.zeros(len(codes), dtype=np.int64)
    firm = np.flatnonzero(_FIRM[codes])
    begins = np.flatnonzero(np.r_[True, ids[firm][1:] != ids[firm][:-1]]) if len(firm) else firm
    lengths = np.diff(np.r_[begins, len(firm)])
    last = codes[firm[begins]].copy()
    row = np.zeros(len(begins), dtype=np.int64)
    for step in range(int(lengths.max(initial=0))):
        going = np.flatnonzero(lengths > step)
        places = firm[begins[going] + step]
        now = codes[places]
        against = _BAD[now] != _BAD[last[going]]
        row[going] = np.where(against, row[going] + 1, 0)
        waits = against & (row[going] < np.where(_BAD[now], hold.bad, hold.good))
        settled[places] = np.where(waits, last[going], now)
        waiting[places] = np.where(waits, row[going], 0)
        last[going] = settled[places]
        row[going] = np.where(waits, row[going], 0)
    return settled, waiting
