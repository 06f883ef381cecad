"""What receipts say in words: amounts with their units, aggregates, windows, dates."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from math import isfinite

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate, Type
from kpidsl.plan.nodes import Earlier, Elapsed, Fold, Frame, Seen, Shift, ToDate, Total, Window
from kpidsl.results.frames import EPOCH
from kpidsl.results.numbers import show_exact, show_number
from kpidsl.results.spelling import spell
from kpidsl.units.unit import NUMBER, Unit, show

_DECIMALS = 4
_HISSING = ("s", "x", "z", "ch", "sh")


def amount(value: float, unit: Unit, percent: bool, type: Type = Type.NUMBER) -> str:
    """A value as a sum is done with it: up to four decimals as they are, and else two more than usual; with its unit.

    `USD 12,000.5`, `10 customers`, `USD 2,000 per customer`, `25%`, `2026-01-31`.
    """
    if type in (Type.DATE, Type.DATETIME):
        return iso(EPOCH + timedelta(days=value)) or ""
    number, simple = _number(value, unit, percent), not percent and all(abs(power) == 1 for _, power in unit.powers)
    currencies = [symbol for symbol, power in unit.powers if power == 1 and not symbol.islower()]
    if percent or unit.is_number:
        return number
    if not simple or len(currencies) > 1:
        return f"{_number(value, NUMBER, False)} {show(unit)}"
    above = [symbol for symbol, power in unit.powers if power == 1 and symbol not in currencies]
    below = [symbol for symbol, power in unit.powers if power == -1]
    if unit.time is not None and above == [unit.time[0]] and not below and not currencies:
        return number  # the time is in it
    words = [*above[:-1], plural(above[-1], value)] if above else []
    things = f" {'·'.join(words)}" if words else ""
    return number + (things + "".join(f" per {symbol}" for symbol in below)).replace("_", " ")


def _number(value: float, unit: Unit, percent: bool) -> str:
    scaled = 100 * value if percent or unit.percent else value
    few = isfinite(scaled) and abs(scaled - round(scaled, _DECIMALS)) <= 1e-9 * abs(scaled)
    return show_exact(value, unit, percent) if few else show_number(value, unit, percent, more=2)


def plural(noun: str, count: float) -> str:
    """An entity, of which there are so many."""
    if count == 1 or (noun.endswith("s") and not noun.endswith("ss")):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(_HISSING) else f"{noun}s"


def iso(moment: date | datetime | None) -> str | None:
    """A day as `2026-01-31`, a moment within one with its time."""
    if not isinstance(moment, datetime):
        return None if moment is None else moment.isoformat()
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat()


def day_range(start: str | None, end: str | None) -> str:
    """A half-open time by its first and its last day: `2026-01-01 to 2026-01-31`; empty without one."""
    if start is None or end is None:
        return ""
    last = end if "T" in end else (date.fromisoformat(end) - timedelta(days=1)).isoformat()
    return start if start == last else f"{start} to {last}"


_FUNCTIONS = {
    "sum": "sum of",
    "avg": "mean of",
    "min": "least",
    "max": "greatest",
    "median": "median of",
    "stddev": "standard deviation of",
    "first": "first",
    "last": "last",
}


def aggregate(node: Aggregate, catalog: Catalog) -> str:
    """`sum of amount over the rows of spend where function = "marketing", by paid_on`."""
    where = "" if node.where is None else f" where {spell(node.where)}"
    return f"{_what(node)}{where}{_placed(node, catalog)}"


def _what(node: Aggregate) -> str:
    if node.argument is None:
        return f"number of rows of {node.source}"
    argument = spell(node.argument)
    if node.function == "count":
        return f"number of {'different values' if node.distinct else 'values'} of {argument} in the rows of {node.source}"
    if node.fraction is not None:
        return f"{show_exact(float(node.fraction), NUMBER, True)} percentile of {argument} over the rows of {node.source}"
    return f"{_FUNCTIONS.get(node.function, node.function)} {argument} over the rows of {node.source}"


def _placed(node: Aggregate, catalog: Catalog) -> str:
    if node.alive is not None:
        start, end = node.alive
        return f", those alive at the end of the period: from {start.name}" + (f" to {end.name}" if end is not None else "")
    date = dated_by(node, catalog)
    if not date:
        return ", the same in every period"
    return f", those of the last day in the period that has any, by {date}" if node.closing else f", by {date}"


def dated_by(node: Aggregate, catalog: Catalog) -> str:
    """The column that places the rows; empty where none does."""
    if node.alive is not None:
        return node.alive[0].name
    return node.at.name if node.at is not None else catalog.sources[node.source].time or ""


def frame(each: Frame) -> str:
    """What a window asks for instead of the cell's own period and dimensions."""
    match each:
        case Shift(amount=int(count), unit=unit) if unit is not None:
            return f"{_length(count, unit.value)} earlier"
        case Shift():
            return "the period before"
        case Window(amount=count, unit=unit):
            return f"the {_length(count, unit.value)} up to the end of the period"
        case ToDate(unit=None):
            return "from the beginning up to the end of the period"
        case ToDate(unit=unit):
            assert unit is not None
            return f"from the beginning of the {unit.value} up to the end of the period"
        case Fold(unit=unit):
            return f"each {unit.value} of the period"
        case Elapsed() | Earlier() | Seen():
            raise AssertionError(each)  # only benchmarks look so
        case Total(without=()):
            return "over all dimensions"
        case Total(without=names):
            return f"over all of {', '.join(names)}"


def _length(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
