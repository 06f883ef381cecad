"""A report to what every format tells of it: areas with their KPIs, the worst first, each with the texts that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from msgspec import Struct

from kpidsl.catalog.catalog import Catalog, Value
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import model
from kpidsl.documents.benchmark_words import benchmark_words, source_words
from kpidsl.plan.ask import midnight
from kpidsl.plan.build import values_under
from kpidsl.render.listing import formula
from kpidsl.render.report.cards import Card, tell_card
from kpidsl.render.report.marks import rank
from kpidsl.render.report.sources import Read, sources_read
from kpidsl.render.results.view import Cell, Shown, shown, word
from kpidsl.render.words import counted, moment
from kpidsl.results.result import Result
from kpidsl.results.verdicts import Verdict
from kpidsl.units.unit import Unit
from kpidsl.workflow.report import Breakdown, Report

OTHER = "Other"
MOST = 24
_NAME = re.compile(r"\w+")
_SIGNS = {"lower": "lower is better", "higher": "higher is better", "inside": "inside its range is best", "none": "for context"}


class Split(Struct, frozen=True):
    """A KPI by the values of a dimension: a cell for each at the time of the KPI's head, and one for each in every period."""

    dimension: str
    time: str
    cells: tuple[Cell, ...]
    periods: tuple[str, ...]
    by_period: Mapping[tuple[str, ...], Mapping[str, Cell]]


class Cite(Struct, frozen=True):
    """Where a benchmark comes from."""

    name: str
    range: str
    source: str


class Told(Struct, frozen=True):
    """A KPI: the cell that heads it and the time of that, the whole time, each period, and the values of each dimension.

    `uses` are the values that its formula is made of, by name, each with its own formula.
    """

    name: str
    title: str
    anchor: str
    area: str
    unit_text: str
    unit: Unit
    percent: bool
    value: Value
    head: Cell | None
    is_whole: bool
    whole: Cell | None
    periods: tuple[Cell, ...]
    splits: tuple[Split, ...]
    cites: tuple[Cite, ...]
    uses: tuple[tuple[str, str], ...]

    @property
    def verdict(self) -> Verdict | None:
        return self.head.verdict if self.head else None

    @property
    def place(self) -> tuple[int, bool]:
        """Where it stands among others, the worst first; of the same verdict a warning comes after an error."""
        judged = self.head.judged if self.head else ()
        return rank(self.verdict), bool(judged) and judged[0].severity == "warning"

    @property
    def description(self) -> str:
        return " ".join(self.value.definition.description.split())

    @property
    def source(self) -> str:
        """Where the benchmark comes from that decided."""
        deciding = self.head.judged[0].name if self.head and self.head.judged else ""
        return next((cite.source for cite in self.cites if cite.name == deciding), "")


class Area(Struct, frozen=True):
    """A key performance area with its KPIs, the worst first; `name` is empty where no KPI has one."""

    name: str
    kpis: tuple[Told, ...]


class Story(Struct, frozen=True):
    """All that a report tells. `time` is that of the whole, `last` the label of the latest period that is over."""

    title: str
    time: str
    grain: str
    last: str
    by_period: bool
    as_of: datetime | None
    where: str
    rows: int
    areas: tuple[Area, ...]
    unfinished: frozenset[str]
    notices: tuple[Diagnostic, ...]
    left_out: tuple[tuple[str, tuple[str, ...]], ...]
    cards: tuple[Card, ...] = ()
    read: tuple[Read, ...] = ()

    @property
    def kpis(self) -> Iterator[Told]:
        return (told for area in self.areas for told in area.kpis)

    @property
    def usual(self) -> str:
        """The time that most KPIs are headed by."""
        return self.last if self.by_period else self.time

    def counts(self) -> list[tuple[Verdict | None, int]]:
        """How many KPIs have which verdict, the worst first."""
        verdicts = [told.verdict for told in self.kpis]
        return [(verdict, verdicts.count(verdict)) for verdict in sorted(set(verdicts), key=rank)]

    def facts(self) -> list[str]:
        """What the report is about, in a few words each."""
        known = f"as of {moment(self.as_of)}" if self.as_of else ""
        read = counted(self.rows, "row") + " read" if self.rows else ""
        return [each for each in (self.usual, known, f"where {self.where}" if self.where else "", read) if each]


