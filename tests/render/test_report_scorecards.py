"""Scorecards in reports: which are told, what they say, and that every format shows them, whatever their words are."""

from __future__ import annotations

import io
import re

import pytest
from report_company import SCORED, asked, leads

import kpidsl
from kpidsl.render.report.cards import Card, Point
from kpidsl.render.report.elements import as_xml, element
from kpidsl.render.report.gauges import course, gauge, small
from kpidsl.render.report.story import tell
from kpidsl.visible import ACTIVE

MONEY = {"win_rate": 0.625, "new_leads": 0.25, "never": 0.125}


def cards(report: kpidsl.Report) -> dict[str, Card]:
    return {card.name: card for card in tell(report).cards}


@pytest.fixture(scope="module")
def report() -> kpidsl.Report:
    return asked(catalog=SCORED)


# Which are told


def test_where_nothing_is_named_all_scorecards_are_told(report: kpidsl.Report) -> None:
    assert list(report.scorecards) == ["money", "unknown"]


def test_a_scorecard_is_told_where_all_of_its_kpis_are() -> None:
    assert list(asked("win_rate", "new_leads", catalog=SCORED).scorecards) == []
    assert list(asked("win_rate", "never", "new_leads", catalog=SCORED).scorecards) == ["money", "unknown"]


def test_a_scorecard_that_is_named_brings_its_kpis() -> None:
    assert asked(catalog=SCORED, scorecards="money").kpis == tuple(MONEY)
    assert asked("largest", catalog=SCORED, scorecards=["unknown"]).kpis == ("largest", "never")


def test_a_scorecard_that_there_is_not_is_refused() -> None:
    with pytest.raises(kpidsl.AskError, match="mony"):
        asked(catalog=SCORED, scorecards="mony")


# What they say


def test_a_score_is_the_mean_of_the_values_that_head_the_kpis(report: kpidsl.Report) -> None:
    heads = {told.name: told.head for told in tell(report).kpis}
    scores = {name: head.score for name in MONEY if (head := heads[name]) and head.score is not None}
    assert set(scores) == {"win_rate", "new_leads"}
    weight = sum(MONEY[name] for name in scores)
    card = cards(report)["money"]
    assert card.score == pytest.approx(sum(MONEY[name] * score for name, score in scores.items()) / weight)
    assert card.scored == weight == 0.875
    assert report.scorecards["money"].now.value == card.score


def test_a_kpi_without_a_score_stays_on_the_card(report: kpidsl.Report) -> None:
    card = cards(report)["money"]
    assert [line.name for line in card.lines] == list(MONEY)
    assert card.lines[-1].score is None
    assert "87.5% has a score" in card.said


def test_a_scorecard_without_any_score_says_so(report: kpidsl.Report) -> None:
    card = cards(report)["unknown"]
    assert (card.score, card.score_text, card.coverage, card.course) == (None, "no score", 0, ())


def test_a_course_has_only_periods_that_are_over_and_says_what_is_partial(report: kpidsl.Report) -> None:
    card = cards(report)["money"]
    assert card.course[0].period == "2025-05"
    assert card.course[-1].period == "2026-04"
    assert card.partly
    assert "lowest" in card.course_words


def test_with_a_grain_a_card_is_of_its_period() -> None:
    card = cards(asked(catalog=SCORED, scorecards="money", every="month"))["money"]
    assert card.period == "2026-04"


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("format", ["html", "markdown", "text", "xlsx"])
def test_without_rows_a_card_is_told_too(rows: int, format: str) -> None:
    pytest.importorskip({"xlsx": "xlsxwriter"}.get(format, "kpidsl"))
    report = asked(catalog=SCORED, scorecards="money", data={"leads": leads(rows)})
    assert [line.name for line in cards(report)["money"].lines] == list(MONEY)
    assert kpidsl.render_report(report, format)  # type: ignore[arg-type]
    assert len(report.scorecards["money"].now.parts) == len(MONEY)


