"""The keys of a definition file: the one table from which the shape check, the JSON Schema and the reference page are made.

It holds exactly what works. Each key is listed with a sentence and one line that shows it.
"""

from __future__ import annotations

from kpidsl.documents.shapes import CURRENCY, NAME, Key, Leaf, Shape, leaf, many, named, words
from kpidsl.periods.calendar import MONTHS, WEEKDAYS
from kpidsl.periods.grain import Grain

TEXT = leaf("text")
FORMULA = leaf("a formula")
UNIT = leaf("a unit")
_NAME = leaf("a name")
_CLAIM = leaf("a claim")
_TEXTS = many("a list of texts", TEXT)
_COLUMNS = many("a list of columns", _NAME, single=True)
_CITE = Key("cite", "The source of the figure or of the definition.", 'cite: "2026 plan"', TEXT)


def _description(of: str, example: str) -> Key:
    return Key("description", f"{of}, in a sentence.", f"description: {example}", TEXT)


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
        Key("timezone", "The zone whose days count, by its IANA name.", "timezone: Europe/Berlin", leaf("a time zone")),
    ),
)

_PROJECT = Shape(
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
    ),
    empty=True,
)

_ENTITY = Shape(
    "an entity",
    keys=(
        Key("subset_of", "The entity that each of these is one of, too.", "subset_of: lead", _NAME),
        _description("What is counted", "Somebody who asked for an offer."),
    ),
    empty=True,
)

_UNITS = Shape(
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
        Key("values", "All values that it may hold.", "values: [email, web, social]", _TEXTS),
        Key("references", "The source whose key it holds.", "references: customers", _NAME),
        Key("formula", "What a derived column is computed from.", "formula: closed_at - created_at", FORMULA),
        Key("column", "Its name in the data, where that differs.", "column: Net Amount", TEXT),
        _description("What it holds", "The day of the first contact."),
    ),
    one_of=("type", "formula"),
)

_SOURCE = Shape(
    "a source",
    keys=(
        _description("What its rows are", "One row per lead."),
        Key("row", "The entity that one row is, so that counting rows has a unit.", "row: lead", _NAME),
        Key(
            "key",
            "The column, or columns, that tell rows apart.",
            "key: lead_id",
            many("a list of columns", _NAME, single=True),
        ),
        Key("time", "The column that places a row in a period.", "time: created_at", _NAME),
        Key(
            "columns",
            "Its columns: the type of each, or more about it.",
            "columns: {lead_id: text, created_at: date, amount: {type: number, unit: USD}}",
            named("columns by name", _COLUMN, NAME),
        ),
    ),
    empty=True,
)

_PATHS = many("a list of paths", leaf("a path"))
_DIMENSION = Shape(
    "a dimension",
    items=leaf("a path"),
    keys=(
        Key("columns", "The column that holds it, for each source.", "columns: [leads.channel]", _PATHS, required=True),
        _description("What it tells apart", "The way by which a lead came."),
    ),
)

_PARAMETER = Shape(
    "a parameter",
    leaf=Leaf("a value"),
    keys=(
        Key("value", "Its value, unless an evaluation sets another.", "value: 50", leaf("a value"), required=True),
        Key("unit", "The unit of the value.", "unit: USD / hour", UNIT),
        _description("What it stands for", "The cost of a selling hour."),
    ),
)

_MEASURE = Shape(
    "a measure",
    leaf=Leaf("a formula"),
    keys=(
        Key("formula", "An aggregate of rows.", "formula: count(leads)", FORMULA, required=True),
        Key("unit", "Its unit, where it is not inferred.", "unit: signed_proposal", UNIT),
        Key("title", "What reports call it.", "title: New customers", TEXT),
        _description("What it measures", "Customers won in the period."),
    ),
)

_BENCHMARK = Shape(
    "a benchmark",
    keys=(
        Key(
            "range",
            "The values that mean good performance, in words.",
            "range: 15% to 30%",
            leaf("a range"),
            required=True,
            snippet="at least ${1:15%}",
        ),
        _CITE,
        Key("vintage", "When the figure was measured.", "vintage: 2025", TEXT),
        Key("population", "Whom the figure was measured on.", "population: B2B software, Europe", TEXT),
    ),
)

