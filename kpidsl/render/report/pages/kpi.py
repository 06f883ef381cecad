"""Everything about one KPI: its value against its benchmarks, its course, its parts, and all figures to read and to take along."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from kpidsl.render.csv_text import csv_text
from kpidsl.render.report import pictures
from kpidsl.render.report.elements import Child, Markup, element, join
from kpidsl.render.report.marks import badge, shape
from kpidsl.render.report.story import Area, Split, Story, Told, facts_of
from kpidsl.render.report.strips import LARGE
from kpidsl.render.results.view import Cell, with_unit, word
from kpidsl.results.verdicts import Verdict

MOST = 24
_DIGITS = 9
_LETTERS = {"short": "s", "outside": "o", "within": "w", "beyond": "y", "level": "l"}  # one letter: there are thousands of these


def section(story: Story, area: Area) -> Markup:
    """The KPIs of an area."""
    several = len(story.areas) > 1
    anchor = f"area-{story.areas.index(area) + 1}" if several else "kpis"
    articles = [_article(story, told) for told in area.kpis]
    return element("section", element("h2", area.name or "KPIs"), *articles, id=anchor, aria_label=area.name or "KPIs")


def _article(story: Story, told: Told) -> Markup:
    head = element("div", element("h3", told.title), badge(told.verdict), class_="head")
    drawn = pictures.trend(told, story.unfinished)
    figure = element("figure", drawn, element("figcaption", _caption(told)), class_="course") if drawn else None
    return element(
        "article",
        head,
        element("p", told.description, class_="about") if told.description else None,
        element("div", element("div", _now(story, told), class_="now"), figure, class_="two"),
        [_split(told, split, story) for split in told.splits],
        _figures(story, told),
        id=told.anchor,
    )


def _caption(told: Told) -> str:
    parts = ["90% interval" if any(cell.bounds for cell in told.periods) else ""]
    parts.append("benchmark" if any(cell.judged for cell in told.periods) else "")
    shaded = " and ".join(part for part in parts if part)
    return f"{told.periods[0].period} to {told.periods[-1].period}" + (f"; shaded: {shaded}" if shaded else "")


def _now(story: Story, told: Told) -> Iterator[Child]:
    cell = told.head
    if cell is None:
        yield element("p", "no data", class_="value quiet")
        return
    value, unit = with_unit(cell, told.unit_text)
    yield element("p", value, element("small", unit) if unit else None, class_="value" if cell.number is not None else "value quiet")
    yield element("p", cell.period, class_="when") if cell.period else None
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
    cells = _shown(split.cells)
    scale = pictures.shared_scale(told, cells)
    rows = [
        element(
            "tr",
            element("th", ", ".join(cell.keys), class_="k", scope="row"),
            element("td", cell.value, class_="n" if cell.number is not None else "n quiet"),
            element("td", pictures.strip(told, cell, scale=scale), class_="s"),
            element("td", pictures.bare_spark(split, cell.keys, story.unfinished), class_="c"),
            element("td", f"{cell.rows:,}" if cell.rows is not None else "", class_="n q"),
            element("td", badge(cell.verdict) if cell.verdict else None, class_="w"),
        )
        for cell in cells
    ]
    heads = [(split.dimension, "k"), ("Value", "n"), ("Interval", "s"), ("Trend", "c"), ("n", "n q"), ("Verdict", "w")]
    more = len(split.cells) - len(cells)
    rest = f"The {MOST} with the most rows of {len(split.cells):,}; all are in the figures." if more else ""
    if not rows:
        rest = "No values in this time."
    table = element(
        "table",
        element("caption", f"By {split.dimension}, {split.time}"),
        element("thead", element("tr", [element("th", text, class_=kind, scope="col") for text, kind in heads])),
        element("tbody", rows),
        class_="split",
    )
    return join(table if rows else element("p", f"By {split.dimension}, {split.time}", class_="lone"), element("p", rest, class_="quiet") if rest else None)


def _shown(cells: Sequence[Cell]) -> Sequence[Cell]:
    """The cells that are drawn: those with the most rows behind them, in their own order."""
    if len(cells) <= MOST:
        return cells
    most = sorted(range(len(cells)), key=lambda at: -(cells[at].rows or 0))[:MOST]
    return [cells[at] for at in sorted(most)]


def _figures(story: Story, told: Told) -> Markup:
    """The figures behind the pictures, and a link that saves them."""
    address = f"data:text/csv;charset=utf-8,{quote(_csv(told), safe=_SAFE)}"
    name = re.sub(r"[^\w.-]+", "-", told.name).strip("-") or "figures"
    save = element("a", "Save as CSV", href=address, download=f"{name}.csv")
    return element(
        "details",
        element("summary", "Figures"),
        element("p", save, class_="save"),
        _periods(told),
        [_matrix(split) for split in told.splits if len(split.periods) > 1],
    )


_SAFE = ",;:/$()*!~-_."  # of a CSV, what an address may have as it is


def _periods(told: Told) -> Markup | None:
    cells = [*told.periods, *([told.whole] if told.whole else [])]
    rows = [
        [cell.period, cell.value, cell.interval, f"{cell.rows:,}" if cell.rows is not None else "", _word(cell), cell.why]
        for cell in cells
    ]
    return _grid(["period", "value", "90% interval", "n", "verdict", "why"], rows, "figures", "By period") if rows else None


def _matrix(split: Split) -> Markup:
    """Values by dimension and period; what a firm verdict says of each is its shape and its colour."""
    keys = sorted(split.by_period, key=lambda key: -sum(cell.rows or 0 for cell in split.by_period[key].values()))[:MOST]
    rows = [
        [", ".join(key), *(_heat(split.by_period[key].get(period)) for period in split.periods)]
        for key in split.by_period
        if key in keys
    ]
    return _grid([split.dimension, *split.periods], rows, "figures heat", f"By {split.dimension} and period")


def _grid(heads: Sequence[str], rows: Sequence[Sequence[Child]], kind: str, name: str) -> Markup:
    """A table that may be wider than the page; it can be scrolled with the keyboard."""
    head = element("tr", [element("th", text, scope="col") for text in heads])
    lines = [element("tr", element("th", row[0], scope="row"), [_cell(each) for each in row[1:]]) for row in rows]
    table = element("table", element("thead", head), element("tbody", lines), class_=kind)
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label=name)


def _cell(content: Child) -> Markup:
    return content if isinstance(content, Markup) and content.text.startswith("<td") else element("td", content)


def _word(cell: Cell) -> Markup:
    return element("td", word(cell.verdict), class_=_LETTERS.get(shape(cell.verdict)))


def _heat(cell: Cell | None) -> Markup:
    if cell is None or cell.number is None:
        return element("td", "–" if cell else "")
    return element("td", cell.value, class_=_LETTERS.get(shape(cell.verdict)))


def _csv(told: Told) -> str:
    """What the pictures show, to nine digits: the whole time, each period, each value of a dimension."""
    rows: list[Sequence[object]] = [
        [cell.period, "", *_numbers(cell)] for cell in [*([told.whole] if told.whole else []), *told.periods]
    ]
    for split in told.splits:
        rows.extend([cell.period, f"{split.dimension}: {', '.join(cell.keys)}", *_numbers(cell)] for cell in split.cells)
    return csv_text(["period", "part", f"{told.name} ({told.unit_text})", "low", "high", "n", "verdict"], rows)


def _numbers(cell: Cell) -> list[object]:
    low, high = cell.bounds or (None, None)
    rounded = (None if each is None else float(f"{each:.{_DIGITS}g}") for each in (cell.number, low, high))
    return [*rounded, cell.rows, word(cell.verdict)]
