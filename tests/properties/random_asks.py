"""Random formulas over the schema, as phrases: texts that know their parts, so that a formula can be made smaller.

What does not fit together is refused by the catalog or the plan; most does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from random_schema import GATHERED, MODIFIERS, NEIGHBOURS, ORDERED, ROWS, Columns

NUMBERS = ("0", "1", "2", "0.25", "3.5", "10", "-1")
WORDS = ('"web"', '"mail"', '"Web"', '"a"', '"b"', '"small"')
DATES = ("2024-01-31", "2024-02-01", "2024-02-29", "2024-03-15")
PERIODS = ("period_start", "period_end", "previous_period_start", "period_start + 10 days")
GRAINS = ("day", "week", "month", "quarter", "year")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Phrase:
    """A formula or a part of one: a text with places for its parts. `kind` says what may stand where."""

    kind: str
    template: str
    parts: tuple[Phrase, ...] = ()

    def __str__(self) -> str:
        return self.template.format(*self.parts)

    def smaller(self) -> Iterator[Phrase]:
        """The same with one part taken for the whole, here or further down."""
        yield from (part for part in self.parts if part.kind == self.kind)
        for place, part in enumerate(self.parts):
            for other in part.smaller():
                yield replace(self, parts=(*self.parts[:place], other, *self.parts[place + 1 :]))


@dataclass(frozen=True)
class OverRows(Phrase):
    """An aggregate: `@` marks columns, the first of which names the `source` where nothing before it does."""

    source: str = ""

    def __str__(self) -> str:
        text = self.template.format(*self.parts)
        return text.replace("@", f"{self.source}." if self.source else "", 1).replace("@", "")


@dataclass(frozen=True)
class RowFormulas:
    """Random formulas on the rows of a source."""

    random: Random
    columns: Columns

    def number(self, depth: int = 2) -> Phrase:
        kinds = ("column", "column", "constant", "sum", "product", "quotient", "function", "date", "length", "coalesce", "if")
        kind = "column" if depth <= 0 else self.random.choice(kinds)
        pick = self.random.choice
        match kind:
            case "column":
                return Phrase("number", "@" + pick(self.columns.numbers))
            case "constant":
                return Phrase("number", f"({{}} {pick('+*')} {pick(NUMBERS)})", (self.number(depth - 1),))
            case "sum":
                return self._two(f"({{}} {pick('+-')} {{}})", depth)
            case "product":
                return self._two("({} * {})", depth)
            case "quotient":
                return self._two("({} / {})", depth)
            case "function":
                return self._function(depth)
            case "date":
                return Phrase("number", pick(("year", "quarter", "month", "weekday")) + "({})", (self.moment(),))
            case "length":
                return Phrase("number", "(({} - {}) / 1 day)", (self.moment(), self.moment()))
            case "coalesce":
                return self._two("coalesce({}, {})", depth)
            case _:
                parts = (self.truth(depth - 1), self.number(depth - 1), self.number(depth - 1))
                return Phrase("number", "(if {} then {} else {})", parts)

    def _two(self, template: str, depth: int) -> Phrase:
        return Phrase("number", template, (self.number(depth - 1), self.number(depth - 1)))

    def _function(self, depth: int) -> Phrase:
        name = self.random.choice(("abs", "round", "floor", "ceil", "sqrt", "greatest", "least", "^"))
        if name in ("greatest", "least"):
            return self._two(f"{name}({{}}, {{}})", depth)
        template = f"({{}} ^ {self.random.choice(('2', '-1', '0'))})" if name == "^" else f"{name}({{}})"
        return Phrase("number", template, (self.number(depth - 1),))

    def text(self) -> Phrase:
        column = Phrase("text", "@" + self.random.choice(self.columns.texts))
        template = self.random.choice(("{}", "{}", "{}", "lower({})", "upper({})", 'coalesce({}, "web")'))
        return column if template == "{}" else Phrase("text", template, (column,))

    def moment(self, depth: int = 1) -> Phrase:
        column = Phrase("date", "@" + self.random.choice(self.columns.dates))
        pick = self.random.choice
        kind = pick(("column", "column", "later", "start", "coalesce")) if depth else "column"
        match kind:
            case "later":
                length = pick(("1 month", "3 days", "1 week", "1 year", "2 quarters"))
                return Phrase("date", f"({{}} {pick('+-')} {length})", (column,))
            case "start":
                return Phrase("date", f"start_of({{}}, {pick(GRAINS)})", (column,))
            case "coalesce":
                return Phrase("date", "coalesce({}, {})", (column, self.moment(0)))
            case _:
                return column

    def truth(self, depth: int = 1) -> Phrase:
        simple = (
            "number",
            "amount",
            "text",
            "word",
            "word",
            "date",
            "period",
            "missing",
            "listed",
            "between",
            "part",
            "column",
        )
        kind = self.random.choice((*simple, "and", "or", "not") if depth > 0 else simple)
        pick, compare = self.random.choice, self.random.choice(COMPARISONS)
        match kind:
            case "and" | "or":
                return Phrase("truth", f"({{}} {kind} {{}})", (self.truth(0), self.truth(0)))
            case "not":
                return Phrase("truth", "not ({})", (self.truth(0),))
            case "number":
                return Phrase("truth", f"{{}} {compare} {{}}", (self.number(1), self.number(0)))
            case "amount":
                return Phrase("truth", f"{{}} {compare} {pick(NUMBERS)}", (self.number(1),))
            case "text":
                return Phrase("truth", f"{{}} {pick(('=', '!='))} {{}}", (self.text(), self.text()))
            case "date":
                return Phrase("truth", f"{{}} {compare} {{}}", (self.moment(), self.moment(0)))
            case "period":
                return Phrase("truth", f"{{}} {compare} {pick((*PERIODS, *DATES))}", (self.moment(),))
            case "missing":
                what = pick((self.text(), self.number(1), self.moment()))
                return Phrase("truth", f"{{}} is {pick(('', 'not '))}missing", (what,))
            case "listed":
                return Phrase("truth", f"{{}} {pick(('', 'not '))}in ({pick(WORDS)}, {{}})", (self.text(), self.text()))
            case "between":
                return Phrase("truth", f"{{}} between {pick('01')} and {pick(('2', '3.5'))}", (self.number(1),))
            case "part":
                name = pick(("contains", "starts_with", "ends_with"))
                return Phrase("truth", f'{name}({{}}, "{pick("weba ")}")', (self.text(),))
            case "column" if self.columns.truths:
                return Phrase("truth", "@" + pick(self.columns.truths))
            case _:
                return Phrase("truth", f"{{}} = {pick(WORDS)}", (self.text(),))


# Aggregates

FUNCTIONS = ("rows", "rows", "count", "distinct", "sum", "sum", "sum", "avg", "min", "max") + (
    "median",
    "percentile",
    "stddev",
    "first",
    "last",
    "share",
)


def aggregate(random: Random, source: str, rows: RowFormulas, modifiers: str = "") -> Phrase:
    """An aggregate over the rows of a source."""
    function, where = random.choice(FUNCTIONS), random.randrange(4) == 0
    if function in ("first", "last") and source not in ORDERED:
        function = "median"
    if function in ("rows", "share"):
        text, argument = source, ()
    else:
        text, argument = "{}", (_argument(random, function, rows),)
    opening = {"rows": "count(", "distinct": "count(distinct "}.get(function, f"{function}(")
    closing = f", {random.choice(('90%', '25%', '0%', '100%'))})" if function == "percentile" else ")"
    text += f" {modifiers}" if modifiers else ""
    if where or function == "share":
        text, argument = f"{text} where {{}}", (*argument, rows.truth())
    return OverRows("number", f"{opening}{text}{closing}", argument, "" if function in ("rows", "share") else source)


def _argument(random: Random, function: str, rows: RowFormulas) -> Phrase:
    if function == "distinct":
        return random.choice((rows.text(), rows.text(), rows.moment(0), rows.number(0)))
    if function == "count":
        return random.choice((rows.text(), rows.text(), rows.moment(), rows.number(1)))
    return rows.number(random.choice((0, 0, 1, 2)))


def derived(random: Random, source: str) -> Phrase:
    """The formula of a column of numbers: on the row, over rows that refer to it, or of the row before or after."""
    rows = RowFormulas(random, ROWS[source])
    kinds = ["row", *(["over"] * 3 if source in GATHERED else []), *(["near"] * 3 if source in NEIGHBOURS else [])]
    match random.choice(kinds):
        case "over":
            inner = random.choice(GATHERED[source])
            alive = random.choice(("", "alive from started_at to ended_at")) if inner == "subscriptions" else ""
            return aggregate(random, inner, RowFormulas(random, ROWS[inner]), alive)
        case "near":
            word, key = random.choice(("prior", "next")), random.choice(NEIGHBOURS[source])
            if random.randrange(2):
                return Phrase("number", f"{word}({{}} where {{}}) per {key}", (rows.number(1), rows.truth()))
            return Phrase("number", f"{word}({{}}) per {key}", (rows.number(1),))
        case _:
            return rows.number()


# Formulas on values


@dataclass(frozen=True)
class ValueFormulas:
    """Random formulas on values over some sources, with windows that fit a question; `extra` has one column more."""

    random: Random
    sources: tuple[str, ...]
    every: str | None
    by: tuple[str, ...]
    extra: str | None

    def number(self, depth: int = 2) -> Phrase:
        kinds = ("aggregate", "aggregate", "ratio", "sum", "constant", "function", "choice", "period", "measure") + (
            "window",
        ) * 6
        kind = "aggregate" if depth <= 0 else self.random.choice(kinds)
        match kind:
            case "aggregate":
                return self._aggregate()
            case "ratio":
                return self._two("({} / {})", depth)
            case "sum":
                return self._two(f"({{}} {self.random.choice('+-*')} {{}})", depth)
            case "constant":
                return self._one(f"({{}} {self.random.choice('+-*')} {self.random.choice((*NUMBERS, 'rate'))})", depth)
            case "function":
                return self._function(depth)
            case "choice":
                return self._choice(depth)
            case "period":
                return self._period(depth)
            case "measure" if "orders" in self.sources:
                return Phrase("number", self.random.choice(("orders", "revenue", "buyers")))
            case _:
                return self.window(depth)

    def _one(self, template: str, depth: int) -> Phrase:
        return Phrase("number", template, (self.number(depth - 1),))

    def _two(self, template: str, depth: int) -> Phrase:
        return Phrase("number", template, (self.number(depth - 1), self.number(depth - 1)))

    def _aggregate(self) -> Phrase:
        source = self.random.choice(self.sources)
        columns = ROWS[source]
        if source == self.extra:
            columns = replace(columns, numbers=(*columns.numbers, *("extra",) * len(columns.numbers)))
        modifiers = self.random.choice(MODIFIERS[source])
        return aggregate(self.random, source, RowFormulas(self.random, columns), modifiers)

    def _function(self, depth: int) -> Phrase:
        name = self.random.choice(("abs", "round", "floor", "sqrt", "ln", "greatest", "least"))
        return self._two(f"{name}({{}}, {{}})", depth) if name in ("greatest", "least") else self._one(f"{name}({{}})", depth)

    def _choice(self, depth: int) -> Phrase:
        template = self.random.choice(
            (
                "coalesce({}, {})",
                "(if {} > 1 then {} else 0)",
                "(if {} is missing then {} else 3)",
                "(if {0} = {1} then {0} else 7)",
                "(if {0} <= 0 or {1} >= 1 then {1} else {0})",
            )
        )
        return self._two(template, depth)

    def _period(self, depth: int) -> Phrase:
        if self.random.randrange(2):
            return self._one("({} / (period_length / 1 day))", depth)
        source = self.random.choice(self.sources)
        column, word = self.random.choice(ROWS[source].dates), self.random.choice(("min", "max"))
        return Phrase("number", f"(({self.random.choice(PERIODS)} - {word}({source}.{column})) / 1 day)")

    def window(self, depth: int) -> Phrase:
        kinds = ("previous", "shift", "rolling", "rolling", "to_date", "since", "average", "total", "change", "growth")
        kind, pick = self.random.choice(kinds), self.random.choice
        match kind:
            case "shift":
                return self._one(f"previous({{}}, {self.length()})", depth)
            case "rolling":
                return self._one(f"rolling({{}}, {self.length()})", depth)
            case "to_date":
                return self._one(f"to_date({{}}, {pick(self._longer())})", depth)
            case "since":
                return self._one("to_date({})", depth)
            case "average":
                return self._one(f"average({{}}, {pick(self._shorter())})", depth)
            case "total":
                return self._one(f"total({{}}{pick(('', *(f', {name}' for name in self.by)))})", depth)
            case "change" | "growth":
                return self._one(f"{kind}({{}}{pick(('', f', {self.length()}'))})", depth)
            case _:
                return self._one("previous({})", depth)

    def length(self) -> str:
        units = self._longer()
        return f"{self.random.choice('1123')} {self.random.choice((*units[:1] * 3, *units[:2], *units))}s"

    def _longer(self) -> tuple[str, ...]:
        match self.every:
            case "week":
                return ("week", "year")
            case None | "day":
                return GRAINS
            case grain:
                return GRAINS[GRAINS.index(grain) :]

    def _shorter(self) -> tuple[str, ...]:
        match self.every:
            case None:
                return ("month", "quarter", "week", "day")
            case "day":
                return ("day",)
            case "week":
                return ("day", "week")
            case grain:
                return ("day", *GRAINS[2 : GRAINS.index(grain) + 1])
