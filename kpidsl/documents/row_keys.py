"""The keys of the project, of units, sources and dimensions."""

from __future__ import annotations

from kpidsl.documents.rule_keys import RULE_CHOICE
from kpidsl.documents.shapes import CURRENCY, NAME, Key, Leaf, Shape, leaf, many, named, words
from kpidsl.documents.vocabulary import FORMULA, GRAIN, REFERENCE, TEXT, TEXTS, UNIT, description
from kpidsl.periods.calendar import MONTHS, WEEK_PATTERNS, WEEKDAYS

_COLUMNS = many("a list of columns", REFERENCE, single=True)

_WEEK_PATTERNS = {
    pattern: f"Months of {first}, {second} and {third} weeks; of 53 weeks the last month has one more."
    for pattern, (first, second, third) in WEEK_PATTERNS.items()
}
_YEAR_ENDS = r"^(?:nearest [A-Za-z]+ to [A-Za-z]+ [0-9]{1,2}|last [A-Za-z]+ of [A-Za-z]+)$"
_CALENDAR = Shape(
    "the calendar",
    keys=(
        Key(
            "week_starts",
            "The weekday on which a week begins.",
            "week_starts: monday",
            words("a weekday", dict.fromkeys(WEEKDAYS, "")),
        ),
        Key(
            "year_starts",
            "The month in which a year begins.",
            "year_starts: april",
            words("a month", dict.fromkeys(MONTHS, "")),
        ),
        Key(
            "year",
            "A fiscal year of whole weeks, by the weeks in the three months of a quarter.",
            "year: 4-5-4",
            words("a pattern of weeks", _WEEK_PATTERNS),
        ),
        Key(
            "year_ends",
            "The last day of such a year; the next day begins a week and a year.",
            "year_ends: nearest saturday to january 31",
            leaf("a day such as `nearest saturday to january 31` or `last saturday of january`", pattern=_YEAR_ENDS),
        ),
        Key("timezone", "The zone whose days count, by its IANA name.", "timezone: Europe/Berlin", leaf("a time zone")),
    ),
)

PROJECT = Shape(
    "the project",
    keys=(
        Key("language", "The version of the language.", "language: 1", leaf("a whole number", least=1), snippet=1),
        Key("name", "What the project is called.", "name: Acme B2B", TEXT),
        Key(
            "calendar",
            "How days fall into weeks and years.",
            "calendar: {week_starts: monday, year_starts: january, timezone: UTC}",
            _CALENDAR,
        ),
        Key("rules", "Which advice is given: that of a rule set, or more precisely.", "rules: strict", RULE_CHOICE),
    ),
    empty=True,
)

_ENTITY = Shape(
    "an entity",
    keys=(
        Key("subset_of", "The entity that each of these is one of, too.", "subset_of: lead", REFERENCE),
        description("What is counted", "Somebody who asked for an offer."),
    ),
    empty=True,
)

UNITS = Shape(
    "the units",
    keys=(
        Key(
            "currencies",
            "The currencies that amounts may be in.",
            "currencies: [USD, EUR]",
            many("a list of currencies", leaf("a currency", pattern=CURRENCY)),
        ),
        Key(
            "entities",
            "Things that are counted; each is a unit.",
            "entities: {lead: {}, qualified_lead: {subset_of: lead}}",
            named("entities by name", _ENTITY, NAME, empty=True),
        ),
    ),
    empty=True,
)

_TYPES = {
    "text": "Text; `007` stays as it is.",
    "number": "A number.",
    "boolean": "`true` or `false`.",
    "date": "A day, never shifted.",
    "datetime": "A moment, in the project's time zone.",
}

_COLUMN = Shape(
    "a column",
    leaf=Leaf("a type", words=_TYPES),
    keys=(
        Key("type", "What the column holds.", "type: number", words("a type", _TYPES)),
        Key("unit", "What its numbers count.", "unit: USD", UNIT),
        Key("values", "All values that it may hold.", "values: [email, web, social]", TEXTS),
        Key("references", "The source whose key it holds.", "references: customers", REFERENCE),
        Key("formula", "What a derived column is computed from.", "formula: closed_at - created_at", FORMULA),
        Key("column", "Its name in the data, where that differs.", "column: Net Amount", TEXT),
        description("What it holds", "The day of the first contact."),
    ),
    one_of=("type", "formula"),
)

_REFERENCE = Shape(
    "a reference",
    keys=(
        Key("source", "The source that it leads to.", "source: prices", REFERENCE, required=True),
        Key(
            "match",
            "The columns that hold the key there: own column to column there, or one name for both.",
            "match: {item_id: item_id, store_id: store_id}",
            Shape("a mapping from own columns to columns there", leaf=Leaf("a column"), entries=leaf("a column"), names=NAME),
            required=True,
        ),
        Key(
            "valid",
            "The two columns there between which a row holds: from the first day on, up to the day before the second.",
            "valid: [valid_from, valid_to]",
            many("two columns", REFERENCE),
        ),
        description("Where it leads", "The price of the item in the store on that day."),
    ),
)

SOURCE = Shape(
    "a source",
    keys=(
        description("What its rows are", "One row per lead."),
        Key("row", "The entity that one row is, so that counting rows has a unit.", "row: lead", REFERENCE),
        Key(
            "key",
            "The column, or columns, that tell rows apart.",
            "key: lead_id",
            many("a list of columns", REFERENCE, single=True),
        ),
        Key("time", "The column that places a row in a period.", "time: created_at", REFERENCE),
        Key(
            "columns",
            "Its columns: the type of each, or more about it.",
            "columns: {lead_id: text, created_at: date, amount: {type: number, unit: USD}}",
            named("columns by name", _COLUMN, NAME),
        ),
        Key(
            "references",
            "Other sources in which each row finds one row, where a column with `references` does not say it.",
            "references: {price: {source: prices, match: {item_id: item_id}, valid: [valid_from, valid_to]}}",
            named("references by name", _REFERENCE, NAME),
        ),
        Key("every", "The length of period for which a row stands as a whole, such as a plan's.", "every: month", GRAIN),
        Key(
            "fresh_within",
            "How old its last row may be: what reaches further is not judged.",
            "fresh_within: 2 days",
            leaf("a length of time"),
        ),
        Key(
            "late_by",
            "How long after a period its rows may still come: until then a value is not final.",
            "late_by: 3 days",
            leaf("a length of time"),
        ),
    ),
    empty=True,
)

_PATHS = many("a list of paths", leaf("a path"))
DIMENSION = Shape(
    "a dimension",
    items=leaf("a path"),
    keys=(
        Key("columns", "The column that holds it, for each source.", "columns: [leads.channel]", _PATHS, required=True),
        description("What it tells apart", "The way by which a lead came."),
    ),
)
