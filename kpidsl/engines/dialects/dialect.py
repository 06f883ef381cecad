"""What differs between databases: spellings as texts and as functions from texts to text.

Statements use little of SQL, and all of it through such a record. A `moment` is a timestamp without a zone. What a database
cannot do exactly is None here and refused, never approximated. A function mentions each argument as often as it must and not
more, since texts of arguments can be long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from kpidsl.data.relations import Physical
from kpidsl.periods.grain import Grain

Spell = Callable[[str], str]
Spell2 = Callable[[str, str], str]


class Unspeakable(Exception):
    """A text or name that a database cannot be told."""


class Dialect(Struct, frozen=True):
    """`verified` says that the tests ran on such a database; the others are only read by a parser of their SQL.

    `double`, … are names of types. `utc_literal` spells a moment in UTC with its zone. `edge` spells the first or last value
    by an order: which, the value, what it is ordered by (what counts most first; missing is last, except that a missing
    value is none). `ranked` spells the number at a place, counted from 1, of numbers in order. `total` adds numbers of a
    physical type up to a double. `finite` makes infinite and NaN missing. `skips_missing` says that `greatest` and
    `least` do. `plain_text` and `plain_moment` say that each column that holds such values has the type `text` or
    `moment`, not one of several. `collated` makes texts differ where a character does, whatever a column of theirs says.
    `infinity` is how it is written. `truncates_days` says that days need not be moments for
    `truncated`. `decimal` makes NaN in a column of decimals missing, `unbounded` what is infinite too, in one that may hold it.
    `from_nanoseconds` rounds a moment down to microseconds. `bits` gathers whole numbers below 63 as the bits of one.
    """

    name: str
    title: str
    verified: bool
    double: str
    whole: str
    text: str
    boolean: str
    moment: str
    date: str
    identifier: Spell
    literal: Spell
    moment_literal: Callable[[datetime], str]
    utc_literal: Callable[[datetime], str]
    listed: Callable[[Sequence[str], Sequence[Sequence[str]]], str]
    days: Spell2
    add_seconds: Spell2
    add_months: Spell2
    truncated: Callable[[Grain, str], str]
    year: Spell
    month: Spell
    day: Spell
    weekday: Spell
    to_local: Spell2
    from_utc: Spell2
    contains: Spell2
    starts_with: Spell2
    ends_with: Spell2
    rounded: Spell
    floor: Spell
    ceil: Spell
    exp: Spell
    finite: Spell
    total: Callable[[str, Physical], str]
    mean: Spell
    percentile: Spell2 | None
    edge: Callable[[str, str, Sequence[str]], str]
    ranked: Spell2 | None
    skips_missing: bool = True
    sorted_text: Spell = lambda text: text
    plain_text: bool = True
    collated: Spell = lambda text: text
    plain_moment: bool = True
    infinity: str = "Infinity"
    truncates_days: bool = False
    decimal: Spell = lambda value: value
    unbounded: Spell = lambda value: value
    from_nanoseconds: Spell = lambda moment: moment
    bits: Spell | None = None

    def cast(self, text: str, kind: str) -> str:
        return f"cast({text} as {kind})"

    def infinite(self, value: str) -> str:
        """A condition that a number as it is stored is infinite."""
        infinity = f"'{self.infinity}'"
        return f"abs({self.cast(value, self.double)}) = {self.cast(infinity, self.double)}"

    def in_time(self, moment: str) -> str:
        """A condition that a moment is in the years 1 to 9999: not missing, infinite, or further away than Python knows."""
        return f"{moment} between {self.moment_literal(datetime.min)} and {self.moment_literal(datetime.max)}"

    def table(self, parts: Sequence[str]) -> str:
        """The name of a table from its parts."""
        return ".".join(self.identifier(part) for part in parts)
