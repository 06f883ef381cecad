"""The demo company's rows: small, made again byte for byte, with the traps they are there for; every KPI has values on them."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import kpidsl

GENERATOR = Path(__file__).parents[2] / "examples" / "demo" / "generate.py"
LARGEST = 4_000_000
# What looks back over months for which there are no rows has its first value later.
FIRST = {"closed_value_growth_yearly": "2025-Q4", "closed_value_growth_combined": "2025-Q4", "sales_velocity": "2025-Q3"}


@pytest.fixture(scope="session")
def demo(folder: Path) -> Path:
    return folder / "demo"


@pytest.fixture(scope="session")
def bindings(folder: Path) -> Path:
    return folder / "data.yaml"


@pytest.fixture(scope="session")
def months(library: kpidsl.Catalog, bindings: Path) -> kpidsl.Result:
    return kpidsl.evaluate(library, data=bindings, every="month")


def rows(demo: Path, table: str) -> Iterator[dict[str, str]]:
    with (demo / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.csv")}


def test_rows_are_made_again_byte_for_byte(demo: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-B", str(GENERATOR), str(tmp_path)], check=True)
    assert hashes(tmp_path) == hashes(demo)


def test_rows_are_few(demo: Path) -> None:
    assert sum(path.stat().st_size for path in demo.iterdir()) <= LARGEST


def test_every_source_is_bound(library: kpidsl.Catalog, demo: Path) -> None:
    assert {path.stem for path in demo.iterdir()} == set(library.sources)


def test_every_kpi_has_a_value_in_every_full_quarter(library: kpidsl.Catalog, bindings: Path) -> None:
    quarters = kpidsl.evaluate(library, data=bindings, every="quarter", start="2025-01-01", end="2026-10-01")
    frame = quarters.frame
    assert set(frame["kpi"]) == {value.name for value in library.kpis()}
    due = frame["period"] >= frame["kpi"].map(FIRST).fillna("")
    assert frame.loc[due != (frame["status"] == "value"), ["kpi", "period", "reason"]].values.tolist() == []


def test_the_last_month_is_not_over(months: kpidsl.Result) -> None:
    last = months.frame.loc[months.frame["period"] == "2026-10"]
    judged = last.loc[last["verdict"].notna(), "verdict"]
    assert set(judged) == {"partial"}


def test_verdicts_are_of_many_kinds(months: kpidsl.Result) -> None:
    counts = Counter(months.frame["verdict"].dropna())
    assert {"within", "short", "beyond", "inconclusive", "insufficient", "undefined", "partial"} <= set(counts)
    assert min(counts["within"], counts["short"], counts["inconclusive"]) >= 50


@pytest.mark.parametrize("dimension", ["channel", "campaign", "segment", "rep", "team", "landing_page"])
def test_groups_add_up(dimension: str, library: kpidsl.Catalog, bindings: Path) -> None:
    """What is counted in all groups, the missing one among them, is what is counted without groups."""
    served = library.dimensions[dimension].paths
    counts = {"leads": "leads", "conversations": "conversations", "proposals": "proposals_sent", "sessions": "sessions"}
    counts |= {"opportunities": "won_opportunities", "activities": "activities"}
    names = [measure for source, measure in counts.items() if source in served]
    whole = kpidsl.evaluate(library, names, data=bindings)
    parts = kpidsl.evaluate(library, names, data=bindings, by=[dimension])
    for name in names:
        assert parts[name].values[parts[name].values > 0].sum() == whole[name].value


# The same figures by hand, from the rows themselves.


def test_closed_value_by_hand(library: kpidsl.Catalog, bindings: Path, demo: Path) -> None:
    won = [row for row in rows(demo, "opportunities") if row["outcome"] == "won" and row["closed_at"].startswith("2026-08")]
    result = kpidsl.evaluate(library, ["closed_value"], data=bindings, start="2026-08-01", end="2026-09-01")
    assert result["closed_value"].value == pytest.approx(sum(float(row["amount"]) for row in won))


def test_win_rate_by_channel_by_hand(library: kpidsl.Catalog, bindings: Path, demo: Path) -> None:
    channel = {row["lead_id"]: row["channel"] for row in rows(demo, "leads")}
    decided: Counter[tuple[str, str]] = Counter()
    for row in rows(demo, "opportunities"):
        decided[channel.get(row["lead_id"], ""), row["outcome"]] += 1
    result = kpidsl.evaluate(library, ["win_rate"], data=bindings, by=["channel"]).frame
    for row in result.itertuples():
        name = "" if pd.isna(row.channel) else row.channel
        won, lost = decided[name, "won"], decided[name, "lost"]
        assert row.value == pytest.approx(won / (won + lost)), name
    assert len(result) == len({name for name, _ in decided})


def test_landing_pages_by_hand(library: kpidsl.Catalog, bindings: Path, demo: Path) -> None:
    landed = [row for row in rows(demo, "sessions") if row["landing_page"]]
    visitors = {row["visitor_id"] for row in landed}
    converted = {row["visitor_id"] for row in landed if row["converted_at"]}
    result = kpidsl.evaluate(library, ["landing_page_conversion"], data=bindings)
    assert result["landing_page_conversion"].value == pytest.approx(len(converted) / len(visitors))


def test_historic_value_by_hand(library: kpidsl.Catalog, bindings: Path, demo: Path) -> None:
    acquired = {row["customer_id"]: row["acquired_at"][:4] for row in rows(demo, "customers")}
    margin = sum(
        float(row["Net Amount"]) - float(row["Cost of Goods"])
        for row in rows(demo, "orders")
        if row["Cost of Goods"] and acquired.get(row["customer_id"]) == "2025"
    )
    result = kpidsl.evaluate(library, ["clv_historic"], data=bindings, start="2025-01-01", end="2026-01-01")
    assert result["clv_historic"].value == pytest.approx(margin / Counter(acquired.values())["2025"])


def test_retention_by_hand(library: kpidsl.Catalog, bindings: Path, demo: Path) -> None:
    def holders(day: str) -> set[str]:
        """Who has a contract when a day begins."""
        contracts = rows(demo, "subscriptions")
        return {row["customer_id"] for row in contracts if row["started_at"] < day <= (row["ended_at"] or "9999")}

    before, after = holders("2026-08-01"), holders("2026-09-01")
    result = kpidsl.evaluate(library, ["retention_rate", "churn_rate"], data=bindings, start="2026-08-01", end="2026-09-01")
    assert 0 < len(before & after) < len(before)
    assert result["retention_rate"].value == pytest.approx(len(before & after) / len(before))
    assert result["churn_rate"].value == pytest.approx(len(before - after) / len(before))


def test_linear_attribution_by_hand(library: kpidsl.Catalog, bindings: Path, demo: Path) -> None:
    won = {row["lead_id"]: row for row in rows(demo, "opportunities") if row["lead_id"] and row["outcome"] == "won"}
    touched: dict[str, list[str]] = {}
    for row in rows(demo, "touches"):
        if row["lead_id"] in won:
            ago = date.fromisoformat(won[row["lead_id"]]["closed_at"]) - date.fromisoformat(row["touched_at"][:10])
            if 0 <= ago.days <= 90:
                touched.setdefault(row["lead_id"], []).append(row["channel"])
    expected: dict[str, float] = {}
    for lead, channels in touched.items():
        for channel in channels if won[lead]["closed_at"].startswith("2026-08") else ():
            expected[channel] = expected.get(channel, 0) + float(won[lead]["amount"]) / len(channels)
    ask = {"by": ["channel"], "start": "2026-08-01", "end": "2026-09-01"}
    result = kpidsl.evaluate(library, ["attributed_linear"], data=bindings, **ask).frame  # type: ignore[arg-type]
    found = {"" if pd.isna(row.channel) else row.channel: row.value for row in result.itertuples()}
    assert {channel: value for channel, value in found.items() if value} == pytest.approx(expected)


def test_availability_by_hand(library: kpidsl.Catalog, bindings: Path, demo: Path) -> None:
    start, end = pd.Timestamp("2025-05-01"), pd.Timestamp("2025-06-01")
    down = pd.Timedelta(0)
    for row in rows(demo, "downtime"):
        failed, restored = pd.Timestamp(row["failed_at"]), pd.Timestamp(row["restored_at"] or "2100-01-01")
        down += max(min(restored, end) - max(failed, start), pd.Timedelta(0))
    machines = sum(1 for _ in rows(demo, "machines"))
    result = kpidsl.evaluate(library, ["availability"], data=bindings, start="2025-05-01", end="2025-06-01")
    assert result["availability"].value == pytest.approx(1 - down / (machines * (end - start)))


# The traps.


def test_a_month_without_leads_of_a_channel_is_zero(library: kpidsl.Catalog, bindings: Path) -> None:
    ask = {"where": 'channel = "partner"', "every": "month", "start": "2025-07-01", "end": "2025-10-01"}
    leads = kpidsl.evaluate(library, ["new_leads"], data=bindings, **ask).frame  # type: ignore[arg-type]
    assert list(leads["value"] > 0) == [True, False, True]
    assert set(leads["status"]) == {"value"}


def test_notices_tell_of_what_is_odd(months: kpidsl.Result) -> None:
    codes = {finding.code for finding in months.diagnostics}
    assert codes >= {"unknown-value", "dates-missing", "reference-unmatched", "gap-in-data"}
    assert not months.diagnostics.errors


def test_leading_zeros_stay(library: kpidsl.Catalog, bindings: Path) -> None:
    reps = kpidsl.evaluate(library, ["activities"], data=bindings, by=["rep"]).frame
    assert list(reps["rep"]) == [f"{number:02}" for number in range(1, 9)]


def test_a_missing_channel_is_a_group(library: kpidsl.Catalog, bindings: Path) -> None:
    leads = kpidsl.evaluate(library, ["new_leads"], data=bindings, by=["channel"]).frame
    assert leads["channel"].isna().sum() == 1
    assert "affiliate" in set(leads["channel"].dropna())


def test_a_few_deals_carry_much_of_the_value(demo: Path) -> None:
    amounts = sorted((float(row["amount"]) for row in rows(demo, "opportunities")), reverse=True)
    assert sum(amounts[: len(amounts) // 20]) > 0.2 * sum(amounts)


def test_a_machine_stands_still_across_the_end_of_a_month(demo: Path) -> None:
    stops = [(row["failed_at"][:7], row["restored_at"][:7]) for row in rows(demo, "downtime")]
    assert any(failed < restored for failed, restored in stops)


def test_a_content_brought_nobody(demo: Path) -> None:
    used = {row["asset_id"] for row in rows(demo, "leads")} - {""}
    assert {row["asset_id"] for row in rows(demo, "assets")} - used == {"A12"}


def test_one_proposal_at_most_for_a_conversation(demo: Path) -> None:
    """As their units say."""
    proposals = Counter(row["conversation_id"] for row in rows(demo, "proposals"))
    assert set(proposals.values()) == {1}