def tell(report: Report) -> Story:
    """What there is to tell."""
    wholes = {each.name: each for each in shown(report.whole)}
    by_period = {each.name: each for each in shown(report.periods)} if report.periods else {}
    breakdowns = [_Broken.of(each) for each in report.breakdowns]
    told = [
        _told(report, name, number, wholes[name], by_period.get(name), breakdowns) for number, name in enumerate(report.kpis, 1)
    ]
    unfinished, last = _times(report.periods)
    return Story(
        title=report.catalog.definitions.project.name or "KPI report",
        time=next((str(label) for label in report.whole.axis.labels), ""),
        grain=report.grain.value,
        last=last,
        by_period=report.every is not None,
        as_of=report.whole.axis.as_of,
        where=report.where,
        rows=max((result.rows for result in report.results), default=0),
        areas=tuple(_areas(told)),
        unfinished=unfinished,
        notices=tuple(report.diagnostics),
        left_out=tuple((each.dimension, each.left_out) for each in report.breakdowns if each.left_out),
        cards=tuple(tell_card(card, {each.name: each for each in told}, unfinished) for card in report.scorecards.values()),
        read=sources_read(report.results),
    )


def facts_of(story: Story, told: Told) -> Iterator[tuple[str, str, Verdict | None]]:
    """What there is to say about the value that heads a KPI: a label, a text, and the verdict where it is another value's."""
    cell = told.head
    if cell is None:
        return
    yield "interval", f"{cell.interval} (90%)" if cell.interval else "", None
    several = len(cell.judged) > 1
    yield "benchmark", f"decided by {cell.judged[0].name}: {cell.range}" if several else cell.range, None
    yield "source", told.source, None
    yield "why", cell.reason, None
    yield "process", cell.process + (f", limits {cell.limits}" if cell.process and cell.limits else ""), None
    yield "from", cell.parts + (f", n = {cell.rows:,}" if cell.parts and cell.rows is not None else ""), None
    for other in _others(story, told):
        verdict = None if word(other.verdict) == other.value else other.verdict
        said = ", process ".join(filter(None, (other.value, other.process)))
        yield "whole time" if other is told.whole else other.period, said, verdict
    for cell in told.periods:
        if cell.period in story.unfinished and cell.pace:
            so_far = "" if " so far" in cell.pace else f"{cell.value} so far, "
            yield cell.period, f"not over, {so_far}{cell.pace}", None


def _others(story: Story, told: Told) -> Iterator[Cell]:
    """The value that does not head the KPI: of the whole time, or of the last period that is over."""
    if not told.is_whole and told.whole is not None and told.whole.number is not None:
        yield told.whole
    if told.is_whole or (told.head and told.head.period != story.last):
        yield from (cell for cell in told.periods if cell.period == story.last)


def time_of(cell: Cell) -> str:
    """What time a value is of, and what it will come to where that is not yet known."""
    return ", ".join(filter(None, (cell.period, f"so far; projected {cell.projected}" if cell.projected else "")))


def drawn_of(split: Split) -> Sequence[Cell]:
    """The cells that are drawn: those with the most rows behind them, in their own order."""
    if len(split.cells) <= MOST:
        return split.cells
    most = sorted(range(len(split.cells)), key=lambda at: -(split.cells[at].rows or 0))[:MOST]
    return [split.cells[at] for at in sorted(most)]


def not_drawn(split: Split) -> str:
    """What is said where not all cells are drawn."""
    return f"The {MOST} with the most rows of {len(split.cells):,}" if len(split.cells) > MOST else ""


def meaning(told: Told) -> Iterator[tuple[str, str]]:
    """What a definition says, label by label; empty texts are left to be left out."""
    definition = told.value.definition
    kpi = definition if isinstance(definition, model.Kpi) else None
    yield "meaning", told.description
    yield "formula", formula(told.value)
    yield from told.uses
    yield "unit", told.unit_text
    yield "better", _SIGNS.get(kpi.better.value, kpi.better.value) if kpi and kpi.better else ""
    yield from (("benchmark", cite.range + (f" ({cite.source})" if cite.source else "")) for cite in told.cites)
    if kpi is not None:
        yield "area", ", ".join(filter(None, (kpi.area, kpi.role)))
        yield "owner", kpi.owner
        yield "tags", ", ".join(kpi.tags)
        yield "cite", "; ".join(kpi.cite)


def broken_down(story: Story) -> Iterator[tuple[str, list[tuple[Told, Cell]]]]:
    """Each dimension with the cells of its values, KPI by KPI, as plain tables show them."""
    for dimension in dict.fromkeys(split.dimension for told in story.kpis for split in told.splits):
        yield (
            dimension,
            [
                (told, cell)
                for told in story.kpis
                for split in told.splits
                if split.dimension == dimension
                for cell in split.cells
            ],
        )


