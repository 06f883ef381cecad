"""Changes as Markdown fit for a pull request: a short table, and what shows each change folded away below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from kpidsl.checks.versions.changes import Change
from kpidsl.markdown import code, escape
from kpidsl.render.changes.view import Line, Shown, changes, detail_text, lines, moved, movements_text, summary
from kpidsl.render.paint import Paint, plain

_MOST_ROWS = 100  # of the table
_MOST_CHARACTERS = 50_000  # of the folded part: what hosts take is some 65,000 for all


def show(shown: Shown, paint: Paint = plain) -> str:
    """A heading, the count, the table, the values that moved, and the details folded."""
    listed = changes(shown)
    parts = [
        f"### KPI definitions: {code(shown.old)} to {code(shown.new)}",
        f"{escape(summary(shown))}.",
        "\n".join(_calendar(shown)),
        "\n".join(_table(listed)) if listed else "",
        "\n".join(_values(shown)),
        _folded("Details", "\n\n".join(_details(listed))) if listed else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _calendar(shown: Shown) -> Iterator[str]:
    for detail in shown.diff.changes.project:
        yield f"- **breaking**: the calendar, {escape(detail_text(detail))}"


def _table(listed: Sequence[Change]) -> Iterator[str]:
    yield from _row(["", "what", "breaking", "used by"])
    yield from _row(["---", "---", "---", "---:"])
    for change in listed[:_MOST_ROWS]:
        kind = "" if change.kind == "KPI" else f"{escape(change.kind)} "
        count = str(len(change.downstream)) if change.downstream else ""
        words = escape(", ".join(change.words))
        yield from _row([f"{kind}{_in_cell(change.name)}", words, "**breaking**" if change.breaking else "", count])
    if len(listed) > _MOST_ROWS:
        yield f"\n{len(listed) - _MOST_ROWS:,} more are not shown."


def _row(cells: Sequence[str]) -> Iterator[str]:
    yield f"| {' | '.join(cells)} |"


def _in_cell(text: str) -> str:
    """Code inside a table, where a bar would end the cell."""
    return code(text).replace("|", "\\|")


def _details(listed: Sequence[Change]) -> Iterator[str]:
    room = _MOST_CHARACTERS
    for number, change in enumerate(listed):
        text = "\n".join(_change(change))
        room -= len(text)
        if room < 0:
            yield f"{len(listed) - number:,} more are not shown."
            return
        yield text


def _change(change: Change) -> Iterator[str]:
    kind = "" if change.kind == "KPI" else f"{escape(change.kind)} "
    yield f"**{kind}{code(change.name)}**: {escape(', '.join(change.words))}"
    yield from ("", *(f"- {_line(line)}" for line in lines(change))) if any(lines(change)) else ()


def _line(line: Line) -> str:
    return f"{escape(line.label)}: {code(line.text) if line.code else escape(line.text)}"


def _values(shown: Shown) -> Iterator[str]:
    movements = shown.diff.movements
    if movements is None:
        return
    yield from (f"{escape(sentence)}." for sentence in islice(movements_text(movements, shown.limit), 1))
    rows = "\n".join(
        [
            *_row(["KPI", "period", "group", "old", "new", "difference"]),
            *_row(["---", "---", "---", "---:", "---:", "---:"]),
            *(line for name, *rest in moved(shown) for line in _row([_in_cell(name), *map(escape, rest)])),
        ]
    )
    notes = "\n".join(f"- {escape(sentence)}" for sentence in islice(movements_text(movements, shown.limit), 1, None))
    if movements.cells or notes:
        yield ""
        yield _folded("Values that moved most", "\n\n".join(filter(None, (rows if movements.cells else "", notes))))


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"
