"""Every function of the language and, with its operators, all its signatures.

Data only. What a function does on rows or values stands with the engine that does it; the catalog applies the unit rules.
"""

from __future__ import annotations

from kpidsl.language.operators import MODIFIERS, OPERATORS, PERIODS
from kpidsl.language.signature import Kind, Parameter, Signature, Takes, UnitRule

__all__ = ["BY_NAME", "FUNCTIONS", "SIGNATURES", "Kind", "Parameter", "Signature", "Takes", "UnitRule"]

_ROWS = (Parameter("rows", Takes.ROWS),)
_X = (Parameter("x", Takes.VALUE),)
_DATE = (Parameter("date", Takes.DATE),)
_ALTERNATIVES = (Parameter("first", Takes.VALUE), Parameter("others", Takes.VALUE, repeated=True))
_SHIFTED = (*_X, Parameter("shift", Takes.DURATION, optional=True))
_TWO_TEXTS = (Parameter("text", Takes.TEXT), Parameter("part", Takes.TEXT))
_NEIGHBOUR = (*_ROWS, Parameter("where", Takes.CONDITION, optional=True), Parameter("key", Takes.COLUMN))

_AGGREGATES = (
    Signature(
        "count",
        Kind.AGGREGATE,
        (Parameter("rows", Takes.SOURCE),),
        UnitRule.ROW_ENTITY,
        "The number of rows of a source, or of those in which a column has a value.",
        "count(leads)",
    ),
    Signature(
        "count(distinct)",
        Kind.AGGREGATE,
        (Parameter("column", Takes.COLUMN),),
        UnitRule.COLUMN_ENTITY,
        "The number of different values of a column.",
        "count(distinct orders.customer)",
    ),
    Signature("sum", Kind.AGGREGATE, _ROWS, UnitRule.SAME, "The sum over the rows.", "sum(deals.amount)"),
    Signature("avg", Kind.AGGREGATE, _ROWS, UnitRule.SAME, "The mean of the values that are there.", "avg(deals.amount)"),
    Signature("min", Kind.AGGREGATE, _ROWS, UnitRule.SAME, "The smallest value.", "min(deals.closed_at)"),
    Signature("max", Kind.AGGREGATE, _ROWS, UnitRule.SAME, "The greatest value.", "max(deals.amount)"),
    Signature(
        "median",
        Kind.AGGREGATE,
        _ROWS,
        UnitRule.SAME,
        "The value in the middle; of two, their mean.",
        "median(deals.closed_at - created_at)",
    ),
    Signature(
        "stddev",
        Kind.AGGREGATE,
        _ROWS,
        UnitRule.SAME,
        "The standard deviation of a sample; missing for a single row.",
        "stddev(deals.amount)",
    ),
    Signature(
        "percentile",
        Kind.AGGREGATE,
        (*_ROWS, Parameter("share", Takes.PERCENT)),
        UnitRule.SAME,
        "The value below which a share of the values lies, interpolated linearly.",
        "percentile(deliveries.lead_time, 90%)",
    ),
    Signature(
        "first",
        Kind.AGGREGATE,
        _ROWS,
        UnitRule.SAME,
        "The value of the earliest row that has one, by time, then key.",
        "first(touches.channel)",
    ),
    Signature(
        "last",
        Kind.AGGREGATE,
        _ROWS,
        UnitRule.SAME,
        "The value of the latest row that has one, by time, then key.",
        "last(touches.channel)",
    ),
    Signature(
        "share",
        Kind.AGGREGATE,
        (Parameter("rows", Takes.SOURCE),),
        UnitRule.PROPORTION,
        "The share of the rows for which the condition after `where` is true.",
        'share(deals where outcome = "won")',
    ),
)

_WINDOWS = (
    Signature(
        "previous",
        Kind.WINDOW,
        _SHIFTED,
        UnitRule.SAME,
        "The value of the period before, or of the one that lies a duration back.",
        "previous(revenue, 1 year)",
    ),
    Signature(
        "rolling",
        Kind.WINDOW,
        (*_X, Parameter("length", Takes.DURATION)),
        UnitRule.SAME,
        "The value as if asked for a window that ends with the period.",
        "rolling(revenue, 3 months)",
    ),
    Signature(
        "to_date",
        Kind.WINDOW,
        (*_X, Parameter("since", Takes.GRAIN, optional=True)),
        UnitRule.SAME,
        "The value from the start of the year, quarter or month to the end of the period, or from the beginning.",
        "to_date(revenue, year)",
    ),
    Signature("change", Kind.WINDOW, _SHIFTED, UnitRule.SAME, "The value less its previous value.", "change(revenue)"),
    Signature(
        "growth",
        Kind.WINDOW,
        _SHIFTED,
        UnitRule.NUMBER,
        "The change divided by the size of the previous value.",
        "growth(revenue, 1 year)",
    ),
    Signature(
        "average",
        Kind.WINDOW,
        (*_X, Parameter("grain", Takes.GRAIN)),
        UnitRule.SAME,
        "The mean of the value over the days, weeks or months of the period.",
        "average(stock, month)",
    ),
    Signature(
        "total",
        Kind.WINDOW,
        (*_X, Parameter("dimensions", Takes.DIMENSION, optional=True, repeated=True)),
        UnitRule.SAME,
        "The value without all, or without the named, dimensions.",
        "leads / total(leads, channel)",
    ),
)

