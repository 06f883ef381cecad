"""Receipts: how a value came about, the same on every engine and in every frame, and nothing of it before it is asked for."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

import kpidsl
from kpidsl.results.receipts.receipt import Receipt, Step
from kpidsl.results.receipts.words import amount, day_range, plural
from kpidsl.units.unit import NUMBER, PERCENT, Unit, divide

COMPANY = """
units: {currencies: [USD], entities: {customer: {}, deal: {}, won_deal: {subset_of: deal}}}
sources:
  spend:
    time: paid_on
    columns: {paid_on: date, amount: {type: number, unit: USD}, function: text, channel: text}
  customers: {row: customer, time: acquired_on, columns: {acquired_on: date, channel: text, left_on: date, plan: text}}
  plans: {key: plan, columns: {plan: text, price: {type: number, unit: USD}}}
dimensions: {channel: [spend.channel, customers.channel]}
parameters: {overhead: 10%}
measures:
  sales_spend: 'sum(spend.amount where function = "sales")'
  marketing_spend: 'sum(spend.amount where function = "marketing")'
  new_customers: count(customers)
  alive: count(customers alive from acquired_on to left_on)
  price: max(plans.price)
  lasted: max(customers.acquired_on) - min(customers.acquired_on)
kpis:
  cac:
    title: Customer acquisition cost
    unit: USD / customer
    better: lower
    formula: (sales_spend + marketing_spend) / new_customers
    benchmarks:
      target: {range: at most 2000, cite: "2026 plan", vintage: "2025", population: B2B}
      floor: {range: at most 9000, cite: board}
  full_cac: {formula: cac * (1 + overhead), better: lower}
  cac_growth: {formula: growth(cac), better: lower}
  mean_customers: {formula: 'average(rolling(new_customers, 2 months), month)', better: none}
  share: {formula: new_customers / total(new_customers), better: none}
  per_alive: {formula: (new_customers - alive) / alive, better: none}
  two: {formula: 'previous(new_customers, 1 month) + to_date(new_customers)', better: none}
