"""Histories and verdicts that wait, against a plain reading of their rules."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import series_of

from kpidsl.catalog.catalog import History, Hold
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.results.bounds import Interval, known
from kpidsl.results.series import Series, earlier_values
from kpidsl.results.turning import turned
from kpidsl.results.verdicts import CODE, VERDICTS, Direction, Limits, Verdict, judge

BAD = (Verdict.SHORT, Verdict.OUTSIDE)
PLENTY = settings(max_examples=60, deadline=None)


@PLENTY
@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(1, 14), st.integers(0, 40), st.integers(60, 100))
def test_a_history_has_the_quantiles_of_the_values_before(seed: int, months: int, back: int, low: int, high: int) -> None:
    random = np.random.default_rng(seed)
    starts = [date(2020 + place // 12, place % 12 + 1, 1) for place in range(months)]
    series = Series.of(np.tile(np.arange(months), 2), np.repeat([0, 1], months), starts, Calendar())
    values, counted = random.normal(0, 1, 2 * months), random.random(2 * months) < 0.8
    found = earlier_values(series, values, counted, History((back, Grain.MONTH), Fraction(low, 100), Fraction(high, 100)), 3)
    for cell in range(2 * months):
        place = cell % months
        before = [values[at] for at in range(cell - min(place, back), cell) if counted[at]]
        assert found.counts[cell] == len(before)
        expected = np.quantile(before, [low / 100, 0.5, high / 100]) if len(before) >= 3 else [np.nan] * 3
        np.testing.assert_allclose([found.low[cell], found.middle[cell], found.high[cell]], expected)


def test_a_history_of_weeks_has_those_that_begin_in_it() -> None:
    starts = [date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19), date(2026, 1, 26), date(2026, 2, 2), date(2026, 2, 9)]
    series = Series.of(np.arange(6), np.zeros(6, dtype=np.int64), starts, Calendar())
    month = History((1, Grain.MONTH), Fraction(0), Fraction(1))
    found = earlier_values(series, np.arange(6.0), np.ones(6, dtype=np.bool_), month, 1)
    assert found.counts.tolist() == [0, 1, 2, 3, 4, 4]
    assert found.low.tolist()[1:] == [0, 0, 0, 0, 1]


def _waiting(verdicts: list[Verdict], bad: int, good: int) -> list[Verdict]:
    """The verdicts of one series, period by period."""
    shown: list[Verdict] = []
    last: Verdict | None = None
    row = 0
    for verdict in verdicts:
        if not verdict.firm:
            shown.append(verdict)
            continue
        against = last is not None and (verdict in BAD) != (last in BAD)
        row = row + 1 if against else 0
        if not against or row >= (bad if verdict in BAD else good):
            last, row = verdict, 0
        assert last is not None
        shown.append(last)
    return shown


@PLENTY
@given(
    st.lists(st.lists(st.sampled_from(VERDICTS), min_size=12, max_size=12), min_size=1, max_size=3), *[st.integers(1, 4)] * 2
)
def test_verdicts_wait(rows: list[list[Verdict]], bad: int, good: int) -> None:
    codes = np.array([CODE[verdict] for row in rows for verdict in row], dtype=np.int8)
    nothing = np.full(len(codes), "", dtype=object)
    own = Interval.point(np.zeros(len(codes)))
    limits = Limits("plan", known(own, np.zeros(len(codes))), None)
    judgement = judge(own.values, own.values, codes, limits, Direction.HIGHER, nothing)
    found = turned(judgement, Hold(bad, good), series_of(len(rows), 12))
    assert [VERDICTS[code] for code in found.codes] == [verdict for row in rows for verdict in _waiting(row, bad, good)]
    assert found.notes is not None
    for cell, note in enumerate(found.notes):
        changed = found.codes[cell] != codes[cell] and VERDICTS[codes[cell]].firm
        assert not changed or str(note).startswith(VERDICTS[codes[cell]].value)
