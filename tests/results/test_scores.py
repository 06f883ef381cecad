"""Scores tell what verdicts tell: below 50 what is short by itself, never lower for a better value, always from 0 to 100."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import kpidsl
from kpidsl.catalog.catalog import Value
from kpidsl.results.bounds import Interval
from kpidsl.results.columns import Floats
from kpidsl.results.figures import direction_of
from kpidsl.results.judging import References, Scope, make_limits
from kpidsl.results.scores import scores
from kpidsl.results.verdicts import Judgement, Position, judge

DEFINITIONS = """
sources: {{rows: {{time: day, columns: {{day: date, amount: number}}}}}}
measures: {{amount: sum(rows.amount)}}
kpis:
  kpi: {{formula: amount, better: {better}, inference: census, benchmarks: {{b: {benchmark}}}}}
"""
NUMBERS = st.integers(-50, 50)


class Constants:
    """References of benchmarks whose bounds are numbers."""

    def of(self, benchmark: object, part: str, core: object) -> object:
        from kpidsl.catalog.core import Constant
        from kpidsl.results.judging import Reference

        assert isinstance(core, Constant) and isinstance(core.value, Fraction)
        return Reference(Interval.point(np.array([float(core.value)])))


def kpi(better: str, benchmark: str) -> Value:
    catalog = kpidsl.load(texts={"a.yaml": DEFINITIONS.format(better=better, benchmark=benchmark)})
    assert catalog.diagnostics.errors == ()
    return catalog.values["kpi"]


def judged(value: Value, numbers: Floats) -> Judgement:
    """The points of a KPI held against its benchmark, with their scores."""
    (benchmark,) = value.benchmarks
    own, nothing = Interval.point(numbers), np.full(len(numbers), "", dtype=object)
    references: References = Constants()  # type: ignore[assignment]
    scope = Scope(np.full(len(numbers), None), np.full(len(numbers), None))
    limits = make_limits(benchmark, own, direction_of(value), references, scope)
    assert not isinstance(limits, str)
    before = np.full(len(numbers), -1, dtype=np.int8)
    found = judge(numbers, np.full(len(numbers), 9.0), before, limits, direction_of(value), nothing)
    return replace(found, scores=scores(benchmark, found, direction_of(value), value))


@st.composite
def benchmarks(draw: st.DrawFn) -> tuple[str, str]:
    """A direction and a benchmark that goes with it."""
    low = draw(NUMBERS)
    high = low + draw(st.integers(1, 50))
    plan = f"{{plan: {low}, tolerance: {draw(st.integers(0, 80))}%}}"
    kinds = {
        "higher": [f"{{range: at least {low}}}", f"{{range: {low} to {high}}}", plan],
        "lower": [f"{{range: at most {low}}}", f"{{range: {low} to {high}}}", plan],
        "inside": [f"{{range: {low} to {high}}}"],
    }
    better = draw(st.sampled_from(sorted(kinds)))
    return better, draw(st.sampled_from(kinds[better]))


@settings(max_examples=60, deadline=None)
@given(benchmarks(), st.lists(st.integers(-120, 120), min_size=2, max_size=30))
def test_a_score_says_on_which_side_of_the_bound_a_value_lies(case: tuple[str, str], numbers: list[int]) -> None:
    better, benchmark = case
    found = judged(kpi(better, benchmark), np.array(sorted(numbers), dtype=np.float64))
    assert found.scores is not None
    known = ~np.isnan(found.scores)
    scored, positions = found.scores[known], found.positions[known]
    assert np.all((scored >= 0) & (scored <= 100))
    bad = {"higher": [Position.BELOW], "lower": [Position.ABOVE], "inside": [Position.BELOW, Position.ABOVE]}[better]
    assert np.array_equal(scored < 50 - 1e-9, np.isin(positions, bad))
    steps = np.diff(scored)
    assert better == "inside" or np.all(steps >= -1e-9 if better == "higher" else steps <= 1e-9)


@pytest.mark.parametrize("benchmark", ["{range: at least 0}", "{plan: 0}", "{average: 0}"])
def test_without_a_scale_there_is_no_score(benchmark: str) -> None:
    found = judged(kpi("higher", benchmark), np.array([-1.0, 0.0, 1.0])).scores
    assert found is not None
    assert np.isnan(found).all()


def test_a_band_without_a_width_has_no_score() -> None:
    found = judged(kpi("inside", "{range: 5 to 5}"), np.array([4.0, 5.0])).scores
    assert found is not None
    assert np.isnan(found).all()


def test_less_than_nothing_is_scored_the_right_way_round() -> None:
    found = judged(kpi("higher", "{plan: -10, score: {0: 80%, 50: 100%, 100: 120%}}"), np.array([-12.0, -10.0, -8.0])).scores
    assert found is not None
    assert found.tolist() == [0, 50, 100]


ROWS = pd.DataFrame({"day": [date(2026, 1, 1) + timedelta(days=number) for number in range(90)], "amount": [1.0] * 90})


def test_a_scorecard_of_an_application() -> None:
    text = DEFINITIONS.format(better="higher", benchmark="{range: at least 60}") + (
        "  other: {formula: amount, better: lower, inference: census, benchmarks: {b: {range: at most 10, every: year}}}\n"
        "scorecards: {card: {title: Card, kpis: {kpi: 75%, other: 25%}}}\n"
    )
    catalog = kpidsl.load(texts={"a.yaml": text})
    result = kpidsl.evaluate(catalog, data={"rows": ROWS}, scorecards="card", as_of="2026-04-01")
    card = result.scorecards["card"]
    assert (card.value, card.coverage.tolist(), card.scored.tolist()) == (75, [0.75], [0.75])
    assert card.parts[["kpi", "weight"]].to_numpy().tolist() == [["kpi", 0.75], ["other", 0.25]]
    assert result["kpi"].score == 75
    months = kpidsl.evaluate(catalog, data={"rows": ROWS}, every="month", as_of="2026-04-01")
    assert months.scorecards["card"].frame["score"].tolist() == pytest.approx([25.833333, 23.333333, 25.833333])
    assert not kpidsl.evaluate(catalog, "kpi", data={"rows": ROWS}, as_of="2026-04-01").scorecards
    with pytest.raises(kpidsl.AskError, match="no scorecard is called `crad`"):
        kpidsl.evaluate(catalog, data={"rows": ROWS}, scorecards=["crad"])


def test_a_kpi_that_fails_stays_on_its_card() -> None:
    text = (
        "sources: {rows: {time: day, columns: {day: date, amount: number}}, lost: {time: day, columns: {day: date}}}\n"
        "kpis:\n"
        "  kpi: {formula: sum(rows.amount), inference: census, benchmarks: {b: {range: at least 60}}}\n"
        "  gone: {formula: count(lost), inference: census, benchmarks: {b: {range: at least 60}}}\n"
        "scorecards: {card: {kpis: {kpi: 50%, gone: 50%}}}\n"
    )
    result = kpidsl.evaluate(kpidsl.load(texts={"a.yaml": text}), data={"rows": ROWS}, as_of="2026-04-01")
    card = result.scorecards["card"]
    assert (card.value, card.coverage.tolist()) == (75, [0.5])
    assert card.parts["verdict"].tolist() == ["within", "error"]


def test_a_catalog_gives_its_kpis_by_area_role_and_tag() -> None:
    text = (
        "kpis:\n"
        "  one: {formula: 1 + 0, area: sales, role: input, tags: [a, b]}\n"
        "  two: {formula: 2 + 0, area: sales, role: output, tags: [b]}\n"
        "  three: {formula: 3 + 0}\n"
    )
    catalog = kpidsl.load(texts={"a.yaml": text})

    def names(**words: str) -> list[str]:
        return [value.name for value in catalog.kpis(**words)]

    assert names() == ["one", "two", "three"]
    assert names(area="sales") == ["one", "two"]
    assert names(area="sales", role="output") == ["two"]
    assert names(tag="a") == ["one"]
