"""Which formulas are proportions."""

from __future__ import annotations

import pytest
from company import COMPANY, catalog_of

from kpidsl.catalog.core import Reference
from kpidsl.results.proportion import Shapes
from kpidsl.results.spelling import spell

MORE = """
  x: {formula: '%s'}
"""


def _proportion(formula: str, by: str = "", by_unit: bool = False) -> tuple[str, str] | None:
    catalog = catalog_of(COMPANY + MORE % formula)
    dimensions = [catalog.dimensions[by]] if by else []
    sources = catalog.sources
    paths = {name: tuple(each.paths[name] for each in dimensions if name in each.paths) for name in sources}
    found = Shapes(catalog, paths, by_unit=by_unit).proportion(catalog.values["x"].core)
    return found and (spell(found.numerator), spell(found.denominator))


@pytest.mark.parametrize(
    ("formula", "above", "below"),
    [
        ("signed / proposals", "signed", "proposals"),
        ("won / (won + lost)", "won", "won + lost"),
        ("win_rate", "won", "won + lost"),
        ("1 - win_rate", "won + lost - won", "won + lost"),
        ("discussed / conversations", "discussed", "conversations"),
        ('count(deals where outcome = "won" and rep = "r") / won', 'count(deals where outcome = "won" and rep = "r")', "won"),
        ('won / count(deals where outcome in ("won", "lost"))', "won", 'count(deals where outcome in ("won", "lost"))'),
        ("count(deals.rep) / count(deals)", "count(deals.rep)", "count(deals)"),
        ("won / count(deals.outcome)", "won", "count(deals.outcome)"),
        ("(won + lost) / count(deals)", "won + lost", "count(deals)"),
        (
            'count(distinct deals.rep where outcome = "won") / active_reps',
            'count(distinct deals.rep where outcome = "won")',
            "active_reps",
        ),
        (
            "count(leads.score) / (count(leads.score) + count(leads where score is missing))",
            "count(leads.score)",
            "count(leads.score) + count(leads where score is missing)",
        ),
    ],
)
def test_is_a_proportion(formula: str, above: str, below: str) -> None:
    assert _proportion(formula.replace("'", "''")) == (above, below)


@pytest.mark.parametrize(
    "formula",
    [
        "won / lost",
        "conversations / discussed",
        "won / count(deals at created_at)",
        'count(deals) / count(deals where outcome = "won")',
        "won / (won + count(deals))",
        "(won + count(deals)) / count(deals)",
        "new_customers / leads",
        "proposals / conversations",
        "count(distinct deals.rep) / count(deals)",
        'count(distinct deals.rep where outcome = "won") / count(distinct deals.deal_id)',
        "2 * won / (won + lost)",
        "2 - win_rate",
        "cost / new_customers",
        "fit_rate * closing_rate",
        "hurdle",
    ],
)
def test_is_none(formula: str) -> None:
    assert _proportion(formula) is None


def test_units_make_one_where_there_are_no_rows_to_look_at() -> None:
    assert _proportion("proposals / conversations", by_unit=True) == ("proposals", "conversations")
    assert _proportion("conversations / proposals", by_unit=True) is None


def test_a_given_name_is_not_looked_through() -> None:
    catalog = catalog_of()
    given = Shapes(catalog, given=frozenset({"win_rate"}))
    assert given.proportion(Reference(("loss_rate",))) is None
    assert Shapes(catalog).proportion(Reference(("loss_rate",))) is not None
