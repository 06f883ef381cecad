"""The lineage of a value as people are shown it."""

from __future__ import annotations

import kpidsl
from kpidsl.render.explanation import json, markdown, text
from kpidsl.render.explanation.explanation import FOLDED, Explanation, explain


def many(number: int) -> Explanation:
    """A KPI over some measures of two sources."""
    names = [f"m{index}" for index in range(number)]
    measures = "".join(f"  {name}: count({'ab'[index % 2]})\n" for index, name in enumerate(names))
    catalog = kpidsl.load(
        texts={
            "kpis.yaml": "sources: {a: {columns: {x: number}}, b: {columns: {x: number}}}\n"
            f"measures:\n{measures}kpis:\n  all: {{formula: {' + '.join(names)}}}\n"
        }
    )
    return explain("all", catalog)


def lineage(explanation: Explanation) -> list[str]:
    lines = text.show(explanation).splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("uses"))
    return [line.split("  ")[0].rstrip() for line in lines[start + 1 :]]


def test_few_leaves_are_all_shown() -> None:
    assert sum(line == "└─ a" for line in lineage(many(12))) == 6
    assert FOLDED not in text.show(many(12))


def test_many_leaves_are_shown_where_they_stand_first() -> None:
    shown = lineage(many(13))
    assert shown == ["m0", "└─ a", "m1", "└─ b", *(f"m{index}" for index in range(2, 13)), f"({FOLDED})"]
    assert markdown.show(many(13)).count("source") == 2
    assert markdown.show(many(13)).endswith(f"({FOLDED})\n")


def test_programs_are_given_every_step() -> None:
    assert json.show(many(13)).count('"source"') == 13
