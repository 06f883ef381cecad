"""Results in every format, from real questions over small frames."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import kpidsl
from kpidsl.render.explanation import text as explanation
from kpidsl.render.explanation.explanation import explain
from kpidsl.render.listing import listing
from kpidsl.render.paint import Role, plain
from kpidsl.render.results import csv as csv_format
from kpidsl.render.results import json as json_format
from kpidsl.render.results import markdown, text
from kpidsl.render.results.strip import Strip, draw
from kpidsl.render.tables import text as tables
from kpidsl.visible import ACTIVE

SCHEMA = json.loads((Path(__file__).parents[2] / "grammar" / "result.schema.json").read_text())
HOSTILE = ["web\x1b[31m", "=cmd()", "a|b <script>", "two\nlines", "", "nan", None, "\u202etfel"]
DEFINITIONS = """
units: {currencies: [USD], entities: {lead: {}, customer: {subset_of: lead}}}
sources:
  leads:
    row: lead
    key: lead_id
    time: created_at
    columns: {lead_id: number, created_at: date, channel: text, won: boolean, amount: {type: number, unit: USD}}
dimensions: {channel: [leads.channel]}
measures:
  leads: count(leads)
  won: {formula: count(leads where won), unit: customer}
kpis:
  win_rate:
    title: "Win | rate <b>"
    formula: won / leads
    unit: percent
    better: inside
    benchmarks:
      plan: {range: 20% to 80%, cite: "the plan\\e[2J"}
      floor: {range: above 5%}
  value: {formula: sum(leads.amount), inference: census, benchmarks: {plan: {range: at most 100}}, better: lower}
  per_lead: {formula: sum(leads.amount where won) / count(leads where not won)}
  biggest: {formula: max(leads.amount), benchmarks: {plan: {range: at least 1}}}