"""
SPEND = pd.DataFrame(
    {
        "paid_on": pd.to_datetime(["2026-01-02", "2026-01-09", "2026-02-02", "2026-02-09", None]),
        "amount": [12_000, 8_000, 9_000, 3_000.5, 1],
        "function": ["sales", "marketing", "sales", "marketing", "sales"],
        "channel": ["web"] * 5,
    }
)
CUSTOMERS = pd.DataFrame(
    {
        "acquired_on": pd.to_datetime(["2026-01-05"] * 10 + ["2026-02-03"] * 6),
        "channel": ["web"] * 14 + ["tv", None],
        "left_on": pd.to_datetime([None] * 16),
        "plan": ["basic"] * 16,
    }
)
PLANS = pd.DataFrame({"plan": ["basic"], "price": [10.0]})
FRAMES = {"spend": SPEND, "customers": CUSTOMERS, "plans": PLANS}


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"company.yaml": COMPANY}, strict=True)


def asked(catalog: kpidsl.Catalog, *kpis: str, **words: Any) -> kpidsl.Result:
    return kpidsl.evaluate(catalog, kpis, data=FRAMES, **{"as_of": "2026-03-01", "every": "month", **words})


def step(receipt: Receipt, name: str, *frames: str) -> Step:
    (found,) = [each for each in receipt.steps if each.name == name and each.frames == frames]
    return found


def test_a_formula_is_followed_down_to_its_rows(catalog: kpidsl.Catalog) -> None:
    receipt = asked(catalog, "cac")["cac"].receipt_at("2026-01")
    top = receipt.steps[0]
    assert (top.formula, top.substituted, top.taken[0].shown) == (
        "(sales_spend + marketing_spend) / new_customers",
        "(USD 12,000 + USD 8,000) / 10 customers",
        "USD 2,000 per customer",
    )
    (rows,) = step(receipt, "sales_spend").inputs
    assert (rows.source, rows.filter, rows.dated_by) == ("spend", 'function = "sales"', "paid_on")
    assert rows.words == 'sum of amount over the rows of spend where function = "sales", by paid_on'
    assert (rows.taken[0].value, rows.taken[0].rows, rows.taken[0].start, rows.taken[0].end) == (
        12_000,
        1,
        "2026-01-01",
        "2026-02-01",
    )


def test_what_was_asked_and_read_is_on_it(catalog: kpidsl.Catalog) -> None:
    words: dict[str, Any] = {
        "where": 'channel = "web"',
        "start": "2026-01",
        "having": "cac > 1",
        "parameters": {"overhead": "12%"},
    }
    receipt = asked(catalog, "full_cac", **words)["full_cac"].receipts[1]
    about = receipt.about
    assert (about.ask.where, about.ask.having, about.ask.start, about.ask.every) == (
        'channel = "web"',
        "cac > 1",
        "2026-01-01",
        "month",
    )
    (overhead,) = about.parameters
    assert (overhead.value, overhead.overridden, overhead.default) == (0.12, True, "10%")
    spend = about.sources[0]
    assert (spend.source, spend.dated_by, spend.first, spend.last, spend.rows, spend.undated) == (
        "spend",
        "paid_on",
        "2026-01-02",
        "2026-02-09",
        5,
        1,
    )
    assert about.calendar["week_starts"] == "monday" and about.as_of == "2026-03-01T00:00:00"
    assert (about.engine, about.kpidsl) == ("pandas", kpidsl.__version__)


def test_the_benchmark_that_decided_comes_first_with_its_source(catalog: kpidsl.Catalog) -> None:
    judged = kpidsl.calc(catalog, "cac", {"sales_spend": 30_000, "marketing_spend": 0, "new_customers": 10})["cac"].receipt
    first, second = judged.benchmarks
    assert (first.name, first.range, first.high, first.verdict, first.decided) == (
        "target",
        "at most 2000",
        2000,
        "short",
        True,
    )
    assert (first.cite, first.vintage, first.population) == ("2026 plan", "2025", "B2B")
    assert (second.verdict, second.decided) == ("within", False)
    assert judged.verdict == "short" and "lies above USD 2,000" in judged.reason


def test_a_window_shows_what_it_became(catalog: kpidsl.Catalog) -> None:
    receipt = asked(catalog, "cac_growth")["cac_growth"].receipt_at("2026-02")
    top = receipt.steps[0]
    assert top.expanded == "(cac - previous(cac)) / abs(previous(cac))"
    assert "USD 2,000 per customer" in top.substituted
    window = step(receipt, "previous(cac)", "the period before")
    assert (window.kind, window.inside[0].value, window.inside[0].start) == ("window", 2000, "2026-01-01")
    assert step(receipt, "new_customers", "the period before").taken[0].value == 10
    assert step(receipt, "new_customers").taken[0].value == 6


def test_an_average_shows_its_parts_and_a_total_what_it_is_a_part_of(catalog: kpidsl.Catalog) -> None:
    mean = asked(catalog, "mean_customers", every="quarter")["mean_customers"].receipts[0]
    window = step(mean, "average(rolling(new_customers, 2 months), month)", "each month of the period")
    assert [each.start for each in window.inside] == ["2026-01-01", "2026-02-01"]
    assert [each.status for each in window.inside] == ["missing", "value"]
    share = asked(catalog, "share", by=["channel"])["share"].receipt_at("2026-02", channel="tv")
    assert share.steps[0].substituted == "1 customer / 6 customers"
    assert step(share, "total(new_customers)", "over all dimensions").taken[0].value == 6
    missing = asked(catalog, "share", by=["channel"])["share"].receipt_at("2026-02", channel=None)
    assert missing.dimensions == {"channel": None} and "channel (missing)" in missing.text


def test_stocks_sources_without_time_and_dates(catalog: kpidsl.Catalog) -> None:
    stock = asked(catalog, "per_alive")["per_alive"].receipt_at("2026-02")
    assert stock.steps[0].substituted == "(6 customers - 16 customers) / 16 customers"
    assert step(stock, "alive").inputs[0].words.endswith("alive at the end of the period: from acquired_on to left_on")
    price = asked(catalog, "price", every=None)["price"].receipt
    assert price.steps[0].inputs[0].words == "greatest price over the rows of plans, the same in every period"
    assert price.about.sources[0].first is None
    lasted = asked(catalog, "lasted", every=None)["lasted"].receipt.steps[0]
    assert (lasted.substituted, lasted.taken[0].shown) == ("2026-02-03 - 2026-01-05", "29 days")
    assert lasted.inputs[0].taken[0].value == "2026-02-03"


def test_no_value_says_why(catalog: kpidsl.Catalog) -> None:
    undefined = kpidsl.calc(catalog, "cac", {"sales_spend": 1, "marketing_spend": 1, "new_customers": 0})["cac"].receipt
    assert (undefined.value, undefined.status, undefined.shown) == (None, "undefined", "undefined")
    assert undefined.steps[0].taken[0].reason == "new_customers is 0" and "new_customers is 0" in undefined.text
    two = asked(catalog, "two")["two"].receipts[0]
    assert two.status == "missing" and two.steps[0].substituted == "missing + 10 customers"


def test_plain_numbers_have_receipts(catalog: kpidsl.Catalog) -> None:
    receipt = kpidsl.calc(catalog, "full_cac", {"sales_spend": 12_000, "marketing_spend": 8_000, "new_customers": 10})[
        "full_cac"
    ].receipt
    assert receipt.value == 2200 and receipt.about.ask.given == {
        "sales_spend": 12_000,
        "marketing_spend": 8_000,
        "new_customers": 10,
    }
    assert [each.given for each in receipt.steps] == [False, False, True, True, True, False]
    assert "full_cac = cac * (1 + overhead) = USD 2,000 per customer * (1 + 10%) = USD 2,200 per customer" in receipt.text


def test_every_engine_gives_the_same_receipts(catalog: kpidsl.Catalog) -> None:
    kpis = ("cac", "full_cac", "cac_growth", "mean_customers", "share", "per_alive", "two", "price", "change(cac) as more")
    found: list[list[dict[str, Any]]] = []
    for engine in ("pandas", "duckdb"):
        result = asked(catalog, *kpis, engine=engine)
        found.append([{**each.to_dict(), "engine": ""} for name in result.kpis for each in result[name].receipts])
    assert len(found[0]) == 2 * len(kpis)
    for one, other in zip(*found, strict=True):
        assert _near(one, other), (one, other)


def _near(one: Any, other: Any) -> bool:
    """Whether two receipts are the same but for the last digits of numbers."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_near(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_near, one, other))
    return one == pytest.approx(other) if isinstance(one, float) else one == other