# How they are shown


def test_a_page_shows_each_kpi_of_a_card_and_nothing_hostile_is_markup(report: kpidsl.Report) -> None:
    page = kpidsl.render_report(report).decode()
    section = page[page.index("<section id=scorecards") :].split("</section>")[0]
    assert "<script" not in section
    assert "<img" not in section
    assert not ACTIVE.search(section)
    for name in MONEY:
        assert f"href=#kpi-{name}>" in section or f'href="#kpi-{name}"' in section
    assert section.count("role=img") == 3, "two bars and a course"
    assert "no score" in section


def test_the_score_stands_beside_the_verdict(report: kpidsl.Report) -> None:
    head = next(told.head for told in tell(report).kpis if told.name == "win_rate")
    assert head is not None
    assert head.score is not None
    assert f" score {head.score:.0f}</small>" in kpidsl.render_report(report).decode()


@pytest.mark.parametrize("format", ["html", "markdown", "text", "xlsx", pytest.param("pdf", marks=pytest.mark.pdf)])
def test_the_same_report_is_the_same_bytes(format: str) -> None:
    pytest.importorskip({"xlsx": "xlsxwriter", "pdf": "typst"}.get(format, "kpidsl"))
    one, two = (kpidsl.render_report(asked(catalog=SCORED), format) for _ in range(2))  # type: ignore[arg-type]
    assert one == two


@pytest.mark.parametrize("format", ["markdown", "text"])
def test_texts_show_the_card_and_all_of_its_kpis(report: kpidsl.Report, format: str) -> None:
    text = kpidsl.render_report(report, format).decode()  # type: ignore[arg-type]
    assert "87.5% has a score" in text
    assert "12.5%" in text
    assert not ACTIVE.search(text.replace("\n", ""))
    if format == "markdown":
        assert "<script>" not in text


@pytest.mark.filterwarnings("ignore:Sparkline Group extension", "ignore:Conditional Formatting extension")
def test_excel_has_scores_as_numbers(report: kpidsl.Report) -> None:
    pytest.importorskip("xlsxwriter")
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(kpidsl.render_report(report, "xlsx")))
    assert book.sheetnames == ["Summary", "Scorecards", "Values", "Definitions", "Data"]
    sheet, card = book["Scorecards"], cards(report)["money"]
    heads = [cell.value for cell in sheet[1]]
    rows = [dict(zip(heads, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert rows[0]["Score"] == pytest.approx(card.score)
    assert rows[0]["Has a score"] == 0.875
    assert [row["Weight"] for row in rows[1:4]] == list(MONEY.values())
    assert rows[3]["Score"] is None
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    summary = [cell.value for cell in book["Summary"][1]]
    assert summary[8:11] == ["Verdict", "Score", "Trend"]


# Pictures


def test_a_bar_is_as_long_as_the_score() -> None:
    assert "M0 3h160v" in gauge(50, "words").text
    assert "class=k" not in gauge(None, "words").text
    assert "class=k" not in small(0).text
    assert "<title>words</title>" in gauge(50, "words").text


def test_a_course_is_broken_where_there_is_no_score() -> None:
    points = [Point(str(n), score, 1.0 if n else 0.5, 1.0) for n, score in enumerate([10.0, 20.0, None, 40.0, 50.0])]
    drawn = course(points, "a & b").text
    line = re.search(r'class=l d="([^"]*)"', drawn)
    assert line is not None
    assert line[1].count("M") == 2
    assert drawn.count("<circle") == 4
    assert drawn.count('class="k o"') == 1
    assert "a &amp; b" in drawn


def test_a_picture_as_xml_has_quotes_in_its_tags_only() -> None:
    made = element("svg", element("title", "a class=b x"), element("path", class_="k", d="M0 0", x=3), role="img")
    assert as_xml(made) == '<svg role="img"><title>a class=b x</title><path class="k" d="M0 0" x="3" /></svg>'
