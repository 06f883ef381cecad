"""Numbers to places in a picture: scales, round ticks, and the short texts at them."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, isfinite, log10

from msgspec import Struct

from kpidsl.units.unit import Unit

_ROUND = (1, 2, 2.5, 5, 10)
_SHORT = ((1e12, 1e12, "tn"), (1e9, 1e9, "bn"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))  # from which number on, in what, and its sign
_ROOM = 0.08


class Scale(Struct, frozen=True):
    """The numbers from `first` to `last` onto the places from `start` to `end`; what lies outside is moved to the edge."""

    first: float
    last: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        part = (value - self.first) / (self.last - self.first)
        return self.start + min(1.0, max(0.0, part)) * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Whether a number lies in the picture."""
        return self.first <= value <= self.last


def spanned(known: Iterable[float | None], intervals: Iterable[tuple[float, float]] = ()) -> tuple[float, float] | None:
    """The numbers that a picture reaches over, with some room around them; None where there are none.

    All that is `known` must be seen, and the narrower half of the intervals. The others make the picture twice as wide to
    either side, and are cut beyond that, so that one value of which little is known does not hide the others.
    """
    listed = sorted((each for each in intervals if isfinite(each[1] - each[0])), key=lambda each: each[1] - each[0])
    seen = [each for each in known if each is not None and isfinite(each)]
    seen.extend(bound for each in listed[: (len(listed) + 1) // 2] for bound in each)
    if not seen:
        return None
    low, high = min(seen), max(seen)
    width = (high - low) or abs(high) or 1.0
    ends = [bound for each in listed for bound in each]
    low, high = max(min([low, *ends]), low - width), min(max([high, *ends]), high + width)
    room = _ROOM * ((high - low) or abs(high) or 1.0)
    first = 0.0 if low >= 0 and low - room < 0 else low - room
    return (first, high + room) if isfinite(high + room - first) and high + room > first else None


def ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Round numbers between two others, `most` at most if they are not fewer than two."""
    rough = (high - low) / max(1, most)
    size = 10.0 ** floor(log10(rough)) if rough > 0 else 1.0
    step = next((size * each for each in _ROUND if size * each >= rough * (1 - 1e-9)), size * 10)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(place * step, 12) if abs(step) < 1 else place * step for place in range(first, last + 1)]


def tick_text(value: float, unit: Unit, percent: bool) -> str:
    """A round number beside an axis: `20%`, `2.5M`; the unit stands elsewhere."""
    if percent or unit.percent:
        return f"{_plain(100 * value)}%"
    for least, size, sign in _SHORT:
        if abs(value) >= least:
            return f"{_plain(value / size)}{sign}"
    return _plain(value)


def _plain(value: float) -> str:
    text = f"{value:,.6f}".rstrip("0").rstrip(".") if 1e-4 <= abs(value) < 1e15 else f"{value:.3g}"
    return "0" if text in ("-0", "") else text
