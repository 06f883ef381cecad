"""What a report says of values that time will change, and of those that a benchmark is not for."""

from __future__ import annotations

import functools
import io
import re
from urllib.parse import unquote

import pandas as pd
import pytest

import kpidsl
from kpidsl.render.report.story import Told, facts_of, tell
from kpidsl.render.results.view import with_unit

DEFINITIONS = """
project: {language: 1, name: Shop}
units: {entities: {new_signup: {}, customer: {subset_of: new_signup}}}
sources:
  signups:
    row: new_signup
    key: id
    time: signed
    columns: {id: number, signed: date, first_order: date, channel: text}
  plan:
    row: plan_row
    every: month
    time: month
    columns: {month: date, planned: {type: number, unit: new_signup}}
dimensions: {channel: [signups.channel]}
measures:
  signups: count(signups)
  ordered: {formula: count(signups where first_order - signed <= 60 days), unit: customer}
  planned: sum(plan.planned)
kpis:
  order_share:
    better: higher
    unit: percent
    formula: ordered / signups
    matures_after: 60 days
    project: first_order
    benchmarks: {goal: {range: at least 10%}}
  new_signups:
    better: higher
    formula: signups
    benchmarks: {plan: {plan: planned, every: month}}
"""
CATALOG = kpidsl.load(texts={"kpis.yaml": DEFINITIONS})
AS_OF = "2026-05-19"


def signups() -> pd.DataFrame:
    """Four a day; every fifth orders, after up to 58 days, as far as that is known by now."""
    days = pd.date_range("2025-01-01", "2026-05-18").repeat(4)
    number = pd.Series(range(len(days)))
    orders = pd.Series(days + pd.to_timedelta(number * 7 % 59, unit="D")).where(number % 5 == 0)
    orders = orders.where(orders < pd.Timestamp(AS_OF))
    channel = number.map(lambda each: ("web", "shop")[each % 2])
    return pd.DataFrame({"id": number, "signed": days, "first_order": orders, "channel": channel})


def plan() -> pd.DataFrame:
    months = pd.date_range("2025-01-01", "2026-05-01", freq="MS")
    return pd.DataFrame({"month": months, "planned": [110.0] * len(months)})


@functools.cache
def report() -> kpidsl.Report:
    return kpidsl.report(CATALOG, data={"signups": signups(), "plan": plan()}, as_of=AS_OF, by="channel")


def told(name: str) -> Told:
    return next(each for each in tell(report()).kpis if each.name == name)


def test_a_whole_time_that_is_projected_heads_its_kpi() -> None:
    head = told("order_share").head
    assert head is not None
    assert head.period == "2025-05-01 to 2026-04-30"
    assert head.verdict is kpidsl.Verdict.WITHIN


def test_what_a_cohort_will_come_to_stands_beside_what_it_is() -> None:
    head = told("order_share").head
    assert head is not None
    assert head.value != head.projected
    page = kpidsl.render_report(report()).decode()
    assert f"<small>projected {head.projected}</small>" in page
    assert f"so far; projected {head.projected}</p>" in page


def test_how_a_period_that_is_not_over_stands_is_told() -> None:
    facts = {label: text for label, text, _ in facts_of(tell(report()), told("new_signups"))}
    assert facts["2026-05"].startswith("not over, on pace: 72 so far against 63.9 at this point, it will land at ")


def test_a_benchmark_that_says_nothing_of_a_value_has_no_band() -> None:
    article = kpidsl.render_report(report()).decode().split('id="kpi-new_signups"')[1].split("</article>")[0]
    strips = re.findall(r"<svg[^>]*class=strip .*?</svg>", article)
    assert len(strips) == 2
    assert not [strip for strip in strips if "class=b" in strip]


def test_what_cannot_be_broken_down_is_the_benchmark_and_not_the_value() -> None:
    (split,) = told("new_signups").splits
    reason = "`plan` cannot be grouped or filtered by `channel`: its source `plan` does not lead there"
    assert {cell.reason for cell in split.cells} == {reason}


