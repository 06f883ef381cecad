"""Scorecards on the first screen: each with its score, how far to trust it, its course, and all of its KPIs."""

from __future__ import annotations

from kpidsl.render.report import gauges
from kpidsl.render.report.cards import NOTE, Card, CardLine, share
from kpidsl.render.report.elements import Child, Markup, element, join
from kpidsl.render.report.marks import classes
from kpidsl.render.report.story import Story
from kpidsl.render.results.view import word

_HEADS = (("KPI", "k"), ("Weight", "n"), ("Value", "n q"), ("Score", "s"), ("Verdict", "w"))


def scorecards(story: Story) -> Markup | None:
    """All scorecards; None where there are none."""
    if not story.cards:
        return None
    return element(
        "section",
        [_card(story, card) for card in story.cards],
        element("p", NOTE, class_="note"),
        id="scorecards",
        aria_label="Scorecards",
    )


def _card(story: Story, card: Card) -> Markup:
    number, kind = card.score_text, "value" if card.score is not None else "value quiet"
    value = element("p", number, element("small", " of 100") if card.score is not None else None, class_=kind)
    time = element("p", card.period, class_="when") if card.period not in ("", story.usual) else None
    words = f"{card.title}: {number}" + (" of 100" if card.score is not None else "")
    about = element("p", card.description, class_="about") if card.description else None
    left = element("div", value, time, gauges.gauge(card.score, words), element("p", card.said, class_="firm"), _course(card))
    sort = element("p", "Scorecard", class_="kind")
    return element(
        "div", sort, element("h3", card.title), about, element("div", left, _table(story, card), class_="two"), class_="card"
    )


def _course(card: Card) -> Markup | None:
    if not card.course_words:
        return None
    drawn = gauges.course(card.course, f"{card.title} by period: {card.course_words}")
    partly = element("figcaption", "hollow: a part of the weight has no score") if card.partly else None
    return element("figure", drawn, partly)


def _table(story: Story, card: Card) -> Markup:
    heads = [element("th", text, class_=kind, scope="col", role="columnheader") for text, kind in _HEADS]
    rows = [_row(story, line) for line in card.lines]
    return element(
        "table",
        element("thead", element("tr", heads, role="row"), role="rowgroup"),
        element("tbody", rows, role="rowgroup"),
        class_="split lines",
        role="table",
        aria_label=f"KPIs of {card.title}",
    )


def _row(story: Story, line: CardLine) -> Markup:
    known = line.score is not None
    score = join(gauges.small(line.score) if known else None, element("span", line.score_text or "no score"))
    cells: list[tuple[str, Child]] = [
        ("n", share(line.weight)),
        ("n q", line.value),
        ("s" if known else "s quiet", element("div", score)),
        (f"w {classes(line.verdict)}", word(line.verdict) or "not judged"),
    ]
    period = element("small", line.period) if line.period not in ("", story.usual) else None
    why = element("small", line.why) if line.score is None and line.why else None
    name = element("th", element("a", line.title, href=f"#{line.anchor}"), period, why, scope="row", role="rowheader")
    return element("tr", name, [element("td", content, class_=kind, role="cell") for kind, content in cells], role="row")
