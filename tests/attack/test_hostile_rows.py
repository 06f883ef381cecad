"""Rows that are not what they should be, and questions that mean nothing: a status or a finding, no exception and no guess."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kpidsl
from kpidsl.data.given import Frame, Given

DEFINITIONS = """
units: {currencies: [USD], entities: {lead: {}}}
sources:
  leads:
    row: lead
    key: id
    time: t
    columns:
      id: text
      t: date
      n: number
      ok: boolean
      channel: text
      value: text
      by_value: text
      customer: {type: text, references: customers}
  customers: {key: id, columns: {id: text, segment: text}}
  spend: {time: t, columns: {t: date, segment: text, amount: {type: number, unit: USD}}}
  moments: {time: at, columns: {at: datetime}}
dimensions:
  channel: [leads.channel]
  segment: [leads.customer.segment, spend.segment]
  value: [leads.value]
  by_value: [leads.by_value]
parameters: {p: 10%}
measures:
  leads: count(leads)
  total: sum(leads.n)
  mean: avg(leads.n)
  most: max(leads.n)
  different: count(distinct leads.n)
  channels: count(distinct leads.channel)
  fine: {formula: count(leads where ok), unit: number}
  exactly: {formula: count(leads where n = 9007199254740993), unit: number}
  far: {formula: count(leads where t + 99999999 days > 2026-01-01), unit: number}
  spend: sum(spend.amount)
  moments: count(moments)
kpis:
  cost: {formula: spend / leads}
  guess: {formula: 'coalesce(total, 0) + spend / 1 USD', unit: number}
  power: {formula: exp(total)}
  twice: {formula: p * 2}