def test_how_far_the_rows_of_each_source_go_is_told() -> None:
    by_source = {each.source: each for each in tell(report()).read if each.dated_by in ("signed", "month")}
    signed = by_source["signups"]
    assert (signed.first, signed.last, signed.rows, signed.undated) == ("2025-01-01", "2026-05-18", 2012, 0)
    assert by_source["plan"].words == "2025-01-01 to 2026-05-01, 17 rows"
    page = kpidsl.render_report(report()).decode()
    assert "<th scope=row>signups<td>signed<td class=n>2025-01-01<td class=n>2026-05-18<td class=n>2,012" in page


def test_units_are_words() -> None:
    head = told("new_signups").head
    assert head is not None
    assert with_unit(head, "new_signup") == ("120", " new signups")
    assert with_unit(head, "new_signup / sales_rep") == ("120", " new signups / sales rep")
    assert with_unit(head, "1 / year") == ("120", " / year")
    assert with_unit(told("order_share").periods[0], "paid_order / visit")[1] == " paid order / visit"


def test_figures_have_scores() -> None:
    page = kpidsl.render_report(report()).decode()
    link = re.search(r'href="(data:text/csv[^"]*)" download="order_share.csv"', page)
    assert link is not None
    head, first, *_ = unquote(link[1]).split(",", 1)[1].splitlines()
    assert head.endswith(",verdict,score,so far")
    whole = told("order_share").head
    assert whole is not None
    *_, value, _low, _high, _n, _verdict, score, so_far = first.split(",")
    assert (float(value), float(score), float(so_far)) == pytest.approx((whole.number, whole.score, whole.so_far), rel=1e-3)
    assert float(value) > float(so_far)


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_excel_tells_what_is_so_far_from_what_is_projected() -> None:
    pytest.importorskip("xlsxwriter")
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(kpidsl.render_report(report(), "xlsx")))
    heads, *rows = book["Summary"].iter_rows(values_only=True)
    line = next(dict(zip(heads, row, strict=True)) for row in rows if row[1] == "order_share")
    head = told("order_share").head
    assert head is not None
    assert (line["Value"], line["So far"]) == pytest.approx((head.number, head.so_far))


def test_the_course_of_a_rating_names_its_levels() -> None:
    rated = """
    sources: {reviews: {time: day, columns: {day: date, stars: number}}}
    kpis:
      quality:
        better: higher
        levels: [weak, acceptable, strong]
        formula: max(reviews.stars)
        benchmarks: {b: {range: at least acceptable}}
    """
    days = pd.date_range("2026-01-01", "2026-04-30")
    data = {"reviews": pd.DataFrame({"day": days, "stars": days.month.map({1: 1, 2: 3, 3: 2, 4: 3})})}
    page = kpidsl.render_report(
        kpidsl.report(kpidsl.load(texts={"rated.yaml": rated}, strict=True), data=data, as_of="2026-05-01")
    )
    ticks = re.findall(r'<text[^>]*class="x n"[^>]*>([^<]*)</text>', page.decode())
    assert {"weak", "accepta…", "strong"} <= set(ticks)


def test_a_target_on_a_path_is_in_its_unit() -> None:
    target = """
    units: {currencies: [EUR]}
    sources: {sales: {time: day, columns: {day: date, amount: {type: number, unit: EUR}}}}
    kpis:
      mean_sale:
        better: higher
        formula: avg(sales.amount)
        benchmarks: {goal: {reach: 300, deadline: 2026-12-31, start: 200, from: 2026-01-01, tolerance: 2%}}
    """
    days = pd.date_range("2025-12-01", "2026-04-30")
    data = {"sales": pd.DataFrame({"day": days, "amount": [250.0] * len(days)})}
    result = kpidsl.report(kpidsl.load(texts={"target.yaml": target}, strict=True), data=data, as_of="2026-05-01")
    head = next(tell(result).kpis).head
    assert head is not None
    assert head.range == "at least EUR 228, on the path to EUR 300 by 2026-12-31"