def test_receipts_are_reproducible_and_plain(catalog: kpidsl.Catalog) -> None:
    texts = [asked(catalog, "cac_growth", by=["channel"])["cac_growth"].receipts for _ in range(2)]
    assert [each.text for each in texts[0]] == [each.text for each in texts[1]]
    assert [json.dumps(each.to_dict(), allow_nan=False) for each in texts[0]] == [
        json.dumps(each.to_dict()) for each in texts[1]
    ]


def test_one_cell_has_to_be_named_where_there_are_several(catalog: kpidsl.Catalog) -> None:
    view = asked(catalog, "share", by=["channel"])["share"]
    with pytest.raises(ValueError, match="`share` has 4 cells"):
        _ = view.receipt
    with pytest.raises(KeyError, match="3 such cells"):
        view.receipt_at("2026-02")
    with pytest.raises(KeyError, match="no such cell"):
        view.receipt_at("2026-07")
    with pytest.raises(KeyError, match="not grouped by `segment`"):
        view.receipt_at(segment="x")


def test_conditions_on_results_leave_the_right_cells(catalog: kpidsl.Catalog) -> None:
    (receipt,) = asked(catalog, "new_customers", having="new_customers < 8")["new_customers"].receipts
    assert (receipt.period, receipt.value, receipt.steps[0].taken[0].value) == ("2026-02", 6, 6)


