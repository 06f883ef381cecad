"""The first screen: how many KPIs stand where, the scorecards, and one line for each KPI, the worst first."""

from __future__ import annotations

from kpidsl.render.report import pictures
from kpidsl.render.report.elements import Markup, element, join
from kpidsl.render.report.marks import classes
from kpidsl.render.report.pages.scorecards import scorecards
from kpidsl.render.report.story import Area, Story, Told
from kpidsl.render.report.strips import SMALL, Strip, draw, scale_of
from kpidsl.render.results.view import with_unit, word
from kpidsl.results.verdicts import Verdict


def summary(story: Story) -> Markup:
    """The counts, the scorecards if there are any, and a table of all KPIs."""
    parts = (element("h2", "Summary"), _counts(story), scorecards(story), _table(story))
    return element("section", *parts, id="summary", aria_label="Summary")


def key() -> Markup:
    """How a strip is read, drawn with an example."""
    example = Strip(0.24, (0.19, 0.3), True, 0.27, None, Verdict.INCONCLUSIVE, "Example of a strip")
    scale = scale_of([example], SMALL)
    assert scale is not None
    words = (
        "The shaded band is the benchmark, the bar the 90% interval of the value, the mark the value itself. ",
        "A verdict is firm only where the interval lies wholly on one side of each bound; any other is grey and says why.",
    )
    return element("p", draw(example, scale, SMALL), element("span", *words), class_="key")


def _counts(story: Story) -> Markup:
    chips = [
        element("li", element("b", number), " ", word(verdict) or "not judged", class_=classes(verdict))
        for verdict, number in story.counts()
    ]
    return element("ul", *chips, class_="counts", aria_label="How many KPIs have which verdict")


_HEADS = (
    ("KPI", "k"),
    ("Value", "n"),
    ("Interval against benchmark", "s"),
    ("Benchmark", "r"),
    ("Trend", "c"),
    ("Verdict", "w"),
)


def _table(story: Story) -> Markup:
    """One table, so that columns stand below each other; its roles are said, as a narrow screen sets it as blocks."""
    head = element(
        "tr", [element("th", text, class_=kind, scope="col", role="columnheader") for text, kind in _HEADS], role="row"
    )
    bodies = [element("tbody", _area(area), [_row(story, told) for told in area.kpis], role="rowgroup") for area in story.areas]
    return element("table", element("thead", head, role="rowgroup"), bodies, class_="summary", role="table")


def _area(area: Area) -> Markup | None:
    if not area.name:
        return None
    name = element("th", area.name, colspan=str(len(_HEADS)), scope="rowgroup", role="rowheader")
    return element("tr", name, class_="area", role="row")


def _row(story: Story, told: Told) -> Markup:
    cell = told.head
    cells = [
        ("n", _value(told)),
        ("s", pictures.strip(told, cell) if cell else None),
        ("r", cell.range if cell else ""),
        ("c", pictures.spark(told, told.periods, story.unfinished)),
        (f"w {classes(told.verdict)}", _verdict(told)),
    ]
    period = element("small", cell.period) if cell and cell.period not in ("", story.usual) else None
    name = element("th", element("a", told.title, href=f"#{told.anchor}"), period, class_="k", scope="row", role="rowheader")
    return element("tr", name, [element("td", content, class_=kind, role="cell") for kind, content in cells], role="row")


def _verdict(told: Told) -> Markup:
    """How good the value is, and below that whether it is a change, where that is known."""
    process = told.head.process if told.head else ""
    return join(word(told.verdict) or "not judged", element("small", f"process: {process}") if process else None)


def _value(told: Told) -> Markup:
    if told.head is None:
        return element("span", "no data", class_="quiet")
    value, unit = with_unit(told.head, told.unit_text)
    if told.head.number is None:
        return element("span", value, class_="quiet")
    projected = element("small", f"projected {told.head.projected}") if told.head.projected else None
    return join(value, element("small", unit) if unit else None, projected)
