"""A receipt to headed lines, the same for a terminal and for Markdown.

Texts are as they came from definitions and data; whoever shows them makes them safe.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from kpidsl.results.receipts.receipt import About, Input, Judged, Receipt, SourceRead, Step, Taken
from kpidsl.results.receipts.words import day_range

MISSING = "(missing)"
_MOST_LISTED = 12


class Line(Struct, frozen=True):
    """`parts` of a `formula` are equal to each other, and stand with `=` between them."""

    parts: tuple[str, ...]
    depth: int = 0
    formula: bool = False
    label: str = ""


class Part(Struct, frozen=True):
    """Some lines under a heading."""

    heading: str
    lines: tuple[Line, ...]


def title(receipt: Receipt) -> str:
    """What the receipt is for: the KPI, its period and its dimension values."""
    about = receipt.about
    keys = (f"{name} {MISSING if key is None else _key(key)}" for name, key in receipt.dimensions.items())
    name = f"{about.title} ({about.kpi})" if about.title else about.kpi
    return ", ".join(filter(None, (name, receipt.period, *keys)))


def _key(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else f"{key:.12g}" if isinstance(key, float) else str(key)


def cell_parts(receipt: Receipt) -> tuple[Part, ...]:
    """What a receipt says of its cell, from the value down."""
    steps = tuple(line for step in receipt.steps for line in _step(step))
    found = (
        Part("", tuple(_outcome(receipt))),
        Part("worked out", steps),
        Part("benchmarks", tuple(_benchmark(each) for each in receipt.benchmarks)),
    )
    return tuple(each for each in found if each.lines)


def shared_parts(about: About) -> tuple[Part, ...]:
    """What the receipts of all cells say alike: the rows, the question, the definition."""
    found = (
        Part("rows read", tuple(_source(each) for each in about.sources)),
        Part("asked", tuple(_asked(about))),
        Part("made by", tuple(_made(about))),
    )
    return tuple(each for each in found if each.lines)


def _outcome(receipt: Receipt) -> Iterator[Line]:
    yield Line((receipt.shown,), label="value")
    if receipt.verdict is not None:
        yield Line((receipt.verdict.replace("_", " "),), label="verdict")
    if receipt.reason and receipt.reason != receipt.shown:
        yield Line((receipt.reason,), label="why")
    if receipt.interval:
        so_far = " of the value so far" if receipt.projection else ""
        yield Line((f"{receipt.interval} (90%){so_far}",), label="interval")
    if receipt.projection:
        yield Line((receipt.projection.shown,), label="projected")
    if receipt.landing and receipt.landing.shown:
        yield Line((receipt.landing.shown,), label="pace")
    if receipt.row["n"] is not None:
        yield Line((f"{receipt.row['n']:,}",), label="rows behind")
    if (score := receipt.row["score"]) is not None:
        yield Line((f"{score:.0f} of 100",), label="score")
    if receipt.about.failure:
        yield Line((receipt.about.failure,), label="failed")


def _step(step: Step) -> Iterator[Line]:
    within = _within(step)
    if step.kind == "window":
        inside = _values(step.inside)
        yield Line((step.name, _values(step.taken)), formula=True)
        yield Line((within,), 1)
        yield Line(_chain(step.formula, step.expanded, step.substituted, inside), 1, formula=True)
    else:
        given = "" if not step.given else "set by the question" if step.kind == "parameter" else "given"
        yield Line((step.name, *_chain(step.formula, step.expanded, step.substituted, _values(step.taken))), formula=True)
        if note := ", ".join(filter(None, (given, within))):
            yield Line((note,), 1)
    yield from (Line((_input(each, step),), 1) for each in step.inputs)


def _within(step: Step) -> str:
    """In which windows a step is taken, and for which time that is."""
    if not step.frames:
        return ""
    inside = step.inside or step.taken
    days = day_range(inside[0].start, inside[-1].end) if inside else ""
    return "; ".join(step.frames) + (f": {days}" if days else "")


def _chain(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _values(taken: tuple[Taken, ...]) -> str:
    """A value, or a few of them, or how many there are."""
    if len(taken) > _MOST_LISTED:
        return f"{len(taken)} values"
    shown = [each.shown + (f" ({each.reason})" if each.reason else "") for each in taken]
    return "; ".join(shown) or "no value"


def _input(each: Input, step: Step) -> str:
    alone = len(step.inputs) == 1 and each.formula in (step.formula, step.expanded)
    value = "" if alone else f"{each.formula} = {_values(each.taken)}: "
    known = [taken.rows for taken in each.taken if taken.rows is not None]
    rows = f"; {sum(known):,} {'row' if sum(known) == 1 else 'rows'}" if known else ""
    days = day_range(each.taken[0].start, each.taken[-1].end) if each.taken and each.dated_by else ""
    return f"{value}{each.words}{rows}" + (f", {days}" if days else "")


def _source(each: SourceRead) -> Line:
    by = f" by {each.dated_by}" if each.dated_by else ""
    known = [
        f"{' to '.join(dict.fromkeys((each.first, each.last or '')))} before the cut-off" if each.first else "",
        f"{each.rows:,} {'row' if each.rows == 1 else 'rows'} in all" if each.rows is not None else "",
        f"{each.undated:,} without a date" if each.undated else "",
        f"complete for {day_range(*each.covers)}" if each.covers else "",
    ]
    return Line((f"{each.source}{by}" + (f": {', '.join(filter(None, known))}" if any(known) else ""),))


def _benchmark(each: Judged) -> Line:
    is_process = each.verdict is None and each.why != ""
    verdict = each.verdict.replace("_", " ") if each.verdict else "" if is_process else "for other periods"
    facts = [verdict + (" (it decided)" if each.decided else "")]
    facts += [
        each.why,
        each.held,
        f"in the zone {each.zone}" if each.zone else "",
        each.cite,
        f"vintage {each.vintage}" if each.vintage else "",
        each.population,
    ]
    per = (f", by {each.every}" if is_process else f" a {each.every}") if each.every else ""
    return Line((f"{each.name}, {each.range}{per}: {'; '.join(filter(None, facts))}",))


def _asked(about: About) -> Iterator[Line]:
    ask = about.ask
    known = {
        "by": ", ".join(ask.by),
        "every": ask.every or "",
        "from": ask.start or "",
        "to": ask.end or "",
        "where": ask.where,
        "having": ask.having,
        "cells": ask.cells,
        "as of": (about.as_of or "").removesuffix("T00:00:00"),
        "given": ", ".join(f"{name} = {number}" for name, number in ask.given.items()),
    }
    yield from (Line((text,), label=label) for label, text in known.items() if text)
    for each in about.parameters:
        if each.overridden and not ask.given:
            default = f", {each.default} by definition" if each.default else ""
            yield Line((f"{each.name} = {each.shown} (set by the question{default})",), label="parameter")


def _made(about: About) -> Iterator[Line]:
    calendar = about.calendar
    year = (
        f"years of {calendar['year']} weeks, to {calendar['year_ends']}"
        if calendar["year"]
        else f"years from {calendar['year_starts']}"
    )
    yield Line((about.definition_hash,), label="definition")
    yield Line((f"weeks from {calendar['week_starts']}, {year}, {calendar['timezone']}",), label="calendar")
    yield Line((f"kpidsl {about.kpidsl}" + (f" on {about.engine}" if about.engine else ""),), label="program")