VERDICTS = {
    "within": "Inside the range.",
    "short": "On the bad side of the range.",
    "beyond": "Past the range on its good side.",
    "outside": "Off a band that has no good side.",
    "inconclusive": "The data leave both open.",
    "insufficient": "Too few rows for a verdict.",
    "undefined": "There is no value.",
}

_SETTINGS = named("values by name", leaf("a value"), NAME)
_EXAMPLE = Shape(
    "an example",
    keys=(
        Key(
            "given",
            "Values of the measures, parameters and KPIs that are used.",
            "given: {spend: 20000, new_customers: 10}",
            _SETTINGS,
            required=True,
        ),
        Key("expect", "The value that results, or `undefined`.", "expect: 2000", leaf("a value")),
        Key("verdict", "The verdict that results.", "verdict: within", words("a verdict", VERDICTS)),
        _CITE,
    ),
    some_of=("expect", "verdict"),
)

_KPI = Shape(
    "a KPI",
    keys=(
        Key("title", "What reports call it.", "title: Customer acquisition cost", TEXT),
        _description("What it tells", "What it costs to win one new customer."),
        Key("area", "The key performance area that it belongs to.", "area: marketing", TEXT),
        Key(
            "role",
            "Whether it measures effort or result.",
            "role: output",
            words("a role", {"input": "It measures effort.", "output": "It measures a result."}),
        ),
        Key("unit", "The unit that its formula must have.", "unit: USD / customer", UNIT),
        Key(
            "display",
            "How its values are shown.",
            "display: percent",
            words("a way to show values", {"percent": "As percent."}),
        ),
        Key(
            "better",
            "Which way is good.",
            "better: lower",
            words(
                "a direction",
                {
                    "higher": "More is better.",
                    "lower": "Less is better.",
                    "inside": "Inside a band is good, either side is bad.",
                    "none": "Neither: it is there for context.",
                },
            ),
        ),
        Key(
            "inference",
            "Whether its values are estimates or facts.",
            "inference: census",
            words(
                "a kind of inference",
                {
                    "sample": "The rows stand for more of their kind: an interval is judged.",
                    "census": "The rows are all: the value is judged.",
                },
            ),
        ),
        Key("min_n", "How many rows a verdict needs.", "min_n: 30", leaf("a whole number", least=1), snippet=30),
        Key("formula", "How it is computed.", "formula: spend / new_customers", FORMULA, required=True),
        Key(
            "benchmarks",
            "Ranges that mean good performance, by name.",
            'benchmarks: {target: {range: at most 2000, cite: "2026 plan"}}',
            named("benchmarks by name", _BENCHMARK),
        ),
        Key(
            "examples",
            "Cases with a known result, which every check works out.",
            "examples: [{given: {spend: 20000, new_customers: 10}, expect: 2000}]",
            many("a list of examples", _EXAMPLE),
        ),
        Key("owner", "Who answers for it.", "owner: growth team", TEXT),
        Key("tags", "Words to find it by.", "tags: [unit-economics]", _TEXTS),
        Key(
            "cite",
            "Sources of the definition.",
            'cite: ["Management handbook, p. 12"]',
            many("a list of texts", TEXT, single=True),
        ),
    ),
)

_IDENTITY = Shape(
    "an identity",
    keys=(
        Key(
            "claim",
            "The equation that must hold.",
            "claim: conversation_win_rate = fit_rate * closing_rate",
            _CLAIM,
            required=True,
        ),
        Key("given", "Equations that are assumed.", "given: [proposals_sent = proposals]", many("a list of claims", _CLAIM)),
        _description("What it says", "Every conversation that fits gets a proposal."),
    ),
)

_CELL = leaf("a value", empty=True)
_ROW = named("a row", _CELL, NAME)
_ROWS = many("a list of rows", _ROW)
_EXPECTED = named("a row", _CELL)  # a column may be named by a formula
GRAINS = tuple(grain.value for grain in Grain)

