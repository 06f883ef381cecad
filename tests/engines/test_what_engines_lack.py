"""Which engine is chosen, and what it says it cannot do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from asking import planned

from kpidsl.catalog.core import Aggregate, Apply, Reference, Type
from kpidsl.engines import pandas as engine
from kpidsl.engines.choose import choose
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import (
    Closing,
    Count,
    Fold,
    Grouping,
    Ordered,
    Plan,
    Shift,
    Slot,
    Stock,
    Term,
    ToDate,
    Total,
    Window,
)

TEXT = """
sources: {rows: {time: day, columns: {day: date, amount: number}}}
measures: {rows: count(rows)}
"""
DAY = Reference(("day",), type=Type.DATE)


def changed(**scan: object) -> Plan:
    plan = planned(TEXT)
    return replace(plan, scans=(replace(plan.scans[0], **scan),))  # type: ignore[arg-type]


def slot(slot: Slot) -> Plan:
    return changed(slots={"s0": slot})


@pytest.mark.parametrize(
    ("plan", "word"),
    [
        (changed(frames=(Shift(1, Grain.YEAR),)), "previous"),
        (changed(frames=(Window(3, Grain.MONTH),)), "rolling"),
        (changed(frames=(ToDate(Grain.YEAR),)), "to_date"),
        (changed(frames=(Fold(Grain.MONTH),)), "average"),
        (changed(frames=(Total(),)), "total"),
        (changed(placement=Stock(DAY, None)), "alive"),
        (changed(placement=Closing(DAY)), "closing"),
        (changed(grouping=Grouping(DAY, {})), "derived column over rows"),
        (slot(Ordered("percentile", Term(Reference(("amount",)), None), Fraction(9, 10))), "percentile"),
        (slot(Count(Term(Apply("prior", (Reference(("amount",)),)), None))), "prior"),
        (slot(Count(Term(None, Apply("period_start", (), type=Type.BOOLEAN)))), "period_start"),
        (slot(Count(Term(Aggregate("min", "rows", Reference(("amount",))), None))), "min"),
    ],
)
def test_what_is_lacking(plan: Plan, word: str) -> None:
    (finding,) = engine.lacks(plan)
    assert finding.code == "not-evaluated-yet"
    assert finding.headline == f"`{word}` cannot be evaluated yet"


def test_what_is_not_lacking() -> None:
    assert engine.lacks(planned(TEXT, every="month")) == ()


def test_scans_without_their_table_have_no_cells() -> None:
    slots = engine.run(planned(TEXT, every="month"), {})
    assert slots.periods == ()
    assert len(slots.partials[0].period) == 0
    assert slots.partials[0].observed is None


def test_choice() -> None:
    assert choose() == (engine, "the only engine so far", ())
    assert choose("pandas")[:2] == (engine, "asked for")
    chosen, _, (finding,) = choose("panda")
    assert chosen is None
    assert (finding.code, finding.help) == ("unknown-engine", ("perhaps `pandas`?",))
