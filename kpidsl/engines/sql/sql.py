"""What an expression is in a statement: its text, its type, and of numbers how they are held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.core import Apply, Type
from kpidsl.data.relations import Physical
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.periods.calendar import Calendar

# A function may mention an argument twice; nested often enough a text would outgrow every statement.
_LONGEST = 100_000
_LARGEST = 2**63


class Lacking(Exception):
    """A database cannot do something: what, in the words of the language, and what helps."""

    def __init__(self, what: str, help: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.help = help


class Sql(Struct, frozen=True):
    """`physical` is that of a number. One that is `loose` may be infinite or NaN, and must be made finite before it is used.

    `constant` is the number that a literal says.
    """

    text: str
    type: Type
    physical: Physical = Physical.FLOAT
    loose: bool = False
    constant: Fraction | None = None

    def __post_init__(self) -> None:
        if len(self.text) > _LONGEST:
            raise Lacking("a formula that long", "a shorter formula, or the engine `pandas`, can be used")


class Setting(Struct, frozen=True):
    """In which words and by which calendar statements are written."""

    dialect: Dialect
    calendar: Calendar


Function = Callable[[Apply, Sequence[Sql], Setting], Sql]


def constant(value: Fraction | str | bool | date | datetime, setting: Setting) -> Sql:
    """A literal; whole numbers as such, others as doubles."""
    dialect = setting.dialect
    match value:
        case bool():
            return Sql("true" if value else "false", Type.BOOLEAN)
        case str():
            return Sql(dialect.literal(value), Type.TEXT)
        case datetime():
            return Sql(dialect.moment_literal(value), Type.DATETIME)
        case date():
            return Sql(dialect.moment_literal(datetime(value.year, value.month, value.day)), Type.DATE)
        case Fraction(denominator=1) if abs(value) < _LARGEST:
            number = value.numerator
            return Sql(f"({number})" if number < 0 else str(number), Type.NUMBER, Physical.INTEGER, constant=value)
        case _:
            return Sql(double_literal(float(value), dialect), Type.NUMBER, constant=value)


def double_literal(value: float, dialect: Dialect) -> str:
    """A double, written so that none is lost."""
    text = repr(value)
    return dialect.cast(text if "e" in text else f"{text}e0", dialect.double)


def missing(kind: Type, dialect: Dialect) -> Sql:
    """No value of a type."""
    return Sql(dialect.cast("null", type_name(kind, dialect)), kind)


def type_name(kind: Type, dialect: Dialect) -> str:
    """What values of a type are in a statement, where dates are moments."""
    match kind:
        case Type.NUMBER:
            return dialect.double
        case Type.TEXT:
            return dialect.text
        case Type.BOOLEAN:
            return dialect.boolean
        case Type.DATE | Type.DATETIME:
            return dialect.moment


def as_double(value: Sql, dialect: Dialect) -> str:
    """A number as a double, maybe infinite."""
    if value.constant is not None:
        return double_literal(float(value.constant), dialect)
    return value.text if value.physical is Physical.FLOAT else dialect.cast(value.text, dialect.double)


def finite(value: Sql, dialect: Dialect) -> Sql:
    """The value, missing where it is infinite or no number."""
    return replace(value, text=dialect.finite(value.text), loose=False) if value.loose else value


def finite_double(value: Sql, dialect: Dialect) -> str:
    return as_double(finite(value, dialect), dialect)


def number(text: str, *, loose: bool = False) -> Sql:
    """A double."""
    return Sql(text, Type.NUMBER, loose=loose)


def alike(values: Sequence[Sql], dialect: Dialect) -> tuple[list[str], Sql]:
    """Values of one type as texts of one type of the database, and the last of them, for that type."""
    last = values[-1]
    if last.type is not Type.NUMBER or all(value.physical is Physical.INTEGER for value in values):
        return [value.text for value in values], last
    texts = [as_double(value, dialect) for value in values]
    return texts, number(texts[-1], loose=any(value.loose for value in values))
