"""A report as PDF, set by Typst: what is told goes in as data, so that no text of a name or a value is ever read as markup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files

from kpidsl.render.report import gauges, pictures
from kpidsl.render.report.cards import Card, share
from kpidsl.render.report.elements import Markup, as_xml
from kpidsl.render.report.formats import ExtraMissing
from kpidsl.render.report.marks import tone
from kpidsl.render.report.story import Split, Story, Told, drawn_of, facts_of, meaning, not_drawn, tell, time_of
from kpidsl.render.report.strips import LARGE
from kpidsl.render.results.view import Cell, shown_score, with_unit, word
from kpidsl.results.verdicts import Verdict
from kpidsl.visible import visible
from kpidsl.workflow.report import Report

_STYLE = (
    "text{font-family:sans-serif;font-size:11.5px;fill:#5c636d;text-anchor:middle}text.n{text-anchor:end}path{fill:none}.t{stroke:#e3e6ea;stroke-width:2}"
    ".b{fill:#d5ebe6}.e{stroke:#58a899;stroke-width:1.4}.i{stroke:#33415c;stroke-width:2.2;stroke-linecap:round}"
    ".a{stroke:#33415c;stroke-width:1.6}.p,.good,.bad,.open{stroke:#fff;stroke-width:1.3;fill:#33415c}.good{fill:#0a6b5d}"
    ".bad{fill:#b03a12}.open{fill:#fff;stroke:#33415c;stroke-width:1.7}.ring{fill:#fff;stroke:#0a6b5d;stroke-width:1.5}"
    ".g{stroke:#eceef1}.l{fill:none;stroke:#33415c;stroke-width:1.7}.o{stroke-dasharray:2 4}"
    ".r{fill:#33415c;fill-opacity:.12}.r1{stroke:#33415c;stroke-opacity:.12;stroke-width:8}"
    ".u{stroke:#5c636d;stroke-dasharray:5 4}.d{stroke:#33415c;stroke-width:10;stroke-linecap:round}"
    ".spark .l{stroke-width:3.4}text.f{text-anchor:start}.s0{fill:#dfe3e8}.k{fill:#33415c}.h{stroke:#5c636d}"
    ".k.o{fill:#fff;stroke:#33415c;stroke-width:1.6}.trend text{font-size:14px}.strip text{font-size:15px}"
)


def show(report: Report) -> bytes:
    """The file, in Typst's own fonts and without the time of its making; ExtraMissing where typst is not installed."""
    try:
        import typst
    except ImportError:
        raise ExtraMissing("pdf", "typst", "pdf") from None
    template = files("kpidsl.render.report").joinpath("report.typ").read_bytes()
    told = json.dumps(_told(tell(report)), ensure_ascii=False)
    made: bytes = typst.compile(template, format="pdf", ignore_system_fonts=True, sys_inputs={"told": told}, timestamp=0)
    return made


def _told(story: Story) -> dict[str, object]:
    """Everything that is set, as plain texts and pictures."""
    return {
        "title": visible(story.title),
        "facts": [visible(each) for each in story.facts()],
        "counts": [{"number": f"{number:,}", **_verdict(verdict)} for verdict, number in story.counts()],
        "cards": [_card(story, card) for card in story.cards],
        "areas": [{"name": visible(area.name), "kpis": [_line(story, told) for told in area.kpis]} for area in story.areas],
        "kpis": [_kpi(story, told) for told in story.kpis],
        "sources": [[visible(f"{each.source} by {each.dated_by}"), visible(each.words)] for each in story.read],
        "notices": [visible(each.headline).split("`") for each in story.notices],
        "definitions": [_definition(told) for told in sorted(story.kpis, key=lambda each: each.title.casefold())],
    }


