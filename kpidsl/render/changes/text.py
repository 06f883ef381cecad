"""Changes for people: each with what shows or proves it, the values that moved, and a line that counts them."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.checks.versions.changes import Change, Meaning
from kpidsl.render.changes.view import Shown, changes, detail_text, lines, moved, movements_text, summary
from kpidsl.render.paint import Paint, Role, plain
from kpidsl.render.tables.table import Entry, Head, Table
from kpidsl.render.tables.text import show as show_table
from kpidsl.visible import visible

_ROLES = {
    Meaning.CHANGED: Role.WARNING,
    Meaning.REMOVED: Role.WARNING,
    Meaning.UNKNOWN: Role.OPEN,
    Meaning.REFACTORED: Role.GOOD,
}
_HEADS = (
    Head("kpi", cuts=True),
    Head("period"),
    Head("group", cuts=True),
    Head("old", number=True),
    Head("new", number=True),
    Head("difference", number=True),
)


def show(shown: Shown, paint: Paint = plain) -> str:
    """The changes, then the values, then the counts."""
    parts = ["\n".join(_change(change, paint)) for change in changes(shown)]
    if shown.diff.changes.project:
        parts.insert(0, "\n".join(_project(shown, paint)))
    if shown.diff.movements is not None:
        parts.append("\n".join(_values(shown)))
    return "\n\n".join([*parts, summary(shown)]) + "\n"


def _project(shown: Shown, paint: Paint) -> Iterator[str]:
    yield f"{paint(Role.WARNING, 'changed')}{paint(Role.TITLE, ': the calendar')}, breaking"
    for detail in shown.diff.changes.project:
        yield f"  {visible(detail_text(detail))}"


def _change(change: Change, paint: Paint) -> Iterator[str]:
    words = paint(_ROLES.get(change.meaning, Role.NOTE), ", ".join(change.words))
    kind = "" if change.kind == "KPI" else f"{change.kind} "
    yield f"{words}{paint(Role.TITLE, f': {kind}{visible(change.name)}')}" + (", breaking" if change.breaking else "")
    said = list(lines(change))
    width = max((len(line.label) for line in said), default=0)
    for line in said:
        yield f"  {paint(Role.QUIET, f'{line.label:<{width}}')}   {visible(line.text)}"


def _values(shown: Shown) -> Iterator[str]:
    movements = shown.diff.movements
    assert movements is not None
    if movements.cells:
        table = Table.of(_HEADS, ([Entry(text) for text in row] for row in moved(shown)))
        yield show_table(table).rstrip("\n")
    yield from map(visible, movements_text(movements, shown.limit))
