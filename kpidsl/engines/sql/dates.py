"""Functions on dates, by their names in the core tree, as texts. Dates are moments: a date is its midnight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from kpidsl.catalog.core import Apply, Constant, Type
from kpidsl.data.relations import Physical
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.sql.sql import Function, Lacking, Setting, Sql, finite_double, number
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain

FIRST, LAST = datetime.min, datetime.max
# Beyond so many days or months every date leaves the range, and databases their types.
_MOST_DAYS, _MOST_MONTHS = 4_000_000, 120_000


def _days_between(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    late, early = arguments
    return number(setting.dialect.days(late.text, early.text))


def _add_duration(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    moment, days = arguments
    dialect = setting.dialect
    if days.constant is not None and abs(days.constant) <= _MOST_DAYS:
        seconds = _decimal(round(days.constant * 86_400_000_000), 6)
    else:
        seconds = f"({_within(days, _MOST_DAYS, dialect)} * 86400)"
    return _in_range(dialect.add_seconds(moment.text, seconds), node.type, dialect)


def _decimal(number: int, places: int) -> str:
    """A number that is counted in small parts."""
    whole, rest = divmod(abs(number), 10**places)
    return f"{'-' if number < 0 else ''}{whole}{f'.{rest:0{places}}' if rest else ''}"


def _add_months(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    moment, months = arguments
    dialect = setting.dialect
    if months.constant is not None and abs(months.constant) <= _MOST_MONTHS:
        steps = str(int(months.constant))
    else:
        steps = _within(months, _MOST_MONTHS, dialect)
    return _in_range(dialect.add_months(moment.text, steps), node.type, dialect)


def _within(steps: Sql, most: int, dialect: Dialect) -> str:
    """A number of days or months, missing where it leads out of time from anywhere."""
    text = finite_double(steps, dialect)
    return f"case when abs({text}) <= {most} then {text} end"


def _in_range(text: str, kind: Type, dialect: Dialect) -> Sql:
    first, last = dialect.moment_literal(FIRST), dialect.moment_literal(LAST)
    return Sql(f"case when {text} between {first} and {last} then {text} end", kind)


def months_ahead(calendar: Calendar) -> int:
    """How many months the years of a calendar are ahead of those that start in January."""
    return (13 - calendar.year_starts) % 12


def _ahead(moment: str, setting: Setting) -> str:
    ahead = months_ahead(setting.calendar)
    return setting.dialect.add_months(moment, str(ahead)) if ahead else moment


def _whole(spell: Callable[[str, Setting], str], what: str = "") -> Function:
    """A whole number read off a date; `what` names what is read off months, which in a fiscal calendar no database knows."""

    def function(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
        if what and setting.calendar.fiscal is not None:
            raise _fiscal(what)
        return Sql(spell(arguments[0].text, setting), Type.NUMBER, Physical.INTEGER)

    return function


def _fiscal(what: str) -> Lacking:
    return Lacking(f"{what} of a year of whole weeks", "the engine `pandas` knows every calendar")


def _quarter(moment: str, setting: Setting) -> str:
    month = setting.dialect.month(_ahead(moment, setting))
    return setting.dialect.cast(f"floor(({month} - 1) / 3e0) + 1", setting.dialect.whole)


def _start_of(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    unit = node.arguments[1]
    assert isinstance(unit, Constant)
    grain = Grain(unit.value)
    if grain.months and setting.calendar.fiscal is not None:
        raise _fiscal(f"start_of(…, {grain.value})")
    return Sql(start_of(grain, arguments[0].text, setting), node.type)


def start_of(grain: Grain, moment: str, setting: Setting) -> str:
    """The start of the period that holds a moment, in a calendar that is not fiscal where the grain counts months."""
    dialect, calendar = setting.dialect, setting.calendar
    if grain is Grain.WEEK and calendar.week_starts != 1:
        days = calendar.week_starts - 1
        monday = dialect.truncated(grain, dialect.add_seconds(moment, str(-days * 86400)))
        return dialect.add_seconds(monday, str(days * 86400))
    if grain in (Grain.QUARTER, Grain.YEAR) and (ahead := months_ahead(calendar)):
        return dialect.add_months(dialect.truncated(grain, dialect.add_months(moment, str(ahead))), str(-ahead))
    return dialect.truncated(grain, moment)


DATES: dict[str, Function] = {
    "days_between": _days_between,
    "add_duration": _add_duration,
    "add_months": _add_months,
    "year": _whole(lambda moment, setting: setting.dialect.year(_ahead(moment, setting)), "year"),
    "quarter": _whole(_quarter, "quarter"),
    "month": _whole(lambda moment, setting: setting.dialect.month(moment), "month"),
    "weekday": _whole(lambda moment, setting: setting.dialect.weekday(moment)),
    "start_of": _start_of,
}
