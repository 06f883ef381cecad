"""What the company makes and ships: its machines, what they made and when they stood still, its stock, its deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import buyers
from buyers import Rows
from dice import Dice
from journey import Journey
from market import END, START, days, progress

# The line of each machine, and how many pieces an hour it can make.
_MACHINES = {"M1": ("press", 60), "M2": ("press", 60), "M3": ("mill", 24), "M4": ("mill", 24), "M5": ("paint", 90)}
_ITEMS = {"frame": 26_000, "panel": 19_000, "motor": 34_000, "paint": 6_500, "packaging": 4_200}
_NIGHT_SHIFT = date(2026, 2, 1)


def machines() -> Rows:
    yield "machine_id", "line"
    for machine, (line, _) in _MACHINES.items():
        yield machine, line


def downtime() -> Rows:
    """Stops: most for some hours, a few for days and beyond a month's end; the paint shop stops more often."""
    yield "machine_id", "failed_at", "restored_at"
    dice = Dice("downtime")
    for machine in _MACHINES:
        busy = datetime(START.year, START.month, START.day)
        for day in days():
            failed = dice.time_on(day)
            stops = dice.chance(0.11 if machine == "M5" else 0.055)
            hours = 40 + dice.skewed(60) if dice.chance(0.08) else dice.whole(1, 9)
            if stops and failed >= busy:
                busy = failed + timedelta(hours=hours, minutes=dice.whole(0, 59))
                over = busy < datetime(END.year, END.month, END.day)
                yield machine, f"{failed:%Y-%m-%d %H:%M}", f"{busy:%Y-%m-%d %H:%M}" if over else ""


def runs() -> Rows:
    """A shift on each working day, and one at night since February 2026; the pieces made, and those of them that are good."""
    yield "machine_id", "started_at", "ended_at", "made", "good", "ideal_rate"
    dice = Dice("runs")
    for day in days():
        for machine, (_, rate) in _MACHINES.items() if day.weekday() < 5 else ():
            for hour in (6, 15) if day >= _NIGHT_SHIFT else (6,):
                yield machine, *_shift(dice, datetime(day.year, day.month, day.day, hour), rate)


def _shift(dice: Dice, start: datetime, rate: int) -> tuple[object, ...]:
    minutes = dice.whole(330, 500)
    made = int(minutes / 60 * rate * (0.97 - 0.2 * dice.skewed(30) / 90))
    good = made - int(made * (0.008 + 0.05 * dice.skewed(20) / 60))
    return f"{start:%Y-%m-%d %H:%M}", f"{start + timedelta(minutes=minutes):%Y-%m-%d %H:%M}", made, good, rate


def inventory() -> Rows:
    """What lies in the store, counted on Sundays."""
    yield "date", "item", "value"
    dice = Dice("inventory")
    for day in days():
        for item, value in _ITEMS.items() if day.weekday() == 6 else ():
            yield day, item, f"{dice.around(value * (0.6 + 0.8 * progress(day)), 0.2):.2f}"


def deliveries(journey: Journey) -> Rows:
    """Each order is delivered once; some take long, and the last ones are on their way."""
    yield "order_id", "ordered_at", "delivered_at"
    dice = Dice("deliveries")
    orders: Iterator[tuple[object, ...]] = buyers.orders(journey)
    next(orders)
    for number, _, ordered, *_ in orders:
        assert isinstance(ordered, date)
        delivered = ordered + timedelta(days=2 + dice.skewed(4) + (15 if dice.chance(0.03) else 0))
        yield number, ordered, delivered if delivered < END else ""