def test_without_cells_there_are_no_receipts(catalog: kpidsl.Catalog) -> None:
    view = asked(catalog, "full_cac", having="new_customers > 800")["full_cac"]
    assert view.receipts == ()
    with pytest.raises(ValueError, match="`full_cac` has 0 cells: there is nothing to show"):
        _ = view.receipt
    assert asked(catalog, "full_cac", start="2030-01", as_of="2030-01", by=["channel"])["full_cac"].receipts == ()


def test_a_source_that_fails_leaves_a_receipt_that_says_so(catalog: kpidsl.Catalog) -> None:
    broken = {**FRAMES, "spend": SPEND.assign(amount="much")}
    result = kpidsl.evaluate(catalog, ["cac", "new_customers"], data=broken, as_of="2026-03-01")
    assert result["cac"].receipt.status == "error" and result["cac"].receipt.steps == ()
    assert "source spend could not be used" in result["cac"].receipt.markdown
    assert result["new_customers"].receipt.value == 16


def test_markdown_shows_texts_as_they_are() -> None:
    text = COMPANY.replace("Customer acquisition cost", "'<b>*cost*</b>'").replace('"2026 plan"', '"![x](http://y) | <script>"')
    catalog = kpidsl.load(texts={"company.yaml": text.replace('= "sales"', '= "`s`\\u202e"')}, strict=True)
    receipt = kpidsl.calc(catalog, "cac", {"sales_spend": 1, "marketing_spend": 1, "new_customers": 1})["cac"].receipt
    assert "<" not in receipt.markdown.replace("&lt;", "") and "!\\[x\\]" in receipt.markdown
    rows = asked(catalog, "cac", by=["channel"])["cac"].receipts[0]
    assert "\u202e" not in rows.markdown and "\u202e" not in rows.text


@pytest.mark.parametrize(
    ("value", "unit", "percent", "shown"),
    [
        (12_000.5, Unit.of("USD"), False, "USD 12,000.5"),
        (2000, divide(Unit.of("USD"), Unit.of("customer")).unit, False, "USD 2,000 per customer"),
        (1, Unit.of("customer"), False, "1 customer"),
        (2, Unit.of("qualified_lead"), False, "2 qualified leads"),
        (1 / 3, NUMBER, False, "0.33333"),
        (0.25, PERCENT, False, "25%"),
        (0.5, divide(Unit.of("won_deal"), Unit.of("deal")).unit, True, "50%"),
        (3, Unit.of("day"), False, "3 days"),
        (3, divide(NUMBER, Unit.of("year")).unit, False, "3 per year"),
        (4, Unit.of("USD", 2), False, "4 USD^2"),
        (-5, Unit.of("USD"), False, "USD -5"),
    ],
)
def test_amounts_in_words(value: float, unit: Unit, percent: bool, shown: str) -> None:
    assert amount(value, unit, percent) == shown


def test_words() -> None:
    assert [plural(noun, 2) for noun in ("company", "day", "class", "box", "leads")] == [
        "companies",
        "days",
        "classes",
        "boxes",
        "leads",
    ]
    assert day_range("2026-01-01", "2026-01-02") == "2026-01-01"
    assert day_range("2026-01-01", "2026-02-01") == "2026-01-01 to 2026-01-31"
    assert day_range(None, "2026-02-01") == ""


YOUNG = """
units: {entities: {signup: {}, customer: {subset_of: signup}}}
sources:
  signups: {row: signup, time: signed, columns: {signed: date, ordered: date}}
  plan: {every: month, time: month, columns: {month: date, planned: {type: number, unit: signup}}}
measures: {signups: count(signups), ordered: {formula: count(signups where ordered - signed <= 20 days), unit: customer}}
kpis:
  new_signups:
    better: higher
    formula: signups
    benchmarks:
      plan: {plan: sum(plan.planned), tolerance: 5%, every: month}
      before: {compare: previous, every: month, severity: note}
      process: {process: xmr, every: month}
  order_share:
    better: higher
    formula: ordered / signups
    matures_after: 20 days
    project: ordered
    benchmarks: {goal: {range: at least 10%}}
"""


