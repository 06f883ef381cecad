"""Reports: what is asked, what heads a KPI, and every format of it, over words that want to be more than shown."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote

import pytest
from report_company import AS_OF, CATALOG, DEFINITIONS, HOSTILE, asked, leads

import kpidsl
from kpidsl.render.report import html
from kpidsl.render.report.elements import element, escape, number
from kpidsl.render.report.marks import Tone, rank, shape, tone
from kpidsl.render.report.scales import Scale, spanned, tick_text, ticks
from kpidsl.render.report.story import tell
from kpidsl.render.report.strips import SMALL, Strip, draw, scale_of
from kpidsl.render.report.trends import Moment
from kpidsl.render.report.trends import draw as draw_trend
from kpidsl.results.verdicts import Verdict
from kpidsl.units.unit import NUMBER
from kpidsl.visible import ACTIVE

# What is asked


def labels(report: kpidsl.Report) -> list[str]:
    assert report.periods is not None
    return list(report.periods.axis.labels)


def test_without_a_time_it_is_about_the_last_twelve_months_that_are_over() -> None:
    report = asked("win_rate")
    assert labels(report)[0] == "2025-05"
    assert labels(report)[-1] == "2026-05", "the month that is not over is shown"
    assert list(report.whole.axis.labels) == ["2025-05-01 to 2026-04-30"], "and is not in the whole"


def test_a_time_that_is_given_is_the_time() -> None:
    report = asked("win_rate", start="2025-07", end="2025-10")
    assert labels(report) == ["2025-07", "2025-08", "2025-09"]
    assert list(report.whole.axis.labels) == ["2025-07-01 to 2025-09-30"]


@pytest.mark.parametrize(("every", "last"), [("month", "2026-04"), ("quarter", "2026-Q1"), ("week", "2026-W19")])
def test_with_a_grain_a_kpi_is_headed_by_its_latest_period_that_is_over(every: str, last: str) -> None:
    told = next(tell(asked("win_rate", every=every)).kpis)
    assert told.head is not None
    assert told.head.period == last


def test_a_benchmark_for_a_month_is_held_against_a_month() -> None:
    heads = {told.name: told.head for told in tell(asked()).kpis}
    assert heads["new_leads"] is not None
    assert heads["win_rate"] is not None
    assert heads["new_leads"].period == "2026-04"
    assert heads["win_rate"].period == "2025-05-01 to 2026-04-30"


def test_a_value_that_is_never_there_is_told_of_a_period_that_is_over() -> None:
    told = next(tell(asked("never")).kpis)
    assert told.head is not None
    assert told.head.period == "2026-04"


def test_values_are_those_of_run() -> None:
    report = asked("win_rate", every="month", by="channel")
    alone = kpidsl.evaluate(CATALOG, "win_rate", data={"leads": leads()}, as_of=AS_OF, start="2026-04", end="2026-05")
    told = next(tell(report).kpis)
    assert told.head is not None
    assert told.head.number == alone["win_rate"].value
    assert report.verdicts == {"win_rate": alone["win_rate"].verdict}


def test_a_kpi_that_cannot_be_asked_by_month_is_told_all_the_same() -> None:
    report = asked("win_rate", "growth(leads, 1 day) as daily", start="2026-05-01", end="2026-05-02")
    assert report.periods is not None
    assert report.kpis == ("win_rate", "daily")
    assert report.periods.kpis == ("win_rate",)


def test_what_means_nothing_is_refused() -> None:
    with pytest.raises(kpidsl.AskError):
        asked("win_rat")
    with pytest.raises(kpidsl.AskError):
        asked("win_rate", by="colour")


def test_no_rows_are_told_too() -> None:
    report = asked(data={"leads": leads(0)})
    assert b"no data" in kpidsl.render_report(report)


def test_a_source_that_cannot_be_used_is_told() -> None:
    report = asked(data={"leads": leads().drop(columns="amount")})
    page = kpidsl.render_report(report).decode()
    assert report.verdicts["average"] is Verdict.ERROR
    assert "could not be used" in page


# The order of what is told


def test_the_worst_comes_first_and_areas_by_their_worst() -> None:
    story = tell(asked())
    for area in story.areas:
        ranks = [rank(told.verdict) for told in area.kpis]
        assert ranks == sorted(ranks)
    assert story.areas[-1].name == "Other"
    ranks = [rank(area.kpis[0].verdict) for area in story.areas[:-1]]
    assert ranks == sorted(ranks)


def test_every_verdict_has_a_rank_and_only_firm_ones_have_a_colour() -> None:
    assert rank(Verdict.SHORT) == min(rank(verdict) for verdict in Verdict)
    for verdict in Verdict:
        assert rank(verdict) < rank(None)
        assert verdict.firm or tone(verdict) is Tone.OPEN
        assert shape(verdict) != "none"


# Pictures


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.031, 0.047), (-5.0, 1200.0), (1e9, 3e9), (1e-7, 2e-7)])
def test_ticks_are_round_few_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 6
    assert all(low - 1e-12 <= each <= high * (1 + 1e-9) for each in found)
    steps = [after - before for before, after in pairwise(found)]
    assert max(steps) - min(steps) <= 1e-6 * max(steps)


def test_ticks_are_short() -> None:
    assert [tick_text(each, NUMBER, False) for each in (0, 0.5, 250, 2000, 25_000, 2.5e6, 2e13)] == [
        "0", "0.5", "250", "2,000", "25k", "2.5M", "20tn",
    ]  # fmt: skip
    assert tick_text(0.025, NUMBER, True) == "2.5%"


@pytest.mark.parametrize("numbers", [[], [None], [float("nan")], [float("inf")]])
def test_nothing_to_see_has_no_scale(numbers: list[float | None]) -> None:
    assert spanned(numbers) is None


def test_one_wide_interval_does_not_hide_the_others() -> None:
    span = spanned([10, 11, 12], [(9, 11), (10, 12), (-1e6, 1e6)])
    assert span is not None
    assert span[1] - span[0] < 20


def test_the_interval_of_a_lone_strip_is_whole() -> None:
    strip = Strip(0.299, (0.1, 0.6), True, 0.3, None, Verdict.INCONCLUSIVE, "words")
    scale = scale_of([strip], SMALL)
    assert scale is not None
    assert scale.holds(0.1)
    assert scale.holds(0.6)
    assert "class=a" not in draw(strip, scale, SMALL).text


def test_an_interval_that_is_cut_has_an_arrow() -> None:
    strip = Strip(5, (0, 100), True, None, 7, Verdict.WITHIN, "words")
    assert draw(strip, Scale(0, 10, 0, 100), SMALL).text.count("class=a") == 1


def test_limits_of_a_process_and_changing_bands_are_drawn() -> None:
    bands = [(0.1, None), (0.1, None), (0.2, 0.4)]
    moments = [
        Moment(f"2026-0{n + 1}", 0.2, (0.1, 0.3), band, Verdict.WITHIN, "words", limits=(0.1, 0.2, 0.3))
        for n, band in enumerate(bands)
    ]
    drawn = draw_trend(moments, "words", "details", str)
    assert drawn is not None
    assert drawn.text.count("class=b ") == 2
    assert drawn.text.count("class=u ") + drawn.text.count('class="u ') == 3


def test_a_gap_breaks_the_line() -> None:
    values = [1.0, 2.0, None, 3.0, 4.0]
    moments = [Moment(str(n), each, None, None, None, "words") for n, each in enumerate(values)]
    drawn = draw_trend(moments, "words", "details", str)
    assert drawn is not None
    line = re.search(r'class=l d="(M[^"]*)"', drawn.text)
    assert line is not None
    assert line[1].count("M") == 2


@pytest.mark.parametrize("value", [0.0, -0.04, 3.0, 12.34567, -7.96, 1e6])
def test_coordinates_are_short(value: float) -> None:
    assert float(number(value)) == pytest.approx(value, abs=0.051)
    assert re.fullmatch(r"-?\d+(\.\d)?", number(value))
    assert number(value) != "-0"


# Escaping


@pytest.mark.parametrize("text", [each for each in HOSTILE if each])
def test_elements_show_any_text(text: str) -> None:
    made = element("p", text, title=text).text
    assert not ACTIVE.search(made)
    assert re.fullmatch(r'<p title=(?:"[^"<>]*"|[\w#.-]+)>[^<>]*</p>', made)


def test_an_attribute_without_quotes_is_only_made_of_harmless_characters() -> None:
    assert element("a", href="x y").text == '<a href="x y"></a>'
    assert element("a", href="#k-1").text == "<a href=#k-1></a>"
    assert escape("a'b\"c") == "a&#39;b&quot;c"


class _Seen(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def report() -> kpidsl.Report:
    return asked(by="channel")


@pytest.fixture(scope="module")
def seen(report: kpidsl.Report) -> _Seen:
    parser = _Seen()
    parser.feed(kpidsl.render_report(report).decode())
    return parser


def test_nothing_hostile_becomes_markup(report: kpidsl.Report, seen: _Seen) -> None:
    assert {tag for tag, _ in seen.elements}.isdisjoint({"script", "img", "i", "iframe", "link", "object"})
    names = {name for _, attributes in seen.elements for name in attributes}
    assert not [name for name in names if name.startswith("on")]
    assert not ACTIVE.search(seen.text.replace("\n", ""))
    for word in ("<script>alert(1)</script>", '" onload="alert(1)', "]]>", "\\u202etfel"):
        assert word in seen.text


def test_nothing_is_loaded_from_anywhere(seen: _Seen) -> None:
    policy = [each for tag, each in seen.elements if tag == "meta" and each.get("http-equiv") == "Content-Security-Policy"]
    assert policy[0]["content"] == html.POLICY
    for _, attributes in seen.elements:
        for name in ("href", "src"):
            address = attributes.get(name)
            assert address is None or address.startswith(("#", "data:text/csv")), address


def test_links_within_the_page_lead_somewhere(seen: _Seen) -> None:
    names = [attributes["id"] for _, attributes in seen.elements if "id" in attributes]
    assert len(names) == len(set(names))
    for _, attributes in seen.elements:
        address = attributes.get("href") or ""
        assert not address.startswith("#") or address[1:] in names


def test_every_picture_has_words_or_is_decoration(seen: _Seen) -> None:
    page = kpidsl.render_report(asked(by="channel")).decode()
    for picture in re.findall(r"<svg.*?</svg>", page):
        assert "aria-hidden=true" in picture or ("role=img" in picture and "<title>" in picture)


def test_figures_can_be_taken_along(seen: _Seen) -> None:
    links = [attributes for tag, attributes in seen.elements if tag == "a" and "download" in attributes]
    assert [link["download"] for link in links][:1] != []
    text = next(unquote(link["href"] or "") for link in links if link["download"] == "win_rate.csv")
    head, first, *_ = text.removeprefix("data:text/csv;charset=utf-8,").splitlines()
    assert head == "period,part,win_rate (percent),low,high,n,verdict,score,so far"
    assert first.startswith("2025-05-01/2026-04-30,,0.")


def test_two_axes_have_no_column_while_there_is_one(seen: _Seen) -> None:
    assert "process" not in seen.text.lower()


# Formats


@pytest.mark.parametrize("format", ["html", "markdown", "text", "xlsx", pytest.param("pdf", marks=pytest.mark.pdf)])
def test_the_same_report_is_the_same_bytes(format: str) -> None:
    pytest.importorskip({"xlsx": "xlsxwriter", "pdf": "typst"}.get(format, "kpidsl"))
    one, two = (kpidsl.render_report(asked(by="channel"), format) for _ in range(2))  # type: ignore[arg-type]
    assert one == two


def test_an_unknown_format_is_refused(report: kpidsl.Report) -> None:
    with pytest.raises(ValueError, match="there is no format 'docx'"):
        kpidsl.render_report(report, "docx")  # type: ignore[arg-type]


@pytest.mark.parametrize(("format", "library", "extra"), [("xlsx", "xlsxwriter", "excel"), ("pdf", "typst", "pdf")])
def test_a_library_that_is_missing_is_named(
    report: kpidsl.Report, format: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(ImportError, match=re.escape(f"needs {library}: pip install 'kpidsl[{extra}]'")):
        kpidsl.render_report(report, format)  # type: ignore[arg-type]


def test_markdown_is_one_table_without_markup_of_others(report: kpidsl.Report) -> None:
    text = kpidsl.render_report(report, "markdown").decode().split("<details>")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(report.kpis)
    assert "<script>" not in text
    assert "| short |" in text or "| within |" in text or "| inconclusive |" in text


def test_text_shows_each_kpi(report: kpidsl.Report) -> None:
    text = kpidsl.render_report(report, "text").decode()
    assert "Average amount" in text
    assert not ACTIVE.search(text.replace("\n", ""))


@pytest.mark.filterwarnings("ignore:Sparkline Group extension")
def test_excel_has_numbers_as_numbers_and_no_formula(report: kpidsl.Report) -> None:
    pytest.importorskip("xlsxwriter")
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(kpidsl.render_report(report, "xlsx")))
    assert book.sheetnames == ["Summary", "Values", "Definitions", "Data"]
    cells = {cell.value: cell for row in book["Summary"].iter_rows() for cell in row}
    rows = [row for row in book["Summary"].iter_rows(min_row=2) if str(row[1].value).startswith("Win rate")]
    assert isinstance(rows[0][3].value, float)
    assert rows[0][3].number_format == "0.0%"
    assert book["Summary"].freeze_panes == "C2"
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert "Verdict" in cells
    assert [cell.value for cell in book["Values"]["D"] if cell.value == "=cmd()"]


@pytest.mark.pdf
def test_pdf_is_one(report: kpidsl.Report) -> None:
    pytest.importorskip("typst")
    assert kpidsl.render_report(report, "pdf").startswith(b"%PDF-")


def test_the_company_is_well_defined() -> None:
    assert not CATALOG.diagnostics.errors, DEFINITIONS