def sentence(told: Told, cell: Cell) -> str:
    """A cell in words, for those who do not see the picture."""
    parts = [f"{told.title}{', ' + cell.period if cell.period else ''}: {cell.value}", *_drawn(cell)]
    return ", ".join(parts) + (f": {word(cell.verdict)}" if cell.verdict else "")


def drawn_words(cell: Cell) -> str:
    """What a strip shows besides the value, in words."""
    return ", ".join(_drawn(cell)) or "no interval"


def _drawn(cell: Cell) -> list[str]:
    said = (f"90% interval {cell.interval}" if cell.interval else "", f"benchmark {cell.range}" if cell.range else "")
    return [each for each in said if each]


def _times(periods: Result | None) -> tuple[frozenset[str], str]:
    """The labels of periods that are not over, and that of the last one that is."""
    if periods is None or periods.axis.as_of is None:
        return frozenset(), ""
    axis, last, unfinished = periods.axis, "", set()
    for label, end in zip(axis.labels, axis.ends, strict=True):
        if end is not None and midnight(end) > periods.axis.as_of:
            unfinished.add(str(label))
        else:
            last = str(label)
    return frozenset(unfinished), last


class _Broken(Struct, frozen=True):
    """A breakdown with what is shown of it, by name."""

    dimension: str
    whole: Mapping[str, Shown]
    periods: Mapping[str, Shown]

    @staticmethod
    def of(breakdown: Breakdown) -> _Broken:
        periods = {each.name: each for each in shown(breakdown.periods)} if breakdown.periods else {}
        return _Broken(breakdown.dimension, {each.name: each for each in shown(breakdown.whole)}, periods)


def _told(report: Report, name: str, number: int, whole: Shown, periods: Shown | None, breakdowns: Sequence[_Broken]) -> Told:
    figure, head = report.whole.figures[name], report.heads.get(name)
    cells = periods.cells if periods else ()
    all_of_it = whole.cells[0] if whole.cells else None
    heading = all_of_it if head is None or head.whole else cells[head.cell]
    is_whole = head is None or head.whole
    definition = figure.value.definition
    return Told(
        name=name,
        title=whole.title or name,
        anchor=f"kpi-{name}" if _NAME.fullmatch(name) else f"kpi-{number}-",
        area=definition.area if isinstance(definition, model.Kpi) else "",
        unit_text=whole.unit,
        unit=figure.value.unit,
        percent=figure.percent,
        value=figure.value,
        head=heading,
        is_whole=is_whole,
        whole=all_of_it,
        periods=cells,
        splits=tuple(_splits(name, heading, is_whole, breakdowns)),
        cites=tuple(_cite(each.definition) for each in figure.value.benchmarks),
        uses=tuple(_uses(name, report.catalog)),
    )


def _splits(name: str, head: Cell | None, is_whole: bool, breakdowns: Sequence[_Broken]) -> Iterator[Split]:
    for each in breakdowns:
        if name not in each.whole or head is None:
            continue
        over_time = each.periods[name].cells if name in each.periods else ()
        cells = each.whole[name].cells if is_whole else tuple(cell for cell in over_time if cell.period == head.period)
        by_period: dict[tuple[str, ...], dict[str, Cell]] = {}
        for cell in over_time:
            by_period.setdefault(cell.keys, {})[cell.period] = cell
        yield Split(each.dimension, head.period, cells, tuple(dict.fromkeys(cell.period for cell in over_time)), by_period)


def _uses(name: str, catalog: Catalog) -> Iterator[tuple[str, str]]:
    for each in values_under(name, catalog.values) if name in catalog.values else ():
        if each != name:
            yield each, formula(catalog.values[each])


def _cite(benchmark: model.Benchmark) -> Cite:
    return Cite(benchmark.name.value, benchmark_words(benchmark), source_words(benchmark))


def _areas(told: Sequence[Told]) -> Iterator[Area]:
    """Areas and their KPIs, both the worst first, else as they are defined; what has no area comes last."""
    by_area: dict[str, list[Told]] = {}
    for each in told:
        by_area.setdefault(each.area, []).append(each)
    several = len(by_area) > 1 or "" not in by_area
    found = [
        Area((_capital(name) or OTHER) if several else "", tuple(sorted(kpis, key=attrgetter("place"))))
        for name, kpis in sorted(by_area.items(), key=lambda item: item[0] == "")
    ]
    yield from sorted(found, key=_worst)


def _worst(area: Area) -> tuple[bool, list[tuple[int, bool]]]:
    return area.name == OTHER, [each.place for each in area.kpis]


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