_NEIGHBOURS = (
    Signature(
        "prior",
        Kind.NEIGHBOUR,
        _NEIGHBOUR,
        UnitRule.SAME,
        "What the row before has, among the rows with the same key, by time, then key.",
        "prior(ordered_at) per customer",
    ),
    Signature(
        "next",
        Kind.NEIGHBOUR,
        _NEIGHBOUR,
        UnitRule.SAME,
        "What the row after has, among the rows with the same key, by time, then key.",
        "next(buys.bought_at) per user",
    ),
)

_SCALARS = (
    Signature(
        "coalesce",
        Kind.SCALAR,
        _ALTERNATIVES,
        UnitRule.COMMON,
        "The first argument that is neither missing nor undefined.",
        "coalesce(2, 3)",
        "2",
    ),
    Signature(
        "greatest",
        Kind.SCALAR,
        _ALTERNATIVES,
        UnitRule.COMMON,
        "The greatest of its arguments; missing if one is missing.",
        "greatest(2, 3, 1)",
        "3",
    ),
    Signature(
        "least",
        Kind.SCALAR,
        _ALTERNATIVES,
        UnitRule.COMMON,
        "The smallest of its arguments; missing if one is missing.",
        "least(2, 3, 1)",
        "1",
    ),
    Signature("abs", Kind.SCALAR, _X, UnitRule.SAME, "The value without its sign.", "abs(-3)", "3"),
    Signature(
        "round",
        Kind.SCALAR,
        _X,
        UnitRule.SAME,
        "The nearest whole number; one half is rounded away from zero.",
        "round(2.5)",
        "3",
    ),
    Signature("floor", Kind.SCALAR, _X, UnitRule.SAME, "The greatest whole number that is not above.", "floor(-2.5)", "-3"),
    Signature("ceil", Kind.SCALAR, _X, UnitRule.SAME, "The smallest whole number that is not below.", "ceil(2.1)", "3"),
    Signature(
        "ln", Kind.SCALAR, _X, UnitRule.NUMBER, "The natural logarithm; undefined unless the value is positive.", "ln(1)", "0"
    ),
    Signature("exp", Kind.SCALAR, _X, UnitRule.NUMBER, "The number e to the power of the value.", "exp(0)", "1"),
    Signature("sqrt", Kind.SCALAR, _X, UnitRule.ROOT, "The square root; undefined below zero.", "sqrt(9)", "3"),
)

_TEXTS = (
    Signature("lower", Kind.TEXT, (_TWO_TEXTS[0],), UnitRule.NONE, "In small letters.", 'lower("Won")', '"won"'),
    Signature("upper", Kind.TEXT, (_TWO_TEXTS[0],), UnitRule.NONE, "In capital letters.", 'upper("Won")', '"WON"'),
    Signature(
        "contains",
        Kind.TEXT,
        _TWO_TEXTS,
        UnitRule.NONE,
        "Whether a part stands anywhere in a text; case matters.",
        'contains("sunday", "day")',
        "true",
    ),
    Signature(
        "starts_with",
        Kind.TEXT,
        _TWO_TEXTS,
        UnitRule.NONE,
        "Whether a text begins with a part; case matters.",
        'starts_with("sunday", "day")',
        "false",
    ),
    Signature(
        "ends_with",
        Kind.TEXT,
        _TWO_TEXTS,
        UnitRule.NONE,
        "Whether a text ends with a part; case matters.",
        'ends_with("sunday", "day")',
        "true",
    ),
)

_DATES = (
    Signature("year", Kind.DATE, _DATE, UnitRule.NUMBER, "The year of a date.", "year(2026-01-31)", "2026"),
    Signature("quarter", Kind.DATE, _DATE, UnitRule.NUMBER, "The quarter of a date, from 1.", "quarter(2026-05-01)", "2"),
    Signature("month", Kind.DATE, _DATE, UnitRule.NUMBER, "The month of a date, from 1.", "month(2026-01-31)", "1"),
    Signature(
        "weekday", Kind.DATE, _DATE, UnitRule.NUMBER, "The day of the week of a date; Monday is 1.", "weekday(2026-01-05)", "1"
    ),
    Signature(
        "start_of",
        Kind.DATE,
        (*_DATE, Parameter("grain", Takes.GRAIN)),
        UnitRule.NONE,
        "The first day of the week, month, quarter or year that holds a date.",
        "start_of(2026-01-31, month)",
        "2026-01-01",
    ),
)

SIGNATURES = (
    *_AGGREGATES,
    *MODIFIERS,
    *_WINDOWS,
    *_NEIGHBOURS,
    *_SCALARS,
    *_TEXTS,
    *_DATES,
    *PERIODS,
    *OPERATORS,
)

_CALLED = frozenset((Kind.AGGREGATE, Kind.WINDOW, Kind.NEIGHBOUR, Kind.SCALAR, Kind.TEXT, Kind.DATE))

BY_NAME = {signature.name: signature for signature in SIGNATURES}
# What can stand before a parenthesis; `count(distinct)` is called by the name `count`.
FUNCTIONS = {name: signature for name, signature in BY_NAME.items() if signature.kind in _CALLED and name.isidentifier()}
