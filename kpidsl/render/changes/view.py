"""A comparison of two versions to the lines that people are shown of each change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from kpidsl.checks.versions.changes import Change, Detail, Meaning, Witness
from kpidsl.checks.versions.messages import amount
from kpidsl.render.words import counted
from kpidsl.results.numbers import show_number
from kpidsl.workflow.diff import Diff

if TYPE_CHECKING:  # values are compared by what loads pandas
    from kpidsl.workflow.movements import Movement, Movements

ARROW = "→"
_NOTHING = "nothing"
_MOST_NAMES = 8
_WHY = {Meaning.UNKNOWN: "why", Meaning.CHANGED: "that is"}
_ORDER = tuple(meaning for meaning in Meaning if meaning is not Meaning.IDENTICAL)


class Shown(Struct, frozen=True):
    """A comparison, what the versions are called, and how many values that moved are shown."""

    diff: Diff
    old: str
    new: str
    limit: int = 20


class Line(Struct, frozen=True):
    """Something to say of a change: a label and a text; `code` is a formula."""

    label: str
    text: str
    code: bool = False


def changes(shown: Shown) -> tuple[Change, ...]:
    """What there is to say something of: KPIs first, what breaks before what does not, each in the order of definitions."""
    listed = (*shown.diff.changes.changed, *shown.diff.changes.others)
    return tuple(sorted(listed, key=lambda change: (change.kind != "KPI", not change.breaking)))


def lines(change: Change) -> Iterator[Line]:
    """What there is to say of a change, in the order in which it is read."""
    if change.old_name and change.old_name != change.name:
        yield Line("was called", change.old_name, code=True)
    if change.old == change.new:
        yield from [Line("formula", change.new, code=True)] if change.new else []
    else:
        yield from [Line("was", change.old, code=True)] if change.old else []
        yield from [Line("is", change.new, code=True)] if change.new else []
    if change.through:
        yield Line("through", _names(change.through))
    if change.witness is not None and change.meaning is Meaning.CHANGED:
        yield Line("shown by", witness_text(change.witness))
    if change.why:
        yield Line(_WHY.get(change.meaning, "how"), change.why)
    for detail in change.details:
        yield Line(detail.aspect.value, detail_text(detail))
    if change.downstream:
        yield Line("used by", _names(change.downstream))


def detail_text(detail: Detail) -> str:
    """What was and what is."""
    name = "" if detail.name == detail.aspect.value else f"{detail.name}: "
    return f"{name}{detail.old or _NOTHING} {ARROW} {detail.new or _NOTHING}"


def witness_text(witness: Witness) -> str:
    """Inputs with the value that each version has for them."""
    values = f"{amount(witness.old)} {ARROW} {amount(witness.new)}"
    if witness.rows:
        return f"{values} {witness.rows}"
    inputs = ", ".join(f"{name} = {amount(number)}" for name, number in witness.inputs)
    return f"{values}, with {inputs}" if inputs else values


def _names(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def summary(shown: Shown) -> str:
    """How many KPIs became what, in a line."""
    kpis = shown.diff.kpis
    counts = Counter(change.meaning for change in kpis)
    other = sum(1 for change in kpis if change.meaning is Meaning.IDENTICAL and change.details)
    parts = [f"{counts[meaning]:,} {meaning.value}" for meaning in _ORDER if counts[meaning]]
    parts += [f"{other:,} the same but for what stands beside the formula"] if other else []
    parts += [f"{counts[Meaning.IDENTICAL] - other:,} identical"] if counts[Meaning.IDENTICAL] > other else []
    breaking = len(shown.diff.breaking)
    verdict = f"{breaking:,} breaking" if breaking else "nothing breaking"
    return f"{counted(len(kpis), 'KPI')}: {', '.join(parts) or 'none in either version'}; {verdict}"


# Values


def moved(shown: Shown) -> Iterable[tuple[str, ...]]:
    """The values that moved most: KPI, period, group, old, new, difference."""
    cells = shown.diff.movements.cells[: shown.limit] if shown.diff.movements is not None else ()
    for cell in cells:
        group = ", ".join("(missing)" if value is None else value for _, value in cell.group)
        yield cell.kpi, cell.period, group, value_text(cell, cell.old, cell.old_status), *_after(cell)


def _after(cell: Movement) -> tuple[str, str]:
    difference = cell.difference
    text = "" if difference is None else show_number(difference, cell.unit, cell.percent)
    return value_text(cell, cell.new, cell.new_status), text if text.startswith("-") or not text else f"+{text}"


def value_text(cell: Movement, value: float | None, status: str) -> str:
    """A value in its unit, or why there is none."""
    return (status or "no cell") if value is None else show_number(value, cell.unit, cell.percent)


def movements_text(movements: Movements, limit: int) -> Iterator[str]:
    """What there is to say of the values as a whole, in sentences."""
    left = len(movements.cells) - limit
    same = movements.compared - len(movements.cells)
    yield f"{counted(len(movements.cells), 'value')} of {movements.compared:,} moved, {same:,} did not"
    if left > 0:
        yield f"{counted(left, 'smaller movement')} are not shown" if left > 1 else "1 smaller movement is not shown"
    if movements.left_out:
        yield f"not in both versions by these groups: {_names(movements.left_out)}"
    for name, reason in movements.failed:
        yield f"{name}: {reason}"
