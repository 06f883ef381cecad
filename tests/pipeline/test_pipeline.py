"""The public functions as an embedding program uses them."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

import kpidsl
from kpidsl.workflow.test import run_tests

DEFINITIONS = """
units: {currencies: [USD], entities: {deal: {}, won_deal: {subset_of: deal}}}
sources:
  deals:
    row: deal
    time: created_at
    columns: {created_at: date, channel: text, outcome: text, amount: {type: number, unit: USD}}
  spend: {time: day, columns: {day: date, channel: text, amount: {type: number, unit: USD}}}
dimensions: {channel: [deals.channel, spend.channel]}
parameters: {margin: 30%}
measures:
  deals: count(deals)
  won: {formula: 'count(deals where outcome = "won")', unit: won_deal}
  revenue: sum(deals.amount where outcome = "won")
  spend: sum(spend.amount)
kpis:
  win_rate: {unit: percent, better: higher, formula: won / deals, benchmarks: {target: {range: at least 30%}}}
  roi: {unit: number, formula: (revenue * margin - spend) / spend}
  largest: {formula: max(deals.amount), better: higher, benchmarks: {target: {range: at least 100}}}
"""


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"company.yaml": DEFINITIONS}, strict=True)


@pytest.fixture
def data() -> dict[str, object]:
    return {
        "deals": pd.DataFrame(
            {
                "created_at": ["2026-01-05", "2026-01-20", "2026-03-03", "2026-03-10"],
                "channel": ["web", "mail", "web", None],
                "outcome": ["won", "lost", "won", "won"],
                "amount": [100.0, 250.0, 80.0, None],
            }
        ),
        "spend": pd.DataFrame({"day": [date(2026, 1, 1), date(2026, 3, 1)], "channel": ["web", "web"], "amount": [10, 20]}),
    }


def test_a_zero_month_is_a_row_and_undefined_has_its_reason(catalog: kpidsl.Catalog, data: dict[str, object]) -> None:
    frame = kpidsl.evaluate(catalog, ["win_rate", "spend"], data=data, every="month", as_of="2026-04-01").frame
    rows = frame.set_index(["kpi", "period"])
    assert list(frame["period"][:3]) == ["2026-01", "2026-02", "2026-03"]
    assert rows.loc[("spend", "2026-02"), "value"] == 0
    assert rows.loc[("win_rate", "2026-02"), "status"] == "undefined"
    assert rows.loc[("win_rate", "2026-02"), "reason"] == "deals is 0"
    assert rows.loc[("win_rate", "2026-02"), "verdict"] == "undefined"


def test_a_source_that_fails_stops_no_other_kpi(catalog: kpidsl.Catalog, data: dict[str, object]) -> None:
    result = kpidsl.evaluate(catalog, data={"deals": data["deals"]}, as_of="2026-04-01")
    assert result["win_rate"].value == 0.75
    assert result["roi"].status == "error"
    assert result["roi"].verdict is kpidsl.Verdict.ERROR
    assert [finding.code for finding in result.diagnostics.errors] == ["source-not-bound"]


def test_nothing_can_be_used(catalog: kpidsl.Catalog) -> None:
    result = kpidsl.evaluate(catalog, data={})
    assert {row["verdict"] for row in result.frame.to_dict("records")} == {"error"}


def test_parameters_override(catalog: kpidsl.Catalog, data: dict[str, object]) -> None:
    plain = kpidsl.evaluate(catalog, "roi", data=data, as_of="2026-04-01")["roi"].value
    halved = kpidsl.evaluate(catalog, "roi", data=data, as_of="2026-04-01", parameters={"margin": "15%"})["roi"].value
    assert plain == pytest.approx((180 * 0.3 - 30) / 30)
    assert halved == pytest.approx((180 * 0.15 - 30) / 30)


def test_where_and_range(catalog: kpidsl.Catalog, data: dict[str, object]) -> None:
    ask = {"data": data, "as_of": datetime(2026, 4, 1)}
    assert kpidsl.evaluate(catalog, "deals", where='channel = "web"', **ask)["deals"].value == 2
    assert kpidsl.evaluate(catalog, "deals", where="channel is missing", **ask)["deals"].value == 1
    assert kpidsl.evaluate(catalog, "deals", start="2026-01", end="2026-02-01", **ask)["deals"].value == 2


def test_the_open_period_is_partial(catalog: kpidsl.Catalog, data: dict[str, object]) -> None:
    result = kpidsl.evaluate(catalog, "win_rate", data=data, every="quarter", as_of="2026-03-05")
    assert result["win_rate"].verdict is kpidsl.Verdict.PARTIAL
    assert result["win_rate"].figure.column.values[0] == pytest.approx(2 / 3)


def test_an_unknown_engine_is_refused(catalog: kpidsl.Catalog, data: dict[str, object]) -> None:
    with pytest.raises(kpidsl.AskError, match="pandsa"):
        kpidsl.evaluate(catalog, "deals", data=data, engine="pandsa")


def test_strict_raises_with_all_findings() -> None:
    with pytest.raises(kpidsl.DefinitionError) as caught:
        kpidsl.load(texts={"wrong.yaml": "kpis:\n  a: {formula: b}\n  c: {formula: 1 +}\n"}, strict=True)
    assert len(caught.value.diagnostics.errors) == 2


def test_threads_share_a_catalog(catalog: kpidsl.Catalog, data: dict[str, object]) -> None:
    def ask(_: int) -> str:
        result = kpidsl.evaluate(catalog, data=data, by=["channel"], every="month", as_of="2026-04-01")
        return result.frame.to_csv()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(ask, range(24)))
    assert len(answers) == 1


def test_no_file_is_touched_that_the_host_did_not_name(
    catalog: kpidsl.Catalog, data: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    kpidsl.evaluate(catalog, data=data, as_of="2026-04-01")  # imports what it needs

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(io, "open", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(Path, "read_text", refuse)
    kpidsl.evaluate(catalog, data=data, as_of="2026-04-01")
    kpidsl.calc(catalog, "win_rate", {"won": 1, "deals": 4})


def test_a_folder_of_files(catalog: kpidsl.Catalog, data: dict[str, object], tmp_path: Path) -> None:
    for name, frame in data.items():
        assert isinstance(frame, pd.DataFrame)
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    from_files = kpidsl.evaluate(catalog, data=tmp_path, every="month", as_of="2026-04-01")
    in_memory = kpidsl.evaluate(catalog, data=data, every="month", as_of="2026-04-01")
    pd.testing.assert_frame_equal(from_files.frame, in_memory.frame)


def test_data_yaml_fixes_the_moment(catalog: kpidsl.Catalog, data: dict[str, object], tmp_path: Path) -> None:
    deals = data["deals"]
    assert isinstance(deals, pd.DataFrame)
    deals.rename(columns={"amount": "Net Amount"}).to_csv(tmp_path / "crm.csv", index=False, sep=",")
    binding = "{csv: crm.csv, columns: {amount: Net Amount}, covers: 2026-01-01 to 2026-03-31}"
    (tmp_path / "data.yaml").write_text(f"as_of: 2026-03-05\nsources:\n  deals: {binding}\n")
    result = kpidsl.evaluate(catalog, ["deals", "largest"], data=tmp_path / "data.yaml", every="month")
    assert list(result["deals"].values) == [2, 0, 1]
    assert result["largest"].verdicts[-1] is kpidsl.Verdict.PARTIAL


def test_a_broken_data_yaml_is_one_clear_error(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("sources: {deals: {csv: [}}\n")
    with pytest.raises(kpidsl.DataError):
        kpidsl.evaluate(catalog, data=tmp_path / "data.yaml")
    with pytest.raises(kpidsl.DataError):
        kpidsl.evaluate(catalog, data=tmp_path / "nowhere.yaml")


def test_a_source_that_is_needed_only_for_a_dimension_fails_what_is_grouped_by_it() -> None:
    text = """
