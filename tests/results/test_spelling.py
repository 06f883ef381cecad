"""Core trees as the language writes them: what is spelled reads as the same tree again."""

from __future__ import annotations

import pytest
from company import COMPANY, catalog_of

from kpidsl.catalog.core import Core
from kpidsl.results.spelling import spell


def _core(formula: str) -> Core:
    between = "  days_between_them: {formula: (max(deals.closed_at) - min(deals.created_at)) / 1 day}\n"
    return catalog_of(COMPANY + between + f"  x: {{formula: '{formula}'}}\n").values["x"].core


@pytest.mark.parametrize(
    "formula",
    [
        "won + lost - won",
        "won - (lost - won)",
        "won / (won + lost)",
        "won / (lost / won)",
        "won * lost / 2.5",
        "cost + 2000 USD",
        "cost / 2 months",
        "-won + (-lost)",
        "(-won) ^ 2",
        "-(won + lost)",
        "1 - win_rate",
        "sum(abs(deals.amount))",
        'sum(deals.amount - amount where outcome != "won" and not (rep = "a" or rep is missing))',
        'count(distinct deals.rep at created_at where outcome in ("won", "lost"))',
        'count(deals where outcome not in ("won", "lost") and amount is not missing)',
        "count(deals where created_at >= 2026-01-31)",
        "count(visitors where signed_up = true)",
        "if win_rate > 20% and loss_rate < 30% then 1 else 2",
        "1 + (if win_rate = 20% then 1 else 2)",
        "coalesce(greatest(win_rate, loss_rate), 25%)",
        "count(proposals at conversation.held_at)",
        "won - previous(won, 2 years)",
        "rolling(won + lost, 1 month) / previous(won)",
        "to_date(won, year) / to_date(won)",
        "average(total(won), day)",
        "total(leads, channel) / (period_length / 1 day)",
        "count(deals alive from created_at to closed_at where created_at < previous_period_start)",
        "count(deals closing where start_of(created_at, month) = period_start)",
        "days_between_them / 2",
        'count(deals where prior(outcome where rep is not missing) per rep = "won")',
    ],
)
def test_spelled_is_read_as_the_same(formula: str) -> None:
    core = _core(formula)
    assert _core(spell(core)) == core


def test_as_it_was_written() -> None:
    formula = 'count(deals where outcome = "won" and amount > 2.5 USD)'
    assert spell(_core(formula)) == 'count(deals where outcome = "won" and amount > 2.5)'
