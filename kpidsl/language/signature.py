"""What is said of a function or an operator: its kind, its parameters, the rule for its unit, a sentence and an example."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Kind(Enum):
    """Where a signature belongs in the reference, and which stage reads it."""

    AGGREGATE = "aggregate"  # rows to one value per cell
    MODIFIER = "modifier"  # after the first argument of an aggregate
    WINDOW = "window"  # over time and group
    NEIGHBOUR = "neighbour"  # the row before or after
    SCALAR = "scalar"
    TEXT = "text"
    DATE = "date"
    PERIOD = "period"  # a name that every period gives a value to
    OPERATOR = "operator"


class Takes(Enum):
    """What may stand in a parameter's place."""

    SOURCE = "source"
    COLUMN = "column"  # a path to one column
    ROWS = "rows"  # an expression over the columns of one source
    VALUE = "value"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    CONDITION = "condition"
    PERCENT = "percent"
    DURATION = "duration"
    GRAIN = "grain"
    DIMENSION = "dimension"


class UnitRule(Enum):
    """How the unit of the result follows from those of the arguments."""

    ROW_ENTITY = "row-entity"  # that of the source's rows, also for those in which a column has a value
    COLUMN_ENTITY = "column-entity"  # that of what the column references, or the column's own unit
    SAME = "same"  # that of the first argument
    COMMON = "common"  # the one unit that all arguments can be read in
    SUM = "sum"  # COMMON; a date and a duration make a date, two dates make days
    PRODUCT = "product"
    QUOTIENT = "quotient"
    POWER = "power"
    ROOT = "root"
    NUMBER = "number"  # a plain number, from plain numbers or from a date
    PROPORTION = "proportion"
    TIME = "time"
    NONE = "none"  # the result is no number


class Parameter(Struct, frozen=True):
    name: str
    takes: Takes
    optional: bool = False
    repeated: bool = False


class Signature(Struct, frozen=True):
    """`value` is the text of the example's value where no data is needed."""

    name: str
    kind: Kind
    parameters: tuple[Parameter, ...]
    unit: UnitRule
    sentence: str
    example: str
    value: str = ""

    @property
    def arity(self) -> tuple[int, int | None]:
        """The least and the greatest number of arguments; None is any number."""
        least = sum(not parameter.optional for parameter in self.parameters)
        return least, None if any(parameter.repeated for parameter in self.parameters) else len(self.parameters)
