"""The keys of benchmarks: what a value is held against, whom that is for, and where it comes from."""

from __future__ import annotations

from kpidsl.documents.shapes import NAME, Key, Shape, leaf, many, named, words
from kpidsl.documents.vocabulary import CITE, FORMULA, GRAIN, REFERENCE, TEXT, VALUE, description

_ZONES = named("zones by name", leaf("a range"))
_KINDS = (
    Key(
        "range",
        "The values that mean good performance, in words; a bound may be a formula.",
        "range: 15% to 30%",
        leaf("a range"),
        snippet="at least ${1:15%}",
    ),
    Key(
        "zones",
        "Ranges by name, one next to the other, from the worst to the best or from the best to the worst.",
        "zones: {poor: below 2%, fair: 2% to 4%, good: at least 4%}",
        _ZONES,
    ),
    Key("average", "A published average: a value is short of it, level with it or beyond it.", "average: 4.02%", VALUE),
    Key("plan", "What was planned for the same period and segment: a measure, or a formula.", "plan: sales_plan", FORMULA),
    Key(
        "compare",
        "The earlier value of the same KPI to compare with.",
        "compare: previous year",
        words(
            "an earlier value",
            {
                "previous": "The period before.",
                "previous week": "A week earlier.",
                "previous month": "A month earlier.",
                "previous quarter": "A quarter earlier.",
                "previous year": "A year earlier.",
            },
        ),
    ),
    Key("reach", "A target with a deadline.", "reach: 30%", VALUE),
    Key(
        "history",
        "The KPI's own values over so long a time before the period: it is held against the range of their usual values.",
        "history: 12 months",
        leaf("a length of time"),
    ),
    Key(
        "process",
        "Whether a value is a change, or the usual wobble of the KPI's own process; that is no verdict on how good it is.",
        "process: xmr",
        words(
            "a kind of limits",
            {
                "xmr": "Limits from how much one value differs from the next.",
                "laney": "Limits of a ratio of counts, wider where a period has fewer rows.",
            },
        ),
    ),
    Key("table", "A table of published figures, which has one for each segment.", "table: email_figures", REFERENCE),
    Key(
        "peers",
        "A dimension: each of its members is compared with all of them together, with regard to its size.",
        "peers: rep",
        REFERENCE,
    ),
)
_OVER_TIME = (
    Key(
        "quantiles",
        "Which part of the earlier values counts as usual.",
        "quantiles: 10% to 90%",
        leaf("a range"),
    ),
    Key(
        "breaks",
        "The days from which the process is another one, and why: its limits start anew there.",
        "breaks: {2026-04-01: new price list}",
        named("reasons by date", TEXT),
    ),
    Key(
        "within",
        "The share of smaller periods that must meet the range, in place of the value of the period itself.",
        "within: 95% of weeks over 3 months",
        leaf("a share of periods over a length of time"),
    ),
    Key(
        "for",
        "So many periods in a row must be bad before the verdict turns bad.",
        "for: 2 periods",
        leaf("a number of periods"),
    ),
    Key(
        "clear",
        "So many periods in a row must be good before the verdict turns good again.",
        "clear: 2 periods",
        leaf("a number of periods"),
    ),
)

_PATH = (
    Key("deadline", "The last day on which the target may be reached.", "deadline: 2026-12-31", leaf("a date")),
    Key("start", "The value from which the path to the target begins.", "start: 20%", VALUE),
    Key("from", "The day on which that path begins.", "from: 2026-01-01", leaf("a date")),
    Key(
        "path",
        "What is to be reached on days in between, where the path is not straight.",
        "path: {2026-06-30: 24%}",
        named("values by day", VALUE),
    ),
)

BENCHMARK = Shape(
    "a benchmark",
    keys=(
        *_KINDS,
        Key(
            "good",
            "The zones that mean good performance, where it is not only the best one.",
            "good: [fair, good]",
            many("a list of zones", TEXT, single=True),
        ),
        *_PATH,
        Key("column", "The column of the table, if it is not called like the KPI.", "column: open_rate", REFERENCE),
        Key("row", "The row of the table that is for the whole project.", "row: software", leaf("a row of the table")),
        Key("by", "The dimension whose values are the rows of the table.", "by: industry", REFERENCE),
        Key(
            "tolerance",
            "How far from an average, a plan or an earlier value still counts as level: a share of it, or an amount.",
            "tolerance: 5%",
            VALUE,
        ),
        *_OVER_TIME,
        Key(
            "every",
            "The length of period that the benchmark is for: values of other periods are not judged by it.",
            "every: month",
            GRAIN,
        ),
        Key(
            "segment",
            "The part of the business that it is for: `all` for the whole, or values of dimensions.",
            "segment: {channel: email}",
            Shape(
                "a segment",
                leaf=leaf("a segment", words={"all": "The whole, not broken down."}).leaf,
                entries=many("a list of dimension values", VALUE, single=True),
                names=NAME,
            ),
        ),
        Key("valid_from", "The first day of the periods that it is for.", "valid_from: 2026-01-01", leaf("a date")),
        Key("valid_to", "The first day of the periods that it is no longer for.", "valid_to: 2027-01-01", leaf("a date")),
        Key(
            "applies_to",
            "The formula that the figure was measured for: a KPI that means something else must not be held against it.",
            "applies_to: clicks / deliveries",
            FORMULA,
        ),
        Key(
            "n",
            "How many observations stand behind a published average; a proportion is judged as the estimate that it is.",
            "n: 1200",
            leaf("a whole number", least=1),
        ),
        Key(
            "score",
            "Values by the score that they have, from 0 to 100; straight between. Of a figure they are shares of it.",
            "score: {0: 1%, 50: 2%, 100: 4%}",
            named("values by score", VALUE),
        ),
        Key(
            "severity",
            "How much it matters: what a `warning` decides does not fail a run, and a `note` decides nothing.",
            "severity: warning",
            words(
                "a severity",
                {
                    "error": "Being short of it is an alarm; so it is where nothing is said.",
                    "warning": "Being short of it wants a look: `--fail-on` passes over it, and reports tell alarms first.",
                    "note": "It is there for comparison: judged and shown, it does not decide the verdict of the KPI.",
                },
            ),
        ),
        CITE,
        Key("vintage", "When the figure was measured.", "vintage: 2025", TEXT),
        Key("population", "Whom the figure was measured on.", "population: B2B software, Europe", TEXT),
    ),
    one_of=tuple(key.name for key in _KINDS),
)

BENCHMARK_TABLE = Shape(
    "a table of figures",
    keys=(
        Key(
            "rows",
            "For each segment its figures by column: averages or ranges. A row `all` is for those that are not broken down.",
            "rows: {all: {open_rate: 21.3%}, retail: {open_rate: 18.4%}}",
            named("rows by segment", named("figures by column", leaf("a figure"), NAME)),
            required=True,
        ),
        description("What was measured", "Rates of campaigns to at least 1,000 recipients."),
        CITE,
        Key("vintage", "When the figures were measured.", "vintage: 2025", TEXT),
        Key("population", "Whom the figures were measured on.", "population: customers of one mail service", TEXT),
    ),
)
