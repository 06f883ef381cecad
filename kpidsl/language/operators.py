"""What stands between, before or after values rather than before a parenthesis: modifiers, names of the period, operators."""

from __future__ import annotations

from kpidsl.language.signature import Kind, Parameter, Signature, Takes, UnitRule

_X = (Parameter("x", Takes.VALUE),)
_TWO = (Parameter("left", Takes.VALUE), Parameter("right", Takes.VALUE))
_TWO_TRUTHS = (Parameter("left", Takes.CONDITION), Parameter("right", Takes.CONDITION))
_LISTED = (Parameter("item", Takes.VALUE), Parameter("options", Takes.VALUE, repeated=True))

MODIFIERS = (
    Signature(
        "via",
        Kind.MODIFIER,
        (Parameter("reference", Takes.COLUMN),),
        UnitRule.NONE,
        "The reference that leads here, where a source has several.",
        "count(flights via origin)",
    ),
    Signature(
        "at",
        Kind.MODIFIER,
        (Parameter("date", Takes.COLUMN),),
        UnitRule.NONE,
        "The date that places a row in a period, in place of the source's `time`.",
        "sum(deals.amount at closed_at)",
    ),
    Signature(
        "alive",
        Kind.MODIFIER,
        (Parameter("from", Takes.COLUMN), Parameter("to", Takes.COLUMN, optional=True)),
        UnitRule.NONE,
        "A stock: the rows that have begun before the period's end and have not ended by then.",
        "count(subscriptions alive from started_at to ended_at)",
    ),
    Signature(
        "closing",
        Kind.MODIFIER,
        (),
        UnitRule.NONE,
        "Only the rows of the source's last date in the period.",
        "sum(inventory.value closing)",
    ),
    Signature(
        "where",
        Kind.MODIFIER,
        (Parameter("condition", Takes.CONDITION),),
        UnitRule.NONE,
        "Only the rows for which the condition is true.",
        'sum(deals.amount where outcome = "won")',
    ),
)

PERIODS = (
    Signature(
        "period_start",
        Kind.PERIOD,
        (),
        UnitRule.NONE,
        "The first day of the period.",
        "count(customers where acquired_at < period_start)",
    ),
    Signature(
        "period_end",
        Kind.PERIOD,
        (),
        UnitRule.NONE,
        "The day after the last day of the period.",
        "count(customers where acquired_at < period_end)",
    ),
    Signature(
        "previous_period_start",
        Kind.PERIOD,
        (),
        UnitRule.NONE,
        "The first day of the period before.",
        "count(customers where acquired_at >= previous_period_start)",
    ),
    Signature(
        "period_length",
        Kind.PERIOD,
        (),
        UnitRule.TIME,
        "How long the period is.",
        "sum(downtime.repair) / period_length",
    ),
)

OPERATORS = (
    Signature(
        "+",
        Kind.OPERATOR,
        _TWO,
        UnitRule.SUM,
        "The sum; a date and a duration make a date.",
        "2026-01-31 + 1 month",
        "2026-02-28",
    ),
    Signature(
        "-", Kind.OPERATOR, _TWO, UnitRule.SUM, "The difference; two dates make days.", "2026-03-01 - 2026-02-01", "28 days"
    ),
    Signature("*", Kind.OPERATOR, _TWO, UnitRule.PRODUCT, "The product.", "50 USD per hour * 3 hours", "150 USD"),
    Signature("/", Kind.OPERATOR, _TWO, UnitRule.QUOTIENT, "The quotient; undefined if the divisor is 0.", "1 / 4", "0.25"),
    Signature("^", Kind.OPERATOR, _TWO, UnitRule.POWER, "The power; read from the right.", "2^3", "8"),
    Signature("negative", Kind.OPERATOR, _X, UnitRule.SAME, "The value with the other sign.", "-(1 - 3)", "2"),
    Signature("=", Kind.OPERATOR, _TWO, UnitRule.NONE, "Whether two values are equal.", "1 = 2 / 2", "true"),
    Signature("!=", Kind.OPERATOR, _TWO, UnitRule.NONE, "Whether two values differ.", '"won" != "lost"', "true"),
    Signature("<", Kind.OPERATOR, _TWO, UnitRule.NONE, "Whether the left value is less.", "1 < 1", "false"),
    Signature("<=", Kind.OPERATOR, _TWO, UnitRule.NONE, "Whether the left value is at most the right one.", "1 <= 1", "true"),
    Signature(">", Kind.OPERATOR, _TWO, UnitRule.NONE, "Whether the left value is greater.", "1 > 1", "false"),
    Signature(">=", Kind.OPERATOR, _TWO, UnitRule.NONE, "Whether the left value is at least the right one.", "1 >= 1", "true"),
    Signature(
        "in", Kind.OPERATOR, _LISTED, UnitRule.NONE, "Whether a list holds the value.", '"won" in ("won", "lost")', "true"
    ),
    Signature(
        "not in", Kind.OPERATOR, _LISTED, UnitRule.NONE, "Whether a list does not hold the value.", "1 not in (1, 2)", "false"
    ),
    Signature(
        "between",
        Kind.OPERATOR,
        (*_X, Parameter("low", Takes.VALUE), Parameter("high", Takes.VALUE)),
        UnitRule.NONE,
        "Whether a value lies between two others, both included.",
        "2 between 1 and 2",
        "true",
    ),
    Signature("is missing", Kind.OPERATOR, _X, UnitRule.NONE, "Whether there is no value.", "1 is missing", "false"),
    Signature("is not missing", Kind.OPERATOR, _X, UnitRule.NONE, "Whether there is a value.", "1 is not missing", "true"),
    Signature("and", Kind.OPERATOR, _TWO_TRUTHS, UnitRule.NONE, "Whether both are true.", "true and false", "false"),
    Signature("or", Kind.OPERATOR, _TWO_TRUTHS, UnitRule.NONE, "Whether one of them is true.", "true or false", "true"),
    Signature(
        "not",
        Kind.OPERATOR,
        (Parameter("condition", Takes.CONDITION),),
        UnitRule.NONE,
        "Whether the condition is false.",
        "not false",
        "true",
    ),
    Signature(
        "if",
        Kind.OPERATOR,
        (Parameter("condition", Takes.CONDITION), Parameter("yes", Takes.VALUE), Parameter("no", Takes.VALUE)),
        UnitRule.COMMON,
        "One of two values; missing if the condition is.",
        "if 1 < 2 then 10 else 20",
        "10",
    ),
)
