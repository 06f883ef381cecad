"""States of a process against a plain reading of the rules, and how often each is wrong. Fixed seeds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import day, process

from kpidsl.results.columns import Bools, Floats
from kpidsl.results.limits import xmr
from kpidsl.results.process import STATES, Process, State

SERIES, LENGTH, LATE = 1500, 48, 24


def _plain(values: list[float], present: list[bool], final: list[bool], broken: set[int]) -> list[State | None]:
    """The states of one series, value by value."""
    states: list[State | None] = []
    points: list[float] = []
    for place, value in enumerate(values):
        if place in broken:
            points = []
        if not present[place]:
            states.append(None)
            continue
        states.append(_state(value, points) if final[place] else State.NOT_FINAL)
        if final[place]:
            points.append(value)
    return states


def _state(value: float, points: list[float]) -> State:
    if len(points) < 12:
        return State.TOO_FEW
    fit = xmr(np.array([points[:24]]), money=False)
    if fit.constant[0] or fit.tied[0]:
        return State.CONSTANT if fit.constant[0] else State.AUTOCORRELATED
    away = [(each - fit.centre[0]) / fit.distance[0] for each in [*points, value]]
    side = 1 if away[-1] > 0 else -1
    near = [each * side > 0.5 for each in away[-4:]]
    row = all(each * side > 0 for each in away[-8:])
    return State.SIGNAL if abs(away[-1]) > 1 or (near[-1] and sum(near) >= 3) or row else State.STEADY


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 45), st.sets(st.integers(0, 44), max_size=2))
def test_states_are_those_of_the_rules(seed: int, length: int, broken: set[int]) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(random.choice([0, 3]) * (np.arange(length) > 30), 1, (3, length))
    present, final = random.random((3, length)) < 0.9, random.random((3, length)) < 0.95
    breaks = tuple((day(place), "") for place in sorted(broken))
    found = process(values, present=present, final=final, breaks=breaks)
    expected = [
        state for row in zip(values.tolist(), present.tolist(), final.tolist(), strict=True) for state in _plain(*row, broken)
    ]
    assert [found.state(cell) for cell in range(values.size)] == expected


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(13, 40))
def test_later_values_change_no_state(seed: int, length: int) -> None:
    values = np.random.default_rng(seed).exponential(1, (2, 40))
    whole, part = process(values, money=True), process(values[:, :length], money=True)
    cells = np.arange(80).reshape(2, 40)[:, :length].ravel()
    assert whole.codes[cells].tolist() == part.codes.tolist()
    np.testing.assert_array_equal(whole.upper[cells], part.upper)


# How often it is wrong


def _late(found: Process) -> Bools:
    """The signals of values after the first 24, of those series that have limits."""
    codes = found.codes.reshape(SERIES, LENGTH)[:, LATE:]
    signals: Bools = (codes == STATES.index(State.SIGNAL))[codes[:, 0] != STATES.index(State.AUTOCORRELATED)]
    return signals


def _normal(seed: int) -> Floats:
    return np.random.default_rng(seed).standard_normal((SERIES, LENGTH))


def test_a_stable_process_gives_few_signals() -> None:
    signals = _late(process(_normal(1)))
    assert signals.mean() == pytest.approx(0.024, abs=0.005)
    assert signals.any(axis=1).mean() == pytest.approx(0.29, abs=0.04)
    beyond = process(_normal(1)).broken.reshape(SERIES, LENGTH, 3)[:, LATE:, 0]
    assert beyond.any(axis=1).mean() == pytest.approx(0.15, abs=0.03)


def test_skewed_money_gives_as_few() -> None:
    amounts = np.exp(_normal(2))
    assert _late(process(amounts, money=True)).mean() <= 0.035
    assert _late(process(amounts)).mean() >= 0.08


def test_shares_of_few_rows_give_as_few() -> None:
    random = np.random.default_rng(3)
    rows = random.integers(50, 2000, (SERIES, LENGTH)).astype(float)
    shares = random.binomial(rows.astype(int), 0.1) / rows
    assert _late(process(shares, rows=rows)).mean() <= 0.03
    assert _late(process(shares)).mean() >= 0.04


@pytest.mark.parametrize(("tie", "found"), [(0.0, 0.04), (0.3, 0.35), (0.5, 0.70), (0.7, 0.90)])
def test_values_that_follow_each_other_are_found_out(tie: float, found: float) -> None:
    steps, values = np.random.default_rng(4).standard_normal((SERIES, LENGTH + 50)), np.zeros((SERIES, LENGTH + 50))
    for place in range(1, values.shape[1]):
        values[:, place] = tie * values[:, place - 1] + steps[:, place]
    codes = process(values[:, -LENGTH:]).codes.reshape(SERIES, LENGTH)[:, LATE]
    assert np.mean(codes == STATES.index(State.AUTOCORRELATED)) == pytest.approx(found, abs=0.05)


def test_a_shift_is_found() -> None:
    shifted = _normal(5)
    shifted[:, LATE:] += 2
    signals = _late(process(shifted))
    assert np.median(signals.argmax(axis=1) + 1) <= 3
    assert signals[:, :12].any(axis=1).mean() >= 0.97


def test_no_values_at_all() -> None:
    assert process(np.zeros((0, 0))).codes.tolist() == []
    nothing = process(np.full((2, 30), np.nan), present=np.zeros((2, 30), dtype=np.bool_))
    assert [nothing.state(cell) for cell in range(60)] == [None] * 60