"""


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"a.yaml": DEFINITIONS}, strict=True)


def leads(**columns: Any) -> pd.DataFrame:
    """Two leads, with other columns in place of the usual ones."""
    usual: dict[str, Any] = {
        "id": ["1", "2"],
        "t": ["2026-01-01", "2026-01-20"],
        "n": [5.0, 7.0],
        "ok": [True, False],
        "channel": ["a", "b"],
        "value": ["x", "y"],
        "by_value": ["v", "w"],
        "customer": ["1", "2"],
    }
    return pd.DataFrame({**usual, **columns})


CUSTOMERS = pd.DataFrame({"id": ["1", "2"], "segment": ["x", "y"]})
SPEND = pd.DataFrame({"t": ["2026-01-01", "2026-01-25"], "segment": ["x", "y"], "amount": [100.0, 50.0]})


def answer(catalog: kpidsl.Catalog, kpis: Any, data: Mapping[str, object], **asked: Any) -> kpidsl.Result:
    return kpidsl.evaluate(catalog, kpis, data=data, **{"as_of": "2026-06-01", **asked})


def cells(result: kpidsl.Result) -> list[object]:
    """Each value, or its status where it has none."""
    values, statuses = result.frame["value"], result.frame["status"]
    return [value if status == "value" else status for value, status in zip(values, statuses, strict=True)]


# What is asked for, the column that is not as it should be, and what comes of it.
COLUMNS: dict[str, tuple[str, dict[str, Any], list[object], list[str]]] = {
    "text among numbers": ("total", {"n": ["1", "x"]}, ["error"], ["wrong-type"]),
    "truths for numbers": ("total", {"n": [True, False]}, ["error"], ["wrong-type"]),
    "lists for numbers": ("total", {"n": [[1], [2]]}, ["error"], ["wrong-type"]),
    "infinite": ("total", {"n": [np.inf, 1.0]}, [1.0], ["infinite-number"]),
    "all missing": ("mean", {"n": [None, None]}, ["missing"], []),
    "sum too large": ("total", {"n": [1e308, 1e308]}, ["undefined"], []),
    "exponential too large": ("power", {"n": [1e3, 0.0]}, ["undefined"], []),
    "whole numbers at the end": ("total", {"n": np.array([2**63 - 1] * 2)}, [float(2**64)], []),
    "unsigned": ("most", {"n": np.array([2**64 - 1] * 2, np.uint64)}, [float(2**64)], []),
    "larger than any float": ("total", {"n": [10**400, 1]}, [1.0], ["infinite-number"]),
    "zeros with a sign": ("different", {"n": [-0.0, 0.0]}, [1.0], []),
    "near the end of exactness": ("different", {"n": np.array([2**53, 2**53 + 1])}, [2.0], []),
    "decimals": ("total", {"n": [Decimal("1.5"), Decimal("NaN")]}, [1.5], []),
    "nullable": ("total", {"n": pd.array([1, None], "Int64")}, [1.0], []),
    "truths with gaps": ("fine", {"ok": [True, None]}, [1.0], []),
    "truths as 0 and 1": ("fine", {"ok": [1, 0]}, [1.0], []),
    "no date": ("leads", {"t": ["soon", "2026-01-01"]}, ["error"], ["wrong-type"]),
    "a day of another kind": ("leads", {"t": ["01/02/2026", "2026-01-01"]}, ["error"], ["wrong-type"]),
    "dates as numbers": ("leads", {"t": [46000, 46001]}, ["error"], ["wrong-type"]),
    "no such day": ("leads", {"t": ["2026-02-30", "2026-01-01"]}, ["error"], ["wrong-type"]),
    "year 99999": ("leads", {"t": np.array(["99999-01-01", "2026-01-01"], "M8[s]")}, ["error"], ["wrong-type"]),
    "first and last day": ("leads", {"t": [date(1, 1, 1), date(9999, 12, 31)]}, [1.0], []),
    "dates of all kinds": ("leads", {"t": [date(2026, 1, 1), pd.Timestamp("2026-01-02", tz="UTC")]}, [2.0], []),
    "missing dates": ("leads", {"t": [None, "2026-01-01"]}, [1.0], ["dates-missing"]),
    "no dates": ("leads", {"t": [None, None]}, ["missing"], ["dates-missing"]),
    "beyond the calendar": ("far", {}, [0.0], ["undefined-rows"]),
    "categories with gaps": ("total", {"n": pd.Categorical([2**53 + 1, None])}, [2.0**53], []),
    "categories of decimals": ("total", {"n": pd.Categorical([Decimal("1.5"), None])}, [1.5], []),
    "categories of truths": ("total", {"n": pd.Categorical([True, None])}, ["error"], ["wrong-type"]),
    "different categories": ("different", {"n": pd.Categorical([2**53 + 1, 2**53])}, [2.0], []),
    "unused categories": ("channels", {"channel": pd.Categorical(["a", "a"], ["z", "a"])}, [1.0], []),
    "categories of one spelling": ("channels", {"channel": pd.Categorical([1, "1"])}, [1.0], []),
    "texts that look missing": ("channels", {"channel": ["nan", ""]}, [2.0], []),
    "texts with NUL": ("channels", {"channel": ["a", "a\0"]}, [2.0], []),
}


@pytest.mark.parametrize(("kpi", "columns", "expected", "codes"), COLUMNS.values(), ids=COLUMNS)
def test_odd_columns(
    catalog: kpidsl.Catalog, kpi: str, columns: dict[str, Any], expected: list[object], codes: list[str]
) -> None:
    result = answer(catalog, kpi, {"leads": leads(**columns)})
    assert (cells(result), [finding.code for finding in result.diagnostics]) == (expected, codes)
    assert result.to_dict()


# Frames that are none or have no such columns, and the code of the first finding.
FRAMES: dict[str, tuple[object, str]] = {
    "none": (None, "not-a-frame"),
    "a path": ("/etc/passwd", "not-a-frame"),
    "a list": ([1], "not-a-frame"),
    "an array": (np.zeros((2, 2)), "not-a-frame"),
    "nothing in it": (pd.DataFrame(), "column-missing"),
    "a column twice": (pd.concat([leads(), leads()[["t"]]], axis=1), "column-repeated"),
    "columns in levels": (pd.concat({"x": leads()}, axis=1), "column-missing"),
    "columns by number": (leads().set_axis(range(8), axis=1), "column-missing"),
}


@pytest.mark.parametrize(("frame", "code"), FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("asked", [{}, {"by": ["channel"]}, {"by": ["channel"], "every": "month"}], ids=str)
def test_odd_frames_fail_the_source(catalog: kpidsl.Catalog, frame: object, code: str, asked: dict[str, Any]) -> None:
    result = answer(catalog, "leads", {"leads": frame}, **asked)
    assert (cells(result), result.diagnostics[0].code) == (["error"], code)


@pytest.mark.parametrize("rows", [leads().set_index(["id", "ok"]), leads().set_axis([0, 0], axis=0)], ids=["levels", "same"])
def test_the_index_of_a_frame_says_nothing(catalog: kpidsl.Catalog, rows: pd.DataFrame) -> None:
    assert cells(answer(catalog, "total", {"leads": rows})) == [12.0]


@pytest.mark.parametrize(
    "asked", [{"by": ["segment"]}, {"where": 'segment = "x"'}, {"by": ["segment"], "every": "month"}], ids=str
)
@pytest.mark.parametrize(
    "customers", [None, pd.DataFrame({"id": ["1", "1"], "segment": ["x", "y"]})], ids=["none", "key twice"]
)
def test_a_dimension_that_cannot_be_reached_fails_what_is_grouped_by_it(
    catalog: kpidsl.Catalog, asked: dict[str, Any], customers: pd.DataFrame | None
) -> None:
    """Else `coalesce` would make a number of rows that could not be read."""
    given = {"leads": leads(), "spend": SPEND, **({} if customers is None else {"customers": customers})}
    result = answer(catalog, ["guess", "cost", "leads"], given, **asked)
    assert set(cells(result)) == {"error"} and set(result.frame["kpi"]) == {"guess", "cost", "leads"}


def test_orphans_and_missing_references_are_a_group_of_their_own(catalog: kpidsl.Catalog) -> None:
    rows = pd.concat([leads(), leads(id=["3", "4"], customer=["9", None])])
    result = answer(catalog, "leads", {"leads": rows, "customers": CUSTOMERS}, by=["segment"])
    assert [(row.segment, row.value) for row in result.frame.itertuples()] == [("x", 1.0), ("y", 1.0), (None, 2.0)]
    assert [finding.code for finding in result.diagnostics] == ["reference-unmatched"]


@pytest.mark.parametrize("moments", [["2026-03-28T22:59Z", "2026-03-28T23:00Z", "2026-03-29T21:59Z", "2026-03-29T22:00Z"]])
def test_a_day_of_23_hours(moments: list[str]) -> None:
    zone = "project: {calendar: {timezone: Europe/Berlin}}" + DEFINITIONS
    rows = pd.DataFrame({"at": pd.to_datetime(moments, utc=True)})
    result = kpidsl.evaluate(
        kpidsl.load(texts={"a.yaml": zone}),
        "moments",
        data={"moments": rows},
        every="day",
        as_of=datetime(2027, 1, 1, tzinfo=UTC),
    )
    assert cells(result) == [1.0, 2.0, 1.0]


# Questions that mean nothing, and the code of the finding.
QUESTIONS: list[tuple[dict[str, Any], str]] = [
    ({"start": "2026-01-01", "end": "2026-01-01"}, "empty-range"),
    ({"start": "2026-13-01"}, "not-a-date"),
    ({"start": ""}, "not-a-date"),
    ({"start": "2026-W54"}, "not-a-date"),
    ({"start": "now"}, "not-a-date"),
    ({"every": "hour"}, "wrong-arguments"),
    ({"by": ["nope"]}, "unknown-name"),
    ({"where": ""}, "empty-expression"),
    ({"where": "channel"}, "wrong-type"),
    ({"where": "channel = 5"}, "wrong-type"),
    ({"where": "leads > 5"}, "unknown-name"),
    ({"where": "count(leads) > 1"}, "wrong-arguments"),
    ({"where": "(" * 5_000}, "expression-too-large"),
    ({"parameters": {"p": float("nan")}}, "not-an-amount"),
    ({"parameters": {"p": "9^9^9^9"}}, "exponent"),
    ({"parameters": {"q": 1}}, "unknown-name"),
    ({"parameters": {"leads": 1}}, "wrong-arguments"),
    ({"engine": "abacus"}, "unknown-engine"),
]


@pytest.mark.parametrize(("asked", "code"), QUESTIONS, ids=[str(asked)[:50] for asked, _ in QUESTIONS])
def test_a_question_that_means_nothing_is_refused(catalog: kpidsl.Catalog, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(kpidsl.AskError) as refused:
        answer(catalog, "leads", {"leads": leads()}, **asked)
    assert [finding.code for finding in refused.value.diagnostics] == [code]


@pytest.mark.parametrize("asked", [{"start": "2030"}, {"end": "2000"}, {"as_of": "2000"}, {"start": "9999-12"}], ids=str)
def test_time_without_rows_is_missing(catalog: kpidsl.Catalog, asked: dict[str, Any]) -> None:
    assert cells(answer(catalog, ["leads", "total", "mean"], {"leads": leads()}, **asked)) == ["missing"] * 3


@pytest.mark.parametrize("asked", [{"start": "0001"}, {"start": "2026", "as_of": "9999-12-31"}], ids=str)
def test_too_many_periods_are_refused(catalog: kpidsl.Catalog, asked: dict[str, Any]) -> None:
    with pytest.raises(kpidsl.AskError):
        answer(catalog, "leads", {"leads": leads()}, every="day", **asked)


def test_large_whole_numbers_are_compared_exactly(catalog: kpidsl.Catalog) -> None:
    assert cells(answer(catalog, "exactly", {"leads": leads(n=np.array([2**53, 2**53 + 1]))})) == [1.0]


@pytest.mark.parametrize(("written", "days"), [("%Y-%d-%m", ["2026-02-01", "2026-02-15"]), ("%Q", ["2026-02-01"] * 2)])
def test_a_date_is_not_read_in_two_ways(catalog: kpidsl.Catalog, written: str, days: list[str]) -> None:
    """The first is the 2nd of January; there is no month 15, and the second became the 15th of February."""
    result = answer(catalog, "leads", {"leads": Given(Frame(leads(t=days)), date_format=written)})
    assert cells(result) == ["error"]


def test_the_first_nanosecond_stays_where_it_is() -> None:
    zone = "project: {calendar: {timezone: Europe/Berlin}}" + DEFINITIONS
    rows = pd.DataFrame({"at": pd.Series([pd.Timestamp.min.tz_localize("UTC")])})
    result = kpidsl.evaluate(
        kpidsl.load(texts={"a.yaml": zone}), "moments", data={"moments": rows}, every="year", as_of="2300-01-01"
    )
    assert list(result.frame["period"]) == ["1677"]


def test_an_error_in_a_sheet_is_told(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    leads(n=["#DIV/0!", 5]).to_excel(tmp_path / "leads.xlsx", index=False)
    result = kpidsl.evaluate(catalog, "total", data=tmp_path, as_of="2026-06-01")
    assert cells(result) == ["error"] or result.diagnostics


def test_dimensions_called_like_columns_of_the_table_are_all_there(catalog: kpidsl.Catalog) -> None:
    frame = answer(catalog, "leads", {"leads": leads()}, by=["value", "by_value"]).frame
    assert {"x", "y", "v", "w"} <= set(frame.select_dtypes(exclude="number").to_numpy().ravel())


@pytest.mark.parametrize("kpi", ["p", "twice"])
def test_a_constant_cannot_be_grouped(catalog: kpidsl.Catalog, kpi: str) -> None:
    with pytest.raises(kpidsl.AskError) as refused:
        answer(catalog, kpi, {"leads": leads(), "customers": CUSTOMERS}, by=["segment"])
    assert [finding.code for finding in refused.value.diagnostics] == ["dimension-out-of-reach"]


def test_a_number_given_for_the_kpi_itself_is_refused(catalog: kpidsl.Catalog) -> None:
    with pytest.raises(kpidsl.AskError):
        kpidsl.calc(catalog, "cost", {"cost": 3})


# What a host may hand in by mistake, and the exception that it meets.
SLIPS: dict[str, dict[str, Any]] = {
    "start is a number": {"start": 5},
    "start is NaT": {"start": pd.NaT},
    "as_of is of numpy": {"as_of": np.datetime64("2026-02-01")},
    "by is None": {"by": None},
    "by a number": {"by": [1]},
    "every is a number": {"every": 5},
    "where is a number": {"where": 5},
    "parameter is None": {"parameters": {"p": None}},
    "covers is a number": {"covers": {"leads": 5}},
    "engine is a number": {"engine": 5},
    "KPI is None": {"kpis": [None]},
    "frame is a series": {"data": {"leads": leads()["t"]}},
    "frame is a class": {"data": {"leads": pd.DataFrame}},
    "decimal that signals": {"data": {"leads": leads(n=[Decimal("sNaN"), 1])}, "kpis": "total"},
}


@pytest.mark.parametrize("asked", SLIPS.values(), ids=SLIPS)
def test_a_slip_of_the_host_is_named_or_understood(catalog: kpidsl.Catalog, asked: dict[str, Any]) -> None:
    given = {"kpis": "leads", "data": {"leads": leads()}, **asked}
    try:
        answer(catalog, given.pop("kpis"), given.pop("data"), **given)
    except kpidsl.KpidslError as refused:
        assert refused.diagnostics


def test_a_single_dimension_may_be_given_as_text(catalog: kpidsl.Catalog) -> None:
    assert len(answer(catalog, "leads", {"leads": leads()}, by="channel").frame) == 2


@pytest.mark.parametrize(
    "covers", [{"leads": (date(2026, 2, 1), date(2026, 1, 1))}, {"laeds": (date(2026, 1, 1), date(2027, 1, 1))}]
)
def test_covers_that_mean_nothing_are_refused(catalog: kpidsl.Catalog, covers: dict[str, Any]) -> None:
    try:
        assert answer(catalog, "leads", {"leads": leads()}, covers=covers).diagnostics
    except kpidsl.KpidslError as refused:
        assert refused.diagnostics


def test_an_empty_bindings_file_is_told(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text("")
    try:
        assert kpidsl.evaluate(catalog, "leads", data=path).diagnostics
    except kpidsl.KpidslError as refused:
        assert refused.diagnostics


def test_a_binding_of_an_unknown_column_is_told(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    leads().to_csv(tmp_path / "leads.csv", index=False)
    (tmp_path / "data.yaml").write_text("sources: {leads: {csv: leads.csv, columns: {tt: t}}}\n")
    result = kpidsl.evaluate(catalog, "leads", data=tmp_path / "data.yaml")
    assert [finding.code for finding in result.diagnostics.errors] == ["unknown-name"]


def test_a_path_that_no_file_can_have(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(f"sources: {{leads: {{csv: {'x' * 5_000}}}}}\n")
    assert cells(kpidsl.evaluate(catalog, "leads", data=path)) == ["error"]
