"""Whether the sources of what is asked fit the question: its dimensions, and the length of its periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Reference, walk
from kpidsl.diagnostics import Diagnostic
from kpidsl.periods.bounds import start_of
from kpidsl.periods.grain import Grain, fits_into
from kpidsl.plan import messages
from kpidsl.plan.ask import midnight
from kpidsl.plan.frames import Framed
from kpidsl.plan.nodes import Fold, Question, Shift, Time, ToDate, Window


def dimensions_of(question: Question) -> tuple[str, ...]:
    """The dimensions that a question groups or filters by."""
    filtered = [node.name for node in walk(question.where) if isinstance(node, Reference)] if question.where else []
    return tuple(dict.fromkeys([*question.by, *filtered]))


def out_of_reach(question: Question, catalog: Catalog, used: Mapping[str, Sequence[Framed]]) -> Iterator[Diagnostic]:
    """Dimensions to which a source of a value does not lead."""
    sources = {node.aggregate.source for nodes in used.values() for node in nodes}
    shared = [name for name, dimension in catalog.dimensions.items() if sources <= set(dimension.paths)]
    if question.by and question.values and not sources:
        yield messages.nothing_to_group(question.values, question.by)
    for value, nodes in used.items():
        for name in dimensions_of(question):
            paths = catalog.dimensions[name].paths
            wrong = next((node.aggregate.source for node in nodes if node.aggregate.source not in paths), None)
            if wrong is not None:
                yield messages.dimension_out_of_reach(value, wrong, name, shared)


def finer_than_source(value: str, nodes: Sequence[Framed], question: Question, catalog: Catalog) -> Iterator[Diagnostic]:
    """Periods in which a source whose rows stand for longer ones has no meaning."""
    for node in nodes:
        source = catalog.sources[node.aggregate.source]
        if source.every is None:
            continue
        asked = [question.every] if question.every is not None else []
        finer = next((grain for grain in (*asked, *_units(node.times)) if not fits_into(source.every, grain)), None)
        if finer is not None:
            yield messages.finer_than_source(value, source.name, source.every, finer)
            return
        cut = None if question.every is not None else _cut(question, source.every, catalog)
        if cut is not None:
            yield messages.cuts_source(value, source.name, source.every, cut)
            return


def _units(times: Sequence[Time]) -> Iterator[Grain]:
    for step in times:
        match step:
            case Shift(unit=Grain() as unit) | Window(unit=unit) | ToDate(unit=Grain() as unit) | Fold(unit=unit):
                yield unit
            case _:
                pass


def _cut(question: Question, every: Grain, catalog: Catalog) -> datetime | None:
    """A bound of the range asked that lies within one of the source's periods."""
    for bound in (question.start, question.end):
        if bound is not None:
            moment = midnight(bound)
            if moment != midnight(start_of(catalog.calendar, every, moment.date())):
                return moment
    return None
