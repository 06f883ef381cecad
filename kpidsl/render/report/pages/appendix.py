"""What stands behind the figures: the state of the data, and what each KPI means."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.render.report.elements import Markup, element, join
from kpidsl.render.report.story import Story, Told, meaning
from kpidsl.render.words import counted, moment


def quality(story: Story) -> Markup:
    """When and from how much was read, and what has to be known about the rows."""
    facts = [
        ("Moment", f"as of {moment(story.as_of)}" if story.as_of else ""),
        ("Time", story.time),
        ("Periods", f"by {story.grain}, the last that is over {story.last}" if story.last else ""),
        ("Filter", story.where),
        ("Rows", f"{counted(story.rows, 'row')} read" if story.rows else "no rows were read"),
    ]
    listed = [_notice(each) for each in sorted(story.notices, key=lambda each: list(Severity).index(each.severity))]
    return element(
        "section",
        element("h2", "Data"),
        element("dl", [(element("dt", label), element("dd", text)) for label, text in facts if text], class_="facts"),
        _sources(story),
        element("ul", listed, class_="notices")
        if listed
        else element("p", "Nothing odd was found in the rows.", class_="quiet"),
        [_left_out(dimension, names) for dimension, names in story.left_out],
        id="quality",
        aria_label="Data",
    )


_HEADS = (("Source", "k"), ("Dated by", "k"), ("First row", "n"), ("Last row", "n"), ("Rows", "n"), ("Without a date", "n"))


def _sources(story: Story) -> Markup | None:
    """How far the rows of each source go; it can be scrolled where it is wider than the page."""
    if not story.read:
        return None
    rows = [
        element(
            "tr",
            element("th", each.source, scope="row"),
            element("td", each.dated_by),
            [element("td", text, class_="n") for text in (each.first, each.last, f"{each.rows:,}", f"{each.undated or ''}")],
        )
        for each in story.read
    ]
    head = element("thead", element("tr", [element("th", text, class_=kind, scope="col") for text, kind in _HEADS]))
    table = element("table", element("caption", "What was read"), head, element("tbody", rows), class_="sources")
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label="What was read")


def _notice(found: Diagnostic) -> Markup:
    return element(
        "li",
        element("b", found.severity.value) if found.severity is not Severity.NOTE else None,
        " " if found.severity is not Severity.NOTE else None,
        prose(found.headline),
        [join(" · ", element("span", prose(each), class_="quiet")) for each in (*found.notes, *found.help)],
        " ",
        element("code", found.code),
    )


def prose(text: str) -> Markup:
    """A sentence of a finding: what stands between backticks is code."""
    return join(*(element("code", part) if place % 2 else part for place, part in enumerate(text.split("`"))))


def _left_out(dimension: str, names: tuple[str, ...]) -> Markup:
    return element("p", f"Not by {dimension}, which their sources do not lead to: {', '.join(names)}.", class_="quiet")


def definitions(story: Story) -> Markup:
    """What each KPI means, by name."""
    entries = [_definition(told) for told in sorted(story.kpis, key=lambda each: each.title.casefold())]
    return element("section", element("h2", "Definitions"), *entries, id="definitions", aria_label="Definitions")


def _definition(told: Told) -> Markup:
    codes = {"formula", *(name for name, _ in told.uses)}
    facts = [
        (element("dt", label), element("dd", element("code", text) if label in codes else text))
        for label, text in meaning(told)
        if text
    ]
    title = element("h3", element("a", told.title, href=f"#{told.anchor}"), " ", element("code", told.name))
    return element("div", title, element("dl", facts, class_="facts"), class_="def")