@pytest.fixture(scope="module", params=["pandas", "duckdb"])
def young(request: pytest.FixtureRequest) -> kpidsl.Result:
    days = pd.date_range("2024-11-01", "2026-02-14").repeat(3)
    number = pd.Series(range(len(days)))
    signed = pd.Series(days)[(number % 7 > 0) | (days.month != 5)]
    ordered = (signed + pd.to_timedelta(signed.index % 21, unit="D")).where(signed.index % 4 == 0)
    months = pd.date_range("2024-11-01", "2026-02-01", freq="MS")
    frames = {
        "signups": pd.DataFrame({"signed": signed, "ordered": ordered.where(ordered < pd.Timestamp("2026-02-15"))}),
        "plan": pd.DataFrame({"month": months, "planned": [90.0] * len(months)}),
    }
    catalog = kpidsl.load(texts={"young.yaml": YOUNG}, strict=True)
    names = ("new_signups", "order_share")
    return kpidsl.evaluate(catalog, names, data=frames, every="month", as_of="2026-02-15", engine=request.param)


def test_what_a_benchmark_was_in_numbers_is_on_it(young: kpidsl.Result) -> None:
    plan, before, process = young["new_signups"].receipt_at("2026-01").benchmarks
    assert (plan.held, plan.low) == ("at least 85.5 signups, from 90 signups", 85.5)
    assert before.held == "93 signups"
    assert process.why == "steady"
    assert process.held.startswith("limits ") and process.held.endswith(", from 14 values before it")
    assert process.low is not None and process.high is not None and process.low < 93 < process.high
    assert process.verdict is None
    assert "- process, xmr limits, by month: steady; limits " in young["new_signups"].receipt_at("2026-01").markdown


def test_where_a_period_will_land_can_be_followed(young: kpidsl.Result) -> None:
    receipt = young["new_signups"].receipt_at("2026-02")
    landing = receipt.landing
    assert landing is not None and landing.value is not None
    assert landing.verdict == "on pace"
    assert "42 signups so far against 45 signups at this point" in landing.shown
    share = 42 / landing.value
    assert f"{100 * share:.4g}% of a whole period by now, as 12 earlier periods had in the geometric mean" in landing.shown
    assert f"pace        {landing.shown}" in receipt.text
    assert young["new_signups"].receipt_at("2026-01").landing is None


def test_what_a_cohort_will_come_to_can_be_followed(young: kpidsl.Result) -> None:
    receipt = young["order_share"].receipt_at("2026-01")
    projection = receipt.projection
    assert projection is not None and projection.value is not None
    so_far, rows = (receipt.row[name] for name in ("numerator", "denominator"))
    assert isinstance(so_far, (int, float)) and isinstance(rows, (int, float))
    more = projection.value * rows - so_far
    assert projection.shown.endswith(f": {so_far:g} so far and {more:.4g} still to come, of {rows:g}")
    assert "of the value so far" in receipt.text
    assert young["order_share"].receipt_at("2025-12").projection is None


def test_a_rating_is_named() -> None:
    rated = """
    sources: {reviews: {time: day, columns: {day: date, stars: number}}}
    kpis:
      quality:
        better: higher
        levels: [weak, fair, strong]
        formula: median(reviews.stars)
        benchmarks: {b: {range: at least fair}}
    """
    days = pd.date_range("2026-01-01", "2026-01-20")
    data = {"reviews": pd.DataFrame({"day": days, "stars": [3] * len(days)})}
    receipt = kpidsl.evaluate(kpidsl.load(texts={"rated.yaml": rated}, strict=True), "quality", data=data)["quality"].receipt
    assert (receipt.shown, receipt.interval) == ("strong (3)", "strong (3) to strong (3)")


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_rows_that_the_cut_off_leaves_out_are_not_said_to_be_before_it(catalog: kpidsl.Catalog, engine: str) -> None:
    receipt = asked(catalog, "cac", as_of="2026-02-01", engine=engine)["cac"].receipts[0]
    assert "customers by acquired_on: 2026-01-05 before the cut-off, 16 rows in all" in receipt.text
