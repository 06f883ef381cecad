"""The figures behind the pictures of a KPI: as tables that can be read, and as a file that can be saved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from kpidsl.render.csv_text import csv_text
from kpidsl.render.report.elements import Markup, element
from kpidsl.render.report.marks import shape
from kpidsl.render.report.story import MOST, Split, Told
from kpidsl.render.results.view import Cell, word

_DIGITS = 9
_SAFE = ",;:/$()*!~-_."  # of a CSV, what an address may have as it is
# One letter, as there are thousands of these.
_LETTERS = {"short": "s", "outside": "o", "within": "w", "beyond": "y", "level": "l"}


def figures(told: Told) -> Markup:
    """The figures behind the pictures, and a link that saves them."""
    address = f"data:text/csv;charset=utf-8,{quote(_csv(told), safe=_SAFE)}"
    name = re.sub(r"[^\w.-]+", "-", told.name).strip("-") or "figures"
    save = element("a", "Save as CSV", href=address, download=f"{name}.csv")
    return element(
        "details",
        element("summary", "Figures"),
        element("p", save, class_="save"),
        _periods(told),
        [_matrix(told, split) for split in told.splits if len(split.periods) > 1],
    )


def _periods(told: Told) -> Markup | None:
    cells = [*told.periods, *([told.whole] if told.whole else [])]
    rows = [(cell.period, _period(cell)) for cell in cells]
    return _grid(["period", "value", "90% interval", "n", "verdict", "why"], rows, "figures", "By period") if rows else None


def _period(cell: Cell) -> list[Markup]:
    rows = f"{cell.rows:,}" if cell.rows is not None else ""
    verdict = element("td", word(cell.verdict), class_=_LETTERS.get(shape(cell.verdict)))
    return [*(element("td", text) for text in (cell.value, cell.interval, rows)), verdict, element("td", cell.why)]


def _matrix(told: Told, split: Split) -> Markup:
    """Values by dimension and period; what a firm verdict says of each is its shape and its colour."""
    currency = next((each for each in told.unit_text.split() if each.isupper()), "")
    keys = sorted(split.by_period, key=lambda key: -sum(cell.rows or 0 for cell in split.by_period[key].values()))[:MOST]
    order = dict.fromkeys([*(cell.keys for cell in split.cells), *split.by_period])
    rows = [
        (", ".join(key), [_heat(split.by_period[key].get(period), currency) for period in split.periods])
        for key in order
        if key in keys
    ]
    return _grid([split.dimension, *split.periods], rows, "figures heat", f"By {split.dimension} and period, {told.unit_text}")


def _heat(cell: Cell | None, currency: str) -> Markup:
    if cell is None or cell.number is None:
        return element("td", "–" if cell else "")
    return element("td", cell.value.removeprefix(f"{currency} "), class_=_LETTERS.get(shape(cell.verdict)))


def _grid(heads: Sequence[str], rows: Sequence[tuple[str, list[Markup]]], kind: str, name: str) -> Markup:
    """A table that may be wider than the page; it can be scrolled with the keyboard."""
    head = element("tr", [element("th", text) for text in heads])
    lines = [element("tr", element("th", row), cells) for row, cells in rows]
    table = element("table", element("thead", head), element("tbody", lines), class_=kind)
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label=name)


def _csv(told: Told) -> str:
    """What the pictures show, to nine digits: the whole time, each period, each value of a dimension."""
    rows: list[Sequence[object]] = [
        [_time(cell), "", *_numbers(cell)] for cell in [*([told.whole] if told.whole else []), *told.periods]
    ]
    for split in told.splits:
        rows.extend([_time(cell), f"{split.dimension}: {', '.join(cell.keys)}", *_numbers(cell)] for cell in split.cells)
    return csv_text(
        ["period", "part", f"{told.name} ({told.unit_text})", "low", "high", "n", "verdict", "score", "so far"], rows
    )


def _time(cell: Cell) -> str:
    """A period, or a time as ISO 8601 writes it."""
    return cell.period.replace(" to ", "/")


def _numbers(cell: Cell) -> list[object]:
    low, high = cell.bounds or (None, None)
    known = (cell.number, low, high, cell.so_far)
    *rounded, so_far = (None if each is None else float(f"{each:.{_DIGITS}g}") for each in known)
    return [*rounded, cell.rows, word(cell.verdict), None if cell.score is None else round(cell.score, 1), so_far]