def _card(story: Story, card: Card) -> dict[str, object]:
    lines = [
        {
            "title": visible(line.title),
            "period": visible(line.period) if line.period != story.usual else "",
            "weight": share(line.weight),
            "value": visible(line.value),
            "score": line.score_text,
            "bar": _picture(gauges.small(line.score)),
            **_verdict(line.verdict),
        }
        for line in card.lines
    ]
    return {
        "title": visible(card.title),
        "about": visible(card.description),
        "score": card.score_text,
        "of": " of 100" if card.score is not None else "",
        "said": visible(", ".join(filter(None, (card.period, card.said)))),
        "bar": _picture(gauges.gauge(card.score, visible(card.title))),
        "course": _picture(gauges.course(card.course, visible(card.course_words)) if card.course_words else None),
        "partly": "Hollow: a part of the weight has no score." if card.partly else "",
        "lines": lines,
    }


def _verdict(verdict: Verdict | None) -> dict[str, str]:
    return {"verdict": word(verdict) or "not judged", "tone": tone(verdict).value}


def _line(story: Story, told: Told) -> dict[str, object]:
    cell = told.head
    value, unit = with_unit(cell, told.unit_text) if cell else ("no data", "")
    return {
        "title": visible(told.title).replace("_", "_\u200b"),  # where a line may end
        "projected": f"projected {cell.projected}" if cell and cell.projected else "",
        "period": visible(cell.period) if cell and cell.period != story.usual else "",
        "value": value,
        "unit": visible(unit.strip()),
        "strip": _picture(pictures.strip(told, cell) if cell else None),
        "range": visible(cell.range) if cell else "",
        "spark": _picture(pictures.spark(told, told.periods, story.unfinished)),
        **_verdict(told.verdict),
    }


def _kpi(story: Story, told: Told) -> dict[str, object]:
    cell = told.head
    several = cell is not None and len(cell.judged) > 1
    drawn = pictures.strip(told, cell, LARGE) if cell and not several else None
    trend = pictures.trend(told, story.unfinished)
    return {
        **_line(story, told),
        "period": visible(time_of(cell)) if cell else "",
        "score": f"score {shown_score(cell.score)}" if cell and cell.score is not None else "",
        "about": visible(told.description),
        "facts": [
            [visible(label), visible(f"{text}, {word(verdict)}" if verdict else text)]
            for label, text, verdict in facts_of(story, told)
            if text
        ],
        "strip": _picture(drawn),
        "benches": list(_benchmarks(told, cell)) if cell and several else [],
        "trend": _picture(trend),
        "caption": visible(pictures.caption(told)) if trend else "",
        "splits": [_split(told, split) for split in told.splits],
    }


def _benchmarks(told: Told, cell: Cell) -> Iterator[dict[str, object]]:
    """Each of several benchmarks with its own strip and verdict."""
    for judged in cell.judged:
        picture = _picture(pictures.for_benchmark(told, cell, judged))
        yield {"name": visible(f"{judged.name}: {judged.range}"), "strip": picture, **_verdict(judged.verdict)}


def _split(told: Told, split: Split) -> dict[str, object]:
    name = visible(f"By {split.dimension}, {split.time}")
    return {"name": name, "rows": list(_rows(told, split)), "more": f"{not_drawn(split)}." if not_drawn(split) else ""}


def _rows(told: Told, split: Split) -> Iterator[dict[str, object]]:
    cells = drawn_of(split)
    scale = pictures.shared_scale(told, cells)
    for cell in cells:
        drawn = pictures.strip(told, cell, scale=scale)
        yield {"name": visible(", ".join(cell.keys)), "value": cell.value, "strip": _picture(drawn), **_verdict_of(cell)}


def _verdict_of(cell: Cell) -> dict[str, str]:
    return {"verdict": word(cell.verdict), "tone": tone(cell.verdict).value}


def _definition(told: Told) -> dict[str, object]:
    facts = [[label, visible(text)] for label, text in meaning(told) if text]
    return {"title": visible(told.title), "name": visible(told.name), "facts": facts}


def _picture(drawn: Markup | None) -> str:
    """A picture that stands alone, with its colours in it."""
    if drawn is None:
        return ""
    start, rest = as_xml(drawn).split(">", 1)
    return f'{start} xmlns="http://www.w3.org/2000/svg"><style>{_STYLE}</style>{rest}'
