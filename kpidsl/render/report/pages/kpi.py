"""Everything about one KPI: its value against its benchmarks, its course, its parts, and the figures behind all of it."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.render.report import pictures
from kpidsl.render.report.elements import Child, Markup, element, join
from kpidsl.render.report.marks import badge, classes
from kpidsl.render.report.pages.figures import figures
from kpidsl.render.report.story import Area, Split, Story, Told, drawn_of, facts_of, not_drawn, time_of
from kpidsl.render.report.strips import LARGE
from kpidsl.render.results.view import Cell, shown_score, with_unit, word
from kpidsl.results.verdicts import Verdict


def section(story: Story, area: Area) -> Markup:
    """The KPIs of an area."""
    several = len(story.areas) > 1
    anchor = f"area-{story.areas.index(area) + 1}" if several else "kpis"
    articles = [_article(story, told) for told in area.kpis]
    return element("section", element("h2", area.name or "KPIs"), *articles, id=anchor, aria_label=area.name or "KPIs")


def _article(story: Story, told: Told) -> Markup:
    head = element("div", element("h3", told.title), element("p", badge(told.verdict), _score(told.head)), class_="head")
    drawn = pictures.trend(told, story.unfinished)
    about = element("p", told.description, class_="about") if told.description else None
    figure = element("figure", drawn, element("figcaption", pictures.caption(told)), class_="course") if drawn else None
    return element(
        "article",
        element(
            "div",
            head,
            about,
            element("div", element("div", _now(story, told), class_="now"), figure, class_="two"),
            class_="lead",
        ),
        [_split(told, split, story) for split in told.splits],
        figures(told),
        id=told.anchor,
    )


def _score(cell: Cell | None) -> Markup | None:
    return element("small", f" score {shown_score(cell.score)}") if cell and cell.score is not None else None


def _now(story: Story, told: Told) -> Iterator[Child]:
    cell = told.head
    if cell is None:
        yield element("p", "no data", class_="value quiet")
        return
    value, unit = with_unit(cell, told.unit_text)
    yield element(
        "p", value, element("small", unit) if unit else None, class_="value" if cell.number is not None else "value quiet"
    )
    yield element("p", time_of(cell), class_="when") if time_of(cell) else None
    if len(cell.judged) < 2:
        yield pictures.strip(told, cell, LARGE)
    yield from _benchmarks(told, cell)
    yield element("dl", [_fact(*fact) for fact in facts_of(story, told) if fact[1]], class_="facts")


def _fact(label: str, text: str, verdict: Verdict | None) -> Markup:
    return join(element("dt", label), element("dd", text, " " if verdict else None, badge(verdict) if verdict else None))


def _benchmarks(told: Told, cell: Cell) -> Iterator[Markup]:
    """Each of several benchmarks with its own strip and verdict."""
    for judged in cell.judged if len(cell.judged) > 1 else ():
        words = join(f"{judged.name}: {judged.range} ", badge(judged.verdict))
        yield element("div", element("p", words), pictures.for_benchmark(told, cell, judged), class_="bench")


def _split(told: Told, split: Split, story: Story) -> Markup:
    """The values of a dimension below each other on one scale."""
    cells = drawn_of(split)
    scale = pictures.shared_scale(told, cells)
    rows = [
        element(
            "tr",
            element("th", ", ".join(cell.keys)),
            element("td", cell.value, class_="n" if cell.number is not None else "n quiet"),
            element("td", pictures.strip(told, cell, scale=scale), class_="s"),
            element("td", pictures.bare_spark(split, cell.keys, story.unfinished), class_="c"),
            element("td", f"{cell.rows:,}" if cell.rows is not None else "", class_="n q"),
            element("td", word(cell.verdict), class_=f"w {classes(cell.verdict)}"),
        )
        for cell in cells
    ]
    heads = [(split.dimension, "k"), ("Value", "n"), ("Interval", "s"), ("Trend", "c"), ("n", "n q"), ("Verdict", "w")]
    left_out = not_drawn(split)
    rest = f"{left_out}; all are in the figures." if left_out else ""
    if not rows:
        rest = "No values in this time."
    table = element(
        "table",
        element("caption", f"By {split.dimension}, {split.time}"),
        element("thead", element("tr", [element("th", text, class_=kind, scope="col") for text, kind in heads])),
        element("tbody", rows),
        class_="split",
    )
    return join(
        table if rows else element("p", f"By {split.dimension}, {split.time}", class_="lone"),
        element("p", rest, class_="quiet") if rest else None,
    )