_ASK = Shape(
    "a question",
    keys=(
        Key("kpis", "What is asked for.", "kpis: [closed_value]", many("a list of names", _NAME, single=True), required=True),
        Key("by", "The dimensions to group by.", "by: [channel]", many("a list of dimensions", _NAME, single=True)),
        Key(
            "every",
            "The length of a period.",
            "every: month",
            words("a grain", dict.fromkeys(GRAINS, "")),
        ),
        Key("from", "The first day.", "from: 2026-01-01", leaf("a date")),
        Key("to", "The day after the last one.", "to: 2026-04-01", leaf("a date")),
        Key("where", "A condition on dimensions.", 'where: channel = "web"', leaf("a condition")),
        Key("as_of", "The moment at which the question is asked.", "as_of: 2026-04-01", leaf("a date")),
        Key("set", "Other values for parameters.", "set: {discount_rate: 12%}", _SETTINGS),
    ),
)

_TEST = Shape(
    "a test",
    keys=(
        _description("What it shows", "A lost deal adds nothing."),
        Key("cite", "The rule or the agreement that it holds to.", "cite: language.md#missing-in-rows", TEXT),
        Key(
            "given",
            "Rows of sources.",
            "given: {deals: [{deal_id: 1, closed_at: 2026-01-05, amount: 100}]}",
            named("rows by source", _ROWS, NAME),
            required=True,
        ),
        Key("ask", "The question.", "ask: {kpis: [closed_value], every: month}", _ASK, required=True),
        Key(
            "expect",
            "All rows of the answer, in any order, or `error` with the code of the error.",
            "expect: [{period: 2026-01, closed_value: 100}]",
            Shape(
                "a list of rows",
                leaf=Leaf("`error` and a code", pattern="^error [a-z]+(?:-[a-z]+)*$"),
                items=_EXPECTED,
            ),
            required=True,
        ),
    ),
)

DEFINITION = Shape(
    "a definition file",
    keys=(
        Key("project", "What holds for the whole project.", "project: {language: 1, name: Acme B2B}", _PROJECT),
        Key("units", "Currencies and things that are counted.", "units: {currencies: [USD], entities: {lead: {}}}", _UNITS),
        Key(
            "sources",
            "Where rows come from, by name.",
            "sources: {leads: {row: lead, key: lead_id, columns: {lead_id: text}}}",
            named("sources by name", _SOURCE, NAME, empty=True),
        ),
        Key(
            "dimensions",
            "What results may be grouped by.",
            "dimensions: {channel: [leads.channel, deals.lead.channel]}",
            named("dimensions by name", _DIMENSION, NAME, empty=True),
        ),
        Key(
            "parameters",
            "Named constants, which an evaluation may set.",
            "parameters: {discount_rate: 10%}",
            named("parameters by name", _PARAMETER, NAME, empty=True),
        ),
        Key(
            "measures",
            "Named aggregates of rows: a formula, or more about it.",
            "measures: {leads: count(leads)}",
            named("measures by name", _MEASURE, NAME, empty=True),
        ),
        Key(
            "kpis",
            "Key performance indicators, by name.",
            "kpis: {cac: {unit: USD / customer, better: lower, formula: spend / new_customers}}",
            named("KPIs by name", _KPI, NAME, empty=True),
            snippet={"${1:name}": {"title": "${2:title}", "better": "${3:higher}", "formula": "${4:a / b}"}},
        ),
        Key(
            "identities",
            "Claims that are proved or refuted, by name.",
            "identities: {closed: {claim: closed_value = won * average_deal}}",
            named("identities by name", _IDENTITY, empty=True),
        ),
        Key(
            "tests",
            "Rows in, values out, by name.",
            "tests: {two-leads: {given: {leads: [{lead_id: 1}, {lead_id: 2}]}, ask: {kpis: [leads]}, expect: [{leads: 2}]}}",
            named("tests by name", _TEST, empty=True),
        ),
    ),
    empty=True,
)
