"""Pieces of time as a list that statements join: each with its number, bounds and length."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.period import Period
from kpidsl.engines.sql.sql import double_literal
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.plan.schedule import Interval

# The number, start, end and start of the one before; the end or `as_of`, if that is earlier; the length in days.
COLUMNS = ("i", "s", "e", "b", "z", "n")


class Windows(Struct, frozen=True):
    """A period for each piece, None where there is none."""

    periods: tuple[Period | None, ...]

    def earlier(self, amount: int | None = None, unit: Grain | None = None) -> Windows:
        """The periods that `previous` puts in their place."""
        return Windows(tuple(period and period.earlier(amount, unit) for period in self.periods))

    def listed(self, as_of: datetime, dialect: Dialect) -> str:
        """A select of `COLUMNS` for the periods that there are."""
        rows = [_row(number, period, as_of, dialect) for number, period in enumerate(self.periods) if period is not None]
        if not rows:
            blank = dialect.listed(COLUMNS, [_row(0, _ANY, as_of, dialect)])
            return f"select * from ({blank}) x where 1 = 0"
        return dialect.listed(COLUMNS, rows)


_ANY = Period(Interval(datetime(2000, 1, 1), datetime(2000, 1, 2), datetime(1999, 12, 31)), Calendar())


def _row(number: int, period: Period, as_of: datetime, dialect: Dialect) -> Sequence[str]:
    interval = period.interval
    moments = (interval.start, interval.end, interval.before, min(interval.end, as_of))
    length = double_literal((interval.end - interval.start) / timedelta(days=1), dialect)
    return (str(number), *(dialect.moment_literal(moment) for moment in moments), length)
