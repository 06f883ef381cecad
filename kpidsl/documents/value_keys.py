"""The keys of parameters, measures and KPIs."""

from __future__ import annotations

from kpidsl.documents.benchmark_keys import BENCHMARK
from kpidsl.documents.shapes import NAME, Key, Leaf, Shape, leaf, many, named, words
from kpidsl.documents.vocabulary import CITE, FORMULA, SETTINGS, TEXT, TEXTS, UNIT, VALUE, description

PARAMETER = Shape(
    "a parameter",
    leaf=Leaf("a value"),
    keys=(
        Key("value", "Its value, unless an evaluation sets another.", "value: 50", VALUE, required=True),
        Key("unit", "The unit of the value.", "unit: USD / hour", UNIT),
        description("What it stands for", "The cost of a selling hour."),
    ),
)

MEASURE = Shape(
    "a measure",
    leaf=Leaf("a formula"),
    keys=(
        Key("formula", "An aggregate of rows.", "formula: count(leads)", FORMULA, required=True),
        Key("unit", "Its unit, where it is not inferred.", "unit: signed_proposal", UNIT),
        Key("title", "What reports call it.", "title: New customers", TEXT),
        Key(
            "better",
            "Which way is good while all else stays: less, as of a cost, or more.",
            "better: lower",
            words("a direction", {"higher": "More is better.", "lower": "Less is better, as of a cost."}),
        ),
        description("What it measures", "Customers won in the period."),
    ),
)

_VERDICTS = {
    "within": "Inside the range.",
    "short": "On the bad side of the range.",
    "beyond": "Past the range on its good side.",
    "outside": "Off a band that has no good side.",
    "level": "At the reference, within its tolerance.",
    "inconclusive": "The data leave both open.",
    "insufficient": "Too few rows for a verdict.",
    "undefined": "There is no value.",
    "not_applicable": "The benchmark is for something else.",
}

_EXAMPLE = Shape(
    "an example",
    keys=(
        Key(
            "given",
            "Values of the measures, parameters and KPIs that are used.",
            "given: {spend: 20000, new_customers: 10}",
            SETTINGS,
            required=True,
        ),
        Key("expect", "The value that results, or `undefined`.", "expect: 2000", VALUE),
        Key("verdict", "The verdict that results.", "verdict: within", words("a verdict", _VERDICTS)),
        CITE,
    ),
    some_of=("expect", "verdict"),
)

SCORECARD = Shape(
    "a scorecard",
    keys=(
        Key("title", "What reports call it.", "title: Growth", TEXT),
        description("What it tells", "How well the business grows."),
        Key("owner", "Who answers for it.", "owner: growth team", TEXT),
        Key(
            "kpis",
            "How much the score of each KPI weighs; the weights add up to 100%.",
            "kpis: {cac: 40%, win_rate: 60%}",
            named("weights by KPI", VALUE, NAME),
            required=True,
        ),
    ),
)

KPI = Shape(
    "a KPI",
    keys=(
        Key("title", "What reports call it.", "title: Customer acquisition cost", TEXT),
        description("What it tells", "What it costs to win one new customer."),
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
            "levels",
            "What its values are called, 1 being the first: a rating by words, from the worst to the best.",
            "levels: [weak, fair, strong]",
            many("a list of levels", leaf("a level", pattern=NAME)),
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
        Key(
            "cluster",
            "The column that says which rows belong together, so that intervals take them as one.",
            "cluster: customer",
            leaf("a path"),
        ),
        Key("min_n", "How many rows a verdict needs.", "min_n: 30", leaf("a whole number", least=1), snippet=30),
        Key("formula", "How it is computed.", "formula: spend / new_customers", FORMULA, required=True),
        Key(
            "matures_after",
            "How long after its period a value still changes: until then it is not final.",
            "matures_after: 90 days",
            leaf("a length of time"),
        ),
        Key(
            "project",
            "The date on a row at which it succeeds; by it cohorts that are too young are filled up with what is to come.",
            "project: first_win",
            FORMULA,
        ),
        Key(
            "require",
            "Whether what is claimed of it must be proved: that a share lies within 0% to 100%, its direction, its identities.",
            "require: proved",
            words("an answer", {"proved": "What is neither proved nor refuted is an error."}),
        ),
        Key(
            "benchmarks",
            "What its values are held against, by name.",
            'benchmarks: {target: {range: at most 2000, cite: "2026 plan"}}',
            named("benchmarks by name", BENCHMARK),
        ),
        Key(
            "verdict",
            "Which verdict is the KPI's own where several benchmarks judge it.",
            "verdict: all",
            words(
                "a way to combine verdicts",
                {
                    "worst": "The worst of those that could be given.",
                    "all": "Good only where every benchmark could be judged and is met.",
                    "any": "The best of them.",
                    "first_with_data": "The first that could be given, in the order written.",
                },
            ),
        ),
        Key(
            "examples",
            "Cases with a known result, which every check works out.",
            "examples: [{given: {spend: 20000, new_customers: 10}, expect: 2000}]",
            many("a list of examples", _EXAMPLE),
        ),
        Key("owner", "Who answers for it.", "owner: growth team", TEXT),
        Key("tags", "Words to find it by.", "tags: [unit-economics]", TEXTS),
        Key(
            "cite",
            "Sources of the definition.",
            'cite: ["Management handbook, p. 12"]',
            many("a list of texts", TEXT, single=True),
        ),
    ),
)