"""
CATALOG = kpidsl.load(texts={"kpis.yaml": DEFINITIONS})


def leads(rows: int = 40) -> pd.DataFrame:
    channels = [HOSTILE[number % len(HOSTILE)] for number in range(rows)]
    return pd.DataFrame(
        {
            "lead_id": range(rows),
            "created_at": pd.Timestamp("2026-01-01") + pd.to_timedelta([number * 2 for number in range(rows)], unit="D"),
            "channel": channels,
            "won": [number % 2 == 0 for number in range(rows)],
            "amount": [None if number % 8 == 1 else float(number) for number in range(rows)],
        }
    )


def ask(kpis: list[str], rows: int = 40, **more: object) -> kpidsl.Result:
    assert not CATALOG.diagnostics
    return kpidsl.evaluate(CATALOG, kpis, data={"leads": leads(rows)}, as_of="2026-04-01", **more)  # type: ignore[arg-type]


QUESTIONS = {
    "a card": ask(["win_rate"]),
    "a census": ask(["value"]),
    "without an interval": ask(["biggest"]),
    "an overview": ask([]),
    "by period": ask(["win_rate", "value"], every="month"),
    "by channel": ask(["win_rate", "per_lead", "biggest"], by=["channel"]),
    "one row each": ask([], rows=2, by=["channel"], every="day"),
    "no rows": ask([], where='channel = "none"'),
    "no cells": ask(["win_rate"], by=["channel"], where='channel = "none"'),
    "no cells of one KPI": ask(["win_rate"], every="month", start="2030-01"),
    "no cells of several KPIs": ask(["win_rate", "per_lead"], every="month", start="2030-01"),
    "no data": ask(["win_rate"], start="2030-01"),
    "not over": ask(["win_rate", "won"], every="month", end="2026-05"),
    "not over, one cell": ask(["won"], end="2026-05"),
    "a failure": kpidsl.evaluate(CATALOG, ["win_rate"], data={}),
    "calc": kpidsl.calc(CATALOG, "win_rate", {"won": 5, "leads": 20}),
    "undefined": kpidsl.calc(CATALOG, "win_rate", {"won": 0, "leads": 0}),
}
every_question = pytest.mark.parametrize("result", QUESTIONS.values(), ids=QUESTIONS)


@every_question
@pytest.mark.parametrize("module", [text, markdown, csv_format, json_format])
@pytest.mark.parametrize("width", [None, 60, 120])
def test_nothing_raw_is_printed(result: kpidsl.Result, module: ModuleType, width: int | None) -> None:
    shown = module.show(result, False, width)
    assert shown.endswith("\n")
    assert all(not ACTIVE.search(line) for line in shown.split("\n"))
    # `nan` is the name of a channel here.
    assert not re.search(r"\b(None|NaN|NaT|inf|-inf|Timestamp|Decimal|dtype)\b|<NA>", shown)


@every_question
def test_json_keeps_to_its_schema(result: kpidsl.Result) -> None:
    document = json.loads(json_format.show(result))
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(document)
    assert len(document["rows"]) == len(result.frame)


@every_question
def test_csv_has_the_frame(result: kpidsl.Result) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_format.show(result))))
    frame = result.frame
    assert len(rows) == len(frame)
    for row, value in zip(rows, frame["value"], strict=True):
        assert (row["value"] == "") == pd.isna(value)
        assert pd.isna(value) or float(row["value"]) == value


def test_json_has_texts_as_they_are() -> None:
    rows = json.loads(json_format.show(QUESTIONS["by channel"]))["rows"]
    assert {row["channel"] for row in rows if row["kpi"] == "win_rate"} == set(HOSTILE)


def test_csv_disarms_what_a_spreadsheet_would_run() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_format.show(QUESTIONS["by channel"]))))
    channels = {row["channel"] for row in rows}
    assert "'=cmd()" in channels
    assert "two\nlines" in channels
    assert "web\\x1b[31m" in channels


def test_a_missing_dimension_value_is_said_to_be_missing() -> None:
    assert "(missing)" in text.show(QUESTIONS["by channel"])


def test_every_row_of_markdown_has_all_columns() -> None:
    lines = [line for line in markdown.show(QUESTIONS["by channel"]).splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) <= 3


def test_a_card_shows_every_benchmark_the_deciding_one_first() -> None:
    lines = text.show(QUESTIONS["calc"]).splitlines()
    assert lines[0] == "Win | rate <b> (win_rate)"
    plan, floor = (
        next(index for index, line in enumerate(lines) if line.startswith(f"  {name} ")) for name in ("plan", "floor")
    )
    assert plan < floor
    assert lines[plan] == "  plan       20% to 80%   inconclusive"
    assert lines[plan + 1] == "             the plan\\x1b[2J"
    assert lines[floor] == "  floor      above 5%   within"


def test_a_verdict_is_a_word_and_not_only_a_colour() -> None:
    painted = text.show(QUESTIONS["calc"], color=True)
    assert "\x1b[33minconclusive\x1b[0m" in painted
    assert "\x1b[32mwithin\x1b[0m" in painted


def test_an_overview_has_a_line_for_each_kpi_and_counts_the_verdicts() -> None:
    lines = text.show(QUESTIONS["an overview"]).splitlines()
    assert [line.split()[0] for line in lines[:5]] == ["KPI", "win_rate", "value", "per_lead", "biggest"]
    assert "1 short" in lines[-2]
    assert lines[-1].endswith("as of 2026-04-01, 40 rows read")


@pytest.mark.parametrize("question", ["no cells", "no cells of one KPI", "no cells of several KPIs"])
def test_where_there_are_no_cells_it_is_said_why(question: str) -> None:
    said = "no cells: the data as of 2026-04-01 have no row within the question"
    result = QUESTIONS[question]
    assert text.show(result).splitlines().count(said) == len(result)
    assert markdown.show(result).splitlines().count(said) == len(result)
    assert not re.search("^[|]", markdown.show(result), re.MULTILINE)


def test_a_cell_without_data_says_so_once() -> None:
    shown = text.show(QUESTIONS["no data"])
    assert "value      no data" in shown
    assert "why" not in shown
    assert json.loads(json_format.show(QUESTIONS["no data"]))["rows"][0]["reason"] == "no data"


def test_a_period_that_is_not_over_is_said_to_be_so_without_a_benchmark() -> None:
    why = "the period is not over: it ends on 2026-04-30, the data are as of 2026-04-01"
    result = QUESTIONS["not over, one cell"]
    card = text.show(result)
    assert "  verdict    partial\n" in card
    assert why in card
    assert f"| partial | {why} |" in markdown.show(result)
    row = json.loads(json_format.show(result))["rows"][0]
    assert (row["verdict"], row["benchmark"], row["benchmarks"], row["reason"]) == ("partial", None, [], why)
    line = next(csv.DictReader(io.StringIO(csv_format.show(result))))
    assert (line["verdict"], line["benchmark"], line["reason"]) == ("partial", "", why)


def test_the_moment_of_the_data_is_shown_with_its_time() -> None:
    result = kpidsl.evaluate(CATALOG, ["won"], data={"leads": leads()}, every="month", as_of="2026-03-05T13:00")
    lines = text.show(result).splitlines()
    assert lines[-2] == "1 partial"
    assert lines[-1].startswith("as of 2026-03-05 13:00, ")


def test_the_same_question_is_the_same_document() -> None:
    first, second = (json_format.show(ask(["win_rate"], by=["channel"])) for _ in range(2))
    assert first == second


def test_colours_change_nothing_but_colours() -> None:
    for result in QUESTIONS.values():
        assert re.sub(r"\x1b\[[0-9;]*m", "", text.show(result, color=True)) == text.show(result)


@pytest.mark.parametrize(
    ("strip", "names", "drawn"),
    [
        (
            Strip(0.2, 0.1, 0.3, 0.15, 0.25),
            ("15%", "25%"),
            "····──────────━━━━━━━━━━●━━━━━━━━━──────────····\n             15%                25%",
        ),
        (
            Strip(5, 5, 5, 6, None),
            ("6", ""),
            "····●······································░░░░░\n                                           6",
        ),
        (Strip(5, 2, 9, None, 4), ("", "USD 4"), "░░░░━━━━━━━━━━━━─────●──────────────────────····\n             USD 4"),
        (Strip(1, 1, 1, 1, 1), ("1", "1"), ""),
        (Strip(1, 0, 1e308, -1e308, None), ("x", ""), ""),
    ],
)
def test_the_strip(strip: Strip, names: tuple[str, str], drawn: str) -> None:
    assert "\n".join(draw(strip, names, Role.OPEN, plain)) == drawn


CLASHING = kpidsl.load(
    texts={
        "kpis.yaml": "sources: {s: {columns: {value: text, by_value: text, benchmarks: text}}}\n"
        "dimensions: {value: [s.value], by_value: [s.by_value], benchmarks: [s.benchmarks]}\n"
        "measures: {rows: count(s)}\n"
    }
)


@pytest.mark.parametrize("by", [["value", "by_value"], ["by_value", "value"], ["benchmarks"], ["benchmarks", "by_value"]])
def test_dimensions_called_like_columns_keep_their_values(by: list[str]) -> None:
    frame = pd.DataFrame({"value": ["v"], "by_value": ["b"], "benchmarks": ["m"]})
    result = kpidsl.evaluate(CLASHING, ["rows"], data={"s": frame}, by=by)
    own = {frame[name][0] for name in by}
    (row,) = json.loads(json_format.show(result))["rows"]
    assert row["value"] == 1
    assert row["benchmarks"] == []
    assert own <= {value for value in row.values() if isinstance(value, str)}
    heads, cells = csv.reader(io.StringIO(csv_format.show(result)))
    assert len(set(heads)) == len(heads) == len(cells)
    assert own <= set(cells)


def test_a_benchmark_for_a_period_says_for_which() -> None:
    definitions = DEFINITIONS + "  count: {formula: leads, benchmarks: {plan: {range: at least 3, every: month}}}\n"
    catalog = kpidsl.load(texts={"kpis.yaml": definitions})
    given = {"data": {"leads": leads()}, "as_of": "2026-04-01"}
    whole = kpidsl.evaluate(catalog, ["count", "win_rate"], **given)  # type: ignore[arg-type]
    line = next(line for line in text.show(whole).splitlines() if line.startswith("count"))
    assert re.search("at least 3 a month +its benchmark is for one month$", line)
    assert "| at least 3 a month |  | its benchmark is for one month |" in markdown.show(whole)
    alone = kpidsl.evaluate(catalog, ["count"], **given)  # type: ignore[arg-type]
    assert "  benchmark  at least 3 a month\n" in text.show(alone)
    monthly = kpidsl.evaluate(catalog, ["count"], every="month", **given)  # type: ignore[arg-type]
    assert text.show(monthly).startswith("count, lead, benchmark at least 3 a month\n")
    assert "at least 3 a month" in tables.show(listing("kpis", catalog))
    assert "  plan       at least 3 a month\n" in explanation.show(explain("count", catalog))
