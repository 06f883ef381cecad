"""A report as one HTML file that needs nothing else: no script, no font, no address is loaded, and a policy in it forbids to.

The same report is the same bytes: nothing but what was asked, what came out and the moment that was asked for is in it.
"""

from __future__ import annotations

from importlib.resources import files

from kpidsl.render.report.elements import Markup, element, join
from kpidsl.render.report.pages.appendix import definitions, quality
from kpidsl.render.report.pages.kpi import section
from kpidsl.render.report.pages.summary import key, summary
from kpidsl.render.report.story import Story, tell
from kpidsl.workflow.report import Report

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def show(report: Report) -> bytes:
    """The page, in UTF-8."""
    return page(tell(report)).text.encode("utf-8")


def page(story: Story) -> Markup:
    """The whole document."""
    title = element("title", f"{story.title}: KPI report, {story.usual}" if story.usual else story.title)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="generator", content="kpidsl"),
        title,
        element("style", Markup(_style())),
    )
    return join(
        Markup("<!doctype html>\n"),
        element("html", head, Markup("\n"), element("body", *_body(story)), lang="en"),
        Markup("\n"),
    )


def _body(story: Story) -> list[Markup]:
    return [
        element("a", "Skip to the summary", href="#summary", class_="skip"),
        _header(story),
        element(
            "main", summary(story), key(), [section(story, area) for area in story.areas], quality(story), definitions(story)
        ),
    ]


def _header(story: Story) -> Markup:
    facts = [element("li", fact) for fact in story.facts()]
    cards = [("scorecards", "Scorecards")] if story.cards else []
    places = [("summary", "Summary"), *cards, *_places(story), ("quality", "Data"), ("definitions", "Definitions")]
    links = [element("li", element("a", text, href=f"#{anchor}")) for anchor, text in places]
    return element(
        "header",
        element("p", "KPI report", class_="kind"),
        element("h1", story.title),
        element("ul", facts, class_="facts"),
        element("nav", element("ul", links), aria_label="Sections"),
    )


def _places(story: Story) -> list[tuple[str, str]]:
    if len(story.areas) < 2:
        return [("kpis", "KPIs")]
    return [(f"area-{number}", area.name) for number, area in enumerate(story.areas, 1)]


def _style() -> str:
    """The style sheet, on one line and without its comments."""
    text = files("kpidsl.render.report").joinpath("report.css").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines() if not line.strip().startswith("/*"))
    return "".join(lines)
