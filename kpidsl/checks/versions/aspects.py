"""Two definitions of a KPI to what changed beside the formula: kind, unit, direction, benchmarks, judging, wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpidsl.catalog.catalog import Benchmark, Kind, Value
from kpidsl.checks.versions.changes import Aspect, Detail
from kpidsl.documents import model
from kpidsl.documents.benchmark_words import benchmark_words, source_words
from kpidsl.units.unit import show

_SAYS = ("title", "description", "area", "role", "owner", "tags", "cite")


def aspects(old: Value, new: Value) -> Iterator[Detail]:
    """What is other than it was; a measure or parameter has a unit and a description only."""
    ours, theirs = old.definition, new.definition
    if ours == theirs and (old.unit, old.unit.percent, old.proportion) == (new.unit, new.unit.percent, new.proportion):
        return
    if old.kind is not new.kind:
        yield Detail(Aspect.KIND, "kind", old.kind.value, new.kind.value, breaking=old.kind is Kind.KPI)
    yield from _unit(old, new)
    if isinstance(ours, model.Kpi) and isinstance(theirs, model.Kpi):
        yield from _direction(ours, theirs)
        yield from _benchmarks(old, new)
        yield from _judging(old, new, ours, theirs)
        yield from _differing(Aspect.WORDING, _says(ours), _says(theirs))
    else:
        yield from _differing(
            Aspect.WORDING, {"description": _line(ours.description)}, {"description": _line(theirs.description)}
        )


def _unit(old: Value, new: Value) -> Iterator[Detail]:
    """A number or proportion that is shown as a percent, or no longer so, is still the same number."""
    ours, theirs = show(old.unit), show(new.unit)
    if ours != theirs:
        same = old.unit == new.unit or (old.proportion is not None and old.proportion == new.proportion)
        yield Detail(Aspect.UNIT, "unit", ours, theirs, breaking=new.kind is Kind.KPI and not same)


def _direction(old: model.Kpi, new: model.Kpi) -> Iterator[Detail]:
    """A direction where there was none turns nothing around."""
    ours, theirs = (each.better.value if each.better else "" for each in (old, new))
    if ours != theirs:
        yield Detail(Aspect.DIRECTION, "better", ours, theirs, breaking=bool(ours))


def _benchmarks(old: Value, new: Value) -> Iterator[Detail]:
    ours, theirs = ({each.name: each for each in value.benchmarks} for value in (old, new))
    for name in dict.fromkeys((*ours, *theirs)):
        before, now = ours.get(name), theirs.get(name)
        if before is None or now is None or before != now or _range(before) != _range(now):
            yield Detail(Aspect.BENCHMARK, name, _range(before), _range(now))
        elif (one := _source(before)) != (other := _source(now)):
            yield Detail(Aspect.WORDING, f"source of {name}", one, other)


def _range(benchmark: Benchmark | None) -> str:
    if benchmark is None:
        return ""
    return benchmark_words(benchmark.definition)


def _source(benchmark: Benchmark) -> str:
    return source_words(benchmark.definition)


def _judging(old: Value, new: Value, ours: model.Kpi, theirs: model.Kpi) -> Iterator[Detail]:
    """How it is judged; a proportion that becomes something else in another unit is said by the unit."""
    found = _differing(Aspect.JUDGING, _judged(old, ours), _judged(new, theirs))
    yield from (each for each in found if each.name != "proportion" or show(old.unit) == show(new.unit))


def _judged(value: Value, definition: model.Kpi) -> dict[str, str]:
    """What decides whether a value is judged, and how certain it is."""
    mature = value.matures_after
    return {
        "matures after": "" if mature is None else f"{mature[0]} {mature[1].value}{'' if mature[0] == 1 else 's'}",
        "project": "" if value.projection is None or definition.project is None else _line(definition.project.text),
        "inference": definition.inference,
        "cluster": "" if definition.cluster is None else definition.cluster.text,
        "min_n": "" if definition.min_n is None else str(definition.min_n),
        "proportion": "" if value.proportion is None else " of ".join(value.proportion),
    }


def _says(definition: model.Kpi) -> dict[str, str]:
    found = {name: getattr(definition, name) for name in _SAYS}
    texts = {name: "; ".join(each) if isinstance(each, tuple) else _line(each) for name, each in found.items()}
    return {**texts, "display": definition.display.value if definition.display else ""}


def _line(text: str) -> str:
    return " ".join(text.split())


def _differing(aspect: Aspect, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Detail]:
    """The entries of two records of the same names that are not the same."""
    return (Detail(aspect, name, old[name], new[name]) for name in old if old[name] != new[name])