sources:
  customers: {key: customer_id, columns: {customer_id: text, segment: text}}
  orders: {time: day, columns: {day: date, customer: {type: text, references: customers}}}
dimensions: {segment: [customers.segment]}
measures: {orders: count(orders)}
"""
    catalog = kpidsl.load(texts={"orders.yaml": text}, strict=True)
    orders = pd.DataFrame({"day": ["2026-01-05"], "customer": ["c1"]})
    assert kpidsl.evaluate(catalog, "orders", data={"orders": orders})["orders"].value == 1
    grouped = kpidsl.evaluate(catalog, "orders", data={"orders": orders}, by=["segment"])
    assert list(grouped.frame["status"]) == ["error"]
    filtered = kpidsl.evaluate(catalog, "orders", data={"orders": orders}, where='segment = "large"')
    assert filtered["orders"].status == "error"


def test_an_aggregate_declared_in_another_time_is_converted() -> None:
    text = """
sources: {work: {time: day, columns: {day: date, minutes: {type: number, unit: minute}}}}
measures: {hours: {formula: sum(work.minutes), unit: hour}}
kpis: {days: {formula: hours, unit: day}}
"""
    catalog = kpidsl.load(texts={"work.yaml": text}, strict=True)
    assert not kpidsl.check(catalog, cache=False)
    work = pd.DataFrame({"day": ["2026-01-05"] * 2, "minutes": [60, 180]})
    result = kpidsl.evaluate(catalog, ["hours", "days"], data={"work": work})
    assert result["hours"].value == 4
    assert result["days"].value == pytest.approx(1 / 6)


def test_a_parameter_can_be_asked_for_alone(catalog: kpidsl.Catalog) -> None:
    assert kpidsl.evaluate(catalog, "margin", data={})["margin"].value == 0.3
    with pytest.raises(kpidsl.AskError, match="nothing to group by"):
        kpidsl.evaluate(catalog, "margin", data={}, by=["channel"])


def test_a_period_that_has_not_begun_is_not_zero(catalog: kpidsl.Catalog, data: dict[str, object]) -> None:
    covers = {"deals": (date(2026, 1, 1), date(2026, 7, 1))}
    result = kpidsl.evaluate(catalog, "deals", data=data, every="month", end="2026-06", as_of="2026-03-15", covers=covers)
    assert list(result.frame["period"]) == ["2026-01", "2026-02", "2026-03"]
    assert result["deals"].verdicts == [None, None, kpidsl.Verdict.PARTIAL]


def test_one_row_has_no_interval(catalog: kpidsl.Catalog) -> None:
    deals = pd.DataFrame({"created_at": ["2026-01-05"], "channel": ["web"], "outcome": ["won"], "amount": [100.0]})
    text = (
        DEFINITIONS
        + "  mean: {formula: avg(deals.amount), better: higher, benchmarks: {b: {range: at least 1 USD}}, min_n: 1}\n"
    )
    mean = kpidsl.evaluate(kpidsl.load(texts={"mean.yaml": text}), "mean", data={"deals": deals}, as_of="2026-02-01")["mean"]
    assert mean.value == 100
    assert pd.isna(mean.low[0]) and pd.isna(mean.high[0])
    assert mean.verdict is kpidsl.Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "given", [{"win_rate": "20%"}, {"won": -1, "deals": 3}, {"won": 5, "deals": 3}, {"won": None, "deals": 3}, {"won": True}]
)
def test_impossible_numbers_are_refused(catalog: kpidsl.Catalog, given: dict[str, object]) -> None:
    with pytest.raises(kpidsl.AskError) as caught:
        kpidsl.calc(catalog, "win_rate", given)
    assert "not-an-amount" in [finding.code for finding in caught.value.diagnostics]


@pytest.mark.parametrize("moment", [5, "soon", object()])
def test_a_moment_that_is_none_is_refused(catalog: kpidsl.Catalog, moment: object) -> None:
    with pytest.raises(kpidsl.AskError, match="no date"):
        kpidsl.evaluate(catalog, "deals", data={}, start=moment)


def test_an_amount_beyond_all_numbers_is_refused() -> None:
    huge = " * ".join(["9" * 30] * 12)
    catalog = kpidsl.load(texts={"huge.yaml": f"parameters: {{a: {huge}}}\nkpis: {{b: {{formula: 2 ^ ({huge})}}}}\n"})
    assert sorted(finding.code for finding in catalog.diagnostics) == ["exponent", "not-an-amount"]


def test_one_bad_binding_fails_its_source_only(catalog: kpidsl.Catalog, data: dict[str, object], tmp_path: Path) -> None:
    for name, frame in data.items():
        assert isinstance(frame, pd.DataFrame)
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    bindings = (
        "as_of: 2026-04-01\nsources: {deals: {csv: deals.csv}, spend: {csv: spend.csv, timezone: Mars}, extra: {csv: x}}\n"
    )
    (tmp_path / "data.yaml").write_text(bindings)
    result = kpidsl.evaluate(catalog, ["win_rate", "roi"], data=tmp_path / "data.yaml")
    assert (result["win_rate"].value, result["roi"].status) == (0.75, "error")
    assert [finding.code for finding in result.diagnostics.errors] == ["unknown-timezone", "unknown-source"]


def test_what_cannot_be_data_is_a_data_error(catalog: kpidsl.Catalog) -> None:
    with pytest.raises(kpidsl.DataError, match="`data` is given as `int`"):
        kpidsl.evaluate(catalog, data=3)  # type: ignore[arg-type]


def test_one_dimension_may_be_given_as_one_text(catalog: kpidsl.Catalog, data: dict[str, object]) -> None:
    one = kpidsl.evaluate(catalog, "deals", data=data, by="channel", as_of="2026-04-01")
    assert one.axis.dimensions.keys() == {"channel"}
    assert len(one["deals"]) == 3


def test_a_failing_row_test_gives_the_reason() -> None:
    text = """
sources: {leads: {time: day, columns: {day: date, channel: text, score: number}}}
dimensions: {channel: [leads.channel]}
measures: {leads: count(leads), score: sum(leads.score)}
tests:
  no date: {given: {leads: [{day: nope}]}, ask: {kpis: [leads]}, expect: [{leads: 1}]}
  no number: {given: {leads: [{day: 2026-01-05, score: 1/3}]}, ask: {kpis: [score]}, expect: [{score: 1}]}
  quoted: {given: {leads: [{day: 2026-01-05, score: "25%"}]}, ask: {kpis: [score]}, expect: [{score: 25%}]}
  text:
    given: {leads: [{day: 2026-01-05, channel: "missing"}]}
    ask: {kpis: [leads], by: [channel]}
    expect: [{channel: missing}]
"""
    report = run_tests(kpidsl.load(texts={"leads.yaml": text}, strict=True))
    said = {outcome.name: " | ".join(outcome.differences) for outcome in report.outcomes}
    assert "`nope`" in said["no date"] and "`1/3`" in said["no number"] and "`25%`" in said["quoted"]
    assert said["text"] == 'no row has channel missing | unexpected row: period 2026-01-05, channel "missing"'
